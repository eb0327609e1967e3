"""The files of a run, wherever fsspec finds them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

from annotate.articles.read import READERS, format_of
from annotate.bulk import BulkError
from annotate.bulk.plan import InputFile

_CHUNK = 1 << 20


def find_files(given: str, *, format: str | None, on_skip: Callable[[str], None]) -> list[InputFile]:
    """Return the files at a path or address, in order of name, each with its digest.

    given: a file, a folder (read recursively, hidden files left out) or a pattern, local or an address that fsspec
    knows (`s3://`, `hf://`, …). format: the reader for every file; else the ending decides. on_skip: is called for what
    no reader is for.
    Raises: BulkError when nothing can be read there.
    """
    filesystem, path = filesystem_of(given)
    with _told(given):
        names, several = _names(filesystem, path)
    found = []
    for name in names:
        chosen = format or format_of(Path(name))
        url = filesystem.unstrip_protocol(name) if "://" in given else name
        if chosen is None or chosen not in READERS:
            if not several:
                raise BulkError("not a kind of file that is read", where=given, mend="give --format")
            on_skip(url)
            continue
        with _told(url), filesystem.open(name, "rb") as stream:
            size, digest = _digest(stream)
        found.append(InputFile(url, chosen, size, digest))
    if not found:
        raise BulkError("holds no file that can be read", where=given, mend="check the path, or give --format")
    return found


def filesystem_of(given: str) -> tuple[Any, str]:
    """Return fsspec's file system and the path in it.

    Raises: BulkError for an address with a password, or of a kind that nothing installed reads.
    """
    from fsspec.core import url_to_fs

    if "://" in given and urlsplit(given).password:
        raise BulkError(
            "an address must not hold a password: it would stand in logs",
            mend="give credentials as the environment variables or files that the service has for them",
        )
    with _told(given):
        filesystem, path = url_to_fs(given if "://" in given else str(Path(given).absolute()))
    return filesystem, path


@contextmanager
def opened(file: InputFile) -> Iterator[BinaryIO]:
    """Open a file of the plan.

    Raises: BulkError when it cannot be read, or has another size than when the run was planned.
    """
    filesystem, path = filesystem_of(file.url)
    with _told(file.url):
        stream = filesystem.open(path, "rb")
    with stream:
        if stream.seek(0, 2) != file.size:
            raise BulkError("was changed during the run", where=file.url, mend="start the run again")
        stream.seek(0)
        yield cast(BinaryIO, stream)


def _names(filesystem: Any, path: str) -> tuple[list[str], bool]:
    if any(sign in path for sign in "*?["):
        matching = (str(name) for name in filesystem.glob(path) if filesystem.isfile(name))
        return sorted(name for name in matching if not name.rpartition("/")[2].startswith(".")), True
    if not filesystem.exists(path):
        raise FileNotFoundError(2, "no such file or folder")
    if not filesystem.isdir(path):
        return [path], False
    names = (str(name) for name in filesystem.find(path))
    return sorted(name for name in names if "/." not in name[len(path.rstrip("/")) :]), True


def _digest(stream: BinaryIO) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return size, digest.hexdigest()


@contextmanager
def _told(where: str) -> Iterator[None]:
    """Turn what file systems raise into one clear error."""
    try:
        yield
    except ImportError as error:
        name = str(error).split()
        package = "s3fs" if where.startswith("s3") else name[-1] if name else "its package"
        raise BulkError("the package that reads such addresses is not installed", where=where,
                        mend=f"pip install {package}") from None  # fmt: skip
    except ValueError as error:
        raise BulkError(f"not an address that can be read: {error}", where=where, mend="check it") from None
    except OSError as error:
        raise BulkError(f"cannot be read: {error.strerror or error}", where=where, mend="check the path") from None
