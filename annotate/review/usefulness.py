"""What one article has to teach: how unsure the machine is of it, and how much in it is rare.

Both are measured on the machine's Record alone, so that an article can be placed before anybody has read it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from annotate.record import Attribution, Record
from annotate.scheme import Anonymity, Directness, VerificationKind

__all__ = ["FEWEST_WORDS", "Findings", "Rarity", "findings_of"]

# An article counts as at least so long: one doubtful span in a stub of ten words is no heap of work.
FEWEST_WORDS = 100

_UNNAMED = {Anonymity.UNNAMED_INDIVIDUAL, Anonymity.UNNAMED_GROUP}
_VERIFICATIONS = {
    VerificationKind.UNVERIFIABLE: "statement{s} that something could not be verified",
    VerificationKind.NO_EVIDENCE: "statement{s} that no evidence was given",
    VerificationKind.CONFIRMED: "statement{s} that something was confirmed",
    None: "verification statement{s}",
}


@dataclass(frozen=True, slots=True)
class Findings:
    """What is kept of a Record to place its article.

    words: of the text; spans: that have a score; doubt: the sum of 1 - score over them, which is how many of them are
    expected to be corrected if scores are honest probabilities; phenomena: how often each occurs, by its name, in which
    {s} stands for the plural.
    """

    words: int
    spans: int
    doubt: float
    phenomena: Mapping[str, int]

    @property
    def corrections(self) -> float:
        """Expected corrections per 100 words: a long article does not win by its length alone."""
        return 100 * self.doubt / max(self.words, FEWEST_WORDS)


def findings_of(record: Record) -> Findings:
    """Take from a Record what places its article.

    A span counts with its own score, else with its attribution's; one without either tells nothing and is left out.
    What the machine overlooked has no score: the measure knows doubt, not blindness.
    """
    scores = [score for attribution in record.attributions for score in _scores(attribution)]
    return Findings(
        words=len((record.text or "").split()),
        spans=len(scores),
        doubt=math.fsum(1 - score for score in scores),
        phenomena=Counter(_phenomena(record)),
    )


def _scores(attribution: Attribution) -> Iterator[float]:
    for role in ("quote", "cue", "source"):
        spans = getattr(attribution, role)
        own = getattr(attribution.span_scores, role) if attribution.span_scores else ()
        for score in own or [attribution.score] * len(spans):
            if score is not None:
                yield score


def _phenomena(record: Record) -> Iterator[str]:
    for attribution in record.attributions:
        if attribution.anonymity in _UNNAMED:
            yield "unnamed source{s}"
        if attribution.directness is Directness.VIA_CHAIN:
            yield "chain{s} of outlets"
        if attribution.cue_class is not None:
            yield f"cue{{s}} of the class {attribution.cue_class}"
    for verification in record.verifications:
        yield _VERIFICATIONS[verification.kind]
    for _ in record.disputes:
        yield "dispute{s}"


class Rarity:
    """How rare each phenomenon is in a collection, and what an article is worth by that.

    A phenomenon weighs ln((1 + N) / (1 + n)), where n of the N articles have it (the inverse document frequency of
    K. Sparck Jones, 1972). Its first occurrence in an article brings half of the weight, each further one half of what
    is left: an article cannot win by repeating one thing.
    """

    def __init__(self, collection: Iterable[Findings]) -> None:
        self._articles = 0
        self._having: Counter[str] = Counter()
        for findings in collection:
            self._articles += 1
            self._having.update(findings.phenomena.keys())

    def weight(self, phenomenon: str) -> float:
        """Return the weight of a phenomenon: 0 for what every article has."""
        return math.log((1 + self._articles) / (1 + self._having[phenomenon]))

    def worth(self, findings: Findings) -> float:
        """Return what the rare phenomena of an article add up to."""
        # Summed in one order, so that the last digit does not depend on where in the text things stand.
        return math.fsum(self._share(name, count) for name, count in sorted(findings.phenomena.items()))

    def told(self, findings: Findings, *, most: int = 3) -> str:
        """Name the phenomena that add most, with their counts; empty when nothing adds anything."""
        by_share = sorted(findings.phenomena.items(), key=lambda item: (-self._share(*item), item[0]))
        return ", ".join(_counted(*item) for item in by_share[:most] if self._share(*item) > 0)

    def _share(self, name: str, count: int) -> float:
        return self.weight(name) * (1 - 2.0**-count)


def _counted(name: str, count: int) -> str:
    return f"{count} {name.format(s='' if count == 1 else 's')}"
