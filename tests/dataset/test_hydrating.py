"""`annotate hydrate`: texts come back by their hashes, whole or not at all, and leave nothing stale behind."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from annotate.dataset.describing.changelog import CHANGELOG, Changelog
from annotate.dataset.describing.companions import describing
from annotate.dataset.export import MANIFEST, Choices
from annotate.dataset.export import export as write
from annotate.dataset.formats import FORMATS
from annotate.dataset.index import INDEX
from annotate.dataset.rights import Texts
from annotate.dataset.staging import SUMS
from annotate.record import Record
from annotate.store import Store
from tests.dataset.damage import FREE, by_story, change_manifest, change_rows, command, news, release, seal
from tests.dataset.damage import sealed as sealed_again
from tests.dataset.releases import Account, article
from tests.records import article_of


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """Return a folder with the articles in several files of several kinds, one of them with carriage returns."""
    folder = tmp_path / "articles"
    folder.mkdir()
    records = list(news())
    for number, record in enumerate(records[:4]):
        text = record.text or ""
        (folder / f"{number}.txt").write_bytes(text.replace("\n", "\r\n").encode())
    rows = ({"id": record.id, "text": record.text} for record in records[4:])
    (folder / "rest.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (folder / "others.jsonl").write_text('{"id": "unknown", "text": "Of no dataset."}\n', encoding="utf-8")
    return folder


def content_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def rows_of(path: Path) -> list[Record]:
    return [row for row in FORMATS["jsonl"].read(path) if isinstance(row, Record)]


@pytest.mark.parametrize("split", [False, True])
@pytest.mark.parametrize("choice", [Texts.NONE, Texts.LICENSED])
def test_all_texts_come_back_in_place(tmp_path: Path, texts: Path, choice: Texts, split: bool) -> None:
    folder = tmp_path / "dataset"
    summary = release(folder, split=split, texts=choice)
    restored = 18 if choice is Texts.NONE else 6
    code, out, err = command("hydrate", str(folder), "--articles", str(texts))
    assert (code, err) == (0, "")
    assert out == (
        f"{restored} texts put back, {18 - restored} were there: {folder} (version {summary.version[:12]})\n"
    )
    assert command("check", str(folder))[0] == 0
    full = tmp_path / "full"
    release(full, split=split, texts=Texts.ALL, formats=list(dict.fromkeys(_formats(folder))))
    ours, theirs = content_of(folder), content_of(full)
    # What a release with all texts would be, but for what says how it came to be.
    telling = {MANIFEST, SUMS, "README.md", "croissant.json", "provenance.json"}
    assert ours.keys() == theirs.keys()
    assert {name for name in ours if ours[name] != theirs[name]} <= telling
    manifest = json.loads(ours[MANIFEST])
    assert (manifest["text"], manifest["version"]) == ("hydrated", summary.version)


def _formats(folder: Path) -> list[str]:
    targets = {form.target: name for name, form in FORMATS.items()}
    files = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
    return [targets[name.split("/")[-1]] for name in files if name.split("/")[-1] in targets]


def test_what_describes_the_dataset_says_that_texts_are_in_and_keeps_what_its_maker_said(
    tmp_path: Path, texts: Path
) -> None:
    folder = tmp_path / "dataset"
    account = Account(about="# Ours\n\n```\n## Distribution\n```\n\nCollected by us.", licence=FREE)
    choices = Choices(["jsonl", "parquet"], Texts.NONE, by_story, licence=FREE)
    write(news(), folder, choices, describing(account))
    before = (folder / "README.md").read_text(encoding="utf-8")
    assert "| articles with text | 0 |" in before
    assert command("hydrate", str(folder), "--articles", str(texts))[0] == 0
    after = (folder / "README.md").read_text(encoding="utf-8")
    assert "| articles with text | 0 |" not in after
    assert "18 of 18 articles carry their text (put back by `annotate hydrate`" in after
    assert "--text none" not in after
    assert "Collected by us." in after
    assert after.count("\n## ") == before.count("\n## ")
    # Articles under several licences: no single one covers the dataset any more.
    assert before.startswith('---\npretty_name: "Who said it: attributions in news articles"\nlicense: cc-by-4.0\n')
    assert "\nlicense: other\n" in after
    provenance = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    assert provenance["activity"]["sa:export"]["sa:text"] == "hydrated"
    sums = dict(reversed(line.split("  ")) for line in (folder / SUMS).read_text(encoding="utf-8").splitlines())
    for item in json.loads((folder / "croissant.json").read_text(encoding="utf-8"))["distribution"]:
        if "sha256" in item:
            assert item["sha256"] == sums[item["contentUrl"]]


def test_a_changelog_tells_that_it_is_of_the_release_as_published(tmp_path: Path, texts: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    release(first, texts=Texts.NONE)
    choices = Choices(["jsonl"], Texts.NONE, by_story)
    write(news(), second, choices, describing(Account(), Changelog(first)))
    for _ in range(2):
        assert command("hydrate", str(second), "--articles", str(texts))[0] == 0
    told = (second / CHANGELOG).read_text(encoding="utf-8")
    assert told.count("Texts were put back into this copy by `annotate hydrate`") == 1
    assert told.startswith("# What changed from release to release\n\n> Texts were put back")
    assert command("check", str(second))[0] == 0


def test_another_folder_can_receive_the_hydrated_dataset(tmp_path: Path, texts: Path) -> None:
    folder, to = tmp_path / "dataset", tmp_path / "with-texts"
    release(folder, texts=Texts.NONE)
    (folder / "mine.txt").write_text("mine", encoding="utf-8")
    before = content_of(folder)
    assert command("hydrate", str(folder), "--articles", str(texts), "--to", str(to))[0] == 0
    assert content_of(folder) == before
    assert command("check", str(to))[0] == 0
    assert not (to / "mine.txt").exists()
    code, _, err = command("hydrate", str(folder), "--articles", str(texts), "--to", str(folder / "inside"))
    assert (code, err) == (1, f"annotate: {folder / 'inside'}: lies inside the dataset (choose a folder beside it)\n")


def test_a_changed_text_is_refused_by_name_and_nothing_is_written(tmp_path: Path, texts: Path) -> None:
    folder = tmp_path / "dataset"
    release(folder, texts=Texts.NONE)
    before = content_of(folder)
    changed = news()[7]
    path = texts / "rest.jsonl"
    was = changed.sha256
    change_rows(path, lambda row: row.update(text=row["text"] + " Corrected."), of=changed.id)
    code, out, err = command("hydrate", str(folder), "--articles", str(texts))
    lines = err.splitlines()
    assert (code, out, len(lines)) == (3, "", 2)
    assert lines[0].startswith(f"article {changed.id}: its text is not the one that was annotated (sha256 ")
    assert lines[0].endswith(f" instead of {was}, in {path}:4)")
    assert lines[1].startswith("Nothing was written: 1 of the texts are missing or changed.")
    assert content_of(folder) == before


def test_a_changed_text_is_known_by_its_address_or_its_file_too(tmp_path: Path) -> None:
    folder = tmp_path / "dataset"
    first = article(1, url="https://example.org/1")
    second = article(2, file="second.txt")
    release(folder, texts=Texts.NONE, split=False, records=[first, second])
    (tmp_path / "a.jsonl").write_text(
        json.dumps({"text": "Other words.", "url": "https://example.org/1"}) + "\n", encoding="utf-8"
    )
    (tmp_path / "second.txt").write_text("New words.", encoding="utf-8")
    arguments = ("--articles", str(tmp_path / "a.jsonl"), str(tmp_path / "second.txt"))
    code, _, err = command("hydrate", str(folder), *arguments)
    assert code == 3
    for each, where in ((first, f"{tmp_path / 'a.jsonl'}:1"), (second, str(tmp_path / "second.txt"))):
        (line,) = (line for line in err.splitlines() if line.startswith(f"article {each.id}: its text is not"))
        assert line.endswith(f" instead of {each.sha256}, in {where})")


def test_missing_texts_refuse_and_partial_puts_in_what_was_found(tmp_path: Path, texts: Path) -> None:
    folder = tmp_path / "dataset"
    summary = release(folder, texts=Texts.NONE)
    before = content_of(folder)
    (texts / "rest.jsonl").unlink()
    code, out, err = command("hydrate", str(folder), "--articles", str(texts))
    assert (code, out) == (3, "")
    assert err.count("its text was not found (sha256 ") == 14
    assert content_of(folder) == before
    code, out, err = command("hydrate", str(folder), "--articles", str(texts), "--partial", "--json")
    assert code == 0
    result = json.loads(out)
    assert {name: result[name] for name in ("restored", "kept", "version")} == {
        "restored": 4,
        "kept": 0,
        "version": summary.version,
    }
    assert [one["id"] for one in result["missing"]] == [record.id for record in news()[4:]]
    assert command("check", str(folder))[0] == 0
    index = [json.loads(line) for line in (folder / INDEX).read_text(encoding="utf-8").splitlines()]
    assert [row["text"] for row in index] == [True] * 4 + [False] * 14


def test_what_was_hydrated_in_part_can_be_completed(tmp_path: Path, texts: Path) -> None:
    folder = tmp_path / "dataset"
    release(folder, texts=Texts.NONE)
    rest = texts / "rest.jsonl"
    aside = tmp_path / "rest.jsonl"
    shutil.move(rest, aside)
    assert command("hydrate", str(folder), "--articles", str(texts), "--partial")[0] == 0
    code, out, _ = command("hydrate", str(folder), "--articles", str(aside))
    assert code == 0
    assert out.startswith("14 texts put back, 4 were there: ")
    assert command("check", str(folder))[0] == 0
    code, out, _ = command("hydrate", str(folder), "--articles", str(aside))
    assert (code, out.startswith("0 texts put back, 18 were there: ")) == (0, True)


def test_the_store_gives_texts_too(tmp_path: Path, texts: Path) -> None:
    folder, path = tmp_path / "dataset", tmp_path / "store.db"
    release(folder, texts=Texts.NONE)
    with Store.open(str(path)) as store:
        list(store.add_articles(map(article_of, news())))
    assert command("hydrate", str(folder), "--store", str(path))[0] == 0
    assert command("check", str(folder))[0] == 0
    assert command("hydrate", str(folder), "--store", str(tmp_path / "none.db"))[0] == 1


def test_what_cannot_be_read_is_told_and_is_missing_only_if_it_is_wanted(tmp_path: Path, texts: Path) -> None:
    folder = tmp_path / "dataset"
    release(folder, texts=Texts.NONE)
    (texts / "broken.jsonl").write_text("{\n", encoding="utf-8")
    code, _, err = command("hydrate", str(folder), "--articles", str(texts))
    assert code == 0
    assert err.startswith(f"not read: {texts / 'broken.jsonl'}:1: ")


def test_articles_are_named_with_the_option(tmp_path: Path) -> None:
    release(tmp_path / "dataset", texts=Texts.NONE)
    code, _, err = command("hydrate", str(tmp_path / "dataset"), "more.jsonl")
    assert (code, err.splitlines()[-1]) == (2, "Error: name the articles with --articles")


def _no_sums(folder: Path) -> None:
    (folder / SUMS).unlink()


def _changed(folder: Path) -> None:
    (folder / "README.md").write_text("# Mine\n", encoding="utf-8")


def _versioned(folder: Path) -> None:
    change_manifest(folder, version="0" * 64)
    seal(folder)


def _foreign(folder: Path) -> None:
    change_manifest(folder, scheme=2)
    seal(folder)


def _parted(folder: Path) -> None:
    with sealed_again(folder):
        change_rows(folder / INDEX, lambda row: row.update(id="another"))


def _shifted(folder: Path) -> None:
    with sealed_again(folder):
        change_rows(folder / "records.jsonl", lambda row: row["attributions"][0].update(quote=[[0, 99999]]))


@pytest.mark.parametrize(
    ("damage", "line"),
    [
        (_no_sums, "SHA256SUMS: the dataset is damaged: is missing"),
        (_changed, "README.md: the dataset is damaged: is not the file that was written"),
        (_versioned, "dataset.json: its rows are of version "),
        (_foreign, "the dataset is of scheme 2, and this release knows scheme 1"),
        (_parted, "index and rows do not go together from article another on"),
        (_shifted, ": the row does not fit its text: "),
    ],
)
def test_a_damaged_dataset_is_refused_in_one_line_and_left_alone(
    tmp_path: Path, texts: Path, damage: Callable[[Path], None], line: str
) -> None:
    folder = tmp_path / "dataset"
    release(folder, texts=Texts.NONE, split=False, formats=["jsonl"])
    damage(folder)
    before = content_of(folder)
    code, out, err = command("hydrate", str(folder), "--articles", str(texts))
    assert (code, out) == (1, "")
    assert line in err
    assert len(err.splitlines()) == 1
    assert content_of(folder) == before


def test_what_is_no_dataset_cannot_be_hydrated(tmp_path: Path, texts: Path) -> None:
    code, _, err = command("hydrate", str(tmp_path), "--articles", str(texts))
    assert code == 1
    assert err == (
        f"annotate: {tmp_path}: holds no dataset: dataset.json cannot be read: No such file or directory"
        " (name the folder that annotate export wrote)\n"
    )


def test_files_of_other_makers_are_carried_over(tmp_path: Path, texts: Path) -> None:
    folder = tmp_path / "dataset"
    choices = Choices(["jsonl"], Texts.NONE)
    write(news(), folder, choices, [lambda release: release.staging.text("views/table.csv", "a,b\r\n")])
    code, _, err = command("hydrate", str(folder), "--articles", str(texts))
    assert (code, err) == (
        0,
        "note: as they were, without the words put back: views/table.csv (they are made from the store: annotate export"
        " --text all)\n",
    )
    assert (folder / "views" / "table.csv").read_bytes() == b"a,b\r\n"
    assert command("check", str(folder))[0] == 0
    assert all(row.text for row in rows_of(folder / "records.jsonl"))
