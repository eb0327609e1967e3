"""`annotate check`: each kind of damage is found where it is, and what is whole is not found fault with."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given

from annotate.contracts import contract_path
from annotate.dataset.checking.rows import read_row
from annotate.dataset.export import MANIFEST, SUMS
from annotate.dataset.formats import FORMATS
from annotate.dataset.index import INDEX
from annotate.dataset.rights import Texts
from annotate.dataset.splitting import SPLITS
from annotate.record import Record
from tests.dataset.damage import (
    CLOSED,
    FREE,
    Row,
    change_manifest,
    change_rows,
    command,
    news,
    release,
    sealed,
)
from tests.dataset.test_grouping import SPEECH, article
from tests.records import records, sample_record

ROWS = "train/records.jsonl"


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a release in splits, in every format, which no test may change."""
    folder = tmp_path_factory.mktemp("whole") / "release"
    release(folder)
    return folder


@pytest.fixture
def dataset(whole: Path, tmp_path: Path) -> Path:
    """Return a copy to be damaged."""
    return Path(shutil.copytree(whole, tmp_path / "release"))


def found(folder: Path, *arguments: str) -> list[str]:
    """Check a damaged release and return its lines."""
    code, out, err = command("check", str(folder), *arguments)
    assert code == 3, (out, err)
    lines = out.splitlines()
    assert lines
    assert all(line.endswith(")") or line.startswith("and ") for line in lines)  # each says how to mend it
    return lines


def articles_file(folder: Path) -> Path:
    path = folder / "articles-of-mine.jsonl"
    rows = ({"id": record.id, "text": record.text} for record in news())
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


# -- what is whole -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("texts", [Texts.LICENSED, Texts.ALL, Texts.NONE])
@pytest.mark.parametrize("split", [False, True])
def test_a_release_as_it_was_written_passes(tmp_path: Path, split: bool, texts: Texts) -> None:
    summary = release(tmp_path / "out", split=split, texts=texts)
    code, out, err = command("check", str(tmp_path / "out"))
    assert (code, out) == (
        0,
        f"Nothing is wrong with {tmp_path / 'out'}: {summary.records} articles, {summary.attributions} attributions"
        f" (version {summary.version[:12]}).\n",
    )
    unseen = split * {Texts.LICENSED: 6, Texts.ALL: 0, Texts.NONE: 18}[texts]
    assert err == (
        f"note: {unseen} of 18 articles go without their texts: they were compared with the others by id, hash and"
        " story alone (give their texts with --articles)\n"
        if unseen
        else ""
    )


@pytest.mark.parametrize("name", list(FORMATS))
def test_so_does_one_in_a_single_format(tmp_path: Path, name: str) -> None:
    release(tmp_path / "out", formats=[name])
    code, out, err = command("check", str(tmp_path / "out"))
    assert (code, out.startswith("Nothing is wrong")) == (0, True)
    assert ("version, labels and licences were not checked" in err) is (name not in ("jsonl", "parquet"))


def test_an_empty_release_passes(tmp_path: Path) -> None:
    release(tmp_path / "out", split=False, records=[sample_record()], texts=Texts.ALL)
    assert command("check", str(tmp_path / "out"))[0] == 0


def test_the_result_is_one_json_document(dataset: Path) -> None:
    code, out, _ = command("check", str(dataset), "--json")
    result = json.loads(out)
    assert (code, result["problems"], result["records"]) == (0, [], 18)
    (dataset / "stray.txt").write_text("x", encoding="utf-8")
    code, out, _ = command("check", str(dataset), "--json")
    (problem,) = json.loads(out)["problems"]
    assert code == 3
    assert problem == {
        "kind": "file",
        "where": "stray.txt",
        "what": f"is not listed in {SUMS}",
        "mend": "remove it, or name it with --besides if it is your own",
    }


def test_what_is_no_dataset_is_wrong_usage(tmp_path: Path) -> None:
    code, out, err = command("check", str(tmp_path))
    assert (code, out) == (2, "")
    assert err.splitlines()[-1] == (f"Error: {tmp_path}: holds no dataset (name the folder that annotate export wrote)")
    assert command("check", str(tmp_path / "nowhere"))[0] == 2


# -- files -------------------------------------------------------------------------------------------------------------


