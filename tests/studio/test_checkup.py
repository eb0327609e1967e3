"""The check-up on a real Label Studio: a healthy project has no finding, each damage is named with its mend."""

from __future__ import annotations

import copy
import hashlib
import json
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotate.contracts import label_config
from annotate.record import Article, Record, Suggestion, canonical, make_attribution
from annotate.regions.tasks import result_of
from annotate.scheme import Label, Relation
from annotate.store import Store
from annotate.store.samples import Draw
from annotate.studio.checkup import (
    SHOWN,
    Finding,
    Tally,
    check_project,
    check_queue,
    check_server,
    config_differences,
)
from annotate.studio.checkup_tasks import check_tasks, result_differences, result_faults
from annotate.studio.client import StudioClient
from annotate.studio.push import Pushed, push
from annotate.studio.server import EmbeddedStudio
from tests.records import article_of, records, sample_record
from tests.studio.fakes import article, fill, record

studio = pytest.mark.studio

PIPELINE = "v1"
PLAIN = 3  # articles besides the one that has every kind of thing in it


class Bench:
    """A store, and the project that was pushed from it."""

    def __init__(self, store: Store, server: EmbeddedStudio, title: str) -> None:
        self.store = store
        self.server = server
        self.title = title
        self.client = StudioClient(server.url, server.token)
        fill(store, [article(number) for number in range(PLAIN)], PIPELINE)
        whole = sample_record()
        suggested = whole.attributions[0].model_copy(update={"suggestion": Suggestion()})
        self.whole = canonical(whole.model_copy(update={"attributions": (suggested, *whole.attributions[1:])}))
        list(store.add_articles([article_of(self.whole)]))
        list(store.add_predictions(PIPELINE, [self.whole]))

    def push(self, *, pipeline: str = PIPELINE, resend_gone: bool = False, draw: Draw | None = None) -> Pushed:
        done = push(
            self.store,
            self.client,
            pipeline=pipeline,
            title=self.title,
            resend_gone=resend_gone,
            draw=draw,
            grace=timedelta(seconds=1),
        )
        self.project = done.project.id
        return done

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Do what a person or another program does, past our own client."""
        headers = {"Authorization": f"Token {self.server.token}"}
        with httpx.Client(base_url=self.server.url, headers=headers, trust_env=False, timeout=60) as client:
            answer = client.request(method, path, json=body).raise_for_status()
            return answer.json() if answer.content else None

    def task(self, article_id: str) -> dict[str, Any]:
        """Return the task of an article, with its predictions."""
        (found,) = [one for one in self.client.export(self.project) if one["data"].get("article_id") == article_id]
        return found

    def change_prediction(self, article_id: str, change: Callable[[list[dict[str, Any]]], None]) -> int:
        """Change the result list of an article's prediction, and return the task's id."""
        task = self.task(article_id)
        result = copy.deepcopy(task["predictions"][0]["result"])
        change(result)
        self.call("PATCH", f"/api/predictions/{task['predictions'][0]['id']}/", {"result": result})
        return int(task["id"])

    def check(self, *, sample: int | None = None) -> list[Finding]:
        """Return all findings, as the command puts them together."""
        project, findings = check_project(self.store, self.client, self.title)
        read_back = list(check_tasks(self.store, self.client, project, sample=sample)) if project else []
        return [*check_server(self.client), *findings, *check_queue(self.store, project), *read_back]

    def problems(self, *, sample: int | None = None) -> list[tuple[str, str, str]]:
        """Return name, place and problem of every finding that is one; each has its mend."""
        found = [one for one in self.check(sample=sample) if one.problem]
        assert all(one.mend for one in found)
        return [(one.name, one.value, one.problem or "") for one in found]

    def value(self, name: str) -> str:
        (found,) = [one for one in self.check() if one.name == name]
        return found.value


@pytest.fixture
def bench(studio_server: EmbeddedStudio, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Bench]:
    with Store.open(str(tmp_path / "store.db")) as store:
        made = Bench(store, studio_server, hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:20])
        made.push()
        yield made
        made.client.close()


@studio
def test_a_healthy_project_has_no_problem(bench: Bench) -> None:
    assert bench.problems() == []
    assert bench.value("Label Studio version").startswith("1.23")
    assert bench.value("token") == f"of {bench.server.login.email}"
    assert bench.value("labeling config") == "the scheme's"
    assert bench.value("instruction") == "ours"
    assert bench.value("model version shown") == PIPELINE
    assert bench.value("to be pushed") == f"0 articles of {PIPELINE}, 0 of them not acceptable"
    items = sum(len(task["predictions"][0]["result"]) for task in bench.client.export(bench.project))
    assert bench.value("read back") == (
        f"{PLAIN + 1} tasks, {PLAIN + 1} predictions, {items} regions and relations, 0 annotations and drafts"
    )
    assert bench.problems(sample=2) == []


@studio
def test_tasks_are_read_page_by_page(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    for size in (1, 2, 3, PLAIN + 1):
        monkeypatch.setattr("annotate.studio.checkup_tasks.PAGE", size)
        assert bench.problems() == []
        assert bench.value("read back").startswith(f"{PLAIN + 1} tasks, ")


@studio
def test_a_project_stays_healthy_while_people_work_and_the_pipeline_moves_on(bench: Bench) -> None:
    task = bench.task("sample")
    bench.call("POST", f"/api/tasks/{task['id']}/annotations/", {"result": task["predictions"][0]["result"]})
    fill(bench.store, [article(number) for number in range(PLAIN + 1)], "v2")
    assert bench.value("to be pushed") == f"{PLAIN + 1} articles of v2, 0 of them not acceptable"
    bench.push(pipeline="v2")
    assert bench.problems() == []
    assert bench.value("model version shown") == "v2"
    assert bench.value("read back").startswith(f"{PLAIN + 2} tasks, {2 * PLAIN + 2} predictions, ")
    assert bench.value("read back").endswith(" 1 annotations and drafts")


@studio
def test_a_sample_goes_without_predictions_and_must_stay_so(bench: Bench) -> None:
    drawn = article(PLAIN)
    fill(bench.store, [drawn], PIPELINE)
    bench.push(draw=lambda new, _: set(new))
    assert bench.problems() == []
    task = bench.task(drawn.id)
    assert task["predictions"] == []
    bench.call("POST", "/api/predictions/", {"task": task["id"], "model_version": "by-hand", "result": [], "score": 0})
    bench.call("PATCH", f"/api/tasks/{task['id']}/", {"data": task["data"] | {"queue": ""}})
    place = f"task {task['id']}"
    assert bench.problems() == [
        ("task data", place, "its queue is not what was sent"),
        ("prediction", place, "it belongs to the evaluation sample, whose annotators shall see none"),
    ]


def test_a_suggestion_that_the_store_has_renewed_since_is_told_but_no_problem(bench: Bench) -> None:
    first = bench.whole.attributions[0]
    renewed = first.model_copy(update={"suggestion": Suggestion(credibility="3")})
    bench.store.renew_predictions(
        PIPELINE, [bench.whole.model_copy(update={"attributions": (renewed, *bench.whole.attributions[1:])})]
    )
    assert bench.problems() == []
    assert bench.value("suggestions").startswith("2 regions show an earlier suggestion")


@studio
def test_a_changed_text_and_its_mend(bench: Bench) -> None:
    task = bench.task("article-1")
    bench.call("PATCH", f"/api/tasks/{task['id']}/", {"data": {**task["data"], "text": "Another text."}})
    assert bench.problems() == [
        ("task text", f"task {task['id']}", "its text is not that of article article-1 in the store")
    ]
    bench.call("DELETE", f"/api/tasks/{task['id']}/")
    bench.push(resend_gone=True)
    assert bench.problems() == []


@studio
def test_changed_data_beside_the_text(bench: Bench) -> None:
    task = bench.task("sample")
    data = {**task["data"], "article_id": "other", "title": "Another title"}
    bench.call("PATCH", f"/api/tasks/{task['id']}/", {"data": data})
    assert bench.problems() == [
        ("task data", f"task {task['id']}", "its title is not what was sent"),
        ("task data", f"task {task['id']}", "its article_id is not what was sent"),
    ]


@studio
def test_a_prediction_that_lost_items_and_its_mend(bench: Bench) -> None:
    def change(result: list[dict[str, Any]]) -> None:
        result[:] = [item for item in result if item.get("from_name") != "role"]
        result.pop()

    task = bench.change_prediction("sample", change)
    found = bench.problems()
    assert {(name, value.split(",")[0]) for name, value, _ in found} == {("prediction", f"task {task}")}
    assert [what for *_, what in found] == [
        "role of region o1 is missing",
        "role of region o2 is missing",
        "the relation disputes a2 → a1 is missing",
    ]
    bench.call("DELETE", f"/api/predictions/{bench.task('sample')['predictions'][0]['id']}/")
    bench.push(resend_gone=True)
    assert bench.problems() == []


@studio
def test_changed_offsets_words_labels_scores_notes_and_values(bench: Bench) -> None:
    def change(result: list[dict[str, Any]]) -> None:
        by_name = {(item.get("id"), item.get("from_name")): item for item in result}
        by_name["a1", "label"]["value"]["start"] += 1
        by_name["a1", "label"]["score"] = 0.1
        by_name["a1", "label"]["meta"] = {"text": ["gone"]}
        by_name["o1", "label"]["value"]["text"] = "something else"
        by_name["v1", "label"]["value"]["labels"] = ["Notice"]
        by_name["a1-c1", "cue_class"]["value"]["choices"] = ["claim"]

    bench.change_prediction("sample", change)
    start, end = bench.whole.attributions[0].quote[0]
    assert sorted(what for *_, what in bench.problems()) == sorted(
        [
            f"region a1: lies at [{start + 1}, {end}), not [{start}, {end})",
            "region a1: meta is not what was sent",
            "region a1: score is not what was sent",
            "region o1: its words are not what was sent",
            "region v1: its labels are not what was sent",
            "cue_class of region a1-c1: its choices are not what was sent",
        ]
    )


@studio
def test_a_relation_to_an_unknown_region_in_a_prediction_and_in_an_annotation(bench: Bench) -> None:
    lost = {"type": "relation", "from_id": "a1", "to_id": "nowhere", "direction": "right", "labels": ["said_by"]}
    task = bench.change_prediction("article-0", lambda result: result.append(lost))
    good = result_of(record(article(0)))
    outside = copy.deepcopy(good[0])
    outside["id"], outside["value"]["end"] = "far", 5000
    made = bench.call("POST", f"/api/tasks/{task}/annotations/", {"result": [*good, outside, lost]})
    number = bench.task("article-0")["predictions"][0]["id"]
    length = len(article(0).text)
    assert bench.problems() == [
        ("prediction", f"task {task}, prediction {number}", "the relation said_by a1 → nowhere was not sent"),
        (
            "annotation",
            f"task {task}, annotation {made['id']}",
            f"region far at [0, 5000) does not lie in the text of {length} characters",
        ),
        (
            "annotation",
            f"task {task}, annotation {made['id']}",
            "a relation's to_id is 'nowhere', which is no region: the page stays blank",
        ),
    ]


@studio
def test_a_draft_is_looked_at_too(bench: Bench) -> None:
    task = bench.task("article-0")["id"]
    lost = {"type": "relation", "from_id": "x", "to_id": "y", "direction": "right"}
    bench.call("POST", f"/api/tasks/{task}/drafts", {"result": [lost], "lead_time": 1.0})
    assert [(name, what) for name, _, what in bench.problems()] == [
        ("annotation", "a relation's from_id is 'x', which is no region: the page stays blank"),
        ("annotation", "a relation's to_id is 'y', which is no region: the page stays blank"),
    ]


@studio
def test_doubled_unknown_and_missing_tasks_and_their_mends(bench: Bench) -> None:
    first, second = bench.task("article-0"), bench.task("article-1")
    copied = {"data": first["data"], "meta": first["meta"]}
    foreign = {"data": {"text": "Somebody else's.", "title": "", "byline": "", "link_html": ""}}
    bench.call("POST", f"/api/projects/{bench.project}/import", [copied, foreign])
    bench.call("DELETE", f"/api/tasks/{second['id']}/")
    double, unknown = [task.id for task in bench.client.tasks(bench.project)][-2:]
    assert bench.problems() == [
        ("task missing", f"task {second['id']}", "the task that was sent is not there"),
        ("task doubled", f"task {double}", f"it doubles task {first['id']}"),
        ("task unknown", f"task {unknown}", "it is none of those that were sent from this store"),
        ("prediction missing", f"task {double}", f"the prediction of {PIPELINE} is not there"),
    ]
    assert bench.problems(sample=100) == [
        ("task missing", f"task {second['id']}", "the task that was sent is not there")
    ]
    bench.call("DELETE", f"/api/tasks/{unknown}/")
    bench.push(resend_gone=True)
    assert bench.problems() == []


@studio
def test_a_deleted_prediction_and_a_doubled_one(bench: Bench) -> None:
    task, other = bench.task("article-0"), bench.task("article-1")
    bench.call("DELETE", f"/api/predictions/{task['predictions'][0]['id']}/")
    again = {"task": other["id"], "model_version": PIPELINE, "score": 0.9, "result": result_of(record(article(1)))}
    bench.call("POST", "/api/predictions/", again)
    bench.call("POST", "/api/predictions/", {**again, "model_version": "somebody-elses"})
    assert bench.problems() == [
        ("prediction", f"task {other['id']}", f"there is a second prediction of {PIPELINE}"),
        ("prediction missing", f"task {task['id']}", f"the prediction of {PIPELINE} is not there"),
    ]
    assert bench.value("other predictions") == "1 of somebody-elses, which this store did not make: not compared"


@studio
def test_a_changed_labeling_config_and_its_mend(bench: Bench) -> None:
    config = (
        label_config()
        .replace('<Choice value="urge" hotkey="r" hint="call for, demand, warn, ask"/>', "")
        .replace('<Relation value="about"/>', '<Relation value="concerns"/>')
        .replace('value="ok" hotkey="0"', 'value="ok" hotkey="shift+6"')
    )
    bench.call("PATCH", f"/api/projects/{bench.project}/", {"label_config": config})
    found = [one for one in bench.check() if one.problem]
    assert [one.problem for one in found] == [
        "the cue_class value 'urge' is missing",
        "the relation 'about' is missing",
        "the relation 'concerns' is not the scheme's",
        "the key of quality 'ok' is shift+6, not 0",
    ]
    assert {one.mend for one in found} == {"run `annotate push`: it puts our labeling config back"}
    bench.push()
    assert bench.problems() == []


@studio
def test_annotations_that_start_from_other_predictions(bench: Bench) -> None:
    bench.call("PATCH", f"/api/projects/{bench.project}/", {"model_version": ""})
    assert bench.problems() == [
        (
            "model version shown",
            "none",
            f"annotations do not start from the latest predictions, those of {PIPELINE}",
        )
    ]
    bench.push()
    assert bench.problems() == []


@studio
def test_the_teams_own_instruction_is_told_and_no_problem(bench: Bench) -> None:
    for content, told in (("<p>Ask Ada.</p>", "the team's own"), ("", "none")):
        bench.call("PATCH", f"/api/projects/{bench.project}/", {"expert_instruction": content})
        assert bench.value("instruction") == told
    assert bench.problems() == []


@studio
def test_what_the_next_push_would_put_aside(bench: Bench) -> None:
    text = "“Yes,” said Ada Example."
    bad = make_attribution(text, id="a1", quote=[(0, 6)])
    new = Article.of(text, id="new")
    made = Record(id="new", text=text, sha256=new.sha256, attributions=(bad,))
    list(bench.store.add_articles([new]))
    list(bench.store.add_predictions("a version with spaces", [made]))
    (found,) = [one for one in bench.check() if one.problem]
    assert (found.name, found.value) == ("would be refused", "article new")
    assert found.problem == "the model version is missing, or has spaces, commas or quotation marks in it"
    assert bench.value("to be pushed") == "1 articles of a version with spaces, 1 of them not acceptable"


@studio
def test_a_project_that_is_not_there_a_doubled_title_and_another_store(bench: Bench, tmp_path: Path) -> None:
    project, (found,) = check_project(bench.store, bench.client, "No such project")
    assert (project, found.problem) == (None, "there is no project titled 'No such project'")
    assert found.mend == "check the title, or run `annotate push`, which makes it"
    (queue,) = check_queue(bench.store, None)
    assert queue.value == f"{PLAIN + 1} articles of {PIPELINE}, 0 of them not acceptable"
    with Store.open(str(tmp_path / "other.db")) as other:
        project, findings = check_project(other, bench.client, bench.title)
        assert project is not None
        assert [one.problem for one in findings if one.problem] == ["this store has sent nothing to this project"]
        assert list(check_tasks(other, bench.client, project)) == []
        bench.client.create_project(bench.title, label_config())
        project, (found,) = check_project(other, bench.client, bench.title)
        assert (project, found.problem) == (None, f"2 projects are titled {bench.title!r}")


class _Heard(StudioClient):
    """A Label Studio with listeners, which the embedded one refuses on this machine: in its own answers' shape."""

    hooks: tuple[dict[str, Any], ...] = ()
    backends: tuple[dict[str, Any], ...] = ()

    def request(self, doing: str, method: str, path: str, params: Any = None, body: object = None) -> Any:
        if path == "api/webhooks/":
            return list(self.hooks)
        if path == "api/ml/":
            return [{**backend, "state": "CO"} for backend in self.backends]
        if path.startswith("api/ml/"):
            return next(backend for backend in self.backends if path == f"api/ml/{backend['id']}")
        return super().request(doing, method, path, params, body)


