"""Bring the tasks of a project into the order in which they are to be annotated.

A task's place stands in its own data, where views sort by it. New tasks bring theirs (see `annotate.studio.push`); of
those that are there, only the ones whose place changed are sent, one request each: Label Studio knows no other way.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from more_itertools import chunked

from annotate.derive import sha256_of
from annotate.review.places import places
from annotate.review.queue import Queued
from annotate.store.outbox import push_key
from annotate.studio.client import RemoteProject, RemoteTask, StudioClient
from annotate.studio.connection import Connection, Json
from annotate.studio.placing import QUEUE, Placing, column

__all__ = ["Moved", "move", "place", "set_annotators"]

_PAGE = 50


@dataclass(frozen=True, slots=True)
class Moved:
    """What reordering came to: tasks that got another place, and those that could not get theirs."""

    moved: int = 0
    refused: int = 0


def place(client: StudioClient, project: RemoteProject, order: str, queued: Iterable[Queued]) -> Placing:
    """Give the articles of an order their places in a project; what is there keeps its place where that is possible."""
    present = {}
    for task in client.tasks(project.id):
        at = str(task.meta.get(column(order), ""))
        if _movable(task) and task.push_key and at.isdecimal():
            present[task.push_key] = int(at)
    keys = [push_key(project.identity, item.article_id, item.sha256) for item in queued]
    return Placing(order, places(keys, present))


def move(
    client: StudioClient, project: RemoteProject, placing: Placing, *, step: Callable[[int], object] = lambda _: None
) -> Moved:
    """Send the places that changed, the first of the queue first.

    Tasks that somebody has worked on, and those of a sample, stay as they are. Nothing but the place changes in a task:
    its data is sent back as it was read. step: called with the number of tasks done.
    Raises: StudioRefused; StudioUnreachable (what was not sent is sent next time).
    """
    wanted = [
        task
        for task in client.tasks(project.id)
        if _movable(task)
        and task.push_key is not None
        and task.push_key in placing.places
        and not placing.marks(task.push_key).items() <= task.meta.items()
    ]
    wanted.sort(key=lambda task: placing.places[task.push_key or ""])
    moved = refused = 0
    for page in chunked(wanted, _PAGE):
        of_task = _read(client, project.id, page)
        for task in page:
            row = of_task.get(task.id)
            if row is None or _begun(row):
                continue
            data, marks = row["data"], placing.marks(task.push_key or "")
            if _as_pushed(data, task.push_key):
                body = {"data": {**data, **marks}, "meta": {**task.meta, **marks}}
                client.request("place a task", "PATCH", f"api/tasks/{task.id}/", body=body)
                moved += 1
            else:
                refused += 1
        step(len(page))
    return Moved(moved, refused)


def _movable(task: RemoteTask) -> bool:
    return not task.touched and not task.meta.get(QUEUE)


def _read(client: Connection, project: int, tasks: Sequence[RemoteTask]) -> dict[int, dict[str, Any]]:
    """Return the data of tasks, as it was sent and not as a page would show it, and whether somebody has begun them."""
    query = {
        "selectedItems": {"all": False, "included": [task.id for task in tasks]},
        "hiddenColumns": {"explore": [], "labeling": []},  # else the server does not say whether there are drafts
    }
    parameters = {
        "project": project,
        "page_size": len(tasks),
        "fields": "task_only",
        "include": "id,data,total_annotations,cancelled_annotations,draft_exists",
        "resolve_uri": "false",
        "query": json.dumps(query),
    }
    answer = client.request("read tasks", "GET", "api/tasks/", parameters)
    return client.read("read tasks", lambda: {int(row["id"]): row for row in answer["tasks"] if row["data"]})


def _begun(row: Json) -> bool:
    return bool(row["total_annotations"] or row["cancelled_annotations"] or row["draft_exists"])


def _as_pushed(data: Json, key: str | None) -> bool:
    """Tell whether the task still is what was pushed under this key."""
    text = data.get("text")
    return data.get("push_key") == key and isinstance(text, str) and sha256_of(text) == data.get("text_sha256")


def set_annotators(connection: Connection, project: int, annotators: int) -> bool:
    """Have each task of a project annotated by so many people; return whether that is a change.

    All tasks are meant, those to come included. Label Studio then gives a task out until so many have submitted it.
    """
    wanted = {"maximum_annotations": annotators, "overlap_cohort_percentage": 100}
    path, doing = f"api/projects/{project}/", "read the project"
    answer = connection.request(doing, "GET", path)
    if connection.read(doing, lambda: all(answer[name] == value for name, value in wanted.items())):
        return False
    connection.request("set the number of annotators", "PATCH", path, body=wanted)
    return True
