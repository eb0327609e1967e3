"""What changed between two releases: every article and field, and nothing else."""

from __future__ import annotations

import json
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.dataset.describing.changelog import Changelog
from annotate.dataset.describing.changes import Row, changes
from annotate.dataset.describing.facts import Counts
from annotate.dataset.export import MANIFEST
from annotate.dataset.rights import Texts
from annotate.errors import DatasetError
from annotate.record import Record
from annotate.scheme import CueClass, Quality
from tests.dataset.releases import article, articles, released


def told(folder: Path) -> str:
    return (folder / "CHANGELOG.md").read_text(encoding="utf-8")


def listed(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "changes.jsonl").read_text(encoding="utf-8").splitlines()]


def recoded(record: Record, cue_class: CueClass) -> Record:
    first, *others = record.attributions
    return record.model_copy(update={"attributions": (first.model_copy(update={"cue_class": cue_class}), *others)})


@pytest.mark.parametrize("formats", [["jsonl"], ["parquet"]])
def test_added_removed_and_changed(tmp_path: Path, formats: list[str]) -> None:
    one, two, three, four = articles(4)
    released(tmp_path / "old", [one, two, three, four], formats=formats)
    fewer = three.model_copy(update={"attributions": three.attributions[:1], "disputes": (), "verifications": ()})
    judged = four.model_copy(update={"quality": Quality.OK})
    new = [recoded(two, CueClass.CLAIM), fewer, judged, article(5)]
    released(tmp_path / "new", new, formats=formats, since=tmp_path / "old")
    assert listed(tmp_path / "new") == [
        {"article": "article-001", "change": "removed"},
        {
            "article": "article-002",
            "change": "changed",
            "attributions": {"changed": ["a1"]},
            "fields": {"attributions.cue_class": 1},
        },
        {
            "article": "article-003",
            "change": "changed",
            "attributions": {"removed": ["a2"]},
            "verifications": {"removed": ["v1"]},
            "fields": {"disputes": 1},
        },
        {"article": "article-004", "change": "changed", "fields": {"quality": 1}},
        {"article": "article-005", "change": "added"},
    ]
    text = told(tmp_path / "new")
    for line in (
        "| Articles added | 1 |",
        "| Articles removed | 1 |",
        "| Articles changed | 3 |",
        "| `attributions` | 0 | 1 | 1 |",
        "| `verifications` | 0 | 1 | 0 |",
        "| `attributions.cue_class` | 1 |",
        "| attributions | 8 | 7 |",
        "| `cue_class`: `claim` | 0 | 1 |",
        "| `cue_class`: `neutral` | 4 | 3 |",
        "| `quality`: `ok` | 0 | 1 |",
        "- article-003: 1 attributions removed, 1 verifications removed, `disputes`",
    ):
        assert line in text.splitlines()
    assert "WARNING" not in text


def test_nothing_changed(tmp_path: Path) -> None:
    released(tmp_path / "old", articles())
    summary = released(tmp_path / "new", articles(), since=tmp_path / "old")
    assert listed(tmp_path / "new") == []
    text = told(tmp_path / "new")
    assert f"## Version {summary.version[:12]}, since {summary.version[:12]}" in text
    assert "The rows are those of the earlier release." in text


def test_whether_texts_are_shown_is_told_apart(tmp_path: Path) -> None:
    released(tmp_path / "old", articles(3))
    released(tmp_path / "new", articles(3), texts=Texts.ALL, since=tmp_path / "old")
    assert listed(tmp_path / "new") == [
        {"article": "article-003", "change": "text", "text": {"from": False, "to": True}}
    ]
    assert "- texts: licensed before, all now" in told(tmp_path / "new")
    assert "| articles with text | 2 | 3 |" in told(tmp_path / "new")
    assert "Nobody crossed" not in told(tmp_path / "new")


def test_a_move_from_split_to_split_is_said_loudly(tmp_path: Path) -> None:
    records = articles(4)
    released(tmp_path / "old", records, split=True)
    released(tmp_path / "new", records[1:], split=True, since=tmp_path / "old")
    text = told(tmp_path / "new")
    assert "> **WARNING: 3 article(s) moved from one split to another.**" in text
    assert "- article-002: from dev to train" in text
    assert [change.get("split") for change in listed(tmp_path / "new")] == [
        None,
        {"from": "dev", "to": "train"},
        {"from": "test", "to": "dev"},
        {"from": "train", "to": "test"},
    ]


