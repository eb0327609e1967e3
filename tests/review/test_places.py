"""Places that rise along an order, of which as many as possible stay."""

from __future__ import annotations

from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from annotate.review.places import GAP, WIDTH, places, written

names = st.lists(st.integers(0, 99).map(str), unique=True, max_size=30)


def is_rising(numbers: list[int]) -> bool:
    return all(one < other for one, other in pairwise(numbers))


@given(names, st.randoms(use_true_random=False), st.integers(0, 30))
def test_places_rise_whatever_was_there(order: list[str], random: object, known: int) -> None:
    before = list(order)
    random.shuffle(before)  # type: ignore[attr-defined]
    placed = places(order, places(before[:known], {}))
    assert set(placed) == set(order)
    assert is_rising([placed[name] for name in order])
    texts = [written(placed[name]) for name in order]
    assert texts == sorted(texts)
    assert {len(text) for text in texts} <= {WIDTH}


@given(st.permutations(list("abcdef")))
def test_as_many_stay_as_can(order: list[str]) -> None:
    present = {name: number * GAP for number, name in enumerate("abcdef", start=1)}
    placed = places(order, present)
    stayed = sum(placed[name] == present[name] for name in order)
    best = max(
        len(kept)
        for size in range(len(order) + 1)
        for kept in combinations(order, size)
        if is_rising([present[name] for name in kept])
    )
    assert stayed == best


def test_an_order_that_stays_changes_nothing_and_a_newcomer_moves_nobody() -> None:
    before = places(list("abcd"), {})
    assert places(list("abcd"), before) == before
    after = places(list("xabycdz"), before)
    assert {name: after[name] for name in "abcd"} == before
    assert is_rising([after[name] for name in "xabycdz"])


def test_without_room_all_are_numbered_anew() -> None:
    assert places(list("abc"), {"a": 5, "c": 6}) == {"a": GAP, "b": 2 * GAP, "c": 3 * GAP}
    assert places(list("ab"), {"a": 10**WIDTH - 1}) == {"a": GAP, "b": 2 * GAP}


def test_a_long_order_has_room() -> None:
    many = [str(number) for number in range(5000)]
    first = places(many, {})
    turned = places(many[::-1], first)
    assert is_rising([turned[name] for name in reversed(many)])
