"""The labeling page of an adjudicator: what is agreed is there, each disagreement is a question on a region.

Everything that anybody marked stands on the page, once. A region that not all marked, an attribute that they set
differently (left empty here) and a relation that not all drew make the region `undecided`; what the letters say stands
in its details, and above the text. The adjudicator answers by choosing `keep` or `drop` for the region, by deleting
what is wrong, or by setting the attribute. What is left is the gold reading.

Works on Label Studio result lists in the shapes of `annotate.regions.tasks`.
"""

from __future__ import annotations

import html
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from annotate.record import Span
from annotate.review.positions import Places, chosen_span

__all__ = ["DECISION", "Decision", "Item", "Page", "Question", "decided", "page_of", "read_questions"]

Item = dict[str, Any]
DECISION = "decision"
_QUALITY = "quality"
_WORDS = 70


class Decision(StrEnum):
    """What is to become of a region in question."""

    UNDECIDED = "undecided"
    KEEP = "keep"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Question:
    """One disagreement on the page.

    about: `region` (some marked it), `attribute`, `relation` or `quality`; regions: the ids of the regions to decide
    on; name: of the attribute or relation; links: the relations in dispute, as (from, to); line: the question in words.
    """

    about: str
    line: str
    regions: tuple[str, ...] = ()
    name: str = ""
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """What the page starts from, and what it asks."""

    result: list[Item]
    questions: tuple[Question, ...]

    def as_html(self) -> str:
        """Return the questions as HTML, a line each; all words of the article are escaped."""
        return "".join(f"<div>{html.escape(question.line)}</div>" for question in self.questions)

    def as_json(self) -> str:
        """Return the questions as JSON, for `read_questions`."""
        return json.dumps([asdict(question) for question in self.questions], ensure_ascii=False)


def read_questions(written: str) -> tuple[Question, ...]:
    """Read what `Page.as_json` wrote. Raises: ValueError, TypeError or KeyError when it is something else."""
    return tuple(
        Question(
            about=one["about"],
            line=one["line"],
            regions=tuple(one["regions"]),
            name=one["name"],
            links=tuple((source, target) for source, target in one["links"]),
        )
        for one in json.loads(written)
    )


_Key = tuple[str, Span, int]


@dataclass(slots=True)
class _Node:
    """One region of the page: by letter the span, the id and the attributes that each gave it."""

    key: _Key
    spans: dict[str, Span] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    id: str = ""

    @property
    def label(self) -> str:
        return self.key[0]

    @property
    def span(self) -> Span:
        return chosen_span(self.spans.values())


def page_of(text: str, results: Mapping[str, Sequence[Item]]) -> Page:
    """Lay the result lists of one article's annotators, by letter, on one page."""
    return _Layout(text, results).page()


