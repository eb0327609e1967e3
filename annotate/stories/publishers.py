"""Whose article a Record is: the outlet that published it, by its metadata and its text."""

from __future__ import annotations

from urllib.parse import urlsplit

from annotate.record import OutletMention, Record
from annotate.scheme import OutletRole


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
