"""What may be shown of an article whose text may not be: names and titles, and no run of the words of a quote."""

from __future__ import annotations

import re
from functools import cached_property

from annotate.dataset.wordless import Words, is_proper
from annotate.record import Record

RUN = 4  # words in a row of a quote that no table shows

_WORD = re.compile(r"\w+")


class Shown:
    """Decides which words of an article a table may hold; `may_show`: all of them."""

    def __init__(self, record: Record, *, may_show: bool) -> None:
        self._record = record
        self.may_show = may_show

    def fact(self, words: str | None) -> str | None:
        """Return a title or an organisation as it may be shown, None where it may not.

        Of a text that may not be shown it stays, unless it shares a run of words with a quote, as where one attribution
        names the source of another inside its own, or tells the article, as long descriptions do.
        """
        if not words or self.may_show:
            return words or None
        if not self._quoted.isdisjoint(runs(words)):
            return None
        return words if is_proper(words) or self._words.told_from(words) is None else None

    def wording(self, words: str | None) -> str | None:
        """Return the words that stand for a source: of a text that may not be shown, only those too few for a run.

        What they tell, the name, the title and the organisation tell as well.
        """
        return words if words and (self.may_show or not runs(words)) else None

    def sentence(self, words: str | None) -> str | None:
        """Return other words of the article: none of a text that may not be shown."""
        return words if words and self.may_show else None

    @cached_property
    def _words(self) -> Words:
        return Words(self._record)

    @cached_property
    def _quoted(self) -> frozenset[tuple[str, ...]]:
        text = self._record.text or ""
        spans = [span for item in self._record.attributions for span in item.quote]
        return frozenset(run for start, end in spans for run in runs(text[start:end]))


def runs(text: str) -> set[tuple[str, ...]]:
    """Return the runs of words in a text, in lower case."""
    words = [match.group().lower() for match in _WORD.finditer(text)]
    return {tuple(words[index : index + RUN]) for index in range(len(words) - RUN + 1)}
