"""CSV: a bad row costs itself alone, also when a quotation mark is never closed."""

from __future__ import annotations

import pytest

from annotate.articles import Limits
from tests.articles.conftest import Read


def test_quoted_cells_hold_commas_marks_and_line_breaks(read: Read) -> None:
    content = '\ufeffid,text,title\r\n1,"He said: ""No, never.""\r\nTwice.\u2028Then left.",=1+1\r\n\r\n2,Plain.,\r\n'
    articles, rejected = read("a.csv", content.encode())
    assert rejected == []
    assert [(article.id, article.text, article.meta.title) for article in articles] == [
        ("1", 'He said: "No, never."\nTwice.\u2028Then left.', "=1+1"),
        ("2", "Plain.", None),
    ]


def test_a_cell_may_begin_with_a_byte_order_mark(read: Read) -> None:
    (article,), _ = read("a.csv", "text\n\ufeffHe said so.\n".encode())
    assert article.text == "\ufeffHe said so."


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"one,two,three", "3 cells under 2 columns"),
        (b"one", "1 cells under 2 columns"),
        (b'one,"caf\xe9\nsecond line"', "not UTF-8: byte 0xe9 at position 8"),
        (b'one,"closed" and more', "not CSV: ',' expected after '\"'"),
        (b"one,a\0b", "text holds NUL at position 1"),
        (b"one,", "the text is empty"),
        (b"one, ", "the text is empty"),
    ],
)
def test_a_bad_row_is_rejected_alone(read: Read, row: bytes, reason: str) -> None:
    articles, rejected = read("a.csv", b'id,text\n0,"Two\nlines."\n' + row + b"\n2,Good.\n")
    assert [article.id for article in articles] == ["0", "2"]
    assert [(item.line, item.reason) for item in rejected] == [(4, reason)]


def test_a_mark_that_is_never_closed_costs_its_own_line(read: Read) -> None:
    rows = b"".join(b'%d,"Row, quoted."\n' % number for number in range(2_000))
    articles, rejected = read("a.csv", b'id,text\n"x,Open.\n' + rows, Limits(article_bytes=1_000))
    assert [article.id for article in articles] == [str(number) for number in range(2_000)]
    assert [(item.line, item.reason) for item in rejected] == [(2, "a quotation mark is never closed")]


def test_an_open_mark_in_the_last_line_is_rejected(read: Read) -> None:
    articles, rejected = read("a.csv", b'id,text\n1,Good.\n2,"Open.')
    assert [article.id for article in articles] == ["1"]
    assert [(item.line, item.reason) for item in rejected] == [(3, "a quotation mark is never closed")]


def test_a_row_over_the_limit_is_rejected_alone(read: Read) -> None:
    content = b'id,text\n1,"' + b"long\n" * 1_000 + b'"\n2,Good.\n'
    articles, (rejected,) = read("a.csv", content, Limits(article_bytes=1_000))
    assert [article.id for article in articles] == ["2"]
    assert (rejected.line, rejected.reason) == (2, "a row of 5,005 bytes is over the limit of 1,000")


def test_a_long_cell_within_the_limit_is_read(read: Read) -> None:
    (article,), _ = read("a.csv", b"text\n" + b"x" * 500_000 + b"\n")
    assert len(article.text) == 500_000


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (
            b"id,body\n1,x\n",
            "no column is named text; the columns are: id, body (rename the column)",
        ),
        (
            b"text,text\n1,x\n",
            "two columns have the same name; the columns are: text, text (rename one)",
        ),
        (b"", "the file is empty"),
        ("text\nx\n".encode("utf-16"), "UTF-16, not UTF-8 (convert it: iconv -f UTF-16 -t UTF-8)"),
    ],
)
def test_an_unusable_file_is_rejected_once(read: Read, content: bytes, reason: str) -> None:
    articles, (rejected,) = read("a.csv", content)
    assert articles == []
    assert (rejected.line, rejected.reason) == (None, reason)
