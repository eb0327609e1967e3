"""News outlets: every mention by name, and anaphors that act in an attribution.

Names come from the registry (registry.py); names that are also words, places or persons count only where the context
shows an outlet (outlet_contexts.py), and so do names that no registry holds ("told the Example Times"), which come
without a domain. What each outlet does, and what came through it, is decided by chains.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.tokens import Span as TokenSpan
from spacy.util import filter_spans

from annotate.derive import Span
from annotate.pipeline.extensions import Draft, NoticeDraft, OutletDraft, ensure_extensions, text_of
from annotate.pipeline.outlet_contexts import Act, after, before
from annotate.pipeline.outlet_forms import acronym_after, credited, feeds, foreign_acronyms, short_forms, unlisted
from annotate.pipeline.registry import Outlet, Registry
from annotate.pipeline.resources import given_names, words
from annotate.pipeline.spans import inside, overlaps

SPANS_KEY = "annotate/outlet"
_LEAST_CAPS = 5  # letters: a shorter word in capitals is an acronym of anything
_DATELINE = 60  # characters before an agency in brackets
_IN_NOTICES = frozenset({"dateline", "byline", "caption", "copyright", "residue", "disclaimer"})
_LOWER_NOTICES = frozenset({"copyright", "residue"})
_TITLE_START = re.compile(r"(?:^|[\s\"'“‘«(])the\s$", re.IGNORECASE)


class Outlets:
    """Write the mentions to `doc._.outlets`; where an outlet is the source of an attribution, say so in its draft.

    own: a user's outlets, as `annotate.pipeline.registry.read_outlets` yields them. Needs the attributions, and the
    notices where they are to be read too. Every mention has the role `mention` until `annotate_chains` has run.
    """

    def __init__(
        self,
        nlp: Language,
        name: str = "annotate_outlets",
        *,
        own: Sequence[Mapping[str, Any]] = (),
        spans_key: str = SPANS_KEY,
    ) -> None:
        self.name = name
        self.spans_key = spans_key
        self._vocab = nlp.vocab
        self._make_doc = nlp.make_doc
        self.use(Registry.load(own))
        ensure_extensions()

    def use(self, registry: Registry) -> None:
        """Know the outlets of this registry, and no others."""
        self.registry = registry
        self._known: dict[str, list[tuple[str, Outlet]]] = {}
        for outlet in registry.outlets:
            for alias in outlet.names:
                # As typed, with a curly apostrophe, and with spaces that keep a name in one line.
                for written in dict.fromkeys((alias, alias.replace("'", "’"), alias.replace(" ", "\xa0"))):
                    self._known.setdefault(written.lower(), []).append((written, outlet))
        self._matcher = PhraseMatcher(self._vocab, attr="LOWER")
        self._matcher.add("outlet", [self._make_doc(found[0][0]) for found in self._known.values()])

    def __call__(self, doc: Doc) -> Doc:
        drafts: list[Draft] = doc._.attributions
        outlets = self._mentions(doc)
        outlets.extend(feeds(doc))
        mark_sources(doc, drafts, outlets)
        outlets.extend(_anaphors(doc, drafts, outlets))
        outlets.sort(key=lambda outlet: outlet["start"])
        doc._.outlets = outlets
        doc.spans[self.spans_key] = [TokenSpan(doc, item["start"], item["end"], label=item["role"]) for item in outlets]
        return doc

    def _mentions(self, doc: Doc) -> list[OutletDraft]:
        """Find mentions in rounds: what forms show, what is plain, what contexts show, what these define and repeat."""
        formed = self._formed(doc)
        longer = {
            index for item in formed if item["end"] - item["start"] > 1 for index in range(item["start"], item["end"])
        }
        plain: dict[TokenSpan, Outlet] = {}
        doubtful: dict[TokenSpan, Outlet] = {}
        for span in self._spans(doc):
            read = self._read(doc, span)
            if read is not None:
                (doubtful if read[1] else plain)[span] = read[0]
        # "Radio Example Court" is no longer name of the listed "Radio Example".
        starts = {span.start for span in plain if span[0].text in words("outlet_beginning")}
        formed = [item for item in formed if item["start"] not in starts]
        defined = [*formed, *(_draft(span, outlet) for span, outlet in plain.items())]
        foreign = foreign_acronyms(doc, defined)
        plain = {span: outlet for span, outlet in plain.items() if span.text not in foreign}
        doubtful = {span: outlet for span, outlet in doubtful.items() if span.text not in foreign}
        acting = {span: outlet for span, outlet in doubtful.items() if _acts(doc, span)}
        listed = {
            span: outlet for span, outlet in doubtful.items() if span not in acting and _in_list(doc, span, plain)
        }
        known = plain | acting | listed
        kept = [span for span in filter_spans(list(known)) if not _within(span, formed)]
        found = [_draft(span, known[span]) for span in kept]
        taken = {index for span in kept for index in range(span.start, span.end)}
        found.extend(item for item in formed if not taken & set(range(item["start"], item["end"])))
        taken |= longer
        # An article's own short forms go before the registry's.
        short = acronym_after(doc, found, set())
        covered = {item["start"] for item in short}
        found = [item for item in found if item["end"] - item["start"] > 1 or item["start"] not in covered] + short
        taken |= covered
        found.extend(short_forms(doc, found, taken))
        # A doubtful name that was plainly an outlet's once is one throughout, unless it begins a sentence as a word.
        sure = {span.text for span in (*acting, *listed)}
        for span, outlet in doubtful.items():
            again = span.text in sure and not taken & set(range(span.start, span.end))
            if again and (not span[0].is_sent_start or span.text.isupper()) and not _is_longer_name(doc, span):
                taken |= set(range(span.start, span.end))
                found.append(_draft(span, outlet))
        self._one_outlet(found, doc)
        return found

    @staticmethod
    def _one_outlet(found: Sequence[OutletDraft], doc: Doc) -> None:
        """Give a short form that came before the long one the same name: "EXN … Example News"."""
        for item in found:
            short = item["name"] or ""
            if item["domain"] is None and short.isupper() and short.isalpha():
                for other in found:
                    initials = "".join(word[0] for word in (other["name"] or "").split() if word[0].isupper())
                    if other is not item and initials == short:
                        item["name"], item["domain"] = other["name"], other["domain"]

    def _formed(self, doc: Doc) -> list[OutletDraft]:
        """Find what form and context show, the longest first where names overlap."""
        formed = []
        taken: set[int] = set()
        spans = sorted((*unlisted(doc), *credited(doc)), key=lambda item: (item[0].start - item[0].end, item[0].start))
        for span, name in spans:
            if not taken & set(range(span.start, span.end)):
                taken |= set(range(span.start, span.end))
                formed.append(_draft(span, self.registry.find(name) or Outlet(name)))
        return formed

    def _spans(self, doc: Doc) -> Iterator[TokenSpan]:
        for _, start, end in self._matcher(doc):
            yield doc[start:end]

    def _read(self, doc: Doc, span: TokenSpan) -> tuple[Outlet, bool] | None:
        """Return the outlet that words stand for, and whether they may be something else; None when they cannot."""
        goes_on = span.end < len(doc) and doc[span.end].text in words("outlet_not_after")
        notice = _notice_of(doc, span)
        if (span[0].text == "the" and notice not in _LOWER_NOTICES) or goes_on or _is_person(doc, span):
            return None
        person = len(span) == 1 and _surname(doc, span[0].text)
        best: tuple[Outlet, bool] | None = None
        for alias, outlet in self._known.get(span.text.lower(), ()):
            if span.text == alias:
                return outlet, person or (alias in outlet.ambiguous and notice not in _IN_NOTICES)
            if best is None and _written_otherwise(span, alias, notice):
                best = outlet, person or (alias in outlet.ambiguous and notice not in _IN_NOTICES)
        return best


def _written_otherwise(span: TokenSpan, alias: str, notice: str | None) -> bool:
    """Tell whether other capitals than the registry's still spell the name: in capitals, in titles, in residue."""
    text = span.text
    if notice in _LOWER_NOTICES or "." in alias.strip("."):
        return True
    if text.isupper():
        return sum(char.isalpha() for char in text) >= _LEAST_CAPS
    heads = [token.text[0] for token in span if token.is_alpha and token.lower_ not in {"the", "of", "and", "de", "la"}]
    return bool(heads) and all(head.isupper() for head in heads) and not alias.isupper()


