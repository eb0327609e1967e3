"""Whose text may be published: that of an article whose licence lets anybody pass it on.

What a licence says is judged in `licences`; what is left of a row without its text, in `wordless`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from annotate.dataset.licences import Rights, rights_under
from annotate.dataset.wordless import wordless
from annotate.record import Record

__all__ = ["Texts", "Withholding", "may_redistribute", "shows_text", "standoff"]


class Texts(StrEnum):
    """Which articles of a dataset carry their texts: those with a licence for it, all, or none.

    HYDRATED: those whose texts somebody who has them put back; no choice of who publishes.
    """

    LICENSED = "licensed"
    ALL = "all"
    NONE = "none"
    HYDRATED = "hydrated"


def may_redistribute(licence: str | None) -> bool:
    """Tell whether a licence lets anybody pass the text on; none, and an unknown one, do not."""
    return rights_under(licence) is Rights.FREE


def shows_text(record: Record, texts: Texts) -> bool:
    """Tell whether the article's text is published under this choice."""
    if texts is Texts.HYDRATED:
        return record.text is not None
    return texts is Texts.ALL or (texts is Texts.LICENSED and may_redistribute(record.meta.licence))


def standoff(record: Record) -> Record:
    """Return the Record without its text and without its words: offsets, labels, names and hashes."""
    return wordless(record)


@dataclass(slots=True)
class Withholding:
    """Why articles go without their texts where licences decide.

    unknown: licences that are not known here, with their articles; reserved: those that keep the text to its owner.
    """

    unlicensed: int = 0
    unknown: Counter[str] = field(default_factory=Counter)
    reserved: Counter[str] = field(default_factory=Counter)

    def add(self, licence: str | None) -> None:
        """Count an article that goes without its text."""
        rights = rights_under(licence)
        if rights is Rights.NONE:
            self.unlicensed += 1
        elif rights is not Rights.FREE and licence is not None:
            (self.unknown if rights is Rights.UNKNOWN else self.reserved)[licence] += 1

    def lines(self) -> Iterator[str]:
        """Say it, each licence once, with how to mend it where it can be."""
        for licence, count in sorted(self.unknown.items()):
            yield (
                f"licence {_shown(licence)} is not known to let texts be passed on: {_articles(count)} without text"
                " (if it does, give its SPDX identifier at ingest, as in CC-BY-4.0)"
            )
        for licence, count in sorted(self.reserved.items()):
            yield f"licence {_shown(licence)} keeps the text to its owner: {_articles(count)} without text"
        if self.unlicensed:
            yield (
                f"no licence is given: {_articles(self.unlicensed)} without text (give licences at ingest, or export"
                " with --text all where you hold the rights)"
            )


def _shown(licence: str) -> str:
    short = licence if len(licence) <= 80 else licence[:79] + "…"
    # It comes from files of others: no control character may reach a terminal.
    return repr("".join(char if char.isprintable() else "?" for char in short))


def _articles(count: int) -> str:
    return "1 article goes" if count == 1 else f"{count:,} articles go"
