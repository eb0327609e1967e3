"""Where the tellings of a claim come from: joined when they go back to one source, one outlet or one text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from annotate.scheme import SourceType
from annotate.stories.matching import Likeness, Match, Matcher
from annotate.stories.model import Claim, Origin, Proof
from annotate.stories.table import QUOTE_TYPES
from annotate.stories.tellings import Tellings
from annotate.stories.unions import Unions

_ONE_UTTERANCE = 6  # words that two articles quote alike: they were said once
_COPIED = 10  # words in one order that two articles do not share by chance
_PLACES = 4  # shown with a proof
_COMPARED = 40  # sources that are compared with each other for the body they speak for


class _Join(Protocol):
    """What joins statements, given their numbers, a kind of proof and its text."""

    def __call__(self, members: Sequence[int], kind: str, text: str) -> None: ...


class Origins:
    """Finds the origins of claims in one collection; copies: the articles that share much of their text."""

    def __init__(self, tellings: Tellings, matcher: Matcher, copies: Mapping[int, Collection[int]]) -> None:
        self.tellings, self.matcher, self.copies = tellings, matcher, copies
        self.table = tellings.table

    def claim(self, rows: Sequence[int], matches: Iterable[Match]) -> Claim:
        """Make a claim, still without an id, of the rows that tell it."""
        index = {row: number for number, row in enumerate(rows)}
        unions = Unions(len(rows))
        proofs: defaultdict[int, list[tuple[Proof, int]]] = defaultdict(list)

        def joined(members: Sequence[int], kind: str, text: str) -> None:
            for member in members[1:]:
                unions.join(members[0], member)
            places = tuple(self.tellings.place(rows[member]) for member in members[:_PLACES])
            proofs[members[0]].append((Proof(kind=kind, text=text, places=places), members[0]))

        self._speakers(rows, joined)
        self._bodies(rows, unions, joined)
        self._outlets(rows, joined)
        self._words(index, matches, joined)
        self._copies(rows, joined)
        groups = unions.groups()
        origins = []
        for members in groups.values():
            found = [proof for member in members for proof, _ in proofs.get(member, ())]
            name, known = self._name([rows[member] for member in members])
            origins.append(Origin(name=name, known=known, statements=tuple(members), proofs=tuple(found)))
        statements = tuple(self.tellings.statement(row) for row in rows)
        fullest = max(statements, key=lambda item: (item.attribution is not None, len(item.text), item.article))
        return Claim(
            id="c",
            text=fullest.text,
            statements=statements,
            origins=tuple(origins),
            independent_origins=sum(origin.known for origin in origins),
        )

    def _speakers(self, rows: Sequence[int], joined: _Join) -> None:
        groups: defaultdict[int, list[int]] = defaultdict(list)
        for number, row in enumerate(rows):
            said_by = self.table.said_by[row]
            if said_by >= 0:
                who = self.matcher.speakers.of[said_by]
                groups[who if who >= 0 else -2 - said_by].append(number)
        for members in groups.values():
            if len(members) > 1:
                name = self.tellings.called(rows[members[0]])
                joined(members, "speaker", f"{_times(len(members))} told by {name}.")

    def _bodies(self, rows: Sequence[int], unions: Unions, joined: _Join) -> None:
        first: list[int] = []
        for number, row in enumerate(rows):
            said_by = self.table.said_by[row]
            if said_by < 0:
                continue
            for earlier in first:
                other = self.table.said_by[rows[earlier]]
                if unions.find(earlier) != unions.find(number) and self.matcher.one_body(said_by, other):
                    names = f"{self.tellings.called(rows[earlier])} and {self.tellings.called(row)}"
                    joined([earlier, number], "body", f"{names} speak for one organisation.")
                    break
            else:
                if len(first) < _COMPARED:
                    first.append(number)

    def _outlets(self, rows: Sequence[int], joined: _Join) -> None:
        through: defaultdict[str, list[int]] = defaultdict(list)
        for number, row in enumerate(rows):
            statement = self.tellings.statement(row)
            names = set(statement.via)
            if statement.source_type == SourceType.OUTLET and statement.speaker:
                names.add(statement.speaker)
            article = self.table.articles[self.table.article[row]]
            names.update(article.publishers)
            names.update(cited.name for cited in article.cited if cited.credit)
            for name in names:
                through[name].append(number)
        for name in sorted(through):
            if len(through[name]) > 1:
                joined(through[name], "outlet", f"{_times(len(through[name]))} told through {name}.")

    def _words(self, index: Mapping[int, int], matches: Iterable[Match], joined: _Join) -> None:
        unions = Unions(len(index))
        quoted = {row for row in index if QUOTE_TYPES[self.table.quote_type[row]] in {"direct", "mixed"}}
        for match in matches:
            if match.likeness is not Likeness.WORDS or match.one not in index or match.other not in index:
                continue
            both = match.one in quoted and match.other in quoted
            if match.run >= (_ONE_UTTERANCE if both else _COPIED):
                unions.join(index[match.one], index[match.other])
        for members in unions.groups().values():
            if len(members) > 1:
                joined(members, "words", f"{_times(len(members))} told in the same words.")

    def _copies(self, rows: Sequence[int], joined: _Join) -> None:
        first: dict[int, int] = {}
        for number, row in enumerate(rows):
            first.setdefault(self.table.article[row], number)
        for article, number in first.items():
            places = sorted(first[other] for other in self.copies.get(article, ()) if other in first)
            for other in places:
                if other > number:
                    joined([number, other], "copy", "The articles share much of their text.")

    def _name(self, rows: Sequence[int]) -> tuple[str | None, bool]:
        """Return the terminal source's name, and whether it is identified.

        An outlet that does not say from whom it has something, and a source without a name, are not.
        """
        counts: defaultdict[str, int] = defaultdict(int)
        spoken: list[str] = []
        outlets: list[str] = []
        for row in rows:
            statement = self.tellings.statement(row)
            if statement.source_type == SourceType.OUTLET:
                outlets += [statement.speaker] if statement.speaker else []
            elif statement.speaker:
                counts[statement.speaker] += 1
            else:
                said_by = self.table.said_by[row]
                who = self.table.who[said_by] if said_by >= 0 else None
                # Somebody without a name who speaks for a named body is as good as the body.
                if who and who.source_type == SourceType.SPOKESPERSON and who.body:
                    spoken.append(max(who.wordings, key=len))
            outlets += statement.via
        if counts:
            return min(counts, key=lambda name: (-counts[name], name)), True
        if spoken:
            return min(spoken, key=lambda text: (-len(text), text)), True
        return (sorted(outlets)[0] if outlets else None), False


def _times(count: int) -> str:
    """Return a count of tellings as the beginning of a sentence."""
    words = ("Both", "All three", "All four", "All five", "All six", "All seven", "All eight", "All nine", "All ten")
    return words[count - 2] if count - 2 < len(words) else f"All {count}"
