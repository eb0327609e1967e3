"""Whether the files of a release are all there, as they were written, and alone."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from annotate.dataset.checking.problems import Kind, Problem
from annotate.dataset.export import SUMS
from annotate.dataset.folder import listed_sums
from annotate.dataset.staging import PREFIX, READY, inside, is_held
from annotate.errors import DatasetError
from annotate.hashing import file_sha256

# What the Hugging Face Hub and Git keep in a folder of theirs.
_OTHERS = (".git", ".gitattributes", ".cache", ".huggingface")


def file_problems(folder: Path) -> Iterator[Problem]:
    """Yield which files are missing or are not those that were written."""
    if not (folder / SUMS).is_file():
        yield _incomplete(folder)
        return
    sums, odd = listed_sums(folder)
    for number in odd:
        yield Problem(Kind.FILE, f"{SUMS}:{number}", "is no hash and file name")
    for name, digest in sorted(sums.items()):
        try:
            path = inside(folder, name)
            if not path.is_file():
                yield Problem(Kind.FILE, name, "is missing")
            elif file_sha256(path) != digest:
                yield Problem(Kind.FILE, name, f"is not the file that was written: its SHA-256 is not that of {SUMS}")
        except DatasetError:
            yield Problem(Kind.FILE, SUMS, f"names {name!r}, which leads out of the folder")
        except OSError as error:
            yield Problem(Kind.FILE, name, f"cannot be read: {error.strerror}", "see to the disk and its permissions")


def strays(folder: Path, besides: Iterable[str] = ()) -> Iterator[Problem]:
    """Yield which files nobody listed.

    besides: files and folders of the user's own, relative to the folder. What an export that was killed left behind is
    not among them: the next one clears it away.
    """
    known = {SUMS, *(listed_sums(folder)[0] if (folder / SUMS).is_file() else ())}
    own = {Path(name).as_posix() for name in besides}
    if not (folder / SUMS).is_file():
        return  # nothing is listed
    for place, folders, files in os.walk(folder):
        at = Path(place).relative_to(folder)
        folders[:] = sorted(
            name
            for name in folders
            if (at / name).as_posix() not in own and not (at == Path() and (name.startswith(PREFIX) or name in _OTHERS))
        )
        for file in sorted(files):
            name = (at / file).as_posix()
            if name not in known and name not in own and file not in _OTHERS:
                yield Problem(
                    Kind.FILE,
                    name,
                    f"is not listed in {SUMS}",
                    "remove it, or name it with --besides if it is your own",
                )


def leftover_notes(folder: Path) -> Iterator[str]:
    """Say what an export that was broken off left behind."""
    if (folder / SUMS).is_file() and any(folder.glob(f"{PREFIX}*")):
        yield "an export was broken off before it changed anything; the next one clears away what it left"


def _incomplete(folder: Path) -> Problem:
    if is_held(folder):
        return Problem(Kind.FILE, SUMS, "is missing: another process is writing there", "wait until it is done")
    if (folder / READY).is_dir():
        return Problem(
            Kind.FILE,
            SUMS,
            "is missing: an export was broken off while its files were put in place",
            "run the same export or hydrate again: it goes on from there",
        )
    return Problem(Kind.FILE, SUMS, "is missing, so that nobody can tell whether the dataset is whole")
