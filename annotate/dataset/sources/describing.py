"""What an article calls a source: its title or role, its organisation, whether it is named, and why it is not.

All of it is read from the words that the annotation marks as the source, and from the sentence around them; where these
do not tell, there is nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from annotate.dataset.sources.grouping import Source
from annotate.derive import Span, name_key
from annotate.pipeline.resources import entries
from annotate.record import Attribution
from annotate.scheme import Anonymity, SourceType
from annotate.stories.knowledge import words as word_list
from annotate.stories.words import skeleton

_WORD = re.compile(r"\w+")
_TOKEN = re.compile(r"[.&-]{0,9}\w(?:[\w.&-]*\w)?(?:['’]\w+)*['’]?|[^\w\s]")
_ARTICLES = frozenset({"a", "an", "the", "another", "one", "its", "their", "his", "her", "our"})
_OF = frozenset({"of", "for", "from", "with", "at", "in", "within", "inside"})
_COLLECTIVE = re.compile(
    r"^(?:both|each|either|neither|all|the two|the other|the others|others?)"
    r"(?: of)?(?: the| them)?(?: two| other)?(?: sides?| groups?| part(?:y|ies)| camps?)?$",
    re.IGNORECASE,
)
_PLACES = frozenset({"in", "at", "within", "inside"})  # before a body as before a place
_OF_PLACES = frozenset(
    {"resident", "residents", "witness", "witnesses", "people", "locals", "native", "mayor", "governor", "president"}
    | {"premier", "king", "queen", "emir", "sultan", "prince", "princess", "sheriff", "bishop", "archbishop", "farmer"}
)
_NO_ROLE = frozenset({"source", "sources", "person", "people", "man", "woman", "men", "women", "somebody", "someone"})
_OFFICES = frozenset(
    {SourceType.SPOKESPERSON, SourceType.OFFICIAL, SourceType.POLITICIAN, SourceType.EXPERT, SourceType.ORGANISATION}
)
_PERSONS = frozenset(
    {SourceType.SPOKESPERSON, SourceType.OFFICIAL, SourceType.POLITICIAN, SourceType.INSIDER}
    | {SourceType.WITNESS, SourceType.EXPERT, SourceType.PERSON}
)
# How news says that somebody may not, or does not want to, be named.
_SPEAKING = r"(?:(?:speaking|spoke|speaks|talking|talked) )?"
_ALLOWED = r"(?:authori[sz]ed|allowed|permitted|cleared|supposed) to (?:speak|talk|discuss|comment|brief)"
_REASON = re.compile(
    rf"\b(?:{_SPEAKING}(?:up)?on (?:the )?condition (?:of )?anonymity"
    rf"|{_SPEAKING}under (?:the )?condition of anonymity"
    r"|(?:who )?(?:ask|request|insist|wish|want|prefer)(?:r?ed|r?ing)? (?:on )?(?:anonymity|to remain anonymous"
    r"|not to be (?:named|identified|quoted by name)|that (?:\w+ ){1,3}not be (?:named|identified))"
    r"|(?:who )?(?:declin(?:ed|ing)|refus(?:ed|ing)|(?:did|does|do) not (?:want|wish)) to be (?:named|identified)"
    rf"|(?:as|because|since) (?:he|she|they) (?:was|were|is|are|had|have) (?:not|never)(?: been)? {_ALLOWED}"
    rf"|(?:as|because|since) (?:he|she|they) (?:was|were|is|are|had|have)n['’]t(?: been)? {_ALLOWED}"
    rf"|(?:who (?:was|were|is|are) )?not {_ALLOWED}"
    r"|(?:who )?(?:spoke|speaking) anonymously"
    r"|(?:for )?fear(?:ed|ing)? (?:of )?(?:reprisals?|retaliation|retribution|arrest|persecution)"
    r"|whose (?:full |real )?name (?:is|was|has been|is being) (?:withheld|changed))",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?]['\"”’)]*(?=\s|$)|\n")
_ABBREVIATION = re.compile(
    r"(?:\b[A-Z]|\b(?:Mr|Mrs|Ms|Dr|Gen|Col|Lt|Sgt|Gov|Sen|Rep|St|Jan|Feb|Aug|Sept|Oct|Nov|Dec))$"
)
_CLAUSE_END = re.compile(r"[;:—–\"“”]|,(?= (?:said|told|says|added|according|the |he |she |they |and ))")
_LONGEST_REASON = 160


class Naming(StrEnum):
    """Whether a source is named. ROLE_ONLY: by its office or body alone; ANONYMOUS: not even by these, or withheld."""

    NAMED = "named"
    ROLE_ONLY = "role_only"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Description:
    """What an article calls a source; None for what it does not say."""

    title: str | None = None
    organisation: str | None = None


def describe(source: Source, bodies: Mapping[str, str]) -> Description:
    """Read title and organisation off the words that stand for a source.

    bodies: what organisations are called over the collection, by `name_key` of every name they go by.
    """
    if source.attributions[0].anonymity in {Anonymity.NAMED_GROUP, Anonymity.DOCUMENT} and source.name:
        return Description(organisation=source.name if is_body(source) else None)
    title = organisation = None
    for words in source.wordings:
        role = _without_name(words, source.name)
        if not role or (source.name and _is_kin(role)) or _COLLECTIVE.match(words):
            continue
        found, body = (_words(role), None) if _is_kin(role) else _parted(role, bodies)
        if found and (found.lower() in _NO_ROLE or found.lower() in _body_nouns()):
            found = None
        title, organisation = title or found, organisation or body
    return Description(title, organisation)


def is_body(source: Source) -> bool:
    """Tell whether a source is itself an organisation, and no document."""
    return all(item.anonymity == Anonymity.NAMED_GROUP for item in source.attributions)


def is_person(item: Attribution) -> bool:
    """Tell whether an attribution's source is one person; its kind decides where its naming is not annotated."""
    if item.anonymity is None:
        return item.source_type in _PERSONS
    return item.anonymity in {Anonymity.NAMED_INDIVIDUAL, Anonymity.UNNAMED_INDIVIDUAL}


