"""croissant.json as mlcroissant reads it: no issue, and every row."""

from __future__ import annotations

import hashlib
import json
import logging
import warnings
from pathlib import Path
from typing import Any

import pytest

from annotate.dataset.describing.card import Account
from annotate.dataset.rights import Texts
from tests.dataset.releases import FREE, articles, released

# What mlcroissant's own dependencies call deprecated is not ours to mend.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import mlcroissant


def opened(folder: Path, caplog: pytest.LogCaptureFixture) -> Any:
    with caplog.at_level(logging.WARNING):
        dataset = mlcroissant.Dataset(jsonld=folder / "croissant.json")
    issues = dataset.metadata.ctx.issues
    assert (issues.errors, issues.warnings) == (set(), set())
    return dataset


@pytest.mark.parametrize("texts", [Texts.LICENSED, Texts.ALL, Texts.NONE])
@pytest.mark.parametrize("split", [False, True])
def test_it_has_no_issues_and_yields_every_row(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, split: bool, texts: Texts
) -> None:
    records = articles()
    released(tmp_path, records, split=split, texts=texts, account=Account(licence=FREE))
    dataset = opened(tmp_path, caplog)
    assert [each.id for each in dataset.metadata.record_sets] == [
        *(["splits"] if split else []), "records", "attributions",
    ]  # fmt: skip
    rows = {row["records/id"].decode(): row for row in dataset.records("records")}
    assert sorted(rows) == [record.id for record in records]
    for number, record in enumerate(records):
        row = rows[record.id]
        shown = texts is Texts.ALL or (texts is Texts.LICENSED and (number + 1) % 3 != 0)
        assert row["records/text"] == (record.text.encode() if shown and record.text else None)
        assert row["records/meta"]["records/meta/publisher"] == b"Sample Post"
        first = row["records/attributions"][0]
        assert [list(span) for span in first["records/attributions/quote"]] == [
            list(span) for span in record.attributions[0].quote
        ]
        assert first["records/attributions/speaker.name"] == b"Ada Example"
        if split:
            assert row["records/split"] == ("train", "dev", "test")[number % 3].encode()
    assert len(list(dataset.records("attributions"))) == 12
    if split:
        assert [row["splits/name"] for row in dataset.records("splits")] == ["train", "dev", "test"]
    assert [record.message for record in caplog.records if "regex" in record.message or "match" in record.message] == []


def test_a_release_without_parquet_has_its_files(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    released(tmp_path, articles(), formats=["jsonl", "brat"])
    dataset = opened(tmp_path, caplog)
    assert dataset.metadata.record_sets == []
    assert {file.id for file in dataset.metadata.file_objects} >= {"records.jsonl", "articles.jsonl", "README.md"}


def test_its_hashes_and_sizes_are_those_of_the_files(tmp_path: Path) -> None:
    released(tmp_path, articles(), split=True)
    content = json.loads((tmp_path / "croissant.json").read_text(encoding="utf-8"))
    files = [item for item in content["distribution"] if item["@type"] == "cr:FileObject"]
    assert {"train/data/part-00000.parquet", "test/attributions/part-00000.parquet", "README.md"} <= {
        item["contentUrl"] for item in files
    }
    for item in files:
        held = (tmp_path / item["contentUrl"]).read_bytes()
        assert (item["sha256"], item["contentSize"]) == (hashlib.sha256(held).hexdigest(), f"{len(held)} B")


def test_the_date_is_that_of_the_newest_annotation(tmp_path: Path) -> None:
    summary = released(tmp_path, articles(), account=Account(licence="CC-BY-4.0"))
    content = json.loads((tmp_path / "croissant.json").read_text(encoding="utf-8"))
    assert content["datePublished"] == "2026-02-06"
    assert content["version"] == f"1.0.0+{summary.version[:12]}"
    assert content["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert content["creator"] == [{"@type": "sc:Organization", "name": "The annotators: annotator-1, annotator-2"}]
    assert content["rai:machineAnnotationTools"] == ["network-2", "rules-1"]
    assert summary.version in content["citeAs"]
