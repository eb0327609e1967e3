"""Made-up articles, predictions and annotations, and the ways to put them into a store."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from annotate.derive import sha256_of
from annotate.record import Article, Meta, Record, make_attribution
from annotate.store import Store
from annotate.store.annotations import PulledAnnotation, append
from annotate.store.projects import bind_project
from annotate.store.verify import verify

PIPELINE = "rules-1"


def article(number: int) -> Article:
    """Return a made-up article, another one for each number."""
    text = f"“We held bridge {number},” the spokesman said.\nNobody could confirm it 🌉."
    return Article.of(text, id=f"article-{number}", meta=Meta(title=f"Bridge {number}"))


def record(number: int) -> Record:
    """Return a made-up prediction for the article of this number."""
    of = article(number)
    quote = (0, of.text.index("”") + 1)
    attribution = make_attribution(of.text, id="q1", quote=(quote,))
    return Record(id=of.id, text=of.text, sha256=of.sha256, meta=of.meta, attributions=(attribution,))


def annotation(number: int, article_number: int | None = None, *, raw: str = '{"result": []}') -> PulledAnnotation:
    """Return a made-up annotation, another one for each number."""
    return PulledAnnotation(
        remote_task=number,
        identity=f"annotation-{number}",
        article_number=article_number,
        annotator="Ann Example",
        raw=raw,
        digest=sha256_of(raw),
        skipped=False,
        ground_truth=False,
        lead_time=5,
        pipeline=PIPELINE,
        annotated_at="2026-01-02T03:04:05Z",
        record=None,
        problem="made up",
    )


def add(store: Store, *numbers: int) -> list[str]:
    """Add made-up articles and return what became of them."""
    return [str(outcome) for _, outcome, _ in store.add_articles(article(number) for number in numbers)]


def project(store: Store) -> int:
    """Add a made-up project and return its number."""
    return bind_project(store, "1@2026", 1, "Sources")


def fill(store: Store) -> None:
    """Add three articles with predictions, and two annotations."""
    add(store, 1, 2, 3)
    assert len(list(store.add_predictions(PIPELINE, [record(number) for number in (1, 2, 3)]))) == 3
    assert append(store, project(store), [annotation(1, 1), annotation(2, 2)]) == 2


def findings(store: Store) -> list[str]:
    """Check the store and return where something is wrong, and what."""
    return [f"{finding.where}: {finding.what}" for finding in verify(store)]


@contextmanager
def foreign(path: Path) -> Iterator[sqlite3.Connection]:
    """Open an SQLite store as another program would, with the triggers out of the way."""
    with closing(sqlite3.connect(path)) as connection:
        kept = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in kept:
            connection.execute(f"DROP TRIGGER {name}")
        yield connection
        for _, statement in kept:
            connection.execute(statement)
        connection.commit()
