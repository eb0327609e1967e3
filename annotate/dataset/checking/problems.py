"""What a check finds: a line for each problem, with its place and how to mend it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from annotate.errors import visible

LISTED = 20  # of each kind; all are counted
AGAIN = "fetch the dataset again, or export it again"


class Kind(StrEnum):
    """What is wrong.

    FILE: a file is missing, changed or nobody's. MANIFEST: dataset.json says what is not so. SCHEME: it is of another
    scheme. INDEX: articles.jsonl and the rows do not go together. ROW: a row breaks the scheme. LICENCE: a text or
    words of it are shown that may not be. FORMAT: the formats say different things. LEAK: what must stay together
    stands in two splits.
    """

    FILE = "file"
    MANIFEST = "manifest"
    SCHEME = "scheme"
    INDEX = "index"
    ROW = "row"
    LICENCE = "licence"
    FORMAT = "format"
    LEAK = "leak"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. where: a file of the dataset, with the line or row; mend: how to put it right."""

    kind: Kind
    where: str
    what: str
    mend: str = AGAIN

    def __str__(self) -> str:
        # Names and values come from files of others: no control character may reach a terminal.
        return visible(f"{self.where}: {self.what} ({self.mend})")


@dataclass(slots=True)
class Findings:
    """Problems as they come; of each kind the first are kept, and all are counted."""

    problems: list[Problem] = field(default_factory=list)
    counts: Counter[Kind] = field(default_factory=Counter)

    def take(self, problems: Iterable[Problem]) -> None:
        """Add problems."""
        for problem in problems:
            self.add(problem)

    def add(self, problem: Problem) -> None:
        """Add a problem."""
        self.counts[problem.kind] += 1
        if self.counts[problem.kind] <= LISTED:
            self.problems.append(problem)
