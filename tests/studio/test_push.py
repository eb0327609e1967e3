"""What a push tells, refuses and leaves out, against a Label Studio in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from annotate.errors import StudioError, StudioRefused, StudioUnreachable
from annotate.store import Store
from annotate.store.lease import Busy
from annotate.store.projects import known_projects
from annotate.store.tables import DuplicateRow, TaskRow, TaskState
from annotate.studio import cargo
from annotate.studio import push as module
from annotate.studio.client import RemoteProject, RemoteTask
from annotate.studio.push import Pushed, find_project, push
from tests.studio.fakes import Clock, FakeStudio, FakeTask, Fault, article, fill, our_project


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with Store.open(url) as made:
        fill(made, [article(number) for number in range(6)], "v1")
        yield made


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def studio(clock: Clock) -> FakeStudio:
    return FakeStudio(clock)


def run(store: Store, studio: FakeStudio, **options: object) -> Pushed:
    options = {"pipeline": "v1", "title": "Sources", "batch": 4} | options
    clock = studio.clock
    return push(store, studio, clock=clock, sleep=clock.sleep, **options)  # type: ignore[arg-type]


def states(store: Store) -> dict[TaskState, int]:
    with store.reading() as session:
        found = [TaskState(state) for state in session.exec(select(TaskRow.state))]
    return {state: found.count(state) for state in set(found)}


def test_a_push_with_nothing_to_do_only_looks(store: Store, studio: FakeStudio) -> None:
    run(store, studio)
    studio.requests.clear()
    pushed = run(store, studio)
    assert studio.requests == ["projects", "tasks"]
    assert (pushed.added, pushed.present) == (0, 6)


def test_progress_counts_every_article_once(store: Store, studio: FakeStudio) -> None:
    fill(store, [article(number) for number in range(6, 11)], "v2")
    run(store, studio)
    seen: list[int] = []
    fill(store, [article(number) for number in range(6, 11)], "v1")
    run(store, studio, progress=seen.append)
    assert seen == [6, 4, 1]


def test_articles_without_a_prediction_of_the_version_stay(store: Store, studio: FakeStudio) -> None:
    list(store.add_articles([article(99)]))
    assert run(store, studio).added == 6


def test_what_is_wrong_is_put_aside_and_the_rest_goes_through(store: Store, studio: FakeStudio) -> None:
    studio.unacceptable = {"article-2"}
    pushed = run(store, studio)
    assert pushed.added == 5
    assert pushed.rejected == {"article-2": "could not import tasks: HTTP 400"}
    assert not pushed.complete
    assert len(studio.live) == 5
    studio.unacceptable.clear()
    assert run(store, studio).added == 1


def test_a_prediction_that_breaks_the_page_is_never_sent(
    store: Store, studio: FakeStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = cargo.prediction_of

    def spoiled(of, pipeline):
        prediction = built(of, pipeline)
        if of.id == "article-3":
            prediction["result"].append({"type": "relation", "from_id": "a1", "to_id": "nothing", "labels": []})
        return prediction

    monkeypatch.setattr(cargo, "prediction_of", spoiled)
    pushed = run(store, studio)
    assert pushed.rejected == {"article-3": "a relation's to_id is 'nothing', which is no region"}
    assert (len(studio.live), states(store)) == (5, {TaskState.CONFIRMED: 5, TaskState.REJECTED: 1})
    monkeypatch.undo()
    assert run(store, studio).complete
    assert len(studio.live) == 6


def test_batches_are_limited_in_bytes(store: Store, studio: FakeStudio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH_BYTES", 10)
    run(store, studio, batch=250)
    assert studio.requests.count("import tasks") == 6


def test_a_refusal_of_the_whole_push_ends_it(store: Store, studio: FakeStudio) -> None:
    studio.faults.append(Fault.NOT_NOW)
    with pytest.raises(StudioRefused, match="429"):
        run(store, studio)
    assert states(store) == {TaskState.PENDING: 6}
    assert run(store, studio).added == 6


def test_a_server_that_never_answers_well_leaves_the_push_undecided(
    store: Store, studio: FakeStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unheard(_project: int, _tasks: object) -> None:
        raise StudioUnreachable("could not import tasks: no answer")

    monkeypatch.setattr(studio, "import_tasks", unheard)
    messages: list[str] = []
    pushed = run(store, studio, batch=6, grace=timedelta(seconds=10), say=messages.append)
    assert (pushed.undecided, pushed.added, pushed.complete) == (6, 0, False)
    assert pushed.doubts == ["could not import tasks: no answer"] * module.ROUNDS
    assert len(messages) == module.ROUNDS
    monkeypatch.undo()
    assert run(store, studio).added == 6


def test_a_listing_that_fails_means_nothing(store: Store, studio: FakeStudio) -> None:
    run(store, studio)
    studio.live.clear()
    studio.other_faults.extend([Fault.NONE, Fault.LOST])
    with pytest.raises(StudioUnreachable):
        run(store, studio)
    assert states(store) == {TaskState.CONFIRMED: 6}
    assert run(store, studio).gone == 6
    assert studio.live == {}


def test_another_push_is_named(store: Store, studio: FakeStudio) -> None:
    refused: list[str] = []

    def again(name: str) -> None:
        if name == "listed" and not refused:
            with pytest.raises(Busy) as caught:
                run(store, studio, holder="elsewhere 7 1.0 two")
            refused.append(str(caught.value))

    run(store, studio, holder="here 6 1.0 one", checkpoint=again)
    assert refused == [
        "another push to this project is running (here 6 1.0 one)"
        " (wait for it to end; if it was lost, its claim runs out at 00:10:00 UTC)"
    ]


def test_doubles_are_recorded(store: Store, studio: FakeStudio) -> None:
    run(store, studio)
    original = studio.live[1]
    studio.live[50] = FakeTask(50, 50, original.key, [], annotations=1)
    studio.live[51] = FakeTask(51, 51, original.key, [], drafts=True)
    studio.live[52] = FakeTask(52, 52, original.key, [])
    pushed = run(store, studio)
    assert set(studio.live) == {2, 3, 4, 5, 6, 50, 51}
    assert [(extra.keep, extra.extra) for extra in pushed.doubled] == [(50, 51)]
    assert (pushed.removed, pushed.complete) == (2, True)
    with store.reading() as session:
        assert set(session.exec(select(DuplicateRow.remote_id))) == {1, 51, 52}
    with store.reading() as session:
        assert session.exec(select(TaskRow.remote_id).where(TaskRow.push_key == original.key)).one() == 50


def test_a_double_that_is_annotated_at_the_last_moment_stays(
    store: Store, studio: FakeStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(store, studio)
    studio.live[50] = FakeTask(50, 50, studio.live[1].key, [])
    look = studio.tasks

    def tasks(project: int, *, only: int | None = None) -> list[RemoteTask]:
        if only == 50:
            studio.live[50].annotations = 1
        return look(project, only=only)

    monkeypatch.setattr(studio, "tasks", tasks)
    assert run(store, studio).removed == 0
    assert {1, 50} <= set(studio.live)


def test_double_predictions_are_removed(store: Store, studio: FakeStudio) -> None:
    run(store, studio)
    studio.live[1].versions.append((900, "v1"))
    studio.live[2].versions.append((901, "v1"))
    studio.live[2].annotations = 1
    run(store, studio)
    assert len(studio.live[1].versions) == 1
    assert len(studio.live[2].versions) == 2, "people have worked there"


def test_a_project_of_somebody_elses_is_left_alone(store: Store, studio: FakeStudio) -> None:
    studio.found = [replace(our_project(), label_config="<View/>")]
    with pytest.raises(StudioError, match="is not ours: it has another labeling config"):
        run(store, studio)
    assert studio.requests == ["projects"]


def test_our_own_project_gets_the_new_labeling_config(store: Store, studio: FakeStudio) -> None:
    run(store, studio)
    studio.found = [replace(studio.found[0], label_config="<View>older</View>")]
    run(store, studio)
    assert studio.found[0].label_config == our_project().label_config


def test_several_projects_with_one_title(store: Store, studio: FakeStudio) -> None:
    other = replace(our_project(), id=2, created="created-2")
    studio.found = [our_project(), other]
    with pytest.raises(StudioError, match="2 projects are titled 'Sources'"):
        run(store, studio)
    studio.found = [other]
    run(store, studio)
    studio.found = [our_project(), other]
    assert find_project(store, studio, "Sources") == replace(other, shown_version="v1")


def test_a_project_that_took_a_deleted_ones_id_is_another(store: Store, studio: FakeStudio) -> None:
    run(store, studio)
    studio.found.clear()
    studio.live.clear()
    studio.found = [replace(our_project(), created="later")]
    pushed = run(store, studio)
    assert (pushed.added, pushed.gone) == (6, 0)


def test_the_older_version_can_be_shown_again(store: Store, studio: FakeStudio) -> None:
    run(store, studio)
    fill(store, [article(number) for number in range(6)], "v2")
    assert run(store, studio, pipeline="v2").predictions == 6
    assert studio.shown == "v2"
    assert run(store, studio, pipeline="v1").predictions == 0
    assert studio.shown == "v1"


def test_two_pushes_that_begin_together_make_one_project(store: Store, studio: FakeStudio) -> None:
    refused: list[str] = []
    create = studio.create_project

    def slowly(title: str, label_config: str) -> RemoteProject:
        # The other one has looked before this one's project is there.
        with pytest.raises(Busy) as raised:
            run(store, studio)
        refused.append(str(raised.value))
        return create(title, label_config)

    studio.create_project = slowly  # type: ignore[method-assign]
    assert run(store, studio).complete
    assert len(refused) == 1
    assert "another push to this project is running" in refused[0]
    assert len(studio.found) == 1
    assert [known.remote_id for known in known_projects(store)] == [1]
