"""Orders, samples and overlap on a real Label Studio: what annotators are given, and what stays as it was."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from annotate.record import Article, Record
from annotate.review.drawing import Draw
from annotate.review.queue import Queued
from annotate.store import Store
from annotate.store.annotations import current
from annotate.store.projects import bind_project
from annotate.store.samples import SAMPLE, sampled_articles
from annotate.studio.client import RemoteProject, RemoteTask, StudioClient
from annotate.studio.placing import UNPLACED, Placing
from annotate.studio.pull import pull
from annotate.studio.push import Pushed, project_for, push
from annotate.studio.queue import Moved, move, place, set_annotators
from annotate.studio.server import EmbeddedStudio
from annotate.studio.views import make_view, queue_view, sample_view
from tests.studio.fakes import article, fill
from tests.studio.people import Person, annotators_of

pytestmark = pytest.mark.studio

ORDER = "useful"


class Bench:
    """A store, a project of its own on the server, and what is asked of both."""

    def __init__(self, store: Store, server: EmbeddedStudio, title: str) -> None:
        self.store = store
        self.server = server
        self.title = title
        self.client = StudioClient(server.url, server.token)

    @property
    def project(self) -> RemoteProject:
        return project_for(self.store, self.client, self.title)

    def place(self, *numbers: int) -> Placing:
        """Place the articles with these numbers, the first first."""
        order = [
            Queued(one.id, one.sha256, score=0, reason="", before=0, annotated=False) for one in map(article, numbers)
        ]
        return place(self.client, self.project, ORDER, order)

    def push(self, placing: Placing = UNPLACED, draw: Draw | None = None, pipeline: str = "v1") -> Pushed:
        return push(
            self.store,
            self.client,
            pipeline=pipeline,
            title=self.title,
            placing=placing,
            draw=draw.of if draw else None,
        )

    def view(self, view: dict[str, Any]) -> int:
        number, _ = make_view(self.client, self.project.id, view)
        return number

    def shown(self, view: int) -> list[int]:
        """Return the numbers of the articles that a view lists, in its order."""
        answer = self.client.request(
            "look", "GET", "api/tasks/", {"view": view, "project": self.project.id, "page_size": 100}
        )
        return [int(task["data"]["article_id"].removeprefix("article-")) for task in answer["tasks"]]

    def tasks(self) -> dict[int, RemoteTask]:
        """Return the project's tasks by the number of their article."""
        data = {task["id"]: task["data"]["article_id"] for task in self.client.export(self.project.id)}
        return {int(data[task.id].removeprefix("article-")): task for task in self.client.tasks(self.project.id)}

    def task(self, number: int) -> dict[str, Any]:
        """Return all that the server has of an article's task."""
        found: dict[str, Any] = self.client.request("look", "GET", f"api/tasks/{self.tasks()[number].id}/")
        return found

    def given(self, person: Person) -> int:
        """Return the article that the button "Label All Tasks" gives a person."""
        return _number(person.call("GET", f"/api/projects/{self.project.id}/next"))

    def given_as_displayed(self, person: Person, view: dict[str, Any]) -> int:
        """Return the article that "Label Tasks As Displayed" gives a person: the page sends what the view shows."""
        body = {"ordering": view["ordering"], "filters": view["filters"]}
        path = f"/api/dm/actions?id=next_task&project={self.project.id}&tabID={self.view(view)}"
        return _number(person.call("POST", path, body))

    def pull(self) -> None:
        number = bind_project(self.store, self.project.identity, self.project.id, self.title)
        assert pull(self.store, number, self.client.export(self.project.id), complete=True).unread == []

    def annotate(self, number: int, person: Person) -> None:
        person.submit(self.tasks()[number].id, [])


def _number(task: dict[str, Any]) -> int:
    return int(task["data"]["article_id"].removeprefix("article-"))


@pytest.fixture
def bench(studio_server: EmbeddedStudio, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Bench]:
    with Store.open(str(tmp_path / "store.db")) as store:
        fill(store, [article(number) for number in range(6)], "v1")
        made = Bench(store, studio_server, hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:20])
        yield made
        made.client.close()


