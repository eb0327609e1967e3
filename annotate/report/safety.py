"""What keeps strange text from breaking the page: characters that HTML cannot hold, links that are none, labels."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

# C0 and C1 controls save tab and newline, lone surrogates and non-characters: a browser drops or changes them.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# Marks that turn the direction of what follows: harmless in an isolated element, not in a drawing's plain label.
_TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}")
_URL_BREAKERS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\\]")


def printable(text: str) -> str:
    """Return `text` of the same length, with a replacement character for each that HTML cannot hold."""
    return _UNPRINTABLE.sub("\ufffd", text)


def label(text: str, limit: int = 60) -> str:
    """Return `text` as one short line for a drawing or a list, without marks that change its direction."""
    line = " ".join(_TURNS.sub("", printable(text[: limit * 4])).split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def link(url: object) -> str | None:
    """Return `url` if it is a plain http or https address that a person may follow, else None."""
    if not isinstance(url, str) or len(url) > 2000 or _URL_BREAKERS.search(url) or _UNPRINTABLE.search(url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and host and "@" not in parts.netloc else None


def language(tag: object) -> str | None:
    """Return `tag` if it can stand in a lang attribute (BCP 47), else None."""
    return tag if isinstance(tag, str) and _LANGUAGE.fullmatch(tag) else None
