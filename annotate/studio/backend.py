"""The live service: Label Studio's ML backend and its webhook receiver, in one ASGI application.

    GET  /health    {"status": "UP", …}
    GET  /versions  {"versions": [pipeline version]}
    POST /setup     {"model_version": pipeline version}
    POST /predict   {"results": [a list of predictions, of one or none, for each task]}
    POST /webhook   202 at once; what changed is read again from Label Studio by `annotate.studio.rereading`

The shapes are those that Label Studio 1.23 sends and reads. A payload is read for the few fields below; all others
(article texts, annotations, an access token) are passed over.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from annotate.errors import StoreError
from annotate.store.projects import KnownProject
from annotate.store.tables import Purpose
from annotate.studio.exposure import App, Exposure, Guard, Refused, logged
from annotate.studio.live_predictions import Predictor
from annotate.studio.rereading import Rereader

__all__ = ["ANSWER_SECONDS", "Projects", "make_app"]

ANSWER_SECONDS = 90.0  # Label Studio waits 100
_SMALL = 100_000  # bytes that are read in passing; more than that would keep other requests waiting

_Number = Annotated[int, Field(strict=True, ge=1, le=2**63 - 1)]
_Call = TypeVar("_Call", bound=BaseModel)


def _project_number(uid: object) -> object:
    """Read the number out of a project's `NUMBER.SECONDS`, as ML backends are told it."""
    head = str(uid).partition(".")[0] if isinstance(uid, str | int) and not isinstance(uid, bool) else ""
    return int(head) if head.isascii() and head.isdigit() and len(head) < 20 else None


_ProjectUid = Annotated[_Number, BeforeValidator(_project_number)]


def _as_list(value: object) -> object:
    return value if isinstance(value, list) else [value]


class _Setup(BaseModel):
    project: _ProjectUid


class _Task(BaseModel):
    id: _Number
    data: dict[str, Any]


class _Predict(BaseModel):
    project: _ProjectUid
    tasks: list[_Task]


class _Numbered(BaseModel):
    id: _Number


class _Webhook(BaseModel):
    action: str = Field(max_length=100)
    project: _Numbered
    task: Annotated[list[_Numbered], BeforeValidator(_as_list)] = []
    annotations: list[_Numbered] = []


# What may change annotations; all other events are none of ours.
_ON_TASKS = frozenset({"ANNOTATION_CREATED", "ANNOTATIONS_CREATED", "ANNOTATION_UPDATED"})
_DELETED = "ANNOTATIONS_DELETED"


class Projects:
    """Which projects the store knows, by the server's numbers: looked up again whenever one is not among them.

    look: reads them from the store; it is called in one thread.
    """

    def __init__(self, look: Callable[[], Collection[KnownProject]]) -> None:
        self._look = look
        self._purposes: dict[int, set[Purpose]] = {}
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="projects")

    async def purposes(self, number: int) -> set[Purpose]:
        """Return what the projects with this number are for: servers number theirs alike.

        Raises: Refused, 404 when there is none, 503 when the store cannot be read.
        """
        if number not in self._purposes:
            try:
                await asyncio.get_running_loop().run_in_executor(self._reader, self._refresh)
            except StoreError:
                raise Refused(503, "the store cannot be read now") from None
        if number not in self._purposes:
            raise Refused(404, "nothing was pushed to this project; run `annotate push` first")
        return self._purposes[number]

    def _refresh(self) -> None:
        fresh: dict[int, set[Purpose]] = {}
        for project in self._look():
            fresh.setdefault(project.remote_id, set()).add(project.purpose)
        self._purposes = fresh


def make_app(
    predictor: Predictor, rereader: Rereader, projects: Projects, worker: ThreadPoolExecutor, exposure: Exposure
) -> App:
    """Build the ASGI application. worker: the one thread that predicts, with the predictor's store."""
    service = _Service(predictor, rereader, projects, worker)
    routes = [
        Route("/health", service.health, methods=["GET"]),
        Route("/versions", service.versions, methods=["GET"]),
        Route("/setup", service.setup, methods=["POST"]),
        Route("/predict", service.predict, methods=["POST"]),
        Route("/webhook", service.webhook, methods=["POST"]),
    ]
    handlers = {Refused: _refused, HTTPException: _refused}
    return Guard(Starlette(routes=routes, exception_handlers=handlers), exposure)


