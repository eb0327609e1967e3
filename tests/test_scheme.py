"""docs/scheme.md defines the whole vocabulary for annotators, with the keys of the labeling page."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

from annotate.contracts import label_config
from annotate.scheme import ATTRIBUTES, RELATION_ENDS, SCHEME_VERSION, Label, Quality, Relation

PAGE = (Path(__file__).parent.parent / "docs" / "scheme.md").read_text(encoding="utf-8")
# Section heading → its table's rows, each a list of cells.
TABLES = {
    heading: [
        [cell.strip().replace("`", "") for cell in line.strip("|").split("|")]
        for line in body.split("\n")
        if line.startswith("| `")
    ]
    for heading, body in re.findall(r"^##+ (.+)\n((?:(?!##).*\n)*)", PAGE, re.MULTILINE)
}


def keys_of_the_page(control: str) -> dict[str, str]:
    root = ElementTree.fromstring(label_config())
    return {
        option.attrib["value"]: option.attrib["hotkey"]
        for element in root.iter()
        if element.get("name") == control
        for option in element
    }


def test_the_page_lists_every_label_with_its_key() -> None:
    assert {row[0]: row[1] for row in TABLES["Labels"]} == keys_of_the_page("label")
    assert [row[0] for row in TABLES["Labels"]] == list(Label)


def test_the_page_lists_every_relation_with_its_ends() -> None:
    listed = {
        Relation(name): {tuple(map(Label, ends.split(" → "))) for ends in places.split(", ")}
        for name, places, *_ in TABLES["Relations"]
    }
    assert listed == {relation: set(ends) for relation, ends in RELATION_ENDS.items()}


def test_the_page_defines_every_attribute_and_value_with_its_key() -> None:
    sections = {heading.replace("`", ""): rows for heading, rows in TABLES.items() if ": " in heading}
    expected = {f"{label}: {name}" for label, attributes in ATTRIBUTES.items() for name in attributes}
    assert set(sections) == {*expected, "The article: quality"}
    for label, attributes in ATTRIBUTES.items():
        for name, values in attributes.items():
            rows = {row[0]: row[1] for row in sections[f"{label}: {name}"]}
            assert rows == (keys_of_the_page(name) if values else {})
            assert list(rows) == list(values or ())
    assert {row[0]: row[1] for row in sections["The article: quality"]} == keys_of_the_page("quality")
    assert [row[0] for row in sections["The article: quality"]] == list(Quality)


def test_the_page_names_its_version() -> None:
    assert f"The version of the scheme is {SCHEME_VERSION};" in PAGE
