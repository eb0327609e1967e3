"""Records in, stories out: the steps in order."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from annotate import __version__
from annotate.record import Record
from annotate.stories.candidates import Pairs, about_the_same, copied, near_articles
from annotate.stories.circles import circles_of
from annotate.stories.claims import join
from annotate.stories.drift import Changes
from annotate.stories.features import article_features, features_of
from annotate.stories.grouping import closeness, stories_of
from annotate.stories.identifying import identify
from annotate.stories.matching import Match, Matcher
from annotate.stories.model import Claim, Contradiction, Drift, DriftKind, Proof, Stories, Story
from annotate.stories.origins import Origins
from annotate.stories.reading import read_records
from annotate.stories.speakers import NO_IDENTITIES, Identities
from annotate.stories.table import Ints, Table
from annotate.stories.tellings import Tellings

_DAYS = 10


def find_stories(records: Iterable[Record], *, identities: Identities = NO_IDENTITIES, days: int = _DAYS) -> Stories:
    """Find the stories of a collection, with their claims, drifts, contradictions and circles.

    The order of the records makes no difference; of records with one id, the first counts. identities: what the user
    knows of the speakers. days: how far apart two articles of one story may be, where both say when they were
    published. Memory grows with the articles' texts, compressed; time with their number.
    Raises: RecordError for a standoff Record.
    """
    table = read_records(records)
    ranks = table.ranks()
    order = _order(table, ranks)
    features = features_of(table)
    tops = article_features(features)
    same_words, same_text = copied(table, ranks, order)
    close = closeness(table, tops, near_articles(tops, ranks), same_text, days=days)
    speakers = identify(features, tops, close.near, ranks, identities)
    matcher = Matcher(features, speakers, close.near, [dict(top) for top in tops])
    matches = _matches(matcher, [same_words, about_the_same(features, order)])
    tellings = Tellings(table, speakers)
    changes = Changes(tellings, matcher)
    agreeing, opposed = _parted(changes, matches)
    groups = join(table, agreeing, order)
    speakers.join_who_say_the_same(table, groups)
    claims = _Claims(tellings, changes, Origins(tellings, matcher, close.copies), groups, agreeing)
    by_story = claims.by_story(stories_of(table, close, groups, ranks))
    numbers = iter(range(1, len(groups) + 1))
    stories = [
        _story(f"s{place}", articles, claims, [(number, f"c{next(numbers)}") for number in found], opposed)
        for place, (articles, found) in enumerate(by_story, start=1)
    ]
    return Stories(
        version=_version(table, ranks, identities, days),
        articles=len(table.articles),
        stories=tuple(stories),
        speakers=tuple(speakers.identities(table, ranks)),
    )


def _order(table: Table, ranks: Ints) -> Ints:
    rows = np.arange(len(table))
    order = np.empty(len(table), dtype=np.int64)
    order[np.lexsort((rows, ranks[np.array(table.article, dtype=np.int64)]))] = rows
    return order


def _matches(matcher: Matcher, candidates: Sequence[Pairs]) -> list[Match]:
    found: dict[tuple[int, int], Match] = {}
    for pairs in candidates:
        for one, other in zip(pairs.one.tolist(), pairs.other.tolist(), strict=True):
            if (one, other) in found:
                continue
            match = matcher.match(one, other)
            if match is not None:
                found[one, other] = match
    return list(found.values())


_Opposed = tuple[Match, DriftKind, str]


def _parted(changes: Changes, matches: Iterable[Match]) -> tuple[list[Match], dict[int, list[_Opposed]]]:
    """Part the matches that agree from those that contradict each other, these by the first one's article."""
    agreeing = []
    opposed: defaultdict[int, list[_Opposed]] = defaultdict(list)
    for match in matches:
        how = changes.opposed(match)
        if how is None:
            agreeing.append(match)
        else:
            opposed[changes.table.article[match.one]].append((match, *how))
    return agreeing, opposed


