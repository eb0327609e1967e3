"""Whether a dataset folder is what it says: complete, unchanged, true to the scheme, within rights, without leakage.

Everything is looked at, so that one problem hides no other; only what cannot be read stops the look at its own file.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from annotate.dataset.export import MANIFEST
from annotate.dataset.formats import FORMATS, Format
from annotate.dataset.grouping import crossings, group
from annotate.dataset.index import INDEX
from annotate.dataset.rights import Texts, may_redistribute, standoff
from annotate.dataset.splitting import SPLITS
from annotate.dataset.staging import SUMS
from annotate.dataset.versioning import VersionHash
from annotate.derive import directness_of, quote_type_of
from annotate.errors import AnnotateError, DatasetError
from annotate.record import Record, parse_record
from annotate.scheme import SCHEME_VERSION

AT_MOST = 20  # findings of a kind that are told one by one
_ROWS = ("jsonl", "parquet")  # what holds whole Records, the first one there being what the others are held against


class Kind(StrEnum):
    """What may be wrong with a dataset."""

    INCOMPLETE = "incomplete"
    HASH = "hash"
    STRAY = "stray file"
    SCHEMA = "schema"
    RECORD = "record"
    LABEL = "label"
    INDEX = "index"
    COUNT = "count"
    VERSION = "version"
    FORMAT = "format"
    LICENCE = "licence"
    LEAK = "leak"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, where, and how to mend it."""

    kind: Kind
    where: str
    what: str
    mend: str = ""

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.kind}: {self.where}: {self.what}" + (f" ({self.mend})" if self.mend else "")


@dataclass(slots=True)
class Checked:
    """What a check came to.

    findings: at most AT_MOST a kind, counts: all of them. notes: what could not be looked at.
    """

    findings: list[Finding] = field(default_factory=list)
    counts: Counter[Kind] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    records: int = 0
    files: int = 0

    def add(self, kind: Kind, where: str, what: str, mend: str = "") -> None:
        """Note something that is wrong."""
        self.counts[kind] += 1
        if self.counts[kind] <= AT_MOST:
            self.findings.append(Finding(kind, where, what, mend))


@dataclass(frozen=True, slots=True)
class _Line:
    """What the index says of an article."""

    sha256: str
    story: str | None
    split: str | None
    licence: str | None
    text: bool


def check(folder: Path) -> Checked:
    """Look at everything in a dataset folder.

    Files are read one row at a time; of each article some hundred bytes are kept, and its words in a temporary file.
    Raises: DatasetError when the folder is no dataset.
    """
    manifest = _manifest(folder)
    done = Checked()
    _check_sums(folder, manifest, done)
    if manifest.get("scheme") != SCHEME_VERSION:
        done.add(
            Kind.SCHEMA,
            MANIFEST,
            f"is of scheme {manifest.get('scheme')!r}, and this program knows {SCHEME_VERSION}: the rows were not read",
            "use the program that wrote it",
        )
        return done
    rows = _Rows(folder, manifest, done)
    rows.look()
    _check_index(folder, rows, done)
    _check_manifest(manifest, rows, done)
    for split in rows.splits:
        for name, form in FORMATS.items():
            target = _target(split, form)
            if target in manifest["files"] and name != rows.base.get(split):
                _check_format(folder, rows, split, form, done)
    _check_leaks(rows, done)
    return done


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    if not path.is_file():
        raise DatasetError(
            f"is no dataset: it holds no {MANIFEST}",
            where=str(folder),
            mend="give a folder that `annotate export` wrote",
        )
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(content["files"], list) or not isinstance(content["version"], str):
            raise TypeError("`files` or `version` is of another kind")
    except (ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"is no manifest of a dataset: {error}", where=str(path), mend="export again") from None
    return dict(content)


# -- files -------------------------------------------------------------------------------------------------------------


