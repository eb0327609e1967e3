"""The newest prediction of each article, on both databases."""

from __future__ import annotations

import pytest

from annotate.store import Store
from annotate.store import store as store_module
from tests.store.made_up import PIPELINE, add, record


def test_the_newest_prediction_of_each_article_in_the_order_of_ids(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "PAGE", 2)
    add(store, 3, 10, 1, 2)
    list(store.add_predictions(PIPELINE, [record(number) for number in (3, 10, 1)]))
    again = record(10).model_copy(update={"attributions": ()})
    list(store.add_predictions("rules-2", [again]))
    assert list(store.latest_predictions()) == [record(1), again, record(3)]
    assert store.count_predicted() == 3


def test_a_prediction_made_elsewhere_comes_under_the_id_of_its_article(store: Store) -> None:
    add(store, 1)
    list(store.add_predictions(PIPELINE, [record(1).model_copy(update={"id": "their-own"})]))
    assert list(store.latest_predictions()) == [record(1)]
