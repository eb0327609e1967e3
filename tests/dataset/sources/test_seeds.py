"""The source table of the seeds, against what a coder reads in the articles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from annotate.dataset.sources import TABLES, SourceInputs, read
from annotate.record import Record
from tests.dataset.sources.conftest import SAMPLE, Rows, by_seed, hydrated

Row = Callable[[str, str], dict[str, Any]]


def part(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}


def test_the_spokesman_through_an_agency(row: Row) -> None:
    mujahid = row("003", "Zabihullah Mujahid")
    names = ("source_as_written", "source_kind", "organisation", "title", "naming", "function", "party", "first_hand")
    assert part(mujahid, *names) == {
        "source_as_written": "Taliban spokesperson Zabihullah Mujahid",
        "source_kind": "spokesperson",
        "organisation": "Taliban",
        "title": "spokesperson",
        "naming": "named",
        "function": "spokesperson",
        "party": "yes",
        "first_hand": "no",
    }
    assert mujahid["chain"] == ["Zabihullah Mujahid > Reuters > The Hill"]
    assert part(mujahid, "chain_depth", "terminal_source", "via_outlets") == {
        "chain_depth": 1,
        "terminal_source": ["Zabihullah Mujahid"],
        "via_outlets": ["Reuters"],
    }
    # “operations.” (1), “heavy losses.” (2), and the 15 words of the direct quote
    assert part(mujahid, "direct", "indirect", "mixed", "words_quoted") == {
        "direct": 1,
        "indirect": 0,
        "mixed": 2,
        "words_quoted": 18,
    }


def test_the_same_spokesman_is_one_over_the_articles(row: Row) -> None:
    rows = [row(number, "Zabihullah Mujahid") for number in ("000", "001", "003", "004")]
    assert len({each["source_id"] for each in rows}) == 1
    assert [each["first_hand"] for each in rows] == ["partly", "yes", "no", "no"]
    assert rows[0]["chain"] == ["Zabihullah Mujahid", "Zabihullah Mujahid > Radio Azadi"]
    assert [each["claims"] for each in rows] == [["c1"]] * 4
    assert {origin for each in rows for origin in each["origins"]} == {"c1.1"}


def test_the_leader_with_his_several_roads(row: Row) -> None:
    massoud = row("004", "Ahmad Massoud")
    assert massoud["chain"] == [
        "Ahmad Massoud",
        "Ahmad Massoud > Foreign Policy",
        "Ahmad Massoud > Dawn",
        "Ahmad Massoud > NPR",
    ]
    assert part(massoud, "direct", "indirect", "mixed", "first_hand", "title", "party", "function") == {
        "direct": 3,
        "indirect": 3,
        "mixed": 0,
        "first_hand": "partly",
        "title": "leader",
        "party": "yes",
        "function": None,  # whether he is the subject, the annotation does not say
    }


def test_the_unnamed_source_is_one_through_the_article(row: Row) -> None:
    insider = row("001", "an official source from within the group")
    assert part(insider, "source_name", "source_id", "source_kind", "naming", "organisation", "indirect") == {
        "source_name": None,
        "source_id": None,
        "source_kind": "insider",
        "naming": "anonymous",
        "organisation": "National Resistance Front of Afghanistan",  # "the NRF source"
        "indirect": 3,  # "the NRF source said", "They revealed"
    }
    assert insider["via_outlets"] == ["CNN"]
    spokesman = row("004", "spokesman for the NRF")
    assert part(spokesman, "naming", "title", "direct", "indirect") == {
        "naming": "role_only",
        "title": "spokesman",
        "direct": 2,
        "indirect": 3,
    }
    assert row("002", "locals")["naming"] == "anonymous"
    assert row("003", "Both sides")["naming"] is None


def test_the_agency_is_a_source_that_carries_others(row: Row) -> None:
    reuters = row("003", "Reuters")
    assert part(reuters, "source_kind", "organisation", "party", "first_hand", "indirect", "mixed") == {
        "source_kind": "outlet",
        "organisation": "Reuters",
        "party": "no",
        "first_hand": "no",
        "indirect": 3,
        "mixed": 3,
    }
    assert reuters["terminal_source"] == [
        "Reuters",
        "Zabihullah Mujahid",
        "spokesperson (National Resistance Front of Afghanistan)",
        "Taliban",
        "Amir Khan Muttaqi",
    ]
    assert all(chain.endswith("Reuters > The Hill") for chain in reuters["chain"])


def test_the_article_as_the_text_tells_it(row: Row) -> None:
    hill = row("003", "Reuters")
    assert part(hill, "outlet", "outlet_country", "headline", "published", "author") == {
        "outlet": "The Hill",
        "outlet_country": "US",
        "headline": "Taliban, rebels both claim to inflict heavy losses during fighting in holdout province",
        "published": None,
        "author": None,
    }
    assert row("000", "Sergei Lavrov")["outlet"] is None  # nothing says who publishes it


def test_what_the_articles_say_of_checking(row: Row) -> None:
    dashti = row("001", "Fahim Dashti")
    assert dashti["verification"] == ["no_evidence_stated"]
    (statement,) = dashti["verification_statement"]
    assert statement.startswith("Neither of the two has provided evidence")
    assert row("002", "Baba Shirin")["verification"] == ["not_stated"]


def test_ratings_stand_apart_from_suggestions(row: Row) -> None:
    mujahid = row("001", "Zabihullah Mujahid")
    assert mujahid["reliability_suggested"] == mujahid["reliability_rated"] == ["F"]
    assert mujahid["credibility_suggested"] == mujahid["credibility_rated"] == ["6"]
    assert row("000", "Amrullah Saleh")["credibility_rated"] == []


def test_numbers_add_up_to_the_attributions(seeds: list[Record], sources: Rows) -> None:
    for record in seeds:
        own = [row for row in sources if row["article_id"] == record.id]
        kinds = Counter(str(item.quote_type) for item in record.attributions)
        assert {kind: sum(row[kind] for row in own) for kind in ("direct", "indirect", "mixed")} == {
            kind: kinds[kind] for kind in ("direct", "indirect", "mixed")
        }
        listed = [name for row in own for name in row["attributions"]]
        assert sorted(listed) == sorted(item.id for item in record.attributions)
        assert [row["first_offset"] for row in own] == sorted(row["first_offset"] for row in own)
    assert sum(row["direct"] + row["indirect"] + row["mixed"] for row in sources) == 103


def test_what_nobody_may_infer_is_blank(sources: Rows) -> None:
    for row in sources:
        assert (row["sex"], row["age"], row["ethnicity"], row["disability"]) == (None,) * 4


def test_predictions_alone_are_marked_as_such(tmp_path: Path) -> None:
    predicted = hydrated(SAMPLE / "source" / "predictions.jsonl")
    TABLES["sources"].write(tmp_path, SourceInputs(records=lambda: iter(predicted)))
    rows = list(read(tmp_path / "sources.csv"))
    assert {row["label_status"] for row in rows} == {"auto"}
    assert {tuple(row["annotators"]) for row in rows} == {()}
    article = by_seed(predicted, "003")
    (mujahid,) = [row for row in rows if row["article_id"] == article and row["source_name"] == "Zabihullah Mujahid"]
    assert (mujahid["via_outlets"], mujahid["pipeline"]) == (["Reuters"], predicted[0].provenance.pipeline)  # type: ignore[union-attr]
