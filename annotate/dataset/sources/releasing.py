"""The source tables as part of a release: one comparison of its articles for all of them, each file read back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from annotate.dataset.export import Companion, Release
from annotate.dataset.rights import standoff
from annotate.dataset.sources import TABLES, ArticleFacts, SourceInputs, read
from annotate.dataset.wordless import with_text
from annotate.record import Record


def tables(
    names: Sequence[str], facts: Callable[[str], ArticleFacts], *, event_country: str | None = None
) -> list[Companion]:
    """Return what writes these tables, at the top of a release: they are of all its articles, whatever their split.

    names: keys of TABLES. facts and event_country: as in SourceInputs.
    """

    def write(release: Release) -> None:
        def published() -> Iterator[Record]:
            return (_told(release, record) for record in release.spool if release.placement(record) is not None)

        inputs = SourceInputs(published, facts, release.shows, event_country=event_country)
        for name in names:
            TABLES[name].write(release.staging.folder, inputs)
            for target in TABLES[name].targets:
                for _ in read(release.staging.take(target)):
                    pass  # a file that does not read back is no file to publish

    return [write] if names else []


def _told(release: Release, record: Record) -> Record:
    """Return the article as the tables may know it: hidden, its names and metadata hold none of its words."""
    if release.shows(record) or record.text is None:
        return record
    return with_text(standoff(record), record.text)
