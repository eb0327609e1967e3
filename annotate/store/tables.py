"""The store's tables.

`article`, `annotation`, `assignment` and `ledger` only ever grow: what a person did, the text it was done to, and which
split of a dataset it was released in, is never overwritten or deleted. `prediction` can be made again; `project`,
`task`, `duplicate` and `sent_prediction` are the outbox: what was, or may have been, sent to a Label Studio project;
`adjudication` says whose annotations an adjudicator saw.

Times are in UTC; JSON is kept as the text that was received, so that digests of it
stay true on every database.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import Index, MetaData, Text, UniqueConstraint
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

# Named constraints: without names, SQLite's batch migrations cannot find them again.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMING))):
    """Tables of this store alone: other users of SQLModel in the process keep theirs apart."""


def utc_now() -> datetime:
    """Return the present time in UTC."""
    return datetime.now(UTC)


class ArticleRow(Base, table=True):
    """An article, keyed by the hash of its text; `number` is the order of arrival."""

    __tablename__ = "article"

    number: int | None = Field(default=None, primary_key=True)
    sha256: str = Field(unique=True, max_length=64)
    id: str = Field(unique=True)
    text: str = Field(sa_type=Text)
    meta: str = Field(sa_type=Text)
    added_at: datetime = Field(default_factory=utc_now)


class PredictionRow(Base, table=True):
    """A Record made by one version of the pipeline."""

    __tablename__ = "prediction"
    __table_args__ = (UniqueConstraint("article_number", "pipeline"),)

    number: int | None = Field(default=None, primary_key=True)
    article_number: int = Field(foreign_key="article.number")
    pipeline: str = Field(index=True)
    record: str = Field(sa_type=Text)
    made_at: datetime = Field(default_factory=utc_now)


class Purpose(StrEnum):
    """What a project is for: annotating articles, or deciding where their annotators disagree."""

    ANNOTATION = "annotation"
    ADJUDICATION = "adjudication"


class ProjectRow(Base, table=True):
    """A Label Studio project; its lease says who pushes to it now.

    server: what tells the project from every other one, wherever its server answers (an address may change its port,
    and a deleted project's id may be used again). purpose: a Purpose.
    """

    __tablename__ = "project"
    __table_args__ = (UniqueConstraint("server", "remote_id"),)

    number: int | None = Field(default=None, primary_key=True)
    server: str
    remote_id: int
    title: str
    purpose: str = Field(default=Purpose.ANNOTATION, sa_column_kwargs={"server_default": Purpose.ANNOTATION})
    lease_holder: str | None = None
    lease_until: datetime | None = None
    added_at: datetime = Field(default_factory=utc_now)


class TaskState(StrEnum):
    """Where a task of the outbox stands (see annotate.studio.push for the transitions)."""

    PENDING = "pending"
    SENDING = "sending"
    UNKNOWN = "unknown"
    CONFIRMED = "confirmed"
    REMOTE_GONE = "remote_gone"
    REJECTED = "rejected"


class TaskRow(Base, table=True):
    """One article in one project.

    push_key: SHA-256 over project, article and text, also sent in the task's data, by which the task is recognised
    on the server; remote_id is only ever a hint, since servers reuse the ids of deleted tasks. sample: the name of the
    random sample that the task belongs to, kept apart to judge the pipeline by; null for the others.
    """

    __tablename__ = "task"
    __table_args__ = (
        UniqueConstraint("project_number", "article_number"),
        Index("ix_task_project_number_state", "project_number", "state"),
    )

    push_key: str = Field(primary_key=True, max_length=64)
    project_number: int = Field(foreign_key="project.number")
    article_number: int = Field(foreign_key="article.number")
    state: str = Field(default=TaskState.PENDING)
    remote_id: int | None = None
    attempts: int = 0
    intended_at: datetime | None = None
    changed_at: datetime = Field(default_factory=utc_now)
    reason: str | None = Field(default=None, sa_type=Text)
    sample: str | None = None


class AdjudicationRow(Base, table=True):
    """What an adjudicator is asked to decide on: the annotations of one article, behind letters.

    project_number: the adjudication project. inputs: JSON, letter → identity, digest and annotator of the annotation
    that stands behind it; the labeling page shows the letters alone.
    """

    __tablename__ = "adjudication"
    __table_args__ = (UniqueConstraint("project_number", "article_number"),)

    number: int | None = Field(default=None, primary_key=True)
    project_number: int = Field(foreign_key="project.number")
    article_number: int = Field(foreign_key="article.number")
    inputs: str = Field(sa_type=Text)
    made_at: datetime = Field(default_factory=utc_now)


class DuplicateRow(Base, table=True):
    """A second task with the same key found on the server: recorded, never deleted by us when annotated."""

    __tablename__ = "duplicate"

    number: int | None = Field(default=None, primary_key=True)
    push_key: str = Field(foreign_key="task.push_key", index=True)
    remote_id: int
    seen_at: datetime = Field(default_factory=utc_now)


class SentPredictionRow(Base, table=True):
    """A prediction of one pipeline version in one task of the project."""

    __tablename__ = "sent_prediction"

    push_key: str = Field(primary_key=True, foreign_key="task.push_key")
    pipeline: str = Field(primary_key=True)
    state: str = Field(default=TaskState.PENDING)
    changed_at: datetime = Field(default_factory=utc_now)
    reason: str | None = Field(default=None, sa_type=Text)


class AnnotationRow(Base, table=True):
    """One version of what one person did to one task; a later version or a deletion is a further row.

    raw: the annotation as exported by the server; digest: SHA-256 of it; record: how it was read, or problem: why it
    could not be; gone: it was deleted on the server, and `raw` repeats the last version.
    """

    __tablename__ = "annotation"

    number: int | None = Field(default=None, primary_key=True)
    project_number: int = Field(foreign_key="project.number")
    article_number: int | None = Field(default=None, foreign_key="article.number", index=True)
    remote_task: int
    identity: str = Field(index=True)
    annotator: str | None = None
    raw: str = Field(sa_type=Text)
    digest: str = Field(max_length=64)
    skipped: bool = False
    ground_truth: bool = False
    lead_time: float | None = None
    pipeline: str | None = None
    annotated_at: str | None = None
    gone: bool = False
    record: str | None = Field(default=None, sa_type=Text)
    problem: str | None = Field(default=None, sa_type=Text)
    pulled_at: datetime = Field(default_factory=utc_now)


class AssignmentRow(Base, table=True):
    """The split in which an article was released first; every later release keeps it there.

    sha256: of the article's text, which may be in another store; article_id: its id then. story: the story it was
    released with; method, detail: how its split was chosen, and with which settings (JSON).
    """

    __tablename__ = "assignment"

    number: int | None = Field(default=None, primary_key=True)
    sha256: str = Field(unique=True, max_length=64)
    article_id: str = Field(index=True)
    split: str
    story: str
    method: str
    detail: str = Field(sa_type=Text)
    released_at: datetime = Field(default_factory=utc_now)


class LedgerRow(Base, table=True):
    """One entry a row of the tables that only grow, each chained to the one before: damage cannot stay silent."""

    __tablename__ = "ledger"
    __table_args__ = (UniqueConstraint("kind", "key"),)

    seq: int = Field(primary_key=True)
    kind: str
    key: int
    digest: str = Field(max_length=64)
    chain: str = Field(max_length=64)


class LedgerHeadRow(Base, table=True):
    """The ledger's last entry; locked while a new one is written, so that entries stay in one line."""

    __tablename__ = "ledger_head"

    id: int = Field(default=1, primary_key=True)
    seq: int = 0
    chain: str = Field(default="0" * 64, max_length=64)
