"""Figures of agreement that can be worked out by hand, and what must not change them."""

from __future__ import annotations

import copy
import random
from typing import Any

import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from annotate.errors import InputError
from annotate.record import Record
from annotate.review.agreement import Shared, reading_of
from annotate.review.agreement.readings import trimmed
from annotate.scheme import Label
from tests.records import TEXT, records
from tests.review.readings import Row, defined, measured, row_of, shared, value, words


def attribution(id_: str, quote: str, source: str = "", cue: str = "", **more: Any) -> Row:
    """Make an attribution from words of the text; parts are separated by |."""
    spans = {
        role: words(*(part for part in given.split("|") if part))
        for role, given in (("quote", quote), ("source", source), ("cue", cue))
    }
    return {"id": id_, **spans, **more}


def row(*attributions: Row, **more: Any) -> Row:
    return {"id": "a", "text": TEXT, "attributions": list(attributions), **more}


BRIDGE = attribution("a1", "“We hold the bridge,”|“Nobody crossed it.”", "Colonel Ada Example", "told")
DENIAL = attribution("a2", "this", "Rebels", "denied")


def test_readings_that_are_the_same_agree_in_everything() -> None:
    figures = defined(measured(*(shared(row_of(), row_of(), row_of(), id_=f"a{n}") for n in range(5))))
    assert {"attributions all attributed", "linking about", "linking via", "linking disputes", "speakers clusters",
            "alpha Quote", "alpha cue_class", "alpha source_type"} <= figures.keys()  # fmt: skip
    for name, score in figures.items():
        perfect = 1 if name.startswith("alpha") else 100
        assert (name, score.value, score.interval) == (name, perfect, (perfect, perfect))


def test_of_two_regions_one_is_found_with_other_boundaries() -> None:
    wider = attribution("a1", "hold the bridge,” Colonel", "Colonel Ada Example", "told")
    result = measured(shared(row(attribution("a1", "hold the bridge", "Ada Example", "told"), DENIAL), row(wider)))
    # Quotes: two marked by the one, one by the other; one overlaps, none is the same.
    assert value(result, "spans", "Quote", "exact") == 0
    assert value(result, "spans", "Quote", "partial") == pytest.approx(100 * 2 * 0.5 / 3, abs=0.05)
    assert value(result, "finding", "Quote") == pytest.approx(100 * 2 / 3, abs=0.05)
    assert value(result, "delimiting", "Quote") == 0
    # Cues: told is the same in both, denied in one alone.
    assert value(result, "spans", "Cue", "exact") == pytest.approx(100 * 2 / 3, abs=0.05)
    assert value(result, "delimiting", "Cue") == 100
    # Six regions of one side, three of the other, three found.
    assert result.figures["finding", "all"].of == 9
    assert value(result, "finding", "all") == pytest.approx(100 * 6 / 9, abs=0.05)
    assert value(result, "delimiting", "all") == pytest.approx(100 / 3, abs=0.05)


def test_alpha_counts_written_characters() -> None:
    text = "ab cd ef"
    one = {"text": text, "attributions": [{"quote": [[0, 5]]}]}
    other = {"text": text, "attributions": [{"quote": [[0, 2]]}]}
    alpha = measured(shared(one, other)).characters["Quote"]
    # Six characters: two marked by both, two by one, two by none. Do = 4/12; De = 2*6*6/(12*11).
    assert alpha.value == round(1 - (4 / 12) / (2 * 6 * 6 / (12 * 11)), 3)
    assert alpha.of == 6
    assert alpha.interval is None  # one article says nothing of others


def test_who_did_not_read_an_article_is_missing_from_its_characters() -> None:
    text = "ab cd ef gh"
    marked = {
        "a": {"Ann": [[0, 5]], "Ben": [[0, 2]], "Cat": [[0, 5], [6, 8]]},
        "b": {"Ann": [[3, 8]], "Cat": [[6, 11]]},
    }
    articles = [
        Shared(
            id_,
            text,
            tuple(
                reading_of({"attributions": [{"quote": quote}]}, text, annotator=name, where=id_)
                for name, quote in by_name.items()
            ),
        )
        for id_, by_name in marked.items()
    ]
    # One row an annotator, one column a written character of either article; not a number where nobody looked.
    table = [
        [
            float(any(start <= place < end for start, end in by_name[name])) if name in by_name else np.nan
            for by_name in marked.values()
            for place in range(len(text))
            if not text[place].isspace()
        ]
        for name in ("Ann", "Ben", "Cat")
    ]
    alpha = measured(*articles).characters["Quote"]
    assert alpha.value == round(krippendorff.alpha(reliability_data=table, level_of_measurement="nominal"), 3)
    assert alpha.of == 16