def naming_of(source: Source, description: Description, reason: str | None, bodies: Mapping[str, str]) -> Naming | None:
    """Tell whether a source is named; None for nobody, for a document, and for words that stand for several sources."""
    if source.implicit:
        return None
    if source.name:
        return Naming.NAMED
    first = source.attributions[0]
    if first.anonymity == Anonymity.DOCUMENT or all(_COLLECTIVE.match(words) for words in source.wordings):
        return None
    if reason or first.source_type == SourceType.INSIDER:
        return Naming.ANONYMOUS
    told = description.organisation or first.source_type in _OFFICES or _names_a_body(source, bodies)
    return Naming.ROLE_ONLY if told else Naming.ANONYMOUS


def _names_a_body(source: Source, bodies: Mapping[str, str]) -> bool:
    """Tell whether the words hold a body's name: "the Taliban and rebel fighters"."""
    return any(name_key(token) in bodies for words in source.wordings for token in _tokens(words) if token[0].isupper())


def anonymity_reason(text: str, source: Source) -> str | None:
    """Return why a source stays unnamed, in the article's own words, from the sentences that name it as a source."""
    if source.name or source.implicit:
        return None
    for item in source.attributions:
        start, end = sentence_around(text, (item.source[0][0], item.source[-1][1]))
        match = _REASON.search(text, start, end)
        while match and any(begin <= match.start() < stop for begin, stop in item.quote):
            match = _REASON.search(text, match.end(), end)
        if match:
            stop = _CLAUSE_END.search(text, match.end(), end)
            words = text[match.start() : stop.start() if stop else end]
            return " ".join(words.split()).strip(" .,;")[:_LONGEST_REASON] or None
    return None


def sentence_around(text: str, span: Span) -> Span:
    """Return the sentence that holds a span."""
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if match.group() != "\n" and _ABBREVIATION.search(text, max(0, match.start() - 6), match.start()):
            continue
        if match.end() <= span[0]:
            start = match.end()
        elif match.end() >= span[1]:
            return start, match.end()
    return start, len(text)


@cache
def _roles() -> frozenset[str]:
    """Return the last words of the nouns that stand for persons."""
    found = {entry["noun"] for entry in entries("roles") if entry["refers_to"] in {"individual", "group"}}
    return frozenset(noun.replace("-", " ").split()[-1] for noun in found) | {"son", "member", "members", "source"}


@cache
def _body_nouns() -> frozenset[str]:
    return frozenset(entry["noun"] for entry in entries("body_nouns")) | {"front", "movement", "resistance", "rebels"}


