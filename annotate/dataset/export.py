"""Verified Records → a dataset folder, whole or not at all.

Every file is written under a temporary name, flushed to disk, read back and compared, and then renamed; SHA256SUMS is
taken away first and written last, so that a folder with SHA256SUMS is complete.
"""

from __future__ import annotations

import hashlib
import json
import os
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
) -> ExportSummary:
    """Write the dataset.

    readings: called once a file, and must give the same each time (a store's are read in short pages, never held in
    memory). with_text: False writes standoff rows: offsets and hashes, no text. policy: what made the readings, noted
    in the manifest when it is not the usual one.
    Other files in the folder are left alone. Raises: DatasetError when the folder holds a file of the same name that no
    export wrote, or cannot be written.
    """
    _check_target(folder)
    summary = ExportSummary(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / SUMS).unlink(missing_ok=True)
        sums = {}
        for name in formats:
            fingerprint = _Fingerprint()
            rows = _rows(readings(), fingerprint, with_text=with_text)
            sums[FORMATS[name].filename] = _write_file(folder, FORMATS[name], rows)
            if summary.version not in ("", fingerprint.version):
                raise DatasetError("the store changed while it was exported", where=str(folder), mend="export again")
            summary.version = fingerprint.version
            summary.records, summary.attributions = fingerprint.records, fingerprint.attributions
            summary.withheld = fingerprint.withheld
        sums[MANIFEST] = _write_text(folder / MANIFEST, _manifest(summary, formats, policy, with_text=with_text))
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
    ours = {SUMS, *(form.filename for form in FORMATS.values())}
    foreign = sorted(name for name in ours if (folder / name).exists() and not (folder / MANIFEST).is_file())
    if foreign:
        raise DatasetError(
            f"holds {', '.join(foreign)} that no export wrote", where=str(folder), mend="choose another folder"
        )


def _write_file(folder: Path, form: Format, rows: Iterable[Record]) -> str:
    """Write one format, read it back, and put it in place; return its SHA-256."""
    written, read = hashlib.sha256(), hashlib.sha256()
    target = folder / form.filename
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        form.write(temporary, _hashed(rows, written))
        for _ in _hashed(form.read(temporary), read):
            pass
        if read.digest() != written.digest():
            raise DatasetError("other rows came back than were written", where=str(target), mend="check the disk")
        return _put_in_place(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def _hashed(records: Iterable[Record], digest: hashlib._Hash) -> Iterator[Record]:
    for record in records:
        digest.update(record.to_json().encode())
        yield record


def _write_text(target: Path, content: str) -> str:
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        temporary.write_text(content, encoding="utf-8")
        return _put_in_place(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def _put_in_place(temporary: Path, target: Path) -> str:
    with temporary.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    temporary.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return digest


def _manifest(summary: ExportSummary, formats: Sequence[str], policy: Policy | None, *, with_text: bool) -> str:
    content = {
        "name": "source-annotator dataset",
        "version": summary.version,
        "scheme": SCHEME_VERSION,
        "tool": f"source-annotator {__version__}",
        "text": "all" if with_text else "none",
        **({"policy": str(policy)} if policy else {}),
        "records": summary.records,
        "attributions": summary.attributions,
        "files": [FORMATS[name].filename for name in formats],
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
