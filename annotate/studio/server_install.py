"""Label Studio in an environment of its own, beside ours: installed once, pinned, redone when it was interrupted."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from annotate.errors import ServerError

LABEL_STUDIO_VERSION = "1.23.2"
CONSTRAINTS = Path(__file__).with_name("constraints.txt")

Progress = Callable[[str], None]


def silent(message: str) -> None:
    """Say nothing: the progress callback of callers that do not want one."""


def environment_folder(cache_folder: Path) -> Path:
    """Return the folder of the embedded server's environment."""
    return cache_folder / f"label-studio-{LABEL_STUDIO_VERSION}"


def installed_executable(cache_folder: Path) -> Path | None:
    """Return the label-studio executable, or None when no complete install is there."""
    folder = environment_folder(cache_folder)
    return folder / "bin" / "label-studio" if _mark(folder).is_file() else None


def install(cache_folder: Path, *, progress: Progress = silent) -> Path:
    """Install Label Studio unless it is there, and return its executable.

    About 1 GB and one to three minutes the first time. Two callers at once install it once.
    Raises: ServerError with the last lines of the installer when it fails.
    """
    cache_folder.mkdir(parents=True, exist_ok=True)
    folder = environment_folder(cache_folder)
    with locked(folder.with_suffix(".lock")):
        if found := installed_executable(cache_folder):
            return found
        progress(f"installing Label Studio {LABEL_STUDIO_VERSION} once, about 1 GB: this takes a few minutes")
        log = folder.with_suffix(".log")
        _run([sys.executable, "-m", "venv", "--clear", str(folder)], log)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--no-input"]
        _run([*pip, "-c", str(CONSTRAINTS), f"label-studio=={LABEL_STUDIO_VERSION}"], log)
        # Written last: without it the next call starts over.
        _mark(folder).write_text(LABEL_STUDIO_VERSION, encoding="utf-8")
        progress("Label Studio is installed")
    return folder / "bin" / "label-studio"


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on `path` between processes; the lock ends with its holder, however that ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def last_lines(log: Path, count: int = 8) -> str:
    """Return the last lines of a log on one line, for an error message."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return "no log"
    return " | ".join(line.strip() for line in lines[-count:] if line.strip()) or "an empty log"


def _mark(folder: Path) -> Path:
    return folder / "complete"


def _run(command: list[str], log: Path) -> None:
    with log.open("w", encoding="utf-8") as output:
        done = subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise ServerError(
            f"Label Studio could not be installed: {last_lines(log)}",
            where=str(log),
            mend="check the network and the free disk space, then try again",
        )
