"""Outlet mentions: names that are also words, both ways; names that no registry holds; short forms and anaphors."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotate.pipeline import Pipeline
from annotate.pipeline.registry import key_of
from annotate.record import Article, Record
from tests.pipeline.conftest import Reader

AMBIGUOUS = (
    "The Hill", "Time", "Politico", "Dawn", "DAWN", "The Star", "The Sun", "The Mirror", "Metro", "Sky News",
    "The Washington Post", "AP", "The Times", "Variety", "Fortune", "Forbes", "Wired", "Slate", "Salon",
    "Vox", "Quartz", "The Independent", "The Guardian", "The Economist", "The Atlantic", "The Age", "The Standard",
    "Newsroom", "Stuff", "Mint", "The Wire", "Scroll", "The Print", "Vanguard", "Bild", "Focus", "Stern", "Nature",
    "Science", "Rolling Stone", "Foreign Affairs", "Foreign Policy", "Roll Call", "PA", "PTI", "ANI", "Petra",
    "RT", "Sputnik", "The Local", "The Conversation", "Bloomberg",
)  # fmt: skip
ACTS = (
    "A spokesman told {} that the bridge was closed.",
    "{} reported that the bridge was closed.",
    "The bridge was closed, according to {}.",
    "The bridge was closed, {} reported on Monday.",
    "She said in an interview with {} that the bridge was closed.",
    "“It is closed,” the mayor was quoted by {} as saying.",
    "The mayor was arrested on Monday, a {} reporter said.",
    "The bridge was closed, {} said, citing officials.",
)
NO_OUTLET = """\
The hill was steep. Lawmakers on the Hill will vote on Monday.
On Capitol Hill the mood was grim, senators said.
It was the third time that the dam broke, officials said.
Time is running out, the minister said.
“Time will tell,” the mayor told reporters.
Dawn broke over the town as people fled, residents said.
From dawn to dusk they marched, witnesses said.
Dawn Roe said that the school was closed.
According to Dawn Roe, the school was closed.
The star of the film told reporters that she was glad.
Five people died under a hot sun, rescuers said.
The Sun is a star, scientists said.
A mirror broke, the tenant said.
The metro was closed on Monday, officials said.
The Paris Metro was closed on Monday, officials said.
The sky was grey, a resident said.
The nation mourns, the president said.
The Blackfeet Nation said that it would sue.
The First Nation said that it would sue.
He left his post in June, the ministry said.
The post office was closed, residents said.
The army post was attacked, officials said.
A variety of people told the court that it was dark.
He made a fortune, prosecutors said.
Steve Forbes said that taxes were too high.
Steve Forbes told reporters that taxes were too high. Forbes said he would not run.
People said that they were afraid.
People reported seeing smoke, police said.
The Sample People’s Party said that it would win.
People in the town told police that they were afraid.
The independent commission said that the vote was fair.
The independents said that they would vote no.
The economist said that prices would rise.
The economist Jane Roe told lawmakers that prices would rise.
He crossed the Atlantic in a small boat, his wife said.
At the age of nine she moved to Lima, she said.
The Australian government said that it would pay.
The Australian said that he would return.
An Australian told police that he was lost.
The standard was raised, officials said.
The citizen said that he had voted.
A citizen told the council that the road was bad.
It is in the nature of war, he said.
Nature reserves were closed, rangers said.
The Institute of Science said that it had found a cure.
The Ministry of Foreign Affairs said that it was concerned.
The Foreign Policy Committee said that it would meet.
The Petra ruins were closed, guides said.
The MENA region will grow, the bank said.
CCTV footage showed the man, police said.
The EPA said that the water was safe.
The Environmental Protection Agency (EPA) said that the water was safe. The EPA added that it was clean.
The Press Council said that it would meet.
He works for a press company, his wife said.
Good Times restaurant was closed, the owner said.
The band released its album Modern Times, its agent said.
The BBC Symphony Orchestra played on Monday, a guest said.
Bloomberg said that he would run for president. Michael Bloomberg is rich.
Twitter said that it had closed the account.
Facebook told users that it was sorry.
The Telegram channel said that it was hacked.
The news was bad, she said.
Breaking news came from Lima, he said.
The radio was on, she said.
He heard it on the radio, he said.
The space agency said that the launch was late.
The agency said that the launch was late.
The aviation agency told pilots to land.
The insurance company Sun Life said that it would pay.
The Phoenix Suns said that they had won.
Minnesota North Stars fans said they were sad.
The Herald Square station was closed, officials said.
The Washington Post Office was closed, officials said.
Fox Hill residents said that they were afraid.
The guardian of the child told the court that he was ill.
The wire broke, workers said.
The print was old, the curator said.
Vanguard said that its fund had grown.
The Vanguard Group said that its fund had grown.
Focus on the facts, the judge said.
Punch the button, the manual says.
Mint tea was served, guests said.
The Globe Theatre said that it would open.
The Independent Electoral Commission said that it would count again.
The National Guard said that it was ready.
The National Bank told clients that it was closed.
The Local Government Association said that it was ready.
The World Bank said that growth was slow.
The Today programme was mentioned by nobody, he said.
The state media law was passed, a lawmaker said.
The Record Office said that the files were lost.
The Star Alliance said that flights were late.
The Times Square ball fell, police said.
New York Times Square was closed, police said.
Daily life went on, residents said.
The weekly market was closed, traders said.
The Journal of Example Studies said that it had erred.
The magazine of the rifle was empty, police said.
"""


SENTENCES = Path(__file__).parent / "outlet_sentences.txt"
_MARKED = re.compile(r"\[\[(?P<words>.+?)(?:(?P<bar>\|)(?P<name>.*?))?\]\]")


def unmarked(line: str) -> tuple[str, dict[str, str | None]]:
    """Take the marks out of "told [[the Sample|The Sample]]"; a name of None is any, no name that of the words."""
    named = {
        found["words"].removeprefix("The "): (found["name"] or None) if found["bar"] else found["words"]
        for found in _MARKED.finditer(line)
    }
    return _MARKED.sub(lambda found: found["words"], line), named


def mentioned(record: Record) -> list[str]:
    assert record.text is not None
    return [record.text[slice(*outlet.span)] for outlet in record.outlets]


@pytest.mark.parametrize("act", ACTS)
def test_a_name_that_is_a_word_too_is_an_outlet_where_it_acts(model: Pipeline, act: str) -> None:
    articles = [Article.of(act.format(name), id=name) for name in AMBIGUOUS]
    wrong = {
        record.id: mentioned(record)
        for record in model.records(articles)
        if not {record.id, record.id.removeprefix("The ")} & {*mentioned(record)}
    }
    assert wrong == {}


def test_words_places_and_people_are_no_outlets(model: Pipeline) -> None:
    sentences = NO_OUTLET.splitlines()
    assert len(sentences) > 80
    records = model.records(Article.of(sentence, id=sentence) for sentence in sentences)
    assert {record.id: mentioned(record) for record in records if record.outlets} == {}


def test_sentences_in_the_manner_of_world_news(model: Pipeline) -> None:
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()
    assert len(lines) > 200
    expected = [unmarked(line) for line in lines]
    records = model.records(Article.of(text, id=text) for text, _ in expected)
    wrong = []
    for record, (text, named) in zip(records, expected, strict=True):
        found = {
            words.removeprefix("The "): outlet.name
            for words, outlet in zip(mentioned(record), record.outlets, strict=True)
        }
        right = {words: found.get(words) if name is None else name for words, name in named.items()}
        if found.keys() != named.keys() or {key_of(name) for name in found.values()} != {*map(key_of, right.values())}:
            wrong.append((text, found))
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The mayor told the Exampleton Times that it was closed.", "Exampleton Times"),
        ("The Sampleland News Agency reported that it was closed.", "Sampleland News Agency"),
        ("It was closed, the newspaper Muestra reported.", "Muestra"),
        ("It was closed, according to the Exampleton Gazette.", "Exampleton Gazette"),
        ("He spoke to Radio Muestra on Monday.", "Radio Muestra"),
        ("It was closed, muestra24.com reported.", "muestra24.com"),
        ("Sampleland's state broadcaster Muestra Uno said that it was closed.", "Muestra Uno"),
        ("The mayor told Exampleton FM that it was closed.", "Exampleton FM"),
    ],
)
def test_outlets_in_no_registry_are_found_by_form_and_marked(read_by_model: Reader, text: str, name: str) -> None:
    (outlet,) = read_by_model(text).outlets
    assert (outlet.name, outlet.domain, outlet.listed) == (name, None, False)


def test_listed_outlets_have_their_canonical_name_and_domain(read_by_model: Reader) -> None:
    record = read_by_model(
        "It was closed, the N.Y. Times and Agence France-Presse reported. The mayor told Al-Jazeera so."
    )
    assert all(outlet.listed for outlet in record.outlets)
    assert [(outlet.name, outlet.domain) for outlet in record.outlets] == [
        ("The New York Times", "nytimes.com"),
        ("AFP", "afp.com"),
        ("Al Jazeera", "aljazeera.com"),
    ]


def test_the_span_is_the_name_alone(read_by_model: Reader) -> None:
    record = read_by_model(
        "He told Foreign Policy magazine that it was closed. It was open, the newspaper Clarín said."
    )
    assert mentioned(record) == ["Foreign Policy", "Clarín"]


def test_an_article_defines_short_forms(read_by_model: Reader) -> None:
    text = "The mayor told Sample Coast News (SCN) that it rained. He told SCN that it was cold."
    assert [outlet.name for outlet in read_by_model(text).outlets] == ["Sample Coast News"] * 3
    text = "The Washington Post reported the deal. A spokesman told the Post that it was final."
    assert [outlet.name for outlet in read_by_model(text).outlets] == ["The Washington Post"] * 2


def test_a_short_form_is_that_of_the_name_mentioned_last(read_by_model: Reader) -> None:
    text = (
        "The Washington Post reported the deal. The Post said that it was final. "
        "The Denver Post was sold, its owner told the Post."
    )
    names = [outlet.name for outlet in read_by_model(text).outlets]
    assert names == ["The Washington Post", "The Washington Post", "The Denver Post", "The Denver Post"]


def test_a_short_form_that_the_article_gives_to_something_else_is_no_outlet(read_by_model: Reader) -> None:
    record = read_by_model("The Central Bank of Sampleland (CBS) raised its rate. CBS said that prices would fall.")
    assert record.outlets == ()


def test_social_platforms_are_no_outlets(read_by_model: Reader) -> None:
    assert read_by_model("He wrote on Twitter and told Facebook and YouTube that he was sorry.").outlets == ()


def test_an_anaphor_counts_where_it_acts(read_by_model: Reader) -> None:
    record = read_by_model("The dam broke, Reuters reported. Ten people died, the news agency said. The agency is old.")
    assert [(outlet.name, outlet.role) for outlet in record.outlets] == [("Reuters", "source"), ("Reuters", "source")]
    assert mentioned(record)[1] == "the news agency"


@pytest.mark.parametrize(
    "text",
    [
        "The road is open, the mayor told EXN. The bridge is closed.",
        "The mayor told Muestrador that the road was open. The governor told Muestrador that it was closed.",
        "Muestrador reported that the road was open, citing the mayor. The mayor told Muestrador so.",
        "Muestrador could not independently verify the report.",
        "EXAMPLETON (Muestrador) — The road is open.",
        "EXAMPLETON, March 3. /Muestrador/. The road is open.",
        "In an interview with EXN, the mayor said that the road was open.",
    ],
)
def test_outlets_without_an_outlets_form_are_found_by_what_the_article_says_of_them(
    read_by_model: Reader, text: str
) -> None:
    record = read_by_model(text)
    assert record.outlets
    assert {outlet.name for outlet in record.outlets} <= {"EXN", "Muestrador"}
    assert {outlet.domain for outlet in record.outlets} == {None}


@pytest.mark.parametrize(
    "text",
    [
        "The envoy told NATO that the road was open. He told NATO that it was safe.",
        "The mayor told Muestrador that the road was open. Muestrador, a farmer, said that he knew.",
        "Jane Muestrador said that it rained. The mayor told Muestrador so. He told Muestrador twice.",
        "The Department of Samples (DOSA) was told. The mayor told DOSA that the road was open.",
        "According to Muestrador, the road is open. It will be closed, according to Muestrador.",
    ],
)
def test_people_and_bodies_are_told_things_too(read_by_model: Reader, text: str) -> None:
    assert read_by_model(text).outlets == ()


def test_a_station_and_its_programme_are_one_mention(read_by_model: Reader) -> None:
    record = read_by_model("He said on NBC's “Meet the Press” that he would vote no.")
    assert mentioned(record) == ["NBC"]


def test_an_owner_is_no_part_of_the_name(read_by_model: Reader) -> None:
    record = read_by_model("France's Le Monde reported that the minister knew.")
    assert mentioned(record) == ["Le Monde"]


def test_a_short_name_is_that_of_the_longer_one_before_it(read_by_model: Reader) -> None:
    record = read_by_model("The Toronto Star reported that the bridge was closed. The mayor told the Star so.")
    assert [outlet.name for outlet in record.outlets] == ["The Toronto Star"] * 2


def test_a_listed_name_that_ends_a_longer_one_is_that_one_wherever_it_stands(read_by_model):
    record = read_by_model(
        "A New York Times article told of the tax. The Times on Saturday wrote that it was low. "
        "“It is low,” the Times wrote."
    )
    assert [outlet.name for outlet in record.outlets] == ["The New York Times"] * 3


def test_an_anaphor_stands_for_an_outlet_of_its_kind(read_by_model: Reader) -> None:
    text = "The mayor told the Financial Times so. Reuters reported the move. The newspaper said that it had a letter."
    record = read_by_model(text)
    assert (mentioned(record)[-1], record.outlets[-1].name) == ("The newspaper", "Financial Times")
    text = "Reuters reported the blast. The space agency checked the site. The agency said that it was safe."
    assert mentioned(read_by_model(text)) == ["Reuters"]


def test_a_feed_without_a_name_is_a_mention_without_a_name(read_by_model: Reader) -> None:
    record = read_by_model("It rained.\n\nDisclaimer: This post has been auto-published from an agency feed.")
    assert [(outlet.name, outlet.role) for outlet in record.outlets] == [(None, "syndicator")]


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(
            ["Reuters", "The", "Times", "(", ")", "told", "AP", "said", "Radio", "“", "News", ".", ",", "\n", "Example",
             "of", "Copyright", "2031", "—", "newspaper", "the", "report", "TV", "according to", "©"]
        ),
        max_size=30,
    )
)  # fmt: skip
def test_mentions_do_not_overlap_whatever_the_text(model: Pipeline, words: list[str]) -> None:
    (record,) = model.records([Article.of(" ".join(words), id="drawn")])
    spans = sorted(outlet.span for outlet in record.outlets)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
