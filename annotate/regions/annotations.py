"""Label Studio annotation → Record: what a person left on the page, read by the scheme.

Nothing is guessed and nothing is dropped: a relation left without a label is read by its ends where only one relation
can join them; what the scheme gives no meaning to (an orphan cue, an unlabelled line between two quotes) stays in
`Record.unlinked`, with a warning for the people who run the project. The text of a region is always sliced
anew: the server's copy of it cannot be trusted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import ValidationError

from annotate.errors import RecordError
from annotate.record import (
    Article,
    Attribution,
    Notice,
    OutletMention,
    Provenance,
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
from annotate.regions.tasks import result_of
from annotate.scheme import (
    ATTRIBUTES,
    RELATION_ENDS,
    Label,
    NoticeKind,
    OutletRole,
    Quality,
    Relation,
    VerificationKind,
)
from annotate.strict_json import NotJson, check_strings

__all__ = ["Reading", "record_of"]

_Value = TypeVar("_Value", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Reading:
    """A Record, and what a person should look at again: one sentence a place."""

    record: Record
    warnings: tuple[str, ...]


@dataclass(slots=True)
class _Region:
    id: str
    label: Label
    span: Span
    score: float | None
    attributes: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Link:
    source: str
    target: str
    label: str | None


def record_of(
    result: Sequence[Mapping[str, Any]],
    article: Article,
    *,
    base: Record | None = None,
    provenance: Provenance | None = None,
) -> Reading:
    """Read the result list of an annotation (or of a prediction) into a Record.

    base: the prediction that the person started from; what the page shows but cannot change (suggestions, what the
    registry knows of outlets) is taken from it where the region is still the same.
    Raises: RecordError when a region does not lie in the text, or an item has no known shape.
    """
    try:
        return _Reader(result, article, base).read(provenance)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        # Such as two regions of one id, or a score beyond 1: each may be, and the Record as a whole may not.
        raise RecordError(f"the regions make no Record: {_first(error)}", where=f"article {article.id}") from None


class _Reader:
    def __init__(self, result: Sequence[Mapping[str, Any]], article: Article, base: Record | None) -> None:
        self._article = article
        self._base = base
        self._warnings: list[str] = []
        self._quality: Quality | None = None
        self._regions: dict[str, _Region] = {}
        self._links: list[_Link] = []
        self._unread: list[_Link] = []
        try:
            check_strings(result)
            self._collect(result)
        except NotJson as error:
            raise RecordError(str(error), where=f"article {article.id}") from None
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise RecordError(
                f"a region has an unknown shape ({type(error).__name__}: {error})", where=f"article {article.id}"
            ) from None

    # -- what stands in the list ---------------------------------------------------------------------------------

    def _collect(self, result: Sequence[Mapping[str, Any]]) -> None:
        for item in result:
            if item["type"] == "labels":
                self._collect_region(item)
        for item in result:
            if item["type"] == "relation":
                self._collect_links(item)
            elif item["type"] != "labels":
                self._collect_attribute(item)

    def _collect_region(self, item: Mapping[str, Any]) -> None:
        value = item["value"]
        start, end = value["start"], value["end"]
        if not (isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(self._article.text)):
            raise RecordError(
                f"region {item['id']} at [{start}, {end}] does not lie in the text",
                where=f"article {self._article.id}",
                mend="delete the region in Label Studio and draw it again",
            )
        labels = value["labels"]
        if len(labels) != 1:
            self._warn((start, end), f"has {len(labels)} labels; the first counts")
        if not labels or labels[0] not in list(Label):
            raise RecordError(f"region {item['id']} has no label of the scheme", where=f"article {self._article.id}")
        self._regions[item["id"]] = _Region(item["id"], Label(labels[0]), (start, end), item.get("score"))

    def _collect_attribute(self, item: Mapping[str, Any]) -> None:
        name = item["from_name"]
        values = item["value"]["text" if item["type"] == "textarea" else item["type"]]
        values = [values] if isinstance(values, str) else list(values)
        if name == "quality":
            self._quality = Quality(values[0]) if values else None
            return
        region = self._regions.get(item["id"])
        if region is None:
            self._warnings.append(f"a value of {name} stands on no region; the region has lost its label")
            return
        vocabulary = ATTRIBUTES[region.label].get(name, ())
        if vocabulary == ():
            # A relabelled region keeps values of its former label on the page's side: they no longer apply.
            return
        for value in values:
            if vocabulary is not None and value not in list(vocabulary):
                self._warn(region.span, f"{name} has the unknown value {value!r}")
            elif value.strip():
                region.attributes.setdefault(name, []).append(value.strip())

    def _collect_links(self, item: Mapping[str, Any]) -> None:
        source, target = item["from_id"], item["to_id"]
        if item.get("direction") == "left":
            source, target = target, source
        if source not in self._regions or target not in self._regions:
            self._warnings.append("a relation points to a region that is not there")
            return
        ends = (self._regions[source].label, self._regions[target].label)
        for label in item.get("labels") or [_only_relation(ends)]:
            self._add_link(_Link(source, target, label))

    def _add_link(self, link: _Link) -> None:
        ends = (self._regions[link.source].label, self._regions[link.target].label)
        allowed = RELATION_ENDS[Relation(link.label)] if link.label in list(Relation) else frozenset()
        if link.source != link.target and ends in allowed:
            self._links.append(link)
        elif link.source != link.target and ends[::-1] in allowed:
            # Drawn from the wrong end: label and ends leave only one reading.
            self._links.append(_Link(link.target, link.source, link.label))
        else:
            self._unread.append(link)
            name = f"the relation {link.label}" if link.label else "a relation without a label"
            self._warn(self._regions[link.source].span, f"{name} to {self._shown(link.target)} has no meaning")

    def _warn(self, span: Span, what: str) -> None:
        self._warnings.append(f"{self._quoted(span)} {what}")

    def _shown(self, region_id: str) -> str:
        return self._quoted(self._regions[region_id].span)

    def _quoted(self, span: Span) -> str:
        words = " ".join(self._article.text[slice(*span)].split())
        return f"[{span[0]}, {span[1]}] “{words if len(words) <= 40 else words[:39] + '…'}”"

    # -- what it means -------------------------------------------------------------------------------------------

    def read(self, provenance: Provenance | None) -> Reading:
        groups = self._quote_groups()
        owner = {part.id: root for root, parts in groups.items() for part in parts}
        attributions = tuple(self._attribution(root, parts) for root, parts in groups.items())
        record = canonical(
            Record(
                id=self._article.id,
                text=self._article.text,
                sha256=self._article.sha256,
                meta=self._base.meta if self._base else self._article.meta,
                attributions=attributions,
                outlets=tuple(self._outlets()),
                verifications=tuple(self._verifications(owner)),
                notices=tuple(
                    Notice(id=item.id, span=item.span, kind=_choice(item, "notice_kind", NoticeKind))
                    for item in self._of(Label.NOTICE)
                ),
                disputes=tuple(
                    (owner[link.source], owner[link.target])
                    for link in self._linked(Relation.DISPUTES)
                    if owner[link.source] != owner[link.target]
                ),
                unlinked=Unlinked(regions=tuple(self._orphans())),
                quality=self._quality,
                provenance=provenance,
            )
        )
        if self._unread:
            record = canonical(self._with_unread(record))
        return Reading(record, tuple(self._warnings))

    def _of(self, label: Label) -> Iterator[_Region]:
        return (region for region in self._regions.values() if region.label is label)

    def _linked(self, relation: Relation) -> Iterator[_Link]:
        return (link for link in self._links if link.label == relation)

    def _quote_groups(self) -> dict[str, list[_Region]]:
        """Join the parts of split quotes: root id → parts in order of the text.

        The root is the part that continues no other (the earliest one if several do not).
        """
        parent = {region.id: region.id for region in self._of(Label.QUOTE)}

        def find(region_id: str) -> str:
            while parent[region_id] != region_id:
                parent[region_id] = parent[parent[region_id]]
                region_id = parent[region_id]
            return region_id

        continuing = set()
        for link in self._linked(Relation.CONTINUES):
            parent[find(link.source)] = find(link.target)
            continuing.add(link.source)
        members: defaultdict[str, list[_Region]] = defaultdict(list)
        for region in sorted(self._of(Label.QUOTE), key=lambda item: (item.span, item.id)):
            members[find(region.id)].append(region)
        groups = {}
        for parts in members.values():
            root = next((part for part in parts if part.id not in continuing), parts[0])
            groups[root.id] = parts
        return groups

    def _attribution(self, root: str, parts: list[_Region]) -> Attribution:
        ids = {part.id for part in parts}
        sources = self._targets(ids, Relation.SAID_BY)
        cues = self._targets(ids, Relation.CUED_BY)
        names = self._value(sources, "name")
        quotes = sorted(parts, key=lambda part: part.id != root)
        unmarked = tuple(Via(name=name) for name in dict.fromkeys(quotes[0].attributes.get("via_unmarked", ())))
        base = next((item for item in self._base.attributions if item.id == root), None) if self._base else None
        spans = {
            "quote": sorted({part.span for part in parts}),
            "cue": sorted({cue.span for cue in cues}),
            "source": sorted({source.span for source in sources}),
        }
        return make_attribution(
            self._article.text,
            id=root,
            **spans,
            cue_class=self._value(cues, "cue_class"),
            speaker=SpeakerRef(name=names) if names else None,
            source_type=self._value(sources, "source_type"),
            anonymity=self._value(sources, "anonymity"),
            independence=self._value(sources, "independence"),
            via=(*self._via(ids), *unmarked),
            verification=self._value(quotes, "verification"),
            reliability=self._value(sources, "reliability"),
            credibility=self._value(quotes, "credibility"),
            suggestion=base.suggestion if base else None,
            score=base.score if base else self._regions[root].score,
            span_scores=_scores_kept(base, spans) if base else None,
        )

    def _targets(self, sources: set[str], relation: Relation) -> list[_Region]:
        found = {link.target: self._regions[link.target] for link in self._linked(relation) if link.source in sources}
        return sorted(found.values(), key=lambda region: (region.span, region.id))

    def _value(self, regions: Iterable[_Region], name: str) -> str | None:
        """Return the first value of an attribute over the parts, and warn of the others."""
        given = [(region, value) for region in regions for value in region.attributes.get(name, ())]
        for region, value in given[1:]:
            if value != given[0][1]:
                self._warn(region.span, f"{name} is also {value!r}; {given[0][1]!r} counts")
        return next((value for _, value in given), None)

    def _via(self, quote_ids: set[str]) -> Iterator[Via]:
        """Follow the outlets from the quote outwards, each at the lowest step that reaches it."""
        onward: defaultdict[str, list[str]] = defaultdict(list)
        frontier: list[str] = []
        for link in self._linked(Relation.VIA):
            if self._regions[link.source].label is Label.OUTLET:
                onward[link.source].append(link.target)
            elif link.source in quote_ids:
                frontier.append(link.target)
        seen: set[str] = set()
        step = 1
        while frontier:
            for outlet in dict.fromkeys(frontier):
                if outlet not in seen:
                    region = self._regions[outlet]
                    yield Via(name=self._outlet_name(region) or self._words(region), span=region.span, step=step)
            seen.update(frontier)
            frontier = [target for outlet in frontier for target in onward[outlet] if target not in seen]
            step += 1

    def _words(self, region: _Region) -> str:
        return self._article.text[slice(*region.span)]

    def _outlet_name(self, region: _Region) -> str | None:
        return next(iter(region.attributes.get("outlet_name", ())), None)

    def _outlets(self) -> Iterator[OutletMention]:
        known = {(item.id, item.name): item for item in self._base.outlets} if self._base else {}
        for region in self._of(Label.OUTLET):
            name = self._outlet_name(region)
            role = _choice(region, "role", OutletRole)
            before = known.get((region.id, name))
            yield OutletMention(
                id=region.id,
                span=region.span,
                name=name,
                role=role,
                domain=before.domain if before else None,
                listed=before.listed if before else None,
            )

    def _verifications(self, owner: Mapping[str, str]) -> Iterator[Verification]:
        for region in self._of(Label.VERIFICATION):
            about = [owner[link.target] for link in self._linked(Relation.ABOUT) if link.source == region.id]
            kind = _choice(region, "verification_kind", VerificationKind)
            yield Verification(id=region.id, span=region.span, kind=kind, about=tuple(about))

    def _orphans(self) -> Iterator[Region]:
        linked = {link.target for link in self._links}
        for region in self._regions.values():
            if region.label in (Label.CUE, Label.SOURCE) and region.id not in linked:
                self._warn(region.span, f"is a {region.label} that no quote is linked to")
                attributes = {name: values[0] for name, values in region.attributes.items()}
                yield Region(id=region.id, label=region.label, span=region.span, attributes=attributes)

    def _with_unread(self, record: Record) -> Record:
        """Add the relations without meaning, their ends named as `result_of` will name the regions."""
        regions = [item for item in result_of(record) if item["type"] == "labels"]
        ids = {item["id"] for item in regions}
        by_place = {
            (item["value"]["labels"][0], item["value"]["start"], item["value"]["end"]): item["id"] for item in regions
        }

        def name(region_id: str) -> str:
            region = self._regions[region_id]
            return region_id if region_id in ids else by_place[str(region.label), *region.span]

        links = tuple(
            RegionLink(source=name(link.source), target=name(link.target), label=link.label) for link in self._unread
        )
        return record.model_copy(update={"unlinked": Unlinked(regions=record.unlinked.regions, relations=links)})


def _first(error: Exception) -> str:
    """Say in one line what is wrong, without the words of an article."""
    if isinstance(error, ValidationError):
        first = error.errors(include_input=False, include_url=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg'].removeprefix('Value error, ')}".removeprefix(": ")
    return type(error).__name__


def _scores_kept(base: Attribution, spans: Mapping[str, Sequence[Span]]) -> SpanScores | None:
    """Return the scores that a prediction gave its spans, unless a person has changed one of these."""
    same = all(tuple(spans[role]) == getattr(base, role) for role in spans)
    return base.span_scores if same else None


def _only_relation(ends: tuple[Label, Label]) -> Relation | None:
    """Return the relation that a line between these labels must mean, whichever way it was drawn, if it is but one."""
    possible = [relation for relation, allowed in RELATION_ENDS.items() if ends in allowed or ends[::-1] in allowed]
    return possible[0] if len(possible) == 1 else None


def _choice(region: _Region, name: str, vocabulary: type[_Value]) -> _Value | None:
    return next((vocabulary(value) for value in region.attributes.get(name, ())), None)
