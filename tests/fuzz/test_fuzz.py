"""The fuzzer itself, for a bounded number of runs with a fixed seed; and what it once found, for ever."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS, Target
from tests.records import texts

ROOT = Path(__file__).parents[2]
RUNS, SLOW_RUNS = 1_000, 40
# Everything but the two pipelines, whose first inputs take seconds to load for.
READERS = [target for target in TARGETS.values() if not target.name.startswith("predict")]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One run of the command, in a process of its own: the fuzzer takes over the one that it runs in."""
    done = subprocess.run(
        [
            sys.executable, "-m", "tests.fuzz", "--runs", str(RUNS), "--slow-runs", str(SLOW_RUNS), "--seconds", "300",
            "--json", "--findings", str(tmp_path_factory.mktemp("findings")),
        ],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout, done.stderr[-2_000:]
    return {outcome["target"]: outcome for outcome in json.loads(done.stdout)}


@pytest.mark.parametrize("name", TARGETS)
def test_fuzzing_finds_nothing(name: str, outcomes: dict[str, Any]) -> None:
    outcome = outcomes[name]
    assert outcome["finding"] == ""
    assert outcome["executions"] >= (SLOW_RUNS if TARGETS[name].slow else RUNS)
    assert outcome["edges"] > 0


@pytest.mark.parametrize("target", READERS, ids=lambda target: target.name)
def test_the_first_inputs_and_former_findings_are_answered(target: Target) -> None:
    given_ = list(target.inputs())
    assert given_
    for data in given_:
        target.run(data)


@pytest.mark.parametrize("target", READERS, ids=lambda target: target.name)
@settings(max_examples=15)
@given(data=st.binary(max_size=300) | texts().map(str.encode))
def test_no_bytes_break_a_reader(target: Target, data: bytes) -> None:
    target.run(data)


@settings(max_examples=25)
@given(text=texts() | st.text(max_size=200))
def test_no_text_breaks_the_pipeline(text: str) -> None:
    TARGETS["predict-rules"].run(text.encode("utf-8", "replace"))
    TARGETS["predict-model"].run(text.encode("utf-8", "replace"))
