"""Files and folders: what is read, in which order, by which reader, and what is left aside."""

from __future__ import annotations

import io
import os
import re
import threading
from pathlib import Path

import pytest

from annotate.articles import READERS, Limits, Located, Rejected, locate_articles, read_paths
from annotate.articles.read import ENDINGS
from annotate.cli.options import FORMATS
from annotate.errors import InputError
from annotate.record import Article

ROOT = Path(__file__).parents[2]


def texts(*paths: Path, **options: object) -> list[str]:
    items = read_paths(paths, stdin=io.BytesIO(), **options)  # type: ignore[arg-type]
    return [item.text if isinstance(item, Article) else str(item) for item in items]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.txt", "a/2.TXT", "a/1.txt", "a/.hidden.txt", ".git/c.txt", "notes.md", "z/deep/er.txt"):
        file = tmp_path / "in" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"Text of {name}")
    return tmp_path / "in"


def test_a_folder_is_read_recursively_in_order_without_hidden_files(folder: Path) -> None:
    skipped: list[Path] = []
    found = [
        item.article.text
        for item in locate_articles([folder], stdin=io.BytesIO(), on_skip=skipped.append)
        if isinstance(item, Located)
    ]
    assert found == ["Text of a/1.txt", "Text of a/2.TXT", "Text of b.txt", "Text of z/deep/er.txt"]
    assert skipped == [folder / "notes.md"]


def test_links_are_read_but_never_followed_into_folders(folder: Path) -> None:
    (folder / "a" / "loop").symlink_to(folder)
    (folder / "link.txt").symlink_to(folder / "b.txt")
    (folder / "y-broken.txt").symlink_to(folder / "nowhere.txt")
    assert texts(folder) == [
        "Text of a/1.txt",
        "Text of a/2.TXT",
        "Text of b.txt",
        "Text of b.txt",
        f"{folder / 'y-broken.txt'}: cannot be opened: No such file or directory",
        "Text of z/deep/er.txt",
    ]


def test_a_pipe_in_a_folder_is_left_aside_and_a_named_one_is_read(folder: Path) -> None:
    pipe = folder / "pipe.csv"
    os.mkfifo(pipe)
    skipped: list[Path] = []
    list(locate_articles([folder], stdin=io.BytesIO(), on_skip=skipped.append))
    assert skipped == [folder / "notes.md", pipe]
    writer = threading.Thread(target=pipe.write_text, args=('text\n"Through a\npipe."\n',))
    writer.start()
    assert texts(pipe) == ["Through a\npipe."]
    writer.join()


def test_a_named_file_of_unknown_kind_is_rejected_with_the_known_ones(folder: Path) -> None:
    (message,) = texts(folder / "notes.md")
    assert message.startswith(f"{folder / 'notes.md'}: not a kind of file that is read (known: .txt, .jsonl, ")
    assert all(ending in message for ending in ENDINGS)


def test_a_missing_file_does_not_stop_the_others(folder: Path) -> None:
    assert texts(folder / "none.txt", folder / "b.txt") == [
        f"{folder / 'none.txt'}: cannot be opened: No such file or directory",
        "Text of b.txt",
    ]


def test_a_given_format_holds_for_every_file(folder: Path) -> None:
    assert texts(folder / "notes.md", format="text") == ["Text of notes.md"]
    assert "Text of notes.md" in texts(folder, format="text")


def test_an_unknown_format_is_an_error() -> None:
    with pytest.raises(InputError, match=re.escape("unknown format 'docx' (choose one of text, jsonl, ")):
        texts(format="docx")


def test_standard_input_is_json_lines_unless_told_otherwise() -> None:
    (article,) = read_paths(["-"], stdin=io.BytesIO(b'{"text": "He said so."}'))
    assert isinstance(article, Article)
    assert article.text == "He said so."
    items = list(read_paths(["-"], stdin=io.BytesIO(b'id,text\n7,"Two\nlines."\n8,\n'), format="csv"))
    assert isinstance(items[0], Article)
    assert (items[0].id, items[0].text) == ("7", "Two\nlines.")
    assert str(items[1]) == "-:4: the text is empty"


def test_articles_come_with_their_place(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text('{"text": "One."}\n\n{"text": "Two."}\n')
    assert [(item.where, item.line) for item in locate_articles([file], stdin=io.BytesIO())] == [
        (str(file), 1),
        (str(file), 3),
    ]


def test_every_format_has_an_ending_and_is_offered_by_the_commands() -> None:
    assert set(ENDINGS.values()) == set(READERS)
    assert tuple(READERS) == FORMATS


def test_the_seeds_are_read_unchanged() -> None:
    files = sorted((ROOT / "seeds").glob("*.txt"))
    assert len(files) == 5
    assert texts(*files) == [file.read_bytes().decode().replace("\r\n", "\n") for file in files]


def test_an_abandoned_reading_leaves_no_process_behind(tmp_path: Path) -> None:
    import psutil

    (tmp_path / "a.html").write_text("<html><body><p>" + "She said that it was open. " * 30)
    (tmp_path / "b.html").write_text("<html><body><p>" + "She said that it was shut. " * 30)
    before = set(psutil.Process().children())
    reading = locate_articles([tmp_path], stdin=io.BytesIO(), limits=Limits())
    assert isinstance(next(reading), Located)
    assert len(set(psutil.Process().children()) - before) == 1
    reading.close()
    assert set(psutil.Process().children()) == before


def test_a_rejection_is_shown_with_file_and_line() -> None:
    assert str(Rejected("a.csv", 3, None, "no text")) == "a.csv:3: no text"
    assert str(Rejected("a.csv", None, None, "no text")) == "a.csv: no text"
