"""An article whose text may not be published: no words of it, though its names, titles and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given

from annotate.dataset.sources import SourceInputs
from annotate.dataset.sources.shown import RUN, runs
from annotate.record import Record
from tests.dataset.sources.conftest import written
from tests.records import records
from tests.stories.articles import article, said


def quoted_runs(records: Iterable[Record]) -> set[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for record in records:
        for item in record.attributions:
            for start, end in item.quote:
                found |= runs((record.text or "")[start:end])
    return found


def all_text(folder: Path) -> list[str]:
    """Return the cells of all files as texts: of CSV and JSON-LD what stands between separators."""
    return [
        part
        for path in folder.iterdir()
        for part in re.split(rb"[,|\r\n{}\[\]]", path.read_bytes().replace(b"\0", b"\n"))
        for part in [part.decode("utf-8", "replace")]
    ]


def names_of(records: Iterable[Record]) -> set[tuple[str, ...]]:
    """Return the runs of words in names that people gave: facts, which stay."""
    return {
        run
        for record in records
        for item in record.attributions
        for name in [item.speaker.name if item.speaker else "", *(via.name for via in item.via)]
        for run in runs(name)
    }


def test_no_words_of_the_seeds_appear(seeds: list[Record], tmp_path: Path) -> None:
    tables = written(tmp_path, SourceInputs(records=lambda: iter(seeds), may_show=lambda record: False))
    shown = {run for part in all_text(tmp_path) for run in runs(part)}
    assert shown & quoted_runs(seeds) - names_of(seeds) == set()
    rows = tables["sources.csv"]
    assert len(rows) == 49
    assert {row["anonymity_reason"] for row in rows} == {None}
    assert all(row["verification_statement"] == [] for row in rows)
    assert {row["headline"] for row in rows} == {None}
    assert {row["quote"] for row in tables["ggt.csv"]} == {None}
    assert {row["verb"] for row in tables["ggt.csv"]} == {None}
    assert {row["statement_text"] for name in ("acled.csv", "ucdp.csv") for row in tables[name]} == {None}
    assert not any("text" in node for node in tables["claims.jsonld"])
    # Facts stay.
    (lavrov,) = [row for row in rows if row["source_name"] == "Sergei Lavrov"]
    assert (lavrov["title"], lavrov["words_quoted"], lavrov["mixed"]) == ("Russian Foreign Minister", 36, 2)


def test_the_texts_would_be_seen_otherwise(seeds: list[Record], tmp_path: Path) -> None:
    written(tmp_path, SourceInputs(records=lambda: iter(seeds)))
    shown = {run for part in all_text(tmp_path) for run in runs(part)}
    assert len(shown & quoted_runs(seeds)) > 500


def test_only_what_may_be_shown_of_a_claim_is(tmp_path: Path) -> None:
    words = "“The northern bridge at Sampletown was taken by forty soldiers of the Examples on Sunday,”"
    hidden = article("hidden", f"{words} Ada Example said, with {words[1:-1]} and much more.",
                     said(words, source="Ada Example", name="Ada Example"), title="Bridge taken")  # fmt: skip
    shown = article("shown", f"{words} Ada Example said.", said(words, source="Ada Example", name="Ada Example"))
    other = "“Nobody has ever crossed that river in the winter months,”"
    alone = article("alone", f"{other} Ben Sample said.", said(other, source="Ben Sample", name="Ben Sample"))
    inputs = SourceInputs(records=lambda: iter([hidden, shown, alone]), may_show=lambda record: record.id == "shown")
    tables = written(tmp_path, inputs)
    rows = {row["statement"]: row for row in tables["ucdp.csv"]}
    assert rows["c1"]["articles"] == ["hidden", "shown"]
    assert rows["c1"]["statement_text"] == words
    assert rows["alone#a1"]["statement_text"] is None
    assert rows["c1"]["source_headline"] == "Bridge taken;"
    assert [row["quote"] for row in tables["ggt.csv"]] == [None, words, None]


def test_a_description_that_a_quote_holds_is_left_out(tmp_path: Path) -> None:
    inner = "a member of the secret northern river council said that boats had come"
    text = f"Radio Sample reported {inner}."
    record = article(
        "a",
        text,
        said(inner, "reported", "Radio Sample", name="Radio Sample"),
        said("that boats had come", "said", "a member of the secret northern river council"),
    )
    tables = written(tmp_path, SourceInputs(records=lambda: iter([record]), may_show=lambda record: False))
    shown = {run for part in all_text(tmp_path) for run in runs(part)}
    assert shown & quoted_runs([record]) == set()
    (_, member) = tables["sources.csv"]
    assert (member["title"], member["organisation"], member["source_as_written"]) == ("member", None, None)


@given(drawn=records())
def test_no_run_of_a_quote_appears_in_any_table(drawn: Record, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("hidden")
    written(folder, SourceInputs(records=lambda: iter([drawn]), may_show=lambda record: False))
    shown = {run for part in all_text(folder) for run in runs(part)}
    assert shown & quoted_runs([drawn]) - names_of([drawn]) == set()
    assert all(len(run) == RUN for run in shown)
