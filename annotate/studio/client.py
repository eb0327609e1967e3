"""What push and pull ask of Label Studio: projects, tasks, predictions, exports."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from annotate.studio.connection import Connection, Json

__all__ = ["Remote", "RemotePrediction", "RemoteProject", "RemoteTask", "StudioClient"]

PAGE = 500

# Columns that the server works out only when a view shows them, and that cost it time: kept hidden. The others of
# that kind (draft_exists, annotations_ids, predictions_model_versions) are what a listing is for.
_HIDDEN = (
    "annotations_results",
    "annotators",
    "avg_lead_time",
    "completed_at",
    "file_upload",
    "predictions_results",
    "predictions_score",
    "storage_filename",
)
_SHOWN = "id,meta,total_annotations,cancelled_annotations,total_predictions,annotations_ids,draft_exists"
_VERSIONS = "predictions_model_versions"
_CUT = 500  # the server cuts a column's text here


@dataclass(frozen=True, slots=True)
class RemoteProject:
    """A project as the server describes it. `created` tells it from a later project with the same id."""

    id: int
    title: str
    created: str
    label_config: str
    shown_version: str | None
    instruction: str = ""

    @property
    def identity(self) -> str:
        """What the project is recognised by: not the server's address, which may change with its port."""
        return f"{self.id}@{self.created}"


@dataclass(frozen=True, slots=True)
class RemoteTask:
    """A task as a listing shows it.

    annotations: submitted and skipped ones; drafts: somebody has begun one; meta: all of the task's.
    """

    id: int
    push_key: str | None
    annotations: int
    drafts: bool
    predictions: int
    versions: frozenset[str]
    meta: Json = field(default_factory=dict, compare=False)

    @property
    def touched(self) -> bool:
        """Whether a person has worked on it."""
        return self.annotations > 0 or self.drafts


@dataclass(frozen=True, slots=True)
class RemotePrediction:
    id: int
    version: str | None


class Remote(Protocol):
    """The operations that push and pull need of a Label Studio.

    Each raises StudioRefused when the server answered that it did not act, and StudioUnreachable when it gave no
    usable answer: then it may have acted, or may act yet.
    """

    @property
    def url(self) -> str:
        """The server's address."""

    def projects(self, title: str) -> list[RemoteProject]:
        """Return the projects with exactly this title, in the order of their ids."""

    def create_project(self, title: str, label_config: str) -> RemoteProject:
        """Create a project."""

    def set_label_config(self, project: int, label_config: str) -> None:
        """Give a project another labeling config."""

    def set_instruction(self, project: int, instruction: str, *, show: bool) -> None:
        """Give a project another instruction (HTML); show: also before somebody begins to label."""

    def show_version(self, project: int, version: str) -> None:
        """Make a model version the one that annotations start from."""

    def tasks(self, project: int, *, only: int | None = None) -> list[RemoteTask]:
        """Return all tasks of a project by rising id, or the one with the id `only`.

        Complete or not at all: a listing that broke off is StudioUnreachable.
        """

    def import_tasks(self, project: int, tasks: Sequence[Json]) -> None:
        """Add tasks, each with `data`, `meta` and `predictions`."""

    def import_predictions(self, project: int, predictions: Sequence[Json]) -> None:
        """Add predictions, each with `task`, `model_version`, `score` and `result`."""

    def delete_task(self, task: int) -> None:
        """Delete a task with all that belongs to it."""

    def predictions(self, task: int) -> list[RemotePrediction]:
        """Return the predictions of a task by rising id."""

    def delete_prediction(self, prediction: int) -> None:
        """Delete a prediction."""


