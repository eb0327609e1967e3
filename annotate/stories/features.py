"""What each statement and each article is about: features, short forms spelt out, with their weights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from annotate.stories.table import Table

_AGREED = 0.8  # the share of articles that must spell a short form out alike
_TOP = 24  # features that stand for an article


@dataclass(frozen=True, slots=True)
class Features:
    """The features of statements, flat: those of row r are `flat[ends[r]:ends[r + 1]]`, the heaviest first.

    weights: by feature. long_forms: what a short form stands for.
    """

    table: Table
    weights: npt.NDArray[np.float64]
    long_forms: Mapping[int, tuple[int, ...]]
    flat: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int64]

    def of(self, row: int) -> list[int]:
        """Return the features of a statement, the heaviest first."""
        found: list[int] = self.flat[self.ends[row] : self.ends[row + 1]].tolist()
        return found

    def weight(self, features: Iterable[int]) -> float:
        """Return how much features tell together."""
        weights = self.weights
        return float(sum(weights[feature] for feature in features))

    def spelt_out(self, features: Iterable[int]) -> set[int]:
        """Return features with those that their short forms stand for in their place."""
        found: set[int] = set()
        for feature in features:
            found.update(self.long_forms.get(feature, (feature,)))
        return found


def features_of(table: Table) -> Features:
    """Weigh the features of a collection, and collect those of each statement."""
    weights = table.vocabulary.weights(len(table.articles))
    long_forms = dict(_long_forms(table, weights))
    # A weight alone may tie; the feature's own words break the tie, so that the articles' order does not matter.
    names = table.vocabulary.feature_names
    rank = np.empty(len(names), dtype=np.int64)
    rank[sorted(range(len(names)), key=lambda number: (-weights[number], names[number]))] = np.arange(len(names))
    feature_of = table.vocabulary.feature_of
    flat: list[npt.NDArray[np.int32]] = []
    ends = np.zeros(len(table) + 1, dtype=np.int64)
    for row in range(len(table)):
        found = {feature_of[number] for number in table.words_of(row)}
        found.update(table.implied_of(row))
        found.discard(-1)
        if not found.isdisjoint(long_forms):
            found = {out for feature in found for out in long_forms.get(feature, (feature,))}
        flat.append(np.array(sorted(found, key=rank.__getitem__), dtype=np.int32))
        ends[row + 1] = ends[row] + len(found)
    together = np.concatenate(flat) if flat else np.zeros(0, dtype=np.int32)
    return Features(table, weights, long_forms, together, ends)


def _long_forms(table: Table, weights: npt.NDArray[np.float64]) -> Iterable[tuple[int, tuple[int, ...]]]:
    names = table.vocabulary.feature_names
    for short, counts in table.long_forms.items():
        # Longer wordings of the shortest form are the same form: "of Exampleland" is left out as often as not.
        total = sum(counts.values())
        best = min(counts, key=lambda long: (-counts[long], len(long), sorted(names[feature] for feature in long)))
        alike = sum(seen for long, seen in counts.items() if set(best) <= set(long) or set(long) <= set(best))
        if alike >= _AGREED * total and best:
            yield short, best


def article_features(features: Features) -> list[list[tuple[int, float]]]:
    """Return, for each article, the features that tell it from others with their shares of its weight."""
    table, weights = features.table, features.weights
    names = table.vocabulary.feature_names
    articles_with = table.vocabulary.articles_with
    found = []
    for article in range(len(table.articles)):
        scored = [
            (-weights[feature] * (1 + min(count, 8)) ** 0.5 * (1.5 if names[feature][0] == "~" else 1), feature)
            for feature, count in table.content_of(article)
            if names[feature][0] != "#"
        ]
        top = sorted(scored, key=lambda item: (item[0], names[item[1]]))[:_TOP]
        norm = sum(score * score for score, _ in top) ** 0.5 or 1.0
        # What no other article has counts for the norm only: it is what makes the article unlike the others.
        found.append([(feature, -score / norm) for score, feature in top if articles_with[feature] > 1])
    return found