def test_alpha_is_null_with_the_reason_where_it_is_undefined() -> None:
    result = measured(shared(row(DENIAL), row(DENIAL)))
    assert result.characters["Outlet"].value is None
    assert result.characters["Outlet"].why == "only one value was ever given"
    assert result.values["credibility"].value is None
    assert result.values["credibility"].why == "no two values to compare"
    assert value(result, "spans", "Notice", "exact") is None


def test_words_under_another_label_are_found_by_neither_and_labelled_differently() -> None:
    # The second reader marks the source as an outlet: the cue, the quote and one more outlet they have in common.
    outlet = {"id": "o1", "span": words("Rebels")[0], "name": "Rebels", "role": "mention"}
    result = measured(shared(row(DENIAL), row(attribution("a2", "this", "", "denied"), outlets=[outlet])))
    assert value(result, "finding", "Source") == 0
    assert result.figures["labelling", "label"].of == 3
    assert value(result, "labelling", "label") == pytest.approx(100 * 2 / 3, abs=0.05)


def test_values_are_compared_where_both_chose_one() -> None:
    one = row({**DENIAL, "cue_class": "deny", "source_type": "group"}, {**BRIDGE, "cue_class": "neutral"})
    other = row({**DENIAL, "cue_class": "claim"}, {**BRIDGE, "cue_class": "neutral"})
    result = measured(shared(one, other))
    assert (value(result, "labelling", "cue_class"), result.figures["labelling", "cue_class"].of) == (50, 2)
    assert value(result, "labelling", "source_type") is None
    # Values deny, claim, neutral, neutral: Do = 2/4, De = (16 - 1 - 1 - 4)/(4*3).
    assert result.values["cue_class"].value == round(1 - (2 / 4) / (10 / 12), 3)


def test_a_rating_that_cannot_be_given_is_no_step_of_the_scale() -> None:
    rated = [
        row({**BRIDGE, "credibility": first}, {**DENIAL, "credibility": second})
        for first, second in (("1", "6"), ("2", "6"), ("2", "5"))
    ]
    alpha = measured(shared(*rated)).values["credibility"]
    assert alpha.of == 1
    # One unit: 1, 2, 2. Ordinal with n = (1, 2): the distance is (3 - 1.5)² for every pair, so 1 - 2*2*1/(2*1*2) = 0.
    assert alpha.value == 0


def test_relations_are_counted_where_both_ends_were_found() -> None:
    one = row({**BRIDGE}, {**DENIAL})
    # The second gives the denial to the colonel; the first half of the quote is missing, so that two links cannot be.
    other = row(
        attribution("a1", "“Nobody crossed it.”", "Colonel Ada Example", "told"),
        attribution("a2", "this", "Colonel Ada Example", "denied"),
        attribution("a3", "the claims", "Rebels"),
    )
    result = measured(shared(one, other))
    # said_by with both ends marked by both: Nobody→Colonel twice over, this→Rebels, this→Colonel.
    assert (value(result, "linking", "said_by"), result.figures["linking", "said_by"].of) == (50, 4)
    assert (value(result, "linking", "cued_by"), result.figures["linking", "cued_by"].of) == (100, 4)
    assert value(result, "linking", "continues") is None


def test_parts_of_a_quote_are_joined_whichever_comes_first_and_disputes_have_a_direction() -> None:
    base = row(BRIDGE, DENIAL, disputes=[["a2", "a1"]])
    turned = row(BRIDGE, DENIAL, disputes=[["a1", "a2"]])
    apart = row(attribution("a1", "“We hold the bridge,”"), attribution("a3", "“Nobody crossed it.”"), DENIAL)
    assert value(measured(shared(base, base)), "linking", "continues") == 100
    assert value(measured(shared(base, apart)), "linking", "continues") == 0
    assert value(measured(shared(base, turned)), "linking", "disputes") == 0


