"""Outlets' names that their letters show, whatever registry holds them: sites, stations, names written as one word.

"example.com", "Mix 104.9", "WXYZ-TV", "Examplenews": most count only where they act.
"""

from __future__ import annotations

import re

from spacy.tokens import Doc, Token
from spacy.tokens import Span as TokenSpan

from annotate.pipeline.outlet_contexts import Act, after, before
from annotate.pipeline.resources import words

_SITE = re.compile(r"(?:[\w-]+\.)+(?:com|net|org|info|news|tv|media|press|co|[a-z]{2})(?:\.[a-z]{2})?", re.IGNORECASE)
_BAND = 87.5, 108.0  # MHz
_FREQUENCY = re.compile(r"(?P<name>[A-Z][A-Za-z]*)?-?(?P<number>\d{2,3}\.\d{1,2})(?:FM)?")
# A station of North America: the letters, the kind of station or the number of its channel.
_CALL_SIGN = re.compile(r"[KW][A-Z]{2,3}")
_WITH_CHANNEL = re.compile(r"[KW][A-Z]{2,3}\d{1,2}")
_STATIONS = frozenset({"TV", "FM", "AM", "DT"})
_PUBLISHING = frozenset({"publish", "report", "quote", "cite", "carry", "interview", "write", "broadcast"})
_ON_AIR = frozenset({"radio", "television", "tv"})
# One word that ends in one of an outlet's.
_AS_ONE = re.compile(
    r"[A-Z]\w{2,}(?:news|News|NEWS)|[A-Z]\w*[a-z](?:TV|FM|Radio|Press|Post|Times|Media|Wire|Today|Online|Daily)"
)


def shaped(doc: Doc, token: Token) -> TokenSpan | None:
    """Return the name that ends or begins at a token whose letters are an outlet's."""
    text = token.text
    if _AS_ONE.fullmatch(text) and (text.lower().endswith("news") or _acts(doc, token.i, token.i + 1)):
        return doc[token.i : token.i + 1]
    if "." in text and text[-1:].isdigit():
        return _on_frequency(doc, token)
    if "." in text and _SITE.fullmatch(text):
        return doc[token.i : token.i + 1] if _reports(doc, token.i) else None
    if text in words("outlet_network"):
        return _local_station(doc, token.i)
    if _CALL_SIGN.fullmatch(text):
        return _called(doc, token.i)
    if _WITH_CHANNEL.fullmatch(text) and _acts(doc, token.i, token.i + 1):
        return doc[token.i : token.i + 1]
    return None


def _on_frequency(doc: Doc, token: Token) -> TokenSpan | None:
    """Take a station called by its frequency: "Mix104.9", "Mix 104.9"."""
    found = _FREQUENCY.fullmatch(token.text)
    if found is None or not _BAND[0] <= float(found["number"]) <= _BAND[1]:
        return None
    start, end = token.i, token.i + 1
    while not found["name"] and start and token.i - start < 2 and _is_name(doc[start - 1]):
        start -= 1
    if not found["name"] and start == token.i:
        return None
    if end < len(doc) and doc[end].text in _STATIONS:
        end += 1
    return doc[start:end] if _acts(doc, start, end) else None


def _is_name(token: Token) -> bool:
    return token.text[:1].isupper() and token.is_alpha and token.lower_ != "the" and not token.is_stop


def _called(doc: Doc, index: int) -> TokenSpan | None:
    """Take a call sign with its kind of station ("WXYZ-TV"), or one that is said to be on air ("WXYZ radio")."""
    following = [token.text for token in doc[index + 1 : index + 3]]
    if len(following) == 2 and following[0] == "-" and following[1] in _STATIONS:
        return doc[index : index + 3]
    on_air = following[:1] and following[0].lower() in _ON_AIR
    return doc[index : index + 1] if on_air else None


def _local_station(doc: Doc, index: int) -> TokenSpan | None:
    """Take a network's station by its channel: "Fox 35"."""
    if index + 1 >= len(doc) or not re.fullmatch(r"[1-9]\d?", doc[index + 1].text):
        return None
    return doc[index : index + 2] if _acts(doc, index, index + 2) else None


def _reports(doc: Doc, index: int) -> bool:
    """Tell whether a site does what outlets do; anything can be posted on one, and some sell things."""
    left, right = before(doc, index), after(doc, index + 1)
    if right is not None:
        return True
    return left is not None and (left.act is not Act.HANDING or doc[left.at].lemma_.lower() in _PUBLISHING)


def _acts(doc: Doc, start: int, end: int) -> bool:
    contexts = (before(doc, start), after(doc, end))
    return any(context is not None for context in contexts)