@studio
def test_webhooks_and_backends_are_told_without_what_may_be_secret(bench: Bench) -> None:
    assert (bench.value("webhooks"), bench.value("ML backends")) == ("none", "none")
    with (
        _Heard(bench.server.url, bench.server.token) as client,
        socket.create_server(("127.0.0.1", 0)) as listening,
    ):
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        client.hooks = (
            {"id": 1, "url": "http://ann:canary@127.0.0.1:9/hook?key=canary", "is_active": False},
            {"id": 2, "url": f"{address}/canary", "is_active": True},
        )
        client.backends = ({"id": 7, "url": "http://127.0.0.1:9090/canary", "title": "ours", "state": "DI"},)
        _, findings = check_project(bench.store, client, bench.title)
    told = [(one.name, one.value) for one in findings if one.name in {"webhook", "ML backend"}]
    assert told == [
        ("webhook", "http://127.0.0.1:9: switched off, cannot be reached from here"),
        ("webhook", f"{address}: active, reachable from here"),
        ("ML backend", "http://127.0.0.1:9090: disconnected"),
    ]
    assert not [one for one in findings if one.problem]


@studio
@pytest.mark.parametrize("token", ["f" * 40, "eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlbl90eXBlIjoicmVmcmVzaCIsImV4cCI6MTAwfQ.sig"])
def test_a_wrong_token(studio_server: EmbeddedStudio, token: str) -> None:
    with StudioClient(studio_server.url, token) as client:
        *_, last = check_server(client)
    assert last.name == "token"
    assert last.problem is not None
    assert "HTTP 401" in last.problem
    assert token not in last.problem
    assert last.mend == "check the token: ANNOTATE_STUDIO_TOKEN or --token-file"