def test_speakers_are_clusters_whatever_their_names() -> None:
    def named(first: str | None, second: str | None, third: str | None) -> Row:
        speakers = [{"name": name} if name else None for name in (first, second, third)]
        sources = ("Colonel Ada Example", "Rebels", "Radio Sample")
        quotes = ("“We hold the bridge,”", "this", "It was not possible")
        return row(
            *(
                attribution(f"a{n}", *marked, speaker=speaker)
                for n, (marked, speaker) in enumerate(zip(zip(quotes, sources, strict=True), speakers, strict=True))
            )
        )

    spelt = measured(shared(named("Ada Example", "Ada Example", "Ben"), named("A. Example", "A. Example", "Ben")))
    assert value(spelt, "speakers", "clusters") == 100
    assert value(spelt, "speakers", "name") == pytest.approx(100 / 3, abs=0.05)
    # {1, 2} {3} against {1} {2, 3}: precision and recall 2/3 each.
    apart = measured(shared(named("Ada", "Ada", "Ben"), named("Ada", "Ben", "Ben")))
    assert value(apart, "speakers", "clusters") == pytest.approx(100 * 2 / 3, abs=0.05)
    # {1, 2, 3} against three alone: precision 1 or 1/3, by who is right; their mean.
    merged = measured(shared(named("Ada", "Ada", "Ada"), named("Ada", "Ben", "Cy")))
    assert value(merged, "speakers", "clusters") == pytest.approx(100 * (1 + 1 / 3) / 2, abs=0.05)
    unnamed = measured(shared(named("Ada", None, "Ben"), named("Ada", "Ben", None)))
    assert (value(unnamed, "speakers", "clusters"), unnamed.figures["speakers", "clusters"].of) == (100, 1)
    assert unnamed.figures["speakers", "name"].of == 3


def test_each_two_annotators_have_figures_of_their_own() -> None:
    tally = measured(
        shared(row(BRIDGE, DENIAL), row(BRIDGE, DENIAL), row(BRIDGE), id_="a"),
        shared(row(DENIAL), row(DENIAL), id_="b"),
    )
    assert tally.comparisons == 4
    found = {pair.annotators: (pair.articles, pair.figures["finding", "Cue"].value) for pair in tally.pairs}
    assert found == {("Ann", "Ben"): (2, 100), ("Ann", "Cat"): (1, 66.7), ("Ben", "Cat"): (1, 66.7)}
    alphas = {pair.annotators: pair.characters["Cue"].value for pair in tally.pairs}
    assert alphas["Ann", "Ben"] == 1
    assert (
        alphas["Ann", "Cat"]
        == alphas["Ben", "Cat"]
        == measured(shared(row(BRIDGE, DENIAL), row(BRIDGE))).characters["Cue"].value
    )


