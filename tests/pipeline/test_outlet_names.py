"""Outlets' names by their shape, their place and their namesakes; anaphors that may stand for something else."""

from __future__ import annotations

import pytest

from annotate.pipeline import Pipeline
from annotate.record import Article, Record
from tests.pipeline.conftest import Reader

# Each line: a text, and the mentions that it holds.
FOUND = {
    # Stations and sites
    "She told Mix104.9 that no place was safe.": ["Mix104.9"],
    "She told Mix 104.9 that no place was safe.": ["Mix 104.9"],
    "The mayor told KXYZ-TV that the road was open.": ["KXYZ-TV"],
    "He said on WXYZ radio that the road was open.": ["WXYZ"],
    "He told Fox 35 that the road was open.": ["Fox 35"],
    "WXYZ9 reported that the road was open.": ["WXYZ9"],
    "The survey was made at the request of Examplenews of 1,000 adults.": ["Examplenews"],
    "Jane Roe, editor of examplepost.com, said that the road was open.": ["examplepost.com"],
    # Names that commas set off
    "One private broadcaster, VTX, said that two suspects were held.": ["VTX"],
    "“A lie,” he told the state news agency, EXN, on Friday.": ["EXN"],
    "Muestra, a Bengali daily, reported that the road was shut.": ["Muestra"],
    # People who work there, checks, sites, credits
    "An Example Press reporter saw the blast.": ["Example Press"],
    "The Example Press could not verify the authenticity of the statement.": ["Example Press"],
    "There was scorn on the Example Today website.": ["Example Today"],
    "(Photo: Jane Roe, EXAMPLE TODAY)\n\nIt rained on Monday.": ["EXAMPLE TODAY"],
    "Writing in the Guardian, the minister said that it was over.": ["Guardian"],
    # A paper called by its last word
    "The deal was done, The Post reported on Monday. The Post intervened in April.": ["Post", "Post"],
    "The Washington Post reported the deal. The Post sent its reporter.": ["The Washington Post", "Post"],
    "The Washington Post reported it. It was denied by Post Editor Jane Roe.": ["The Washington Post", "Post"],
    # Rows, and two outlets in one name
    "The poll was held by outlets such as Time, Slate and Drudge Report.": ["Time", "Slate", "Drudge Report"],
    "He leads in a Washington Post-ABC News poll.": ["Washington Post", "ABC News"],
    "He leads in a September Washington Post/ABC News poll.": ["Washington Post", "ABC News"],
    # No-break spaces
    "In a statement to the\xa0Observer, she said no.": ["Observer"],
    # What papers say of themselves
    "The Nation has established that the college will get its charter.": ["The Nation"],
    "Stuff has been told that two men were held.": ["Stuff"],
    "CNN President Jane Roe Doe said no.": ["CNN"],
    # Acronyms and single words
    "A police chief who spoke to Muestrador on condition of anonymity said that the talks failed.": ["Muestrador"],
    "The minister told his country's state-owned EXNA on Thursday that there was progress.": ["EXNA"],
    "The father said to N12 that he was well. The mayor told N12 that it rained.": ["N12", "N12"],
    "Madrid, 3 Jul (EFE).- It rained on Monday.": ["EFE"],
    "Vanguard gathered that the road was open.": ["Vanguard"],
    "It rained.\n\nThe Standard Channel\n\nMore>>\n\nIt snowed.": ["The Standard"],
}
NOT_FOUND = """\
Mayor Speaks ‘Directly To White People’ After Latest Vote.
He is the author of The Age of Plenty, a book on growth.
The Nation of Sampleland said that it would sue.
The president responded to a Gold Star mother on Wednesday.
He spoke on a Kansas City radio station when he was young.
NEWPORT NEWS, Va. - The mayor said that it rained.
Senator Hears More Bad News After Vote.
The scripture says TO HIS ANOINTED, CYRUS.
Sanders Told A Female Reporter Not To Moan.
A letter to AIPAC was sent on Monday.
Efforts to change the conversation on the Hill failed.
The Sampleland Federal Police raided a house. Later SFP officers left. The mayor told SFP that it rained.
The Armed Forces of the Philippines attacked. The AFP said that ten died.
She spoke to Fortune 500 bosses.
The envoy told COP27 delegates that it was hot.
Attorney Jane D. Song wrote that it was grave. The crime was old, Song wrote.
Sarah Palin left. He read a letter on the radio program Palin had praised.
The gun was posted on the website examplegroup.com on Monday.
Jane Roe, a newspaper owner, said no.
The mayor told the newspaper, Roe said, that it was fine."""


