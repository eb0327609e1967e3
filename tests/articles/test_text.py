"""Plain text files: accepted code point for code point, or rejected with the reason."""

from __future__ import annotations

import hashlib
import io

import pytest

from annotate.articles import Limits, read_paths
from annotate.record import Article
from tests.articles.conftest import Read


def test_a_file_is_an_article_with_an_id_made_from_its_text(read: Read) -> None:
    text = " “We deny it,”\u00a0she said.\u2028 Then: 🙂\r and\ttabs.\n\n"
    articles, rejected = read("a.txt", text.encode())
    assert rejected == []
    (article,) = articles
    assert article.text == text
    assert article.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert article.id == article.sha256[:16]
    assert article.meta.model_extra == {"file": "a.txt"}


def test_standard_input_has_no_name() -> None:
    (article,) = read_paths(["-"], stdin=io.BytesIO(b"He said so."), format="text")
    assert isinstance(article, Article)
    assert article.meta.model_extra == {}


def test_windows_line_ends_become_newlines_and_nothing_else_changes(read: Read) -> None:
    (article,), _ = read("a.txt", b"one\r\ntwo\rthree\n\rfour\n")
    assert article.text == "one\ntwo\rthree\n\rfour\n"


def test_a_utf8_byte_order_mark_is_dropped_once(read: Read) -> None:
    (article,), _ = read("a.txt", "\ufeff\ufeffHe said so.".encode())
    assert article.text == "\ufeffHe said so."


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"caf\xe9 said", "not UTF-8: byte 0xe9 at position 3"),
        ("said".encode("utf-16"), "UTF-16, not UTF-8 (convert it: iconv -f UTF-16 -t UTF-8)"),
        (b"\xed\xa0\x80 said", "not UTF-8: byte 0xed at position 0"),
        (b"", "the text is empty"),
        (" \n\u00a0\u2003\ufeff\u200b\t".encode(), "the text is empty"),
        (b"he\0said", "text holds NUL at position 2"),
    ],
)
def test_what_is_no_text_is_rejected_with_the_reason(read: Read, content: bytes, reason: str) -> None:
    articles, (rejected,) = read("a.txt", content)
    assert articles == []
    assert rejected.reason == reason
    assert rejected.line is None
    assert str(rejected).endswith(f"a.txt: {reason}")


def test_a_file_over_the_limit_of_bytes_is_rejected(read: Read) -> None:
    limits = Limits(article_bytes=100)
    assert len(read("a.txt", b"x" * 100, limits)[0]) == 1
    _, (rejected,) = read("a.txt", b"x" * 101, limits)
    assert rejected.reason == "a file of more than 100 bytes"


def test_a_text_over_the_limit_of_characters_is_rejected(read: Read) -> None:
    limits = Limits(text_length=10)
    assert len(read("a.txt", ("é" * 10).encode(), limits)[0]) == 1
    _, (rejected,) = read("a.txt", ("é" * 11).encode(), limits)
    assert rejected.reason == "a text of 11 characters is over the limit of 10"


def test_a_rejection_keeps_the_beginning_of_its_input_escaped(read: Read) -> None:
    _, (rejected,) = read("a.txt", b"caf\xe9" + b"x" * 100_000)
    assert rejected.raw.startswith("caf\\xe9xxx")
    assert len(rejected.raw) < 5_000


def test_a_message_shows_no_control_characters_of_a_file_name(read: Read) -> None:
    _, (rejected,) = read("a\x1b[31m\u202e.txt", b"")
    assert str(rejected).endswith("a\\x1b[31m\\u202e.txt: the text is empty")