def test_a_view_lists_the_order_that_was_asked_for(bench: Bench) -> None:
    placing = bench.place(4, 0, 5, 2, 1, 3)
    assert bench.push(placing).complete
    assert bench.shown(bench.view(queue_view(ORDER))) == [4, 0, 5, 2, 1, 3]
    # Nothing is left to move, and "Label All Tasks", which goes by the ids, follows the order as well.
    assert move(bench.client, bench.project, placing) == Moved()
    assert [
        task.id for _, task in sorted(bench.tasks().items(), key=lambda item: [4, 0, 5, 2, 1, 3].index(item[0]))
    ] == (sorted(task.id for task in bench.tasks().values()))


def test_a_project_without_an_order_gets_one(bench: Bench) -> None:
    bench.push()
    before = bench.task(3)
    placing = bench.place(5, 4, 3, 2, 1, 0)
    assert move(bench.client, bench.project, placing) == Moved(moved=6)
    assert bench.shown(bench.view(queue_view(ORDER))) == [5, 4, 3, 2, 1, 0]
    after = bench.task(3)
    assert {key: after["data"][key] for key in before["data"]} == before["data"]
    assert after["meta"]["push_key"] == before["meta"]["push_key"]
    assert after["predictions"] == before["predictions"]
    # It is the same task for the push, too.
    assert (bench.push().present, bench.push().added) == (6, 0)


def test_a_new_order_moves_what_must_move_and_nothing_that_people_did(bench: Bench) -> None:
    (person,) = annotators_of(bench.server, "ada")
    bench.push(bench.place(0, 1, 2, 3, 4, 5))
    bench.annotate(1, person)
    before = {number: bench.task(number) for number in (1, 2, 5)}
    placing = bench.place(0, 5, 1, 2, 3, 4)
    assert move(bench.client, bench.project, placing) == Moved(moved=1)
    assert [number for number in bench.shown(bench.view(queue_view(ORDER))) if number != 1] == [0, 5, 2, 3, 4]
    assert bench.task(1) == before[1]  # annotated: not touched at all
    assert bench.task(2)["updated_at"] == before[2]["updated_at"]
    moved = bench.task(5)
    assert moved["data"]["order_useful"] != before[5]["data"]["order_useful"]
    same = {"text", "text_sha256", "push_key", "article_id", "title", "byline", "link_html", "queue"}
    assert {key: moved["data"][key] for key in same} == {key: before[5]["data"][key] for key in same}
    bench.pull()
    ((found, rows),) = current(bench.store)
    assert (found.id, len(rows), rows[0].annotator) == ("article-1", 1, person.email)


