"""The Hugging Face layout: loaded by `datasets` itself without a network, and shards that are damaged or missing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from annotate.dataset.export import MANIFEST
from annotate.dataset.formats import FORMATS, parquet
from annotate.dataset.rights import Texts, standoff
from annotate.errors import DatasetError
from annotate.record import Record
from tests.dataset.releases import articles, released
from tests.records import TEXT

LOAD = """
import json, sys
from datasets import get_dataset_config_names, load_dataset

folder = sys.argv[1]
loaded = {"configs": sorted(get_dataset_config_names(folder)), "records": {}, "attributions": {}}
for split, rows in load_dataset(folder).items():
    loaded["records"][split] = list(rows)
for split, rows in load_dataset(folder, "attributions").items():
    loaded["attributions"][split] = list(rows)
print(json.dumps(loaded))
"""


def load(folder: Path, home: Path) -> dict[str, dict[str, list[dict[str, object]]]]:
    """Load a release in a process of its own that knows no network."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("HF_")},
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_OFFLINE": "1",
        "HF_HOME": str(home),
    }
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(folder)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        cwd=home,
    )
    assert done.returncode == 0, done.stderr
    loaded: dict[str, dict[str, list[dict[str, object]]]] = json.loads(done.stdout)
    return loaded


@pytest.mark.parametrize("texts", [Texts.LICENSED, Texts.ALL, Texts.NONE])
@pytest.mark.parametrize("split", [False, True])
def test_datasets_loads_it(tmp_path: Path, split: bool, texts: Texts) -> None:
    folder = tmp_path / "release"
    records = articles()
    released(folder, records, split=split, texts=texts)
    loaded = load(folder, tmp_path)
    assert loaded["configs"] == ["attributions", "records"]
    names = ["train", "dev", "test"] if split else ["train"]
    assert list(loaded["records"]) == names
    rows = {str(row["id"]): row for part in loaded["records"].values() for row in part}
    flat = [row for part in loaded["attributions"].values() for row in part]
    assert sorted(rows) == [record.id for record in records]
    assert len(flat) == 2 * len(records)
    for number, record in enumerate(records, start=1):
        shown = texts is Texts.ALL or (texts is Texts.LICENSED and number % 3 != 0)
        assert rows[record.id]["text"] == (record.text if shown else None)
        first, second = (row for row in flat if row["article"] == record.id)
        assert first["quote"] == (["“We hold the bridge,”", "“Nobody crossed it.”"] if shown else None)
        assert second["source"] == (["Rebels"] if shown else None)
        assert (first["speaker"], second["cue_class"]) == ("Ada Example", "deny")
        assert first["quote_spans"] == [[0, 21], [TEXT.index("“Nobody"), TEXT.index("\n\n")]]
        expected = record if shown else standoff(record)
        assert parquet._record(dict(rows[record.id])) == expected


def test_a_release_without_a_row_declares_nothing_and_reads_back(tmp_path: Path) -> None:
    released(tmp_path / "release", [])
    assert list(FORMATS["parquet"].read(tmp_path / "release" / "data")) == []
    assert "configs:" not in (tmp_path / "release" / "README.md").read_text(encoding="utf-8")


def test_shards_are_cut_by_rows_and_by_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records = articles(7)
    monkeypatch.setattr(parquet, "ROWS_PER_GROUP", 2)
    monkeypatch.setattr(parquet, "ROWS_PER_SHARD", 4)
    parquet.write(tmp_path / "rows", records)
    assert [(path.name, pq.read_metadata(path).num_rows) for path in parquet.shards_of(tmp_path / "rows")] == [
        ("part-00000.parquet", 4),
        ("part-00001.parquet", 3),
    ]
    monkeypatch.setattr(parquet, "BYTES_PER_SHARD", 10)
    parquet.write(tmp_path / "size", records)
    assert len(parquet.shards_of(tmp_path / "size")) == 4
    assert list(parquet.read(tmp_path / "rows")) == list(parquet.read(tmp_path / "size")) == records


def test_a_single_file_is_read_too(tmp_path: Path) -> None:
    records = articles(2)
    parquet.write(tmp_path / "data", records)
    assert list(parquet.read(tmp_path / "data" / "part-00000.parquet")) == records


@pytest.mark.parametrize("kept", [0, 4, 200, -1])
def test_a_cut_shard_is_one_clear_error(tmp_path: Path, kept: int) -> None:
    parquet.write(tmp_path / "data", articles(2))
    shard = tmp_path / "data" / "part-00000.parquet"
    shard.write_bytes(shard.read_bytes()[:kept])
    with pytest.raises(DatasetError) as raised:
        list(parquet.read(tmp_path / "data"))
    assert str(raised.value).startswith(f"{shard}: is cut short, damaged, or no Parquet file of ours: ")
    assert str(raised.value).endswith("(fetch the file again, or export again)")
    assert "\n" not in str(raised.value)


def test_damage_inside_a_shard_is_one_clear_error(tmp_path: Path) -> None:
    parquet.write(tmp_path / "data", articles(6))
    shard = tmp_path / "data" / "part-00000.parquet"
    content = bytearray(shard.read_bytes())
    content[4 : len(content) // 2] = b"\xff" * (len(content) // 2 - 4)
    shard.write_bytes(content)
    with pytest.raises(DatasetError, match=r"part-00000\.parquet: is cut short, damaged"):
        list(parquet.read(tmp_path / "data"))


def test_somebody_elses_columns_are_one_clear_error(tmp_path: Path) -> None:
    released(tmp_path / "release", articles(1))
    with pytest.raises(DatasetError, match=r"part-00000\.parquet: is cut short, damaged, or no Parquet file of ours"):
        list(parquet.read(tmp_path / "release" / "attributions"))


def test_a_missing_shard_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "ROWS_PER_SHARD", 1)
    monkeypatch.setattr(parquet, "ROWS_PER_GROUP", 1)
    parquet.write(tmp_path / "data", articles(3))
    (tmp_path / "data" / "part-00001.parquet").unlink()
    with pytest.raises(DatasetError, match=r"data: a shard is missing \(copy the whole folder again"):
        list(parquet.read(tmp_path / "data"))
    for left in (tmp_path / "data").iterdir():
        left.unlink()
    with pytest.raises(DatasetError, match=r"data: holds no Parquet file"):
        list(parquet.read(tmp_path / "data"))


def test_the_shards_are_among_the_sums_and_the_folders_in_the_manifest(tmp_path: Path) -> None:
    summary = released(tmp_path, articles(), split=True)
    assert {
        f"{split}/{name}/part-00000.parquet" for split in ("train", "dev", "test") for name in ("data", "attributions")
    } <= (set(summary.files))
    files = json.loads((tmp_path / MANIFEST).read_text(encoding="utf-8"))["files"]
    assert {"train/data", "train/attributions", "README.md", "croissant.json", "provenance.json"} <= set(files)


def test_records_are_equal_whichever_format_they_come_from(tmp_path: Path) -> None:
    released(tmp_path, articles(), split=True)
    for split in ("train", "dev", "test"):
        rows: list[Record] = list(parquet.read(tmp_path / split / "data"))
        assert rows
        assert rows == list(FORMATS["jsonl"].read(tmp_path / split / "records.jsonl"))
