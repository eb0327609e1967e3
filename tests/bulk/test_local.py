"""`annotate bulk` on this machine: the same rows however it is run, whatever happens to it."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from annotate.dataset.inputs import Kind, parts_of
from annotate.dataset.reading import read_records
from tests.bulk.runs import begin, family, records, rejects, run, shards_done, wait_until, with_faults, write

FAULTS = {
    3: "The mayor said [crash] that it rained.",
    5: "The mayor said [raise] that it rained.",
    7: "The mayor said [spin] that it rained.",
    9: "The mayor said [hoard] that it rained.",
    11: "The mayor said that it rained. " * 40,
    13: "The mayor said [sleep] that it rained.",
}


def test_tasks_and_workers_make_no_difference_and_are_what_predict_says(tmp_path: Path) -> None:
    articles = write(tmp_path / "in.jsonl", 1000)
    one = run(articles, tmp_path / "one", "--tasks", "1", "--workers", "1", "--json")
    many = run(articles, tmp_path / "many", "--tasks", "7", "--workers", "2", "--json")
    assert (one.returncode, many.returncode) == (0, 0), one.stderr + many.stderr
    assert json.loads(many.stdout)["records"] == 1000
    assert [path.name for path in sorted((tmp_path / "many/data").iterdir())] == [
        f"part-{rank:05}.parquet" for rank in range(7)
    ]
    # All three pieces of the file were dealt out.
    assert sum(pq.read_metadata(path).num_rows > 0 for path in (tmp_path / "many/data").iterdir()) > 1
    assert records(tmp_path / "one") == records(tmp_path / "many")
    predicted = subprocess.run(
        [sys.executable, "-m", "annotate", "predict", str(articles), "--pipeline", "rules"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert sorted(predicted.stdout.splitlines()) == sorted(record.to_json() for record in records(tmp_path / "many"))
    metadata = pq.ParquetFile(tmp_path / "many/data/part-00000.parquet").metadata
    assert metadata.row_group(0).column(0).compression == "ZSTD"


def test_the_output_is_read_as_annotated_articles(tmp_path: Path) -> None:
    assert run(write(tmp_path / "in.jsonl", 3), tmp_path / "out", "--tasks", "2", "--workers", "1").returncode == 0
    assert {part.kind for part in parts_of(tmp_path / "out")} == {Kind.PARQUET}
    assert [item.id for item in read_records(tmp_path / "out")] == ["a0", "a1", "a2"]


def test_poison_is_set_aside_with_the_reason_and_costs_no_other_article(tmp_path: Path) -> None:
    articles = write(tmp_path / "in.jsonl", 20, FAULTS)
    done = run(
        articles, tmp_path / "out", "--tasks", "2", "--workers", "1", "--seconds", "3", "--longest", "1000", "--memory",
        "3", env=with_faults(tmp_path / "faults"),
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    reasons = {name: row["reason"] for name, row in rejects(tmp_path / "out").items()}
    # On a busy machine the clock may come before the processor time.
    assert reasons.pop("a7").startswith("annotating it takes ")
    assert reasons == {
        "a3": "annotating it crashed the pipeline 3 times",
        "a5": "the pipeline failed: ValueError",
        "a9": "annotating it needs more memory than is allowed",
        "a11": "a text of 1,240 characters is over the limit of 1,000",
        "a13": "annotating it takes longer than 9 s",
    }
    assert [record.id for record in records(tmp_path / "out")] == sorted(
        f"a{number}" for number in range(20) if number not in FAULTS
    )
    row = rejects(tmp_path / "out")["a13"]
    assert (row["where"], row["line"], row["raw"]) == (str(articles), 14, FAULTS[13])
    assert done.stdout == "14 records, 6 set aside\n"
    # No article's words in any log.
    logs = "".join(path.read_text() for path in (tmp_path / "out").glob(".bulk/*/datatrove/logs/*"))
    assert "it rained" not in logs + done.stderr


def test_kills_of_workers_and_of_the_command_lose_and_double_nothing(tmp_path: Path) -> None:
    slowly = {number: f"It [slow] rained, he said {number} times." for number in range(0, 1500, 30)}
    slow = write(tmp_path / "slow.jsonl", 1500, slowly)
    faults = with_faults(tmp_path / "faults")
    options = ("--tasks", "4", "--workers", "2")
    process = begin(slow, tmp_path / "out", *options, env=faults)
    wait_until(lambda: len(family(process, "annotate.bulk.child")) == 2, process)
    family(process, "annotate.bulk.child")[0].kill()
    family(process, "annotate.bulk.job")[1].kill()
    wait_until(lambda: shards_done(tmp_path / "out") >= 1, process)
    left = [*family(process, "annotate.bulk.job"), *family(process, "annotate.bulk.child")]
    process.kill()
    process.communicate()
    for orphan in left:
        orphan.wait(30)  # none of them works on
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob(".bulk/*/shards/part-*[0-9].json")}
    assert not (tmp_path / "out/bulk.json").exists()
    again = run(slow, tmp_path / "out", *options, env=faults)
    assert again.returncode == 0, again.stderr
    assert {path: path.stat().st_mtime_ns for path in kept} == kept  # what was done is not done again
    assert again.stderr.count("task ") == 4 - len(kept)
    assert [record.id for record in records(tmp_path / "out")] == sorted(f"a{number}" for number in range(1500))


def test_a_finished_run_is_not_run_again_and_a_changed_one_is(tmp_path: Path) -> None:
    articles = write(tmp_path / "in.jsonl", 4)
    options = ("--tasks", "2", "--workers", "1", "--json")
    first = json.loads(run(articles, tmp_path / "out", *options).stdout)
    again = run(articles, tmp_path / "out", *options)
    assert again.stderr == "already done: every file of the output is there and whole\n"
    assert json.loads(again.stdout) == first
    write(articles, 4, {2: "The mayor said that it snowed, in as many characters. "})
    changed = run(articles, tmp_path / "out", *options)
    assert json.loads(changed.stdout)["run"] != first["run"]
    assert [record.text for record in records(tmp_path / "out")][2] == (
        "The mayor said that it snowed, in as many characters. "
    )
    (tmp_path / "parties.txt").write_text("Blue Front\n", encoding="utf-8")
    other = run(articles, tmp_path / "out", *options, "--parties", str(tmp_path / "parties.txt"))
    assert len({first["run"], json.loads(changed.stdout)["run"], json.loads(other.stdout)["run"]}) == 3
    assert len(list((tmp_path / "out/.bulk").glob("*/"))) == 1


@pytest.mark.parametrize("name", ["part-00001.parquet", "part-00001.places.parquet", "part-00001.rejects.jsonl"])
def test_a_mark_alone_skips_no_task(tmp_path: Path, name: str) -> None:
    """datatrove has marked both tasks as done, but a file of one is not what its manifest says."""
    articles = write(tmp_path / "in.jsonl", 4)
    options = ("--tasks", "2", "--workers", "1")
    assert run(articles, tmp_path / "out", *options).returncode == 0
    (run_folder,) = (tmp_path / "out/.bulk").glob("*/")
    assert sorted(path.name for path in (run_folder / "datatrove/completions").iterdir()) == ["00000", "00001"]
    with (run_folder / "shards" / name).open("ab") as file:
        file.write(b"x")
    (tmp_path / "out/bulk.json").unlink()
    again = run(articles, tmp_path / "out", *options)
    assert "task 1 of 2" in again.stderr
    assert "task 0 of 2" not in again.stderr
    assert len(records(tmp_path / "out")) == 4


def test_damage_to_the_output_is_found_and_mended(tmp_path: Path) -> None:
    articles = write(tmp_path / "in.jsonl", 4)
    options = ("--tasks", "1", "--workers", "1")
    assert run(articles, tmp_path / "out", *options).returncode == 0
    (tmp_path / "out/data/part-00000.parquet").write_bytes(b"PAR1")
    again = run(articles, tmp_path / "out", *options)
    assert again.returncode == 0
    assert "already done" not in again.stderr
    assert len(records(tmp_path / "out")) == 4


def test_an_id_stands_for_one_article(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    write(folder / "1.jsonl", 3)
    write(folder / "2.jsonl", 4, {1: "Another text under an id that is taken, he said."})
    for tasks in ("1", "3"):
        out = tmp_path / f"out{tasks}"
        done = run(folder, out, "--tasks", tasks, "--workers", "1")
        assert done.returncode == 1
        assert done.stdout == "4 records, 1 set aside, 2 repeated and left out\n"
        assert [record.id for record in records(out)] == ["a0", "a1", "a2", "a3"]
        assert "1 roads" in str(records(out)[1].text)
        row = rejects(out)["a1"]
        assert (row["where"], row["line"]) == (str(folder / "2.jsonl"), 2)
        assert row["reason"] == f"the id is that of {folder / '1.jsonl'}:2, whose text is another"


def test_what_runs_write_is_for_their_owner_alone_and_is_no_pickle(tmp_path: Path) -> None:
    assert run(write(tmp_path / "in.jsonl", 2), tmp_path / "out", "--tasks", "1").returncode == 0
    (run_folder,) = (tmp_path / "out/.bulk").glob("*/")
    assert {path.stat().st_mode & 0o777 for path in (run_folder, run_folder.parent)} == {0o700}
    endings = {path.suffix for path in run_folder.rglob("*") if path.is_file()}
    assert endings <= {".json", ".jsonl", ".parquet", ".log", ""}


def test_one_run_at_a_time(tmp_path: Path) -> None:
    articles = write(tmp_path / "in.jsonl", 2, {0: "It [sleep] rained."})
    process = begin(articles, tmp_path / "out", "--tasks", "1", env=with_faults(tmp_path / "faults"))
    wait_until(lambda: bool(family(process, "annotate.bulk.job")), process)
    second = run(articles, tmp_path / "out", "--tasks", "1")
    process.kill()
    process.communicate()
    assert second.returncode == 1
    assert second.stderr == f"annotate: {tmp_path / 'out'}: another run is writing there (wait until it is done)\n"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("nothing.jsonl", "cannot be read: no such file or folder (check the path)"),
        ("https://user:secret@news.example/a.jsonl", "an address must not hold a password"),
        ("s3://bucket/a.jsonl", "the package that reads such addresses is not installed (pip install s3fs)"),
        ("nosuch://bucket/a.jsonl", "not an address that can be read"),
    ],
)
def test_what_cannot_be_read_is_one_line(tmp_path: Path, given: str, message: str) -> None:
    if given.startswith("s3") and find_spec("s3fs"):
        pytest.skip("s3fs is installed")
    done = run(given if "://" in given else tmp_path / given, tmp_path / "out")
    assert done.returncode == 1
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert "secret" not in done.stderr


def test_an_output_inside_of_the_input_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "in.jsonl", 1)
    done = run(tmp_path, tmp_path / "out")
    assert "the output lies in the input" in done.stderr
    assert done.returncode == 1


def test_without_the_extra_one_line_says_what_to_install(tmp_path: Path) -> None:
    code = (
        "import importlib.util as u, sys; find = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == 'datatrove' else find(name, *rest)\n"
        f"from annotate.cli.main import main; main(['bulk', {str(tmp_path)!r}, {str(tmp_path / 'out')!r}])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        "annotate: bulk runs need datatrove (install the extra: pip install 'source-annotator[bulk]')\n"
    )


def test_options_of_one_executor_are_refused_for_another(tmp_path: Path) -> None:
    for option in (("--partition", "cpu"), ("--ray-address", "a:1")):
        done = run(write(tmp_path / "in.jsonl", 1), tmp_path / "out", *option)
        assert done.returncode == 2
