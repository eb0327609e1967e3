"""Stories: what joins two articles, what does not, and what is said of it."""

from __future__ import annotations

import json
import os
import random
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from more_itertools import chunked

from annotate.corpora import first_annotators, read_corpus
from annotate.dataset import wordings
from annotate.dataset.grouping import Join, Reason, Stories, crossings, group
from annotate.dataset.rights import standoff
from annotate.derive import sha256_of
from annotate.record import Article, Meta, Notice, Record, make_attribution
from annotate.scheme import NoticeKind
from benchmarks.made_up_news import WORDS, News
from tests.records import span

SPEECH = "We will rebuild the old bridge before the snow comes, and nobody in this valley will pay a toll for it"
PADDING = (
    "The market opened late in {0}. A goat from {0} ran along the quay, and the {0} fire brigade fetched it back.\n\n"
    "Nobody in {0} remembers such a winter. The school of {0} stays closed until further notice.\n\n"
)


def filler(name: str) -> str:
    """Return paragraphs that have no word in common with those of another name."""
    chance = random.Random(name)
    words = ("".join(chance.choices(WORDS["syllables"], k=4)) for _ in range(40))
    return "".join(f"The {' '.join(chunk).capitalize()}.\n\n" for chunk in chunked(words, 8))


def article(name: str, *quotes: str, text: str | None = None, meta: Meta | None = None) -> Record:
    """Return an article about something else for each name, with these quotes marked in it."""
    told = "\n".join(f"{quote} {name}." for quote in quotes)
    body = filler(name) + told if text is None else text
    made = Article.of(body, id=name, meta=meta)
    return Record(
        id=made.id,
        text=made.text,
        sha256=made.sha256,
        meta=made.meta,
        attributions=tuple(
            make_attribution(body, id=f"q{number}", quote=[span(body, part) for part in quote.split(" … ")])
            for number, quote in enumerate(quotes)
        ),
    )


def only(stories: Stories) -> Join:
    (join,) = stories.joins
    return join


def test_a_quote_that_two_articles_carry_joins_them_and_is_shown() -> None:
    one, other = article("north", f"“{SPEECH},”"), article("south", f"“{SPEECH}.”")
    stories = group([one, other])
    join = only(stories)
    assert join.reason is Reason.QUOTE
    assert join.words == len(SPEECH.split())
    assert join.places is not None
    found = {record.id: record for record in (one, other)}
    for name, (start, end) in zip((join.one, join.other), join.places, strict=True):
        assert found[name].text is not None
        assert found[name].text[start:end] == SPEECH
    assert set(stories.story_of.values()) == {min(one.sha256, other.sha256)[:16]}
    assert re.fullmatch(r"\w+ and \w+ share a quote of 21 words \(at \d+–\d+ and \d+–\d+\)", str(join))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"“{SPEECH},”", "“nobody in this valley will pay a toll for it.”"),
        (f"“{SPEECH},”", "“We will rebuild the old bridge before the snow comes,”"),
        (f'"{SPEECH},"', "“We will rebuild the old bridge before the snow comes”"),
        (f"“{SPEECH},”", f"that {SPEECH[0].lower()}{SPEECH[1:]}"),
        (f"“{SPEECH},”", "“NOBODY in this valley’s will pay a toll for it.”"),
    ],
    ids=["the end", "the beginning", "other marks", "without marks", "other spelling"],
)
def test_a_cut_quote_is_recognised(one: str, other: str) -> None:
    assert only(group([article("north", one), article("south", other)], claims=False)).reason is Reason.QUOTE


def test_a_split_quote_is_the_same_as_the_whole_one() -> None:
    parts = "“We will rebuild the old” … “bridge before the snow comes.”"
    text = PADDING.format("South") + "“We will rebuild the old” was what he said, “bridge before the snow comes.”"
    split = article("south", parts, text=text)
    whole = article("north", "“We will rebuild the old bridge before the snow comes,”")
    assert only(group([whole, split], claims=False)).reason is Reason.QUOTE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("“We want to be the next president of the United States of Examples,”",
         "“Nobody who runs to be the next president of the United States should lie,”"),
        ("that the former Secretary of State of the Republic of Examples was ill",
         "that the former Secretary of State of the Republic of Samples was well"),
        ("“We will rebuild the bridge,”", "“We will rebuild the bridge,”"),
    ],
    ids=["a figure of speech", "a title", "too short"],
)  # fmt: skip
def test_what_many_say_does_not_join(one: str, other: str) -> None:
    assert group([article("north", one), article("south", other)], claims=False).joins == ()


