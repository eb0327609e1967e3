"""Annotated articles to train on and to measure against: JSON Lines, our own Records or PolNeAR's rows.

A row needs `text` and `attributions`, each with lists of half-open code-point spans `source`, `cue` and `quote` (or
`content`, PolNeAR's word for it). Unlike a Record, a corpus is taken as it is: only the offsets are checked, and
the text's SHA-256 where a row has one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotate import strict_json
from annotate.derive import Span, sha256_of
from annotate.errors import InputError

Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class SpanScores:
    """A pipeline's certainty of each span of an attribution, in 0..1, in the order of the spans."""

    quote: tuple[float, ...] = ()
    cue: tuple[float, ...] = ()
    source: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Annotation:
    """One attribution as its annotator, or a pipeline, marked it. score: a pipeline's certainty, in 0..1."""

    quote: Spans
    cue: Spans = ()
    source: Spans = ()
    cue_class: str | None = None
    quote_type: str | None = None
    score: float | None = None
    span_scores: SpanScores | None = None


@dataclass(frozen=True, slots=True)
class AnnotatedArticle:
    """An article with one annotator's attributions; outlet: who published it, where the row says so."""

    id: str
    text: str
    attributions: tuple[Annotation, ...]
    annotator: str | None = None
    outlet: str | None = None


def read_corpus(path: Path, *, quoteless: bool = False) -> Iterator[AnnotatedArticle]:
    """Yield the articles of a file, one a line; several annotators' lines of one article follow each other's order.

    quoteless: keep what has a source or a cue but no quote, which PolNeAR holds a few of.
    Raises: InputError, with the line, for what is no annotated article.
    """
    try:
        with path.open("rb") as file:
            for number, line in enumerate(strict_json.lines(file), start=1):
                if line.strip():
                    yield parse_annotated(line, where=f"{path}:{number}", quoteless=quoteless)
    except strict_json.NotJson as error:
        raise _no_article(error, str(path)) from None
    except OSError as error:
        raise InputError(f"the corpus cannot be read: {error.strerror or error}", where=str(path)) from None


def first_annotators(articles: Iterable[AnnotatedArticle]) -> list[AnnotatedArticle]:
    """Keep the first row of each article."""
    kept: dict[str, AnnotatedArticle] = {}
    for article in articles:
        kept.setdefault(article.id, article)
    return list(kept.values())


def parse_annotated(line: str | bytes, *, where: str, quoteless: bool = False) -> AnnotatedArticle:
    """Read one line of a corpus.

    Raises: InputError, with `where`, for what is no annotated article.
    """
    try:
        row = strict_json.loads(line)
    except ValueError as error:
        raise _no_article(error, where) from None
    return annotated_of(row, where=where, quoteless=quoteless)


def annotated_of(row: Mapping[str, Any], *, where: str, quoteless: bool = False) -> AnnotatedArticle:
    """Take a row of a corpus, or a Record as JSON has it, for an annotated article.

    Raises: InputError, with `where`, for what is none, and for a row that goes without its text.
    """
    try:
        text = row["text"]
        if text is None and row.get("sha256"):
            raise InputError("the row goes without its text", where=where, mend="fill it in with `annotate hydrate`")
        if not isinstance(text, str):
            raise ValueError("`text` is no string")
        digest = sha256_of(text)
        if row.get("sha256") not in (None, digest):
            raise ValueError("`text` is not the one that `sha256` is of")
        attributions = [_annotation(item, len(text)) for item in row["attributions"]]
        meta, provenance = row.get("meta") or {}, row.get("provenance") or {}
        annotator = provenance.get("annotator") or row.get("annotator")
        return AnnotatedArticle(
            id=str(row.get("id") or digest[:16]),
            text=text,
            attributions=tuple(item for item in attributions if item.quote or quoteless),
            annotator=None if annotator is None else str(annotator),
            outlet=row.get("publisher") or meta.get("publisher") or meta.get("outlet"),
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise _no_article(error, where) from None


def _no_article(error: Exception, where: str) -> InputError:
    return InputError(
        f"not an annotated article: {error if isinstance(error, ValueError) else repr(error)}",
        where=where,
        mend="give `text` and `attributions` with spans [start, end) inside the text",
    )


def _annotation(item: dict[str, Any], length: int) -> Annotation:
    def spans(name: str) -> Spans:
        found = tuple((int(start), int(end)) for start, end in item.get(name) or ())
        for start, end in found:
            if not 0 <= start < end <= length:
                raise ValueError(f"{name} [{start}, {end}) in a text of {length} characters")
        return found

    spans_of = {"quote": spans("quote") or spans("content"), "cue": spans("cue"), "source": spans("source")}
    return Annotation(
        **spans_of,
        cue_class=item.get("cue_class"),
        quote_type=item.get("quote_type"),
        score=None if item.get("score") is None else float(item["score"]),
        span_scores=_span_scores(item["span_scores"], spans_of) if item.get("span_scores") else None,
    )


def _span_scores(given: dict[str, Any], spans: dict[str, Spans]) -> SpanScores:
    scores = {role: tuple(float(score) for score in given.get(role, ())) for role in spans}
    for role, each in scores.items():
        if len(each) != len(spans[role]):
            raise ValueError(f"{len(each)} scores for {len(spans[role])} spans of {role}")
    return SpanScores(**scores)
