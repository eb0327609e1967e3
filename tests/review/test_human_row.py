"""The agreement of PolNeAR's annotators: the benchmark's row of two people, as far as the articles are there.

The row is of twenty articles that six people annotated; sixteen of them are in the corpus's train part and two in its
dev part, the other two in the test part, which is not here. So the figures of the eighteen, every two readings pooled,
are asserted exactly, and that those published for the twenty lie within their intervals.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from itertools import permutations
from pathlib import Path

import pytest

from annotate.dataset.reading import read_rows
from annotate.review.agreement import Agreement, Given, LeftOut, Tally, from_rows
from tests.evaluation.conftest import corpora, scorer

__all__ = ["corpora", "scorer"]

PUBLISHED = {
    ("all", "content"): 79.4,
    ("all", "content_exact"): 68.9,
    ("all", "attributed"): 75.4,
    ("direct", "content"): 95.7,
    ("direct", "attributed"): 93.2,
}
MEASURED = {
    ("all", "content"): 80.1,
    ("all", "content_exact"): 69.2,
    ("all", "attributed"): 76.0,
    ("direct", "content"): 96.2,
    ("direct", "attributed"): 94.1,
}


@pytest.fixture(scope="module")
def files(corpora: Path) -> list[Path]:
    return [corpora / f"polnear-{part}.jsonl" for part in ("train", "dev")]


@pytest.fixture(scope="module")
def people(files: list[Path]) -> Agreement:
    tally = Tally()
    rows = (Given(row.content, row.where, path.stem) for path in files for row in read_rows(path))
    for article in from_rows(rows, LeftOut()):
        tally.add(article)
    return tally.result()


def test_it_is_of_eighteen_articles_and_six_people(people: Agreement) -> None:
    assert (people.articles, len(people.annotators), people.comparisons) == (18, 6, 265)


def test_the_figures(people: Agreement) -> None:
    assert {key: people.figures["attributions", *key].value for key in MEASURED} == MEASURED


def test_the_published_figures_lie_within_the_intervals(people: Agreement) -> None:
    for key, published in PUBLISHED.items():
        interval = people.figures["attributions", *key].interval
        assert interval is not None
        assert interval[0] <= published <= interval[1]
        assert abs(MEASURED[key] - published) < 1


def test_the_reference_scorer_gives_the_same(
    people: Agreement, files: list[Path], scorer: Path, tmp_path: Path
) -> None:
    rows = defaultdict(list)
    for path in files:
        for line in path.read_text(encoding="utf-8").split("\n"):
            if line.strip():
                row = json.loads(line)
                rows[row["id"]].append(row)
    pairs = [pair for several in rows.values() for pair in permutations(several, 2)]
    for side, name in enumerate(("gold", "predicted")):
        lines = (json.dumps({**pair[side], "id": f"pair-{number}"}) + "\n" for number, pair in enumerate(pairs))
        (tmp_path / name).write_text("".join(lines), encoding="utf-8")
    command = [sys.executable, str(scorer), str(tmp_path / "gold"), str(tmp_path / "predicted"), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    theirs = {
        (part, measure): figure["f1"]
        for part, figures in json.loads(done.stdout).items()
        for measure, figure in figures.items()
        if "/" not in measure
    }
    assert {key: people.figures["attributions", *key].value for key in theirs} == theirs


def test_alpha_is_defined_for_what_the_corpus_marks(people: Agreement) -> None:
    for label, least in (("Quote", 0.7), ("Cue", 0.6), ("Source", 0.7)):
        alpha = people.characters[label]
        assert alpha.value is not None
        assert alpha.interval is not None
        assert least < alpha.interval[0] < alpha.value < alpha.interval[1] < 1
    assert people.characters["Outlet"].value is None
