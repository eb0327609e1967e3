"""Files that unpack to too much, or that name others: read within bounds, and never beyond their folder."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from annotate.dataset.formats import FORMATS, docbin, parquet
from annotate.dataset.reading import read_annotated, read_records
from annotate.dataset.staging import inside
from annotate.errors import DatasetError
from tests.records import sample_record

IDS = ["../../x", "/etc/passwd", "a" * 200, "..", "CON", "a/b\\c", ".hidden", "-rf", "name\u202etxt.exe"]


def test_annotated_parquet_that_unpacks_to_too_much_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text of a megabyte that every row repeats takes next to nothing on disk, and the metadata says so."""
    monkeypatch.setattr(parquet, "DECODED_BYTES", 20_000_000)
    path = tmp_path / "bomb.parquet"
    table = pa.table({"text": ["x" * 1_000_000] * 500, "attributions": pa.array([[]] * 500, pa.list_(pa.string()))})
    pq.write_table(table, path, compression="zstd", use_dictionary=True)
    assert path.stat().st_size < 200_000
    articles = read_annotated(path)
    assert len(next(articles).text) == 1_000_000
    with pytest.raises(DatasetError, match="unpacks to more than 20,000,000 bytes"):
        list(articles)


def test_so_is_one_of_our_own_shape(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    FORMATS["parquet"].write(tmp_path / "data", [sample_record(), sample_record()])
    monkeypatch.setattr(parquet, "DECODED_BYTES", 10)
    monkeypatch.setattr(parquet, "EXPANSION", 0)
    with pytest.raises(DatasetError, match="unpacks to more than 10 bytes"):
        list(FORMATS["parquet"].read(tmp_path / "data"))


def test_a_docbin_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docbin, "DECODED_BYTES", 1_000_000)
    (tmp_path / "records.spacy").write_bytes(zlib.compress(bytes(50_000_000)))
    with pytest.raises(DatasetError, match="it unpacks to more than 1,000,000 bytes"):
        list(docbin.read(tmp_path))


@pytest.mark.parametrize("form", ["brat", "citron"])
def test_an_index_leads_nowhere_else(form: str, tmp_path: Path) -> None:
    target = tmp_path / "release" / form
    target.parent.mkdir()
    FORMATS[form].write(target, [sample_record()])
    for file in target.iterdir():
        if file.name != "articles.jsonl":
            (tmp_path / f"secret{file.suffix}").write_bytes(file.read_bytes())
    row = json.loads((target / "articles.jsonl").read_text(encoding="utf-8"))
    (target / "articles.jsonl").write_text(json.dumps({**row, "file": "../../secret"}) + "\n", encoding="utf-8")
    with pytest.raises(DatasetError, match="the file's name is not the one that the id has"):
        list(FORMATS[form].read(target))


@pytest.mark.parametrize(
    "form", ["brat", "citron", "jsonl", "parquet", "spacy", "web-annotation", "label-studio", "conll"]
)
def test_an_id_is_never_a_path(form: str, tmp_path: Path) -> None:
    records = [sample_record(f"{sample_record().text}\n{number}").model_copy(update={"id": name})
               for number, name in enumerate(IDS)]  # fmt: skip
    folder = tmp_path / "inner" / "deeper"
    folder.mkdir(parents=True)
    FORMATS[form].write(folder / FORMATS[form].target, records)
    made = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert all(path.is_relative_to(folder) for path in made)
    assert not any(name in path.name for path in made for name in ("passwd", "aaaa", "CON", "hidden", "\u202e"))
    if form in ("jsonl", "parquet", "brat", "citron", "label-studio"):
        assert {record.id for record in read_records(folder / FORMATS[form].target)} == set(IDS)


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../x", "", "a\0b", "link/x"])
def test_nothing_leads_out_of_a_folder(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "release"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path)
    with pytest.raises(DatasetError, match="leads out of the folder"):
        inside(folder, name)
