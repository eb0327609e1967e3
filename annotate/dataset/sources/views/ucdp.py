"""UCDP GED's columns on the sources of an event, a row for each thing reported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from annotate.dataset.sources.articles import Head, day_of
from annotate.dataset.sources.columns import Column, Value, checked, number, texts
from annotate.dataset.sources.inputs import SourceInputs
from annotate.dataset.sources.statements import Statement, statements
from annotate.dataset.sources.writing import write_rows

BETWEEN = ";"  # the sources of one event

COLUMNS: tuple[Column, ...] = (
    number("number_of_sources", "how many articles report it"),
    Column(
        "source_article", "for each: office, date and headline in quotation marks, with commas; separated by semicolons"
    ),
    Column("source_office", "for each: the outlet"),
    Column("source_date", "for each: the day it was published"),
    Column("source_headline", "for each: the headline"),
    Column(
        "source_original", "who says it: the person, body or document that the articles name; separated by semicolons"
    ),
    number(
        "number_of_independent_origins",
        "how many known origins the reports go back to: three articles that quote one agency, or one "
        "spokesman, count once",
    ),
    Column("statement", "what is reported: the claim's id, or article and attribution"),
    Column("story", "the story it belongs to"),
    texts("articles", "ids of the articles, in the order of the columns above"),
    texts("urls", "their addresses"),
    Column("statement_text", "the fullest wording, of articles whose text may be shown"),
)


def rows(inputs: SourceInputs) -> Iterator[dict[str, Value]]:
    """Yield a row for each thing reported."""
    for statement in statements(inputs):
        yield checked(COLUMNS, _row(statement))


def write(folder: Path, inputs: SourceInputs) -> None:
    """Write ucdp.csv."""
    write_rows(rows(inputs), COLUMNS, folder / "ucdp.csv")


def _row(statement: Statement) -> dict[str, object]:
    heads = statement.heads
    return {
        "number_of_sources": len(heads),
        "source_article": BETWEEN.join(map(_article, heads)),
        "source_office": _each(head.outlet for head in heads),
        "source_date": _each(day_of(head.published) for head in heads),
        "source_headline": _each(head.headline for head in heads),
        "source_original": BETWEEN.join(_within(name) for name in statement.sources),
        "number_of_independent_origins": statement.origins,
        "statement": statement.id,
        "story": statement.story,
        "articles": [head.id for head in heads],
        "urls": [head.url for head in heads],
        "statement_text": statement.text,
    }


def _article(head: Head) -> str:
    known = [part for part in (head.outlet, day_of(head.published), head.headline) if part]
    return '"' + ",".join(_within(part).replace('"', "'") for part in known or [head.id]) + '"'


def _each(values: Iterable[str | None]) -> str | None:
    """Join one value an article, blanks kept so that they stay in step; None where all are blank."""
    parts = [_within(value) if value else "" for value in values]
    return BETWEEN.join(parts) if any(parts) else None


def _within(value: str) -> str:
    """Return a value without what separates values."""
    return value.replace(BETWEEN, ",")