class _Layout:
    def __init__(self, text: str, results: Mapping[str, Sequence[Item]]) -> None:
        self._text = text
        self._letters = sorted(results)
        self._nodes: dict[_Key, _Node] = {}
        self._links: defaultdict[tuple[_Key, _Key, str | None], set[str]] = defaultdict(set)
        self._quality: dict[str, str] = {}
        self._types: dict[str, str] = {}
        self._asked: list[tuple[Span, Question]] = []
        self._places = Places(text, (_regions_of(results[letter]) for letter in self._letters))
        for letter in self._letters:
            self._read(letter, results[letter])
        self._give_ids()

    def _read(self, letter: str, result: Sequence[Item]) -> None:
        by_id: dict[str, _Node] = {}
        seen: Counter[tuple[str, Span]] = Counter()
        for item in result:
            if item["type"] == "labels":
                label, span = _region(item)
                place = (label, self._places.of(label, span))
                node = self._nodes.setdefault((*place, seen[place]), _Node((*place, seen[place])))
                seen[place] += 1
                node.spans[letter], node.ids[letter], node.values[letter] = span, item["id"], {}
                by_id[item["id"]] = node
        for item in result:
            if item["type"] == "relation":
                ends = by_id[item["from_id"]].key, by_id[item["to_id"]].key
                for label in item.get("labels") or [None]:
                    self._links[*ends, label].add(letter)
            elif item["type"] != "labels":
                values = tuple(item["value"]["text" if item["type"] == "textarea" else item["type"]])
                self._types[item["from_name"]] = item["type"]
                if item["from_name"] == _QUALITY:
                    self._quality[letter] = values[0]
                else:
                    by_id[item["id"]].values[letter][item["from_name"]] = values

    def _give_ids(self) -> None:
        taken: set[str] = set()
        for _, node in sorted(self._nodes.items()):
            counted = Counter(node.ids.values())
            wanted = min(counted, key=lambda one: (-counted[one], one))
            number = 1
            node.id = wanted
            while node.id in taken:
                number += 1
                node.id = f"{wanted}-{number}x"
            taken.add(node.id)

    # -- what is asked -------------------------------------------------------------------------------------------

    def page(self) -> Page:
        """Return the page, its questions numbered in the order of the text."""
        self._ask_of_regions()
        for node in self._nodes.values():
            self._ask_of_attributes(node)
        self._ask_of_relations()
        self._ask_of_quality()
        asked = sorted(self._asked, key=lambda one: (one[0], one[1].about, one[1].name))
        questions = tuple(
            replace(question, line=f"{number}. {question.line}") for number, (_, question) in enumerate(asked, start=1)
        )
        return Page(list(self._items(questions)), questions)

    def _ask_of_regions(self) -> None:
        """Ask of what not all marked; overlapping regions of different letters are alternatives, asked of together."""
        clusters: list[list[_Node]] = []
        for _, node in sorted(self._nodes.items(), key=lambda one: (one[1].span, one[0])):
            if len(node.spans) == len(self._letters):
                continue
            near = next((cluster for cluster in clusters if self._alternatives(cluster, node)), None)
            if near is None:
                clusters.append([node])
            else:
                near.append(node)
        for cluster in clusters:
            words = {letter: self._quoted(node.span) for node in cluster for letter in node.spans}
            what = f"{cluster[0].label}: {self._given(words, 'not marked')}"
            self._ask(cluster[0].span, Question("region", what, tuple(node.id for node in cluster)))

    @staticmethod
    def _alternatives(cluster: Sequence[_Node], node: _Node) -> bool:
        return all(one.label == node.label and not one.spans.keys() & node.spans.keys() for one in cluster) and any(
            one.span[0] < node.span[1] and node.span[0] < one.span[1] for one in cluster
        )

    def _ask_of_attributes(self, node: _Node) -> None:
        for name in sorted({name for values in node.values.values() for name in values}):
            given = {letter: values.get(name, ()) for letter, values in node.values.items()}
            if len(set(given.values())) > 1:
                words = {letter: ", ".join(values) for letter, values in given.items()}
                line = f"{node.label} {self._quoted(node.span)}, {name}: {self._given(words, 'not set', node.values)}"
                self._ask(node.span, Question("attribute", line, (node.id,), name))

    def _ask_of_relations(self) -> None:
        disputed: defaultdict[tuple[_Key, str | None], dict[_Key, set[str]]] = defaultdict(dict)
        for (source, target, label), letters in self._links.items():
            able = self._nodes[source].spans.keys() & self._nodes[target].spans.keys()
            if letters != able:
                disputed[source, label][target] = letters
        for (source, label), targets in sorted(disputed.items(), key=lambda one: (one[0][0], one[0][1] or "")):
            node = self._nodes[source]
            words: dict[str, str] = {}
            for target, letters in sorted(targets.items()):
                for letter in letters:
                    shown = self._quoted(self._nodes[target].span)
                    words[letter] = f"{words[letter]}, {shown}" if letter in words else shown
            called = label or "a relation without a label"
            line = f"{node.label} {self._quoted(node.span)} {called}: {self._given(words, 'not drawn', node.spans)}"
            links = tuple((node.id, self._nodes[target].id) for target in sorted(targets))
            self._ask(node.span, Question("relation", line, (node.id,), label or "", links))

    def _ask_of_quality(self) -> None:
        if len({self._quality.get(letter) for letter in self._letters}) > 1:
            end = (len(self._text), len(self._text))
            line = f"The article as a whole, quality: {self._given(self._quality, 'not set')}"
            self._ask(end, Question(_QUALITY, line, name=_QUALITY))

    def _ask(self, at: Span, question: Question) -> None:
        self._asked.append((at, question))

    def _given(self, words: Mapping[str, str], nothing: str, among: Iterable[str] | None = None) -> str:
        letters = self._letters if among is None else sorted(among)
        return " · ".join(f"{letter}: {words.get(letter) or nothing}" for letter in letters)

    def _quoted(self, span: Span) -> str:
        words = " ".join(self._text[slice(*span)].split())
        if len(words) > _WORDS:
            # Alternatives differ at either end.
            words = f"{words[: _WORDS // 2].rstrip()} … {words[-_WORDS // 2 :].lstrip()}"
        return f"“{words}”"

    # -- what is shown -------------------------------------------------------------------------------------------

    def _items(self, questions: Sequence[Question]) -> Iterator[Item]:
        lines: defaultdict[str, list[str]] = defaultdict(list)
        for question in questions:
            for region in question.regions:
                lines[region].append(question.line)
        for node in sorted(self._nodes.values(), key=lambda one: (one.span[0], -one.span[1], one.key)):
            yield from self._region(node, lines.get(node.id, []))
        agreed = set(self._quality.values())
        if len(agreed) == 1 and len(self._quality) == len(self._letters):
            value = {"choices": [agreed.pop()]}
            yield {"id": "quality", "from_name": _QUALITY, "to_name": "text", "type": "choices", "value": value}
        for source, target, label in self._links:
            ends = {"from_id": self._nodes[source].id, "to_id": self._nodes[target].id}
            link: Item = {"type": "relation", **ends, "direction": "right"}
            yield {**link, "labels": [label]} if label else link

    def _region(self, node: _Node, lines: Sequence[str]) -> Iterator[Item]:
        start, end = node.span
        value = {"start": start, "end": end, "text": self._text[start:end]}
        region: Item = {"id": node.id, "from_name": "label", "to_name": "text", "type": "labels"}
        if lines:
            marked = ", ".join(sorted(node.spans))
            only = [f"marked by {marked} only"] if len(node.spans) < len(self._letters) else []
            region["meta"] = {"text": ["\n".join([*only, *lines])]}
        yield {**region, "value": {**value, "labels": [node.label]}}
        for name in sorted({name for values in node.values.values() for name in values}):
            given = {values.get(name, ()) for values in node.values.values()}
            if len(given) == 1:
                yield self._control(node.id, name, value, list(given.pop()))
        if lines:
            self._types[DECISION] = "choices"
            yield self._control(node.id, DECISION, value, [str(Decision.UNDECIDED)])

    def _control(self, region: str, name: str, place: Mapping[str, Any], values: list[str]) -> Item:
        kind = self._types[name]
        # A text control's value takes the place of the region's text.
        value = {**place, "text": values} if kind == "textarea" else {**place, kind: values}
        return {"id": region, "from_name": name, "to_name": "text", "type": kind, "value": value}


