"""A project's tasks read back and compared with what was sent, region by region.

A page of tasks is held at a time, and of the pages before it only the push keys: memory does not grow with the texts.
Annotations are people's: of them only what would break the page or a pull is named.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from annotate.derive import sha256_of
from annotate.record import Record
from annotate.regions.tasks import prediction_of, task_data
from annotate.store import Store
from annotate.store.projects import known_project
from annotate.store.sent import Sent, confirmed_tasks, sent_tasks
from annotate.store.tables import Purpose
from annotate.studio.checkup import Finding, Tally
from annotate.studio.client import RemoteProject, StudioClient
from annotate.studio.placing import QUEUE

__all__ = ["check_tasks", "result_differences", "result_faults"]

PAGE = 100
_INCLUDED = "id,data,meta,predictions,annotations,drafts"
# A suggestion as `suggestion_text` writes it.
_SUGGESTION = re.compile(r"suggested: reliability [A-F], credibility [1-6](\n[\s\S]*)?")

_AGAIN = "delete the task in Label Studio once its annotations are pulled, then run `annotate push --resend-gone`"
_PREDICTION = (
    "delete the task's predictions in Label Studio (Data Manager: select it, Actions, Delete Predictions), then run"
    " `annotate push --resend-gone`"
)
_RESEND = "run `annotate push --resend-gone`"
_DOUBLE = "run `annotate push`: it removes copies that nobody has worked on; of the others delete one by hand"
_UNKNOWN = "delete it in Label Studio if nobody needs it; else `annotate ingest` its article, so that pull can read it"
_PAGE_BREAKS = "open the task, correct or delete the region or relation and choose Update; then run `annotate pull`"

Json = Mapping[str, Any]


def check_tasks(
    store: Store, client: StudioClient, project: RemoteProject, *, sample: int | None = None
) -> Iterator[Finding]:
    """Compare the project's tasks with the store's.

    sample: of how many tasks, chosen at random among those that were sent; None for all of them, which alone shows
    tasks that are missing, doubled or unknown.
    """
    known = known_project(store, project.identity)
    if known is None or known.purpose is not Purpose.ANNOTATION:
        return
    comparison = _Comparison(store, client, known.number)
    if sample is None:
        comparison.compare(_pages(client, project.id))
        comparison.look_for_missing()
    else:
        comparison.compare_sample(project.id, sample)
    yield from comparison.findings()


def _pages(client: StudioClient, project: int) -> Iterator[list[Json]]:
    last = 0
    while rows := _page(client, project, "greater", last):
        yield rows
        last = rows[-1]["id"]


def _page(client: StudioClient, project: int, operator: str, task: int) -> list[Json]:
    """Return the tasks after an id (`greater`), or the one with it (`equal`), with texts and predictions."""
    item = {"filter": "filter:tasks:id", "operator": operator, "type": "Number", "value": task}
    query = {"filters": {"conjunction": "and", "items": [item]}, "ordering": ["tasks:id"]}
    doing = "read the tasks"
    params = {"project": project, "page": 1, "page_size": PAGE, "fields": "all", "include": _INCLUDED}
    answer = client.request(doing, "GET", "api/tasks/", {**params, "query": json.dumps(query)})
    rows: list[Json] = client.read(doing, lambda: list(answer["tasks"]))
    total = client.read(doing, lambda: int(answer["total"]))
    ids = client.read(doing, lambda: [int(row["id"]) for row in rows])
    if ids != sorted(set(ids)) or (operator == "greater" and ids and ids[0] <= task):
        raise client.unusable(doing, "its pages overlap")
    if len(rows) < min(total, PAGE):
        raise client.unusable(doing, "a page is missing")
    return rows


class _Comparison:
    def __init__(self, store: Store, client: StudioClient, project: int) -> None:
        self._store = store
        self._client = client
        self._project = project
        self._first_task: dict[str, int] = {}
        self._counts: Counter[str] = Counter()
        self._foreign_versions: Counter[str] = Counter()
        self._texts = Tally("task text", _AGAIN)
        self._data = Tally("task data", _AGAIN)
        self._missing = Tally("task missing", _RESEND)
        self._doubles = Tally("task doubled", _DOUBLE)
        self._unknown = Tally("task unknown", _UNKNOWN)
        self._predictions = Tally("prediction", _PREDICTION)
        self._absent = Tally("prediction missing", _RESEND)
        self._annotations = Tally("annotation", _PAGE_BREAKS)
        self._tallies = (
            *(self._texts, self._data, self._missing, self._doubles, self._unknown),
            *(self._predictions, self._absent, self._annotations),
        )

    # -- which tasks ---------------------------------------------------------------------------------------------

    def compare(self, pages: Iterable[Sequence[Json]]) -> None:
        for page in pages:
            keys = [_key(task) for task in page]
            sent = sent_tasks(self._store, self._project, [key for key in keys if key])
            for task, key in zip(page, keys, strict=True):
                self._counts["tasks"] += 1
                self._task(task, key, sent.get(key or ""))

    def compare_sample(self, remote_project: int, size: int) -> None:
        everything = list(confirmed_tasks(self._store, self._project))
        for key, task in random.sample(everything, min(size, len(everything))):
            page = _page(self._client, remote_project, "equal", task) if task is not None else []
            if page:
                self.compare([page])
            if not page or _key(page[0]) != key:
                self._missing.add(f"task {task}", "the task that was sent is not there")

    def look_for_missing(self) -> None:
        """Name the tasks that were there once and did not come up."""
        for key, task in confirmed_tasks(self._store, self._project):
            if key not in self._first_task:
                self._missing.add(f"task {task}", "the task that was sent is not there")

    def findings(self) -> Iterator[Finding]:
        counts = self._counts
        yield Finding(
            "read back",
            f"{counts['tasks']} tasks, {counts['predictions']} predictions, {counts['regions']} regions and relations,"
            f" {counts['annotations']} annotations and drafts",
        )
        for version, count in sorted(self._foreign_versions.items()):
            yield Finding("other predictions", f"{count} of {version}, which this store did not make: not compared")
        if counts["older suggestions"]:
            yield Finding(
                "suggestions",
                f"{counts['older suggestions']} regions show an earlier suggestion than the store's, renewed since",
            )
        for tally in self._tallies:
            yield from tally.findings()

    # -- one task ------------------------------------------------------------------------------------------------

    def _task(self, task: Json, key: str | None, sent: Sent | None) -> None:
        where = f"task {task['id']}"
        if sent is None or key is None:
            self._unknown.add(where, "it is none of those that were sent from this store")
        else:
            if key in self._first_task:
                self._doubles.add(where, f"it doubles task {self._first_task[key]}")
            self._first_task.setdefault(key, task["id"])
            expected = task_data(sent.article, key) | ({QUEUE: sent.sample} if sent.sample else {})
            self._compare_data(where, task["data"], expected)
            self._compare_predictions(where, task["predictions"], sent)
        if task.get("annotations") or task.get("drafts"):
            self._check_annotations(where, task["id"])

    def _compare_data(self, where: str, found: Json, expected: Json) -> None:
        text = found.get("text")
        if not isinstance(text, str) or _hash_of(text) != expected["text_sha256"]:
            self._texts.add(where, f"its text is not that of article {expected['article_id']} in the store")
        for name, value in expected.items():
            if name != "text" and found.get(name) != value:
                self._data.add(where, f"its {name} is not what was sent")

    def _compare_predictions(self, where: str, predictions: Sequence[Json], sent: Sent) -> None:
        seen: set[str] = set()
        if sent.sample and predictions:
            self._predictions.add(where, f"it belongs to the {sent.sample} sample, whose annotators shall see none")
        for prediction in predictions:
            version = prediction.get("model_version") or "no version"
            self._counts["predictions"] += 1
            if version in seen:
                self._predictions.add(where, f"there is a second prediction of {version}")
            seen.add(version)
            if version in sent.records:
                self._compare_results(f"{where}, prediction {prediction['id']}", prediction, sent.records[version])
            else:
                self._foreign_versions[version] += 1
        for version in sorted(sent.confirmed - seen):
            self._absent.add(where, f"the prediction of {version} is not there")

    def _compare_results(self, where: str, prediction: Json, record: Record) -> None:
        expected = prediction_of(record, str(prediction["model_version"]))
        self._counts["regions"] += len(prediction["result"])
        if prediction.get("score") != expected["score"]:
            self._predictions.add(where, f"its score is {prediction.get('score')}, not {expected['score']}")
        older, differences = result_differences(expected["result"], prediction["result"])
        self._counts["older suggestions"] += older
        for difference in differences:
            self._predictions.add(where, difference)

    def _check_annotations(self, where: str, task: int) -> None:
        doing = "read a task's annotations"
        whole = self._client.request(doing, "GET", f"api/tasks/{task}/")
        text = self._client.read(doing, lambda: str(whole["data"]["text"]))
        for kind in ("annotation", "draft"):
            for one in self._client.read(doing, lambda kind=kind: list(whole[f"{kind}s"] or ())):  # type: ignore[misc]
                if not isinstance(one, Mapping):
                    continue
                self._counts["annotations"] += 1
                for fault in result_faults(one.get("result") or (), len(text)):
                    self._annotations.add(f"{where}, {kind} {one.get('id')}", fault)


def _key(task: Json) -> str | None:
    """Return the push key; that in the data counts, as for a pull, and that in `meta` where it is lost."""
    for place in (task.get("data") or {}, task.get("meta") or {}):
        key = place.get("push_key")
        if isinstance(key, str) and key:
            return key
    return None


def _hash_of(text: str) -> str | None:
    try:
        return sha256_of(text)
    except UnicodeEncodeError:
        return None


# -- result lists --------------------------------------------------------------------------------------------------


def result_differences(expected: Sequence[Json], found: Sequence[Json]) -> tuple[int, list[str]]:
    """Compare a prediction's items with those that were sent: offsets, words, values, relations, scores, notes.

    Returns how many regions differ in an earlier suggestion alone, and one clause for every other difference.
    """
    differences: list[str] = []
    older = 0
    sent, received = _by_name(expected, differences=None), _by_name(found, differences=differences)
    for name, item in sent.items():
        other = received.get(name)
        if other is None:
            differences.append(f"{_shown(name)} is missing")
            continue
        for part in sorted(item.keys() | other.keys()):
            if item.get(part) == other.get(part):
                continue
            if part == "meta" and _is_suggestion(item.get(part)) and _is_suggestion(other.get(part)):
                older += 1
            else:
                differences += [f"{_shown(name)}: {what}" for what in _part_differences(part, item, other)]
    differences += [f"{_shown(name)} was not sent" for name in received if name not in sent]
    return older, differences


_Name = tuple[str, str, str]


def _by_name(result: Sequence[Json], *, differences: list[str] | None) -> dict[_Name, Json]:
    named: dict[_Name, Json] = {}
    for item in result:
        if item.get("type") == "relation":
            labels = ",".join(item.get("labels") or ())
            name = ("relation", f"{item.get('from_id')} → {item.get('to_id')}", labels)
        else:
            name = ("region", str(item.get("id")), str(item.get("from_name")))
        if name in named and differences is not None:
            differences.append(f"{_shown(name)} is there twice")
        named[name] = item
    return named


def _shown(name: _Name) -> str:
    kind, first, second = name
    if kind == "relation":
        return f"the relation {second or 'without a label'} {first}"
    return f"region {first}" if second == "label" else f"{second} of region {first}"


def _part_differences(part: str, sent: Json, found: Json) -> Iterator[str]:
    if part != "value" or not isinstance(found.get("value"), Mapping):
        yield f"{part} is not what was sent"
        return
    one, other = sent["value"], found["value"]
    if (one.get("start"), one.get("end")) != (other.get("start"), other.get("end")):
        yield f"lies at [{other.get('start')}, {other.get('end')}), not [{one.get('start')}, {one.get('end')})"
    for name in sorted((one.keys() | other.keys()) - {"start", "end"}):
        if one.get(name) != other.get(name):
            # No words of the article: a report may be passed on, or kept in a log.
            yield "its words are not what was sent" if name == "text" else f"its {name} are not what was sent"


def _is_suggestion(meta: object) -> bool:
    lines = meta.get("text") if isinstance(meta, Mapping) else None
    return isinstance(lines, list) and len(lines) == 1 and bool(_SUGGESTION.fullmatch(str(lines[0])))


def result_faults(result: Sequence[Json], length: int) -> Iterator[str]:
    """Name what in an annotation would leave the page blank, or could not be pulled.

    length: of the text, in characters.
    """
    items = [item for item in result if isinstance(item, Mapping)]
    if len(items) < len(result):
        yield f"{len(result) - len(items)} items have no known shape"
    regions: set[object] = {item.get("id") for item in items if item.get("type") == "labels"}
    for item in items:
        if item.get("type") == "relation":
            for side in ("from_id", "to_id"):
                if item.get(side) not in regions:
                    yield f"a relation's {side} is {item.get(side)!r}, which is no region: the page stays blank"
        elif item.get("type") == "labels":
            value: Json = item.get("value") or {}
            start, end = value.get("start"), value.get("end")
            if type(start) is not int or type(end) is not int or not 0 <= start < end <= length:
                yield f"region {item.get('id')} at [{start}, {end}) does not lie in the text of {length} characters"
