"""Verified Records → a dataset folder, whole or not at all.

The rows are read from the store once (`spool`), placed into stories and splits (`splitting`), and written in each
format, every file read back and compared; what describes the release (its index and its companions) follows. Only then
does the folder change (`staging`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotate import __version__, strict_json
from annotate.dataset.formats import FORMATS, Format
from annotate.dataset.index import INDEX, MANIFEST, write_index
from annotate.dataset.inputs import SPLITS
from annotate.dataset.rights import Texts, Withholding, shows_text, standoff
from annotate.dataset.splitting import Divide, Placement, Plan, undivided
from annotate.dataset.spool import Spool
from annotate.dataset.staging import SUMS, Staging, inside, staged
from annotate.dataset.verified import Withheld
from annotate.dataset.version import row_digest, version_of
from annotate.errors import DatasetError
from annotate.record import Record
from annotate.scheme import SCHEME_VERSION, Policy

__all__ = ["SUMS", "Choices", "Companion", "ExportSummary", "Release", "export"]


@dataclass(slots=True)
class ExportSummary:
    """What an export wrote.

    version: hex SHA-256 over the sorted rows and their splits, the same with or without texts. splits: articles a
    split, stories_in: stories a split; both are empty in an unsplit dataset. notes: what the plan has to say.
    textless: articles published without their texts; withholding: why, where licences decide.
    """

    folder: Path
    version: str = ""
    records: int = 0
    attributions: int = 0
    stories: int = 0
    textless: int = 0
    withholding: Withholding = field(default_factory=Withholding)
    splits: dict[str, int] = field(default_factory=dict)
    stories_in: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    files: list[str] = field(default_factory=list)
    withheld: list[Withheld] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Choices:
    """What its maker decided about a release.

    formats: keys of FORMATS. texts: which articles carry their texts. divide: what places the articles into splits.
    policy: what made the readings, noted in the manifest when it is not the usual one; articles: so is which part of
    the store they are of. licence: of the annotations, for the manifest.
    """

    formats: Sequence[str]
    texts: Texts = Texts.LICENSED
    divide: Divide = undivided
    policy: Policy | None = None
    articles: str | None = None
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """A release about to be described: its rows, its plan, and its files so far.

    spool: the rows with all their texts; they must not reach a file without asking `shows`.
    """

    spool: Spool
    plan: Plan
    choices: Choices
    summary: ExportSummary
    staging: Staging

    def shows(self, record: Record) -> bool:
        """Tell whether the article's text may be in the release."""
        return shows_text(record, self.choices.texts)

    def published(self, record: Record) -> Record:
        """Return the row as it is published: with its text, or without it and its words."""
        return record if self.shows(record) else standoff(record)

    def placement(self, record: Record) -> Placement | None:
        """Return where the article stands; None when it is withheld."""
        return self.plan.placements.get(record.id)

    def rows(self, split: str | None = None) -> Iterator[Record]:
        """Yield the rows as they are published, of one split or of all."""
        for record in self.spool:
            placed = self.placement(record)
            if placed is not None and (split is None or placed.split == split):
                yield self.published(record)


# Writes what describes or views a release, through its `staging`.
Companion = Callable[[Release], None]


def export(
    readings: Iterable[Record | Withheld], folder: Path, choices: Choices, companions: Sequence[Companion] = ()
) -> ExportSummary:
    """Write the dataset.

    readings: read once, in the order of the rows. companions: are called in their order after the formats.
    Other files in the folder are left alone. Raises: DatasetError when the folder holds a file of the same name that no
    export wrote, or cannot be written.
    """
    if folder.exists() and not folder.is_dir():
        raise DatasetError("is not a folder", where=str(folder), mend="choose another place")
    try:
        with staged(folder) as staging:
            earlier = _earlier(folder)
            spool = Spool.fill(staging.folder / ".spool", readings)
            plan = choices.divide(spool)
            summary = ExportSummary(folder, withheld=[*spool.withheld, *plan.withheld], notes=plan.notes)
            release = Release(spool, plan, choices, summary, staging)
            _count(release)
            _check_formats(release)
            for split in plan.splits:
                for name in choices.formats:
                    _write_format(release, FORMATS[name], split)
            staging.write(INDEX, lambda path: write_index(path, release))
            for companion in companions:
                companion(release)
            staging.text(MANIFEST, _manifest(release))
            _check_foreign(folder, staging.targets, earlier)
            # Before, not after: a crash in between leaves splits that hold for nothing yet, never a release whose
            # articles could move with the next one.
            plan.settle()
            staging.put_in_place(earlier, first=MANIFEST)
            summary.files = [*sorted(staging.sums), SUMS]
    except OSError as error:
        raise DatasetError(
            f"cannot be written: {error.strerror or error}",
            where=str(folder),
            mend="make room there and export again: what was there before is as it was",
        ) from None
    return summary


