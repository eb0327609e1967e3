"""Annotated articles and Records from whatever holds them: a file, or the folder of a dataset."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from annotate.corpora import AnnotatedArticle, read_corpus
from annotate.dataset.formats import jsonl
from annotate.errors import DatasetError, InputError
from annotate.record import Record

SPLITS = ("train", "dev", "test")
_ROWS = "records.jsonl"


def read_annotated(path: Path, *, split: str | None = None, quoteless: bool = False) -> Iterator[AnnotatedArticle]:
    """Yield the annotated articles of a file or folder; several annotators' readings of one article are several.

    split: of a dataset in splits, which to read; all of them without it. quoteless: keep what has a source or a cue but
    no quote. Raises: InputError or DatasetError, with the place, for what is no annotated article.
    """
    for file in _files(path, split):
        yield from read_corpus(file, quoteless=quoteless)


def read_records(path: Path, *, split: str | None = None) -> Iterator[Record]:
    """Yield the Records of a file or folder.

    split: as for `read_annotated`. Raises: RecordError, InputError or DatasetError, with the place, for what is none.
    """
    for file in _files(path, split):
        yield from jsonl.read(file)


def _files(path: Path, split: str | None) -> list[Path]:
    """Return the files of rows that a file or dataset folder consists of."""
    if path.is_dir():
        return _in_folder(path, split)
    if split is not None:
        raise InputError("is a file, which has no splits", where=str(path), mend="give the dataset's folder")
    if path.suffix.lower() != ".jsonl":
        raise InputError(
            "is no file of annotated articles", where=str(path), mend=f"give a .jsonl file or a folder with {_ROWS}"
        )
    return [path]


def _in_folder(folder: Path, split: str | None) -> list[Path]:
    splits = [name for name in SPLITS if (folder / name / _ROWS).is_file()]
    if split is not None:
        if split not in splits:
            there = f"choose one of: {', '.join(splits)}" if splits else "it is not split: leave the split out"
            raise DatasetError(f"holds no split {split!r}", where=str(folder), mend=there)
        splits = [split]
    found = [folder / name / _ROWS for name in splits] or [folder / _ROWS]
    if not found[0].is_file():
        raise DatasetError("holds no annotated articles", where=str(folder), mend=f"give a folder with {_ROWS}")
    return found