def test_a_stray_file_is_found_and_ones_own_can_be_named(dataset: Path) -> None:
    (dataset / "train" / "brat" / "left.ann").write_text("", encoding="utf-8")
    (dataset / "notes").mkdir()
    (dataset / "notes" / "mine.md").write_text("", encoding="utf-8")
    mend = "(remove it, or name it with --besides if it is your own)"
    assert found(dataset) == [
        f"notes/mine.md: is not listed in {SUMS} {mend}",
        f"train/brat/left.ann: is not listed in {SUMS} {mend}",
    ]
    assert found(dataset, "--besides", "notes")[0].startswith("train/brat/left.ann")
    assert command("check", str(dataset), "--besides", "notes/", "--besides", "train/brat/left.ann")[0] == 0


def test_a_missing_file_is_found(dataset: Path) -> None:
    (dataset / "train" / "records.conll").unlink()
    lines = found(dataset)
    assert lines[0].startswith("train/records.conll: is missing (")
    assert any(line.startswith("train/records.conll: is named by dataset.json, and missing") for line in lines)
    assert any(line.startswith("train/records.conll: cannot be read to its end") for line in lines)


def test_a_changed_file_is_found(dataset: Path) -> None:
    (dataset / "README.md").write_text("# Mine\n", encoding="utf-8")
    assert found(dataset) == [
        f"README.md: is not the file that was written: its SHA-256 is not that of {SUMS} (fetch the dataset again, or"
        " export it again)"
    ]


def test_sums_that_lie_are_found(dataset: Path) -> None:
    lines = (dataset / SUMS).read_text(encoding="utf-8").splitlines()
    lines[0] = "0" * 64 + lines[0][64:]
    lines.append("no hash")
    lines.append("0" * 64 + "  ../outside.txt")
    (dataset / SUMS).write_text("\n".join(lines) + "\n", encoding="utf-8")
    told = found(dataset)
    assert told[0].startswith(f"{SUMS}:{len(lines) - 1}: is no hash and file name")
    assert any("'../outside.txt', which leads out of the folder" in line for line in told)
    assert any(line.startswith(f"{lines[0][66:]}: is not the file that was written") for line in told)


def test_a_folder_without_sums_is_incomplete(dataset: Path) -> None:
    (dataset / SUMS).unlink()
    assert found(dataset) == [
        f"{SUMS}: is missing, so that nobody can tell whether the dataset is whole (fetch the dataset again, or export"
        " it again)"
    ]


@pytest.mark.parametrize("cut", [0.3, 0.999])
def test_json_lines_cut_in_the_middle(dataset: Path, cut: float) -> None:
    path = dataset / ROWS
    content = path.read_bytes()
    with sealed(dataset):
        path.write_bytes(content[: int(len(content) * cut)])
    lines = found(dataset)
    number = path.read_bytes().count(b"\n") + 1
    assert any(line.startswith(f"{ROWS}:{number}: the line does not end: the file is cut short") for line in lines)
    assert any(line.startswith(f"{MANIFEST}: records is 18, and its rows make ") for line in lines)
    assert any(" has no row in " in line for line in lines)


def test_parquet_cut_in_the_middle(dataset: Path) -> None:
    shard = dataset / "train" / "data" / "part-00000.parquet"
    content = shard.read_bytes()
    with sealed(dataset):
        shard.write_bytes(content[: len(content) // 2])
    lines = found(dataset)
    assert any(line.startswith("train/data/part-00000.parquet: is cut short, damaged, or no Parquet") for line in lines)
    assert any(line.startswith("train/data: cannot be read to its end") for line in lines)
    # Without rows in JSON Lines, the others are counted as they are.
    alone = dataset.parent / "alone"
    release(alone, formats=["parquet"])
    with sealed(alone):
        shutil.copyfile(shard, alone / "train" / "data" / "part-00000.parquet")
    lines = found(alone)
    assert any(line.startswith("train/data/part-00000.parquet: is cut short, damaged, or no Parquet") for line in lines)
    assert any(line.startswith(f"{MANIFEST}: records is 18") for line in lines)


# -- manifest and versions ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"version": "0" * 64}, f"version is {'0' * 64!r}, and its rows make "),
        ({"records": 17}, "records is 17, and its rows make 18"),
        ({"attributions": 1}, "attributions is 1, and its rows make "),
        ({"splits": {"train": 18}}, "splits is {'train': 18}, and its rows make "),
        ({"text": "some"}, "text is 'some', not one of "),
        ({"scheme": 99}, "is of scheme 99, and this program knows scheme 1 (use the version of"),
    ],
)
def test_a_manifest_that_lies(dataset: Path, changes: Row, line: str) -> None:
    with sealed(dataset):
        change_manifest(dataset, **changes)
    assert found(dataset)[0].startswith(f"{MANIFEST}: {line}")


