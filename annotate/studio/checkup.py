"""A project's check-up: the server, the project's settings, and what the next push would send.

What stands in the tasks is compared by `annotate.studio.checkup_tasks`. Nothing is changed anywhere: every request is
a GET. A finding has a value to show; where something is wrong it says what, and how to mend it.
"""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from xml.etree import ElementTree

from annotate.contracts import label_config
from annotate.errors import AnnotateError, ContractError, StudioError, StudioRefused
from annotate.regions.tasks import prediction_of, task_data
from annotate.store import Store
from annotate.store.projects import KnownProject, known_project
from annotate.store.sent import latest_confirmed, unsent
from annotate.store.tables import Purpose
from annotate.studio.client import RemoteProject, StudioClient
from annotate.studio.instruction import is_ours, renewed
from annotate.studio.push import find_project
from annotate.studio.server_install import LABEL_STUDIO_VERSION
from annotate.studio.validate import Control, problems_of, vocabulary_of

__all__ = ["SUPPORTED", "Finding", "Tally", "check_project", "check_queue", "check_server", "config_differences"]

SUPPORTED = LABEL_STUDIO_VERSION.rpartition(".")[0]
SHOWN = 20  # of each kind of problem; the others are counted
WEBHOOK_SECONDS = 1.0  # as long as Label Studio itself waits

