"""Every error a user can meet, in one tree.

AnnotateError
├── InputError            an article, a line or a file cannot be read
├── RecordError           a Record breaks the scheme (offsets, references, values)
├── ContractError         a published schema or the labeling config is missing or broken
├── PipelineError         the pre-annotation pipeline cannot be built or run
├── StoreError            the store cannot be opened, migrated or written
│   └── DamageError       the store's content no longer matches its own digests
├── StudioError           Label Studio could not do what was asked
│   ├── StudioUnreachable   no answer, or no usable one: whether it acted is unknown
│   ├── StudioRefused       it answered 4xx: it did not act
│   └── ServerError         the embedded server could not be installed, started or stopped
├── SettingsError         the settings file cannot be read
├── BulkError             a bulk run cannot start, go on or finish
└── DatasetError          an export cannot be written, or a dataset is not what it says

A message says what went wrong, where, and how to mend it; `AnnotateError(what, where=…, mend=…)`
puts the three together, so that the command line can print one clear line.
"""

from __future__ import annotations

__all__ = [
    "AnnotateError",
    "BulkError",
    "ContractError",
    "DamageError",
    "DatasetError",
    "InputError",
    "PipelineError",
    "RecordError",
    "ServerError",
    "SettingsError",
    "StoreError",
    "StudioError",
    "StudioRefused",
    "StudioUnreachable",
    "visible",
]


def visible(line: str) -> str:
    """Return a line as a terminal may show it: whatever cannot be seen, or steers it, as its escape."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in line)


class AnnotateError(Exception):
    """Say what went wrong, where, and how to mend it.

    what: one clause without a final stop; where: a file, line, task or article id; mend: an imperative clause.
    """

    def __init__(self, what: str, *, where: str | None = None, mend: str | None = None) -> None:
        self.what = what
        self.where = where
        self.mend = mend
        super().__init__(what, where, mend)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        remedy = f" ({self.mend})" if self.mend else ""
        return f"{place}{self.what}{remedy}"


class InputError(AnnotateError):
    """An article, a line or a file cannot be read."""


class RecordError(AnnotateError):
    """A Record breaks the scheme: offsets, references or values."""


class ContractError(AnnotateError):
    """A published schema or the labeling config is missing or broken."""


class PipelineError(AnnotateError):
    """The pre-annotation pipeline cannot be built or run."""


class StoreError(AnnotateError):
    """The store cannot be opened, migrated or written."""


class DamageError(StoreError):
    """The store's content no longer matches its own digests."""


class StudioError(AnnotateError):
    """Label Studio could not do what was asked."""


class StudioUnreachable(StudioError):
    """Label Studio gave no usable answer: whether it acted is unknown."""


class StudioRefused(StudioError):
    """Label Studio answered 4xx: it did not act.

    status: the HTTP status, where there was one.
    """

    def __init__(
        self, what: str, *, where: str | None = None, mend: str | None = None, status: int | None = None
    ) -> None:
        super().__init__(what, where=where, mend=mend)
        self.status = status


class ServerError(StudioError):
    """The embedded Label Studio could not be installed, started or stopped."""


class SettingsError(AnnotateError):
    """The settings file cannot be read."""


class DatasetError(AnnotateError):
    """An export cannot be written, or a dataset is not what it says."""


class TrainingError(AnnotateError):
    """Training cannot start or go on."""


class BulkError(AnnotateError):
    """A bulk run cannot start, go on or finish."""
