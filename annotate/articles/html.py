"""HTML: a page is an article, extracted by trafilatura in a confined process."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from annotate.articles.checks import article_of, check_characters
from annotate.articles.lines import decode
from annotate.articles.source import Located, Rejected, Source
from annotate.errors import InputError
from annotate.record import Article

# Python's name of a declared character set -> how browsers read it (WHATWG Encoding Standard, names and labels).
# What is not here is rejected: some of Python's codecs are no character sets, and some are slow on purpose-made bytes.
_CODECS = {
    **{name: name for name in ("utf-8", "big5", "cp932", "euc_jp", "gb18030", "iso2022_jp", "koi8-r", "koi8-u")},
    **{f"iso8859-{part}": f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    **{name: name for name in ("cp866", "cp874", "mac-roman", "mac-cyrillic")},
    **{f"cp125{part}": f"cp125{part}" for part in range(9)},
    "ascii": "cp1252",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "shift_jis": "cp932",
    "utf-16": "utf-8",
    "utf-16-be": "utf-8",
    "utf-16-le": "utf-8",
}
_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
# A declaration stands in the first 1024 bytes (HTML Standard).
_PRESCAN = 1024


def read_html(source: Source) -> Iterator[Located | Rejected]:
    """Read an HTML file as one article, with the title, outlet, date and language that it states."""
    data = source.stream.read(source.limits.article_bytes + 1)
    try:
        if len(data) > source.limits.article_bytes:
            raise InputError(f"a page of more than {source.limits.article_bytes:,} bytes")
        answer: Located | Rejected = source.accept(article_of_page(data, source, **source.origin))
    except InputError as error:
        answer = source.reject(error, raw=data)
    yield answer


def article_of_page(
    data: bytes, source: Source, *, charset: str | None = None, url: str | None = None, **extras: str
) -> Article:
    """Extract the article of a page.

    charset: as the server declared it; url: where the page came from; extras: further metadata to keep.
    Raises: InputError when the page cannot be decoded or parsed, or holds no article.
    """
    page = _decode_page(data, charset)
    check_characters("the page", page)
    (fields,) = source.confined.ask("extract", body=page.encode("utf-8"), url=url)
    return article_of({**fields, **extras}, source.limits)


def _decode_page(data: bytes, charset: str | None) -> str:
    for mark, codec in _MARKS.items():
        if data.startswith(mark):
            return _strict(data.removeprefix(mark), codec)
    declared = _META.search(data[:_PRESCAN])
    name = charset or (declared[1].decode("ascii", "replace") if declared else "utf-8")
    try:
        known = codecs.lookup(name).name
    except LookupError:
        known = name
    if known not in _CODECS:
        raise InputError(f"unknown character set {name!r}", mend="convert the page to UTF-8")
    return _strict(data, _CODECS[known])


def _strict(data: bytes, codec: str) -> str:
    if codec == "utf-8":
        return decode(data)
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        raise InputError(
            f"not {codec}, as declared: byte 0x{data[error.start]:02x} at position {error.start}"
        ) from None
