"""Rows as findings show them: with their words, their speaker and their way, read from the packed articles."""

from __future__ import annotations

from functools import lru_cache

from annotate.scheme import CueClass, Independence, QuoteType, SourceType
from annotate.stories.model import Place, Statement
from annotate.stories.speakers import Speakers
from annotate.stories.table import CUE_CLASSES, QUOTE_TYPES, Reader, Table

SPLIT = " … "


class Tellings:
    """Makes the statements of a collection from their rows."""

    def __init__(self, table: Table, speakers: Speakers) -> None:
        self.table, self.speakers, self.reader = table, speakers, Reader(table)
        self.statement = lru_cache(maxsize=8192)(self._statement)

    def _statement(self, row: int) -> Statement:
        table = self.table
        article = table.articles[table.article[row]]
        unpacked = self.reader.article(table.article[row])
        span = (table.start[row], table.end[row])
        text = unpacked.text[span[0] : span[1]]
        if table.is_bare(row):
            return Statement(article=article.id, attribution=None, span=span, text=text, publisher=article.publisher)
        details = unpacked.attributions[table.attribution[row]]
        parts = [part for part in details["quote"] if span[0] <= part[0] and part[1] <= span[1]]
        if len(parts) > 1:
            text = SPLIT.join(unpacked.text[start:end] for start, end in parts)
        said_by = table.said_by[row]
        who = table.who[said_by] if said_by >= 0 else None
        cue, quote = CUE_CLASSES[table.cue_class[row]], QUOTE_TYPES[table.quote_type[row]]
        return Statement(
            article=article.id,
            attribution=details["id"],
            span=span,
            text=text,
            quote_type=QuoteType(quote) if quote else None,
            cue_class=CueClass(cue) if cue else None,
            speaker=self.speaker(row),
            source=SPLIT.join(details["source"]) or None,
            source_type=SourceType(who.source_type) if who and who.source_type else None,
            independence=Independence(who.independence) if who and who.independence else None,
            via=tuple(details["via"]),
            publisher=article.publisher,
        )

    def speaker(self, row: int) -> str | None:
        """Return the speaker's name over the whole collection."""
        said_by = self.table.said_by[row]
        number = self.speakers.of[said_by] if said_by >= 0 else -1
        return self.speakers.names[number] if number >= 0 else None

    def called(self, row: int) -> str:
        """Return how to speak of a statement's source."""
        statement = self.statement(row)
        return statement.speaker or (f"“{statement.source}”" if statement.source else "nobody named")

    def place(self, row: int) -> Place:
        """Return where a statement stands."""
        statement = self.statement(row)
        return Place(article=statement.article, span=statement.span, text=statement.text)
