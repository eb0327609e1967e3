"""Several Records of one article → the part that enough of them hold, and where they differ.

Items are the same when they have the same label and the same span, white space and sentence punctuation at its edges
aside (quotation marks count: they decide whether speech is direct). A quote of several parts is one item. Every value,
every link and every item is voted on for itself, so that what is agreed of an item stays although something else about
it is in dispute.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from annotate.record import (
    Attribution,
    Notice,
    OutletMention,
    Record,
    Region,
    RegionLink,
    Span,
    SpanScores,
    SpeakerRef,
    Unlinked,
    Verification,
    Via,
    canonical,
    make_attribution,
)
from annotate.review.positions import Places, chosen_span
from annotate.scheme import Label, Relation

__all__ = ["Disagreement", "Merger"]

_SOURCE_FIELDS = ("source_type", "anonymity", "independence", "reliability")

_Item = TypeVar("_Item", Attribution, OutletMention, Verification, Notice, Region)
_Value = TypeVar("_Value", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One thing on which Records differ.

    what: a label (some have the item, others not), a relation, an attribute, or `quality`; span: of the item it is
    about, None for the article; given: for each letter what it holds, in words, empty when it holds nothing.
    """

    what: str
    span: Span | None
    given: tuple[tuple[str, str], ...]


class Merger:
    """Merges the Records behind letters; quorum: how many must hold something for it to be kept (over a half)."""

    def __init__(self, records: Mapping[str, Record], quorum: int) -> None:
        self._records = dict(sorted(records.items()))
        self._quorum = quorum
        first = next(iter(self._records.values()))
        assert first.text is not None
        self._first = first
        self._text = first.text
        self._places = Places(first.text, (_regions_of(record) for record in self._records.values()))
        self._ids: dict[str, dict[str, str]] = {letter: {} for letter in self._records}
        self._taken: set[str] = set()
        self._open: list[Disagreement] = []
        self._outlets: dict[str, OutletMention] = {}

    def merge(self) -> tuple[Record, tuple[Disagreement, ...]]:
        """Return what is kept, without provenance, and the disagreements in the order of the text."""
        outlets = self._kept(lambda record: record.outlets, Label.OUTLET, self._place_as(Label.OUTLET))
        attributions = self._kept(lambda record: record.attributions, Label.QUOTE, self._quote_key)
        verifications = self._kept(
            lambda record: record.verifications, Label.VERIFICATION, self._place_as(Label.VERIFICATION)
        )
        notices = self._kept(lambda record: record.notices, Label.NOTICE, self._place_as(Label.NOTICE))
        regions = self._kept(
            lambda record: record.unlinked.regions,
            None,
            lambda item: (item.label, self._places.of(item.label, item.span)),
        )
        self._outlets = {name: self._outlet(name, group) for name, group in outlets.items()}
        merged = tuple(self._attribution(name, group) for name, group in attributions.items())
        loose = [self._region(name, group) for name, group in regions.items()]
        loose += self._parts_alone(merged, loose)
        record = Record(
            id=self._first.id,
            text=self._text,
            sha256=self._first.sha256,
            meta=self._first.meta,
            attributions=merged,
            outlets=tuple(self._outlets.values()),
            verifications=tuple(self._verification(name, group) for name, group in verifications.items()),
            notices=tuple(self._notice(name, group) for name, group in notices.items()),
            disputes=tuple(self._disputes(attributions)),
            unlinked=Unlinked(regions=tuple(loose), relations=tuple(self._links())),
            quality=self._voted("quality", None, {letter: item.quality for letter, item in self._records.items()}),
        )
        places = (len(self._text), len(self._text))
        return canonical(record), tuple(sorted(self._open, key=lambda one: (one.span or places, one.what)))

    # -- which items are the same --------------------------------------------------------------------------------

    def _place_as(self, label: Label) -> Callable[[OutletMention | Verification | Notice], Span]:
        return lambda item: self._places.of(label, item.span)

    def _quote_key(self, item: Attribution) -> tuple[Span, ...]:
        return tuple(self._places.of(Label.QUOTE, span) for span in item.quote)

    def _kept(
        self, items: Callable[[Record], Sequence[_Item]], label: Label | None, key: Callable[[_Item], Any]
    ) -> dict[str, dict[str, _Item]]:
        """Group the same items of all letters, and return those of enough letters by the id that they get."""
        groups: dict[Any, dict[str, _Item]] = {}
        for letter, record in self._records.items():
            seen: Counter[Any] = Counter()
            for item in sorted(items(record), key=lambda item: (key(item), _without_id(item))):
                # The same place marked twice is two items, told apart by what they hold.
                place = (key(item), seen[key(item)])
                seen[key(item)] += 1
                groups.setdefault(place, {})[letter] = item
        kept = {}
        lacking: list[dict[str, _Item]] = []
        for _, group in sorted(groups.items(), key=lambda one: one[0]):
            if len(group) < len(self._records):
                lacking.append(group)
            if len(group) >= self._quorum:
                name = self._name([item.id for item in group.values()])
                kept[name] = group
                for letter, item in group.items():
                    self._ids[letter][item.id] = name
        self._note_lacking(lacking, label)
        return kept

    def _name(self, ids: Iterable[str]) -> str:
        counted = Counter(ids)
        name = min(counted, key=lambda one: (-counted[one], one))
        number = 1
        while name in self._taken:
            number += 1
            name = f"{min(counted)}-{number}x"
        self._taken.add(name)
        return name

    def _note_lacking(self, groups: Sequence[Mapping[str, _Item]], label: Label | None) -> None:
        """Note items that not all hold; those of different letters that overlap are alternatives to each other."""
        clusters: list[dict[str, _Item]] = []
        for group in groups:
            near = next((one for one in clusters if not one.keys() & group.keys() and _overlap(one, group)), None)
            if near is None:
                clusters.append(dict(group))
            else:
                near.update(group)
        for cluster in clusters:
            item = next(iter(cluster.values()))
            what = str(label or (item.label if isinstance(item, Region) else ""))
            words = {letter: self._words_of(one) for letter, one in cluster.items()}
            self._note(what, min(_at(one) for one in cluster.values()), words)

    # -- what is kept of an item ---------------------------------------------------------------------------------

    def _attribution(self, name: str, group: Mapping[str, Attribution]) -> Attribution:
        items = list(group.values())
        quote = tuple(chosen_span(item.quote[part] for item in items) for part in range(len(items[0].quote)))
        at = quote[0]
        source = self._part(Relation.SAID_BY, at, {letter: item.source for letter, item in group.items()})
        cue = self._part(Relation.CUED_BY, at, {letter: item.cue for letter, item in group.items()})
        fields: dict[str, Any] = {field: self._field(field, at, group) for field in ("verification", "credibility")}
        if source:
            speaker = self._voted(
                "name", at, {letter: item.speaker.name if item.speaker else None for letter, item in group.items()}
            )
            fields["speaker"] = SpeakerRef(name=speaker) if speaker else None
            fields |= {field: self._field(field, at, group) for field in _SOURCE_FIELDS}
        if cue:
            fields["cue_class"] = self._field("cue_class", at, group)
        scores: SpanScores | None = _same(item.span_scores for item in items)
        if scores and (len(scores.quote), len(scores.cue), len(scores.source)) != (len(quote), len(cue), len(source)):
            scores = None
        made = make_attribution(
            self._text,
            id=name,
            quote=quote,
            cue=cue,
            source=source,
            via=self._via(at, group),
            suggestion=_same(item.suggestion for item in items),
            score=_same(item.score for item in items),
            span_scores=scores,
            **fields,
        )
        if not source and any(item.source for item in items):
            # Who it was is in dispute, which is not the same as nobody.
            made = made.model_copy(update={"anonymity": None})
        return made

    def _part(self, relation: Relation, at: Span, given: Mapping[str, Sequence[Span]]) -> tuple[Span, ...]:
        """Vote on the cue or source spans of an attribution."""
        label = Label.SOURCE if relation is Relation.SAID_BY else Label.CUE
        holding: defaultdict[Span, dict[str, Span]] = defaultdict(dict)
        for letter, spans in given.items():
            for span in spans:
                holding[self._places.of(label, span)][letter] = span
        kept = {key for key, spans in holding.items() if len(spans) >= self._quorum}
        if any(len(spans) < len(given) for spans in holding.values()):
            words = {letter: " + ".join(self._words(span) for span in spans) for letter, spans in given.items()}
            self._note(str(relation), at, words)
        return tuple(sorted({chosen_span(holding[key].values()) for key in kept}))

    def _via(self, at: Span, group: Mapping[str, Attribution]) -> Iterable[Via]:
        # A marked outlet is known by its mention; how it is called is voted on with that.
        holding: defaultdict[tuple[str, str, int], dict[str, str]] = defaultdict(dict)
        for letter, item in group.items():
            known = {one.span: self._ids[letter].get(one.id) for one in self._records[letter].outlets}
            for via in item.via:
                mention = known[via.span] if via.span else ""
                if mention is not None:
                    holding[mention, "" if mention else via.name, via.step][letter] = via.name
        kept = []
        for (mention, name, step), names in holding.items():
            if len(names) < self._quorum:
                continue
            if mention:
                outlet = self._outlets[mention]
                called = _most(names.values(), self._quorum) or outlet.name or self._text[slice(*outlet.span)]
                kept.append(Via(name=called, span=outlet.span, step=step))
            else:
                kept.append(Via(name=name, step=step))
        if any(len(names) < len(group) for names in holding.values()):
            disputed = [names for names in holding.values() if len(names) < len(group)]
            words = {letter: ", ".join(names[letter] for names in disputed if letter in names) for letter in group}
            self._note(str(Relation.VIA), at, words)
        return tuple(kept)

    def _outlet(self, name: str, group: Mapping[str, OutletMention]) -> OutletMention:
        at = chosen_span(item.span for item in group.values())
        return OutletMention(
            id=name,
            span=at,
            name=self._voted("outlet_name", at, {letter: item.name for letter, item in group.items()}),
            role=self._field("role", at, group),
            domain=_same(item.domain for item in group.values()),
            listed=_same(item.listed for item in group.values()),
        )

    def _verification(self, name: str, group: Mapping[str, Verification]) -> Verification:
        at = chosen_span(item.span for item in group.values())
        holding: defaultdict[str, set[str]] = defaultdict(set)
        for letter, item in group.items():
            for target in item.about:
                if target in self._ids[letter]:
                    holding[self._ids[letter][target]].add(letter)
        kept = [target for target, letters in holding.items() if len(letters) >= self._quorum]
        both = {target: {letter for letter in group if target in self._ids[letter].values()} for target in holding}
        if any(letters != both[target] for target, letters in holding.items()):
            words = {
                letter: ", ".join(sorted(target for target in holding if letter in holding[target])) for letter in group
            }
            self._note(str(Relation.ABOUT), at, words)
        return Verification(id=name, span=at, kind=self._field("kind", at, group), about=tuple(kept))

    def _notice(self, name: str, group: Mapping[str, Notice]) -> Notice:
        at = chosen_span(item.span for item in group.values())
        return Notice(id=name, span=at, kind=self._field("kind", at, group))

    def _region(self, name: str, group: Mapping[str, Region]) -> Region:
        at = chosen_span(item.span for item in group.values())
        return self._loose(name, next(iter(group.values())).label, at, {k: i.attributes for k, i in group.items()})

    def _loose(self, name: str, label: Label, at: Span, given: Mapping[str, Mapping[str, str]]) -> Region:
        known = sorted({field for attributes in given.values() for field in attributes})
        voted = {
            field: self._voted(field, at, {letter: attributes.get(field) for letter, attributes in given.items()})
            for field in known
        }
        return Region(id=name, label=label, span=at, attributes={key: value for key, value in voted.items() if value})

    def _parts_alone(self, merged: Iterable[Attribution], loose: Iterable[Region]) -> list[Region]:
        """Keep the cues and sources that enough letters hold, although the quotes they belong to are in dispute."""
        held = {(Label.CUE, self._places.of(Label.CUE, span)) for item in merged for span in item.cue}
        held |= {(Label.SOURCE, self._places.of(Label.SOURCE, span)) for item in merged for span in item.source}
        held |= {(region.label, self._places.of(region.label, region.span)) for region in loose}
        found: defaultdict[tuple[Label, Span], dict[str, tuple[Span, dict[str, str]]]] = defaultdict(dict)
        for letter, record in self._records.items():
            for label, span, attributes in _parts_of(record):
                found[label, self._places.of(label, span)].setdefault(letter, (span, attributes))
        regions = []
        for (label, place), given in sorted(found.items()):
            if (label, place) not in held and len(given) >= self._quorum:
                at = chosen_span(span for span, _ in given.values())
                name = self._name([f"{label.lower()}-{at[0]}-{at[1]}"])
                regions.append(self._loose(name, label, at, {letter: own for letter, (_, own) in given.items()}))
        return regions

    # -- links between items -------------------------------------------------------------------------------------

    def _disputes(self, attributions: Mapping[str, Mapping[str, Attribution]]) -> Iterable[tuple[str, str]]:
        holding: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for letter, record in self._records.items():
            ids = self._ids[letter]
            for one, other in record.disputes:
                if one in ids and other in ids:
                    holding[ids[one], ids[other]].add(letter)
        for (one, other), letters in holding.items():
            both = attributions[one].keys() & attributions[other].keys()
            if letters != both:
                items = attributions[one], attributions[other]
                at, target = (_at(next(iter(group.values()))) for group in items)
                words = {letter: self._words(target) if letter in letters else "" for letter in both}
                self._note(str(Relation.DISPUTES), at, words)
            if len(letters) >= self._quorum:
                yield one, other

    def _links(self) -> Iterable[RegionLink]:
        """Vote on the relations without meaning, whose ends are ids of the page: they begin with those of the items."""
        holding: defaultdict[tuple[str, str, str | None], set[str]] = defaultdict(set)
        for letter, record in self._records.items():
            for link in record.unlinked.relations:
                holding[self._end(letter, link.source), self._end(letter, link.target), link.label].add(letter)
        for (source, target, label), letters in holding.items():
            if len(letters) < len(self._records):
                words = {letter: f"{source} to {target}" if letter in letters else "" for letter in self._records}
                self._note(label or "a relation without a label", None, words)
            if len(letters) >= self._quorum:
                yield RegionLink(source=source, target=target, label=label)

    def _end(self, letter: str, region: str) -> str:
        ids = self._ids[letter]
        if region in ids:
            return ids[region]
        item, dash, part = region.rpartition("-")
        return f"{ids[item]}-{part}" if dash and item in ids else region

    # -- voting --------------------------------------------------------------------------------------------------

    def _field(self, field: str, at: Span, group: Mapping[str, Any]) -> Any:
        return self._voted(field, at, {letter: getattr(item, field) for letter, item in group.items()})

    def _voted(self, what: str, at: Span | None, given: Mapping[str, _Value | None]) -> _Value | None:
        if len(set(given.values())) > 1:
            self._note(what, at, {letter: "" if value is None else str(value) for letter, value in given.items()})
        return _most(given.values(), self._quorum)

    def _note(self, what: str, at: Span | None, words: Mapping[str, str]) -> None:
        given = tuple((letter, words.get(letter, "")) for letter in self._records)
        self._open.append(Disagreement(what, at, given))

    def _words_of(self, item: _Item) -> str:
        spans = item.quote if isinstance(item, Attribution) else (item.span,)
        return " … ".join(self._words(span) for span in spans)

    def _words(self, span: Span) -> str:
        return " ".join(self._text[slice(*span)].split())