@pytest.mark.parametrize("content", ["{", "[]", '{"files": 3}', ""])
def test_a_manifest_that_is_none(dataset: Path, content: str) -> None:
    with sealed(dataset):
        (dataset / MANIFEST).write_text(content, encoding="utf-8")
    assert found(dataset) == [f"{MANIFEST}: is no manifest of a dataset (fetch the dataset again, or export it again)"]


def test_a_manifest_that_leads_out_of_the_folder(dataset: Path) -> None:
    with sealed(dataset):
        files = json.loads((dataset / MANIFEST).read_text(encoding="utf-8"))["files"]
        change_manifest(dataset, files=[*files, "../elsewhere", 3])
    lines = found(dataset)
    assert lines[0].startswith(f"{MANIFEST}: files: '../elsewhere' leads out of the folder")
    assert lines[1].startswith(f"{MANIFEST}: files: is no file name")


def test_a_row_of_another_scheme(dataset: Path) -> None:
    with sealed(dataset):
        change_rows(dataset / ROWS, lambda row: row["provenance"].update(scheme=2))
    assert any(line.startswith(f"{ROWS}:1: is of scheme 2, and this program knows scheme 1") for line in found(dataset))


# -- rows --------------------------------------------------------------------------------------------------------------


def _first(row: Row) -> Row:
    return dict.__getitem__(row, "attributions")[0]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda row: _first(row).update(quote=[[5, 5]]), "span [5, 5] does not lie in the text"),
        (lambda row: _first(row).update(quote=[[0, 99999]]), "span [0, 99999] does not lie in the text of "),
        (lambda row: _first(row).update(quote=[["0", 9]]), "attributions.0.quote.0.0: Input should be a valid integer"),
        (lambda row: _first(row).update(cue_class="shouting"), "attributions.0.cue_class: Input should be 'neutral'"),
        (lambda row: _first(row).update(shade="red"), "attributions.0.shade: Extra inputs are not permitted"),
        (lambda row: row.update(disputes=[["q1", "gone"]]), "disputes: unknown attribution 'gone'"),
        (
            lambda row: row.update(verifications=[{"id": "v", "span": [0, 1], "kind": None, "about": ["gone"]}]),
            "verification v: about unknown attribution 'gone'",
        ),
        (lambda row: _first(row)["speaker"].update(id="p99"), "unknown speaker 'p99'"),
        (lambda row: _first(row)["speaker"].update(name="Nobody"), "its speaker 'p1' has another name in speakers"),
        (lambda row: _first(row).update(directness="via_chain"), "directness via_chain is not what follows"),
        (lambda row: row.update(sha256="0" * 64), "sha256 is not that of the text"),
        (lambda row: row.update(text=row["text"] + "!"), "sha256 is not that of the text"),
        (
            lambda row: row["unlinked"].update(
                regions=[{"id": "u", "label": "Cue", "span": [0, 1], "attributes": {"cue_class": "odd", "x": "y"}}]
            ),
            "unlinked region u: unknown attribute 'x'",
        ),
        (lambda row: row.pop("attributions"), ""),
    ],
)
def test_a_row_that_breaks_the_scheme(dataset: Path, change: Callable[[Row], object], line: str) -> None:
    rows = [json.loads(each) for each in (dataset / ROWS).read_text(encoding="utf-8").splitlines()]
    number, shown = next(
        (number, row)
        for number, row in enumerate(rows, start=1)
        if row["text"] and (_first(row)["speaker"] or {}).get("id") == "p1"
    )
    with sealed(dataset):
        change_rows(dataset / ROWS, change, of=shown["id"])
    lines = found(dataset)
    if line:
        assert any(each.startswith(f"{ROWS}:{number}: ") and line in each for each in lines), lines
    assert any(each.startswith(f"{MANIFEST}: ") for each in lines)
    assert any(each.startswith("train/data: ") for each in lines)  # the other formats say otherwise


