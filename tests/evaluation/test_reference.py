"""Our figures against those of the reference scorer, to the decimal, on real corpora with made errors."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from annotate.corpora import read_corpus
from annotate.evaluation import compare, evaluate, statements_only


def spoiled(row: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """Leave attributions out, double some, move boundaries, drop sources and cues."""
    length = len(row["text"])
    attributions = []
    for kept in row["attributions"]:
        if chance.random() < 0.1:
            continue
        item = dict(kept)
        for role in ("quote", "content", "cue", "source"):
            if role in item and chance.random() < 0.3:
                moved = [(a + chance.randint(-20, 10), b + chance.randint(-10, 20)) for a, b in item[role]]
                item[role] = [[max(0, a), min(length, b)] for a, b in moved if max(0, a) < min(length, b)]
        if chance.random() < 0.1:
            item["source"] = []
        if chance.random() < 0.1:
            item["cue_class"] = "attitude"
        attributions += [item] * (2 if chance.random() < 0.1 else 1)
    return {**row, "attributions": attributions}


@pytest.fixture(scope="module", params=["house-dev", "polnear-dev"])
def files(request: pytest.FixtureRequest, corpora: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    gold = corpora / f"{request.param}.jsonl"
    chance = random.Random(7)
    rows = [json.loads(line) for line in gold.read_text(encoding="utf-8").split("\n") if line.strip()]
    predicted = tmp_path_factory.mktemp("spoiled") / gold.name
    predicted.write_text("".join(json.dumps(spoiled(row, chance)) + "\n" for row in rows), encoding="utf-8")
    return gold, predicted


def run(script: Path, *arguments: object) -> dict[str, Any]:
    command = [sys.executable, str(script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_every_figure_is_the_same(files: tuple[Path, Path], scorer: Path) -> None:
    gold, predicted = files
    result = evaluate(compare(*(read_corpus(path, quoteless=True) for path in files)))
    ours = {
        part: {
            measure: {"p": f.precision, "r": f.recall, "f1": f.f1, "n_pred": f.predicted, "n_gold": f.annotated}
            for measure, f in figures.items()
        }
        for part, figures in result.figures.items()
    }
    assert ours == run(scorer, gold, predicted, "--json")
    assert ours["all"]["content"]["f1"] < 100


def test_the_work_left_is_the_same(files: tuple[Path, Path], scorer: Path) -> None:
    gold, predicted = files
    work = evaluate(compare(*(read_corpus(path, quoteless=True) for path in files))).work
    theirs = run(scorer.with_name("annotator_work.py"), gold, predicted)
    assert theirs == {"operations": work.operations, "from_scratch": work.from_scratch, "work_left%": work.left}


def test_attitudes_are_left_out_of_predictions_by_the_same_rule(files: tuple[Path, Path], scorer: Path) -> None:
    gold, predicted = files
    both = compare(*(read_corpus(path, quoteless=True) for path in files))
    kept = statements_only(both)
    # The reference leaves attitudes out of the predictions alone: of the annotations, all are kept here.
    work = evaluate([replace(one, gold=other.gold) for one, other in zip(kept, both, strict=True)]).work
    theirs = run(scorer.with_name("annotator_work.py"), gold, predicted, "--statements")
    assert theirs == {"operations": work.operations, "from_scratch": work.from_scratch, "work_left%": work.left}
