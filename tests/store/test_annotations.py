"""What people did: appended, current, gone, on each database."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlmodel import col, select

from annotate.record import Article
from annotate.store import Store
from annotate.store.annotations import (
    PulledAnnotation,
    annotators,
    append,
    articles_by_hash,
    current,
    mark_gone,
)
from annotate.store.outbox import bind_project
from annotate.store.tables import AnnotationRow
from annotate.store.verify import verify

ARTICLES = [Article.of(f"Text {number} 😀.", id=f"article-{number}") for number in (2, 10, 1)]


@pytest.fixture
def project(store: Store) -> int:
    list(store.add_articles(ARTICLES))
    return bind_project(store, "7@2026", 7, "Sources")


def pulled(store: Store, article: Article, identity: str, annotator: str = "ada@example.org") -> PulledAnnotation:
    return PulledAnnotation(
        remote_task=int(article.id.removeprefix("article-")),
        identity=identity,
        article_number=articles_by_hash(store, [article.sha256])[article.sha256].number,
        annotator=annotator,
        raw=f'{{"unique_id": "{identity}"}}',
        digest="1" * 64,
        skipped=False,
        ground_truth=False,
        lead_time=5,
        pipeline="v1",
        annotated_at="2026-01-01T00:00:00Z",
        record="{}",
        problem=None,
    )


def identities(store: Store) -> list[tuple[str, list[str]]]:
    return [(article.id, [row.identity for row in rows]) for article, rows in current(store)]


def test_annotated_articles_come_in_the_order_of_their_ids(store: Store, project: int) -> None:
    annotations = [pulled(store, article, f"u-{article.id}") for article in ARTICLES]
    assert append(store, project, annotations) == 3
    assert [article for article, _ in identities(store)] == ["article-1", "article-10", "article-2"]
    assert list(verify(store)) == []


def test_only_what_is_new_or_changed_is_appended(store: Store, project: int) -> None:
    first = pulled(store, ARTICLES[0], "u1")
    assert append(store, project, [first]) == 1
    assert append(store, project, [first]) == 0
    assert append(store, project, [replace(first, digest="2" * 64), pulled(store, ARTICLES[1], "u2")]) == 2
    with store.reading() as session:
        digests = session.exec(
            select(AnnotationRow.digest).where(AnnotationRow.identity == "u1").order_by(col(AnnotationRow.number))
        ).all()
    assert digests == ["1" * 64, "2" * 64]
    assert identities(store) == [("article-10", ["u2"]), ("article-2", ["u1"])]


def test_a_deletion_is_one_more_row_and_can_be_taken_back(store: Store, project: int) -> None:
    annotations = [pulled(store, ARTICLES[0], "u1"), pulled(store, ARTICLES[1], "u2")]
    append(store, project, annotations)
    assert mark_gone(store, project, {2: set()}) == 1  # task 10 was not listed: nothing is known of it
    assert mark_gone(store, project, {2: set()}) == 0
    assert identities(store) == [("article-10", ["u2"]), ("article-2", [])]
    assert append(store, project, annotations) == 1
    assert identities(store) == [("article-10", ["u2"]), ("article-2", ["u1"])]
    assert list(verify(store)) == []


def test_another_projects_tasks_are_not_touched(store: Store, project: int) -> None:
    append(store, project, [pulled(store, ARTICLES[0], "u1")])
    other = bind_project(store, "8@2026", 8, "Others")
    assert mark_gone(store, other, {2: set()}) == 0


def test_annotators_come_in_the_order_in_which_they_began(store: Store, project: int) -> None:
    people = ["zoe@example.org", "ada@example.org", "zoe@example.org"]
    for number, (article, person) in enumerate(zip(ARTICLES, people, strict=True)):
        append(store, project, [pulled(store, article, f"u{number}", person)])
    assert annotators(store) == ["zoe@example.org", "ada@example.org"]
