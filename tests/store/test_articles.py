"""Articles and predictions in the store, on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from annotate.errors import StoreError
from annotate.record import Article, Meta
from annotate.scheme import Quality
from annotate.store import Outcome, Store
from annotate.store import store as store_module
from annotate.store.tables import LedgerRow
from tests.store.made_up import PIPELINE, add, article, findings, record

# Everything but lone surrogates, which are no text, and NUL, which PostgreSQL refuses and ingest rejects.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)


def test_what_was_added_comes_back(store: Store) -> None:
    assert add(store, 1, 2) == ["new", "new"]
    assert list(store.articles()) == [article(1), article(2)]
    assert store.article("article-2") == article(2)
    assert store.article("article-3") is None
    assert store.count_articles() == 2


def test_adding_twice_changes_nothing(store: Store) -> None:
    add(store, 1, 2)
    head = store.head_path.read_bytes()
    assert add(store, 2, 1, 2) == ["known", "known", "known"]
    assert list(store.articles()) == [article(1), article(2)]
    assert store.head_path.read_bytes() == head


def test_the_same_text_twice_in_one_batch_is_stored_once(store: Store) -> None:
    assert add(store, 1, 1) == ["new", "known"]
    assert store.count_articles() == 1


def test_the_same_text_under_another_id_stays_what_it_was(store: Store) -> None:
    add(store, 1)
    other = Article.of(article(1).text, id="another-id", meta=Meta(title="Another title"))
    assert [outcome for _, outcome, _ in store.add_articles([other])] == [Outcome.KNOWN]
    assert list(store.articles()) == [article(1)]


def test_another_text_under_a_known_id_is_a_clash_and_is_not_stored(store: Store) -> None:
    add(store, 1)
    other = Article.of("Another text.", id="article-1")
    [(given_back, outcome, reason)] = store.add_articles([other])
    assert (given_back, outcome) == (other, Outcome.CLASH)
    assert reason == "the id 'article-1' belongs to an article with another text; give this one its own id"
    assert list(store.articles()) == [article(1)]


def test_a_clash_inside_one_batch_keeps_the_first(store: Store) -> None:
    first, second = Article.of("One text.", id="same"), Article.of("Another text.", id="same")
    assert [outcome for _, outcome, _ in store.add_articles([first, second])] == [Outcome.NEW, Outcome.CLASH]
    assert list(store.articles()) == [first]


def test_articles_come_in_the_order_of_arrival_across_pages(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "PAGE", 3)
    order = [7, 2, 9, 4, 1, 8, 3, 6, 5, 10]
    add(store, *order)
    assert [found.id for found in store.articles()] == [f"article-{number}" for number in order]
    assert findings(store) == []


def test_articles_added_while_reading_are_read_too(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    # No transaction is open between two pages: a writer need not wait for a slow reader.
    monkeypatch.setattr(store_module, "PAGE", 1)
    add(store, 1)
    reader = store.articles()
    assert next(reader) == article(1)
    add(store, 2)
    assert list(reader) == [article(2)]


def test_each_article_is_on_disk_when_it_is_yielded(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "PAGE", 1)

    def source() -> Iterator[Article]:
        yield article(1)
        raise RuntimeError("the input broke off")

    added = store.add_articles(source())
    assert next(added)[1] == Outcome.NEW
    with pytest.raises(RuntimeError):
        next(added)
    assert list(store.articles()) == [article(1)]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(texts, min_size=1, max_size=5, unique=True), title=texts)
def test_any_text_comes_back_exactly(store: Store, drawn: list[str], title: str) -> None:
    articles = [Article.of(text, meta=Meta(title=title, desk=text)) for text in drawn]
    kept = {outcome for _, outcome, _ in store.add_articles(articles)}
    assert kept <= {Outcome.NEW, Outcome.KNOWN}
    for given_one in articles:
        found = store.article(given_one.id)
        assert found is not None
        assert found.text == given_one.text
    new = Article.of(title + drawn[0] + title, id="id " + title + drawn[0], meta=Meta(title=title, desk=drawn[0]))
    for _, outcome, _ in store.add_articles([new]):
        assert store.article(new.id) == new or outcome == Outcome.KNOWN
    assert findings(store) == []


def test_predictions_are_kept_by_article_and_pipeline(store: Store) -> None:
    add(store, 1, 2, 3)
    assert list(store.add_predictions(PIPELINE, [record(2), record(1)])) == [record(2), record(1)]
    assert list(store.predictions(PIPELINE)) == [record(1), record(2)]
    assert store.prediction("article-1", PIPELINE) == record(1)
    assert store.prediction("article-3", PIPELINE) is None
    assert store.prediction("article-1", "rules-2") is None
    assert list(store.articles_without(PIPELINE)) == [article(3)]
    assert list(store.articles_without("rules-2")) == [article(1), article(2), article(3)]


def test_a_prediction_that_is_there_stays_as_it_is(store: Store) -> None:
    add(store, 1)
    list(store.add_predictions(PIPELINE, [record(1)]))
    empty = record(1).model_copy(update={"attributions": ()})
    list(store.add_predictions(PIPELINE, [empty, empty]))
    list(store.add_predictions("rules-2", [empty]))
    assert list(store.predictions(PIPELINE)) == [record(1)]
    assert list(store.predictions("rules-2")) == [empty]
    uses = store.pipelines()
    assert [(use.pipeline, use.predictions) for use in uses] == [(PIPELINE, 1), ("rules-2", 1)]
    assert uses[0].last.utcoffset() is not None


def test_a_prediction_without_its_article_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match=r"^article-1: its article is not in the store \(ingest it first\)$"):
        list(store.add_predictions(PIPELINE, [record(1)]))


def test_an_article_is_entered_in_the_ledger_once(store: Store) -> None:
    add(store, 1, 2)
    add(store, 2, 3)
    with store.reading() as session:
        rows = session.exec(select(LedgerRow).order_by(col(LedgerRow.seq))).all()
        entries = [(row.seq, row.kind, row.key) for row in rows]
        numbers = [found.id for found in store.articles()]
    assert [seq for seq, _, _ in entries] == [1, 2, 3]
    assert {kind for _, kind, _ in entries} == {"article"}
    assert len({key for _, _, key in entries}) == len(numbers) == 3


def test_predictions_are_renewed_in_place(store: Store) -> None:
    add(store, 1, 2)
    list(store.add_predictions(PIPELINE, [record(1), record(2)]))
    changed = record(2).model_copy(update={"quality": Quality.OK})
    assert store.renew_predictions(PIPELINE, [changed, record(3)]) == 1
    assert list(store.predictions(PIPELINE)) == [record(1), changed]
    assert store.renew_predictions("another-1", [changed]) == 0
    assert [use.predictions for use in store.pipelines()] == [2]
