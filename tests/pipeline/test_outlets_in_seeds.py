"""The outlet mentions of the five seed articles: all that were verified, and no others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from annotate.pipeline import Pipeline
from annotate.record import Article, Record

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def seeds(model: Pipeline) -> list[Record]:
    paths = sorted((ROOT / "seeds").glob("*.txt"))
    return list(model.records(Article.of(path.read_text(encoding="utf-8")) for path in paths))


@pytest.fixture(scope="module")
def verified() -> dict[str, dict[str, object]]:
    lines = (ROOT / "exports/sample/records.jsonl").read_text(encoding="utf-8").splitlines()
    return {row["sha256"]: row for row in map(json.loads, lines)}


def test_every_mention_has_its_name_and_role(seeds: list[Record], verified: dict[str, dict[str, object]]) -> None:
    count = 0
    for record in seeds:
        expected = {(*item["span"], item["name"], item["role"]) for item in verified[record.sha256]["outlets"]}  # type: ignore[attr-defined]
        assert {(*item.span, item.name, item.role) for item in record.outlets} == expected
        count += len(expected)
    assert count == 24


def test_the_feed_alone_is_not_listed(seeds: list[Record]) -> None:
    assert [item.name for record in seeds for item in record.outlets if not item.listed] == [None]


def test_what_the_son_said_came_through_dawn(seeds: list[Record]) -> None:
    said = [
        item
        for item in seeds[4].attributions
        if "son of Ahmad Shah" in (seeds[4].text or "")[slice(*item.quote[0])] and item.source_type != "outlet"
    ]
    assert [(item.speaker and item.speaker.name, [via.name for via in item.via]) for item in said] == [
        ("Ahmad Massoud", ["Dawn"])
    ]
