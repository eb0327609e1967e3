"""Which predicted attribution stands for which annotated one.

An attribution is found when its quote and an annotated one share at least half of the characters that either covers
(intersection over union, white space aside). Each is matched once, the best pairs first; of equally good ones the
first in the order of the files.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from annotate.corpora import Annotation, Spans
from annotate.evaluation.characters import Characters, common, meeting, merged

LEAST = 0.5


@dataclass(frozen=True, slots=True)
class Match:
    """A pair, by position among the annotated and the predicted attributions, and what is right about it.

    overlap: in (0, 1]. exact: the quotes are the same but for punctuation and white space. source, cue: they share at
    least one letter, or neither side has any.
    """

    gold: int
    predicted: int
    overlap: float
    exact: bool
    source: bool
    cue: bool


def match(
    characters: Characters, gold: Sequence[Annotation], predicted: Sequence[Annotation], *, least: float = LEAST
) -> list[Match]:
    """Match attributions one to one by their quotes, best first.

    least: the overlap that is asked for; at 0, any shared character will do.
    """
    taken: tuple[set[int], set[int]] = set(), set()
    matches = []
    for pair in sorted(_candidates(characters, gold, predicted, least), key=lambda pair: -pair[0]):
        overlap, one, other, exact = pair
        if one in taken[0] or other in taken[1]:
            continue
        taken[0].add(one)
        taken[1].add(other)
        source = agree(characters, gold[one].source, predicted[other].source)
        cue = agree(characters, gold[one].cue, predicted[other].cue)
        matches.append(Match(one, other, overlap, exact, source, cue))
    return matches


def agree(characters: Characters, one: Spans, other: Spans) -> bool:
    """Tell whether two sources, or two cues, share a letter, or neither has any."""
    one, other = merged(one), merged(other)
    if characters.letters(common(one, other)):
        return True
    return not characters.letters(one) and not characters.letters(other)


def _candidates(
    characters: Characters, gold: Sequence[Annotation], predicted: Sequence[Annotation], least: float
) -> Iterable[tuple[float, int, int, bool]]:
    quotes, others = [merged(each.quote) for each in gold], [merged(each.quote) for each in predicted]
    for one, near in enumerate(meeting(quotes, others)):
        for other in near:
            shared = common(quotes[one], others[other])
            inside = characters.written(shared)
            if not inside:
                continue
            whole = characters.written(quotes[one]) + characters.written(others[other]) - inside
            if inside / whole >= least:
                letters = characters.letters(shared)
                exact = letters == characters.letters(quotes[one]) == characters.letters(others[other])
                yield inside / whole, one, other, exact
