"""The one door to Label Studio: what push and pull ask of it, and the SDK behind that.

The SDK is imported on first use only (it takes two seconds) and retries nothing: a repeated import is how tasks come
to stand in a project twice, so repeating is left to `annotate.studio.push`, which looks first. Bulk requests go
through the SDK's HTTP layer with a body encoded here: its own encoder costs as much as a fifth of an import.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from annotate.errors import StudioError, StudioRefused, StudioUnreachable

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

__all__ = ["Remote", "RemotePrediction", "RemoteProject", "RemoteTask", "StudioClient"]

PAGE = 500
CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 180.0
_DETAIL_LIMIT = 300

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

Json = Mapping[str, Any]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class RemoteProject:
    """A project as the server describes it. `created` tells it from a later project with the same id."""

    id: int
    title: str
    created: str
    label_config: str
    shown_version: str | None

    @property
    def identity(self) -> str:
        """What the project is recognised by: not the server's address, which may change with its port."""
        return f"{self.id}@{self.created}"


@dataclass(frozen=True, slots=True)
class RemoteTask:
    """A task as a listing shows it. annotations: submitted and skipped ones; drafts: somebody has begun one."""

    id: int
    push_key: str | None
    annotations: int
    drafts: bool
    predictions: int
    versions: frozenset[str]

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


