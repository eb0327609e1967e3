"""WARC: every claim of a record is checked, and a bad record costs itself alone."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Iterable
from typing import Any

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from annotate.articles import Limits, read_paths
from tests.articles.conftest import Read

SENTENCE = "The spokesman of harbour {number} said on Monday that the gates had never been closed to any ship. "
HTML = "text/html; charset=utf-8"


class Writer(WARCWriter):
    """warcio's writer, without the temporary files that it leaves open."""

    @staticmethod
    def _create_temp_file() -> io.BytesIO:
        return io.BytesIO()


def page(number: int) -> bytes:
    paragraphs = f"<p>{SENTENCE.format(number=number) * 3}</p>" * 2
    head = f"<head><title>Harbour {number}</title></head>"
    return f"<html>{head}<body><article>{paragraphs}</article></body></html>".encode()


def archive(
    bodies: Iterable[bytes], *, zipped: bool = False, status: str = "200 OK", fields: tuple[tuple[str, str], ...] = ()
) -> bytes:
    """Write responses the way crawlers do."""
    buffer = io.BytesIO()
    writer = Writer(buffer, gzip=zipped)
    writer.write_record(writer.create_warcinfo_record("a.warc", {"software": "test"}))
    for number, body in enumerate(bodies):
        headers = StatusAndHeaders(status, [("Content-Type", HTML), *fields], protocol="HTTP/1.1")
        url = f"https://news.example/{number}"
        writer.write_record(writer.create_warc_record(url, "response", payload=io.BytesIO(body), http_headers=headers))
    return buffer.getvalue()


def numbers(articles: Iterable[Any]) -> list[int]:
    return [int(match[1]) for article in articles if (match := re.search(r"harbour (\d+) said", article.text))]


PAGES = [page(number) for number in range(4)]


@pytest.mark.parametrize(("name", "zipped"), [("a.warc", False), ("a.warc.gz", True)])
def test_html_responses_are_articles(read: Read, name: str, zipped: bool) -> None:
    articles, rejected = read(name, archive(PAGES, zipped=zipped))
    assert rejected == []
    assert numbers(articles) == [0, 1, 2, 3]
    assert articles[1].meta.url == "https://news.example/1"
    assert articles[1].meta.title == "Harbour 1"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", articles[1].meta.model_extra["retrieved"])


def test_other_records_are_passed_over(read: Read) -> None:
    buffer = io.BytesIO()
    writer = Writer(buffer, gzip=False)
    image = StatusAndHeaders("200 OK", [("Content-Type", "image/png")], protocol="HTTP/1.1")
    for kind, headers in (("response", image), ("metadata", None)):
        writer.write_record(
            writer.create_warc_record(
                "https://news.example/", kind, payload=io.BytesIO(b"\x89PNG"), http_headers=headers
            )
        )
    content = buffer.getvalue() + archive([page(1)], status="404 Not Found") + archive([page(2)])
    articles, rejected = read("a.warc", content)
    assert (numbers(articles), rejected) == ([2], [])


def test_resources_and_plain_text_conversions_are_articles(read: Read) -> None:
    buffer = io.BytesIO()
    writer = Writer(buffer, gzip=True)
    for kind, content_type, body in (
        ("resource", HTML, page(1)),
        ("conversion", "text/plain", "Café: the spokesman of harbour 2 said so.\r\n".encode()),
        ("conversion", "text/plain", b"caf\xe9"),
    ):
        writer.write_record(
            writer.create_warc_record(
                "https://news.example/x", kind, payload=io.BytesIO(body), warc_content_type=content_type
            )
        )
    articles, (rejected,) = read("a.warc.gz", buffer.getvalue())
    assert numbers(articles) == [1, 2]
    assert articles[1].text == "Café: the spokesman of harbour 2 said so.\n"
    assert (rejected.line, rejected.reason) == (3, "not UTF-8: byte 0xe9 at position 3")


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("claim", ["1000000000000", "99999999999999999999", "-5", "x", "5", ""])
def test_a_record_of_wrong_length_costs_itself_alone(read: Read, zipped: bool, claim: str) -> None:
    records = [archive([body]) for body in PAGES]
    lie = re.sub(rb"(response.*?Content-Length: )\d+", rb"\g<1>" + claim.encode(), records[1], flags=re.DOTALL)
    lie = lie.replace(b"WARC-Block-Digest", b"X-Was-Digest")
    assert lie != records[1]
    content = records[0] + lie + records[2] + records[3]
    name = "a.warc.gz" if zipped else "a.warc"
    articles, rejected = read(name, gzip.compress(content) if zipped else content)
    assert numbers(articles) == [0, 2, 3]
    assert [item.line for item in rejected] == [4]
    assert any(words in rejected[0].reason for words in ("declares", "no usable Content-Length"))


def test_a_record_cut_at_the_end_is_rejected(read: Read) -> None:
    articles, (rejected,) = read("a.warc", archive(PAGES)[:-300])
    assert numbers(articles) == [0, 1, 2]
    assert re.fullmatch(r"declares [\d,]+ bytes, but the file holds only [\d,]+ more", rejected.reason)


def test_a_file_cut_in_its_compression_says_so(read: Read) -> None:
    articles, (rejected,) = read("a.warc.gz", archive(PAGES, zipped=True)[:-50])
    assert numbers(articles) == [0, 1, 2]
    assert rejected.reason == "the compression is cut or damaged; the rest was not read"


