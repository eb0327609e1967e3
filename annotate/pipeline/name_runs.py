"""Runs of capital words that may be names, with the small words, hyphens and nicknames inside them.

Runs are found by capitals and tags together, since tags alone go wrong at sentence starts and in headlines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Set

from annotate.derive import name_key
from annotate.pipeline.forms import spells
from annotate.pipeline.lexicon import genders, given_names, places, roles, titles
from annotate.pipeline.resources import words
from annotate.pipeline.tokens import Tokens

HYPHENS = frozenset("-‐‑–")
_OPENING = frozenset("\"'“‘«„")
_CLOSING = frozenset("\"'”’»“")
_APOSTROPHES = frozenset("'’")
_LONGEST = 14  # tokens in one run of capitals: longer ones are headlines
_LONG = 4  # letters in a word that a headline in capitals does not write small
_FEWEST = 4  # long words in a headline
_SHARE = 0.8  # of a headline's long words have a capital
_CREDIT = 20  # tokens of a headline before the text
_HEADLINE_NAME = 4  # tokens from which on a run in a headline is more than a person's name
_NICKNAME = 3  # tokens between a nickname's quotation marks


class NameRuns:
    """Finds the runs of an article.

    capital: of each token, whether it looks like a word of a name; small: the words that stand in small letters.
    """

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._seen_inside = {
            text
            for i, text in enumerate(tokens.texts)
            if tokens.pos[i] == "PROPN" and i and tokens.sentences[i] == tokens.sentences[i - 1] and text[:1].isupper()
        }
        self.small = {text for text in tokens.texts if text.islower()}
        self.capital = [self._is_capital(i) for i in range(len(tokens))]

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """Yield the half-open token span of each run, in order."""
        runs = list(self._whole())
        headlines = self._headlines()
        paragraphs = self._tokens.paragraphs
        written = {self._tokens.string(*run) for run in runs if paragraphs[run[0]] not in headlines}
        for run in runs:
            if paragraphs[run[0]] in headlines:
                yield from self._pieces(*run, written)
            else:
                yield run

    def _whole(self) -> Iterator[tuple[int, int]]:
        at = 0
        while at < len(self._tokens):
            if self.capital[at] or self._particle(at):
                end = self._run_end(at)
                yield at, end
                at = end
            else:
                at += 1

    def _headlines(self) -> frozenset[int]:
        """Return the paragraphs in which nearly all words that can carry a capital do, so that capitals say nothing."""
        long: Counter[int] = Counter()
        capital: Counter[int] = Counter()
        for text, paragraph in zip(self._tokens.texts, self._tokens.paragraphs, strict=True):
            if len(text) >= _LONG and text[:1].isalpha():
                long[paragraph] += 1
                capital[paragraph] += text[0].isupper()
        return frozenset(
            paragraph for paragraph, count in long.items() if count >= _FEWEST and capital[paragraph] >= _SHARE * count
        )

    def _pieces(self, start: int, end: int, written: Set[str]) -> Iterator[tuple[int, int]]:
        """Yield the names in a headline's run that stand by themselves elsewhere, or the run where none does.

        One word is such a name only where the run begins with it and it is no given name: "Jane Doe" is one name.
        """
        found = []
        first = 1 if name_key(self._tokens.texts[start]) in given_names() else 0
        at = start
        while at < end:
            least = at + 1 if at > start else at + first
            stop = next((stop for stop in range(end, least, -1) if self._tokens.string(at, stop) in written), 0)
            if stop:
                found.append((at, stop))
            at = max(stop, at + 1)
        yield from found or [(start, self._person_end(start, end))]

    def _person_end(self, start: int, end: int) -> int:
        """Return where a person's name ends in a headline's run that goes on: "Jane Doe Praises Roe"."""
        texts = self._tokens.texts
        if name_key(texts[start]) not in given_names() or end - start < _HEADLINE_NAME:
            return end
        stop = start + 2
        if len(texts[start + 1].rstrip(".")) == 1 or self._tokens.lowers[start + 1] in words("name_particle"):
            stop += 1  # "Jane Q. Doe"
        return end if texts[stop - 1] in HYPHENS or (stop < end and texts[stop] in HYPHENS) else stop

    def _is_capital(self, i: int) -> bool:
        """Whether a token looks like a word of a name."""
        tokens = self._tokens
        text = tokens.texts[i]
        if not text[:1].isalpha() or not any(char.isupper() for char in text[:4]):
            return False
        pos = tokens.pos[i]
        following = tokens.texts[i + 1] if i + 1 < len(tokens) else ""
        if following in words("company_suffix") and pos != "ADP":
            return True
        inside = i > 0 and tokens.sentences[i] == tokens.sentences[i - 1] and tokens.texts[i - 1][-1:] not in _CLOSING
        if text == "He" and inside and following[:1].isupper() and tokens.pos[i + 1] == "PROPN":
            return True  # a surname
        if inside and pos in {"DET", "ADV", "SCONJ", "PROPN"} and self._in_a_name(i):
            return True
        if text in words("not_name"):
            # "Jan", "May" and "April" are given names too.
            if pos == "PROPN" and text in words("platform") and tokens.deps[i] == "nsubj":
                return True  # the company, not the place where something was said
            return pos == "PROPN" and name_key(text) in given_names() and following[:1].isupper()
        if pos in {"PRON", "AUX"} and len(text) > 1 and text.isupper():
            return not any(other.isupper() and len(other) > 1 for other in self._beside(i))
        if not text[0].isupper():
            # "eThekwini", "al-Abadi" as one token
            return text[1:2].isupper() or (pos == "PROPN" and "-" in text)
        starts = i == 0 or tokens.sentences[i] != tokens.sentences[i - 1] or tokens.texts[i - 1][-1:] in "\"“‘'«\n:"
        if pos == "PROPN":
            return not (starts and text.lower() in self.small and text not in self._seen_inside)
        if pos == "AUX" and name_key(text) in given_names() and following.istitle() and tokens.pos[i + 1] == "PROPN":
            return True  # "Will Doe"
        if pos in {"DET", "PRON", "ADP", "CCONJ", "SCONJ", "AUX", "PART", "INTJ"}:
            return False
        if not starts or text in self._seen_inside:
            return True
        return name_key(text) in genders() and following.istitle() and tokens.pos[i + 1] == "PROPN"

    def _in_a_name(self, i: int) -> bool:
        """Whether a word that is none of names by itself stands within one: "A-jen", "So" in "Jane So Doe-roe"."""
        tokens = self._tokens
        if i + 2 >= len(tokens):
            return False
        following = tokens.texts[i + 1]
        if following in HYPHENS:
            joined = tokens.glued[i + 1] and tokens.glued[i + 2]
            return len(tokens.texts[i]) == 1 and joined and tokens.pos[i + 2] == "PROPN"
        before = tokens.pos[i - 1] == "PROPN" and tokens.texts[i - 1].istitle()
        return before and tokens.pos[i + 1] == "PROPN" and following.istitle() and tokens.texts[i + 2] in HYPHENS

    def _beside(self, i: int) -> list[str]:
        texts = self._tokens.texts
        return [texts[j] for j in (i - 1, i + 1) if 0 <= j < len(texts)]

    def _particle(self, i: int) -> bool:
        """Whether a small word such as "al" or "de" opens a name here."""
        lowers = self._tokens.lowers
        if lowers[i] not in words("name_particle") or i + 1 >= len(lowers):
            return False
        if lowers[i + 1] in HYPHENS and i + 2 < len(lowers):
            return self._tokens.glued[i + 1] and self.capital[i + 2]
        return self._tokens.pos[i] == "PROPN" and self.capital[i + 1] and lowers[i] not in {"as", "i", "y", "e"}

    def _run_end(self, start: int) -> int:
        end = start + 1
        body = self._tokens.texts[start] in words("organisation_word")
        while end < len(self._tokens) and end - start < _LONGEST:
            step = self._step(end, start, body=body)
            if not step or self._after_dateline(start, end):
                break
            body = body or self._tokens.texts[end] in words("organisation_word")
            end = step
        return end

    def _after_dateline(self, start: int, at: int) -> bool:
        """Whether an article's text begins at a token, after a place in capitals that no mark ends."""
        texts = self._tokens.texts
        line = start
        while 0 < line < _CREDIT and texts[line - 1].isupper():
            line -= 1  # "RIO DE JANEIRO", where the small word was taken for none of the name
        opens = line == 0 or (line < _CREDIT and "\n" in texts[line - 1])
        if not opens or not self.capital[at] or not texts[at].isalpha():
            return False
        place = texts[start:at]
        if texts[at].isupper():
            # "SPRINGFIELD EXAMPLA": the place is written small elsewhere, the name is not
            elsewhere = all(text.title() in self._seen_inside for text in place)
            return elsewhere and texts[at] in self._seen_inside and texts[at].title() not in self._seen_inside
        return all(text.isupper() for text in place) and (
            len(place) > 1 or line < start or places().get(name_key(place[0]), ("", ""))[1] in {"capital", "country"}
        )

    def _step(self, at: int, start: int, *, body: bool) -> int:
        """Return the end of what goes on a run at a token, 0 where the run ends."""
        texts, lowers, glued = self._tokens.texts, self._tokens.lowers, self._tokens.glued
        following = at + 1 < len(texts)
        capital_after = following and self.capital[at + 1]
        joined = following and glued[at] and glued[at + 1]
        if self._hyphened(at) or (self.capital[at] and self._goes_on(at)):
            return at + 1
        if (texts[at] in HYPHENS and joined and texts[at + 1][0].isalnum()) or (
            capital_after and (texts[at] == "&" or (texts[at] == "/" and joined))
        ):
            return at + 2
        if texts[at].isspace():
            return at + 2 if capital_after and "\n" not in texts[at] else 0
        if lowers[at] in words("name_particle") and (step := self._over_particles(at)):
            return step
        if texts[at] == "," and following and texts[at + 1] in words("name_suffix"):
            return at + 2
        if lowers[at] == "in" and texts[at - 1] in words("body_abroad") and capital_after:
            return at + 2  # "the Samplish Embassy in Springfield"
        if lowers[at] in words("body_link") or texts[at] == ",":
            return self._over_links(at, start, body=body)
        if texts[at] in _OPENING and (step := self._over_nickname(at)):
            return step
        return self._over_possessive(at, start) if self._tokens.tags[at] == "POS" or texts[at] in _APOSTROPHES else 0

    def _goes_on(self, at: int) -> bool:
        """Whether no sentence ends before a token; the parser may end one in the middle of a name."""
        tokens = self._tokens
        if tokens.sentences[at] == tokens.sentences[at - 1]:
            return True
        return tokens.texts[at - 1].isalpha() and tokens.pos[at - 1] == tokens.pos[at] == "PROPN"

    def _over_links(self, at: int, start: int, *, body: bool) -> int:
        """Return the end of a capital word after "of", "for the", "and" inside a body's name, or 0."""
        texts, lowers, count = self._tokens.texts, self._tokens.lowers, len(self._tokens)
        departments = words("department_word")
        listing = any(text in departments for text in texts[start:at])
        if texts[at] == "," and listing and at + 1 < count and self.capital[at + 1]:
            # "Ministry of Trade, Labour and Transport"
            last = next((i for i in range(at + 1, min(at + 6, count)) if not self.capital[i]), count)
            joined = last < count - 1 and lowers[last] == "and" and self.capital[last + 1]
            return last + 2 if joined else 0
        end = at
        while end < count and end < at + 2 and lowers[end] in words("body_link"):
            end += 1
        if end == at or end >= count or not self.capital[end] or lowers[at] == "the":
            return 0
        if lowers[at] in {"and", "&"} and lowers[end - 1] == "the":
            return 0  # "the Interior Ministry and the Police Agency" are two
        complete = texts[at - 1] in words("organisation_word")
        field = "of" in lowers[start:at] and texts[end] in words("domain_word")
        if body and (lowers[at] not in {"and", "&"} or listing or field):
            return end + 1
        determined = start > 0 and (lowers[start - 1] == "the" or self._tokens.tags[start - 1] == "POS")
        after = end
        while after < count and self.capital[after]:
            after += 1
        if not determined or (complete and texts[min(after, count - 1)] != "("):
            return 0
        opened = after + 1 < count and texts[after] == "("
        if opened and spells(texts[after + 1], self._tokens.string(start, after)):
            return after
        if lowers[end - 1] == "the" and end > at + 1:
            # "the Mechanism for the Prevention of Torture (MPT)"
            while after + 1 < count and lowers[after] in words("body_link") and self.capital[after + 1]:
                after += 2
            return after if texts[min(after, count - 1)] == "(" else 0
        plural = texts[at - 1].endswith("s") and lowers[at] in {"for", "of", "against"}
        return end + 1 if plural or any(text in words("organisation_word") for text in texts[end:after]) else 0

    def _over_possessive(self, at: int, start: int) -> int:
        """Return the end of "Office" in "Prime Minister's Office", or 0: a role's office is a body of its own."""
        texts, lowers = self._tokens.texts, self._tokens.lowers
        owner = texts[at - 1] in titles() or lowers[at - 1] in roles() or lowers[at - 1].removesuffix("s") in roles()
        ordinal = at + 2 < len(texts) and texts[at + 1][:1].isdigit() and texts[at + 2] in words("organisation_word")
        if ordinal and texts[at - 1] in words("organisation_word"):
            return at + 3
        members = texts[at][-1:] not in "sS" and texts[at - 1].endswith("s")  # "the Example Writers' Union"
        if members and self._tokens.lowers[start - 1 : start] == ["the"]:
            end = at + 1
            while end < len(texts) and end <= at + 3 and self.capital[end]:
                if texts[end] in words("organisation_word"):
                    return end + 1
                end += 1
        following = at + 1 < len(texts) and texts[at + 1] in words("organisation_word") and self.capital[at + 1]
        return at + 2 if owner and following else 0

    def _over_nickname(self, at: int) -> int:
        texts, count = self._tokens.texts, len(self._tokens)
        for end in range(at + 1, min(at + 2 + _NICKNAME, count - 1)):
            if texts[end] in _CLOSING:
                return end + 1 if end > at + 1 and self.capital[end + 1] else 0
            if not self.capital[end]:
                return 0
        return 0

    def _hyphened(self, i: int) -> bool:
        """Whether a capital word goes on after a hyphen: "In-sun" is no preposition."""
        texts, glued = self._tokens.texts, self._tokens.glued
        return (
            texts[i][0].isupper() and i + 2 < len(texts) and texts[i + 1] in HYPHENS and glued[i + 1] and glued[i + 2]
        )

    def _over_particles(self, at: int) -> int:
        """Return the end of a capital word that follows one or two particles at `at`, or 0."""
        lowers, count = self._tokens.lowers, len(self._tokens)
        end = at
        while end < count and end < at + 3 and (lowers[end] in words("name_particle") or lowers[end] in HYPHENS):
            end += 1
        return end + 1 if end < count and self.capital[end] else 0
