"""What the stories point at in the articles, so that the walks over them know what to keep and where to anchor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from annotate.derive import Span
from annotate.stories.model import Place, Statement, Stories, Story


@dataclass(frozen=True, slots=True)
class ClaimLink:
    """A claim as the articles refer to it."""

    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the stories point at.

    attributions: by article, the ids that a finding speaks of, each with the claims it tells. places: by article, the
    spans that a finding quotes. drawn: the articles of the stories that are shown. names: a speaker's name over the
    collection, by article and the name there.
    """

    attributions: Mapping[str, Mapping[str, tuple[ClaimLink, ...]]]
    places: Mapping[str, frozenset[Span]]
    drawn: frozenset[str]
    names: Mapping[tuple[str, str], str]

    @classmethod
    def of(cls, stories: Stories) -> Wanted:
        attributions: defaultdict[str, dict[str, tuple[ClaimLink, ...]]] = defaultdict(dict)
        places: defaultdict[str, set[Span]] = defaultdict(set)
        for number, story in enumerate(stories.stories, start=1):
            for statement, claim in _statements(story, number):
                if statement.attribution is None:
                    places[statement.article].add(statement.span)
                    continue
                told = attributions[statement.article].get(statement.attribution, ())
                if claim and claim not in told:
                    told = (*told, claim)
                attributions[statement.article][statement.attribution] = told
            for place in _places(story):
                places[place.article].add(place.span)
        for speaker in stories.speakers:
            for proof in speaker.proofs:
                for place in proof.places:
                    places[place.article].add(place.span)
        return cls(
            attributions=attributions,
            places={article: frozenset(spans) for article, spans in places.items()},
            drawn=frozenset(name for story in stories.stories if is_shown(story) for name in story.articles),
            names={
                (article, variant): speaker.name
                for speaker in stories.speakers
                for variant in speaker.variants
                for article in speaker.articles
            },
        )


def is_shown(story: Story) -> bool:
    """Tell whether a story gets a part of its own: an article alone has nothing to be compared with."""
    return len(story.articles) > 1 or bool(story.claims or story.drifts or story.contradictions or story.circles)


def story_anchor(number: int) -> str:
    """Return the anchor of the nth story, from 1."""
    return f"s{number}"


def claim_anchor(story: int, number: int) -> str:
    """Return the anchor of the nth claim of a story, both from 1."""
    return f"s{story}-c{number}"


def _statements(story: Story, number: int) -> Iterator[tuple[Statement, ClaimLink | None]]:
    for index, claim in enumerate(story.claims, start=1):
        link = ClaimLink(claim_anchor(number, index), claim.text)
        yield from ((statement, link) for statement in claim.statements)
    for drift in story.drifts:
        yield from ((statement, None) for statement in (drift.before, drift.after))
    for contradiction in story.contradictions:
        yield from ((statement, None) for statement in (contradiction.one, contradiction.other))


def _places(story: Story) -> Iterator[Place]:
    for claim in story.claims:
        for origin in claim.origins:
            for proof in origin.proofs:
                yield from proof.places
    for contradiction in story.contradictions:
        yield from contradiction.proof.places
    for circle in story.circles:
        yield from (step.place for step in circle.steps)
