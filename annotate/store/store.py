"""The store: articles, predictions, the outbox and everything people did, behind short transactions.

No network, model or file work happens inside a transaction, and no read transaction stays open between two pages of
an iteration: under SQLite's rollback journal an open reader would keep every writer waiting.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Self

from more_itertools import chunked
from sqlalchemy import exists, func
from sqlalchemy.engine import URL
from sqlmodel import Session, col, select

from annotate import settings
from annotate.errors import DamageError, StoreError
from annotate.record import Article, Meta, Record, parse_record
from annotate.store import ledger
from annotate.store.engine import READER, RESTORE, make_engine, plainly, shown, store_url
from annotate.store.migrate import bring_up, revision_of
from annotate.store.tables import ArticleRow, PredictionRow

PAGE = 200


class Outcome(StrEnum):
    """What became of an article that was given to the store."""

    NEW = "new"
    KNOWN = "known"
    CLASH = "clash"


@dataclass(frozen=True, slots=True)
class PipelineUse:
    """A pipeline version, how many articles it has predicted, and when last (UTC)."""

    pipeline: str
    predictions: int
    last: datetime


class Store:
    """Articles and what the machine and people say of them.

    Safe for several processes at once; one Store object belongs to one thread at a time.
    """

    def __init__(self, url: URL) -> None:
        self.url = url
        self.engine = make_engine(url)
        self._readers = self.engine.execution_options(**{READER: True})

    @classmethod
    def open(cls, where: str | None = None) -> Self:
        """Open a store by SQLAlchemy URL or SQLite path, making it when it does not exist.

        None: the user's own store. Raises: StoreError when it cannot be reached, or was made by another release.
        """
        store = cls(store_url(where or settings.default_store()))
        with store._closed_on_error():
            if store.file:
                store.file.parent.mkdir(parents=True, exist_ok=True)
            bring_up(store.engine)
            ledger.begin_head(store.engine)
        return store

    @classmethod
    def existing(cls, where: str | None = None) -> Self:
        """Open a store that is there already, whichever release made it: to check it, copy it or upgrade it.

        Raises: StoreError when there is none, or when it cannot be reached; DamageError when there was one.
        """
        store = cls(store_url(where or settings.default_store()))
        with store._closed_on_error():
            if (store.file and not store.file.is_file()) or revision_of(store.engine) is None:
                if store.head_path and store.head_path.is_file():
                    raise DamageError("the store is gone, but not its head", where=store.shown_url, mend=RESTORE)
                raise StoreError("there is no store here", where=store.shown_url, mend="run: annotate ingest")
        return store

    @contextmanager
    def _closed_on_error(self) -> Iterator[None]:
        try:
            with plainly(self.url):
                yield
        except OSError as error:
            self.close()
            raise StoreError(f"cannot be opened: {error.strerror}", where=self.shown_url) from None
        except BaseException:
            self.close()
            raise

    @property
    def file(self) -> Path | None:
        """The file of an SQLite store (None in memory, or on a database server)."""
        if self.url.get_backend_name() != "sqlite" or self.url.database in (None, "", ":memory:"):
            return None
        return Path(str(self.url.database))

    @property
    def shown_url(self) -> str:
        """The store's address without its password."""
        return shown(self.url)

    @property
    def head_path(self) -> Path | None:
        """The file that keeps the ledger's head outside the database (None for a store in memory)."""
        return ledger.head_path(self.url)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a short read transaction."""
        with Session(self._readers) as session, plainly(self.url):
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open a write transaction: committed at the end, rolled back on any error.

        Writers take turns, on both databases. Raises: StoreError when another one takes too long, or when the
        database cannot be written.
        """
        with Session(self.engine, expire_on_commit=False) as session, plainly(self.url):
            yield session
            session.commit()

    def keep_head(self, head: ledger.Head) -> None:
        """Note the ledger's head outside the database, after its transaction has been committed."""
        if self.head_path is not None:
            ledger.write_head(self.head_path, head)

    # -- articles ------------------------------------------------------------------------------------------------

    def add_articles(self, articles: Iterable[Article]) -> Iterator[tuple[Article, Outcome, str | None]]:
        """Add articles, and yield each with what became of it, once it is on disk.

        NEW: stored. KNOWN: its text was there already, and nothing changed. CLASH: its id belongs to another text, so
        it was not stored; the third value says why and how to mend it.
        """
        for batch in chunked(articles, PAGE):
            with self.writing() as session:
                ledger.lock(session)
                outcomes = _add_batch(session, batch)
                rows = [row for row, _, _ in outcomes if row is not None]
                session.add_all(rows)
                # Also without rows: a command that was broken off may have left the head outside behind.
                head = ledger.append(session, rows)
            self.keep_head(head)
            for article, (_, outcome, reason) in zip(batch, outcomes, strict=True):
                yield article, outcome, reason

    def articles(self) -> Iterator[Article]:
        """Yield all articles in the order of their arrival."""
        for row in self._article_rows():
            yield article_of(row)

    def article(self, article_id: str) -> Article | None:
        """Return the article with this id, if there is one."""
        with self.reading() as session:
            row = session.exec(select(ArticleRow).where(ArticleRow.id == article_id)).first()
            return article_of(row) if row else None

    def count_articles(self) -> int:
        """Return the number of articles."""
        with self.reading() as session:
            return session.exec(select(func.count()).select_from(ArticleRow)).one()

    def articles_without(self, pipeline: str) -> Iterator[Article]:
        """Yield the articles that this pipeline version has not predicted yet."""
        for row in self._article_rows(without=pipeline):
            yield article_of(row)

    def _article_rows(self, without: str | None = None) -> Iterator[ArticleRow]:
        last = 0
        query = select(ArticleRow).order_by(col(ArticleRow.number)).limit(PAGE)
        if without is not None:
            done = exists().where(
                col(PredictionRow.article_number) == col(ArticleRow.number), col(PredictionRow.pipeline) == without
            )
            query = query.where(~done)
        while True:
            with self.reading() as session:
                rows = session.exec(query.where(col(ArticleRow.number) > last)).all()
            if not rows:
                return
            yield from rows
            last = rows[-1].number or last

    # -- predictions ---------------------------------------------------------------------------------------------

    def add_predictions(self, pipeline: str, records: Iterable[Record]) -> Iterator[Record]:
        """Add the Records that a pipeline version made, and yield each once it is on disk.

        A prediction that this version made before stays as it is.
        Raises: StoreError when a Record's article is not in the store.
        """
        for batch in chunked(records, PAGE):
            with self.writing() as session:
                hashes = [record.sha256 for record in batch]
                numbers = dict(
                    session.exec(
                        select(ArticleRow.sha256, ArticleRow.number).where(col(ArticleRow.sha256).in_(hashes))
                    ).all()
                )
                done = set(
                    session.exec(
                        select(PredictionRow.article_number)
                        .where(PredictionRow.pipeline == pipeline)
                        .where(col(PredictionRow.article_number).in_(list(numbers.values())))
                    ).all()
                )
                for record in batch:
                    number = numbers.get(record.sha256)
                    if number is None:
                        raise StoreError("its article is not in the store", where=record.id, mend="ingest it first")
                    if number not in done:
                        done.add(number)
                        session.add(PredictionRow(article_number=number, pipeline=pipeline, record=record.to_json()))
            yield from batch

    def renew_predictions(self, pipeline: str, records: Iterable[Record]) -> int:
        """Put these Records in the place of those that the same pipeline version made before; return how many.

        For what depends on the collection and not on the article alone: suggestions. A Record of an article that this
        version has not predicted is passed over.
        """
        renewed = 0
        for batch in chunked(records, PAGE):
            with self.writing() as session:
                rows = session.exec(
                    select(PredictionRow, ArticleRow.sha256)
                    .join(ArticleRow, col(ArticleRow.number) == col(PredictionRow.article_number))
                    .where(PredictionRow.pipeline == pipeline)
                    .where(col(ArticleRow.sha256).in_([record.sha256 for record in batch]))
                ).all()
                by_hash = {sha256: row for row, sha256 in rows}
                for record in batch:
                    if record.sha256 in by_hash:
                        by_hash[record.sha256].record = record.to_json()
                        renewed += 1
        return renewed

    def predictions(self, pipeline: str) -> Iterator[Record]:
        """Yield the Records of one pipeline version in the order of their articles."""
        last = 0
        while True:
            with self.reading() as session:
                rows = session.exec(
                    select(PredictionRow)
                    .where(PredictionRow.pipeline == pipeline, col(PredictionRow.article_number) > last)
                    .order_by(col(PredictionRow.article_number))
                    .limit(PAGE)
                ).all()
            if not rows:
                return
            for row in rows:
                yield parse_record(row.record)
            last = rows[-1].article_number

    def latest_predictions(self) -> Iterator[Record]:
        """Yield the newest prediction of each article, in the order of the article ids (by code point).

        A Record that was made elsewhere under another id comes under the one that its article has here.
        """
        newest = select(func.max(PredictionRow.number)).group_by(col(PredictionRow.article_number))
        with self.reading() as session:
            ids = session.exec(
                select(ArticleRow.id, PredictionRow.number)
                .join(PredictionRow, col(ArticleRow.number) == col(PredictionRow.article_number))
                .where(col(PredictionRow.number).in_(newest))
            ).all()
        for batch in chunked(sorted(ids), PAGE):
            with self.reading() as session:
                query = select(PredictionRow.number, PredictionRow.record)
                rows = dict(session.exec(query.where(col(PredictionRow.number).in_([n for _, n in batch]))).all())
            for article_id, number in batch:
                record = parse_record(rows[number])
                yield record if record.id == article_id else record.model_copy(update={"id": article_id})

    def count_predicted(self) -> int:
        """Return the number of articles that any pipeline version has predicted."""
        with self.reading() as session:
            return session.exec(select(func.count(func.distinct(PredictionRow.article_number)))).one()

    def prediction(self, article_id: str, pipeline: str) -> Record | None:
        """Return what one pipeline version made of one article, if it did."""
        with self.reading() as session:
            found = session.exec(
                select(PredictionRow.record)
                .join(ArticleRow, col(ArticleRow.number) == col(PredictionRow.article_number))
                .where(ArticleRow.id == article_id, PredictionRow.pipeline == pipeline)
            ).first()
        return parse_record(found) if found is not None else None

    def pipelines(self) -> list[PipelineUse]:
        """Return the pipeline versions that made predictions, the latest last."""
        with self.reading() as session:
            rows = session.exec(
                select(
                    PredictionRow.pipeline,
                    func.count(),
                    func.max(PredictionRow.made_at),
                    func.max(PredictionRow.number).label("newest"),
                )
                .group_by(PredictionRow.pipeline)
                .order_by("newest")
            ).all()
        return [PipelineUse(pipeline, count, last) for pipeline, count, last, _ in rows]


