"""Stored predictions as the labeling page shows them, for the review of what people made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from annotate.review.walk import Rendered, Result
    from annotate.store import Store


def rendered_by(store: Store) -> Rendered:
    """Return a function from article id and pipeline version to the result list that was pushed, if there was one."""
    from annotate.regions.tasks import result_of

    def rendered(article_id: str, pipeline: str) -> Result | None:
        record = store.prediction(article_id, pipeline)
        return result_of(record) if record is not None else None

    return rendered
