"""The sample in exports/ comes out of its annotations byte for byte, through the commands that its README names."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from annotate.dataset.formats import FORMATS
from annotate.dataset.sources import TABLES
from annotate.derive import normalise_newlines, sha256_of
from annotate.record import Record

PROJECT = Path(__file__).parents[2]
SAMPLE = PROJECT / "exports" / "sample"


def test_the_sample_is_reproducible(tmp_path: Path) -> None:
    readme = (SAMPLE / "README.md").read_text(encoding="utf-8")
    settings = [line.removeprefix("$ export ") for line in readme.splitlines() if line.startswith("$ export ")]
    commands = [line.removeprefix("$ annotate ") for line in readme.splitlines() if line.startswith("$ annotate ")]
    assert [command.split()[0] for command in commands] == ["ingest", "preannotate", "pull", "export"]
    out = tmp_path / "sample"
    for command in commands:
        arguments = shlex.split(command.replace("export exports/sample", f"export {out}"))
        subprocess.run(
            [sys.executable, "-m", "annotate", *arguments, "--store", str(tmp_path / "store.db")],
            cwd=PROJECT,
            env=os.environ | dict(setting.split("=") for setting in settings),
            check=True,
            capture_output=True,
        )
    made = {path.relative_to(out): path for path in out.rglob("*") if path.is_file()}
    shipped = {path.relative_to(SAMPLE) for path in SAMPLE.rglob("*") if path.is_file()}
    assert set(made) == {path for path in shipped if path.parts[0] != "source"}
    for name, path in made.items():
        assert path.read_bytes() == (SAMPLE / name).read_bytes(), name


@pytest.fixture
def records() -> list[Record]:
    rows = list(FORMATS["jsonl"].read(SAMPLE / "records.jsonl"))
    assert rows == list(FORMATS["parquet"].read(SAMPLE / "data"))
    return rows


def test_the_sample_covers_the_seeds(records: list[Record]) -> None:
    texts = [normalise_newlines(path.read_text(encoding="utf-8")) for path in (PROJECT / "seeds").glob("*.txt")]
    assert sorted(record.sha256 for record in records) == sorted(sha256_of(text) for text in texts)
    assert sorted(record.text or "" for record in records) == sorted(texts)


def test_every_form_of_a_dataset_is_shown() -> None:
    manifest = json.loads((SAMPLE / "dataset.json").read_text(encoding="utf-8"))
    tables = [target for table in TABLES.values() for target in table.targets]
    assert set(manifest["files"]) >= {form.target for form in FORMATS.values()} | set(tables)


def test_the_readme_counts_what_is_there(records: list[Record]) -> None:
    readme = " ".join((SAMPLE / "README.md").read_text(encoding="utf-8").split())
    attributions = [item for record in records for item in record.attributions]
    kinds = Counter(str(item.quote_type) for item in attributions)
    counted = (
        f"{len(attributions)} attributions ({kinds['direct']} direct, {kinds['mixed']} mixed, {kinds['indirect']}"
        f" indirect), {sum(len(record.outlets) for record in records)} outlet mentions,"
        f" {sum(len(record.verifications) for record in records)} verification statements,"
        f" {sum(len(record.notices) for record in records)} notices and"
        f" {sum(len(record.disputes) for record in records)} disputes"
    )
    assert counted in readme


def test_nothing_in_the_seeds_is_rated_as_confirmed(records: list[Record]) -> None:
    for record in records:
        for item in record.attributions:
            assert item.credibility in (None, "6")
            assert item.suggestion is None or item.suggestion.credibility != "1"
