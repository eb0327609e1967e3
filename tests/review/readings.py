"""Made-up readings: Records as JSON has them, by several annotators of one text."""

from __future__ import annotations

import json
from typing import Any

from annotate.record import Record
from annotate.review.agreement import Agreement, Disagreement, Score, Shared, Tally, disagreements_of, reading_of
from tests.records import TEXT, sample_record, span

Row = dict[str, Any]
ANNOTATORS = ("Ann", "Ben", "Cat", "Dan")


def row_of(record: Record | None = None) -> Row:
    """Return a Record as JSON has it, by default the one with every kind of thing in it."""
    row: Row = json.loads((record or sample_record()).to_json())
    return row


def words(*parts: str, text: str = TEXT) -> list[list[int]]:
    """Return where the parts stand."""
    return [list(span(text, part)) for part in parts]


def shared(*rows: Row, id_: str = "a") -> Shared:
    """Put readings of one text beside each other, by Ann, Ben, Cat and Dan."""
    readings = [
        reading_of(row, row["text"], annotator=name, where=name)
        for name, row in zip(ANNOTATORS[: len(rows)], rows, strict=True)
    ]
    return Shared(id_, rows[0]["text"], tuple(readings))


def measured(*articles: Shared) -> Agreement:
    """Count the articles and return the figures."""
    tally = Tally()
    for article in articles:
        tally.add(article)
    return tally.result(by_pair=True)


def disagreements(*rows: Row) -> list[Disagreement]:
    """Return where the readings disagree."""
    article = shared(*rows)
    return disagreements_of(article, Tally().add(article))


def value(result: Agreement, *key: str) -> float | None:
    """Return the value of one figure."""
    return result.figures[key].value


def defined(result: Agreement) -> dict[str, Score]:
    """Return every figure that has a value, percentages and alphas alike."""
    figures = {" ".join(key): score for key, score in result.figures.items()}
    figures |= {f"alpha {name}": score for name, score in (result.characters | result.values).items()}
    return {name: score for name, score in figures.items() if score.value is not None}
