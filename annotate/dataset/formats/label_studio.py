"""Label Studio JSON: a list of tasks, each with one finished annotation, to be imported into a project of our page.

What is written can be imported as it is: there are no predictions, nobody is named as `completed_by` (an annotator of
another server is no user of this one: who imports owns the annotation there), and no key of a push stands in it, so
that the outbox of a project takes the tasks for somebody else's. An imported annotation is one person's reading and
not the ground truth, which would outvote everybody else's: it is marked so, since the server takes the contrary for
granted. The article's metadata and who annotated it travel in the task's `meta`.

The reader takes what Label Studio itself exports as well (as JSON, not JSON-MIN), one task at a time: each annotation
that was not skipped is a Record. Predictions and drafts are nobody's reading and never count.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import ijson

from annotate import __version__
from annotate.dataset.formats.documents import text_of, told, without_machine
from annotate.errors import AnnotateError, DatasetError
from annotate.record import Article, Meta, Provenance, Record
from annotate.regions.annotations import record_of
from annotate.regions.tasks import Item, article_of_task, result_of, task_data
from annotate.review.consensus import content_digest
from annotate.strict_json import NotJson, check_strings

LOSES = "suggestions, scores; what the registry knows of outlets; outlets cite the same ones in every quote"

DEEPEST = 200  # brackets within each other
_OURS = "source_annotator"
_EXPORT = "export the project from Label Studio as JSON"


def kept(record: Record) -> Record:
    """Return what the labeling page keeps of a Record: what a person's annotation of it would be read as."""
    article = Article(record.id, text_of(record), record.sha256, record.meta)
    return record_of(_result(record), article, provenance=record.provenance).record


def write(path: Path, records: Iterable[Record]) -> None:
    """Write the list, one task a line."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        separator = "[\n"
        for record in records:
            file.write(separator + json.dumps(_task(record), ensure_ascii=False))
            separator = ",\n"
        file.write("\n]\n" if separator == ",\n" else "[]\n")


def read(path: Path) -> Iterator[Record]:
    """Read the Records back: one for each annotation that was not skipped.

    Raises: DatasetError, with file, task and annotation, for what is no export of Label Studio.
    """
    return (record for _, record in readings(path))


def readings(path: Path) -> Iterator[tuple[str, Record]]:
    """Yield each annotation's Record, in the order of the tasks, and where it stands.

    Who annotated is called by address or number, as the export has it, and by the name that the exported Record gave
    while the annotation says what it said then. Raises: as `read`.
    """
    for number, task in enumerate(_tasks(path), start=1):
        where = f"{path}, task {number}"
        try:
            yield from _Task(task, where).readings()
        except DatasetError:
            raise
        except AnnotateError as error:
            raise DatasetError(error.what, where=where, mend=error.mend or _EXPORT) from None
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise DatasetError(f"is no task of Label Studio: {told(error)}", where=where, mend=_EXPORT) from None


# -- writing -----------------------------------------------------------------------------------------------------------


def _task(record: Record) -> dict[str, Any]:
    article = Article(record.id, text_of(record), record.sha256, record.meta)
    data = task_data(article, "")
    del data["push_key"]
    about = {
        "meta": record.meta.model_dump(mode="json"),
        "provenance": record.provenance.model_dump(mode="json") if record.provenance else None,
        "content": content_digest(kept(record)),
    }
    annotation = {"result": _result(record), "was_cancelled": False, "ground_truth": False}
    return {"data": data, "meta": {_OURS: about}, "annotations": [annotation], "predictions": []}


def _result(record: Record) -> list[Item]:
    said = without_machine(record).model_copy(update={"unlinked": record.unlinked})
    return result_of(said, ratings=True)


# -- reading -----------------------------------------------------------------------------------------------------------


def _tasks(path: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the items of the list, holding one at a time in memory."""
    number = 0
    try:
        with path.open("rb") as file:
            if _first_sign(file.read(4096)) != b"[":
                raise DatasetError("is no list of tasks", where=str(path), mend=_EXPORT)
            file.seek(0)
            for number, task in enumerate(_items(file), start=1):
                if not isinstance(task, Mapping) or not isinstance(task.get("data"), Mapping):
                    raise DatasetError(
                        "is no task of Label Studio: it has no `data`",
                        where=f"{path}, task {number}",
                        mend=f"{_EXPORT}, not JSON-MIN",
                    )
                check_strings(task)
                yield task
    except NotJson as error:
        raise DatasetError(f"cannot be read: {error}", where=f"{path}, task {number}", mend=_EXPORT) from None
    except UnicodeDecodeError:
        raise DatasetError("cannot be read: not UTF-8", where=f"{path}, after task {number}", mend=_EXPORT) from None
    except ijson.JSONError as error:
        # Below its first line, the parser's message shows what stands there: an article, perhaps.
        what = error.args[0].decode(errors="replace") if isinstance(error.args[0], bytes) else str(error)
        raise DatasetError(
            f"cannot be read: {what.strip().splitlines()[0]}", where=f"{path}, after task {number}", mend=_EXPORT
        ) from None
    except OSError as error:
        raise DatasetError(f"cannot be read: {error.strerror or error}", where=str(path)) from None


