"""Who speaks in the five seed articles: father and son, a third spokesperson, sources without a name."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotate.pipeline import Pipeline, load_pipeline
from annotate.record import Article, Attribution, Record

SEEDS = sorted((Path(__file__).parents[2] / "seeds").glob("*.txt"))
PARTIES = ("Taliban", "NRF", "National Resistance Front", "resistance front", "Afghan National Resistance")


@pytest.fixture(scope="module")
def seeds() -> list[Record]:
    pipeline: Pipeline = load_pipeline(parties=PARTIES)
    return list(pipeline.records(Article.of(path.read_text(encoding="utf-8")) for path in SEEDS))


def sources(record: Record, wording: str) -> list[Attribution]:
    text = record.text or ""
    return [a for a in record.attributions if a.source and text[slice(*a.source[0])] == wording]


def names(record: Record, wording: str) -> set[str | None]:
    found = sources(record, wording)
    assert found, wording
    return {a.speaker.name if a.speaker else None for a in found}


def test_the_son_of_ahmad_shah_massoud_speaks(seeds):
    text = seeds[4].text or ""
    said = [
        a
        for a in seeds[4].attributions
        if "the son of Ahmad Shah Massoud" in text[slice(*a.quote[0])] and a.source_type != "outlet"
    ]
    assert said
    assert {a.speaker.name for a in said if a.speaker} == {"Ahmad Massoud"}


def test_the_son_is_the_one_the_article_names(seeds):
    assert names(seeds[0], "Ahmed Shah Massoud's son") == {"Ahmed Masoud"}


def test_a_surname_is_not_the_fathers_who_is_named_later(seeds):
    assert names(seeds[4], "The resistant group’s leader, Massoud") == {"Ahmad Massoud"}
    assert names(seeds[4], "Massoud") == {"Ahmad Massoud"}


def test_a_spokesperson_after_two_named_ones_stays_unnamed(seeds):
    assert names(seeds[1], "a spokesperson for the NRF") == {None}
    assert names(seeds[1], "The spokesperson") == {None}
    assert {a.independence for a in sources(seeds[1], "The spokesperson")} == {"party"}


def test_one_sides_spokesperson_is_not_the_others(seeds):
    assert names(seeds[4], "The NRF spokesperson") == {None}


def test_the_spokesman_is_the_one_just_named(seeds):
    assert names(seeds[0], "The spokesman") == {"Fahim Dashti"}
    assert names(seeds[0], "the source") == {None}
    assert names(seeds[0], "Lavrov") == {"Sergei Lavrov"}
    assert names(seeds[0], "He") == {"Sergei Lavrov"}


def test_a_party_is_known_by_its_speakers_too(seeds):
    for record in seeds:
        for attribution in record.attributions:
            if attribution.speaker and attribution.speaker.name == "Zabihullah Mujahid":
                assert attribution.independence == "party"
            if attribution.source_type == "outlet":
                assert attribution.independence == "third_party"
