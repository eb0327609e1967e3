"""Articles that several people annotated, from the store or from files, one at a time."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotate.corpora import AnnotatedArticle, parse_annotated
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
class _Line:
    path: Path
    number: int
    offset: int
    annotator: str

    @property
    def where(self) -> str:
        return f"{self.path}:{self.number}"

    def read(self) -> dict[str, Any]:
        with self.path.open("rb") as file:
            file.seek(self.offset)
            row: dict[str, Any] = json.loads(file.readline())
            return row


def from_files(paths: Sequence[Path], left_out: LeftOut, *, names: bool = False) -> Iterator[Shared]:
    """Yield the articles that have lines of at least two annotators, in the order of their first lines.

    The lines are Records or rows of a corpus; of several lines of one annotator the last counts. Who does not say who
    annotated is called by the name of the file. Files are read twice, so that one article at a time is in memory.
    left_out, names: as for the store; numbers go by first appearance.
    Raises: InputError, with the line, for what is no annotated article, and when lines of one id have different texts.
    """
    lines, people = _index(paths, left_out)
    known = _pseudonyms(people, names)
    for id_, latest in lines.items():
        if len(latest) < 2:
            left_out.articles += 1
            continue
        rows = {line: line.read() for line in latest.values()}
        text = next(iter(rows.values()))["text"]
        for line, row in rows.items():
            if row["text"] != text:
                raise InputError(
                    f"the text is another one than that of the first line of {id_!r}",
                    where=line.where,
                    mend="give one id to one text only",
                )
        yield _shared(id_, text, [(known(line.annotator), row, line.where) for line, row in rows.items()])


def _index(paths: Sequence[Path], left_out: LeftOut) -> tuple[dict[str, dict[str, _Line]], list[str]]:
    """Check every line, and note where each article's annotators stand, and who there is."""
    lines: defaultdict[str, dict[str, _Line]] = defaultdict(dict)
    people: dict[str, None] = {}
    for path in paths:
        unnamed: defaultdict[str, int] = defaultdict(int)
        for number, offset, article, named in _articles(path):
            annotator = named
            if annotator is None:
                unnamed[article.id] += 1
                count = unnamed[article.id]
                annotator = path.stem if count == 1 else f"{path.stem} ({count})"
            people.setdefault(annotator)
            left_out.repeated += annotator in lines[article.id]
            lines[article.id][annotator] = _Line(path, number, offset, annotator)
    return lines, list(people)


def _articles(path: Path) -> Iterator[tuple[int, int, AnnotatedArticle, str | None]]:
    if not path.is_file():
        raise InputError("is a pipe or a device, which cannot be read twice", where=str(path), mend="save it first")
    try:
        with path.open("rb") as file:
            offset = 0
            for number, line in enumerate(file, start=1):
                if line.strip():
                    article = parse_annotated(line, where=f"{path}:{number}", quoteless=True)
                    yield number, offset, article, _annotator(json.loads(line), article)
                offset += len(line)
    except OSError as error:
        raise InputError(f"the annotations cannot be read: {error}", where=str(path)) from None


def _annotator(row: dict[str, Any], article: AnnotatedArticle) -> str | None:
    name = (row.get("provenance") or {}).get("annotator") or article.annotator
    return None if name is None else str(name)


def _pseudonyms(people: Sequence[str], names: bool) -> Callable[[str], str]:
    numbered = {name: f"annotator-{number}" for number, name in enumerate(people, start=1)}
    return lambda name: name if names else numbered.get(name, name)


def _shared(id_: str, text: str, rows: Sequence[tuple[str, dict[str, Any], str]]) -> Shared:
    readings = [reading_of(row, text, annotator=name, where=where) for name, row, where in rows]
    return Shared(id_, text, tuple(sorted(readings, key=lambda reading: in_order(reading.annotator))))
