"""What the store knows of articles: when they came in, who labelled them, and what became of the pre-annotation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime

from sqlmodel import select

from annotate.dataset.sources.inputs import NO_FACTS, ArticleFacts, LabelStatus
from annotate.review.walk import Base, Done, Rendered, Result, walk
from annotate.store import Store
from annotate.store.tables import ArticleRow


def nothing_rendered(article_id: str, pipeline: str) -> Result | None:
    """Know no stored prediction."""
    del article_id, pipeline
    return None


def store_facts(store: Store, rendered: Rendered = nothing_rendered) -> Callable[[str], ArticleFacts]:
    """Return what is known of each article of a store, by its id; read once, some hundred bytes an article.

    rendered: makes the result list of a stored prediction, for annotations that do not carry theirs. Without it, what
    became of such a pre-annotation is not known. Annotators are named as in the dataset.
    """
    arrived: dict[str, datetime] = {}
    with store.reading() as session:
        arrived.update(session.exec(select(ArticleRow.id, ArticleRow.added_at)).all())
    annotators: defaultdict[str, dict[str, None]] = defaultdict(dict)
    changed: defaultdict[str, list[bool | None]] = defaultdict(list)
    for done in walk(store, rendered):
        if not done.skipped and done.problem is None:
            annotators[done.article.id][done.annotator] = None
            changed[done.article.id].append(_changed(done))
    known = {
        article: ArticleFacts(
            accessed=when,
            status=_status(changed[article]) if article in changed else None,
            annotators=tuple(annotators[article]) if article in annotators else (),
        )
        for article, when in arrived.items()
    }
    return lambda article_id: known.get(article_id, NO_FACTS)


def _changed(done: Done) -> bool | None:
    """Tell whether a person changed the pre-annotation; None where it is lost. Ratings alone are no change."""
    if done.base is Base.EMPTY_PAGE:
        return done.drawn > 0
    if done.changes is None:
        return None
    changes = done.changes
    accepted = [
        *(one.accepted for one in changes.regions),
        *(one.accepted for one in changes.attributes),
        *(one.accepted for one in changes.relations),
    ]
    return not all(accepted)


def _status(changed: list[bool | None]) -> LabelStatus | None:
    if any(changed):
        return LabelStatus.CORRECTED
    return None if None in changed else LabelStatus.ACCEPTED
