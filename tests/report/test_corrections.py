"""The section on corrections: what a reader finds in it, and when there is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from annotate.derive import Span
from annotate.record import Article, Meta
from annotate.report import write_report
from annotate.review.ledger import Ledger, make_ledger
from annotate.scheme import Label
from annotate.store import Store
from tests.report.made_up import articles, stories
from tests.report.page import Page, words
from tests.review.results import attribute, mark
from tests.review.shelf import Shelf, article, given, with_value, without

HOSTILE = "<script>alert(1)</script> & </section> \x08 “words” she said."


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with Store.open(str(tmp_path / "store.db")) as store:
        yield Shelf(store)


def ledger_of(shelf: Shelf, *by: str, names: bool = False) -> Ledger:
    return make_ledger(shelf.store, shelf.rendered, by=by, names=names)


def page_of(folder: Path, ledger: Ledger | None) -> Page:
    path = folder / "report.html"
    write_report(path, stories(), articles(), title="A report", corrections=ledger)
    return Page(path)


def table(page: Page, title: str) -> dict[str, list[str]]:
    """Return a table's rows by their first cells."""
    rows = page.all(f"//table[caption={title!r}]/tbody/tr")
    return {words(row[0]): [words(cell) for cell in row[1:]] for row in rows}


def test_without_annotations_there_is_no_section(shelf: Shelf, tmp_path: Path) -> None:
    without_ledger = page_of(tmp_path, None).source
    assert page_of(tmp_path, ledger_of(shelf)).source == without_ledger
    assert 'id="corrections"' not in without_ledger
    assert "#corrections" not in without_ledger


def test_the_section_tells_what_became_of_the_machines_work(shelf: Shelf, tmp_path: Path) -> None:
    one, other, skipped, empty = (article(number) for number in (1, 2, 3, 4))
    shelf.add(one, other, skipped, empty)
    shelf.annotate(one, with_value(without(given(one), "o1"), "cue_class", "claim"), before=given(one))
    shelf.annotate(other, given(other), before=given(other), pipeline="made-up-2", at="2026-03-01T00:00:00Z")
    shelf.annotate(skipped, [], before=given(skipped), skipped=True)
    shelf.annotate(empty, given(empty), pipeline=None)
    page = page_of(tmp_path, ledger_of(shelf, "pipeline", "month", "outlet"))
    section = page.id("corrections")
    assert "2 annotations of 2 articles, each compared with what the machine had given" in words(section)
    numbers = [words(item) for item in section.xpath(".//dl[@class='numbers']/div")]
    assert numbers == [
        "of regions accepted as they were75.0 %", "F1 of regions93.3 %", "F1 of relations100.0 %",
        "of attributes right80.0 %",
    ]  # fmt: skip
    assert "1 annotation was skipped and not compared. 1 annotation began on an empty page" in words(section)
    kinds = [words(item) for item in section.xpath(".//ul[@class='kinds']//summary")]
    assert kinds == ["1 Cue cue_class neutral → claim", "1 Outlet deleted"]
    example = section.xpath(".//ul[@class='kinds']/li[2]//dd")
    assert [words(cell) for cell in example] == [
        "… 1,” the spokesman said. Rebels deny it, [Outlet Sample Wire] reported.", "–"
    ]  # fmt: skip
    assert table(page, "By pipeline") == {
        "made-up-1": ["1", "1", "50.0 %", "85.7 %", "100.0 %", "50.0 %"],
        "made-up-2": ["1", "1", "100.0 %", "100.0 %", "100.0 %", "100.0 %"],
    }
    assert list(table(page, "By month")) == ["2026-01", "2026-03"]
    # One outlet has nobody to be compared with.
    assert table(page, "By outlet") == {}
    assert table(page, "What became of the relations")["said_by"] == ["2", "2", "0", "0"]
    assert table(page, "Regions, with their very spans")["Outlet"] == ["50.0 %", "100.0 %", "66.7 %", "2", "1"]
    assert table(page, "Attributes, of regions that both have")["cue_class"][-1] == "50.0 %"


def test_the_charts_say_the_same_in_tables(shelf: Shelf, tmp_path: Path) -> None:
    of = article(1)
    shelf.add(of)
    shelf.annotate(of, without(given(of), "o1"), before=given(of))
    section = page_of(tmp_path, ledger_of(shelf)).id("corrections")
    assert len(section.xpath(".//*[local-name()='svg']")) == 2
    rows = [words(row) for row in section.xpath(".//figure[1]//tbody/tr")]
    assert rows[-1] == "Outlet10000010"


def test_an_example_leads_to_its_article(shelf: Shelf, tmp_path: Path) -> None:
    prediction, _ = articles()[0]
    of = Article(prediction.id, prediction.text or "", prediction.sha256, prediction.meta)
    shelf.add(of)
    shelf.annotate(of, [], before=[mark("x", Label.QUOTE, 0, 5)])
    page = page_of(tmp_path, ledger_of(shelf))
    (link,) = page.id("corrections").xpath(".//ul[@class='kinds']//a")
    assert words(page.id(link.get("href").removeprefix("#"))).find("Army says it holds the bridge") >= 0


def test_strange_words_are_only_shown(shelf: Shelf, tmp_path: Path) -> None:
    of = Article.of(HOSTILE, id="<b>id</b>", meta=Meta(publisher="<i>Times</i>"))
    other = article(2)
    shelf.add(of, other)
    whole: Span = (0, len(HOSTILE))
    before = [mark("x", Label.SOURCE, *whole), attribute("x", "name", "<u>Ada</u>", *whole)]
    after = [mark("x", Label.SOURCE, *whole), attribute("x", "name", "<u>Eve</u>", *whole)]
    shelf.annotate(of, after, before=before, who="<s>zoe</s>")
    shelf.annotate(other, [], before=[], who="<em>ann</em>")
    page = page_of(tmp_path, ledger_of(shelf, "outlet", "annotator", names=True))
    section = page.id("corrections")
    assert not section.xpath(".//script | .//i[not(ancestor::ul[@class='key'])] | .//u | .//s | .//em")
    assert not page.all("//script")
    text = words(section)
    assert "<script>alert(1)</script> & </section> \ufffd “words” she said." in text
    assert "name: <u>Eve</u>" in text
    assert "<i>Times</i>" in table(page, "By outlet")
    assert "<s>zoe</s>" in table(page, "By annotator")
    assert "\x08" not in page.source


def test_of_skipped_tasks_only_their_number_is_told(shelf: Shelf, tmp_path: Path) -> None:
    of = article(1)
    shelf.add(of)
    shelf.annotate(of, [], before=given(of), skipped=True)
    section = page_of(tmp_path, ledger_of(shelf, "pipeline")).id("corrections")
    assert "0 annotations of 0 articles" in words(section)
    assert "1 annotation was skipped and not compared." in words(section)
    assert not section.xpath(".//table | .//figure | .//ul")
