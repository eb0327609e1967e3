"""Which readings count as verified: one Record an article, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from annotate.record import Provenance, Record, parse_record
from annotate.store import Store
from annotate.store.annotations import annotators, current
from annotate.store.tables import AnnotationRow


@dataclass(frozen=True, slots=True)
class Withheld:
    """An annotated article that is not exported, and why."""

    article_id: str
    reason: str


def verified(store: Store) -> Iterator[Record | Withheld]:
    """Yield the verified Record of each annotated article, in the order of the article ids, or why it is withheld.

    Skipped, deleted and unreadable annotations never count. Where several people annotated an article, the one marked
    as ground truth counts, or else all of them when they agree; disagreement is never exported as verified.
    Annotators are named `annotator-1`, `annotator-2`, … in the order in which they first annotated.
    """
    pseudonyms = {name: f"annotator-{number}" for number, name in enumerate(annotators(store), start=1)}
    for article, rows in current(store):
        chosen = _choose(rows)
        if isinstance(chosen, str):
            yield Withheld(article.id, chosen)
        else:
            yield _pseudonymous(chosen, pseudonyms)


def _choose(rows: Iterable[AnnotationRow]) -> Record | str:
    submitted = [row for row in rows if not row.skipped]
    if not submitted:
        return "skipped, or its annotations were deleted"
    readable = [row for row in submitted if row.record is not None]
    if not readable:
        return f"cannot be read: {submitted[0].problem}"
    truths = [row for row in readable if row.ground_truth]
    records = [parse_record(row.record) for row in (truths or readable) if row.record is not None]
    if any(_content(record) != _content(records[0]) for record in records[1:]):
        which = "ground truths" if truths else "annotations"
        return f"{len(records)} {which} disagree: make them agree, or delete all but one in Label Studio, then pull"
    return records[0]


def _content(record: Record) -> Record:
    return record.model_copy(update={"provenance": None})


def _pseudonymous(record: Record, pseudonyms: Mapping[str, str]) -> Record:
    provenance = record.provenance
    if provenance is None or provenance.annotator is None:
        return record
    named = Provenance(**{**provenance.model_dump(), "annotator": pseudonyms.get(provenance.annotator)})
    return record.model_copy(update={"provenance": named})