def _items(file: BinaryIO) -> Iterator[Any]:
    """Yield the items of a list, one at a time.

    The library's own way of doing so keeps the whole path to where it is, which takes gigabytes where brackets have no
    end, and of a key that is given twice the last value. Raises: NotJson for both.
    """
    holders: list[Any] = []
    keys: list[str] = []
    for event, value in ijson.basic_parse(file, use_float=True):
        if event == "map_key":
            keys[-1] = value
            continue
        if event in ("end_map", "end_array"):
            made = holders.pop()
            keys.pop()
            if len(holders) == 1:
                yield made
            continue
        opened = event in ("start_map", "start_array")
        made = ({} if event == "start_map" else []) if opened else value
        if len(holders) > 1:
            _put(made, holders[-1], keys[-1])
        elif holders and not opened:
            yield made
        if opened:
            holders.append(made)
            keys.append("")
        if len(holders) > DEEPEST:
            raise NotJson("JSON nested too deep")


def _put(made: Any, holder: Any, key: str) -> None:
    if isinstance(holder, list):
        holder.append(made)
    elif key in holder:
        raise NotJson(f"the key {key[:100]!r} is given twice")
    else:
        holder[key] = made


def _first_sign(content: bytes) -> bytes:
    return content.lstrip()[:1]


class _Task:
    def __init__(self, task: Mapping[str, Any], where: str) -> None:
        self._task = task
        self._where = where
        meta = task.get("meta")
        ours = meta.get(_OURS) if isinstance(meta, Mapping) else None
        # What the exported Record said of itself; taken from it once the first annotation was found to be its own.
        self._about: Mapping[str, Any] | None = ours if isinstance(ours, Mapping) else None
        self._article = article_of_task(task["data"])
        if self._about:
            known = self._article
            self._article = Article(known.id, known.text, known.sha256, Meta(**self._about["meta"]))

    def readings(self) -> Iterator[tuple[str, Record]]:
        for number, annotation in enumerate(self._task.get("annotations") or (), start=1):
            if annotation.get("was_cancelled"):
                continue
            where = f"{self._where}, annotation {number}"
            try:
                record = record_of(annotation["result"], self._article).record
                yield where, record.model_copy(update={"provenance": self._provenance(record, annotation)})
            except AnnotateError as error:
                raise DatasetError(error.what, where=where, mend=error.mend or _EXPORT) from None
            except (LookupError, TypeError, ValueError, AttributeError) as error:
                raise DatasetError(f"cannot be read: {told(error)}", where=where, mend=_EXPORT) from None

    def _provenance(self, record: Record, annotation: Mapping[str, Any]) -> Provenance | None:
        if self._about and self._about["content"] == content_digest(record):
            given, self._about = self._about["provenance"], None
            return Provenance(**given) if given else None
        prediction = annotation.get("prediction")
        return Provenance(
            version=__version__,
            pipeline=prediction.get("model_version") or None if isinstance(prediction, Mapping) else None,
            annotator=_annotator(annotation.get("completed_by")),
            created=annotation.get("updated_at"),
        )


def _annotator(person: object) -> str | None:
    if isinstance(person, Mapping):
        person = person.get("email") or person.get("id")
    return None if person is None else str(person)
