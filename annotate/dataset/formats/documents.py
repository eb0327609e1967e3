"""What the formats share that keep a file of its own for each article."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from annotate import strict_json
from annotate.derive import Span, sha256_of
from annotate.errors import DatasetError
from annotate.record import Meta, Provenance, Record, Unlinked
from annotate.scheme import Quality

INDEX = "articles.jsonl"


@dataclass(frozen=True, slots=True)
class Quoteless:
    """A source or cue that somebody marked as an attribution without a quote: no Record holds such."""

    cue: tuple[Span, ...]
    source: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One annotator's reading of one article as a file of its own holds it; where: that file."""

    where: str
    record: Record
    quoteless: tuple[Quoteless, ...] = ()


def stem(article_id: str) -> str:
    """Return an article's file name without its ending: an id may hold what no file name can."""
    return sha256_of(article_id)[:24]


def index_line(record: Record) -> str:
    """Return the article's line of the index: which file it is, its id, hash and metadata, in UTF-8 JSON."""
    content = {
        "file": stem(record.id),
        "id": record.id,
        "sha256": record.sha256,
        "meta": record.meta.model_dump(mode="json"),
        "quality": record.quality,
        "provenance": record.provenance.model_dump(mode="json") if record.provenance else None,
    }
    return json.dumps(content, ensure_ascii=False) + "\n"


@dataclass(frozen=True, slots=True)
class Listed:
    """An article of the index: its files' name, its id and hash, and what its Record has that its files have not."""

    file: str
    id: str
    sha256: str
    given: dict[str, Any]


def completed(document: Document, listed: Listed) -> Document:
    """Add what the index says of an article.

    Raises: DatasetError when that makes no Record.
    """
    try:
        record = Record.model_validate(document.record.model_dump() | listed.given)
    except ValidationError as error:
        raise DatasetError(f"is no Record: {told(error)}", where=document.where, mend="export again") from None
    return replace(document, record=record)


def index(folder: Path) -> Iterator[Listed]:
    """Yield the lines of the index.

    Raises: DatasetError when one cannot be read.
    """
    with (folder / INDEX).open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                row = strict_json.loads(line)
                # A name that follows from the id leads nowhere else.
                if row["file"] != stem(row["id"]):
                    raise ValueError("the file's name is not the one that the id has")
                yield Listed(
                    row["file"],
                    row["id"],
                    row["sha256"],
                    {
                        "meta": Meta(**row["meta"]),
                        "quality": row["quality"] and Quality(row["quality"]),
                        "provenance": _provenance(row["provenance"]),
                    },
                )
            except (ValueError, LookupError, TypeError, AttributeError) as error:
                raise DatasetError(
                    f"cannot be read: {told(error)}", where=f"{folder / INDEX}:{number}", mend="export again"
                ) from None


def _provenance(row: dict[str, Any] | None) -> Provenance | None:
    return Provenance(**row) if row else None


def same_words(words: str, text: str, spans: Sequence[Span]) -> bool:
    """Tell whether a file's copy of the words is what stands in the text, white space aside: tools change that."""
    return "".join(words.split()) == "".join("".join(text[start:end] for start, end in spans).split())


def told(error: Exception) -> str:
    """Return in one line what is wrong with somebody's file, without its content."""
    if isinstance(error, ValidationError):
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        what = first["msg"].removeprefix("Value error, ")
        return f"{place}: {what}" if place else what
    if isinstance(error, KeyError):
        return f"{error} is missing"
    return str(error).partition("\n")[0]


def text_of(record: Record) -> str:
    """Return the text of a Record that must have one.

    Raises: DatasetError for a standoff Record.
    """
    if record.text is None:
        raise DatasetError(
            "this format holds texts, and the article goes without its own",
            where=f"article {record.id}",
            mend="export with --text all, or choose jsonl, parquet or web-annotation",
        )
    return record.text


def without_machine(record: Record) -> Record:
    """Return what people decided: no suggestions, scores, unlinked regions or registry facts."""
    return record.model_copy(
        update={
            "attributions": tuple(
                item.model_copy(update={"suggestion": None, "score": None, "span_scores": None})
                for item in record.attributions
            ),
            "outlets": tuple(item.model_copy(update={"domain": None, "listed": None}) for item in record.outlets),
            "unlinked": Unlinked(),
        }
    )
