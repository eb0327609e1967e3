"""Walking over what people did, each annotation set against the prediction that its person started from."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from annotate.errors import RecordError
from annotate.record import Article
from annotate.review.changes import Changes, compare
from annotate.store import Store
from annotate.store.annotations import annotators, current
from annotate.store.tables import AnnotationRow

Result = Sequence[Mapping[str, Any]]
# The result list of a stored prediction, by article id and pipeline version; None where the store has none.
Rendered = Callable[[str, str], Result | None]

NOBODY = "annotator not known"


class Base(StrEnum):
    """Where the prediction that a person started from was found.

    SNAPSHOT: in the annotation itself. STORED: in the store, by the pipeline version that the annotation names.
    EMPTY_PAGE: the annotation names none, so the page was empty. LOST: it names one that is nowhere to be found.
    """

    SNAPSHOT = "snapshot"
    STORED = "stored"
    EMPTY_PAGE = "empty_page"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Done:
    """The current version of one annotation.

    annotator: a pseudonym, unless names were asked for. changes: what it changed of its base; None when it was skipped,
    cannot be read (problem says why), or has no base. drawn: the number of its regions. record: as it was read, JSON.
    """

    article: Article
    annotator: str
    pipeline: str | None
    annotated_at: str | None
    lead_time: float | None
    skipped: bool
    problem: str | None
    base: Base | None
    changes: Changes | None
    drawn: int
    record: str | None


def walk(store: Store, rendered: Rendered, *, names: bool = False) -> Iterator[Done]:
    """Yield the current annotations of the annotation projects, article by article, in the order of the article ids.

    names: name the annotators as Label Studio does, not annotator-1, annotator-2, … as the dataset does.
    """
    numbered = {name: f"annotator-{number}" for number, name in enumerate(annotators(store), start=1)}
    for article, rows in current(store):
        for row in rows:
            who = row.annotator or NOBODY
            yield _done(article, row, who if names else numbered.get(who, who), rendered)


def _done(article: Article, row: AnnotationRow, annotator: str, rendered: Rendered) -> Done:
    raw = json.loads(row.raw)
    problem = None if row.record is not None or row.skipped else row.problem or "cannot be read"
    base, changes, drawn = None, None, 0
    if not row.skipped and problem is None:
        base, before = _base(article, row, raw, rendered)
        try:
            against = compare(before or [], raw["result"])
            drawn = sum(not change.deleted for change in against.regions)
            changes = against if before is not None else None
        except RecordError as error:
            base, problem = None, str(error)
    return Done(
        article=article,
        annotator=annotator,
        pipeline=row.pipeline,
        annotated_at=row.annotated_at,
        lead_time=row.lead_time,
        skipped=row.skipped,
        problem=problem,
        base=base,
        changes=changes,
        drawn=drawn,
        record=row.record,
    )


def _base(
    article: Article, row: AnnotationRow, raw: Mapping[str, Any], rendered: Rendered
) -> tuple[Base, Result | None]:
    snapshot = raw.get("prediction")
    if isinstance(snapshot, Mapping) and isinstance(snapshot.get("result"), list):
        return Base.SNAPSHOT, snapshot["result"]
    if row.pipeline is None:
        return (Base.LOST if snapshot or raw.get("parent_prediction") else Base.EMPTY_PAGE), None
    result = rendered(article.id, row.pipeline)
    return (Base.LOST if result is None else Base.STORED), result
