"""Notices, cues, verification statements, disputes and language on texts of every kind and length."""

from __future__ import annotations

import sys

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from annotate.pipeline import Pipeline
from annotate.pipeline.running import COMPONENTS
from annotate.record import Article, Record

NOTHING = ""
SENTENCE = "The army said that the claim could not be independently verified."
CAPITALS = (
    "LIMA — THE ARMY SAID THAT IT HAD TAKEN THE TOWN.\n\nTHE REBELS DENIED IT.\n\n"
    "THE CLAIM COULD NOT BE INDEPENDENTLY VERIFIED."
)
UNCLOSED = (
    "“We have the town, the army said.\n\n“They do not, the rebels said. 'The claim could not be verified.\n\n\"It"
)
LANGUAGES = {
    "de": "Die Armee sagte, sie habe die Stadt eingenommen. Die Angaben ließen sich nicht unabhängig überprüfen.",
    "fr": "L'armée a affirmé avoir pris la ville. Cette information n'a pas pu être vérifiée de source indépendante.",
    "es": "El ejército dijo que había tomado la ciudad. La información no pudo ser verificada de forma independiente.",
    "ru": "Армия заявила, что взяла город. Проверить эти сведения из независимых источников не удалось.",
    "ar": "قال الجيش إنه سيطر على المدينة. ولم يتسن التحقق من هذه المعلومات من مصدر مستقل.",
    "fa": "ارتش گفت که شهر را تصرف کرده است. این ادعا به طور مستقل تأیید نشده است.",
    "zh": "军方表示已经占领该镇。这一说法无法得到独立证实，叛军否认了这一消息。",
}
# What gives each component the most to do: claims, denials of them and statements on checking, over and over.
DENSE = (
    "The army said that it had taken the town of Exampleford. The rebels denied that they had lost it. "
    "The claim could not be independently verified.\n\nA quiet night\n\n"
)
WITHOUT_CLAIMS = "Neither side has provided evidence for its claims. None of the claims could be confirmed.\n\n"
TOPICS = ("annotate_notices", "annotate_cues", "annotate_verification", "annotate_disputes")


def record_of(pipeline: Pipeline, text: str) -> Record:
    return next(pipeline.records([Article.of(text)]))


@pytest.mark.parametrize("text", [NOTHING, " \n\t\n ", SENTENCE, SENTENCE[:-1], CAPITALS, UNCLOSED, UNCLOSED * 40])
def test_a_record_comes_back(pipeline: Pipeline, text: str) -> None:
    record = record_of(pipeline, text)
    assert record.text == text
    ids = {each.id for each in record.attributions}
    assert all(set(each.about) <= ids for each in record.verifications)
    assert all(set(pair) <= ids for pair in record.disputes)


@pytest.mark.parametrize("language", LANGUAGES)
def test_other_languages_are_flagged_and_hold_no_statements(pipeline: Pipeline, language: str) -> None:
    record = record_of(pipeline, LANGUAGES[language])
    assert record.meta.language == language
    assert record.verifications == ()
    assert record.disputes == ()


def test_capitals_are_read_as_letters_are(model: Pipeline) -> None:
    record = record_of(model, CAPITALS)
    assert record.meta.language == "en"
    assert [record.text[slice(*each.span)] for each in record.verifications if record.text] == [
        "THE CLAIM COULD NOT BE INDEPENDENTLY VERIFIED."
    ]


def test_a_megabyte(rules: Pipeline) -> None:
    """The components of this room by themselves: tags and parse of a megabyte take too long for a test."""
    size = 1_000_000
    blank = spacy.blank("en", vocab=rules.nlp.vocab)
    blank.max_length = 2 * size
    blank.add_pipe("sentencizer")
    text = DENSE * (size // len(DENSE) + 1)
    doc = blank(text)
    for name in TOPICS:
        rules.nlp.get_pipe(name)(doc)
    assert doc.text == text
    assert len(doc._.verifications) == text.count("The claim could not be independently verified.")
    assert [notice["kind"] for notice in doc._.notices].count("headline") == text.count("\n\nA quiet night\n\nThe")


@pytest.mark.parametrize("unit", [DENSE, WITHOUT_CLAIMS], ids=["claims", "no claims"])
def test_work_grows_no_faster_than_the_text(rules: Pipeline, unit: str) -> None:
    """Four times the text takes about four times the calls; what compared all with all would take sixteen times."""
    short, long = (work(rules.nlp, (unit * (size // len(unit) + 1))[:size]) for size in (10_000, 40_000))
    assert {name: long[name] / short[name] for name in TOPICS if long[name] > 6 * short[name]} == {}


def work(nlp: Language, text: str) -> dict[str, int]:
    """Count the calls that each component makes for a text."""
    at = COMPONENTS["rules"].index("annotate_notices")
    with nlp.select_pipes(disable=COMPONENTS["rules"][at:]):
        doc = nlp(text)
    return {name: calls(nlp, name, doc) for name in COMPONENTS["rules"][at:]}


def calls(nlp: Language, name: str, doc: Doc) -> int:
    component = nlp.get_pipe(name)
    made = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal made
        made += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        component(doc)
    finally:
        sys.setprofile(None)
    return made