async def _refused(request: Request, error: Exception) -> JSONResponse:
    headers = None
    if isinstance(error, Refused):
        status, why = error.status, error.why
    else:
        assert isinstance(error, HTTPException)
        status, why, headers = error.status_code, error.detail, error.headers
    logged(request.scope, reason=why)
    return JSONResponse({"error": why}, status_code=status, headers=headers)


class _Service:
    def __init__(
        self, predictor: Predictor, rereader: Rereader, projects: Projects, worker: ThreadPoolExecutor
    ) -> None:
        self._predictor = predictor
        self._rereader = rereader
        self._projects = projects
        self._worker = worker

    async def health(self, request: Request) -> JSONResponse:
        logged(request.scope, path="/health")
        return JSONResponse({"status": "UP", "model_class": "Source Annotator", "version": self._predictor.pipeline})

    async def versions(self, request: Request) -> JSONResponse:
        logged(request.scope, path="/versions")
        return JSONResponse({"versions": [self._predictor.pipeline]})

    async def setup(self, request: Request) -> JSONResponse:
        logged(request.scope, path="/setup")
        call = await _read(request, _Setup)
        logged(request.scope, project=call.project)
        await self._projects.purposes(call.project)
        return JSONResponse({"model_version": self._predictor.pipeline})

    async def predict(self, request: Request) -> JSONResponse:
        logged(request.scope, path="/predict")
        asked = time.monotonic()
        call = await _read(request, _Predict)
        logged(request.scope, project=call.project, tasks=len(call.tasks))
        if await self._projects.purposes(call.project) == {Purpose.ADJUDICATION}:
            # Who decides between people shall not be swayed by a machine.
            return JSONResponse({"results": [[] for _ in call.tasks]})
        results = []
        for task in call.tasks:
            # One by one, so that a request of a hundred tasks does not keep one of a single task waiting.
            answer = asyncio.get_running_loop().run_in_executor(
                self._worker, self._predictor.predictions, task.id, task.data
            )
            results.append(await answer)
            if time.monotonic() - asked > ANSWER_SECONDS:
                raise Refused(503, "too many tasks at once: what was predicted is kept, ask again")
        logged(request.scope, predicted=sum(map(len, results)))
        return JSONResponse({"results": results})

    async def webhook(self, request: Request) -> JSONResponse:
        logged(request.scope, path="/webhook")
        call = await _read(request, _Webhook)
        known = call.action in _ON_TASKS or call.action == _DELETED
        logged(request.scope, project=call.project.id, action=call.action if known else "other")
        await self._projects.purposes(call.project.id)
        tasks = {task.id for task in call.task}
        annotations = {annotation.id for annotation in call.annotations}
        if call.action in _ON_TASKS:
            self._rereader.changed(call.project.id, tasks=tasks, everything=not tasks)
        elif call.action == _DELETED:
            self._rereader.changed(call.project.id, annotations=annotations, everything=not annotations)
        logged(request.scope, tasks=len(tasks))
        return JSONResponse({"accepted": known}, status_code=202)


async def _read(request: Request, shape: type[_Call]) -> _Call:
    """Read a payload.

    Raises: Refused, 400 when it is not JSON, 422 when it is no payload of this kind; neither repeats what it holds.
    """
    body = await request.body()
    try:
        if len(body) <= _SMALL:
            return shape.model_validate_json(body)
        return await asyncio.to_thread(shape.model_validate_json, body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        if first["type"] == "json_invalid":
            raise Refused(400, "the body is not JSON") from None
        where = ".".join(str(part) for part in first["loc"]) or "the body"
        raise Refused(422, f"{where}: not what Label Studio 1.23 sends here") from None
