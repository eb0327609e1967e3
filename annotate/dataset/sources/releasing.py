"""The source tables as part of a release: one comparison of its articles for all of them, each file read back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from annotate.dataset.export import Companion, Release
from annotate.dataset.sources import TABLES, ArticleFacts, SourceInputs, read
from annotate.record import Record


def tables(
    names: Sequence[str], facts: Callable[[str], ArticleFacts], *, event_country: str | None = None
) -> list[Companion]:
    """Return what writes these tables, at the top of a release: they are of all its articles, whatever their split.

    names: keys of TABLES. facts and event_country: as in SourceInputs.
    """

    def write(release: Release) -> None:
        def published() -> Iterator[Record]:
            return (record for record in release.spool if release.placement(record) is not None)

        inputs = SourceInputs(published, facts, release.shows, event_country=event_country)
        for name in names:
            TABLES[name].write(release.staging.folder, inputs)
            for target in TABLES[name].targets:
                for _ in read(release.staging.take(target)):
                    pass  # a file that does not read back is no file to publish

    return [write] if names else []