def _region(item: Item) -> tuple[str, Span]:
    return item["value"]["labels"][0], (item["value"]["start"], item["value"]["end"])


def _regions_of(result: Sequence[Item]) -> Iterator[tuple[str, Span]]:
    return (_region(item) for item in result if item["type"] == "labels")


def decided(result: Sequence[Mapping[str, Any]], questions: Sequence[Question]) -> tuple[list[Item], list[str]]:
    """Return what an adjudicator left, without the decisions and what they drop, and the questions still open."""
    decisions = {
        item["id"]: Decision(item["value"]["choices"][0])
        for item in result
        if item.get("from_name") == DECISION and item["value"].get("choices")
    }
    present = {item["id"] for item in result if item["type"] == "labels"}
    given = {(item["id"], item["from_name"]) for item in result if item["type"] not in {"labels", "relation"}}
    links = Counter((item["from_id"], item["to_id"]) for item in result if item["type"] == "relation")
    settled = {name for name in present if decisions.get(name) in (Decision.KEEP, Decision.DROP)}
    open_lines = []
    for question in questions:
        here = [name for name in question.regions if name in present and decisions.get(name) is not Decision.DROP]
        waiting = [name for name in here if name not in settled]
        if question.about == _QUALITY:
            answered = any(name == _QUALITY for _, name in given)
        elif question.about == "attribute":
            answered = not waiting or (waiting[0], question.name) in given
        elif question.about == "relation":
            answered = not waiting or any(link not in links for link in question.links)
        else:
            # Who takes all but one of the alternatives away has chosen that one.
            answered = not waiting or len(here) == 1 < len(question.regions)
        if not answered:
            open_lines.append(question.line)
    dropped = {name for name, decision in decisions.items() if decision is Decision.DROP}
    left = [
        dict(item)
        for item in result
        if item.get("from_name") != DECISION and not dropped & {item.get("id"), item.get("from_id"), item.get("to_id")}
    ]
    return left, open_lines
