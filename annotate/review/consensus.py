"""On what the annotators of an article agree, on what they do not, and what most of them say.

Annotators are known here by letters alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from annotate.errors import RecordError
from annotate.record import Record
from annotate.review.merging import Disagreement, Merger

__all__ = ["Consensus", "Disagreement", "consensus", "content_digest", "letters_for", "majority"]


@dataclass(frozen=True, slots=True)
class Consensus:
    """What all agree on, as a Record without provenance, and each thing on which they do not."""

    agreed: Record
    disagreements: tuple[Disagreement, ...]


def consensus(readings: Mapping[str, Record]) -> Consensus:
    """Split the Records of one article, by letter, into what all of them hold and where they differ.

    Raises: RecordError when they are not of one text.
    """
    _check(readings.values())
    return Consensus(*Merger(readings, len(readings)).merge())


def majority(records: Sequence[Record]) -> Record:
    """Return what more than half of the Records hold: items, values and links, each for itself.

    A tie is withheld, not guessed. Raises: RecordError when they are not of one text.
    """
    _check(records)
    readings = dict(zip(_letters(len(records)), records, strict=True))
    return Merger(readings, len(records) // 2 + 1).merge()[0]


def content_digest(record: Record) -> str:
    """Return 16 hex digits of the SHA-256 of what a Record says, whoever said it and when.

    Fields at their defaults are left out, so that a later version's new fields change nothing.
    """
    content = record.model_dump_json(by_alias=True, exclude={"provenance", "meta"}, exclude_defaults=True)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def letters_for(article_sha256: str, identities: Iterable[str]) -> dict[str, str]:
    """Deal the letters A, B, … to annotations: letter → identity.

    At random from article to article, so that A is not always the same person, and the same each time.
    """

    def lot(identity: str) -> bytes:
        return hashlib.sha256(json.dumps(["letters", article_sha256, identity]).encode()).digest()

    dealt = sorted(identities, key=lot)
    return dict(zip(_letters(len(dealt)), dealt, strict=True))


def _letters(count: int) -> list[str]:
    """Return A … Z, then AA, AB, …: in alphabetical order as far as one alphabet goes."""
    return [
        (ascii_uppercase[number // 26 - 1] if number >= 26 else "") + ascii_uppercase[number % 26]
        for number in range(count)
    ]


def _check(records: Iterable[Record]) -> None:
    records = list(records)
    if not records:
        raise RecordError("there is nothing to compare", mend="give at least one Record")
    for record in records:
        if record.text is None or record.sha256 != records[0].sha256:
            raise RecordError(
                "Records of different texts, or without one, cannot be compared",
                where=record.id,
                mend="compare Records of one article, with its text",
            )