_SERVER = "server of the project"
_OUR_CONFIG = "run `annotate push`: it puts our labeling config back"
_REFUSED = "correct the prediction's source, or leave the article out; push would put it aside"
_BACKEND_STATES = {"CO": "connected", "DI": "disconnected", "ER": "error", "TR": "training", "PR": "predicting"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found; and, where that is a problem, what is wrong and how to mend it."""

    name: str
    value: str
    problem: str | None = None
    mend: str | None = None


@dataclass(slots=True)
class Tally:
    """Problems of one kind: all counted, the first ones kept, so that memory stays flat."""

    name: str
    mend: str
    count: int = 0
    first: list[tuple[str, str]] = field(default_factory=list)

    def add(self, where: str, what: str) -> None:
        """Count a problem: where it is, and what is wrong."""
        self.count += 1
        if len(self.first) < SHOWN:
            self.first.append((where, what))

    def findings(self) -> Iterator[Finding]:
        """Yield the problems, or how many more there are than are shown."""
        for where, what in self.first:
            yield Finding(self.name, where, what, self.mend)
        if more := self.count - len(self.first):
            yield Finding(self.name, f"{more} more", "the same is wrong there", self.mend)


def check_server(client: StudioClient) -> Iterator[Finding]:
    """Check that the server answers, that its version is ours, and whose the token is.

    The last finding is a problem when nothing more can be asked.
    """
    try:
        answer = client.request("ask for the version", "GET", "api/version/")
        release = client.read("ask for the version", lambda: str(answer["release"]))
    except StudioRefused as error:
        # A personal access token is turned into a session before anything else is asked.
        yield _of_error("token", "refused", error)
        return
    except StudioError as error:
        yield _of_error(_SERVER, client.url, error)
        return
    yield Finding(_SERVER, client.url)
    if release == SUPPORTED or release.startswith(f"{SUPPORTED}."):
        yield Finding("Label Studio version", release)
    else:
        yield Finding(
            "Label Studio version",
            release,
            f"this program is made for Label Studio {SUPPORTED}",
            f"use Label Studio {LABEL_STUDIO_VERSION}",
        )
    try:
        person = client.request("ask whose the token is", "GET", "api/current-user/whoami")
        yield Finding("token", f"of {client.read('ask whose the token is', lambda: person['email'])}")
    except StudioError as error:
        yield _of_error("token", "refused", error)


def check_project(store: Store, client: StudioClient, title: str) -> tuple[RemoteProject | None, list[Finding]]:
    """Look for the project, and check its settings; return it when it is there."""
    try:
        project = find_project(store, client, title)
    except StudioError as error:
        return None, [_of_error("project", title, error)]
    if project is None:
        return None, [
            Finding(
                "project",
                f"{title}: not there",
                f"there is no project titled {title!r}",
                "check the title, or run `annotate push`, which makes it",
            )
        ]
    return project, list(_settings(store, client, project))


def _settings(store: Store, client: StudioClient, project: RemoteProject) -> Iterator[Finding]:
    yield Finding("project", f"{project.title} (number {project.id})")
    known = known_project(store, project.identity)
    if known is None:
        yield Finding(
            "pushed from",
            "another store",
            "this store has sent nothing to this project",
            "use the store that was pushed from (--store), or run `annotate push`",
        )
    elif known.purpose is not Purpose.ANNOTATION:
        yield Finding("purpose", f"{known.purpose}: its config and tasks are not compared")
        return
    problems = config_differences(project.label_config)
    yield Finding("labeling config", f"{len(problems)} differences from the scheme" if problems else "the scheme's")
    for problem in problems:
        yield Finding("labeling config", "differs", problem, _OUR_CONFIG)
    yield Finding("instruction", _instruction(project))
    if known is not None:
        yield from _shown_version(store, known, project)
    yield from _listeners(client, project.id)


def _shown_version(store: Store, known: KnownProject, project: RemoteProject) -> Iterator[Finding]:
    latest = latest_confirmed(store, known.number)
    shown = project.shown_version
    if latest is None:
        yield Finding("model version shown", shown or "none")
    elif shown == latest:
        yield Finding("model version shown", shown)
    else:
        yield Finding(
            "model version shown",
            shown or "none",
            f"annotations do not start from the latest predictions, those of {latest}",
            "run `annotate push`, or choose it in the project's settings, Annotation",
        )


def _instruction(project: RemoteProject) -> str:
    """Tell whose instruction annotators see: none of the answers is wrong."""
    if not project.instruction:
        return "none"
    if not is_ours(project.instruction):
        return "the team's own"
    return "ours" if renewed(project.instruction) is None else "ours, of another release: the next push renews it"


# -- the labeling config -------------------------------------------------------------------------------------------


def config_differences(config: str) -> list[str]:
    """Name what a labeling config lacks or has besides our own, one difference each."""
    ours = label_config()
    if config.strip() == ours.strip():
        return []
    try:
        theirs = vocabulary_of(config)
    except ContractError as error:
        return [error.what]
    scheme = vocabulary_of()
    problems = []
    for name in sorted(scheme.controls.keys() | theirs.controls.keys()):
        one, other = scheme.controls.get(name), theirs.controls.get(name)
        if other is None:
            problems.append(f"the control {name!r} is missing")
        elif one is None:
            problems.append(f"the control {name!r} is not the scheme's")
        else:
            problems += _control_differences(name, one, other)
    problems += _set_differences("relation", scheme.relations, theirs.relations)
    for name, key in scheme.texts.items():
        if theirs.texts.get(name) != key:
            problems.append(f"the text {name!r} does not show ${key}")
    problems += [f"it does not show ${key}" for key in sorted(scheme.data_keys - theirs.data_keys)]
    problems += [f"it needs ${key}, which no task of ours has" for key in sorted(theirs.data_keys - scheme.data_keys)]
    problems += _hotkey_differences(ours, config)
    return problems or ["its looks, hints or order differ"]


def _control_differences(name: str, ours: Control, theirs: Control) -> Iterator[str]:
    if theirs.kind != ours.kind:
        yield f"{name!r} is of the kind {theirs.kind}, not {ours.kind}"
    if theirs.to_name != ours.to_name:
        yield f"{name!r} is for {theirs.to_name!r}, not {ours.to_name!r}"
    if theirs.label != ours.label:
        yield f"{name!r} is for regions of {theirs.label or 'any label'}, not of {ours.label or 'any label'}"
    yield from _set_differences(f"{'label' if ours.kind == 'labels' else name + ' value'}", ours.values, theirs.values)


def _set_differences(what: str, ours: frozenset[str], theirs: frozenset[str]) -> Iterator[str]:
    for value in sorted(ours - theirs):
        yield f"the {what} {value!r} is missing"
    for value in sorted(theirs - ours):
        yield f"the {what} {value!r} is not the scheme's"


def _hotkey_differences(ours: str, theirs: str) -> Iterator[str]:
    expected, found = _hotkeys(ours), _hotkeys(theirs)
    for (control, value), key in expected.items():
        other = found.get((control, value), key)
        if other != key:
            yield f"the key of {control} {value!r} is {other or 'none'}, not {key}"


def _hotkeys(config: str) -> dict[tuple[str, str], str]:
    root = ElementTree.fromstring(config)  # noqa: S314 - it was parsed before, and external entities are never read
    return {
        (control.get("name", ""), option.get("value", "")): option.get("hotkey", "")
        for tag, kind in (("Labels", "Label"), ("Choices", "Choice"))
        for control in root.iter(tag)
        for option in control.iter(kind)
    }


# -- what hears of it ----------------------------------------------------------------------------------------------


def _listeners(client: StudioClient, project: int) -> Iterator[Finding]:
    """Tell of webhooks and ML backends; they are the team's own affair, and never a problem here."""
    try:
        hooks = client.request("list the webhooks", "GET", "api/webhooks/", {"project": project})
        backends = client.request("list the ML backends", "GET", "api/ml/", {"project": project})
        if not hooks:
            yield Finding("webhooks", "none")
        for hook in hooks:
            state = "active" if hook.get("is_active") else "switched off"
            yield Finding("webhook", f"{_origin(hook['url'])}: {state}, {_reachable(hook['url'])}")
        if not backends:
            yield Finding("ML backends", "none")
        for backend in backends:
            # Asked for by itself, the server looks whether the backend answers.
            now = client.request("ask for an ML backend", "GET", f"api/ml/{backend['id']}")
            state = _BACKEND_STATES.get(now.get("state"), "in an unknown state")
            yield Finding("ML backend", f"{_origin(now['url'])}: {state}")
    except (StudioError, LookupError, TypeError, AttributeError) as error:
        what = error.what if isinstance(error, AnnotateError) else "the answer cannot be used"
        yield Finding("webhooks and ML backends", f"not known: {what}")


def _origin(url: str) -> str:
    """Return an address without what may be secret in it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}" + (f":{parts.port}" if parts.port else "")


def _reachable(url: str) -> str:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname or "", port), timeout=WEBHOOK_SECONDS).close()
    except OSError:
        return "cannot be reached from here"
    return "reachable from here"


# -- what is to be sent --------------------------------------------------------------------------------------------


def check_queue(store: Store, project: RemoteProject | None) -> Iterator[Finding]:
    """Check what the next push would send, by the rules that push itself checks with.

    project: None for one that is not made yet.
    """
    uses = store.pipelines()
    if not uses:
        yield Finding("to be pushed", "nothing is pre-annotated yet")
        return
    pipeline = uses[-1].pipeline
    known = known_project(store, project.identity) if project else None
    vocabulary = vocabulary_of()
    refused = Tally("would be refused", _REFUSED)
    counts: Counter[bool] = Counter()
    for article, record in unsent(store, known.number if known else None, pipeline):
        data = task_data(article, "0" * 64)
        problems = problems_of({"data": data, "predictions": [prediction_of(record, pipeline)]}, vocabulary)
        counts[bool(problems)] += 1
        if problems:
            refused.add(f"article {article.id}", "; ".join(problems))
    yield Finding("to be pushed", f"{counts.total()} articles of {pipeline}, {counts[True]} of them not acceptable")
    yield from refused.findings()


def _of_error(name: str, value: str, error: AnnotateError) -> Finding:
    return Finding(name, value, error.what, error.mend or "see the server's log")