def test_a_first_split_is_no_move(tmp_path: Path) -> None:
    released(tmp_path / "old", articles(3))
    released(tmp_path / "new", articles(3), split=True, since=tmp_path / "old")
    assert "WARNING" not in told(tmp_path / "new")
    assert "- split: none before, stories now" in told(tmp_path / "new")


def test_another_tool_and_scheme_are_named(tmp_path: Path) -> None:
    released(tmp_path / "old", articles(1))
    manifest = tmp_path / "old" / MANIFEST
    content = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps(content | {"tool": "source-annotator 0.0.1", "scheme": 0}), encoding="utf-8")
    released(tmp_path / "new", articles(1), since=tmp_path / "old")
    assert "- scheme: 0 before, 1 now" in told(tmp_path / "new")
    assert "- tool: source-annotator 0.0.1 before, source-annotator " in told(tmp_path / "new")


def test_the_history_is_carried_on_even_in_place(tmp_path: Path) -> None:
    versions = [released(tmp_path, articles(2)).version[:12]]
    for count in (3, 4):
        versions.append(released(tmp_path, articles(count), since=tmp_path).version[:12])
    headings = [line for line in told(tmp_path).splitlines() if line.startswith("#")]
    assert [line for line in headings if line.startswith("## ")] == [
        f"## Version {versions[2]}, since {versions[1]}",
        f"## Version {versions[1]}, since {versions[0]}",
    ]
    assert headings.count("# What changed from release to release") == 1
    assert "is in `CHANGELOG.md`" in (tmp_path / "README.md").read_text(encoding="utf-8")


def test_what_is_no_release_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(
        DatasetError, match=r"dataset\.json cannot be read: No such file.*name the folder of an earlier"
    ):
        Changelog(tmp_path)
    (tmp_path / MANIFEST).write_text("[]", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"dataset\.json: is no manifest of a dataset"):
        Changelog(tmp_path)
    released(tmp_path / "brat", articles(1), formats=["brat"])
    with pytest.raises(DatasetError, match=r"holds its rows neither in records\.jsonl nor in Parquet"):
        released(tmp_path / "new", articles(1), since=tmp_path / "brat")
    released(tmp_path / "old", articles(3), formats=["jsonl"])
    rows = tmp_path / "old" / "records.jsonl"
    rows.write_text("".join(reversed(rows.read_text(encoding="utf-8").splitlines(keepends=True))), encoding="utf-8")
    with pytest.raises(DatasetError, match=r"'article-002' comes after 'article-003': rows are out of order"):
        released(tmp_path / "new", articles(1), since=tmp_path / "old")
    rows.write_text("{}\n", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"records\.jsonl:1: .*fetch the earlier release again"):
        released(tmp_path / "new", articles(1), since=tmp_path / "old")
    assert list((tmp_path / "new").iterdir()) == []


@given(
    st.dictionaries(st.integers(1, 20), st.sampled_from(CueClass)),
    st.dictionaries(st.integers(1, 20), st.sampled_from(CueClass)),
)
def test_the_merge_finds_what_sets_find(old: dict[int, CueClass], new: dict[int, CueClass]) -> None:
    def rows(chosen: dict[int, CueClass]) -> Iterator[Row]:
        return (Row(recoded(article(number), chosen[number]), None, False) for number in sorted(chosen))

    was, now = Counts(), Counts()
    found = {change.article: change.kind for change in changes(rows(old), rows(new), was, now)}
    expected = {f"article-{number:03}": "added" for number in new.keys() - old.keys()}
    expected |= {f"article-{number:03}": "removed" for number in old.keys() - new.keys()}
    expected |= {f"article-{number:03}": "changed" for number in old.keys() & new.keys() if old[number] != new[number]}
    assert found == expected
    assert list(found) == sorted(found)
    assert (was.things["articles"], now.things["articles"]) == (len(old), len(new))
    assert now.classes["cue_class"] == Counter(map(str, new.values())) + Counter({"deny": len(new)})


def test_memory_does_not_grow_with_the_articles() -> None:
    base = article(1)

    def rows(count: int) -> Iterator[Row]:
        return (Row(base.model_copy(update={"id": f"{number:06}"}), None, False) for number in range(count))

    peaks = []
    for count in (200, 2_000):
        tracemalloc.start()
        assert sum(1 for _ in changes(rows(count), rows(count), Counts(), Counts())) == 0
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 100_000
