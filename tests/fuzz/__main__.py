"""`python -m tests.fuzz [TARGET …]`: fuzz the readers and `predict`, guided by what the inputs reach (atheris).

One target after the other, each in a process of its own. An input that leads to a finding is kept in --findings, by
its hash; put it into corpus/TARGET, where the tests run it for ever, and mend what it found.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from tests.fuzz.fuzzing import Outcome, fuzz


def main() -> int:
    """Run the fuzzer; return 1 when there was a finding."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="what to fuzz (default: everything)")
    parser.add_argument("--runs", type=int, default=-1, help="executions of a target (default: no limit)")
    parser.add_argument("--slow-runs", type=int, help="executions of a target that is slow (default: as --runs)")
    parser.add_argument("--seconds", type=int, default=120, help="time for a target (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the chance that mutates (default: %(default)s)")
    parser.add_argument("--findings", type=Path, default=Path("fuzz-findings"), help="folder (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    given = parser.parse_args()
    outcomes = []
    for outcome in fuzz(
        given.targets,
        runs=given.runs,
        slow_runs=given.slow_runs if given.slow_runs is not None else given.runs,
        seconds=given.seconds,
        seed=given.seed,
        findings=given.findings,
    ):
        outcomes.append(outcome)
        if not given.json:
            print(told(outcome), flush=True)
    if given.json:
        print(json.dumps([outcome.as_dict() for outcome in outcomes]))
    return int(any(outcome.finding for outcome in outcomes))


def told(outcome: Outcome) -> str:
    """Return a line on a target, and what was found."""
    line = (
        f"{outcome.target:<20} {outcome.executions:>9,} executions {outcome.seconds:>6.0f} s "
        f"{outcome.edges:>6,} edges {outcome.inputs:>5,} inputs"
    )
    return f"{line}\n{outcome.finding}" if outcome.finding else line


if __name__ == "__main__":
    sys.exit(main())
