"""Made-up news: Records with stories planted among articles that have nothing to do with each other.

Names are put together from syllables; what happens, from event templates with several wordings each. Unrelated articles
use the same templates with other names, places and numbers, so that words alone do not tell what belongs together.
Each planted claim is told in near-copies of one quote, in cut quotes, and in other words; some articles are reprints.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotate.record import Article, Meta, Record, SpeakerRef, Via, canonical, make_attribution
from annotate.scheme import CueClass, SourceType

# events: wordings of the same facts, each in two parts; [a|b] is drawn once an event. scenes and remarks are filled
# with the words; names are made of syllables and ends.
WORDS: dict[str, Any] = json.loads(Path(__file__).with_name("made_up_words.json").read_text(encoding="utf-8"))
SHARE = 0.2  # of the articles that belong to a story of several
TOLD = 0.8  # how likely an article of a story tells one of its claims
REPRINTS = 0.12  # how likely an article of a story is a reprint of an earlier one
EVENTFUL = 0.25  # how likely what only one article tells is one of the events
WAYS = ("copy", "copy", "cut", "words")

TITLES = (
    ("Mayor", SourceType.POLITICIAN), ("Governor", SourceType.OFFICIAL), ("Minister", SourceType.POLITICIAN),
    ("Colonel", SourceType.OFFICIAL), ("Professor", SourceType.EXPERT), ("Dr.", SourceType.EXPERT),
    ("union leader", SourceType.SPOKESPERSON), ("shopkeeper", SourceType.PERSON), ("resident", SourceType.WITNESS),
)  # fmt: skip

_CHOICE = re.compile(r"\[([^\]]+)\]")


@dataclass(slots=True)
class Names:
    """Names that the whole collection draws from, some of them much more often than others."""

    chance: random.Random
    places: list[str] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    surnames: list[str] = field(default_factory=list)
    outlets: list[str] = field(default_factory=list)

    @classmethod
    def make(cls, chance: random.Random, articles: int) -> Names:
        def words(count: int, ends: Sequence[str]) -> list[str]:
            found: dict[str, None] = {}
            while len(found) < count:
                parts = chance.choices(WORDS["syllables"], k=chance.choice((1, 2, 2, 3)))
                found["".join((*parts, chance.choice(ends))).capitalize()] = None
            return list(found)

        towns = words(80, WORDS["ends"])
        return cls(
            chance,
            places=words(max(500, articles // 3), WORDS["ends"]),
            given=words(300, ("a", "o", "en", "in", "ia")),
            surnames=words(max(800, articles // 2), ("sen", "ski", "er", "ov", "ez", "man", "i")),
            outlets=[f"{town} {kind}" for town in towns for kind in ("Times", "Post")],
        )

    def some(self, names: Sequence[str]) -> str:
        """Draw a name; the first ones come up more often, as those of capitals do."""
        return names[int(len(names) * self.chance.random() ** 1.3)]

    def person(self) -> str:
        return f"{self.some(self.given)} {self.some(self.surnames)}"


@dataclass(slots=True)
class Fact:
    """Something that is said to have happened: an event's wordings, filled in, and who says it."""

    claim: int | None
    wordings: list[tuple[str, str]]
    place: str
    speaker: str
    title: str
    type: SourceType


@dataclass(frozen=True, slots=True)
class Telling:
    """A fact as one article tells it; way: copy, cut or words."""

    fact: Fact
    way: str


@dataclass(slots=True)
class Planted:
    """A telling of a claim, as the benchmark looks it up."""

    article: str
    attribution: str
    way: str


