"""What is reported, whoever reports it: a claim of several tellings, or what one source alone says.

The unit of the tables that are about events and claims. Beliefs, wishes, calls and pledges, and what only carries
another's words, are no statements.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from annotate.dataset.sources.articles import Head, day_of
from annotate.dataset.sources.comparison import Comparison, Reading
from annotate.dataset.sources.describing import is_person
from annotate.dataset.sources.inputs import SourceInputs
from annotate.dataset.sources.quoting import words_in
from annotate.dataset.sources.rows import readings
from annotate.record import Attribution
from annotate.scheme import CueClass, SourceType
from annotate.stories.layers import only_carries, states
from annotate.stories.model import Claim

_NO_REPORTS = frozenset({CueClass.URGE, CueClass.PLEDGE})
_FEWEST_WORDS = 4  # of a statement that stands alone: "damages" tells a reader nothing


@dataclass(frozen=True, slots=True)
class Telling:
    """One telling of a statement.

    attribution: None for what an article states as fact. said_by: who says it; is_person: whether that is one;
    named: whether said_by is a name. via: the outlets it came through. text: as told, None where the article's text may
    not be shown.
    """

    head: Head
    attribution: str | None
    said_by: str | None
    is_person: bool
    named: bool
    via: tuple[str, ...]
    text: str | None


@dataclass(frozen=True, slots=True)
class Statement:
    """Something reported. id: the claim's, or article and attribution. origins: how many known ones it has."""

    id: str
    story: str | None
    tellings: tuple[Telling, ...]
    origins: int

    @property
    def heads(self) -> list[Head]:
        """The articles that tell it, each once, the earliest first where all have a date."""
        found = list({telling.head.id: telling.head for telling in self.tellings}.values())
        if all(head.published for head in found):
            found.sort(key=lambda head: (day_of(head.published) or "", head.id))
        return found

    @property
    def sources(self) -> list[str]:
        """Who says it, each once."""
        return list(dict.fromkeys(telling.said_by for telling in self.tellings if telling.said_by))

    @property
    def cited(self) -> list[str]:
        """The outlets it came through, each once."""
        return list(dict.fromkeys(name for telling in self.tellings for name in telling.via))

    @property
    def text(self) -> str | None:
        """The fullest telling that may be shown, one that somebody says before one that is stated as fact."""
        told = [telling for telling in self.tellings if telling.text]
        best = max(told, key=lambda one: (one.attribution is not None, len(one.text or ""), one.head.id), default=None)
        return best.text if best else None


def statements(inputs: SourceInputs) -> Iterator[Statement]:
    """Yield the statements: the claims of the stories in order, then what stands alone, article by article.

    The articles are read twice: a claim needs how each of its articles calls its source.
    """
    comparison = inputs.comparison
    tellings = {
        (reading.head.id, item.id): _telling(reading, item)
        for reading in readings(inputs)
        for item in reading.record.attributions
        if (reading.head.id, item.id) in comparison.places
    }
    for story in comparison.stories.stories:
        for claim in story.claims:
            yield Statement(
                claim.id, story.id, tuple(_tellings(claim, comparison, tellings)), claim.independent_origins
            )
    for reading in readings(inputs):
        for item in reading.record.attributions:
            if (reading.head.id, item.id) not in comparison.places and _reports(reading, item):
                telling = _telling(reading, item)
                story_id = comparison.story_of.get(reading.head.id)
                yield Statement(f"{reading.head.id}#{item.id}", story_id, (telling,), _known(reading, item))


def _reports(reading: Reading, item: Attribution) -> bool:
    """Tell whether an attribution says that something is so."""
    if item.cue_class in _NO_REPORTS or not states(item) or only_carries(item, reading.record.attributions):
        return False
    return sum(words_in(reading.text[start:end]) for start, end in item.quote) >= _FEWEST_WORDS


def _tellings(claim: Claim, comparison: Comparison, attributed: dict[tuple[str, str], Telling]) -> Iterator[Telling]:
    seen = set()
    for told in claim.statements:
        if told.attribution is None:
            head = comparison.heads[told.article]
            yield Telling(head, None, None, False, False, (), told.text if head.shown else None)
        elif (told.article, told.attribution) not in seen:
            seen.add((told.article, told.attribution))
            yield attributed[told.article, told.attribution]


def _telling(reading: Reading, item: Attribution) -> Telling:
    source = reading.source_of[item.id]
    words = " … ".join(" ".join(reading.text[start:end].split()) for start, end in item.quote)
    via = dict.fromkeys(via.name for via in sorted(item.via, key=lambda via: via.step))
    if item.source_type == SourceType.OUTLET and source.name:
        via[source.name] = None
    return Telling(
        head=reading.head,
        attribution=item.id,
        said_by=reading.name_of(source),
        is_person=is_person(item),
        named=source.name is not None,
        via=tuple(via),
        text=reading.shown.sentence(words),
    )


def _known(reading: Reading, item: Attribution) -> int:
    """Return 1 where the origin is identified, after the same rule as for claims: somebody named, or who speaks for a
    named body; an outlet that does not say from whom it has something is no origin."""
    if item.source_type == SourceType.OUTLET:
        return 0
    if item.speaker:
        return 1
    return int(
        item.source_type == SourceType.SPOKESPERSON
        and reading.description(reading.source_of[item.id]).organisation is not None
    )
