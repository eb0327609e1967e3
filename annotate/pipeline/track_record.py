"""Track records that the user brings: how reliable sources and outlets have shown themselves to be.

They are the only road to a suggested reliability other than F. A file is CSV with the columns `source` or `outlet` (or
both), `reliability` (A to F, the letters of NATO AJP-2.1) and, if wanted, `note`; or JSON Lines with the same keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotate.errors import InputError
from annotate.pipeline.registry import key_of
from annotate.pipeline.tables import read_rows
from annotate.scheme import Reliability

_COLUMNS = frozenset({"source", "outlet", "reliability", "note"})
_MEND = "give source or outlet, reliability (A to F) and, if wanted, note"


@dataclass(frozen=True, slots=True)
class Rating:
    """What the user has on file of one source or outlet."""

    name: str
    reliability: Reliability
    note: str | None = None


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """Ratings by name; case, accents and a leading article make no difference."""

    sources: Mapping[str, Rating] = field(default_factory=dict)
    outlets: Mapping[str, Rating] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path, *, canonical: Callable[[str], str | None] = lambda _: None) -> TrackRecord:
        """Read a file of ratings.

        canonical: an outlet's name in the registry, None for what it does not hold. Raises: InputError, with the line,
        for a row that rates nothing, rates by an unknown letter, or rates anew what was rated otherwise before.
        """
        sources: dict[str, Rating] = {}
        outlets: dict[str, Rating] = {}
        for where, row in read_rows(path, columns=_COLUMNS, needed=("reliability",), mend=_MEND):
            letter = row["reliability"]
            if letter not in set(Reliability):
                raise InputError(f"the reliability {letter!r} is none of A to F", where=where, mend=_MEND)
            if not row["source"] and not row["outlet"]:
                raise InputError("neither a source nor an outlet", where=where, mend=_MEND)
            for name, into in (
                (row["source"], sources),
                (row["outlet"] and (canonical(row["outlet"]) or row["outlet"]), outlets),
            ):
                if not name:
                    continue
                rating = Rating(name, Reliability(letter), row["note"])
                earlier = into.setdefault(key_of(name), rating)
                if earlier.reliability != rating.reliability:
                    what = f"{name!r} is rated {earlier.reliability} and {rating.reliability}"
                    raise InputError(what, where=where, mend="keep one of the two")
        return cls(sources, outlets)

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]]) -> TrackRecord:
        """Build the ratings of plain rows, as `rows` returns them."""
        ratings: dict[str, dict[str, Rating]] = {"source": {}, "outlet": {}}
        for row in rows:
            for kind, into in ratings.items():
                if row.get(kind):
                    into[key_of(row[kind])] = Rating(row[kind], Reliability(row["reliability"]), row["note"])
        return cls(ratings["source"], ratings["outlet"])

    def source(self, name: str | None) -> Rating | None:
        """Return what is on file of a speaker."""
        return self.sources.get(key_of(name)) if name else None

    def outlet(self, name: str | None) -> Rating | None:
        """Return what is on file of an outlet, by its canonical name."""
        return self.outlets.get(key_of(name)) if name else None

    def rows(self) -> list[dict[str, str | None]]:
        """Return the ratings as plain rows, in a stable order."""
        return [
            {kind: item.name, "reliability": str(item.reliability), "note": item.note}
            for kind, ratings in (("outlet", self.outlets), ("source", self.sources))
            for _, item in sorted(ratings.items())
        ]


NO_TRACK_RECORD = TrackRecord()
