"""The page as a reader gets it: what it says of a collection, how it is linked, what it survives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from annotate.errors import InputError
from annotate.record import OutletMention, Record, SpeakerRef, Via, make_attribution
from annotate.report import write_report
from annotate.report.briefs import Pair
from annotate.scheme import Anonymity, Independence, SourceType
from annotate.stories.model import Stories
from tests.report.made_up import TIMES, articles, record_of, stories
from tests.report.page import Page, singly, words


@pytest.fixture
def page(tmp_path: Path) -> Page:
    return Page.of(tmp_path, stories(), articles(), title="The bridge")


def row(page: Page, number: int) -> list[str]:
    """Return the cells of the nth telling of the first claim."""
    cells = page.all(f"//section[@id='s1-c1']//table/tbody/tr[{number}]/td")
    return [words(cell) for cell in cells]


def test_the_top_tells_what_there_is_and_who_read_it(page: Page) -> None:
    numbers = [words(item) for item in page.all("//dl[@class='numbers']/div")]
    assert numbers[:4] == [
        "articles4", "story told by several1", "attributions5", "claims told more than once1"
    ]  # fmt: skip
    assert "1 article of 4 corrected by a person" in page.text("//p[@class='provenance']")
    assert "source-annotator 0.1.0, pipeline by-hand-1" in page.text("//p[@class='provenance']")
    assert [words(cell) for cell in page.all("//table[contains(@class, 'stories')]/tbody/tr/*")] == [
        "Army says it holds the bridge", "3", "1", "1", "1", "1"
    ]  # fmt: skip


def test_a_claim_tells_who_says_it_through_whom_and_where(page: Page) -> None:
    number, who, road, where, machine, person = row(page, 1)
    assert (number, road) == ("1", "Radio Sample → Sample Wire")
    assert who == "Ada Example party official, Colonel Ada Example"
    assert where == "Example Times “We hold the bridge,” could not be checked"
    assert machine.startswith("F6 F: reliability cannot be judged")
    assert person == "not rated"


def test_machine_and_person_stand_side_by_side(page: Page) -> None:
    *_, machine, person = row(page, 2)
    assert machine == "F6 F: reliability cannot be judged6: truth cannot be judged"
    assert person == "B2 B: usually reliable2: probably true"


def test_a_bare_fact_is_told_as_one(page: Page) -> None:
    assert row(page, 3)[1:3] == ["stated as fact, nobody named", "–"]


def test_origins_are_counted_with_their_evidence(page: Page) -> None:
    claim = words(page.id("s1-c1"))
    assert "1 independent origin and 1 not known" in claim
    assert "Ada Example: tellings 1, 2 One names the other as its source." in claim
    assert "according to the Sample Wire" in claim


def test_changes_contradictions_circles_and_checks_are_told(page: Page) -> None:
    story = page.id("s1")
    assert [words(mark) for mark in story.xpath(".//div[@class='pair']//mark")] == ["“We", ",”", "Soldiers", "."]
    assert "One denies the other." in words(story)
    steps = [words(step) for step in story.xpath(".//figure[@class='circle']//li")]
    assert steps[0] == "Sample HeraldBridge heldcites Example Times"
    assert steps[-1].startswith("Sample Wire")
    assert "It was not possible to verify the claims." in words(story)


def test_the_graph_has_its_layers_twice_and_a_table(page: Page) -> None:
    drawings = page.all("//section[@id='s1']//div[starts-with(@class, 'graph')]//svg")
    assert len(drawings) == 2
    titles = [title.text for title in drawings[0].xpath(".//*[local-name()='path']/*[local-name()='title']")]
    assert "Ada Example → Radio Sample → Sample Wire: 1" in titles
    assert "Radio Sample → Sample Wire" in words(page.id("s1"))


def test_every_link_leads_somewhere_and_every_id_is_one(page: Page) -> None:
    ids = page.all("//@id")
    assert len(ids) == len(set(ids))
    inner = [str(href)[1:] for href in page.all("//@href") if str(href).startswith("#")]
    assert len(inner) > 40
    assert set(inner) <= {str(name) for name in ids}


def test_links_lead_to_the_words_they_speak_of(page: Page) -> None:
    (href,) = page.all("//section[@id='s1-c1']//table/tbody/tr[3]//a/@href")
    assert words(page.id(str(href)[1:])) == "Soldiers hold the bridge."
    (href,) = page.all("//section[@id='s1-c1']//table/tbody/tr[1]//a/@href")
    assert words(page.id(str(href)[1:])) == "“We hold the bridge,”"


def test_an_article_keeps_its_text_and_marks_it(page: Page) -> None:
    paragraphs = [str(p.text_content()) for p in page.all("//article[@id='a1']//div[@class='para']/p")]
    assert paragraphs == [line for line in TIMES.split("\n") if line]
    inner = page.one("//span[@id='a1-q2']//span[@id='a1-q1']")
    assert inner.get("class") == "q direct"
    assert [words(mark) for mark in page.all("//article[@id='a1']//span[@class='ver']")] == [
        "It was not possible to verify the claims."
    ]


def test_a_note_has_all_that_is_known(page: Page) -> None:
    note = words(page.id("a1-n1"))
    for part in (
        "1 Ada Example → Radio Sample → Sample Wire",
        "official · named person",
        "through a chain of outlets: Ada Example → Radio Sample → Sample Wire → Example Times",
        "direct speech · told",
        "No track record of this source is on file.",
        "Personnot rated",
    ):
        assert part in note
    assert [str(href) for href in page.all("//*[@id='a1-n1']//a/@href")] == ["#a1-q3", "#s1-c1", "#a1-q1"]


def test_a_person_s_reading_takes_the_machine_s_place_in_the_text(page: Page) -> None:
    assert len(page.all("//article[@id='a3']//details[starts-with(@class, 'note')]")) == 1
    assert "B: usually reliable" in words(page.id("a3-n1"))
    assert "F: reliability cannot be judged" in words(page.id("a3-n1"))


def test_the_address_is_a_link_and_the_sha_is_told(page: Page) -> None:
    (link,) = page.all("//article[@id='a1']//a[starts-with(@href, 'http')]")
    assert link.get("href") == "https://example.org/bridge?a=1&b=2"
    assert link.get("rel") == "noopener noreferrer external"
    assert articles()[0][0].sha256 in words(page.id("a1"))


def test_speakers_are_told_with_what_joined_them(page: Page) -> None:
    cells = [words(cell) for cell in page.all("//table[contains(@class, 'speakers')]/tbody/tr/*")]
    assert cells == ["Ada Example", "Example", "1 3", "A surname and the full name, with one title."]


def test_an_article_that_stands_alone_has_no_story(page: Page) -> None:
    assert not page.all("//*[@id='s2']")
    assert "1 article stands alone" in words(page.id("stories"))


def test_headings_are_in_order_and_languages_are_named(page: Page) -> None:
    levels = [int(tag.tag[1]) for tag in page.all("//*[self::h1 or self::h2 or self::h3 or self::h4 or self::h5]")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert page.root.get("lang") == "en"


def test_charts_have_a_name_a_sentence_and_a_table(page: Page) -> None:
    figures = page.all("//figure[@class='chart']")
    assert len(figures) == 8
    for figure in figures:
        assert figure.xpath(".//*[local-name()='svg']/@aria-label")
        assert figure.xpath(".//table/tbody/tr")


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.html", "b.html"):
        write_report(tmp_path / name, stories(), articles(), title="The bridge")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_a_time_is_told_only_when_it_is_given(tmp_path: Path, page: Page) -> None:
    assert not page.all("//time")
    write_report(tmp_path / "t.html", stories(), articles(), title="x", made=datetime(2021, 9, 2, 10, tzinfo=UTC))
    assert Page(tmp_path / "t.html").one("//time").get("datetime") == "2021-09-02T10:00+00:00"


def test_nothing_is_replaced_until_the_page_is_whole(tmp_path: Path) -> None:
    class Breaking:
        def __iter__(self) -> Iterator[Pair]:
            yield articles()[0]
            raise OSError("gone")

    (tmp_path / "report.html").write_text("before", encoding="utf-8")
    with pytest.raises(OSError, match="gone"):
        write_report(tmp_path / "report.html", stories(), Breaking(), title="x")
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {"report.html": "before"}


def test_articles_that_can_be_read_only_once_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="only once"):
        write_report(tmp_path / "report.html", stories(), iter(articles()), title="x")


def test_findings_without_their_articles_are_text_without_links(tmp_path: Path) -> None:
    page = Page.of(tmp_path, stories(), articles()[3:])
    assert "3 articles of this story are not among the given ones." in words(page.id("s1"))
    assert "We hold the bridge" in words(page.id("s1"))
    ids = {str(name) for name in page.all("//@id")}
    assert {str(href)[1:] for href in page.all("//@href") if str(href).startswith("#")} <= ids


def test_an_empty_collection_is_a_page(tmp_path: Path) -> None:
    page = Page.of(tmp_path, Stories(version="1", articles=0, stories=()), [])
    assert "There are no articles." in page.source
    assert "Nobody speaks under a name." in page.source


@pytest.mark.parametrize("text", ["", "\n\n\n", "One sentence."])
def test_one_article_without_attributions_is_a_page(tmp_path: Path, text: str) -> None:
    made = [(record_of("x", text), None)]
    page = Page.of(tmp_path, singly(made), made)
    assert "No attributed speech was found." in page.source
    assert ("The text is empty." in page.source) is not bool(text.strip())


def test_an_article_without_text_tells_its_notes(tmp_path: Path) -> None:
    made = articles()[0][0].model_copy(update={"text": None})
    page = Page.of(tmp_path, singly([(made, None)]), [(made, None)])
    assert "The text is not part of this Record." in page.source
    assert "Ada Example" in words(page.id("a1-n1"))


def test_five_hundred_attributions_are_all_noted(tmp_path: Path) -> None:
    text = " ".join(f"Jane Doe said that it rained {number} times." for number in range(500))
    found = [match.span() for match in re.finditer(r"that it rained \d+ times", text)]
    made = record_of("x", text, attributions=tuple(
        make_attribution(text, id=f"q{n}", quote=[span]) for n, span in enumerate(found)
    ))  # fmt: skip
    page = Page.of(tmp_path, singly([(made, None)]), [(made, None)])
    assert len(page.all("//details[@class='note unnamed']")) == 500
    assert len(page.all("//a[@class='ref']")) == 500


CANARY = "</title></style><script>alert(1)</script><img src=x onerror=alert(2)>\"'&amp;\u202eevil\x00\x1b{{ 7*7 }}"


def hostile() -> list[Pair]:
    """Return an article that carries the canary in every field that takes text."""
    text = f"{CANARY} said {CANARY}.".replace("\x00", "\x01")
    end = len(text)
    said = make_attribution(
        text, id="x", quote=[(end - 30, end - 1)], cue=[(3, 9)], source=[(0, 20)],
        speaker=SpeakerRef(name=CANARY), via=(Via(name=CANARY, span=(2, 30)),), source_type=SourceType.PERSON,
        anonymity=Anonymity.NAMED_INDIVIDUAL, independence=Independence.PARTY,
    )  # fmt: skip
    made: list[Pair] = []
    for number, url in enumerate(
        ("javascript:alert(3)", 'https://example.org/"onclick=alert(4)//', "data:text/html,x")
    ):
        record: Record = record_of(
            f"{CANARY}{number}", text, title=CANARY, publisher=CANARY, url=url, language=CANARY, published=CANARY,
            attributions=(said,), outlets=(OutletMention(id="o", span=(2, 30), name=CANARY, domain=CANARY),),
        )  # fmt: skip
        made.append((record, None))
    return made


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    made = hostile()
    story = singly(made).stories[0].model_copy(update={"title": CANARY, "articles": tuple(p.id for p, _ in made)})
    page = Page.of(tmp_path, Stories(version=CANARY, articles=3, stories=(story,)), made, title=CANARY)
    assert not page.all("//script | //img | //@onerror | //@onclick | //iframe | //object | //embed | //form")
    assert len(page.all("//style")) == len(page.all("//title[not(ancestor::*[local-name()='svg'])]")) == 1
    assert "\x00" not in page.source
    assert "\x1b" not in page.source
    assert "{{ 7*7 }}" in page.source
    assert {str(href) for href in page.all("//@href") if not str(href).startswith("#")} == {
        "data:,", 'https://example.org/"onclick=alert(4)//'
    }  # fmt: skip
    assert all(str(tag) == "en" for tag in page.all("//@lang"))


def test_the_page_allows_nothing_but_its_own_style(page: Page) -> None:
    policy = page.one("//meta[@http-equiv='Content-Security-Policy']").get("content")
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:;")
    assert not page.all("//script | //link[@rel='stylesheet'] | //@src")
    assert "url(" not in page.source
    assert "@import" not in page.source


def test_a_table_says_what_it_leaves_out(tmp_path: Path) -> None:
    [held, *_] = stories().stories[0].claims[0].statements
    origin = stories().stories[0].claims[0].origins[0].model_copy(update={"statements": tuple(range(100))})
    claim = stories().stories[0].claims[0].model_copy(update={"statements": (held,) * 100, "origins": (origin,)})
    story = stories().stories[0].model_copy(update={"claims": (claim,)})
    page = Page.of(tmp_path, stories().model_copy(update={"stories": (story,)}), articles())
    assert len(page.all("//section[@id='s1-c1']//table/tbody/tr")) == 60
    assert "40 further tellings are left out." in words(page.id("s1-c1"))
