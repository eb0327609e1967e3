"""Articles in the store, on both databases."""

from __future__ import annotations

from annotate.store import Outcome, Store
from tests.store.made_up import add, article


def test_what_was_added_comes_back(store: Store) -> None:
    assert add(store, 1, 2) == ["new", "new"]
    assert list(store.articles()) == [article(1), article(2)]
    assert store.article("article-2") == article(2)
    assert store.article("article-3") is None
