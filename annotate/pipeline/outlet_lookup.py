"""Listed names in the text: every spelling of the registry's names, and whether it may be something else there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.tokens import Span as TokenSpan

from annotate.pipeline.extensions import NoticeDraft, text_of
from annotate.pipeline.outlet_contexts import Act, before, is_continued, is_gap
from annotate.pipeline.registry import Outlet, Registry, key_of
from annotate.pipeline.resources import entries, given_names, words
from annotate.pipeline.spans import overlaps

_LEAST_CAPS = 5  # letters: a shorter word in capitals is an acronym of anything
_IN_NOTICES = frozenset({"dateline", "byline", "caption", "copyright", "residue", "disclaimer"})
_LOWER_NOTICES = frozenset({"copyright", "residue"})
_SMALL = frozenset({"the", "of", "and", "de", "la"})
_MUCH = 3  # times that an article speaks of a country that it is about
_KINDS = frozenset({"Magazine", "Newspaper", "Website"})
_OWNED = ("'s ", "’s ")


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name as it may be written.

    articled: without its "The", which must stand before it; last: its own tokens; place: where the outlet is, for a
    name that its namesakes elsewhere bear too ("Example Times (Sampleland)").
    """

    written: str
    outlet: Outlet
    ambiguous: bool
    articled: bool = False
    last: int | None = None
    place: str | None = None


class Lookup:
    """Finds listed names in a Doc."""

    def __init__(self, nlp: Language, registry: Registry) -> None:
        self._spellings: dict[str, list[Spelling]] = {}
        for outlet in registry.outlets:
            for spelling in _spellings(nlp, registry, outlet):
                text = spelling.written
                # As typed, with a curly apostrophe, and with spaces that keep a name in one line.
                for written in dict.fromkeys((text, text.replace("'", "’"), text.replace(" ", "\xa0"))):
                    self._spellings.setdefault(written.lower(), []).append(spelling)
        self._matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
        self._matcher.add("outlet", list(map(nlp.make_doc, self._spellings)))

    def names(self, doc: Doc) -> Iterator[tuple[TokenSpan, Outlet, bool]]:
        """Yield what may be names: the span, the outlet, and whether the words may stand for something else."""
        surnames = {token.text for token in doc[1:] if token.nbor(-1).text in given_names()}
        for _, start, end in self._matcher(doc):
            span = doc[start:end]
            if _goes_on(doc, span) or _is_person(doc, span):
                continue
            notice = _notice_of(doc, span)
            written = span.text.replace("’", "'").replace("\xa0", " ")
            best: Spelling | None = None
            for spelling in _of_here(doc, self._spellings.get(span.text.lower(), ())):
                exact = written == spelling.written.replace("’", "'")
                if spelling.articled and not _has_article(doc, start):
                    continue
                if exact and span[0].text != "the":
                    best = spelling
                    break
                if best is None and _written_otherwise(span, spelling, notice):
                    best = spelling
            if best is not None:
                own = span if best.last is None else doc[end - best.last : end]
                person = len(own) == 1 and own.text in surnames
                plain = notice in _IN_NOTICES or _is_a_line(doc, own)
                yield own, best.outlet, person or (best.ambiguous and not plain)


def _spellings(nlp: Language, registry: Registry, outlet: Outlet) -> Iterator[Spelling]:
    keys = {name: key_of(name) for name in outlet.names}
    for name in (*outlet.names, *outlet.local):
        ambiguous = name in outlet.ambiguous
        owner = next((name.partition(mark)[::2] for mark in _OWNED if mark in name), None)
        if owner is not None and name != outlet.name:
            # "Exampleland's Sample": the name alone; a programme's station is an outlet of its own.
            if registry.find(owner[0]) is not None:
                continue
            if key_of(owner[1]) in {key for other, key in keys.items() if other != name}:
                yield Spelling(name, outlet, False, last=len(nlp.make_doc(owner[1])))
                continue
        place = _place(outlet, name)
        yield Spelling(name, outlet, ambiguous, place=place)
        if name.startswith("The ") and name[4:] not in keys:
            yield Spelling(name[4:], outlet, ambiguous or " " not in name[4:], articled=True, place=place)


def _place(outlet: Outlet, name: str) -> str | None:
    """Return what brackets add to the outlet's name where one that others bear too goes without: a country."""
    return outlet.name.partition(" (")[2].rstrip(")") if name in outlet.local else None


