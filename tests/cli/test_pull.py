"""`annotate pull` and `annotate preannotate` from files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from annotate.cli import main
from annotate.errors import ServerError, StudioUnreachable
from annotate.studio.pull import PullSummary

PROJECT = Path(__file__).parents[2]
SOURCE = PROJECT / "exports" / "sample" / "source"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


def annotate(store: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "annotate", *arguments, "--store", str(store)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_export_file_is_pulled_once(store: Path) -> None:
    annotate(store, "ingest", str(PROJECT / "seeds"))
    exported = str(SOURCE / "annotations.json")
    assert json.loads(annotate(store, "pull", "--from", exported, "--json").stdout)["new"] == 5
    assert json.loads(annotate(store, "pull", "--from", exported, "--json").stdout)["new"] == 0


def test_annotations_of_unknown_articles_are_kept_and_read_once_the_articles_are_there(store: Path) -> None:
    exported = str(SOURCE / "annotations.json")
    early = annotate(store, "pull", "--from", exported)
    assert early.returncode == 1
    assert early.stderr.count("its text is not in the store: ingest the article, then pull again") == 5
    annotate(store, "ingest", str(PROJECT / "seeds"))
    late = annotate(store, "pull", "--from", exported)
    assert late.returncode == 0, late.stderr
    assert "5 new or changed" in late.stdout


@pytest.mark.parametrize("content", ["", "{", "{}", "[1]", '[{"id": 1}]', "[" * 100_000, '[{"project": "x"}]'])
def test_what_is_no_export_is_one_clear_line(store: Path, tmp_path: Path, content: str) -> None:
    file = tmp_path / "export.json"
    file.write_text(content, encoding="utf-8")
    result = annotate(store, "pull", "--from", str(file))
    assert result.returncode == 1
    assert result.stderr == (
        f"annotate: {file}: is not a project's JSON export (in Label Studio choose Export, then JSON)\n"
    )


def test_predictions_from_elsewhere_need_their_articles(store: Path) -> None:
    predictions = str(SOURCE / "predictions.jsonl")
    result = annotate(store, "preannotate", "--from", predictions)
    assert result.returncode == 1
    assert "its article is not in the store (ingest it first)" in result.stderr
    annotate(store, "ingest", str(PROJECT / "seeds"))
    done = annotate(store, "preannotate", "--from", predictions, "--json")
    assert json.loads(done.stdout)["predicted"] == 5


def test_predictions_must_say_what_made_them(store: Path, tmp_path: Path) -> None:
    annotate(store, "ingest", str(PROJECT / "seeds"))
    rows = [json.loads(line) for line in (SOURCE / "predictions.jsonl").read_text(encoding="utf-8").splitlines()]
    nameless = tmp_path / "nameless.jsonl"
    nameless.write_text(json.dumps({**rows[0], "provenance": None}) + "\n", encoding="utf-8")
    result = annotate(store, "preannotate", "--from", str(nameless))
    assert result.returncode == 1
    assert "does not say which pipeline made it" in result.stderr
    both = annotate(store, "preannotate", "--from", str(nameless), "--base-model", "en_core_web_sm")
    assert both.returncode == 2


def test_watching_outlasts_a_server_that_is_away_for_a_while(
    store: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    away = StudioUnreachable("could not export: no answer (ReadTimeout)")
    answers = [PullSummary(tasks=1), away, ServerError("the embedded Label Studio is not running"), PullSummary(new=1)]

    def fetch(*_: object) -> PullSummary:
        answer = answers.pop(0) if answers else KeyboardInterrupt()
        if isinstance(answer, BaseException):
            raise answer
        return answer

    monkeypatch.setattr("annotate.cli.pull._from_server", fetch)
    monkeypatch.setattr("time.sleep", lambda _: None)
    with pytest.raises(SystemExit):
        main(["pull", "--watch", "1", "--store", str(store)])
    shown = capsys.readouterr()
    assert shown.out.splitlines() == [
        "0 annotations on 1 tasks: 0 new or changed, 0 deleted, 0 skipped, 0 unreadable",
        "0 annotations on 0 tasks: 1 new or changed, 0 deleted, 0 skipped, 0 unreadable",
    ]
    assert shown.err.split("\n") == [
        "annotate: could not export: no answer (ReadTimeout)",
        "annotate: the embedded Label Studio is not running",
        "",  # after the ^C that a terminal shows
        "annotate: interrupted",
        "",
    ]


def test_the_first_fetch_of_a_watch_must_succeed(
    store: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANNOTATE_STUDIO_TOKEN", "0" * 40)
    with pytest.raises(SystemExit) as ended:
        main(["pull", "--watch", "1", "--store", str(store), "--url", "http://127.0.0.1:9"])
    assert ended.value.code == 1
    assert "cannot be reached" in capsys.readouterr().err
