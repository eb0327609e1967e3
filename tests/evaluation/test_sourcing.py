"""The figures of outlets, speakers, roads, statements, notices and disputes, by hand."""

from __future__ import annotations

from typing import Any

import pytest

from annotate.evaluation.sourcing import SOURCING, count_sourcing, evaluate_sourcing, same_name, same_speaker

TEXT = "The mayor said that it rained. The army said that it did not. This could not be verified. The Sun, AP."
MAYOR: dict[str, Any] = {"id": "a1", "quote": [[15, 29]], "cue": [[10, 14]], "source": [[0, 9]], "speaker": None}
ARMY: dict[str, Any] = {
    "id": "a2",
    "quote": [[45, 60]],
    "cue": [[40, 44]],
    "source": [[31, 39]],
    "speaker": {"name": "Army"},
}
GOLD: dict[str, Any] = {
    "text": TEXT,
    "attributions": [MAYOR, ARMY],
    "outlets": [
        {"span": [90, 97], "name": "The Sun", "role": "mention"},
        {"span": [99, 101], "name": "Associated Press", "role": "via"},
    ],
    "verifications": [{"span": [62, 89], "kind": "unverifiable", "about": ["a1", "a2"]}],
    "notices": [{"span": [0, 30], "kind": "headline"}],
    "disputes": [["a2", "a1"]],
}  # fmt: skip


def figures(predicted: dict[str, Any], **options: Any) -> dict[str, tuple[int, ...]]:
    counts = count_sourcing(GOLD, {"text": TEXT} | predicted, **options)
    return {name: tuple(int(each) for each in row) for name, row in zip(SOURCING, counts, strict=True)}


def test_the_same_row_is_all_right() -> None:
    for name, (right, predicted, found, annotated) in figures(GOLD).items():
        assert right == predicted == found == annotated, name


def test_nothing_predicted_finds_nothing() -> None:
    got = figures({})
    assert {name: row[3] for name, row in got.items() if row[3]} == {
        "outlets": 2, "verifications": 1, "notices": 1, "disputes": 1,
    }  # fmt: skip
    assert all(row[0] == row[1] == 0 for row in got.values())


def test_an_article_before_a_name_makes_no_difference_and_names_may_be_canonical() -> None:
    outlets = [{"span": [94, 97], "name": "Sun", "role": "via"}, {"span": [99, 101], "name": "AP", "role": "via"}]
    got = figures({"outlets": outlets}, canonical=lambda name: {"AP": "Associated Press"}.get(name, name))
    assert (got["outlets"], got["outlet_name"], got["outlet_role"]) == ((2, 2, 2, 2), (2, 2, 2, 2), (1, 2, 1, 2))
    assert figures({"outlets": outlets})["outlet_name"] == (1, 2, 1, 2)


def test_speakers_count_where_the_source_was_found() -> None:
    got = figures(
        {"attributions": [MAYOR | {"speaker": {"name": "Jane Roe"}}, ARMY | {"speaker": {"name": "the army"}}]}
    )
    assert (got["speaker"], got["speaker_named"]) == ((1, 2, 1, 2), (1, 1, 1, 1))
    elsewhere = [MAYOR, ARMY | {"source": [[0, 9]]}]
    assert figures({"attributions": elsewhere})["speaker"] == (1, 1, 1, 1)


def test_disputes_hold_either_way_round_and_follow_the_ids() -> None:
    renamed = [MAYOR | {"id": "x"}, ARMY | {"id": "y"}]
    assert figures({"attributions": renamed, "disputes": [["x", "y"]]})["disputes"] == (1, 1, 1, 1)
    assert figures({"attributions": renamed, "disputes": [["x", "z"]]})["disputes"] == (0, 1, 0, 1)


def test_a_statement_is_found_by_half_of_its_characters() -> None:
    half = [{"id": "v1", "span": [62, 76], "kind": "confirmed", "about": []}]
    got = figures({"attributions": [MAYOR, ARMY], "verifications": half})
    assert (got["verifications"], got["verification_kind"]) == ((1, 1, 1, 1), (0, 1, 0, 1))
    assert got["about"] == (0, 0, 0, 2)
    assert (
        figures({"verifications": [{"id": "v1", "span": [62, 70], "kind": "confirmed", "about": []}]})["verifications"][
            0
        ]
        == 0
    )


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("The Hill", "the hill", True),
        ("El País", "El Pais", True),
        ("The", "the", True),
        (None, None, True),
        (None, "Roe", False),
    ],
)
def test_names(one: str | None, other: str | None, same: bool) -> None:
    assert same_name(one, other) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Example Union (EU)", "the Example Union", True),
        ("Jane Doe (珍)", "Jane Doe", True),
        ("Jane Doe; John Roe; Ann Poe", "Jane Doe, John Roe and Ann Poe", True),
        ("Jane Doe and John Roe", "Jane Doe", False),
        ("The Example (Union)", "Sample (Union)", False),
        ("And", None, False),
        (None, None, True),
        (None, "Roe", False),
    ],
)
def test_names_of_speakers(one: str | None, other: str | None, same: bool) -> None:
    assert same_speaker(one, other) is same


def test_figures_have_intervals_over_articles() -> None:
    figure = evaluate_sourcing([GOLD] * 6, [GOLD] * 6)["outlets"]
    assert (figure.f1, figure.annotated, figure.interval) == (100.0, 12, (100.0, 100.0))