def _notice_of(doc: Doc, span: TokenSpan) -> str | None:
    notices: list[NoticeDraft] = doc._.notices
    chars = span.start_char, span.end_char
    return next((notice["kind"] for notice in notices if overlaps(notice["span"], chars)), None)


def _acts(doc: Doc, span: TokenSpan) -> bool:
    """Tell whether a name that may be a word, a place or a person is used of an outlet."""
    if _is_longer_name(doc, span):
        return False
    titled = _titled(doc, span)
    right = after(doc, span.end)
    if right is not None and right.act in {Act.NAMED, Act.STAFF}:
        return True
    if right is not None and right.act is Act.REPORTING:
        # "The State reported a loss": what may report by itself needs more than the beginning of a sentence.
        return titled or not span[0].is_sent_start or span[-1].text not in words("outlet_animate")
    left = before(doc, span.start)
    if left is not None and (left.act is not Act.STAFF or titled):
        # Persons are told and cited too: a single word must not be part of a longer name anywhere.
        person = len(span) == 1 and not span.text.isupper() and _names_a_person(doc, span[0].text)
        return not person or left.act in {Act.HANDING, Act.NAMED}
    if right is not None and right.act is Act.SAYING:
        return titled or _says(doc, span, right.at)
    return titled or _bracketed(doc, span)


