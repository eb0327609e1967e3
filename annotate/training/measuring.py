"""A model's figures on articles that it did not train on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from annotate.corpora import AnnotatedArticle
from annotate.evaluation import Figure, calibration_of, evaluate, statements_only
from annotate.pipeline.network.reading import AttributionNetwork
from annotate.training.calibration import TELLS_ATTITUDES, compared

_MEASURES = ("content", "content_exact", "attributed", "cue")
_GROUPS = ("kind", "cue_class", "outlet")


def measure(folder: Path, style: str, articles: Sequence[AnnotatedArticle]) -> dict[str, Any]:
    """Measure a model folder on a style's articles: figures with intervals, by kind, class and outlet, and calibration.

    House style is measured on statements: attitudes are left out on both sides.
    """
    network = AttributionNetwork(folder, style=style)
    found = network.read([(article.text, network.pieces(article.text)) for article in articles])
    comparisons = [compared(article, items) for article, items in zip(articles, found, strict=True)]
    calibration = calibration_of(comparisons)
    if style in TELLS_ATTITUDES:
        comparisons = statements_only(comparisons)
    whole = evaluate(comparisons)
    groups = {by: evaluate(comparisons, by=by).groups for by in _GROUPS}
    return {
        "articles": whole.articles,
        "figures": {part: _figures(figures) for part, figures in whole.figures.items()},
        "work_left": {"value": whole.work.left, "interval": whole.work.interval},
        "groups": {by: {name: _figures(each) for name, each in named.items()} for by, named in groups.items()},
        "calibration_error": calibration.error if calibration else None,
        "threshold": network.min_score,
    }


def _figures(figures: Mapping[str, Figure]) -> dict[str, Any]:
    return {
        name: {
            "precision": figure.precision,
            "recall": figure.recall,
            "f1": figure.f1,
            "interval": figure.interval,
            "annotated": figure.annotated,
        }
        for name in _MEASURES
        for figure in (figures[name],)
    }
