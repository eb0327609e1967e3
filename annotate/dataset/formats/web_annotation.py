"""W3C Web Annotation (Recommendation of 23 February 2017), as one JSON-LD AnnotationPage.

Every marked span is an Annotation whose target is the article, selected twice over: by the words with their
surroundings (TextQuoteSelector) and by code points (TextPositionSelector), so that it can be found again on the live
page as well as in the text that was annotated. A standoff Record has positions alone. An attribution is an Annotation
of its own that links the spans it consists of; so are disputes and what a verification statement is about. Attributes
are terms of the scheme (`urn:source-annotator:scheme:1#`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote as percent_encoded

from annotate import strict_json
from annotate.dataset.formats.documents import told, without_machine
from annotate.derive import Span
from annotate.errors import DatasetError
from annotate.record import Record
from annotate.scheme import SCHEME_VERSION, Label, Relation

LOSES = "suggestions, scores, marks that no attribution holds; what the registry knows of outlets"

CONTEXT = ["http://www.w3.org/ns/anno.jsonld", {"@vocab": f"urn:source-annotator:scheme:{SCHEME_VERSION}#"}]
_SURROUNDING = 32  # code points before and after the words, as the usual clients take them
_ROLES = {"quote": Label.QUOTE, "cue": Label.CUE, "source": Label.SOURCE}
_SPANS = {"outlets": Label.OUTLET, "verifications": Label.VERIFICATION, "notices": Label.NOTICE}
_OF_ARTICLE = {"id", "text", "sha256", "meta", "speakers", "quality", "provenance"}
Json = dict[str, Any]

kept = without_machine


def write(path: Path, records: Iterable[Record]) -> None:
    """Write one AnnotationPage, one item a line."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f'{{"@context": {json.dumps(CONTEXT)}, "type": "AnnotationPage", "items": [')
        separator = "\n"
        for item in chain.from_iterable(map(_items, records)):
            file.write(separator + json.dumps(item, ensure_ascii=False))
            separator = ",\n"
        file.write("\n]}\n")


def read(path: Path) -> Iterator[Record]:
    """Read the Records back from a page that `write` wrote, an article at a time.

    Raises: DatasetError, with file and line, for anything else.
    """
    content: Json = {}
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if number == 1 or line == b"]}\n":
                continue
            try:
                item = strict_json.loads(line.rstrip(b",\n"))
                if item["motivation"] == "describing":
                    if content:
                        yield Record.model_validate_json(json.dumps(content))
                    content = {**item["body"], **{name: [] for name in ("attributions", "disputes", *_SPANS)}}
                    del content["type"]
                else:
                    _take(item, content)
            except (ValueError, LookupError, TypeError, AttributeError) as error:
                raise _not_ours(error, f"{path}:{number}") from None
    if content:
        try:
            last = Record.model_validate_json(json.dumps(content))
        except (ValueError, TypeError) as error:
            raise _not_ours(error, str(path)) from None
        yield last


def _not_ours(error: Exception, where: str) -> DatasetError:
    return DatasetError(f"is no annotation of ours: {told(error)}", where=where, mend="export again")


# -- writing -----------------------------------------------------------------------------------------------------------


def _items(record: Record) -> Iterator[Json]:
    record = without_machine(record)
    article = f"urn:sha256:{record.sha256}"
    of_article = record.model_dump(mode="json", include=_OF_ARTICLE)
    yield _annotation(article, "", "describing", {"type": "Article", **of_article}, record.meta.url or article)
    for item in record.attributions:
        parts = {}
        for role, label in _ROLES.items():
            spans: tuple[Span, ...] = getattr(item, role)
            parts[role] = [f"{article}#{_fragment(item.id, role, number)}" for number in range(1, len(spans) + 1)]
            for number, span in enumerate(spans, start=1):
                fragment = _fragment(item.id, role, number)
                yield _annotation(article, fragment, "tagging", _tag(label), _selected(record, span))
        fields = item.model_dump(mode="json", exclude={*_ROLES, "suggestion", "score", "span_scores"})
        yield _annotation(
            article, _fragment(item.id), "linking", {"type": "Attribution", **parts, **fields}, parts["quote"]
        )
    for name, label in _SPANS.items():
        for one in getattr(record, name):
            fields = one.model_dump(mode="json", exclude={"span", "domain", "listed"})
            bodies = [_tag(label), {"type": str(label), **fields}]
            yield _annotation(article, _fragment(one.id), "classifying", bodies, _selected(record, one.span))
    for number, (later, earlier) in enumerate(record.disputes, start=1):
        body = {"type": str(Relation.DISPUTES), "from": later, "to": earlier}
        targets = [f"{article}#{_fragment(later)}", f"{article}#{_fragment(earlier)}"]
        yield _annotation(article, f"disputes-{number}", "linking", body, targets)


def _annotation(article: str, fragment: str, motivation: str, body: object, target: object) -> Json:
    # The description of the article is an annotation too, and needs an address other than the article's.
    identity = f"{article}#{fragment or 'article'}"
    return {"id": identity, "type": "Annotation", "motivation": motivation, "body": body, "target": target}


def _fragment(item: str, role: str = "", number: int = 0) -> str:
    """Return a part of an address: a region's id may hold any character."""
    return percent_encoded(item, safe="") + (f"/{role}-{number}" if role else "/")


def _tag(label: Label) -> Json:
    return {"type": "TextualBody", "purpose": "tagging", "value": str(label)}


def _selected(record: Record, span: Span) -> Json:
    start, end = span
    selectors: list[Json] = [{"type": "TextPositionSelector", "start": start, "end": end}]
    if record.text is not None:
        words = {
            "exact": record.text[start:end],
            "prefix": record.text[max(0, start - _SURROUNDING) : start],
            "suffix": record.text[end : end + _SURROUNDING],
        }
        selectors.insert(0, {"type": "TextQuoteSelector", **words})
    return {"source": record.meta.url or f"urn:sha256:{record.sha256}", "selector": selectors}


# -- reading -----------------------------------------------------------------------------------------------------------


def _take(item: Mapping[str, Any], content: Json) -> None:
    """Add what an annotation says to the article's content."""
    body, target = item["body"], item["target"]
    if item["motivation"] == "tagging":
        role = item["id"].rpartition("/")[2].rpartition("-")[0]
        content.setdefault("_spans", {}).setdefault(role, []).append(_position(target))
    elif item["motivation"] == "classifying":
        fields = dict(body[1])
        kind = fields.pop("type")
        name = {str(label): name for name, label in _SPANS.items()}[kind]
        content[name].append({**fields, "span": _position(target)})
    elif body["type"] == "Attribution":
        spans = content.pop("_spans", {})
        fields = {name: value for name, value in body.items() if name != "type"}
        content["attributions"].append({**fields, **{role: spans.get(role, []) for role in _ROLES}})
    else:
        content["disputes"].append([body["from"], body["to"]])


def _position(target: Mapping[str, Any]) -> list[int]:
    (selector,) = (one for one in target["selector"] if one["type"] == "TextPositionSelector")
    return [selector["start"], selector["end"]]
