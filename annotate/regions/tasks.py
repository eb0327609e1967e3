"""Record → Label Studio task: the regions, relations and attribute values that people see; and whose task it is.

Plain dictionaries in the shapes that the server keeps byte for byte from import over loading to submission.
Region ids: the attribution's id for its first quote part, `ID-q2`, `ID-q3` … for later parts, `ID-c1` … for cue parts,
`ID-s1` … for source parts; the page makes CSS classes of ids, so that a dot in one leaves its region without colour.
A source or cue span that several attributions share with the same attributes is one region, named after the first of
them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Any
from urllib.parse import urlsplit

from annotate.derive import sha256_of
from annotate.errors import RecordError
from annotate.record import Article, Attribution, Meta, Record, Span, SpanScores, Suggestion
from annotate.scheme import ATTRIBUTES, HUMAN_ONLY, Label, Relation

Item = dict[str, Any]
_PART_OF = {Label.SOURCE: ("s", Relation.SAID_BY), Label.CUE: ("c", Relation.CUED_BY)}
_TEXT_CONTROL = "textarea"
_CHOICE_CONTROL = "choices"
_BETWEEN = " · "
_YEAR = re.compile(r"\d{4}\b")
_ADDRESS = re.compile(r'<a href="([^"]+)"')


def task_data(article: Article, push_key: str) -> dict[str, str]:
    """Build a task's data: the text, what stands above it, and the keys by which the task is recognised."""
    meta = article.meta
    return {
        "text": article.text,
        "title": meta.title or "",
        "byline": _BETWEEN.join(part for part in (meta.publisher, meta.published) if part),
        "link_html": _link(meta.url),
        "article_id": article.id,
        "text_sha256": article.sha256,
        "push_key": push_key,
    }


def _link(url: str | None) -> str:
    """Return an anchor for a web address, and nothing for any other: the page shows it as HTML."""
    if not url or urlsplit(url).scheme not in {"http", "https"}:
        return ""
    safe = html.escape(url, quote=True)
    return f'<a href="{safe}" target="_blank" rel="noopener noreferrer">{safe}</a>'


def article_of_task(data: Mapping[str, Any]) -> Article:
    """Return the article that a task is of, as far as its data tells: `task_data` the other way round.

    A line under the title that holds one part is the publisher, unless it begins with a year.
    Raises: RecordError when there is no text, or not the one that was sent.
    """
    text, identity = data.get("text"), data.get("article_id")
    if not isinstance(text, str):
        raise RecordError("the task has no text", mend="give tasks of a project with the labeling page of this tool")
    if data.get("text_sha256") not in (None, "", sha256_of(text)):
        raise RecordError("the text is not the one that was sent to be annotated", mend="export the project again")
    above, _, below = str(data.get("byline") or "").rpartition(_BETWEEN)
    if not above and not _YEAR.match(below):
        above, below = below, ""
    link = _ADDRESS.match(str(data.get("link_html") or ""))
    meta = Meta(
        title=str(data.get("title") or "") or None,
        publisher=above or None,
        published=below or None,
        url=html.unescape(link[1]) if link else None,
    )
    return Article.of(text, id=str(identity) if identity else None, meta=meta)


def prediction_of(record: Record, pipeline: str) -> dict[str, Any]:
    """Build the prediction of a task; its score is the mean of the attributions' scores, in 0..1."""
    scores = [item.score for item in record.attributions if item.score is not None]
    mean = round(sum(scores) / len(scores), 4) if scores else 0.0
    return {"model_version": pipeline, "score": mean, "result": result_of(record)}


def result_of(record: Record, *, ratings: bool = False) -> list[Item]:
    """Build the regions and relations of a Record.

    ratings: carry the two human-only ratings too; a machine's prediction never does.
    """
    return _Result(record, ratings=ratings).items()