def _check_sums(folder: Path, manifest: Mapping[str, Any], done: Checked) -> None:
    sums = folder / SUMS
    if not sums.is_file():
        mend = "the export was interrupted, or the file was taken away: export again"
        done.add(Kind.INCOMPLETE, SUMS, "is not there", mend)
        return
    listed = {}
    for number, line in enumerate(sums.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        digest, _, name = line.partition("  ")
        place = folder / name
        if len(digest) != 64 or not name or not place.resolve().is_relative_to(folder.resolve()):
            done.add(Kind.HASH, f"{SUMS}:{number}", "is no hash of a file of this folder", "export again")
            continue
        listed[name] = digest
    for name, digest in listed.items():
        if not (folder / name).is_file():
            done.add(Kind.INCOMPLETE, name, f"is not there, though {SUMS} lists it", "get it again, or export again")
            continue
        done.files += 1
        with (folder / name).open("rb") as opened:
            if hashlib.file_digest(opened, "sha256").hexdigest() != digest:
                done.add(Kind.HASH, name, f"differs from {SUMS}", "get it again, or export again")
    for target in manifest["files"]:
        path = folder / str(target)
        if not path.exists():
            if not any(name == target or name.startswith(f"{target}/") for name in listed):
                done.add(Kind.INCOMPLETE, str(target), f"is not there, though {MANIFEST} lists it", "export again")
            continue
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            name = file.relative_to(folder).as_posix()
            if file.is_file() and name not in listed:
                done.add(Kind.STRAY, name, f"is not in {SUMS}", "take it away, or export again")


def _target(split: str | None, form: Format) -> str:
    return f"{split}/{form.target}" if split else form.target


# -- rows --------------------------------------------------------------------------------------------------------------


# story or text → the splits in which it stands, each with an article of it
_Places = defaultdict[str, dict[str, str]]


class _Rows:
    """The rows of a dataset, from the first format of each split that holds whole Records."""

    def __init__(self, folder: Path, manifest: Mapping[str, Any], done: Checked) -> None:
        self._folder = folder
        self._manifest = manifest
        self._done = done
        named = manifest.get("splits")
        self.splits: tuple[str | None, ...] = tuple(named) if isinstance(named, dict) and named else (None,)
        self.base: dict[str | None, str] = {}
        self.places: dict[str, tuple[str, str | None]] = {}  # article id → hash and split
        self.lines: dict[str, str] = {}  # article id → where its row stands
        self.version = VersionHash()
        self.per_split: Counter[str | None] = Counter()
        self.attributions = 0
        self.texts: dict[str, bool] = {}
        self.licences: dict[str, str | None] = {}
        self.unread = False

    def look(self) -> None:
        """Read every row, and judge it by itself."""
        for split in self.splits:
            for name in _ROWS:
                if _target(split, FORMATS[name]) in self._manifest["files"]:
                    self.base[split] = name
                    break
            else:
                where = split or MANIFEST
                self._done.notes.append(f"{where}: no format here holds whole Records: formats are read, not compared")
                continue
            for where, record in self._read(split, tell=True):
                self._see(where, record, split)

    def __iter__(self) -> Iterator[Record]:
        """Read all rows again that can be read."""
        for split in self.base:
            for _, record in self._read(split, tell=False):
                yield record

    def of(self, split: str | None) -> Iterator[Record]:
        """Read the rows of a split again that can be read."""
        return (record for _, record in self._read(split, tell=False))

    def _read(self, split: str | None, *, tell: bool) -> Iterator[tuple[str, Record]]:
        form = FORMATS[self.base[split]]
        target = _target(split, form)
        path = self._folder / target
        if not path.exists():
            self.unread = True
            return
        if self.base[split] == "jsonl":
            with path.open("rb") as file:
                for number, line in enumerate(file, start=1):
                    where = f"{target}:{number}"
                    try:
                        yield where, parse_record(line, where=where)
                    except AnnotateError as error:
                        self._broken(error, where, tell=tell)
        else:
            rows = form.read(path)
            number = 0
            while True:
                number += 1
                where = f"{target}, row {number}"
                try:
                    record = next(rows, None)
                except (AnnotateError, ValueError) as error:
                    self._broken(error, where, tell=tell)
                    return
                if record is None:
                    return
                assert isinstance(record, Record)
                yield where, record

    def _broken(self, error: Exception, where: str, *, tell: bool) -> None:
        self.unread = True
        if tell:
            said = str(error).splitlines()[0].removeprefix(f"{where}: ")
            self._done.add(Kind.RECORD, where, said)

    def _see(self, where: str, record: Record, split: str | None) -> None:
        done = self._done
        done.records += 1
        self.per_split[split] += 1
        self.attributions += len(record.attributions)
        self.version.add(record, split)
        self.texts[record.id] = record.text is not None
        self.licences[record.id] = record.meta.licence
        if record.id in self.places:
            other = self.lines[record.id]
            kind = Kind.LEAK if self.places[record.id][1] != split else Kind.RECORD
            done.add(kind, where, f"article {record.id} stands in {other} already")
        self.places[record.id] = record.sha256, split
        self.lines[record.id] = where
        if record.provenance is not None and record.provenance.scheme != SCHEME_VERSION:
            done.add(Kind.SCHEMA, where, f"article {record.id} is of scheme {record.provenance.scheme}")
        for problem in _label_problems(record):
            done.add(Kind.LABEL, where, f"article {record.id}, {problem}")
        self._judge_rights(where, record)

    def _judge_rights(self, where: str, record: Record) -> None:
        texts, licence = self._manifest.get("text"), record.meta.licence
        if record.text is None:
            if record != standoff(record):
                self._done.add(
                    Kind.LICENCE, where, f"article {record.id} goes without its text, and still holds words of it"
                )
        elif texts == Texts.NONE:
            self._done.add(Kind.LICENCE, where, f"article {record.id} carries its text, and the dataset says: none")
        elif texts == Texts.LICENSED and not may_redistribute(licence):
            said = f"its licence is {licence!r}" if licence else "it has no licence"
            self._done.add(
                Kind.LICENCE, where, f"article {record.id} carries its text, and {said}", "export again, or hydrate"
            )


def _label_problems(record: Record) -> Iterator[str]:
    """Say which labels do not follow from what they are computed of."""
    speakers = {speaker.id for speaker in record.speakers}
    for item in record.attributions:
        if item.speaker is not None and item.speaker.id is not None and item.speaker.id not in speakers:
            yield f"attribution {item.id}: its speaker {item.speaker.id!r} is none of the article's"
        if item.directness != directness_of(item.source_type, (step.step for step in item.via)):
            yield f"attribution {item.id}: directness {item.directness} does not follow from its road"
        if record.text is not None and item.quote_type != quote_type_of(record.text, item.quote):
            yield f"attribution {item.id}: quote type {item.quote_type} does not follow from its quotation marks"


# -- what is said of the rows ------------------------------------------------------------------------------------------


def _check_index(folder: Path, rows: _Rows, done: Checked) -> None:
    path = folder / INDEX
    if not path.is_file():
        done.add(Kind.INCOMPLETE, INDEX, "is not there", "export again")
        return
    seen = set()
    stories: _Places = defaultdict(dict)
    texts: _Places = defaultdict(dict)
    for where, name, line in _index_lines(path, done):
        if name in seen:
            done.add(Kind.INDEX, where, f"article {name} stands there twice")
        seen.add(name)
        if line.split is not None:
            texts[line.sha256].setdefault(line.split, name)
            if line.story is not None:
                stories[line.story].setdefault(line.split, name)
            if line.split not in SPLITS:
                done.add(Kind.INDEX, where, f"article {name} is in a split {line.split!r}")
        _compare(where, name, line, rows, done)
    for name in rows.places.keys() - seen:
        done.add(Kind.INDEX, INDEX, f"article {name} of {rows.lines[name]} is not there")
    for what, places in (("story", stories), ("text", texts)):
        for key, splits in places.items():
            if len(splits) > 1:
                told = " and ".join(f"{name} in {split}" for split, name in splits.items())
                done.add(Kind.LEAK, INDEX, f"{what} {key} crosses splits: {told}", "export again")


def _index_lines(path: Path, done: Checked) -> Iterator[tuple[str, str, _Line]]:
    with path.open("rb") as file:
        for number, text in enumerate(file, start=1):
            where = f"{INDEX}:{number}"
            try:
                row = json.loads(text)
                line = _Line(row["sha256"], row["story"], row["split"], row["licence"], bool(row["text"]))
                yield where, str(row["id"]), line
            except (ValueError, KeyError, TypeError) as error:
                done.add(Kind.INDEX, where, f"cannot be read: {error!r}", "export again")


def _compare(where: str, name: str, line: _Line, rows: _Rows, done: Checked) -> None:
    if name not in rows.places:
        if rows.base and not rows.unread:
            done.add(Kind.INDEX, where, f"article {name} has no row")
        return
    sha256, split = rows.places[name]
    facts = (
        ("sha256", line.sha256, sha256),
        ("split", line.split, split),
        ("licence", line.licence, rows.licences[name]),
        ("text", line.text, rows.texts[name]),
    )
    for what, said, true in facts:
        if said != true:
            done.add(Kind.INDEX, where, f"article {name}: {what} is {said!r} there and {true!r} in {rows.lines[name]}")


def _check_manifest(manifest: Mapping[str, Any], rows: _Rows, done: Checked) -> None:
    if rows.unread or len(rows.base) < len(rows.splits):
        done.notes.append("counts and version were not looked at, since not all rows can be read")
        return
    counts: list[tuple[str, object, object]] = [
        ("records", manifest.get("records"), done.records),
        ("attributions", manifest.get("attributions"), rows.attributions),
    ]
    if rows.splits != (None,):
        counts.append(("splits", manifest.get("splits"), dict(rows.per_split)))
    for name, said, true in counts:
        if said != true:
            done.add(Kind.COUNT, MANIFEST, f"{name} is {said!r} there, and {true!r} in the rows", "export again")
    if manifest["version"] != str(rows.version):
        done.add(Kind.VERSION, MANIFEST, "the version is not the hash of these rows", "export again")


# -- formats, and leakage ----------------------------------------------------------------------------------------------


def _check_format(folder: Path, rows: _Rows, split: str | None, form: Format, done: Checked) -> None:
    """Read another format of a split, and hold it against the rows."""
    target = _target(split, form)
    if not (folder / target).exists():
        return  # told already
    expected = (
        form.kept(record)
        for record in (rows.of(split) if split in rows.base else ())
        if record.text is not None or not form.needs_text
    )
    number = 0
    try:
        for item in form.read(folder / target):
            number += 1
            if split in rows.base and not rows.unread and item != next(expected, None):
                done.add(Kind.FORMAT, target, f"its row {number} is another than that of {_base(rows, split)}")
                return
    except (AnnotateError, ValueError, KeyError) as error:
        said = str(error).splitlines()[0] if str(error) else repr(error)
        done.add(Kind.FORMAT, target, said.removeprefix(f"{target}: "), "export again")
        return
    if split in rows.base and not rows.unread and next(expected, None) is not None:
        done.add(Kind.FORMAT, target, f"ends after {number} rows, and {_base(rows, split)} goes on", "export again")


def _base(rows: _Rows, split: str | None) -> str:
    return _target(split, FORMATS[rows.base[split]])


def _check_leaks(rows: _Rows, done: Checked) -> None:
    if rows.splits == (None,):
        return
    # Claims and events depend on the collection that they are weighed in: the stories of the index stand for them.
    stories = group(rows, claims=False)
    split_of = {name: split for name, (_, split) in rows.places.items()}
    for crossing in crossings(stories, split_of):
        done.add(Kind.LEAK, "splits", str(crossing), "export again")
    if stories.uncompared:
        done.notes.append(
            f"{len(stories.uncompared):,} articles go without their texts: near-duplicates and shared quotes of theirs"
            " were not looked for, only their stories in the index (annotate hydrate puts texts back)"
        )
