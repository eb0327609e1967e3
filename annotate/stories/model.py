"""What a collection of articles says together: stories, claims and their origins, drift, circles, speakers.

Every statement points back at an article, an attribution and a span of its Record, so that each finding can be looked
up. Spans are half-open, in Unicode code points of that Record's text. The JSON Schema is published as
schemas/stories.schema.json (`python -m annotate.stories.model` prints it).
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from annotate.scheme import CueClass, Independence, QuoteType, SourceType

_SpanField = Annotated[
    tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=1)]], Field(description="[start, end)")
]


class OriginRelation(StrEnum):
    """How the origins of two statements of one claim stand to each other."""

    SAME_ORIGIN = "same_origin"
    INDEPENDENT = "independent"
    UNKNOWN = "unknown"


class DriftKind(StrEnum):
    """What changed between two tellings of one claim."""

    LOST_ATTRIBUTION = "lost_attribution"
    LOST_HEDGE = "lost_hedge"
    CHANGED_NUMBER = "changed_number"
    CHANGED_SPEAKER = "changed_speaker"
    REVERSED_CLAIM = "reversed_claim"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Place(_Frozen):
    """Words of an article; `text` is what stands there."""

    article: str
    span: _SpanField
    text: str


class Proof(_Frozen):
    """One reason for a finding, in our words, with the words of the articles that show it."""

    kind: str
    text: str
    places: tuple[Place, ...] = ()


class Statement(_Frozen):
    """One telling of a claim.

    attribution: its id in the article's Record, null for a sentence that the article states as fact. text: the words
    as told, the parts of a split quote joined by " … ". speaker: the name over the whole collection, null for an
    unnamed source. via: the outlets it passed through, the one that heard the speaker first; publisher: the outlet
    whose article this is, where it is known.
    """

    article: str
    attribution: str | None
    span: _SpanField
    text: str
    quote_type: QuoteType | None = None
    cue_class: CueClass | None = None
    speaker: str | None = None
    source: str | None = Field(default=None, description="the words that name the source in this article")
    source_type: SourceType | None = None
    independence: Independence | None = None
    via: tuple[str, ...] = ()
    publisher: str | None = None


class Origin(_Frozen):
    """Statements of a claim that go back to one origin.

    name: the terminal source, as far as the texts tell. known: whether it is identified; of two statements with
    unknown origins nobody can say that they are independent. statements: indices into the claim's statements.
    """

    name: str | None
    known: bool
    statements: tuple[int, ...]
    proofs: tuple[Proof, ...] = ()


class Claim(_Frozen):
    """The same statement, told in several articles or by several sources.

    text: the fullest telling. Every statement stands in exactly one origin. independent_origins: how many known
    origins there are.
    """

    id: str
    text: str
    statements: Annotated[tuple[Statement, ...], Field(min_length=2)]
    origins: tuple[Origin, ...]
    independent_origins: int

    def relation(self, one: int, other: int) -> OriginRelation:
        """Tell how the origins of two statements stand to each other."""
        first, second = (next(o for o in self.origins if index in o.statements) for index in (one, other))
        if first is second:
            return OriginRelation.SAME_ORIGIN
        return OriginRelation.INDEPENDENT if first.known and second.known else OriginRelation.UNKNOWN


class Drift(_Frozen):
    """A change between two tellings; `before` is the fuller one, not always the earlier one."""

    kind: DriftKind
    claim: str | None = None
    before: Statement
    after: Statement
    text: str


class Contradiction(_Frozen):
    """Two statements of different sources that cannot both be true, or one that denies the other."""

    one: Statement
    other: Statement
    proof: Proof


class CircleStep(_Frozen):
    """An article that cites an outlet; `found` is the article of that outlet in the collection, if it is there."""

    article: str
    publisher: str | None
    cites: str
    place: Place
    found: str | None = None


class Circle(_Frozen):
    """A chain in which an article cites an outlet whose own article cites a further one, or comes back."""

    steps: Annotated[tuple[CircleStep, ...], Field(min_length=2)]
    closed: bool = Field(description="whether the chain comes back to where it began")
    text: str


class SpeakerIdentity(_Frozen):
    """One speaker over the whole collection; `proofs` say what joined the variants of the name."""

    id: str
    name: str
    variants: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    proofs: tuple[Proof, ...] = ()


class Story(_Frozen):
    """Articles that tell the same events; most articles of a mixed collection are a story by themselves."""

    id: str
    title: str
    articles: tuple[str, ...]
    claims: tuple[Claim, ...] = ()
    drifts: tuple[Drift, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    circles: tuple[Circle, ...] = ()


class Stories(_Frozen):
    """The findings over one collection; stories with most articles come first, every article is in exactly one."""

    version: str
    articles: int
    stories: tuple[Story, ...]
    speakers: tuple[SpeakerIdentity, ...] = ()


def stories_schema() -> str:
    """Return the JSON Schema (draft 2020-12) as published in schemas/stories.schema.json."""
    schema = Stories.model_json_schema(mode="serialization")
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(stories_schema(), end="")  # noqa: T201
