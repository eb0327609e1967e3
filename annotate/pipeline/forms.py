"""The wordings of names, and how they hang together: surnames, acronyms, fuller names, relatives' names."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from annotate.derive import name_key
from annotate.pipeline.lexicon import places
from annotate.pipeline.resources import words

_MOST = 400  # distinct names that are compared with one another; an article has some sixty
_SPELLED = 5  # letters of a surname that may be spelled in two ways


@dataclass(slots=True)
class Name:
    """One mention of a name: its half-open token span, and where the titles before it begin.

    body: whether a word of it is one of organisations'; title: the last title right before it, in lower case.
    """

    start: int
    end: int
    prefix: int
    text: str
    key: tuple[str, ...]
    body: bool
    title: str | None
    form: int = -1


@dataclass(slots=True)
class Form:
    """All mentions of one wording of a name; `longer`: the forms that hold its words; `acronym`: the one it spells."""

    text: str
    key: tuple[str, ...]
    mentions: list[Name] = field(default_factory=list)
    longer: list[int] = field(default_factory=list)
    acronym: int | None = None

    @property
    def body(self) -> bool:
        return self.mentions[0].body

    @property
    def letters(self) -> bool:
        """Whether it is capitals alone: "US", "U.S."."""
        return self.text.replace(".", "").isupper()

    @property
    def first(self) -> int:
        return self.mentions[0].start


def spelled(letters: str, before: list[str]) -> int:
    """Return how many of the last words spell the letters ("special investigation team" for SIT), 0 when none do."""
    at = len(before)
    for letter in reversed(letters.lower()):
        while at > 0 and before[at - 1][:1] != letter and before[at - 1] in words("body_link"):
            at -= 1
        if at == 0 or before[at - 1][:1] != letter:
            return 0
        at -= 1
    return len(before) - at


def spells(acronym: str, name: str) -> bool:
    """Whether the capitals of a name, small words left out, begin with or give the letters of the acronym."""
    capitals = [char for char in acronym if char.isupper()]
    letters = capitals if len(capitals) > 1 else [char for char in acronym.upper() if char.isalnum()]
    initials = [word[0].upper() for word in re.split(r"[\s\-–/]+", name) if word[:1].isupper()]
    if len(letters) < 2 or len(initials) < 2:
        return False
    if initials == letters:
        return True
    if len(letters) > 2 and any(initials[at : at + len(letters)] == letters for at in range(len(initials))):
        return True
    every = [word[0].upper() for word in re.split(r"[\s\-–/]+", name) if word[:1].isalnum()]
    return every == letters


def group_forms(names: list[Name]) -> list[Form]:
    forms: list[Form] = []
    index: dict[tuple[str, ...], int] = {}
    for name in names:
        at = index.get(name.key)
        if at is None:
            at = index[name.key] = len(forms)
            forms.append(Form(name.text, name.key))
        name.form = at
        forms[at].mentions.append(name)
        if forms[at].text.isupper() and not name.text.isupper():
            forms[at].text = name.text
    return forms


def relate(forms: list[Form]) -> None:
    """Note for each form the forms that hold all its words in order, linked through the words they have."""
    by_word: defaultdict[str, list[int]] = defaultdict(list)
    for i, form in enumerate(forms[: 4 * _MOST]):
        for word in set(form.key):
            by_word[word].append(i)
    for i, form in enumerate(forms):
        if not form.key:
            continue
        if len(form.key) == 1 and len(by_word[form.key[0]]) == 1 and not form.body:
            form.longer = [
                other for other, long in enumerate(forms[:_MOST])
                if len(long.key) > 1 and not long.body and misspelt(form.key[0], long.key[-1])
            ]  # fmt: skip
            continue
        rarest = min((by_word[word] for word in form.key), key=len)
        form.longer = [
            other for other in rarest[:_MOST] if other != i and len(forms[other].key) > len(form.key)
            and _in_order(form.key, forms[other].key) and not _only_of_people(form, forms[other])
        ]  # fmt: skip


def _only_of_people(short: Form, long: Form) -> bool:
    """Whether a longer name only says of which people the shorter one is: "Samplish Doe" for "Doe"."""
    kind = places().get(long.key[0], ("", ""))[1]
    return kind == "people" and long.key[1:] == short.key and not long.body


def _in_order(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    rest = iter(long)
    return all(word in rest for word in short)


def fullest(forms: list[Form], start: int) -> int:
    """Return the form that a name is most likely short for: its spelled-out one, or a longer name of the same person.

    Of several, the one that was met before it and ends in it is taken first, then the longest.
    """
    at = start
    for _ in range(4):
        form = forms[at]
        if form.acronym is not None and form.acronym != at:
            at = form.acronym
            continue
        longer = [other for other in form.longer if related(form, forms[other]) != "part"]
        if form.body or len(form.key) > 1:
            longer = [other for other in longer if forms[other].body == form.body]
        else:
            longer = [other for other in longer if not forms[other].body]
        if not longer:
            return at
        at = max(
            longer,
            key=lambda other: (
                related(form, forms[other]) == "end",
                forms[other].first < form.first,
                len(forms[other].key),
                -forms[other].first,
            ),
        )
        if forms[at].longer and len(forms[at].key) > 6:
            return at
    return at


def related(short: Form, long: Form) -> str:
    """Tell how a longer name holds a shorter one: at its `end`, its `start`, `inside`, at both `ends`, or as a `part`.

    `part` is what no person's short name is: a word of a body's name, or somebody's in "the Jane Doe Foundation".
    """
    size = len(short.key)
    if long.key[-size:] == short.key or (size == 1 and misspelt(short.key[0], long.key[-1])):
        return "end"
    if long.body != short.body and not short.text.isupper():
        return "part" if long.key[:size] != short.key else "start"
    if long.key[:size] == short.key:
        return "start"
    if size == 1:
        return "inside"
    # A middle initial is the same person's; a middle name may be what tells father and son apart.
    initials = [word for word in long.key if word not in short.key]
    return "ends" if all(len(word) == 1 for word in initials) else "part"


def kindred(one: str, other: str) -> bool:
    """Tell whether two names are different ones that end in the same surname, as it may be spelled in either way."""
    first, second = name_key(one).split(), name_key(other).split()
    return first != second and bool(first) and bool(second) and _alike(first[-1], second[-1])


def misspelt(one: str, other: str) -> bool:
    """Tell whether a word is most likely another one with a slip of one letter."""
    return one != other and one[0] == other[0] and min(len(one), len(other)) > _SPELLED and _alike(one, other)


def _alike(one: str, other: str) -> bool:
    """Whether two surnames differ in one letter at most: "Masoud" and "Massoud"."""
    if one == other:
        return True
    if min(len(one), len(other)) < _SPELLED or abs(len(one) - len(other)) > 1:
        return False
    short, long = sorted((one, other), key=len)
    at = next((i for i, char in enumerate(short) if char != long[i]), len(short))
    return short[at:] == long[at + 1 :] or short[at + 1 :] == long[at + 1 :]


def together(names: list[str]) -> str:
    """Return several names as one."""
    return ", ".join(names[:-1]) + " and " + names[-1]
