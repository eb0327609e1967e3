"""The list of tasks: what stands in it, how it is read in small memory, and what a real Label Studio makes of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given

from annotate.contracts import label_config
from annotate.dataset.formats import label_studio
from annotate.dataset.formats.documents import without_machine
from annotate.dataset.reading import read_annotated
from annotate.errors import DatasetError
from annotate.record import Article, Meta, Provenance, Record, canonical
from annotate.regions.tasks import prediction_of, result_of, task_data
from annotate.scheme import Credibility, Quality, Reliability
from annotate.store import Store
from annotate.store.annotations import current
from annotate.store.projects import bind_project
from annotate.studio.client import StudioClient
from annotate.studio.pull import pull
from annotate.studio.push import push
from annotate.studio.server import EmbeddedStudio
from tests.records import TEXT, article_of, records, sample_record, span

SAID = Provenance(version="1", annotator="annotator-7", created=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))


def a_release() -> list[Record]:
    """Return two Records with ratings, a judgement of the article, metadata of the user's own, and who made them."""
    whole = sample_record()
    first = whole.attributions[0].model_copy(
        update={"reliability": Reliability.B, "credibility": Credibility.TWO, "score": None}
    )
    rated = whole.model_copy(
        update={
            "attributions": (first, *whole.attributions[1:]),
            "quality": Quality.OK,
            "provenance": SAID,
            "meta": Meta(title="A bridge", publisher="Sample Post", licence="CC BY 4.0", desk="foreign"),
        }
    )
    odd = "😀 “A,” Ada said.\n\n\u00a0“B.”"
    other = Record(id="odd/😀", text=odd, sha256=Article.of(odd).sha256, quality=Quality.NOT_NEWS)
    return [rated, other]


def tasks_of(path: Path) -> list[dict[str, Any]]:
    tasks: list[dict[str, Any]] = json.loads(path.read_bytes())
    return tasks


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "label-studio.json"
    label_studio.write(path, a_release())
    return path


