"""A store of made-up articles whose annotations come in as they do from Label Studio: by a pull."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from annotate.record import Article, Meta
from annotate.regions.annotations import record_of
from annotate.regions.tasks import result_of
from annotate.review.walk import Result
from annotate.scheme import Label
from annotate.store import Store
from annotate.store.projects import bind_project
from annotate.store.tables import ProjectRow, Purpose
from annotate.studio.pull import pull
from tests.records import span
from tests.review.results import attribute, link, mark

Items = Sequence[dict[str, Any]]
PIPELINE = "made-up-1"


def article(number: int, publisher: str | None = "Example Times") -> Article:
    """Return a made-up article, another one for each number."""
    text = f"“We hold bridge {number},” the spokesman said. Rebels deny it, Sample Wire reported."
    return Article.of(text, id=f"article-{number}", meta=Meta(publisher=publisher))


def region(of: Article, name: str, label: Label, words: str) -> dict[str, Any]:
    """Return a region over these words."""
    return mark(name, label, *span(of.text, words))


def given(of: Article) -> list[dict[str, Any]]:
    """Return what the machine gave: a quote with its cue and source, and an outlet."""
    cue, source, outlet = span(of.text, "said"), span(of.text, "the spokesman"), span(of.text, "Sample Wire")
    return [
        mark("q1", Label.QUOTE, 0, of.text.index("”") + 1),
        mark("s1", Label.SOURCE, *source),
        attribute("s1", "source_type", "spokesperson", *source),
        mark("c1", Label.CUE, *cue),
        attribute("c1", "cue_class", "neutral", *cue),
        mark("o1", Label.OUTLET, *outlet),
        attribute("o1", "role", "via", *outlet),
        link("q1", "s1", "said_by"),
        link("q1", "c1", "cued_by"),
    ]


def without(items: Items, *ids: str) -> list[dict[str, Any]]:
    """Return the items without these regions and their relations."""
    return [item for item in items if not {item.get("id"), item.get("from_id"), item.get("to_id")} & set(ids)]


def with_value(items: Items, name: str, value: str) -> list[dict[str, Any]]:
    """Return the items with another value of a choice."""
    return [
        {**item, "value": {**item["value"], "choices": [value]}} if item.get("from_name") == name else item
        for item in items
    ]


class Shelf:
    """Articles in a store, and what people did to them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._annotations = 0

    def add(self, *articles: Article) -> None:
        """Add articles."""
        list(self.store.add_articles(articles))

    def predict(self, of: Article, items: Items, pipeline: str = PIPELINE) -> None:
        """Keep a prediction in the store."""
        list(self.store.add_predictions(pipeline, [record_of(items, of).record]))

    def annotate(
        self,
        of: Article,
        left: Items,
        *,
        before: Items | None = None,
        pipeline: str | None = PIPELINE,
        who: str = "ann@example.org",
        at: str = "2026-01-02T03:04:05Z",
        lead_time: float | None = 60.0,
        skipped: bool = False,
        name: str | None = None,
        purpose: Purpose = Purpose.ANNOTATION,
    ) -> None:
        """Pull one annotation. before: what its snapshot holds; without it the snapshot names the pipeline alone."""
        self._annotations += 1
        prediction = {"model_version": pipeline} | ({"result": list(before)} if before is not None else {})
        annotation = {
            "id": self._annotations,
            "unique_id": name or f"annotation-{self._annotations}",
            "completed_by": {"id": 1, "email": who},
            "result": list(left),
            "was_cancelled": skipped,
            "ground_truth": False,
            "created_at": at,
            "updated_at": at,
            "lead_time": lead_time,
            "prediction": prediction if pipeline else {},
        }
        number = 1 if purpose is Purpose.ANNOTATION else 2
        project = bind_project(self.store, "1@2026", number, f"Sources {number}")
        with self.store.writing() as session:
            row = session.get(ProjectRow, project)
            assert row is not None
            row.purpose = purpose
        task = {"id": self._annotations, "data": {"text": of.text}, "annotations": [annotation]}
        pull(self.store, project, [task], complete=False)

    def rendered(self, article_id: str, pipeline: str) -> Result | None:
        """Return a stored prediction as the page shows it."""
        record = self.store.prediction(article_id, pipeline)
        return result_of(record) if record else None
