"""The pipeline as a whole: any text in, valid Records out."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotate.errors import PipelineError
from annotate.pipeline import Pipeline, load_pipeline
from annotate.pipeline.network.reading import MODEL
from annotate.pipeline.quotation_marks import find_stretches
from annotate.pipeline.running import FACTORIES, cut
from annotate.pipeline.spans import words_in
from annotate.record import Article, Record, canonical, parse_record
from annotate.scheme import Anonymity

PROJECT = Path(__file__).parents[2]

PIECES = st.sampled_from(
    [
        "The mayor said that ", "“We are leaving the town now,” ", "he said", ", according to Reuters", ". ", "\n\n",
        '"', "“", "”", "‘", "’", "'", "''", "😀 ", "\u00a0", "Jane Roe told the BBC ", "Police denied the charge", "\r",
        "reportedly ", "THE END ", "«Oui» ", "It could not be verified. ", "של ", "adding: ", "\u2028", "a" * 30,
    ]
)  # fmt: skip


def check(record: Record) -> None:
    """The Record holds together, is canonical, and cuts no quotation of four words."""
    text = record.text
    assert text is not None
    assert canonical(record) == record
    assert parse_record(record.to_json()) == record
    long = [(s.start, s.end) for s in find_stretches(text) if words_in(text, (s.start, s.end)) >= 4]
    attributes: dict[object, object] = {}
    for attribution in record.attributions:
        for span in attribution.quote:
            assert not any(start < edge < end for edge in span for start, end in long), text[slice(*span)]
        source = (attribution.speaker, attribution.source_type, attribution.anonymity, attribution.independence)
        if attribution.source:
            assert attributes.setdefault(attribution.source, source) == source
        else:
            assert source == (None, None, Anonymity.IMPLICIT, None)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.one_of(st.lists(PIECES, max_size=25).map("".join), st.text(max_size=200)))
def test_any_text_gives_a_valid_record(pipeline: Pipeline, text: str) -> None:
    encodable = text.encode("utf-8", "ignore").decode("utf-8")
    (record,) = pipeline.records([Article.of(encodable, id="any")])
    assert (record.id, record.text) == ("any", encodable)
    check(record)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n",
        "THE MAYOR SAID THAT THE BRIDGE IS CLOSED.",
        "«Le pont est fermé», a déclaré le maire.",
        "(" * 1200,
    ],
)
def test_odd_texts(pipeline: Pipeline, text: str) -> None:
    (record,) = pipeline.records([Article.of(text)])
    check(record)


def test_a_long_article_is_read_in_pieces(rules: Pipeline) -> None:
    paragraph = "“The bridge is closed for now,” the mayor of Exampleton said, according to Reuters.\n\n"
    (record,) = rules.records([Article.of(paragraph * 400)])
    check(record)
    assert len(record.attributions) == 800
    assert record.attributions[-1].id == "a800"


@given(st.text(alphabet="ab \n", max_size=50).map(lambda text: text * 2500))
@settings(deadline=None, max_examples=20)
def test_pieces_cover_the_text(text: str) -> None:
    pieces = list(cut(text))
    assert "".join(text[start:end] for start, end in pieces) == text
    assert all(end - start <= 20_000 for start, end in pieces)


def test_order_is_kept_and_results_repeat(pipeline: Pipeline) -> None:
    articles = [Article.of(f"Witness {number} said that it rained.", id=str(number)) for number in range(150)]
    first, second = list(pipeline.records(iter(articles))), list(pipeline.records(articles))
    assert [record.id for record in first] == [article.id for article in articles]
    assert first == second


def test_records_come_before_the_last_article_is_read(pipeline: Pipeline) -> None:
    taken = 0

    def articles() -> object:
        nonlocal taken
        for number in range(1000):
            taken += 1
            yield Article.of("It rained.", id=str(number))

    next(pipeline.records(articles()))  # type: ignore[arg-type]
    assert taken < 200


def test_version_names_rules_and_base_model(rules: Pipeline) -> None:
    found_by, base, digest = rules.version.split("/")
    assert found_by.startswith("rules-")
    assert base == rules.model
    assert len(digest) == 8
    assert load_pipeline(pipeline="rules").version == rules.version
    assert load_pipeline(pipeline="rules", attitudes=False).version != rules.version


def test_version_names_network_style_and_least_score(model: Pipeline) -> None:
    config = json.loads((MODEL / "config.json").read_text(encoding="utf-8"))
    found_by, _, _ = model.version.split("/")
    assert model.model == f"{config['name']}-{config['version']}"
    assert found_by == f"model-{config['version']}-house-{config['scores']['house']['threshold']:g}"
    other = load_pipeline(style="polnear", min_score=0.25, attitudes=False)
    assert other.version.startswith(f"model-{config['version']}-polnear-0.25/")
    assert other.version.rsplit("/")[-1] != load_pipeline(style="polnear", min_score=0.25).version.rsplit("/")[-1]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"pipeline": "oracle"}, "there is no pipeline 'oracle' (choose one of model, rules)"),
        ({"style": "tabloid"}, "there is no style 'tabloid' (choose one of house, polnear)"),
        ({"min_score": 1.5}, "min_score 1.5 is not in 0..1"),
        ({"pipeline": "rules", "style": "house"}, "the rules have no network, no styles and no least score"),
        (
            {"pipeline": "rules", "model": Path("models/mine")},
            "the rules have no network, no styles and no least score",
        ),
        ({"pipeline": "rules", "min_score": 0.0}, "the rules have no network, no styles and no least score"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(PipelineError) as caught:
        load_pipeline(**settings)
    assert str(caught.value).startswith(message)


def test_each_pipeline_runs_only_what_something_reads(model: Pipeline, rules: Pipeline) -> None:
    assert "ner" not in model.nlp.component_names
    assert "annotate_cues" not in model.nlp.component_names
    assert "annotate_attributions_network" not in rules.nlp.component_names


def test_every_component_is_an_entry_point() -> None:
    declared = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    factories = declared["project"]["entry-points"]["spacy_factories"]
    assert {name: target.split(":")[0] for name, target in factories.items()} == FACTORIES


def test_an_unknown_base_model_is_one_clear_error() -> None:
    with pytest.raises(PipelineError, match="no_such_model: the base model cannot be loaded"):
        load_pipeline("no_such_model")


def test_a_base_model_without_parser_is_refused(tmp_path: object) -> None:
    import spacy

    spacy.blank("en").to_disk(f"{tmp_path}/blank")
    with pytest.raises(PipelineError, match="the base model has no dependency parser"):
        load_pipeline(f"{tmp_path}/blank")


def test_components_work_in_any_spacy_pipeline() -> None:
    script = (
        "import spacy; nlp = spacy.blank('en'); nlp.add_pipe('annotate_quotation_marks');"
        "doc = nlp('She called it “a good day”.');"
        "doc = spacy.tokens.Doc(nlp.vocab).from_bytes(doc.to_bytes());"
        "print(doc._.quotations)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout == "[[14, 26, 0, True]]\n", done.stderr