def test_a_changed_byte_does_not_pass(read: Read) -> None:
    content = archive(PAGES).replace(b"harbour 2 said", b"harbour 7 said", 1)
    articles, (rejected,) = read("a.warc", content)
    assert numbers(articles) == [0, 1, 3]
    assert rejected.reason == "the block digest does not match: the record is damaged"
    payload_only = content.replace(b"WARC-Block-Digest", b"X-Block-Digest")
    _, (rejected,) = read("b.warc", payload_only)
    assert rejected.reason == "the payload digest does not match: the record is damaged"


def test_a_changed_byte_in_a_gzip_file_does_not_pass(read: Read) -> None:
    content = bytearray(archive(PAGES, zipped=True))
    # In the checksum of the last member: what it unpacks to could be anything, even if it looks whole.
    content[-8] ^= 1
    articles, (rejected,) = read("a.warc.gz", bytes(content))
    assert numbers(articles) == [0, 1, 2]
    assert rejected.reason == "the compression is cut or damaged; the rest was not read"


def chunked(body: bytes) -> bytes:
    pieces = [body[start : start + 100] for start in range(0, len(body), 100)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


BARE = zlib.compressobj(wbits=-15)
DEFLATED = BARE.compress(PAGES[0]) + BARE.flush()


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (chunked(PAGES[0]), (("Transfer-Encoding", "chunked"),)),
        (gzip.compress(PAGES[0]), (("Content-Encoding", "gzip"),)),
        (zlib.compress(PAGES[0]), (("Content-Encoding", "deflate"),)),
        (DEFLATED, (("Content-Encoding", "deflate"),)),
        (chunked(gzip.compress(PAGES[0])), (("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip"))),
        # As crawlers leave it that undo the encodings and keep the fields.
        (PAGES[0], (("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip"))),
    ],
    ids=["chunked", "gzip", "zlib", "deflate", "both", "undone"],
)
def test_encodings_of_a_response_are_undone(read: Read, body: bytes, fields: tuple[tuple[str, str], ...]) -> None:
    articles, rejected = read("a.warc", archive([body], fields=fields))
    assert (numbers(articles), rejected) == ([0], [])


@pytest.mark.parametrize(
    ("body", "field", "reason"),
    [
        (chunked(PAGES[0])[:-40], ("Transfer-Encoding", "chunked"), "the chunked response is cut or damaged"),
        (gzip.compress(PAGES[0])[:-40], ("Content-Encoding", "gzip"), "the compressed response is cut"),
        (b"\x1f\x8b\x08" + b"x" * 90, ("Content-Encoding", "gzip"), "the compressed response is damaged"),
        (b"x" * 90, ("Content-Encoding", "br"), "the content encoding 'br' is not supported"),
        (
            gzip.compress(bytes(3_000_000)),
            ("Content-Encoding", "gzip"),
            "a page of 100,001 bytes is over the limit of 100,000",
        ),
        (b"<p>" + b"x" * 200_000, ("X-Plain", "1"), "a record of 200,074 bytes is over the limit of 100,000"),
    ],
    ids=["chunk-cut", "gzip-cut", "gzip-damaged", "br", "bomb", "long"],
)
def test_a_response_that_cannot_be_decoded_is_rejected_alone(
    read: Read, body: bytes, field: tuple[str, str], reason: str
) -> None:
    content = archive([body], fields=(field,)) + archive([page(1)])
    articles, (rejected,) = read("a.warc", content, Limits(article_bytes=100_000))
    assert numbers(articles) == [1]
    assert (rejected.line, rejected.reason) == (2, reason)


def test_a_gzip_file_that_unpacks_to_too_much_is_left(read: Read) -> None:
    bomb = b"WARC/1.0\r\nWARC-Type: metadata\r\nContent-Length: 50000000\r\n\r\n" + bytes(50_000_000) + b"\r\n\r\n"
    content = archive([page(0)], zipped=True) + gzip.compress(bomb)
    articles, rejected = read("a.warc.gz", content, Limits(decoded_bytes=10_000_000))
    assert numbers(articles) == [0]
    assert rejected[-1].reason.startswith("record 3: too much to unpack")


@pytest.mark.parametrize(
    "content",
    [b"", b"no archive\r\n" * 100, b"x" * 200_000, gzip.compress(b"no archive\r\n")],
    ids=["empty", "lines", "long", "gzip"],
)
def test_what_is_no_archive_is_rejected(read: Read, content: bytes) -> None:
    articles, (rejected,) = read("a.warc", content)
    assert articles == []
    assert (rejected.line, rejected.reason) == (None, "not a WARC file")


def test_endless_headers_are_not_held(read: Read) -> None:
    content = b"WARC/1.0\r\nWARC-Type: " + b"x" * 500_000 + b"\r\n\r\n" + archive([page(1)])
    articles, (rejected,) = read("a.warc", content)
    assert numbers(articles) == [1]
    assert rejected.reason == "a header of more than 65,536 bytes"


def test_an_archive_comes_through_a_pipe() -> None:
    content = archive(PAGES, zipped=True)
    articles = list(read_paths(["-"], stdin=io.BytesIO(content), format="warc"))
    assert numbers(articles) == [0, 1, 2, 3]