def _count(release: Release) -> None:
    digests: list[bytes] = []
    summary = release.summary
    stories: set[tuple[str | None, str | None]] = set()
    for record in release.spool:
        placed = release.placement(record)
        if placed is None:
            continue
        digests.append(row_digest(record, placed.split))
        summary.records += 1
        summary.attributions += len(record.attributions)
        if not release.shows(record):
            summary.textless += 1
            if release.choices.texts is Texts.LICENSED:
                summary.withholding.add(record.meta.licence)
        stories.add((placed.split, placed.story))
        if placed.split:
            summary.splits[placed.split] = summary.splits.get(placed.split, 0) + 1
    summary.stories = len({story for _, story in stories} - {None})
    summary.splits = {name: summary.splits[name] for name in SPLITS if name in summary.splits}
    summary.stories_in = {name: sum(split == name for split, _ in stories) for name in summary.splits}
    summary.version = version_of(digests)


def _check_formats(release: Release) -> None:
    summary = release.summary
    for name in release.choices.formats:
        if FORMATS[name].needs_text and summary.records and summary.textless == summary.records:
            raise DatasetError(
                "holds texts, and no article of this dataset may carry its own",
                where=f"format {name}",
                mend="give the articles' licences at ingest, export with --text all where you hold the rights, or"
                " choose jsonl, parquet or web-annotation",
            )


def _write_format(release: Release, form: Format, split: str | None) -> None:
    """Write one format of one split, and read it back."""
    written, read = hashlib.sha256(), hashlib.sha256()

    def rows() -> Iterator[Record]:
        for record in release.rows(split):
            if record.text is not None or not form.needs_text:
                _see(form.kept(record), written)
                yield record

    target = f"{split}/{form.target}" if split else form.target
    path = release.staging.write(target, lambda path: form.write(path, rows()))
    for item in form.read(path):
        _see(item, read)
    if read.digest() != written.digest():
        raise DatasetError("other rows came back than were written", where=target, mend="check the disk")


def _see(item: object, digest: hashlib._Hash) -> None:
    digest.update((item.to_json() if isinstance(item, Record) else repr(item)).encode())


def _earlier(folder: Path) -> set[str]:
    """Return the targets of the export that the folder holds.

    Raises: DatasetError when its manifest cannot be read, or names what is not in the folder.
    """
    manifest = folder / MANIFEST
    if not manifest.is_file():
        return set()
    try:
        content: dict[str, Any] = strict_json.loads(manifest.read_bytes())
        targets = {MANIFEST, *(str(name) for name in content["files"])}
    except (ValueError, LookupError, TypeError, AttributeError):
        raise DatasetError("is no manifest of a dataset", where=str(manifest), mend="choose another folder") from None
    for target in targets:
        inside(folder, target)
    return targets


def _check_foreign(folder: Path, targets: Sequence[str], earlier: set[str]) -> None:
    foreign = sorted(name for name in targets if name not in earlier and (folder / name).exists())
    if foreign:
        raise DatasetError(
            f"holds {', '.join(foreign)} that no export wrote", where=str(folder), mend="choose another folder"
        )


def _manifest(release: Release) -> str:
    choices, summary, plan = release.choices, release.summary, release.plan
    content = {
        "name": "source-annotator dataset",
        "version": summary.version,
        "scheme": SCHEME_VERSION,
        "tool": f"source-annotator {__version__}",
        "text": str(choices.texts),
        **({"licence": choices.licence} if choices.licence else {}),
        **({"policy": str(choices.policy)} if choices.policy else {}),
        **({"articles": choices.articles} if choices.articles else {}),
        **({"split": plan.method, "settings": dict(plan.settings), "splits": summary.splits} if plan.method else {}),
        "records": summary.records,
        "attributions": summary.attributions,
        "files": list(release.staging.targets),
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
