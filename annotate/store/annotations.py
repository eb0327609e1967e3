"""What people did: appended as it is pulled, never overwritten; the latest version of each annotation is current."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from more_itertools import chunked
from sqlalchemy import func, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from annotate.record import Article
from annotate.store import ledger
from annotate.store.store import PAGE, Store, article_of
from annotate.store.tables import AnnotationRow, ArticleRow, ProjectRow, Purpose


@dataclass(frozen=True, slots=True)
class PulledAnnotation:
    """One annotation as the server has it now.

    identity: the server's own unique id of the annotation (its number may be reused); raw: its JSON; digest: SHA-256
    of what in it does not change by itself; record: the Record's JSON, or None with a problem when it cannot be read.
    """

    remote_task: int
    identity: str
    article_number: int | None
    annotator: str | None
    raw: str
    digest: str
    skipped: bool
    ground_truth: bool
    lead_time: float | None
    pipeline: str | None
    annotated_at: str | None
    record: str | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class Stored:
    """What the store needs to know of an article to file annotations of it."""

    number: int
    article: Article


def articles_by_hash(store: Store, hashes: Sequence[str]) -> dict[str, Stored]:
    """Return the articles whose texts have these SHA-256 hashes."""
    with store.reading() as session:
        rows = session.exec(select(ArticleRow).where(col(ArticleRow.sha256).in_(hashes))).all()
    return {row.sha256: Stored(row.number, article_of(row)) for row in rows if row.number is not None}


def newest(store: Store) -> int:
    """Return the number of the row that was filed last (0: none): what a listing begun now cannot yet contradict."""
    with store.reading() as session:
        return session.exec(select(func.max(AnnotationRow.number))).one() or 0


def append(
    store: Store, project_number: int, annotations: Sequence[PulledAnnotation], *, after: int | None = None
) -> int:
    """File the annotations that are new or changed, and return how many those are.

    A version older than the one on file is left out: another pull was quicker. after: what `newest` said before the
    server was asked; a deletion that was noted since then stands.
    """
    with store.writing() as session:
        ledger.lock(session)
        known = _latest(session, [item.identity for item in annotations])
        rows = []
        for item in annotations:
            if _is_news(item, known.get(item.identity), after):
                fields = {name: getattr(item, name) for name in PulledAnnotation.__slots__}
                rows.append(AnnotationRow(project_number=project_number, **fields))
        return _append_rows(store, session, rows)


def _is_news(item: PulledAnnotation, latest: AnnotationRow | None, after: int | None) -> bool:
    if latest is None:
        return True
    if latest.gone:
        return after is None or (latest.number or 0) <= after
    return latest.digest != item.digest and not _is_earlier(item.annotated_at, latest.annotated_at)


def _is_earlier(one: str | None, other: str | None) -> bool:
    """Tell whether one moment is certainly before the other; what cannot be read is not."""
    try:
        return datetime.fromisoformat(one or "") < datetime.fromisoformat(other or "")
    except (ValueError, TypeError):
        return False


def mark_gone(store: Store, project_number: int, present: Mapping[int, set[str]], *, after: int | None = None) -> int:
    """Note which annotations were deleted on the server, and return how many.

    present: the identities found on each task that the server listed completely. Annotations of tasks that are not
    listed stay as they are: their task may have been moved or lost, which is no judgement on the labels. after: what
    `newest` said before the server was asked; what was filed since then may have been made later than the listing.
    """
    count = 0
    for tasks in chunked(present, PAGE):
        with store.writing() as session:
            ledger.lock(session)
            rows = [
                _tombstone(row)
                for row in session.exec(_current().where(col(AnnotationRow.remote_task).in_(tasks)))
                if row.project_number == project_number
                and row.identity not in present[row.remote_task]
                and (after is None or (row.number or 0) <= after)
            ]
            count += _append_rows(store, session, rows)
    return count


def tasks_of(store: Store, project_number: int, annotations: Iterable[int]) -> set[int]:
    """Return the tasks, by the server's ids, on which current annotations with these server ids stand."""
    found: set[int] = set()
    for wanted in chunked(set(annotations), PAGE):
        with store.reading() as session:
            # The id stands inside the raw JSON: the database narrows it down, and only those are read.
            rows = session.exec(
                _current().where(
                    AnnotationRow.project_number == project_number,
                    or_(*(col(AnnotationRow.raw).contains(f'"id": {number},') for number in wanted)),
                )
            ).all()
        found |= {row.remote_task for row in rows if json.loads(row.raw).get("id") in wanted}
    return found


def _append_rows(store: Store, session: Session, rows: list[AnnotationRow]) -> int:
    session.add_all(rows)
    # Also without rows: a command that was broken off may have left the head outside behind.
    head = ledger.append(session, rows)
    session.commit()
    store.keep_head(head)
    return len(rows)


def _tombstone(row: AnnotationRow) -> AnnotationRow:
    return AnnotationRow(**{**row.model_dump(exclude={"number", "pulled_at"}), "gone": True})


def _latest_numbers() -> SelectOfScalar[int | None]:
    return select(func.max(AnnotationRow.number)).group_by(col(AnnotationRow.identity))


def _current() -> SelectOfScalar[AnnotationRow]:
    """Select the latest version of each annotation that has not been deleted on the server."""
    return select(AnnotationRow).where(col(AnnotationRow.number).in_(_latest_numbers()), ~col(AnnotationRow.gone))


def _latest(session: Session, identities: Iterable[str]) -> dict[str, AnnotationRow]:
    latest = {}
    for batch in chunked(identities, PAGE):
        rows = session.exec(
            select(AnnotationRow).where(
                col(AnnotationRow.number).in_(_latest_numbers()),
                col(AnnotationRow.identity).in_(batch),
            )
        )
        latest.update({row.identity: row for row in rows})
    return latest


def annotators(store: Store) -> list[str]:
    """Return the annotators in the order in which their first annotation arrived."""
    with store.reading() as session:
        rows = session.exec(
            select(AnnotationRow.annotator, func.min(AnnotationRow.number).label("first"))
            .where(col(AnnotationRow.annotator).is_not(None))
            .group_by(col(AnnotationRow.annotator))
            .order_by("first")
        ).all()
    return [name for name, _ in rows if name]


def current(
    store: Store, *, purpose: Purpose | None = Purpose.ANNOTATION
) -> Iterator[tuple[Article, list[AnnotationRow]]]:
    """Yield each annotated article with its current annotations, in the order of the article ids (by code point).

    purpose: of the projects whose annotations count; None for all of them.
    """
    projects = select(ProjectRow.number)
    if purpose is not None:
        projects = projects.where(ProjectRow.purpose == purpose)
    counted = col(AnnotationRow.project_number).in_(projects)
    with store.reading() as session:
        annotated = select(AnnotationRow.article_number).where(col(AnnotationRow.article_number).is_not(None), counted)
        ids = session.exec(select(ArticleRow.id, ArticleRow.number).where(col(ArticleRow.number).in_(annotated))).all()
    for batch in chunked(sorted(ids), PAGE):
        numbers = [number for _, number in batch]
        with store.reading() as session:
            articles = session.exec(select(ArticleRow).where(col(ArticleRow.number).in_(numbers))).all()
            rows = session.exec(_current().where(col(AnnotationRow.article_number).in_(numbers), counted)).all()
        of_article: defaultdict[int | None, list[AnnotationRow]] = defaultdict(list)
        for row in sorted(rows, key=lambda row: row.number or 0):
            of_article[row.article_number].append(row)
        by_number = {row.number: article_of(row) for row in articles}
        for number in numbers:
            yield by_number[number], of_article[number]
