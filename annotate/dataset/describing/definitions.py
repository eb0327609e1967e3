"""What labels and values mean, in the words in which annotators saw them: from the labeling page and the scheme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from xml.etree import ElementTree

from annotate.contracts import label_config

# The page asks for two of the scheme's controls under shorter names than a table can use.
_CONTROLS = {"outlet_role": "role"}
# What is never asked, since it follows from the rest; annotate.derive computes it.
_DERIVED = {
    "quote_type": "Whether the quote stands in quotation marks: wholly, in part, or not at all (computed)",
    "directness": "Through how many outlets the quote came, or whether one is itself the source (computed)",
}


@dataclass(frozen=True, slots=True)
class Definitions:
    """labels: by label. headings: by class, what is asked; values: by class, then value, where the page explains it."""

    labels: Mapping[str, str]
    headings: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]

    def heading(self, name: str) -> str:
        """Return what a class of CLASSES says."""
        asked = self.headings.get(_CONTROLS.get(name, name), "")
        # The page speaks to the annotator, a card about them.
        return _DERIVED.get(name) or asked.replace("your own", "the annotator's own")

    def value(self, name: str, value: str) -> str:
        """Return what a value of a class means, where the page explains it."""
        return self.values.get(_CONTROLS.get(name, name), {}).get(value, "")


@cache
def definitions() -> Definitions:
    """Read the labeling page."""
    root = ElementTree.fromstring(label_config())  # noqa: S314 (a file of ours)
    labels = {item.get("value", ""): item.get("hint", "") for item in root.iter("Label")}
    headings: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    heading = ""
    for item in root.iter():
        if item.tag == "Header":
            heading = item.get("value", "")
        elif item.tag == "Choices":
            name = item.get("name", "")
            headings[name] = heading
            values[name] = {one.get("value", ""): one.get("hint", "") for one in item.iter("Choice")}
    return Definitions(labels, headings, values)
