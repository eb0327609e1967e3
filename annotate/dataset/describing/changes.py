"""What differs between two releases, article by article, without holding either in memory.

Both hold their rows in the order of the article ids, split by split, so that they are merged like two sorted lists.
Compared are standoff rows: whether a text is published makes no difference to what was annotated, and is told apart.
"""

from __future__ import annotations

import heapq
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotate import strict_json
from annotate.dataset.describing.facts import Counts
from annotate.dataset.export import Release
from annotate.dataset.formats import jsonl, parquet
from annotate.dataset.index import MANIFEST
from annotate.dataset.inputs import SPLITS
from annotate.dataset.rights import standoff
from annotate.errors import AnnotateError, DatasetError
from annotate.record import Record

_LISTS = ("attributions", "outlets", "speakers", "verifications", "notices")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a release. split: null where it has none; shown: whether its text is published."""

    record: Record
    split: str | None
    shown: bool


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one article.

    kind: added, removed, changed (in its labels, its metadata or its split) or text (only whether it is shown).
    items: by list of the Record, the ids of what was added, removed and changed; fields: how often each field of an
    attribution or of another thing changed, as `attributions.cue_class`.
    """

    article: str
    kind: str
    moved: tuple[str | None, str | None] | None = None
    shown: tuple[bool, bool] | None = None
    items: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    fields: Counter[str] = field(default_factory=Counter)

    def to_json(self) -> str:
        """Return the change as one line of JSON; what did not change is left out."""
        content: dict[str, Any] = {"article": self.article, "change": self.kind}
        if self.moved:
            content["split"] = {"from": self.moved[0], "to": self.moved[1]}
        if self.shown:
            content["text"] = {"from": self.shown[0], "to": self.shown[1]}
        content |= self.items
        if self.fields:
            content["fields"] = dict(sorted(self.fields.items()))
        return json.dumps(content, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A release on disk, with its manifest.

    Raises: DatasetError when the folder is none, or its rows are in no format that keeps all of them.
    """

    folder: Path
    manifest: dict[str, Any]

    @classmethod
    def at(cls, folder: Path) -> Earlier:
        """Open a release by its folder."""
        mend = "name the folder of an earlier release"
        try:
            manifest = strict_json.loads((folder / MANIFEST).read_bytes())
            if not isinstance(manifest, dict) or not isinstance(manifest["version"], str):
                raise ValueError
        except OSError as error:
            raise DatasetError(f"{MANIFEST} cannot be read: {error.strerror}", where=str(folder), mend=mend) from None
        except (ValueError, LookupError):
            raise DatasetError("is no manifest of a dataset", where=str(folder / MANIFEST), mend=mend) from None
        return cls(folder, manifest)

    def rows(self) -> Iterator[Row]:
        """Yield all rows in the order of their ids."""
        splits = [name for name in SPLITS if (self.folder / name).is_dir()] if self.manifest.get("split") else [None]
        merged = heapq.merge(*(self._rows_of(split) for split in splits), key=lambda row: row.record.id)
        yield from _in_order(merged, self.folder)

    def _rows_of(self, split: str | None) -> Iterator[Row]:
        base = self.folder / split if split else self.folder
        for path, read in ((base / "records.jsonl", jsonl.read), (base / parquet.FOLDER, parquet.read)):
            if path.exists():
                try:
                    for record in read(path):
                        yield Row(standoff(record), split, record.text is not None)
                except DatasetError:
                    raise
                except AnnotateError as error:
                    raise DatasetError(
                        error.what, where=f"{path.parent}/{error.where}", mend="fetch the earlier release again"
                    ) from None
                return
        raise DatasetError(
            "holds its rows neither in records.jsonl nor in Parquet",
            where=str(base),
            mend="name a release that was exported with --format jsonl or parquet",
        )


def rows_of(release: Release) -> Iterator[Row]:
    """Yield the rows of a release in the making."""
    for record in release.spool:
        placed = release.placement(record)
        if placed is not None:
            yield Row(standoff(record), placed.split, release.shows(record))


def changes(before: Iterator[Row], after: Iterator[Row], was: Counts, now: Counts) -> Iterator[Change]:
    """Yield what changed, in the order of the article ids; all rows are counted into `was` and `now` on the way."""
    earlier, later = next(before, None), next(after, None)
    while earlier or later:
        if later is None or (earlier is not None and earlier.record.id < later.record.id):
            assert earlier is not None
            was.add(earlier.record, shown=earlier.shown)
            yield Change(earlier.record.id, "removed")
            earlier = next(before, None)
        elif earlier is None or later.record.id < earlier.record.id:
            now.add(later.record, shown=later.shown)
            yield Change(later.record.id, "added")
            later = next(after, None)
        else:
            was.add(earlier.record, shown=earlier.shown)
            now.add(later.record, shown=later.shown)
            change = between(earlier, later)
            if change is not None:
                yield change
            earlier, later = next(before, None), next(after, None)


def between(earlier: Row, later: Row) -> Change | None:
    """Return what changed in one article, None when nothing did."""
    old, new = (row.record.model_dump(mode="json", by_alias=True) for row in (earlier, later))
    moved = (earlier.split, later.split) if earlier.split != later.split else None
    shown = (earlier.shown, later.shown) if earlier.shown != later.shown else None
    items: dict[str, dict[str, list[str]]] = {}
    fields: Counter[str] = Counter()
    for name in _LISTS:
        found = _items(name, old.pop(name), new.pop(name), fields)
        if found:
            items[name] = found
    fields.update(name for name in {*old, *new} if old.get(name) != new.get(name))
    if not (moved or shown or items or fields):
        return None
    kind = "changed" if moved or items or fields else "text"
    return Change(earlier.record.id, kind, moved, shown, items, fields)


def _items(
    name: str, old: Sequence[dict[str, Any]], new: Sequence[dict[str, Any]], fields: Counter[str]
) -> dict[str, list[str]]:
    """Return the ids of what was added, removed and changed in a list of things."""
    before, after = ({item["id"]: item for item in items} for items in (old, new))
    found: dict[str, list[str]] = {
        "added": [identity for identity in after if identity not in before],
        "removed": [identity for identity in before if identity not in after],
        "changed": [],
    }
    for identity, item in after.items():
        if identity in before and before[identity] != item:
            found["changed"].append(identity)
            fields.update(f"{name}.{key}" for key in item if item[key] != before[identity].get(key))
    return {what: identities for what, identities in found.items() if identities}


def _in_order(rows: Iterator[Row], folder: Path) -> Iterator[Row]:
    """Pass rows on that are in the order of their ids.

    Raises: DatasetError when they are not, as in a file that somebody sorted or joined.
    """
    last: Row | None = None
    for row in rows:
        if last is not None and row.record.id <= last.record.id:
            raise DatasetError(
                f"article {row.record.id!r} comes after {last.record.id!r}: rows are out of order, or there twice",
                where=str(folder),
                mend="name the release as it was exported",
            )
        last = row
        yield row
