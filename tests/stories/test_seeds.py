"""What the five seed articles say together, from people's annotations and from the pipeline's alike."""

from __future__ import annotations

from annotate.record import Record
from annotate.scheme import Credibility
from annotate.stories import find_stories, suggestions
from annotate.stories.model import Claim, DriftKind, OriginRelation, Stories
from tests.stories.articles import claims, drifts


def told(found: Stories, words: str) -> Claim:
    (claim,) = [claim for claim in claims(found) if any(words in item.text for item in claim.statements)]
    return claim


def articles(claim: Claim) -> set[str]:
    return {item.article for item in claim.statements}


def test_the_seeds_are_one_story(seed_stories: Stories) -> None:
    (story,) = seed_stories.stories
    assert story.articles == ("000", "001", "002", "003", "004")


def test_the_quotes_that_an_agency_carried_have_one_origin(seed_stories: Stories) -> None:
    for words, places in (
        ("We started operations", {"001", "003", "004"}),
        ("The enemy made multiple attempts", {"003", "004"}),
        ("It has been proven", {"003", "004"}),
    ):
        claim = told(seed_stories, words)
        assert places <= articles(claim)
        quoted = [index for index, item in enumerate(claim.statements) if words in item.text]
        assert {claim.relation(quoted[0], other) for other in quoted} == {OriginRelation.SAME_ORIGIN}
        assert claim.independent_origins <= 1


def test_nothing_is_confirmed(seeds: list[Record], seed_stories: Stories) -> None:
    for record in suggestions(seed_stories, seeds):
        assert Credibility.ONE not in {item.suggestion.credibility for item in record.attributions if item.suggestion}


def test_a_claim_turned_fact(seed_stories: Stories) -> None:
    (drift,) = drifts(seed_stories, DriftKind.LOST_ATTRIBUTION)
    assert "surrounded Panjshir" in drift.before.text
    assert drift.before.article == "003"
    assert "Reuters" in (drift.before.speaker, *drift.before.via)
    assert (drift.after.article, drift.after.attribution) == ("004", None)
    assert "the Taliban on Wednesday surrounded the area again" in drift.after.text


def test_who_suffered_on_two_fronts(seed_stories: Stories) -> None:
    assert {"000", "001", "003"} <= articles(told(seed_stories, "two different fronts since the beginning"))
    changed = drifts(seed_stories, DriftKind.REVERSED_CLAIM)
    assert {(drift.before.article, drift.after.article) for drift in changed} == {("000", "001"), ("000", "003")}
    assert all("Taliban" in drift.text for drift in changed)


def test_the_circle(seed_stories: Stories) -> None:
    (story,) = seed_stories.stories
    (circle,) = story.circles
    steps = [(step.article, step.cites, step.found) for step in circle.steps]
    assert steps == [("001", "The Hill", "003"), ("003", "Reuters", None)]
    assert not circle.closed
    assert circle.steps[1].publisher == "The Hill"


def test_one_speaker_under_several_spellings(annotated_seeds: list[Record], predicted_seeds: list[Record]) -> None:
    for records in (annotated_seeds, predicted_seeds):
        found = {speaker.name: set(speaker.articles) for speaker in find_stories(records).speakers}
        assert {"000", "001", "003", "004"} <= found["Zabihullah Mujahid"]
        assert {"002", "003"} <= found["Amir Khan Muttaqi"]
        assert {"000", "001", "002"} <= found["Fahim Dashti"]
        assert {"000", "004"} <= found["Ahmad Massoud"]
        assert not [name for name in found if "Shah" in name]


def test_the_order_of_the_articles_makes_no_difference(seeds: list[Record], seed_stories: Stories) -> None:
    assert find_stories(reversed(seeds)) == seed_stories
    assert find_stories([*seeds[2:], *seeds[:2]]) == seed_stories
