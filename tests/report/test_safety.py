"""Text that means harm or nonsense: what becomes of it before a template sees it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.report.safety import label, language, link, printable


@pytest.mark.parametrize("url", ["https://example.org/a?b=c&d=1#e", "http://example.org", "https://例え.example/ä"])
def test_web_addresses_are_links(url: str) -> None:
    assert link(url) == url


@pytest.mark.parametrize(
    "url",
    [
        None, 7, "", "example.org/a", "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>", "file:///etc/passwd", "//example.org", "https:", "https:///a",
        "https://example.org/\njavascript:", "https://[", "https://user@example.org", "https:\\\\example.org",
        "https://example.org/" + "a" * 3000,
    ],
)  # fmt: skip
def test_everything_else_is_none(url: object) -> None:
    assert link(url) is None


def test_what_html_cannot_hold_is_replaced_one_for_one() -> None:
    assert printable("a\x00b\x1b\x85\ud800\ufffec\t\n") == "a\ufffdb\ufffd\ufffd\ufffd\ufffdc\t\n"


def test_a_label_is_one_short_line_in_one_direction() -> None:
    assert label("Ada\n  Example \u202eevil\u202c") == "Ada Example evil"
    assert label("word " * 50, 12) == "word word w…"


@given(st.text(max_size=80), st.integers(2, 30))
def test_no_label_is_longer_than_asked(text: str, limit: int) -> None:
    made = label(text, limit)
    assert len(made) <= limit
    assert "\n" not in made


@pytest.mark.parametrize(
    ("tag", "kept"), [("en", "en"), ("pt-BR", "pt-BR"), ('en" onload="x', None), (None, None), ("", None)]
)
def test_only_language_tags_become_languages(tag: object, kept: str | None) -> None:
    assert language(tag) == kept
