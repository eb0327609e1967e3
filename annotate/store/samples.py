"""Which articles belong to a random sample: kept apart from the queue, to judge the machine by."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from sqlmodel import col, select

from annotate.store.store import Store
from annotate.store.tables import ArticleRow, ProjectRow, TaskRow

__all__ = ["SAMPLE", "Draw", "sampled_articles"]

# The name of the sample, as the store and the tasks have it.
SAMPLE = "evaluation"

# Given the hashes of new articles and how many the sample has already: the hashes of those that join it.
Draw = Callable[[Sequence[str], int], Collection[str]]


def sampled_articles(store: Store, project: str | None = None) -> set[str]:
    """Return the ids of the articles that belong to a sample, in one project (by its identity) or in any."""
    query = (
        select(ArticleRow.id)
        .join(TaskRow, col(TaskRow.article_number) == col(ArticleRow.number))
        .where(col(TaskRow.sample).is_not(None))
    )
    if project is not None:
        query = query.join(ProjectRow, col(ProjectRow.number) == col(TaskRow.project_number))
        query = query.where(ProjectRow.server == project)
    with store.reading() as session:
        return set(session.exec(query).all())
