"""Denials and the claims they answer, statements that one sentence sets against each other."""

from __future__ import annotations

import pytest

from annotate.pipeline import Pipeline
from annotate.pipeline.resources import entries
from annotate.record import Article, Record
from annotate.scheme import VerificationStatus
from tests.pipeline.conftest import Reader, words


def at_odds(record: Record) -> list[tuple[str, str]]:
    """Return the quotes of the pairs, as words: the disputing one, the disputed one."""
    quotes = {item.id: " ".join(words(record, item.quote)) for item in record.attributions}
    return [(quotes[one], quotes[other]) for one, other in record.disputes]


def test_a_denial_answers_the_accusation(read: Reader) -> None:
    record = read(
        "The rebels accused the Blue Guard of shelling the market. Residents said that the water was cut off.\n\n"
        "The Blue Guard denied shelling the market."
    )
    assert at_odds(record) == [("shelling the market", "the Blue Guard of shelling the market")]
    marked = {item.verification for item in record.attributions if item.id in record.disputes[0]}
    assert marked == {VerificationStatus.DISPUTED_BY_OTHER_PARTY}
    (apart,) = [item for item in record.attributions if item.id not in record.disputes[0]]
    assert apart.verification == VerificationStatus.NOT_STATED


def test_a_denial_answers_the_claim_about_the_same_matter(read: Reader) -> None:
    record = read(
        "Fishermen said that the dam had poisoned the river. Jane Doe said that the fair would open on Monday.\n\n"
        "The mill rejected claims that the dam had poisoned the river."
    )
    assert [other for _, other in at_odds(record)] == ["that the dam had poisoned the river"]


def test_the_denied_claim_may_stand_in_the_denial(read: Reader) -> None:
    record = read("Minister Jane Roe rejected the claim by John Poe that the bank printed money.")
    assert [other for _, other in at_odds(record)] == ["that the bank printed money"]


def test_but_sets_two_statements_against_each_other(read: Reader) -> None:
    record = read("The mayor said that the bridge was safe, but engineers said that it was close to collapse.")
    assert at_odds(record) == [("that it was close to collapse", "that the bridge was safe")]


@pytest.mark.parametrize(
    "text",
    [
        "The mayor said that the bridge was safe, and engineers said that it would last.",
        "The mayor said that the bridge was safe, but the mayor said that it was old.",
        "Jane Doe said that it rained. Jane Doe denied that it rained.",
        "The ministry declined to say whether the bridge was safe. Residents said that the bridge was shut.",
        "The mayor denied it.",
    ],
)
def test_no_dispute(read: Reader, text: str) -> None:
    assert read(text).disputes == ()


def test_what_is_said_of_checking_comes_before_a_contradiction(read: Reader) -> None:
    record = read(
        "The rebels accused the Blue Guard of shelling the market. The claim could not be independently verified.\n\n"
        "The Blue Guard denied shelling the market."
    )
    statuses = [item.verification for item in record.attributions]
    assert statuses == [VerificationStatus.UNVERIFIABLE_STATED, VerificationStatus.DISPUTED_BY_OTHER_PARTY]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "He denied it.",
        "THE GUARD DENIED IT. THE REBELS SAID THAT IT WAS TRUE. BUT NO, SAID THE GUARD.",
        "“The guard denied it, but “the rebels said “that it was so, but he denied it",
        "Der Minister wies die Vorwürfe zurück. Die Opposition sagte, er lüge.",
        "El ministro negó las acusaciones, pero la oposición dijo que eran ciertas.",
        "but " * 500,
        "The guard denied that the rebels denied that the guard denied that the rebels denied it, but denied it. " * 40,
    ],
)
def test_any_text_is_read(pipeline: Pipeline, text: str) -> None:
    (record,) = pipeline.records([Article.of(text)])
    known = {item.id for item in record.attributions}
    assert all(one != other and {one, other} <= known for one, other in record.disputes)


def test_the_points_are_numbers_for_the_features_in_use() -> None:
    assert {entry["feature"] for entry in entries("disputes")} == {
        "nested", "claim", "attitude", "names the denier", "names the claimant", "word in common", "next to it", "near",
        "far", "charge", "contrast",
    }  # fmt: skip
    assert all(isinstance(entry["points"], float) for entry in entries("disputes"))
