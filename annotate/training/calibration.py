"""Scores that can be taken at their word, fitted on articles that the network did not train on.

A score is a logistic function of what the network says of an attribution (Platt 1999, on two of its probabilities),
fitted to whether people marked the same. For a style's threshold, the one is taken that gives the best figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict

from annotate.corpora import AnnotatedArticle, Annotation
from annotate.derive import Span
from annotate.evaluation import Comparison, evaluate, statements_only
from annotate.evaluation.calibration import expected_error
from annotate.evaluation.figures import matches_of
from annotate.pipeline.network.config import features
from annotate.pipeline.network.pieces import Pieces
from annotate.pipeline.network.proposals import Proposal
from annotate.pipeline.network.reading import AttributionNetwork, Found
from annotate.pipeline.network.terms import ROLES, STYLES

# Where a style's conventions tell attitudes from statements, statements are what the threshold is chosen for.
TELLS_ATTITUDES = frozenset({"house"})
_LOWEST = {"house": 0.3, "polnear": 0.2}  # anchor probability of a candidate; less likely ones are hardly ever right
_FIRST = {"weights": [0.0, 0.3, 0.7], "threshold": 0.0}  # scores to begin with, which only order candidates
_THRESHOLDS = tuple(percent / 100 for percent in range(20, 75, 5))
_LEAST = 200  # candidates below which weights would say more of the articles than of the network
_FOLDS = 5

Numbers = NDArray[np.float32]
Row = tuple[tuple[float, float], bool, int]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Sample:
    """n candidates of one kind: the network's two probabilities of each, (n, 2), whether it is right, and the number
    of its article, (n,)."""

    chances: Numbers
    right: NDArray[np.bool_]
    article: NDArray[np.int64]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Sample:
        chances, right, article = zip(*rows, strict=True) if rows else ((), (), ())
        return cls(
            np.array(chances, dtype=np.float32).reshape(-1, 2),
            np.array(right, dtype=bool),
            np.array(article, dtype=np.int64),
        )

    def weights(self) -> list[float] | None:
        """Fit the weights of `annotate.pipeline.network.config.FEATURES`; None where there is too little to fit."""
        if not self._enough():
            return None
        fitted = self._model().fit(self._logits(), self.right)
        return [round(float(weight), 4) for weight in (*fitted.intercept_, *fitted.coef_[0])]

    def held_out_error(self) -> float | None:
        """Return the expected calibration error, in points, of scores fitted on other articles than they are for."""
        if not self._enough() or len(np.unique(self.article)) < _FOLDS:
            return None
        scores = cross_val_predict(
            self._model(),
            self._logits(),
            self.right,
            groups=self.article,
            cv=GroupKFold(_FOLDS),
            method="predict_proba",
        )[:, 1]
        return expected_error(zip(scores.tolist(), self.right.tolist(), strict=True))

    def _enough(self) -> bool:
        return len(self.right) >= _LEAST and 0 < self.right.mean() < 1

    def _logits(self) -> Numbers:
        return features(self.chances[:, 0], self.chances[:, 1])[:, 1:]

    @staticmethod
    def _model() -> LogisticRegression:
        return LogisticRegression(C=10.0)


def first_scores() -> dict[str, Any]:
    """Return the scores with which candidates are read before any are fitted."""
    return {style: {**_FIRST, "anchor": _LOWEST[style]} for style in STYLES}


def fit_scores(
    folder: Path,
    style: str,
    articles: Sequence[AnnotatedArticle],
    say: Say,
    kept: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Fit the weights of attributions and of each role's spans to a style's dev articles.

    folder: a model with scores in its config to begin with. kept: the style's scores that stay where there are too few
    candidates to fit others; without it, `first_scores`.
    """
    otherwise = _FIRST["weights"] if kept is None else kept["weights"]
    spans = {role: otherwise if kept is None else kept["spans"][role] for role in ROLES}
    network = AttributionNetwork(folder, style=style, min_score=0.0)
    rows: dict[str, list[Row]] = {kind: [] for kind in ("whole", *ROLES)}
    for number, (article, found) in enumerate(zip(articles, _read(network, articles), strict=True)):
        comparison = compared(article, found)
        right = {match.predicted for match in matches_of(comparison) if match.source}
        marked = {role: _trimmed(comparison, comparison.gold, role) for role in ROLES}
        for index, item in enumerate(found):
            rows["whole"].append(((item.chance, item.certainty), index in right, number))
            for role in ROLES:
                for span, certainty in zip(getattr(item, role), item.certainties[role], strict=True):
                    is_marked = comparison.characters.trimmed(span) in marked[role]
                    rows[role].append(((item.chance, certainty), is_marked, number))
    samples = {kind: Sample.of(each) for kind, each in rows.items()}
    weights = {kind: sample.weights() for kind, sample in samples.items()}
    for kind in (kind for kind, fitted in weights.items() if fitted is None):
        say(f"{style}, {kind}: {len(rows[kind])} candidates are too few to fit scores on; they are not calibrated")
    return {
        "weights": weights.pop("whole") or otherwise,
        "threshold": 0.5,
        "anchor": _LOWEST[style],
        "spans": {role: fitted or spans[role] for role, fitted in weights.items()},
        "held_out_errors": {kind: sample.held_out_error() for kind, sample in samples.items()},
    }


def choose_threshold(folder: Path, style: str, articles: Sequence[AnnotatedArticle]) -> float:
    """Return the least score with the best figures: the sum of `content` and `attributed` F1 over dev articles."""
    network = _Remembering(folder, style=style)

    def worth(threshold: float) -> float:
        network.min_score = threshold
        found = _read(network, articles)
        comparisons = [compared(article, items) for article, items in zip(articles, found, strict=True)]
        if style in TELLS_ATTITUDES:
            comparisons = statements_only(comparisons)
        figures = evaluate(comparisons).figures["all"]
        return figures["content"].f1 + figures["attributed"].f1

    return max(_THRESHOLDS, key=worth)


class _Remembering(AttributionNetwork):
    """Runs the graphs once for the same documents, whatever the threshold."""

    def __init__(self, folder: Path, *, style: str) -> None:
        super().__init__(folder, style=style)
        self._kept: dict[tuple[bytes, ...], list[tuple[int, Proposal]]] = {}

    def proposals(self, documents: Sequence[Pieces]) -> Iterable[tuple[int, Proposal]]:
        key = tuple(pieces.ids.tobytes() for pieces in documents)
        if key not in self._kept:
            self._kept[key] = list(super().proposals(documents))
        return deepcopy(self._kept[key])  # deciding changes them


def compared(article: AnnotatedArticle, found: Sequence[Found]) -> Comparison:
    """Put an article's annotations beside what the network found."""
    predicted = tuple(Annotation(item.quote, item.cue, item.source, item.cue_class, score=item.score) for item in found)
    return Comparison(article.id, article.text, article.attributions, predicted, article.outlet)


def _read(network: AttributionNetwork, articles: Sequence[AnnotatedArticle]) -> list[list[Found]]:
    return network.read([(article.text, network.pieces(article.text)) for article in articles])


def _trimmed(comparison: Comparison, annotations: Sequence[Annotation], role: str) -> set[Span]:
    return {comparison.characters.trimmed(span) for item in annotations for span in getattr(item, role)}
