"""Orders of annotation: what comes first, why, and what never happens."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.derive import sha256_of
from annotate.record import OutletMention, Record, SpanScores, Verification, Via, canonical, make_attribution
from annotate.review.queue import Order, Queued, queue, ranks
from annotate.review.usefulness import findings_of
from annotate.scheme import Anonymity, CueClass, VerificationKind
from tests.records import TEXT, span

orders = st.sampled_from(Order)


def made_up(
    name: str,
    *,
    scores: Sequence[float] = (0.9,),
    words: int = 0,
    anonymity: Anonymity = Anonymity.NAMED_INDIVIDUAL,
    cue_class: CueClass = CueClass.NEUTRAL,
    chain: bool = False,
    verification: VerificationKind | None = None,
    disputed: bool = False,
) -> Record:
    """Return a Record of a made-up article with one attribution a score; `words` are added to its text."""
    text = TEXT + f" {name}." + " filler" * words
    outlets = (
        OutletMention(id="o1", span=span(text, "Example Times")),
        OutletMention(id="o2", span=span(text, "Radio Sample")),
    )
    via = tuple(Via(name="x", span=one.span, step=step) for step, one in enumerate(outlets, start=1)) if chain else ()
    attributions = tuple(
        make_attribution(
            text,
            id=f"a{number}",
            quote=[(number, number + 2)],
            cue=[span(text, "told")],
            source=[span(text, "Colonel Ada Example")],
            cue_class=cue_class,
            anonymity=anonymity,
            via=via,
            score=score,
        )
        for number, score in enumerate(scores)
    )
    checks = [Verification(id="v1", span=span(text, "It was not possible"), kind=verification)] if verification else []
    return canonical(
        Record(
            id=name,
            text=text,
            sha256=sha256_of(text),
            attributions=attributions,
            outlets=outlets,
            verifications=tuple(checks),
            disputes=(("a0", "a1"),) if disputed else (),
        )
    )


def ids(queued: Sequence[Queued]) -> list[str]:
    return [item.article_id for item in queued]


# -- uncertainty -----------------------------------------------------------------------------------------------------


def test_doubtful_articles_come_first() -> None:
    records = [made_up("sure", scores=[0.99]), made_up("unsure", scores=[0.3]), made_up("middling", scores=[0.7])]
    found = queue(records, order=Order.UNCERTAINTY)
    assert ids(found) == ["unsure", "middling", "sure"]
    # Three spans, each to be corrected with a chance of 0.7, in an article that counts as 100 words.
    assert found[0].score == pytest.approx(2.1)
    assert found[0].reason == "about 2.1 corrections per 100 words"


def test_a_long_article_does_not_win_by_its_length() -> None:
    long = made_up("long", scores=[0.8] * 10, words=2000)
    short = made_up("short", scores=[0.8] * 2)
    assert ids(queue([long, short], order=Order.UNCERTAINTY)) == ["short", "long"]


def test_the_scores_of_the_spans_count_before_that_of_the_attribution() -> None:
    record = made_up("both", scores=[0.5])
    (attribution,) = record.attributions
    scored = attribution.model_copy(update={"span_scores": SpanScores(quote=(0.9,), cue=(0.8,), source=())})
    findings = findings_of(record.model_copy(update={"attributions": (scored,)}))
    assert (findings.spans, findings.doubt) == (3, pytest.approx(0.1 + 0.2 + 0.5))


def test_an_article_without_scores_says_so() -> None:
    (found,) = queue([made_up("empty", scores=[])], order=Order.UNCERTAINTY)
    assert (found.score, found.reason) == (0, "nothing in it has a score")


# -- rarity ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rare", "reason"),
    [
        ({"anonymity": Anonymity.UNNAMED_INDIVIDUAL}, "2 unnamed sources"),
        ({"anonymity": Anonymity.UNNAMED_GROUP}, "2 unnamed sources"),
        ({"chain": True}, "2 chains of outlets"),
        ({"cue_class": CueClass.DENY}, "2 cues of the class deny"),
        (
            {"verification": VerificationKind.UNVERIFIABLE},
            "1 statement that something could not be verified",
        ),
        ({"disputed": True}, "1 dispute"),
    ],
)
def test_what_is_rare_comes_first_and_is_named(rare: dict[str, object], reason: str) -> None:
    records = [made_up(f"usual-{number}", scores=[0.9, 0.9]) for number in range(9)]
    records.insert(5, made_up("rare", scores=[0.9, 0.9], **rare))  # type: ignore[arg-type]
    first, second, *_ = queue(records, order=Order.RARE)
    assert (first.article_id, first.reason) == ("rare", reason)
    assert first.score > second.score
    assert second.reason in {"nothing rare in it", "2 cues of the class neutral"}


def test_repeating_one_thing_does_not_win_over_two_things() -> None:
    usual = [made_up(f"usual-{number}") for number in range(6)]
    often = made_up("often", scores=[0.9] * 30, anonymity=Anonymity.UNNAMED_GROUP)
    both = made_up("both", scores=[0.9] * 3, anonymity=Anonymity.UNNAMED_GROUP, cue_class=CueClass.HEDGE)
    assert ids(queue([*usual, often, both], order=Order.RARE))[:2] == ["both", "often"]


def test_what_everybody_has_is_worth_nothing() -> None:
    records = [made_up(f"article-{number}", anonymity=Anonymity.UNNAMED_GROUP) for number in range(3)]
    assert {item.score for item in queue(records, order=Order.RARE)} == {0}


# -- stories and annotated articles ----------------------------------------------------------------------------------


def test_copies_of_an_annotated_article_come_last_in_every_order() -> None:
    records = [made_up(name, scores=[score]) for name, score in (("done", 0.9), ("copy", 0.1), ("new", 0.99))]
    for order in Order:
        found = queue(records, order=order, stories=[["done", "copy"], ["new"]], annotated={"done"})
        assert ids(found) == ["new", "copy", "done"]
        assert found[1].reason.startswith("its story has 1 annotated; ")
        assert found[2].annotated
        assert found[2].reason.startswith("annotated already; ")


def test_the_first_of_each_story_comes_before_the_second_of_any() -> None:
    records = [made_up(name, scores=[score]) for name, score in (("a1", 0.3), ("a2", 0.1), ("a3", 0.2), ("b1", 0.9))]
    found = queue(records, order=Order.UNCERTAINTY, stories=[["a1", "a2", "a3"], ["b1"]])
    assert ids(found) == ["a2", "b1", "a3", "a1"]
    assert [item.before for item in found] == [0, 0, 1, 2]
    assert found[-1].reason.startswith("its story has 2 earlier in the queue; ")


def test_useful_weighs_doubt_and_rarity_alike() -> None:
    usual = [made_up(f"usual-{number}", scores=[0.9 + number / 100]) for number in range(4)]
    doubtful = made_up("doubtful", scores=[0.1])
    rare = made_up("rare", scores=[0.99], cue_class=CueClass.HEDGE)
    both = made_up("both", scores=[0.2], cue_class=CueClass.HEDGE)
    found = queue([*usual, doubtful, rare, both], order=Order.USEFUL)
    assert ids(found)[:2] == ["both", "doubtful"]
    assert found[0].reason == "about 2.4 corrections per 100 words; 1 cue of the class hedge"


# -- what always holds -----------------------------------------------------------------------------------------------

collections = st.lists(
    st.builds(
        lambda scores, chain, cue_class: (scores, chain, cue_class),
        st.lists(st.sampled_from([0.0, 0.3, 0.9, 1.0]), max_size=3),
        st.booleans(),
        st.sampled_from([CueClass.NEUTRAL, CueClass.DENY]),
    ),
    max_size=8,
)


@given(collections, orders, st.data())
def test_every_article_stands_once_and_the_order_is_the_same_each_time(
    content: list[tuple[list[float], bool, CueClass]], order: Order, data: st.DataObject
) -> None:
    records = [
        made_up(f"article-{number}", scores=scores, chain=chain, cue_class=cue_class)
        for number, (scores, chain, cue_class) in enumerate(content)
    ]
    names = [record.id for record in records]
    story_of = data.draw(st.lists(st.integers(0, 2), min_size=len(names), max_size=len(names)))
    stories = [[name for name, one in zip(names, story_of, strict=True) if one == number] for number in range(3)]
    annotated = set(data.draw(st.lists(st.sampled_from(names), max_size=3)) if names else [])
    found = queue(records, order=order, stories=stories, annotated=annotated)
    assert found == queue(records, order=order, stories=stories, annotated=annotated)
    assert sorted(ids(found)) == sorted(names)
    assert {item.article_id for item in found if item.annotated} == annotated
    waiting = [item for item in found if not item.annotated]
    assert found[: len(waiting)] == waiting
    # Along the queue nobody's turn comes before that of a story of which less has been seen; within a turn the score
    # decides, and between equals the order of arrival.
    assert [item.before for item in waiting] == sorted(item.before for item in waiting)
    for one, other in pairwise(waiting):
        if one.before == other.before:
            assert (-one.score, names.index(one.article_id)) < (-other.score, names.index(other.article_id))


def test_the_random_order_depends_on_the_seed_alone() -> None:
    records = [made_up(f"article-{number}") for number in range(30)]
    first = ids(queue(records, order=Order.RANDOM, seed="1"))
    assert first == ids(queue(reversed(records), order=Order.RANDOM, seed="1"))
    assert first != ids(queue(records, order=Order.RANDOM, seed="2"))
    assert first != ids(queue(records, order=Order.ARRIVAL))


def test_arrival_is_arrival() -> None:
    records = [made_up(name) for name in ("c", "a", "b")]
    assert ids(queue(records, order=Order.ARRIVAL)) == ["c", "a", "b"]


def test_ranks_are_shares_with_equals_in_the_middle() -> None:
    assert ranks([5, 1, 5, 9]) == [0.5, 0.125, 0.5, 0.875]
    assert ranks([]) == []