def test_a_server_that_is_down() -> None:
    with StudioClient("http://127.0.0.1:9", "f" * 40) as client:
        (found,) = check_server(client)
    assert (found.name, found.value) == ("server of the project", "http://127.0.0.1:9")
    assert found.problem == "could not ask for the version: cannot be reached (ConnectError)"
    assert found.mend == "start it with `annotate studio start`, or check the URL"


class _Older(StudioClient):
    """A Label Studio of another version: only what it says of itself differs."""

    def request(self, doing: str, method: str, path: str, params: Any = None, body: object = None) -> Any:
        return {"release": "1.12.0"} if path == "api/version/" else {"email": "ada@example.org"}


def test_a_server_of_another_version_is_a_problem() -> None:
    with _Older("http://127.0.0.1:9", "f" * 40) as client:
        found = {one.name: one for one in check_server(client)}
    assert found["Label Studio version"].problem == "this program is made for Label Studio 1.23"
    assert found["token"].problem is None


# -- without a server ------------------------------------------------------------------------------------------------


def test_our_own_config_has_no_differences() -> None:
    assert config_differences(label_config()) == []
    assert config_differences(f"\n{label_config()}\n") == []


@pytest.mark.parametrize(
    ("old", "new", "difference"),
    [
        ('<Label value="Cue"', '<Label value="Kue"', "the label 'Cue' is missing; the label 'Kue' is not the scheme's"),
        ('name="role" toName="text"', 'name="part" toName="text"', "the control 'part' is not the scheme's"),
        ('name="role" toName="text"', 'name="part" toName="text"', "the control 'role' is missing"),
        ('value="$byline"', 'value="Byline"', "it does not show $byline"),
        ('value="$byline"', 'value="$author"', "it needs $author, which no task of ours has"),
        (
            'name="role" toName="text" perRegion="true" whenLabelValue="Outlet"',
            'name="role" toName="text" perRegion="true" whenLabelValue="Source"',
            "'role' is for regions of Source, not of Outlet",
        ),
        ("line-height: 1.85", "line-height: 2", "its looks, hints or order differ"),
        ("</View>", "", "the labeling config is not XML"),
    ],
)
def test_differences_of_a_config_are_named(old: str, new: str, difference: str) -> None:
    config = label_config()
    assert old in config
    assert difference in "; ".join(config_differences(config.replace(old, new, 1)))


