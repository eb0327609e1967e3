"""Whose text may be published: an article's licence, or none."""

from __future__ import annotations

import re
from enum import StrEnum

from annotate.record import Record

# Licences that let anybody pass the text on, unchanged and with its author's name; by their usual short names.
_REDISTRIBUTABLE = re.compile(
    r"(cc0|cc[- ]?by([- ](nc|nd|sa))*|pddl|odc[- ]by|odbl|ogl|public[- ]domain|pdm)"
    r"([- ]v?\d+(\.\d+)?)?([- ][a-z]{2,3})?",
    re.IGNORECASE,
)


class Texts(StrEnum):
    """Which articles of a dataset carry their texts: those with a licence for it, all, or none."""

    LICENSED = "licensed"
    ALL = "all"
    NONE = "none"


def may_redistribute(licence: str | None) -> bool:
    """Tell whether a licence lets anybody pass the text on; none, and an unknown one, do not."""
    return licence is not None and _REDISTRIBUTABLE.fullmatch(licence.strip()) is not None


def shows_text(record: Record, texts: Texts) -> bool:
    """Tell whether the article's text is published under this choice."""
    return texts is Texts.ALL or (texts is Texts.LICENSED and may_redistribute(record.meta.licence))


def standoff(record: Record) -> Record:
    """Return the Record without its text: offsets and hashes."""
    return record.model_copy(update={"text": None})