def _parts_of(record: Record) -> Iterable[tuple[Label, Span, dict[str, str]]]:
    """Yield every cue and source of a Record with its attributes, which the first span of each carries."""
    for item in record.attributions:
        cue = {"cue_class": item.cue_class}
        source = {field: getattr(item, field) for field in _SOURCE_FIELDS}
        source["name"] = item.speaker.name if item.speaker else None
        for label, spans, own in ((Label.CUE, item.cue, cue), (Label.SOURCE, item.source, source)):
            for number, span in enumerate(spans):
                given = own if number == 0 else {}
                yield label, span, {key: str(value) for key, value in given.items() if value is not None}
    for region in record.unlinked.regions:
        yield region.label, region.span, dict(region.attributes)


def _regions_of(record: Record) -> Iterable[tuple[str, Span]]:
    for item in record.attributions:
        yield from ((Label.QUOTE, span) for span in item.quote)
    yield from ((label, span) for label, span, _ in _parts_of(record))
    yield from ((Label.OUTLET, outlet.span) for outlet in record.outlets)
    yield from ((Label.VERIFICATION, one.span) for one in record.verifications)
    yield from ((Label.NOTICE, notice.span) for notice in record.notices)


def _at(item: Attribution | OutletMention | Verification | Notice | Region) -> Span:
    return item.quote[0] if isinstance(item, Attribution) else item.span


def _overlap(one: Mapping[str, _Item], other: Mapping[str, _Item]) -> bool:
    mine, theirs = next(iter(one.values())), next(iter(other.values()))
    spans, others = (item.quote if isinstance(item, Attribution) else (item.span,) for item in (mine, theirs))
    labels = {getattr(item, "label", None) for item in (mine, theirs)}
    return len(labels) == 1 and any(a[0] < b[1] and b[0] < a[1] for a in spans for b in others)


def _without_id(item: Attribution | OutletMention | Verification | Notice | Region) -> str:
    return json.dumps(item.model_dump(mode="json", exclude={"id", "about"}), sort_keys=True)


def _same(values: Iterable[Any]) -> Any:
    """Return the value that all have, else None: for what the machine said, on which nobody votes."""
    first, *others = values
    return first if all(other == first for other in others) else None


def _most(values: Iterable[_Value | None], quorum: int) -> _Value | None:
    """Return the value that enough hold; None when there is none."""
    value, count = Counter(values).most_common(1)[0]
    return value if count >= quorum else None
