"""The n-th operation of each command fails, for n = 1, 2, … until the command succeeds: nothing is lost or doubled.

Here each command is disturbed in one way, and the longer ones at every third or fourth operation;
ANNOTATE_DRILL_ALL=1 disturbs each at every operation in all three ways.
"""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from annotate.studio.server import EmbeddedStudio
from tests.drills.operations import MODES
from tests.drills.processes import drilled

pytestmark = [pytest.mark.studio, pytest.mark.timeout(1800)]

# Read before any test has an environment of its own.
ALL = bool(os.environ.get("ANNOTATE_DRILL_ALL"))
RESULTS = os.environ.get("ANNOTATE_DRILL_RESULT")
# What each command does to the world, at the least.
DOES = {
    "push": {"request", "commit"},
    "pull": {"request", "commit", "fsync"},
    "export": {"open", "fsync", "os.rename", "commit"},
    "ingest": {"open", "fsync", "os.rename", "commit"},
    "backup": {"open", "fsync", "os.rename"},
    "upgrade": {"open", "fsync", "os.rename", "commit"},
}
USUAL = [
    ("push", "lost"),
    ("pull", "kill"),
    ("export", "fail"),
    ("ingest", "kill"),
    ("backup", "kill"),
    ("upgrade", "fail"),
]
STEPS = {"push": 4, "pull": 3, "export": 4}
EVERY = [(command, mode) for command in DOES for mode in MODES]


@pytest.mark.parametrize(("command", "mode"), EVERY if ALL else USUAL)
def test_whatever_operation_fails_the_next_run_ends_well(
    studio_server: EmbeddedStudio, tmp_path: Path, command: str, mode: str
) -> None:
    step = str(1 if ALL else STEPS.get(command, 1))
    said = drilled(
        studio_server, "tests.drills.failing", command, mode, studio_server.url, tmp_path, step,
        keep=Path(RESULTS, f"{command}-{mode}.json") if RESULTS else None,
    )  # fmt: skip
    found: list[dict[str, Any]] = json.loads(said)
    assert [step for step in found if step["wrong"]] == []
    seen = Counter(step["what"] for step in found)
    assert seen[""] == 1, "the last time nothing was disturbed"
    missing = DOES[command] - set(seen)
    assert not missing or step != "1" or mode == "lost"
    assert len(seen) > 2 or mode == "lost"
    for step in found[:-1]:
        # One that can be done without is done without; all others end in one clear line, or by the kill.
        assert step["code"] in ({-signal.SIGKILL} if mode == "kill" else {0, 1})
        assert "Traceback" not in step["said"]
        if step["code"] == 1 and command != "ingest":
            assert step["said"].splitlines()[-1].startswith(("annotate: ", "3 undecided", "2 undecided", "1 undecided"))
