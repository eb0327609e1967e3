"""The same run on Ray and on Slurm."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bulk.runs import records, run, write

SBATCH = """#!/bin/sh
for last; do :; done
echo "$@" >> "$SBATCH_LOG"
cat "$last" >> "$SBATCH_LOG"
echo Submitted batch job 4711
"""


def test_two_nodes_of_ray_one_of_them_killed(tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="ray is not installed")
    slowly = {number: f"It [slow] rained, he said {number} times." for number in range(0, 1000, 25)}
    articles = write(tmp_path / "in.jsonl", 1000, slowly)
    done = subprocess.run(
        [sys.executable, "-m", "tests.bulk.two_nodes", str(articles), str(tmp_path / "ray")],
        capture_output=True, text=True, check=False, timeout=500,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["exit"] == 0, told["stderr"]
    assert told["stdout"] == "1,000 records, 0 set aside\n"
    assert all(line.startswith("task ") for line in told["stderr"].splitlines()), told["stderr"]
    assert (told["stranger"]["exit"], told["stranger"]["shards"]) == (1, 0)
    said = told["stranger"]["stderr"].splitlines()[-1]  # after what Ray's own library has to say
    assert "Ray cannot be reached" in said
    assert "RAY_AUTH_TOKEN_PATH names its token" in said
    assert run(articles, tmp_path / "local", "--tasks", "2", "--workers", "1").returncode == 0
    assert records(tmp_path / "ray") == records(tmp_path / "local")


def test_the_token_that_is_made_is_its_owners_alone(tmp_path: Path) -> None:
    from annotate.bulk.on_ray import _make_token

    token = tmp_path / "place" / "token"
    _make_token(token)
    made = token.read_text(encoding="ascii")
    assert (token.stat().st_mode & 0o777, len(made)) == (0o600, 64)
    token.chmod(0o644)
    _make_token(token)
    assert (token.stat().st_mode & 0o777, token.read_text(encoding="ascii")) == (0o600, made)


@pytest.mark.parametrize(
    ("processors", "workers", "places"), [(2, 2, 1), (2, 8, 1), (1, 4, 1), (8, 4, 4), (8, 8, 7), (0, 3, 1)]
)
def test_the_actors_never_take_every_processor(processors: int, workers: int, places: int) -> None:
    from annotate.bulk.on_ray import places_for

    assert places_for(processors, workers) == places


def test_the_slurm_scripts_run_the_same_tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/sbatch").write_text(SBATCH, encoding="utf-8")
    (tmp_path / "bin/sbatch").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setenv("SBATCH_LOG", str(tmp_path / "log"))
    articles = write(tmp_path / "in.jsonl", 600)
    options = (
        "--executor", "slurm", "--tasks", "3", "--workers", "2", "--partition", "cpu", "--time-limit", "12:00:00",
        "--sbatch", "account=news", "--json",
    )  # fmt: skip
    done = run(articles, tmp_path / "out", *options)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["job"] == "4711"
    tasks, finish = (Path(script).read_text() for script in told["scripts"])
    directives = set(tasks.splitlines())
    assert {
        "#!/bin/bash", "#SBATCH --cpus-per-task=1", "#SBATCH --mem-per-cpu=6G", "#SBATCH --partition=cpu",
        "#SBATCH --job-name=annotate-bulk", "#SBATCH --time=12:00:00", "#SBATCH --array=0-2%2",
        "#SBATCH --account=news", "#SBATCH --requeue",
    } <= directives  # fmt: skip
    assert not any("qos" in line for line in directives)
    assert subprocess.run(["bash", "-n"], input=tasks, text=True, check=False).returncode == 0
    log = (tmp_path / "log").read_text()
    assert tasks in log
    assert "--dependency=afterok:4711" in log
    assert not list((tmp_path / "out").rglob("*.pik"))
    # What the scripts say does the work: here without srun, job by job.
    folder = str(Path(told["scripts"][0]).parent)
    command = next(line for line in tasks.splitlines() if line.startswith("srun "))
    job = shlex.split(command.removeprefix("srun -l -n 1 "))
    assert job[-2:] == ["slurm", folder]
    for number in range(3):
        subprocess.run(job, env={**os.environ, "SLURM_ARRAY_TASK_ID": str(number)}, check=True, capture_output=True)
    last = next(line for line in finish.splitlines() if "annotate.bulk.job" in line)
    subprocess.run(shlex.split(last), check=True, capture_output=True)
    assert len(records(tmp_path / "out")) == 600
    again = run(articles, tmp_path / "out", *options)
    assert "already done" in again.stderr


def test_without_slurm_one_line_says_so(tmp_path: Path) -> None:
    done = run(write(tmp_path / "in.jsonl", 1), tmp_path / "out", "--executor", "slurm")
    assert done.returncode == 1
    assert done.stderr.startswith("annotate: sbatch is not on the PATH")
