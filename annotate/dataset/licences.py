"""What an article's licence says of passing its text on: whether it lets anybody, does not, or is not known here.

Licences come as feeds, pages and catalogues give them: an SPDX identifier or expression, a long name, an address, or
several of these for one licence. The whole of what is given must be understood: "CC BY except for photographs" is not
"CC BY". The licences of Creative Commons follow a pattern; the others stand in data/licences.jsonl.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files

__all__ = ["Rights", "rights_under"]


class Rights(StrEnum):
    """What may be done with the text of an article.

    FREE: its licence lets anybody pass it on. RESERVED: what is given says that nobody may. UNKNOWN: what is given is
    no licence known here. NONE: nothing is given.
    """

    FREE = "free"
    RESERVED = "reserved"
    UNKNOWN = "unknown"
    NONE = "none"


_NOTHING = frozenset({"", "none", "n/a", "na", "null", "nil", "unknown", "not stated", "not given", "-", "?"})
_RESERVED = re.compile(
    r"all rights reserved|^\s*(©|\(c\)|copyright\b|copr\.)|\bfair[ -](use|dealing)\b|\bproprietary\b|\bsampling\b"
    r"|\bdevnations\b|\bno (reuse|re-use|redistribution|republication)\b"
)
_DASHES = re.compile(r"[\u2010-\u2015\u2212\u00ad_]")
_TAG = re.compile(r"</?[a-z][^>]*>")
_HREF = re.compile(r"""href\s*=\s*["']?([^"'\s>]+)""")
_ADDRESS = re.compile(r"(?:https?://|(?<![\w./])//|(?<![\w./-])(?:[a-z0-9-]+\.)+[a-z]{2,}/)[^\s<>\"'()\[\],;]+")
# Words that say nothing of which licence is meant.
_NOISE = re.compile(
    r"\b(to view a copy of this licen[cs]e,? (please )?visit|licen[cs]ed?|under|the terms of|the|this|an?|is|are"
    r"|(work|article|text|content)s?|published|released|distributed|available|deed|legal ?code|version)\b"
)
_LONG_TERMS = (
    (re.compile(r"\bcreative commons\b"), "cc"),
    (re.compile(r"\battribution\b"), "by"),
    (re.compile(r"\bnon ?commercial\b"), "nc"),
    (re.compile(r"\bno ?(derivative works|derivatives|derivative|derivs)\b"), "nd"),
    (re.compile(r"\bshare ?alike\b"), "sa"),
    (re.compile(r"\b(international|unported|generic|intergovernmental organi[sz]ations?)\b"), ""),
)
_VERSIONS = r"(?P<version>1\.0|2\.0|2\.1|2\.5|3\.0|4\.0)"
# Ports of the licences to the law of a country, as SPDX or as Creative Commons writes them.
_PORT = (
    r"([a-z]{2}|igo|scotland|united states|united kingdom|england and wales|germany|austria|switzerland|netherlands"
    r"|france|spain|italy|portugal|brazil|australia|new zealand|canada|japan|south africa|india|poland|sweden|denmark"
    r"|norway|finland|greece|ireland|belgium|luxembourg|mexico|argentina|chile|colombia|peru|ecuador|china mainland"
    r"|hong kong|taiwan|singapore|thailand|philippines|viet ?nam|uganda|egypt|israel|romania|serbia|croatia|slovenia"
    r"|hungary|czech republic|estonia|costa rica|guatemala|puerto rico|azerbaijan|georgia|armenia|korea)"
)
_CREATIVE_COMMONS = re.compile(
    rf"(?P<cc>cc )?(?P<terms>(?:by|sa|nc|nd)(?: (?:sa|nc|nd))*)(?: {_VERSIONS}(?: {_PORT})?)?"
)
# Without `by` since version 1.0 alone, which had licences that ask for no attribution.
_TERMS = frozenset(
    frozenset(terms.split())
    for terms in ("by", "by sa", "by nc", "by nd", "by nc sa", "by nc nd", "sa", "nc", "nd", "nc sa", "nc nd")
)
_CC_ADDRESS = re.compile(
    rf"creativecommons\.org/licenses/(?P<terms>[a-z]+(?:-[a-z]+)*)(?:/{_VERSIONS}(?:/[a-z]{{2,8}})?)?"
    r"(?:/(?:deed|legalcode)?(?:\.[a-z_-]+)?(?:\.txt)?)?/?"
)
_SPDX_ADDRESS = re.compile(r"spdx\.org/licenses/([a-z0-9.+-]+?)(?:\.html|\.json|\.txt)?/?")


@lru_cache(maxsize=4096)
def rights_under(licence: str | None) -> Rights:
    """Tell what a licence says of passing the text on."""
    given = _plain(licence or "")
    if given.strip(" .") in _NOTHING:
        return Rights.NONE
    if _is_free(given, licence or ""):
        return Rights.FREE
    return Rights.RESERVED if _RESERVED.search(given) else Rights.UNKNOWN


def _plain(licence: str) -> str:
    """Return what is given in small letters, with plain hyphens and single spaces."""
    letters = unicodedata.normalize("NFKC", licence).replace("&amp;", "&")
    return " ".join(_DASHES.sub("-", letters).casefold().split())


def _is_free(given: str, original: str) -> bool:
    # SPDX writes its operators in capitals; of a choice one suffices, of a conjunction all must do.
    for operator, enough in ((" OR ", any), (" AND ", all)):
        if operator in original:
            inner = original.strip()
            inner = inner[1:-1] if inner.startswith("(") and inner.endswith(")") else inner
            return "(" not in inner and enough(rights_under(part) is Rights.FREE for part in inner.split(operator))
    if _key(given) in _names():
        return True
    pieces = list(_pieces(given))
    return bool(pieces) and all(map(_known_free, pieces))


def _pieces(given: str) -> Iterator[str]:
    """Yield the addresses and the names in what is given: each names a licence, or what is given is not understood."""
    for found in _HREF.finditer(given):
        yield found[1]
    given = _TAG.sub(" ", given)
    for found in _ADDRESS.finditer(given):
        yield found[0]
    for part in re.split(r"[()\[\],;:]", _ADDRESS.sub(" ", given)):
        name = " ".join(_NOISE.sub(" ", part.replace("-", " ")).split()).strip(" .")
        if name:
            yield name


def _known_free(piece: str) -> bool:
    if "/" in piece:
        return _address_is_free(piece.rstrip("."))
    return _key(piece) in _names() or _is_creative_commons(piece)


def _address_is_free(address: str) -> bool:
    place = re.sub(r"^(https?:)?(//)?(www\.)?", "", address).split("?")[0].split("#")[0]
    if found := _CC_ADDRESS.fullmatch(place):
        return _terms_are_free(found["terms"].split("-"))
    if found := _SPDX_ADDRESS.fullmatch(place):
        return _known_free(found[1].replace("-", " "))
    place = place.rstrip("/")
    return any(
        place == known or (place.startswith(known) and place[len(known)] in ("/-." if "/" in known else "/"))
        for known in _addresses()
    )


def _is_creative_commons(name: str) -> bool:
    for long, short in _LONG_TERMS:
        name = long.sub(short, name)
    name = re.sub(r"\bv(?=\d)", "", name)
    name = re.sub(r"(?<![\d.])(\d)(?![\d.])", r"\1.0", " ".join(name.replace("/", " ").split()))
    found = _CREATIVE_COMMONS.fullmatch(name.strip(" ."))
    if not found:
        return False
    # "Attribution" alone may be anybody's; with a version of theirs it is Creative Commons'.
    return bool(found["cc"] or found["version"]) and _terms_are_free(found["terms"].split())


def _terms_are_free(terms: Iterable[str]) -> bool:
    return frozenset(terms) in _TERMS


def _key(name: str) -> str:
    """Return a name of a licence so that its spellings are alike."""
    words = re.sub(r"[\s,()&]+", " ", _NOISE.sub(" ", name.casefold().replace("-", " "))).split()
    return " ".join(word.removeprefix("v").removesuffix(".0") if re.match(r"v?\d", word) else word for word in words)


@cache
def _names() -> frozenset[str]:
    """Return the keys of all known names; a long name goes with or without its version."""
    found = set()
    for row in _rows():
        versions = {version for name in row["ids"] for version in re.findall(r"\d\.\d", name)}
        for name in (*row["ids"], *row["names"]):
            found.add(_key(name))
        for name in row["names"]:
            found.update(_key(f"{name} {version}") for version in versions)
    return frozenset(found)


@cache
def _addresses() -> tuple[str, ...]:
    return tuple(address.casefold() for row in _rows() for address in row["urls"])


def _rows() -> Iterator[dict[str, list[str]]]:
    content = (files("annotate.dataset") / "data" / "licences.jsonl").read_text(encoding="utf-8")
    yield from map(json.loads, content.splitlines())
