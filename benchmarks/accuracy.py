"""How well the rules find attributions, beside a quotation-mark baseline, in one run.

python -m benchmarks.accuracy --corpora DIR --scorer FILE [--part house-dev]

DIR (or ANNOTATE_CORPORA) holds annotated articles as JSON Lines, FILE (or ANNOTATE_SCORER) is a script that scores
`GOLD PRED --json`. Both stand outside the project, since the texts belong to their publishers; without them nothing is
measured, and the benchmark says so. `statements` leaves attitudes out on both sides.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from annotate.pipeline import load_pipeline
from annotate.record import Article
from benchmarks.results import write

_QUOTED = re.compile(r'"[^"\n]{8,}"|“[^”\n]{8,}”|«[^»\n]{8,}»')
_NAME = re.compile(r"[A-Z]\w+(?: [A-Z]\w+)*")
_WINDOW = 80  # characters after and before a quotation in which the baseline looks for a name


def baseline(text: str) -> list[dict[str, Any]]:
    """Take every stretch between quotation marks, with the nearest capitalised words as its source."""
    found = []
    for match in _QUOTED.finditer(text):
        after = _NAME.search(text, match.end(), match.end() + _WINDOW)
        before = list(_NAME.finditer(text, max(0, match.start() - _WINDOW), match.start()))
        name = after or (before[-1] if before else None)
        found.append({"quote": [match.span()], "cue": [], "source": [name.span()] if name else []})
    return found


def statements(attributions: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [item for item in attributions if item.get("cue_class") != "attitude"]


def keep(path: Path, articles: Iterable[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(article) + "\n" for article in articles), encoding="utf-8")
    return path


def score(scorer: Path, gold: Path, predicted: Path) -> dict[str, Any]:
    command = [sys.executable, str(scorer), str(gold), str(predicted), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    figures = json.loads(done.stdout)
    return {
        part: {name: figures[part][name]["f1"] for name in ("content", "content_exact", "attributed")}
        for part in ("all", "direct")
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, default=os.environ.get("ANNOTATE_CORPORA"))
    parser.add_argument("--scorer", type=Path, default=os.environ.get("ANNOTATE_SCORER"))
    parser.add_argument("--part", default="house-dev")
    given = parser.parse_args()
    if not given.corpora or not given.scorer:
        print("accuracy: not measured: name a corpus and a scorer with --corpora and --scorer", file=sys.stderr)
        return
    scorer, source = Path(given.scorer), Path(given.corpora) / f"{given.part}.jsonl"
    for needed in (scorer, source):
        if not needed.is_file():
            sys.exit(f"accuracy: {needed} is not there")

    gold = {}
    for line in source.read_text("utf-8").split("\n"):
        if line.strip():
            article = json.loads(line)
            gold.setdefault(article["id"], article)
    pipeline = load_pipeline()
    records = list(pipeline.records(Article.of(article["text"], id=key) for key, article in gold.items()))
    predictions = {
        "ours": [{**article, "attributions": json.loads(r.to_json())["attributions"]} for article, r in
                 zip(gold.values(), records, strict=True)],
        "quotation marks": [{**article, "attributions": baseline(article["text"])} for article in gold.values()],
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        kept = [{**a, "attributions": statements(a["attributions"])} for a in gold.values()]
        gold_file = keep(Path(folder) / "gold.jsonl", kept)
        results: dict[str, Any] = {
            name: score(
                scorer,
                gold_file,
                keep(Path(folder) / "pred.jsonl", [{**a, "attributions": statements(a["attributions"])} for a in rows]),
            )
            for name, rows in predictions.items()
        }
    results |= {"part": given.part, "articles": len(gold), "figures": "F1, statements", "pipeline": pipeline.version}
    write("accuracy", results)


if __name__ == "__main__":
    main()
