"""predict → push → open → submit untouched → pull: not one character of the Record changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotate.derive import normalise_newlines
from annotate.pipeline import load_pipeline
from annotate.record import Article, Record
from tests.browser.conftest import Workbench
from tests.records import TEXT, sample_record

WORDS = {
    *("“We hold the bridge,”", "“Nobody crossed it.”", "told", "Colonel Ada Example"),
    *("this", "denied", "Rebels", "Example Times", "Radio Sample", "It was not possible to verify the claims"),
}
SEEDS = Path(__file__).parents[2] / "seeds"
AROUND = {
    "emoji": "👩‍👩‍👧 A bridge 😀🇦🇫, e\u0301tat.\n\n",
    "no-break spaces": "At\u00a05\u00a0p.m., 40\u202f000 men.\n\n",
    "line ends": normalise_newlines("One line.\r\n\r\nAnother, and a lone return:\rhere.\r\n"),
    "right to left": "قال الناطق إن الجسر تحت السيطرة. שלום עולם!\n\n",
    "controls": "\ufeffA tab\there, \u2028a line, \u2029a paragraph,\u0085 a next line, \u200bzero \u00adwidth.\n\n",
    "markup": "<b>Not bold</b> &amp; not &lt;escaped&gt; $text {{x}}\n\n",
    "30,000 characters": "It went on and on in one paragraph, 😀 as it were; " * 600 + "\n\n",
}


@pytest.fixture(scope="module")
def articles() -> list[Record]:
    """The sample article with each of these before and after it."""
    return [sample_record(odd + TEXT + "\n\n" + odd).model_copy(update={"id": name}) for name, odd in AROUND.items()]


def test_what_nobody_touched_comes_back_identical(workbench: Workbench, articles: list[Record]) -> None:
    workbench.push(*articles)
    for record in articles:
        page = workbench.open(record)
        shown = {item["value"]["text"] for item in page.regions().values()}
        assert shown == WORDS, record.id
        page.submit()
    assert workbench.pull() == {record.id: record for record in articles}


def test_what_is_drawn_lies_where_it_was_drawn(workbench: Workbench, articles: list[Record]) -> None:
    workbench.push(*articles)
    drawn = {}
    for record in articles:
        page = workbench.open(record)
        text = record.text or ""
        # Over the end of a paragraph, and within a line.
        places = (text.index("Rebels") - 7, text.index("Rebels") + 6), (text.index("Radio"), text.index("reported") + 8)
        drawn[record.id] = {(page.draw(text, *place, key="6"), place) for place in places}
        page.submit()
    pulled = workbench.pull()
    assert {name: {(item.id, item.span) for item in pulled[name].notices} for name in drawn} == drawn


def test_what_the_pipeline_predicts_comes_back_identical(workbench: Workbench) -> None:
    """The whole road: predict, push, open, submit untouched, pull."""
    articles = [Article.of(odd + TEXT + "\n\n" + odd, id=name) for name, odd in AROUND.items()]
    articles += [Article.of(path.read_text(encoding="utf-8"), id=path.stem) for path in sorted(SEEDS.glob("*.txt"))]
    predicted = {record.id: record for record in load_pipeline().records(articles)}
    assert all(record.attributions for record in predicted.values())
    workbench.push(*predicted.values())
    for record in predicted.values():
        workbench.open(record).submit()
    without = {name: record.model_copy(update={"provenance": None}) for name, record in predicted.items()}
    assert workbench.pull() == without