@pytest.mark.parametrize(
    ("broken", "what"),
    [
        ({"outlets": [{"span": [3, 3]}]}, "span [3, 3)"),
        ({"notices": [{"span": [0, 10_000]}]}, "span [0, 10000)"),
        ({"disputes": [["a1", "a2"]]}, "KeyError('a1')"),
        ({"quality": "splendid"}, "'splendid' is not a valid Quality"),
        ({"outlets": [{"span": [0, 3], "role": "owner"}]}, "'owner' is not a valid OutletRole"),
        ({"outlets": 7}, "not iterable"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(broken: Row, what: str) -> None:
    with pytest.raises(InputError) as caught:
        reading_of(row(**broken), TEXT, annotator="Ann", where="annotations.jsonl:7")
    assert str(caught.value).startswith("annotations.jsonl:7: the annotation cannot be read: ")
    assert what in str(caught.value)


# -- what must change nothing ------------------------------------------------------------------------------------


def shuffled(row_: Row, chance: random.Random, *, double: bool) -> Row:
    """Return the reading with everything in another order, and with regions doubled."""
    mixed = copy.deepcopy(row_)
    if double:
        for kind in ("outlets", "verifications", "notices"):
            mixed[kind] += [{**item, "id": item["id"] + "-again"} for item in mixed[kind]]
        again = [{**item, "id": item["id"] + "-again"} for item in mixed["attributions"]]
        for item in again:
            item["quote"] = item["quote"] * 2
        mixed["attributions"] += again
        mixed["disputes"] *= 2
    for name in ("attributions", "outlets", "verifications", "notices", "disputes"):
        chance.shuffle(mixed[name])
    for item in mixed["attributions"]:
        for role in ("quote", "cue", "source", "via"):
            chance.shuffle(item[role])
    return mixed


@given(st.data(), st.randoms(use_true_random=False), st.booleans())
def test_neither_order_nor_repetition_nor_overlap_changes_anything(
    data: st.DataObject, chance: random.Random, double: bool
) -> None:
    one = row_of(data.draw(records()))
    other = row_of(data.draw(records().filter(lambda record: record.text is not None)))
    # Two readings of one text: those spans of the other that lie in it.
    other = moved_onto(other, one["text"])
    before = measured(shared(one, other))
    after = measured(shared(shuffled(one, chance, double=double), shuffled(other, chance, double=double)))
    assert after == before


@given(st.data())
def test_whose_reading_comes_first_changes_nothing(data: st.DataObject) -> None:
    one = row_of(data.draw(records()))
    other = moved_onto(row_of(data.draw(records())), one["text"])
    assert measured(shared(one, other)).figures == measured(shared(other, one)).figures


@given(records())
def test_a_reading_agrees_with_itself(record: Record) -> None:
    row_ = row_of(record)
    for name, score in defined(measured(shared(row_, row_))).items():
        assert (name, score.value) == (name, 1 if name.startswith("alpha") else 100)


@given(records(), st.randoms(use_true_random=False))
def test_white_space_and_punctuation_at_the_edges_change_nothing(record: Record, chance: random.Random) -> None:
    one = row_of(record)
    text = one["text"]
    other = copy.deepcopy(one)

    def stretched(ends: list[int]) -> list[int]:
        start, end = ends
        while start > 0 and text[start - 1] in " \n\u00a0“”\"'«»" and chance.random() < 0.8:
            start -= 1
        while end < len(text) and text[end] in " \n\u00a0“”\"'«»" and chance.random() < 0.8:
            end += 1
        return [start, end]

    for item in other["attributions"]:
        for role in ("quote", "cue", "source"):
            item[role] = [stretched(ends) for ends in item[role]]
        for via in item["via"]:
            via["span"] = via["span"] and stretched(via["span"])
    for kind in ("outlets", "verifications", "notices"):
        for item in other[kind]:
            item["span"] = stretched(item["span"])
    for item in other["unlinked"]["regions"]:
        item["span"] = stretched(item["span"])
    readings = [reading_of(each, text, annotator="Ann", where="here") for each in (one, other)]
    assert readings[0].regions == readings[1].regions
    assert readings[0].links == readings[1].links
    assume(any(readings[0].regions))
    figures = measured(shared(one, other)).figures
    assert figures["spans", "all", "exact"].value == 100


def test_edges_are_trimmed_by_unicode_category() -> None:
    text = "(« It holds — » …) ``5 %'' \u200b"
    assert text[slice(*trimmed(text, (0, 18)))] == "It holds"
    assert text[slice(*trimmed(text, (18, len(text))))] == "5"
    assert trimmed(text, (14, 18))[0] == trimmed(text, (14, 18))[1]


def test_a_region_inside_another_is_paired_with_its_like() -> None:
    outer, inner = "Colonel Ada Example told the Example Times", "Example Times"
    one = row(attribution("a1", outer), attribution("a2", inner))
    assert value(measured(shared(one, row(attribution("a2", inner)))), "delimiting", "Quote") == 100
    assert value(measured(shared(one, one)), "spans", "Quote", "exact") == 100


def moved_onto(row_: Row, text: str) -> Row:
    """Cut a drawn Record's spans to another text, so that it becomes a reading of it."""
    last = len(text)

    def cut(ends: list[int]) -> list[int]:
        start = ends[0] % last
        return [start, min(last, start + ends[1] - ends[0])]

    moved = copy.deepcopy(row_)
    moved["text"] = text
    for item in moved["attributions"]:
        for role in ("quote", "cue", "source"):
            item[role] = [cut(ends) for ends in item[role]]
        for via in item["via"]:
            via["span"] = via["span"] and cut(via["span"])
    for kind in ("outlets", "verifications", "notices"):
        for item in moved[kind]:
            item["span"] = cut(item["span"])
    for item in moved["unlinked"]["regions"]:
        item["span"] = cut(item["span"])
    return moved


def test_every_label_has_its_row() -> None:
    figures = measured(shared(row_of(), row_of())).figures
    assert {key[1] for key in figures if key[0] == "spans"} == {*map(str, Label), "all"}