def test_all_that_is_wrong_is_told_and_none_hides_behind_the_first(dataset: Path) -> None:
    def spoil(row: Row) -> None:
        row["attributions"] = [{**item, "quote": [[3, 2]], "cue": [[9, 9]]} for item in row["attributions"]]
        row["disputes"] = [["gone", "away"]]

    with sealed(dataset):
        name = change_rows(dataset / ROWS, spoil)
    lines = [line for line in found(dataset) if line.startswith(f"{ROWS}:1: ")]
    spoilt = json.loads((dataset / ROWS).read_text(encoding="utf-8").splitlines()[0])
    assert spoilt["id"] == name
    for item in spoilt["attributions"]:
        for role in ("quote", "cue"):
            assert any(f"attribution {item['id']}: {role}: span" in line for line in lines)
    assert sum("disputes: unknown attribution" in line for line in lines) == 2


def test_of_many_problems_of_a_kind_twenty_are_listed_and_all_counted(dataset: Path) -> None:
    for number in range(50):
        (dataset / f"stray-{number:02}.txt").write_text("", encoding="utf-8")
    lines = found(dataset)
    assert len(lines) == 21
    assert lines[-1] == "and 30 more problems of kind file"
    _, out, _ = command("check", str(dataset), "--json")
    assert json.loads(out)["counts"] == {"file": 50}


def test_no_control_character_reaches_the_terminal(dataset: Path) -> None:
    with sealed(dataset):
        change_rows(dataset / ROWS, lambda row: row.update(id="\x1b[2Jred", disputes=[["\x1b[31m", "x"]]))
    assert all(character.isprintable() for line in found(dataset) for character in line)


@given(record=records())
def test_rows_are_judged_as_a_validator_of_the_published_schema_does(record: Record) -> None:
    schema = json.loads(contract_path("record.schema.json").read_text(encoding="utf-8"))
    row = json.loads(record.to_json())
    jsonschema.validate(row, schema)
    assert read_row(json.dumps(row).encode(), "row").problems == ()
    for name, value in (("sha256", 3), ("text", 1), ("quality", "fine"), ("speakers", {}), ("extra", None)):
        broken = {**row, name: value}
        assert not jsonschema.Draft202012Validator(schema).is_valid(broken)
        assert read_row(json.dumps(broken).encode(), "row").problems


# -- index, licences, formats ------------------------------------------------------------------------------------------


def test_an_index_that_does_not_go_with_the_rows(dataset: Path) -> None:
    rows = [json.loads(line) for line in (dataset / INDEX).read_text(encoding="utf-8").splitlines()]
    one, other, third = [row["id"] for row in rows if row["split"] == "train"][:3]
    with sealed(dataset):
        change_rows(dataset / INDEX, lambda row: row.update(sha256="0" * 64, licence="MIT"), of=one)
        change_rows(dataset / INDEX, lambda row: row.update(id="renamed"), of=other)
        change_rows(dataset / INDEX, lambda row: row.pop("story"), of=third)
    lines = "\n".join(found(dataset))
    assert f"article {one}: sha256 is " in lines
    assert f"article {one}: licence is " in lines
    assert f"article {other}: is not in {INDEX}" in lines
    assert f"{INDEX}: article renamed has no row in records.jsonl" in lines
    assert "is no article of an index" in lines


def test_a_text_that_its_licence_does_not_let_be_shown(dataset: Path) -> None:
    texts = {record.id: record.text for record in news()}
    rows = [json.loads(line) for line in (dataset / ROWS).read_text(encoding="utf-8").splitlines()]
    closed = next(row["id"] for row in rows if row["text"] is None)
    free = next(row["id"] for row in rows if row["text"] is not None)
    with sealed(dataset):
        change_rows(dataset / ROWS, lambda row: row.update(text=texts[closed]), of=closed)
        change_rows(dataset / ROWS, lambda row: row.update(text=None), of=free)
    lines = "\n".join(found(dataset))
    assert (
        f"article {closed}: its text is shown, and its licence ({CLOSED}) does not let it be passed on (take the text"
        " out, or export again)"
    ) in lines
    assert f"article {closed}: whether its text is there is True here and False in {INDEX}" in lines
    assert f"article {free}: goes without its text, which its licence ({FREE}) lets be passed on" in lines


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        (lambda row: row["meta"].update(summary="What it says."), "meta"),
        (lambda row: row["speakers"][0].update(aliases=["the one who said so"]), "speakers"),
    ],
)
def test_a_row_without_its_text_that_tells_of_it(dataset: Path, change: Callable[[Row], object], fields: str) -> None:
    rows = [json.loads(line) for line in (dataset / ROWS).read_text(encoding="utf-8").splitlines()]
    closed = next(row["id"] for row in rows if row["text"] is None and row["speakers"])
    with sealed(dataset):
        change_rows(dataset / ROWS, change, of=closed)
    told = f"article {closed}: goes without its text, and holds words of it or running text in {fields} (take them out"
    assert any(told in line for line in found(dataset))


