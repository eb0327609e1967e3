"""Annotated articles and Records from whatever holds them: a file of one of our formats or of others', or a folder.

What a file holds is recognised by `annotate.dataset.inputs`. Everything becomes rows first, in the shape of a Record as
JSON has it or of a row of a corpus, so that one reader judges them all. One article is in memory at a time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from annotate import strict_json
from annotate.corpora import AnnotatedArticle, annotated_of
from annotate.dataset.formats import brat, citron, label_studio, parquet
from annotate.dataset.formats.documents import Document, told
from annotate.dataset.inputs import SPLITS, Kind, Part, parts_of
from annotate.errors import InputError, RecordError
from annotate.record import Record

__all__ = ["SPLITS", "Row", "read_annotated", "read_records", "read_rows"]

_Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One annotator's reading of one article, as JSON has a Record or a row of a corpus, and where it stands.

    source: the file it came from, or the folder of files.
    """

    content: _Content
    where: str
    source: Path


def read_annotated(path: Path, *, split: str | None = None, quoteless: bool = False) -> Iterator[AnnotatedArticle]:
    """Yield the annotated articles of a file or folder; several annotators' readings of one article are several.

    split: of a dataset in splits, which to read; all of them without it. quoteless: keep what has a source or a cue but
    no quote. Raises: InputError or DatasetError, with the place, for what is no annotated article, and for a row that
    goes without its text.
    """
    for row in read_rows(path, split=split):
        yield annotated_of(row.content, where=row.where, quoteless=quoteless)


def read_records(path: Path, *, split: str | None = None) -> Iterator[Record]:
    """Yield the Records of a file or folder; standoff rows come without their texts.

    split: as for `read_annotated`. Raises: RecordError, InputError or DatasetError, with the place, for what is none.
    """
    for part in parts_of(path, split):
        if part.kind in (Kind.ROWS, Kind.PARQUET):
            for row in _ROWS[part.kind](part.path):
                yield _record(row)
        else:
            yield from (record for _, record in _RECORDS[part.kind](part.path))


def read_rows(path: Path, *, split: str | None = None) -> Iterator[Row]:
    """Yield what `read_annotated` reads, with all that stands in it, unjudged.

    Raises: InputError or DatasetError, with the place, for what cannot be read at all.
    """
    for part in parts_of(path, split):
        yield from _rows_of(part)


def _rows_of(part: Part) -> Iterator[Row]:
    if part.kind in _ROWS:
        yield from _ROWS[part.kind](part.path)
    else:
        for where, record in _RECORDS[part.kind](part.path):
            yield Row(json.loads(record.to_json()), where, part.path)


def _record(row: Row) -> Record:
    try:
        return Record.model_validate_json(json.dumps(row.content, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    except ValidationError as error:
        raise RecordError(told(error), where=row.where, mend="see schemas/record.schema.json") from None


# -- what stands in rows -----------------------------------------------------------------------------------------------


def _lines(path: Path) -> Iterator[Row]:
    try:
        with path.open("rb") as file:
            for number, line in enumerate(strict_json.lines(file), start=1):
                if line.strip():
                    yield Row(_parsed(line, f"{path}:{number}"), f"{path}:{number}", path)
    except strict_json.NotJson as error:
        raise InputError(str(error), where=str(path), mend="give one JSON object a line, in UTF-8") from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", where=str(path)) from None


def _parsed(line: bytes, where: str) -> _Content:
    try:
        row = strict_json.loads(line)
        if not isinstance(row, dict):
            raise ValueError(f"a line holds {type(row).__name__}, not an object")
        return row
    except ValueError as error:
        raise InputError(
            f"not an annotated article: {told(error)}", where=where, mend="give one JSON object a line, in UTF-8"
        ) from None


def _parquet_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of our Parquet as Records, those of others' as they are."""
    number = 0
    try:
        with pq.ParquetFile(path) as file:
            columns = set(file.schema_arrow.names)
        if not {"text", "attributions"} <= columns:
            raise InputError(
                "holds no annotated articles", where=str(path), mend="give columns `text` and `attributions`"
            )
        contents: Iterable[_Content]
        if {"sha256", "unlinked", "provenance"} <= columns:
            contents = (json.loads(record.to_json()) for record in parquet.read(path))
        else:
            contents = _foreign_rows(path)
        for number, content in enumerate(contents, start=1):
            yield Row(content, f"{path}, row {number}", path)
    except (pa.ArrowException, OSError) as error:
        raise InputError(
            f"is no whole Parquet file: {told(error)}", where=str(path), mend="fetch or export it again"
        ) from None
    except (ValidationError, LookupError, TypeError) as error:
        raise InputError(
            f"is no Record: {told(error)}", where=f"{path}, row {number + 1}", mend="see schemas/record.schema.json"
        ) from None


def _foreign_rows(path: Path) -> Iterator[_Content]:
    with pq.ParquetFile(path) as file:
        for batch in parquet.bounded_batches(file, path):
            yield from batch.to_pylist()


# -- what stands in documents ------------------------------------------------------------------------------------------


def _documents(documents: Callable[[Path], Iterator[Document]]) -> Callable[[Path], Iterator[Row]]:
    """Make rows of documents: the Records, and the sources and cues that none can hold."""

    def rows(path: Path) -> Iterator[Row]:
        for document in documents(path):
            content = json.loads(document.record.to_json())
            content["attributions"] += [asdict(each) for each in document.quoteless]
            yield Row(content, document.where, path)

    return rows


def _of_documents(documents: Callable[[Path], Iterator[Document]]) -> Callable[[Path], Iterator[tuple[str, Record]]]:
    return lambda path: ((document.where, document.record) for document in documents(path))


_ROWS: Mapping[Kind, Callable[[Path], Iterator[Row]]] = {
    Kind.ROWS: _lines,
    Kind.PARQUET: _parquet_rows,
    Kind.BRAT: _documents(brat.documents),
    Kind.CITRON: _documents(citron.documents),
}
_RECORDS: Mapping[Kind, Callable[[Path], Iterator[tuple[str, Record]]]] = {
    Kind.BRAT: _of_documents(brat.documents),
    Kind.CITRON: _of_documents(citron.documents),
    Kind.LABEL_STUDIO: label_studio.readings,
}
