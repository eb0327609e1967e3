"""How the work of every regular expression grows with its input, on strings made to keep it busy.

Each pattern searches strings of 300, then 1,200 characters, in which what it repeats is repeated and the end does not
fit; what the program tries at one place only is tried at the beginning. Growth is the exponent b of time ~ length**b
for the string that is worst: 1 is linear, 2 quadratic. What the clock cannot tell from nothing has none.

    python -m benchmarks.regexes
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from typing import Any

from benchmarks.results import write
from tests.hostile.regexes import Found, adversarial, every_pattern

SHORT, LONG = 300, 1_200
QUICK = 0.001  # seconds: what takes less on the long string is not worth a figure
SUPERLINEAR = 1.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="show every pattern, not only the ten worst")
    options = parser.parse_args()
    measured = sorted((figures(found) for found in every_pattern()), key=lambda row: -row["milliseconds"])
    write(
        "regexes",
        {
            "patterns": len(measured),
            "lengths": [SHORT, LONG],
            "strings": sum(row.pop("strings") for row in measured),
            "superlinear": sum((row["growth"] or 0) > SUPERLINEAR for row in measured),
            "worst": measured if options.all else measured[:10],
        },
    )


def figures(found: Found) -> dict[str, Any]:
    """Measure the string on which one pattern takes longest."""
    began = time.process_time()
    strings = list(zip(adversarial(found.pattern, SHORT), adversarial(found.pattern, LONG), strict=True))
    slowest, growth = 0.0, None
    for short, long in strings:
        taken = seconds(found, long)
        if taken <= slowest:
            continue
        slowest = taken
        growth = None
        if taken > QUICK:
            taken = min(taken, seconds(found, long), seconds(found, long))
            before = min(seconds(found, short) for _ in range(3))
            growth = round(math.log(taken / max(before, 1e-7)) / math.log(LONG / SHORT), 2)
    print(
        f"{found.where}: {time.process_time() - began:.1f} s, {1000 * slowest:.1f} ms, {growth}",
        file=sys.stderr,
        flush=True,
    )
    pattern = found.pattern.pattern
    shown = pattern if isinstance(pattern, str) else pattern.decode("latin-1")
    shown = shown.encode("utf-8", "backslashreplace").decode()
    return {
        "where": found.where,
        "pattern": shown if len(shown) <= 100 else shown[:99] + "…",
        "milliseconds": round(1000 * slowest, 2),
        "growth": growth,
        "strings": len(strings),
    }


def seconds(found: Found, text: str) -> float:
    """Measure all matches to the end of the text, one after the other, or the one place where it is tried."""
    given: Any = text.encode("utf-8", "replace") if isinstance(found.pattern.pattern, bytes) else text
    begun = time.process_time()
    if found.at_one_place:
        found.pattern.match(given)
        found.pattern.fullmatch(given)
        return time.process_time() - begun
    for _ in found.pattern.finditer(given):
        pass
    return time.process_time() - begun


if __name__ == "__main__":
    main()
