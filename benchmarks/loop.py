"""What corrections are worth: the packaged network against one that went on from it, on articles neither learned from.

python -m benchmarks.loop --corpora DIR [--only LOOP ...]

DIR (or ANNOTATE_CORPORA) holds house-dev.jsonl and polnear-dev.jsonl; without them nothing is measured. Their
annotations stand for the corrections of a person: `annotate train` learns from two thirds of the articles (and, in
house style, from the five seed articles as verified in exports/sample), and all are measured in the third that was left
out, in turns. 21 of the PolNeAR articles, on which the recipe was chosen, take no part. Beside it, the same corrections
train the plain encoder. Half an hour on two cores, so `python -m benchmarks` leaves it out.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from annotate.corpora import AnnotatedArticle, Annotation, first_annotators
from annotate.dataset.reading import read_annotated
from annotate.derive import sha256_of
from annotate.evaluation import Comparison, compare, compare_pairs, statements_only
from annotate.training.retraining import as_rows
from benchmarks.results import FOLDER, write
from benchmarks.systems import our_pipeline

FOLDS = 3
KEPT_APART = {"polnear-dev": 21}  # articles on which the recipe was chosen
SEEDS = Path(__file__).parents[1] / "exports" / "sample" / "records.jsonl"
Predicted = dict[str, tuple[Annotation, ...]]


@dataclass(frozen=True, slots=True)
class Loop:
    """corpus: whose articles are corrected. style: what they are given as. seeds: whether the seed articles are learned
    from too. statements: whether attitudes are left out. plain: whether the plain encoder is trained as well."""

    corpus: str
    style: str
    seeds: bool = False
    statements: bool = False
    plain: bool = True


LOOPS = {
    "house": Loop("house-dev", "house", seeds=True, statements=True),
    "polnear": Loop("polnear-dev", "polnear"),
    # What the packaged network does not know of its house style: another project's conventions, under its name.
    "other conventions": Loop("polnear-dev", "house", plain=False),
}


def articles_of(folder: Path, corpus: str) -> list[AnnotatedArticle]:
    """Return the articles that take part, in an order that follows from their names alone."""
    articles = first_annotators(read_annotated(folder / f"{corpus}.jsonl"))
    return sorted(articles, key=lambda one: sha256_of(f"fold{one.id}"))[KEPT_APART.get(corpus, 0) :]


def keep(articles: Sequence[AnnotatedArticle], path: Path) -> None:
    """Write articles as the rows that `annotate train` reads."""
    rows = ({"id": one.id, "text": one.text, "attributions": [asdict(item) for item in one.attributions]}
            for one in articles)  # fmt: skip
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def trained(data: Path, folder: Path, *options: str) -> dict[str, Any]:
    """Run `annotate train` and return its metrics."""
    command = [sys.executable, "-m", "annotate", "train", str(data), str(folder), "--held-out", "0", "--json", *options]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    metrics: dict[str, Any] = json.loads(done.stdout)
    return metrics


def predicted(articles: Sequence[AnnotatedArticle], **settings: Any) -> Predicted:
    """Read articles with one of our pipelines."""
    _, predict = our_pipeline(pipeline="model", **settings)
    return {one.id: found for one, found in zip(articles, predict(articles), strict=True)}


def beside(loop: Loop, articles: Sequence[AnnotatedArticle], found: Predicted) -> list[Comparison]:
    rows = [AnnotatedArticle(one.id, one.text, found[one.id]) for one in articles]
    comparisons = compare(articles, rows)
    return statements_only(comparisons) if loop.statements else comparisons


def measure(loop: Loop, articles: Sequence[AnnotatedArticle]) -> dict[str, Any]:
    """Go round the loop once for each fold, and compare over all articles."""
    ways = {"retrained": (), "plain": ("--from-scratch",)} if loop.plain else {"retrained": ()}
    found: dict[str, Predicted] = {"shipped": predicted(articles, style=loop.style), **{name: {} for name in ways}}
    folds: list[dict[str, Any]] = []
    for fold in range(FOLDS):
        left_out = articles[fold::FOLDS]
        names = {one.id for one in left_out}
        taught = [one for one in articles if one.id not in names]
        taught += list(read_annotated(SEEDS)) if loop.seeds else []
        with tempfile.TemporaryDirectory() as place:
            data = Path(place) / "corrected.jsonl"
            keep(taught, data)
            row: dict[str, Any] = {
                "articles": len(taught),
                "attributions": sum(bool(item.quote) for one in taught for item in one.attributions),
            }
            for name, options in ways.items():
                begun = time.monotonic()
                metrics = trained(data, Path(place) / name, "--style", loop.style, *options)
                row[name] = {"seconds": round(time.monotonic() - begun)}
                if "other_style" in metrics:
                    row[name]["other_style"] = metrics["other_style"]
                found[name] |= predicted(left_out, model=Path(place) / name, style=loop.style)
            folds.append(row)
            print(f"loop: fold {fold + 1} of {FOLDS}: {row}", file=sys.stderr)
    sides = {name: beside(loop, articles, each) for name, each in found.items()}
    return {
        "articles": len(articles),
        "attributions": sum(len(one.gold) for one in sides["shipped"]),
        "style": loop.style,
        "folds": folds,
        **{name: as_rows(compare_pairs(sides["shipped"], sides[name])) for name in ways},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, default=os.environ.get("ANNOTATE_CORPORA"))
    parser.add_argument("--only", nargs="+", choices=list(LOOPS), metavar="LOOP")
    given = parser.parse_args()
    if not given.corpora:
        print("loop: not measured: name the folder of the corpora with --corpora", file=sys.stderr)
        return
    path = FOLDER / "loop.json"
    earlier = json.loads(path.read_text(encoding="utf-8"))["loops"] if given.only and path.is_file() else {}
    for name in given.only or LOOPS:
        print(f"loop: {name}", file=sys.stderr)
        loop = LOOPS[name]
        earlier[name] = measure(loop, articles_of(Path(given.corpora), loop.corpus))
        write("loop", {"loops": earlier})


if __name__ == "__main__":
    main()
