"""What a store knows of its articles, and how it gets into the tables."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from annotate.cli.bases import rendered_by
from annotate.dataset.sources import NO_FACTS, ArticleFacts, LabelStatus, SourceInputs
from annotate.dataset.sources.facts import store_facts
from annotate.dataset.sources.rows import status_of
from annotate.dataset.verified import verified
from annotate.record import Basis, Provenance, Record
from annotate.scheme import Policy
from annotate.store import Store
from annotate.store.annotations import PulledAnnotation, append, articles_by_hash
from annotate.store.projects import bind_project
from tests.dataset.sources.conftest import PROJECT, written
from tests.records import article_of, sample_record

REGION: dict[str, Any] = {
    "id": "q1",
    "type": "labels",
    "from_name": "label",
    "to_name": "text",
    "value": {"start": 0, "end": 21, "labels": ["Quote"]},
}
RATING: dict[str, Any] = {
    "id": "q1",
    "type": "choices",
    "from_name": "credibility",
    "to_name": "text",
    "value": {"start": 0, "end": 21, "choices": ["6"]},
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(str(tmp_path / "store.db")) as opened:
        yield opened


def annotated(store: Store, raw: dict[str, Any], *, pipeline: str | None = "rules-1") -> Record:
    record = sample_record()
    list(store.add_articles([article_of(record)]))
    owned = record.model_copy(update={"provenance": Provenance(version="1", annotator="ada@example.org")})
    pulled = PulledAnnotation(
        remote_task=1,
        identity="u1",
        article_number=articles_by_hash(store, [record.sha256])[record.sha256].number,
        annotator="ada@example.org",
        raw=json.dumps(raw),
        digest=hashlib.sha256(json.dumps(raw).encode()).hexdigest(),
        skipped=False,
        ground_truth=False,
        lead_time=1.0,
        pipeline=pipeline,
        annotated_at="2026-01-01T00:00:00Z",
        record=owned.to_json(),
        problem=None,
    )
    append(store, bind_project(store, "1@2026", 1, "Sources"), [pulled])
    return record


MOVED = {**REGION, "value": {**REGION["value"], "end": 20}}


@pytest.mark.parametrize(
    ("raw", "pipeline", "status"),
    [
        ({"result": [REGION], "prediction": {"result": [REGION]}}, "rules-1", LabelStatus.ACCEPTED),
        ({"result": [REGION, RATING], "prediction": {"result": [REGION]}}, "rules-1", LabelStatus.ACCEPTED),
        ({"result": [MOVED], "prediction": {"result": [REGION]}}, "rules-1", LabelStatus.CORRECTED),
        ({"result": [], "prediction": {"result": [REGION]}}, "rules-1", LabelStatus.CORRECTED),
        ({"result": [REGION]}, None, LabelStatus.CORRECTED),
        ({"result": [REGION]}, "rules-1", None),
    ],
)
def test_the_status_of_an_annotation(
    store: Store, raw: dict[str, Any], pipeline: str | None, status: LabelStatus | None
) -> None:
    record = annotated(store, raw, pipeline=pipeline)
    facts = store_facts(store)(record.id)
    assert (facts.status, facts.annotators) == (status, ("annotator-1",))
    assert facts.accessed is not None
    assert store_facts(store)("nobody") == NO_FACTS


def test_what_a_record_says_of_itself_comes_first() -> None:
    accepted = ArticleFacts(status=LabelStatus.ACCEPTED)
    record = sample_record()

    def status(**fields: Any) -> LabelStatus | None:
        made = Provenance(version="1", **fields)
        return status_of(record.model_copy(update={"provenance": made}), accepted)

    basis = (Basis(annotation="0" * 16, content="1" * 16, annotator="annotator-1"),)
    assert status(policy=Policy.ADJUDICATED, basis=basis) == LabelStatus.ADJUDICATED
    assert status() == LabelStatus.AUTO
    assert status(annotator="annotator-1") == LabelStatus.ACCEPTED
    assert status(policy=Policy.AGREED, basis=basis) == LabelStatus.ACCEPTED


def test_the_sample_is_corrected_and_knows_when_it_came(tmp_path: Path) -> None:
    url = str(tmp_path / "store.db")
    for command in (
        ["ingest", "seeds"],
        ["preannotate", "--from", "exports/sample/source/predictions.jsonl"],
        ["pull", "--from", "exports/sample/source/annotations.json"],
    ):
        subprocess.run(
            [sys.executable, "-m", "annotate", *command, "--store", url], cwd=PROJECT, check=True, capture_output=True
        )
    before = datetime.now(UTC)
    with Store.open(url) as store:
        records = [item for item in verified(store) if isinstance(item, Record)]
        facts = store_facts(store, rendered_by(store))
        tables = written(tmp_path / "out", SourceInputs(records=lambda: iter(records), facts=facts))
    rows = tables["sources.csv"]
    assert {row["label_status"] for row in rows} == {"corrected"}
    assert {tuple(row["annotators"]) for row in rows} == {("annotator-1",)}
    assert all(row["accessed"].endswith("Z") for row in rows)
    assert all(datetime.fromisoformat(row["accessed"]) < before for row in rows)
    events = [row["event"] for row in tables["custody.csv"]]
    assert events == ["ingested", "annotated"] * 5


def test_the_users_own_time_goes_before_the_stores(store: Store, tmp_path: Path) -> None:
    record = annotated(store, {"result": [REGION]}, pipeline=None)
    meta = record.meta.model_copy(update={"accessed": "2020-05-06"})
    own = record.model_copy(update={"meta": meta})
    tables = written(tmp_path / "out", SourceInputs(records=lambda: iter([own]), facts=store_facts(store)))
    assert {row["accessed"] for row in tables["sources.csv"]} == {"2020-05-06"}
    assert [row["event"] for row in tables["custody.csv"]][:2] == ["accessed", "ingested"]
