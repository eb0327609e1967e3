"""Whether what must stay together stands in two splits: an article, a story, a long quote."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from annotate.dataset.checking.problems import Kind, Problem
from annotate.dataset.folder import Entry
from annotate.dataset.grouping import crossings, group
from annotate.dataset.index import INDEX
from annotate.record import Record

_MEND = "do not measure on these splits; export again from the store"
_NAMED = 4


class Rows:
    """Rows that can be read again and again."""

    def __init__(self, rows: Callable[[], Iterator[Record]]) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[Record]:
        return self._rows()


def index_leaks(entries: Iterable[Entry]) -> Iterator[Problem]:
    """Yield the stories and texts that the index itself has in several splits."""
    stories: dict[tuple[str, str], dict[str, list[str]]] = {}
    for entry in entries:
        split = entry.placement.split
        if split is not None:
            for what, name in (("story", entry.placement.story), ("text", entry.sha256)):
                if name is not None:
                    named = stories.setdefault((what, name), {}).setdefault(split, [])
                    if len(named) <= _NAMED:
                        named.append(entry.id)
    for (what, name), places in stories.items():
        if len(places) > 1:
            told = " and ".join(f"in {split} ({_names(ids)})" for split, ids in places.items())
            subject = f"story {name} stands" if what == "story" else f"one text, of sha256 {name}, stands"
            yield Problem(Kind.LEAK, INDEX, f"{subject} {told}", _MEND)


def text_leaks(rows: Rows, split_of: Mapping[str, str | None], notes: list[str]) -> Iterator[Problem]:
    """Yield the articles of different splits that tell one story or share a long quote, as far as texts are there.

    notes: receives what could not be looked at.
    """
    bare = sum(record.text is None for record in rows)
    found = group(rows, claims=None if not bare else False)
    for crossing in crossings(found, split_of):
        yield Problem(Kind.LEAK, f"{crossing.splits[0]}, {crossing.splits[1]}", str(crossing), _MEND)
    if found.uncompared:
        some = f"{len(found.uncompared):,} of {len(found.story_of):,}"
        notes.append(
            f"{some} articles go without their texts: they were compared with the others by id, hash and story alone"
            " (give their texts with --articles)"
        )
    elif not found.claims:
        notes.append("there are too many articles to compare what they claim: only their words were compared")


def _names(ids: list[str]) -> str:
    return ", ".join(ids[:_NAMED]) + (" and more" if len(ids) > _NAMED else "")
