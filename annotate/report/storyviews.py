"""A story as the page shows it: its findings, each with the articles' words and where they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from annotate.report.briefs import Brief, Check, Telling
from annotate.report.charts import Chart
from annotate.report.differences import Part, differing
from annotate.report.figures import Figures, Naming
from annotate.report.graph import Graph, graph_of
from annotate.report.marking import place_anchor
from annotate.report.pictures import charts_of
from annotate.report.safety import label
from annotate.report.wanted import claim_anchor, story_anchor
from annotate.report.wording import DRIFTS, SOURCE_TYPES
from annotate.scheme import Independence, SourceType
from annotate.stories.model import Circle, Claim, Contradiction, Drift, DriftKind, Place, Proof, Statement, Story

_LOSSES = frozenset({DriftKind.LOST_ATTRIBUTION, DriftKind.LOST_HEDGE})
_PRONOUN = 4  # letters
_NAMELESS = frozenset({Naming.UNNAMED, Naming.IMPLICIT})


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words of an article, and where they stand; href is null when that article is not among the given ones."""

    text: str
    where: str
    href: str | None


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for a finding, with the words that show it."""

    kind: str
    text: str
    quoted: tuple[Quoted, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """One telling. who: the speaker, or the words for the source; fact: the article states it as fact itself."""

    who: str
    words: str | None
    fact: bool
    unnamed: bool
    type: SourceType | None
    side: Independence | None
    chain: tuple[str, ...]
    place: Quoted
    statement: Statement
    telling: Telling | None


@dataclass(frozen=True, slots=True)
class OriginView:
    name: str | None
    known: bool
    tellings: tuple[int, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim. articles: how many tell it; drifts: the kinds of drift between its tellings."""

    anchor: str
    number: int
    text: str
    told: tuple[Told, ...]
    speakers: tuple[str, ...]
    articles: int
    origins: tuple[OriginView, ...]
    independent: int
    unknown: int
    drifts: tuple[str, ...]
    disputed: bool
    checks: tuple[tuple[Check, Quoted], ...]


@dataclass(frozen=True, slots=True)
class DriftView:
    kind: str
    text: str
    claim: str | None
    before: Told
    after: Told
    before_parts: tuple[Part, ...]
    after_parts: tuple[Part, ...]
    lost_something: bool


@dataclass(frozen=True, slots=True)
class ContradictionView:
    one: Told
    other: Told
    reason: Reason


@dataclass(frozen=True, slots=True)
class StepView:
    publisher: str | None
    article: str
    href: str | None
    cites: str
    words: Quoted


@dataclass(frozen=True, slots=True)
class CircleView:
    """A chain of citing. ends: the outlet that the last article cites, null when the chain comes back."""

    steps: tuple[StepView, ...]
    closed: bool
    ends: str
    text: str


@dataclass(frozen=True, slots=True)
class StoryView:
    anchor: str
    number: int
    title: str
    articles: tuple[Brief, ...]
    missing: int
    claims: tuple[ClaimView, ...]
    drifts: tuple[DriftView, ...]
    contradictions: tuple[ContradictionView, ...]
    circles: tuple[CircleView, ...]
    checks: tuple[tuple[Check, Quoted], ...]
    figures: Figures
    graph: Graph | None
    charts: tuple[Chart, ...]


