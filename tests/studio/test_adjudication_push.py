"""An article in dispute is one task of what is in dispute now, wherever the push was interrupted before."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from annotate.errors import StudioUnreachable
from annotate.record import Record
from annotate.scheme import CueClass
from annotate.store import Store
from annotate.store.adjudications import inputs_of, question_key
from annotate.studio.adjudication import Disputes, standings
from annotate.studio.push import Pushed, push
from tests.dataset.test_policies import ONE, OTHER, given
from tests.review.test_consensus import changed
from tests.studio.fakes import Clock, Crash, FakeStudio, Fault

TITLE = "Sources (adjudication)"
THIRD = changed(ONE, "a2", cue_class=CueClass.HEDGE)


class Room:
    """A store in which two people disagree, and a server in memory."""

    def __init__(self, folder: Path) -> None:
        self.store = Store.open(str(folder / "store.db"))
        self.clock = Clock()
        self.studio = FakeStudio(self.clock)

    def read(self, **readings: Record) -> None:
        given(self.store, **readings)

    def push(self, checkpoint: Callable[[str], None] = lambda _: None) -> Pushed:
        disputes = [disputed for _, _, disputed in standings(self.store) if disputed]
        return push(
            self.store,
            self.studio,
            cargo=Disputes(disputes),
            title=TITLE,
            checkpoint=checkpoint,
            clock=self.clock,
            sleep=self.clock.sleep,
            holder="elsewhere 1 1.0 a",
        )

    def wanted(self) -> list[str]:
        project = self.studio.found[0].identity
        return [question_key(project, disputed.case) for _, _, disputed in standings(self.store) if disputed]

    def live(self) -> list[str | None]:
        return [task.key for task in self.studio.live.values()]

    def letters(self) -> dict[str, set[str | None]]:
        """Return whose annotations stand behind the letters of each task."""
        found = inputs_of(self.store, [key for key in self.live() if key])
        return {key: {given.annotator for given in inputs.values()} for key, inputs in found.items()}


@pytest.fixture
def room(tmp_path: Path) -> Any:
    made = Room(tmp_path)
    yield made
    made.store.close()


def crash_at(number: int) -> Callable[[str], None]:
    steps = count()

    def checkpoint(_: str) -> None:
        if next(steps) == number:
            raise Crash

    return checkpoint


@pytest.mark.parametrize("step", range(10))
def test_wherever_it_breaks_off_there_is_one_task_of_what_is_in_dispute_now(room: Room, step: int) -> None:
    room.read(ada=ONE, ben=OTHER)
    for _ in range(2):
        with suppress(Crash):
            room.push(crash_at(step))
        room.clock.sleep(600)
        room.read(ben=THIRD, cleo=OTHER)
    assert room.push().complete
    assert room.live() == room.wanted()
    (people,) = room.letters().values()
    assert people == {"ada@example.org", "ben@example.org", "cleo@example.org"}
    assert room.push().added == 0
    assert room.live() == room.wanted()


@pytest.mark.parametrize("fault", [Fault.TIMED_OUT_AFTER, Fault.LOST, Fault.SLOW, Fault.ERROR_AFTER_PART])
def test_an_import_that_goes_wrong_while_annotations_change_leaves_one_task(room: Room, fault: Fault) -> None:
    room.read(ada=ONE, ben=OTHER)
    room.studio.faults.append(fault)
    room.push()
    room.read(ben=THIRD)
    room.studio.faults.append(fault)
    room.push()
    assert room.push().complete
    assert room.live() == room.wanted()


@pytest.mark.parametrize("drafts", [True, False])
def test_a_task_that_somebody_began_is_never_taken_back(room: Room, drafts: bool) -> None:
    room.read(ada=ONE, ben=OTHER)
    room.push()
    before = room.live()
    (task,) = room.studio.live.values()
    task.drafts, task.annotations = drafts, int(not drafts)
    room.read(ben=THIRD)
    assert room.push().complete
    assert room.live() == before != room.wanted()
    # What was shown is still known.
    assert room.letters()[before[0] or ""] == {"ada@example.org", "ben@example.org"}


def test_when_taking_back_is_not_answered_it_is_tried_again(room: Room) -> None:
    room.read(ada=ONE, ben=OTHER)
    room.push()
    room.read(ben=THIRD)
    # Its requests before the deletion: find the project, list the tasks, look at the one.
    room.studio.other_faults.extend([Fault.NONE, Fault.NONE, Fault.NONE, Fault.TIMED_OUT_AFTER])
    with pytest.raises(StudioUnreachable):
        room.push()
    assert room.push().complete
    assert room.live() == room.wanted()


def test_what_is_agreed_again_is_taken_back(room: Room) -> None:
    room.read(ada=ONE, ben=OTHER)
    room.push()
    room.read(ben=ONE)
    assert room.push().complete
    assert room.live() == []
