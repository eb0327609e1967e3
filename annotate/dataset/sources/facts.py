"""What the store knows of articles: when they came in, who labelled them, and what became of the pre-annotation."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime

from sqlmodel import select

from annotate.dataset.sources.inputs import NO_FACTS, ArticleFacts, LabelStatus
from annotate.errors import DatasetError
from annotate.review.walk import Base, Done, Rendered, Result, walk
from annotate.store import Store
from annotate.store.tables import ArticleRow


def nothing_rendered(article_id: str, pipeline: str) -> Result | None:
    """Know no stored prediction."""
    del article_id, pipeline
    return None


def store_facts(store: Store, rendered: Rendered = nothing_rendered) -> Callable[[str], ArticleFacts]:
    """Return what is known of each article of a store, by its id; read once, some hundred bytes an article.

    The environment's SOURCE_DATE_EPOCH, seconds since 1970, bounds the time of arrival, as in reproducible builds: so
    articles that are ingested anew make the same tables. rendered: makes the result list of a stored prediction, for
    annotations that do not carry theirs; without it, what became of such a pre-annotation is not known. Annotators are
    named as in the dataset. Raises: DatasetError when SOURCE_DATE_EPOCH is no number.
    """
    bound = _latest_time()
    arrived: dict[str, datetime] = {}
    with store.reading() as session:
        for article_id, added in session.exec(select(ArticleRow.id, ArticleRow.added_at)):
            arrived[article_id] = min(_in_utc(added), bound) if bound else added
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


def _latest_time() -> datetime | None:
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if not given:
        return None
    try:
        return datetime.fromtimestamp(int(given), UTC)
    except (ValueError, OverflowError, OSError):
        raise DatasetError(
            f"{given!r} is no number of seconds since 1970", where="SOURCE_DATE_EPOCH", mend="set it right, or unset it"
        ) from None


def _in_utc(time: datetime) -> datetime:
    """Some databases give times without their zone: the store's are all in UTC."""
    return time if time.tzinfo else time.replace(tzinfo=UTC)


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
