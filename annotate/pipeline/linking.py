"""Attributions: which words were said, by whom, signalled by which cue.

Each cue is given its source (grammar.py) and the words it introduces (contents.py). Quotations in marks are then
joined to the cue they stand next to: `"…," X said`, `X said: "…"`, split ones (`"A," X said. "B."`), and those of the
next paragraph. A quotation that no cue claims and that reads like speech becomes an attribution of its own with the
nearest source.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from spacy.language import Language
from spacy.tokens import Doc, Token

from annotate.derive import Span
from annotate.pipeline.contents import contents
from annotate.pipeline.cues import LONG_STRETCH
from annotate.pipeline.extensions import Cue, Draft, ensure_extensions, new_draft, text_of, write_spans
from annotate.pipeline.grammar import characters, find_source, is_passive, noun_phrase
from annotate.pipeline.resources import nouns_of
from annotate.pipeline.spans import (
    Places,
    ends_like_speech,
    inside,
    merged,
    overlaps,
    paragraphs,
    subtract,
    trim,
    uncut,
    words_in,
)

SPANS_KEY = "annotate/"

_ONLY_JOINTS = re.compile(r"[\s,–—-]*")
_SENTENCE_END = re.compile(r"[.!?…][\"”’')\]]*\s+[\"“‘'(A-Z]|;")
_REST_OF_SENTENCE = re.compile(r"[^.!?\n]{0,160}[.!?:]?[\"”’')\]]*\s*")
_FAR = 160  # characters between a cue and the quotation it introduces ("told reporters in … on …:")


@dataclass(slots=True)
class Candidate:
    """A cue with what the parse says of it; `quote` grows while quotations are joined to it."""

    cue: Cue
    head: Token | None
    source: Span | None
    cue_spans: list[Span]
    group: Span
    quote: list[Span] = field(default_factory=list)
    rule: str = "clause"
    indirect: bool = False

    @property
    def end(self) -> int:
        return max(self.group[1], *(end for _, end in self.quote)) if self.quote else self.group[1]

    @property
    def reports(self) -> bool:
        """Whether a quotation in marks can hang on it."""
        return self.cue["kind"] == "verb" and self.cue["cue_class"] != "attitude" and self.source is not None


class Attributions:
    """Write the attributions to `doc._.attributions`, and their spans to `doc.spans["annotate/quote"]` and so on.

    Needs `annotate_quotation_marks`, `annotate_cues` and a dependency parser.
    """

    def __init__(
        self, nlp: Language, name: str = "annotate_attributions", *, spans_key: str = SPANS_KEY, attitudes: bool = True
    ) -> None:
        self.name = name
        self.spans_key = spans_key
        self.attitudes = attitudes
        ensure_extensions()

    def __call__(self, doc: Doc) -> Doc:
        drafts = _Linker(doc).drafts()
        if not self.attitudes:
            drafts = [draft for draft in drafts if draft["cue_class"] != "attitude"]
        doc._.attributions = drafts
        write_spans(doc, self.spans_key, drafts)
        return doc


class _Linker:
    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.text = text_of(doc)
        self.paragraphs = Places(paragraphs(self.text))
        outer = [(start, end) for start, end, depth, _ in doc._.quotations if depth == 0]
        self.open = {(start, end) for start, end, _, closed in doc._.quotations if not closed}
        self.long = [span for span in outer if words_in(self.text, span) >= LONG_STRETCH]
        self.stretches = [(start, end) for start, end, *_ in doc._.quotations]
        long = set(self.long)
        self.speech = [span for span in outer if span in long or ends_like_speech(self.text, span)]
        self.notices = [tuple(notice["span"]) for notice in doc._.notices]
        self.candidates = [candidate for cue in doc._.cues if (candidate := self._candidate(cue))]

    def drafts(self) -> list[Draft]:
        for candidate in self.candidates:
            candidate.rule, spans = contents(self.doc, candidate.cue, candidate.head, candidate.group)
            candidate.quote = spans
            candidate.indirect = bool(spans)
        joined = {stretch: self._join_adjacent(stretch) for stretch in self.speech}
        for stretch, following in reversed(self._runs()):
            if joined[stretch] is None and (holder := joined[following]) is not None:
                holder.quote = merged([*holder.quote, stretch])
                joined[stretch] = holder
        loose = [stretch for stretch in self.speech if joined[stretch] is None and not self._join_following(stretch)]
        self._cut_reporters()
        drafts = [draft for candidate in self.candidates if (draft := self._draft(candidate))]
        drafts.extend(self._floating(loose, drafts))
        return _distinct(sorted(drafts, key=lambda draft: (draft["quote"], draft["cue"])))

    def _candidate(self, cue: Cue) -> Candidate | None:
        doc = self.doc
        anchor = doc[cue["anchor"]]
        cue_spans = [characters(doc[cue["start"] : cue["end"]])]
        head = _source_of(anchor, cue)
        if head is not None and head.i in range(cue["start"], cue["end"]):
            head = None
        source = None
        if head is not None:
            start, end = noun_phrase(head)
            # A phrase that the parser let run into its own cue ends before it.
            if start < cue["start"] < end:
                end = cue["start"]
            elif start < cue["end"] < end:
                start = cue["end"]
            source = trim_source(self.text, characters(doc[start:end])) if start < end else None
        if source is not None and any(_cuts(stretch, source) for stretch in self.long):
            source = None
        if source is None:
            head = None
        subject = cue["subject"]
        if subject is not None and (head is None or head.lemma_.lower() not in nouns_of(subject)):
            return None
        spans = [*cue_spans, source] if source else cue_spans
        near = spans if source is None or self._same_sentence(anchor, source) else cue_spans
        group = min(start for start, _ in near), max(end for _, end in near)
        return Candidate(cue, head, source, cue_spans, group)

    def _same_sentence(self, anchor: Token, source: Span) -> bool:
        """Whether the source stands next to the cue, so that the two form one interruption of the text."""
        start = anchor.idx
        between = self.text[min(source[1], start) : max(start, source[0])]
        return len(between) <= _FAR and anchor.dep_ not in {"conj", "advcl", "xcomp", "pcomp", "acl"}

    # Joining quotations in marks

    def _runs(self) -> list[tuple[Span, Span]]:
        """Return pairs of quotations of which the first was left open at the end of the paragraph before."""
        pairs = zip(self.speech, self.speech[1:], strict=False)
        return [(one, two) for one, two in pairs if one in self.open and not self.text[one[1] : two[0]].strip()]

    def _join_adjacent(self, stretch: Span) -> Candidate | None:
        """Join a quotation to the cue whose words hold it, that follows it, or that introduces it."""
        holders = [c for c in self.candidates if c.indirect and any(overlaps(stretch, span) for span in c.quote)]
        after = self._cue_after(stretch)
        if after is not None:
            self._claim(after, stretch)
            return after
        if holders:
            for holder in holders:
                holder.quote = merged([uncut(span, [stretch], [holder.group]) for span in holder.quote])
            return holders[0]
        before = self._cue_before(stretch)
        if before is not None:
            self._claim(before, stretch)
        return before

    def _cue_after(self, stretch: Span) -> Candidate | None:
        """Find X in `"…," X said` and `"…," said X`."""
        for candidate in self.candidates:
            gap = candidate.group[0] - stretch[1]
            if not candidate.reports or not 0 <= gap <= 8:
                continue
            between = self.text[stretch[1] : candidate.group[0]]
            if not _ONLY_JOINTS.fullmatch(between) or "\n" in between:
                continue
            inner = self.text[stretch[0] : stretch[1]].rstrip("\"”’'“»")
            own_words = any(start >= candidate.group[1] for start, _ in candidate.quote)
            if inner.endswith(".") and own_words:
                continue
            if ends_like_speech(self.text, stretch) or between.strip() or not own_words:
                return candidate
        return None

    def _cue_before(self, stretch: Span) -> Candidate | None:
        """Find X in `X said: "…"`, `X told reporters on Monday, "…"`."""
        best: Candidate | None = None
        for candidate in self.candidates:
            gap = self.text[candidate.group[1] : stretch[0]]
            if not candidate.reports or not 0 <= stretch[0] - candidate.group[1] <= _FAR or "\n" in gap.rstrip():
                continue
            if _SENTENCE_END.search(gap + "A") or any(
                inside(other, (candidate.group[1], stretch[0])) for other in self.long
            ):
                continue
            if best is None or candidate.group[1] > best.group[1]:
                best = candidate
        return best

    def _join_following(self, stretch: Span) -> bool:
        """Join `"B."` in `"A," X said. "B."`, or in the next paragraph, to the attribution that ends just before."""
        best: Candidate | None = None
        for candidate in self.candidates:
            if not candidate.quote or not candidate.reports or candidate.end > stretch[0]:
                continue
            if stretch[0] - candidate.end > _FAR or not _REST_OF_SENTENCE.fullmatch(
                self.text[candidate.end : stretch[0]]
            ):
                continue
            if best is None or (candidate.end, -len(candidate.quote)) > (best.end, -len(best.quote)):
                best = candidate
        if best is None or not self._stands_alone(stretch):
            return False
        best.quote = sorted([*best.quote, stretch])
        return True

    def _stands_alone(self, stretch: Span) -> bool:
        """Whether the quotation is a sentence of its own, not a quoted word inside somebody's sentence."""
        before = self.text[: stretch[0]].rstrip(" \n\u00a0")[-1:]
        starts = before in {"", ".", "!", "?", ":", "…", '"', "”", "’"} or self.text[: stretch[0]].rstrip(" ").endswith(
            "\n"
        )
        paragraph = self.paragraphs.holding(stretch[0])
        ends = ends_like_speech(self.text, stretch) or (paragraph is not None and paragraph[1] - stretch[1] <= 1)
        return starts and ends and words_in(self.text, stretch) >= 2

    def _claim(self, candidate: Candidate, stretch: Span) -> None:
        """Give the quotation to the cue, in place of what the parse took for its words there."""
        kept: list[Span] = []
        for span in candidate.quote:
            if not overlaps(span, stretch):
                if span in self.stretches or not candidate.indirect or not _beside(span, stretch, candidate.group):
                    kept.append(span)
                continue
            for hole in subtract(span, [stretch]):
                piece = trim(self.text, *hole)
                if piece is None or (words_in(self.text, piece) < 3 and piece[1] + 1 != stretch[0]):
                    continue
                # `The "people were moved," he said`: the unquoted beginning belongs to the quotation.
                kept.append((piece[0], stretch[0]) if piece[1] + 1 == stretch[0] else piece)
        candidate.quote = merged([*kept, stretch])
        candidate.rule = "direct"

    def _cut_reporters(self) -> None:
        """End what was said before a closing `, the report said` that reports the whole of it."""
        for outer in self.candidates:
            if not outer.quote or outer.cue["kind"] != "verb" or outer.quote[-1][1] > outer.group[0]:
                continue
            for inner in self.candidates:
                if inner is outer or not any(inside(inner.group, span) for span in outer.quote):
                    continue
                inner.quote = [
                    (start, outer.group[0]) if start < outer.group[0] and outer.group[1] <= end else (start, end)
                    for start, end in inner.quote
                ]

    def _floating(self, loose: list[Span], drafts: list[Draft]) -> list[Draft]:
        """Make attributions of quotations without cue: the nearest earlier source is theirs."""
        made: list[Draft] = []
        for stretch in loose:
            if not self._stands_alone(stretch) or words_in(self.text, stretch) < LONG_STRETCH:
                continue
            earlier = [d for d in drafts if d["source"] and d["source"][0][1] <= stretch[0]]
            nearest = max(earlier, key=lambda draft: draft["source"][0], default=None)
            made.append(
                new_draft(
                    "floating",
                    [stretch],
                    source=list(nearest["source"]) if nearest else [],
                    head=nearest["head"] if nearest else None,
                )
            )
        return made

    # From a candidate to an attribution

    def _draft(self, candidate: Candidate) -> Draft | None:
        if candidate.source is None and not self._may_lack_source(candidate):
            return None
        own = [*candidate.cue_spans, *([candidate.source] if candidate.source else []), *self.notices]
        spans: list[Span] = []
        for span in candidate.quote:
            for piece in subtract(span, own):
                tidy = trim(self.text, *piece) if piece not in self.stretches else piece
                if tidy:
                    spans.append(uncut(tidy, self.stretches, own))
        # Growing over a quotation may have joined parts again.
        spans = [piece for span in merged(spans) for piece in subtract(span, own)]
        spans = [span for span in spans if words_in(self.text, span) and not self._in_long(span)]
        if not spans:
            return None
        return new_draft(
            candidate.rule,
            spans,
            cue=candidate.cue_spans,
            source=[candidate.source] if candidate.source else [],
            head=candidate.head.i if candidate.head is not None else None,
            anchor=candidate.cue["anchor"],
            cue_class=candidate.cue["cue_class"],
        )

    def _may_lack_source(self, candidate: Candidate) -> bool:
        kind = candidate.cue["kind"]
        anchor = self.doc[candidate.cue["anchor"]]
        return kind in {"adverb", "noun"} or (kind == "verb" and is_passive(anchor))

    def _in_long(self, span: Span) -> bool:
        return any(_cuts(stretch, span) for stretch in self.long)


