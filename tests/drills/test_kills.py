"""Commands killed at random points, against a real Label Studio: nothing is lost and nothing doubled.

ANNOTATE_DRILL_KILLS=200 runs the long drill, ANNOTATE_DRILL_SEED another one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from annotate.studio.server import EmbeddedStudio

pytestmark = [pytest.mark.studio, pytest.mark.timeout(3600)]

# Read before any test has an environment of its own.
RUNS = int(os.environ.get("ANNOTATE_DRILL_KILLS", "10"))
SEED = int(os.environ.get("ANNOTATE_DRILL_SEED", "5"))
RESULT = os.environ.get("ANNOTATE_DRILL_RESULT")
PROJECT = Path(__file__).parents[2]


def test_killed_at_random_points_nothing_is_lost_or_doubled(studio_server: EmbeddedStudio, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.drills.kills", studio_server.url, str(tmp_path), str(RUNS), str(SEED)],
        cwd=PROJECT,
        env={**os.environ, "ANNOTATE_STUDIO_TOKEN": studio_server.token},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    if RESULT:
        Path(RESULT).write_text(done.stdout, encoding="utf-8")
    assert result["wrong"] == []
    assert result["articles"] == result["tasks"] > 3
    assert sum(result["counts"].get(f"{kind} killed", 0) for kind in ("push", "pull", "export")) == RUNS