def _says(doc: Doc, span: TokenSpan, verb: int) -> bool:
    """Tell whether "… said" is an outlet's: an agency's letters without an article, or somebody who cites others."""
    if any(token.lower_ in {"citing", "quoting"} for token in doc[verb : verb + 6]):
        return True
    if not span.text.isupper() or len(span.text) < 2:
        return False
    article = span.start > 0 and doc[span.start - 1].lower_ in {"the", "an", "a"}
    return not article or span.text in words("outlet_with_article")


def _names_a_person(doc: Doc, word: str) -> bool:
    """Tell whether a word stands beside another capitalised one somewhere, as in the name of a person or place."""
    return any(
        token.text == word
        and any(
            0 <= at < len(doc) and doc[at].pos_ == "PROPN" and doc[at].text[:1].isupper() and doc[at].is_alpha
            for at in (token.i - 1, token.i + 1)
        )
        for token in doc
    )


def _titled(doc: Doc, span: TokenSpan) -> bool:
    """Tell whether "The" belongs to the name: in capitals although no sentence begins."""
    if span[0].text != "The" or span[0].is_sent_start or span.start == 0:
        return False
    left = doc[span.start - 1]
    return (left.text.islower() and left.is_alpha) or left.text == ","


def _bracketed(doc: Doc, span: TokenSpan) -> bool:
    """Tell whether the name stands alone in brackets at the head of a paragraph, as in a dateline: "(AP)"."""
    if span.start == 0 or span.end >= len(doc) or doc[span.start - 1].text != "(" or doc[span.end].text != ")":
        return False
    head = text_of(doc).rfind("\n", 0, span.start_char) + 1
    return span.start_char - head <= _DATELINE


def _is_longer_name(doc: Doc, span: TokenSpan) -> bool:
    """Tell whether the words are part of the longer name of something else: "Jane Bild", "Sky Harbour"."""
    if span.end < len(doc):
        right = doc[span.end]
        joined = right.text[:1].isupper() and right.pos_ == "PROPN" and not right.is_sent_start
        if right.text in words("outlet_not_after"):
            return True
        if joined and right.lower_ not in words("outlet_job") and right.lower_ not in words("outlet_noun"):
            return True
        if right.text == "-" and span.end + 1 < len(doc) and doc[span.end + 1].is_alpha and not right.whitespace_:
            return True
    if span.start == 0 or span[0].text == "The":
        return False
    left = doc[span.start - 1]
    if left.lower_ == "of" and span.start > 1 and doc[span.start - 2].pos_ == "PROPN" and len(span) == 1:
        return True  # "the Example Institute of Science"
    return (
        left.pos_ == "PROPN"
        and left.text[:1].isupper()
        and not left.is_sent_start
        and left.lower_ not in words("outlet_noun")
        and left.lower_ not in words("outlet_describing")
        and left.text not in {"'s", "’s"}
    )


def _in_list(doc: Doc, span: TokenSpan, plain: Iterable[TokenSpan]) -> bool:
    """Tell whether the name stands in a row with one that is plainly an outlet's."""
    if _is_longer_name(doc, span):
        return False
    ends = {item.end for item in plain}
    starts = {item.start for item in plain}
    left, right = span.start, span.end
    while left > 0 and (doc[left - 1].text in {",", "and", "or", "&"} or doc[left - 1].lower_ == "the"):
        left -= 1
    while right < len(doc) and (doc[right].text in {",", "and", "or", "&"} or doc[right].lower_ == "the"):
        right += 1
    return (left < span.start and left in ends) or (right > span.end and right in starts)


def _is_person(doc: Doc, span: TokenSpan) -> bool:
    """Tell whether one word begins the name of a person: "Mehr Example Doe"."""
    if len(span) > 1 or span.end + 1 >= len(doc):
        return False
    following = doc[span.end : span.end + 3]
    if any(token.lower_ in words("outlet_job") or token.text in words("outlet_ending") for token in following):
        return False
    return all(token.pos_ == "PROPN" and token.text[:1].isupper() for token in following[:2])