def article_of(row: ArticleRow) -> Article:
    """Turn a row into the Article that was stored."""
    return Article(id=row.id, text=row.text, sha256=row.sha256, meta=Meta.model_validate_json(row.meta))


def _add_batch(session: Session, batch: list[Article]) -> list[tuple[ArticleRow | None, Outcome, str | None]]:
    hashes = [article.sha256 for article in batch]
    ids = [article.id for article in batch]
    stored = session.exec(
        select(ArticleRow.sha256, ArticleRow.id).where(col(ArticleRow.sha256).in_(hashes) | col(ArticleRow.id).in_(ids))
    ).all()
    by_hash = dict(stored)
    by_id = {article_id: sha256 for sha256, article_id in stored}
    outcomes: list[tuple[ArticleRow | None, Outcome, str | None]] = []
    for article in batch:
        if article.sha256 in by_hash:
            outcomes.append((None, Outcome.KNOWN, None))
        elif article.id in by_id:
            reason = f"the id {article.id!r} belongs to an article with another text; give this one its own id"
            outcomes.append((None, Outcome.CLASH, reason))
        else:
            by_hash[article.sha256] = article.id
            by_id[article.id] = article.sha256
            row = ArticleRow(
                sha256=article.sha256, id=article.id, text=article.text, meta=article.meta.model_dump_json()
            )
            outcomes.append((row, Outcome.NEW, None))
    return outcomes
