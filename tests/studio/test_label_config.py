"""The labeling config says what the scheme says, and nothing else."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from itertools import combinations

import pytest

from annotate.contracts import label_config
from annotate.scheme import ATTRIBUTES, HUMAN_ONLY, Label, Quality, Relation

ROOT = ET.fromstring(label_config())
CONTROLS = {control.get("name"): control for tag in ("Choices", "TextArea") for control in ROOT.iter(tag)}
ATTRIBUTE_PAIRS = [(label, name) for label, attributes in ATTRIBUTES.items() for name in attributes]

# What Label Studio 1.23.2 binds on a page with text: its keymap's sections "annotation", "data_manager", "regions".
TAKEN = {
    *("ctrl+enter", "ctrl+space", "alt+enter", "ctrl+z", "ctrl+shift+z"),
    *("shift+up", "shift+down", "shift+left", "shift+right", "shift+."),
    *("ctrl+backspace", "enter", "alt+r", "alt+h", "ctrl+h", "alt+l", "alt+m", "u", "escape", "backspace", "alt+."),
    *("ctrl+d", "delete"),
}


def hotkeys() -> Iterator[tuple[str, str]]:
    for element in ROOT.iter():
        if element.tag in ("Label", "Choice"):
            yield element.get("value", ""), element.get("hotkey", "")


def test_labels_are_the_schemes() -> None:
    assert [label.get("value") for label in ROOT.iter("Label")] == [str(label) for label in Label]


def test_relations_are_the_schemes() -> None:
    assert [relation.get("value") for relation in ROOT.iter("Relation")] == [str(relation) for relation in Relation]


def test_controls_are_the_schemes() -> None:
    assert set(CONTROLS) == {name for _, name in ATTRIBUTE_PAIRS} | {"quality"}


@pytest.mark.parametrize(("label", "name"), ATTRIBUTE_PAIRS)
def test_an_attribute_has_the_schemes_values_and_belongs_to_its_label(label: Label, name: str) -> None:
    control = CONTROLS[name]
    values = ATTRIBUTES[label][name]
    assert control.tag == ("Choices" if values else "TextArea")
    assert [choice.get("value") for choice in control] == [str(value) for value in values or ()]
    assert (control.get("toName"), control.get("perRegion")) == ("text", "true")
    # Label Studio drops a value on submission when this does not hold, so that no hidden one gets through.
    assert control.get("whenLabelValue") == label


@pytest.mark.parametrize(("label", "name"), ATTRIBUTE_PAIRS)
def test_an_attribute_is_shown_with_its_region_alone(label: Label, name: str) -> None:
    (view,) = [
        view
        for view in ROOT.iter("View")
        if view.get("visibleWhen") == "region-selected" and CONTROLS[name] in list(view.iter())
    ]
    assert (view.get("whenTagName"), view.get("whenLabelValue")) == ("label", label)


def test_quality_belongs_to_the_article() -> None:
    assert [choice.get("value") for choice in CONTROLS["quality"]] == [str(value) for value in Quality]
    assert CONTROLS["quality"].get("perRegion") is None


def test_nothing_is_chosen_or_written_beforehand() -> None:
    assert {"credibility", "reliability"} == HUMAN_ONLY
    for element in ROOT.iter():
        assert element.get("selected") is None
        assert element.tag not in ("Choices", "TextArea") or element.get("value") is None


def test_every_label_and_choice_has_a_hotkey_of_its_own() -> None:
    keys = [key for _, key in hotkeys()]
    assert all(re.fullmatch(r"(shift\+)?[a-z0-9]", key) for key in keys)
    assert sorted(keys) == sorted(set(keys))


def test_no_hotkey_is_one_of_label_studios() -> None:
    assert not {key for _, key in hotkeys()} & TAKEN


def test_colours_stay_apart_for_the_colour_blind() -> None:
    colours = {label.get("value"): label.get("background", "") for label in ROOT.iter("Label")}
    for seeing, matrix in VISION.items():
        seen = {name: _lab(_through(matrix, colour)) for name, colour in colours.items()}
        for one, other in combinations(seen, 2):
            distance = sum((a - b) ** 2 for a, b in zip(seen[one], seen[other], strict=True)) ** 0.5
            assert distance > 15, f"{one} and {other} look alike: {seeing}, {distance:.1f}"


def test_the_page_shows_what_a_task_brings() -> None:
    shown = {element.get("value", "").removeprefix("$") for element in ROOT.iter() if "$" in element.get("value", "")}
    assert shown == {"text", "title", "byline", "link_html"}


def test_label_studios_own_reader_accepts_it() -> None:
    from label_studio_sdk.label_interface import LabelInterface

    interface = LabelInterface(label_config())
    interface.validate()
    assert set(interface.get_tag("label").labels) == {str(label) for label in Label}


# Linear RGB as people with each kind of colour vision see it: Viénot, Brettel and Mollon (1999).
VISION = {
    "full colour": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.11238, 0.88762, 0), (0.11238, 0.88762, 0), (0.00401, -0.00401, 1)),
    "deuteranopia": ((0.29275, 0.70725, 0), (0.29275, 0.70725, 0), (-0.02234, 0.02234, 1)),
}
Triple = tuple[float, float, float]


def _through(matrix: tuple[Triple, ...], colour: str) -> Triple:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    first, second, third = (
        min(1.0, max(0.0, sum(weight * value for weight, value in zip(row, linear, strict=True)))) for row in matrix
    )
    return first, second, third


def _lab(linear: Triple) -> Triple:
    """Turn linear sRGB into CIELAB (D65)."""
    red, green, blue = linear
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (value ** (1 / 3) if value > 216 / 24389 else value * 841 / 108 + 4 / 29 for value in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)
