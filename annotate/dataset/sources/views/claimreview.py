"""Claims for fact-checkers: schema.org `Claim` nodes in JSON-LD, to stand as `itemReviewed` in a ClaimReview.

A ClaimReview is a verdict: those who read it ask for a `reviewRating`. That is the fact-checker's to give, and none is
written here; neither are the Admiralty ratings.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from annotate.dataset.sources.articles import Head, day_of
from annotate.dataset.sources.inputs import SourceInputs
from annotate.dataset.sources.statements import Statement, statements
from annotate.dataset.sources.writing import write_graph

CONTEXT = "https://schema.org"

_NAME = {True: "name", False: "description"}  # what a named source has, and an unnamed one
# Property → what it holds, in the order in which they are written.
PROPERTIES = {
    "@type": "`Claim`",
    "@id": ("`urn:source-annotator:claim:` with the collection's version and the claim's id, or article and "
"attribution"),
    "identifier": "that id",
    "text": "the fullest wording, of articles whose text may be shown; left out else",
    "author": "who says it: `Person` or `Organization`, with `name`, the unnamed with `description`; none for nobody",
    "datePublished": "the day of the earliest article, where all have a date",
    "firstAppearance": "the earliest article, where all have a date",
    "appearance": ("the articles that tell it: `NewsArticle` with `@id`, `url`, `headline`, `datePublished`, "
"`publisher`, `author`"),
}  # fmt: skip


def nodes(inputs: SourceInputs) -> Iterator[dict[str, Any]]:
    """Yield a Claim for each thing reported."""
    version = inputs.comparison.stories.version[:16]
    for statement in statements(inputs):
        yield _claim(statement, version)


def write(folder: Path, inputs: SourceInputs) -> None:
    """Write claims.jsonld."""
    write_graph(folder / "claims.jsonld", CONTEXT, nodes(inputs))


def _claim(statement: Statement, version: str) -> dict[str, Any]:
    heads = statement.heads
    dated = all(head.published for head in heads)
    node: dict[str, Any] = {
        "@type": "Claim",
        "@id": f"urn:source-annotator:claim:{version}:{quote(statement.id, safe='')}",
        "identifier": statement.id,
        "text": statement.text,
        "author": _authors(statement),
        "datePublished": day_of(heads[0].published) if dated else None,
        "firstAppearance": _article(heads[0]) if dated else None,
        "appearance": [_article(head) for head in heads],
    }
    return {name: value for name, value in node.items() if value}


def _authors(statement: Statement) -> dict[str, str] | list[dict[str, str]]:
    first = {telling.said_by: telling for telling in reversed(statement.tellings) if telling.said_by}
    found = [
        {"@type": "Person" if first[said_by].is_person else "Organization", _NAME[first[said_by].named]: said_by}
        for said_by in statement.sources
    ]
    return found[0] if len(found) == 1 else found


def _article(head: Head) -> dict[str, Any]:
    node: dict[str, Any] = {
        "@type": "NewsArticle",
        "@id": f"urn:sha256:{head.sha256}",
        "identifier": head.id,
        "url": head.url if _is_address(head.url) else None,
        "headline": head.headline,
        "datePublished": day_of(head.published),
        "publisher": {"@type": "Organization", "name": head.outlet} if head.outlet else None,
        "author": {"@type": "Person", "name": head.author} if head.author else None,
    }
    return {name: value for name, value in node.items() if value}


def _is_address(url: str | None) -> bool:
    try:
        return urlsplit(url or "").scheme in {"http", "https"}
    except ValueError:
        return False