def mentioned(record: Record) -> list[str]:
    assert record.text is not None
    return [record.text[slice(*outlet.span)].removeprefix("The ") for outlet in record.outlets]


def test_names_that_no_list_or_no_context_gave_away_before(model: Pipeline) -> None:
    records = model.records(Article.of(text, id=text) for text in FOUND)
    wrong = {record.id: mentioned(record) for record in records}
    expected = {text: [name.removeprefix("The ") for name in names] for text, names in FOUND.items()}
    assert wrong == expected


def test_what_only_looks_like_a_name(model: Pipeline) -> None:
    records = model.records(Article.of(text, id=text) for text in NOT_FOUND.splitlines())
    assert {record.id: mentioned(record) for record in records if record.outlets} == {}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Honduras will vote. The minister told El Heraldo that it rained.", "El Heraldo (Honduras)"),
        ("Bogotá was cold. The minister told El Heraldo that it rained.", "El Heraldo (Colombia)"),
        ("The mayor told Channel 5 in Kyiv that it rained.", "Channel 5 (Ukraine)"),
        ("The mayor told Channel 5 that it rained.", "Channel 5"),
        ("The Daily News reported that it rained.", "New York Daily News"),
        (
            "Zimbabwe will vote. The Daily News reported that Zimbabwe was calm. In Harare it rained.",
            "Daily News (Zimbabwe)",
        ),
        ("The actor told ABC that he was sorry. He has moved to Australia.", "ABC News"),
        (
            "Australia will vote. The Australian minister told ABC that it was time. Canberra was calm.",
            "ABC (Australia)",
        ),
    ],
)
def test_a_name_of_several_outlets_is_that_of_the_country_spoken_of(
    read_by_model: Reader, text: str, name: str
) -> None:
    (outlet,) = read_by_model(text).outlets
    assert outlet.name == name
    assert outlet.listed is (outlet.domain is not None)


def test_an_article_gives_a_channel_its_number_and_its_name_as_written(read_by_model: Reader) -> None:
    (outlet,) = read_by_model("The mayor told ABC 7 that it rained.").outlets
    assert (outlet.name, outlet.listed) == ("ABC 7", False)


def test_a_magazine_keeps_its_canonical_name(read_by_model: Reader) -> None:
    (outlet,) = read_by_model("Vogue Magazine reported that it rained.").outlets
    assert outlet.name == "Vogue"


@pytest.mark.parametrize("phrase", ["the agency", "the paper", "the network"])
def test_what_may_stand_for_something_else_has_its_speaker_but_is_no_mention(
    read_by_model: Reader, phrase: str
) -> None:
    kind = {"the agency": "AFP", "the paper": "The Guardian", "the network": "CNN"}[phrase]
    record = read_by_model(f"The dam broke, {kind} reported. Ten people died, {phrase} said.")
    assert [outlet.name for outlet in record.outlets] == [kind]
    speakers = [item.speaker.name for item in record.attributions if item.speaker]
    assert speakers == [kind, kind]


def test_the_report_is_a_mention_where_an_outlet_reported(read_by_model: Reader) -> None:
    record = read_by_model("The dam broke, Reuters reported. Ten people died, the report said.")
    assert [outlet.name for outlet in record.outlets] == ["Reuters", "Reuters"]
    record = read_by_model("According to Reuters, the dam broke. Ten people died, the report said.")
    assert [outlet.name for outlet in record.outlets] == ["Reuters"]
