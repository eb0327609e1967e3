"""What a push carries: the kind of project, its page, and what its tasks hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from annotate.contracts import label_config
from annotate.regions.tasks import prediction_of, task_data
from annotate.store import Store
from annotate.store.lease import Lease
from annotate.store.outbox import Outbox
from annotate.store.tables import Purpose
from annotate.studio.validate import Vocabulary, vocabulary_of

__all__ = ["Cargo", "Parcel", "Predictions"]


@dataclass(frozen=True, slots=True)
class Parcel:
    """One prediction to be sent: within a new task with this data, or to the task that is there as `remote_id`.

    sample: the random sample that the task belongs to; it is sent without the prediction.
    """

    push_key: str
    remote_id: int | None
    article_id: str
    data: dict[str, str]
    prediction: dict[str, Any]
    sample: str | None = None


class Cargo(Protocol):
    """What is pushed."""

    @property
    def version(self) -> str:
        """The model version of the predictions."""

    @property
    def purpose(self) -> Purpose:
        """What the project is for."""

    @property
    def config(self) -> str:
        """The labeling config."""

    @property
    def vocabulary(self) -> Vocabulary:
        """What the predictions may hold."""

    def outbox(self, store: Store, number: int, lease: Lease) -> Outbox:
        """Return the outbox of the project with this number."""

    def parcels(self, outbox: Outbox, keys: Sequence[str], *, tasks: bool) -> list[Parcel]:
        """Return what is due under these push keys, in their order: new tasks, or predictions for old ones."""


class Predictions:
    """The predictions of one pipeline version, for people to correct."""

    purpose = Purpose.ANNOTATION

    def __init__(self, pipeline: str) -> None:
        self.version = pipeline
        self.config = label_config()
        self.vocabulary = vocabulary_of(self.config)

    def outbox(self, store: Store, number: int, lease: Lease) -> Outbox:
        """Return the outbox of the project with this number."""
        return Outbox(store, number, lease)

    def parcels(self, outbox: Outbox, keys: Sequence[str], *, tasks: bool) -> list[Parcel]:
        """Return the articles that are due, with their predictions."""
        return [
            Parcel(
                push_key=due.push_key,
                remote_id=due.remote_id,
                article_id=due.article.id,
                data=task_data(due.article, due.push_key),
                prediction=prediction_of(due.record, self.version),
                sample=due.sample,
            )
            for due in outbox.due(self.version, keys, tasks=tasks)
        ]
