"""One annotator's reading of an article in a form in which equal readings are equal.

A region is its label and its span without edge white space and punctuation; the same region twice is one. Relations
join regions, every part of a split quote alike, so that neither their order, nor which part is called the first, nor
what one region lies over makes any difference.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, product
from typing import Any

from annotate.corpora import Annotation
from annotate.derive import Span
from annotate.errors import InputError
from annotate.scheme import (
    ATTRIBUTES,
    Anonymity,
    Credibility,
    CueClass,
    Independence,
    Label,
    NoticeKind,
    OutletRole,
    Quality,
    Relation,
    Reliability,
    SourceType,
    VerificationKind,
    VerificationStatus,
)

Row = Mapping[str, Any]
Place = tuple[Label, Span]
Link = tuple[Relation, Place, Place]

# What has one value out of several, with the label of the regions it stands on; None: on the article as a whole.
CHOICES: Mapping[str, tuple[Label | None, type[StrEnum]]] = {
    "verification": (Label.QUOTE, VerificationStatus),
    "credibility": (Label.QUOTE, Credibility),
    "cue_class": (Label.CUE, CueClass),
    "source_type": (Label.SOURCE, SourceType),
    "anonymity": (Label.SOURCE, Anonymity),
    "independence": (Label.SOURCE, Independence),
    "reliability": (Label.SOURCE, Reliability),
    "role": (Label.OUTLET, OutletRole),
    "verification_kind": (Label.VERIFICATION, VerificationKind),
    "notice_kind": (Label.NOTICE, NoticeKind),
    "quality": (None, Quality),
}
# Free text: alike when the names are, but for case, accents, punctuation and a leading article.
NAMES: Mapping[str, Label] = {"name": Label.SOURCE, "outlet_name": Label.OUTLET, "via_unmarked": Label.QUOTE}

# Marks that Unicode counts among the symbols and typewriters use as quotation marks.
_TYPED_MARKS = frozenset("`´")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one annotator marked in one article.

    annotations: as the benchmark counts them, in the order of the text and without repetition, their spans untouched.
    regions: the attributes of each place; where two regions of one place contradict each other, the value is left out.
    """

    annotator: str
    annotations: tuple[Annotation, ...]
    regions: Mapping[Place, Mapping[str, str]]
    links: frozenset[Link]
    quality: str | None = None

    def spans(self, label: Label) -> list[Span]:
        """Return where a label was marked, in the order of the text."""
        return sorted(span for each, span in self.regions if each is label)


def trimmed(text: str, span: Span) -> Span:
    """Leave out white space, punctuation and invisible characters at both ends, by their Unicode categories.

    What holds nothing else becomes empty.
    """
    start, end = span
    while start < end and _is_edge(text[start]):
        start += 1
    while end > start and _is_edge(text[end - 1]):
        end -= 1
    return start, end


def _is_edge(char: str) -> bool:
    return unicodedata.category(char)[0] in "PZC" or char in _TYPED_MARKS


