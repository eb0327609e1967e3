"""The people in the news as the Global Media Monitoring Project codes them: a row for each person of each article.

GMMP codes individuals, not groups, organisations, outlets or documents. Here are those whom somebody quotes; people who
only occur in a story are not annotated and have to be added.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from annotate.dataset.sources.columns import Column, Value, by_hand, checked
from annotate.dataset.sources.comparison import Reading
from annotate.dataset.sources.describing import is_person
from annotate.dataset.sources.grouping import Source
from annotate.dataset.sources.inputs import SourceInputs
from annotate.dataset.sources.rows import as_written, function_of, readings
from annotate.dataset.sources.writing import write_rows
from annotate.scheme import QuoteType

COLUMNS: tuple[Column, ...] = (
    Column("country", "the outlet's country in the registry"),
    Column("medium", "the outlet"),
    Column("date", "when the article was published"),
    Column("article_id", "the article's id"),
    Column("url", "its address"),
    Column("headline", "its headline"),
    Column("person", "the name; for the unnamed, what the article calls them"),
    by_hand("sex", "never inferred: for people to fill"),
    by_hand("age", "never inferred: for people to fill"),
    Column("occupation", "occupation or position as the article words it; GMMP's code is for people to choose"),
    Column(
        "function",
        "function in the story: `spokesperson`, `expert or commentator`, `eye witness` where the kind of "
        "source tells; else for people to fill",
    ),
    by_hand("family_role", "for people to fill"),
    by_hand("victim", "for people to fill"),
    by_hand("survivor", "for people to fill"),
    Column("quoted", "`yes` when words of the person stand in quotation marks, else `no`"),
    by_hand("photograph", "for people to fill: the text has no pictures"),
    by_hand("ethnicity", "never inferred: for people to fill"),
    by_hand("disability", "never inferred: for people to fill"),
)


def rows(inputs: SourceInputs) -> Iterator[dict[str, Value]]:
    """Yield a row for each person of each article."""
    for reading in readings(inputs):
        for source in reading.sources:
            if is_person(source.attributions[0]):
                yield checked(COLUMNS, _row(reading, source))


def write(folder: Path, inputs: SourceInputs) -> None:
    """Write gmmp.csv."""
    write_rows(rows(inputs), COLUMNS, folder / "gmmp.csv")


def _row(reading: Reading, source: Source) -> dict[str, object]:
    head = reading.head
    found = reading.description(source)
    title, body = reading.shown.fact(found.title), reading.shown.fact(found.organisation)
    quoted = any(item.quote_type in {QuoteType.DIRECT, QuoteType.MIXED} for item in source.attributions)
    return {
        "country": head.country,
        "medium": head.outlet,
        "date": head.published,
        "article_id": head.id,
        "url": head.url,
        "headline": head.headline,
        "person": source.name or reading.shown.wording(as_written(source)) or reading.name_of(source),
        "occupation": f"{title} ({body})" if title and body else title or body,
        "function": function_of(source),
        "quoted": "yes" if quoted else "no",
    }
