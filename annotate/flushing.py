"""Bringing files and folders to disk, with errors that say which one could not be brought there."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["flush_file", "flush_folder"]


def flush_file(descriptor: int, path: Path) -> None:
    """Make what was written to an open file last.

    The system's own error would name no file. Raises: OSError that names it.
    """
    try:
        os.fsync(descriptor)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None


def flush_folder(folder: Path) -> None:
    """Make a rename inside the folder last.

    Raises: OSError that names it.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        flush_file(descriptor, folder)
    finally:
        os.close(descriptor)
