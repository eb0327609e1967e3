"""The files: CSV that programs read back and no spreadsheet calculates, Parquet with the same rows, the same bytes."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.dataset.sources import TABLES, SourceInputs, read
from annotate.dataset.sources.columns import Column, Kind, cell_of, guarded, unguarded, value_of
from annotate.errors import DatasetError
from annotate.record import Record
from tests.dataset.sources.conftest import written
from tests.records import records
from tests.stories.articles import article, said

HOSTILE = [
    "=cmd|' /C calc'!A0",
    "@SUM(1)",
    "+49 30 1234",
    "-Ada Example",
    "'Abd al-Example",
    "'=1+1",
    "two\nlines",
    'Ada "the Sample" Example',
    "Example, Ada; Sample | Ben \\ x",
    "👩‍👩‍👧 Example",
    "＝full width",
    "NA",
]
TRIGGERS = tuple("=+-@＝＋－＠\t\r\n")


@pytest.fixture
def hostile() -> list[Record]:
    text = "".join(f"“We saw the bridge number {n}.” said Ada.\n" for n in range(len(HOSTILE)))
    sayings = [
        said(f"“We saw the bridge number {n}.”", "", "Ada", name=name, via=["|Wire\\", "=Sample Wire"])
        for n, name in enumerate(HOSTILE)
    ]
    return [article("a", text, *sayings, title="=HYPERLINK(1)", publisher="@Example Times")]


def test_hostile_names_read_back_by_every_reader(hostile: list[Record], tmp_path: Path) -> None:
    TABLES["sources"].write(tmp_path, SourceInputs(records=lambda: iter(hostile)))
    path = tmp_path / "sources.csv"
    assert [row["source_name"] for row in read(path)] == HOSTILE
    with path.open(encoding="utf-8", newline="") as file:
        cells = list(csv.DictReader(file, strict=True))
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, lineterminator=None)
    for number, row in enumerate(cells):
        assert {name: frame[name][number] for name in row} == row
        assert unguarded(row["source_name"]) == HOSTILE[number]
    changed = [name for name, row in zip(HOSTILE, cells, strict=True) if row["source_name"] != name]
    assert changed == [HOSTILE[0], HOSTILE[1], HOSTILE[2], HOSTILE[3], HOSTILE[5], HOSTILE[10]]


def test_no_cell_begins_a_formula(hostile: list[Record], tmp_path: Path) -> None:
    tables = written(tmp_path, SourceInputs(records=lambda: iter(hostile)))
    assert len(tables) == 8
    for path in tmp_path.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for cells in csv.reader(file, strict=True):
                assert not any(cell.startswith(TRIGGERS) for cell in cells)


@given(text=st.text(st.one_of(st.sampled_from("'=+-@\t|\\\n＝a "), st.characters(exclude_categories=("Cs",)))))
def test_the_guard_can_be_taken_away(text: str) -> None:
    cell = guarded(text)
    assert not cell.startswith(TRIGGERS)
    assert cell in (text, f"'{text}")
    assert unguarded(cell) == text


@given(parts=st.lists(st.text(st.sampled_from("'=|\\ab\n"), min_size=1)))
def test_lists_survive_a_cell(parts: list[str]) -> None:
    column = Column("x", "", Kind.TEXTS)
    assert value_of(column, cell_of(column, list(parts))) == parts


def test_csv_and_parquet_hold_the_same_rows(folder: Path) -> None:
    assert list(read(folder / "sources.csv")) == list(read(folder / "sources.parquet"))
    schema = pq.read_schema(folder / "sources.parquet")
    assert schema.names == [column.name for column in TABLES["sources"].columns]
    assert str(schema.field("direct").type) == "int64"
    assert str(schema.field("chain").type).startswith("list<")
    assert str(schema.field("sex").type) == "string"


def test_the_csv_is_that_of_the_standard(folder: Path) -> None:
    data = (folder / "sources.csv").read_bytes()
    assert data.startswith(b"article_id,url,")
    assert data.endswith(b"\r\n")
    assert data.count(b"\n") == data.count(b"\r\n")


def test_two_runs_give_the_same_bytes(seeds: list[Record], folder: Path, tmp_path: Path) -> None:
    written(tmp_path, SourceInputs(records=lambda: iter(seeds)))
    for path in folder.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


def test_an_empty_collection_gives_headers(tmp_path: Path) -> None:
    tables = written(tmp_path, SourceInputs(records=lambda: iter(())))
    assert all(rows == [] for rows in tables.values())
    assert (tmp_path / "gmmp.csv").read_text(encoding="utf-8").startswith("country,medium,")


@given(drawn=records())
def test_any_record_gives_rows_that_read_back(drawn: Record, tmp_path_factory: pytest.TempPathFactory) -> None:
    tables = written(tmp_path_factory.mktemp("any"), SourceInputs(records=lambda: iter([drawn])))
    rows: list[dict[str, Any]] = tables["sources.csv"]
    assert rows == tables["sources.parquet"]
    assert sum(row["direct"] + row["indirect"] + row["mixed"] for row in rows) == len(drawn.attributions)
    assert len(tables["ggt.csv"]) == sum(len(item.quote) for item in drawn.attributions)


def test_what_cannot_be_read_says_so(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="is no table's file"):
        list(read(tmp_path / "other.csv"))
    (tmp_path / "gmmp.csv").write_bytes((folder / "ggt.csv").read_bytes())
    with pytest.raises(DatasetError, match="has other columns than this table"):
        list(read(tmp_path / "gmmp.csv"))
    short = (folder / "gmmp.csv").read_bytes().replace(b"\r\n", b",x\r\n").replace(b",x\r\n", b"\r\n", 1)
    (tmp_path / "gmmp.csv").write_bytes(short)
    with pytest.raises(DatasetError, match="a row has 19 cells, not 18"):
        list(read(tmp_path / "gmmp.csv"))


def test_articles_need_their_texts_and_ids_of_their_own(seeds: list[Record], tmp_path: Path) -> None:
    bare = seeds[0].model_copy(update={"text": None})
    with pytest.raises(DatasetError, match="has no text"):
        TABLES["sources"].write(tmp_path, SourceInputs(records=lambda: iter([bare])))
    with pytest.raises(DatasetError, match="stands there twice"):
        TABLES["sources"].write(tmp_path, SourceInputs(records=lambda: iter([seeds[0], seeds[0]])))
