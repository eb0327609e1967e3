"""A file read in pieces gives the articles and the rejections that it gives as a whole, with the same places."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotate.articles import Limits, Located, Rejected, locate_articles
from annotate.articles.confined import Confined
from annotate.bulk import pieces
from annotate.bulk.inputs import find_files
from annotate.bulk.plan import Piece
from annotate.bulk.reading import read_piece

LIMITS = Limits(article_bytes=4000, text_length=1000)


def _whole(path: Path) -> list[Located | Rejected]:
    return list(locate_articles([path], stdin=io.BytesIO(), limits=LIMITS))


def _in_pieces(given: str) -> tuple[tuple[Piece, ...], list[Located | Rejected]]:
    files = tuple(find_files(given, format=None, on_skip=lambda url: None))
    cut = pieces.cut(files, LIMITS)

    def read() -> Iterator[Located | Rejected]:
        with Confined(seconds=20, memory=2_000_000_000) as confined:
            # In any order: tasks know nothing of each other.
            for piece in reversed(cut):
                yield from reversed(list(read_piece(files[piece.file], piece, LIMITS, confined)))

    return cut, list(read())[::-1]


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of some hundred bytes instead of kilobytes."""
    monkeypatch.setattr(pieces, "_SMALLEST", 300)


def _rows() -> list[dict[str, str]]:
    return [{"id": f"a{number}", "text": f"Line one, “{number}”\nand “two”, he said."} for number in range(60)]


def _jsonl(path: Path) -> Path:
    lines = [json.dumps(row, ensure_ascii=False) for row in _rows()]
    lines[7:9] = ["", "not json", '{"text": "' + "x" * 5000 + '"}', '{"text": NaN}']
    path.write_text("\ufeff" + "\n".join(lines), encoding="utf-8")
    return path


def _csv(path: Path) -> Path:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, ["id", "te\nxt", "text"])
    writer.writeheader()
    writer.writerows({**row, "te\nxt": ""} for row in _rows())
    lines = buffer.getvalue().split("\r\n")
    lines[30:31] = ['b,,"never closed', "too,many,cells,here", ""]
    path.write_text("\r\n".join(lines), encoding="utf-8")
    return path


def _parquet(path: Path) -> Path:
    rows = [*_rows(), {"id": "long", "text": "x" * 5000}]
    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=7)
    return path


def _record(number: int, *, length: int = 0) -> bytes:
    body = f"Police said that “{number}” roads are closed.".encode()
    head = (
        f"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: https://news.example/{number}\r\n"
        f"Content-Type: text/plain\r\nContent-Length: {length or len(body)}\r\n\r\n"
    )
    return head.encode() + body + b"\r\n\r\n"


def _warc(path: Path, *, each: bool, broken: int | None = None) -> Path:
    records = [_record(number, length=9_999 if number == broken else 0) for number in range(60)]
    if path.suffix == ".gz":
        packed = [gzip.compress(record) for record in records] if each else [gzip.compress(b"".join(records))]
        path.write_bytes(b"".join(packed))
    else:
        path.write_bytes(b"".join(records))
    return path


def _made(kind: str, folder: Path) -> Path:
    if kind == "parquet":
        return _parquet(folder / "in.parquet")
    if kind in {"jsonl", "csv"}:
        return {"jsonl": _jsonl, "csv": _csv}[kind](folder / f"in.{kind}")
    name = "in.warc" if kind == "warc" else "in.warc.gz"
    return _warc(folder / name, each=kind != "one.gz", broken=40 if kind.endswith("broken") else None)


@pytest.mark.parametrize(
    ("kind", "least"),
    [("jsonl", 10), ("csv", 10), ("parquet", 9), ("warc", 10), ("gz", 10), ("gz broken", 10), ("one.gz", 1)],
)
def test_pieces_hold_what_the_file_holds(tmp_path: Path, kind: str, least: int) -> None:
    path = _made(kind, tmp_path)
    for place in (str(path), f"file://{path}"):
        cut, found = _in_pieces(place)
        assert len(cut) >= least
        assert len(found) > 50 or "broken" in kind
        assert [_plain(item) for item in found] == [_plain(item) for item in _whole(path)]


@pytest.mark.parametrize("kind", ["jsonl", "csv", "warc", "gz"])
def test_what_is_cut_off_is_told_once(tmp_path: Path, kind: str) -> None:
    path = _made(kind, tmp_path)
    path.write_bytes(path.read_bytes()[:-20])
    _, found = _in_pieces(str(path))
    assert [_plain(item) for item in found] == [_plain(item) for item in _whole(path)]


@given(st.lists(st.text(alphabet='a"\n,\r\u2028é', max_size=120), max_size=40))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_csv_and_any_lines(tmp_path: Path, parts: list[str]) -> None:
    for name, head in (("in.csv", "id,text\n"), ("in.jsonl", "")):
        path = tmp_path / name
        path.write_text(head + "\n".join(parts), encoding="utf-8", newline="")
        _, found = _in_pieces(str(path))
        assert [_plain(item) for item in found] == [_plain(item) for item in _whole(path)]


def test_folders_patterns_and_hidden_files(tmp_path: Path) -> None:
    for name in ("b/2.jsonl", "b/1.txt", "b/.hidden.jsonl", "b/.x/3.jsonl", "notes.pdf"):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text('{"text": "He said."}\n', encoding="utf-8")
    skipped: list[str] = []
    found = find_files(str(tmp_path), format=None, on_skip=skipped.append)
    assert [file.url for file in found] == [str(tmp_path / "b/1.txt"), str(tmp_path / "b/2.jsonl")]
    assert skipped == [str(tmp_path / "notes.pdf")]
    assert [file.url for file in find_files(str(tmp_path / "b/*.jsonl"), format=None, on_skip=skipped.append)] == [
        str(tmp_path / "b/2.jsonl")
    ]


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet", "warc", "gz"])
def test_files_of_another_file_system(tmp_path: Path, kind: str) -> None:
    import fsspec

    path = _made(kind, tmp_path)
    memory = fsspec.filesystem("memory")
    memory.pipe_file(f"/{path.name}", path.read_bytes())
    try:
        _, found = _in_pieces(f"memory://{path.name}")
    finally:
        memory.rm(f"/{path.name}")
    assert [_plain(item) for item in found] == [_plain(item) for item in _whole(path)]


def _plain(item: Located | Rejected) -> tuple[object, ...]:
    if isinstance(item, Rejected):
        return ("rejected", item.line, item.id, item.reason, item.raw)
    return (item.line, item.article)
