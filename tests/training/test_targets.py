from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from annotate.corpora import AnnotatedArticle, Annotation, read_corpus
from annotate.pipeline.network.pieces import load_tokenizer, pieces_of
from annotate.pipeline.network.reading import MODEL
from annotate.pipeline.network.terms import BEGIN_QUOTE, CLASSES, CUE, END_QUOTE, IN_QUOTE, SOURCE
from annotate.training.course import lessons_of
from annotate.training.targets import ANY_CLASS, CueHeads, targets_of
from tests.training.made_up import corpora

TOKENIZER = load_tokenizer(MODEL / "tokenizer.json")


def at(text: str, part: str) -> tuple[int, int]:
    return text.index(part), text.index(part) + len(part)


def heads_of(*articles: AnnotatedArticle) -> CueHeads:
    return CueHeads((pieces_of(TOKENIZER, article.text), article) for article in articles)


def words(text: str, target_pieces: np.ndarray) -> str:
    pieces = pieces_of(TOKENIZER, text)
    return " ".join(text[pieces.start[piece] : pieces.end[piece]] for piece in target_pieces)


def test_every_piece_of_an_attribution_gets_its_tag_and_the_cue_is_its_anchor():
    text = "The mayor has repeatedly said that the bridge was closed."
    given = Annotation(
        quote=(at(text, "that the bridge was closed"),), cue=(at(text, "has repeatedly said"),),
        source=(at(text, "The mayor"),), cue_class="neutral",
    )  # fmt: skip
    other = "She has a car. He has said so. They said it."
    seen = AnnotatedArticle("b", other, tuple(Annotation(((0, 3),), cue=(at(other, "said"),)) for _ in range(3)))
    (target,) = targets_of(pieces_of(TOKENIZER, text), [given], heads_of(seen, AnnotatedArticle("a", text, (given,))))

    assert words(text, np.array([target.anchor])) == "said"
    assert target.cue_class == CLASSES.index("neutral")
    assert words(text, target.pieces[target.tags == SOURCE]) == "The mayor"
    assert words(text, target.pieces[target.tags == CUE]) == "has repeatedly said"
    assert words(text, target.pieces[target.tags == BEGIN_QUOTE]) == "that"
    assert words(text, target.pieces[target.tags == IN_QUOTE]) == "the bridge was"
    assert words(text, target.pieces[target.tags == END_QUOTE]) == "closed"


def test_a_quote_without_a_cue_is_anchored_at_its_first_piece_and_one_of_one_piece_only_ends():
    text = "The road? “Closed” for now, “and dark.”"
    given = Annotation(quote=(at(text, "Closed"), at(text, "and dark")))
    (target,) = targets_of(pieces_of(TOKENIZER, text), [given], heads_of(AnnotatedArticle("a", text, (given,))))

    assert words(text, np.array([target.anchor])) == "Closed"
    assert target.cue_class == ANY_CLASS
    assert target.tags.tolist() == [END_QUOTE, BEGIN_QUOTE, END_QUOTE]


def test_two_attributions_with_one_anchor_are_one():
    text = "He said yes and no."
    first = Annotation(quote=(at(text, "yes"),), cue=(at(text, "said"),))
    second = Annotation(quote=(at(text, "no"),), cue=(at(text, "said"),))
    (target,) = targets_of(pieces_of(TOKENIZER, text), [first, second], heads_of(AnnotatedArticle("a", text, (first,))))
    assert words(text, target.pieces[target.tags == END_QUOTE]) == "yes"


@pytest.mark.parametrize("style", [0, 1])
def test_lessons_hold_all_attributions_of_a_corpus(tmp_path: Path, style: int):
    articles = list(read_corpus(corpora(tmp_path) / "house-train.jsonl"))
    lessons = lessons_of([(style, article) for article in articles], TOKENIZER)
    assert [len(lesson.targets) for lesson in lessons] == [2] * len(articles)
    assert {lesson.style for lesson in lessons} == {style}
