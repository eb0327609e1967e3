"""Files that come into a folder all at once, or not at all.

They are written in a folder of their own inside the target, flushed to disk, and renamed into place in the end. The
list of their hashes is taken away before the first of them moves and written after the last, so that a folder with
SHA256SUMS is complete.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import psutil

SUMS = "SHA256SUMS"
_PREFIX = ".export-"


class Staging:
    """A place beside the final one.

    sums: the SHA-256 of every file so far, by its place in the final folder. targets: what was written there, in order.
    """

    def __init__(self, folder: Path, final: Path) -> None:
        self.folder = folder
        self.sums: dict[str, str] = {}
        self._final = final
        self.targets: list[str] = []

    def write(self, target: str, write: Callable[[Path], None]) -> Path:
        """Let `write` make the file or folder `target` (a relative path with `/`), and take its hashes."""
        path = self.folder / target
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path)
        return self.take(target)

    def take(self, target: str) -> Path:
        """Take the hashes of a file or folder that was written here."""
        path = self.folder / target
        self.targets.append(target)
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                self.sums[file.relative_to(self.folder).as_posix()] = _to_disk(file)
        return path

    def text(self, target: str, content: str) -> None:
        """Write a file of UTF-8 text."""
        self.write(target, lambda path: _write_text(path, content))

    def put_in_place(self, stale: set[str], *, first: str) -> None:
        """Move everything into the final folder, replacing what is there, and remove the stale targets.

        first: the target that names the others, by which an interrupted move is recognised as ours.
        """
        (self._final / SUMS).unlink(missing_ok=True)
        for target in stale - set(self.targets):
            remove(self._final / target)
            _remove_empty(self._final, target)
        for target in sorted(self.targets, key=lambda target: target != first):
            place = self._final / target
            place.parent.mkdir(parents=True, exist_ok=True)
            if place.is_dir():
                remove(place)  # a folder cannot be replaced by renaming
            (self.folder / target).replace(place)
            _flush(place.parent)
        lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(self.sums.items()))
        _write_text(self.folder / SUMS, lines)
        _to_disk(self.folder / SUMS)
        (self.folder / SUMS).replace(self._final / SUMS)
        _flush(self._final)


@contextmanager
def staged(final: Path) -> Iterator[Staging]:
    """Open a staging place inside the folder, and clear it away in the end, whatever happened."""
    final.mkdir(parents=True, exist_ok=True)
    for left in final.glob(f"{_PREFIX}*"):
        owner = left.name.removeprefix(_PREFIX)
        if not (owner.isdecimal() and psutil.pid_exists(int(owner))):
            remove(left)  # of an export that was killed
    folder = final / f"{_PREFIX}{os.getpid()}"
    remove(folder)
    folder.mkdir()
    try:
        yield Staging(folder, final)
    finally:
        remove(folder)


def remove(path: Path) -> None:
    """Remove a file, or a folder with all that is in it, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _remove_empty(root: Path, target: str) -> None:
    """Remove the folders above a removed target that are empty now."""
    for parent in PurePosixPath(target).parents:
        folder = root / parent
        if folder == root or not folder.is_dir() or any(folder.iterdir()):
            return
        folder.rmdir()


def _write_text(path: Path, content: str) -> None:
    path.write_text(content, encoding="utf-8", newline="\n")


def _to_disk(file: Path) -> str:
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
        os.fsync(opened.fileno())
    return digest


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