class StudioClient(Connection):
    """A Remote over HTTP."""

    # -- projects ------------------------------------------------------------------------------------------------

    def projects(self, title: str) -> list[RemoteProject]:
        """Return the projects with exactly this title, in the order of their ids."""
        found: list[RemoteProject] = []
        page = 1
        while True:
            answer = self.request("list the projects", "GET", "api/projects/", {"page": page, "page_size": 100})
            rows, following = self.read("list the projects", partial(_projects_page, answer))
            found += [project for project in rows if project.title == title]
            if not following:
                return sorted(found, key=lambda project: project.id)
            page += 1

    def create_project(self, title: str, label_config: str) -> RemoteProject:
        """Create a project."""
        body = {"title": title, "label_config": label_config}
        answer = self.request("create the project", "POST", "api/projects/", body=body)
        return self.read("create the project", lambda: _project(answer))

    def set_label_config(self, project: int, label_config: str) -> None:
        """Give a project another labeling config."""
        body = {"label_config": label_config}
        self.request("change the labeling config", "PATCH", f"api/projects/{project}/", body=body)

    def set_instruction(self, project: int, instruction: str, *, show: bool) -> None:
        """Give a project another instruction (HTML); show: also before somebody begins to label."""
        body = {"expert_instruction": instruction} | ({"show_instruction": True} if show else {})
        self.request("change the instruction", "PATCH", f"api/projects/{project}/", body=body)

    def show_version(self, project: int, version: str) -> None:
        """Make a model version the one that annotations start from."""
        body = {"model_version": version}
        self.request("choose the model version", "PATCH", f"api/projects/{project}/", body=body)

    # -- tasks and predictions -----------------------------------------------------------------------------------

    def tasks(self, project: int, *, only: int | None = None) -> list[RemoteTask]:
        """Return all tasks of a project by rising id, or the one with the id `only`.

        Each page starts after the last id of the one before, so that tasks added or deleted meanwhile shift nothing.
        """
        found: list[RemoteTask] = []
        last = 0
        while True:
            where = ("equal", only) if only is not None else ("greater", last)
            rows, remaining = self._page(project, *where)
            for row in rows:
                if only is None and row.id <= last:
                    raise self.unusable("list the tasks", "its pages overlap")
                last = row.id
            found += rows
            if len(rows) == remaining:
                return found
            if not rows:
                raise self.unusable("list the tasks", "a page is missing")

    def _page(self, project: int, operator: str, task: int) -> tuple[list[RemoteTask], int]:
        item = {"filter": "filter:tasks:id", "operator": operator, "type": "Number", "value": task}
        hidden = [f"tasks:{column}" for column in _HIDDEN]
        query = {
            "filters": {"conjunction": "and", "items": [item]},
            "ordering": ["tasks:id"],
            "hiddenColumns": {"explore": hidden, "labeling": hidden},
        }
        answer = self.request(
            "list the tasks",
            "GET",
            "api/tasks/",
            {
                "project": project,
                "page": 1,
                "page_size": PAGE,
                "fields": "task_only",
                "include": f"{_SHOWN},{_VERSIONS}",
                "query": json.dumps(query),
            },
        )
        rows = self.read("list the tasks", lambda: [self._task(row) for row in answer["tasks"]])
        return rows, self.read("list the tasks", lambda: int(answer["total"]))

    def _task(self, row: Json) -> RemoteTask:
        ids = [part for part in row["annotations_ids"].split(",") if part.strip()]
        listed = row[_VERSIONS]
        if len(listed) < _CUT:
            versions = {part.strip() for part in listed.split(",")} - {""}
        else:
            versions = {prediction.version or "" for prediction in self.predictions(row["id"])} - {""}
        return RemoteTask(
            id=row["id"],
            push_key=(row["meta"] or {}).get("push_key"),
            # The counters are kept apart from the annotations and may lag behind them: the higher figure holds.
            annotations=max(row["total_annotations"] + row["cancelled_annotations"], len(ids)),
            drafts=bool(row["draft_exists"]),
            predictions=row["total_predictions"],
            versions=frozenset(versions),
            meta=row["meta"] or {},
        )

    def import_tasks(self, project: int, tasks: Sequence[Json]) -> None:
        """Add tasks, each with `data`, `meta` and `predictions`."""
        self.request("import tasks", "POST", f"api/projects/{project}/import", body=tasks)

    def import_predictions(self, project: int, predictions: Sequence[Json]) -> None:
        """Add predictions, each with `task`, `model_version`, `score` and `result`."""
        self.request("import predictions", "POST", f"api/projects/{project}/import/predictions", body=predictions)

    def delete_task(self, task: int) -> None:
        """Delete a task with all that belongs to it."""
        self.sdk("delete a task", lambda sdk: sdk.tasks.delete(str(task), request_options={"max_retries": 0}))

    def predictions(self, task: int) -> list[RemotePrediction]:
        """Return the predictions of a task by rising id."""
        rows = self.request("list predictions", "GET", "api/predictions/", {"task": task})
        found = self.read(
            "list predictions", lambda: [RemotePrediction(row["id"], row["model_version"]) for row in rows]
        )
        return sorted(found, key=lambda prediction: prediction.id)

    def delete_prediction(self, prediction: int) -> None:
        """Delete a prediction."""
        self.sdk(
            "delete a prediction", lambda sdk: sdk.predictions.delete(prediction, request_options={"max_retries": 0})
        )

    def export(self, project: int) -> list[dict[str, Any]]:
        """Return the project's tasks as the full JSON export has them: annotations, drafts, predictions, people.

        The server's snapshot is deleted again once it has been read.
        """
        options = {"predictions": {"only_id": False}, "annotations__completed_by": {"only_id": False}}
        path = f"api/projects/{project}/exports"
        made = self.request("export", "POST", f"{path}/", body={"serialization_options": options})
        number = self.read("export", lambda: int(made["id"]))
        try:
            tasks = self.request("read the export", "GET", f"{path}/{number}/download", {"exportType": "JSON"})
        finally:
            self.sdk(
                "delete the export",
                lambda sdk: sdk.projects.exports.delete(project, number, request_options={"max_retries": 0}),
            )
        if not isinstance(tasks, list):
            raise self.unusable("read the export", "it is not a list of tasks")
        return tasks


def _projects_page(answer: Json) -> tuple[list[RemoteProject], bool]:
    return [_project(row) for row in answer["results"]], bool(answer["next"])


def _project(row: Json) -> RemoteProject:
    return RemoteProject(
        id=row["id"],
        title=row["title"],
        created=row["created_at"],
        label_config=row["label_config"],
        shown_version=row.get("model_version") or None,
        instruction=row.get("expert_instruction") or "",
    )
