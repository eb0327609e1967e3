"""Articles that several people annotated, from the store or from files, one at a time."""

from __future__ import annotations

import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from annotate.corpora import annotated_of
from annotate.errors import InputError
from annotate.review.agreement.readings import Reading, in_order, reading_of
from annotate.store import Store
from annotate.store.annotations import annotators, current
from annotate.store.tables import AnnotationRow

# An annotation whose annotator the server did not name.
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Shared:
    """An article and the readings of those who annotated it, at least two, in the order of their names."""

    id: str
    text: str
    readings: tuple[Reading, ...]


@dataclass(slots=True)
class LeftOut:
    """What was not compared: skipped and unreadable annotations, all but the last of one person's on one article, and
    the articles that then have a single reading, or none.
    """

    skipped: int = 0
    unreadable: int = 0
    repeated: int = 0
    articles: int = 0

    def told(self) -> list[str]:
        """Return, for each kind of annotation left out, how many there are and of which kind."""
        kinds = (
            (self.skipped, "skipped"),
            (self.unreadable, "unreadable"),
            (self.repeated, "of the same person again"),
        )
        return [f"{count:,} {kind}" for count, kind in kinds if count]


def from_store(store: Store, left_out: LeftOut, *, names: bool = False) -> Iterator[Shared]:
    """Yield the articles that at least two people annotated, in the order of their ids.

    left_out: is counted up. names: call annotators by their names instead of `annotator-1`, `annotator-2`, … in the
    order in which they first annotated.
    """
    known = _pseudonyms(annotators(store), names)
    for article, rows in current(store):
        latest = {known(name): record for name, record in _latest(rows, left_out).items()}
        if len(latest) < 2:
            left_out.articles += 1
            continue
        yield _shared(
            article.id,
            article.text,
            [(name, json.loads(record), f"article {article.id}, {name}") for name, record in latest.items()],
        )


def _latest(rows: Sequence[AnnotationRow], left_out: LeftOut) -> dict[str, str]:
    latest: dict[str, str] = {}
    for row in rows:
        if row.skipped:
            left_out.skipped += 1
        elif row.record is None:
            left_out.unreadable += 1
        else:
            name = row.annotator or UNKNOWN
            left_out.repeated += name in latest
            latest[name] = row.record
    return latest


@dataclass(frozen=True, slots=True)
class Given:
    """One annotator's reading from a file: a Record as JSON has it, or a row of a corpus.

    where: its place in the file; file: what to call an annotator whom the row does not name.
    """

    row: Mapping[str, Any]
    where: str
    file: str


@dataclass(frozen=True, slots=True)
class _Kept:
    """Where a reading stands in the temporary file, and what it is called in the one it came from."""

    offset: int
    where: str
    annotator: str


def from_rows(rows: Iterable[Given], left_out: LeftOut, *, names: bool = False) -> Iterator[Shared]:
    """Yield the articles that at least two annotators have readings of, in the order of their first ones.

    Of several readings of one annotator the last counts. They are kept in a temporary file, so that one article at a
    time is in memory. left_out, names: as for the store; numbers go by first appearance.
    Raises: InputError, with the place, for what is no annotated article, and when readings of one id have different
    texts.
    """
    with tempfile.TemporaryFile() as file:
        kept, people = _keep(rows, file, left_out)
        known = _pseudonyms(people, names)
        for id_, latest in kept.items():
            if len(latest) < 2:
                left_out.articles += 1
                continue
            readings = [(one, _read(file, one)) for one in latest.values()]
            text = readings[0][1]["text"]
            for one, row in readings:
                if row["text"] != text:
                    raise InputError(
                        f"the text is another one than that of the first reading of {id_!r}",
                        where=one.where,
                        mend="give one id to one text only",
                    )
            yield _shared(id_, text, [(known(one.annotator), row, one.where) for one, row in readings])


def _keep(rows: Iterable[Given], file: IO[bytes], left_out: LeftOut) -> tuple[dict[str, dict[str, _Kept]], list[str]]:
    """Check every reading, and note where each article's annotators stand, and who there is."""
    kept: defaultdict[str, dict[str, _Kept]] = defaultdict(dict)
    people: dict[str, None] = {}
    unnamed: Counter[tuple[str, str]] = Counter()
    for given in rows:
        article = annotated_of(given.row, where=given.where, quoteless=True)
        annotator = article.annotator
        if annotator is None:
            unnamed[given.file, article.id] += 1
            count = unnamed[given.file, article.id]
            annotator = given.file if count == 1 else f"{given.file} ({count})"
        people.setdefault(annotator)
        left_out.repeated += annotator in kept[article.id]
        kept[article.id][annotator] = _Kept(file.tell(), given.where, annotator)
        file.write(json.dumps(given.row).encode() + b"\n")
    return kept, list(people)


def _read(file: IO[bytes], kept: _Kept) -> dict[str, Any]:
    file.seek(kept.offset)
    row: dict[str, Any] = json.loads(file.readline())
    return row


def _pseudonyms(people: Sequence[str], names: bool) -> Callable[[str], str]:
    numbered = {name: f"annotator-{number}" for number, name in enumerate(people, start=1)}
    return lambda name: name if names else numbered.get(name, name)


def _shared(id_: str, text: str, rows: Sequence[tuple[str, dict[str, Any], str]]) -> Shared:
    readings = [reading_of(row, text, annotator=name, where=where) for name, row, where in rows]
    return Shared(id_, text, tuple(sorted(readings, key=lambda reading: in_order(reading.annotator))))
