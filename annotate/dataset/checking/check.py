"""A release looked at as a whole: files, manifest, index, rows, formats, licences, leaks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotate.dataset.checking.comparing import flat_problems, format_problems
from annotate.dataset.checking.files import file_problems, leftover_notes, strays
from annotate.dataset.checking.leaks import Rows, index_leaks, text_leaks
from annotate.dataset.checking.problems import AGAIN, Findings, Kind, Problem
from annotate.dataset.checking.rows import Read, read_rows
from annotate.dataset.export import SUMS
from annotate.dataset.folder import ROW_FORMATS, Entry, ReleaseFolder, entry_of
from annotate.dataset.index import INDEX, MANIFEST
from annotate.dataset.rights import Texts, may_redistribute, standoff
from annotate.dataset.shelf import Located, Shelf, open_shelf
from annotate.dataset.staging import READY, inside
from annotate.dataset.version import row_digest, version_of
from annotate.dataset.wordless import with_text
from annotate.errors import DatasetError
from annotate.record import Record
from annotate.scheme import SCHEME_VERSION


class NoDataset(DatasetError):
    """What was to be checked is no dataset at all."""


@dataclass(slots=True)
class Report:
    """What a check found.

    version: as the manifest has it. problems: the first of each kind; counts: how many of each there are. notes: what
    could not be looked at.
    """

    folder: Path
    version: str | None = None
    records: int = 0
    attributions: int = 0
    findings: Findings = field(default_factory=Findings)
    notes: list[str] = field(default_factory=list)


def check(folder: Path, *, besides: Iterable[str] = (), articles: Iterable[Located] | None = None) -> Report:
    """Check a release.

    besides: files and folders in it that are the user's own. articles: their texts are looked at where rows go without.
    Raises: NoDataset when the folder holds none.
    """
    if not any((folder / name).exists() for name in (MANIFEST, SUMS, READY)):
        raise NoDataset("holds no dataset", where=str(folder), mend="name the folder that annotate export wrote")
    report = Report(folder)
    findings = report.findings
    findings.take(file_problems(folder))
    findings.take(strays(folder, besides))
    report.notes.extend(leftover_notes(folder))
    try:
        source = ReleaseFolder.at(folder)
    except DatasetError as error:
        findings.add(Problem(Kind.MANIFEST, MANIFEST, error.what.removeprefix(f"holds no dataset: {MANIFEST} ")))
        return report
    version = source.manifest.get("version")
    report.version = version if isinstance(version, str) else None
    findings.take(_manifest_problems(source))
    with ExitStack() as stack:
        shelf = stack.enter_context(open_shelf()) if articles is not None else None
        _Check(source, report, shelf).run(articles or ())
    return report


def _manifest_problems(source: ReleaseFolder) -> Iterator[Problem]:
    manifest = source.manifest
    if manifest.get("scheme") != SCHEME_VERSION:
        yield _foreign(MANIFEST, manifest.get("scheme"))
    if manifest.get("text") not in list(Texts):
        yield Problem(Kind.MANIFEST, MANIFEST, f"text is {manifest.get('text')!r}, not one of {', '.join(Texts)}")
    for target in manifest["files"]:
        try:
            if not isinstance(target, str):
                raise DatasetError("is no file name")
            if not _is_there(inside(source.path, target)):
                yield Problem(Kind.FILE, target, f"is named by {MANIFEST}, and missing")
        except DatasetError as error:
            yield Problem(Kind.MANIFEST, MANIFEST, f"files: {error.what}")
    if INDEX not in manifest["files"]:
        yield Problem(Kind.MANIFEST, MANIFEST, f"files: {INDEX} is missing")


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False  # such as a name that is too long for any file


def _foreign(where: str, scheme: object) -> Problem:
    return Problem(
        Kind.SCHEME,
        where,
        f"is of scheme {scheme!r}, and this program knows scheme {SCHEME_VERSION}",
        "use the version of source-annotator that wrote it",
    )


class _Check:
    """The check of what the files hold."""

    def __init__(self, source: ReleaseFolder, report: Report, shelf: Shelf | None) -> None:
        self.source, self.report, self.shelf = source, report, shelf
        self.findings = report.findings
        self.base = next((name for name in ROW_FORMATS if name in source.formats), None)
        self.entries: dict[str, Entry] = {}
        self.splits: dict[str, int] = {}

    def run(self, articles: Iterable[Located]) -> None:
        """Look at everything."""
        self._index()
        if self.base is None:
            self.report.notes.append(
                "the rows are in a format that does not keep all of them: version, labels and licences were not checked"
            )
            return
        for name in ROW_FORMATS:
            if name in self.source.formats:
                self._rows(name)
        if self.shelf is not None:
            for record in self._records():
                if record.text is None:
                    self.shelf.want(record)
            self.shelf.take(articles)
            self._texts(self.shelf)
        self._counts()
        for split in self.source.splits:
            for name in self.source.formats:
                if name != self.base:
                    rows = self._rows_of(split)
                    self.findings.take(format_problems(self.source, name, split, self.base, rows))
            self.findings.take(flat_problems(self.source, split, self.base, self._rows_of(split)))
        self._leaks()

    # -- the index -----------------------------------------------------------------------------------------------------

    def _index(self) -> None:
        path = self.source.path / INDEX
        try:
            with path.open("rb") as lines:
                for number, line in enumerate(lines, start=1):
                    self._entry(line, f"{INDEX}:{number}")
        except OSError as error:
            self.findings.add(Problem(Kind.INDEX, INDEX, f"cannot be read: {error.strerror}"))

    def _entry(self, line: bytes, where: str) -> None:
        try:
            entry = entry_of(line, where=where)
        except DatasetError as error:
            self.findings.add(Problem(Kind.INDEX, where, error.what))
            return
        if entry.id in self.entries:
            self.findings.add(Problem(Kind.INDEX, where, f"article {entry.id} stands there twice"))
        split = entry.placement.split
        if split not in self.source.splits:
            self.findings.add(Problem(Kind.INDEX, where, f"article {entry.id} is of split {split}, which is not there"))
        self.entries.setdefault(entry.id, entry)

    # -- the rows ------------------------------------------------------------------------------------------------------

    def _rows(self, form: str) -> None:
        """Look at each row of one format, and hold it against the index."""
        seen: set[str] = set()
        for split in self.source.splits:
            for read in read_rows(self.source, form, split):
                for what in read.problems:
                    self.findings.add(Problem(Kind.ROW, read.where, what))
                if read.scheme != SCHEME_VERSION:
                    self.findings.add(_foreign(read.where, read.scheme))
                if read.record is not None:
                    self._row(read, read.record, split, seen)
        for missing in self.entries.keys() - seen if form == self.base else ():
            self.findings.add(
                Problem(Kind.INDEX, INDEX, f"article {missing} has no row in {self.source.target(form, None)}")
            )

    def _row(self, read: Read, record: Record, split: str | None, seen: set[str]) -> None:
        def found(kind: Kind, what: str, mend: str = AGAIN) -> None:
            self.findings.add(Problem(kind, read.where, f"article {record.id}: {what}", mend))

        if record.id in seen:
            found(Kind.ROW, "stands there twice")
        seen.add(record.id)
        entry = self.entries.get(record.id)
        if entry is None:
            found(Kind.INDEX, f"is not in {INDEX}")
        else:
            for what, row, index in _facts(record, split, entry):
                if row != index:
                    found(Kind.INDEX, f"{what} is {row!r} here and {index!r} in {INDEX}")
        self._licence(record, found)

    def _licence(self, record: Record, found: Any) -> None:
        choice = self.source.manifest.get("text")
        shown = record.text is not None
        if choice == Texts.LICENSED and shown and not may_redistribute(record.meta.licence):
            found(
                Kind.LICENCE,
                f"its text is shown, and its licence ({record.meta.licence or 'none'}) does not let it be passed on",
                "take the text out, or export again",
            )
        if choice == Texts.LICENSED and not shown and may_redistribute(record.meta.licence):
            found(Kind.LICENCE, f"goes without its text, which its licence ({record.meta.licence}) lets be passed on")
        if (choice == Texts.NONE and shown) or (choice == Texts.ALL and not shown):
            found(Kind.LICENCE, f"its text is {'shown' if shown else 'missing'}, and {MANIFEST} says text: {choice}")
        if not shown and (bare := standoff(record)) != record:
            fields = [name for name in Record.model_fields if getattr(bare, name) != getattr(record, name)]
            found(
                Kind.LICENCE,
                f"goes without its text, and holds words of it or running text in {', '.join(fields)}",
                "take them out, or export again",
            )

    def _records(self) -> Iterator[Record]:
        for split in self.source.splits:
            yield from self._rows_of(split)()

    def _rows_of(self, split: str | None) -> Any:
        assert self.base is not None
        base = self.base
        return lambda: (read.record for read in read_rows(self.source, base, split) if read.record is not None)

    def _texts(self, shelf: Shelf) -> None:
        """Hold rows without texts against the texts that were given."""
        for record in self._records():
            text = shelf.text_of(record.sha256) if record.text is None else None
            if text is None:
                continue
            where = f"article {record.id}"
            try:
                whole = with_text(record, text)
            except ValueError as error:
                self.findings.add(Problem(Kind.ROW, where, f"does not fit its text: {error}"))
                continue
            if standoff(whole) != record:
                self.findings.add(
                    Problem(Kind.LICENCE, where, "goes without its text, and holds words of it", "export again")
                )
        for missing in shelf.missing():
            self.report.notes.append(str(missing))

    # -- the whole -----------------------------------------------------------------------------------------------------

    def _counts(self) -> None:
        digests: list[bytes] = []
        counted: dict[str | None, int] = {}
        attributions = 0
        for split in self.source.splits:
            for record in self._rows_of(split)():
                digests.append(row_digest(record, split))
                attributions += len(record.attributions)
                counted[split] = counted.get(split, 0) + 1
        self.report.records, self.report.attributions = len(digests), attributions
        manifest = self.source.manifest
        facts: list[tuple[str, object, object]] = [
            ("version", manifest.get("version"), version_of(digests)),
            ("records", manifest.get("records"), len(digests)),
            ("attributions", manifest.get("attributions"), attributions),
        ]
        if self.source.method:
            facts.append(("splits", manifest.get("splits"), {name: count for name, count in counted.items() if name}))
        for what, said, found in facts:
            if said != found:
                self.findings.add(Problem(Kind.MANIFEST, MANIFEST, f"{what} is {said!r}, and its rows make {found!r}"))

    def _leaks(self) -> None:
        if self.source.method is None:
            return
        self.findings.take(index_leaks(self.entries.values()))
        split_of = {entry.id: entry.placement.split for entry in self.entries.values()}

        def with_texts() -> Iterator[Record]:
            for record in self._records():
                text = self.shelf.text_of(record.sha256) if self.shelf and record.text is None else None
                try:
                    yield record if text is None else with_text(record, text)
                except ValueError:
                    yield record  # it does not fit its text: that is told already

        self.findings.take(text_leaks(Rows(with_texts), split_of, self.report.notes))


def _facts(record: Record, split: str | None, entry: Entry) -> Iterator[tuple[str, object, object]]:
    meta = record.meta
    yield "sha256", record.sha256, entry.sha256
    yield "split", split, entry.placement.split
    yield "licence", meta.licence, entry.licence
    yield "whether its text is there", record.text is not None, entry.text
    yield "publisher", meta.publisher, entry.publisher
    yield "published", meta.published, entry.published
    yield "url", meta.url, entry.url
