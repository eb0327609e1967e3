"""What only the maker of a release and the store know of it: the maker's own words, and how far annotators agree."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from annotate.dataset.describing.card import Account
    from annotate.dataset.export import Companion
    from annotate.store import Store


def account_of(store: Store, licence: str | None, about: Path | None) -> Account:
    """Read the maker's words, and measure agreement over all articles that several people annotated.

    Raises: InputError when the file cannot be read.
    """
    from annotate.dataset.describing.card import Account
    from annotate.errors import InputError
    from annotate.review.agreement import LeftOut, Tally, from_store

    try:
        words = about.read_text(encoding="utf-8") if about else None
    except (OSError, UnicodeDecodeError) as error:
        what = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InputError(f"cannot be read: {what}", where=str(about), mend="give a Markdown file in UTF-8") from None
    tally = Tally()
    for article in from_store(store, LeftOut()):
        tally.add(article)
    agreement = tally.result()
    return Account(agreement if agreement.articles else None, words, licence)


def source_tables(store: Store, names: Sequence[str], event_country: str | None) -> list[Companion]:
    """Return what writes these source tables, with what the store knows of each article."""
    if not names:
        return []
    from annotate.cli.bases import rendered_by
    from annotate.dataset.sources.facts import store_facts
    from annotate.dataset.sources.releasing import tables

    return tables(names, store_facts(store, rendered_by(store)), event_country=event_country)
