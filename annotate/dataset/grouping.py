"""Which articles must not be parted by a split: those that tell one story with the same words, or the same claims.

Articles are joined when they are one text or one article, near-duplicates (`near_duplicates`), carry the same long
quote (`shared_quotes`), or report the same events in other words (annotate.stories), by a claim that both tell or by
what they are about. What is joined over several steps is one story. Every join can be explained: it has its reason,
and the places that show it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from annotate.dataset.near_duplicates import near_duplicates
from annotate.dataset.shared_quotes import SharedQuotes
from annotate.dataset.wordings import Wording, Wordings
from annotate.derive import Span
from annotate.record import Record
from annotate.stories.publishers import day_of
from annotate.stories.unions import Unions

__all__ = ["CLAIMS_UP_TO", "Crossing", "Join", "Reason", "Stories", "crossings", "group"]

# Comparing claims and events holds the whole collection in memory: some 75 kB an article.
CLAIMS_UP_TO = 20_000


class Reason(StrEnum):
    """Why two articles are of one story."""

    SAME_ID = "same_id"
    SAME_TEXT = "same_text"
    NEAR_DUPLICATE = "near_duplicate"
    QUOTE = "quote"
    CLAIM = "claim"
    EVENTS = "events"


@dataclass(frozen=True, slots=True)
class Join:
    """Two articles of one story, by their ids, and why.

    similarity: of near-duplicates, 0 to 1. places: of a quote or a claim, where it stands in the one and the other
    article, [start, end) in code points. words: how long a shared quote is.
    """

    one: str
    other: str
    reason: Reason
    similarity: float | None = None
    places: tuple[Span, Span] | None = None
    words: int | None = None

    def __str__(self) -> str:
        """Say why, without a word of the articles."""
        pair = f"{self.one} and {self.other}"
        if self.reason is Reason.SAME_ID:
            return f"{self.one} stands there twice, with two texts"
        if self.reason is Reason.SAME_TEXT:
            return f"{pair} are one text"
        if self.reason is Reason.NEAR_DUPLICATE:
            return f"{pair} are near-duplicates ({self.similarity:.0%} of their word sequences are the same)"
        if self.reason is Reason.EVENTS:
            return f"{pair} report the same events"
        assert self.places is not None
        (start, end), (begin, stop) = self.places
        what = f"share a quote of {self.words} words" if self.reason is Reason.QUOTE else "tell one claim"
        return f"{pair} {what} (at {start}–{end} and {begin}–{stop})"


@dataclass(frozen=True, slots=True)
class Stories:
    """The stories of a collection.

    story_of: the story of each article by its id; a story is named after its smallest text hash, so that one
    collection gives the same names in whatever order it comes. joins: just enough to hold each story together, not
    every pair. uncompared: ids of articles without a text or without words; they are joined by id and hash alone, and
    may belong to any story. claims: whether claims and events were compared.
    common: runs of words that were left out because they
    stand in too many articles, or are an outlet's standing note.
    """

    story_of: Mapping[str, str]
    joins: tuple[Join, ...]
    uncompared: tuple[str, ...] = ()
    claims: bool = False
    common: int = 0

    def __len__(self) -> int:
        return len(set(self.story_of.values()))

    def members(self) -> dict[str, list[str]]:
        """Return the ids of each story's articles, sorted."""
        found: dict[str, list[str]] = {}
        for article, story in sorted(self.story_of.items()):
            found.setdefault(story, []).append(article)
        return found


@dataclass(frozen=True, slots=True)
class Crossing:
    """A join between two splits: what a model has learned from one of them is asked of it in the other."""

    join: Join
    splits: tuple[str, str]

    def __str__(self) -> str:
        return f"{self.join}, and stand in {self.splits[0]} and {self.splits[1]}"


def crossings(joins: Stories | Iterable[Join], split_of: Mapping[str, str | None]) -> Iterator[Crossing]:
    """Yield the joins between articles of two splits; articles without a split cross nothing.

    Where every article of a grouped collection has its split, each story in several splits shows at least one.
    """
    for join in joins.joins if isinstance(joins, Stories) else joins:
        one, other = split_of.get(join.one), split_of.get(join.other)
        if one is not None and other is not None and one != other:
            yield Crossing(join, (one, other))