@pytest.mark.parametrize(("texts", "word"), [(Texts.NONE, "shown"), (Texts.ALL, "missing")])
def test_texts_that_the_manifest_denies(dataset: Path, texts: Texts, word: str) -> None:
    with sealed(dataset):
        change_manifest(dataset, text=str(texts))
    assert any(f"its text is {word}, and {MANIFEST} says text: {texts}" in line for line in found(dataset))


def test_formats_that_disagree(dataset: Path) -> None:
    path = dataset / "train" / "data" / "part-00000.parquet"
    rows = pq.read_table(path)
    with sealed(dataset):
        pq.write_table(rows.slice(1), path)
        index = dataset / "train" / "brat" / "articles.jsonl"
        lines = index.read_text(encoding="utf-8").splitlines()
        index.write_text("".join(f"{line}\n" for line in [*lines[1:], lines[-1]]), encoding="utf-8")
        conll = dataset / "train" / "records.conll"
        conll.write_text(conll.read_text(encoding="utf-8").replace("\tB-Cue", "\tO", 1), encoding="utf-8")
        flat = dataset / "train" / "attributions" / "part-00000.parquet"
        table = pq.read_table(flat)
        pq.write_table(table.slice(0, table.num_rows - 1), flat)
    lines = found(dataset)
    told = "\n".join(lines)
    assert f"train/data: article {rows['id'][0].as_py()} of {ROWS} is missing" in told
    assert f"train/data: holds {rows.num_rows - 1} articles, and {ROWS} {rows.num_rows} for it" in told
    assert re.search(r"^train/brat: article \w+ stands there 2 times", told, re.MULTILINE)
    assert re.search(rf"^train/brat: article \w+ of {ROWS} is missing", told, re.MULTILINE)
    assert re.search(rf"^train/records\.conll: article \w+ is not what it is in {ROWS}", told, re.MULTILINE)
    assert any(line.startswith(f"train/attributions, row {table.num_rows}: is not the attribution") for line in lines)


def test_parquet_with_foreign_columns(dataset: Path) -> None:
    path = dataset / "train" / "data" / "part-00000.parquet"
    with sealed(dataset):
        pq.write_table(pa.table({"id": ["a"], "words": ["b"]}), path)
    assert any(line.startswith("train/data/part-00000.parquet, row 1: has not the columns") for line in found(dataset))


# -- leaks -------------------------------------------------------------------------------------------------------------


def move(folder: Path, article: str, split: str) -> None:
    """Move an article to another split, in rows and index, keeping its story."""
    source = split_of(folder, article)
    rows = (folder / source / "records.jsonl").read_text(encoding="utf-8").splitlines()
    (moved,) = (line for line in rows if json.loads(line)["id"] == article)
    rows.remove(moved)
    (folder / source / "records.jsonl").write_text("".join(f"{line}\n" for line in rows), encoding="utf-8")
    with (folder / split / "records.jsonl").open("a", encoding="utf-8") as file:
        file.write(f"{moved}\n")
    change_rows(folder / INDEX, lambda row: row.update(split=split), of=article)


def split_of(folder: Path, article: str) -> str:
    rows = map(json.loads, (folder / INDEX).read_text(encoding="utf-8").splitlines())
    return next(str(row["split"]) for row in rows if row["id"] == article)


