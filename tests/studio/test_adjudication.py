"""Two people with two logins disagree on a real Label Studio, a third decides, and the gold is what was decided."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from annotate.cli.main import main
from annotate.dataset.formats import FORMATS
from annotate.dataset.verified import Withheld, verified
from annotate.record import Article, Notice, Record, canonical
from annotate.regions.tasks import result_of
from annotate.scheme import CueClass, NoticeKind, SourceType
from annotate.store import Store
from annotate.studio.client import StudioClient
from annotate.studio.push import push
from annotate.studio.server import EmbeddedStudio
from tests.records import TEXT, article_of, sample_record, span
from tests.review.test_consensus import changed
from tests.studio.people import Person, annotators_of

pytestmark = pytest.mark.studio

PIPELINE = "by-hand-1"
Item = dict[str, Any]


@pytest.fixture(scope="module")
def people(studio_server: EmbeddedStudio) -> list[Person]:
    return annotators_of(studio_server, "ada", "ben", "judge")


@dataclass(frozen=True, slots=True)
class Done:
    """What a command came to."""

    returncode: int
    stdout: str
    stderr: str


def command(*arguments: str, token: str = "") -> Done:
    """Run `annotate` in this process."""
    out, err = StringIO(), StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setenv("ANNOTATE_STUDIO_TOKEN", token)
        with pytest.raises(SystemExit) as ended:
            main(arguments)
    return Done(int(ended.value.code or 0), out.getvalue(), err.getvalue())


class Bench:
    """A store and a project of two articles, two annotators, and an adjudicator."""

    def __init__(self, folder: Path, server: EmbeddedStudio, people: list[Person], title: str) -> None:
        self.ada, self.ben, self.judge = people
        self.title = title
        self.second = f"{title} (adjudication)"
        self.client = StudioClient(server.url, server.token)
        self.path = folder / "store.db"
        self._to = ["--url", server.url]
        self.record = sample_record()
        self.other = sample_record(TEXT + " That is all.").model_copy(update={"id": "other"})
        with Store.open(str(self.path)) as store:
            list(store.add_articles(article_of(record) for record in (self.record, self.other)))
            list(store.add_predictions(PIPELINE, [self.record, self.other]))
            done = push(store, self.client, pipeline=PIPELINE, title=title, grace=timedelta(seconds=1))
        self.tasks = {task["data"]["article_id"]: task["id"] for task in self.client.export(done.project.id)}

    def annotate(self, *arguments: str, studio: bool = True) -> Done:
        """Run a command in this process: the SDK takes seconds to import."""
        where = [] if not studio else self._to if "--project" in arguments else [*self._to, "--project", self.title]
        return command(*arguments, *where, "--store", str(self.path), token=self.judge.token)

    def run(self, *arguments: str, studio: bool = True) -> Any:
        done = self.annotate(*arguments, "--json", studio=studio)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def submit(self, person: Person, record: Record) -> int:
        return int(person.submit(self.tasks[record.id], result_of(record, ratings=True))["id"])

    def disagree(self) -> tuple[Record, Record]:
        """Let both read the other article alike, and this one differently."""
        for person in (self.ada, self.ben):
            self.submit(person, self.other)
        notice = Notice(id="n1", span=span(TEXT, "Radio Sample reported"), kind=NoticeKind.CAPTION)
        one = changed(self.record, "a2", cue_class=CueClass.CLAIM)
        other = changed(self.record, "a1", source_type=SourceType.SPOKESPERSON)
        other = canonical(other.model_copy(update={"notices": (notice,)}))
        self.submit(self.ada, one)
        self.submit(self.ben, other)
        self.run("pull")
        return one, other

    def adjudications(self) -> list[Item]:
        """Return the tasks of the adjudication project, as an export has them."""
        found = self.client.projects(self.second)
        return self.client.export(found[0].id) if found else []

    def readings(self) -> dict[str, Record | str]:
        with Store.open(str(self.path)) as store:
            return {
                item.article_id if isinstance(item, Withheld) else item.id: (
                    item.reason if isinstance(item, Withheld) else item
                )
                for item in verified(store)
            }


@pytest.fixture
def bench(
    studio_server: EmbeddedStudio, people: list[Person], tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Bench]:
    made = Bench(tmp_path, studio_server, people, request.node.name[5:40])
    yield made
    made.client.close()


def answered(result: list[Item], decisions: dict[str, str], values: dict[tuple[str, str], str]) -> list[Item]:
    """Return a page's result with decisions by region id, and values by region id and control."""
    regions = {item["id"]: item for item in result if item["type"] == "labels"}
    left = [
        {**item, "value": {**item["value"], "choices": [decisions.get(item["id"], item["value"]["choices"][0])]}}
        if item.get("from_name") == "decision"
        else item
        for item in result
    ]
    for (region, control), value in values.items():
        place = {key: regions[region]["value"][key] for key in ("start", "end", "text")}
        item = {"id": region, "from_name": control, "to_name": "text", "type": "choices"}
        left.append({**item, "value": {**place, "choices": [value]}})
    return left


