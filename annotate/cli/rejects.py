"""The file that keeps what a command turned away, with the reasons."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Self

import click

from annotate import settings

if TYPE_CHECKING:
    from annotate.articles import Rejected


class Rejects:
    """Report each rejection on stderr and write them to a JSON Lines file, made only if there is one.

    path: None for a file named after the present time in the user's data folder. The file stands under its own name
    only when it is whole: until then it ends in `.part`.
    """

    def __init__(self, path: Path | None) -> None:
        self.count = 0
        self._path = path
        self._file: IO[str] | None = None

    @property
    def path(self) -> Path | None:
        """The file, or None as long as nothing was rejected."""
        return self._path if self.count else None

    def __enter__(self) -> Self:
        return self

    def add(self, rejected: Rejected) -> None:
        """Report and keep one rejection."""
        click.echo(str(rejected), err=True)
        if self._file is None:
            self._path = self._path or _default_path()
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = _part(self._path).open("w", encoding="utf-8")
        self._file.write(json.dumps(asdict(rejected), ensure_ascii=False) + "\n")
        self.count += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None and self._path is not None:
            with self._file as file:
                file.flush()
                os.fsync(file.fileno())
            _part(self._path).replace(self._path)


def _default_path() -> Path:
    now = datetime.now(UTC)
    return settings.data_folder() / "rejects" / f"rejects-{now:%Y%m%dT%H%M%S.%fZ}.jsonl"


def _part(path: Path) -> Path:
    return path.with_name(path.name + ".part")
