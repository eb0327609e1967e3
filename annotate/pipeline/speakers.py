"""Speakers: canonical names, and what kind of source each is.

Surnames, pronouns and definite nouns ("the spokesman") are resolved to the nearest compatible speaker before them;
sources without a name keep none. Knowledge: data/roles.jsonl (nouns), data/titles.jsonl, data/words.jsonl.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from spacy.language import Language
from spacy.tokens import Doc, Token
from spacy.tokens import Span as TokenSpan

from annotate.derive import Span
from annotate.pipeline.extensions import Draft, ensure_extensions, text_of
from annotate.pipeline.resources import entries, words

# Which of several roles in one phrase says most: "former minister and spokesman" is a spokesman.
_RANK = (
    "spokesperson", "politician", "official", "expert", "witness", "insider", "organisation", "person", "document",
)  # fmt: skip
_INSIDE_NAMES = frozenset({"-", "al", "bin", "ibn", "van", "von", "de", "der", "del", "da", "dos", "di", "el", "ul"})
_PERSONAL = frozenset({"spokesperson", "politician", "official", "expert", "witness", "insider", "person"})


@dataclass(slots=True)
class Profile:
    """What is known of a source; `roles` are the nouns that described it so far."""

    name: str | None
    source_type: str
    anonymity: str
    gender: str | None = None
    roles: set[str] = field(default_factory=set)

    @property
    def is_person(self) -> bool:
        return self.anonymity.endswith("individual")


class Speakers:
    """Set `speaker`, `source_type`, `anonymity` and `independence` of every attribution with a source.

    parties: names of the parties to the topic; a source whose name or phrase holds one of them is a `party`, of all
    others the independence is `unknown`.
    """

    def __init__(self, nlp: Language, name: str = "annotate_speakers", *, parties: Sequence[str] = ()) -> None:
        self.name = name
        self.parties = [tuple(party.casefold().split()) for party in parties if party.strip()]
        self._roles = {entry["noun"]: entry for entry in entries("roles")}
        self._titles = {entry["title"]: entry["gender"] for entry in entries("titles")}
        ensure_extensions()

    def __call__(self, doc: Doc) -> Doc:
        drafts: list[Draft] = doc._.attributions
        with_source = sorted((draft for draft in drafts if draft["source"]), key=lambda draft: draft["source"][0])
        if not with_source:
            return doc
        names = _Names(doc, self._titles)
        met: list[Profile] = []
        known: dict[Span, Profile] = {}
        for draft in with_source:
            span = (draft["source"][0][0], draft["source"][0][1])
            if span not in known:
                known[span] = self._profile(doc, draft, names, met)
                met.append(known[span])
            profile = known[span]
            draft["speaker"] = profile.name
            draft["source_type"] = profile.source_type
            draft["anonymity"] = profile.anonymity
            draft["independence"] = self._independence(text_of(doc)[span[0] : span[1]], profile)
        return doc

    def _independence(self, phrase: str, profile: Profile) -> str:
        for text in (phrase, profile.name or ""):
            spoken = [word.strip(".,'’\"") for word in text.casefold().replace("’s", "").replace("'s", "").split()]
            for party in self.parties:
                if any(tuple(spoken[at : at + len(party)]) == party for at in range(len(spoken))):
                    return "party"
        return "unknown"

    def _profile(self, doc: Doc, draft: Draft, names: _Names, met: list[Profile]) -> Profile:
        if draft["source_type"] == "outlet":
            return Profile(draft["speaker"], "outlet", "named_group" if draft["speaker"] else "unnamed_group")
        start, end = draft["source"][0]
        phrase = doc.char_span(start, end, alignment_mode="expand")
        assert phrase is not None, "a source lies in its text"
        head = doc[draft["head"]] if draft["head"] is not None else phrase.root
        if head.pos_ == "PRON" and len(phrase) == 1:
            return self._pronoun(head, names, met)
        name = names.of(head, phrase)
        roles = self._roles_in(phrase, head, name)
        if name is None:
            return self._unnamed(head, phrase, roles, met)
        return self._named(names, name, phrase, roles, met)

    def _roles_in(self, phrase: TokenSpan, head: Token, name: TokenSpan | None) -> dict[str, str]:
        """Return the role nouns that describe the source itself, with their types."""
        found = {}
        for token in phrase:
            if name is not None and name.start <= token.i < name.end:
                continue
            entry = self._roles.get(token.lower_) or self._roles.get(token.lemma_.lower())
            modifies = token.dep_ in {"compound", "appos", "nmod", "amod"} or token.pos_ == "PROPN"
            if entry and (token.i == head.i or modifies or (token.head.i == head.i and token.dep_ == "conj")):
                found[token.lemma_.lower()] = entry["source_type"]
        return found

    def _named(
        self, names: _Names, run: TokenSpan, phrase: TokenSpan, roles: dict[str, str], met: list[Profile]
    ) -> Profile:
        name = names.fullest(run)
        earlier = next((profile for profile in reversed(met) if profile.name == name), None)
        personal = [kind for kind in roles.values() if kind in _PERSONAL]
        if (earlier is not None and earlier.is_person) or names.is_person(run, personal=bool(personal)):
            kind = _first(personal) or (earlier.source_type if earlier else "person")
            gender = next((g for token in phrase if (g := self._titles.get(token.text))), None)
            if earlier:
                return Profile(name, kind, "named_individual", gender or earlier.gender, earlier.roles | set(roles))
            return Profile(name, kind, "named_individual", gender, set(roles))
        kind = "group" if run[-1].text in words("militant_group") or run[-1].text.endswith("s") else "organisation"
        return Profile(name, kind, "named_group", roles=set(roles))

    def _unnamed(self, head: Token, phrase: TokenSpan, roles: dict[str, str], met: list[Profile]) -> Profile:
        noun = head.lemma_.lower()
        entry = self._roles.get(head.lower_) or self._roles.get(noun)
        plural = head.tag_ in {"NNS", "NNPS"} or head.lower_ in words("plural")
        if entry and entry["source_type"] == "document":
            return Profile(None, "document", "document")
        definite = phrase[0].lower_ in {"the", "this", "that"} or phrase[0].dep_ == "poss"
        if definite and not plural:
            earlier = next((profile for profile in reversed(met) if noun in profile.roles), None)
            if earlier is not None:
                return earlier
        if noun == "police":
            return Profile("Police", "organisation", "named_group")
        kind = entry["source_type"] if entry else _first(roles.values())
        if plural or (entry and entry["refers_to"] == "group"):
            group = "organisation" if kind == "organisation" and not plural else "group"
            named = any(token.pos_ == "PROPN" for token in phrase) and group == "organisation"
            return Profile(None, group, "named_group" if named else "unnamed_group", roles={noun})
        return Profile(None, kind or "person", "unnamed_individual", roles={noun})

    def _pronoun(self, pronoun: Token, names: _Names, met: list[Profile]) -> Profile:
        word = pronoun.lower_
        if word in words("he") or word in words("she"):
            gender = "male" if word in words("he") else "female"
            for profile in reversed(met):
                if profile.is_person and profile.gender in {None, gender}:
                    profile.gender = gender
                    return profile
            run = names.person_before(pronoun.i)
            if run is not None:
                return Profile(names.fullest(run), "person", "named_individual", gender)
            return Profile(None, "person", "unnamed_individual", gender)
        groups = [profile for profile in reversed(met) if not profile.is_person]
        if word in words("they"):
            return next((profile for profile in groups if profile.source_type != "document"),
                        Profile(None, "group", "unnamed_group"))  # fmt: skip
        if word in words("it"):
            return next(iter(groups), Profile(None, "organisation", "unnamed_group"))
        return Profile(None, "group" if word in words("plural") else "person",
                       "unnamed_group" if word in words("plural") else "unnamed_individual")  # fmt: skip


class _Names:
    """The proper names of an article: runs of proper nouns without titles."""

    def __init__(self, doc: Doc, titles: Iterable[str]) -> None:
        self._doc = doc
        self._titles = frozenset(titles)
        self._by_last: dict[str, list[TokenSpan]] = {}
        self._runs = list(self._find())
        for run in self._runs:
            if len(run) > 1:
                self._by_last.setdefault(run[-1].text, []).append(run)

    def _find(self) -> Iterator[TokenSpan]:
        doc, at = self._doc, 0
        while at < len(doc):
            if doc[at].pos_ != "PROPN":
                at += 1
                continue
            end = self._end(at)
            yield self._bare(at, end)
            at = end

    def _end(self, at: int) -> int:
        doc = self._doc
        end = at + 1
        while end < len(doc):
            joins = doc[end].lower_ in _INSIDE_NAMES and end + 1 < len(doc) and doc[end + 1].pos_ == "PROPN"
            if not (doc[end].pos_ == "PROPN" or joins) or doc[end].is_space:
                break
            end += 1
        return end

    def _bare(self, start: int, end: int) -> TokenSpan:
        """Leave titles out: everything up to the last title that a name follows."""
        last = max((i for i in range(start, end - 1) if self._doc[i].text in self._titles), default=start - 1)
        return self._doc[last + 1 : end]

    def of(self, head: Token, phrase: TokenSpan) -> TokenSpan | None:
        """Return the name that a source phrase gives: at its head, or in apposition to it."""
        inside = [run for run in self._runs if run.start < phrase.end and phrase.start < run.end]
        for run in inside:
            if run.start <= head.i < run.end:
                return run
        for run in inside:
            if run.root.dep_ == "appos" and run.root.head.i == head.i and len(run) > 1:
                return run
        return None

    def fullest(self, run: TokenSpan) -> str:
        """Return the longest earlier name that ends in the same words, else the longest later one, else the words.

        Names that stand for a relative ("Jane Roe's son", "the son of Jane Roe") are somebody else's.
        """
        longer = [
            other
            for other in self._by_last.get(run[-1].text, ())
            if len(other) > len(run) and self._extends(other, run) and not self._relative(other)
        ]
        earlier = [other for other in longer if other.start < run.start]
        text = max(earlier or longer, key=len, default=run).text
        return " ".join(text.removesuffix("’s").removesuffix("'s").split())

    def _relative(self, run: TokenSpan) -> bool:
        doc = self._doc
        possessive = run.end + 1 < len(doc) and doc[run.end].tag_ == "POS" and doc[run.end + 1].lemma_ in words("kin")
        of_kin = run.start > 1 and doc[run.start - 1].lower_ == "of" and doc[run.start - 2].lemma_ in words("kin")
        return possessive or of_kin

    @staticmethod
    def _extends(other: TokenSpan, run: TokenSpan) -> bool:
        return len(run) == 1 or [token.text for token in other][-len(run) :] == [token.text for token in run]

    def is_person(self, run: TokenSpan, *, personal: bool) -> bool:
        """Tell a person's name from a body's: by a title or role, else by its shape."""
        if any(token.text in words("organisation_word") for token in run):
            return False
        if run[-1].text.isupper() and len(run) == 1 and len(run[-1].text) <= 6:
            return False
        before = self._doc[run.start - 1] if run.start else None
        if before is not None and before.text in self._titles:
            return True
        if personal:
            return True
        if before is not None and before.lower_ == "the":
            return False
        if len(run) > 1:
            return True
        return any(not self._is_body(other) for other in self._by_last.get(run[-1].text, ()))

    def _is_body(self, run: TokenSpan) -> bool:
        before = self._doc[run.start - 1].lower_ if run.start else ""
        return before == "the" or any(token.text in words("organisation_word") for token in run)

    def person_before(self, index: int) -> TokenSpan | None:
        """Return the last name of a person's shape before a token."""
        for run in reversed(self._runs):
            if run.end <= index and len(run) > 1 and self.is_person(run, personal=False):
                return run
        return None


def _first(kinds: Iterable[str]) -> str | None:
    present = set(kinds)
    return next((kind for kind in _RANK if kind in present), None)


@Language.factory("annotate_speakers", default_config={"parties": []})
def make_speakers(nlp: Language, name: str, parties: list[str]) -> Speakers:
    return Speakers(nlp, name, parties=parties)
