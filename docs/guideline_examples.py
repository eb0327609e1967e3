"""The guideline's page, made from its template, its machine-readable examples and the keys of the labeling config.

Every reading of an example, the right one and the wrong one, is read as an annotation would be (`reading_of`): what the
page shows can be drawn in Label Studio, and means what the scheme says.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from annotate.contracts import label_config
from annotate.record import Article
from annotate.regions.annotations import Reading, record_of
from annotate.scheme import ATTRIBUTES, Label

FOLDER = Path(__file__).parent
EXAMPLES = FOLDER / "guideline_examples.jsonl"
TEMPLATE = FOLDER / "guideline.template.md"
_PLACE = re.compile(r"^\{\{ (\w+)(?: ([\w-]+))? \}\}$", re.MULTILINE)

Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Region:
    """A mark: its name as the page shows it (`Q1`), and its span in code points."""

    name: str
    label: Label
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Example:
    """A made-up text with the right reading of it, and often a wrong one."""

    id: str
    text: str
    right: Mapping[str, Any]
    wrong: Mapping[str, Any] | None = None


def examples() -> dict[str, Example]:
    """Return the examples by id, in the order of the file."""
    lines = EXAMPLES.read_text(encoding="utf-8").splitlines()
    return {made.id: made for made in (Example(**json.loads(line)) for line in lines)}


def regions_of(text: str, reading: Mapping[str, Any]) -> list[Region]:
    """Find the words of each mark; words that stand in the text more than once need `nth` (from 0).

    Raises: ValueError when they do not stand there, or nothing says which of them is meant.
    """
    found = []
    for region in reading["regions"]:
        words, nth = region["words"], region.get("nth")
        places = [match.start() for match in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", text)]
        if not places or (nth is None and len(places) > 1 and places[0] != text.find(words)):
            raise ValueError(f"{words!r} does not stand in {text!r}")
        start = places[nth or 0]
        found.append(Region(region["id"], Label(region["label"]), start, start + len(words)))
    return found


def result_of(text: str, reading: Mapping[str, Any]) -> list[Item]:
    """Return a reading as the list of items that Label Studio keeps."""
    items: list[Item] = []
    for region in regions_of(text, reading):
        place = {"start": region.start, "end": region.end, "text": text[region.start : region.end]}
        shared = {"id": region.name, "to_name": "text"}
        items.append(
            {**shared, "from_name": "label", "type": "labels", "value": {**place, "labels": [str(region.label)]}}
        )
        for name, value in reading["attributes"].get(region.name, {}).items():
            if ATTRIBUTES[region.label][name] is None:
                items.append({**shared, "from_name": name, "type": "textarea", "value": {**place, "text": [value]}})
            else:
                items.append({**shared, "from_name": name, "type": "choices", "value": {**place, "choices": [value]}})
    for source, label, target in reading["relations"]:
        relation = {"type": "relation", "from_id": source, "to_id": target, "direction": "right", "labels": [label]}
        items.append(relation)
    return items


def reading_of(example: Example, reading: Mapping[str, Any]) -> Reading:
    """Read it as `annotate pull` would."""
    return record_of(result_of(example.text, reading), Article.of(example.text, id=example.id))


# -- the page --------------------------------------------------------------------------------------------------------


def guideline_page() -> str:
    """Return docs/guideline.md."""
    known = examples()
    used: list[str] = []

    def fill(match: re.Match[str]) -> str:
        kind, name = match.groups()
        if kind == "keys":
            return "\n".join(_keys())
        used.append(name)
        return _shown(known[name])

    page = _PLACE.sub(fill, TEMPLATE.read_text(encoding="utf-8"))
    if sorted(used) != sorted(known):
        raise ValueError(f"examples shown twice or never: {sorted(set(known) ^ set(used)) or sorted(used)}")
    note = "<!-- Made from guideline.template.md and guideline_examples.jsonl by `make generated`. -->\n\n"
    return note + page


def _shown(example: Example) -> str:
    parts = [_reading(example, example.right, "right")]
    if example.wrong:
        parts.insert(0, _reading(example, example.wrong, "wrong"))
    return f'<div class="example" id="example-{example.id}">\n' + "\n".join(parts) + "\n</div>"


def _reading(example: Example, reading: Mapping[str, Any], verdict: str) -> str:
    word = {"right": "✓ Right", "wrong": "✗ Wrong"}[verdict]
    # A wrong reading shows its values where nothing else is wrong with it.
    telling = verdict == "right" or all(reading[part] == example.right[part] for part in ("regions", "relations"))
    facts = [f"{source} <i>{label}</i> {target}" for source, label, target in reading["relations"]]
    values = [
        f"{name}: {html.escape(key)} = <b>{html.escape(value)}</b>"
        for name, attributes in reading["attributes"].items()
        for key, value in attributes.items()
    ]
    lines = [
        f'<div class="reading {verdict}">',
        f'<p class="verdict">{word}</p>',
        f'<p class="marked">{marked(example.text, regions_of(example.text, reading))}</p>',
        f'<p class="links">{" · ".join(facts)}</p>',
        *([f'<p class="values">{" · ".join(values)}</p>'] if values and telling else []),
        f'<p class="why">{html.escape(reading["why"], quote=False)}</p>',
        "</div>",
    ]
    return "\n".join(lines)


def marked(text: str, regions: list[Region]) -> str:
    """Return the text as HTML with its marks in it, each in brackets with its name.

    Raises: ValueError when two marks cross: a page cannot show that.
    """
    ordered = sorted(regions, key=lambda region: (region.start, -region.end, region.label is Label.OUTLET))
    out: list[str] = []
    open_ones: list[Region] = []
    at = 0

    def move(to: int) -> None:
        nonlocal at
        out.append(html.escape(text[at:to], quote=False).replace("\n\n", "<br>"))
        at = to

    def close(until: int) -> None:
        while open_ones and open_ones[-1].end <= until:
            move(open_ones.pop().end)
            out.append("<b>]</b></mark>")

    for region in ordered:
        close(region.start)
        if open_ones and region.end > open_ones[-1].end:
            raise ValueError(f"{region.name} and {open_ones[-1].name} cross")
        move(region.start)
        out.append(f'<mark class="{region.label.lower()}"><b>[{region.name}</b> ')
        open_ones.append(region)
    close(len(text))
    move(len(text))
    return "".join(out)


def _keys() -> Iterator[str]:
    """Yield the table of keys, as the labeling config has them."""
    root = ElementTree.fromstring(label_config())  # noqa: S314 - our own file
    options = {
        control.get("name", ""): [(option.get("value", ""), option.get("hotkey", "")) for option in control]
        for tag in ("Labels", "Choices")
        for control in root.iter(tag)
    }
    yield "| when | sets | keys |"
    yield "| --- | --- | --- |"
    yield f"| always | label | {_pairs(options['label'])} |"
    for label, attributes in ATTRIBUTES.items():
        for name, values in attributes.items():
            if values:
                yield f"| a {label} is selected | `{name}` | {_pairs(options[name])} |"
    yield f"| always | the article's `quality` | {_pairs(options['quality'])} |"


def _pairs(options: list[tuple[str, str]]) -> str:
    return ", ".join(f"`{key}` {value}" for value, key in options)