def test_what_is_begun_while_tasks_are_moved_stays(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the listing and the move, one person submits and another one begins a draft."""
    ada, bea = annotators_of(bench.server, "ada", "bea")
    bench.push()
    placing = bench.place(5, 4, 3, 2, 1, 0)
    tasks = bench.tasks()
    listing = bench.client.tasks(bench.project.id)
    bench.annotate(1, ada)
    bea.call("POST", f"/api/tasks/{tasks[4].id}/drafts", {"result": [], "lead_time": 1.0})
    before = {number: bench.task(number) for number in (1, 4)}
    monkeypatch.setattr(bench.client, "tasks", lambda _project: listing)
    assert move(bench.client, bench.project, placing) == Moved(moved=4)
    monkeypatch.undo()
    assert {number: bench.task(number)["data"] for number in (1, 4)} == {
        number: task["data"] for number, task in before.items()
    }


def test_a_task_whose_text_was_changed_is_left_alone(bench: Bench) -> None:
    bench.push()
    task = bench.tasks()[2]
    data = bench.task(2)["data"] | {"text": "Somebody has changed this."}
    bench.client.request("spoil", "PATCH", f"api/tasks/{task.id}/", body={"data": data})
    assert move(bench.client, bench.project, bench.place(2, 1, 0, 3, 4, 5)) == Moved(moved=5, refused=1)
    assert bench.task(2)["data"] == data


def test_what_a_program_added_to_a_task_stays(bench: Bench) -> None:
    bench.push()
    task = bench.tasks()[2]
    data = bench.task(2)["data"] | {"desk": "foreign"}
    bench.client.request("add", "PATCH", f"api/tasks/{task.id}/", body={"data": data})
    move(bench.client, bench.project, bench.place(2, 1, 0, 3, 4, 5))
    assert bench.task(2)["data"]["desk"] == "foreign"


def test_the_labeling_stream_follows_the_view(bench: Bench) -> None:
    (person,) = annotators_of(bench.server, "ada")
    bench.push()
    move(bench.client, bench.project, bench.place(3, 1, 5, 0, 2, 4))
    given = []
    for _ in range(6):
        given.append(bench.given_as_displayed(person, queue_view(ORDER)))
        bench.annotate(given[-1], person)
    assert given == [3, 1, 5, 0, 2, 4]


def test_views_are_made_once_and_those_of_people_stay(bench: Bench) -> None:
    bench.push(bench.place(0, 1, 2, 3, 4, 5))
    theirs = {"title": "Queue: rare", "type": "list", "ordering": ["-tasks:id"], "filters": {}}
    made = bench.client.request("a", "POST", "api/dm/views/", body={"project": bench.project.id, "data": theirs})
    assert make_view(bench.client, bench.project.id, queue_view("rare")) == (made["id"], False)
    number, is_new = make_view(bench.client, bench.project.id, queue_view(ORDER))
    assert is_new
    assert make_view(bench.client, bench.project.id, queue_view(ORDER)) == (number, False)
    views = bench.client.request("look", "GET", "api/dm/views/", {"project": bench.project.id})
    assert [view["data"]["title"] for view in views] == ["Queue: rare", "Queue: useful"]
    assert bench.shown(made["id"]) == [5, 4, 3, 2, 1, 0]


# -- samples ---------------------------------------------------------------------------------------------------------


def test_a_sample_is_kept_apart_and_shows_no_prediction(bench: Bench) -> None:
    pushed = bench.push(bench.place(5, 4, 3, 2, 1, 0), Draw(2))
    assert (pushed.added, pushed.complete) == (6, True)
    drawn = {article(number).id: number for number in range(6) if article(number).sha256 in Draw(2).of(hashes(6))}
    assert sampled_articles(bench.store, bench.project.identity) == set(drawn)
    sample = set(drawn.values())
    # By their keys, as far as chance goes: in the view, and in the ids, behind the queue.
    tasks = bench.tasks()
    by_key = sorted(sample, key=lambda number: tasks[number].push_key or "")
    assert bench.shown(bench.view(sample_view())) == by_key
    assert sorted(tasks, key=lambda number: tasks[number].id)[-2:] == by_key
    assert bench.shown(bench.view(queue_view(ORDER))) == [
        number for number in (5, 4, 3, 2, 1, 0) if number not in sample
    ]
    for number, task in bench.tasks().items():
        assert task.versions == (frozenset() if number in sample else {"v1"})
        data = bench.task(number)["data"]
        assert (data["queue"], "order_useful" in data) == ((SAMPLE, False) if number in sample else ("", True))
    # Once more: nothing is sent, and nothing is in doubt.
    again = bench.push(bench.place(5, 4, 3, 2, 1, 0), Draw(2))
    assert (again.added, again.present, again.predictions, again.complete) == (0, 6, 0, True)


def test_a_sample_stays_blank_when_the_pipeline_changes(bench: Bench) -> None:
    bench.push(draw=Draw(2))
    fill(bench.store, [article(number) for number in range(6)], "v2")
    pushed = bench.push(pipeline="v2")
    assert (pushed.added, pushed.predictions, pushed.complete) == (0, 4, True)
    sample = sampled_articles(bench.store, bench.project.identity)
    versions = {f"article-{number}": task.versions for number, task in bench.tasks().items()}
    assert {name for name, found in versions.items() if not found} == sample
    assert bench.project.shown_version == "v2"


def test_a_project_that_is_all_sample(bench: Bench) -> None:
    pushed = bench.push(draw=Draw(6))
    assert (pushed.added, pushed.complete) == (6, True)
    assert all(task.predictions == 0 for task in bench.tasks().values())
    assert bench.push(draw=Draw(6)).complete


def test_what_is_in_the_queue_stays_there_and_what_arrives_can_be_drawn(bench: Bench) -> None:
    bench.push(draw=Draw(1))
    first = sampled_articles(bench.store, bench.project.identity)
    bench.push(draw=Draw(3))
    assert sampled_articles(bench.store, bench.project.identity) == first
    fill(bench.store, [article(number) for number in range(6, 12)], "v1")
    bench.push(draw=Draw(3))
    later = sampled_articles(bench.store, bench.project.identity)
    assert len(later) == 3
    assert later > first
    assert all(int(name.removeprefix("article-")) >= 6 for name in later - first)
    assert {number for number, task in bench.tasks().items() if task.meta.get("queue") == SAMPLE} == {
        int(name.removeprefix("article-")) for name in later
    }


def test_a_deleted_task_of_the_sample_comes_back_as_one(bench: Bench) -> None:
    bench.push(draw=Draw(2))
    gone = next(task for task in bench.tasks().values() if task.meta.get("queue") == SAMPLE)
    bench.client.delete_task(gone.id)
    assert bench.push().gone == 1
    push(bench.store, bench.client, pipeline="v1", title=bench.title, resend_gone=True)
    back = next(task for task in bench.tasks().values() if task.push_key == gone.push_key)
    assert (back.meta["queue"], back.predictions) == (SAMPLE, 0)


def test_what_people_mark_in_the_sample_is_read_like_the_rest(bench: Bench) -> None:
    (person,) = annotators_of(bench.server, "ada")
    bench.push(draw=Draw(6))
    text = article(2).text
    region = {"start": 0, "end": text.index("”") + 1, "text": text[: text.index("”") + 1], "labels": ["Quote"]}
    result = [{"id": "r1", "from_name": "label", "to_name": "text", "type": "labels", "value": region}]
    person.submit(bench.tasks()[2].id, result)
    bench.pull()
    ((_, rows),) = current(bench.store)
    assert (rows[0].problem, rows[0].pipeline) == (None, None)
    assert rows[0].record is not None
    assert Record.model_validate_json(rows[0].record).attributions[0].quote == ((0, region["end"]),)


def hashes(count: int) -> list[str]:
    articles: list[Article] = [article(number) for number in range(count)]
    return [one.sha256 for one in articles]


# -- teams -----------------------------------------------------------------------------------------------------------


def test_two_annotators_are_given_the_same_article_and_a_third_the_next(bench: Bench) -> None:
    people = annotators_of(bench.server, "ada", "bea", "cyd")
    bench.push(bench.place(3, 1, 5, 0, 2, 4))
    assert set_annotators(bench.client, bench.project.id, 2)
    assert not set_annotators(bench.client, bench.project.id, 2)
    assert [bench.given(person) for person in people] == [3, 3, 1]
    for person in people[:2]:
        bench.annotate(3, person)
    assert bench.given(people[0]) == 1
    # New articles are for two as well.
    fill(bench.store, [article(6)], "v1")
    bench.push(bench.place(6, 3, 1, 5, 0, 2, 4))
    assert bench.task(6)["overlap"] == 2


def test_one_annotator_each_shares_the_queue_out(bench: Bench) -> None:
    people = annotators_of(bench.server, "ada", "bea")
    bench.push(bench.place(3, 1, 5, 0, 2, 4))
    set_annotators(bench.client, bench.project.id, 2)
    set_annotators(bench.client, bench.project.id, 1)
    # Whoever labels "as displayed" is given the view's first task, whether or not another has it before them.
    assert [bench.given_as_displayed(person, queue_view(ORDER)) for person in people] == [3, 3]
    assert [bench.given(person) for person in people] == [3, 1]
