"""`annotate review agreement`: from the store and from files, what it prints, writes and refuses."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from annotate.derive import sha256_of
from annotate.record import Record, parse_record
from annotate.regions.tasks import result_of, task_data
from annotate.store import Store
from annotate.store.annotations import PulledAnnotation, append, articles_by_hash
from annotate.store.projects import bind_project
from annotate.store.tables import ProjectRow, Purpose
from tests.records import TEXT, article_of, sample_record, span

ANN, BEN = "ann@example.org", "ben@example.org"


def annotate(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "annotate", "review", "agreement", *map(str, arguments)],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


def reading(number: int = 1, *, wider: bool = False, by: str | None = None) -> dict[str, Any]:
    """Return a reading of article `number`; the wider one takes an edge comma, and a word, into the denial's source."""
    row: dict[str, Any] = json.loads(sample_record(f"{TEXT} {number}").to_json())
    row["id"] = f"article-{number}"
    if wider:
        denial = next(item for item in row["attributions"] if item["id"] == "a2")
        denial["source"] = [[span(TEXT, "Rebels")[0], span(TEXT, "denied")[1]]]
        denial["source_type"] = "organisation"
    if by:
        row["provenance"] = {"version": "1", "annotator": by}
    return row


def pulled(store: Store, of: Record, identity: str, annotator: str, **changes: Any) -> PulledAnnotation:
    item = PulledAnnotation(
        remote_task=1,
        identity=identity,
        article_number=articles_by_hash(store, [of.sha256])[of.sha256].number,
        annotator=annotator,
        raw="{}",
        digest=sha256_of(identity),
        skipped=False,
        ground_truth=False,
        lead_time=5,
        pipeline=None,
        annotated_at=None,
        record=of.to_json(),
        problem=None,
    )
    return replace(item, **changes)


def filed(path: Path, *, several: bool = True) -> Path:
    """Make a store with three articles: two annotated by Ann and Ben, one by Ann alone; Ben drew wider on the first."""
    records = [parse_record(json.dumps(reading(number))) for number in (1, 2, 3)]
    empty = {**reading(2), "attributions": [], "verifications": [], "disputes": []}
    with Store.open(str(path)) as store:
        list(store.add_articles(article_of(record) for record in records))
        project = bind_project(store, "1@2026", 1, "Sources")
        decided = bind_project(store, "1@2026", 2, "Decisions")
        with store.writing() as session:
            session.get_one(ProjectRow, decided).purpose = Purpose.ADJUDICATION
            session.commit()
        one = [pulled(store, record, f"ann-{record.id}", ANN) for record in records]
        two = [
            pulled(store, parse_record(json.dumps(reading(1, wider=True))), "ben-1", BEN),
            pulled(store, parse_record(json.dumps(empty)), "ben-early", BEN),
            pulled(store, records[1], "ben-late", BEN),
            pulled(store, records[2], "ben-skipped", BEN, skipped=True, record=None),
            pulled(store, records[2], "ben-unread", BEN, record=None, problem="made up"),
        ]
        append(store, project, [*one, *(two if several else ())])
        append(store, decided, [pulled(store, records[2], "judge", "cat@example.org")])
    return path


