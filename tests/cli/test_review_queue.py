"""`annotate review queue` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from annotate.cli import main
from annotate.cli.queueing import ORDERS
from annotate.review.drawing import Draw
from annotate.review.queue import Order
from annotate.store import Store
from annotate.store.lease import Lease
from annotate.store.outbox import Outbox
from annotate.store.projects import bind_project
from tests.studio.fakes import article, fill, record


@pytest.fixture
def store(tmp_path: Path) -> str:
    path = str(tmp_path / "store.db")
    with Store.open(path) as made:
        fill(made, [article(number) for number in range(4)], "v1")
        doubtful = record(article(2))
        (attribution,) = doubtful.attributions
        unsure = doubtful.model_copy(update={"attributions": (attribution.model_copy(update={"score": 0.2}),)})
        list(made.add_predictions("v2", [record(article(0)), unsure]))
    return path


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["review", "queue", *arguments])
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_the_orders_that_are_offered_are_those_there_are() -> None:
    assert tuple(Order) == ORDERS


def test_what_comes_next_and_why(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--store", store, "--order", "uncertainty", "--top", "1") == 0
    shown = capsys.readouterr()
    assert shown.out == "   1     2.400  article-2  about 2.4 corrections per 100 words\n"
    assert shown.err == "2 articles wait in the order uncertainty (v2)\n"


def test_the_document(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--store", store, "--order", "uncertainty", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["order"], document["pipeline"], document["waiting"]) == ("uncertainty", "v2", 2)
    first, second = document["articles"]
    assert (first["place"], first["article_id"], first["before"]) == (1, "article-2", 0)
    # The other one tells the same story, nearly word for word.
    assert (second["place"], second["article_id"]) == (2, "article-0")


def test_another_version_can_be_asked_for(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--store", store, "--pipeline", "v1", "--json") == 0
    assert json.loads(capsys.readouterr().out)["waiting"] == 4
    assert run("--store", store, "--pipeline", "v9") == 1
    assert capsys.readouterr().err.endswith(": no predictions of v9 (choose one of v1, v2)\n")


def test_the_sample_is_left_out(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    with Store.open(store) as opened:
        number = bind_project(opened, "1@created", 1, "Sources")
        lease = Lease(opened, number, "holder", is_gone=lambda _: False)
        with lease.held():
            Outbox(opened, number, lease).enter("1@created", "v1", draw=Draw(3).of)
    assert run("--store", store, "--pipeline", "v1", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    (left,) = document["articles"]
    ids = {article(number).sha256: article(number).id for number in range(4)}
    drawn = sorted(ids[sha256] for sha256 in Draw(3).of(ids))
    assert document["sample"] == drawn
    assert left["article_id"] not in drawn


def test_nothing_is_pre_annotated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--store", str(tmp_path / "empty.db")) == 1
    assert capsys.readouterr().err.endswith("empty.db: nothing is pre-annotated yet (run `annotate preannotate`)\n")