def reading_of(row: Row, text: str, *, annotator: str, where: str) -> Reading:
    """Read a Record as JSON has it, or a row of a corpus, which may lack what the corpus does not mark.

    Raises: InputError, with `where`, when an offset, a reference or a value does not hold.
    """
    reader = _Reader(text)
    try:
        return reader.read(row, annotator)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(
            f"the annotation cannot be read: {error if isinstance(error, ValueError) else repr(error)}",
            where=where,
            mend="give a Record (schemas/record.schema.json) or a row with `text` and `attributions`",
        ) from None


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._values: defaultdict[Place, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._links: set[Link] = set()
        self._quotes: dict[str, list[Place]] = {}

    def read(self, row: Row, annotator: str) -> Reading:
        annotations = {self._attribution(item) for item in row.get("attributions") or ()}
        for item in row.get("outlets") or ():
            self._mark(Label.OUTLET, item["span"], outlet_name=item.get("name"), role=item.get("role"))
        for item in row.get("verifications") or ():
            places = self._mark(Label.VERIFICATION, item["span"], verification_kind=item.get("kind"))
            quotes = [place for name in item.get("about") or () for place in self._quotes[name]]
            self._join(Relation.ABOUT, places, quotes)
        for item in row.get("notices") or ():
            self._mark(Label.NOTICE, item["span"], notice_kind=item.get("kind"))
        for one, other in row.get("disputes") or ():
            self._join(Relation.DISPUTES, self._quotes[one], self._quotes[other])
        for item in (row.get("unlinked") or {}).get("regions") or ():
            label = Label(item["label"])
            known = {name: value for name, value in (item.get("attributes") or {}).items() if name in ATTRIBUTES[label]}
            self._mark(label, item["span"], **known)
        quality = row.get("quality")
        return Reading(
            annotator=annotator,
            annotations=tuple(sorted(annotations, key=_place_of)),
            regions={
                place: {name: min(values) for name, values in sorted(given.items()) if len(values) == 1}
                for place, given in sorted(self._values.items())
            },
            links=frozenset(self._links),
            quality=None if quality is None else Quality(quality),
        )

    def _attribution(self, item: Row) -> Annotation:
        quote = self._spans(item.get("quote") or item.get("content"))
        cue, source = self._spans(item.get("cue")), self._spans(item.get("source"))
        roads = item.get("via") or ()
        unmarked = sorted(via["name"] for via in roads if via.get("span") is None)
        quotes = self._mark_all(
            Label.QUOTE,
            quote,
            verification=item.get("verification"),
            credibility=item.get("credibility"),
            via_unmarked=" | ".join(unmarked) or None,
        )
        cues = self._mark_all(Label.CUE, cue, cue_class=item.get("cue_class"))
        sources = self._mark_all(
            Label.SOURCE,
            source,
            name=(item.get("speaker") or {}).get("name"),
            **{name: item.get(name) for name in ("source_type", "anonymity", "independence", "reliability")},
        )
        self._join(Relation.SAID_BY, quotes, sources)
        self._join(Relation.CUED_BY, quotes, cues)
        # Later part → earlier part, for every two parts: whoever left out one in the middle still joined the others.
        self._links.update((Relation.CONTINUES, later, earlier) for earlier, later in combinations(quotes, 2))
        self._follow(quotes, roads)
        if "id" in item:
            self._quotes[item["id"]] = quotes
        # A quote of white space alone would be an attribution that nobody, not even the same person, could find again.
        return Annotation(tuple(span for span in quote if self._text[slice(*span)].strip()), cue, source)

    def _follow(self, quotes: list[Place], roads: Sequence[Row]) -> None:
        """Join a quote to the outlets that heard it, and each of them to those that cite it."""
        marked = [via for via in roads if via.get("span") is not None]
        before = quotes
        for step in sorted({via.get("step", 1) for via in marked}):
            outlets = [
                place
                for via in marked
                if via.get("step", 1) == step
                for place in self._mark(Label.OUTLET, via["span"], outlet_name=None)
            ]
            self._join(Relation.VIA, before, outlets)
            before = outlets

    def _join(self, relation: Relation, sources: Sequence[Place], targets: Sequence[Place]) -> None:
        self._links.update((relation, one, other) for one, other in product(sources, targets) if one != other)

    def _mark_all(self, label: Label, spans: Sequence[Span], **attributes: str | None) -> list[Place]:
        """Note the parts of a quote, cue or source; what is chosen for it as a whole stands on the first alone."""
        places = sorted({place for span in spans for place in self._mark(label, span)})
        for _, span in places[:1]:
            self._mark(label, span, **attributes)
        return places

    def _mark(self, label: Label, span: Sequence[int], **attributes: str | None) -> list[Place]:
        """Note a region and return its place; one of white space and punctuation alone is none."""
        start, end = trimmed(self._text, self._checked(span))
        if start == end:
            return []
        given = self._values[label, (start, end)]
        for name, value in attributes.items():
            if value is not None:
                given[name].add(CHOICES[name][1](value) if name in CHOICES else value)
        return [(label, (start, end))]

    def _spans(self, spans: Sequence[Sequence[int]] | None) -> tuple[Span, ...]:
        return tuple(sorted({self._checked(span) for span in spans or ()}))

    def _checked(self, span: Sequence[int]) -> Span:
        start, end = span
        if not (isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(self._text)):
            raise ValueError(f"span [{start}, {end}) in a text of {len(self._text)} characters")
        return start, end


def _place_of(annotation: Annotation) -> tuple[tuple[Span, ...], ...]:
    return annotation.quote, annotation.cue, annotation.source


def in_order(annotator: str) -> tuple[int, str]:
    """Return a sort key of names that puts annotator-10 after annotator-2."""
    return len(annotator) if annotator.startswith("annotator-") else 0, annotator
