"""Made-up articles, predictions and annotations."""

from __future__ import annotations

from annotate.record import Article, Meta
from annotate.store import Store


def article(number: int) -> Article:
    """Return a made-up article, another one for each number."""
    text = f"“We held bridge {number},” the spokesman said.\nNobody could confirm it 🌉."
    return Article.of(text, id=f"article-{number}", meta=Meta(title=f"Bridge {number}"))


def add(store: Store, *numbers: int) -> list[str]:
    """Add made-up articles and return what became of them."""
    return [str(outcome) for _, outcome, _ in store.add_articles(article(number) for number in numbers)]