def gold(bench: Bench) -> Record:
    """Return what the adjudicator of these tests decides: ada's cue class, ben's source type, no notice."""
    decided = changed(bench.record, "a2", cue_class=CueClass.CLAIM)
    return changed(decided, "a1", source_type=SourceType.SPOKESPERSON)


def decide(bench: Bench, task: Item) -> list[Item]:
    result = task["predictions"][0]["result"]
    return answered(result, {"n1": "drop"}, {("a2-c1", "cue_class"): "claim", ("a1-s1", "source_type"): "spokesperson"})


def test_two_people_disagree_and_a_third_decides(bench: Bench, tmp_path: Path) -> None:
    bench.disagree()
    before = bench.readings()
    assert str(before["sample"]).startswith("2 annotations disagree")
    assert isinstance(before["other"], Record)

    done = bench.run("review", "adjudicate")
    assert {name: count for name, count in done["articles"].items() if count} == {"agreed": 1, "disagreement": 1}
    assert done["pushed"]["added"] == 1
    (task,) = bench.adjudications()
    assert task["data"]["article_id"] == "sample"

    bench.judge.submit(task["id"], decide(bench, task))
    assert bench.run("pull")["unread"] == []
    done = bench.run("review", "adjudicate")
    assert {name: count for name, count in done["articles"].items() if count} == {"agreed": 1, "adjudicated": 1}
    assert (done["pushed"]["added"], done["pushed"]["present"]) == (0, 1)

    out = tmp_path / "out"
    bench.run("export", str(out), "--text", "all", "--split", "none", studio=False)
    rows = {record.id: record for record in FORMATS["jsonl"].read(out / "records.jsonl")}
    assert list(FORMATS["parquet"].read(out / "data")) == [rows["other"], rows["sample"]]
    made = rows["sample"]
    assert made.model_copy(update={"provenance": None}) == gold(bench)
    assert made.provenance is not None
    assert (made.provenance.policy, made.provenance.annotator) == ("adjudicated", "annotator-3")
    assert sorted(str(one.annotator) for one in made.provenance.basis) == ["annotator-1", "annotator-2"]
    assert all(one.created for one in made.provenance.basis)
    assert rows["other"].provenance is not None
    assert rows["other"].provenance.policy == "agreed"
    assert "policy" not in json.loads((out / "dataset.json").read_text(encoding="utf-8"))


def test_agreed_relations_and_attributes_are_in_the_task(bench: Bench) -> None:
    bench.disagree()
    bench.run("review", "adjudicate")
    (task,) = bench.adjudications()
    result = task["predictions"][0]["result"]
    drawn = {(item["from_id"], item["to_id"], *item["labels"]) for item in result if item["type"] == "relation"}
    expected = result_of(bench.record)
    assert drawn == {
        (item["from_id"], item["to_id"], *item["labels"]) for item in expected if item["type"] == "relation"
    }
    kept = {(item["id"], item["from_name"]): item["value"] for item in result if item["type"] != "relation"}
    for item in expected:
        if item["type"] != "relation" and (item["id"], item["from_name"]) not in {
            ("a1-s1", "source_type"),
            ("a2-c1", "cue_class"),
        }:
            assert kept[item["id"], item["from_name"]] == item["value"]
    assert ("a1-s1", "source_type") not in kept
    assert ("a2-c1", "cue_class") not in kept


def test_nobody_is_named_in_the_task(bench: Bench) -> None:
    bench.disagree()
    bench.run("review", "adjudicate")
    (task,) = bench.adjudications()
    shown = json.dumps([task["data"], task["meta"], task["predictions"][0]["result"]])
    with Store.open(str(bench.path)) as store, store.reading() as session:
        from sqlmodel import select

        from annotate.store.tables import AnnotationRow

        identities = [row.identity for row in session.exec(select(AnnotationRow)).all()]
    assert len(identities) == 4
    for secret in (bench.ada.email, bench.ben.email, bench.ada.token, "ada-", "ben-", *identities):
        assert secret not in shown
    assert "A: " in task["data"]["questions_html"]
    assert "B: " in task["data"]["questions_html"]


def test_a_conflict_left_open_is_named_and_not_exported(bench: Bench) -> None:
    bench.disagree()
    bench.run("review", "adjudicate")
    (task,) = bench.adjudications()
    result = task["predictions"][0]["result"]
    half = answered(result, {"n1": "keep"}, {("a2-c1", "cue_class"): "deny"})
    number = bench.judge.submit(task["id"], half)["id"]
    pulled = bench.annotate("pull")
    assert pulled.returncode == 1
    assert f"task {task['id']}, annotation {number}: undecided: " in pulled.stderr
    assert "Source “Colonel Ada Example”, source_type: " in pulled.stderr
    assert "cue_class" not in pulled.stderr
    reason = str(bench.readings()["sample"])
    assert reason.startswith("its adjudication leaves something open: ")
    assert "source_type" in reason
    assert bench.run("review", "adjudicate")["articles"]["undecided"] == 1
    body = {"result": answered(half, {"a1-s1": "keep"}, {})}
    bench.judge.call("PATCH", f"/api/annotations/{number}/", body)
    bench.run("pull")
    made = bench.readings()["sample"]
    assert isinstance(made, Record)
    # Kept as it is: without a type.
    assert made.attributions[0].source_type is None
    assert [notice.kind for notice in made.notices] == ["caption"]