def lines(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_the_annotations_of_the_store(tmp_path: Path) -> None:
    done = annotate("--store", filed(tmp_path / "store.db"), "--json")
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert (document["articles"], document["comparisons"]) == (2, 2)
    assert document["annotators"] == ["annotator-1", "annotator-2"]
    assert document["left_out"] == {"skipped": 1, "unreadable": 1, "repeated": 1, "articles": 1}
    # Eight sources, four by each; one of Ben's goes further.
    assert document["spans"]["Source"]["exact"] == {"value": 75.0, "interval": None, "of": 8, "why": None}
    assert document["finding"]["Source"]["value"] == 100
    assert document["delimiting"]["Source"]["value"] == 75
    assert document["labelling"]["source_type"]["value"] == 75
    assert document["linking"]["all"]["value"] == 100
    assert document["speakers"]["clusters"]["value"] == 100
    assert document["attributions"]["all"]["attributed"]["value"] == 100
    assert document["alpha"]["characters"]["Quote"]["value"] == 1
    assert 0 < document["alpha"]["characters"]["Source"]["value"] < 1
    assert document["alpha"]["values"]["quality"] == {
        "value": None, "interval": None, "of": 0, "why": "no two values to compare",
    }  # fmt: skip
    assert "pairs" not in document
    assert document["kinds"] == {"boundaries": 1, "value": 1}
    boundaries, kind = document["disagreements"]
    assert boundaries == {
        "article": "article-1",
        "kind": "boundaries",
        "what": "Source",
        "start": span(TEXT, "Rebels")[0],
        "end": span(TEXT, "denied")[1],
        "excerpt": boundaries["excerpt"],
        "said": {"annotator-1": "“Rebels”", "annotator-2": "“Rebels denied”"},
    }
    assert "[Rebels denied] this, Radio Sample" in boundaries["excerpt"]
    assert kind["said"] == {"annotator-1": "group", "annotator-2": "organisation"}


def test_the_table_can_be_read_in_a_hundred_columns(tmp_path: Path) -> None:
    done = annotate("--store", filed(tmp_path / "store.db"), "--by", "pair", "--names", "--list", "1")
    assert done.returncode == 0
    assert max(map(len, done.stdout.split("\n"))) <= 100
    first, second, *_ = done.stdout.split("\n")
    assert first == "2 articles annotated by several of 2 annotators: 2 pairs of annotations"
    assert second == (
        "left out: 1 article of one annotator or none, 1 skipped, 1 unreadable, 1 of the same person again"
    )
    assert f"\n  {ANN} – {BEN[:9]}…" in done.stdout
    assert "\n2 disagreements\n" in done.stdout
    assert f"  - {ANN}: “Rebels”\n  - {BEN}: “Rebels denied”\n" in done.stdout
    assert done.stdout.endswith("\n… 1 more: --list all shows them, --disagreements writes them to a file\n")


def test_each_pair_has_all_figures_in_the_document(tmp_path: Path) -> None:
    document = json.loads(annotate("--store", filed(tmp_path / "store.db"), "--by", "pair", "--json").stdout)
    (pair,) = document["pairs"]
    assert (pair.pop("annotators"), pair.pop("articles")) == (["annotator-1", "annotator-2"], 2)
    # Of two annotators, the figures of the pair are all the figures.
    assert pair == {name: document[name] for name in pair}
    assert pair.keys() >= {
        "attributions",
        "spans",
        "finding",
        "delimiting",
        "labelling",
        "linking",
        "speakers",
        "alpha",
    }


def test_names_are_not_told_unless_asked_for(tmp_path: Path) -> None:
    store = filed(tmp_path / "store.db")
    target = tmp_path / "discuss.csv"
    done = annotate("--store", store, "--by", "pair", "--list", "all", "--disagreements", target)
    assert "example.org" not in done.stdout + done.stderr + target.read_text(encoding="utf-8")
    assert "annotator-1 – annotator-2" in done.stdout


def test_disagreements_become_a_table_with_a_column_an_annotator(tmp_path: Path) -> None:
    target = tmp_path / "discuss.csv"
    done = annotate("--store", filed(tmp_path / "store.db"), "--disagreements", target)
    assert done.stderr == f"{target}: 2 disagreements\n"
    with target.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["kind"], row["annotator-1"], row["annotator-2"]) for row in rows] == [
        ("boundaries", "“Rebels”", "“Rebels denied”"),
        ("value", "group", "organisation"),
    ]
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []


def test_files_of_several_annotators(tmp_path: Path) -> None:
    one = lines(tmp_path / "one.jsonl", reading(1, by=ANN), reading(2, by=ANN), reading(1, by=BEN, wider=True))
    other = lines(tmp_path / "other.jsonl", reading(2, by=BEN, wider=True), reading(2, by="cy"), reading(3, by="cy"))
    target = tmp_path / "discuss.jsonl"
    done = annotate("--from", one, "--from", other, "--names", "--json", "--disagreements", target)
    document = json.loads(done.stdout)
    assert (document["articles"], document["comparisons"], document["left_out"]["articles"]) == (2, 4, 1)
    assert document["annotators"] == [ANN, BEN, "cy"]
    found = [json.loads(line) for line in target.read_text(encoding="utf-8").split("\n") if line]
    assert found == document["disagreements"]
    assert found[0]["said"] == {ANN: "“Rebels”", BEN: "“Rebels denied”"}
    assert found[2]["said"] == {ANN: "“Rebels”", BEN: "“Rebels denied”", "cy": "“Rebels”"}


def test_articles_with_most_disagreements_come_first(tmp_path: Path) -> None:
    empty = {**reading(2, by=BEN), "attributions": [], "verifications": [], "disputes": []}
    file = lines(tmp_path / "a.jsonl", reading(1, by=ANN), reading(1, by=BEN, wider=True), reading(2, by=ANN), empty)
    found = json.loads(annotate("--from", file, "--json").stdout)["disagreements"]
    order = list(dict.fromkeys(item["article"] for item in found))
    assert order == ["article-2", "article-1"]