class StudioClient:
    """A Remote over HTTP, for Label Studio 1.23.

    url: the server's address without a path to its API; token: of either kind, legacy or personal access token.
    """

    def __init__(self, url: str, token: str, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        self.url = url.rstrip("/")
        self._token = token
        self._answer_seconds = answer_seconds
        self._made: LabelStudio | None = None

    def close(self) -> None:
        """Close the connections."""
        if self._made is not None:
            self._made._client_wrapper.httpx_client.httpx_client.close()
            self._made = None

    def __enter__(self) -> StudioClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- projects ------------------------------------------------------------------------------------------------

    def projects(self, title: str) -> list[RemoteProject]:
        """Return the projects with exactly this title, in the order of their ids."""
        found: list[RemoteProject] = []
        page = 1
        while True:
            answer = self._request("list the projects", "GET", "api/projects/", {"page": page, "page_size": 100})
            rows, following = self._read("list the projects", partial(_projects_page, answer))
            found += [project for project in rows if project.title == title]
            if not following:
                return sorted(found, key=lambda project: project.id)
            page += 1

    def create_project(self, title: str, label_config: str) -> RemoteProject:
        """Create a project."""
        body = {"title": title, "label_config": label_config}
        answer = self._request("create the project", "POST", "api/projects/", body=body)
        return self._read("create the project", lambda: _project(answer))

    def set_label_config(self, project: int, label_config: str) -> None:
        """Give a project another labeling config."""
        body = {"label_config": label_config}
        self._request("change the labeling config", "PATCH", f"api/projects/{project}/", body=body)

    def show_version(self, project: int, version: str) -> None:
        """Make a model version the one that annotations start from."""
        body = {"model_version": version}
        self._request("choose the model version", "PATCH", f"api/projects/{project}/", body=body)

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
                    raise self._unusable("list the tasks", "its pages overlap")
                last = row.id
            found += rows
            if len(rows) == remaining:
                return found
            if not rows:
                raise self._unusable("list the tasks", "a page is missing")

    def _page(self, project: int, operator: str, task: int) -> tuple[list[RemoteTask], int]:
        item = {"filter": "filter:tasks:id", "operator": operator, "type": "Number", "value": task}
        hidden = [f"tasks:{column}" for column in _HIDDEN]
        query = {
            "filters": {"conjunction": "and", "items": [item]},
            "ordering": ["tasks:id"],
            "hiddenColumns": {"explore": hidden, "labeling": hidden},
        }
        answer = self._request(
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
        rows = self._read("list the tasks", lambda: [self._task(row) for row in answer["tasks"]])
        return rows, self._read("list the tasks", lambda: int(answer["total"]))

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
        )

    def import_tasks(self, project: int, tasks: Sequence[Json]) -> None:
        """Add tasks, each with `data`, `meta` and `predictions`."""
        self._request("import tasks", "POST", f"api/projects/{project}/import", body=tasks)

    def import_predictions(self, project: int, predictions: Sequence[Json]) -> None:
        """Add predictions, each with `task`, `model_version`, `score` and `result`."""
        self._request("import predictions", "POST", f"api/projects/{project}/import/predictions", body=predictions)

    def delete_task(self, task: int) -> None:
        """Delete a task with all that belongs to it."""
        self._sdk("delete a task", lambda sdk: sdk.tasks.delete(str(task), request_options={"max_retries": 0}))

    def predictions(self, task: int) -> list[RemotePrediction]:
        """Return the predictions of a task by rising id."""
        rows = self._request("list predictions", "GET", "api/predictions/", {"task": task})
        found = self._read(
            "list predictions", lambda: [RemotePrediction(row["id"], row["model_version"]) for row in rows]
        )
        return sorted(found, key=lambda prediction: prediction.id)

    def delete_prediction(self, prediction: int) -> None:
        """Delete a prediction."""
        self._sdk(
            "delete a prediction", lambda sdk: sdk.predictions.delete(prediction, request_options={"max_retries": 0})
        )

    def export(self, project: int) -> list[dict[str, Any]]:
        """Return the project's tasks as the full JSON export has them: annotations, drafts, predictions, people.

        The server's snapshot is deleted again once it has been read.
        """
        options = {"predictions": {"only_id": False}, "annotations__completed_by": {"only_id": False}}
        path = f"api/projects/{project}/exports"
        made = self._request("export", "POST", f"{path}/", body={"serialization_options": options})
        number = self._read("export", lambda: int(made["id"]))
        try:
            tasks = self._request("read the export", "GET", f"{path}/{number}/download", {"exportType": "JSON"})
        finally:
            self._sdk(
                "delete the export",
                lambda sdk: sdk.projects.exports.delete(project, number, request_options={"max_retries": 0}),
            )
        if not isinstance(tasks, list):
            raise self._unusable("read the export", "it is not a list of tasks")
        return tasks

    # -- the way there -------------------------------------------------------------------------------------------

    def _request(self, doing: str, method: str, path: str, params: Json | None = None, body: object = None) -> Any:
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8")

        def send(sdk: LabelStudio) -> Any:
            from label_studio_sdk.core.api_error import ApiError

            response = sdk._client_wrapper.httpx_client.request(
                path,
                method=method,
                params=dict(params) if params else None,
                content=content,
                headers=None if content is None else {"content-type": "application/json"},
                request_options={"max_retries": 0},
            )
            if not 200 <= response.status_code < 300:
                raise ApiError(status_code=response.status_code, body=response.text)
            return response.json()

        return self._sdk(doing, send)

    def _sdk(self, doing: str, call: Callable[[LabelStudio], _T]) -> _T:
        import httpx
        from label_studio_sdk.core.api_error import ApiError
        from label_studio_sdk.core.parse_error import ParsingError

        try:
            return call(self._connected())
        except ApiError as error:
            raise self._answered(doing, error.status_code, error.body) from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise self._unanswered(doing, error) from None
        except (ParsingError, ValueError, LookupError) as error:
            raise self._unusable(doing, type(error).__name__) from None

    def _connected(self) -> LabelStudio:
        if self._made is None:
            import httpx
            from label_studio_sdk import LabelStudio

            # Redirects are not followed: they would turn a POST into a GET. A proxy is of no use on loopback.
            http = httpx.Client(
                timeout=httpx.Timeout(self._answer_seconds, connect=CONNECT_SECONDS),
                follow_redirects=False,
                trust_env=httpx.URL(self.url).host not in {"127.0.0.1", "localhost", "::1"},
            )
            self._made = LabelStudio(  # type: ignore[no-untyped-call]
                base_url=self.url, api_key=self._token, httpx_client=http, max_retries=0
            )
        return self._made

    # -- its errors ----------------------------------------------------------------------------------------------

    def _read(self, doing: str, read: Callable[[], _T]) -> _T:
        try:
            return read()
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise self._unusable(doing, f"it lacks {error}") from None

    def _unusable(self, doing: str, why: str) -> StudioUnreachable:
        return StudioUnreachable(
            f"could not {doing}: the answer cannot be used, {why}",
            where=self.url,
            mend="check that this is the address of a Label Studio 1.23",
        )

    def _unanswered(self, doing: str, error: Exception) -> StudioUnreachable:
        import httpx

        reached = not isinstance(
            error, httpx.ConnectError | httpx.ConnectTimeout | httpx.UnsupportedProtocol | httpx.InvalidURL
        )
        why = f"no answer ({type(error).__name__})" if reached else f"cannot be reached ({type(error).__name__})"
        mend = "see whether it is busy, then run the same command again"
        return StudioUnreachable(
            f"could not {doing}: {why}",
            where=self.url,
            mend=mend if reached else "start it with `annotate studio start`, or check the URL",
        )

    def _answered(self, doing: str, status: int | None, body: object) -> StudioError:
        what = f"could not {doing}: HTTP {status}{self._detail(body)}"
        if status is not None and 400 <= status < 500 and status != 408:
            mend = _MEND.get(status, "run `annotate doctor`, or see the server's log")
            return StudioRefused(what, where=self.url, mend=mend, status=status)
        if status is not None and 300 <= status < 400:
            return StudioUnreachable(what, where=self.url, mend="use the address that it redirects to")
        return StudioUnreachable(what, where=self.url, mend="see the server's log, then run the same command again")

    def _detail(self, body: object) -> str:
        try:
            content = json.loads(body) if isinstance(body, str) else body
        except ValueError:
            return ""  # a web page, not a message
        if isinstance(content, Mapping):
            content = content.get("validation_errors") or content.get("detail") or content
        detail = " ".join(json.dumps(content, ensure_ascii=False, default=str).split()).strip('".')
        return ": " + detail.replace(self._token, "…")[:_DETAIL_LIMIT] if content else ""


_MEND = {
    400: "the server says what it does not accept",
    401: "check the token: ANNOTATE_STUDIO_TOKEN or --token-file",
    403: "ask for a token of a user who may do this",
    404: "check the URL and the project",
    413: "the article is too large for this server",
    429: "wait a while, then run the same command again",
}


def _projects_page(answer: Json) -> tuple[list[RemoteProject], bool]:
    return [_project(row) for row in answer["results"]], bool(answer["next"])


def _project(row: Json) -> RemoteProject:
    return RemoteProject(
        id=row["id"],
        title=row["title"],
        created=row["created_at"],
        label_config=row["label_config"],
        shown_version=row.get("model_version") or None,
    )
