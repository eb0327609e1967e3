"""ACLED's two columns on sources, a row for each thing reported.

What counts as a source there is the publication. The scale is relative to the country of the event, which no article's
metadata say by itself: it is given where the user names that country, and the registry settles it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from annotate.dataset.sources.articles import Head, day_of
from annotate.dataset.sources.columns import Column, Value, checked, number, texts
from annotate.dataset.sources.inputs import SourceInputs
from annotate.dataset.sources.statements import Statement, statements
from annotate.dataset.sources.writing import write_rows

# In the order in which hyphens join them.
SCALES = ("Local partner", "Subnational", "National", "Regional", "International", "Other", "New media")

COLUMNS: tuple[Column, ...] = (
    Column(
        "source",
        "the publications that report it, separated by “; ”; an article whose publisher is not known adds none",
    ),
    Column(
        "source_scale",
        "their scales in ACLED's words, several joined by a hyphen; blank unless every publication's is known",
    ),
    Column("statement", "what is reported: the claim's id, or article and attribution"),
    Column("story", "the story it belongs to"),
    Column("reported_date", "the day of the earliest article, where all have a date"),
    texts("articles", "ids of the articles that report it"),
    texts("urls", "their addresses"),
    texts("said_by", "who says it, as far as the articles tell"),
    texts("cited_outlets", "the outlets that these articles have it from"),
    number("number_of_sources", "how many articles report it"),
    number("number_of_independent_origins", "how many known origins that goes back to"),
    Column("statement_text", "the fullest wording, of articles whose text may be shown"),
)

# Agencies that report from everywhere to everywhere; in their own country it is for people to say.
_WORLDWIDE = frozenset({"Reuters", "Agence France-Presse", "AFP", "Associated Press", "The Associated Press"})
_NEW_MEDIA = (
    "twitter.com",
    "x.com",
    "t.me",
    "telegram.me",
    "facebook.com",
    "instagram.com",
    "youtube.com",
    "tiktok.com",
    "whatsapp.com",
)
_NATIONWIDE = frozenset({"wire", "state_agency"})


def rows(inputs: SourceInputs) -> Iterator[dict[str, Value]]:
    """Yield a row for each thing reported."""
    for statement in statements(inputs):
        yield checked(COLUMNS, _row(statement, inputs.event_country))


def write(folder: Path, inputs: SourceInputs) -> None:
    """Write acled.csv."""
    write_rows(rows(inputs), COLUMNS, folder / "acled.csv")


def _row(statement: Statement, event_country: str | None) -> dict[str, object]:
    heads = statement.heads
    dated = all(head.published for head in heads)
    return {
        "source": "; ".join(dict.fromkeys(head.outlet for head in heads if head.outlet)),
        "source_scale": scale_of(heads, event_country),
        "statement": statement.id,
        "story": statement.story,
        "reported_date": day_of(heads[0].published) if dated else None,
        "articles": [head.id for head in heads],
        "urls": [head.url for head in heads],
        "said_by": statement.sources,
        "cited_outlets": statement.cited,
        "number_of_sources": len(heads),
        "number_of_independent_origins": statement.origins,
        "statement_text": statement.text,
    }


def scale_of(heads: list[Head], event_country: str | None) -> str | None:
    """Return the scales of several publications, joined in ACLED's manner; None unless all are known."""
    found = {_scale(head, head.event_country or event_country) for head in heads}
    if None in found:
        return None
    return "-".join(scale for scale in SCALES if scale in found)


def _scale(head: Head, event_country: str | None) -> str | None:
    """Return the scale of one publication where the registry settles it.

    A wire or a state agency reports for the whole of its country. What a newspaper or a station reaches, the registry
    does not say, nor who is a partner of ACLED's or whose coverage is regional: blank, for people to fill.
    """
    if _at_new_media(head.url):
        return "New media"
    if event_country is None or head.country is None:
        return "International" if head.outlet in _WORLDWIDE else None
    if head.country.upper() == event_country.upper():
        return "National" if head.kind in _NATIONWIDE and head.outlet not in _WORLDWIDE else None
    return "International" if head.outlet in _WORLDWIDE else None


def _at_new_media(url: str | None) -> bool:
    try:
        host = (urlsplit(url or "").hostname or "").removeprefix("www.")
    except ValueError:
        return False
    return any(host == site or host.endswith("." + site) for site in _NEW_MEDIA)