def _tokens(words: str) -> list[str]:
    found: list[str] = _TOKEN.findall(words)
    return found


def _without_name(words: str, name: str | None) -> list[str]:
    """Return a description without the words of the name, and without what stands around it."""
    sounds = {skeleton(part) for part in _WORD.findall(name or "")}
    kept: list[str] = []
    for token in _tokens(words):
        bare = re.sub(r"['’]s?$", "", token)
        # Each part by itself too: O'Brien, Wai-cheong.
        if token[0].isupper() and (skeleton(bare) in sounds or sounds.issuperset(map(skeleton, _WORD.findall(bare)))):
            continue
        kept.append(token)
    while kept and (kept[0].lower() in _ARTICLES or not kept[0][0].isalnum()):
        kept.pop(0)
    while kept and not kept[-1][-1].isalnum():
        kept.pop()
    return kept


def _is_kin(role: Iterable[str]) -> bool:
    return any(token.lower() in word_list("kin") for token in role)


def _parted(role: Sequence[str], bodies: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Part a description into the title and the organisation: "spokesman for the NRF", "senior Taliban leader"."""
    place = next((i for i, token in enumerate(role) if token.lower() in _OF or not token[0].isalnum()), len(role))
    before, after = role[:place], role[place + 1 :]
    stop = next((i for i, token in enumerate(after) if not token[0].isalnum() and token not in {"&"}), len(after))
    body = after[:stop]
    while body and body[0].lower() in {*_ARTICLES, "of", "within", "inside"}:
        body = body[1:]
    joint = role[place].lower() if place < len(role) else ""
    if joint in _OF and len(body) == 1 and body[0].lower() in _body_nouns():
        return _from_before(before, before, bodies)  # "of the group": which one, these words do not say
    if joint in _OF and _is_body(joint, body, before, bodies):
        return _words(before), _known(_words(body), bodies)
    return _from_before(before, role if joint in _OF and body else before, bodies)


def _is_body(joint: str, body: Sequence[str], role: Sequence[str], bodies: Mapping[str, str]) -> bool:
    """Tell whether what follows "of" or "for" is a body, and no place that somebody lives in or governs."""
    words = _words(body)
    if not words:
        return False
    if name_key(words) in bodies or body[-1].lower() in _body_nouns():
        return True
    if body[-1].lower().removesuffix("s") in _roles():
        return False  # "Court of Appeal judges": what follows is still who speaks
    of_a_place = bool(role) and role[-1].lower() in _OF_PLACES
    named = any(token[0].isupper() and not _is_nationality(token) for token in body)
    return named and not of_a_place and joint not in _PLACES


def _from_before(
    before: Sequence[str], title: Sequence[str], bodies: Mapping[str, str]
) -> tuple[str | None, str | None]:
    """Part "Taliban spokesman" and "the group's leader", where the role is the last word."""
    if not before or before[-1].lower() not in _roles():
        return _words(title), None
    possessive = next((i for i, token in enumerate(before) if token.endswith(("'s", "’s", "s'", "s’"))), None)
    if possessive is not None and possessive < len(before) - 1:
        body = [*before[:possessive], re.sub(r"['’]s?$", "", before[possessive])]
        return _words(before[possessive + 1 :]), _known(_words(body), bodies) if len(body) > 1 or body[0][
            0
        ].isupper() else None
    if before[-1][0].isupper():
        return _words(title), None  # "Russian Foreign Minister": the whole is the title
    names = [i for i, token in enumerate(before[:-1]) if token[0].isupper() and not _is_nationality(token)]
    if not names or names != list(range(names[0], names[-1] + 1)):
        return _words(title), None
    body = list(before[names[0] : names[-1] + 1])
    kept = [token for index, token in enumerate(title) if index not in names]
    return _words(kept), _known(_words(body), bodies)


@cache
def _nationalities() -> frozenset[str]:
    return frozenset(word for entry in entries("countries") for word in [entry["name"], *entry["adjectives"]])


def _is_nationality(token: str) -> bool:
    return token in _nationalities()


def _words(tokens: Sequence[str]) -> str | None:
    words = " ".join(tokens)
    return re.sub(r" ([,.;:)])", r"\1", words).strip(" ,.(") or None


def _known(body: str | None, bodies: Mapping[str, str]) -> str | None:
    return bodies.get(name_key(body), body) if body else None
