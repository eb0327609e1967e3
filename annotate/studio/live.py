"""Telling a Label Studio project of the live service: as its ML backend, and as the receiver of its webhooks.

Looked up first, then added or brought up to date: running it again changes nothing, and a service that has moved is
moved, not added a second time. The webhook comes first: Label Studio gives each new ML backend a webhook without our
secret, unless one with its address is there already.

The ML backend's *title* is the pipeline version that the project shows. Label Studio compares the two: when they are
equal, also the labeling stream asks for a prediction of a task without one; and it makes a first ML backend's title
the version that annotations start from, which is then what it was before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from operator import itemgetter

from annotate.errors import StudioError, StudioRefused
from annotate.studio.client import StudioClient
from annotate.studio.connection import Json
from annotate.studio.exposure import SECRET_HEADER

__all__ = ["ACTIONS", "Live", "go_live"]

ACTIONS = ("ANNOTATIONS_DELETED", "ANNOTATION_CREATED", "ANNOTATIONS_CREATED", "ANNOTATION_UPDATED")
_USER = "annotate"
_INVALID = 400
_BLOCKED = "reserved network address"  # the server's words, with 403
_MARK = "Source Annotator: annotate serve"
_LOOK = "look at the project's live service"


@dataclass(frozen=True, slots=True)
class Live:
    """What became of it: `added`, `updated` or `unchanged`. version: the pipeline version that the service has now."""

    url: str
    webhook: str
    backend: str
    version: str | None


def go_live(client: StudioClient, project: int, *, url: str, secret: str, pipeline: str) -> Live:
    """Make the service at `url` the ML backend and the webhook receiver of a project.

    url: as the Label Studio server reaches it; the service must be running, for the server tries it out. secret: what
    the two share; pipeline: the version whose predictions annotations start from, now and afterwards.
    Raises: StudioError when the project has another ML backend, or when the server cannot use the service.
    """
    url = url.rstrip("/")
    try:
        webhook, added = _webhook(client, project, url, secret)
        try:
            backend, version = _backend(client, project, url, secret, pipeline)
        except StudioError:
            if added is not None:  # nobody listens there: each annotation would wait for it
                client.request("take the webhook back", "DELETE", f"api/webhooks/{added}/")
            raise
    except StudioRefused as error:
        if error.status == _INVALID or _BLOCKED in error.what:
            raise _unusable(client, url, error) from None
        raise
    shown = client.request(_LOOK, "GET", f"api/projects/{project}/")
    if client.read(_LOOK, lambda: shown["model_version"]) != pipeline:
        client.show_version(project, pipeline)
    return Live(url, webhook, backend, version)


def _unusable(client: StudioClient, url: str, error: StudioRefused) -> StudioRefused:
    # The server's own words are a paragraph of HTML; only these two cases need telling apart.
    blocked = _BLOCKED in error.what
    return StudioRefused(
        f"may not call the live service at {url}: it is on a private address"
        if blocked
        else f"cannot use the live service at {url}",
        where=client.url,
        mend="restart an embedded Label Studio; for one of your own see docs/live.md"
        if blocked
        else "see that `annotate serve` runs, has the same secret and store, and can be reached from there",
        status=error.status,
    )


def _webhook(client: StudioClient, project: int, url: str, secret: str) -> tuple[str, int | None]:
    """Return what became of the webhook, and its number when it is new."""
    body = {
        "url": f"{url}/webhook",
        "project": project,
        "send_payload": True,
        "send_for_all_actions": False,
        "headers": {SECRET_HEADER: secret},
        "is_active": True,
        "actions": sorted(ACTIONS),
    }

    def is_ours(row: Json) -> bool:
        return row["url"] == body["url"] or SECRET_HEADER in (row["headers"] or {})

    rows = client.request(_LOOK, "GET", "api/webhooks/", {"project": project})
    ours = client.read(_LOOK, lambda: _sorted(filter(is_ours, rows)))
    for row in ours[1:]:
        client.request("remove a second webhook", "DELETE", f"api/webhooks/{row['id']}/")
    if not ours:
        made = client.request("add the webhook", "POST", "api/webhooks/", body=body)
        return "added", client.read(_LOOK, lambda: int(made["id"]))
    present = {**ours[0], "actions": sorted(ours[0]["actions"])}
    if all(present[name] == value for name, value in body.items()):
        return "unchanged", None
    client.request("change the webhook", "PATCH", f"api/webhooks/{ours[0]['id']}/", body=body)
    return "updated", None


def _backend(client: StudioClient, project: int, url: str, secret: str, pipeline: str) -> tuple[str, str | None]:
    body = {
        "url": url,
        "project": project,
        "title": pipeline,
        "description": _MARK,
        "auth_method": "BASIC_AUTH",
        "basic_auth_user": _USER,
        "basic_auth_pass": secret,
        "is_interactive": False,
    }
    rows = client.request(_LOOK, "GET", "api/ml/", {"project": project})
    ours, others = client.read(_LOOK, partial(_told_apart, rows, url))
    if others:
        raise StudioError(
            f"the project has another ML backend, {others[0]['title']!r}: Label Studio would ask only one",
            where=client.url,
            mend="disconnect it under Settings, Model; then run the same command again",
        )
    for row in ours[1:]:
        client.request("remove a second ML backend", "DELETE", f"api/ml/{row['id']}")
    if not ours:
        made = client.request("add the ML backend", "POST", "api/ml/", body=body)
        return "added", client.read(_LOOK, lambda: _version(client, made["id"]))
    same = all(ours[0].get(name) == value for name, value in body.items() if name != "basic_auth_pass")
    # The password cannot be looked up: it is always sent, and tried out by the server.
    client.request("change the ML backend", "PATCH", f"api/ml/{ours[0]['id']}", body=body)
    return "unchanged" if same else "updated", _version(client, ours[0]["id"])


def _version(client: StudioClient, backend: int) -> str | None:
    answer = client.request(_LOOK, "GET", f"api/ml/{backend}")
    version: str | None = client.read(_LOOK, lambda: answer["model_version"] or None)
    return version


def _told_apart(rows: Sequence[Json], url: str) -> tuple[list[Json], list[Json]]:
    def is_ours(row: Json) -> bool:
        return bool(row["url"].rstrip("/") == url or row["description"] == _MARK)

    return _sorted(filter(is_ours, rows)), [row for row in rows if not is_ours(row)]


def _sorted(rows: Iterable[Json]) -> list[Json]:
    return sorted(rows, key=itemgetter("id"))