@given(records())
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=50)
def test_what_was_sent_never_differs_from_itself(made: Record) -> None:
    result = result_of(made)
    assert result_differences(result, json.loads(json.dumps(result))) == (0, [])
    assert list(result_faults(result, len(made.text or ""))) == []


@given(st.data())
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=50)
def test_every_item_that_is_lost_added_or_moved_is_seen(data: st.DataObject) -> None:
    result = result_of(data.draw(records()))
    if not result:
        return
    place = data.draw(st.integers(0, len(result) - 1))
    without = [item for number, item in enumerate(result) if number != place]
    assert len(result_differences(result, without)[1]) == 1
    assert len(result_differences(without, result)[1]) == 1
    assert result_differences(result, [*result, result[place]])[1]
    if "start" in result[place].get("value", {}):
        moved = copy.deepcopy(result)
        moved[place]["value"]["end"] += 1
        assert len(result_differences(result, moved)[1]) == 1


def test_findings_of_one_kind_are_counted_beyond_the_first() -> None:
    tally = Tally("task text", "mend it")
    for number in range(SHOWN + 7):
        tally.add(f"task {number}", "wrong")
    found = list(tally.findings())
    assert len(found) == SHOWN + 1
    assert found[-1] == Finding("task text", "7 more", "the same is wrong there", "mend it")


def test_labels_and_relations_are_those_that_the_page_names() -> None:
    lost = label_config().replace('<Label value="Quote"', '<Label value="Words"').replace("said_by", "spoken_by")
    assert set(config_differences(lost)) >= {
        f"the label '{Label.QUOTE}' is missing",
        f"the relation '{Relation.SAID_BY}' is missing",
    }
