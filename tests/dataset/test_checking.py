"""`annotate check`: every promised problem is found where it was planted, and nothing where nothing is wrong."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from annotate.cli.main import main
from annotate.dataset.checking import NoDataset, Report, check
from annotate.dataset.checking.problems import Kind, Problem
from annotate.dataset.export import Choices, export
from annotate.dataset.formats import FORMATS
from annotate.dataset.rights import Texts
from annotate.dataset.splitting import Placement, Plan
from annotate.dataset.spool import Spool
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


def found(done: Report, kind: Kind) -> list[Problem]:
    return [finding for finding in done.findings.problems if finding.kind is kind]


def run(*arguments: object, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["check", *map(str, arguments)])
    assert isinstance(ended.value.code, int)
    return ended.value.code, *capsys.readouterr()


def test_an_undamaged_dataset_of_every_format_is_clean(dataset: Path) -> None:
    done = check(dataset)
    assert not done.findings.problems
    assert done.records == 2
    assert not done.notes


@pytest.mark.parametrize("texts", list(Texts)[:3])
def test_so_is_one_in_splits_with_and_without_texts(tmp_path: Path, texts: Texts) -> None:
    records = [
        sample_record().model_copy(update={"meta": Meta(licence="CC-BY-4.0")}),
        article("other", "Nobody was hurt, she said.", {"quote": [(0, 15)], "cue": [(21, 25)]}),
    ]
    choices = Choices(["jsonl", "parquet"], texts, spread(sample="train", other="test"))
    done = check(released(tmp_path / "dataset", records, choices))
    assert not done.findings.problems
    assert any("without their texts" in note for note in done.notes) == (texts is not Texts.ALL)


def test_the_sample_that_is_shipped_is_clean(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(SAMPLE, "--besides", "source", capsys=capsys)
    assert (code, err) == (0, "")
    assert str(SAMPLE) in out


def test_a_broken_offset_is_told_with_its_line(dataset: Path) -> None:
    def break_it(row: dict[str, Any]) -> None:
        row["attributions"][0]["quote"] = [[0, 10**6]]

    change(dataset, break_it, line=1)
    (finding,) = found(check(dataset), Kind.ROW)
    assert finding.where == "records.jsonl:2"
    assert "span [0, 1000000] does not lie in the text" in finding.what


@pytest.mark.parametrize(
    ("edit", "kind", "told"),
    [
        (lambda row: row["attributions"][0].update(cue_class="shouted"), Kind.ROW, "cue_class"),
        (
            lambda row: row["disputes"].append([row["attributions"][0]["id"], "nothing"]),
            Kind.ROW,
            "unknown attribution 'nothing'",
        ),
        (lambda row: row.update(sha256="0" * 64), Kind.ROW, "sha256 is not that of the text"),
        (lambda row: row["attributions"][0].update(quote_type="mixed"), Kind.ROW, "quote_type mixed"),
        (lambda row: row["attributions"][0].update(directness="via_chain"), Kind.ROW, "directness via_chain"),
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


@pytest.mark.parametrize("name", ["records.jsonl", "data/part-00000.parquet"])
def test_a_shard_cut_in_the_middle(dataset: Path, name: str) -> None:
    path = dataset / name
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    done = check(dataset)
    assert [finding.where for finding in found(done, Kind.FILE)] == [name]
    assert any(finding.where.startswith(name) for finding in found(done, Kind.ROW))


def test_a_foreign_scheme(dataset: Path) -> None:
    change_manifest(dataset, scheme=99)
    (finding,) = found(check(dataset), Kind.SCHEME)
    assert "scheme 99" in finding.what


def test_hashes_that_lie(dataset: Path) -> None:
    change_manifest(dataset, version="0" * 64)
    assert [finding.where for finding in found(check(dataset), Kind.MANIFEST)] == ["dataset.json"]
    with (dataset / "records.conll").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert [finding.where for finding in found(check(dataset), Kind.FILE)] == ["records.conll"]


def test_counts_that_lie(dataset: Path) -> None:
    change_manifest(dataset, attributions=1)
    (finding,) = check(dataset).findings.problems
    assert (finding.kind, finding.where) == (Kind.MANIFEST, "dataset.json")


def test_files_too_few_and_too_many(dataset: Path) -> None:
    (dataset / "records.conll").unlink()
    (dataset / "brat" / "left.ann").write_text("", encoding="utf-8")
    (dataset / "notes.txt").write_text("the maker's own", encoding="utf-8")
    done = check(dataset)
    places = [finding.where for finding in found(done, Kind.FILE)]
    assert sorted(set(places)) == ["brat/left.ann", "notes.txt", "records.conll"]
    places = [finding.where for finding in found(check(dataset, besides=["notes.txt"]), Kind.FILE)]
    assert sorted(set(places)) == ["brat/left.ann", "records.conll"]


def test_an_interrupted_export(dataset: Path) -> None:
    (dataset / "SHA256SUMS").unlink()
    (finding,) = check(dataset).findings.problems
    assert (finding.kind, finding.where) == (Kind.FILE, "SHA256SUMS")


def test_formats_that_disagree(dataset: Path, tmp_path: Path) -> None:
    fewer = released(tmp_path / "fewer", [sample_record()], Choices(list(FORMATS), Texts.ALL))
    shutil.copy(fewer / "records.conll", dataset / "records.conll")
    resum(dataset)
    findings = check(dataset).findings.problems
    assert {(finding.kind, finding.where) for finding in findings} == {(Kind.FORMAT, "records.conll")}
    assert any("article other of records.jsonl is missing" in finding.what for finding in findings)


def test_a_text_without_a_licence(tmp_path: Path) -> None:
    folder = released(tmp_path / "dataset", [sample_record()])
    for said, told in (("licensed", "its licence (none) does not let it be passed on"), ("none", "says text: none")):
        change_manifest(folder, text=said)
        findings = check(folder).findings.problems
        assert {finding.kind for finding in findings} == {Kind.LICENCE}
        assert all(told in finding.what for finding in findings)


def test_the_index_says_something_else(dataset: Path) -> None:
    change(dataset, lambda row: row.update(licence="CC0-1.0"), "articles.jsonl")
    findings = check(dataset).findings.problems
    assert {finding.kind for finding in findings} == {Kind.INDEX}
    assert all("licence is None here and 'CC0-1.0' in articles.jsonl" in finding.what for finding in findings)


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
    (finding,) = check(folder).findings.problems
    assert finding.kind is Kind.LEAK
    assert "share a quote" in str(finding) or "near-duplicates" in str(finding)

    change(folder, lambda row: row.update(story="story-one"), "articles.jsonl", line=1)
    told = [str(finding) for finding in found(check(folder), Kind.LEAK)]
    assert any("story-one" in line and "one" in line and "train" in line and "test" in line for line in told)

    copy = one.model_copy(update={"id": "copy"})
    choices = Choices(["jsonl"], Texts.ALL, spread(one="train", copy="dev"))
    folder = released(tmp_path / "copies", [copy, one], choices)
    told = [finding.what for finding in found(check(folder), Kind.LEAK)]
    assert any("one" in what and "copy" in what for what in told)


def test_all_problems_are_listed_and_many_of_a_kind_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = [article(f"a{number:02}", f"Text {number}.") for number in range(30)]
    folder = released(tmp_path / "dataset", records, Choices(["jsonl"], Texts.ALL))
    change_line = '{"id": "a", "text": null}\n'
    (folder / "records.jsonl").write_text(change_line * 30, encoding="utf-8")
    resum(folder)
    code, out, _ = run(folder, capsys=capsys)
    assert code == 3
    assert out.count("\nrecords.jsonl:") + out.startswith("records.jsonl:") == 20
    code, out, _ = run(folder, "--json", capsys=capsys)
    assert code == 3
    assert json.loads(out)


def test_what_is_no_dataset(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NoDataset, match="holds no dataset"):
        check(tmp_path)
    code, _, err = run(tmp_path, capsys=capsys)
    assert (code, "holds no dataset" in err) == (2, True)
    (tmp_path / "dataset.json").write_text("[]", encoding="utf-8")
    code, out, _ = run(tmp_path, capsys=capsys)
    assert (code, "is no manifest of a dataset" in out) == (3, True)
