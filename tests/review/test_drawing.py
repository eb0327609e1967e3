"""Samples that nothing but chance decides on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.derive import sha256_of
from annotate.review.drawing import Draw, lot

hashes = st.sets(st.integers(0, 500).map(lambda number: sha256_of(str(number))), max_size=40)
MANY = [sha256_of(str(number)) for number in range(4000)]


@given(hashes, st.integers(0, 50), st.integers(0, 50))
def test_a_larger_sample_contains_the_smaller(candidates: set[str], one: int, other: int) -> None:
    small, large = sorted((one, other))
    assert Draw(small).of(candidates) <= Draw(large).of(candidates) <= candidates
    assert len(Draw(small).of(candidates)) == min(small, len(candidates))


@given(hashes, st.integers(0, 50), st.integers(0, 50))
def test_drawing_in_two_goes_is_drawing_once(candidates: set[str], first: int, more: int) -> None:
    drawn = Draw(first).of(candidates)
    later = Draw(first + more).of(candidates - drawn, already=len(drawn))
    assert drawn | later == Draw(first + more).of(candidates)


@given(hashes, hashes, st.floats(0, 1))
def test_a_share_gives_each_article_its_chance_whenever_it_arrives(
    early: set[str], late: set[str], share: float
) -> None:
    draw = Draw(share=share)
    drawn = draw.of(early)
    assert drawn | draw.of(late, already=len(drawn)) == draw.of(early | late)


def test_lots_are_uniform() -> None:
    lots = [lot(sha256) for sha256 in MANY]
    assert min(lots) >= 0
    assert max(lots) < 1
    counts = [sum(tenth / 10 <= one < (tenth + 1) / 10 for one in lots) for tenth in range(10)]
    # Chi-square with 9 degrees of freedom: 27.9 is passed by chance once in 1,000 salts, and this salt is fixed.
    assert sum((count - 400) ** 2 / 400 for count in counts) < 27.9
    assert len(Draw(share=0.05).of(MANY)) == pytest.approx(200, abs=45)


def test_another_salt_draws_another_sample() -> None:
    assert Draw(50).of(MANY) != Draw(50, salt="another").of(MANY)
    assert Draw(50).of(MANY) == Draw(50).of(reversed(MANY))
