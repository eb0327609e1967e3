"""Parquet: rows like those of JSON Lines, and files that unpack to far more than they weigh."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from annotate.articles import Limits
from tests.articles.conftest import Read, sort_out


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.parquet"


def write(file: Path, columns: dict[str, Any], **options: Any) -> None:
    parquet.write_table(pa.table(columns), file, **options)


def test_columns_become_metadata(file: Path) -> None:
    write(
        file,
        {
            "text": ["She denied it.\r\n🙂", "He agreed."],
            "id": [7, 8],
            "title": ["A denial", None],
            "published": [datetime.date(2021, 9, 2), datetime.date(2021, 9, 3)],
            "score": [0.5, float("nan")],
            "price": [Decimal("1.50"), None],
            "tags": [["x"], []],
            "image": [b"\xff", b""],
        },
    )
    articles, rejected = sort_out(file)
    assert rejected == []
    first, second = articles
    assert (first.id, first.text) == ("7", "She denied it.\n🙂")
    assert first.meta.model_dump(exclude_none=True) == {
        "title": "A denial",
        "published": "2021-09-02",
        "score": 0.5,
        "price": "1.50",
    }
    assert second.meta.model_dump(exclude_none=True) == {"published": "2021-09-03"}


def test_a_bad_row_is_rejected_alone(file: Path) -> None:
    texts = ["Good."] * 40
    columns = {"text": [*texts, None, "a\0b", " ", *texts], "id": [f"n{number}" for number in range(83)]}
    write(file, columns, row_group_size=10)
    articles, rejected = sort_out(file)
    assert len(articles) == 80
    assert [(item.line, item.id, item.reason) for item in rejected] == [
        (41, "n40", "no text"),
        (42, "n41", "text holds NUL at position 1"),
        (43, "n42", "the text is empty"),
    ]


def test_cells_that_are_no_utf8_are_rejected(file: Path) -> None:
    raw = pa.array([b"Good.", b"caf\xe9", b"Good too."])
    # The string type promises UTF-8, and nothing checks the promise when it is written.
    write(file, {"text": pa.Array.from_buffers(pa.string(), 3, raw.buffers())})
    articles, rejected = sort_out(file)
    assert [article.text for article in articles] == ["Good.", "Good too."]
    assert [(item.line, item.reason) for item in rejected] == [(2, "not UTF-8")]


def test_a_binary_text_column_is_decoded(file: Path) -> None:
    write(file, {"text": [b"caf\xc3\xa9", b"caf\xe9"]})
    articles, rejected = sort_out(file)
    assert [article.text for article in articles] == ["café"]
    assert [(item.line, item.reason) for item in rejected] == [(2, "not UTF-8: byte 0xe9 at position 3")]


def test_a_table_without_text_names_its_columns(file: Path) -> None:
    write(file, {"body": ["x"], "id": ["y"]})
    articles, (rejected,) = sort_out(file)
    assert articles == []
    assert rejected.reason == "no column is named text; the columns are: body, id (rename the column)"


@pytest.mark.parametrize("content", [b"", b"PAR1", b"no parquet at all", b"PAR1" + b"\xff" * 100 + b"PAR1"])
def test_what_is_no_parquet_is_rejected(read: Read, content: bytes) -> None:
    articles, (rejected,) = read("a.parquet", content)
    assert articles == []
    assert rejected.reason.startswith("not readable as Parquet: ")


def test_a_damaged_file_gives_no_wrong_text(file: Path, read: Read) -> None:
    texts = [f"Statement number {number}." for number in range(1_000)]
    write(file, {"text": texts}, compression="zstd", write_page_checksum=False)
    content = bytearray(file.read_bytes())
    content[200:260] = bytes(60)
    articles, rejected = read("b.parquet", bytes(content))
    assert len(rejected) == 1
    assert {article.text for article in articles} <= set(texts)


def test_a_text_repeated_by_dictionary_stops_at_the_budget(file: Path) -> None:
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), pa.array(["Said. " * 100]))
    write(file, {"text": column}, compression="zstd")
    assert file.stat().st_size < 10_000
    articles, (rejected,) = sort_out(file, Limits(decoded_bytes=3_000_000))
    assert len(articles) == 5_000
    assert rejected.reason == "row 5001: the file unpacks to more than 3,000,000 bytes; the rest was not read"


def test_a_page_that_unpacks_to_gigabytes_meets_the_memory_limit(file: Path) -> None:
    schema = pa.schema([("text", pa.string())])
    limits = Limits(memory=300_000_000)
    for count, size in ((40, 5_000), (60, 5_000_000)):
        with parquet.ParquetWriter(
            file, schema, compression="zstd", use_dictionary=False, data_page_size=1 << 31
        ) as writer:
            writer.write_table(pa.table({"text": ["A" * size] * count}))
        assert file.stat().st_size < 100_000
        articles, rejected = sort_out(file, limits)
        if size == 5_000:
            assert (len(articles), rejected) == (count, [])
    assert articles == []
    assert [item.reason.startswith("parsing it needs more than 300 MB of memory") for item in rejected] == [True]


def test_a_row_over_the_limit_is_rejected_alone(file: Path) -> None:
    write(file, {"text": ["Good.", "x" * 2_000, "Good."]})
    articles, (rejected,) = sort_out(file, Limits(article_bytes=1_000))
    assert len(articles) == 2
    assert (rejected.line, rejected.reason) == (2, "a row of 2,000 characters is over the limit of 1,000")
