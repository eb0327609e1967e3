"""Texts that somebody has, found by the hash of what was annotated; on disk, not in memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from annotate.record import Article, Record


@dataclass(frozen=True, slots=True)
class Located:
    """An article and where it was read."""

    article: Article
    where: str


@dataclass(frozen=True, slots=True)
class Missing:
    """An article whose text was not found.

    changed: of one that goes by its id, address or file, and has another text: where it was read, and its hash.
    """

    article_id: str
    sha256: str
    changed: tuple[str, str] | None = None

    def __str__(self) -> str:
        if self.changed is None:
            return f"article {self.article_id}: its text was not found (sha256 {self.sha256})"
        where, sha256 = self.changed
        return (
            f"article {self.article_id}: its text is not the one that was annotated (sha256 {sha256} instead of"
            f" {self.sha256}, in {where})"
        )


@contextmanager
def open_shelf() -> Iterator[Shelf]:
    """Give an empty shelf, which is gone in the end."""
    with tempfile.TemporaryFile() as file:
        yield Shelf(file)


class Shelf:
    """The texts of wanted articles. Memory holds some hundred bytes an article."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._wanted: dict[str, str] = {}
        self._places: dict[str, tuple[int, int]] = {}
        self._names: dict[tuple[str, str], str] = {}
        self._changed: dict[str, tuple[str, str]] = {}

    def want(self, record: Record) -> None:
        """Ask for the text of a row."""
        self._wanted[record.sha256] = record.id
        file = (record.meta.model_extra or {}).get("file")
        for kind, name in (("id", record.id), ("url", record.meta.url), ("file", file)):
            if isinstance(name, str) and name:
                self._names[kind, name] = record.sha256

    def take(self, located: Iterable[Located]) -> None:
        """Keep the texts that are wanted, and note which of the others go by the name of a wanted one."""
        for each in located:
            article = each.article
            if article.sha256 in self._wanted:
                self._keep(article)
                continue
            file = (article.meta.model_extra or {}).get("file")
            for name in (("id", article.id), ("url", article.meta.url), ("file", file)):
                wanted = self._names.get((name[0], str(name[1])))
                if wanted is not None:
                    self._changed.setdefault(wanted, (each.where, article.sha256))

    def _keep(self, article: Article) -> None:
        if article.sha256 not in self._places:
            content = article.text.encode()
            self._file.seek(0, 2)
            self._places[article.sha256] = (self._file.tell(), len(content))
            self._file.write(content)

    def text_of(self, sha256: str) -> str | None:
        """Return the text with this hash, if it was found."""
        place = self._places.get(sha256)
        if place is None:
            return None
        self._file.seek(place[0])
        return self._file.read(place[1]).decode()

    def missing(self) -> list[Missing]:
        """Return the wanted articles that were not found, in the order in which they were asked for."""
        return [
            Missing(article_id, sha256, self._changed.get(sha256))
            for sha256, article_id in self._wanted.items()
            if sha256 not in self._places
        ]
