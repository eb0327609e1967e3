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
    newest,
    tasks_of,
)
from annotate.store.projects import bind_project, known_projects
from annotate.store.tables import AnnotationRow, ProjectRow, Purpose
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


def versions(store: Store) -> list[tuple[str, bool]]:
    with store.reading() as session:
        rows = session.exec(select(AnnotationRow).order_by(col(AnnotationRow.number))).all()
    return [(row.digest[0], row.gone) for row in rows]


@pytest.mark.parametrize(
    ("at", "filed"),
    [
        ("2026-01-01T00:00:00Z", 0),
        ("2026-01-01T00:00:04.999999Z", 0),
        ("2026-01-01T00:00:05Z", 1),  # what is changed in bulk keeps its time
        ("2026-01-01T00:00:05.000001Z", 1),
        (None, 1),
        ("yesterday", 1),
        ("2026-01-01T00:00:00", 1),
    ],
)
def test_an_older_version_than_the_one_on_file_is_left_out(
    store: Store, project: int, at: str | None, filed: int
) -> None:
    now = replace(pulled(store, ARTICLES[0], "u1"), annotated_at="2026-01-01T00:00:05Z")
    append(store, project, [now])
    assert append(store, project, [replace(now, digest="2" * 64, annotated_at=at)]) == filed
    assert versions(store) == [("1", False), ("2", False)][: 1 + filed]


def test_a_listing_says_nothing_of_what_was_filed_after_it_was_begun(store: Store, project: int) -> None:
    first, second = pulled(store, ARTICLES[0], "u1"), pulled(store, ARTICLES[0], "u2")
    append(store, project, [first])
    begun = newest(store)
    append(store, project, [second])  # somebody else was quicker, and saw more
    assert mark_gone(store, project, {2: {"u1"}}, after=begun) == 0
    assert mark_gone(store, project, {2: {"u1"}}, after=newest(store)) == 1
    # Nor does it bring back what somebody else has meanwhile found deleted.
    assert append(store, project, [second], after=begun) == 0
    assert append(store, project, [second], after=newest(store)) == 1
    assert list(verify(store)) == []


def test_before_the_first_row_there_is_nothing_newest(store: Store, project: int) -> None:
    assert newest(store) == 0
    append(store, project, [pulled(store, ARTICLES[0], "u1")])
    assert newest(store) == 1


def test_the_tasks_of_annotations_are_found_by_the_servers_ids(store: Store, project: int) -> None:
    raws = ['{"completed_by": {"id": 5, "email": "e"}, "id": 11, "x": 0}', '{"id": 1, "y": 0}', '{"id": 5, "z": 0}']
    rows = [replace(pulled(store, of, f"u{n}"), raw=raws[n]) for n, of in enumerate(ARTICLES)]
    append(store, project, rows)
    assert tasks_of(store, project, [5]) == {1}, "a person with that id is no annotation"
    assert tasks_of(store, project, [1, 11, 12]) == {10, 2}
    assert tasks_of(store, project, []) == set()
    other = bind_project(store, "8@2026", 8, "Others")
    assert tasks_of(store, other, [5]) == set()
    mark_gone(store, project, {1: set()})
    assert tasks_of(store, project, [5]) == set()


def test_known_projects_are_those_on_servers(store: Store, project: int) -> None:
    bind_project(store, "file", 7, "export.json")
    other = bind_project(store, "7@2020", 7, "Older")
    with store.writing() as session:
        session.get_one(ProjectRow, other).purpose = Purpose.ADJUDICATION
    assert [(one.number, one.remote_id, one.identity, one.purpose) for one in known_projects(store)] == [
        (project, 7, "7@2026", Purpose.ANNOTATION),
        (other, 7, "7@2020", Purpose.ADJUDICATION),
    ]