@pytest.mark.parametrize("entry", [json.loads(line) for line in wordings._DATA.read_text("utf-8").splitlines()])
def test_stock_phrases_join_nothing(entry: dict[str, object]) -> None:
    phrases = entry["matches"]
    assert isinstance(phrases, list)
    for phrase in phrases:
        assert re.search(str(entry["pattern"]), phrase, re.IGNORECASE)
        # Even where somebody marked them as what was said.
        pair = [article("north", f"“{phrase}”"), article("south", f"“{phrase}”")]
        assert group(pair, claims=False).joins == ()


def test_notices_join_nothing() -> None:
    line = "© 2031 Example Wire. All rights reserved. This material may not be published, broadcast or rewritten."
    house = "The Example Wire is the oldest agency of the three valleys, and is owned by those who read it every day."
    records = []
    for name in ("north", "south"):
        text = f"{PADDING.format(name.title())}{house}\n{line}"
        made = article(name, house, text=text)
        notice = Notice(id="n1", span=span(text, house), kind=NoticeKind.DISCLAIMER)
        records.append(made.model_copy(update={"notices": (notice,)}))
    assert group(records, claims=False).joins == ()
    unmarked = [record.model_copy(update={"notices": ()}) for record in records]
    assert only(group(unmarked, claims=False)).words == len(house.split())


def test_what_one_outlet_prints_under_everything_joins_nothing() -> None:
    house = "“The Example Post was founded by three bakers who could not read, and it has never forgotten their bread.”"
    names = [f"{first}{second}" for first in "bdfgk" for second in ("alton", "erby")]
    spread = [Meta(publisher="Example Post", published=f"2031-{month:02}-01") for month in range(1, 11)]
    records = [article(name, house, meta=meta) for name, meta in zip(names, spread, strict=True)]
    stories = group(records, claims=False)
    assert stories.joins == ()
    assert stories.common > 0
    # The same words in as many papers are news.
    papers = [article(name, house, meta=Meta(publisher=name, published="2031-01-01")) for name in names]
    assert len(group(papers, claims=False)) == 1


def test_a_reprint_is_a_near_duplicate_without_any_quote() -> None:
    text = " ".join(PADDING.format(place) for place in ("Northam", "Southam", "Eastham"))
    one, other = article("one", text=text), article("other", text=text.replace("Nobody", "Hardly anybody"))
    join = only(group([one, other], claims=False))
    assert join.reason is Reason.NEAR_DUPLICATE
    assert join.similarity is not None
    assert 0.7 < join.similarity < 1
    assert f"({join.similarity:.0%} of their word sequences are the same)" in str(join)


def test_one_text_under_two_ids_and_one_id_for_two_texts() -> None:
    text = PADDING.format("Northam")
    same = group([article("one", text=text), article("other", text=text)], claims=False)
    assert (only(same).reason, str(only(same)).endswith(" are one text")) == (Reason.SAME_TEXT, True)
    twice = group([article("one", text=text), article("one", text=PADDING.format("Eastham"))], claims=False)
    assert str(only(twice)) == "one stands there twice, with two texts"
    assert twice.story_of == {"one": min(sha256_of(text), sha256_of(PADDING.format("Eastham")))[:16]}


def test_what_has_no_text_is_said_to_be_uncompared() -> None:
    quote = f"“{SPEECH},”"
    stories = group([article("north", quote), standoff(article("south", quote)), article("signs", text="— 🌉 —")])
    assert stories.uncompared == ("signs", "south")
    assert stories.joins == ()
    again = group([article("north", quote), standoff(article("twin", text=article("north", quote).text))])
    assert only(again).reason is Reason.SAME_TEXT