def _source_of(anchor: Token, cue: Cue) -> Token | None:
    if cue["kind"] == "verb":
        return find_source(anchor)
    if cue["kind"] == "noun":
        return next((child for child in anchor.children if child.dep_ == "poss"), None)
    if cue["kind"] == "preposition":
        last = anchor.doc[cue["end"] - 1]
        return next((token for part in (last, anchor) for token in part.children if token.dep_ == "pobj"), None)
    return None


def trim_source(text: str, span: Span) -> Span | None:
    """Leave stops and spaces out at both ends, and the possessive ending."""
    start, end = span
    for ending in ("'s", "’s"):
        if text[start:end].endswith(ending):
            end -= 2
    while start < end and not (text[start].isalnum() or text[start] in "\"“‘'«(@#"):
        start += 1
    while start < end and (text[end - 1].isspace() or text[end - 1] in ",;:–—-"):
        end -= 1
    return (start, end) if start < end and any(char.isalnum() for char in text[start:end]) else None


def _cuts(stretch: Span, span: Span) -> bool:
    """Whether `span` begins or ends strictly inside the stretch."""
    return stretch[0] < span[0] < stretch[1] or stretch[0] < span[1] < stretch[1]


def _beside(span: Span, stretch: Span, group: Span) -> bool:
    """Whether both lie on the same side of the cue: then the parse mistook other words for the quotation."""
    return (span[0] >= group[1]) == (stretch[0] >= group[1])


def _distinct(drafts: list[Draft]) -> list[Draft]:
    """Keep one of several attributions with the same quote, cue and source."""
    seen: set[tuple[tuple[Span, ...], ...]] = set()
    kept = []
    for draft in drafts:
        key = tuple(draft["quote"]), tuple(draft["cue"]), tuple(draft["source"])
        if key not in seen:
            seen.add(key)
            kept.append(draft)
    return kept


@Language.factory(
    "annotate_attributions",
    default_config={"spans_key": SPANS_KEY, "attitudes": True},
    requires=["token.dep"],
)
def make_attributions(nlp: Language, name: str, spans_key: str, attitudes: bool) -> Attributions:
    return Attributions(nlp, name, spans_key=spans_key, attitudes=attitudes)
