"""How alike two statements are: the same words, or the same thing in other words.

The same words: the longest common sequence covers nearly all of the shorter one, which a cut, a dropped ellipsis or
changed quotation marks do not touch. Other words: what the two share of their features, weighed by rarity, is much in
itself and much of both. Precision comes first: what is shared must tell something (`_LEAST_TOLD`), must hold more than
names, and must be more when the sources are known to differ.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from rapidfuzz.distance import LCSseq

from annotate.scheme import QuoteType, SourceType
from annotate.stories.features import Features
from annotate.stories.speakers import Speakers
from annotate.stories.table import QUOTE_TYPES

_SAME_WORDS = 0.84  # of the shorter one
_FEWEST = 5  # words in common, for the same words
_SHORT_RUN = 8
_MORE = 1.5  # times as much must be told where less would do elsewhere
_LONG_RUN = 14  # words in common that are no turn of phrase, whatever the articles are about
_QUOTED_TELL = 3.5  # weight of the quoted words in common that are neither names nor numbers
_WORDS_TELL = 9.0  # weight of the words in common
_LEAST_TOLD = 15.0  # weight of the features in common, for other words
_ODD = 4.2  # weight of a number that is no round one
_FIGURES_BOTH = 0.36
_ORDERED = 5  # features in common that stand in one order in both
_ORDER_TELLS = 2.5  # what their order adds to what is told
_ORDER_ADDS = 0.04  # and to how alike the two are
_LEAST_FIGURES = 9.5  # the same, with an odd number of the same things
_LEAST_WHOLE = 11.5  # the same, for all of a short statement
_ALL = 0.95
_ACT = 3.2  # weight of the word that says what happened, there
_PART = 0.45  # of the weight of a word that is only a part of a name of three words and more
_APART = 0.08  # how much more alike statements must be when each names something that the other does not
_CLAUSE = 6  # words that one of two statements must have: less is a name with its titles
_NEARLY = 0.9  # how alike statements must be that have no name in common though both name something
_FEWEST_PREDICATES = 2
_PREDICATES_TELL = 5.5  # weight of the words in common that are neither names nor numbers
_ALMOST_ALL = 0.8
_SUBJECT = 0.1  # likeness of what two articles are about
_DAYS = 21  # between two tellings in other words; a quote may be told years later
_STRANGERS = frozenset({"unknown", "other"})
_BOTH = {"same": 0.40, "body": 0.42, "unknown": 0.50, "other": 0.56}
_ONE = {"same": 0.72, "body": 0.74, "unknown": 0.80, "other": 0.84}
_INSIDE = 0.34  # of the longer one, when the shorter one lies in it


class Likeness(StrEnum):
    """In what two statements agree."""

    WORDS = "words"
    SENSE = "sense"


@dataclass(frozen=True, slots=True)
class Match:
    """Two statements that tell the same; `score` is in 0..1, `run` how many words they have in common, in order."""

    one: int
    other: int
    likeness: Likeness
    score: float
    run: int


class Matcher:
    """Compares statements of one collection."""

    def __init__(
        self,
        features: Features,
        speakers: Speakers,
        near: Mapping[int, Collection[int]],
        subjects: Sequence[Mapping[int, float]],
    ) -> None:
        self.features, self.table, self.speakers, self.near = features, features.table, speakers, near
        self.subjects = subjects
        self.weights: list[float] = features.weights.tolist()
        vocabulary = self.table.vocabulary
        self.feature_of = vocabulary.feature_of
        self.names = vocabulary.feature_names
        self._set = lru_cache(maxsize=16384)(self._set_of)
        self._plain = lru_cache(maxsize=16384)(self._plain_of)
        self._body = lru_cache(maxsize=16384)(self._body_of)

    def match(self, one: int, other: int) -> Match | None:
        """Compare two statements."""
        return self.same_words(one, other) or self.same_sense(one, other)

    # -- the same words ------------------------------------------------------------------------------------------

    def same_words(self, one: int, other: int) -> Match | None:
        """Compare wordings."""
        first, second = self._plain(one), self._plain(other)
        shorter = min(len(first), len(second))
        if shorter < _FEWEST:
            return None
        least = max(_FEWEST, int(_SAME_WORDS * shorter))
        common = LCSseq.similarity(first, second, score_cutoff=least)
        if common < least or common < _SAME_WORDS * shorter:
            return None
        first_set, second_set = self._set(one), self._set(other)
        shared = first_set[0] & second_set[0]
        told = self._told(shared, first_set[1] | second_set[1])
        if told < _WORDS_TELL or not self._worth(one, other, common, shared):
            return None
        # A short quote scattered over a long text is no quote of it.
        if common < _SHORT_RUN and max(len(first), len(second)) > 4 * shorter and not self._contiguous(first, second):
            return None
        return Match(one, other, Likeness.WORDS, min(1.0, common / shorter), common)

    def _worth(self, one: int, other: int, common: int, shared: frozenset[int]) -> bool:
        """Tell whether words in common are a statement: a name with its titles is none, nor is a turn of phrase."""
        predicates = self._predicates(one, other, shared)
        acts = sum(self.weights[feature] for feature in predicates)
        if self.quoted(one) and self.quoted(other):
            # Two sources that say the same of different places use one phrase.
            others = self._others_named(self._set(one)[0], self._set(other)[0])
            return acts >= _QUOTED_TELL and not (others and self.relation(one, other) == "other")
        # Few words are most often a name with its titles.
        least = _PREDICATES_TELL * (_MORE if common < _SHORT_RUN else 1)
        if acts < least or len(predicates) < _FEWEST_PREDICATES or max(map(self._length, (one, other))) < _CLAUSE:
            return False
        if self.relation(one, other) in _STRANGERS and self._others_named(self._set(one)[0], self._set(other)[0]):
            return False
        return common >= _LONG_RUN or self.one_subject(one, other)

    def _contiguous(self, first: tuple[int, ...], second: tuple[int, ...]) -> bool:
        short, long = sorted((first, second), key=len)
        width = len(short) + 3
        return any(
            LCSseq.similarity(short, long[at : at + width]) >= len(short) - 1
            for at in range(len(long) - len(short) + 1)
        )

    def _plain_of(self, row: int) -> tuple[int, ...]:
        hashes = self.table.vocabulary.hashes
        return tuple(hashes[number] for number in self.table.words_of(row))

    # -- the same in other words ---------------------------------------------------------------------------------

    def same_sense(self, one: int, other: int) -> Match | None:
        """Compare what is said."""
        first, parts_of_first, all_first = self._set(one)
        second, parts_of_second, all_second = self._set(other)
        shared = first & second
        told = self._told(shared, parts_of_first | parts_of_second)
        if told < _LEAST_FIGURES or len(shared) < 3 or max(map(self._length, (one, other))) < _CLAUSE:
            return None
        both = 2 * told / (all_first + all_second)
        inside = told / min(all_first, all_second)
        outside = told / max(all_first, all_second)
        predicates = self._predicates(one, other, shared)
        figure = self._same_figure(one, other, both, predicates, shared)
        if told < _LEAST_WHOLE and not figure:
            return None
        if not figure and not self._whole(one, other, inside, predicates):
            relation = self.relation(one, other)
            bare = self.table.is_bare(one) or self.table.is_bare(other)
            in_order = self._run(one, other, shared) >= _ORDERED
            if told < _LEAST_TOLD - (_ORDER_TELLS if in_order else 0) or len(predicates) < _FEWEST_PREDICATES + bare:
                return None
            apart = _APART if relation == "unknown" and self._names_apart(first, second) else 0.0
            apart -= _ORDER_ADDS if in_order else 0.0
            if relation in _STRANGERS and self._others_named(first, second) and both < _NEARLY:
                return None
            if not (both >= _BOTH[relation] + apart or (inside >= _ONE[relation] + apart and outside >= _INSIDE)):
                return None
            if sum(self.weights[feature] for feature in predicates) < _PREDICATES_TELL * (_MORE if bare else 1):
                return None
            # What two articles about different things have in common is a phrase, until it is nearly all they say.
            one_speaker = relation == "same" and self._near_in_time(one, other)
            if both < _ALMOST_ALL and not one_speaker and not self.one_subject(one, other):
                return None
        run = self._run(one, other, shared)
        return Match(one, other, Likeness.SENSE, round(min(0.99, both), 4), run)

    def _same_figure(
        self, one: int, other: int, both: float, predicates: Sequence[int], shared: frozenset[int]
    ) -> bool:
        """Tell whether one speaker counts the same things in the same place to the same odd number."""
        if both < _FIGURES_BOTH or not predicates or self.relation(one, other) != "same":
            return False
        odd = any(self.names[f][0] == "#" and self.weights[f] >= _ODD for f in shared)
        return odd and any(self.names[f][0] == "~" for f in shared) and self._near_in_time(one, other)

    def _length(self, row: int) -> int:
        return self.table.word_ends[row] - (self.table.word_ends[row - 1] if row else 0)

    def _whole(self, one: int, other: int, inside: float, predicates: list[int]) -> bool:
        """Tell whether all of a short statement stands in an article of the same story."""
        first, second = self.table.article[one], self.table.article[other]
        if inside < _ALL or second not in self.near.get(first, ()):
            return False
        return any(self.weights[feature] >= _ACT for feature in predicates)

    def _predicates(self, one: int, other: int, shared: frozenset[int]) -> list[int]:
        """Return the shared features that are neither names nor numbers and stand in the words of both."""
        feature_of = self.feature_of
        first = {feature_of[number] for number in self.table.words_of(one)} - self._set(one)[1]
        second = {feature_of[number] for number in self.table.words_of(other)} - self._set(other)[1]
        return [f for f in shared if self.names[f][0] not in "~#" and f in first and f in second]

    def _others_named(self, first: frozenset[int], second: frozenset[int]) -> bool:
        """Tell whether both statements name somebody or a place, and no name is in both."""
        one, other = ({f for f in some if self.names[f][0] == "~"} for some in (first, second))
        return bool(one) and bool(other) and one.isdisjoint(other)

    def _names_apart(self, first: frozenset[int], second: frozenset[int]) -> bool:
        """Tell whether each statement names something that the other does not."""
        return all(any(self.names[f][0] == "~" for f in rest) for rest in (first - second, second - first))

    def _near_in_time(self, one: int, other: int) -> bool:
        first, second = (self.table.articles[self.table.article[row]].day for row in (one, other))
        return first is None or second is None or abs(first - second) <= _DAYS

    def one_subject(self, one: int, other: int) -> bool:
        """Tell whether two statements stand in articles that are about one thing, and not long after each other."""
        first, second = self.table.article[one], self.table.article[other]
        if not self._near_in_time(one, other):
            return False
        if first == second or second in self.near.get(first, ()):
            return True
        vector = self.subjects[second]
        return sum(share * vector.get(f, 0.0) for f, share in self.subjects[first].items()) >= _SUBJECT

    def _run(self, one: int, other: int, shared: frozenset[int]) -> int:
        """Return how many of the shared features stand in one order in both."""
        first = [f for number in self.table.words_of(one) if (f := self.feature_of[number]) in shared]
        second = [f for number in self.table.words_of(other) if (f := self.feature_of[number]) in shared]
        return LCSseq.similarity(first, second)

    def _set_of(self, row: int) -> tuple[frozenset[int], frozenset[int], float]:
        """Return a statement's features, those that are only a part of a long name, and what all of them tell."""
        found = frozenset(self.features.of(row))
        parts = frozenset(self.feature_of[number] for number in self.table.in_long_names(row)) & found
        return found, parts, self._told(found, parts) or 1.0

    def _told(self, features: frozenset[int], parts: frozenset[int]) -> float:
        """Return what features tell together; the parts of a long name tell one thing between them."""
        weights = self.weights
        return sum(weights[feature] * (_PART if feature in parts else 1.0) for feature in features)

    # -- who -----------------------------------------------------------------------------------------------------

    def relation(self, one: int, other: int) -> str:
        """Tell how the sources of two statements stand to each other: same, body (one organisation), other, unknown."""
        first, second = self.table.said_by[one], self.table.said_by[other]
        if first < 0 or second < 0:
            return "unknown"
        who, whom = self.speakers.of[first], self.speakers.of[second]
        if who >= 0 and who == whom:
            return "same"
        if self.one_body(first, second):
            return "body"
        if self.speakers.namesakes(self.table.who[first], self.table.who[second]):
            return "same"
        if self.speakers.names_fit(self.table.who[first], self.table.who[second]):
            return "unknown"
        if who >= 0 and whom >= 0 and not self._carries(first) and not self._carries(second):
            return "other"
        return "unknown"

    def _carries(self, who: int) -> bool:
        """Tell whether a source is an outlet, which may only carry what somebody else says."""
        return self.table.who[who].source_type == SourceType.OUTLET

    def one_body(self, first: int, second: int) -> bool:
        """Tell whether two sources speak for one organisation."""
        if self._carries(first) or self._carries(second):
            return False
        one, other = self._body(first), self._body(second)
        shared = one & other
        if not shared:
            return False
        told = sum(self.weights[feature] for feature in shared)
        least = min(sum(self.weights[feature] for feature in body) for body in (one, other))
        return bool(told >= 4.0 and told >= 0.5 * least)

    def _body_of(self, who: int) -> frozenset[int]:
        return frozenset(self.features.spelt_out(self.table.who[who].body))

    def quoted(self, row: int) -> bool:
        """Tell whether a statement is quoted, in part at least."""
        return QUOTE_TYPES[self.table.quote_type[row]] in {QuoteType.DIRECT, QuoteType.MIXED}

    def direct(self, row: int) -> bool:
        """Tell whether a statement is quoted."""
        return QUOTE_TYPES[self.table.quote_type[row]] is QuoteType.DIRECT
