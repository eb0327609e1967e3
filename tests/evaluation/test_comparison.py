"""Putting annotations and predictions together, and what is refused."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from annotate.corpora import AnnotatedArticle, read_corpus
from annotate.errors import InputError
from annotate.evaluation import compare, from_record
from tests.evaluation.conftest import FEAR, GOLD, MAYOR, TEXT
from tests.records import sample_record

ARTICLE = AnnotatedArticle("made-up", TEXT, GOLD, annotator="a", outlet="Sample Post")


def test_the_first_annotator_counts_and_what_was_only_predicted_is_passed_over() -> None:
    second = replace(ARTICLE, attributions=(FEAR,), annotator="b")
    further = replace(ARTICLE, id="further")
    (comparison,) = compare([ARTICLE, second], [further, replace(ARTICLE, attributions=(MAYOR,))])
    assert comparison.gold == GOLD
    assert comparison.predicted == (MAYOR,)
    assert comparison.outlet == "Sample Post"


def test_articles_without_a_prediction_are_named() -> None:
    expected = "1 of 2 annotated articles have no prediction, the first is 'other'"
    with pytest.raises(InputError, match=re.escape(expected)):
        compare([ARTICLE, replace(ARTICLE, id="other")], [ARTICLE])


def test_another_text_is_refused() -> None:
    with pytest.raises(InputError, match=r"^made-up: the prediction is of another text: SHA-256 [0-9a-f]{12}… where"):
        compare([ARTICLE], [replace(ARTICLE, text=TEXT + " ", attributions=())])


@pytest.mark.parametrize("articles", [[], [replace(ARTICLE, attributions=())]])
def test_a_corpus_without_attributions_is_refused(articles: list[AnnotatedArticle]) -> None:
    with pytest.raises(InputError, match="the annotated articles hold no attribution"):
        compare(articles, [ARTICLE])


def test_a_record_and_its_line_read_as_a_corpus_are_the_same(tmp_path: Path) -> None:
    record = sample_record()
    path = tmp_path / "records.jsonl"
    path.write_text(record.to_json() + "\n", encoding="utf-8")
    assert list(read_corpus(path)) == [from_record(record)]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"attributions": []}, "KeyError('text')"),
        ({"text": None, "attributions": []}, "`text` is no string"),
        ({"text": "It rained.", "sha256": "0" * 64, "attributions": []}, "`text` is not the one that `sha256` is of"),
        ({"text": "Hm.", "attributions": [{"quote": [[0, 9]]}]}, "quote [0, 9) in a text of 3 characters"),
        (
            {"text": "Hm.", "attributions": [{"quote": [[0, 2]], "span_scores": {"quote": []}}]},
            "0 scores for 1 spans of quote",
        ),
        ({"text": "Hm.", "attributions": [{"quote": [[0, 2]], "score": "high"}]}, "could not convert string to float"),
    ],
)
def test_rows_that_are_no_annotated_article_are_named_with_their_line(
    tmp_path: Path, row: dict[str, object], message: str
) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("\n" + json.dumps(row) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(f"rows.jsonl:2: not an annotated article: {message}")):
        list(read_corpus(path))


def test_what_has_no_quote_is_kept_on_request_alone(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    row = {"text": "Hm, he said.", "attributions": [{"cue": [[7, 11]]}, {"content": [[0, 3]]}]}
    path.write_text(json.dumps(row), encoding="utf-8")
    assert [len(article.attributions) for article in read_corpus(path)] == [1]
    assert [len(article.attributions) for article in read_corpus(path, quoteless=True)] == [2]
