"""The collection as a whole: any Records, in any order, and what holds of every answer."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotate.errors import RecordError
from annotate.record import Record
from annotate.scheme import SourceType
from annotate.stories import Identities, find_stories, suggestions
from annotate.stories.model import Stories
from tests.records import records
from tests.stories.articles import article, groups, said

RIVERS = ("Silver Creek", "the Orla", "the Zemblanka", "Fox Brook", "the Upper Dagga")
PLACES = ("Norham", "Karsk", "Tarnow", "Sorau", "Belfort", "Dagard", "Zodament")

WEATHER = (
    "Hail had covered the orchards around the mill for three days.",
    "Fog hung over the refinery while tankers queued at the pier.",
    "Snow lay deep in the vineyards below the monastery.",
    "Dust from the quarry blew across the racecourse.",
    "A heatwave had emptied the reservoir behind the tannery.",
)


def event(number: int, *, told: int) -> list[Record]:
    """Return some articles on a made-up accident, each in other words."""
    place, name = PLACES[number % len(PLACES)] + "ville", f"Carla {PLACES[(number + 3) % len(PLACES)]}er"
    river = RIVERS[number % len(RIVERS)]
    ways = (
        f"a grain lorry brought down the bridge over {river} at {place}, injuring {number + 21} people",
        f"{number + 21} people were injured when a lorry full of grain brought the {place} bridge across {river} down",
        f"the {place} bridge over {river} was brought down by a grain lorry and {number + 21} people were injured",
    )
    rest = f"The {place} ferry will run at night, the {place} council decided. {WEATHER[number % len(WEATHER)]}"
    return [
        article(
            f"{place}-{index}",
            f"{name} said {ways[index % 3]}. {rest}",
            said(ways[index % 3], source=name, name=name, kind=SourceType.OFFICIAL),
            said(f"the {place} council decided", cue="will", source="ferry"),
        )
        for index in range(told)
    ]


def test_unlike_events_are_stories_of_their_own() -> None:
    found = find_stories([record for number in range(5) for record in event(number, told=3)])
    assert sorted(map(len, groups(found))) == [3] * 5
    assert all(len({item.article.split("-")[0] for item in claim.statements}) == 1 for claim in _claims(found))


def _claims(found: Stories) -> list:  # type: ignore[type-arg]
    return [claim for story in found.stories for claim in story.claims]


def test_the_order_makes_no_difference() -> None:
    collection = [record for number in range(6) for record in event(number, told=number % 3 + 1)]
    collection += [record.model_copy(update={"id": f"{record.id}-{copy}"}) for record in collection for copy in "xyz"]
    found = find_stories(collection)
    for seed in range(3):
        random.Random(seed).shuffle(collection)
        assert find_stories(collection) == found


def test_ids_count_up_and_every_article_is_in_one_story() -> None:
    collection = [record for number in range(4) for record in event(number, told=number + 1)]
    found = find_stories(collection)
    assert [story.id for story in found.stories] == [f"s{number}" for number in range(1, len(found.stories) + 1)]
    ids = [claim.id for claim in _claims(found)]
    assert ids == [f"c{number}" for number in range(1, len(ids) + 1)]
    assert sorted(name for story in found.stories for name in story.articles) == sorted(r.id for r in collection)
    sizes = [len(story.articles) for story in found.stories]
    assert sizes == sorted(sizes, reverse=True)
    assert found.articles == len(collection)


def test_the_version_changes_with_what_went_in() -> None:
    collection = event(1, told=2)
    version = find_stories(collection).version
    assert find_stories(collection).version == version
    assert find_stories(collection[:1]).version != version
    assert find_stories(collection, days=3).version != version
    assert find_stories(collection, identities=Identities(apart=[("A B", "C D")])).version != version


def test_of_records_with_one_id_the_first_counts() -> None:
    first, second = event(1, told=2)
    assert find_stories([first, second.model_copy(update={"id": first.id})]) == find_stories([first])


def test_dates_keep_stories_apart() -> None:
    one, other = event(1, told=2)
    dated = [
        record.model_copy(update={"meta": record.meta.model_copy(update={"published": day})})
        for record, day in ((one, "2024-01-03T10:00:00Z"), (other, "2024-03-30"))
    ]
    assert groups(find_stories(dated)) == []
    assert groups(find_stories(dated, days=100)) == [{one.id, other.id}]


def test_many_copies_of_one_text_are_one_story() -> None:
    (record,) = event(1, told=1)
    copies = [record.model_copy(update={"id": f"copy-{number}"}) for number in range(60)]
    found = find_stories(copies)
    assert groups(found) == [{copy.id for copy in copies}]
    assert max(len(claim.statements) for claim in _claims(found)) == 60
    assert all(claim.independent_origins <= 1 for claim in _claims(found))


def test_a_standoff_record_is_refused() -> None:
    (record,) = event(1, told=1)
    with pytest.raises(RecordError, match="a standoff Record has no text"):
        find_stories([record.model_copy(update={"text": None})])


@pytest.mark.parametrize(
    "text",
    ["", " ", "Yes.", "ALL IN CAPITALS AND NOTHING ELSE", "“never closed", "Это не по-английски.", "a" * 5000,
     "No stop ever " * 20000],
    ids=["empty", "space", "word", "capitals", "open", "russian", "long word", "long"],
)  # fmt: skip
def test_any_text_may_come(text: str) -> None:
    found = find_stories([article("a", text), article("b", text)])
    assert found.articles == 2


def test_nothing_in_nothing_out() -> None:
    assert find_stories([]).stories == ()


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(records(), max_size=4))
def test_any_records_give_findings_that_hold(drawn: list[Record]) -> None:
    collection = [record.model_copy(update={"id": f"r{number}"}) for number, record in enumerate(drawn)]
    found = find_stories(collection)
    texts = {record.id: record.text for record in collection}
    ids = {(record.id, item.id) for record in collection for item in record.attributions}
    for claim in _claims(found):
        assert sorted(index for origin in claim.origins for index in origin.statements) == list(
            range(len(claim.statements))
        )
        for item in claim.statements:
            assert item.attribution is None or (item.article, item.attribution) in ids
            text = texts[item.article]
            assert text is not None
            assert all(part in text[slice(*item.span)] for part in item.text.split(" … "))
    assert find_stories(reversed(collection)) == found
    assert len(list(suggestions(found, collection))) == len(collection)
    assert Stories.model_validate_json(found.model_dump_json()) == found