class StoryReader:
    """Turns stories into what the page shows of them."""

    def __init__(self, briefs: Mapping[str, Brief]) -> None:
        self._briefs = briefs

    def view(self, story: Story, number: int) -> StoryView:
        """Return the view of the nth story, from 1."""
        articles = tuple(self._briefs[name] for name in story.articles if name in self._briefs)
        figures = Figures()
        for brief in articles:
            if brief.figures:
                figures.add(brief.figures)
        anchors = {claim.id: claim_anchor(number, index) for index, claim in enumerate(story.claims, start=1)}
        return StoryView(
            anchor=story_anchor(number),
            number=number,
            title=label(story.title, 300) or f"Story {number}",
            articles=articles,
            missing=len(story.articles) - len(articles),
            claims=tuple(self._claim(claim, story, number, index) for index, claim in enumerate(story.claims, start=1)),
            drifts=tuple(self._drift(drift, anchors) for drift in story.drifts),
            contradictions=tuple(self._contradiction(each) for each in story.contradictions),
            circles=tuple(self._circle(circle) for circle in story.circles),
            checks=tuple(self._checked(check) for brief in articles for check in brief.checks),
            figures=figures,
            graph=graph_of(articles),
            charts=tuple(charts_of(figures, _per_article(articles), part="article")),
        )

    def reason(self, proof: Proof) -> Reason:
        """Return a proof with its words."""
        return Reason(proof.kind, proof.text, tuple(self._place(place) for place in proof.places))

    def _claim(self, claim: Claim, story: Story, story_number: int, number: int) -> ClaimView:
        told = tuple(self._told(statement) for statement in claim.statements)
        checks = {(check.article, check.span): check for each in told if each.telling for check in each.telling.checks}
        own = {(statement.article, statement.attribution) for statement in claim.statements if statement.attribution}
        return ClaimView(
            anchor=claim_anchor(story_number, number),
            number=number,
            text=claim.text,
            told=told,
            speakers=tuple(dict.fromkeys(each.who for each in told)),
            articles=len({statement.article for statement in claim.statements}),
            origins=tuple(
                OriginView(
                    origin.name,
                    origin.known,
                    tuple(index + 1 for index in origin.statements),
                    tuple(self.reason(proof) for proof in origin.proofs),
                )
                for origin in claim.origins
            ),
            independent=claim.independent_origins,
            unknown=sum(not origin.known for origin in claim.origins),
            drifts=tuple(dict.fromkeys(DRIFTS[drift.kind] for drift in story.drifts if drift.claim == claim.id)),
            disputed=any(
                (each.article, each.attribution) in own
                for contradiction in story.contradictions
                for each in (contradiction.one, contradiction.other)
            ),
            checks=tuple(self._checked(checks[key]) for key in sorted(checks)),
        )

    def _told(self, statement: Statement) -> Told:
        brief = self._briefs.get(statement.article)
        telling = brief.tellings.get(statement.attribution) if brief and statement.attribution else None
        anchor = None
        if brief and telling:
            anchor = f"{brief.anchor}-q{telling.number}"
        elif brief and statement.attribution is None:
            anchor = place_anchor(brief.anchor, statement.span)
        elif brief:
            anchor = brief.anchor
        fact = statement.attribution is None
        who = "the article itself" if fact else _who(statement)
        return Told(
            who=who,
            words=label(statement.source, 120) if statement.source and statement.source not in who else None,
            fact=fact,
            unnamed=telling.naming in {Naming.UNNAMED, Naming.IMPLICIT}
            if telling
            else not fact and not statement.speaker,
            type=statement.source_type,
            side=statement.independence,
            chain=statement.via,
            place=Quoted(statement.text, self._where(statement.article, statement.publisher), anchor and f"#{anchor}"),
            statement=statement,
            telling=telling,
        )

    def _where(self, article: str, publisher: str | None = None) -> str:
        brief = self._briefs.get(article)
        name = publisher or (brief.publisher if brief else None)
        return label(name or (brief.name if brief else article), 60)

    def _place(self, place: Place) -> Quoted:
        brief = self._briefs.get(place.article)
        href = f"#{place_anchor(brief.anchor, place.span)}" if brief else None
        return Quoted(place.text, self._where(place.article), href)

    def _checked(self, check: Check) -> tuple[Check, Quoted]:
        brief = self._briefs[check.article]
        return check, Quoted(check.text, self._where(check.article), f"#{place_anchor(brief.anchor, check.span)}")

    def _drift(self, drift: Drift, anchors: Mapping[str, str]) -> DriftView:
        before, after = differing(drift.before.text, drift.after.text)
        return DriftView(
            kind=DRIFTS[drift.kind],
            text=drift.text,
            claim=anchors.get(drift.claim) if drift.claim else None,
            before=self._told(drift.before),
            after=self._told(drift.after),
            before_parts=before,
            after_parts=after,
            lost_something=drift.kind in _LOSSES,
        )

    def _contradiction(self, found: Contradiction) -> ContradictionView:
        return ContradictionView(self._told(found.one), self._told(found.other), self.reason(found.proof))

    def _circle(self, circle: Circle) -> CircleView:
        steps = []
        for step in circle.steps:
            brief = self._briefs.get(step.article)
            steps.append(
                StepView(
                    publisher=step.publisher or (brief.publisher if brief else None),
                    article=brief.name if brief else label(step.article),
                    href=f"#{brief.anchor}" if brief else None,
                    cites=step.cites,
                    words=self._place(step.place),
                )
            )
        return CircleView(tuple(steps), circle.closed, circle.steps[-1].cites, circle.text)


def _who(statement: Statement) -> str:
    """Name who says it; a pronoun or an article is no name."""
    if statement.speaker:
        return label(statement.speaker, 120)
    if statement.source and len(statement.source) > _PRONOUN:
        return label(statement.source, 120)
    if not statement.source:
        return "no source given"
    return f"unnamed {SOURCE_TYPES.get(statement.source_type or SourceType.PERSON, 'source')}"


def _per_article(briefs: Sequence[Brief]) -> list[tuple[str, Figures]]:
    return [
        (f"{brief.publisher}: {brief.name}" if brief.publisher else brief.name, brief.figures)
        for brief in briefs
        if brief.figures
    ]
