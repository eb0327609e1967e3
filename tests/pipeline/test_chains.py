"""Roles of outlets, and the road by which each statement came."""

from __future__ import annotations

import pytest

from annotate.pipeline import Pipeline
from annotate.record import Article, Record
from annotate.scheme import Directness
from tests.pipeline.conftest import Reader

Road = list[tuple[str, bool, int]]


def road(record: Record, source: str, number: int = 0) -> Road:
    """Return the road of an attribution by its source's words: name, whether the text marks it, step."""
    assert record.text is not None
    found = [a for a in record.attributions if a.source and record.text[slice(*a.source[0])] == source]
    return [(via.name, via.span is not None, via.step) for via in found[number].via]


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("The mayor told Reuters that the bridge was closed.", "The mayor"),
        ("“It is closed,” the mayor said in an interview with Reuters.", "the mayor"),
        ("The bridge is closed, the mayor said in a statement to Reuters.", "the mayor"),
        ("The bridge is closed, the mayor said, according to Reuters.", "the mayor"),
        ("The bridge is closed, the mayor said, Reuters reported.", "the mayor"),
        ("“It is closed,” the mayor was quoted as saying by Reuters.", "the mayor"),
        ("The mayor said that the bridge was closed, as reported by Reuters.", "The mayor"),
        ("“It is closed,” the mayor said in an email interview with Reuters on Monday.", "the mayor"),
    ],
)
def test_an_outlet_between_the_speaker_and_the_article_is_on_the_road(
    read_by_model: Reader, text: str, source: str
) -> None:
    record = read_by_model(text)
    assert road(record, source) == [("Reuters", True, 1)]
    assert Directness.VIA_OUTLET in {a.directness for a in record.attributions}


def test_what_a_speaker_goes_on_to_say_came_the_same_way(read_by_model: Reader) -> None:
    record = read_by_model(
        "Mayor Jane Roe told Reuters that the bridge was closed. Roe said that it would open on Friday.\n\n"
        "“It is safe,” she added. Governor John Doe said that the road was open."
    )
    assert road(record, "Mayor Jane Roe") == [("Reuters", True, 1)]
    assert road(record, "Roe") == [("Reuters", False, 1)]
    assert road(record, "she") == [("Reuters", False, 1)]
    assert road(record, "Governor John Doe") == []


def test_a_cited_report_reaches_but_the_next_paragraph(read_by_model: Reader) -> None:
    record = read_by_model(
        "“The bridge is closed,” Mayor Jane Roe said, according to Reuters.\n\n"
        "Roe said that it would open on Friday.\n\nThe bridge is old.\n\nRoe said that the road was open."
    )
    assert road(record, "Roe") == [("Reuters", False, 1)]
    assert road(record, "Roe", 1) == []


def test_a_chain_of_two(read_by_model: Reader) -> None:
    record = read_by_model("“It is closed,” the mayor told the Exampleton Times, Reuters reported.")
    assert road(record, "the mayor") == [("Exampleton Times", True, 1), ("Reuters", True, 2)]
    (inner,) = [a for a in record.attributions if a.source_type != "outlet"]
    assert inner.directness == Directness.VIA_CHAIN


def test_whom_the_speaker_told_comes_before_who_cited_that(read_by_model: Reader) -> None:
    record = read_by_model("The ministry told news agency TASS, which was cited by Reuters, that it was closed.")
    assert road(record, "The ministry") == [("TASS", True, 1), ("Reuters", True, 2)]


def test_told_the_newspaper_follows_to_the_newspaper_named_before(read_by_model: Reader) -> None:
    record = read_by_model(
        "The mayor lied, according to the Financial Times. Reuters has an office there. "
        "The governor told the newspaper that the bridge was closed."
    )
    assert road(record, "The governor") == [("Financial Times", False, 1)]


def test_an_agencys_dateline_on_somebody_elses_page_names_the_syndicator(read_by_model: Reader) -> None:
    text = "LIMA, Sept 1 (Reuters) - The bridge is closed, the mayor told Reuters."
    record = read_by_model(text, publisher="The Star")
    assert [outlet.role for outlet in record.outlets] == ["syndicator", "recipient"]
    assert road(record, "the mayor") == [("Reuters", True, 1)]


def test_a_publishers_programme_is_no_detour(read_by_model: Reader) -> None:
    text = "The ranger told Morning Report that the track was closed."
    assert road(read_by_model(text, publisher="RNZ"), "The ranger") == []
    assert road(read_by_model(text, publisher="Stuff"), "The ranger") == [("Morning Report", True, 1)]


