"""The annotator's guideline: its examples are annotations by the scheme, its keys those of the labeling page."""

from __future__ import annotations

import html
import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from annotate.contracts import label_config
from annotate.record import canonical, parse_record
from annotate.scheme import HUMAN_ONLY, RELATION_ENDS, CueClass, Label, Relation
from annotate.studio.validate import problems_of, vocabulary_of
from docs.guideline_examples import Example, Region, examples, guideline_page, marked, reading_of, regions_of, result_of

DOCS = Path(__file__).parent.parent / "docs"
PAGE = (DOCS / "guideline.md").read_text(encoding="utf-8")
EXAMPLES = examples()
READINGS = [
    pytest.param(example, reading, id=f"{example.id}-{name}")
    for example in EXAMPLES.values()
    for name, reading in (("right", example.right), ("wrong", example.wrong))
    if reading
]
CONFIG = ElementTree.fromstring(label_config())


def test_the_page_is_made_from_its_examples() -> None:
    assert guideline_page() == PAGE


@pytest.mark.parametrize(("example", "reading"), READINGS)
def test_an_example_is_an_annotation_that_pull_reads_without_a_doubt(example: Example, reading: dict) -> None:
    read = reading_of(example, reading)
    assert read.warnings == ()
    assert read.record.unlinked.regions == ()
    assert read.record.unlinked.relations == ()
    assert parse_record(read.record.to_json()) == canonical(read.record)


@pytest.mark.parametrize(("example", "reading"), READINGS)
def test_an_example_can_be_drawn_on_the_labeling_page(example: Example, reading: dict) -> None:
    machine_like = [item for item in result_of(example.text, reading) if item.get("from_name") not in HUMAN_ONLY]
    data = {"text": example.text, "title": "", "byline": "", "link_html": ""}
    prediction = {"model_version": "by-hand", "score": 1.0, "result": machine_like}
    assert problems_of({"data": data, "predictions": [prediction]}, vocabulary_of()) == []


@pytest.mark.parametrize(("example", "reading"), READINGS)
def test_relations_join_what_the_scheme_lets_them_join(example: Example, reading: dict) -> None:
    labels = {region.name: region.label for region in regions_of(example.text, reading)}
    for source, relation, target in reading["relations"]:
        assert (labels[source], labels[target]) in RELATION_ENDS[Relation(relation)]


@pytest.mark.parametrize("example", [one for one in EXAMPLES.values() if one.wrong], ids=lambda one: one.id)
def test_a_wrong_reading_differs_from_the_right_one_and_says_why(example: Example) -> None:
    assert example.wrong is not None
    right, wrong = (reading_of(example, reading).record for reading in (example.right, example.wrong))
    assert (right.attributions, right.notices, right.verifications) != (
        wrong.attributions,
        wrong.notices,
        wrong.verifications,
    )
    assert len(example.right["why"]) > 20
    assert len(example.wrong["why"]) > 20


def test_the_right_readings_hold_to_the_rules_for_edges() -> None:
    for example in EXAMPLES.values():
        record = reading_of(example, example.right).record
        for attribution in record.attributions:
            for start, end in (*attribution.quote, *attribution.cue, *attribution.source):
                words = example.text[start:end]
                assert words == words.strip()
                assert words[-1] not in ".,;:"
            assert attribution.cue_class is not None
            assert attribution.source, f"{example.id}: every example has a source"
        for one, other in pairwise(sorted((item.span, item.id) for item in record.outlets)):
            assert one[0][1] <= other[0][0]


def test_the_examples_show_every_label_relation_and_most_classes_of_cues() -> None:
    labels = {region["label"] for example in EXAMPLES.values() for region in example.right["regions"]}
    relations = {relation for example in EXAMPLES.values() for _, relation, _ in example.right["relations"]}
    assert labels == set(Label)
    assert relations == set(Relation)
    classes = {
        values.get("cue_class") for example in EXAMPLES.values() for values in example.right["attributes"].values()
    }
    assert set(CueClass) - classes == {CueClass.CLAIM, CueClass.CONFIRM, CueClass.HEDGE}


def test_every_trap_of_the_scheme_is_taught_with_a_wrong_and_a_right_reading() -> None:
    traps = PAGE[PAGE.index("## Traps") : PAGE.index("## Your own judgement")]
    sections = dict(re.findall(r"^### (.+)\n((?:(?!###).*\n)*)", traps, re.MULTILINE))
    assert list(sections) == [
        "A split quote",
        "*Say* inside a quote",
        "Two layers",
        "Unnamed after named",
        "An outlet as the source",
        "Quotation marks that are not speech",
        "A headline in the text",
        "What a Verification speaks of",
    ]
    for body in sections.values():
        assert '<div class="reading wrong">' in body
        assert '<div class="reading right">' in body


def test_the_keys_are_those_of_the_labeling_page() -> None:
    listed = set(re.findall(r"`([^` ]+)` (\w+)(?=[,\s|])", PAGE[PAGE.index("## Keys") : PAGE.index("| key | does |")]))
    expected = {
        (element.get("hotkey"), element.get("value")) for element in CONFIG.iter() if element.tag in {"Label", "Choice"}
    }
    assert listed == expected


def test_the_colours_are_those_of_the_labeling_page_and_leave_the_words_readable() -> None:
    style = (DOCS / "guideline.css").read_text(encoding="utf-8")
    found = dict(re.findall(r"mark\.(\w+) \{ background: (#\w{6})40; border-bottom: 3px \w+ \2; \}", style))
    assert found == {label.get("value", "").lower(): label.get("background") for label in CONFIG.iter("Label")}
    for colour in found.values():
        for paper, ink in ((255, 0x21), (0x1E, 0xE0)):  # light and dark pages
            tint = [round(0x40 / 255 * int(colour[at : at + 2], 16) + (1 - 0x40 / 255) * paper) for at in (1, 3, 5)]
            lighter, darker = sorted((luminance(tint), luminance([ink] * 3)), reverse=True)
            assert (lighter + 0.05) / (darker + 0.05) >= 4.5, colour


def luminance(colour: list[int]) -> float:
    """Return the relative luminance of an sRGB colour (WCAG 2)."""
    linear = [(c / 255 / 12.92) if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
    return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_marks_can_be_read_without_colours_and_keep_the_text() -> None:
    for example in EXAMPLES.values():
        shown = marked(example.text, regions_of(example.text, example.right))
        assert re.sub(r"<b>\[\w+</b> |<b>\]</b>|</?mark[^>]*>", "", shown).replace("<br>", "\n\n") == html.escape(
            example.text, quote=False
        )
        assert shown.count("<b>]</b></mark>") == len(example.right["regions"])
    with pytest.raises(ValueError, match="S1 and Q1 cross"):
        marked("a b c d", [Region("Q1", Label.QUOTE, 0, 4), Region("S1", Label.SOURCE, 2, 6)])


def test_words_that_are_not_there_are_no_example() -> None:
    with pytest.raises(ValueError, match="does not stand in"):
        regions_of("Ada said so.", {"regions": [{"id": "Q1", "label": "Quote", "words": "nothing"}]})


def test_the_page_is_read_in_twenty_minutes() -> None:
    words = re.sub(r"<[^>]+>|\|.*\|", " ", PAGE).split()
    assert 1500 < len(words) < 20 * 220
