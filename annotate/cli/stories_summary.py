"""The findings of a collection as lines to read in a terminal."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from annotate.stories.model import (
        Circle,
        Claim,
        Contradiction,
        Drift,
        Origin,
        SpeakerIdentity,
        Statement,
        Stories,
        Story,
    )

_WIDTH = 100
_TEXT = 180  # characters of a statement
_STORIES, _CLAIMS, _OTHERS, _TELLINGS = 20, 10, 5, 12  # shown of each
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\s]+")

T = TypeVar("T")


def summary(found: Stories) -> str:
    """Return the stories of several articles and what was found in them, then the speakers under several names."""
    several = [story for story in found.stories if len(story.articles) > 1 or story.claims or story.contradictions]
    lines = [*_counts(found), *_shown(several, _STORIES, _story, "\n… # more stories"), *_speakers(found.speakers)]
    return "\n".join(lines).rstrip("\n")


def _counts(found: Stories) -> Iterator[str]:
    alone = sum(len(story.articles) == 1 for story in found.stories)
    claims = [claim for story in found.stories for claim in story.claims]
    apart = sum(claim.independent_origins > 1 for claim in claims)
    together = len(found.stories) - alone
    stories = f"{_number(together, 'story', 'stories')} told by several"
    yield f"{_number(found.articles, 'article')}: {stories}, {_number(alone, 'article')} alone"
    counts = (
        _number(sum(len(story.drifts) for story in found.stories), "change"),
        _number(sum(len(story.contradictions) for story in found.stories), "contradiction"),
        _number(sum(len(story.circles) for story in found.stories), "circle"),
    )
    yield f"{_number(len(claims), 'claim')}, {apart:,} with several independent origins; {', '.join(counts)}"


def _story(story: Story) -> Iterator[str]:
    yield ""
    yield from _wrapped(f"{story.id}  {_cut(story.title, 120)} ({_number(len(story.articles), 'article')})", "", "    ")
    yield from _shown(sorted(story.claims, key=_weight), _CLAIMS, _claim, "  … # more claims")
    for heading, items, lines in (
        ("Changed on the way", story.drifts, _drift),
        ("Contradictions", story.contradictions, _contradiction),
        ("Circular sourcing", story.circles, _circle),
    ):
        if items:
            yield f"  {heading}"
            yield from _shown(items, _OTHERS, lines, "    … # more")  # type: ignore[arg-type]


def _weight(claim: Claim) -> tuple[int, int]:
    """Put first what most articles tell, and of that what has most origins."""
    return -len({statement.article for statement in claim.statements}), -claim.independent_origins


def _claim(claim: Claim) -> Iterator[str]:
    yield from _wrapped(f"{claim.id}  {_quoted(claim.text)}", "  ", "      ")
    articles = len({statement.article for statement in claim.statements})
    known = claim.independent_origins
    origins = f"{known:,} independent origins" if known > 1 else f"{'one' if known else 'no'} known origin"
    yield f"      {_number(len(claim.statements), 'telling')} in {_number(articles, 'article')}, {origins}"
    for origin in claim.origins:
        yield from _wrapped(f"- {_origin(origin, claim.statements)}", "      ", "        ")


def _origin(origin: Origin, statements: Sequence[Statement]) -> str:
    told = [_told(statements[index], origin.name) for index in origin.statements]
    more = [f"{len(told) - _TELLINGS} more"] if len(told) > _TELLINGS else []
    name = _cut(origin.name, 80) if origin.name else "nobody named"
    return f"{name}{'' if origin.known else ' (origin unknown)'}: {'; '.join([*told[:_TELLINGS], *more])}"


def _told(statement: Statement, origin: str | None) -> str:
    """Tell where a statement stands, through whom it came, and who said it where that is not the origin's name."""
    if statement.attribution is None:
        said = "stated as fact "
    else:
        said = "" if _who(statement) in {origin, None} else f"{_who(statement)} "
    through = f"through {', then '.join(map(_cut, statement.via))} " if statement.via else ""
    return f"{said}{through}in {_article(statement)}"


def _who(statement: Statement) -> str | None:
    return _cut(statement.speaker) if statement.speaker else _quoted(statement.source) if statement.source else None


def _article(statement: Statement) -> str:
    return (
        f"{_cut(statement.article)} ({_cut(statement.publisher)})" if statement.publisher else _cut(statement.article)
    )


def _drift(drift: Drift) -> Iterator[str]:
    claim = f" ({drift.claim})" if drift.claim else ""
    yield from _wrapped(f"- {drift.kind.value.replace('_', ' ')}{claim}: {_cut(drift.text)}", "    ", "      ")
    yield from _two(drift.before, drift.after)


def _contradiction(found: Contradiction) -> Iterator[str]:
    yield from _wrapped(f"- {_cut(found.proof.text)}", "    ", "      ")
    yield from _two(found.one, found.other)


def _two(one: Statement, other: Statement) -> Iterator[str]:
    for statement in (one, other):
        who = _who(statement) or ("stated as fact" if statement.attribution is None else "nobody named")
        text = f"{who} in {_article(statement)}: {_quoted(statement.text)}"
        yield from _wrapped(text, "      ", "        ")


def _circle(circle: Circle) -> Iterator[str]:
    yield from _wrapped(f"- {_cut(circle.text, 400)}", "    ", "      ")
    for step in circle.steps:
        by = f" ({_cut(step.publisher)})" if step.publisher else ""
        found = f", whose article is {_cut(step.found)}" if step.found else ""
        yield from _wrapped(f"{_cut(step.article)}{by} cites {_cut(step.cites)}{found}", "      ", "        ")


def _speakers(speakers: Iterable[SpeakerIdentity]) -> Iterator[str]:
    joined = [speaker for speaker in speakers if speaker.variants]
    if joined:
        yield "\nSpeakers under several names"
        yield from _shown(joined, _STORIES, _speaker, "  … # more")


def _speaker(speaker: SpeakerIdentity) -> Iterator[str]:
    variants = ", ".join(_cut(name) for name in speaker.variants)
    proof = f": {_cut(speaker.proofs[0].text)}" if speaker.proofs else ""
    yield from _wrapped(f"{_cut(speaker.name)} = {variants}{proof}", "  ", "    ")


def _shown(items: Sequence[T], limit: int, lines: Callable[[T], Iterator[str]], more: str) -> Iterator[str]:
    for item in islice(items, limit):
        yield from lines(item)
    if len(items) > limit:
        yield f"{more.replace('#', f'{len(items) - limit:,}')}: --json has them"


def _wrapped(text: str, first: str, other: str) -> Iterator[str]:
    yield from textwrap.wrap(
        text, _WIDTH, initial_indent=first, subsequent_indent=other, break_long_words=False, break_on_hyphens=False
    )


def _number(count: int, one: str, several: str | None = None) -> str:
    return f"{count:,} {one if count == 1 else several or one + 's'}"


def _cut(text: str, limit: int = _TEXT) -> str:
    """Return a text on one line, without what could steer a terminal, and not too long."""
    line = _CONTROL.sub(" ", text).strip()
    return line if len(line) <= limit else f"{line[: limit - 1].rsplit(' ', 1)[0]} …"


def _quoted(text: str) -> str:
    cut = _cut(text)
    return cut if cut[:1] in "“\"'‘«" and cut else f"“{cut}”"
