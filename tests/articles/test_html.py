"""HTML pages: the article and what the page says of it, in whatever character set; hostile pages rejected."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from annotate.articles import Limits, Rejected, read_paths
from annotate.record import Article
from tests.articles.conftest import Read

SENTENCE = "The governor’s spokeswoman said on Monday that the bridge had never been closed to traffic. "
PAGE = f"""<!doctype html><html lang="en"><head>{{head}}<title>Bridge was open, governor says | Example Times</title>
<meta property="og:site_name" content="Example Times">
<meta property="article:published_time" content="2021-09-02T10:00:00Z">
<link rel="canonical" href="https://news.example/bridge"></head>
<body><nav><a href="/a">Home</a> <a href="/b">World</a></nav><article><h1>Bridge was open, governor says</h1>
<p>{SENTENCE * 3}</p><p>Café owners disagree: “It was shut,” one told Radio Example.</p></article>
<footer>Copyright Example Times</footer></body></html>"""


def nested(depth: int) -> bytes:
    page = PAGE.format(head='<meta charset="utf-8">')
    return page.replace("<article>", "<article>" + "<div>" * depth).replace("</article>", "</div>" * depth).encode()


def test_the_article_and_its_metadata_are_extracted(read: Read) -> None:
    (article,), rejected = read("a.html", PAGE.format(head='<meta charset="utf-8">').encode())
    assert rejected == []
    assert "“It was shut,” one told Radio Example." in article.text
    assert "World" not in article.text
    assert "Copyright" not in article.text
    assert article.meta.model_dump(exclude_none=True) == {
        "title": "Bridge was open, governor says",
        "publisher": "Example Times",
        "url": "https://news.example/bridge",
        "published": "2021-09-02",
        "file": "a.html",
    }


@pytest.mark.parametrize(
    ("head", "codec"),
    [
        ("", "utf-8"),
        ("", "utf-8-sig"),
        ("", "utf-16"),
        ('<meta charset="utf-8">', "utf-8"),
        ("<META CHARSET=windows-1252>", "cp1252"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=ISO-8859-1">', "cp1252"),
        ('<meta charset="utf-16">', "utf-8"),
    ],
)
def test_a_page_is_read_in_its_own_character_set(read: Read, head: str, codec: str) -> None:
    (article,), _ = read("a.htm", PAGE.format(head=head).encode(codec))
    assert "Café owners disagree: “It was shut,”" in article.text


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<p>caf\xe9", "not UTF-8: byte 0xe9 at position 6"),
        (b"<meta charset=koi8-r><p>a\0b", "the page holds NUL at position 25"),
        (b"<meta charset=rot13><p>x", "unknown character set 'rot13' (convert the page to UTF-8)"),
        (b"<meta charset=zip><p>x", "unknown character set 'zip' (convert the page to UTF-8)"),
        (b"<meta charset=shift_jis><p>\x81", "not cp932, as declared: byte 0x81 at position 27"),
        (b"", "the page is empty"),
        (b" \n", "the page is empty"),
        (b"<!-- nothing -->", "not an HTML page"),
        (b"<html><body></body></html>", "no article found among 0 visible characters"),
    ],
)
def test_a_page_without_an_article_is_rejected(read: Read, content: bytes, reason: str) -> None:
    articles, (rejected,) = read("a.html", content)
    assert articles == []
    assert rejected.reason == reason


def test_deeply_nested_tags_lose_nothing_or_are_rejected(read: Read) -> None:
    (plain,), _ = read("a.html", nested(0))
    (deep,), _ = read("a.html", nested(300))
    assert deep.text == plain.text
    articles, (rejected,) = read("a.html", nested(3_000))
    assert articles == []
    assert rejected.reason == "the page goes beyond what the HTML parser reads, such as 2048 levels of tags"


def test_an_extraction_that_misses_most_of_the_page_is_rejected(read: Read) -> None:
    options = f"<option>{SENTENCE}</option>" * 500
    page = f"<html><body><form><select>{options}</select></form><article><p>{SENTENCE * 3}</p></article></body></html>"
    articles, (rejected,) = read("a.html", page.encode())
    assert articles == []
    assert rejected.reason.startswith("low yield: 275 of 45,")


def test_a_page_that_costs_too_much_time_is_rejected_and_the_next_is_read(tmp_path: Path) -> None:
    attributes = " ".join(f"a{number}=1" for number in range(200_000))
    (tmp_path / "1.html").write_text(f"<html><body><div {attributes}><p>{SENTENCE}</p></div></body></html>")
    (tmp_path / "2.html").write_bytes(nested(0))
    rejected, article = read_paths([tmp_path], stdin=io.BytesIO(), limits=Limits(seconds=2))
    assert isinstance(rejected, Rejected)
    assert rejected.reason in {"parsing it takes more than 2 s of processor time", "parsing it takes longer than 6 s"}
    assert isinstance(article, Article)


def test_a_page_over_the_limit_is_rejected(read: Read) -> None:
    _, (rejected,) = read("a.html", b"<p>" + b"x" * 2_000, Limits(article_bytes=1_000))
    assert rejected.reason == "a page of more than 1,000 bytes"
