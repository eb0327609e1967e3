"""Commands killed at random points, against a real Label Studio: nothing is lost and nothing doubled.

ANNOTATE_DRILL_KILLS=200 runs the long drill, ANNOTATE_DRILL_SEED another one.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from annotate.studio.server import EmbeddedStudio
from tests.drills.processes import drilled

pytestmark = [pytest.mark.studio, pytest.mark.timeout(3600)]

# Read before any test has an environment of its own.
RUNS = int(os.environ.get("ANNOTATE_DRILL_KILLS", "10"))
SEED = int(os.environ.get("ANNOTATE_DRILL_SEED", "5"))
RESULT = os.environ.get("ANNOTATE_DRILL_RESULT")


def test_killed_at_random_points_nothing_is_lost_or_doubled(studio_server: EmbeddedStudio, tmp_path: Path) -> None:
    said = drilled(
        studio_server, "tests.drills.kills", studio_server.url, tmp_path, RUNS, SEED,
        keep=Path(RESULT) if RESULT else None,
    )  # fmt: skip
    result = json.loads(said)
    assert result["wrong"] == []
    assert result["articles"] == result["tasks"] > 3
    assert sum(result["counts"].get(f"{kind} killed", 0) for kind in ("push", "pull", "export")) == RUNS
