"""An article as a source table names it: outlet, country, date, headline, author."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from annotate.pipeline.registry import Outlet, Registry
from annotate.record import Meta, Record
from annotate.scheme import NoticeKind
from annotate.stories.publishers import publishers_of

_BY = re.compile(r"^\s*by\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of an article besides its attributions.

    outlet: by the registry's name where it has one; kind and country are the registry's. headline: from the metadata,
    else the one that the text begins with, where it may be shown. shown: whether the text may be.
    """

    id: str
    sha256: str
    shown: bool
    url: str | None = None
    outlet: str | None = None
    kind: str | None = None
    country: str | None = None
    published: str | None = None
    author: str | None = None
    headline: str | None = None
    accessed: str | None = None
    file: str | None = None
    event_country: str | None = None
    licence: str | None = None


def head_of(record: Record, registry: Registry, *, shown: bool) -> Head:
    """Return the head of a Record."""
    meta = record.meta
    name, outlet = _publisher(record, registry)
    return Head(
        id=record.id,
        sha256=record.sha256,
        shown=shown,
        url=meta.url,
        outlet=outlet.name if outlet else name,
        kind=outlet.kind if outlet else None,
        country=outlet.country if outlet else None,
        published=meta.published or own(meta, "date"),
        author=own(meta, "author", "authors", "byline") or _notice(record, NoticeKind.BYLINE, shown=shown),
        headline=meta.title or _notice(record, NoticeKind.HEADLINE, shown=shown),
        accessed=own(meta, "accessed", "retrieved", "fetched"),
        file=own(meta, "file", "path"),
        event_country=own(meta, "event_country"),
        licence=meta.licence,
    )


def own(meta: Meta, *names: str) -> str | None:
    """Return the first of these keys that the user's metadata holds, as text; a list's values with commas between."""
    extra = meta.model_extra or {}
    for name in names:
        value = extra.get(name)
        if isinstance(value, list | tuple):
            value = ", ".join(str(part) for part in value)
        if value is not None and str(value).strip():
            return str(value).strip()
    return None


def in_utc(moment: datetime | str | None) -> str | None:
    """Return a moment in UTC, as ISO 8601; a day alone, and what is no date, stays as it was written.

    A time without a zone is taken for UTC, as the store keeps it.
    """
    if moment is None:
        return None
    if isinstance(moment, str):
        parsed = _moment(moment)
        if parsed is None:
            return moment
        moment = parsed
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return aware.isoformat().replace("+00:00", "Z")


def _moment(written: str) -> datetime | None:
    """Read a moment; None for a day alone, and for what is none."""
    try:
        date.fromisoformat(written)
    except ValueError:
        try:
            return datetime.fromisoformat(written)
        except ValueError:
            return None
    return None


def day_of(published: str | None) -> str | None:
    """Return the day of a date in ISO 8601, and any other date as it is written."""
    if published is None:
        return None
    try:
        return datetime.fromisoformat(published).date().isoformat()
    except ValueError:
        return published


def _publisher(record: Record, registry: Registry) -> tuple[str | None, Outlet | None]:
    """Return the publisher's name and its entry: what the metadata say goes before what the text shows.

    Of several names in the text an outlet's goes before its owner's: a copyright line names the company.
    """
    if record.meta.publisher:
        return record.meta.publisher, registry.find(record.meta.publisher)
    at = registry.of_url(record.meta.url)
    if at is not None:
        return at.name, at
    names = publishers_of(record)
    known = [outlet for outlet in map(registry.find, names) if outlet is not None]
    best = next((outlet for outlet in known if not _owns_one(outlet, known, registry)), None)
    return (best.name if best else names[0] if names else None), best


def _owns_one(outlet: Outlet, others: Sequence[Outlet], registry: Registry) -> bool:
    return any(registry.parent_of(other) is outlet for other in others)


def _notice(record: Record, kind: NoticeKind, *, shown: bool) -> str | None:
    """Return the words of a notice that stands before everything that somebody says."""
    if record.text is None or not shown:
        return None
    first = min((item.quote[0][0] for item in record.attributions), default=len(record.text))
    for notice in sorted(record.notices, key=lambda item: item.span):
        if notice.kind == kind and notice.span[1] <= first:
            words = record.text[slice(*notice.span)].strip()
            opens = not record.text[: notice.span[0]].strip()
            if kind is NoticeKind.BYLINE:
                return _BY.sub("", words) or None
            return words if opens else None
    return None
