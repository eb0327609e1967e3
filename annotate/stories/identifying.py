"""Who is who over a collection: variants of a name joined by evidence, look-alikes kept apart.

Names that fit together are one speaker when something else joins them: the articles tell one story, or the speakers
stand for one body or have one role. A surname alone is the one speaker of the same story who can bear it. Two names
are never joined when the texts name one of them as a relative (the son of …), when one article has both as speakers in
full, when Jr. or Sr. tells them apart, or when the user says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import combinations

from annotate.stories.features import Features
from annotate.stories.knowledge import words
from annotate.stories.model import Proof
from annotate.stories.names import Fit, Name, fit, folded, joined, parse_name
from annotate.stories.speakers import NO_IDENTITIES, Identities, Speakers, own_name
from annotate.stories.table import Ints, Who
from annotate.stories.unions import Unions
from annotate.stories.words import WORD, plain

_TELLING = 3.0  # the weight from which on a role or a body joins namesakes
_RARE = 4.5  # weight of a name that joins namesakes by itself
_TOGETHER = 8  # names of an article of which two join namesakes
_BESIDE = 0.1  # likeness of two articles, the speaker's name left out
_ABOUT = 6  # features of an article that may join namesakes
_LOOSE = frozenset({Fit.SPELLING, Fit.MIDDLE})


def identify(
    features: Features,
    tops: Sequence[Sequence[tuple[int, float]]],
    near: Mapping[int, Collection[int]],
    ranks: Ints,
    identities: Identities = NO_IDENTITIES,
) -> Speakers:
    """Tell which sources of a collection are one speaker.

    tops: what each article is about, the heaviest first. near: the articles of the same story, by article.
    """
    return _Identifying(features, tops, near, ranks, identities).run()


class _Identifying:
    def __init__(
        self,
        features: Features,
        tops: Sequence[Sequence[tuple[int, float]]],
        near: Mapping[int, Collection[int]],
        ranks: Ints,
        identities: Identities,
    ) -> None:
        self.features, self.table, self.tops, self.near = features, features.table, tops, near
        self.identities, self.ranks = identities, ranks
        table = self.table
        # In the order of the articles, so that the result does not depend on the order of the input.
        self.order = sorted(range(len(table.who)), key=lambda who: (int(ranks[table.who[who].article]), who))
        self.unions = Unions(len(table.who))
        self.forms: dict[int, set[Name]] = {}
        self.proofs: defaultdict[int, list[Proof]] = defaultdict(list)
        self.name_of: list[Name | None] = [None] * len(table.who)
        self.relatives: defaultdict[str, set[Name]] = defaultdict(set)
        for _, text in table.relatives:
            relative = parse_name(text)
            if relative is not None and relative.full:
                self.relatives[relative.key].add(relative)
        self.given = {}
        for canonical, variants in identities.names.items():
            for text in (canonical, *variants):
                self.given[folded(text)] = canonical
        self.apart = {frozenset((folded(one), folded(other))) for one, other in identities.apart}
        self.kin: list[int] = []

    def run(self) -> Speakers:
        blocks: defaultdict[str, list[int]] = defaultdict(list)
        bodies: defaultdict[tuple[int, ...], list[int]] = defaultdict(list)
        users: defaultdict[str, list[int]] = defaultdict(list)
        for number in self.order:
            who = self.table.who[number]
            relative = _relative_of(who)
            if relative is not None and relative.full and (who.name is None or _alike(who.name, relative)):
                self.kin.append(number)
                continue
            if who.name is None:
                continue
            if folded(who.name) in self.given:
                users[self.given[folded(who.name)]].append(number)
            name = parse_name(who.name)
            if name is None:
                continue
            self.name_of[number] = name
            self.forms[number] = {name}
            if who.acts:
                bodies[self._body_key(who)].append(number)
            else:
                blocks[name.key].append(number)
        for canonical, members in users.items():
            for other in members[1:]:
                self._join(members[0], other, None)
            self._prove(members[0], Proof(kind="user", text=f"You gave these as names of {canonical}."))
        for key in sorted(blocks):
            self._block(blocks[key])
        for members in bodies.values():
            self._same_bodies(members)
        self._kin(blocks)
        return self._result()

    # -- joining -------------------------------------------------------------------------------------------------

    def _join(self, one: int, other: int, proof: Proof | None) -> bool:
        first, second = self.unions.find(one), self.unions.find(other)
        if first == second:
            return True
        if proof is not None and not self._may_be_one(first, second):
            return False
        root = self.unions.join(first, second)
        gone = second if root == first else first
        self.forms[root] = self.forms.get(first, set()) | self.forms.get(second, set())
        self.proofs[root].extend(self.proofs.pop(gone, []))
        if proof is not None:
            self._prove(root, proof)
        return True

    def _prove(self, number: int, proof: Proof) -> None:
        proofs = self.proofs[self.unions.find(number)]
        if all(known.text != proof.text for known in proofs):
            proofs.append(proof)

    def _may_be_one(self, one: int, other: int) -> bool:
        for first in self.forms[one]:
            for second in self.forms[other]:
                if fit(first, second) is None:
                    return False
                if frozenset((joined(first), joined(second))) in self.apart:
                    return False
                if fit(first, second) is Fit.MIDDLE and (self._relative(first) or self._relative(second)):
                    return False
        return True

    def _relative(self, name: Name) -> bool:
        return any(fit(name, relative) in {Fit.SAME, Fit.SPELLING} for relative in self.relatives.get(name.key, ()))

    def _block(self, members: Sequence[int]) -> None:
        """Join the persons of one surname: first the full names by what they share, then the surnames alone."""
        full = [number for number in members if _name(self.name_of[number]).full]
        buckets: dict[tuple[str, int], list[int]] = {}
        for number in full:
            for key in self._evidence(number):
                bucket = buckets.setdefault(key, [])
                for earlier in bucket:
                    self._try(earlier, number, key)
                # One of each form is enough: what is alike has been joined to it.
                if all(self.unions.find(earlier) != self.unions.find(number) for earlier in bucket):
                    bucket.append(number)
        by_article: defaultdict[int, list[int]] = defaultdict(list)
        for number in full:
            by_article[self.table.who[number].article].append(number)
        for number in members:
            if not _name(self.name_of[number]).full:
                self._surname(number, by_article)
        self._alone([n for n in members if not _name(self.name_of[n]).full])

    def _evidence(self, number: int) -> Iterator[tuple[str, int]]:
        who = self.table.who[number]
        own = self.features.spelt_out(self._own_features(who))
        weights = self.features.weights
        yield "article", who.article
        for article in self.near.get(who.article, ()):
            yield "story", min(article, who.article) * len(self.table.articles) + max(article, who.article)
        for feature in self._by_name(self.features.spelt_out(who.body) - own):
            if weights[feature] >= _TELLING:
                yield "body", feature
        for feature in self._by_name(set(who.role) - own):
            if weights[feature] >= _TELLING and not self.table.vocabulary.is_number(feature):
                yield "role", feature
        names = [f for f, _ in self.tops[who.article] if f not in own and self.table.vocabulary.is_name(f)]
        for feature in names[:_ABOUT]:
            if weights[feature] >= _RARE:
                yield "about", feature
        for one, other in combinations(self._by_name(names[:_TOGETHER]), 2):
            yield "together", one << 32 | other

    def _by_name(self, features: Iterable[int]) -> list[int]:
        """Return features in an order that does not depend on the order of the input."""
        return sorted(features, key=self.table.vocabulary.feature_names.__getitem__)

    def _own_features(self, who: Who) -> set[int]:
        vocabulary = self.table.vocabulary
        return {vocabulary.feature_of[vocabulary.word(match.group())] for match in WORD.finditer(who.name or "")} - {-1}

    def _try(self, one: int, other: int, key: tuple[str, int]) -> None:
        first, second = _name(self.name_of[one]), _name(self.name_of[other])
        found = fit(first, second)
        if found is None or self.unions.find(one) == self.unions.find(other):
            return
        kind, value = key
        if kind == "article" and found is Fit.MIDDLE:
            return
        if kind in {"about", "together"} and found in _LOOSE:
            return
        if kind == "story" and not self._one_subject(one, other):
            return
        self._join(one, other, self._proof(one, other, found, kind, value))

    def _one_subject(self, one: int, other: int) -> bool:
        """Tell whether two articles have more in common than the name itself."""
        own = self._own_features(self.table.who[one]) | self._own_features(self.table.who[other])
        first, second = (dict(self.tops[self.table.who[number].article]) for number in (one, other))
        return sum(share * second.get(f, 0.0) for f, share in first.items() if f not in own) >= _BESIDE

    def _proof(self, one: int, other: int, found: Fit, kind: str, value: int) -> Proof:
        names = self._words_of(value) if kind in {"body", "role", "about"} else ""
        pair = tuple(map(self._words_of, (value >> 32, value & 0xFFFFFFFF))) if kind == "together" else ("", "")
        reason = {
            "article": "one article names both",
            "story": "their articles tell one story",
            "body": f"both are named with “{names}”",
            "role": f"both are described as “{names}”",
            "about": f"both articles are about “{names}”",
            "together": f"both articles are about “{pair[0]}” and “{pair[1]}”",
            "surname": "no other speaker of the story bears the name",
        }[kind]
        first, second = own_name(self.table.who[one]), own_name(self.table.who[other])
        difference = "" if found is Fit.SAME else f" ({found})"
        both = first if first == second else f"{first} and {second}"
        return Proof(kind=kind, text=f"{both}{difference}: {reason}.", places=())

    def _words_of(self, feature: int) -> str:
        return self._surfaces.get(feature, "")

    @cached_property
    def _surfaces(self) -> dict[int, str]:
        """Return a word for each feature, the shortest that stands for it."""
        vocabulary = self.table.vocabulary
        found: dict[int, str] = {}
        for surface, feature in zip(vocabulary.surfaces, vocabulary.feature_of, strict=True):
            word = plain(surface).capitalize() if feature >= 0 and vocabulary.is_name(feature) else plain(surface)
            if feature not in found or (len(word), word) < (len(found[feature]), found[feature]):
                found[feature] = word
        return found

    def _surname(self, number: int, full: Mapping[int, Sequence[int]]) -> None:
        """Join a surname to the one speaker of its story who can bear it; `full` has the full names by article."""
        article = self.table.who[number].article
        for articles in ([article], self._near(article)):
            candidates = {
                self.unions.find(other): other
                for near in articles
                for other in full.get(near, ())
                if fit(_name(self.name_of[number]), _name(self.name_of[other])) is not None
            }
            if len(candidates) == 1:
                (other,) = candidates.values()
                self._join(other, number, self._proof(other, number, Fit.SURNAME, "surname", 0))
                return
            if candidates:
                return

    def _near(self, article: int) -> list[int]:
        """Return an article and those of its story, in order."""
        return sorted({article, *self.near.get(article, ())}, key=lambda number: int(self.ranks[number]))

    def _alone(self, members: Sequence[int]) -> None:
        """Join surnames that no full name explains, where the articles tell one story."""
        for one, other in combinations(members[:200], 2):
            near = self.table.who[other].article in self.near.get(self.table.who[one].article, ())
            if near and self.unions.find(one) != self.unions.find(other):
                self._join(one, other, self._proof(one, other, Fit.SAME, "story", 0))

    # -- bodies and relatives ------------------------------------------------------------------------------------

    def _body_key(self, who: Who) -> tuple[int, ...]:
        return tuple(sorted(self.features.spelt_out(self._own_features(who))))

    def _same_bodies(self, members: Sequence[int]) -> None:
        """Join bodies of one name: when it is a proper name, or when the articles tell one story."""
        names = self.table.vocabulary.feature_names
        who = self.table.who[members[0]]
        proper = any(names[feature][0] == "~" for feature in self._own_features(who)) or who.source_type == "outlet"
        for index, number in enumerate(members[1:], start=1):
            if proper:
                self._join_bodies(members[0], number)
                continue
            article = self.table.who[number].article
            for other in members[max(0, index - 50) : index]:
                if self.table.who[other].article in (article, *self.near.get(article, ())):
                    self._join_bodies(other, number)

    def _join_bodies(self, one: int, other: int) -> None:
        self._join(one, other, None)
        first, second = own_name(self.table.who[one]), own_name(self.table.who[other])
        if first != second:
            self._prove(one, Proof(kind="short form", text=f"{first} and {second} are one name, spelt out or short."))

    def _kin(self, blocks: Mapping[str, Sequence[int]]) -> None:
        """Tell who "Ada Example's son" is: the one speaker of the story with that surname who is not Ada Example."""
        for number in self.kin:
            who = self.table.who[number]
            relative = _relative_of(who)
            if relative is None:
                continue
            articles = set(self._near(who.article))
            candidates: dict[int, int] = {}
            for other in blocks.get(relative.key, ()):
                name = _name(self.name_of[other])
                strict = fit(name, relative) in {Fit.SAME, Fit.SPELLING, Fit.INITIAL}
                if self.table.who[other].article in articles and not strict:
                    candidates[self.unions.find(other)] = other
            full = {root: n for root, n in candidates.items() if any(form.full for form in self.forms[root])}
            chosen = full or candidates
            if len(chosen) == 1:
                (other,) = chosen.values()
                text = f"“{who.wordings[0]}”: the only other speaker of the story with that surname."
                self.forms.setdefault(number, set())
                self._join(other, number, None)
                self._prove(other, Proof(kind="kinship", text=text))

    def _result(self) -> Speakers:
        of = [-1] * len(self.table.who)
        names: list[str] = []
        members: list[list[int]] = []
        proofs: list[list[Proof]] = []
        groups: dict[int, list[int]] = {}
        for number in self.order:
            if number in self.forms:
                groups.setdefault(self.unions.find(number), []).append(number)
        for root, group in groups.items():
            for number in group:
                of[number] = len(names)
            names.append(self._canonical(group))
            members.append(group)
            proofs.append(self.proofs.get(root, []))
        return Speakers(of, names, members, proofs, self.apart)

    def _canonical(self, group: Iterable[int]) -> str:
        """Return the fullest of the most used names."""
        counts: defaultdict[str, int] = defaultdict(int)
        for number in group:
            name = self.table.who[number].name
            if name and self.name_of[number] is not None:
                counts[name] += 1
        for name in counts:
            if folded(name) in self.given:
                return self.given[folded(name)]
        return min(counts, key=lambda name: (-min(2, len(name.split())), -counts[name], -len(name), name))


def _name(name: Name | None) -> Name:
    assert name is not None
    return name


def _alike(text: str, relative: Name) -> bool:
    name = parse_name(text)
    return name is not None and fit(name, relative) in {Fit.SAME, Fit.SPELLING}


def _relative_of(who: Who) -> Name | None:
    """Return whose relative a source is by its words alone: "Ada Example's son", "the son of Ada Example"."""
    for wording in who.wordings:
        tokens = [match.group() for match in WORD.finditer(wording)]
        lower = [plain(token.lower()) for token in tokens]
        if len(tokens) > 1 and lower[-1] in words("kin") and tokens[-2].endswith(("'s", "’s", "'", "’")):
            return parse_name(" ".join(tokens[:-1]))
        if len(tokens) > 2 and "of" in lower and lower[lower.index("of") - 1] in words("kin"):
            capital = [token for token in tokens[lower.index("of") + 1 :] if token[0].isupper()]
            if capital and capital == tokens[lower.index("of") + 1 :]:
                return parse_name(" ".join(capital))
    return None
