"""The outlet registry: news outlets by every name they go by, and what users add to it.

data/outlets.jsonl holds facts alone (names, site, kind, country, owner), no ratings. Users bring their own outlets as
CSV or JSON Lines with `name` and, if wanted, `aliases` (in CSV separated by |), `ambiguous`, `domain`, `kind`,
`country` and `parent`: an outlet of a known name takes that one's place, and a user's alias goes before ours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from annotate.derive import name_key
from annotate.errors import InputError
from annotate.pipeline.resources import entries
from annotate.pipeline.tables import read_rows

KINDS = ("wire", "newspaper", "broadcaster", "magazine", "digital", "aggregator", "state_agency")
_LISTS = frozenset({"aliases", "ambiguous"})
_COLUMNS = frozenset({"name", "domain", "kind", "country", "parent", "source", *_LISTS})
_MEND = f"give name and, if wanted, aliases, domain, kind ({', '.join(KINDS)}), country and parent"


@dataclass(frozen=True, slots=True)
class Outlet:
    """A news outlet.

    ambiguous: those of its names that are words, places or persons too; local: names that outlets elsewhere bear too,
    so that they are this one's only where an article speaks of its country.
    """

    name: str
    aliases: tuple[str, ...] = ()
    ambiguous: frozenset[str] = frozenset()
    domain: str | None = None
    kind: str | None = None
    country: str | None = None
    parent: str | None = None
    local: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The canonical name, then the others."""
        return (self.name, *self.aliases)


class Registry:
    """Outlets by name and by domain; case, accents, punctuation and a leading article make no difference."""

    def __init__(self, outlets: Iterable[Outlet]) -> None:
        self.outlets = tuple(outlets)
        self._by_name: dict[str, Outlet] = {}
        self._by_domain: dict[str, Outlet] = {}
        for outlet in self.outlets:
            self._by_name.setdefault(key_of(outlet.name), outlet)
        for outlet in self.outlets:
            for name in outlet.aliases:
                self._by_name.setdefault(key_of(name), outlet)
        bearers: defaultdict[str, list[Outlet]] = defaultdict(list)
        for outlet in self.outlets:
            for name in outlet.local:
                bearers[key_of(name)].append(outlet)
        for key, namesakes in bearers.items():
            if len(namesakes) == 1:
                self._by_name.setdefault(key, namesakes[0])
        sharing: defaultdict[str, list[Outlet]] = defaultdict(list)
        for outlet in self.outlets:
            if outlet.domain:
                sharing[outlet.domain].append(outlet)
        for domain, there in sharing.items():
            self._by_domain[domain] = self._owner(domain, there)

    def parent_of(self, outlet: Outlet) -> Outlet | None:
        """Return the outlet that owns this one, such as a programme's station; None where no outlet does."""
        parent = self.find(outlet.parent)
        return None if parent is outlet else parent

    def _owner(self, domain: str, outlets: Sequence[Outlet]) -> Outlet:
        """Tell whose site it is where several outlets share one: not a programme's, nor a Sunday edition's."""
        parents = [self.parent_of(outlet) for outlet in outlets]
        top = [outlet for outlet, parent in zip(outlets, parents, strict=True) if parent is None]
        if not top and parents[0] is not None and all(parent is parents[0] for parent in parents):
            return parents[0] if len(outlets) > 1 else outlets[0]
        label = domain.partition(".")[0]
        squeezed = [outlet for outlet in top if label in {_squeezed(name) for name in outlet.names}]
        return next(iter((*squeezed, *top, *outlets)))

    @classmethod
    def load(cls, own: Sequence[Mapping[str, Any]] = ()) -> Registry:
        """Load the packaged registry, with a user's outlets (as `read_outlets` yields them) before it."""
        return cls([*map(_outlet, own), *_packaged(frozenset(key_of(row["name"]) for row in own))])

    def find(self, name: str | None) -> Outlet | None:
        """Return the outlet that goes by this name."""
        return self._by_name.get(key_of(name)) if name else None

    def canonical(self, name: str | None) -> str | None:
        """Return the canonical name of the outlet that goes by this name, None when it is not in the registry."""
        outlet = self.find(name)
        return outlet.name if outlet else None

    def of_url(self, url: str | None) -> Outlet | None:
        """Return the outlet on whose site a web address lies."""
        try:
            host = (urlsplit(url or "").hostname or "").removeprefix("www.")
        except ValueError:
            return None
        while "." in host:
            if host in self._by_domain:
                return self._by_domain[host]
            host = host.partition(".")[2]
        return None


def key_of(name: str | None) -> str:
    """Return a name in the form in which two spellings of it are alike."""
    return name_key(name or "")


def _squeezed(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum())


def read_outlets(path: Path) -> Iterator[dict[str, Any]]:
    """Yield a user's outlets from a CSV or JSON Lines file, as plain values.

    Raises: InputError, with the line, for what is no outlet.
    """
    seen: set[str] = set()
    for where, row in read_rows(path, columns=_COLUMNS, needed=("name",), lists=_LISTS, mend=_MEND):
        kind = row.get("kind")
        if kind and kind not in KINDS:
            raise InputError(f"unknown kind {kind!r}", where=where, mend=_MEND)
        if not key_of(row["name"]):
            raise InputError("the name has no letter", where=where, mend=_MEND)
        if key_of(row["name"]) in seen:
            raise InputError(f"{row['name']!r} stands there twice", where=where, mend="keep one of the two")
        seen.add(key_of(row["name"]))
        yield {name: value for name, value in row.items() if value and name != "source"}


def _outlet(row: Mapping[str, Any]) -> Outlet:
    return Outlet(
        row["name"],
        tuple(row.get("aliases") or ()),
        frozenset(row.get("ambiguous") or ()),
        row.get("domain"),
        row.get("kind"),
        row.get("country"),
        row.get("parent"),
        tuple(row.get("local") or ()),
    )


def _packaged(without: frozenset[str]) -> Iterator[Outlet]:
    return (outlet for outlet in _all_packaged() if key_of(outlet.name) not in without)


@cache
def _all_packaged() -> tuple[Outlet, ...]:
    return tuple(map(_outlet, entries("outlets")))
