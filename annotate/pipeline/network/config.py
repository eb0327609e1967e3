"""The model's config: which conventions it knows, its windows, and how its probabilities become scores."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotate.errors import PipelineError
from annotate.pipeline.network.sums import check_sums
from annotate.pipeline.network.terms import CLASSES, ROLES, STYLES, TAGS

FORMAT = 1
FILES = ("config.json", "encoder.onnx", "scorer.onnx", "tokenizer.json")

Floats = NDArray[np.float32]

# What a score is a logistic function of, in the order of its weights: 1, the logit of the probability that the anchor
# is one, and the logit of the (geometric) mean probability of the tags chosen.
FEATURES = ("bias", "anchor", "certainty")
_LEAST = 1e-4  # probabilities are taken to lie this far from 0 and 1


@dataclass(frozen=True, slots=True)
class Scores:
    """How one style's probabilities become scores: weights in the order of FEATURES, fitted on articles set apart.

    anchor: pieces less likely than this are no candidates for an anchor. threshold: the least score of what is
    reported, unless a user says otherwise. spans: weights for the score of one span, by role.
    """

    weights: tuple[float, ...]
    threshold: float
    anchor: float
    spans: Mapping[str, tuple[float, ...]]

    def of(self, anchor: float, certainty: float) -> float:
        """Return the score of an attribution: the calibrated probability that it is right."""
        return _logistic(self.weights, anchor, certainty)

    def of_span(self, role: str, anchor: float, certainty: float) -> float:
        """Return the score of one span of an attribution: the calibrated probability that it is right."""
        return _logistic(self.spans[role], anchor, certainty)


@dataclass(frozen=True, slots=True)
class Config:
    """What config.json says. window: pieces in a window, its two ends included; margin: pieces of it that only help."""

    name: str
    version: str
    window: int
    margin: int
    scores: Mapping[str, Scores]


def features(anchor: Floats, certainty: Floats) -> Floats:
    """Return the features of n candidates as (n, len(FEATURES)), from two arrays of probabilities."""
    logits = [np.log(p / (1 - p)) for p in (np.clip(x, _LEAST, 1 - _LEAST) for x in (anchor, certainty))]
    return np.stack([np.ones_like(logits[0]), *logits], axis=-1)


def load_config(folder: Path) -> Config:
    """Read a model folder's config.json.

    Raises: PipelineError when a file of the model is missing, or its config is damaged or of another format.
    """
    check_sums(folder, FILES)
    path = folder / "config.json"
    try:
        given: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if given["format"] != FORMAT:
            raise _damaged(f"the model has format {given['format']}, this version reads {FORMAT}", path)
        for name, terms in (("styles", STYLES), ("classes", CLASSES), ("tags", TAGS)):
            if tuple(given[name]) != terms:
                raise ValueError(f"its {name} are not those of this version")
        config = Config(
            name=str(given["name"]),
            version=str(given["version"]),
            window=int(given["window"]),
            margin=int(given["margin"]),
            scores={style: _scores(given["scores"][style]) for style in STYLES},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(f"the model's config cannot be read: {error!r}", path) from None
    if not 0 < 2 * config.margin < config.window - 2 <= 510:
        raise _damaged(f"windows of {config.window} with margins of {config.margin} cannot be", path)
    return config


def _scores(given: Mapping[str, Any]) -> Scores:
    weights = _weights(given["weights"])
    spans = given.get("spans", {})
    threshold, anchor = float(given["threshold"]), float(given["anchor"])
    if not (0 <= threshold <= 1 and 0 < anchor <= 1):
        raise ValueError("a threshold or a least anchor probability is not in 0..1")
    return Scores(
        weights=weights,
        threshold=threshold,
        anchor=anchor,
        spans={role: _weights(spans[role]) if role in spans else weights for role in ROLES},
    )


def _weights(given: Any) -> tuple[float, ...]:
    weights = tuple(map(float, given))
    if len(weights) != len(FEATURES) or not all(map(math.isfinite, weights)):
        raise ValueError(f"weights should be {len(FEATURES)} numbers, for {', '.join(FEATURES)}")
    return weights


def _damaged(what: str, path: Path) -> PipelineError:
    return PipelineError(what, where=str(path), mend="reinstall source-annotator")


def _logistic(weights: tuple[float, ...], anchor: float, certainty: float) -> float:
    total = weights[0]
    for weight, chance in zip(weights[1:], (anchor, certainty), strict=True):
        inner = min(max(chance, _LEAST), 1 - _LEAST)
        total += weight * math.log(inner / (1 - inner))
    return 1 / (1 + math.exp(-total))
