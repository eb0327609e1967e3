"""Verification statements: what counts as one, which kind it is, where it stands and which claims it speaks of."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.pipeline import Pipeline
from annotate.pipeline.resources import entries, words
from annotate.pipeline.verification_patterns import SUBJECTS, compiled, patterns
from annotate.record import Article, Record

CLAIM = "The army said that it had taken the town of Exampleford."

UNVERIFIABLE = [
    "The claim could not be independently verified.",
    "The report could not immediately be verified by this newspaper.",
    "Reuters could not immediately verify the claim.",
    "Reuters was unable to confirm the authenticity of the video.",
    "The Associated Press could not verify the circumstances under which the recording was made.",
    "The Guardian has not been able to independently verify this.",
    "The Times could not corroborate the account.",
    "Example TV could not independently confirm their accounts.",
    "AFP has no means of verifying the information.",
    "There was no immediate way to verify the claim.",
    "There was no independent confirmation of the report.",
    "Independent verification of the claim was not possible.",
    "It was not possible to verify either side's account.",
    "The claim is difficult to verify because journalists are barred from the area.",
    "The reports remain unverified.",
    "The report was not immediately verifiable.",
    "The reports have yet to be independently confirmed.",
    "Neither figure could be independently verified.",
    "None of the figures could be verified.",
    "We have not been able to verify the letter.",
    "The authenticity of the video could not be established.",
    "It was not immediately clear whether the claim was true.",
    "The allegations have not been proven in court.",
    "The report has not been confirmed by other sources.",
    "The news agency said it could not verify the claim.",
]
NO_EVIDENCE = [
    "The army provided no evidence for the claim.",
    "The army did not offer any proof.",
    "Neither side has provided evidence for its claims.",
    "It has so far failed to present evidence.",
    "There is no evidence to support the claim.",
    "No evidence has been presented.",
    "No evidence supports the claim.",
    "The claim is not supported by any evidence.",
]
CONFIRMED = [
    "The BBC has verified the footage.",
    "Example News was founded in 1990. The Washington Post geolocated the video to a street near the port.",
    "The claim has been independently verified.",
    "Their account was corroborated by video reviewed by The Associated Press.",
    "CNN has confirmed the authenticity of the recording.",
    "Her account was corroborated by two witnesses.",
]
OTHER = [
    "Police could not immediately confirm how many people were in the building.",
    "The spokesman did not confirm this raid.",
    "The company did not confirm or deny the report.",
    "The visit has not been confirmed by the palace.",
    "The winner has not been confirmed.",
    "The space agency could not confirm that the probe had landed.",
    "The general said that the claim could not be verified.",
    "The United Nations said it had not been able to verify the toll.",
    "“It has not been independently verified,” the minister said of the report.",
    "The foreign ministry said there was no evidence of an attack.",
    "If the report is not confirmed, the minister will stay.",
    "Can the claim be verified? Nobody has said that it could not be verified?",
    "Unconfirmed reports said that the airport had been closed.",
    "According to unconfirmed reports, the leader fled.",
    "Two sources confirmed the deal to Reuters.",
    "The ticket can be verified by scanning the code.",
    "The bank could not verify his signature.",
    "The company did not immediately respond to a request for comment.",
    "Officials did not provide details.",
    "The minister did not give any evidence to the committee.",
    "Drivers who do not provide proof of insurance are fined.",
    "There is no proof of purchase in the box.",
    "It is impossible to check in online.",
    "The sentence was confirmed by the appeals court.",
    "The truth is not always pleasant.",
    "The lawyer said the evidence was weak and that no proof had been offered.",
]


def statements(record: Record) -> list[tuple[str, str]]:
    assert record.text is not None
    return [(record.text[slice(*each.span)], str(each.kind)) for each in record.verifications]


def records_of(pipeline: Pipeline, texts: list[str]) -> list[Record]:
    return list(pipeline.records(Article.of(text, id=str(index)) for index, text in enumerate(texts)))


@pytest.mark.parametrize(
    ("kind", "sentences"),
    [("unverifiable", UNVERIFIABLE), ("no_evidence", NO_EVIDENCE), ("confirmed", CONFIRMED)],
)
def test_what_an_outlet_or_nobody_could_or_could_not_check_is_a_statement(
    model: Pipeline, kind: str, sentences: list[str]
) -> None:
    found = records_of(model, [f"{CLAIM} {sentence}" for sentence in sentences])
    missed = {
        sentence: statements(record)
        for sentence, record in zip(sentences, found, strict=True)
        if [kind_found for _, kind_found in statements(record)] != [kind]
    }
    assert missed == {}


def test_what_others_confirm_or_cannot_is_none(model: Pipeline) -> None:
    found = records_of(model, OTHER)
    assert {text: statements(record) for text, record in zip(OTHER, found, strict=True) if record.verifications} == {}


@pytest.mark.parametrize(
    ("text", "span"),
    [
        (
            "The mayor claimed, without providing any evidence, that the firm paid bribes.",
            "without providing any evidence",
        ),
        ("The mayor claimed — without evidence — that the firm paid bribes.", "without evidence"),
        ("The mayor claimed that the firm had paid bribes but provided no evidence.", "provided no evidence"),
        (
            "The opposition said that 40 people died, which Reuters could not independently confirm.",
            "which Reuters could not independently confirm",
        ),
        (
            "The army said that the shells came from abroad, a claim that could not be independently verified.",
            "a claim that could not be independently verified",
        ),
        (
            "The army said that the shells came from abroad (the claim could not be independently verified).",
            "the claim could not be independently verified",
        ),
        (
            "The army said that it took the town. The agency Reuters noted that it was not possible to verify that.",
            "it was not possible to verify that",
        ),
        ("The army said that it took the town. That could not be verified.", "That could not be verified."),
    ],
)
def test_the_statement_is_the_sentence_or_the_clause_and_speaks_of_the_claim(
    model: Pipeline, text: str, span: str
) -> None:
    (record,) = records_of(model, [text])
    (statement,) = record.verifications
    assert text[slice(*statement.span)] == span
    claim = next(each for each in record.attributions if each.source_type != "outlet")
    assert statement.about == (claim.id,)
    assert str(claim.verification) == STATUS[str(statement.kind)]


STATUS = {"unverifiable": "unverifiable_stated", "no_evidence": "no_evidence_stated", "confirmed": "confirmed_stated"}


def test_a_statement_of_both_sides_speaks_of_what_both_said(model: Pipeline) -> None:
    text = (
        "The army said that it had killed 40 rebels. The rebels said that they had killed 30 soldiers.\n\n"
        "It was not possible to confirm the statements of the two sides."
    )
    (record,) = records_of(model, [text])
    assert record.verifications[0].about == tuple(each.id for each in record.attributions)
    assert len(record.attributions) == 2


def test_the_sides_are_looked_for_until_both_have_spoken(model: Pipeline) -> None:
    text = (
        "The mayor said that rain was likely.\n\nThe army said that it had killed 40 rebels.\n\n"
        "The rebels said that they had killed 30 soldiers. They said that the road was theirs.\n\n"
        "Nobody else was there.\n\n"
        "Neither side has provided evidence for its claims."
    )
    (record,) = records_of(model, [text])
    quotes = [text[slice(*each.quote[0])] for each in record.attributions if each.id in record.verifications[0].about]
    assert quotes == [
        "that it had killed 40 rebels",
        "that they had killed 30 soldiers",
        "that the road was theirs",
    ]


def test_a_statement_of_somebodys_account_speaks_of_what_that_one_said(model: Pipeline) -> None:
    text = (
        "“They came at night,” Jane Doe said. “They took my brother.”\n\nThe mayor said that the town was quiet.\n\n"
        "Doe's account could not be independently verified."
    )
    (record,) = records_of(model, [text])
    about = {each.id for each in record.attributions if each.speaker and each.speaker.name == "Jane Doe"}
    assert set(record.verifications[0].about) == about
    assert about


def test_a_statement_without_a_claim_before_it_speaks_of_none(model: Pipeline) -> None:
    (record,) = records_of(model, ["The videos could not be independently verified. They show a street."])
    assert [each.about for each in record.verifications] == [()]


@pytest.mark.parametrize("entry", entries("verification"), ids=lambda entry: entry["pattern"][:40])
def test_each_pattern_takes_its_examples_and_leaves_the_others(entry: dict[str, object]) -> None:
    regex = compiled(str(entry["pattern"]))
    matches, differs = entry["matches"], entry["differs"]
    assert isinstance(matches, list)
    assert isinstance(differs, list)
    assert min(len(matches), len(differs)) >= 3
    assert [text for text in matches if not regex.search(text)] == []
    assert [text for text in differs if regex.search(text)] == []
    assert entry["subject"] in SUBJECTS
    assert entry["kind"] in STATUS
    assert entry["source"]
    assert "verb" in regex.groupindex


def test_the_words_that_a_sentence_must_hold_miss_no_pattern() -> None:
    hints = words("check_hint")
    for entry in entries("verification"):
        for text in entry["matches"]:
            assert any(hint in text.lower() for hint in hints), text


def test_every_repeat_in_a_pattern_is_bounded() -> None:
    """Where a repeat without end holds or follows another, there are texts on which a regex never comes to an end."""
    for pattern in patterns():
        bare = re.sub(r"\[[^]]*\]", "x", pattern.regex.pattern)  # character classes
        assert re.findall(r"(?<!\\)[*]|[)]\+|\{\d+,\}", bare) == []
        for word in re.findall(r"\\w\+(.)", bare):
            assert word in " |)'", pattern.regex.pattern  # a space or the end of a choice follows each run of letters


@pytest.mark.parametrize(
    "piece",
    [
        "could not immediately independently officially fully yet ",
        "without n't not never neither ",
        "no confirmation no independent ",
        "there is no no no evidence of ",
        "unclear whether the claim the claim ",
        "a claim that which, a claim that, ",
        "neither of which could be ",
    ],
)
def test_a_text_of_the_beginnings_of_patterns_comes_back(model: Pipeline, piece: str) -> None:
    text = piece * (15_000 // len(piece))
    (record,) = records_of(model, [text])
    assert record.text == text


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [*UNVERIFIABLE, *NO_EVIDENCE, *OTHER, CLAIM, "“", "”", "\n\n", "(", "—", ",", "ОН СКАЗАЛ", "İ", "\u200b"]
        ),
        max_size=8,
    )
)
def test_whatever_the_text_statements_lie_in_it(model: Pipeline, parts: list[str]) -> None:
    text = " ".join(parts)
    (record,) = records_of(model, [text])
    ids = {each.id for each in record.attributions}
    spans = sorted(each.span for each in record.verifications)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    assert all(set(each.about) <= ids for each in record.verifications)
    assert all(text[start:end] == text[start:end].strip() for start, end in spans)
