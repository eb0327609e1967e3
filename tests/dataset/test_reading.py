"""Annotated articles and Records are read from a file or the folder of a dataset, whatever holds them."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotate.dataset.formats import jsonl
from annotate.dataset.reading import read_annotated, read_records
from annotate.errors import DatasetError, InputError
from tests.records import sample_record


def test_a_file_and_a_dataset_folder_are_read(tmp_path: Path) -> None:
    record = sample_record()
    jsonl.write(tmp_path / "records.jsonl", [record])
    for path in (tmp_path, tmp_path / "records.jsonl"):
        assert list(read_records(path)) == [record]
        [article] = read_annotated(path)
        assert (article.id, article.text, len(article.attributions)) == (
            record.id,
            record.text,
            len(record.attributions),
        )


def test_a_split_is_read_alone_or_all_together(tmp_path: Path) -> None:
    for name in ("train", "test"):
        (tmp_path / name).mkdir()
        jsonl.write(tmp_path / name / "records.jsonl", [sample_record().model_copy(update={"id": name})])
    assert [item.id for item in read_records(tmp_path)] == ["train", "test"]
    assert [item.id for item in read_annotated(tmp_path, split="test")] == ["test"]
    with pytest.raises(DatasetError, match=r"holds no split 'dev' .*train, test"):
        list(read_records(tmp_path, split="dev"))


def test_anything_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("")
    with pytest.raises(InputError, match="no file of annotated articles"):
        list(read_annotated(tmp_path / "page.html"))
    with pytest.raises(DatasetError, match="holds no annotated articles"):
        list(read_annotated(tmp_path))
