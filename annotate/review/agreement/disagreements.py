"""Each place where annotators disagree, with who said what, for them to discuss."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from annotate.derive import Span, name_key
from annotate.review.agreement.alignment import LEAST_ACROSS, overlap
from annotate.review.agreement.inputs import Shared
from annotate.review.agreement.readings import CHOICES
from annotate.scheme import Label, Relation

# The kinds, in the order in which a place is best discussed: what it is comes before what is said of it.
KINDS: Mapping[str, str] = {
    "found": "some marked it, others did not",
    "label": "the same words have different labels",
    "boundaries": "it was marked with different boundaries",
    "value": "the same region has different values",
    "speaker": "the same mention stands for different speakers",
    "linking": "the same regions are joined in different ways",
}
_ORDER = {kind: place for place, kind in enumerate(KINDS)}

NOT_MARKED, NOTHING = "not marked", "nothing"
_REACH, _LONGEST, _WORDS = 50, 160, 60  # characters of context, of the marked words, and of what somebody said

Unit = Mapping[str, Span]
_Id = tuple[Label, int]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A place, or an article, about which its annotators differ.

    kind: one of KINDS. what: the label, the attribute or the relation. start, end: what any of them covers; None for an
    article as a whole. excerpt: one line of it, the place in [brackets]. said: annotator → what that one marked or
    chose.
    """

    article: str
    kind: str
    what: str
    start: int | None
    end: int | None
    excerpt: str
    said: Mapping[str, str]


def disagreements_of(article: Shared, grouped: Mapping[Label, Sequence[Unit]]) -> list[Disagreement]:
    """Return the disagreements in an article, in the order of the text.

    grouped: the units of its regions, as `Tally.add` returns them.
    """
    finder = _Finder(article, grouped)
    found = [*finder.places(), *finder.values(), *finder.links(), *finder.quality()]
    return sorted(found, key=lambda item: (item.start or 0, item.end or 0, _ORDER[item.kind], item.what))


