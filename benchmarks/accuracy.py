"""How well attributions are found: our pipelines, textacy, a baseline and people, in one run.

python -m benchmarks.accuracy --corpora DIR [--only NAME ...]

DIR (or ANNOTATE_CORPORA) holds annotated articles as JSON Lines: house-dev, polnear-dev and polnear-train. They stand
outside the project, since the texts belong to their publishers; without them nothing is measured, and the benchmark
says so. ANNOTATE_SCORER may name the reference scorer, with annotator_work.py beside it: every figure is then compared
with it, and any difference ends the run. With --only some systems are measured and nothing is written.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, replace
from itertools import permutations
from pathlib import Path
from typing import Any

from annotate.corpora import AnnotatedArticle, first_annotators, read_corpus
from annotate.evaluation import (
    PARTS,
    Comparison,
    Evaluation,
    calibration_of,
    compare,
    evaluate,
    span_calibrations_of,
    statements_only,
)
from benchmarks.results import write
from benchmarks.systems import SYSTEMS

# Corpus -> whether attitudes are left out on both sides: PolNeAR does not tell them from statements.
CORPORA = {"house-dev": True, "polnear-dev": False}
SHOWN = ("content", "content_exact", "attributed")
PEOPLE = "two people"


def people(folder: Path) -> list[Comparison]:
    """Compare every two annotators of one PolNeAR article, either way round."""
    rows: defaultdict[str, list[AnnotatedArticle]] = defaultdict(list)
    for name in ("polnear-train", "polnear-dev"):
        for article in read_corpus(folder / f"{name}.jsonl", quoteless=True):
            rows[article.id].append(article)
    return [
        both
        for several in rows.values()
        for pair in permutations(several, 2)
        for both in compare(*([each] for each in pair))
    ]


def figures(comparisons: Sequence[Comparison], result: Evaluation) -> dict[str, Any]:
    """Keep what is shown: of `result`, and of the scores of all that was predicted, attitudes too."""
    calibration, spans = calibration_of(comparisons), span_calibrations_of(comparisons)
    return {
        "articles": result.articles,
        **{
            part: {name: {"f1": f.f1, "interval": f.interval} for name in SHOWN for f in (result.figures[part][name],)}
            for part in PARTS
        },
        "work_left": {"per_cent": result.work.left, "interval": result.work.interval},
        **({"calibration": asdict(calibration)} if calibration else {}),
        **({"span_calibration_errors": {role: each.error for role, each in spans.items()}} if spans else {}),
    }


def check(scorer: Path, comparisons: Sequence[Comparison], result: Evaluation) -> None:
    """Compare the figures with those of the reference scorer; end the run when one differs."""
    ours: dict[str, Any] = {
        part: {
            name: {"p": f.precision, "r": f.recall, "f1": f.f1, "n_pred": f.predicted, "n_gold": f.annotated}
            for name, f in measures.items()
        }
        for part, measures in result.figures.items()
    }
    work = result.work
    ours_work = {"operations": work.operations, "from_scratch": work.from_scratch, "work_left%": work.left}
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("gold.jsonl", "pred.jsonl")]
        for path, side in zip(files, ("gold", "predicted"), strict=True):
            rows = [
                {"id": c.id, "text": c.text, "attributions": [asdict(a) for a in getattr(c, side)]} for c in comparisons
            ]
            path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        if run(scorer, *files, "--json") != ours or run(scorer.with_name("annotator_work.py"), *files) != ours_work:
            sys.exit("accuracy: the reference scorer gives other figures")


def run(script: Path, *arguments: object) -> Any:
    command = [sys.executable, str(script), *map(str, arguments)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True, timeout=600).stdout)


def measure(name: str, articles: dict[str, list[AnnotatedArticle]], scorer: Path | None) -> dict[str, Any]:
    """Measure one system on every corpus: its figures, and words per second of processor time."""
    version, predict = SYSTEMS[name]()
    results: dict[str, Any] = {"version": version}
    words = spent = 0.0
    for corpus, gold in articles.items():
        bare = [replace(article, attributions=()) for article in gold]
        begun = time.process_time()
        predicted = predict(bare)
        spent += time.process_time() - begun
        words += sum(len(article.text.split()) for article in gold)
        whole = compare(gold, [replace(one, attributions=each) for one, each in zip(bare, predicted, strict=True)])
        counted = statements_only(whole) if CORPORA[corpus] else whole
        result = evaluate(counted)
        if scorer:
            check(scorer, counted, result)
        results[corpus] = figures(whole, result)
    return {**results, "words_per_second": round(words / spent)}


def table(results: dict[str, Any]) -> str:
    """Return the figures as lines to read, a corpus after the other."""
    lines = []
    for corpus in CORPORA:
        lines.append(f"\n{corpus:24}{'all':>20}{'direct':>23}{'work left':>14}{'words/s':>10}")
        for name, each in results["systems"].items():
            if corpus in each:
                shown = [" ".join(f"{each[corpus][part][m]['f1']:6.1f}" for m in SHOWN) for part in PARTS]
                speed = f"{each['words_per_second']:10,}" if "words_per_second" in each else ""
                lines.append(f"{name:24}  {'  '.join(shown)}{each[corpus]['work_left']['per_cent']:11.1f} %{speed}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, default=os.environ.get("ANNOTATE_CORPORA"))
    parser.add_argument("--only", nargs="+", choices=[*SYSTEMS, PEOPLE], metavar="NAME")
    given = parser.parse_args()
    if not given.corpora:
        print("accuracy: not measured: name the folder of the corpora with --corpora", file=sys.stderr)
        return
    folder, chosen = Path(given.corpora), given.only or [PEOPLE, *SYSTEMS]
    scorer = Path(os.environ["ANNOTATE_SCORER"]) if os.environ.get("ANNOTATE_SCORER") else None
    articles = {name: first_annotators(read_corpus(folder / f"{name}.jsonl", quoteless=True)) for name in CORPORA}
    systems: dict[str, Any] = {}
    for name in chosen:
        print(f"accuracy: {name}", file=sys.stderr)
        if name == PEOPLE:
            pairs = people(folder)
            systems[name] = {"polnear-dev": figures(pairs, evaluate(pairs))}
        else:
            systems[name] = measure(name, articles, scorer)
    results = {
        "articles": {name: len(each) for name, each in articles.items()},
        "words": {name: sum(len(a.text.split()) for a in each) for name, each in articles.items()},
        "attributions": {
            name: sum(bool(item.quote) for article in each for item in article.attributions)
            for name, each in articles.items()
        },
        "systems": systems,
    }
    print(table(results), file=sys.stderr)
    if not given.only:
        write("accuracy", results)


if __name__ == "__main__":
    main()
