"""The packaged outlet registry, and outlets that users bring."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from annotate.errors import InputError
from annotate.pipeline import load_pipeline
from annotate.pipeline.registry import KINDS, Registry, key_of, read_outlets
from annotate.pipeline.resources import entries
from annotate.record import Article

SOCIAL = {"Twitter", "X", "Facebook", "YouTube", "Telegram", "TikTok", "Instagram", "WhatsApp", "WeChat", "Weibo"}


def test_the_registry_holds_facts_of_the_whole_world_and_no_ratings() -> None:
    rows = entries("outlets")
    assert len(rows) >= 600
    columns = {"name", "aliases", "ambiguous", "domain", "kind", "country", "parent", "source"}
    assert all(set(row) - {"local"} == columns for row in rows)
    assert {row["kind"] for row in rows} == set(KINDS)
    assert len({row["country"] for row in rows if row["country"]}) > 150
    assert not {row["name"] for row in rows} & SOCIAL


def test_every_name_belongs_to_one_outlet() -> None:
    owners: dict[str, str] = {}
    for row in entries("outlets"):
        for name in {key_of(each) for each in (row["name"], *row["aliases"])}:
            assert name
            assert owners.setdefault(name, row["name"]) == row["name"], name
        assert set(row["ambiguous"]) <= {row["name"], *row["aliases"], *row.get("local", ())}


def test_a_name_that_outlets_of_several_countries_bear_is_written_with_the_country() -> None:
    local = [row for row in entries("outlets") if row.get("local")]
    assert local
    for row in local:
        assert re.fullmatch(r".+ \(.+\)", row["name"]), row
        assert not {*row["local"]} & {row["name"], *row["aliases"]}
    registry = Registry.load()
    assert registry.canonical("Daily Post") == "Daily Post (Nigeria)"
    assert registry.canonical("El Heraldo") is None


def test_domains_and_countries_are_well_formed() -> None:
    for row in entries("outlets"):
        assert row["domain"] is None or re.fullmatch(r"(?:[a-z0-9-]+\.)+[a-z0-9-]{2,}(?:/\S*)?", row["domain"]), row
        assert row["country"] is None or re.fullmatch(r"[A-Z]{2}", row["country"]), row


def test_spellings_lead_to_the_canonical_name() -> None:
    registry = Registry.load()
    for written, name in {
        "TOLOnews": "Tolo News",
        "Radio Azadi International": "Radio Azadi",
        "the hill": "The Hill",
        "Al-Jazeera": "Al Jazeera",
        "DAWN": "Dawn",
        "Agence France-Presse": "AFP",
        "New York Times": "The New York Times",
    }.items():
        assert registry.canonical(written) == name
    assert registry.canonical("Exampleton Times") is None


def test_a_web_address_tells_its_outlet() -> None:
    registry = Registry.load()
    outlet = registry.of_url("https://www.reuters.com/world/example-2031")
    assert outlet is not None
    assert outlet.name == "Reuters"
    assert registry.of_url("https://example.org/reuters.com") is None
    assert registry.of_url("not an address") is None
    assert registry.of_url(None) is None


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://www.nytimes.com/2031/example.html", "The New York Times"),
        ("https://www.npr.org/example", "NPR"),
        ("https://www.bbc.co.uk/news/example", "BBC"),
        ("https://www.thetimes.com/example", "The Times"),
        ("https://www.rnz.co.nz/national/example", "RNZ"),
    ],
)
def test_a_site_is_the_houses_and_no_programmes(address: str, name: str) -> None:
    outlet = Registry.load().of_url(address)
    assert outlet is not None
    assert outlet.name == name


def keep(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


def test_users_extend_and_override(tmp_path: Path) -> None:
    own = keep(
        tmp_path / "own.csv",
        "name,aliases,domain,kind,country\n"
        "Muestra Uno,MU|Muestra,muestra.example,newspaper,\n"
        "Reuters,Example Wire,wire.example,wire,XX\n",
    )
    registry = Registry.load(list(read_outlets(own)))
    assert registry.canonical("Muestra") == "Muestra Uno"
    found = registry.find("reuters")
    assert found is not None
    assert (found.domain, found.country, found.aliases) == ("wire.example", "XX", ("Example Wire",))
    assert registry.canonical("AFP") == "AFP"


def test_the_pipeline_takes_them_and_its_version_says_so(tmp_path: Path) -> None:
    own = keep(tmp_path / "own.jsonl", '{"name": "Muestra Uno", "aliases": ["Muestra"], "domain": "muestra.example"}\n')
    pipeline = load_pipeline(pipeline="rules", outlets=list(read_outlets(own)))
    (record,) = pipeline.records([Article.of("The mayor told Muestra that the bridge was closed.")])
    assert [(outlet.name, outlet.domain) for outlet in record.outlets] == [("Muestra Uno", "muestra.example")]
    assert pipeline.version != load_pipeline(pipeline="rules").version


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("name,kind\nMuestra,blog\n", "own.csv:2: unknown kind 'blog'"),
        ("alias\nMuestra\n", "own.csv:1: no column 'name'"),
        ("name,rating\nMuestra,A\n", "own.csv:2: unknown column 'rating'"),
        ("name,kind\nMuestra\n", "own.csv:2: not as many cells as the 2 columns"),
        ("name\nMuestra\nmuestra\n", "own.csv:3: 'muestra' stands there twice"),
        ('{"name": "A"}\n{"name": 3}\n', "own.csv:2: name is no text"),
        ('{"name": "A", "aliases": "B"}\n', "own.csv:1: aliases is no list of texts"),
        ('{"name": "A"}\n[]\n', "own.csv:2: not a JSON object"),
        ("name\n…\n", "own.csv:2: the name has no letter"),
    ],
)
def test_bad_rows_are_named(tmp_path: Path, content: str, says: str) -> None:
    path = keep(tmp_path / "own.csv", content)
    with pytest.raises(InputError) as caught:
        list(read_outlets(path))
    assert says in str(caught.value)
    assert caught.value.mend
