"""The language of an article."""

from __future__ import annotations

import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.pipeline import Pipeline
from annotate.pipeline.language import language_of
from annotate.record import Article, Meta


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The mayor said that the bridge over the river was closed.", "en"),
        ("THE MAYOR SAID THAT THE BRIDGE OVER THE RIVER WAS CLOSED.", "en"),
        ("Der Bürgermeister sagte, die Brücke über den Fluss sei geschlossen.", "de"),
        ("«Le pont sur la rivière est fermé», a déclaré le maire lundi.", "fr"),
        ("Мэр сказал, что мост через реку закрыт до понедельника.", "ru"),
        ("قال رئيس البلدية إن الجسر فوق النهر مغلق حتى يوم الاثنين.", "ar"),
        ("市長は月曜日、川に架かる橋が閉鎖されたと述べた。橋は来週まで使えない。", "ja"),
        ("", None),
        ("It rained.", None),
        ("12 345 678 — … —", None),
        ("El alcalde dijo el lunes que el puente sobre el río estaba cerrado.", "es"),
        ("O prefeito disse na segunda-feira que a ponte sobre o rio estava fechada.", "pt"),
        ("Belediye başkanı pazartesi günü nehrin üzerindeki köprünün kapalı olduğunu söyledi.", "tr"),
        ("Мер сказав, що міст через річку зачинено до понеділка, бо там ведуть ремонт.", "uk"),
        ("मेयर ने सोमवार को कहा कि नदी पर बना पुल बंद है।", "hi"),
        ("시장은 월요일에 강을 가로지르는 다리가 폐쇄되었다고 말했다고 전했다.", "ko"),
        ("市长星期一表示，河上的桥已经关闭，下周之前不能通行，请市民绕行其他道路。", "zh"),
        ("Jane Doe and John Roe will visit Exampleton and Sampleburg in May, the palace said on Monday.", "en"),
        ("«Jane Doe»: 42 (3:1), 7-5, 6:4; A1 B2 C3 D4 E5 F6 G7 H8 I9", None),
    ],
)
def test_languages(text: str, language: str | None) -> None:
    assert language_of(text) == language


def test_the_beginning_decides_and_a_long_text_costs_no_more() -> None:
    text = "The mayor said that the bridge over the river was closed. " * 30
    french = "Le maire a dit que le pont sur la rivière était fermé. "
    with_calls = [calls_of(text + french * more) for more in (1, 10_000)]
    assert with_calls[0] == with_calls[1]
    assert language_of(text + french * 10_000) == "en"


def calls_of(text: str) -> int:
    """Count the calls that it takes to tell the language of a text."""
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    language_of(text)  # the model is loaded
    sys.setprofile(count)
    try:
        language_of(text)
    finally:
        sys.setprofile(None)
    return calls


@given(st.text(max_size=200))
def test_every_text_has_one_language_or_none(text: str) -> None:
    language = language_of(text)
    assert language == language_of(text)
    assert language is None or re.fullmatch("[a-z]{2,3}", language)


def test_an_article_in_another_language_is_flagged_and_still_read(model: Pipeline) -> None:
    text = "«Le pont sur la rivière est fermé», a déclaré le maire lundi."
    (record,) = model.records([Article.of(text)])
    assert (record.meta.language, record.text) == ("fr", text)


def test_what_the_article_says_of_itself_stays(model: Pipeline) -> None:
    text = "The mayor said that the bridge over the river was closed."
    (record,) = model.records([Article.of(text, meta=Meta(language="en-GB"))])
    assert record.meta.language == "en-GB"