def _of_here(doc: Doc, spellings: Sequence[Spelling]) -> Sequence[Spelling]:
    """Put the namesake first whose country the article speaks of; a word or an acronym is no name of one elsewhere."""
    if all(spelling.place is None for spelling in spellings):
        return spellings
    times = {spelling: _times(doc, spelling.place) for spelling in spellings if spelling.place}
    known = [spelling for spelling in spellings if spelling.place is None]
    here = sorted((spelling for spelling, spoken in times.items() if spoken), key=lambda each: -times[each])
    elsewhere = [spelling for spelling, spoken in times.items() if not spoken and not spelling.ambiguous]
    if here and times[here[0]] >= _MUCH and not any(spelling.written == spelling.outlet.name for spelling in known):
        return [*here, *known, *elsewhere]  # "ABC" in Australia
    return [*known, *here, *elsewhere]


def named(doc: Doc, registry: Registry, name: str) -> Outlet | None:
    """Return the listed outlet that goes by a name in this article, None for a namesake elsewhere."""
    first, _, last = name.rpartition(" ")
    outlet = registry.find(name) or (registry.find(first) if last in _KINDS else None)  # "Example Magazine"
    if outlet is None or key_of(name) not in map(key_of, outlet.local):
        return outlet
    return outlet if _times(doc, outlet.name.partition(" (")[2].rstrip(")")) else None


def _times(doc: Doc, place: str | None) -> int:
    """Count how often an article speaks of a country."""
    text = text_of(doc)
    return sum(text.count(word) + text.count(word.upper()) for word in (place, *_words_of(place)) if word)


@cache
def _words_of(country: str | None) -> tuple[str, ...]:
    """Return by what else a country is spoken of: "Sampleland", "Sampleish", its capital."""
    for entry in entries("countries"):
        if country in (entry["name"], *entry["aliases"]):
            return (entry["name"], *entry["aliases"], *entry["adjectives"], *entry["capitals"])
    return ()


def _has_article(doc: Doc, start: int) -> bool:
    """Tell whether "the" or an owner stands before, or a noun that says what it is: "the tabloid Sample"."""
    if start == 0:
        return False
    at = start - 2 if start > 1 and is_gap(doc, start - 1) else start - 1
    if doc[at].lower_ in {"the", "'s", "’s"}:
        return True
    left = before(doc, start)
    return left is not None and left.act is Act.NAMED


def _written_otherwise(span: TokenSpan, spelling: Spelling, notice: str | None) -> bool:
    """Tell whether other capitals than the registry's still spell the name: in capitals, in titles, in residue."""
    text, alias = span.text, spelling.written
    if notice in _LOWER_NOTICES and (len(span) > 1 or not spelling.ambiguous):
        return True
    if span[0].text == "the":
        return False
    if "." in alias.strip("."):
        return True
    if text.isupper():
        return sum(char.isalpha() for char in text) >= _LEAST_CAPS
    heads = [token.text[0] for token in span if token.is_alpha and token.lower_ not in _SMALL]
    return bool(heads) and all(head.isupper() for head in heads) and not alias.isupper()


def _is_a_line(doc: Doc, span: TokenSpan) -> bool:
    """Tell whether a line is but the name with its article, as in a site's own links: "The Sample Channel"."""
    start, end = span.start, span.end
    while end < len(doc) and doc[end].text in words("outlet_noun_line"):
        end += 1
    articled = span[0].lower_ == "the"
    if span[0].text == "the" or (not articled and (start == 0 or doc[start - 1].text not in {"The", "THE"})):
        return False
    start -= not articled
    return (start == 0 or "\n" in doc[start - 1].text) and (end == len(doc) or "\n" in doc[end].text)


def _notice_of(doc: Doc, span: TokenSpan) -> str | None:
    notices: list[NoticeDraft] = doc._.notices
    chars = span.start_char, span.end_char
    return next((notice["kind"] for notice in notices if overlaps(notice["span"], chars)), None)


def _goes_on(doc: Doc, span: TokenSpan) -> bool:
    """Tell whether the words are but the beginning of the name of something else: "the Example Post Office"."""
    if span.end < len(doc) and doc[span.end].text in words("outlet_not_after"):
        return True
    if span[-1].text not in words("outlet_ending"):
        return False
    return is_continued(doc, span.end)


def _is_person(doc: Doc, span: TokenSpan) -> bool:
    """Tell whether one word begins the name of a person: "Mehr Example Doe"."""
    if len(span) > 1 or span.end + 1 >= len(doc):
        return False
    told = span.text.isupper() and before(doc, span.start) is not None  # "told EXN South Sampleland"
    if told or (span.text.isupper() and doc[span.end].lower_ in words("outlet_head")):
        return False  # "EXN President Jane Roe"
    following = doc[span.end : span.end + 3]
    if any(token.lower_ in words("outlet_job") or token.text in words("outlet_ending") for token in following):
        return False
    return all(token.pos_ == "PROPN" and token.text[:1].isupper() for token in following[:2])