def stories_of(folder: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in (folder / INDEX).read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["split"] == "train":
            found.setdefault(row["story"], []).append(row["id"])
    return found


@pytest.fixture
def jsonl(tmp_path: Path) -> Path:
    folder = tmp_path / "jsonl"
    release(folder, formats=["jsonl"], texts=Texts.ALL)
    return folder


def test_a_story_in_two_splits(jsonl: Path) -> None:
    story, members = next((name, ids) for name, ids in stories_of(jsonl).items() if len(ids) > 1)
    with sealed(jsonl):
        move(jsonl, members[0], "test")
    lines = found(jsonl)
    told = {f"in test ({members[0]})", f"in train ({', '.join(members[1:])})"}
    (line,) = (line for line in lines if line.startswith(f"{INDEX}: story {story} stands "))
    assert all(place in line for place in told)
    assert line.endswith("(do not measure on these splits; export again from the store)")
    # The texts themselves show it too, whatever the index calls their stories.
    assert any(members[0] in line and "and stand in" in line for line in lines)


def test_a_story_in_two_splits_shows_without_texts_too(tmp_path: Path) -> None:
    folder = tmp_path / "none"
    release(folder, formats=["jsonl"], texts=Texts.NONE)
    story, members = next((name, ids) for name, ids in stories_of(folder).items() if len(ids) > 1)
    with sealed(folder):
        move(folder, members[0], "test")
        change_rows(folder / INDEX, lambda row: row.update(story="another"), of=members[0])
    # The index calls it another story now: only the texts can tell.
    before = found(folder)
    assert not any("stand in" in line for line in before)
    after = found(folder, "--articles", str(articles_file(tmp_path)))
    assert any(members[0] in line and "and stand in" in line for line in after)
    with sealed(folder):
        change_rows(folder / INDEX, lambda row: row.update(story=story), of=members[0])
    assert any(line.startswith(f"{INDEX}: story {story} stands ") for line in found(folder))


def test_a_long_quote_in_two_splits(tmp_path: Path) -> None:
    folder = tmp_path / "quote"
    quoting = [article(name, SPEECH) for name in ("one", "two")]
    release(folder, formats=["jsonl"], texts=Texts.ALL, records=[*map(article, ("four", "six", "three")), *quoting])
    assert command("check", str(folder))[0] == 0
    source = split_of(folder, "one")
    assert split_of(folder, "two") == source
    with sealed(folder):
        move(folder, "one", next(split for split in SPLITS if split != source))
        change_rows(folder / INDEX, lambda row: row.update(story="another"), of="one")
    assert any(re.search(r"(one and two|two and one) share a quote of \d+ words \(at ", line) for line in found(folder))


def test_one_article_in_two_splits(jsonl: Path) -> None:
    row = json.loads((jsonl / ROWS).read_text(encoding="utf-8").splitlines()[0])
    twin = {**row, "id": "zz-twin"}
    index = next(
        json.loads(line)
        for line in (jsonl / INDEX).read_text(encoding="utf-8").splitlines()
        if json.loads(line)["id"] == row["id"]
    )
    with sealed(jsonl):
        with (jsonl / "test" / "records.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(twin, ensure_ascii=False) + "\n")
        with (jsonl / INDEX).open("a", encoding="utf-8") as file:
            file.write(json.dumps({**index, "id": "zz-twin", "split": "test", "story": "own"}) + "\n")
    lines = found(jsonl)
    assert any(line.startswith(f"{INDEX}: one text, of sha256 {row['sha256']}, stands ") for line in lines)
    assert any("are one text, and stand in" in line for line in lines)


# -- texts that are given ----------------------------------------------------------------------------------------------


def test_rows_without_texts_are_held_against_texts_that_are_given(tmp_path: Path) -> None:
    folder = tmp_path / "none"
    release(folder, texts=Texts.NONE, formats=["jsonl"])
    given = articles_file(tmp_path)
    code, out, err = command("check", str(folder), "--articles", str(given))
    assert (code, err) == (0, "")
    assert out.startswith("Nothing is wrong")
    with sealed(folder):
        name = change_rows(folder / ROWS, lambda row: row["attributions"][0].update(quote=[[0, 99999]]))
    assert any(
        line.startswith(f"article {name}: does not fit its text: attribution ") and "[0, 99999]" in line
        for line in found(folder, "--articles", str(given))
    )


def test_what_no_text_is_given_for_is_noted(tmp_path: Path) -> None:
    folder = tmp_path / "none"
    release(folder, texts=Texts.NONE, formats=["jsonl"])
    given = tmp_path / "some.jsonl"
    first, second, *_ = news()
    given.write_text(
        json.dumps({"id": first.id, "text": first.text}) + "\n" + json.dumps({"id": second.id, "text": "New."}) + "\n",
        encoding="utf-8",
    )
    code, _, err = command("check", str(folder), "--articles", str(given))
    assert code == 0
    assert f"note: article {second.id}: its text is not the one that was annotated (sha256 " in err
    assert err.count("its text was not found") == 16
    assert "17 of 18 articles go without their texts" in err