def group(records: Iterable[Record], *, claims: bool | None = None) -> Stories:
    """Group the articles of a collection into stories.

    records: read once, or twice when claims are compared: then a sequence, or what can be iterated again. claims:
    whether to compare claims and events told in other words; by default up to CLAIMS_UP_TO articles, where the records
    can be read again. The words go to a temporary file; memory holds some kilobytes an article.
    """
    with Wordings() as wordings:
        found, bare = _read(records, wordings)
        # In the order of the texts' hashes, so that the order of the records makes no difference.
        found.sort(key=lambda article: (article.sha256, article.id))
        bare.sort(key=lambda article: (article.sha256, article.id))
        grouping = _Grouping([*found, *bare])
        grouping.same()
        for pair in near_duplicates(wordings, found, grouping.unions.find):
            grouping.join(pair.one, pair.other, Reason.NEAR_DUPLICATE, similarity=pair.similarity)
        quotes = SharedQuotes(wordings, found)
        for quote in quotes.between(grouping.unions.find):
            grouping.join(quote.one, quote.other, Reason.QUOTE, places=quote.places, words=quote.words)
    again = iter(records) is not records
    if claims and not again:
        raise TypeError("records that can be read only once cannot be compared by their claims")
    compared = again and len(found) <= CLAIMS_UP_TO if claims is None else claims
    if compared:
        grouping.claims(records)
    uncompared = tuple(sorted({article.id for article in bare}))
    return Stories(grouping.story_of(), tuple(grouping.joins), uncompared, compared, quotes.common)


def _read(records: Iterable[Record], wordings: Wordings) -> tuple[list[Wording], list[Wording]]:
    """Return the articles that can be compared, and those that cannot."""
    found: list[Wording] = []
    bare: list[Wording] = []
    for record in records:
        meta = record.meta
        article = wordings.add(record, publisher=meta.publisher, published=day_of(meta.published))
        (found if article.last > article.first else bare).append(article)
    return found, bare


class _Grouping:
    """Stories as they grow."""

    def __init__(self, articles: list[Wording]) -> None:
        self.articles = articles
        self.unions = Unions(len(articles))
        self.joins: list[Join] = []

    def join(
        self,
        one: int,
        other: int,
        reason: Reason,
        *,
        similarity: float | None = None,
        places: tuple[Span, Span] | None = None,
        words: int | None = None,
    ) -> None:
        """Join two articles, unless they are of one story already."""
        if self.unions.find(one) != self.unions.find(other):
            self.unions.join(one, other)
            ids = self.articles[one].id, self.articles[other].id
            self.joins.append(Join(*ids, reason, similarity=similarity, places=places, words=words))

    def same(self) -> None:
        """Join what has one id or one hash."""
        keys: tuple[tuple[Reason, Callable[[Wording], str]], ...] = (
            (Reason.SAME_TEXT, lambda article: article.sha256),
            (Reason.SAME_ID, lambda article: article.id),
        )
        for reason, key in keys:
            alike: dict[str, list[int]] = {}
            for number, article in enumerate(self.articles):
                alike.setdefault(key(article), []).append(number)
            for numbers in alike.values():
                for one, other in pairwise(numbers):
                    self.join(one, other, reason)

    def claims(self, records: Iterable[Record]) -> None:
        """Join the articles of one story, as annotate.stories has it: first those that tell one claim."""
        from annotate.stories.finding import find_stories

        # find_stories names the articles by id, and takes the first of each.
        numbers: dict[str, int] = {}
        for number, article in enumerate(self.articles):
            numbers.setdefault(article.id, number)
        ordered = (record for record in records if record.text is not None)
        for story in find_stories(ordered).stories:
            together = set(story.articles)
            for claim in story.claims:
                told: dict[str, Span] = {}
                for statement in claim.statements:
                    if statement.article in together:
                        told.setdefault(statement.article, statement.span)
                for one, other in pairwise(sorted(told)):
                    self.join(numbers[one], numbers[other], Reason.CLAIM, places=(told[one], told[other]))
            for one, other in pairwise(story.articles):
                self.join(numbers[one], numbers[other], Reason.EVENTS)

    def story_of(self) -> dict[str, str]:
        """Name each story after its smallest hash."""
        names: dict[int, str] = {}
        for number, article in enumerate(self.articles):
            root = self.unions.find(number)
            names[root] = min(names.get(root, article.sha256), article.sha256)
        return {article.id: names[self.unions.find(number)][:16] for number, article in enumerate(self.articles)}
