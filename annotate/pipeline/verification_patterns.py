"""The patterns of data/verification.jsonl, in which `<adv>` stands for adverbs and `<check>` for a word of checking.

`subject` says of whom a pattern may speak: `verb`, a passive, nobody or an outlet; `claim`, a passive whose subject is
a claim; `outlet`, an outlet alone; `evidence`, documents or pictures; `impersonal`, whatever stands there; `claimant`,
whoever made the claim; `beside`, words that stand beside somebody's claim in its sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from annotate.pipeline.resources import entries, words

SUBJECTS = ("verb", "claim", "outlet", "evidence", "impersonal", "claimant", "beside")
_ADVERBS_AT_MOST = 4


@dataclass(frozen=True, slots=True)
class Pattern:
    """A phrase that makes a statement of this kind of such a subject; the group `verb` is its word of checking."""

    kind: str
    subject: str
    regex: re.Pattern[str]


@cache
def patterns() -> tuple[Pattern, ...]:
    """Return the patterns in the order in which they are tried."""
    return tuple(
        Pattern(entry["kind"], entry["subject"], compiled(entry["pattern"])) for entry in entries("verification")
    )


def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern of the data file."""
    adverbs = _one_of("check_adverb")
    return re.compile(
        pattern.replace("<adv>", rf"(?:(?:{adverbs}) ){{0,{_ADVERBS_AT_MOST}}}").replace(
            "<check>", rf"(?P<verb>{_one_of('check_form')})\b(?! (?:in|out|up|with)\b)"
        ),
        re.IGNORECASE,
    )


def _one_of(name: str) -> str:
    return "|".join(re.escape(word) for word in sorted(words(name), key=lambda word: (-len(word), word)))
