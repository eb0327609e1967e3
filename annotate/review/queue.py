"""In which order articles are worth annotating, and why.

An order ranks the articles by one measure; then those of one story are drawn apart: the first of each story in that
ranking comes before the second of any, and so on, where the articles of a story that are annotated already count as
the first. So copies of what was annotated, or of what comes earlier, wait until the rest has had its turn.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from annotate.derive import sha256_of
from annotate.record import Record
from annotate.review.usefulness import Findings, Rarity, findings_of

__all__ = ["Order", "Queued", "queue"]


class Order(StrEnum):
    """What an article's place is decided by; see docs/queue.md."""

    USEFUL = "useful"
    UNCERTAINTY = "uncertainty"
    RARE = "rare"
    STORIES = "stories"
    RANDOM = "random"
    ARRIVAL = "arrival"


@dataclass(frozen=True, slots=True)
class Queued:
    """An article in its place.

    score: what the order ranks by, higher first (0 where the order has no measure); reason: why it stands where it
    does, in words; before: how many articles of its story are annotated or stand before it; annotated: somebody has
    annotated it, so that it waits behind all others.
    """

    article_id: str
    sha256: str
    score: float
    reason: str
    before: int
    annotated: bool


@dataclass(frozen=True, slots=True)
class _Article:
    id: str
    sha256: str
    findings: Findings


_Ranking = Callable[[Sequence[_Article], str], list[tuple[float, str]]]


def queue(
    records: Iterable[Record],
    *,
    order: Order = Order.USEFUL,
    stories: Iterable[Collection[str]] = (),
    annotated: Collection[str] = (),
    seed: str = "0",
) -> list[Queued]:
    """Put articles into an order of annotation, each exactly once.

    records: the machine's, one an article, in the order of arrival: it decides between equals. stories: the ids of
    the articles of each story. annotated: the ids of those that somebody has annotated. seed: of the random order.
    The same input gives the same order. Of each Record only its findings are kept in memory.
    """
    articles = [_Article(record.id, record.sha256, findings_of(record)) for record in records]
    ranked = _RANKINGS[order](articles, seed)
    by_score = sorted(range(len(articles)), key=lambda number: -ranked[number][0])
    story_of = {article: number for number, story in enumerate(stories) for article in story}
    done = Counter(story_of[article] for article in annotated if article in story_of)
    met = Counter(done)
    placed: list[tuple[tuple[bool, int], Queued]] = []
    for number in by_score:
        article, (score, reason) = articles[number], ranked[number]
        story = story_of.get(article.id)
        is_annotated = article.id in annotated
        before = 0
        if not is_annotated and story is not None:
            before = met[story]
            met[story] += 1
        told = _told(reason, before, done[story] if story is not None else 0, is_annotated=is_annotated)
        item = Queued(article.id, article.sha256, score, told, before, is_annotated)
        placed.append(((is_annotated, before), item))
    return [item for _, item in sorted(placed, key=lambda pair: pair[0])]


def _told(reason: str, before: int, done: int, *, is_annotated: bool) -> str:
    if is_annotated:
        return f"annotated already; {reason}"
    if not before:
        return reason
    earlier = before - done
    parts = [f"{done} annotated"] if done else []
    parts += [f"{earlier} earlier in the queue"] if earlier else []
    return f"its story has {' and '.join(parts)}; {reason}"


# -- what the orders rank by -----------------------------------------------------------------------------------------


def _uncertainty(articles: Sequence[_Article], _seed: str) -> list[tuple[float, str]]:
    return [(article.findings.corrections, _doubt(article.findings)) for article in articles]


def _doubt(findings: Findings) -> str:
    if not findings.spans:
        return "nothing in it has a score"
    return f"about {findings.corrections:.1f} corrections per 100 words"


def _rare(articles: Sequence[_Article], _seed: str) -> list[tuple[float, str]]:
    rarity = Rarity(article.findings for article in articles)
    return [
        (rarity.worth(article.findings), rarity.told(article.findings) or "nothing rare in it") for article in articles
    ]


def _useful(articles: Sequence[_Article], seed: str) -> list[tuple[float, str]]:
    """Rank by the mean of two ranks: doubt and rarity have no common unit, and neither shall drown the other."""
    doubts, rarities = _uncertainty(articles, seed), _rare(articles, seed)
    of_doubt, of_rarity = ranks([score for score, _ in doubts]), ranks([score for score, _ in rarities])
    return [
        ((first + second) / 2, f"{doubt}; {rare}")
        for first, second, (_, doubt), (_, rare) in zip(of_doubt, of_rarity, doubts, rarities, strict=True)
    ]


def ranks(scores: Sequence[float]) -> list[float]:
    """Return the share of the scores that lie below each one, equal ones counted half; in 0..1."""
    ordered = sorted(scores)
    count = max(len(ordered), 1)
    return [(bisect_left(ordered, score) + bisect_right(ordered, score)) / (2 * count) for score in scores]


def _stories(articles: Sequence[_Article], _seed: str) -> list[tuple[float, str]]:
    return [(0.0, "one article of each story at a time")] * len(articles)


def _arrival(articles: Sequence[_Article], _seed: str) -> list[tuple[float, str]]:
    return [(0.0, f"arrived as number {number}") for number in range(1, len(articles) + 1)]


def _random(articles: Sequence[_Article], seed: str) -> list[tuple[float, str]]:
    return [(int(sha256_of(f"{seed}\n{one.sha256}")[:13], 16) / 16**13, "drawn at random") for one in articles]


_RANKINGS: dict[Order, _Ranking] = {
    Order.USEFUL: _useful,
    Order.UNCERTAINTY: _uncertainty,
    Order.RARE: _rare,
    Order.STORIES: _stories,
    Order.RANDOM: _random,
    Order.ARRIVAL: _arrival,
}
