"""`annotate train`: what is given is recognised, and what cannot be is refused in one line."""

from __future__ import annotations

import importlib.util
import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from annotate.cli.main import main
from tests.training.made_up import article, corpora

needs_torch = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="needs the `train` extra")


@dataclass(frozen=True, slots=True)
class Done:
    exit_code: int
    stdout: str
    stderr: str


def annotate(*arguments: object) -> Done:
    """Run the command as `annotate` does, where an error becomes one line."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main(["train", *map(str, arguments)])
    assert isinstance(ended.value.code, int)
    return Done(ended.value.code, out.getvalue(), err.getvalue())


def rows(path: Path, count: int, **changes: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps({**article(number), **changes}) + "\n" for number in range(count))
    path.write_text("".join(lines), encoding="utf-8")
    return path


@needs_torch
def test_the_whole_command(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    done = annotate(rows(tmp_path / "corrected.jsonl", 8), folder, "--rounds", 1, "--name", "mine", "--json")
    assert done.exit_code == 0, done.stderr
    metrics = json.loads(done.stdout)
    assert metrics["name"] == "mine"
    assert json.loads((folder / "config.json").read_text(encoding="utf-8"))["version"] == metrics["version"]
    assert "articles to learn from" in done.stderr
    assert '"minutes left"' in done.stderr
    # A second run into the same folder is refused before anything is done.
    again = annotate(tmp_path / "corrected.jsonl", folder)
    assert again.exit_code == 1
    assert again.stderr == f"annotate: {folder}: holds a model already (name a new folder, or take it away)\n"


@needs_torch
def test_refusals_name_what_is_wrong_and_how_to_mend_it(tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    rows(bare / "records.jsonl", 3, text=None, sha256="0" * 64)
    (bare / "dataset.json").write_text('{"version": "v", "files": ["records.jsonl"]}', encoding="utf-8")
    (bare / "articles.jsonl").touch()
    done = annotate(bare, tmp_path / "m")
    assert done.exit_code == 1
    assert done.stderr == (
        f"annotate: {bare}: none of its articles to learn from holds its text, 3 go without"
        " (put the texts back with `annotate hydrate`, or export with --text all)\n"
    )
    none = annotate(rows(tmp_path / "none.jsonl", 3, attributions=[]), tmp_path / "m")
    assert (none.exit_code, "holds no attribution to learn from" in none.stderr) == (1, True)
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.pdf").write_bytes(b"%PDF")
    assert "holds no annotated articles" in annotate(other, tmp_path / "m").stderr
    there = annotate(tmp_path / "none.jsonl", other)
    assert (there.exit_code, "holds other things, such as thesis.pdf" in there.stderr) == (1, True)
    leaked = tmp_path / "leaked"
    for split in ("train", "dev"):
        rows(leaked / split / "records.jsonl", 2)
    twice = annotate(leaked, tmp_path / "m")
    assert (twice.exit_code, "2 articles stand in both train and dev" in twice.stderr) == (1, True)
    empty = annotate(rows(tmp_path / "some.jsonl", 4), tmp_path / "m", "--from", other)
    assert (empty.exit_code, "the model has no readable SHA256SUMS" in empty.stderr) == (1, True)
    assert not (tmp_path / "m" / "config.json").exists()


def test_a_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    done = annotate(rows(tmp_path / "some.jsonl", 2), tmp_path / "m")
    assert done.exit_code == 1
    assert (
        "training needs torch, onnx, safetensors (install the extra: pip install 'source-annotator[train]')"
        in done.stderr
    )
    assert not (tmp_path / "m").exists()


def test_options_that_contradict_each_other_are_wrong_usage(tmp_path: Path) -> None:
    some = rows(tmp_path / "some.jsonl", 2)
    both = annotate(some, tmp_path / "m", "--from", tmp_path, "--from-scratch")
    assert (both.exit_code, "--from and --from-scratch exclude each other" in both.stderr) == (2, True)
    folder = corpora(tmp_path / "corpora")
    for option in (("--style", "polnear"), ("--rounds", 3), ("--held-out", 0.1), ("--from", tmp_path)):
        done = annotate(folder, tmp_path / "m", *option)
        assert (done.exit_code, f"{option[0]} is for a dataset" in done.stderr) == (2, True)


def test_a_folder_with_some_of_the_four_corpora_says_which_are_missing(tmp_path: Path) -> None:
    folder = corpora(tmp_path / "corpora")
    (folder / "polnear-dev.jsonl").unlink()
    done = annotate(folder, tmp_path / "m")
    assert (done.exit_code, "the corpora lack polnear-dev.jsonl" in done.stderr) == (1, True)