def test_who_is_not_named_is_called_by_the_file(tmp_path: Path) -> None:
    files = [lines(tmp_path / f"{name}.jsonl", reading()) for name in ("ann", "ben")]
    twice = lines(tmp_path / "twice.jsonl", reading(), reading())
    arguments = [part for file in (*files, twice) for part in ("--from", file)]
    assert json.loads(annotate(*arguments, "--names", "--json").stdout)["annotators"] == [
        "ann", "ben", "twice", "twice (2)",
    ]  # fmt: skip


def test_the_seed_draws_the_articles(tmp_path: Path) -> None:
    rows = [reading(number, by=by, wider=by == BEN and number % 3 == 0) for number in range(9) for by in (ANN, BEN)]
    file = lines(tmp_path / "a.jsonl", *rows)
    first, again, other = (json.loads(annotate("--from", file, "--json", "--seed", seed).stdout) for seed in (1, 1, 2))
    assert first == again
    low, high = first["spans"]["Source"]["exact"]["interval"]
    assert low < first["spans"]["Source"]["exact"]["value"] < high
    assert first["spans"]["Source"]["exact"]["value"] == other["spans"]["Source"]["exact"]["value"]
    low, high = first["alpha"]["characters"]["Source"]["interval"]
    assert low < first["alpha"]["characters"]["Source"]["value"] <= high <= 1


def test_one_annotator_is_not_enough(tmp_path: Path) -> None:
    done = annotate("--store", filed(tmp_path / "store.db", several=False))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "annotate: no article was annotated by two people: 3 by one person or nobody (have tasks annotated twice, as"
        " with annotate push --annotators 2, then annotate pull)\n"
    )
    alone = annotate("--from", lines(tmp_path / "a.jsonl", reading(by=ANN), reading(by=ANN)))
    assert alone.returncode == 1
    assert alone.stderr == (
        "annotate: no article was annotated by two people: 1 by one person or nobody, 1 of the same person again (give"
        " files in which several readings of one id are its annotators', named in provenance.annotator)\n"
    )


def test_lines_of_one_id_must_have_one_text(tmp_path: Path) -> None:
    other = {"id": "article-1", "text": "Something else.", "attributions": [], "annotator": BEN}
    file = lines(tmp_path / "a.jsonl", reading(by=ANN), other)
    done = annotate("--from", file)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"annotate: {file}:2: the text is another one than that of the first reading of 'article-1' (give one id to one"
        " text only)\n"
    )


@pytest.mark.parametrize(
    "content", ["{", "[]", "7", '{"id": "a"}', "[" * 100_000, '{"text": "\\ud800", "attributions": []}']
)
def test_what_is_no_annotation_is_one_clear_line(tmp_path: Path, content: str) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(f"{json.dumps(reading())}\n\n{content}\n", encoding="utf-8")
    done = annotate("--from", file)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"annotate: {file}:3: not an annotated article: ")
    assert done.stderr.count("\n") == 1


def test_a_pipe_is_read_once(tmp_path: Path) -> None:
    pipe, file = tmp_path / "pipe", lines(tmp_path / "a.jsonl", reading(by=ANN), reading(wider=True, by=BEN))
    os.mkfifo(pipe)
    with subprocess.Popen(["cp", file, pipe]) as writer:
        through = annotate("--from", pipe, "--json")
        assert writer.wait(60) == 0
    assert (through.returncode, through.stderr) == (0, "")
    assert through.stdout == annotate("--from", file, "--json").stdout


def test_an_export_of_label_studio_has_its_annotators(tmp_path: Path) -> None:
    def of(row: dict[str, Any], address: str) -> dict[str, Any]:
        result = result_of(Record.model_validate(row), ratings=True)
        return {"result": result, "was_cancelled": False, "completed_by": {"id": 1, "email": address}}

    data = task_data(article_of(Record.model_validate(reading())), "key")
    tasks = [{"id": 1, "data": data, "annotations": [of(reading(), ANN), of(reading(wider=True), BEN)]}]
    (tmp_path / "export.json").write_text(json.dumps(tasks), encoding="utf-8")
    rows = lines(tmp_path / "a.jsonl", reading(by=ANN), reading(wider=True, by=BEN))
    exported, given = (
        json.loads(annotate("--from", path, "--names", "--json").stdout) for path in (tmp_path / "export.json", rows)
    )
    assert exported == given
    assert exported["annotators"] == [ANN, BEN]


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["--disagreements", "a.txt"], "ends in none of: .csv, .jsonl"),
        (["--disagreements", "no/such/folder/a.csv"], "does not exist"),
        (["--list", "few"], "give a number, or: all"),
        (["--by", "label"], "'pair'"),
        (["--from", __file__, "--store", "a.db"], "--from reads files: it goes without --store"),
    ],
)
def test_wrong_usage(tmp_path: Path, arguments: list[str], what: str) -> None:
    done = annotate(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert what in done.stderr
