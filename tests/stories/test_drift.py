"""What changed between two tellings, and what contradicts what."""

from __future__ import annotations

import pytest

from annotate.record import Record
from annotate.scheme import CueClass, SourceType
from annotate.stories import find_stories
from annotate.stories.model import DriftKind, Stories
from tests.stories.articles import article, claims, drifts, said

BRIDGE = "a grain lorry brought down the bridge over Silver Creek at Norham at dawn"
AGAIN = "the Norham bridge across Silver Creek had been brought down at dawn by a lorry full of grain"


def one(words: str, id: str, source: str = "Carla Muster", cue: str = "said", **more: object) -> Record:
    name = more.pop("name", "Carla Muster")
    return article(id, f"{source} {cue} {words}.", said(words, cue=cue, source=source, name=name, **more))  # type: ignore[arg-type]


def kinds(found: Stories) -> list[DriftKind]:
    return [drift.kind for story in found.stories for drift in story.drifts]


def test_a_claim_that_another_article_states_as_fact() -> None:
    bare = article("b", f"The road to the mill is closed. {AGAIN[0].upper()}{AGAIN[1:]}. Nobody was hurt there.")
    found = find_stories([one(BRIDGE, "a", via=["Sample Wire"]), bare])
    (drift,) = drifts(found, DriftKind.LOST_ATTRIBUTION)
    assert (drift.before.article, drift.after.article, drift.after.attribution) == ("a", "b", None)
    assert drift.text == "What Carla Muster says, through Sample Wire in one article, another states as fact."
    assert kinds(found) == [DriftKind.LOST_ATTRIBUTION]


def test_an_article_that_says_who_says_it_lost_nothing() -> None:
    text = f"Carla Muster said {AGAIN}. {BRIDGE[0].upper()}{BRIDGE[1:]}."
    both = article("b", text, said(AGAIN, source="Carla Muster", name="Carla Muster"))
    assert kinds(find_stories([one(BRIDGE, "a"), both])) == []


@pytest.mark.parametrize(
    ("cue", "cue_class"),
    [("claimed", CueClass.CLAIM), ("alleged", CueClass.ALLEGE), ("reportedly said", CueClass.HEDGE)],
)
def test_a_hedge_that_another_article_drops(cue: str, cue_class: CueClass) -> None:
    found = find_stories([one(BRIDGE, "a", cue=cue, cue_class=cue_class), one(AGAIN, "b")])
    (drift,) = drifts(found, DriftKind.LOST_HEDGE)
    assert (drift.before.article, drift.after.article) == ("a", "b")


def test_both_hedge() -> None:
    hedged = [one(words, id, cue="claimed", cue_class=CueClass.CLAIM) for id, words in (("a", BRIDGE), ("b", AGAIN))]
    assert kinds(find_stories(hedged)) == []


def test_another_number_of_the_same_things() -> None:
    first = "at least 40 people drowned when the Orla burst its banks near Tarnow Mill"
    second = "the Orla burst its banks near Tarnow Mill and at least fifty-two people drowned"
    found = find_stories([one(first, "a"), one(second, "b")])
    (drift,) = drifts(found, DriftKind.CHANGED_NUMBER)
    assert "40 people" in drift.text


@pytest.mark.parametrize(
    "second",
    [
        "forty people drowned when the Orla burst its banks near Tarnow Mill on 3 May",
        "40 people drowned and 12 houses were lost when the Orla burst its banks near Tarnow Mill",
    ],
)
def test_numerals_dates_and_other_things_are_no_change(second: str) -> None:
    first = "40 people drowned when the Orla burst its banks near Tarnow Mill on Monday, 2 May"
    found = find_stories([one(first, "a"), one(second, "b")])
    assert claims(found)
    assert drifts(found, DriftKind.CHANGED_NUMBER) == []


def test_the_same_words_from_somebody_else() -> None:
    quote = "“The bridge swayed twice before the lorry fell into the creek,”"
    found = find_stories([one(quote, "a"), one(quote, "b", source="Dora Placeholder", name="Dora Placeholder")])
    (drift,) = drifts(found, DriftKind.CHANGED_SPEAKER)
    assert {drift.before.speaker, drift.after.speaker} == {"Carla Muster", "Dora Placeholder"}


def test_who_was_harmed_is_turned_round() -> None:
    first = (
        "that the Zembla Guard have killed many Utopia rebels at the Karsk crossing since the fighting began on Monday"
    )
    second = (
        "that the Zembla Guard had suffered losses at the Karsk crossing since the fighting with Utopia rebels began"
    )
    found = find_stories([one(first, "a"), one(second, "b")])
    (drift,) = drifts(found, DriftKind.REVERSED_CLAIM)
    assert "Utopia" in drift.text
    assert "Zembla" in drift.text


def test_the_same_speaker_quoted_with_a_not() -> None:
    found = find_stories(
        [
            one("the Zembla Guard had entered the Karsk valley on Friday", "a"),
            one("the Zembla Guard had not entered the Karsk valley on Friday", "b"),
        ]
    )
    assert kinds(found) == [DriftKind.REVERSED_CLAIM]


def test_a_denial_by_another_source_is_a_contradiction_and_no_telling() -> None:
    claim = "rebels of the Zembla Guard had captured the Karsk airfield"
    denial = one(claim, "b", source="The Utopia army", name="Utopia army", cue="denied", cue_class=CueClass.DENY,
                 kind=SourceType.ORGANISATION)  # fmt: skip
    found = find_stories([one(claim, "a"), denial])
    assert claims(found) == []
    (contradiction,) = [item for story in found.stories for item in story.contradictions]
    assert {contradiction.one.article, contradiction.other.article} == {"a", "b"}
    assert {place.article for place in contradiction.proof.places} == {"a", "b"}


def test_different_sources_that_count_otherwise_contradict_each_other() -> None:
    first = "40 people drowned when the Orla burst its banks near Tarnow Mill"
    second = "52 people drowned when the Orla burst its banks near Tarnow Mill"
    found = find_stories([one(first, "a"), one(second, "b", source="Dora Placeholder", name="Dora Placeholder")])
    assert kinds(found) == []
    (contradiction,) = [item for story in found.stories for item in story.contradictions]
    assert "52 people" in contradiction.proof.text


def test_what_an_article_sets_against_each_other_is_told() -> None:
    record = article(
        "a",
        "Carla Muster said the gate was shut. Dora Placeholder said it stood open.",
        said("the gate was shut", source="Carla Muster", name="Carla Muster"),
        said("it stood open", source="Dora Placeholder", name="Dora Placeholder"),
        disputes=[("a2", "a1")],
    )
    (contradiction,) = find_stories([record]).stories[0].contradictions
    assert (contradiction.one.attribution, contradiction.other.attribution) == ("a2", "a1")
