"""Bring the tasks of a project into the order in which they are to be annotated.

A task's place stands in its own data, where views sort by it. New tasks bring theirs (see `annotate.studio.push`); of
those that are there, only the ones whose place changed are sent, one request each: Label Studio knows no other way.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
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
        for task, data in _with_data(client, project.id, page):
            marks = placing.marks(task.push_key or "")
            if data is None:
                refused += 1
            else:
                body = {"data": {**data, **marks}, "meta": {**task.meta, **marks}}
                client.request("place a task", "PATCH", f"api/tasks/{task.id}/", body=body)
                moved += 1
            step(1)
    return Moved(moved, refused)


def _movable(task: RemoteTask) -> bool:
    return not task.touched and not task.meta.get(QUEUE)


def _with_data(
    client: Connection, project: int, tasks: Sequence[RemoteTask]
) -> Iterator[tuple[RemoteTask, dict[str, Any] | None]]:
    """Yield each task with its data as the server has it, or None where that is not what we once sent."""
    query = {"selectedItems": {"all": False, "included": [task.id for task in tasks]}}
    doing = "read tasks"
    answer = client.request(
        doing,
        "GET",
        "api/tasks/",
        {
            "project": project,
            "page_size": len(tasks),
            "fields": "task_only",
            "include": "id,data",
            "resolve_uri": "false",
            "query": json.dumps(query),
        },
    )
    of_task = client.read(doing, partial(_by_id, answer))
    for task in tasks:
        data = of_task.get(task.id, {})
        text = data.get("text")
        ours = data.get("push_key") == task.push_key and isinstance(text, str)
        yield task, data if ours and sha256_of(str(text)) == data.get("text_sha256") else None


def _by_id(answer: Json) -> dict[int, dict[str, Any]]:
    return {row["id"]: row["data"] for row in answer["tasks"]}


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
