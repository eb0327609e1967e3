"""Short forms that an article gives to outlets' names: "Example Online (EO)", "the Journal", and to others' names."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Sequence

from spacy.tokens import Doc

from annotate.pipeline.extensions import OutletDraft
from annotate.pipeline.outlet_contexts import is_gap
from annotate.pipeline.resources import words

_ACRONYM = re.compile(r"[A-Z][A-Za-z&.]{1,7}")


def foreign_acronyms(doc: Doc, found: Sequence[OutletDraft]) -> frozenset[str]:
    """Return the short forms that the article defines for something else: "the Example Press Authority (EPA)"."""
    ends = {outlet["end"] for outlet in found if outlet["end"] - outlet["start"] > 1}
    return (
        _initials_of_bodies(doc, ends)
        | frozenset(
            doc[index + 1].text
            for index in range(1, len(doc) - 2)
            if doc[index].text == "(" and doc[index + 2].text == ")" and doc[index + 1].text.isupper()
            if index not in ends and _spells(doc, index, doc[index + 1].text)
        )
        | frozenset(
            # "ABC (Actions for a Better Coast)"
            token.text
            for token in doc[: max(0, len(doc) - 4)]
            if token.is_upper and 2 < len(token.text) < 7 and doc[token.i + 1].text == "("
            if [
                each.text[0]
                for each in doc[token.i + 2 : token.i + 2 + 2 * len(token.text)]
                if each.is_alpha and not each.is_stop
            ][:1]
            == [token.text[0]]
            and len(doc[token.i + 2].text) > 1
            and doc[token.i + 3].text != ")"
        )
    )


def _initials_of_bodies(doc: Doc, ends: Collection[int]) -> frozenset[str]:
    """Return the initials of bodies named in full, "Example Federal Police": their letters are theirs throughout."""
    made = set()
    bodies = words("outlet_foreign_body")
    last = 0
    for token in doc:
        if token.i < last or token.text not in bodies:
            continue
        start, last = token.i, token.i + 1
        while start and _in_name(doc, start - 1):
            start -= 1
        while last < len(doc) and _in_name(doc, last):
            last += 1
        run = [each.text for each in doc[start:last] if each.text[0].isupper() and each.text != "The"]
        if len(run) > 2 and last not in ends:
            made.add("".join(word[0] for word in run))
    return frozenset(made)


def _in_name(doc: Doc, index: int) -> bool:
    token = doc[index]
    if token.is_alpha and token.text[:1].isupper():
        return not token.is_stop or token.text == "The"
    return (
        token.lower_ in {"of", "the", "for", "and"}
        and index > 0
        and index + 1 < len(doc)
        and (doc[index + 1].text[:1].isupper() or doc[index + 1].lower_ == "the")
    )


def _spells(doc: Doc, end: int, short: str) -> bool:
    """Tell whether the words that end here begin with the letters of the short form, small words aside."""
    left, at = [letter.lower() for letter in short if letter.isalpha()], end - 1
    while left and at >= 0 and end - at < 2 * len(short) + 3:
        token = doc[at]
        if token.is_alpha and token.text[0].lower() == left[-1]:
            left.pop()
        elif token.is_alpha and not token.is_stop:
            return False
        at -= 1
    return not left


def acronym_after(doc: Doc, found: Sequence[OutletDraft], taken: set[int]) -> list[OutletDraft]:
    """Find the short form that brackets after a name define, and its later uses."""
    places = _places(doc)
    made: list[OutletDraft] = []
    for outlet in found:
        at = outlet["end"]
        if at + 2 < len(doc) and doc[at].text == "(" and doc[at + 2].text == ")":
            short = doc[at + 1].text
            if _ACRONYM.fullmatch(short) and (short[0] == _initial(doc, outlet) or _spells(doc, at, short)):
                made.extend(_short(doc, outlet, index, taken) for index in places.pop(short, ()) if index not in taken)
    return made


def short_forms(doc: Doc, found: Sequence[OutletDraft], taken: set[int]) -> list[OutletDraft]:
    """Find later uses of the distinctive beginning of a name, or of its end: "APX" for "APX News", "the Journal".

    An end, after "the", is that of the name mentioned last.
    """
    places = _places(doc)
    made: list[OutletDraft] = []
    by_end: defaultdict[str, list[OutletDraft]] = defaultdict(list)
    for outlet in sorted(found, key=lambda item: item["start"]):
        first, last = doc[outlet["start"]], doc[outlet["end"] - 1]
        if first.i == last.i:
            if first.i and doc[first.i - 1].text == "The" and first.text in words("outlet_ending"):
                by_end[last.text].append(outlet)
            continue
        in_capitals = all(token.text.isupper() for token in doc[outlet["start"] : outlet["end"]])
        if first.text.isupper() and len(first.text) >= 3 and first.is_alpha and not in_capitals:
            made.extend(_short(doc, outlet, index, taken) for index in places.pop(first.text, ()) if index not in taken)
        if last.text in words("outlet_ending"):
            by_end[last.text].append(outlet)
    for word, outlets in by_end.items():
        named = [outlet["end"] for outlet in outlets]
        for index in places.get(word, ()):
            before_it = bisect_right(named, index)
            if before_it and index not in taken and (_is_after_article(doc, index) or _is_employer(doc, index)):
                made.append(_short(doc, outlets[before_it - 1], index, taken))
    return made


def _places(doc: Doc) -> dict[str, list[int]]:
    """Return where each word with a capital stands."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for token in doc:
        if token.text[:1].isupper():
            places[token.text].append(token.i)
    return places


def _is_after_article(doc: Doc, index: int) -> bool:
    """Tell whether "the" stands before a word that is no part of a longer name, nor of a headline."""
    if not index or (index + 1 < len(doc) and doc[index + 1].pos_ == "PROPN" and doc[index + 1].text[:1].isupper()):
        return False
    if doc[index - 1].text == "the" or (index > 1 and is_gap(doc, index - 1) and doc[index - 2].text == "the"):
        return True
    following = doc[index + 1].text if index + 1 < len(doc) else ""
    return doc[index - 1].text == "The" and not doc[index].is_upper and not following[:1].isupper()


def _is_employer(doc: Doc, index: int) -> bool:
    """Tell whether an editor or a reporter follows at once: "Post Editor Jane Roe"."""
    if index + 1 >= len(doc) or (index and doc[index - 1].text[:1].isupper()):
        return False
    following = doc[index + 1].lower_
    return doc[index].text not in words("outlet_extended") and (
        following in words("outlet_reporter") or following.startswith("editor")
    )


def _short(doc: Doc, outlet: OutletDraft, index: int, taken: set[int]) -> OutletDraft:
    token = doc[index]
    taken.add(index)
    span = token.idx, token.idx + len(token.text)
    return {**outlet, "span": span, "start": index, "end": index + 1, "role": "mention"}


def _initial(doc: Doc, outlet: OutletDraft) -> str:
    first = doc[outlet["start"]]
    return (doc[outlet["start"] + 1] if first.text == "The" and outlet["end"] - outlet["start"] > 1 else first).text[0]