def test_claims_need_records_that_can_be_read_twice() -> None:
    records = [article("north", f"“{SPEECH},”"), article("south", f"“{SPEECH}.”")]
    assert group(iter(records)).claims is False
    assert group(records).claims is True
    with pytest.raises(TypeError, match="read only once"):
        group(iter(records), claims=True)


def test_the_order_of_the_articles_makes_no_difference() -> None:
    records = list(News(120).records())
    first = group(records)
    assert 1 < len(first) < len(records)
    for seed in range(3):
        random.Random(seed).shuffle(records)
        again = group(records)
        assert (again.story_of, set(again.joins)) == (first.story_of, set(first.joins))


@given(data=st.data())
def test_joins_hold_the_stories_together_and_crossings_find_every_parted_one(data: st.DataObject) -> None:
    speeches = [f"“{SPEECH.replace('bridge', thing)},”" for thing in ("tower", "mill")]
    told = data.draw(st.lists(st.sets(st.sampled_from(speeches)), min_size=2, max_size=7))
    records = [article(f"place{number}", *sorted(quotes)) for number, quotes in enumerate(told)]
    stories = group(records, claims=False)
    split_of = {record.id: data.draw(st.sampled_from(["train", "test", None])) for record in records}
    found = list(crossings(stories, split_of))
    reached = {record.id: {record.id} for record in records}
    for join in stories.joins:
        together = reached[join.one] | reached[join.other]
        for name in together:
            reached[name] = together
    assert {tuple(sorted(names)) for names in stories.members().values()} == {
        tuple(sorted(names)) for names in reached.values()
    }
    for crossing in found:
        assert crossing.splits == (split_of[crossing.join.one], split_of[crossing.join.other])
        assert str(crossing).endswith(f", and stand in {crossing.splits[0]} and {crossing.splits[1]}")
    for names in stories.members().values():
        splits = {split_of[name] for name in names}
        if None not in splits:
            assert (len(splits) > 1) == any(crossing.join.one in names for crossing in found)


def test_the_seeds_are_one_story(annotated_seeds: list[Record]) -> None:
    alone = group(annotated_seeds, claims=False)
    assert {tuple(names) for names in alone.members().values()} == {("000",), ("001", "003", "004"), ("002",)}
    assert {join.reason for join in alone.joins} == {Reason.QUOTE}
    told = group(annotated_seeds)
    assert len(told) == 1
    assert [(join.one, join.other, join.reason) for join in told.joins[2:]] == [
        ("000", "001", Reason.CLAIM),
        ("001", "002", Reason.EVENTS),
    ]


@pytest.mark.skipif("ANNOTATE_CORPORA" not in os.environ, reason="ANNOTATE_CORPORA names no folder of corpora")
def test_polnear_holds_reprints_and_no_giant_story() -> None:
    records: dict[str, Record] = {}
    for part in ("train", "dev"):
        path = Path(os.environ["ANNOTATE_CORPORA"]) / f"polnear-{part}.jsonl"
        published = {row["id"]: row["date"] for row in map(json.loads, path.read_text("utf-8").splitlines())}
        for item in first_annotators(read_corpus(path)):
            quotes = [
                make_attribution(item.text, id=f"a{number}", quote=each.quote)
                for number, each in enumerate(item.attributions)
            ]
            meta = Meta(publisher=item.outlet, published=published[item.id])
            made = Record(
                id=item.id, text=item.text, sha256=sha256_of(item.text), meta=meta, attributions=tuple(quotes)
            )
            records.setdefault(item.id, made)
    stories = group(records.values(), claims=False)
    sizes = sorted((len(names) for names in stories.members().values()), reverse=True)
    reasons = [join.reason for join in stories.joins]
    assert (reasons.count(Reason.SAME_TEXT), reasons.count(Reason.NEAR_DUPLICATE)) == (1, 6)
    assert reasons.count(Reason.QUOTE) == 51
    assert sizes[:2] == [7, 5]
