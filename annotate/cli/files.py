"""Writing what a command makes to a file of the user's."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from annotate.flushing import flush_file


def write_whole(path: Path, content: str) -> None:
    """Write a file that stands under its name only when it is whole.

    What is no file (a pipe, a device) is written to directly.
    """
    with writing_whole(path) as file:
        file.write(content)


@contextmanager
def writing_whole(path: Path) -> Iterator[IO[str]]:
    """Give a text file to write to, which stands under its name when the block ends without an error.

    What is no file (a pipe, a device) is written to directly.
    """
    if path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8", newline="\n") as file:
            yield file
        return
    handle, part = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            yield file
            file.flush()
            flush_file(file.fileno(), path)
        # As any other new file has them; mkstemp makes files that only their owner may read.
        mask = os.umask(0)
        os.umask(mask)
        Path(part).chmod(0o666 & ~mask)
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
