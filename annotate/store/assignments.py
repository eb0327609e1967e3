"""In which split of a dataset an article was released: noted once, and never changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from more_itertools import chunked
from sqlalchemy import func
from sqlmodel import Session, col, select

from annotate.errors import StoreError
from annotate.record import Record, parse_record
from annotate.store import ledger
from annotate.store.store import PAGE, Store, article_of
from annotate.store.tables import AnnotationRow, ArticleRow, AssignmentRow

__all__ = ["Assigned", "assign", "assigned", "released_records"]


@dataclass(frozen=True, slots=True)
class Assigned:
    """The split of one released article.

    sha256: of its text; article_id, story: as it was released; method, detail: how the split was chosen (detail: JSON).
    """

    sha256: str
    article_id: str
    split: str
    story: str
    method: str
    detail: str = "{}"


def assigned(store: Store) -> list[Assigned]:
    """Return all assignments in the order in which they were made."""
    with store.reading() as session:
        rows = session.exec(select(AssignmentRow).order_by(col(AssignmentRow.number))).all()
    return [Assigned(**{name: getattr(row, name) for name in Assigned.__slots__}) for row in rows]


def assign(store: Store, assignments: Iterable[Assigned], *, known: int) -> int:
    """Note the assignments of articles that have none yet, all of them or none, and return how many those are.

    known: how many there were when the splits were chosen. Raises: StoreError when others were made since then, for
    they could belong to the same stories, or when an article has another split already.
    """
    with store.writing() as session:
        ledger.lock(session)
        if session.exec(select(func.count()).select_from(AssignmentRow)).one() != known:
            raise StoreError(
                "another release was written meanwhile, and its articles have their splits now",
                where=store.shown_url,
                mend="export again",
            )
        there = _splits(session)
        rows = []
        for item in assignments:
            split = there.get(item.sha256)
            if split is None:
                there[item.sha256] = item.split
                rows.append(AssignmentRow(**asdict(item)))
            elif split != item.split:
                raise StoreError(f"was released in {split}, and cannot move to {item.split}", where=item.article_id)
        session.add_all(rows)
        head = ledger.append(session, rows) if rows else None
    if head is not None:
        store.keep_head(head)
    return len(rows)


def _splits(session: Session) -> dict[str, str]:
    return dict(session.exec(select(AssignmentRow.sha256, AssignmentRow.split)).all())


def released_records(store: Store, hashes: Iterable[str]) -> Iterator[Record]:
    """Yield the articles with these text hashes that this store holds, each as it was annotated last.

    An article that nobody annotated here comes without attributions.
    """
    for batch in chunked(hashes, PAGE):
        with store.reading() as session:
            articles = session.exec(
                select(ArticleRow).where(col(ArticleRow.sha256).in_(batch)).order_by(col(ArticleRow.number))
            ).all()
            annotated = session.exec(
                select(AnnotationRow.article_number, AnnotationRow.record)
                .where(col(AnnotationRow.article_number).in_([row.number for row in articles]))
                .where(col(AnnotationRow.record).is_not(None))
                .order_by(col(AnnotationRow.number))
            ).all()
        latest = dict(annotated)
        for row in articles:
            record = latest.get(row.number)
            if record is not None:
                yield parse_record(record)
            else:
                article = article_of(row)
                yield Record(id=article.id, text=article.text, sha256=article.sha256, meta=article.meta)