class _Finder:
    def __init__(self, article: Shared, grouped: Mapping[Label, Sequence[Unit]]) -> None:
        self._article = article
        self._grouped = grouped
        self._readings = {reading.annotator: reading for reading in article.readings}

    def places(self) -> Iterator[Disagreement]:
        """Yield what was not found by all, labelled otherwise or bounded otherwise."""
        missed = [
            (label, number)
            for label, all_ in self._grouped.items()
            for number, unit in enumerate(all_)
            if len(unit) < len(self._readings)
        ]
        relabelled = dict(self._relabelled(missed))
        for id_ in missed:
            if id_ in relabelled:
                other = relabelled[id_]
                # Both halves of a pair are in the table: the first in the scheme's order tells it.
                if list(Label).index(id_[0]) < list(Label).index(other[0]):
                    yield self._label(id_, other)
            else:
                yield self._found(id_)
        for label, all_ in self._grouped.items():
            for unit in all_:
                if len(set(unit.values())) > 1:
                    yield self._said(
                        "boundaries", label, unit.values(), {name: self._words(unit[name]) for name in unit}
                    )

    def _relabelled(self, missed: Sequence[_Id]) -> Iterator[tuple[_Id, _Id]]:
        ranked = []
        for one, other in combinations(missed, 2):
            a, b = self._unit(one), self._unit(other)
            if one[0] is not other[0] and not a.keys() & b.keys():
                share = max(overlap(x, y) for x in a.values() for y in b.values())
                if share >= LEAST_ACROSS:
                    ranked.append((-share, one, other))
        taken: set[_Id] = set()
        for _, one, other in sorted(ranked):
            if not {one, other} & taken:
                taken |= {one, other}
                yield one, other
                yield other, one

    def _unit(self, id_: _Id) -> Unit:
        return self._grouped[id_[0]][id_[1]]

    def _label(self, one: _Id, other: _Id) -> Disagreement:
        units = {one[0]: self._unit(one), other[0]: self._unit(other)}
        said = {name: f"{label}: {self._words(span)}" for label, unit in units.items() for name, span in unit.items()}
        spans = [span for unit in units.values() for span in unit.values()]
        return self._said("label", f"{one[0]} or {other[0]}", spans, self._of_all(said))

    def _found(self, id_: _Id) -> Disagreement:
        unit = self._unit(id_)
        return self._said(
            "found", id_[0], unit.values(), self._of_all({name: self._words(unit[name]) for name in unit})
        )

    def _of_all(self, said: Mapping[str, str]) -> dict[str, str]:
        return {name: said.get(name, NOT_MARKED) for name in self._readings}

    def values(self) -> Iterator[Disagreement]:
        """Yield the regions that were given different values, and the mentions of different speakers."""
        for name, (label, _) in CHOICES.items():
            for unit in self._grouped[label] if label else ():
                given = self._given(unit, label, name) if label else {}
                # Who chose nothing does not contradict anybody.
                if len(set(given.values())) > 1:
                    yield self._said("value", name, unit.values(), given)
        for label, name, kind in ((Label.SOURCE, "name", "speaker"), (Label.OUTLET, "outlet_name", "value")):
            for unit in self._grouped[label]:
                given = dict.fromkeys(unit, "no name") | self._given(unit, label, name)
                if len({name_key(value) for value in given.values()}) > 1:
                    yield self._said(kind, name, unit.values(), given)

    def _given(self, unit: Unit, label: Label, name: str) -> dict[str, str]:
        values = {each: self._readings[each].regions[label, span].get(name) for each, span in unit.items()}
        return {each: value for each, value in values.items() if value is not None}

    def links(self) -> Iterator[Disagreement]:
        """Yield the regions from which relations lead elsewhere, of those whose both ends two annotators marked."""
        ids = {
            (name, label, span): (label, number)
            for label, all_ in self._grouped.items()
            for number, unit in enumerate(all_)
            for name, span in unit.items()
        }
        targets: defaultdict[tuple[Relation, _Id], defaultdict[str, set[_Id]]] = defaultdict(lambda: defaultdict(set))
        for reading in self._article.readings:
            for relation, source, target in reading.links:
                one, other = ids[reading.annotator, *source], ids[reading.annotator, *target]
                if relation is Relation.CONTINUES:
                    one, other = max(one, other), min(one, other)
                targets[relation, one][reading.annotator].add(other)
        for (relation, id_), by_name in sorted(targets.items()):
            unit = self._unit(id_)
            if any(self._linked_otherwise(by_name, *pair) for pair in combinations(unit, 2)):
                said = {name: self._linked(by_name[name], name) for name in unit}
                yield self._said("linking", relation, unit.values(), said)

    def _linked_otherwise(self, targets: Mapping[str, set[_Id]], one: str, other: str) -> bool:
        seen = [{id_ for id_ in targets[name] if {one, other} <= self._unit(id_).keys()} for name in (one, other)]
        return seen[0] != seen[1]

    def _linked(self, targets: Iterable[_Id], name: str) -> str:
        return ", ".join(self._words(self._unit(id_)[name]) for id_ in sorted(targets)) or NOTHING

    def quality(self) -> Iterator[Disagreement]:
        """Yield the article itself, when it was judged in different ways."""
        given = {reading.annotator: reading.quality for reading in self._article.readings if reading.quality}
        if len(set(given.values())) > 1:
            yield Disagreement(self._article.id, "value", "quality", None, None, "", self._in_order(given))

    def _said(self, kind: str, what: str, spans: Iterable[Span], said: Mapping[str, str]) -> Disagreement:
        places = list(spans)
        start, end = min(a for a, _ in places), max(b for _, b in places)
        line = excerpt(self._article.text, (start, end))
        return Disagreement(self._article.id, kind, str(what), start, end, line, self._in_order(said))

    def _in_order(self, said: Mapping[str, str]) -> dict[str, str]:
        return {name: str(said[name]) for name in self._readings if name in said}

    def _words(self, span: Span) -> str:
        return f"“{_shortened(self._article.text[slice(*span)], _WORDS)}”"


def excerpt(text: str, span: Span) -> str:
    """Return one line of text around a span, the span in brackets and, where it is long, without its middle."""
    start, end = span
    before, after = text[max(0, start - _REACH) : start], text[end : end + _REACH]
    left = "…" if start > _REACH else ""
    right = "…" if end + _REACH < len(text) else ""
    return _one_line(f"{left}{before}[{_shortened(text[start:end], _LONGEST)}]{after}{right}")


def _shortened(words: str, longest: int) -> str:
    line = _one_line(words)
    half = longest // 2
    return line if len(line) <= longest else f"{line[:half].rstrip()} … {line[-half:].lstrip()}"


def _one_line(words: str) -> str:
    return re.sub(r"\s+", " ", words)
