"""A written report, read back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lxml import html
from lxml.html import HtmlElement

from annotate.report import write_report
from annotate.report.briefs import Pair
from annotate.stories.model import Stories, Story


def singly(articles: Sequence[Pair]) -> Stories:
    """Return stories in which every article stands alone."""
    return Stories(
        version="1",
        articles=len(articles),
        stories=tuple(
            Story(id=f"s{number}", title="Untitled", articles=(prediction.id,))
            for number, (prediction, _) in enumerate(articles, start=1)
        ),
    )


class Page:
    """The elements of a report, by CSS class, id or path."""

    def __init__(self, path: Path) -> None:
        self.source = path.read_text(encoding="utf-8")
        self.root: HtmlElement = html.document_fromstring(self.source)

    @classmethod
    def of(cls, folder: Path, stories: Stories, articles: Sequence[Pair], *, title: str = "A report") -> Page:
        path = folder / "report.html"
        write_report(path, stories, articles, title=title)
        return cls(path)

    def all(self, path: str) -> list[HtmlElement]:
        """Return the elements of an XPath, in which `.name` stands for a class."""
        return list(self.root.xpath(path))

    def one(self, path: str) -> HtmlElement:
        (found,) = self.all(path)
        return found

    def id(self, name: str) -> HtmlElement:
        return self.one(f"//*[@id={name!r}]")

    def text(self, path: str) -> str:
        """Return the text of the one element, with single spaces."""
        return words(self.one(path))


def words(element: HtmlElement) -> str:
    return " ".join(str(element.text_content()).split())
