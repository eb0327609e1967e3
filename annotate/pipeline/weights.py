"""Learned weights of linear models: small JSON files in data/, summed over the features of a case in plain Python."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from annotate.errors import PipelineError
from annotate.pipeline.resources import DATA


@dataclass(frozen=True, slots=True)
class Classifier:
    """A multinomial logistic regression on binary features: for each feature its weight for every class."""

    classes: tuple[str, ...]
    bias: tuple[float, ...]
    weights: Mapping[str, Sequence[float]]

    def best(self, features: Iterable[str]) -> str:
        """Return the class with the highest score; of equals, the first."""
        scores = list(self.bias)
        for feature in features:
            row = self.weights.get(feature)
            if row is not None:
                for index, weight in enumerate(row):
                    scores[index] += weight
        return self.classes[max(range(len(scores)), key=scores.__getitem__)]


@dataclass(frozen=True, slots=True)
class SpeakerWeights:
    """What data/speakers.json holds: weights for what a name is short for, whom a source means, and what it is."""

    forms: Mapping[str, float]
    reference: Mapping[str, float]
    source_type: Classifier
    anonymity: Classifier


@cache
def speaker_weights() -> SpeakerWeights:
    """Read data/speakers.json.

    Raises: PipelineError when it is missing or no such file.
    """
    path = DATA / "speakers.json"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return SpeakerWeights(
            forms=data["forms"],
            reference=data["reference"],
            source_type=_classifier(data["source_type"]),
            anonymity=_classifier(data["anonymity"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PipelineError(
            f"the weights cannot be read: {error}", where=path.name, mend="reinstall source-annotator"
        ) from None


def _classifier(data: Mapping[str, Sequence[object]]) -> Classifier:
    return Classifier(tuple(data["classes"]), tuple(data["bias"]), data["weights"])  # type: ignore[arg-type]
