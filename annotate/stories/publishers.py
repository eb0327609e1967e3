"""Whose article a Record is, by its metadata and its text; when it was published, and which outlets it cites."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from urllib.parse import urlsplit

from annotate.record import OutletMention, Record
from annotate.scheme import OutletRole
from annotate.stories.table import Cited

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_CITED = frozenset({OutletRole.SOURCE, OutletRole.VIA, OutletRole.RECIPIENT, OutletRole.SYNDICATOR})


def publishers_of(record: Record) -> list[str]:
    """Return the names of the outlet whose article this is, the best first.

    What the metadata says comes first, then the outlet on whose site the article lies, then those that the text shows
    as its publisher: of them first the ones with a site, since a copyright line names the company that owns the outlet.
    """
    stated = (record.meta.publisher or "").strip()
    names = [stated] if stated else []
    host = _host(record.meta.url)
    names += [outlet.name for outlet in record.outlets if outlet.name and _is_at(outlet, host)]
    own = [outlet for outlet in record.outlets if outlet.name and outlet.role == OutletRole.PUBLISHER]
    names += [str(outlet.name) for outlet in sorted(own, key=lambda outlet: outlet.domain is None)]
    return list(dict.fromkeys(names))


def _host(url: str | None) -> str:
    try:
        return urlsplit(url or "").hostname or ""
    except ValueError:
        return ""


def _is_at(outlet: OutletMention, host: str) -> bool:
    return outlet.domain is not None and (host == outlet.domain or host.endswith("." + outlet.domain))


def cited_by(record: Record) -> Iterator[Cited]:
    """Yield the outlets that an article names as where its words are from."""
    for outlet in record.outlets:
        if outlet.name and outlet.role in _CITED:
            yield Cited(outlet.name, outlet.span, outlet.role == OutletRole.SYNDICATOR)


def day_of(published: str | None) -> int | None:
    """Return the day of a date that begins with year, month and day, counted from year 1."""
    match = _DATE.match(published) if isinstance(published, str) else None
    if not match:
        return None
    try:
        return date(*map(int, match.groups())).toordinal()
    except ValueError:
        return None
