"""The language of an article."""

from __future__ import annotations

import pytest

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
    ],
)
def test_languages(text: str, language: str | None) -> None:
    assert language_of(text) == language


def test_an_article_in_another_language_is_flagged_and_still_read(model: Pipeline) -> None:
    text = "«Le pont sur la rivière est fermé», a déclaré le maire lundi."
    (record,) = model.records([Article.of(text)])
    assert (record.meta.language, record.text) == ("fr", text)


def test_what_the_article_says_of_itself_stays(model: Pipeline) -> None:
    text = "The mayor said that the bridge over the river was closed."
    (record,) = model.records([Article.of(text, meta=Meta(language="en-GB"))])
    assert record.meta.language == "en-GB"
