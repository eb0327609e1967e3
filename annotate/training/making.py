"""One command from corpora to a model folder: train, export, calibrate, measure, describe."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotate import __version__
from annotate.corpora import AnnotatedArticle, first_annotators, read_corpus
from annotate.dataset.index import MANIFEST
from annotate.derive import sha256_of
from annotate.errors import TrainingError
from annotate.pipeline.network.config import FILES, FORMAT
from annotate.pipeline.network.sums import write_sums
from annotate.pipeline.network.terms import CLASSES, STYLES, TAGS
from annotate.training.course import check_extra, course_of, encoder_folder

if TYPE_CHECKING:
    from annotate.training.fitting import Recipe

Say = Callable[[str], None]

PARTS = ("train", "dev")
# Pieces of a window when articles are read, and of its edges that only help: wider margins cost a tenth of the speed,
# and gained nothing on the larger of the dev corpora.
WINDOW, MARGIN = 288, 40
STATE = "state"  # what an interrupted run needs to go on
CARD, METRICS, WEIGHTS = "MODEL_CARD.md", "metrics.json", "weights.safetensors"


def holds_corpora(folder: Path) -> bool:
    """Tell whether a folder is meant as one of corpora: it holds a file of theirs, and no dataset."""
    names = (f"{style}-{part}.jsonl" for style in STYLES for part in PARTS)
    return any((folder / name).is_file() for name in names) and not (folder / MANIFEST).is_file()


def find_corpora(folder: Path) -> dict[str, dict[str, Path]]:
    """Return the files `<style>-train.jsonl` and `<style>-dev.jsonl` of every style.

    Raises: TrainingError naming what is missing: the network learns both conventions, and scores need articles that
    it did not train on.
    """
    found = {style: {part: folder / f"{style}-{part}.jsonl" for part in PARTS} for style in STYLES}
    missing = [path.name for parts in found.values() for path in parts.values() if not path.is_file()]
    if missing:
        raise TrainingError(f"the corpora lack {', '.join(missing)}", where=str(folder), mend="put the files there")
    return found


def make_model(corpora: Path, folder: Path, *, name: str, recipe: Recipe, say: Say) -> dict[str, Any]:
    """Make a model folder that the pipeline loads, and return its metrics.

    Everything is kept in `folder/state` until it is whole, so that an interrupted run is taken up by the same call;
    the weights that further training needs stay in `folder/weights.safetensors`.
    Raises: TrainingError when data, the extra or room is missing.
    """
    check_extra()
    files = find_corpora(corpora)
    dev = {style: first_annotators(read_corpus(parts["dev"])) for style, parts in files.items()}
    from annotate.training.calibration import choose_threshold, first_scores, fit_scores
    from annotate.training.card import card
    from annotate.training.export import export
    from annotate.training.fitting import fit
    from annotate.training.keeping import keep
    from annotate.training.measuring import measure

    state = folder / STATE
    state.mkdir(parents=True, exist_ok=True)
    course = course_of({style: parts["train"] for style, parts in files.items()}, recipe)
    say(f"{len(course.lessons)} articles, {recipe.steps} steps")
    weights, spent = fit(course, state, say)
    trained = time.monotonic()
    say("writing the graphs")
    made = state / "model"
    made.mkdir(exist_ok=True)
    export(weights, made)
    shutil.copyfile(encoder_folder() / "tokenizer.json", made / "tokenizer.json")

    config = write_config(made, name, first_scores())
    for style, articles in dev.items():
        say(f"fitting scores: {style}")
        config["scores"][style] = fit_scores(made, style, articles, say)
    config = write_config(made, name, config["scores"])
    for style, articles in dev.items():
        say(f"choosing a threshold: {style}")
        config["scores"][style]["threshold"] = choose_threshold(made, style, articles)
    errors = {style: scores.pop("held_out_errors") for style, scores in config["scores"].items()}
    config = write_config(made, name, config["scores"])
    metrics = {
        "name": name,
        "version": config["version"],
        "recipe": asdict(recipe),
        "window": WINDOW,
        "data": {path.name: _facts(path) for parts in files.values() for path in parts.values()},
        "made_with": {"source-annotator": __version__, **versions()},
        "figures": {
            style: measure(made, style, articles) | {"held_out_calibration_errors": errors[style]}
            for style, articles in dev.items()
        },
        "minutes": round((spent + time.monotonic() - trained) / 60),
        "machine": machine(),
    }
    (made / METRICS).write_text(json.dumps(metrics, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (made / CARD).write_text(card(metrics), encoding="utf-8")
    keep(made / WEIGHTS, weights)
    write_sums(made, (*FILES, WEIGHTS))
    put_in_place(made, folder)
    shutil.rmtree(state)
    return metrics


def put_in_place(made: Path, folder: Path) -> None:
    """Move a model's files into its folder, the config last: it makes a model of them."""
    for path in sorted(made.iterdir(), key=lambda path: path.name == "config.json"):
        path.replace(folder / path.name)


def short(recipe: Recipe, share: float) -> Recipe:
    """Return the recipe with a share of its pieces, to try data and machine."""
    return replace(recipe, pieces=int(recipe.pieces * share))


def write_config(
    folder: Path, name: str, scores: Mapping[str, Any], *, window: int = WINDOW, margin: int = MARGIN
) -> dict[str, Any]:
    """Write config.json and return it; its version is a hash over all files of the model and the scores."""
    digest = hashlib.sha256(json.dumps(scores, sort_keys=True).encode())
    for file in FILES:
        if file != "config.json":
            digest.update((folder / file).read_bytes())
    config = {
        "format": FORMAT, "name": name, "version": digest.hexdigest()[:12], "styles": STYLES, "classes": CLASSES,
        "tags": TAGS, "window": window, "margin": margin, "scores": dict(scores),
    }  # fmt: skip
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    write_sums(folder, FILES)
    return config


def machine() -> str:
    """Name the machine that trains."""
    return f"{os.cpu_count()} cores, {platform.machine()}"


def _facts(path: Path) -> dict[str, Any]:
    rows: list[AnnotatedArticle] = list(read_corpus(path))
    return {
        "sha256": sha256_of(path.read_text(encoding="utf-8")),
        "articles": len({row.id for row in rows}),
        "annotations": len(rows),
        "words": sum(len(row.text.split()) for row in rows),
        "attributions": sum(len(row.attributions) for row in rows),
    }


def versions() -> dict[str, str]:
    """Return the versions of the libraries that a model depends on."""
    import numpy
    import onnxruntime
    import tokenizers
    import torch

    return {module.__name__: module.__version__ for module in (numpy, onnxruntime, tokenizers, torch)}