def test_what_the_publisher_saw_itself_is_the_publishers(read_by_model: Reader) -> None:
    record = read_by_model("A letter seen by Reuters was signed. Reuters could not independently verify the letter.")
    assert [outlet.role for outlet in record.outlets] == ["publisher", "publisher"]


def test_speaker_and_outlet_do_not_override_each_other(read_by_model: Reader) -> None:
    record = read_by_model("“The bridge is closed,” Mayor Jane Roe said, according to Reuters.")
    speakers = {a.speaker.name: a.directness for a in record.attributions if a.speaker}
    assert speakers == {"Jane Roe": Directness.VIA_OUTLET, "Reuters": Directness.OUTLET_IS_SOURCE}


def test_a_report_that_closes_a_paragraph_covers_it(read_by_model: Reader) -> None:
    record = read_by_model(
        "The mayor said that the bridge was closed. The road is open, Reuters reported.\n\n"
        "The governor said that it would rain."
    )
    assert road(record, "The mayor") == [("Reuters", False, 1)]
    assert road(record, "The governor") == []


@pytest.mark.parametrize("meta", [{"publisher": "Reuters"}, {"url": "https://www.reuters.com/world/example"}])
def test_the_publisher_is_no_detour(read_by_model: Reader, meta: dict[str, str]) -> None:
    record = read_by_model("The mayor told Reuters that the bridge was closed. Reuters has an office there.", **meta)
    assert road(record, "The mayor") == []
    assert [outlet.role for outlet in record.outlets] == ["recipient", "publisher"]


def test_a_newspaper_that_is_told_and_nothing_else_is_taken_for_the_publisher_only_where_none_is_known(
    read_by_model: Reader,
) -> None:
    text = "The mayor told The Jordan Times that the bridge was closed."
    assert road(read_by_model(text), "The mayor") == []
    assert road(read_by_model(text, publisher="Reuters"), "The mayor") == [("The Jordan Times", True, 1)]


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("LIMA, Sept 1 (Reuters) - The bridge is closed.", ["publisher"]),
        ("The bridge is closed.\n\nCopyright 2031 Example Media Inc. All rights reserved.", ["publisher"]),
        ("The bridge is closed. – AFP", ["syndicator"]),
        ("The bridge is closed.\n\n(With inputs from PTI)", ["syndicator"]),
        ("“It is closed,” the mayor was quoted by Reuters as saying.", ["via"]),
        ("He used to work for Reuters in Lima.", ["mention"]),
        ("Reuters was unable to independently verify the claim.", ["publisher"]),
    ],
)
def test_roles_that_the_place_of_a_name_gives(read_by_model: Reader, text: str, roles: list[str]) -> None:
    assert [outlet.role for outlet in read_by_model(text).outlets] == roles


def test_plans_are_not_told_to_an_outlet(read_by_model: Reader) -> None:
    record = read_by_model("The mayor told Reuters that the bridge was closed. The mayor hopes to open it soon.")
    assert road(record, "The mayor", 1) == []


def test_long_rows_of_reports_take_time_in_line_with_their_length(model: Pipeline) -> None:
    text = "The mayor said that it was closed, Reuters reported. " * 150
    (record,) = model.records([Article.of(text)])
    assert len(record.outlets) == 150


@pytest.mark.parametrize(
    ("text", "speaker", "way"),
    [
        ("Reuters quoted Governor Jane Roe as saying that the dam had broken.", "Jane Roe", [("Reuters", True, 1)]),
        ("The news agency SANA cited Mayor John Doe as saying that it rained.", "John Doe", [("SANA", True, 1)]),
        ("Reuters quoted the news agency SANA as saying that the dam had broken.", "SANA", [("Reuters", True, 1)]),
        (
            "The news agency SANA cited Governor Jane Roe as saying that the dam had broken, Reuters reported.",
            "Jane Roe",
            [("SANA", True, 1), ("Reuters", True, 2)],
        ),
    ],
)
def test_who_is_quoted_said_it_and_the_outlet_handed_it_on(
    read_by_model: Reader, text: str, speaker: str, way: Road
) -> None:
    said = [a for a in read_by_model(text).attributions if a.speaker and a.speaker.name == speaker]
    assert [[(via.name, via.span is not None, via.step) for via in a.via] for a in said] == [way]
