"""Whatever text is accepted comes back code point for code point, from every format that holds text verbatim."""

from __future__ import annotations

import csv
import io
import json
import tempfile
import unicodedata
from pathlib import Path

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from annotate.articles import Rejected, read_paths
from annotate.record import Article

# With the characters that splitters, decoders and normalisers are known to touch.
CHARACTERS = st.one_of(
    st.characters(), st.sampled_from("\r\n\t\0\"',;\\ \u2028\u2029\x85\x0b\x0c\x1c\ufeff\u00a0\u0301e🙂\ud800")
)
TEXTS = st.lists(st.text(CHARACTERS, max_size=40), min_size=1, max_size=4)

# A busy machine is no bug.
untimed = settings(deadline=None)


def come_back(content: bytes, format: str, given: list[str]) -> None:
    items = list(read_paths(["-"], stdin=io.BytesIO(content), format=format))
    assert len(items) == len(given)
    for item, text in zip(items, given, strict=True):
        if isinstance(item, Article):
            assert item.text == text.replace("\r\n", "\n")
            assert not unacceptable(text)
        else:
            assert unacceptable(text), item.reason


def unacceptable(text: str) -> bool:
    categories = {unicodedata.category(char) for char in text}
    return "\0" in text or "Cs" in categories or categories <= {"Cc", "Cf", "Zl", "Zp", "Zs"}


@untimed
@given(TEXTS)
def test_json_lines(texts: list[str]) -> None:
    for ascii_only in (True, False):
        lines = [json.dumps({"text": text}, ensure_ascii=ascii_only) for text in texts]
        come_back("\n".join(lines).encode("utf-8", "surrogatepass"), "jsonl", texts)


@untimed
@given(TEXTS)
def test_csv(texts: list[str]) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    writer.writerows([["text"], *([text] for text in texts)])
    come_back(buffer.getvalue().encode("utf-8", "surrogatepass"), "csv", texts)


@untimed
@given(st.text(CHARACTERS, max_size=200))
def test_plain_text(text: str) -> None:
    # A mark at the very beginning is the file's, so we put one there ourselves.
    come_back(("\ufeff" + text).encode("utf-8", "surrogatepass"), "text", [text])


@settings(max_examples=5, deadline=None)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=4))
def test_parquet(texts: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "a.parquet"
        parquet.write_table(pa.table({"text": texts}), file)
        come_back(file.read_bytes(), "parquet", texts)


@untimed
@given(st.binary(max_size=300))
def test_any_bytes_give_articles_or_reasons(content: bytes) -> None:
    for format in ("text", "jsonl", "csv", "warc"):
        for item in read_paths(["-"], stdin=io.BytesIO(content), format=format):
            assert item.reason if isinstance(item, Rejected) else item.text.encode()
