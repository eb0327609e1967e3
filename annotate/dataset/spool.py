"""The verified Records of one export, read from the store once and then again and again from disk.

A release reads its rows many times over: to group them into stories, for each split and format, for its card. All of
these see the same rows, however the store changes meanwhile, and none holds them in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from annotate.dataset.formats import jsonl
from annotate.dataset.verified import Withheld
from annotate.record import Record


class Spool:
    """Records in a file of their own, with their texts, in the order in which they came."""

    def __init__(self, path: Path, withheld: list[Withheld]) -> None:
        self._path = path
        self.withheld = withheld

    @classmethod
    def fill(cls, path: Path, readings: Iterable[Record | Withheld]) -> Spool:
        """Write the readings to `path`; what is withheld is kept as a list."""
        withheld: list[Withheld] = []

        def records() -> Iterator[Record]:
            for item in readings:
                if isinstance(item, Withheld):
                    withheld.append(item)
                else:
                    yield item

        jsonl.write(path, records())
        return cls(path, withheld)

    def __iter__(self) -> Iterator[Record]:
        return jsonl.read(self._path)
