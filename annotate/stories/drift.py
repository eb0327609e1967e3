"""What changed between two tellings of one claim, and which tellings contradict each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz

from annotate.scheme import CueClass
from annotate.stories.knowledge import words
from annotate.stories.matching import Likeness, Match, Matcher
from annotate.stories.model import Contradiction, Drift, DriftKind, Proof
from annotate.stories.sentences import sentences
from annotate.stories.table import CUE_CLASSES
from annotate.stories.tellings import Tellings
from annotate.stories.words import value_of

_DISTANT = frozenset({CueClass.HEDGE, CueClass.CLAIM, CueClass.ALLEGE})
_PLAIN = frozenset({CueClass.NEUTRAL, CueClass.CONFIRM})
_WINDOW = 4  # words after a number in which what it counts stands
_REACH = 6  # words before or after a verb of harm in which the harmed stand
_COMPARED = 24  # tellings of a claim whose changes are told, beside those they match
_SAME_SENTENCE = 75  # per cent of two sentences that agree
_AS_LONG = 0.7  # of the longer one: what is cut away may hold the negation
_SHORT = 24  # words of statements of which one may be the denial of the other
_SAME_BUT = 0.66  # how alike statements must be for a negation to reverse one

Found = tuple[DriftKind, int, int, str]


class Changes:
    """Finds the changes between the tellings of the claims of one collection."""

    def __init__(self, tellings: Tellings, matcher: Matcher) -> None:
        self.tellings, self.matcher, self.table = tellings, matcher, tellings.table
        self.surfaces = self.table.vocabulary.surfaces

    def opposed(self, match: Match) -> tuple[DriftKind, str] | None:
        """Tell how two statements that speak of one thing contradict each other, when their sources differ."""
        one, other = match.one, match.other
        relation = self.matcher.relation(one, other)
        denial = CueClass.DENY in (CUE_CLASSES[self.table.cue_class[one]], CUE_CLASSES[self.table.cue_class[other]])
        bare = self.table.is_bare(one) or self.table.is_bare(other)
        if relation != "other" and not (relation == "unknown" and denial and not bare):
            return None
        if text := self._reversed(match):
            return DriftKind.REVERSED_CLAIM, text
        numbers = self._changed_number(one, other)
        return (DriftKind.CHANGED_NUMBER, _numbers(*numbers)) if numbers else None

    def of_claim(self, rows: Sequence[int], matches: Sequence[Match]) -> list[Drift]:
        """Return the drifts among the rows of a claim; each telling drifts in one way once."""
        drifts: dict[tuple[DriftKind, int], Drift] = {}
        for match in self._pairs(rows, matches):
            for kind, before, after, text in self._compare(match):
                key = (kind, after)
                if key not in drifts:
                    drifts[key] = Drift(
                        kind=kind,
                        before=self.tellings.statement(before),
                        after=self.tellings.statement(after),
                        text=text,
                    )
        return list(drifts.values())

    def _pairs(self, rows: Sequence[int], matches: Sequence[Match]) -> Iterator[Match]:
        """Yield the pairs to compare: those that match, and in small claims all others."""
        known = {(match.one, match.other) for match in matches}
        yield from matches
        few = rows[:_COMPARED]
        for index, one in enumerate(few):
            for other in few[index + 1 :]:
                if (one, other) not in known and (other, one) not in known:
                    yield Match(one, other, Likeness.SENSE, 0.0, 0)

    def _compare(self, match: Match) -> Iterator[Found]:
        one, other = match.one, match.other
        if self.table.article[one] == self.table.article[other]:
            return
        for before, after in ((one, other), (other, one)):
            said = not self.table.is_bare(before) and self.table.said_by[before] >= 0
            if match.score and said and self.table.is_bare(after) and not self._same_sentence(before, after):
                yield self._lost_attribution(before, after)
            if self._distant(before) and self._plain(after) and self.matcher.relation(one, other) != "other":
                yield self._lost_hedge(before, after)
        if match.likeness is Likeness.WORDS and self._changed_speaker(one, other):
            first, second = self._fuller(one, other)
            says = (
                f"“{self.tellings.called(first)}” says it in one article, “{self.tellings.called(second)}” in another"
            )
            yield DriftKind.CHANGED_SPEAKER, first, second, says.replace("““", "“").replace("””", "”") + "."
        changed = self._changed_number(one, other)
        if changed:
            before, after = self._fuller(one, other)
            if before != one:
                changed = changed[::-1]
            yield DriftKind.CHANGED_NUMBER, before, after, _numbers(*changed)
        reversed_ = self._reversed(match)
        if reversed_:
            before, after = self._fuller(one, other)
            yield DriftKind.REVERSED_CLAIM, before, after, reversed_

    def _fuller(self, one: int, other: int) -> tuple[int, int]:
        """Put the telling first that says more of its source: who it is, and through whom it came."""

        def told(row: int) -> tuple[bool, bool, int]:
            statement = self.tellings.statement(row)
            return statement.attribution is not None, statement.speaker is not None, len(statement.via)

        return (other, one) if told(other) > told(one) else (one, other)

    # -- kinds ---------------------------------------------------------------------------------------------------

    def _lost_attribution(self, before: int, after: int) -> Found:
        statement = self.tellings.statement(before)
        way = f", through {' and '.join(statement.via)}" if statement.via else ""
        text = f"What {self.tellings.called(before)} says{way} in one article, another states as fact."
        return DriftKind.LOST_ATTRIBUTION, before, after, text

    def _same_sentence(self, before: int, after: int) -> bool:
        """Tell whether the source stands in both sentences, and only one of them was marked as saying who says it."""
        span = (self.table.start[before], self.table.end[before])
        text = self.tellings.reader.article(self.table.article[before]).text
        around = [text[start:end] for start, end in sentences(text) if start < span[1] and span[0] < end]
        return fuzz.ratio(" ".join(around), self.tellings.statement(after).text) >= _SAME_SENTENCE

    def _distant(self, row: int) -> bool:
        return not self.table.is_bare(row) and CUE_CLASSES[self.table.cue_class[row]] in _DISTANT

    def _plain(self, row: int) -> bool:
        return not self.table.is_bare(row) and CUE_CLASSES[self.table.cue_class[row]] in _PLAIN

    def _lost_hedge(self, before: int, after: int) -> Found:
        kinds = {"hedge": "with a hedge", "claim": "as a claim", "allege": "as an allegation"}
        told = kinds[str(CUE_CLASSES[self.table.cue_class[before]])]
        return DriftKind.LOST_HEDGE, before, after, f"One article tells it {told}, another without."

    def _changed_speaker(self, one: int, other: int) -> bool:
        if self.matcher.relation(one, other) != "other":
            return False
        return self.matcher.direct(one) and self.matcher.direct(other)

    def _changed_number(self, one: int, other: int) -> tuple[str, str] | None:
        first, second = self._numbers(one), self._numbers(other)
        for unit in sorted(set(first) & set(second), key=lambda unit: self.table.vocabulary.feature_names[unit]):
            if set(first[unit]).isdisjoint(second[unit]):
                return next(iter(first[unit].values())), next(iter(second[unit].values()))
        return None

    def _numbers(self, row: int) -> dict[int, dict[str, str]]:
        """Return, by what is counted, the numbers of a statement with their wording; dates count nothing."""
        found: dict[int, dict[str, str]] = {}
        numbers = list(self.table.words_of(row))
        feature_of = self.table.vocabulary.feature_of
        tokens = [self.surfaces[number] for number in numbers]
        for index, token in enumerate(tokens):
            value = value_of(token)
            around = tokens[max(0, index - 1) : index + 2]
            if value is None or any(word in words("calendar") for word in around):
                continue
            for place in range(index + 1, min(len(tokens), index + _WINDOW)):
                unit = feature_of[numbers[place]]
                if value_of(tokens[place]) is not None or tokens[place] in words("clause"):
                    break
                if unit >= 0:
                    found.setdefault(unit, {})[value] = " ".join(tokens[index : place + 1])
                    break
        return found

    def _reversed(self, match: Match) -> str | None:
        one, other = match.one, match.other
        harmed = self._harmed(one), self._harmed(other)
        if harmed[0] and harmed[1] and harmed[0].isdisjoint(harmed[1]):
            names = [self._named(row, features) for row, features in zip((one, other), harmed, strict=True)]
            return f"In one telling the harmed are {names[0]}, in the other {names[1]}."
        lengths = sorted(len(self.table.words_of(row)) for row in (one, other))
        alike = lengths[1] <= _SHORT and lengths[0] >= _AS_LONG * lengths[1]
        if alike and match.score >= _SAME_BUT and self.table.denied[one] != self.table.denied[other]:
            return "One telling says it, the other denies it."
        return None

    def _named(self, row: int, features: frozenset[int]) -> str:
        """Return the words of a statement that stand for features."""
        found = []
        feature_of, long_forms = self.table.vocabulary.feature_of, self.matcher.features.long_forms
        for number in self.table.words_of(row):
            feature = feature_of[number]
            if feature in features or not features.isdisjoint(long_forms.get(feature, ())):
                found.append(self._spelt(number))
        return " ".join(dict.fromkeys(found)) or "others"

    def _spelt(self, number: int) -> str:
        surface = self.surfaces[number].replace("’s", "").replace("'s", "")
        feature = self.table.vocabulary.feature_of[number]
        if feature in self.matcher.features.long_forms:
            return surface.upper()
        return surface.capitalize() if self.table.vocabulary.is_name(feature) else surface

    def _harmed(self, row: int) -> frozenset[int]:
        """Return the names of those who are harmed, as far as verbs of harm and loss tell."""
        numbers = list(self.table.words_of(row))
        tokens = [self.surfaces[number] for number in numbers]
        found: set[int] = set()
        for index, token in enumerate(tokens):
            before = range(index - 1, max(-1, index - 1 - _REACH), -1)
            after = range(index + 1, min(len(tokens), index + 1 + _REACH))
            if token in words("harmed_subject"):
                found |= self._names(numbers, tokens, before)
            elif token in words("harmed_object"):
                passive = any(word in words("auxiliary") for word in tokens[max(0, index - 2) : index])
                if passive:
                    found |= self._names(numbers, tokens, before)
                elif token.startswith("inflict"):
                    on = next((place for place in after if tokens[place] in words("on")), None)
                    if on is not None:
                        found |= self._names(numbers, tokens, range(on + 1, min(len(tokens), on + 1 + _REACH)))
                else:
                    found |= self._names(numbers, tokens, after)
        return frozenset(found)

    def _names(self, numbers: Sequence[int], tokens: Sequence[str], places: range) -> set[int]:
        """Return the names, short forms spelt out, from a verb to where its clause or phrase ends."""
        found: set[int] = set()
        vocabulary, long_forms = self.table.vocabulary, self.matcher.features.long_forms
        for place in places:
            if tokens[place] in words("clause") or tokens[place] in words("on"):
                break
            feature = vocabulary.feature_of[numbers[place]]
            if feature in long_forms:
                found.update(long_forms[feature])
            elif feature >= 0 and vocabulary.is_name(feature):
                found.add(feature)
        return found

    def contradiction(self, match: Match, kind: DriftKind, text: str) -> Contradiction:
        """Return two statements as a finding."""
        one, other = match.one, match.other
        return Contradiction(
            one=self.tellings.statement(one),
            other=self.tellings.statement(other),
            proof=Proof(kind=str(kind), text=text, places=(self.tellings.place(one), self.tellings.place(other))),
        )


def _numbers(one: str, other: str) -> str:
    text = f"{one} in one telling, {other} in the other."
    return text[0].upper() + text[1:]