def _surname(doc: Doc, word: str) -> bool:
    """Tell whether a word follows a given name somewhere in the article."""
    return any(token.text == word and token.i and doc[token.i - 1].text in given_names() for token in doc)


def _within(span: TokenSpan, formed: Iterable[OutletDraft]) -> bool:
    """Tell whether a listed name is but a part of a longer one that its form shows: "Example News" Agency."""
    return any(
        item["start"] <= span.start and span.end <= item["end"] and item["end"] - item["start"] > len(span)
        for item in formed
    )


def _draft(span: TokenSpan, outlet: Outlet) -> OutletDraft:
    return {
        "span": (span.start_char, span.end_char),
        "start": span.start,
        "end": span.end,
        "name": outlet.name,
        "domain": outlet.domain,
        "kind": outlet.kind,
        "role": "mention",
    }


def mark_sources(doc: Doc, drafts: Iterable[Draft], outlets: Sequence[OutletDraft]) -> None:
    """Say in the draft of each attribution whose source is an outlet that it is, and which."""
    for draft in drafts:
        if not draft["source"]:
            continue
        source = draft["source"][0][0], draft["source"][0][1]
        held = next(
            (outlet for outlet in outlets if inside(outlet["span"], source) and _is_head(doc, outlet, draft)), None
        )
        if held is not None:
            draft["source_type"] = "outlet"
            draft["speaker"] = held["name"]


def _is_head(doc: Doc, outlet: OutletDraft, draft: Draft) -> bool:
    """Whether the outlet itself is the source: "Reuters", "the newspaper Milenio", "a report by the Example Times"."""
    start, end = draft["source"][0]
    words_around = f"{text_of(doc)[start : outlet['span'][0]]} {text_of(doc)[outlet['span'][1] : end]}".lower().split()
    if not words_around:
        return True
    if draft["head"] is not None and outlet["start"] <= draft["head"] < outlet["end"]:
        return True
    allowed = words("outlet_noun") | words("outlet_describing") | words("outlet_noun_strong")
    fillers = {
        "the",
        "a",
        "an",
        "of",
        "by",
        "in",
        "on",
        "from",
        "report",
        "reports",
        "news",
        "press",
        "'s",
        "’s",
        "its",
    }
    rest = [word.strip('()"“”,') for word in words_around]
    return all(
        word in allowed or word in fillers or not word or word.endswith(("'s", "’s", "-language")) for word in rest
    )


def _anaphors(doc: Doc, drafts: Iterable[Draft], outlets: Sequence[OutletDraft]) -> Iterator[OutletDraft]:
    """Resolve "the news wire" as a source to the outlet named last before it."""
    phrases = words("outlet_anaphor")
    seen: dict[Span, OutletDraft | None] = {}
    for draft in drafts:
        if not draft["source"] or draft["source_type"] == "outlet":
            continue
        start, end = draft["source"][0]
        phrase = text_of(doc)[start:end].lower()
        if phrase not in phrases:
            continue
        if (start, end) not in seen:
            seen[start, end] = _stands_for(doc, (start, end), phrase, outlets)
            found = seen[start, end]
            if found is not None:
                yield found
        found = seen[start, end]
        if found is not None:
            draft["source_type"] = "outlet"
            draft["speaker"] = found["name"]


def _stands_for(doc: Doc, span: Span, phrase: str, outlets: Sequence[OutletDraft]) -> OutletDraft | None:
    named = [outlet for outlet in outlets if outlet["span"][1] <= span[0] and outlet["name"]]
    tokens = doc.char_span(*span, alignment_mode="expand")
    if not named or tokens is None:
        return None
    nearest = max(named, key=lambda outlet: outlet["start"])
    if phrase in words("outlet_report") and not _reported(doc, nearest):
        return None
    return {**nearest, "span": span, "start": tokens.start, "end": tokens.end}


def _reported(doc: Doc, outlet: OutletDraft) -> bool:
    """Whether an outlet was cited for a report, so that "the report" can be its own."""
    right, left = after(doc, outlet["end"]), before(doc, outlet["start"])
    return (right is not None and right.act in {Act.REPORTING, Act.SAYING}) or (
        left is not None and left.act in {Act.CITED, Act.HANDING}
    )


@Language.factory("annotate_outlets", default_config={"own": [], "spans_key": SPANS_KEY})
def make_outlets(nlp: Language, name: str, own: list[dict[str, Any]], spans_key: str) -> Outlets:
    return Outlets(nlp, name, own=own, spans_key=spans_key)
