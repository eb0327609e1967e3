"""predict → push → open → submit untouched → pull: not one character of the Record changes."""

from __future__ import annotations

import pytest

from annotate.derive import normalise_newlines
from annotate.record import Record
from tests.browser.conftest import Workbench
from tests.records import TEXT, sample_record

BEFORE = {
    "emoji": "👩‍👩‍👧 A bridge 😀🇦🇫, e\u0301tat.\n\n",
    "no-break spaces": "At\u00a05\u00a0p.m., 40\u202f000 men.\n\n",
    "line ends": normalise_newlines("One line.\r\n\r\nAnother, and a lone return:\rhere.\r\n"),
    "right to left": "قال الناطق إن الجسر تحت السيطرة. שלום עולם!\n\n",
    "controls": "\ufeffA tab\there, \u2028a line, \u2029a paragraph,\u0085 a next line, \u200bzero \u00adwidth.\n\n",
    "markup": "<b>Not bold</b> &amp; not &lt;escaped&gt; $text {{x}}\n\n",
    "30,000 characters": "It went on and on in one paragraph, 😀 as it were; " * 600 + "\n\n",
}


@pytest.fixture
def around(request: pytest.FixtureRequest) -> Record:
    return sample_record(BEFORE[request.param] + TEXT + "\n\n" + BEFORE[request.param])


@pytest.mark.parametrize("around", BEFORE, indirect=True, ids=BEFORE)
def test_what_nobody_touched_comes_back_identical(workbench: Workbench, around: Record) -> None:
    workbench.push(around)
    page = workbench.open(around)
    assert around.text is not None
    assert {item["value"]["text"] for item in page.regions().values()} == {
        around.text[start:end]
        for item in around.attributions
        for spans in (item.quote, item.cue, item.source)
        for start, end in spans
    } | {around.text[slice(*item.span)] for item in (*around.outlets, *around.verifications)}
    page.submit()
    assert workbench.pull() == {around.id: around}


@pytest.mark.parametrize("around", BEFORE, indirect=True, ids=BEFORE)
def test_what_is_drawn_lies_where_it_was_drawn(workbench: Workbench, around: Record) -> None:
    workbench.push(around)
    page = workbench.open(around)
    text = around.text or ""
    start = text.rindex("\n", 0, text.index("Rebels")) - 5
    places = [(start, text.index("Rebels") + 6), (text.rindex(", Radio") + 2, text.rindex("reported") + 8)]
    drawn = [page.draw(text, *place, key="6") for place in places]
    page.submit()
    notices = workbench.pull()[around.id].notices
    assert {(item.id, item.span) for item in notices} == set(zip(drawn, places, strict=True))
