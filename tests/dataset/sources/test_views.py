"""The views: their columns, and what a coder of each codebook finds in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import rdflib

from annotate.dataset.sources import TABLES, SourceInputs, read
from annotate.dataset.sources.articles import head_of
from annotate.dataset.sources.views.acled import SCALES, scale_of
from annotate.pipeline.registry import Registry
from annotate.record import Provenance, Record
from annotate.scheme import SourceType
from tests.dataset.sources.conftest import Rows, by_seed, written
from tests.stories.articles import article, said

CODEBOOKS = {
    "acled": ["source", "source_scale"],
    "ucdp": [
        "number_of_sources",
        "source_article",
        "source_office",
        "source_date",
        "source_headline",
        "source_original",
    ],
    "ggt": [
        "speaker",
        "speaker_index",
        "quote",
        "quote_index",
        "verb",
        "verb_index",
        "quote_token_count",
        "quote_type",
        "is_floating_quote",
        "is_aligned",
        "named_entity",
        "named_entity_type",
    ],
    "custody": ["time_utc", "event", "file", "url", "sha256"],
}


@pytest.mark.parametrize("view", CODEBOOKS)
def test_the_codebooks_columns_come_first_and_in_order(view: str) -> None:
    names = [column.name for column in TABLES[view].columns]
    assert names[: len(CODEBOOKS[view])] == CODEBOOKS[view]


def test_gmmp_has_its_questions_in_order() -> None:
    names = [column.name for column in TABLES["gmmp"].columns]
    asked = ["sex", "age", "occupation", "function", "family_role", "victim", "survivor", "quoted", "photograph"]
    assert [name for name in names if name in asked] == asked


WORDS = "“Forty soldiers of the northern brigade crossed the old bridge at Sampletown,”"


def agency(id: str, publisher: str, day: str, *, who: str | None = None, **meta: str) -> Record:
    return article(
        id,
        f"{WORDS} an officer told Reuters.",
        said(WORDS, "told", "an officer", name=who, via=["Reuters"], kind=SourceType.OFFICIAL),
        publisher=publisher,
        published=day,
        **meta,
    )


@pytest.fixture
def three() -> list[Record]:
    return [
        agency("b", "Example Times", "2026-03-02", title="Bridge crossed", url="https://times.example/1"),
        agency("a", "Sample Herald", "2026-03-03T08:00:00+02:00"),
        agency("c", "Placeholder; News", "2026-03-01", title='A "bridge"; crossed'),
    ]


def test_three_articles_that_quote_one_agency_have_at_most_one_origin(three: list[Record], tmp_path: Path) -> None:
    tables = written(tmp_path, SourceInputs(records=lambda: iter(three)))
    (row,) = tables["ucdp.csv"]
    assert (row["number_of_sources"], row["number_of_independent_origins"]) == (3, 0)  # nobody knows the officer
    assert row["articles"] == ["c", "b", "a"]  # the earliest first
    assert row["source_office"] == "Placeholder, News;Example Times;Sample Herald"
    assert row["source_date"] == "2026-03-01;2026-03-02;2026-03-03"
    assert row["source_headline"] == 'A "bridge", crossed;Bridge crossed;'
    assert row["source_article"] == (
        '"Placeholder, News,2026-03-01,A \'bridge\', crossed";"Example Times,2026-03-02,Bridge crossed";'
        '"Sample Herald,2026-03-03"'
    )
    known = [agency(one.id, "Example Times", "2026-03-02", who="Ada Example") for one in three]
    (row,) = written(tmp_path, SourceInputs(records=lambda: iter(known)))["ucdp.csv"]
    assert (row["number_of_sources"], row["number_of_independent_origins"]) == (3, 1)
    assert row["source_original"] == "Ada Example"


def test_the_seeds_as_ucdp_codes_them(folder: Path) -> None:
    rows = {row["statement"]: row for row in read(folder / "ucdp.csv")}
    operations = rows["c1"]
    assert (operations["number_of_sources"], operations["number_of_independent_origins"]) == (4, 1)
    assert operations["source_original"] == "Zabihullah Mujahid"
    alone = [row for name, row in rows.items() if "#" in name]
    assert {row["number_of_sources"] for row in alone} == {1}
    assert {row["number_of_independent_origins"] for row in alone} == {0, 1}
    texts = [row["statement_text"] for row in alone]
    assert "damages" not in texts
    assert not any(text.startswith("the NRF to lay down") for text in texts)


@pytest.mark.parametrize(
    ("publishers", "country", "scale"),
    [
        (["Reuters"], None, "International"),
        (["Reuters"], "AF", "International"),
        (["Reuters"], "GB", None),
        (["Bakhtar News Agency"], "AF", "National"),
        (["Bakhtar News Agency"], None, None),
        (["Bakhtar News Agency", "Reuters"], "AF", "National-International"),
        (["Reuters", "Tolo News"], "AF", None),
        (["Nobody's Paper"], "AF", None),
    ],
)
def test_a_scale_is_given_where_the_registry_settles_it(
    publishers: list[str], country: str | None, scale: str | None
) -> None:
    registry = Registry.load()
    heads = [
        head_of(article(f"a{n}", "Nothing.", publisher=name), registry, shown=True) for n, name in enumerate(publishers)
    ]
    assert scale_of(heads, country) == scale


def test_a_post_is_new_media_and_the_metadata_name_the_country() -> None:
    registry = Registry.load()
    post = head_of(article("p", "Nothing.", url="https://www.t.me/example/1"), registry, shown=True)
    assert scale_of([post], None) == "New media"
    state = article("s", "Nothing.", publisher="Bakhtar News Agency", event_country="af")
    assert scale_of([head_of(state, registry, shown=True), post], None) == "National-New media"
    assert SCALES[0] == "Local partner"


def test_acled_names_the_publications(three: list[Record], tmp_path: Path) -> None:
    (row,) = written(tmp_path, SourceInputs(records=lambda: iter(three)))["acled.csv"]
    assert row["source"] == "Placeholder; News; Example Times; Sample Herald"
    assert row["source_scale"] is None
    assert (row["cited_outlets"], row["reported_date"]) == (["Reuters"], "2026-03-01")
    assert row["urls"] == ["https://times.example/1"]


def test_gmmp_has_a_row_for_each_person(seeds: list[Record], folder: Path) -> None:
    rows = list(read(folder / "gmmp.csv"))
    third = [row["person"] for row in rows if row["article_id"] == by_seed(seeds, "002")]
    assert third == ["Anaamullah Samangani", "Baba Shirin", "Fahim Dashti", "Amir Khan Muttaqi"]
    by_name = {(row["article_id"], row["person"]): row for row in rows}
    shirin = by_name[by_seed(seeds, "002"), "Baba Shirin"]
    assert (shirin["function"], shirin["quoted"], shirin["occupation"]) == (
        "eye witness",
        "yes",
        "resident of the area",
    )
    assert by_name[by_seed(seeds, "002"), "Amir Khan Muttaqi"]["quoted"] == "no"
    for row in rows:
        assert {row[column.name] for column in TABLES["gmmp"].columns if column.by_hand} == {None}


def test_ggt_positions_are_those_of_the_text(seeds: list[Record], folder: Path) -> None:
    texts = {record.id: record.text or "" for record in seeds}
    rows = list(read(folder / "ggt.csv"))

    def at(row: dict[str, Any], name: str) -> str:
        start, end = (int(part) for part in row[name].strip("()").split(","))
        return texts[row["article_id"]][start:end]

    for row in rows:
        assert at(row, "quote_index") == row["quote"]
        if row["verb"]:
            assert at(row, "verb_index") == row["verb"]
    direct = next(row for row in rows if row["quote"].startswith("“We started operations"))
    assert (direct["speaker"], direct["verb"], direct["quote_type"]) == ("he", "said", "QCQSV")
    assert (direct["named_entity"], direct["named_entity_type"], direct["is_aligned"]) == (
        "Zabihullah Mujahid",
        "PERSON",
        "true",
    )
    later = [row for row in rows if row["part"] == 2]
    assert later
    assert {row["is_floating_quote"] for row in later} == {"true"}
    assert {row["verb"] for row in later} == {None}


RATED = ("rating", "review", "reliab", "credib", "admiral")


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib's own
def test_claims_are_json_ld_without_any_rating(folder: Path, seeds: list[Record]) -> None:
    path = folder / "claims.jsonld"
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["@context"] == "https://schema.org"
    assert not [key for key in _keys(document) if key.lower().startswith(RATED) or "rating" in key.lower()]
    assert {node["@type"] for node in document["@graph"]} == {"Claim"}
    # The context is not fetched: a vocabulary stands for it, as schema.org's own does for these terms.
    graph = rdflib.Graph()
    graph.parse(data=json.dumps({**document, "@context": {"@vocab": "https://schema.org/"}}), format="json-ld")
    schema = rdflib.Namespace("https://schema.org/")
    found = set(graph.subjects(rdflib.RDF.type, schema.Claim))
    assert len(found) == len(document["@graph"])
    assert {str(each) for each in graph.subjects(rdflib.RDF.type, schema.NewsArticle)} == {
        f"urn:sha256:{record.sha256}" for record in seeds
    }
    assert all((claim, schema.appearance, None) in graph for claim in found)
    known = {"type", "text", "author", "appearance", "firstAppearance", "datePublished", "identifier", "name"}
    known |= {"description", "url", "headline", "publisher"}
    assert {str(predicate).rpartition("/")[2].rpartition("#")[2] for predicate in graph.predicates()} <= known


def test_a_claim_knows_who_said_it_and_where_first(three: list[Record], tmp_path: Path) -> None:
    (claim,) = written(tmp_path, SourceInputs(records=lambda: iter(three)))["claims.jsonld"]
    assert claim["author"] == {"@type": "Person", "description": "officer"}
    assert claim["datePublished"] == claim["firstAppearance"]["datePublished"] == "2026-03-01"
    assert claim["firstAppearance"]["publisher"] == {"@type": "Organization", "name": "Placeholder; News"}
    assert [each["identifier"] for each in claim["appearance"]] == ["c", "b", "a"]
    assert claim["text"] == WORDS


def test_the_custody_of_an_article(three: list[Record], tmp_path: Path) -> None:
    made = Provenance(version="9.9", pipeline="rules-1", annotator="annotator-1", created="2026-03-04T01:00:00+02:00")  # type: ignore[arg-type]
    record = agency("x", "Example Times", "2026-03-02", accessed="2026-03-03T10:00:00+01:00", file="x.txt")
    labelled = record.model_copy(update={"provenance": made})
    rows: Rows = written(tmp_path, SourceInputs(records=lambda: iter([labelled])))["custody.csv"]
    assert [(row["time_utc"], row["event"], row["actor"], row["tool_version"]) for row in rows] == [
        ("2026-03-03T09:00:00Z", "accessed", None, None),
        ("2026-03-03T23:00:00Z", "annotated", "annotator-1", "9.9"),
    ]
    assert {(row["file"], row["sha256"]) for row in rows} == {("x.txt", record.sha256)}


def _keys(value: object) -> list[str]:
    if isinstance(value, dict):
        return [*value, *(key for each in value.values() for key in _keys(each))]
    return [key for each in value for key in _keys(each)] if isinstance(value, list) else []
