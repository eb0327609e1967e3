"""One target after the other, each in a fork of one process: libFuzzer takes over the process that it runs in."""

from __future__ import annotations

import importlib
import io
import os
import random
import re
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import atheris

# What is imported in here is seen by the fuzzer: our own code, and none of the libraries below it.
with atheris.instrument_imports(include=["annotate"]), redirect_stderr(io.StringIO()):
    import annotate.pipeline.assembly  # noqa: F401 - imported late otherwise
    from annotate.pipeline.running import FACTORIES
    from tests.fuzz.mutating import mutate
    from tests.fuzz.targets import TARGETS, Target

    for module in FACTORIES.values():
        importlib.import_module(module)

LONGEST = 20_000  # bytes of an input
_STATUS = re.compile(r"#(\d+)\s+\S+(?:.* cov: (\d+))?(?:.* corp: (\d+))?")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a target. edges: jumps of our code that were reached; inputs: kept, since each reached a new one.

    finding: the traceback, and where the input is; empty when nothing was found.
    """

    target: str
    executions: int
    seconds: float
    edges: int
    inputs: int
    finding: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def fuzz(
    names: Sequence[str], *, runs: int, slow_runs: int, seconds: int, seed: int, findings: Path
) -> Iterator[Outcome]:
    """Fuzz the named targets, or all, for so many runs and seconds each."""
    for name in names or TARGETS:
        target = TARGETS[name]
        with tempfile.TemporaryDirectory() as place:
            yield _outcome(target, slow_runs if target.slow else runs, seconds, seed, findings, Path(place))


def _outcome(target: Target, runs: int, seconds: int, seed: int, findings: Path, place: Path) -> Outcome:
    log, inputs, found = place / "log", place / "inputs", place / "found"
    inputs.mkdir()
    found.mkdir()
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        _run(target, log, [
            f"-runs={runs}", f"-max_total_time={seconds}", f"-seed={seed}", f"-max_len={LONGEST}", "-timeout=60",
            "-rss_limit_mb=3000", f"-artifact_prefix={found}/", "-print_final_stats=1", "-use_value_profile=0",
            str(inputs),
        ])  # fmt: skip
    _, status = os.waitpid(child, 0)
    spent = time.monotonic() - began
    said = log.read_text(encoding="utf-8", errors="replace")
    finding = ""
    if status != 0:
        kept = [_keep(file, findings / target.name) for file in sorted(found.iterdir())]
        finding = "\n".join([*_last_words(said), *map(str, kept)])
    executions, edges = 0, 0
    for line in said.splitlines():
        if match := _STATUS.match(line):
            executions = int(match[1])
            edges = int(match[2] or edges)
    return Outcome(target.name, executions, round(spent, 1), edges, len(list(inputs.iterdir())), finding)


def _run(target: Target, log: Path, options: list[str]) -> None:
    """Become the fuzzer of one target. Does not return."""
    try:
        with log.open("wb") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        for number, data in enumerate(target.inputs()):
            (Path(options[-1]) / f"first-{number:03}").write_bytes(data)
        settings = {"custom_mutator": _mutator} if target.is_json else {}
        atheris.Setup([sys.argv[0], *options], _with_traceback(target), **settings)
        atheris.Fuzz()
    except BaseException:
        traceback.print_exc()
        os._exit(70)
    os._exit(0)


def _with_traceback(target: Target) -> Any:
    def run(data: bytes) -> None:
        target.run(data)

    return run


def _mutator(data: bytes, most: int, seed: int) -> bytes:
    chance = random.Random(seed)
    made = mutate(data, chance) if chance.random() < 0.8 else None
    return atheris.Mutate(data, most) if made is None or len(made) > most else made  # type: ignore[no-any-return]


def _keep(file: Path, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(file, folder))


def _last_words(said: str) -> list[str]:
    """Return the traceback of a finding, or how the log ends."""
    lines = said.splitlines()
    starts = [number for number, line in enumerate(lines) if "Uncaught Python exception" in line]
    ends = [number for number, line in enumerate(lines) if line.startswith("==") and "ERROR" in line]
    if starts:
        return lines[starts[0] : next((end for end in ends if end > starts[0]), len(lines))]
    return lines[-30:]
