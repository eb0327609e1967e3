"""Check a task against the labeling config and its own text before it is sent.

The server stores nearly anything; it is the page that breaks then: a relation to an unknown region leaves it blank,
an unknown label is dropped in silence, a shifted offset marks other words than the side panel shows.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

from annotate.contracts import label_config
from annotate.errors import ContractError
from annotate.scheme import HUMAN_ONLY

Json = Mapping[str, Any]
_VARIABLE = re.compile(r"^\$(\w+)$")
# NUL as JSON writes it, after an even number of backslashes: an odd one would make it five harmless characters.
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_VERSION = re.compile(r'[^,"\s]{1,200}')


@dataclass(slots=True)
class Control:
    """A control of the labeling page: what it is called, which values it offers, and for regions of which label."""

    kind: str
    to_name: str
    values: frozenset[str]
    label: str | None


@dataclass(slots=True)
class Vocabulary:
    """What a labeling config allows: controls by name, relation labels, texts (name to data key), data keys.

    human_only: controls that no prediction may fill.
    """

    controls: dict[str, Control] = field(default_factory=dict)
    relations: frozenset[str] = frozenset()
    texts: dict[str, str] = field(default_factory=dict)
    data_keys: frozenset[str] = frozenset()
    human_only: frozenset[str] = HUMAN_ONLY


def vocabulary_of(config: str | None = None) -> Vocabulary:
    """Read the vocabulary out of a labeling config (None: our own).

    Raises: ContractError when it is not XML.
    """
    try:
        root = ElementTree.fromstring(label_config() if config is None else config)  # noqa: S314 - our own file
    except ElementTree.ParseError as error:
        raise ContractError(f"the labeling config is not XML: {error}", mend="reinstall source-annotator") from None
    vocabulary = Vocabulary()
    kinds = {"Labels": ("labels", "Label"), "Choices": ("choices", "Choice"), "TextArea": ("textarea", "")}
    for element in root.iter():
        if element.tag in kinds:
            kind, option = kinds[element.tag]
            values = frozenset(child.get("value", "") for child in element.iter(option)) if option else frozenset()
            vocabulary.controls[element.get("name", "")] = Control(
                kind, element.get("toName", ""), values, element.get("whenLabelValue")
            )
        elif element.tag == "Relations":
            vocabulary.relations = frozenset(child.get("value", "") for child in element.iter("Relation"))
        if variable := _VARIABLE.match(element.get("value", "")):
            vocabulary.data_keys |= {variable[1]}
            if element.tag == "Text":
                vocabulary.texts[element.get("name", "")] = variable[1]
    return vocabulary


def problems_of(task: Json, vocabulary: Vocabulary) -> list[str]:
    """Return what is wrong with a task: its `data`, and every one of its `predictions`."""
    return [*_unwritable(task), *_task_problems(task, vocabulary)]


def prediction_problems(data: Json, prediction: Json, vocabulary: Vocabulary) -> list[str]:
    """Return what is wrong with a prediction for a task with this data."""
    return [*_unwritable(prediction), *_prediction_problems(data, prediction, vocabulary)]


def _task_problems(task: Json, vocabulary: Vocabulary) -> Iterator[str]:
    data = task["data"]
    for key in sorted(vocabulary.data_keys - data.keys()):
        yield f"the task lacks {key!r}"
    for key in sorted({*vocabulary.data_keys, "article_id", "text_sha256", "push_key"} & data.keys()):
        if not isinstance(data[key], str):
            yield f"{key!r} is no text"
    for prediction in task.get("predictions", ()):
        yield from _prediction_problems(data, prediction, vocabulary)


def _prediction_problems(data: Json, prediction: Json, vocabulary: Vocabulary) -> Iterator[str]:
    if not _VERSION.fullmatch(str(prediction.get("model_version", ""))):
        yield "the model version is missing, or has spaces, commas or quotation marks in it"
    if not _is_share(prediction.get("score")):
        yield f"the prediction's score {prediction.get('score')!r} is not in 0..1"
    result = prediction["result"]
    regions = {item["id"]: item for item in result if item.get("type") == "labels" and "id" in item}
    seen: set[tuple[str, str]] = set()
    for item in result:
        if item.get("type") == "relation":
            yield from _relation_problems(item, regions, vocabulary)
            continue
        name, control = str(item.get("id", "")), str(item.get("from_name", ""))
        if not name:
            yield f"a region of {control!r} has no id"
        if (name, control) in seen:
            yield f"region {name}: {control!r} is there twice"
        seen.add((name, control))
        yield from (f"region {name}: {problem}" for problem in _item_problems(item, regions, data, vocabulary))


def _relation_problems(item: Json, regions: Json, vocabulary: Vocabulary) -> Iterator[str]:
    for end in ("from_id", "to_id"):
        if item.get(end) not in regions:
            yield f"a relation's {end} is {item.get(end)!r}, which is no region"
    for label in item.get("labels", ()):
        if label not in vocabulary.relations:
            yield f"unknown relation {label!r}"


def _item_problems(item: Json, regions: Json, data: Json, vocabulary: Vocabulary) -> Iterator[str]:
    name = item.get("from_name")
    control = vocabulary.controls.get(str(name))
    if control is None:
        yield f"unknown control {name!r}"
        return
    if item.get("to_name") != control.to_name:
        yield f"{name!r} is not for {item.get('to_name')!r}"
    if item.get("type") != control.kind:
        yield f"{name!r} is no {item.get('type')!r}"
    if name in vocabulary.human_only:
        yield f"{name!r} is for people to set"
    if "score" in item and not _is_share(item["score"]):
        yield f"score {item['score']!r} is not in 0..1"
    value = item["value"]
    yield from _value_problems(str(name), control, value)
    if "start" in value or control.kind == "labels" or control.label:
        yield from _place_problems(item, control, regions, data[vocabulary.texts[control.to_name]])


def _value_problems(name: str, control: Control, value: Json) -> Iterator[str]:
    given = value.get("text" if control.kind == "textarea" else control.kind)
    if not isinstance(given, list) or not given or not all(isinstance(one, str) for one in given):
        yield f"{name!r} holds {given!r}, not a list of values"
    elif control.kind != "textarea":
        for one in given:
            if one not in control.values:
                yield f"{name!r} does not know the value {one!r}"


def _place_problems(item: Json, control: Control, regions: Json, text: str) -> Iterator[str]:
    value = item["value"]
    start, end = value.get("start"), value.get("end")
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
        yield f"[{start}, {end}) does not lie in the text of {len(text)} characters"
        return
    if control.kind != "textarea" and value.get("text") != text[start:end]:
        yield f"its text is not what stands at [{start}, {end})"
    region = regions.get(item.get("id", ""))
    if region is None:
        yield f"{item.get('from_name')!r} belongs to no labelled region"
        return
    own = region["value"]
    if (own.get("start"), own.get("end")) != (start, end):
        yield f"{item.get('from_name')!r} lies elsewhere than its region"
    if control.label and control.label not in own.get("labels", ()):
        yield f"{item.get('from_name')!r} is for {control.label} only"


def _is_share(score: object) -> bool:
    return type(score) in {int, float} and math.isfinite(score) and 0 <= score <= 1  # type: ignore[arg-type, operator]


def _unwritable(content: object) -> Iterator[str]:
    """Find what the server cannot keep, by writing the content as it will be sent."""
    written = json.dumps(content, ensure_ascii=False)
    try:
        written.encode("utf-8")
    except UnicodeEncodeError:
        yield "a lone surrogate in the text or in a value"
    if "\\u0000" in written and _NUL.search(written):
        yield "NUL in the text or in a value"
