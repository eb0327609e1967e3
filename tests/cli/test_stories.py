"""`annotate stories`: what is read, what is reported, what comes out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from threading import Thread
from typing import Any

import jsonschema
import pytest

from annotate.cli.collection import StoredArticles
from annotate.cli.identities import read_identities
from annotate.cli.stories_summary import summary
from annotate.contracts import contract_path
from annotate.errors import InputError
from annotate.record import Article, Meta, Provenance, Record, SpeakerRef, make_attribution
from annotate.scheme import SourceType
from annotate.store import Store
from annotate.store.annotations import PulledAnnotation, append, articles_by_hash
from annotate.store.projects import bind_project
from annotate.stories.model import Stories, stories_schema
from tests.records import span

QUOTE = "“The dam at Sampleford broke at dawn and 412 families lost their homes,”"
REST = "Sampleford lies on the Lower Example river. Volunteers carried sandbags all night."


def record(id: str, *, speaker: str = "Ada Example", opening: str = "", annotator: str | None = None) -> Record:
    """Return an article in which the minister is quoted."""
    text = f"{opening}{QUOTE} Minister {speaker} said. {REST}\n"
    article = Article.of(text, id=id, meta=Meta(title="The dam broke", publisher=f"{id.title()} Post"))
    attribution = make_attribution(
        text, id="a1", quote=[span(text, QUOTE)], cue=[span(text, "said")], source=[span(text, f"Minister {speaker}")],
        speaker=SpeakerRef(name=speaker), source_type=SourceType.OFFICIAL,
    )  # fmt: skip
    provenance = Provenance(version="1", annotator=annotator, pipeline=None if annotator else "made-up-1")
    return Record(id=id, text=text, sha256=article.sha256, meta=article.meta, attributions=(attribution,),
                  provenance=provenance)  # fmt: skip


def keep(path: Path, *lines: Record | str) -> Path:
    path.write_text("".join((line if isinstance(line, str) else line.to_json()) + "\n" for line in lines), "utf-8")
    return path


def annotate(*arguments: object, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "annotate", "stories", *map(str, arguments)],
        input=stdin, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


def document(*arguments: object, stdin: str = "") -> dict[str, Any]:
    done = annotate(*arguments, "--json", stdin=stdin)
    assert (done.returncode, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture
def records(tmp_path: Path) -> Path:
    return keep(tmp_path / "records.jsonl", record("north"), record("south", opening="It was a long night. "))


def test_the_published_schema_is_current() -> None:
    assert contract_path("stories.schema.json").read_text(encoding="utf-8") == stories_schema()


def test_one_statement_in_two_articles_is_a_claim_of_one_origin(records: Path) -> None:
    found = document(records)
    jsonschema.validate(found, json.loads(stories_schema()), cls=jsonschema.Draft202012Validator)
    [story] = found["stories"]
    assert sorted(story["articles"]) == ["north", "south"]
    [claim] = story["claims"]
    assert sorted(item["article"] for item in claim["statements"]) == ["north", "south"]
    assert claim["independent_origins"] == 1
    assert [speaker["name"] for speaker in found["speakers"]] == ["Ada Example"]


def test_the_summary_says_who_says_what_where(records: Path) -> None:
    done = annotate(records)
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line.strip() for line in done.stdout.split("\n")]
    assert lines[0] == "2 articles: 1 story told by several, 0 articles alone"
    assert lines[1].startswith("1 claim, 0 with several independent origins; ")
    assert "s1  The dam broke (2 articles)" in lines
    assert "2 tellings in 2 articles, one known origin" in lines
    assert "- Ada Example: in north (North Post); in south (South Post)" in lines


def test_the_summary_keeps_to_the_terminal(tmp_path: Path) -> None:
    """Texts may hold anything: nothing of them may steer the terminal, and each stays on its line."""
    strange = [record(f"{name}\x1b[2J") for name in ("one", "two")]
    found = Stories.model_validate_json(annotate(keep(tmp_path / "r.jsonl", *strange), "--json").stdout)
    shown = summary(found)
    assert "\x1b" not in shown
    assert max(map(len, shown.split("\n"))) <= 100


def test_no_input_reads_the_store(tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "store.db")) as store:
        both = [record("north"), record("south", opening="It was a long night. ")]
        add_predicted(store, *both)
    found = document("--store", tmp_path / "store.db")
    assert found["articles"] == 2
    assert len(found["stories"]) == 1


def test_the_store_gives_verified_readings_beside_the_newest_predictions(tmp_path: Path) -> None:
    old, new = record("north"), record("north").model_copy(update={"attributions": ()})
    only_read, untouched = record("a-first", opening="Early. "), record("zulu", opening="Late. ")
    with Store.open(str(tmp_path / "store.db")) as store:
        add_predicted(store, old, untouched)
        add_predicted(store, new, pipeline="made-up-2")
        readings = [record(item.id, opening=opening, annotator="ada@example.org")
                    for item, opening in ((old, ""), (only_read, "Early. "))]  # fmt: skip
        verify(store, *readings)
        collection = StoredArticles(store)
        first, again = list(collection), list(collection)
    assert first == again
    assert [(machine.id, human is not None) for machine, human in first] == [
        ("a-first", True), ("north", True), ("zulu", False),
    ]  # fmt: skip
    assert not first[1][0].attributions
    assert first[1][1] is not None
    assert first[1][1].attributions == readings[0].attributions


def add_predicted(store: Store, *records: Record, pipeline: str = "made-up-1") -> None:
    list(store.add_articles(Article(item.id, item.text or "", item.sha256, item.meta) for item in records))
    list(store.add_predictions(pipeline, records))


def verify(store: Store, *records: Record) -> None:
    list(store.add_articles(Article(item.id, item.text or "", item.sha256, item.meta) for item in records))
    stored = articles_by_hash(store, [item.sha256 for item in records])
    append(
        store,
        bind_project(store, "1@2026", 1, "Sources"),
        [
            PulledAnnotation(
                remote_task=number, identity=f"u{number}", article_number=stored[item.sha256].number,
                annotator="ada@example.org", raw="{}", digest=str(number), skipped=False, ground_truth=False,
                lead_time=None, pipeline=None, annotated_at=None, record=item.to_json(), problem=None,
            )
            for number, item in enumerate(records, start=1)
        ],
    )  # fmt: skip


def test_a_verified_line_counts_before_a_predicted_one(tmp_path: Path) -> None:
    machine = record("north").model_copy(update={"attributions": ()})
    files = [
        keep(tmp_path / "machine.jsonl", machine, record("south", opening="It was a long night. ")),
        keep(tmp_path / "people.jsonl", record("north", annotator="annotator-1")),
    ]
    assert len(document(*files)["stories"][0]["claims"]) == 1


def test_standard_input_and_pipes_can_be_read(records: Path) -> None:
    assert document("-", stdin=records.read_text("utf-8")) == document(records)
    pipe = records.with_name("pipe")
    os.mkfifo(pipe)
    writing = Thread(target=pipe.write_bytes, args=(records.read_bytes(),))
    writing.start()
    assert document(pipe)["articles"] == 2
    writing.join()


def test_what_cannot_be_read_is_reported_once_and_the_rest_goes_on(tmp_path: Path) -> None:
    other_text = record("north", opening="Not the same article. ")
    path = keep(tmp_path / "r.jsonl", record("north"), "not json", "", other_text, record("south", opening="Night. "))
    done = annotate(path, "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["articles"] == 2
    lines = done.stderr.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith(f"{path}:2: Invalid JSON")
    assert lines[1] == f"{path}:4: the id 'north' stands for another text further up (give it its own id)"


def test_records_without_text_are_refused(tmp_path: Path, records: Path) -> None:
    standoff = json.dumps({**json.loads(record("x").to_json()), "text": None})
    done = annotate(keep(tmp_path / "s.jsonl", standoff))
    assert done.returncode == 1
    assert f"{tmp_path / 's.jsonl'}:1: has no text, only offsets into it (export with --text all)" in done.stderr


def test_the_same_record_twice_is_one_article(records: Path) -> None:
    done = annotate(records, "-", "--json", stdin=records.read_text("utf-8"))
    assert done.returncode == 0
    assert json.loads(done.stdout)["articles"] == 2
    assert done.stderr == "2 further Records of the same articles are passed over\n"


def test_nothing_to_read_says_what_to_do(tmp_path: Path) -> None:
    done = annotate("-")
    assert (done.returncode, done.stdout) == (0, "0 articles: 0 stories told by several, 0 articles alone\n"
            "0 claims, 0 with several independent origins; 0 changes, 0 contradictions, 0 circles\n")  # fmt: skip
    assert "annotate predict ARTICLES > FILE" in done.stderr
    assert "run annotate ingest" in annotate("--store", tmp_path / "empty.db").stderr


def test_input_and_store_go_without_each_other(records: Path, tmp_path: Path) -> None:
    done = annotate(records, "--store", tmp_path / "store.db")
    assert done.returncode == 2
    assert "--store is read when no INPUT is given" in done.stderr


def test_the_document_is_written_to_a_file_whole(records: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    out.write_text("old", "utf-8")
    done = annotate(records, "-o", out)
    assert done.returncode == 0
    assert done.stdout.startswith("2 articles: ")
    assert json.loads(out.read_text("utf-8")) == document(records)
    assert [path.name for path in tmp_path.iterdir() if "part" in path.name] == []
    missing = annotate(records, "-o", tmp_path / "no" / "out.json")
    assert missing.returncode == 1
    assert missing.stderr.endswith("No such file or directory\n")


def test_the_user_joins_and_parts_names(tmp_path: Path) -> None:
    told = keep(tmp_path / "r.jsonl", record("north"), record("south", speaker="Bea Sample", opening="Night. "))
    assert len(document(told)["speakers"]) == 2
    known = tmp_path / "known.csv"
    known.write_text("name,variants,apart\nAda Example,Bea Sample|B. Sample,\n", "utf-8")
    [speaker] = document(told, "--identities", known)["speakers"]
    assert (speaker["name"], speaker["variants"]) == ("Ada Example", ["Bea Sample"])


def test_identities_of_both_forms(tmp_path: Path) -> None:
    table, lines = tmp_path / "known.csv", tmp_path / "known.jsonl"
    table.write_text("name,variants,apart\nAda Example,A. Example|Ada X. Example,Ada Example Jr.\n", "utf-8")
    row = {"name": "Ada Example", "variants": ["A. Example", "Ada X. Example"], "apart": ["Ada Example Jr."]}
    lines.write_text(json.dumps(row) + "\n", "utf-8")
    known = read_identities(table)
    assert known == read_identities(lines)
    assert known.names == {"Ada Example": ["A. Example", "Ada X. Example"]}
    assert ("A. Example", "Ada Example Jr.") in known.apart


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("name,variants\nAda Example,\n", "known.csv:2: nothing is said of 'Ada Example'"),
        ("name,variants\nAda,A.\nBea,A.\n", "known.csv:3: 'A.' is given to 'Ada' and to 'Bea'"),
        ("name,variants,apart\nAda,A.,a.\n", "known.csv:2: 'a.' is joined with 'Ada' and kept apart from it"),
        ("name,other\nAda,x\n", "known.csv:2: unknown column 'other'"),
    ],
)
def test_broken_identities_are_named_with_their_line(tmp_path: Path, rows: str, message: str) -> None:
    path = tmp_path / "known.csv"
    path.write_text(rows, "utf-8")
    with pytest.raises(InputError) as caught:
        read_identities(path)
    assert message in str(caught.value)
