"""What the tables are made of: Records with their texts, what the store knows of each, and what may be shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from annotate.dataset.sources.comparison import Comparison, compare
from annotate.pipeline.registry import Registry
from annotate.record import Record
from annotate.stories import NO_IDENTITIES, Identities


class LabelStatus(StrEnum):
    """How far an article's labels can be relied upon.

    AUTO: a machine's alone. CORRECTED: a person changed something of the pre-annotation, or drew where there was none.
    ACCEPTED: submitted as it was given (ratings, which only people set, are no correction). ADJUDICATED: decided where
    annotators differed.
    """

    AUTO = "auto"
    CORRECTED = "corrected"
    ACCEPTED = "accepted"
    ADJUDICATED = "adjudicated"


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """What is known of an article besides its Record; None and () where nobody knows.

    accessed: when it came into the store. status: what became of the pre-annotation. annotators: pseudonyms.
    """

    accessed: datetime | None = None
    status: LabelStatus | None = None
    annotators: tuple[str, ...] = ()


NO_FACTS = ArticleFacts()


def no_facts(article_id: str) -> ArticleFacts:
    """Know nothing of any article: for Records that came without a store."""
    del article_id
    return NO_FACTS


def everything(record: Record) -> bool:
    """Let every article's text be shown."""
    del record
    return True


@dataclass(frozen=True)
class SourceInputs:
    """What the tables are made of.

    records: called as often as needed, the same Records each time, with their texts. facts: by article id. may_show:
    False for an article whose text may not be published: then none of its words appear, names and titles aside.
    registry: the outlets; the packaged ones when None. identities: what the user knows of the speakers.
    event_country: ISO 3166-1 alpha-2 code of the country that the articles' events are in, for the scale of a source.
    """

    records: Callable[[], Iterable[Record]]
    facts: Callable[[str], ArticleFacts] = no_facts
    may_show: Callable[[Record], bool] = everything
    registry: Registry | None = None
    identities: Identities = NO_IDENTITIES
    event_country: str | None = None

    @cached_property
    def outlets(self) -> Registry:
        """The outlets, loaded when first asked for."""
        return self.registry or Registry.load()

    @cached_property
    def comparison(self) -> Comparison:
        """What the articles say together: compared when first asked for, and once for all tables."""
        return compare(self.records(), self.outlets, may_show=self.may_show, identities=self.identities)
