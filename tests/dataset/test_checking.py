"""`annotate check`: every promised problem is found where it was planted, and nothing where nothing is wrong."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from annotate.cli.main import root
from annotate.dataset.checking import Checked, Finding, Kind, check
from annotate.dataset.export import Choices, export
from annotate.dataset.formats import FORMATS
from annotate.dataset.rights import Texts
from annotate.dataset.splitting import Placement, Plan
from annotate.dataset.spool import Spool
from annotate.errors import DatasetError
from annotate.record import Meta, Record, make_attribution
from tests.records import sample_record

SAMPLE = Path(__file__).parents[2] / "exports" / "sample"
LONG = (
    "“We will hold every street of this valley, and nobody will be left behind when the winter comes,” the mayor said."
)


def article(name: str, text: str, *spans: dict[str, Any], licence: str | None = None) -> Record:
    found = [make_attribution(text, id=f"{name}-{number}", **span) for number, span in enumerate(spans, start=1)]
    return Record(
        id=name,
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        meta=Meta(licence=licence),
        attributions=tuple(found),
    )


def spread(**splits: str) -> Callable[[Spool], Plan]:
    """Place articles by hand, each in a story of its own, whatever they share."""
    return lambda _: Plan("stories", {name: Placement(f"story-{name}", split) for name, split in splits.items()})


def released(folder: Path, records: Sequence[Record], choices: Choices | None = None) -> Path:
    export(records, folder, choices or Choices(formats=["jsonl", "parquet"], texts=Texts.ALL))
    return folder


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    records = [sample_record(), article("other", "Nobody was hurt, she said.", {"quote": [(0, 15)], "cue": [(21, 25)]})]
    return released(tmp_path / "dataset", records, Choices(formats=list(FORMATS), texts=Texts.ALL))


def resum(folder: Path) -> None:
    """Make SHA256SUMS true again, so that only what was planted is wrong."""
    lines = []
    for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        name = line.partition("  ")[2]
        lines.append(f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n")
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def change(folder: Path, edit: Callable[[dict[str, Any]], None], name: str = "records.jsonl", line: int = 0) -> None:
    path = folder / name
    rows = [json.loads(row) for row in path.read_text(encoding="utf-8").splitlines()]
    edit(rows[line])
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    resum(folder)


def change_manifest(folder: Path, **values: object) -> None:
    path = folder / "dataset.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | values), encoding="utf-8")
    resum(folder)


def found(done: Checked, kind: Kind) -> list[Finding]:
    return [finding for finding in done.findings if finding.kind is kind]


def test_an_undamaged_dataset_of_every_format_is_clean(dataset: Path) -> None:
    done = check(dataset)
    assert not done.findings
    assert done.records == 2
    assert done.files > len(FORMATS)


@pytest.mark.parametrize("texts", list(Texts)[:3])
def test_so_is_one_in_splits_with_and_without_texts(tmp_path: Path, texts: Texts) -> None:
    records = [
        sample_record().model_copy(update={"meta": Meta(licence="CC-BY-4.0")}),
        article("other", "Nobody was hurt, she said.", {"quote": [(0, 15)], "cue": [(21, 25)]}),
    ]
    choices = Choices(["jsonl", "parquet"], texts, spread(sample="train", other="test"))
    done = check(released(tmp_path / "dataset", records, choices))
    assert not done.findings
    assert any("without their texts" in note for note in done.notes) == (texts is not Texts.ALL)


def test_the_sample_that_is_shipped_is_clean() -> None:
    result = CliRunner().invoke(root, ["check", str(SAMPLE)])
    assert result.exit_code == 0, result.output
    assert "nothing wrong" in result.output


def test_a_broken_offset_is_told_with_its_line(dataset: Path) -> None:
    def break_it(row: dict[str, Any]) -> None:
        row["attributions"][0]["quote"] = [[0, 10**6]]

    change(dataset, break_it, line=1)
    (finding,) = found(check(dataset), Kind.RECORD)
    assert finding.where == "records.jsonl:2"
    assert "span [0, 1000000] does not lie in the text" in finding.what


@pytest.mark.parametrize(
    ("edit", "kind", "told"),
    [
        (lambda row: row["attributions"][0].update(cue_class="shouted"), Kind.RECORD, "cue_class"),
        (
            lambda row: row["disputes"].append([row["attributions"][0]["id"], "nothing"]),
            Kind.RECORD,
            "unknown attribution 'nothing'",
        ),
        (lambda row: row.update(sha256="0" * 64), Kind.RECORD, "sha256 is not that of the text"),
        (lambda row: row["attributions"][0].update(quote_type="direct"), Kind.LABEL, "quote type direct"),
        (lambda row: row["attributions"][0].update(directness="via_chain"), Kind.LABEL, "directness via_chain"),
    ],
)
def test_a_wrong_label_relation_or_hash_in_a_row(
    dataset: Path, edit: Callable[[dict[str, Any]], None], kind: Kind, told: str
) -> None:
    change(dataset, edit)
    change(dataset, edit, line=1)
    findings = found(check(dataset), kind)
    assert findings
    assert all(told in finding.what for finding in findings)


def test_a_shard_cut_in_the_middle(dataset: Path) -> None:
    for name in ("records.jsonl", "data/part-00000.parquet"):
        path = dataset / name
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    done = check(dataset)
    assert {finding.where for finding in found(done, Kind.HASH)} == {"records.jsonl", "data/part-00000.parquet"}
    assert [finding.where for finding in found(done, Kind.RECORD)] == ["records.jsonl:1"]
    (parquet,) = [finding for finding in found(done, Kind.FORMAT) if finding.where == "data"]
    assert "part-00000.parquet" in parquet.what


def test_a_foreign_scheme(dataset: Path) -> None:
    change_manifest(dataset, scheme=99)
    (finding,) = check(dataset).findings
    assert finding.kind is Kind.SCHEMA
    assert "scheme 99" in finding.what


def test_hashes_that_lie(dataset: Path) -> None:
    change_manifest(dataset, version="0" * 64)
    assert [finding.where for finding in found(check(dataset), Kind.VERSION)] == ["dataset.json"]
    with (dataset / "records.conll").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert [finding.where for finding in found(check(dataset), Kind.HASH)] == ["records.conll"]


def test_counts_that_lie(dataset: Path) -> None:
    change_manifest(dataset, attributions=1)
    (finding,) = check(dataset).findings
    assert (finding.kind, finding.where) == (Kind.COUNT, "dataset.json")


def test_files_too_few_and_too_many(dataset: Path) -> None:
    (dataset / "records.conll").unlink()
    (dataset / "brat" / "left.ann").write_text("", encoding="utf-8")
    (dataset / "notes.txt").write_text("the maker's own", encoding="utf-8")
    done = check(dataset)
    assert [finding.where for finding in found(done, Kind.INCOMPLETE)] == ["records.conll"]
    assert [finding.where for finding in found(done, Kind.STRAY)] == ["brat/left.ann"]


def test_an_interrupted_export(dataset: Path) -> None:
    (dataset / "SHA256SUMS").unlink()
    (finding,) = check(dataset).findings
    assert (finding.kind, finding.where) == (Kind.INCOMPLETE, "SHA256SUMS")


def test_formats_that_disagree(dataset: Path, tmp_path: Path) -> None:
    fewer = released(tmp_path / "fewer", [sample_record()], Choices(list(FORMATS), Texts.ALL))
    shutil.copy(fewer / "records.conll", dataset / "records.conll")
    resum(dataset)
    (finding,) = check(dataset).findings
    assert (finding.kind, finding.where) == (Kind.FORMAT, "records.conll")


def test_a_text_without_a_licence(tmp_path: Path) -> None:
    folder = released(tmp_path / "dataset", [sample_record()])
    change_manifest(folder, text="licensed")
    (finding,) = check(folder).findings
    assert finding.kind is Kind.LICENCE
    assert "carries its text, and it has no licence" in finding.what
    change_manifest(folder, text="none")
    assert [finding.kind for finding in check(folder).findings] == [Kind.LICENCE]


def test_the_index_says_something_else(dataset: Path) -> None:
    change(dataset, lambda row: row.update(licence="CC0-1.0"), "articles.jsonl")
    (finding,) = check(dataset).findings
    assert finding.kind is Kind.INDEX
    assert "licence is 'CC0-1.0' there and None in records.jsonl:1" in finding.what


def test_a_story_an_article_and_a_quote_across_splits(tmp_path: Path) -> None:
    quote: dict[str, Any] = {"quote": [(0, LONG.index("”") + 1)], "cue": [(len(LONG) - 5, len(LONG) - 1)]}
    one = article("one", LONG, quote)
    padding = "Snow fell in the hills on Tuesday and the roads to the north were closed. "
    two = article(
        "two",
        padding + LONG,
        {role: [(start + len(padding), end + len(padding)) for start, end in spans] for role, spans in quote.items()},
    )
    choices = Choices(["jsonl"], Texts.ALL, spread(one="train", two="test"))
    folder = released(tmp_path / "dataset", [one, two], choices)
    (finding,) = check(folder).findings
    assert finding.kind is Kind.LEAK
    assert "share a quote" in finding.what or "near-duplicates" in finding.what

    change(folder, lambda row: row.update(story="story-one"), "articles.jsonl", line=1)
    assert any(
        "story story-one crosses splits: one in train and two in test" in one.what for one in check(folder).findings
    )

    copy = one.model_copy(update={"id": "copy"})
    choices = Choices(["jsonl"], Texts.ALL, spread(one="train", copy="dev"))
    folder = released(tmp_path / "copies", [copy, one], choices)
    told = [finding.what for finding in found(check(folder), Kind.LEAK)]
    assert any(one.sha256 in what and "crosses splits" in what for what in told)


def test_all_problems_are_listed_and_many_of_a_kind_are_counted(tmp_path: Path) -> None:
    records = [article(f"a{number:02}", f"Text {number}.") for number in range(30)]
    folder = released(tmp_path / "dataset", records, Choices(["jsonl"], Texts.ALL))
    (folder / "records.jsonl").write_text("{}\n" * 30, encoding="utf-8")
    resum(folder)
    result = CliRunner().invoke(root, ["check", str(folder)])
    assert result.exit_code == 3
    assert result.stderr.count("record: records.jsonl:") == 20
    assert "record: 10 more" in result.stderr
    document = json.loads(CliRunner().invoke(root, ["check", str(folder), "--json"]).stdout)
    assert document["problems"]["record"] == 30
    assert len(document["findings"]) == 20


def test_what_is_no_dataset(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"is no dataset: it holds no dataset\.json"):
        check(tmp_path)
    (tmp_path / "dataset.json").write_text("[]", encoding="utf-8")
    with pytest.raises(DatasetError, match="is no manifest of a dataset"):
        check(tmp_path)
