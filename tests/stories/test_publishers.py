"""Whose article a Record is."""

from __future__ import annotations

import pytest

from annotate.record import Article, Meta, OutletMention, Record
from annotate.scheme import OutletRole
from annotate.stories.publishers import publishers_of

TEXT = "Example Media Inc. Sample Herald says so."
OWNER = OutletMention(id="o1", span=(0, 18), name="Example Media", role=OutletRole.PUBLISHER)
HERALD = OutletMention(id="o2", span=(19, 32), name="Sample Herald", role=OutletRole.PUBLISHER, domain="herald.example")


def record(*outlets: OutletMention, **meta: str) -> Record:
    article = Article.of(TEXT, id="x", meta=Meta(**meta))
    return Record(id="x", text=TEXT, sha256=article.sha256, meta=article.meta, outlets=outlets)


def test_an_outlet_with_a_site_goes_before_the_company_that_owns_it() -> None:
    assert publishers_of(record(OWNER, HERALD)) == ["Sample Herald", "Example Media"]


def test_the_metadata_goes_before_the_text() -> None:
    assert publishers_of(record(OWNER, publisher=" Placeholder Post ")) == ["Placeholder Post", "Example Media"]


def test_the_address_tells_an_outlet_that_the_text_only_mentions() -> None:
    mention = HERALD.model_copy(update={"role": OutletRole.MENTION})
    assert publishers_of(record(mention, url="https://www.herald.example/a")) == ["Sample Herald"]
    assert publishers_of(record(mention, url="https://other.example/herald.example")) == []


@pytest.mark.parametrize("url", ["", "no address", "http://[broken"])
def test_odd_addresses_tell_nothing(url: str) -> None:
    assert publishers_of(record(url=url)) == []
