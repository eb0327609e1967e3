"""The outbox of an adjudication project: one task for each article in dispute, for what is in dispute now.

A task's key is taken over the annotations that it asks about as well: when these change, it is another task that is
wanted, and the old one is outdated. Which annotations stand behind the letters of a task is noted in the transaction
that enters it, and is found again by the task's key.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlmodel import col, select

from annotate.derive import sha256_of
from annotate.record import Article
from annotate.store.lease import Lease
from annotate.store.outbox import Outbox
from annotate.store.samples import Draw
from annotate.store.store import Store, article_of
from annotate.store.tables import AdjudicationRow, ArticleRow, SentPredictionRow, TaskRow, TaskState

__all__ = ["Adjudications", "Case", "DueCase", "Input", "inputs_of", "question_key"]

# A request in the air may still arrive: such a task is outdated only once it is known what became of it.
_AT_REST = (TaskState.PENDING, TaskState.REJECTED, TaskState.REMOTE_GONE, TaskState.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Input:
    """One annotation in dispute. digest: of its content, as in Basis; annotated_at: as the server has it."""

    identity: str
    digest: str
    annotator: str | None
    annotated_at: str | None
    pipeline: str | None


@dataclass(frozen=True, slots=True)
class Case:
    """An article in dispute, and the annotations behind the letters."""

    article_number: int
    article_id: str
    text_sha256: str
    inputs: Mapping[str, Input]


@dataclass(frozen=True, slots=True)
class DueCase:
    """A case to be sent: as a new task, or to the task that is there as `remote_id`."""

    push_key: str
    remote_id: int | None
    article_number: int
    article: Article


def question_key(identity: str, case: Case) -> str:
    """Return the key of a case in a project: SHA-256 over project, article, text, and the annotations with letters."""
    about = {letter: [given.identity, given.digest] for letter, given in sorted(case.inputs.items())}
    return sha256_of(json.dumps([identity, case.article_id, case.text_sha256, about]))


def inputs_of(store: Store, keys: Sequence[str]) -> dict[str, dict[str, Input]]:
    """Return what stands behind the letters of the tasks with these keys; a task that is not ours is not in it."""
    with store.reading() as session:
        rows = session.exec(
            select(TaskRow.push_key, AdjudicationRow.inputs)
            .join(AdjudicationRow, col(AdjudicationRow.article_number) == col(TaskRow.article_number))
            .where(TaskRow.project_number == AdjudicationRow.project_number, col(TaskRow.push_key).in_(keys))
        ).all()
    return {key: {letter: Input(**given) for letter, given in json.loads(inputs).items()} for key, inputs in rows}


class Adjudications(Outbox):
    """The outbox of one adjudication project, for these cases."""

    def __init__(self, store: Store, project: int, lease: Lease, cases: Iterable[Case]) -> None:
        super().__init__(store, project, lease)
        self._cases = list(cases)
        self._wanted: dict[str, Case] = {}

    def enter(self, identity: str, pipeline: str, *, draw: Draw | None = None) -> None:
        """Give every case without a task its rows, PENDING; none of them belongs to a sample."""
        self._wanted = {question_key(identity, case): case for case in self._cases}
        with self._writing() as session:
            taken = set(
                session.exec(select(TaskRow.article_number).where(TaskRow.project_number == self._project)).all()
            )
            noted = {
                row.article_number: row
                for row in session.exec(select(AdjudicationRow).where(AdjudicationRow.project_number == self._project))
            }
            for key, case in self._wanted.items():
                if case.article_number in taken:
                    continue
                number = case.article_number
                inputs = json.dumps({letter: asdict(given) for letter, given in case.inputs.items()})
                row = noted.get(number) or AdjudicationRow(
                    project_number=self._project, article_number=number, inputs=inputs
                )
                row.inputs, row.made_at = inputs, self._clock()
                session.add_all([row, TaskRow(push_key=key, project_number=self._project, article_number=number)])
                session.flush()
                session.add(SentPredictionRow(push_key=key, pipeline=pipeline))

    def outdated(self) -> list[tuple[str, int | None]]:
        """Return the tasks that ask about annotations which are no more, or on which there is agreement now."""
        with self._store.reading() as session:
            rows = session.exec(
                select(TaskRow.push_key, TaskRow.remote_id, TaskRow.state).where(
                    TaskRow.project_number == self._project, col(TaskRow.state).in_(_AT_REST)
                )
            ).all()
        return [
            (key, remote_id if state == TaskState.CONFIRMED else None)
            for key, remote_id, state in rows
            if key not in self._wanted
        ]

    def due_cases(self, pipeline: str, keys: Sequence[str], *, tasks: bool) -> list[DueCase]:
        """Return the cases that are still PENDING under these keys, in their order."""
        query = (
            select(TaskRow.push_key, TaskRow.remote_id, ArticleRow)
            .join(SentPredictionRow, col(SentPredictionRow.push_key) == col(TaskRow.push_key))
            .join(ArticleRow, col(ArticleRow.number) == col(TaskRow.article_number))
            .where(*self._is_due(pipeline, tasks=tasks))
            .where(col(TaskRow.push_key).in_(keys))
        )
        with self._store.reading() as session:
            rows = session.exec(query).all()
        found = {
            key: DueCase(key, None if tasks else remote_id, row.number or 0, article_of(row))
            for key, remote_id, row in rows
            if key in self._wanted
        }
        return [found[key] for key in keys if key in found]