class News:
    """Makes a collection; the same size, the same articles."""

    def __init__(self, articles: int) -> None:
        self.articles = articles
        self.chance = random.Random(articles)
        self.names = Names.make(self.chance, articles)
        self.claims: list[list[Planted]] = []

    def records(self) -> Iterator[Record]:
        """Yield the Records in mixed order; `claims` is complete after the last one."""
        plans: list[tuple[list[Telling], int, str]] = []
        while len(plans) < SHARE * self.articles:
            plans.extend(self._story())
        while len(plans) < self.articles:
            facts = [
                self._own(event, self._place())
                for event in self.chance.sample(WORDS["events"], self.chance.randint(4, 7))
            ]
            plans.append(([Telling(fact, "copy") for fact in facts], self.chance.randrange(60), ""))
        self.chance.shuffle(plans)
        for number, (tellings, day, opening) in enumerate(plans):
            yield self._record(f"a{number:05}", tellings, day, opening)

    def _story(self) -> Iterator[tuple[list[Telling], int, str]]:
        """Yield the articles of a story: their tellings, the day, and the opening of a reprint."""
        chance, place, day = self.chance, self._place(), self.chance.randrange(57)
        events = chance.sample(WORDS["events"], len(WORDS["events"]))
        facts = [self._fact(events.pop(), place, claim=True) for _ in range(chance.randint(2, 3))]
        earlier: list[list[Telling]] = []
        for _ in range(chance.choice((2, 2, 3, 3, 4, 5, 6))):
            if earlier and chance.random() < REPRINTS:
                copied = chance.choice(earlier)
                yield [self._reprinted(telling) for telling in copied], day + 1, "From our partners."
                continue
            told = [Telling(fact, chance.choice(WAYS)) for fact in facts if chance.random() < TOLD]
            # What only this article says: some of it of the same place.
            own = [self._own(events.pop(), place if chance.random() < 0.3 else self._place()) for _ in range(3)]
            tellings = [*told, *(Telling(fact, "copy") for fact in own)]
            chance.shuffle(tellings)
            earlier.append(tellings)
            yield tellings, day + chance.randrange(3), ""

    def _reprinted(self, telling: Telling) -> Telling:
        if telling.fact.claim is None:
            telling.fact.claim = self._new_claim()
        return telling

    def _new_claim(self) -> int:
        self.claims.append([])
        return len(self.claims) - 1

    def _place(self) -> str:
        return self.names.some(self.names.places)

    def _own(self, event: Sequence[Sequence[str]], place: str) -> Fact:
        """Return what only one article tells: an event that it has to itself, or more often a remark."""
        if self.chance.random() < EVENTFUL:
            return self._fact(event, place)
        remarks = tuple((self._remark(place), self._remark(place)) for _ in range(3))
        return self._fact(remarks, place)

    def _remark(self, place: str) -> str:
        chance = self.chance
        nouns, verbs = chance.sample(WORDS["nouns"], 3), chance.sample(WORDS["verbs"], 2)
        return chance.choice(WORDS["remarks"]).format(
            noun=nouns[0], noun2=nouns[1], noun3=nouns[2], verb=verbs[0], verb2=verbs[1],
            adjective=chance.choice(WORDS["adjectives"]), place=place, n=chance.randint(2, 90),
        )  # fmt: skip

    def _fact(self, event: Sequence[Sequence[str]], place: str, *, claim: bool = False) -> Fact:
        chance = self.chance
        slots = {
            "place": place, "other": self._place(), "name": self.names.person(),
            "n": str(chance.randint(3, 990)), "m": str(chance.randint(3, 99)),
        }  # fmt: skip
        wordings = [(self._filled(one, slots), self._filled(two, slots)) for one, two in event]
        chance.shuffle(wordings)
        title, kind = chance.choice(TITLES)
        return Fact(self._new_claim() if claim else None, wordings, place, self.names.person(), title, kind)

    def _filled(self, template: str, slots: dict[str, str]) -> str:
        return _CHOICE.sub(lambda found: self.chance.choice(found[1].split("|")), template).format(**slots)

    # -- writing -------------------------------------------------------------------------------------------------

    def _record(self, article: str, tellings: list[Telling], day: int, opening: str) -> Record:
        writer = _Writer(self, [telling.fact.place for telling in tellings])
        if opening:
            writer.add(f"{opening} ")
        for number, telling in enumerate(tellings, start=1):
            writer.scene()
            writer.tell(f"q{number}", telling)
            if telling.fact.claim is not None:
                self.claims[telling.fact.claim].append(Planted(article, f"q{number}", telling.way))
        writer.scene()
        meta = Meta(
            title=f"News from {self._place()}",
            publisher=self.chance.choice(self.names.outlets),
            published=f"2026-{1 + day // 28:02}-{1 + day % 28:02}",
        )
        made = Article.of(writer.text, id=article, meta=meta)
        return canonical(
            Record(id=made.id, text=made.text, sha256=made.sha256, meta=meta, attributions=tuple(writer.made()))
        )

    def scene(self, places: list[str]) -> str:
        """Return a sentence that has nothing to do with anything, but for the place now and then."""
        chance = self.chance
        place = chance.choice(places) if places and chance.random() < 0.5 else self._place()
        who, other = chance.sample(WORDS["who"], 2)
        line = chance.choice(WORDS["scenes"]).format(
            place=place, other=self._place(), name=self.names.person(), n=chance.randint(2, 400),
            Who=who.capitalize(), who=other, did=chance.choice(WORDS["did"]), what=chance.choice(WORDS["what"]),
            when=chance.choice(WORDS["when"]),
        )  # fmt: skip
        return line[0].upper() + line[1:]


