"""Articles in dispute → a second project, in which somebody decides; and back, as the gold reading.

The tasks show the annotators as letters, dealt anew for each article: no name, address or number of theirs is in a
task. They are pushed as predictions are (`annotate.studio.push`), so that each article in dispute is one task whatever
goes wrong on the way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlmodel import select

from annotate.contracts import adjudication_config
from annotate.errors import RecordError
from annotate.record import Basis, Record
from annotate.regions.tasks import result_of, task_data
from annotate.review.consensus import content_digest, letters_for
from annotate.review.questions import Item, Page, decided, page_of, read_questions
from annotate.review.settling import UNDECIDED, Verdict, basis_of, verdict
from annotate.store import Store
from annotate.store.adjudications import Adjudications, Case, Input, inputs_of
from annotate.store.annotations import current
from annotate.store.lease import Lease
from annotate.store.outbox import Outbox
from annotate.store.tables import ProjectRow, Purpose
from annotate.studio.cargo import Parcel
from annotate.studio.validate import vocabulary_of

__all__ = [
    "VERSION",
    "Disputed",
    "Disputes",
    "Judgement",
    "Judgements",
    "adjudication_title",
    "is_adjudication",
    "standings",
]

VERSION = "adjudication-1"
_QUESTIONS = "questions"


def adjudication_title(title: str) -> str:
    """Return the title of the adjudication project that stands beside a project."""
    return f"{title} (adjudication)"


# -- store → project ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Disputed:
    """A case with the Records behind its letters."""

    case: Case
    records: Mapping[str, Record]

    def page(self) -> Page:
        """Return what the adjudicator's page shows and asks."""
        text = next(iter(self.records.values())).text
        assert text is not None
        return page_of(text, {letter: result_of(record, ratings=True) for letter, record in self.records.items()})


def standings(store: Store, title: str | None = None) -> Iterator[tuple[str, Verdict, Disputed | None]]:
    """Yield each annotated article's id, what its annotations come to, and the dispute where there is one.

    title: of the project that must hold an annotation of the article; None for all.
    """
    numbers = _numbers_of(store, title) if title is not None else None
    adjudications = {article.id: rows for article, rows in current(store, purpose=Purpose.ADJUDICATION)}
    for article, rows in current(store):
        if numbers is not None and not any(row.project_number in numbers for row in rows):
            continue
        found = verdict(rows, adjudications.get(article.id, []))
        yield article.id, found, _disputed(found) if found.disagreements else None


def _numbers_of(store: Store, title: str) -> set[int]:
    with store.reading() as session:
        found = select(ProjectRow.number).where(ProjectRow.title == title, ProjectRow.purpose == Purpose.ANNOTATION)
        return {number for number in session.exec(found) if number is not None}


def _disputed(found: Verdict) -> Disputed:
    by_identity = {one.row.identity: one for one in found.readings}
    first = found.readings[0]
    dealt = letters_for(first.record.sha256, by_identity)
    inputs = {
        letter: Input(
            identity=identity,
            digest=content_digest(by_identity[identity].record),
            annotator=by_identity[identity].row.annotator,
            annotated_at=by_identity[identity].row.annotated_at,
            pipeline=by_identity[identity].row.pipeline,
        )
        for letter, identity in dealt.items()
    }
    number = first.row.article_number
    assert number is not None
    case = Case(number, first.record.id, first.record.sha256, inputs)
    return Disputed(case, {letter: by_identity[identity].record for letter, identity in dealt.items()})


class Disputes:
    """The cargo of an adjudication project (see `annotate.studio.cargo.Cargo`)."""

    version = VERSION
    purpose = Purpose.ADJUDICATION

    def __init__(self, disputes: Sequence[Disputed]) -> None:
        self._disputes = {one.case.article_number: one for one in disputes}
        self.config = adjudication_config()
        # What all annotators rated alike is theirs, not a machine's.
        self.vocabulary = replace(vocabulary_of(self.config), human_only=frozenset())

    def outbox(self, store: Store, number: int, lease: Lease) -> Adjudications:
        """Return the outbox that holds these disputes."""
        return Adjudications(store, number, lease, [one.case for one in self._disputes.values()])

    def parcels(self, outbox: Outbox, keys: Sequence[str], *, tasks: bool) -> list[Parcel]:
        """Return the disputes that are due: agreed regions and alternatives as one prediction, questions as data."""
        assert isinstance(outbox, Adjudications)
        parcels = []
        for due in outbox.due_cases(self.version, keys, tasks=tasks):
            page = self._disputes[due.article_number].page()
            parcels.append(
                Parcel(
                    push_key=due.push_key,
                    remote_id=due.remote_id,
                    article_id=due.article.id,
                    data={
                        **task_data(due.article, due.push_key),
                        _QUESTIONS: page.as_json(),
                        "questions_html": page.as_html(),
                    },
                    prediction={"model_version": self.version, "score": 0.0, "result": page.result},
                )
            )
        return parcels


# -- project → store ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an adjudicator left: the result to read, what it rests on, and the pipeline that all started from."""

    result: list[Item]
    basis: tuple[Basis, ...]
    pipeline: str | None


def is_adjudication(task: Mapping[str, Any]) -> bool:
    """Tell whether a task of an export was made by `annotate review adjudicate`."""
    return isinstance(task.get("data"), Mapping) and _QUESTIONS in task["data"]


@dataclass(slots=True)
class Judgements:
    """Reads the annotations of adjudication tasks; made once for a page of an export."""

    store: Store
    tasks: Sequence[Mapping[str, Any]]
    _inputs: dict[str, dict[str, Input]] = field(init=False)

    def __post_init__(self) -> None:
        self._inputs = inputs_of(self.store, [_key(task) for task in self.tasks])

    def of(self, task: Mapping[str, Any], result: Sequence[Mapping[str, Any]]) -> Judgement:
        """Return what this annotation of the task decides.

        Raises: RecordError when a question is left open, or when the store does not know what the task asks about.
        """
        inputs = self._inputs.get(_key(task))
        try:
            questions = read_questions(task["data"][_QUESTIONS])
            if inputs is None:
                raise RecordError(
                    "asks about annotations that this store did not ask about",
                    mend="pull with the store that `annotate review adjudicate` ran with",
                )
            left, still_open = decided(result, questions)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise RecordError(f"an adjudication has an unknown shape ({type(error).__name__}: {error})") from None
        if still_open:
            raise RecordError(
                UNDECIDED + "; ".join(still_open), mend="decide in Label Studio, choose Update, and pull again"
            )
        basis = tuple(
            sorted(
                (
                    basis_of(given.identity, given.digest, given.annotator, _time(given.annotated_at))
                    for given in inputs.values()
                ),
                key=lambda one: one.annotation,
            )
        )
        pipelines = [given.pipeline for given in inputs.values() if given.pipeline]
        return Judgement(left, basis, pipelines[0] if len(set(pipelines)) == 1 else None)


def _key(task: Mapping[str, Any]) -> str:
    return str(task["data"].get("push_key", ""))


def _time(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None
