"""Weights for whom a source refers to and what kind of source it is, learned from annotated articles.

`python -m annotate.training.speakers ANNOTATED.jsonl --named POLNEAR.jsonl` prints them as
annotate/pipeline/data/speakers.json holds them. ANNOTATED.jsonl holds Records; POLNEAR.jsonl is an attribution corpus
whose sources named_sources.py names: it tells whom a source refers to, not what kind of source it is, about which its
annotation follows other habits. Deterministic: the same articles, tags and parses give the same weights.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from spacy.tokens import Doc

from annotate.corpora import read_corpus
from annotate.evaluation.sourcing import same_speaker
from annotate.pipeline import load_pipeline
from annotate.pipeline.article_context import ArticleContext
from annotate.pipeline.describing import anonymity_features, type_features
from annotate.pipeline.entities import Entity
from annotate.pipeline.mentions import Mention, read_mention
from annotate.pipeline.options import Option
from annotate.pipeline.referring import Referring
from annotate.pipeline.tokens import Tokens
from annotate.training.named_sources import read_named

Row = Mapping[str, Any]
_ROUNDS = 300
_RATE = 0.05
_FREEDOM = 0.5  # inverse of the L2 penalty of types and anonymity
_FOLDS = 4
_OWN = 2.0  # cases of articles that tell no more than names for which one of the others counts
_LEAST = 2  # articles a feature must be seen in
_DIGITS = 3
_SMALLEST = 0.03  # weights that are left out


@dataclass(slots=True)
class Case:
    """One mention with its options, which of them are right, and the number of its article."""

    options: list[Option]
    right: list[bool]
    article: int
    mention: Mention
    entity: Entity
    tokens: Tokens
    item: Row
    forms: list[tuple[list[list[str]], list[bool]]]


@dataclass(frozen=True, slots=True)
class Rankings:
    """The weights of the two rankings: of the names that one may be short for, and of the entities meant."""

    forms: Mapping[str, float]
    reference: Mapping[str, float]


def cases_of(
    article: int, row: Row, doc: Doc, *, forms: Mapping[str, float], weights: Mapping[str, float] | None = None
) -> Iterable[Case]:
    """Yield the mentions of an annotated article in order, each resolved before the next is read.

    forms: weights of the names that one may be short for. weights: resolve mentions by these; None: as annotated.
    """
    tokens = Tokens.of(doc)
    context = ArticleContext(tokens, quoted=[(q[0], q[1]) for q in doc._.quotations], form_weights=forms)
    seen: dict[tuple[int, int], Entity] = {}
    unnamed: dict[int, str] = {}
    sources = sorted(
        (item for item in row["attributions"] if item["source"]), key=lambda item: (item["source"][0], item["id"])
    )
    mentions = {span: read_mention(tokens, context.names, span) for span in map(_span, sources)}
    outlets = (item.get("speaker") for item in sources if item["source_type"] == "outlet")
    context.entities.speak_as_outlets(speaker["name"] for speaker in outlets if speaker)
    referring = Referring(context, [mention for mention in mentions.values() if mention is not None])
    for item in sources:
        span = _span(item)
        mention = mentions[span]
        if span in seen or mention is None:
            continue
        name = (item.get("speaker") or {}).get("name")
        if item["source_type"] == "outlet":
            seen[span] = referring.resolve_outlet(mention, name)
            continue
        form_cases = []
        for written_name in mention.names if name else ():
            answers = context.forms_of(written_name)
            good = [same_speaker(text, name) for text, _ in answers]
            if len(answers) > 1 and any(good):
                form_cases.append(([features for _, features in answers], good))
        options = referring.options(mention)
        kind = f"{item['source_type']} {item['anonymity']}"
        right = [_is_right(option, name, kind, unnamed) for option in options]
        taken = next((option for option, good in zip(options, right, strict=True) if good), None)
        if weights is not None:
            taken = best(options, weights)
        elif taken is None:
            taken = Option(name, context.entities.find(name) if name else None, False, [])
        entity = referring.resolve(mention, taken)
        if entity.name is None:
            unnamed.setdefault(id(entity), kind)
        seen[span] = entity
        yield Case(options, right, article, mention, entity, tokens, item, form_cases)


def best(options: Sequence[Option], weights: Mapping[str, float]) -> Option:
    return max(options, key=lambda option: sum(weights.get(f, 0.0) for f in option.features))


def _span(item: Row) -> tuple[int, int]:
    start, end = item["source"][0]
    return start, end


def described(case: Case) -> Described:
    """Return the features of a case for type and anonymity; call it when the whole article has been read."""
    return Described(
        list(type_features(case.tokens, case.mention, case.entity, case.item["cue_class"])),
        list(anonymity_features(case.tokens, case.mention, case.entity)),
        case.item["source_type"],
        case.item["anonymity"],
        case.article,
    )


def _is_right(option: Option, name: str | None, kind: str, unnamed: Mapping[int, str]) -> bool:
    if name is not None:
        return option.name is not None and same_speaker(option.name, name)
    if option.name is not None:
        return False
    return option.entity is None or unnamed.get(id(option.entity)) == kind


Ranked = tuple[Sequence[Sequence[str]], Sequence[bool], int]


def fit_rankings(cases: Sequence[Case], *, whole: int) -> Rankings:
    """Fit both rankings to cases; whole: the articles with lower numbers count more, being what is to be read."""
    forms = [(features, right, case.article) for case in cases for features, right in case.forms]
    options = [([option.features for option in case.options], case.right, case.article) for case in cases]
    return Rankings(*(fit_ranking(ranked, whole=whole) for ranked in (forms, options)))


def fit_ranking(cases: Sequence[Ranked], *, whole: int, strength: float = 0.001) -> dict[str, float]:
    """Fit a conditional logit: the weights under which the right options of each case are most probable together.

    A case is the features of its options, which of them are right, and the number of its article; one of an article
    below `whole` counts as _OWN others. strength: of the L2 penalty, per case. Cases without a right option say nothing
    and are left out.
    """
    usable = [case for case in cases if any(case[1])]
    seen: dict[str, set[int]] = {}
    for options, _, article in usable:
        for features in options:
            for feature in features:
                seen.setdefault(feature, set()).add(article)
    kept = {feature for feature, articles in seen.items() if len(articles) >= _LEAST}
    rows = [{f: 1.0 for f in features if f in kept} for options, _, _ in usable for features in options]
    vectors = DictVectorizer(dtype=np.float64)
    table = vectors.fit_transform(rows)
    sizes = np.array([len(options) for options, _, _ in usable])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    right = np.array([good for _, flags, _ in usable for good in flags], dtype=bool)
    counts = np.array([_OWN if article < whole else 1.0 for _, _, article in usable])
    weights = _ascend(table, starts, sizes, right, counts=counts, strength=strength)
    names = vectors.get_feature_names_out()
    return {
        str(name): round(float(w), _DIGITS) for name, w in zip(names, weights, strict=True) if abs(w) >= 10**-_DIGITS
    }


def _ascend(
    table: Any,
    starts: NDArray[np.int64],
    sizes: NDArray[np.int64],
    right: NDArray[np.bool_],
    *,
    counts: NDArray[np.float64],
    strength: float,
) -> NDArray[np.float64]:
    """Maximise the penalised log likelihood by Adam (Kingma & Ba 2015) over all cases at once."""
    weights: NDArray[np.float64] = np.zeros(table.shape[1])
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    each = np.repeat(counts / counts.sum(), sizes)
    transposed = table.T.tocsr()
    for step in range(1, _ROUNDS + 1):
        scores = table @ weights
        every = _shares(scores, starts, sizes)
        good = _shares(np.where(right, scores, -np.inf), starts, sizes)
        gradient: NDArray[np.float64] = transposed @ ((every - good) * each) + strength * weights
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        rate = _RATE * min(1.0, 2 * (1 - step / (_ROUNDS + 1)))
        weights = weights - rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return weights


def _shares(scores: NDArray[np.float64], starts: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    highest = np.repeat(np.maximum.reduceat(scores, starts), sizes)
    powers = np.exp(scores - highest)
    shares: NDArray[np.float64] = powers / np.repeat(np.add.reduceat(powers, starts), sizes)
    return shares


@dataclass(slots=True)
class Described:
    """One annotated source with the features of its mention and entity, as they are when the article is read."""

    type_features: list[str]
    anonymity_features: list[str]
    source_type: str
    anonymity: str
    article: int


def fit_classifier(rows: Sequence[tuple[Sequence[str], str, int]], *, freedom: float) -> dict[str, Any]:
    """Fit a multinomial logistic regression on (features, class, article); return it as weights.py reads it.

    freedom: the inverse of the L2 penalty. Features of fewer articles than two are left out.
    """
    seen: dict[str, set[int]] = {}
    for features, _, article in rows:
        for feature in features:
            seen.setdefault(feature, set()).add(article)
    kept = {feature for feature, articles in seen.items() if len(articles) >= _LEAST}
    vectors = DictVectorizer(dtype=np.float64)
    table = vectors.fit_transform([{f: 1.0 for f in features if f in kept} for features, _, _ in rows])
    model = LogisticRegression(C=freedom, max_iter=400)
    model.fit(table, [label for _, label, _ in rows])
    names = vectors.get_feature_names_out()
    columns = np.round(model.coef_.T, 2)
    return {
        "classes": [str(label) for label in model.classes_],
        "bias": [round(float(value), 2) for value in model.intercept_],
        "weights": {
            str(name): [float(value) for value in row]
            for name, row in zip(names, columns, strict=True)
            if np.abs(row).max() >= _SMALLEST
        },
    }


def fit_speakers(
    articles: Iterable[tuple[Row, Doc]], *, note: str, named: Iterable[tuple[Row, Doc]] = ()
) -> dict[str, Any]:
    """Learn all weights of data/speakers.json from annotated articles with their parsed Docs.

    note: what the articles are; it stands in the file. named: articles that tell whom sources refer to, and no more.
    """
    given = list(articles)
    whole = len(given)
    given.extend(named)
    first = [list(cases_of(number, row, doc, forms={})) for number, (row, doc) in enumerate(given)]
    forms = fit_rankings([case for read in first for case in read], whole=whole).forms
    cases = [list(cases_of(number, row, doc, forms=forms)) for number, (row, doc) in enumerate(given)]
    # In use, earlier answers may be wrong: the second half of what is learned from is resolved by weights that have not
    # seen the article.
    own: list[list[Case]] = []
    for fold in range(_FOLDS):
        seen = [case for number, read in enumerate(cases) if number % _FOLDS != fold for case in read]
        others = fit_rankings(seen, whole=whole)
        own.extend(
            list(cases_of(number, *given[number], forms=others.forms, weights=others.reference))
            for number in range(fold, len(given), _FOLDS)
        )
    learned = fit_rankings([case for read in (*cases, *own) for case in read], whole=whole)
    sources = [described(case) for read in (*cases, *own) for case in read if case.article < whole]
    types = [(source.type_features, source.source_type, source.article) for source in sources]
    degrees = [(source.anonymity_features, source.anonymity, source.article) for source in sources]
    return {
        "note": note,
        "forms": learned.forms,
        "reference": learned.reference,
        "source_type": fit_classifier(types, freedom=_FREEDOM),
        "anonymity": fit_classifier(degrees, freedom=_FREEDOM),
    }


def written(weights: Mapping[str, Any]) -> str:
    """Return the weights as data/speakers.json holds them: one feature a line."""
    parts = []
    for key, value in weights.items():
        if isinstance(value, dict) and "weights" in value:
            rows = ",\n".join(f"{json.dumps(name)}:{json.dumps(row)}" for name, row in sorted(value["weights"].items()))
            head = f'"classes":{json.dumps(value["classes"])},"bias":{json.dumps(value["bias"])}'
            parts.append(f'{json.dumps(key)}:{{{head},"weights":{{\n{rows}\n}}}}')
        elif isinstance(value, dict):
            rows = ",\n".join(f"{json.dumps(name)}:{weight}" for name, weight in sorted(value.items()))
            parts.append(f"{json.dumps(key)}:{{\n{rows}\n}}")
        else:
            parts.append(f"{json.dumps(key)}:{json.dumps(value)}")
    return "{" + ",\n".join(parts) + "}\n"


def read_annotated(path: Path) -> Iterator[tuple[Row, Doc]]:
    """Yield each annotated article (a Record's JSON a line) with its Doc: tags, parse and quotation marks.

    Raises: InputError, with the line, for what is no annotated article.
    """
    list(read_corpus(path))
    yield from parsed([json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()])


def parsed(rows: Sequence[Row]) -> Iterator[tuple[Row, Doc]]:
    """Yield rows, each with the Doc of its text: tags, parse and quotation marks."""
    nlp = load_pipeline(pipeline="rules").nlp
    read = [name for name in nlp.pipe_names if not name.startswith("annotate_")]
    with nlp.select_pipes(enable=[*read, "annotate_paragraphs", "annotate_quotation_marks"]):
        yield from zip(rows, nlp.pipe((row["text"] for row in rows), batch_size=16), strict=True)


def note_on(articles: int, named: int = 0) -> str:
    """Return what speakers.json says of the articles that its weights were learned from."""
    further = (
        f", and for whom a source refers to from {named} articles of PolNeAR whose sources were named" if named else ""
    )
    return (
        f"Learned from {articles} news articles annotated under the scheme{further}; features of fewer than two"
        " articles are left out."
    )


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m annotate.training.speakers")
    parser.add_argument("annotated", type=Path, help="annotated articles, a Record a line")
    parser.add_argument("--named", type=Path, help="the training part of PolNeAR as JSON Lines")
    given = parser.parse_args(arguments)
    annotated = list(read_annotated(given.annotated))
    named = list(parsed(list(read_named(given.named)))) if given.named else []
    note = note_on(len(annotated), len(named))
    print(written(fit_speakers(annotated, named=named, note=note)), end="")  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