def test_an_untouched_task_is_renewed_when_an_annotation_changes(bench: Bench) -> None:
    bench.disagree()
    bench.run("review", "adjudicate")
    (first,) = bench.adjudications()
    bench.submit(bench.judge, bench.record)
    bench.run("pull")
    done = bench.run("review", "adjudicate")
    assert done["pushed"]["added"] + done["pushed"]["present"] == 1
    (second,) = bench.adjudications()
    assert second["data"]["push_key"] != first["data"]["push_key"]
    assert "C: " in second["data"]["questions_html"]
    assert bench.run("review", "adjudicate")["pushed"]["added"] == 0
    assert [task["id"] for task in bench.adjudications()] == [second["id"]]


def test_a_task_that_somebody_worked_on_is_kept_and_its_adjudication_is_stale(bench: Bench) -> None:
    bench.disagree()
    bench.run("review", "adjudicate")
    (task,) = bench.adjudications()
    bench.judge.submit(task["id"], decide(bench, task))
    bench.run("pull")
    assert isinstance(bench.readings()["sample"], Record)
    bench.submit(bench.judge, bench.record)
    bench.run("pull")
    done = bench.annotate("review", "adjudicate")
    assert done.returncode == 0, done.stderr
    assert "     1  annotations changed since the adjudication\n" in done.stdout
    assert "sample: its annotations have changed since it was adjudicated: delete the task" in done.stderr
    assert [kept["id"] for kept in bench.adjudications()] == [task["id"]]
    assert str(bench.readings()["sample"]).startswith("its annotations have changed since it was adjudicated")
    # As the message says: once a person has deleted the task, it is asked anew.
    bench.judge.call("DELETE", f"/api/tasks/{task['id']}/")
    assert bench.run("review", "adjudicate")["pushed"]["gone"] == 0
    (again,) = bench.adjudications()
    assert again["data"]["push_key"] != task["data"]["push_key"]
    bench.run("pull")
    assert isinstance(bench.readings()["sample"], str)
    bench.judge.submit(again["id"], answered(decide(bench, again), {"a1-s1": "keep", "a2-c1": "keep"}, {}))
    bench.run("pull")
    assert isinstance(bench.readings()["sample"], Record)


def test_an_untouched_task_is_taken_back_when_all_agree_again(bench: Bench) -> None:
    bench.disagree()
    bench.run("review", "adjudicate")
    assert len(bench.adjudications()) == 1
    exported = bench.client.export(bench.client.projects(bench.title)[0].id)
    (work,) = (task for task in exported if task["data"]["article_id"] == "sample")
    for annotation in work["annotations"]:
        bench.ada.call("PATCH", f"/api/annotations/{annotation['id']}/", {"result": result_of(bench.record)})
    bench.run("pull")
    assert bench.run("review", "adjudicate")["articles"]["agreed"] == 2
    assert bench.adjudications() == []


def test_a_dry_run_lists_and_sends_nothing(bench: Bench) -> None:
    bench.disagree()
    listed = bench.annotate("review", "adjudicate", "--dry-run")
    assert listed.returncode == 0, listed.stderr
    assert listed.stdout.startswith("     1  agreed\n     1  in disagreement, not adjudicated\n\nsample\n  1. ")
    assert "Source “Colonel Ada Example”, source_type: " in listed.stdout
    assert bench.client.projects(bench.second) == []


def test_plain_tasks_are_not_pushed_to_an_adjudication_project(bench: Bench) -> None:
    bench.disagree()
    bench.run("review", "adjudicate")
    wrong = bench.annotate("push", "--project", bench.second)
    assert wrong.returncode == 1
    assert f"the project {bench.second!r} is for adjudication (give another title with --project)" in wrong.stderr
    assert len(bench.adjudications()) == 1


def test_an_adjudication_from_elsewhere_is_no_annotation(bench: Bench, tmp_path: Path) -> None:
    """A store that did not ask keeps what it pulls, and never takes the alternatives for somebody's reading."""
    bench.disagree()
    bench.run("review", "adjudicate")
    (task,) = bench.adjudications()
    bench.judge.submit(task["id"], decide(bench, task))
    file = tmp_path / "export.json"
    file.write_text(json.dumps(bench.adjudications()), encoding="utf-8")
    with Store.open(str(tmp_path / "another.db")) as store:
        list(store.add_articles([Article("sample", TEXT, bench.record.sha256, bench.record.meta)]))
    pulled = command("pull", "--from", str(file), "--store", str(tmp_path / "another.db"))
    assert pulled.returncode == 1
    assert "asks about annotations that this store did not ask about" in pulled.stderr
    with Store.open(str(tmp_path / "another.db")) as store:
        assert list(verified(store)) == []