@given(record=records())
def test_what_people_decided_comes_back(record: Record, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("tasks") / "tasks.json"
    label_studio.write(path, [record, record])
    decided = without_machine(record).model_copy(update={"unlinked": record.unlinked})
    assert list(label_studio.read(path)) == [canonical(decided)] * 2


def test_nothing_of_another_server_or_of_a_push_stands_in_it(written: Path) -> None:
    for task in tasks_of(written):
        assert task["predictions"] == []
        assert "push_key" not in task["data"]
        assert "push_key" not in task["meta"]
        (annotation,) = task["annotations"]
        assert annotation.keys() == {"result", "was_cancelled", "ground_truth"}
        assert (annotation["was_cancelled"], annotation["ground_truth"]) == (False, False)


def test_a_line_is_a_task_and_an_empty_list_a_list(written: Path, tmp_path: Path) -> None:
    first, *lines, last = written.read_text(encoding="utf-8").splitlines()
    assert (first, last) == ("[", "]")
    assert [json.loads(line.rstrip(","))["data"]["article_id"] for line in lines] == ["sample", "odd/😀"]
    label_studio.write(tmp_path / "none.json", [])
    assert tasks_of(tmp_path / "none.json") == []
    assert list(label_studio.read(tmp_path / "none.json")) == []


def exported(*annotations: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return a task as Label Studio exports one that was pushed: with a prediction and a draft."""
    record = sample_record()
    return {
        "id": 7,
        "data": task_data(article_of(record), "a-key"),
        "meta": {"push_key": "a-key"},
        "annotations": list(annotations),
        "predictions": [prediction_of(record, "made-up-1")],
        "drafts": [{"id": 1, "result": result_of(record)}],
        **fields,
    }


def annotated(*, by: object, result: list[dict[str, Any]] | None = None, **fields: Any) -> dict[str, Any]:
    given = result_of(sample_record(), ratings=True) if result is None else result
    return {"id": 1, "completed_by": by, "result": given, "was_cancelled": False, "ground_truth": False, **fields}


def kept_at(path: Path, *tasks: dict[str, Any], indent: int | None = None) -> Path:
    path.write_text(json.dumps(list(tasks), indent=indent), encoding="utf-8")
    return path


def test_people_count_and_skipped_ones_drafts_and_predictions_do_not(tmp_path: Path) -> None:
    task = exported(
        annotated(by={"id": 3, "email": "ann@example.org"}, updated_at="2026-01-02T03:04:05Z"),
        annotated(by=4, result=[], prediction={"model_version": "made-up-1"}),
        annotated(by=5, was_cancelled=True),
    )
    path = kept_at(tmp_path / "export.json", task, exported(), indent=2)
    one, other = read_annotated(path)
    assert (one.annotator, len(one.attributions), one.outlet) == ("ann@example.org", 2, "Sample Post")
    assert (other.annotator, other.attributions) == ("4", ())
    first, second = label_studio.read(path)
    assert first.provenance is not None
    assert first.provenance.created == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert second.provenance is not None
    assert second.provenance.pipeline == "made-up-1"


def test_who_changed_an_imported_reading_has_made_it(written: Path) -> None:
    task = tasks_of(written)[0]
    same = {**task["annotations"][0], "completed_by": 1}
    less = {**same, "result": [item for item in same["result"] if item.get("from_name") != "credibility"]}
    kept_at(written, {**task, "annotations": [less, same, same]})
    assert [item.annotator for item in read_annotated(written)] == ["1", "annotator-7", "1"]


@pytest.mark.parametrize(
    ("task", "what"),
    [
        (exported(annotated(by=1, result=[{"type": "labels"}])), "task 2, annotation 1: a region has an unknown shape"),
        (exported({"id": 1}), "task 2, annotation 1: cannot be read: 'result' is missing"),
        (exported(annotated(by=1, updated_at="when?")), "task 2, annotation 1: cannot be read: created: Input should"),
        (exported(data={"image": "x.png"}), "task 2: the task has no text"),
        (exported(data={"text": TEXT, "text_sha256": "0" * 64}), "task 2: the text is not the one that was sent"),
        (exported(annotations=[7]), "task 2, annotation|task 2: is no task of Label Studio"),
        ({"text": TEXT, "label": []}, "task 2: is no task of Label Studio: it has no `data`"),
    ],
)
def test_a_broken_task_is_one_clear_error(tmp_path: Path, task: dict[str, Any], what: str) -> None:
    path = kept_at(tmp_path / "export.json", exported(annotated(by=1)), task)
    with pytest.raises(DatasetError, match=rf"^{path}, (?:{what})") as caught:
        list(label_studio.read(path))
    assert "\n" not in str(caught.value)
    assert "bridge" not in str(caught.value)
    assert caught.value.mend


def test_a_region_outside_the_text_is_named_with_its_task(tmp_path: Path) -> None:
    result = result_of(sample_record())
    result[0]["value"]["end"] = 9000
    path = kept_at(tmp_path / "export.json", exported(annotated(by=1, result=result)))
    with pytest.raises(DatasetError, match=r"export\.json, task 1, annotation 1: region \S+ at \[\d+, 9000\] does not"):
        list(label_studio.read(path))


def test_a_cut_file_says_how_far_it_went_and_shows_no_text(written: Path) -> None:
    lines = written.read_bytes().splitlines(keepends=True)
    written.write_bytes(b"".join(lines[:2]) + lines[2][:300])
    read = label_studio.read(written)
    assert next(read).id == "sample"
    with pytest.raises(
        DatasetError, match=r"after task 1: cannot be read: parse error: premature EOF \(export"
    ) as caught:
        next(read)
    assert "\n" not in str(caught.value)


def test_a_large_file_is_read_in_small_memory(tmp_path: Path) -> None:
    task = json.dumps(exported(annotated(by=1), data=task_data(Article.of(TEXT + " more" * 40_000), "")))
    path = tmp_path / "large.json"
    with path.open("w", encoding="utf-8") as file:
        file.write("[" + ",".join([task] * 300) + "]")
    code = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from annotate.dataset.formats import label_studio\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "count = sum(1 for _ in label_studio.read(Path(sys.argv[1])))\n"
        "print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    count, grown = map(int, done.stdout.split())
    assert path.stat().st_size > 60_000_000
    assert (count, grown < 40_000) == (300, True), f"{grown} KB more"


# -- a real server -----------------------------------------------------------------------------------------------------


class Project:
    """A project with our page on a real server."""

    def __init__(self, server: EmbeddedStudio, title: str) -> None:
        self._server = server
        self.client = StudioClient(server.url, server.token)
        self.id = self.client.create_project(title, label_config()).id

    def call(self, method: str, path: str, **content: Any) -> httpx.Response:
        headers = {"Authorization": f"Token {self._server.token}"}
        with httpx.Client(base_url=self._server.url, headers=headers, trust_env=False, timeout=120) as client:
            return client.request(method, path, **content).raise_for_status()

    def upload(self, path: Path) -> dict[str, Any]:
        """Import a file as a person does."""
        with path.open("rb") as file:
            answer = self.call(
                "POST", f"/api/projects/{self.id}/import", files={"labels": (path.name, file, "application/json")}
            )
        counts: dict[str, Any] = answer.json()
        return counts

    def download(self, path: Path, route: str = "export?exportType=JSON&download_all_tasks=true") -> Path:
        """Export the project as a person does."""
        path.write_bytes(self.call("GET", f"/api/projects/{self.id}/{route}").content)
        return path


@pytest.fixture
def project(studio_server: EmbeddedStudio, request: pytest.FixtureRequest) -> Iterator[Project]:
    made = Project(studio_server, request.node.name[:50])
    yield made
    made.client.close()


@pytest.mark.studio
def test_a_project_takes_the_file_and_gives_equal_records_back(project: Project, written: Path, tmp_path: Path) -> None:
    counts = project.upload(written)
    assert (counts["task_count"], counts["annotation_count"], counts["prediction_count"]) == (2, 2, 0)
    expected = [label_studio.kept(item) for item in a_release()]
    assert list(label_studio.read(project.download(tmp_path / "export.json"))) == expected
    listed = project.client.export(project.id)
    assert [[item["ground_truth"] for item in task["annotations"]] for task in listed] == [[False], [False]]
    (tmp_path / "listed.json").write_text(json.dumps(listed), encoding="utf-8")
    assert list(label_studio.read(tmp_path / "listed.json")) == expected


@pytest.mark.studio
def test_the_file_may_be_imported_twice_and_again_from_its_own_export(
    project: Project, written: Path, tmp_path: Path
) -> None:
    project.upload(written)
    project.upload(written)
    expected = [label_studio.kept(item) for item in a_release()]
    export = project.download(tmp_path / "export.json")
    assert list(label_studio.read(export)) == expected * 2
    label_studio.write(tmp_path / "again.json", label_studio.read(export))
    assert project.upload(tmp_path / "again.json")["annotation_count"] == 4
    assert list(label_studio.read(project.download(tmp_path / "more.json"))) == expected * 4


@pytest.mark.studio
def test_who_corrects_an_imported_reading_is_its_annotator(project: Project, written: Path, tmp_path: Path) -> None:
    project.upload(written)
    task, _ = project.client.export(project.id)
    (annotation,) = task["annotations"]
    less = [item for item in annotation["result"] if item.get("from_name") != "credibility"]
    project.call("PATCH", f"/api/annotations/{annotation['id']}/", json={"result": less})
    corrected, other = label_studio.read(project.download(tmp_path / "export.json"))
    assert corrected.attributions[0].credibility is None
    assert corrected.provenance is not None
    assert corrected.provenance.annotator != SAID.annotator
    assert corrected.meta == a_release()[0].meta
    assert other.provenance is None


@pytest.mark.studio
def test_an_export_of_a_pushed_project_reads_as_a_pull_does(
    studio_server: EmbeddedStudio, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    record, title = sample_record(), request.node.name[:50]
    with (
        Store.open(str(tmp_path / "store.db")) as store,
        StudioClient(studio_server.url, studio_server.token) as client,
    ):
        list(store.add_articles([article_of(record)]))
        list(store.add_predictions("by-hand-1", [record]))
        pushed = push(store, client, pipeline="by-hand-1", title=title).project
        (task,) = client.tasks(pushed.id)
        result = [item for item in result_of(record) if item.get("from_name") != "cue_class"]
        for skipped in (False, True):
            body = {"result": result, "was_cancelled": skipped}
            client.request("annotate", "POST", f"api/tasks/{task.id}/annotations/", body=body)
        tasks = client.export(pushed.id)
        (tmp_path / "export.json").write_text(json.dumps(tasks), encoding="utf-8")
        pull(store, bind_project(store, pushed.identity, pushed.id, title), tasks, complete=True)
        (read,) = label_studio.read(tmp_path / "export.json")
        assert [item.cue_class for item in read.attributions] == [None, None]
        assert read.attributions[0].source == (span(TEXT, "Colonel Ada Example"),)
        ((_, rows),) = current(store)
        pulled = Record.model_validate_json(next(row.record for row in rows if row.record))
    assert without_machine(read) == without_machine(pulled)


@pytest.mark.studio
def test_a_push_takes_imported_tasks_for_somebody_elses(
    studio_server: EmbeddedStudio, written: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    record, title = sample_record(), request.node.name[:50]
    project = Project(studio_server, title)
    project.upload(written)
    with Store.open(str(tmp_path / "store.db")) as store:
        list(store.add_articles([article_of(record)]))
        list(store.add_predictions("by-hand-1", [record]))
        for _ in range(2):
            push(store, project.client, pipeline="by-hand-1", title=title)
    tasks = project.client.tasks(project.id)
    project.client.close()
    assert [(task.push_key is None, task.annotations, task.predictions) for task in tasks] == [
        (True, 1, 0),
        (True, 1, 0),
        (False, 0, 1),
    ]
