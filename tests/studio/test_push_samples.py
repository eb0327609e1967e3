"""A sample kept apart, whatever goes wrong while it is sent."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from annotate.errors import StudioRefused
from annotate.review.drawing import Draw
from annotate.store import Store
from annotate.store.samples import SAMPLE, sampled_articles
from annotate.store.tables import TaskRow
from annotate.studio.placing import Placing
from annotate.studio.push import Pushed, push
from tests.studio.fakes import Clock, Crash, FakeStudio, Fault, article, fill

ARTICLES = 8
DRAW = Draw(3)
CHECKPOINTS = ("project", "entered", "listed", "settled", "intended", "answered", "answer noted", "version shown")


class Bench:
    """A store of eight articles and a server in memory."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = Clock()
        self.sent: list[str] = []
        self.studio = FakeStudio(self.clock, lambda _kind, keys: self.sent.extend(keys))
        self.pipeline = "v1"
        fill(store, [article(number) for number in range(ARTICLES)], "v1")

    def push(self, **options: object) -> Pushed:
        fixed = {"pipeline": self.pipeline, "title": "Sources", "batch": 3, "grace": timedelta(seconds=60)}
        options = {"draw": DRAW.of, "clock": self.clock, "sleep": self.clock.sleep} | fixed | options
        return push(self.store, self.studio, **options)  # type: ignore[arg-type]

    def keys_of_sample(self) -> set[str]:
        with self.store.reading() as session:
            return set(session.exec(select(TaskRow.push_key).where(TaskRow.sample == SAMPLE)).all())

    def assert_as_drawn(self) -> None:
        """Find one task an article: those drawn without a prediction, the others with one of each version pushed."""
        hashes = {article(number).sha256: article(number).id for number in range(ARTICLES)}
        assert sampled_articles(self.store) == {hashes[sha256] for sha256 in DRAW.of(hashes)}
        sample = self.keys_of_sample()
        assert len(self.studio.live) == ARTICLES
        for task in self.studio.live.values():
            versions = [version for _, version in task.versions]
            assert len(versions) == len(set(versions))
            assert (versions == []) == (task.key in sample)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Store.open(str(tmp_path / "store.db")) as store:
        yield Bench(store)


@pytest.mark.parametrize("fault", list(Fault))
def test_a_fault_while_the_sample_is_sent(bench: Bench, fault: Fault) -> None:
    bench.studio.faults = deque([Fault.NONE, fault])
    with pytest.raises(StudioRefused) if fault is Fault.NOT_NOW else nullcontext():
        bench.push()
    bench.clock.move(timedelta(seconds=200))
    pushed = bench.push()
    assert pushed.complete
    bench.assert_as_drawn()
    assert (bench.push().added, bench.push().predictions) == (0, 0)


@pytest.mark.parametrize("checkpoint", CHECKPOINTS)
def test_a_pusher_that_dies_draws_the_same_sample_again(bench: Bench, checkpoint: str) -> None:
    def die(name: str) -> None:
        if name == checkpoint:
            raise Crash

    with pytest.raises(Crash):
        bench.push(checkpoint=die, holder="host 1 1.0 a")
    bench.clock.move(timedelta(hours=2))
    assert bench.push().complete
    bench.assert_as_drawn()


def test_a_new_version_is_not_sent_to_the_sample(bench: Bench) -> None:
    bench.push()
    bench.pipeline = "v2"
    fill(bench.store, [article(number) for number in range(ARTICLES)], "v2")
    before = len(bench.sent)
    assert bench.push(draw=None).predictions == ARTICLES - 3
    assert not bench.keys_of_sample() & set(bench.sent[before:])
    bench.assert_as_drawn()


def test_a_sample_alone_makes_no_version_the_one_that_is_shown(bench: Bench) -> None:
    assert bench.push(draw=Draw(ARTICLES).of).complete
    assert "show version" not in bench.studio.requests


def test_new_tasks_are_sent_in_the_order_of_their_places_and_the_sample_last(bench: Bench) -> None:
    bench.push(draw=None)
    keys = [task.key or "" for task in bench.studio.live.values()]
    wanted = [keys[number] for number in (3, 0, 7, 1)]
    placing = Placing("rare", {key: 10 * place for place, key in enumerate(wanted, start=1)})
    due = [(key, SAMPLE if number in {2, 0} else None) for number, key in enumerate(keys)]
    ordered = placing.in_order(due)
    assert ordered[:3] == [keys[3], keys[7], keys[1]]
    assert ordered[3:6] == [keys[4], keys[5], keys[6]]
    assert ordered[6:] == sorted([keys[0], keys[2]])
