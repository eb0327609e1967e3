"""Label Studio → store: what people did, kept whole, and read into Records.

Every text is hashed and sliced anew; the server's ids are never trusted to say which article a task is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from more_itertools import chunked

from annotate import __version__
from annotate.derive import sha256_of
from annotate.errors import RecordError
from annotate.record import Provenance, Record
from annotate.regions.annotations import record_of
from annotate.scheme import Policy
from annotate.store import Store
from annotate.store.annotations import PulledAnnotation, Stored, append, articles_by_hash, mark_gone
from annotate.studio.adjudication import Judgements, is_adjudication

PAGE = 200


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something a person should look at: in which task and annotation, and what."""

    task: int
    annotation: int | None
    what: str

    def __str__(self) -> str:
        place = f"task {self.task}" + (f", annotation {self.annotation}" if self.annotation is not None else "")
        return f"{place}: {self.what}"


@dataclass(slots=True)
class PullSummary:
    """What a pull found. unread: kept raw, but no Record could be made; warnings: read, but worth a second look."""

    tasks: int = 0
    annotations: int = 0
    skipped: int = 0
    new: int = 0
    gone: int = 0
    unread: list[Trouble] = field(default_factory=list)
    warnings: list[Trouble] = field(default_factory=list)

    def add(self, other: PullSummary) -> None:
        """Add what another pull found."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


def pull(
    store: Store,
    project_number: int,
    tasks: Iterable[Mapping[str, Any]],
    *,
    complete: bool,
    after: int | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> PullSummary:
    """File the annotations of exported tasks, append-only.

    tasks: tasks as the server's JSON export has them; those of an adjudication project come with what was decided on.
    complete: they are all that the project holds now, so that an annotation which a listed task no longer has counts as
    deleted. after: what `annotate.store.annotations.newest` said before the server was asked: another pull may have
    been at work since then. progress: called with the number of tasks just done.
    """
    summary = PullSummary()
    present: dict[int, set[str]] = {}
    for page in chunked(tasks, PAGE):
        reader = _PageReader(store, page, summary)
        pulled = [item for task in page for item in reader.annotations(task)]
        summary.new += append(store, project_number, pulled, after=after)
        for task in page:
            present[task["id"]] = {annotation["unique_id"] for annotation in task["annotations"]}
        progress(len(page))
    if complete:
        summary.gone = mark_gone(store, project_number, present, after=after)
    return summary


class _PageReader:
    def __init__(self, store: Store, page: list[Mapping[str, Any]], summary: PullSummary) -> None:
        self._store = store
        self._summary = summary
        hashes = [_text_hash(task) for task in page]
        self._articles = articles_by_hash(store, [digest for digest in hashes if digest])
        self._bases: dict[tuple[str, str], Record | None] = {}
        self._judgements = Judgements(store, [task for task in page if is_adjudication(task)])

    def annotations(self, task: Mapping[str, Any]) -> Iterable[PulledAnnotation]:
        """Read the annotations of one task."""
        self._summary.tasks += 1
        stored = self._articles.get(_text_hash(task) or "")
        if stored is None and task["annotations"]:
            what = "its text is not in the store: ingest the article, then pull again"
            self._summary.warnings.append(Trouble(task["id"], None, what))
        for annotation in task["annotations"]:
            yield self._annotation(task, annotation, stored)

    def _annotation(
        self, task: Mapping[str, Any], annotation: Mapping[str, Any], stored: Stored | None
    ) -> PulledAnnotation:
        self._summary.annotations += 1
        skipped = bool(annotation.get("was_cancelled"))
        self._summary.skipped += skipped
        prediction = annotation.get("prediction") or {}
        pipeline = prediction.get("model_version") or None
        record, problem = None, None
        if stored is None:
            problem = "the text is not in the store"
        elif not skipped:
            record, problem = self._read(task, annotation, stored, pipeline)
        if problem:
            self._summary.unread.append(Trouble(task["id"], annotation["id"], problem))
        return PulledAnnotation(
            remote_task=task["id"],
            identity=annotation["unique_id"],
            article_number=stored.number if stored else None,
            annotator=_annotator(annotation),
            raw=json.dumps(annotation, ensure_ascii=False, sort_keys=True),
            digest=_digest(annotation, record),
            skipped=skipped,
            ground_truth=bool(annotation.get("ground_truth")),
            lead_time=annotation.get("lead_time"),
            pipeline=pipeline,
            annotated_at=annotation.get("updated_at"),
            record=record.to_json() if record else None,
            problem=problem,
        )

    def _read(
        self, task: Mapping[str, Any], annotation: Mapping[str, Any], stored: Stored, pipeline: str | None
    ) -> tuple[Record | None, str | None]:
        result, said = annotation["result"], {}
        try:
            if is_adjudication(task):
                judgement = self._judgements.of(task, result)
                result, pipeline = judgement.result, judgement.pipeline
                said = {"policy": Policy.ADJUDICATED, "basis": judgement.basis}
            reading = record_of(
                result,
                stored.article,
                base=self._base(stored.article.id, pipeline),
                provenance=Provenance(
                    version=__version__,
                    pipeline=pipeline,
                    annotator=_annotator(annotation),
                    created=annotation.get("updated_at"),
                    **said,
                ),
            )
        except RecordError as error:
            return None, str(error)
        for warning in reading.warnings:
            self._summary.warnings.append(Trouble(task["id"], annotation["id"], warning))
        return reading.record, None

    def _base(self, article_id: str, pipeline: str | None) -> Record | None:
        if pipeline is None:
            return None
        key = (article_id, pipeline)
        if key not in self._bases:
            self._bases[key] = self._store.prediction(article_id, pipeline)
        return self._bases[key]


def _text_hash(task: Mapping[str, Any]) -> str | None:
    text = task.get("data", {}).get("text")
    try:
        return sha256_of(text) if isinstance(text, str) else None
    except UnicodeEncodeError:
        return None


def _annotator(annotation: Mapping[str, Any]) -> str | None:
    person = annotation.get("completed_by")
    if isinstance(person, Mapping):
        person = person.get("email") or person.get("id")
    return str(person) if person is not None else None


# What the server may change in an annotation that nobody touched (the annotator's profile, say) is left out.
_LASTING = ("unique_id", "result", "was_cancelled", "ground_truth", "lead_time", "created_at", "updated_at")


def _digest(annotation: Mapping[str, Any], record: Record | None) -> str:
    lasting = {name: annotation.get(name) for name in _LASTING}
    # Read or not read belongs to it: once its article has been ingested, the annotation is filed again, readable.
    content = json.dumps([lasting, record is not None], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
