"""The proper names of an article: where each stands, what titles precede it, and which longer name it is short for.

Knowledge: data/titles.jsonl, data/roles.jsonl (nouns for people), data/words.jsonl, data/given_names.jsonl,
data/first_names.jsonl, data/short_roles.jsonl.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from annotate.derive import name_key
from annotate.pipeline.forms import Form, Name, group_forms, relate, spelled, spells
from annotate.pipeline.lexicon import genders, given_names, personal, places, roles, titles
from annotate.pipeline.name_runs import HYPHENS, NameRuns
from annotate.pipeline.resources import words
from annotate.pipeline.role_nouns import RoleNouns
from annotate.pipeline.tokens import Tokens

_MOST = 400  # forms that an acronym is compared with
_MONEY = "$€£₹"
_COMPOUND = 4  # tokens after a name up to the noun that it makes a body's name with


class Names:
    """The names of an article, in order, their forms, and the words that occur in them, in plain lower case."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        # Abbreviations that stand by themselves somewhere: before a person's name they are no initials.
        self._alone = {
            text for i, text in enumerate(tokens.texts[:-1]) if text.isupper() and not tokens.texts[i + 1][:1].isupper()
        }
        self.role_nouns = RoleNouns(tokens)
        self._runs = NameRuns(tokens)
        runs = list(self._runs)
        self._written = {tokens.string(*run) for run in runs}
        found = (name for run in runs for name in self._split(*run))
        self.all = [name for name in found if len(name.text) > 1 and name.text != "TV" and not _is_role(name)]
        self.forms = group_forms(self.all)
        relate(self.forms)
        self._acronyms()
        self.words = frozenset(word for form in self.forms for word in form.key)

    def within(self, start: int, end: int) -> list[Name]:
        """Return the names that lie in a token span."""
        return [name for name in self._from(start) if name.start >= start and name.end <= end and name.start < end]

    def _from(self, start: int) -> Iterator[Name]:
        low, high = 0, len(self.all)
        while low < high:
            middle = (low + high) // 2
            if self.all[middle].start < start:
                low = middle + 1
            else:
                high = middle
        yield from self.all[low : low + 40]

    def _split(self, start: int, end: int) -> Iterator[Name]:
        """Yield the name in a run without the titles before it; what stands before those is another name."""
        tokens = self._tokens
        texts = tokens.texts
        organisation = words("organisation_word")
        start = self._past_adjective(start, end)
        if start >= end or any(mark in texts[start] for mark in _MONEY):
            return
        if self._is_whole(start, end):
            found = self._name(start, end, prefix=start, title=None)
            found.body = found.body or found.text.lower() in words("body_of_persons")
            yield found
            return
        last = -1
        for i in range(start, end - 1):
            if not self._is_title(i, start) or texts[i + 1] in HYPHENS:
                continue
            rest = [j for j in range(i + 1, end) if texts[j][:1].isalnum()]
            if all(texts[j] in words("name_suffix") or self._is_title(j, start) for j in rest):
                break
            last = i
        if last < 0:
            start = self._past_unknown(self._past_common(start, end), end)
        if last >= 0 and (titled := self._titled(start, last, end)) is not None:
            yield from titled
            return
        whole = [i for i in range(start, end) if texts[i][:1].isalnum()]
        if all(self._is_title(i, start) or tokens.lowers[i] in {"of", "the"} for i in whole):
            return  # "the Prime Minister" is a description
        if self._describes(start, end):
            return
        held = self._after_role(start)
        first = start
        body = any(text in organisation for text in texts[start:end])
        if held or (texts[start].isupper() and not body):
            first = self._past_domain(start, end, given=held)
        if first > start and held:
            yield self._name(start, first, prefix=start, title=None)
        yield self._name(first, end, prefix=start, title="" if first > start and held else None)

    def _is_whole(self, start: int, end: int) -> bool:
        """Whether a run is a name although it begins with a title: "Saint Lucia", "the Bishop Roe community forum"."""
        tokens = self._tokens
        text = tokens.string(start, end)
        if name_key(text) in places() or text.lower() in words("body_of_persons"):
            return True
        if not self._is_title(start, start) or end >= len(tokens):
            return False
        head = tokens.head_of(start, end)
        noun = tokens.heads[head]
        if tokens.deps[head] != "compound" or not end <= noun < end + _COMPOUND:
            return False
        entry = self.role_nouns.at(noun)
        capital = tokens.texts[noun].title()
        body = entry["source_type"] == "organisation" if entry else capital in words("organisation_word")
        return body and tokens.texts[end].islower()

    def _titled(self, start: int, last: int, end: int) -> list[Name] | None:
        """Return the person's name after the title at `last`, and what stands before the titles; None for a body."""
        texts, organisation = self._tokens.texts, words("organisation_word")
        begin = last + 1
        if self._tokens.lowers[begin] in {"of", "for"}:
            # "Minister of Trade Jane Doe"
            begin = self._past_domain(last + 2, end, given=False) if last + 2 < end else end
            if begin <= last + 2:
                return None
        stop = self._before_place(begin, end)
        if any(text in organisation for text in texts[begin + 1 : stop]):
            return None
        if texts[begin] in organisation and stop == begin + 1:
            return None
        before = self._before_titles(start, last)
        kept = begin == last + 1 and titles().get(texts[last], {}).get("in_name", False)
        first = last if kept else self._past_domain(begin, stop, given=False)
        found = [self._name(start, before, prefix=start, title=None)] if before > start else []
        return [*found, self._name(first, stop, prefix=before, title=self._title(last))]

    def _title(self, i: int) -> str:
        """Return the word of a title, also where letters stand for it."""
        entry = self.role_nouns.at(i) if self.role_nouns.short(i) else None
        return str(entry["noun"]) if entry else self._tokens.lowers[i]

    def _past_common(self, start: int, end: int) -> int:
        """Return where a person's name begins after a word that is none of it: "Fisherman" or "Democrat" Jane Doe.

        That is a word for a party's or a country's people, one before a name that also stands without it, or at the
        start of a sentence one that the article writes small elsewhere.
        """
        tokens = self._tokens
        opens = start == 0 or tokens.sentences[start] != tokens.sentences[start - 1] or "\n" in tokens.texts[start - 1]
        words_of = [tokens.texts[i] for i in range(start, end)]
        if len(words_of) < 3 or any(word in words("organisation_word") for word in words_of):
            return start
        first, second = name_key(words_of[0]), name_key(words_of[1])
        people = words_of[0] in words("party_word") or places().get(first, ("", ""))[1] == "people"
        without = tokens.string(start + 1, end) in self._written
        common = people or without or (opens and words_of[0].lower() in self._runs.small)
        return start + 1 if common and second in genders() and first not in genders() else start

    def _past_unknown(self, start: int, end: int) -> int:
        """Return where a given name begins after two or more words that are none, as a title in another language is."""
        texts = self._tokens.texts
        spoken = [i for i in range(start, end) if texts[i][:1].isalnum()]
        if any(texts[i] in words("organisation_word") for i in spoken) or len(spoken) < 4:
            return start
        given = [at for at, i in enumerate(spoken[:-1]) if name_key(texts[i]) in given_names()]
        if given and any(self._tokens.lowers[i] in words("name_particle") for i in range(start, spoken[given[0]])):
            return start
        return spoken[given[0]] if given and given[0] >= 2 else start

    def _past_adjective(self, start: int, end: int) -> int:
        """Return where a run goes on after "Springfield-based": what a participle makes an adjective is no name."""
        tokens = self._tokens
        for i in range(end - 1, start, -1):
            if tokens.texts[i - 1] in HYPHENS and tokens.tags[i] in {"VBN", "VBD", "VBG"} and tokens.texts[i].islower():
                return i + 1
        return start

    def _describes(self, start: int, end: int) -> bool:
        """Whether a run of capitals names a role: "the Opposition Leader", "Police" at the start of a sentence."""
        tokens = self._tokens
        texts, lowers = tokens.texts, tokens.lowers
        last = end - 1
        if end - start == 1:
            entry = roles().get(lowers[last])
            return entry is not None and (tokens.pos[last] != "PROPN" or entry["refers_to"] == "individual")
        singular = lowers[last].removesuffix("s")
        if (
            lowers[last] not in personal()
            and singular not in personal()
            and texts[last].removesuffix("s") not in titles()
        ):
            return False
        if name_key(texts[start]) in given_names() and texts[start] not in titles():
            return False  # "Jane Chief"
        if "of" in lowers[start:last] and any(text in words("organisation_word") for text in texts[start:last]):
            return False  # "the Department of Justice"
        before = lowers[start - 1] if start else ""
        if end < len(texts) and lowers[end] in {"of", "for"}:
            return True
        if end + 1 < len(texts) and texts[end] == "(" and self.role_nouns.short(end + 1):
            return True
        if before in words("definite") or before in words("indefinite") or (start and tokens.tags[start - 1] == "POS"):
            return True
        return texts[last].endswith("s") and singular in personal()

    def _after_role(self, start: int) -> bool:
        """Whether "of", "for the" and a role stand before, as in "Minister of Trade Jane Doe"."""
        lowers = self._tokens.lowers
        at = start - 2 if start > 1 and lowers[start - 1] == "the" else start - 1
        if at < 1 or lowers[at] not in {"of", "for", "at", "in"}:
            return False
        return lowers[at - 1] in personal() or self._tokens.texts[at - 1] in titles()

    def _past_domain(self, start: int, end: int, *, given: bool) -> int:
        """Return where the person's name begins in "Financial Affairs Jane Doe" or "WHO Jane Doe"."""
        texts = self._tokens.texts
        spoken = [i for i in range(start, end) if texts[i][:1].isalnum()]
        cut = start
        for at, i in enumerate(spoken[:-2]):
            text = texts[i]
            domain = text in words("organisation_word") or text in words("domain_word")
            letters = text in self._alone and len(text) > 1 and not texts[spoken[-1]].isupper()
            if (domain or letters) and texts[i + 1] not in HYPHENS:
                cut = spoken[at + 1]
        rest = [texts[i] for i in spoken if i >= cut]
        if cut > start and any(text in words("organisation_word") or text in words("domain_word") for text in rest):
            return start  # "Ministry of Foreign Affairs"
        while cut < spoken[-1] and self._tokens.lowers[cut] in words("body_link"):
            cut += 1
            if cut == spoken[-1]:
                return start  # "Department of Works" is whole
        last_domain = texts[spoken[-2]] if len(spoken) > 1 else ""
        if last_domain in words("domain_word") and len(spoken) == 2 and not given:
            cut = spoken[-1]
        if given and cut == start:
            known = [i for i in spoken[1:-1] if name_key(texts[i]) in given_names()]
            if known and name_key(texts[start]) not in given_names():
                cut = known[0]
        return cut

    def _before_place(self, start: int, end: int) -> int:
        """Return the end of a person's name before "of Springfield"."""
        lowers = self._tokens.lowers
        return next((i for i in range(start + 1, end) if lowers[i] in {"of", "for", "and", ","}), end)

    def _is_title(self, i: int, start: int) -> bool:
        texts, lowers = self._tokens.texts, self._tokens.lowers
        if texts[i] in titles():
            # "Hassan Sheikh Doe": inside a name it is none.
            inside = (
                titles()[texts[i]].get("in_name") and i > start and self._runs.capital[i - 1] and texts[i - 1].istitle()
            )
            return not (inside and texts[i - 1] not in titles() and lowers[i - 1] not in personal())
        if texts[i][-1:] == "s" and texts[i][:-1] in titles() and len(texts[i]) > 2:
            return True
        if self.role_nouns.short(i):
            return True
        pair = i + 1 < len(texts) and f"{texts[i]} {texts[i + 1]}" in titles()
        return lowers[i] in personal() or pair or (i > 0 and f"{texts[i - 1]} {texts[i]}" in titles())

    def _before_titles(self, start: int, last: int) -> int:
        """Return where the titles that end at `last` begin."""
        at = last
        while at > start and (self._is_title(at - 1, start) or self._tokens.texts[at - 1] in HYPHENS):
            at -= 1
        return at

    def _name(self, start: int, end: int, *, prefix: int, title: str | None) -> Name:
        texts = self._tokens.texts
        whole = re.split(r'[:"“”;]', self._tokens.string(start, end))[0].rstrip(" ,")
        text = re.sub(r"[’'‘][sS]?$", "", whole) or texts[start]
        body = any(word in words("organisation_word") for word in texts[start:end])
        return Name(start, end, prefix, text, tuple(name_key(text).split()), body, title)

    def _spelled_out(self, name: Name) -> None:
        """Add the words before "(SIT)" as a name where small letters hid it: "the special investigation team (SIT)"."""
        tokens = self._tokens
        size = spelled(name.text, tokens.lowers[max(0, name.start - 12) : name.start - 1]) if len(name.text) > 2 else 0
        start, end = name.start - 1 - size, name.start - 1
        if not size or any(other.start < end and start < other.end for other in self.within(start - 8, end)):
            return
        owner = next((other for other in self.within(start - 8, start) if other.end == start), None)
        if owner is not None and tokens.heads[tokens.head_of(owner.start, start)] == end - 1:
            start = owner.start  # "the Springfield community forum (CF)"
        added = self._name(start, end, prefix=start, title=None)
        added.body = True
        added.form = len(self.forms)
        form = self.forms[name.form]
        self.forms.append(Form(added.text, added.key, [added]))
        form.acronym = added.form if form.acronym is None else form.acronym
        self.all.insert(next(i for i, other in enumerate(self.all) if other.start >= start), added)

    def _acronyms(self) -> None:
        """Link "NRF" to "the National Resistance Front (NRF)", and to names whose capitals it spells."""
        tokens = self._tokens
        by_start = {name.start: name for name in self.all}
        for name in list(self.all):
            if name.start and tokens.texts[name.start - 1] == "(" and name.text.isupper():
                self._spelled_out(name)
            inner = by_start.get(name.end + 1)
            if name.end < len(tokens) and tokens.texts[name.end] == "(" and inner is not None:
                short, long = self.forms[inner.form], self.forms[name.form]
                closed = inner.end < len(tokens) and tokens.texts[inner.end] == ")"
                if closed and len(short.text) < len(long.text) and short.text[:1] == short.text[:1].upper():
                    letters = sorted(char for char in short.text if char.isupper())
                    initials = sorted(word[0] for word in long.text.split() if word[0].isupper())
                    spelled = spells(short.text, long.text) or letters == initials
                    if spelled or not short.text.isupper() or len(long.key) == 1:
                        short.acronym = name.form if short.acronym is None else short.acronym
        for form in self.forms:
            single = len(form.key) == 1 or all(len(word) == 1 for word in form.key)
            capitals = sum(char.isupper() for char in form.text)
            if form.acronym is None and single and 2 * capitals > len(form.text) and 2 <= len(form.text) <= 8:
                found = [
                    i
                    for i, other in enumerate(self.forms[:_MOST])
                    if len(other.key) > 1 and spells(form.text, other.text)
                ]
                form.acronym = found[0] if found else None


def _is_role(name: Name) -> bool:
    """Whether a name after a title is but another word of it: "Minister" in "Deputy Foreign Minister"."""
    return bool(name.title) and len(name.key) == 1 and name.key[0] in personal()
