"""What the words around a name say: whether it is an outlet's, and what the outlet does there.

A name that is also a word, a place or a person counts as an outlet only where one of these holds; so does a name that
is in no registry. Word lists: data/outlet_words.jsonl.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from spacy.tokens import Doc, Token

from annotate.pipeline.resources import given_names, words

_FAR = 7  # tokens to the left that may describe an outlet: "told Exampleland's state-owned news agency"
_LOOK_AHEAD = 3  # tokens
_QUOTES = frozenset("\"'“”‘’«»")
_ARTICLES = frozenset({"the", "a", "an"})
_PERFECT = frozenset({"has", "had", "since"})
_TALKED = frozenset({"tell", "speak", "talk", "inform"})


_CHECKING = 8  # tokens
_AIRED = frozenset(
    {"interview", "interviews", "appearance", "programme", "program", "podcast", "discussion", "comments"}
)
_SITES = frozenset({"website", "site", "homepage", "webpage"})
_UNABLE = frozenset({"not", "n't", "unable", "cannot"})
_VERIFYING = frozenset({"verify", "authenticate", "verified", "corroborate"})


class Act(StrEnum):
    """What an outlet does where its name stands."""

    TOLD = "told"
    HANDING = "handing on"
    CITED = "cited"
    REPORTING = "reporting"
    SAYING = "saying"
    NAMED = "named as an outlet"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Context:
    """The act, and the token that shows it (the verb, the preposition, the noun)."""

    act: Act
    at: int


def before(doc: Doc, start: int) -> Context | None:
    """Tell what the words to the left of a name say: "told …", "in an interview with …", "the newspaper …"."""
    index, described = _describing(doc, start)
    if index < 0:
        return None
    word, left = doc[index].lower_, doc[index - 1].lower_ if index else ""
    if doc[index].lemma_.lower() in _TALKED and doc[index].pos_ != "NOUN" and doc[index].lower_ != "talks":
        return Context(Act.TOLD, index)
    if word in {"to", "with"} and index and _told_to(doc, index):
        return Context(Act.TOLD, index)
    if word == "to" and left == "according":
        return Context(Act.CITED, index)
    if word == "on" and doc[index - 1].lemma_.lower() in {"say", "appear", "speak", "tell"}:
        return Context(Act.HANDING, index - 1)
    if word in {"per", "via"}:
        return Context(Act.CITED, index)
    if word in {"by", "in", "on", "with", "from", "for", "of", "at"} and index:
        handing = _handing(doc, index)
        if handing is not None:
            return handing
        if left in words("outlet_job"):
            return Context(Act.STAFF, index)
    if word in {"cite", "cites", "citing", "cited", "quoting", "quotes"}:
        return Context(Act.CITED, index)
    if described or (word == ":" and left in words("outlet_credit")):
        return Context(Act.NAMED, index)
    return None


def after(doc: Doc, end: int) -> Context | None:
    """Tell what the words to the right of a name say: "… magazine", "…'s correspondent", "… reported"."""
    index = end
    while index < len(doc) and (doc[index].text in _QUOTES or is_gap(doc, index)):
        index += 1
    possessive = index < len(doc) and doc[index].text in {"'s", "’s", "'", "’"}
    index += possessive
    if index >= len(doc) or doc[index].is_space:
        return None
    if is_outlet_noun(doc, index) or doc[index].text in words("outlet_noun_after"):
        return Context(Act.NAMED, index)
    if doc[index].text in _SITES and not possessive and doc[end - 1].text in words("outlet_ending"):
        return Context(Act.NAMED, index)  # "on the Example Today website"
    if doc[index].text == "," and not possessive:
        noun = _apposition(doc, index + 1)
        return Context(Act.NAMED, noun) if noun is not None else None
    if doc[index].text in words("outlet_job"):
        return Context(Act.STAFF, index)
    if possessive:
        named = doc[index].text in given_names() and index + 1 < len(doc) and doc[index + 1].text[:1].isupper()
        return Context(Act.STAFF, index) if named else None
    verb = _verb(doc, index)
    if verb is None:
        return None
    lemma = doc[verb].lemma_.lower()
    learned = lemma in words("outlet_learning") and doc[verb - 1].lower_ in _PERFECT
    learned |= lemma == "gather" and verb + 1 < len(doc) and doc[verb + 1].lower_ == "that"
    # "has been told that", as papers say of themselves
    learned |= lemma == "tell" and doc[verb - 1].lower_ == "been" and doc[verb - 2].lower_ in _PERFECT
    if learned or lemma in words("outlet_reporting"):
        return Context(Act.REPORTING, verb)
    return Context(Act.SAYING, verb) if lemma in words("outlet_saying") else None


def is_gap(doc: Doc, index: int) -> bool:
    """Tell whether a token is but a further space in the line, as no-break spaces are."""
    return doc[index].is_space and "\n" not in doc[index].text


def could_not_check(doc: Doc, end: int, *, independently: bool = False) -> bool:
    """Tell whether a name is followed by what outlets say of themselves: "could not verify".

    independently: only with that word, since others cannot verify things either.
    """
    following = {token.lower_ for token in doc[end : end + _CHECKING]}
    if not _UNABLE & following:
        return False
    alone = "independently" in following
    return (alone and "confirm" in following) or bool(_VERIFYING & following and (alone or not independently))


def _apposition(doc: Doc, start: int) -> int | None:
    """Return the noun that says what the name before the comma is: "…, Exampleland's largest newspaper,"."""
    for at in range(start, min(len(doc), start + _FAR)):
        token = doc[at]
        if is_outlet_noun(doc, at):
            return at
        if at == start and token.lower_ not in _ARTICLES and token.pos_ != "PROPN" and token.tag_ != "PRP$":
            return None
        if token.is_punct and token.text not in {"-", "'", "’"}:
            return None
        if token.pos_ in {"VERB", "AUX"} and token.tag_ not in {"VBN", "VBG"}:
            return None
    return None


def is_outlet_noun(doc: Doc, index: int) -> bool:
    """Tell whether a common noun for an outlet stands here: "newspaper", "news agency"."""
    nouns = _outlet_nouns()
    word = doc[index].lower_
    if word in nouns and doc[index].text != doc[index].text.upper():
        return True
    return word in _first_words() and index + 1 < len(doc) and f"{word} {doc[index + 1].lower_}" in nouns


@cache
def _outlet_nouns() -> frozenset[str]:
    return frozenset(word.lower() for word in words("outlet_noun_strong"))


@cache
def _first_words() -> frozenset[str]:
    return frozenset(noun.split()[0] for noun in _outlet_nouns() if " " in noun)


def _describing(doc: Doc, start: int) -> tuple[int, bool]:
    """Go left over what describes an outlet; return the first token that does not, and whether a noun was among it."""
    index, described = start - 1, False
    while index > 0 and is_gap(doc, index):
        index -= 1
    describing, nouns = words("outlet_describing"), words("outlet_noun")
    least = max(-1, index - _FAR)
    while index > least:
        token = doc[index]
        if token.text == ",":
            # "a broadcaster, Example TV, said"
            if described or index == 0 or doc[index - 1].lower_ not in words("outlet_noun_strong"):
                break
        elif token.text in _QUOTES or is_gap(doc, index) or token.lower_ in _ARTICLES or token.lower_ in describing:
            pass
        elif token.lower_ in words("outlet_noun_strong") or (index and is_outlet_noun(doc, index - 1)):
            described = True
        elif token.lower_ in nouns and token.lower_ not in {"online", "on", "website", "site"} and token.text.islower():
            described = described or token.lower_ in {"agency", "broadcaster", "channel", "portal", "outlet"}
        elif token.text in {"'s", "’s"} and index > 0:
            index -= 1  # whose it is
        elif token.tag_ in {"PRP$", "JJ"} or token.text == "-" or (token.pos_ == "ADJ" and token.text.islower()):
            pass
        else:
            break
        index -= 1
    return index, described


def _told_to(doc: Doc, index: int) -> bool:
    """Tell whether "to" or "with" hands a statement over: "in an interview with", "said to", "speaking to"."""
    occasions = words("outlet_occasion")
    for back in range(index - 1, max(-1, index - 6), -1):
        token = doc[back]
        if token.lower_ in occasions and token.pos_ != "VERB":
            return True
        if token.lemma_.lower() in {"speak", "talk", "say", "confirm", "reveal", "respond", "explain"}:
            return back == index - 1 or token.lemma_.lower() in {"speak", "talk"}
        if not (token.pos_ in {"ADJ", "NOUN", "ADV", "PROPN", "NUM", "ADP", "DET"} or token.is_punct):
            return False
        if token.text in {".", ";"}:
            return False
    # "said the father of one of the injured to Example News": the parse knows what "to" belongs to.
    return doc[index].head.lemma_.lower() in {"say", "speak", "talk", "explain"} and doc[index].head.i < index


def _handing(doc: Doc, index: int) -> Context | None:
    """Tell whether a participle or an occasion hands over: "quoted by", "published in", "an interview on"."""
    at = index - 1
    while at > 0 and index - at < 4 and (doc[at].pos_ in {"ADV", "NUM"} or _is_time(doc, at)):
        at -= 1
    verb = doc[at]
    lemma = verb.lemma_.lower()
    if (lemma in words("outlet_handing") and verb.pos_ in {"VERB", "NOUN", "AUX"}) or verb.lower_ in {
        "saying",
        "appearing",
    }:
        return Context(Act.HANDING, verb.i)
    if lemma == "write" and verb.pos_ == "VERB" and at == index - 1 and doc[index].lower_ in {"in", "for"}:
        return Context(Act.HANDING, verb.i)
    occasion = verb.lower_ in words("outlet_occasion") and verb.pos_ == "NOUN" and at == index - 1
    # A conversation "on the Hill" is about something, or somewhere; an interview "on Example News" is not.
    if (
        occasion
        and doc[index].lower_ not in {"of", "for", "from"}
        and (doc[index].lower_ != "on" or verb.lower_ in _AIRED)
    ):
        return Context(Act.HANDING, verb.i)
    if at == index - 1 and verb.lower_ in words("outlet_writing"):
        return Context(Act.HANDING, verb.i)
    return None


def _is_time(doc: Doc, index: int) -> bool:
    token = doc[index]
    dated = index > 0 and doc[index - 1].lower_ in {"on", "last", "this"}
    return (token.pos_ == "PROPN" and dated) or (token.lower_ in {"on", "last"} and doc[index + 1].pos_ == "PROPN")


def hands_over(doc: Doc, context: Context) -> bool:
    """Tell whether what an outlet handed on is the statement itself, and not the matter it speaks of.

    "said, as reported by …", "quoted by …", "in a statement carried by …" are; "the decision reported by …" is not.
    """
    verb = doc[context.at]
    if (
        context.act is not Act.HANDING
        or verb.pos_ == "NOUN"
        or verb.lemma_.lower()
        in {"quote", "cite", "carry", "air", "broadcast", "publish", "say", "release", "speak", "appear", "tell"}
    ):
        return True
    before_it = [token.lower_ for token in doc[max(0, context.at - 3) : context.at]]
    return "as" in before_it


def is_continued(doc: Doc, index: int) -> bool:
    """Tell whether a name goes on to be that of something else: "the Example Times Book Festival"."""
    for token in doc[index : index + _LOOK_AHEAD]:
        if not token.text[:1].isupper() or token.is_sent_start:
            return False
        if token.text in words("outlet_not_after"):
            return True
    return False


def _verb(doc: Doc, index: int) -> int | None:
    """Return the main verb that follows at once, adverbs and auxiliaries aside."""
    for at in range(index, min(len(doc), index + 5)):
        token: Token = doc[at]
        if token.pos_ == "VERB":
            return at
        if token.pos_ not in {"AUX", "ADV", "PART"} and token.lower_ not in {"on", "first", "earlier"}:
            return None
    return None
