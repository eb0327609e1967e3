"""JSON Lines: one good line is one article, whatever stands in the lines around it."""

from __future__ import annotations

import io
import json
import tracemalloc
from pathlib import Path

import pytest

from annotate.articles import Limits, read_paths
from tests.articles.conftest import Read

GOOD = b'{"text": "He said so."}'


def test_fields_become_metadata(read: Read) -> None:
    row = {
        "text": "She denied it.",
        "id": "../../etc/passwd",
        "title": "A denial",
        "url": "https://news.example/1",
        "publisher": "Example Times",
        "published": "2021-09-02",
        "language": "en",
        "licence": "CC0",
        "section": "World",
        "words": 3,
        "score": 0.5,
        "tags": ["x"],
        "paid": True,
        "author": None,
        "note": "",
    }
    (article,), rejected = read("a.jsonl", json.dumps(row).encode())
    assert rejected == []
    assert article.id == "../../etc/passwd"
    assert article.text == "She denied it."
    assert article.meta.model_dump() == {
        "title": "A denial",
        "publisher": "Example Times",
        "url": "https://news.example/1",
        "published": "2021-09-02",
        "language": "en",
        "licence": "CC0",
        "section": "World",
        "words": 3,
        "score": 0.5,
    }


def test_numbers_serve_as_id_and_as_date(read: Read) -> None:
    (article,), _ = read("a.jsonl", b'{"text": "He said so.", "id": 17, "published": 2021}')
    assert (article.id, article.meta.published) == ("17", "2021")


def test_names_of_the_models_own_attributes_are_ordinary_metadata(read: Read) -> None:
    (article,), _ = read("a.jsonl", b'{"text": "He said so.", "model_config": "a", "__class__": "b", "self": "c"}')
    assert article.meta.model_extra == {"model_config": "a", "__class__": "b", "self": "c"}
    assert article.meta.model_dump(exclude_none=True) == {"model_config": "a", "__class__": "b", "self": "c"}


def test_a_line_ends_at_a_newline_byte_alone(read: Read) -> None:
    text = "one\u2028two\u2029three\u0085four\x0b\x0cfive"
    line = json.dumps({"text": text}, ensure_ascii=False).encode()
    articles, rejected = read("a.jsonl", line + b"\r\n" + line + b"\n")
    assert rejected == []
    assert [article.text for article in articles] == [text, text]


def test_blank_lines_and_a_byte_order_mark_are_passed_over(read: Read) -> None:
    articles, rejected = read("a.jsonl", b"\xef\xbb\xbf" + GOOD + b"\n\n  \r\n" + GOOD)
    assert (len(articles), rejected) == (2, [])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"text": "caf\xe9"}', "not UTF-8: byte 0xe9 at position 13"),
        (b'{"text": "a\\u0000b"}', "text holds NUL at position 1"),
        (b'{"text": "a\\ud800b"}', "text holds the lone surrogate U+D800 at position 1"),
        (b'{"text": "a", "title": "\\udfff"}', "title holds the lone surrogate U+DFFF at position 0"),
        (b'{"text": "a", "\\ud800": "x"}', "the name of a field holds the lone surrogate U+D800 at position 0"),
        (b'{"text": "  \\n"}', "the text is empty"),
        (b'{"text": 5}', "text is a number, not a string"),
        (b'{"text": null, "id": "x"}', "no text"),
        (b'{"title": "no text here"}', "no text"),
        (b'{"text": "a", "title": ["b"]}', "title is a list, not a string"),
        (b'{"text": "a", "id": true}', "id is a truth value, not a string"),
        (b'{"text": "a", "id": "b\\nc"}', "id holds control characters or nothing but spaces"),
        (b'{"text": "a", "id": "b\\u0000c"}', "id holds NUL at position 1"),
        (b'{"text": "a", "id": "' + b"i" * 201 + b'"}', "an id of 201 characters is over the limit of 200"),
        (b'{"text": "a", "n": NaN}', "NaN is not JSON"),
        (b'{"text": "a", "n": -Infinity}', "-Infinity is not JSON"),
        (b'{"text": "a", "n": 1e999}', "n is a number out of range"),
        (b'{"text": "a", "n": 9223372036854775808}', "n is a number out of range"),
        (b'{"text": "a", "n": ' + b"9" * 5_000 + b"}", "a number of too many digits"),
        (b'{"text": "a", "text": "b"}', "the key 'text' is given twice"),
        (b'{"text": "a", "x": {"y": 1, "y": 2}}', "the key 'y' is given twice"),
        (b"[" * 100_000, "JSON nested too deep"),
        (b'{"text": ' * 100_000, "JSON nested too deep"),
        (b'["text"]', "not a JSON object but a list"),
        (b'{"text": "a"', "not JSON: Expecting ',' delimiter at position 13"),
        (b"\0" * 20, "not JSON: Expecting value at position 0"),
    ],
    ids=lambda value: ascii(value[:40]),
)
def test_a_bad_line_is_rejected_alone(read: Read, line: bytes, reason: str) -> None:
    articles, rejected = read("a.jsonl", GOOD + b"\n" + line + b"\n" + GOOD + b"\n")
    assert [article.text for article in articles] == ["He said so."] * 2
    assert [(item.line, item.reason) for item in rejected] == [(2, reason)]


def test_a_rejection_carries_the_id(read: Read) -> None:
    _, (rejected,) = read("a.jsonl", b'{"text": "", "id": "n1"}')
    assert (rejected.id, rejected.line, rejected.reason) == ("n1", 1, "the text is empty")


def test_a_line_over_the_limit_is_rejected_without_being_held(read: Read) -> None:
    long = b'{"text": "' + b"x" * 50_000_000 + b'"}'
    content = GOOD + b"\n" + long + b"\n" + GOOD + b"\n"
    read("warm-up.jsonl", GOOD)
    tracemalloc.start()
    articles, rejected = read("a.jsonl", content, Limits(article_bytes=1_000_000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(articles) == 2
    assert [(item.line, item.reason) for item in rejected] == [
        (2, f"a line of {len(long) + 1:,} bytes is over the limit of 1,000,000")
    ]
    assert peak < 10_000_000


def test_a_file_in_utf16_is_rejected_once(read: Read) -> None:
    articles, (rejected,) = read("a.jsonl", (GOOD.decode() + "\n").encode("utf-16") * 3)
    assert articles == []
    assert (rejected.line, rejected.reason) == (None, "UTF-16, not UTF-8 (convert it: iconv -f UTF-16 -t UTF-8)")


def test_reasons_and_raw_inputs_are_bounded(read: Read) -> None:
    key = b"k" * 100_000
    _, (rejected,) = read("a.jsonl", b'{"' + key + b'": 1, "' + key + b'": 2}')
    assert len(rejected.reason) <= 500
    assert len(rejected.raw) <= 4096


def test_memory_does_not_grow_with_the_number_of_articles(tmp_path: Path) -> None:
    def peak(count: int) -> int:
        file = tmp_path / f"{count}.jsonl"
        file.write_bytes((json.dumps({"text": "He said so. " * 100}).encode() + b"\n") * count)
        tracemalloc.start()
        assert sum(1 for _ in read_paths([file], stdin=io.BytesIO())) == count
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)
    assert peak(5_000) < peak(50) + 200_000