class _Writer:
    """Writes one article, noting where everything stands."""

    def __init__(self, news: News, places: list[str]) -> None:
        self.news, self.chance, self.places = news, news.chance, places
        self.text = ""
        self.spans: list[tuple[str, Telling, dict[str, tuple[int, int]], str | None, bool]] = []
        self.known: set[str] = set()

    def add(self, words: str) -> tuple[int, int]:
        start = len(self.text)
        self.text += words
        return start, len(self.text)

    def scene(self) -> None:
        for _ in range(self.chance.randint(2, 5)):
            self.add(self.news.scene(self.places) + " ")
        self.text = self.text.rstrip() + "\n\n"

    def tell(self, name: str, telling: Telling) -> None:
        fact, chance = telling.fact, self.chance
        unnamed = telling.way == "words" and chance.random() < 0.15
        outlet = chance.choice(self.news.names.outlets) if telling.way == "words" and chance.random() < 0.15 else None
        source = "an official" if unnamed else self._source(fact)
        spans: dict[str, tuple[int, int]] = {}
        if telling.way == "words":
            one, two = fact.wordings[chance.choice((1, 2))]
            clause = one if chance.random() < 0.4 else f"{one} and that {two}"
            spans["source"] = self.add(source[0].upper() + source[1:])
            self.add(" ")
            spans["cue"] = self.add("told" if outlet else "said")
            self.add(f" the {outlet} that " if outlet else " that ")
            spans["quote"] = self.add(clause)
        else:
            left, right = chance.choice(("“”", '""'))
            words = self._quoted(fact, telling.way)
            spans["quote"] = self.add(f"{left}{words[0].upper()}{words[1:]},{right}")
            self.add(" ")
            spans["cue"] = self.add(chance.choice(("said", "stated", "announced")))
            self.add(" ")
            spans["source"] = self.add(source)
        self.add(". ")
        self.spans.append((name, telling, spans, outlet, unnamed))

    def _quoted(self, fact: Fact, way: str) -> str:
        one, two = fact.wordings[0]
        if way == "cut":
            return one
        both = f"{one} and {two}"
        edits = (
            both,
            both.replace(" and ", ", and ", 1),
            f"sadly {both}",
            f"{both} today",
            both.replace("the ", "this ", 1),
        )
        return self.chance.choice(edits)

    def _source(self, fact: Fact) -> str:
        if fact.speaker in self.known:
            return fact.speaker.split()[-1]
        self.known.add(fact.speaker)
        return f"{fact.title} {fact.speaker}"

    def made(self) -> Iterator[object]:
        for name, telling, spans, outlet, unnamed in self.spans:
            yield make_attribution(
                self.text,
                id=name,
                quote=[spans["quote"]],
                cue=[spans["cue"]],
                source=[spans["source"]],
                cue_class=CueClass.NEUTRAL,
                speaker=None if unnamed else SpeakerRef(name=telling.fact.speaker),
                source_type=SourceType.OFFICIAL if unnamed else telling.fact.type,
                via=(Via(name=outlet),) if outlet else (),
            )


def write(articles: int, path: Path) -> None:
    """Write a collection as JSON Lines, and the planted claims beside it."""
    news = News(articles)
    with path.open("w", encoding="utf-8") as file:
        for record in news.records():
            file.write(record.to_json() + "\n")
    claims = [[[item.article, item.attribution, item.way] for item in claim] for claim in news.claims if len(claim) > 1]
    path.with_suffix(".claims.json").write_text(json.dumps(claims), encoding="utf-8")
