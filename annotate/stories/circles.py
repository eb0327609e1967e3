"""Circular sourcing: an article cites an outlet whose own article in the collection cites a further one, or comes back.

Only articles of one story count: that an outlet is cited here and published something there is no circle.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from annotate.stories.model import Circle, CircleStep, Place
from annotate.stories.table import Cited, Reader, Table

_LONGEST = 6  # steps
_MOST = 50  # circles of a story


def circles_of(table: Table, reader: Reader, articles: Sequence[int]) -> list[Circle]:
    """Return the chains of citations among a story's articles, given in order."""
    publishes: defaultdict[str, list[int]] = defaultdict(list)
    for article in articles:
        for name in sorted(table.articles[article].publishers):
            publishes[name.casefold()].append(article)
    found: list[Circle] = []
    seen: set[tuple[tuple[int, str], ...]] = set()
    for article in articles:
        for chain in _chains(table, publishes, article):
            key = tuple(sorted((number, cited.name) for number, cited, _ in chain))
            if len(chain) > 1 and key not in seen and len(found) < _MOST:
                seen.add(key)
                found.append(_circle(table, reader, chain))
    return found


_Chain = list[tuple[int, Cited, int | None]]


def _chains(table: Table, publishes: dict[str, list[int]], start: int) -> Iterator[_Chain]:
    """Yield the chains from an article on, following the outlet that each cites most."""
    for beginning in _cited(table, start):
        chain: _Chain = []
        article, cited, visited = start, beginning, {start}
        while len(chain) < _LONGEST:
            target = next((each for each in publishes.get(cited.name.casefold(), ()) if each != article), None)
            chain.append((article, cited, target))
            if target is None or target in visited:
                break
            visited.add(target)
            further = _cited(table, target)
            if not further:
                break
            # A way back to where the chain began tells more than any other.
            back = [item for item in further if item.name in table.articles[start].publishers]
            article, cited = target, (back or further)[0]
        if chain[0][2] is not None:
            yield chain


def _cited(table: Table, article: int) -> list[Cited]:
    """Return the outlets that an article cites, itself left out, the most cited first."""
    row = table.articles[article]
    own = {name.casefold() for name in row.publishers}
    counts = Counter(cited.name for cited in row.cited if cited.name.casefold() not in own)
    first: dict[str, Cited] = {}
    for cited in row.cited:
        if cited.name in counts:
            first.setdefault(cited.name, cited)
    return sorted(first.values(), key=lambda cited: (-counts[cited.name], cited.span))


def _circle(table: Table, reader: Reader, chain: _Chain) -> Circle:
    steps = []
    for index, (article, cited, target) in enumerate(chain):
        row = table.articles[article]
        # An article is called by the name under which the one before cites it.
        called = chain[index - 1][1].name if index else row.publisher
        text = reader.article(article).text[slice(*cited.span)]
        steps.append(
            CircleStep(
                article=row.id,
                publisher=called,
                cites=cited.name,
                place=Place(article=row.id, span=cited.span, text=text),
                found=table.articles[target].id if target is not None else None,
            )
        )
    closed = chain[-1][2] == chain[0][0]
    return Circle(steps=tuple(steps), closed=closed, text=_text(steps, closed=closed))


def _text(steps: Sequence[CircleStep], *, closed: bool) -> str:
    first, *others = steps
    text = f"{first.publisher or 'An article'} cites {first.cites}"
    for step in others:
        text += f", whose own article cites {step.cites}"
    return text + (", from where it comes back." if closed else ".")
