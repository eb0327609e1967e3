"""What the articles say together, worked out once for all tables: claims, origins, speakers, and how to name them.

Kept in memory are the findings of annotate.stories (see there) and, for each article, its head and how its sources are
called: some hundred bytes an attribution, and no text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from annotate.dataset.sources.articles import Head, head_of
from annotate.dataset.sources.describing import Description, describe
from annotate.dataset.sources.grouping import Source, sources_of
from annotate.dataset.sources.roads import Road, roads_of
from annotate.dataset.sources.shown import Shown
from annotate.derive import name_key
from annotate.errors import DatasetError
from annotate.pipeline.registry import Registry
from annotate.record import Record
from annotate.scheme import Anonymity
from annotate.stories import Identities, find_stories
from annotate.stories.model import Stories


@dataclass(frozen=True, slots=True)
class Place:
    """Where an attribution stands among the claims: the claim's id, and its origin's ("c1.2": the second of c1)."""

    claim: str
    origin: str


@dataclass(frozen=True)
class Comparison:
    """What the articles say together.

    heads: by article id. places: by article and attribution id, of those that tell a claim. speakers: ids over the
    collection, by article id and the name there. bodies: the names of organisations, by `name_key` of all they go by.
    story_of: by article id.
    """

    stories: Stories
    heads: Mapping[str, Head]
    places: Mapping[tuple[str, str], tuple[Place, ...]]
    speakers: Mapping[tuple[str, str], str]
    bodies: Mapping[str, str]
    story_of: Mapping[str, str]


@dataclass(frozen=True)
class Reading:
    """One article as the tables read it: its Record, its text, its head, its sources, and what may be shown."""

    record: Record
    text: str
    head: Head
    sources: tuple[Source, ...]
    shown: Shown
    bodies: Mapping[str, str]

    @cached_property
    def source_of(self) -> Mapping[str, Source]:
        """The source of each attribution, by its id."""
        return {item.id: source for source in self.sources for item in source.attributions}

    @cached_property
    def called(self) -> Mapping[str, str | None]:
        """How each attribution's source is named, by its id: by name, else by what the article calls it."""
        names = [(source, self.name_of(source)) for source in self.sources]
        return {item.id: name for source, name in names for item in source.attributions}

    @cached_property
    def _descriptions(self) -> Mapping[str, Description]:
        return {source.attributions[0].id: describe(source, self.bodies) for source in self.sources}

    def description(self, source: Source) -> Description:
        """Return what the article calls a source."""
        return self._descriptions[source.attributions[0].id]

    def name_of(self, source: Source) -> str | None:
        """Return how to name a source."""
        if source.name or source.implicit:
            return source.name
        found = self.description(source)
        title, body = self.shown.fact(found.title), self.shown.fact(found.organisation)
        if body:
            return f"{title or 'source'} ({body})"
        return title or self.shown.wording(source.wordings[0] if source.wordings else None)

    def roads(self, source: Source) -> list[Road]:
        """Return the roads of a source's statements, each once."""
        called = self.called
        roads = [
            road
            for item in source.attributions
            for road in roads_of(item, self.record.attributions, lambda one: called[one.id], self.head.outlet)
        ]
        return list(dict.fromkeys(roads))


def compare(
    records: Iterable[Record], registry: Registry, *, may_show: Callable[[Record], bool], identities: Identities
) -> Comparison:
    """Compare the articles of a collection.

    Raises: DatasetError for a Record without text, and for two of one id.
    """
    heads: dict[str, Head] = {}
    called: defaultdict[str, set[str]] = defaultdict(set)

    def seen() -> Iterator[Record]:
        for record in records:
            if record.text is None:
                raise DatasetError(
                    "has no text", where=f"article {record.id}", mend="give the Records with their texts"
                )
            if record.id in heads:
                raise DatasetError("stands there twice", where=f"article {record.id}", mend="keep one of the two")
            heads[record.id] = head_of(record, registry, shown=may_show(record))
            _note_bodies(record, called)
            yield record

    stories = find_stories(seen(), identities=identities)
    return Comparison(
        stories=stories,
        heads=heads,
        places=_places(stories),
        speakers={
            (article, name): speaker.id
            for speaker in stories.speakers
            for name in (speaker.name, *speaker.variants)
            for article in speaker.articles
        },
        bodies={key: next(iter(names)) for key, names in called.items() if len(names) == 1},
        story_of={article: story.id for story in stories.stories for article in story.articles},
    )


def reading_of(record: Record, comparison: Comparison) -> Reading:
    """Return a Record as the tables read it."""
    head = comparison.heads[record.id]
    text = record.text or ""
    return Reading(
        record=record,
        text=text,
        head=head,
        sources=tuple(sources_of(record, text)),
        shown=Shown(record, may_show=head.shown),
        bodies=comparison.bodies,
    )


def _places(stories: Stories) -> dict[tuple[str, str], tuple[Place, ...]]:
    found: defaultdict[tuple[str, str], dict[Place, None]] = defaultdict(dict)
    for story in stories.stories:
        for claim in story.claims:
            for number, origin in enumerate(claim.origins, start=1):
                for index in origin.statements:
                    told = claim.statements[index]
                    if told.attribution is not None:
                        found[told.article, told.attribution][Place(claim.id, f"{claim.id}.{number}")] = None
    return {key: tuple(places) for key, places in found.items()}


def _note_bodies(record: Record, called: defaultdict[str, set[str]]) -> None:
    """Note what organisations are called: their names, and wordings with a capital that is not the sentence's."""
    groups = {item.speaker.name for item in record.attributions if _is_group(item.anonymity) and item.speaker}
    for speaker in record.speakers:
        if speaker.name in groups:
            called[name_key(speaker.name)].add(speaker.name)
            for alias in speaker.aliases:
                bare = alias.removeprefix("The ").removeprefix("the ")
                if bare[:1].isupper() and len(bare) > 2 and (bare != alias or bare.isupper()):
                    called[name_key(bare)].add(speaker.name)


def _is_group(anonymity: Anonymity | None) -> bool:
    return anonymity == Anonymity.NAMED_GROUP
