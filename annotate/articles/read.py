"""Files and folders in, articles out: which file is read by which reader."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Literal, cast

from annotate.articles.confined import Confined
from annotate.articles.csv import read_csv
from annotate.articles.html import read_html
from annotate.articles.jsonl import read_jsonl
from annotate.articles.parquet import read_parquet
from annotate.articles.source import Limits, Located, Reader, Rejected, Source
from annotate.articles.text import read_text
from annotate.articles.warc import read_warc
from annotate.errors import InputError
from annotate.record import Article

# A new format is a new file with a reader, an entry here, and its file endings below.
READERS: Mapping[str, Reader] = {
    "text": read_text,
    "jsonl": read_jsonl,
    "csv": read_csv,
    "parquet": read_parquet,
    "html": read_html,
    "warc": read_warc,
}
ENDINGS: Mapping[str, str] = {
    ".txt": "text",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
    ".html": "html",
    ".htm": "html",
    ".warc": "warc",
    ".warc.gz": "warc",
}
# Readers that go back in their file: what comes through a pipe is kept in a temporary file first.
SEEKING = frozenset({"csv", "parquet", "warc"})
STDIN_FORMAT = "jsonl"


Given = Iterable[Path | Literal["-"]]


def read_paths(
    paths: Given, *, stdin: BinaryIO, format: str | None = None, limits: Limits | None = None
) -> Iterator[Article | Rejected]:
    """Read articles one after the other, whatever happens to any of them; see `locate_articles`."""
    for item in locate_articles(paths, stdin=stdin, format=format, limits=limits):
        yield item if isinstance(item, Rejected) else item.article


def locate_articles(
    paths: Given,
    *,
    stdin: BinaryIO,
    format: str | None = None,
    limits: Limits | None = None,
    on_skip: Callable[[Path], None] = lambda path: None,
) -> Iterator[Located | Rejected]:
    """Read articles one after the other, each with its place, whatever happens to any of them.

    paths: files, folders (read recursively in order of name, hidden files left out), or `-` for `stdin`. format: the
    reader to use for every file; without it the file's ending decides, and `-` is JSON Lines. on_skip: called for
    each file of a folder that no reader is for.
    Raises: InputError when `format` is unknown.
    """
    if format is not None and format not in READERS:
        raise InputError(f"unknown format {format!r}", mend=f"choose one of {', '.join(READERS)}")
    limits = limits or Limits()
    with Confined(seconds=limits.seconds, memory=limits.memory) as confined:
        for path in paths:
            if path == "-":
                yield from _read(Source("-", stdin, limits, confined), format or STDIN_FORMAT, on_disk=False)
            elif path.is_dir():
                yield from _read_folder(path, format, limits, confined, on_skip)
            elif chosen := format or format_of(path):
                yield from _read_file(path, chosen, limits, confined)
            else:
                yield _rejected(path, f"not a kind of file that is read (known: {', '.join(ENDINGS)})")


def format_of(path: Path) -> str | None:
    """Return the format that a file's ending stands for, if any."""
    name = path.name.lower()
    return next((format for ending, format in ENDINGS.items() if name.endswith(ending)), None)


def _read_folder(
    folder: Path, format: str | None, limits: Limits, confined: Confined, on_skip: Callable[[Path], None]
) -> Iterator[Located | Rejected]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        yield _rejected(folder, f"cannot be opened: {error.strerror}")
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        chosen = format or format_of(entry)
        if entry.is_dir():
            # A link to a folder may lead back to where we are.
            if not entry.is_symlink():
                yield from _read_folder(entry, format, limits, confined, on_skip)
        elif chosen is None or (entry.exists() and not entry.is_file()):
            # Nobody named the pipes and devices of a folder, and reading them may never end.
            on_skip(entry)
        else:
            yield from _read_file(entry, chosen, limits, confined)


def _read_file(path: Path, format: str, limits: Limits, confined: Confined) -> Iterator[Located | Rejected]:
    try:
        stream = path.open("rb")
    except OSError as error:
        yield _rejected(path, f"cannot be opened: {error.strerror}")
        return
    with stream:
        yield from _read(Source(str(path), stream, limits, confined), format, on_disk=path.is_file())


def _read(source: Source, format: str, *, on_disk: bool) -> Iterator[Located | Rejected]:
    """Run a reader; what concerns the file as a whole becomes a rejection."""
    try:
        if format in SEEKING and not on_disk:
            with tempfile.NamedTemporaryFile() as copy:
                shutil.copyfileobj(source.stream, copy)
                copy.seek(0)
                yield from READERS[format](replace(source, stream=cast(BinaryIO, copy)))
        else:
            yield from READERS[format](source)
    except InputError as error:
        yield source.reject(error)
    except OSError as error:
        yield source.reject(f"cannot be read: {error.strerror or error}")


def _rejected(path: Path, reason: str) -> Rejected:
    return Rejected(where=str(path), line=None, id=None, reason=reason)
