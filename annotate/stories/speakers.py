"""The speakers of a collection: what the user knows of them, what was found, and how it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from annotate.stories.model import Proof, SpeakerIdentity
from annotate.stories.names import Fit, fit, joined, parse_name
from annotate.stories.table import Ints, Table, Who

_COMPARED = 20  # sources of a claim that are compared with each other


@dataclass(frozen=True, slots=True)
class Identities:
    """What the user knows of speakers: `names` joins variants under one name, `apart` never joins two names."""

    names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    apart: Sequence[tuple[str, str]] = ()


NO_IDENTITIES = Identities()


@dataclass(slots=True)
class Speakers:
    """The speakers of a collection: `of` is each source's speaker, -1 for the unnamed; `names` their full names."""

    of: list[int]
    names: list[str]
    members: list[list[int]]
    proofs: list[list[Proof]]
    apart: set[frozenset[str]] = field(default_factory=set)

    def names_fit(self, one: Who, other: Who) -> Fit | None:
        """Tell in what the names of two persons differ, None when they cannot be one or the user parts them."""
        if one.name is None or other.name is None or one.acts or other.acts:
            return None
        first, second = parse_name(one.name), parse_name(other.name)
        if first is None or second is None or frozenset((joined(first), joined(second))) in self.apart:
            return None
        return fit(first, second)

    def namesakes(self, one: Who, other: Who) -> bool:
        """Tell whether two persons bear one full name, as far as spellings go."""
        found = self.names_fit(one, other)
        return found in {Fit.SAME, Fit.SPELLING, Fit.INITIAL} and len((one.name or "").split()) > 1

    def join_who_say_the_same(self, table: Table, claims: Iterable[Sequence[int]]) -> None:
        """Make one speaker of those who tell one claim under names that fit: that is evidence enough."""
        for rows in claims:
            said_by = [who for row in rows if (who := table.said_by[row]) >= 0 and self.of[who] >= 0]
            for index, who in enumerate(said_by):
                for other in said_by[:index][-_COMPARED:]:
                    first, second = table.who[other], table.who[who]
                    if self.of[who] != self.of[other] and self._may_be_one(table, who, other):
                        names = " and ".join(dict.fromkeys((own_name(first), own_name(second))))
                        self.join(who, other, Proof(kind="claim", text=f"{names}: they say the same."))

    def join(self, one: int, other: int, proof: Proof) -> None:
        """Make one speaker of two."""
        keep, gone = sorted((self.of[one], self.of[other]))
        for who in self.members[gone]:
            self.of[who] = keep
        self.members[keep].extend(self.members[gone])
        self.proofs[keep].extend([*self.proofs[gone], proof])
        longer = max(self.names[keep], self.names[gone], key=lambda name: (len(name.split()), name == self.names[keep]))
        self.names[keep] = longer
        self.members[gone] = []
        self.proofs[gone] = []

    def _may_be_one(self, table: Table, one: int, other: int) -> bool:
        """Tell whether all names of two speakers fit together; a middle name more needs other evidence."""
        if self.names_fit(table.who[one], table.who[other]) in {None, Fit.MIDDLE}:
            return False
        first, second = (
            {table.who[who].name: table.who[who] for who in self.members[self.of[each]]} for each in (one, other)
        )
        return all(self.names_fit(a, b) is not None for a in first.values() for b in second.values())

    def identities(self, table: Table, ranks: Ints) -> Iterator[SpeakerIdentity]:
        """Yield the speakers as the findings show them, by name."""
        there = [number for number, members in enumerate(self.members) if members]
        order = sorted(there, key=lambda number: (self.names[number].lower(), number))
        for place, number in enumerate(order, start=1):
            members = self.members[number]
            variants = {own_name(table.who[who]) for who in members} - {self.names[number]}
            articles = sorted({table.who[who].article for who in members}, key=lambda article: int(ranks[article]))
            yield SpeakerIdentity(
                id=f"p{place}",
                name=self.names[number],
                variants=tuple(sorted(variants)),
                articles=tuple(table.articles[article].id for article in articles),
                proofs=tuple(self.proofs[number]),
            )


def own_name(who: Who) -> str:
    """Return a source's name in its article, or else the words that stand for it."""
    return who.name or who.wordings[0]
