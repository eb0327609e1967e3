"""Uniform random samples of articles, to judge the machine by.

Each text has one fixed random number, a hash of its own hash with a salt; a sample is what has the smallest numbers.
So nothing that the machine or a person made of an article has a say in whether it is drawn, the same articles are drawn
everywhere, and a larger sample contains the smaller one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from annotate.derive import sha256_of

__all__ = ["Draw", "lot"]

SALT = "evaluation sample"


def lot(sha256: str, salt: str = SALT) -> float:
    """Return the random number of a text, uniform in [0, 1)."""
    return int(sha256_of(f"{salt}\n{sha256}")[:13], 16) / 16**13


@dataclass(frozen=True, slots=True)
class Draw:
    """How much to draw: `count` articles in all, or a `share` of all articles, those to come included.

    A count is drawn among the articles at hand; a share gives every article the same chance, whenever it arrives.
    """

    count: int = 0
    share: float = 0.0
    salt: str = SALT

    def of(self, candidates: Iterable[str], already: int = 0) -> set[str]:
        """Return those of the candidates that are drawn.

        candidates: hashes of texts; already: how many articles were drawn before.
        """
        lots = sorted((lot(sha256, self.salt), sha256) for sha256 in set(candidates))
        drawn = {sha256 for number, sha256 in lots if number < self.share}
        return drawn | {sha256 for _, sha256 in lots[: max(self.count - already, 0)]}
