"""Both layers of nested reporting: what was said, and the outlet's report that it was."""

from __future__ import annotations

import pytest

from annotate.pipeline import Pipeline, load_pipeline
from annotate.pipeline.network.stretches import Stretches, lone_openings
from annotate.record import Article


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return load_pipeline()


@pytest.mark.parametrize("before", ["", "Fighting went on in the valley on Thursday.\n\n"])
@pytest.mark.parametrize(
    ("speech", "speaker", "rest", "outlet"),
    [
        ("“The old bridge is closed for now,”", "the mayor", " said", "according to Reuters"),
        ("“We will not leave our homes tonight,”", "a resident", " told reporters", "according to the BBC"),
    ],
)
def test_a_quotation_and_the_report_of_it_are_two_attributions(pipeline, before, speech, speaker, rest, outlet):
    reported = f"{speech} {speaker}{rest}"
    text = f"{before}{reported}, {outlet}."
    (record,) = pipeline.records([Article.of(text)])
    found = {
        " ".join(text[start:end] for start, end in item.quote): " ".join(text[start:end] for start, end in item.source)
        for item in record.attributions
    }
    assert found[speech] == speaker
    assert outlet.endswith(found[reported].removeprefix("the "))


def at(text: str, part: str) -> tuple[int, int]:
    return text.index(part), text.index(part) + len(part)


def test_a_quote_is_read_again_only_when_the_speech_it_begins_with_is_nobodys():
    text = "“We are here to stay,” she said, by radio. He added “that is all we know now” too."
    speech, other = at(text, "“We are here to stay,”"), at(text, "“that is all we know now”")
    outer, inside = at(text, "“We are here to stay,” she said"), at(text, "He added “that is all we know now”")
    stretches = Stretches(text, [speech, other])
    assert list(lone_openings([[outer]], stretches)) == [(outer, speech)]
    assert list(lone_openings([[speech], [outer]], stretches)) == []
    assert list(lone_openings([[outer], [at(text, "to stay")]], stretches)) == []
    assert list(lone_openings([[inside], [speech]], stretches)) == []