class _Result:
    def __init__(self, record: Record, *, ratings: bool) -> None:
        assert record.text is not None
        self._record = record
        self._text = record.text
        self._ratings = ratings
        self._regions: list[Item] = []
        self._relations: dict[tuple[str, str, str | None], None] = {}
        self._shared: dict[tuple[Label, Span, tuple[tuple[str, str], ...]], str] = {}
        self._outlets = {outlet.span: outlet.id for outlet in record.outlets}

    def items(self) -> list[Item]:
        record = self._record
        for outlet in record.outlets:
            self._add(outlet.id, Label.OUTLET, outlet.span, {"outlet_name": outlet.name, "role": outlet.role})
        for attribution in record.attributions:
            self._attribution(attribution)
        for verification in record.verifications:
            kind = {"verification_kind": verification.kind}
            self._add(verification.id, Label.VERIFICATION, verification.span, kind)
            for target in verification.about:
                self._relate(verification.id, target, Relation.ABOUT)
        for notice in record.notices:
            self._add(notice.id, Label.NOTICE, notice.span, {"notice_kind": notice.kind})
        for quote, other in record.disputes:
            self._relate(quote, other, Relation.DISPUTES)
        for region in record.unlinked.regions:
            self._add(region.id, region.label, region.span, region.attributes)
        for link in record.unlinked.relations:
            self._relate(link.source, link.target, link.label)
        # In the order of the text, the longer first: so the page lists them.
        self._regions.sort(key=lambda item: (item["value"]["start"], -item["value"]["end"]))
        return [*self._regions, *self._quality(), *self._relation_items()]

    def _attribution(self, item: Attribution) -> None:
        unmarked = [via.name for via in item.via if via.span is None]
        attributes = {"verification": item.verification, "credibility": item.credibility, "via_unmarked": unmarked}
        scores = item.span_scores.quote if item.span_scores else [item.score] * len(item.quote)
        for number, (span, score) in enumerate(zip(item.quote, scores, strict=True), start=1):
            region_id = item.id if number == 1 else f"{item.id}-q{number}"
            self._add(
                region_id,
                Label.QUOTE,
                span,
                attributes if number == 1 else {},
                score=score,
                meta=suggestion_text(item.suggestion) if number == 1 else "",
            )
            if number > 1:
                self._relate(region_id, item.id, Relation.CONTINUES)
        of_spans = item.span_scores or SpanScores()
        self._parts(item, Label.SOURCE, zip_longest(item.source, of_spans.source), self._source_attributes(item))
        self._parts(item, Label.CUE, zip_longest(item.cue, of_spans.cue), {"cue_class": item.cue_class})
        self._via(item)

    @staticmethod
    def _source_attributes(item: Attribution) -> dict[str, str | None]:
        return {
            "name": item.speaker.name if item.speaker else None,
            "source_type": item.source_type,
            "anonymity": item.anonymity,
            "independence": item.independence,
            "reliability": item.reliability,
        }

    def _parts(
        self,
        item: Attribution,
        label: Label,
        spans: Iterable[tuple[Span, float | None]],
        attributes: Mapping[str, str | None],
    ) -> None:
        letter, relation = _PART_OF[label]
        known = {key: value for key, value in attributes.items() if value}
        for number, (span, score) in enumerate(spans, start=1):
            # The first part alone carries the attributes: there is one place to correct them.
            own = known if number == 1 else {}
            key = (label, span, tuple(sorted(own.items())))
            if key not in self._shared:
                self._shared[key] = f"{item.id}-{letter}{number}"
                # Reliability is rated on the source, so what the suggestion rests on stands there too.
                beside = suggestion_text(item.suggestion) if label is Label.SOURCE and number == 1 else ""
                self._add(self._shared[key], label, span, own, score=score, meta=beside)
            self._relate(item.id, self._shared[key], relation)

    def _via(self, item: Attribution) -> None:
        marked = [(via.step, self._outlets[via.span]) for via in item.via if via.span is not None]
        for step, outlet in marked:
            if step == 1:
                self._relate(item.id, outlet, Relation.VIA)
            else:
                for earlier_step, earlier in marked:
                    if earlier_step == step - 1:
                        self._relate(earlier, outlet, Relation.VIA)

    def _add(
        self,
        region_id: str,
        label: Label,
        span: Span,
        attributes: Mapping[str, str | list[str] | None],
        *,
        score: float | None = None,
        meta: str = "",
    ) -> None:
        start, end = span
        value = {"start": start, "end": end, "text": self._text[start:end]}
        region: Item = {"id": region_id, "from_name": "label", "to_name": "text", "type": "labels"}
        if score is not None:
            region["score"] = score
        if meta:
            # One string: the page shows a list of them without anything between.
            region["meta"] = {"text": [meta]}
        self._regions.append({**region, "value": {**value, "labels": [str(label)]}})
        for name, given in attributes.items():
            if not given or name not in ATTRIBUTES[label] or (name in HUMAN_ONLY and not self._ratings):
                continue  # unset, without a control on the page, or not for a machine to say
            values = [str(given)] if isinstance(given, str) else given
            control: Item = {"id": region_id, "from_name": name, "to_name": "text"}
            if ATTRIBUTES[label][name] is None:
                # A text control's value takes the place of the region's text.
                control |= {"type": _TEXT_CONTROL, "value": {"start": start, "end": end, "text": values}}
            else:
                control |= {"type": _CHOICE_CONTROL, "value": {**value, "choices": values}}
            self._regions.append(control)

    def _relate(self, source: str, target: str, label: str | None) -> None:
        self._relations[source, target, str(label) if label else None] = None

    def _relation_items(self) -> Iterator[Item]:
        for source, target, label in self._relations:
            item: Item = {"type": "relation", "from_id": source, "to_id": target, "direction": "right"}
            if label:
                item["labels"] = [label]
            yield item

    def _quality(self) -> Iterator[Item]:
        if self._record.quality:
            choice = {"choices": [str(self._record.quality)]}
            yield {"id": "quality", "from_name": "quality", "to_name": "text", "type": "choices", "value": choice}


def suggestion_text(suggestion: Suggestion | None) -> str:
    """Put a suggestion and its evidence into the lines shown in a region's details; none without a suggestion."""
    if suggestion is None:
        return ""
    rating = f"suggested: reliability {suggestion.reliability}, credibility {suggestion.credibility}"
    return "\n".join([rating, *(f"{evidence.kind}: {evidence.text}" for evidence in suggestion.evidence)])
