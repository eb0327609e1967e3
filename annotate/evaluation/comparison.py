"""Annotated articles beside what was predicted for them, checked to be of the same texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from annotate.corpora import AnnotatedArticle, Annotation, SpanScores, first_annotators
from annotate.derive import sha256_of
from annotate.errors import InputError
from annotate.evaluation.characters import Characters
from annotate.record import Record
from annotate.scheme import CueClass

# Marks that tell a quotation from an indirect quote; single ones are apostrophes too often.
DOUBLE_MARKS = frozenset('"“”')


@dataclass(frozen=True)
class Comparison:
    """One article: what its annotator marked and what was predicted, both over `text`."""

    id: str
    text: str
    gold: tuple[Annotation, ...]
    predicted: tuple[Annotation, ...]
    outlet: str | None = None

    @cached_property
    def characters(self) -> Characters:
        return Characters(self.text)

    @cached_property
    def words(self) -> int:
        return len(self.text.split())


def compare(gold: Iterable[AnnotatedArticle], predicted: Iterable[AnnotatedArticle]) -> list[Comparison]:
    """Put each annotated article beside its prediction, by id.

    Of several annotators of an article the first counts; articles that were only predicted are passed over.
    Raises: InputError when nothing is annotated, an article lacks a prediction, or the two have different texts.
    """
    articles = first_annotators(gold)
    if not any(annotation.quote for article in articles for annotation in article.attributions):
        raise InputError("the annotated articles hold no attribution", mend="give a corpus with quotes marked")
    by_id = {article.id: article for article in first_annotators(predicted)}
    missing = [article.id for article in articles if article.id not in by_id]
    if missing:
        raise InputError(
            f"{len(missing)} of {len(articles)} annotated articles have no prediction, the first is {missing[0]!r}",
            mend="predict all of them; an article without attributions is a row too",
        )
    return [_beside(article, by_id[article.id]) for article in articles]


def _beside(gold: AnnotatedArticle, predicted: AnnotatedArticle) -> Comparison:
    if gold.text != predicted.text:
        annotated, other = sha256_of(gold.text), sha256_of(predicted.text)
        raise InputError(
            f"the prediction is of another text: SHA-256 {other[:12]}… where {annotated[:12]}… is annotated",
            where=gold.id,
            mend="predict from the annotated file itself",
        )
    return Comparison(gold.id, gold.text, gold.attributions, predicted.attributions, gold.outlet)


def from_record(record: Record) -> AnnotatedArticle:
    """Return a Record's attributions as those of an annotated article; it must have its text."""
    assert record.text is not None
    return AnnotatedArticle(
        id=record.id,
        text=record.text,
        attributions=tuple(
            Annotation(
                quote=item.quote,
                cue=item.cue,
                source=item.source,
                cue_class=item.cue_class,
                quote_type=item.quote_type,
                score=item.score,
                span_scores=SpanScores(**dict(item.span_scores)) if item.span_scores else None,
            )
            for item in record.attributions
        ),
        annotator=record.provenance.annotator if record.provenance else None,
        outlet=record.meta.publisher,
    )


def is_quoted(text: str, annotation: Annotation) -> bool:
    """Tell whether a double quotation mark stands in the quote or right beside one of its parts."""
    return any(char in DOUBLE_MARKS for start, end in annotation.quote for char in text[max(0, start - 1) : end + 1])


def is_statement(text: str, annotation: Annotation) -> bool:
    """Tell a statement from an attitude: by its cue's class, but words in quotation marks were uttered."""
    return annotation.cue_class != CueClass.ATTITUDE or any(
        char in DOUBLE_MARKS for start, end in annotation.quote for char in text[start:end]
    )


def statements_only(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """Leave out, on both sides, beliefs, hopes and plans without an utterance."""
    return [
        replace(
            item,
            gold=tuple(each for each in item.gold if is_statement(item.text, each)),
            predicted=tuple(each for each in item.predicted if is_statement(item.text, each)),
        )
        for item in comparisons
    ]
