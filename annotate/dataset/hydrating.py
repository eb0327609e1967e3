"""Texts put back into a release: rows, formats and what describes them are written anew, whole or not at all.

A text belongs to a row by the SHA-256 of what was annotated; one that was changed since is refused. The annotations
stay what they were: the version of the hydrated release is that of the original, which is checked before anything is
put in place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from annotate.dataset.checking.files import file_problems
from annotate.dataset.describing.hydrated import carried_over, describing_again
from annotate.dataset.export import Choices, Companion, ExportSummary, Release, export
from annotate.dataset.folder import ReleaseFolder
from annotate.dataset.rights import Texts
from annotate.dataset.shelf import Located, Missing, Shelf, open_shelf
from annotate.dataset.splitting import Plan
from annotate.dataset.spool import Spool
from annotate.dataset.staging import finish
from annotate.dataset.wordless import with_text
from annotate.errors import DatasetError
from annotate.record import Record
from annotate.scheme import SCHEME_VERSION, Policy


@dataclass(slots=True)
class Hydration:
    """What came of hydrating.

    restored: articles that got their text; kept: those that had it. missing: those without one; when they are not
    allowed, nothing was written, and `summary` is None. carried: files that were made from more than the rows, such as
    the source tables; they are as they were.
    """

    restored: int = 0
    kept: int = 0
    missing: list[Missing] = field(default_factory=list)
    summary: ExportSummary | None = None
    carried: list[str] = field(default_factory=list)


def hydrate(folder: Path, articles: Iterable[Located], *, to: Path | None = None, partial: bool = False) -> Hydration:
    """Put the texts of articles back into a release, in place or in another folder.

    articles: read once; those that the release does not know are passed over. partial: write what was found, even if
    texts are missing. Raises: DatasetError when the folder holds no whole release, or cannot be written.
    """
    if not folder.is_dir():
        raise DatasetError("is no folder", where=str(folder), mend="name the folder that annotate export wrote")
    finish(folder)
    source = ReleaseFolder.at(folder)
    _check(source, to)
    done = Hydration()
    with open_shelf() as shelf:
        for _, record in source.rows():
            if record.text is None:
                shelf.want(record)
            else:
                done.kept += 1
        shelf.take(articles)
        done.missing = shelf.missing()
        if not done.missing or partial:
            done.carried = carried_over(source)
            done.summary = _write(source, shelf, done, to or folder)
    return done


def _check(source: ReleaseFolder, to: Path | None) -> None:
    scheme = source.manifest.get("scheme")
    if scheme != SCHEME_VERSION:
        raise DatasetError(
            f"the dataset is of scheme {scheme!r}, and this release knows scheme {SCHEME_VERSION}",
            where=str(source.path),
            mend="use the release of source-annotator that wrote it",
        )
    if to is not None and to.resolve() != source.path.resolve() and to.resolve().is_relative_to(source.path.resolve()):
        raise DatasetError("lies inside the dataset", where=str(to), mend="choose a folder beside it")
    if damage := next(file_problems(source.path), None):
        raise DatasetError(
            f"the dataset is damaged: {damage.what}",
            where=damage.where,
            mend=f"see annotate check {source.path}",
        )


def _write(source: ReleaseFolder, shelf: Shelf, done: Hydration, to: Path) -> ExportSummary:
    manifest = source.manifest
    policy, articles, licence = manifest.get("policy"), manifest.get("articles"), manifest.get("licence")
    choices = Choices(
        formats=source.formats,
        texts=Texts.HYDRATED,
        divide=lambda spool: _plan(source, spool),
        policy=Policy(policy) if policy else None,
        articles=articles,
        licence=licence,
    )

    def readings() -> Iterator[Record]:
        for _, record in source.rows():
            text = shelf.text_of(record.sha256) if record.text is None else None
            if text is None:
                yield record
                continue
            try:
                found = with_text(record, text)
            except ValueError as error:
                raise DatasetError(
                    f"the row does not fit its text: {error}",
                    where=f"article {record.id}",
                    mend=f"see annotate check {source.path}",
                ) from None
            done.restored += 1
            yield found

    return export(readings(), to, choices, [_same(manifest.get("version")), *describing_again(source)])


def _plan(source: ReleaseFolder, spool: Spool) -> Plan:
    placements = {entry.id: entry.placement for entry in source.entries()}
    return Plan(source.method, placements, settings=source.manifest.get("settings") or {})


def _same(version: object) -> Companion:
    def compare(release: Release) -> None:
        if release.summary.version != version:
            raise DatasetError(
                f"its rows are of version {release.summary.version[:12]}, and its manifest says {str(version)[:12]}",
                where="dataset.json",
                mend="fetch the dataset again",
            )

    return compare
