"""A release on disk: its manifest, its index, and its rows, in the order in which they were written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotate import strict_json
from annotate.dataset.export import SUMS
from annotate.dataset.formats import FORMATS
from annotate.dataset.index import INDEX, MANIFEST
from annotate.dataset.inputs import SPLITS
from annotate.dataset.splitting import Placement
from annotate.errors import AnnotateError, DatasetError
from annotate.record import Record

# The formats that keep all of a row, with or without its text.
ROW_FORMATS = ("jsonl", "parquet")
_MEND = "fetch the dataset again, or export it again"


@dataclass(frozen=True, slots=True)
class Entry:
    """An article in the index: what the row says of it, and where it stands. text: whether it carries its text."""

    id: str
    sha256: str
    placement: Placement
    licence: str | None
    text: bool
    publisher: str | None
    published: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class ReleaseFolder:
    """The folder of a release, with its manifest as it is written there."""

    path: Path
    manifest: Mapping[str, Any]

    @classmethod
    def at(cls, path: Path) -> ReleaseFolder:
        """Open a release.

        Raises: DatasetError when the folder holds none.
        """
        try:
            manifest = strict_json.loads((path / MANIFEST).read_bytes())
            if not isinstance(manifest, dict) or not isinstance(manifest["files"], list):
                raise ValueError
        except OSError as error:
            raise DatasetError(
                f"holds no dataset: {MANIFEST} cannot be read: {error.strerror}",
                where=str(path),
                mend="name the folder that annotate export wrote",
            ) from None
        except (ValueError, LookupError):
            raise DatasetError("is no manifest of a dataset", where=str(path / MANIFEST), mend=_MEND) from None
        return cls(path, manifest)

    @property
    def files(self) -> list[str]:
        """The targets of the release: files and folders, as the manifest lists them."""
        return [name for name in self.manifest["files"] if isinstance(name, str)]

    @property
    def method(self) -> str | None:
        """By what the release was split; None when it was not."""
        method = self.manifest.get("split")
        return str(method) if method else None

    @property
    def splits(self) -> tuple[str | None, ...]:
        """The splits that hold files, in their usual order; (None,) in an unsplit release."""
        if self.method is None:
            return (None,)
        used = {name.split("/")[0] for name in self.files if "/" in name}
        return tuple(name for name in SPLITS if name in used)

    @property
    def formats(self) -> list[str]:
        """The formats of the release, by their keys, in the order in which they were written."""
        targets = {form.target: name for name, form in FORMATS.items()}
        bare = (name.split("/", 1)[1] if name.split("/")[0] in self.splits else name for name in self.files)
        return list(dict.fromkeys(targets[name] for name in bare if name in targets))

    def target(self, name: str, split: str | None) -> str:
        """Return where a format stands in the folder."""
        return f"{split}/{FORMATS[name].target}" if split else FORMATS[name].target

    def entries(self) -> Iterator[Entry]:
        """Yield the index, in the order of the rows.

        Raises: DatasetError, with the line, when it cannot be read.
        """
        path = self.path / INDEX
        try:
            with path.open("rb") as lines:
                for number, line in enumerate(lines, start=1):
                    yield entry_of(line, where=f"{path}:{number}")
        except OSError as error:
            raise DatasetError(f"cannot be read: {error.strerror}", where=str(path), mend=_MEND) from None

    def rows(self) -> Iterator[tuple[Entry, Record]]:
        """Yield the rows of the release with their entries, in the order of the index.

        Raises: DatasetError when a row cannot be read, or index and rows do not go together.
        """
        form = next((name for name in ROW_FORMATS if name in self.formats), None)
        if form is None:
            raise DatasetError(
                "holds its rows neither in records.jsonl nor in Parquet",
                where=str(self.path),
                mend="take a release that was exported with --format jsonl or parquet",
            )
        readers = {split: self._rows_of(form, split) for split in self.splits}
        for entry in self.entries():
            record = next(readers.get(entry.placement.split, iter(())), None)
            if record is None or (record.id, record.sha256) != (entry.id, entry.sha256):
                raise DatasetError(
                    f"index and rows do not go together from article {entry.id} on", where=str(self.path), mend=_MEND
                )
            yield entry, record
        if left := next((record for reader in readers.values() for record in reader), None):
            raise DatasetError(f"article {left.id} is not in {INDEX}", where=str(self.path), mend=_MEND)

    def _rows_of(self, form: str, split: str | None) -> Iterator[Record]:
        path = self.path / self.target(form, split)
        read: Callable[[Path], Iterator[Any]] = FORMATS[form].read
        try:
            yield from read(path)
        except DatasetError:
            raise
        except (AnnotateError, OSError) as error:
            what = error.what if isinstance(error, AnnotateError) else error.strerror or str(error)
            raise DatasetError(f"cannot be read: {what}", where=str(path), mend=_MEND) from None


def entry_of(line: bytes, *, where: str) -> Entry:
    """Read a line of the index.

    Raises: DatasetError when it is none.
    """
    try:
        row = strict_json.loads(line)
        placement = Placement(_text(row["story"]), _text(row["split"]))
        if placement.split not in (None, *SPLITS) or not isinstance(row["text"], bool):
            raise ValueError
        if not isinstance(row["id"], str) or not isinstance(row["sha256"], str):
            raise ValueError
        facts = {name: _text(row[name]) for name in ("licence", "publisher", "published", "url")}
        return Entry(row["id"], row["sha256"], placement, text=row["text"], **facts)
    except (ValueError, LookupError, TypeError, AttributeError):
        raise DatasetError("is no article of an index", where=where, mend=_MEND) from None


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise ValueError


def listed_sums(path: Path) -> tuple[dict[str, str], Sequence[int]]:
    """Read SHA256SUMS: the hash of each file, and the numbers of the lines that are none of its."""
    sums: dict[str, str] = {}
    odd: list[int] = []
    content = (path / SUMS).read_text(encoding="utf-8", errors="replace")
    for number, line in enumerate(content.removesuffix("\n").split("\n"), start=1):
        digest, between, name = line[:64], line[64:66], line[66:].removesuffix("\r")
        if len(digest) == 64 and between in ("  ", " *") and name and set(digest) <= set("0123456789abcdef"):
            sums[name] = digest
        else:
            odd.append(number)
    return sums, odd
