"""What a file or folder holds, recognised by what is there: rows, Parquet, brat, Citron, Label Studio, a dataset."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from annotate.dataset.formats import FORMATS, parquet
from annotate.dataset.formats.documents import INDEX
from annotate.dataset.index import MANIFEST
from annotate.errors import DatasetError, InputError

SPLITS = ("train", "dev", "test")
# As published datasets call them, in the names of folders and of Parquet files.
_NAMED = {"validation": "dev", "valid": "dev", "val": "dev"} | {name: name for name in SPLITS}

_TAKEN = (
    "JSON Lines of Records or rows with `text` and `attributions`, Parquet, .ann and .txt, Citron's or Label Studio's"
    " JSON, or the folder of a dataset"
)


class Kind(StrEnum):
    """A form in which annotated articles are kept."""

    ROWS = "JSON Lines"
    PARQUET = "Parquet"
    BRAT = "brat standoff"
    CITRON = "Citron JSON"
    LABEL_STUDIO = "Label Studio JSON"


@dataclass(frozen=True, slots=True)
class Part:
    """One file, or folder of files, of one kind."""

    kind: Kind
    path: Path


def parts_of(path: Path, split: str | None = None) -> list[Part]:
    """Return what is to be read where `path` is given, in order.

    split: of a dataset in splits, which; without it all of them, in the order train, dev, test. In a dataset's folder
    the most complete form that has texts is chosen. Raises: InputError or DatasetError when nothing there can be read.
    """
    if not path.exists():
        raise InputError("is not there", where=str(path), mend="check the path")
    if not path.is_dir():
        if split is not None:
            raise InputError("is a file, which has no splits", where=str(path), mend="give the dataset's folder")
        return [Part(_kind_of(path), path)]
    splits = _splits(path)
    if split is not None:
        if split not in splits:
            there = f"choose one of: {', '.join(splits)}" if splits else "it is not split: leave the split out"
            raise DatasetError(f"holds no split {split!r}", where=str(path), mend=there)
        return splits[split]
    found = [part for parts in splits.values() for part in parts] or _in_folder(path)
    if not found:
        raise DatasetError("holds no annotated articles that can be read", where=str(path), mend=f"give {_TAKEN}")
    return found


# -- files -------------------------------------------------------------------------------------------------------------


def _kind_of(path: Path) -> Kind:
    """Tell the kind of a file by how it begins; what is no file on disk can be read once only, and holds rows."""
    if not path.is_file():
        return Kind.ROWS
    if path.suffix.lower() == ".ann":
        return Kind.BRAT
    try:
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", where=str(path)) from None
    if start.startswith(b"PAR1") or path.suffix.lower() == ".parquet":
        return Kind.PARQUET
    sign = start.lstrip()[:1]
    if path.suffix.lower() in (".jsonl", ".ndjson") or (sign not in b"[{" and path.suffix.lower() != ".json"):
        return Kind.ROWS
    if sign == b"[":
        return Kind.LABEL_STUDIO
    return _kind_of_object(path)


def _kind_of_object(path: Path) -> Kind:
    """Tell rows, one a line, from a Citron document, which is one object in as many lines as it likes."""
    try:
        with path.open("rb") as file:
            first = next((line for line in file if line.strip()), b"")
        row = json.loads(first)
    except (ValueError, RecursionError):
        # An object over several lines, or a broken one: whoever wrote a .json file meant one object.
        return Kind.CITRON if path.suffix.lower() == ".json" else Kind.ROWS
    return Kind.CITRON if isinstance(row, dict) and "quotes" in row and "attributions" not in row else Kind.ROWS


# -- folders -----------------------------------------------------------------------------------------------------------


def _splits(folder: Path) -> dict[str, list[Part]]:
    """Return the splits of a folder: subfolders of their names, or Parquet files that begin with them."""
    found: dict[str, list[Part]] = {}
    for name, split in _NAMED.items():
        if (folder / name).is_dir() and (parts := _in_folder(folder / name)):
            found[split] = parts
    if not found and not (folder / FORMATS["jsonl"].target).exists():
        for file in _parquet_files(folder):
            named = _NAMED.get(file.stem.partition("-")[0])
            if named:
                found.setdefault(named, []).append(Part(Kind.PARQUET, file))
    return {split: found[split] for split in SPLITS if split in found}


def _in_folder(folder: Path) -> list[Part]:
    """Return what to read of a folder without splits: of a dataset, the first form that has a text."""
    forms = list(_forms(folder))
    for parts in forms:
        if _has_text(parts[0]):
            return parts
    # None has: the reader of the first one will say what to do about it.
    return forms[0] if forms else []


def _forms(folder: Path) -> Iterator[list[Part]]:
    """Yield the forms in which a folder holds its articles, the most complete one first."""
    target = {name: folder / form.target for name, form in FORMATS.items()}
    if target["jsonl"].is_file():
        yield [Part(Kind.ROWS, target["jsonl"])]
    if files := _parquet_files(folder):
        yield [Part(Kind.PARQUET, file) for file in files]
    if target["label-studio"].is_file():
        yield [Part(Kind.LABEL_STUDIO, target["label-studio"])]
    for place in (folder, target["brat"], folder / "attributions"):
        if next(place.glob("*.ann"), None):
            yield [Part(Kind.BRAT, place)]
    if (folder / MANIFEST).is_file() or (target["citron"] / INDEX).is_file():
        if next(target["citron"].glob("*.json"), None):
            yield [Part(Kind.CITRON, target["citron"])]
    elif (folder / INDEX).is_file() and next(folder.glob("*.json"), None):
        yield [Part(Kind.CITRON, folder)]
    elif files := [file for file in sorted(folder.glob("*.json")) if file != target["label-studio"]]:
        yield [Part(_kind_of(file), file) for file in files]


def _parquet_files(folder: Path) -> list[Path]:
    """Return the shards of a folder, or of its `data`, where published datasets keep them."""
    return sorted(folder.glob("*.parquet")) or sorted((folder / "data").glob("*.parquet"))


def _has_text(part: Part) -> bool:
    """Tell whether any article that a part holds comes with its text; what cannot be read, its reader reports."""
    if part.kind is Kind.ROWS:
        return _row_with_text(part.path)
    if part.kind is Kind.PARQUET:
        return _column_with_text(part.path)
    return True


def _row_with_text(path: Path) -> bool:
    with path.open("rb") as lines:
        for line in lines:
            try:
                row = json.loads(line) if line.strip() else {"text": None}
                if row["text"] is not None:
                    return True
            except (ValueError, LookupError, TypeError, RecursionError):
                return True
    return False


def _column_with_text(path: Path) -> bool:
    try:
        with pq.ParquetFile(path) as file:
            batches = parquet.bounded_batches(file, path, ["text"])
            return any(batch.column(0).null_count < len(batch) for batch in batches)
    except (pa.ArrowException, LookupError, OSError, DatasetError):
        return True
