"""Predictions for tasks that Label Studio shows without one: from the store, else from the pipeline.

What the pipeline makes of an article of the store is stored before it is answered, so that the corrections of it
find their base. A text that the store does not know is predicted and not stored: articles enter by `annotate ingest`
alone, and nobody who can reach the service can make the store grow.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from annotate.derive import sha256_of
from annotate.errors import StoreError
from annotate.record import Article, Record
from annotate.regions.tasks import prediction_of
from annotate.store import Store
from annotate.store.annotations import articles_by_hash
from annotate.studio.journal import note
from annotate.studio.placing import QUEUE
from annotate.studio.validate import prediction_problems, vocabulary_of

__all__ = ["MAX_TEXT", "Predictor"]

MAX_TEXT = 200_000  # characters: some 15 s of work; Label Studio waits 100 s


class Predictor:
    """Answers for one task at a time, in one thread.

    predict: what the pipeline makes of an article; pipeline: the version that it stores and shows predictions under.
    """

    def __init__(self, store: Store, predict: Callable[[Article], Record], pipeline: str) -> None:
        self._store = store
        self._predict = predict
        self.pipeline = pipeline
        self._vocabulary = vocabulary_of()

    def predictions(self, task: int, data: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the prediction of a task with this data: one, or none when there can be none.

        None rather than an empty one: Label Studio would keep that, and take it for what the pipeline found.
        """
        if data.get(QUEUE):
            # A task of a random sample judges the machine: people shall not be led by what it says.
            note("not predicted", task=task, reason="it belongs to a sample")
            return []
        text = data.get("text")
        why = _unfit(text)
        if why or not isinstance(text, str):
            note("not predicted", level=logging.WARNING, task=task, reason=why)
            return []
        try:
            prediction = prediction_of(self._record(text), self.pipeline)
            problems = prediction_problems({"text": text}, prediction, self._vocabulary)
        except Exception as error:  # one odd article must not cost the others of the request theirs
            note("not predicted", level=logging.ERROR, task=task, reason=type(error).__name__)
            return []
        if problems:
            note("not predicted", level=logging.ERROR, task=task, reason="invalid prediction", problems=len(problems))
            return []
        return [prediction]

    def _record(self, text: str) -> Record:
        digest = sha256_of(text)
        stored = articles_by_hash(self._store, [digest]).get(digest)
        if stored is None:
            return self._predict(Article.of(text))
        found = self._store.prediction(stored.article.id, self.pipeline)
        if found is not None:
            return found
        record = self._predict(stored.article)
        try:
            list(self._store.add_predictions(self.pipeline, [record]))
        except StoreError as error:
            note("prediction not stored", level=logging.ERROR, reason=type(error).__name__)
            return record
        # `annotate preannotate` may have been quicker: the prediction that is stored is the one to show.
        return self._store.prediction(stored.article.id, self.pipeline) or record


def _unfit(text: object) -> str | None:
    if not isinstance(text, str) or not text.strip():
        return "no text"
    if len(text) > MAX_TEXT:
        return f"its text is longer than {MAX_TEXT:,} characters"
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        return "its text holds NUL or a lone surrogate"
    return None
