"""Chains of outlets that cite each other."""

from __future__ import annotations

from annotate.record import Record
from annotate.scheme import OutletRole
from annotate.stories import find_stories
from annotate.stories.model import Circle
from tests.stories.articles import article, said

STORY = "A grain lorry brought down the bridge over Silver Creek at Norham at dawn. The Norham ferry will run at night."


def cites(id: str, *outlets: str, publisher: str | None = None, story: str = STORY) -> Record:
    text = story + "".join(f" The lorry was overloaded, {outlet} reported." for outlet in outlets)
    meta = {"publisher": publisher} if publisher else {}
    return article(id, text, outlets=[(name, OutletRole.SOURCE) for name in outlets], **meta)


def circles(*records: Record) -> list[Circle]:
    return [circle for story in find_stories(records).stories for circle in story.circles]


def steps(circle: Circle) -> list[tuple[str, str, str | None]]:
    return [(step.article, step.cites, step.found) for step in circle.steps]


def test_an_article_that_cites_an_outlet_which_cites_a_further_one() -> None:
    (circle,) = circles(cites("a", "Example Times"), cites("b", "Sample Wire", publisher="Example Times"))
    assert steps(circle) == [("a", "Example Times", "b"), ("b", "Sample Wire", None)]
    assert not circle.closed
    assert circle.text == "An article cites Example Times, whose own article cites Sample Wire."
    assert circle.steps[1].place.text == "Sample Wire"


def test_outlets_that_cite_each_other() -> None:
    (circle,) = circles(
        cites("a", "Sample Wire", publisher="Example Times"), cites("b", "Example Times", publisher="Sample Wire")
    )
    assert circle.closed
    assert steps(circle) == [("a", "Sample Wire", "b"), ("b", "Example Times", "a")]


def test_a_chain_of_three() -> None:
    (circle,) = [
        found
        for found in circles(
            cites("a", "Example Times"),
            cites("b", "Radio Specimen", publisher="Example Times"),
            cites("c", "Sample Wire", publisher="Radio Specimen"),
        )
        if found.steps[0].article == "a"
    ]
    assert [step.article for step in circle.steps] == ["a", "b", "c"]


def test_an_outlet_that_saw_for_itself_closes_the_chain() -> None:
    assert circles(cites("a", "Example Times"), cites("b", publisher="Example Times")) == []


def test_another_story_of_the_same_outlet_is_none_of_it() -> None:
    other = "Karsk United beat Sorau Rovers after a late penalty in the derby. Both teams had a player sent off."
    assert circles(cites("a", "Example Times"), cites("b", "Sample Wire", publisher="Example Times", story=other)) == []


def test_the_publisher_is_known_by_the_address_too() -> None:
    text = f"{STORY} The lorry was overloaded, Sample Wire reported. Example Times"
    own = article(
        "b",
        text,
        outlets=[("Sample Wire", OutletRole.SOURCE), ("Example Times", OutletRole.MENTION)],
        url="https://www.example-times.test/bridge",
    )
    outlets = tuple(
        item.model_copy(update={"domain": "example-times.test"}) if item.name == "Example Times" else item
        for item in own.outlets
    )
    (circle,) = circles(cites("a", "Example Times"), own.model_copy(update={"outlets": outlets}))
    assert circle.steps[0].found == "b"


def test_citing_oneself_is_no_circle() -> None:
    record = cites("a", "Example Times", publisher="Example Times")
    assert circles(record, cites("b", "Example Times", publisher="Example Times")) == []
    assert said("x")["cue"] == "said"
