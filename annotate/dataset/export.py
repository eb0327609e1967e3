"""Verified Records → a dataset folder, whole or not at all.

Every file is written under a temporary name, flushed to disk, read back and compared, and then renamed; SHA256SUMS is
taken away first and written last, so that a folder with SHA256SUMS is complete.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from annotate import __version__
from annotate.dataset.formats import FORMATS, Format
from annotate.dataset.verified import Withheld
from annotate.errors import DatasetError
from annotate.record import Record
from annotate.scheme import SCHEME_VERSION, Policy

MANIFEST = "dataset.json"
SUMS = "SHA256SUMS"


@dataclass(slots=True)
class ExportSummary:
    """What an export wrote. version: hex SHA-256 over the sorted rows, the same with or without texts."""

    folder: Path
    version: str = ""
    records: int = 0
    attributions: int = 0
    files: list[str] = field(default_factory=list)
    withheld: list[Withheld] = field(default_factory=list)


def export(
    readings: Callable[[], Iterable[Record | Withheld]],
    folder: Path,
    *,
    formats: Sequence[str],
    with_text: bool,
    policy: Policy | None = None,
    articles: str | None = None,
) -> ExportSummary:
    """Write the dataset.

    readings: called once a file, and must give the same each time (a store's are read in short pages, never held in
    memory). with_text: False writes standoff rows: offsets and hashes, no text. policy: what made the readings, noted
    in the manifest when it is not the usual one; articles: so is which part of the store they are of.
    Other files in the folder are left alone. Raises: DatasetError when the folder holds a file of the same name that no
    export wrote, or cannot be written.
    """
    _check_target(folder)
    summary = ExportSummary(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / SUMS).unlink(missing_ok=True)
        sums: dict[str, str] = {}
        for name in formats:
            fingerprint = _Fingerprint()
            rows = _rows(readings(), fingerprint, with_text=with_text)
            sums |= _write_format(folder, FORMATS[name], rows)
            if summary.version not in ("", fingerprint.version):
                raise DatasetError("the store changed while it was exported", where=str(folder), mend="export again")
            summary.version = fingerprint.version
            summary.records, summary.attributions = fingerprint.records, fingerprint.attributions
            summary.withheld = fingerprint.withheld
        sums[MANIFEST] = _write_text(
            folder / MANIFEST, _manifest(summary, formats, policy, articles, with_text=with_text)
        )
        lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))
        _write_text(folder / SUMS, lines)
    except OSError as error:
        raise DatasetError(
            f"cannot be written: {error.strerror or error}", where=str(folder), mend="nothing there is complete"
        ) from None
    summary.files = [*sums, SUMS]
    return summary


class _Fingerprint:
    """The dataset's version and counts, gathered while its rows go by; 32 bytes a row are kept."""

    def __init__(self) -> None:
        self._digests: list[bytes] = []
        self.records = 0
        self.attributions = 0
        self.withheld: list[Withheld] = []

    def see(self, standoff: Record) -> None:
        self._digests.append(hashlib.sha256(standoff.to_json().encode()).digest())
        self.records += 1
        self.attributions += len(standoff.attributions)

    @property
    def version(self) -> str:
        return hashlib.sha256(b"".join(sorted(self._digests))).hexdigest()


def _rows(readings: Iterable[Record | Withheld], seen: _Fingerprint, *, with_text: bool) -> Iterator[Record]:
    for item in readings:
        if isinstance(item, Withheld):
            seen.withheld.append(item)
            continue
        standoff = item.model_copy(update={"text": None})
        seen.see(standoff)
        yield item if with_text else standoff


def _check_target(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise DatasetError("is not a folder", where=str(folder), mend="choose another place")
    ours = {SUMS, *(form.target for form in FORMATS.values())}
    foreign = sorted(name for name in ours if (folder / name).exists() and not (folder / MANIFEST).is_file())
    if foreign:
        raise DatasetError(
            f"holds {', '.join(foreign)} that no export wrote", where=str(folder), mend="choose another folder"
        )


def _write_format(folder: Path, form: Format, rows: Iterable[Record]) -> dict[str, str]:
    """Write one format, read it back, and put it in place; return the SHA-256 of each of its files."""
    written, read = hashlib.sha256(), hashlib.sha256()
    target = folder / form.target
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        form.write(temporary, _kept(rows, form, written))
        for item in form.read(temporary):
            _see(item, read)
        if read.digest() != written.digest():
            raise DatasetError("other rows came back than were written", where=str(target), mend="check the disk")
        return _put_in_place(temporary, target)
    finally:
        _remove(temporary)


def _kept(records: Iterable[Record], form: Format, digest: hashlib._Hash) -> Iterator[Record]:
    for record in records:
        _see(form.kept(record), digest)
        yield record


def _see(item: object, digest: hashlib._Hash) -> None:
    digest.update((item.to_json() if isinstance(item, Record) else repr(item)).encode())


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _write_text(target: Path, content: str) -> str:
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        temporary.write_text(content, encoding="utf-8")
        return _put_in_place(temporary, target)[target.name]
    finally:
        temporary.unlink(missing_ok=True)


def _put_in_place(temporary: Path, target: Path) -> dict[str, str]:
    """Bring a file, or a folder of files, to disk and under its name; return the SHA-256 of each file."""
    is_folder = temporary.is_dir()
    files = sorted(temporary.iterdir()) if is_folder else [temporary]
    sums = {f"{target.name}/{file.name}" if is_folder else target.name: _to_disk(file) for file in files}
    if is_folder:
        _flush(temporary)
        # A folder cannot be replaced by renaming; SHA256SUMS is not there meanwhile.
        _remove(target)
    temporary.replace(target)
    _flush(target.parent)
    return sums


def _to_disk(file: Path) -> str:
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
        os.fsync(opened.fileno())
    return digest


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _manifest(
    summary: ExportSummary, formats: Sequence[str], policy: Policy | None, articles: str | None, *, with_text: bool
) -> str:
    content = {
        "name": "source-annotator dataset",
        "version": summary.version,
        "scheme": SCHEME_VERSION,
        "tool": f"source-annotator {__version__}",
        "text": "all" if with_text else "none",
        **({"policy": str(policy)} if policy else {}),
        **({"articles": articles} if articles else {}),
        "records": summary.records,
        "attributions": summary.attributions,
        "files": [FORMATS[name].target for name in formats],
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
