"""The articles that `annotate stories` and `annotate report` read: Record files, or what the store holds.

Each is a pair: the machine's Record, and a person's where there is one. What only a person read stands in both places.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click
from click.core import ParameterSource

from annotate.errors import InputError, RecordError

if TYPE_CHECKING:
    from annotate.record import Record
    from annotate.report.briefs import Pair
    from annotate.store import Store

STDIN = "-"


class Collection(ABC):
    """Articles that can be walked over as often as wanted; nothing of them is kept in memory.

    rejected: how many lines were none, each reported once on standard error. hint: what to say when there are none.
    store: what they were read from, if it was one.
    """

    rejected = 0
    store: Store | None = None
    hint: str

    @abstractmethod
    def __iter__(self) -> Iterator[Pair]: ...

    @abstractmethod
    def __len__(self) -> int: ...

    def records(self) -> Iterator[Record]:
        """Yield the Record of each article that counts: a person's where there is one."""
        for prediction, human in self:
            yield human or prediction


@contextmanager
def open_collection(inputs: Sequence[str], store: str | None) -> Iterator[Collection]:
    """Open the Record files that were named (- is standard input), or else the store.

    Raises: click.UsageError when both were named.
    """
    context = click.get_current_context(silent=True)
    if inputs and context and context.get_parameter_source("store") is ParameterSource.COMMANDLINE:
        raise click.UsageError("--store is read when no INPUT is given: they go without each other")
    with ExitStack() as stack:
        if inputs:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="annotate-"))
            yield RecordFiles(_regular_files(inputs, Path(folder)))
        else:
            from annotate.store import Store

            yield StoredArticles(stack.enter_context(Store.open(store)))


def _regular_files(inputs: Sequence[str], folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield each input's name and a file that can be read again: pipes are written down first."""
    for number, name in enumerate(dict.fromkeys(inputs)):
        if name != STDIN and Path(name).is_file():
            yield name, Path(name)
            continue
        spooled = folder / str(number)
        with ExitStack() as stack:
            source = sys.stdin.buffer if name == STDIN else stack.enter_context(Path(name).open("rb"))
            shutil.copyfileobj(source, stack.enter_context(spooled.open("wb")))
        yield name, spooled


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a line begins."""

    file: int
    offset: int


@dataclass(slots=True)
class _Entry:
    """What is kept of an article: the hash of its text, and where its Records stand."""

    sha256: str
    prediction: _Place | None = None
    human: _Place | None = None


class RecordFiles(Collection):
    """The Records of JSON Lines files, in the order in which their articles first appear.

    A Record that names an annotator is a person's. Of several by the machine for one article the first counts, and
    of several by people.
    """

    hint = "no Records here: annotate predict ARTICLES > FILE makes them"

    def __init__(self, files: Iterator[tuple[str, Path]]) -> None:
        self._names: list[str] = []
        self._paths: list[Path] = []
        self._entries: dict[str, _Entry] = {}
        repeated = 0
        for name, path in files:
            self._names.append(name)
            self._paths.append(path)
            repeated += self._scan(name, path)
        if repeated:
            click.echo(f"{repeated} further Records of the same articles are passed over", err=True)

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Pair]:
        with closing(_Lines(self._paths)) as predictions, closing(_Lines(self._paths)) as readings:
            for article, entry in self._entries.items():
                human = self._read(readings, article, entry.human) if entry.human else None
                prediction = self._read(predictions, article, entry.prediction) if entry.prediction else human
                assert prediction is not None
                yield prediction, human

    def _scan(self, name: str, path: Path) -> int:
        """Note where the Records of a file stand, and report what is none; return how many are not needed."""
        repeated = offset = 0
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                where = _Place(len(self._paths) - 1, offset)
                offset += len(line)
                if not line.strip():
                    continue
                try:
                    repeated += not self._note(_parsed(line, f"{name}:{number}"), where, f"{name}:{number}")
                except RecordError as error:
                    click.echo(str(error), err=True)
                    self.rejected += 1
        return repeated

    def _note(self, record: Record, place: _Place, where: str) -> bool:
        """Keep the place of a Record; return False when its article has one already."""
        entry = self._entries.setdefault(record.id, _Entry(record.sha256))
        if entry.sha256 != record.sha256:
            raise RecordError(
                f"the id {record.id!r} stands for another text further up", where=where, mend="give it its own id"
            )
        role = "human" if record.provenance and record.provenance.annotator else "prediction"
        if getattr(entry, role) is not None:
            return False
        setattr(entry, role, place)
        return True

    def _read(self, lines: _Lines, article: str, place: _Place) -> Record:
        name = self._names[place.file]
        try:
            record = _parsed(lines.at(place), name)
        except RecordError:
            record = None
        if record is None or (record.id, record.sha256) != (article, self._entries[article].sha256):
            raise InputError("the file has changed since it was first read", where=name, mend="run again")
        return record


def _parsed(line: bytes, where: str) -> Record:
    from annotate.record import parse_record

    record = parse_record(line.removeprefix(b"\xef\xbb\xbf"), where=where)
    if record.text is None:
        raise RecordError("has no text, only offsets into it", where=where, mend="export with --text all")
    return record


class _Lines:
    """Reads lines by their places; only the file that was read last is open."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths
        self._number = -1
        self._file: IO[bytes] | None = None

    def at(self, place: _Place) -> bytes:
        if self._file is None or self._number != place.file:
            self.close()
            self._file, self._number = self._paths[place.file].open("rb"), place.file
        self._file.seek(place.offset)
        return self._file.readline()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


class StoredArticles(Collection):
    """The store's articles in the order of their ids: the newest prediction, and what people verified."""

    hint = "nothing is pre-annotated yet: run annotate ingest, then annotate preannotate"

    def __init__(self, store: Store) -> None:
        self.store = self._store = store
        self._count: int | None = None

    def __len__(self) -> int:
        """Return how many articles the last walk met; before the first one, how many are predicted."""
        return self._store.count_predicted() if self._count is None else self._count

    def __iter__(self) -> Iterator[Pair]:
        count = 0
        for pair in self._pairs():
            yield pair
            count += 1
        self._count = count

    def _pairs(self) -> Iterator[Pair]:
        from more_itertools import peekable

        from annotate.dataset.verified import Withheld, verified

        readings = peekable(item for item in verified(self._store) if not isinstance(item, Withheld))
        for prediction in self._store.latest_predictions():
            while readings and readings.peek().id < prediction.id:
                human = next(readings)
                yield human, human
            yield prediction, next(readings) if readings and readings.peek().id == prediction.id else None
        for human in readings:
            yield human, human
