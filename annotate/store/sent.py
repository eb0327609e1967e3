"""What a project should hold: the outbox and the predictions read together, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, or_
from sqlmodel import col, func, select

from annotate.record import Article, Record, parse_record
from annotate.store.store import PAGE, Store, article_of
from annotate.store.tables import (
    ArticleRow,
    PredictionRow,
    SentPredictionRow,
    TaskRow,
    TaskState,
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A task as it was sent. records: by pipeline version, those that stand in the store; confirmed: the versions whose
    predictions a listing has shown to be on the server; sample: the random sample it belongs to, which goes without."""

    article: Article
    records: dict[str, Record]
    confirmed: frozenset[str]
    sample: str | None = None


def sent_tasks(store: Store, project: int, keys: Sequence[str]) -> dict[str, Sent]:
    """Return what was sent to a project under these push keys."""
    with store.reading() as session:
        tasks = session.exec(
            select(TaskRow.push_key, TaskRow.sample, ArticleRow)
            .join(ArticleRow, col(ArticleRow.number) == col(TaskRow.article_number))
            .where(TaskRow.project_number == project, col(TaskRow.push_key).in_(keys))
        ).all()
        records = session.exec(
            select(PredictionRow.article_number, PredictionRow.pipeline, PredictionRow.record).where(
                col(PredictionRow.article_number).in_([row.number for _, _, row in tasks])
            )
        ).all()
        confirmed = session.exec(
            select(SentPredictionRow.push_key, SentPredictionRow.pipeline).where(
                col(SentPredictionRow.push_key).in_(keys), SentPredictionRow.state == TaskState.CONFIRMED
            )
        ).all()
    by_article: dict[int, dict[str, Record]] = {}
    for number, pipeline, record in records:
        by_article.setdefault(number, {})[pipeline] = parse_record(record)
    versions: dict[str, set[str]] = {}
    for key, pipeline in confirmed:
        versions.setdefault(key, set()).add(pipeline)
    return {
        key: Sent(
            article_of(row),
            by_article.get(row.number or 0, {}),
            frozenset(versions.get(key, ())) if sample is None else frozenset(),
            sample,
        )
        for key, sample, row in tasks
    }


def confirmed_tasks(store: Store, project: int) -> Iterator[tuple[str, int | None]]:
    """Yield push key and task id of every task that the last listing showed, in the order of their articles."""
    after = 0
    while True:
        with store.reading() as session:
            rows = session.exec(
                select(TaskRow.push_key, TaskRow.remote_id, TaskRow.article_number)
                .where(
                    TaskRow.project_number == project,
                    TaskRow.state == TaskState.CONFIRMED,
                    col(TaskRow.article_number) > after,
                )
                .order_by(col(TaskRow.article_number))
                .limit(PAGE)
            ).all()
        if not rows:
            return
        for key, remote_id, after in rows:  # noqa: B007 - the last one is where the next page begins
            yield key, remote_id


def latest_confirmed(store: Store, project: int) -> str | None:
    """Return the latest pipeline version of which the project has predictions."""
    with store.reading() as session:
        return session.exec(
            select(SentPredictionRow.pipeline)
            .join(TaskRow, col(TaskRow.push_key) == col(SentPredictionRow.push_key))
            .join(
                PredictionRow,
                and_(
                    col(PredictionRow.article_number) == col(TaskRow.article_number),
                    col(PredictionRow.pipeline) == col(SentPredictionRow.pipeline),
                ),
            )
            .where(TaskRow.project_number == project, SentPredictionRow.state == TaskState.CONFIRMED)
            .group_by(SentPredictionRow.pipeline)
            .order_by(func.max(PredictionRow.number).desc())
        ).first()


def unsent(store: Store, project: int | None, pipeline: str) -> Iterator[tuple[Article, Record]]:
    """Yield the articles whose predictions by this version the next push would send.

    project: None for one that is not made yet. What was deleted on the server is not among them.
    """
    after = 0
    query = (
        select(ArticleRow, PredictionRow.record)
        .join(PredictionRow, col(PredictionRow.article_number) == col(ArticleRow.number))
        .where(PredictionRow.pipeline == pipeline)
    )
    if project is not None:
        done = (TaskState.CONFIRMED, TaskState.REMOTE_GONE)
        query = (
            query.outerjoin(
                TaskRow,
                and_(col(TaskRow.article_number) == col(ArticleRow.number), col(TaskRow.project_number) == project),
            )
            .outerjoin(
                SentPredictionRow,
                and_(
                    col(SentPredictionRow.push_key) == col(TaskRow.push_key),
                    col(SentPredictionRow.pipeline) == pipeline,
                ),
            )
            .where(
                or_(col(TaskRow.state).is_(None), col(TaskRow.state) != TaskState.REMOTE_GONE),
                or_(col(SentPredictionRow.state).is_(None), col(SentPredictionRow.state).not_in(done)),
            )
        )
    while True:
        with store.reading() as session:
            rows = session.exec(
                query.where(col(ArticleRow.number) > after).order_by(col(ArticleRow.number)).limit(PAGE)
            ).all()
        if not rows:
            return
        for row, record in rows:
            after = row.number or after
            yield article_of(row), parse_record(record)
