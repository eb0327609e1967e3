"""How long `annotate --help` takes, beside an interpreter that does nothing and one that only imports click.

The three take turns; figures are medians of whole processes, in seconds.

    python -m benchmarks.startup [--rounds 15]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.results import write

COMMANDS = {
    "python": [sys.executable, "-c", "pass"],
    "python with click": [sys.executable, "-c", "import click"],
    "annotate --help": [str(Path(sys.executable).parent / "annotate"), "--help"],
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(options.rounds + 1):
        for name, command in COMMANDS.items():
            begun = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            seconds[name].append(time.perf_counter() - begun)
    medians = {name: round(statistics.median(times[1:]), 3) for name, times in seconds.items()}
    write(
        "startup",
        {
            "rounds": options.rounds,
            "seconds": medians,
            "ratio to python with click": round(medians["annotate --help"] / medians["python with click"], 2),
        },
    )


if __name__ == "__main__":
    main()