class _Claims:
    """The claims of a collection, and the story that each belongs to."""

    def __init__(
        self,
        tellings: Tellings,
        changes: Changes,
        origins: Origins,
        groups: Sequence[Sequence[int]],
        matches: Iterable[Match],
    ) -> None:
        self.tellings, self.table = tellings, tellings.table
        self.groups = groups
        self.origins, self.changes = origins, changes
        group_of = {row: number for number, rows in enumerate(groups) for row in rows}
        self.matches: defaultdict[int, list[Match]] = defaultdict(list)
        for match in matches:
            number = group_of.get(match.one)
            if number is not None and number == group_of.get(match.other):
                self.matches[number].append(match)

    def by_story(self, stories: Sequence[Sequence[int]]) -> list[tuple[Sequence[int], list[int]]]:
        """Give each claim to the story that most of its tellings are in, the larger story if that is even."""
        story_of = {article: number for number, articles in enumerate(stories) for article in articles}
        found: list[list[int]] = [[] for _ in stories]
        for number, rows in enumerate(self.groups):
            counts: defaultdict[int, int] = defaultdict(int)
            for row in rows:
                counts[story_of[self.table.article[row]]] += 1
            found[min(counts, key=lambda story: (-counts[story], story))].append(number)
        return list(zip(stories, found, strict=True))

    def made(self, number: int, claim_id: str) -> tuple[Claim, list[Drift]]:
        """Make a claim, with its drifts."""
        rows, matches = self.groups[number], self.matches[number]
        claim = self.origins.claim(rows, matches).model_copy(update={"id": claim_id})
        drifts = self.changes.of_claim(rows, matches)
        return claim, [drift.model_copy(update={"claim": claim_id}) for drift in drifts]


def _story(
    story_id: str,
    articles: Sequence[int],
    claims: _Claims,
    found: Sequence[tuple[int, str]],
    opposed: Mapping[int, Sequence[_Opposed]],
) -> Story:
    tellings, table = claims.tellings, claims.table
    made = [claims.made(number, claim_id) for number, claim_id in found]
    return Story(
        id=story_id,
        title=_title(table, articles),
        articles=tuple(table.articles[article].id for article in articles),
        claims=tuple(claim for claim, _ in made),
        drifts=tuple(drift for _, some in made for drift in some),
        contradictions=(*_disputes(tellings, articles), *_contradictions(claims.changes, articles, opposed)),
        circles=tuple(circles_of(table, tellings.reader, articles)),
    )


def _title(table: Table, articles: Sequence[int]) -> str:
    """Return the title of the first article that has a headline, else a first sentence."""
    rows = [table.articles[article] for article in articles]
    best = next((row for row in rows if row.titled), rows[0])
    return best.title or "Untitled"


def _contradictions(
    changes: Changes, articles: Sequence[int], opposed: Mapping[int, Sequence[_Opposed]]
) -> Iterator[Contradiction]:
    """Yield what the statements of different sources say against each other, once for two attributions."""
    table = changes.table
    seen: set[tuple[int, int, int, int]] = set()
    for article in articles:
        for match, kind, text in opposed.get(article, ()):
            one, other = match.one, match.other
            key = (table.article[one], table.attribution[one], table.article[other], table.attribution[other])
            if key not in seen:
                seen.add(key)
                yield changes.contradiction(match, kind, text)


def _disputes(tellings: Tellings, articles: Sequence[int]) -> Iterator[Contradiction]:
    table = tellings.table
    for article in articles:
        rows: dict[int, int] = {}
        for row in table.articles[article].statements:
            if not table.is_bare(row):
                rows.setdefault(table.attribution[row], row)
        for one, other in table.articles[article].disputes:
            if one in rows and other in rows:
                places = (tellings.place(rows[one]), tellings.place(rows[other]))
                yield Contradiction(
                    one=tellings.statement(rows[one]),
                    other=tellings.statement(rows[other]),
                    proof=Proof(kind="dispute", text="The article sets one against the other.", places=places),
                )


def _version(table: Table, ranks: Ints, identities: Identities, days: int) -> str:
    digest = hashlib.sha256(f"{__version__} {days} {identities!r}".encode())
    folder = Path(__file__).parent
    for path in sorted([*folder.glob("*.py"), *(folder / "data").iterdir()]):
        digest.update(path.name.encode() + path.read_bytes())
    for article in np.argsort(ranks).tolist():
        row = table.articles[article]
        digest.update(f"{row.id}\0{row.sha256}\0{row.digest}\n".encode())
    return digest.hexdigest()
