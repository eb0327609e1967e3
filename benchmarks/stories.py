"""How long finding the stories of a collection takes, in how much memory, and how much of what is planted it finds.

python -m benchmarks.stories [--sizes 1000 2000 5000 10000]

Collections of made-up news (benchmarks/made_up_news.py) of growing size are read from JSON Lines, as `annotate stories`
reads them. Each run has a process of its own: `seconds` is wall time from the first line read to the findings,
`processor_seconds` what a busy machine does not stretch as much, `peak_mb` the largest resident memory of that process.
Precision and recall are over pairs of attributions: those that
the findings put into one claim, and those that were planted as one; recall also by what has to be seen through:
near-copies (`copy`), cut quotes (`cut`), other words (`words`).

Beside it, in the same run: `minhash`, datasketch's MinHash LSH over the words of the quotes alone, three at a time, at
a fixed threshold; and at the smallest size `all_pairs`, which compares the words of every quote with those of every
other one.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from benchmarks.results import write

SIZES = (1000, 2000, 5000, 10000)
THRESHOLD = 0.5  # of the likeness of two quotes, for the baselines
PERMUTATIONS = 128
WAYS = ("copy", "cut", "words")

Told = tuple[str, str]  # article, attribution
Quote = tuple[Told, list[str]]


def ours(path: Path) -> tuple[list[list[Told]], dict[str, Any]]:
    from annotate.dataset.formats import jsonl
    from annotate.stories import find_stories

    found = find_stories(jsonl.read(path))
    claims = [claim for story in found.stories for claim in story.claims]
    told = [[(item.article, item.attribution) for item in claim.statements if item.attribution] for claim in claims]
    return told, {"stories": sum(len(story.articles) > 1 for story in found.stories), "claims": len(claims)}


def minhash(path: Path) -> tuple[list[list[Told]], dict[str, Any]]:
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    pairs = []
    for told, words in quotes(path):
        sketch = MinHash(num_perm=PERMUTATIONS)
        sketch.update_batch([" ".join(words[at : at + 3]).encode() for at in range(max(1, len(words) - 2))])
        pairs += [(told, other) for other in index.query(sketch)]
        index.insert(told, sketch)
    return groups(pairs), {"threshold": THRESHOLD}


def all_pairs(path: Path) -> tuple[list[list[Told]], dict[str, Any]]:
    numbers: dict[str, int] = {}
    told, masks = [], []
    for item, words in quotes(path):
        told.append(item)
        mask = 0
        for word in words:
            mask |= 1 << numbers.setdefault(word, len(numbers))
        masks.append(mask)
    sizes = [mask.bit_count() for mask in masks]
    pairs = []
    for one, mask in enumerate(masks):
        for other in range(one):
            both = (mask & masks[other]).bit_count()
            if both >= THRESHOLD * (sizes[one] + sizes[other] - both):
                pairs.append((told[one], told[other]))
    return groups(pairs), {"threshold": THRESHOLD, "comparisons": len(masks) * (len(masks) - 1) // 2}


SYSTEMS: dict[str, Callable[[Path], tuple[list[list[Told]], dict[str, Any]]]] = {
    "ours": ours,
    "minhash": minhash,
    "all_pairs": all_pairs,
}


def quotes(path: Path) -> Iterator[Quote]:
    """Yield the words of each quote."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            for item in row["attributions"]:
                text = " ".join(row["text"][start:end] for start, end in item["quote"])
                yield (row["id"], item["id"]), re.findall(r"\w+", text.lower())


def groups(pairs: Iterable[tuple[Told, Told]]) -> list[list[Told]]:
    """Put together what pairs connect."""
    group_of: dict[Told, list[Told]] = {}
    for one, other in pairs:
        first, second = group_of.setdefault(one, [one]), group_of.setdefault(other, [other])
        if first is not second:
            small, large = sorted((first, second), key=len)
            large.extend(small)
            group_of.update(dict.fromkeys(small, large))
    return list({id(group): group for group in group_of.values()}.values())


def scored(claims: Sequence[Sequence[Told]], planted: Sequence[Sequence[Sequence[str]]]) -> dict[str, Any]:
    """Compare the pairs of the claims with those that were planted."""
    way_of = {(article, name): way for claim in planted for article, name, way in claim}
    wanted = {frozenset(pair) for claim in planted for pair in combinations([(a, n) for a, n, _ in claim], 2)}
    found = {frozenset(pair) for claim in claims for pair in combinations(sorted(set(claim)), 2)}
    by_way = {}
    for way in WAYS:
        pairs = {pair for pair in wanted if max((way_of[told] for told in pair), key=WAYS.index) == way}
        by_way[way] = percent(len(pairs & found), len(pairs))
    return {
        "precision": percent(len(found & wanted), len(found)),
        "recall": percent(len(found & wanted), len(wanted)),
        "recall_by_way": by_way,
    }


def percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0


def measure(system: str, path: Path) -> dict[str, Any]:
    """Run one system in this process, which does nothing else."""
    begun, begun_work = time.perf_counter(), time.process_time()
    claims, more = SYSTEMS[system](path)
    seconds, work = time.perf_counter() - begun, time.process_time() - begun_work
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    planted = json.loads(path.with_suffix(".claims.json").read_text(encoding="utf-8"))
    cost = {"seconds": round(seconds, 1), "processor_seconds": round(work, 1), "peak_mb": round(peak)}
    return {**cost, **more, **scored(claims, planted)}


def alone(*arguments: object) -> str:
    """Run this module in a process of its own and return what it prints."""
    command = [sys.executable, "-m", "benchmarks.stories", *map(str, arguments)]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=3600).stdout


def run(size: int, folder: Path, systems: Sequence[str]) -> dict[str, Any]:
    """Make a collection of a size and measure the systems on it."""
    path = folder / f"{size}.jsonl"
    counts = json.loads(alone("--make", size, path))
    results: dict[str, Any] = dict(counts)
    for system in systems:
        results[system] = json.loads(alone("--measure", system, path))
        print(size, system, results[system], file=sys.stderr)
    results["ours"]["processor_ms_per_article"] = round(1000 * results["ours"]["processor_seconds"] / size, 1)
    path.unlink()
    return results


def make(size: int, path: Path) -> dict[str, int]:
    from benchmarks.made_up_news import write as write_news

    write_news(size, path)
    planted = json.loads(path.with_suffix(".claims.json").read_text(encoding="utf-8"))
    words = sum(len(json.loads(line)["text"].split()) for line in path.open(encoding="utf-8"))
    return {"words": words, "attributions": sum(1 for _ in quotes(path)), "planted_claims": len(planted)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="how many articles, one run each")
    parser.add_argument("--make", nargs=2, metavar=("SIZE", "FILE"), help=argparse.SUPPRESS)
    parser.add_argument("--measure", nargs=2, metavar=("SYSTEM", "FILE"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.make:
        print(json.dumps(make(int(given.make[0]), Path(given.make[1]))))
        return
    if given.measure:
        print(json.dumps(measure(given.measure[0], Path(given.measure[1]))))
        return
    sizes = sorted(given.sizes)
    with tempfile.TemporaryDirectory() as folder:
        results = {
            str(size): run(size, Path(folder), list(SYSTEMS) if size == sizes[0] else ["ours", "minhash"])
            for size in sizes
        }
    write("stories", {"sizes": results})


if __name__ == "__main__":
    main()
