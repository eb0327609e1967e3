"""Files that come into a folder all at once, or not at all.

They are written in a folder of their own inside the target, `.export-NUMBER`, and flushed to disk. When the last of
them is there, the list of their hashes too, that folder is renamed to `.export-ready`: from then on the new files are
what the folder holds, and moving them into place only carries that out. Whoever is killed in between leaves a folder
whose move the next writer finishes. The list of hashes is taken away before the first file moves and comes
back as the last, so that a folder with SHA256SUMS is complete.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from annotate import strict_json
from annotate.errors import DatasetError
from annotate.flushing import flush_file, flush_folder

SUMS = "SHA256SUMS"
PREFIX = ".export-"
READY = f"{PREFIX}ready"
_MOVES = ".moves.json"


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
        Raises: DatasetError when the move was decided on and could not be finished.
        """
        lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(self.sums.items()))
        _write_text(self.folder / SUMS, lines)
        _to_disk(self.folder / SUMS)
        targets = sorted(self.targets, key=lambda target: target != first)
        moves = {"targets": targets, "stale": sorted(stale - set(targets))}
        _write_text(self.folder / _MOVES, json.dumps(moves))
        _to_disk(self.folder / _MOVES)
        for folder in (self.folder, *(path for path in self.folder.rglob("*") if path.is_dir())):
            flush_folder(folder)
        ready = self._final / READY
        self.folder.rename(ready)
        self.folder = ready
        flush_folder(self._final)
        _carry_out(self._final)


@contextmanager
def staged(final: Path) -> Iterator[Staging]:
    """Open a staging place inside the folder, and clear it away in the end, unless its move remains to be finished.

    A move that another writer was killed in is finished first. Raises: DatasetError when another process is writing
    there, or that move cannot be finished.
    """
    final.mkdir(parents=True, exist_ok=True)
    with _held(final) as ours:
        if not ours:
            raise DatasetError("another process is writing there", where=str(final), mend="wait until it is done")
        if (final / READY).is_dir():
            _carry_out(final)
        for left in leftovers(final):
            remove(left)
        staging = Staging(final / f"{PREFIX}{os.getpid()}", final)
        staging.folder.mkdir()
        try:
            yield staging
        finally:
            if staging.folder.name != READY:
                remove(staging.folder)


def finish(final: Path) -> None:
    """Finish the move that a writer was killed in, if there is one.

    Raises: DatasetError when another process is writing there, or the move cannot be finished.
    """
    if (final / READY).is_dir():
        with staged(final):
            pass


def is_held(final: Path) -> bool:
    """Tell whether a process is writing into the folder."""
    with _held(final) as free:
        return not free


def inside(final: Path, target: str) -> Path:
    """Return the place of a target in a folder.

    The names come from files that anybody may have written. Raises: DatasetError when it leads out of the folder.
    """
    parts = PurePosixPath(target).parts
    place = final.joinpath(*parts)
    if (
        not parts
        or ".." in parts
        or "\0" in target
        or target.startswith("/")
        or not place.parent.resolve().is_relative_to(final.resolve())
    ):
        raise DatasetError(f"{target!r} leads out of the folder", where=str(final), mend="fetch the dataset again")
    return place


def leftovers(final: Path) -> list[Path]:
    """Return what writers that were killed, or are still at it, left in the folder."""
    return sorted(path for path in final.glob(f"{PREFIX}*") if path.name != READY)


def _carry_out(final: Path) -> None:
    """Move what is ready into place; what is done already is left as it is."""
    ready = final / READY
    try:
        if (ready / SUMS).is_file():
            moves = _moves(ready / _MOVES)
            (final / SUMS).unlink(missing_ok=True)
            flush_folder(final)
            for target in moves["stale"]:
                remove(inside(final, target))
                _remove_empty(final, target)
            for target in moves["targets"]:
                _move(ready / target, inside(final, target))
            (ready / SUMS).replace(final / SUMS)
            flush_folder(final)
        remove(ready)
    except OSError as error:
        raise DatasetError(
            f"the new files are whole, but could not all be put in place: {error.strerror or error}",
            where=str(final),
            mend="see to that and run the same command again: it goes on from there",
        ) from None


def _moves(path: Path) -> dict[str, list[str]]:
    try:
        moves = strict_json.loads(path.read_bytes())
        return {name: [str(target) for target in moves[name]] for name in ("targets", "stale")}
    except (ValueError, LookupError, TypeError):
        raise DatasetError("says of no files where they go", where=str(path), mend="fetch the dataset again") from None


def _move(made: Path, place: Path) -> None:
    if not made.exists():
        return  # it is there already
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.is_dir():
        remove(place)  # a folder cannot be replaced by renaming
    made.replace(place)
    flush_folder(place.parent)


@contextmanager
def _held(folder: Path) -> Iterator[bool]:
    """Hold a folder for this process; tell whether nobody else does. The system lets go when the process ends."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        except OSError:
            pass  # a file system without locks: nobody can be seen, nobody is kept out
        yield True
    finally:
        os.close(descriptor)


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
        flush_file(opened.fileno(), file)
    return digest
