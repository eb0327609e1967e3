"""Outlets that no registry holds, by the form of their names, and the short forms that an article gives them.

"told the Example Times", "the newspaper Ejemplo", "Radio Example", "Example Online (EO)"; copyright lines; feeds
without a name. Word lists: data/outlet_words.jsonl.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence

from spacy.tokens import Doc
from spacy.tokens import Span as TokenSpan

from annotate.pipeline.extensions import NoticeDraft, OutletDraft, text_of
from annotate.pipeline.outlet_contexts import Act, Context, after, before, is_continued, is_outlet_noun
from annotate.pipeline.resources import words

Found = tuple[TokenSpan, str]

_JOINING = frozenset({"de", "la", "le", "el", "al", "del", "&", "-", "an", "du", "des", "y", "e"})
_LONGEST = 6  # tokens in a name
_SITE = re.compile(r"(?:[\w-]+\.)+(?:com|net|org|info|news|tv|media|press|co|[a-z]{2})(?:\.[a-z]{2})?", re.IGNORECASE)
_OWNER = re.compile(
    r"(?:copyright|©|\(c\))\W*(?:\d{4}(?:\s*[-–]\s*\d{4})?)?\W*(?:by\s+)?((?:[A-Z][\w&'’.-]*)(?:\s+(?:[A-Z&][\w&'’.-]*))*)",
    re.IGNORECASE,
)
_ACRONYM = re.compile(r"[A-Z][A-Za-z&.]{1,7}")


def unlisted(doc: Doc) -> Iterator[Found]:
    """Find names that their form and what stands around them show to be an outlet's."""
    strong, endings = words("outlet_ending_strong"), words("outlet_ending") | words("outlet_extending")
    upper_endings = {word.upper() for word in endings}
    for token in doc:
        run: TokenSpan | None = None
        if is_outlet_noun(doc, token.i) and token.text.islower():
            run = _beside_noun(doc, token.i)
        elif token.text in words("outlet_beginning") and (whole := _by_beginning(doc, token.i)) is not None:
            run = whole
        elif (token.text in endings or token.text in upper_endings) and token.i and not _goes_on(doc, token.i + 1):
            run = _run_before(doc, token.i + 1)
            if run is not None and not _by_ending(doc, run, strong):
                run = None
            elif run is not None and token.text == "Radio" and _station(doc, run.end):
                run = doc[run.start : run.end + 1]
        elif "." in token.text and _SITE.fullmatch(token.text):
            run = doc[token.i : token.i + 1]
            if not _in_act(doc, run, Act.TOLD, Act.CITED, Act.REPORTING, Act.SAYING, Act.HANDING, Act.NAMED):
                run = None
        if run is not None and run.text not in words("outlet_never"):
            yield run, _name(run)


def credited(doc: Doc) -> Iterator[Found]:
    """Find the owners that copyright lines name."""
    notices: list[NoticeDraft] = doc._.notices
    for notice in notices:
        if notice["kind"] != "copyright":
            continue
        start, end = notice["span"]
        found = _OWNER.search(text_of(doc), start, end)
        if found is None:
            continue
        owner = re.split(r"\.?\s{1,9}(?:All|This|Reserved)\b", found.group(1))[0]
        stop = found.start(1) + len(owner)
        span = doc.char_span(found.start(1), stop, alignment_mode="expand")
        if span is not None and span.text.strip("."):
            yield span, re.sub(r",?\s{1,9}(?:Inc|Ltd|LLC|Limited|Corp)\.?$", "", span.text)


def feeds(doc: Doc) -> Iterator[OutletDraft]:
    """Find what a disclaimer says the article was taken from, where it gives no name: "an agency feed"."""
    notices: list[NoticeDraft] = doc._.notices
    text = text_of(doc)
    for notice in notices:
        if notice["kind"] != "disclaimer":
            continue
        start, end = notice["span"]
        lowered = text[start:end].lower()
        for phrase in sorted(words("outlet_feed"), key=len, reverse=True):
            at = lowered.find(phrase)
            if at >= 0 and (span := doc.char_span(start + at, start + at + len(phrase))) is not None:
                yield {
                    "span": (span.start_char, span.end_char), "start": span.start, "end": span.end,
                    "name": None, "domain": None, "kind": None, "listed": False, "parent": None, "role": "syndicator",
                }  # fmt: skip
                break


def foreign_acronyms(doc: Doc, found: Sequence[OutletDraft]) -> frozenset[str]:
    """Return the short forms that the article defines for something else: "the Example Press Authority (EPA)"."""
    ends = {outlet["end"] for outlet in found if outlet["end"] - outlet["start"] > 1}
    return frozenset(
        doc[index + 1].text
        for index in range(1, len(doc) - 2)
        if doc[index].text == "(" and doc[index + 2].text == ")" and doc[index + 1].text.isupper()
        if index not in ends and _spells(doc, index, doc[index + 1].text)
    ) | frozenset(
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
            if before_it and index not in taken and _is_after_article(doc, index):
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
    """Tell whether "the" stands before a word that is no part of a longer name; "The" only where the word acts."""
    if not index or (index + 1 < len(doc) and doc[index + 1].pos_ == "PROPN" and _capital(doc, index + 1)):
        return False
    if doc[index - 1].text == "the":
        return True
    right = after(doc, index + 1) if doc[index - 1].text == "The" else None
    return right is not None and right.act in {Act.REPORTING, Act.SAYING}


def _short(doc: Doc, outlet: OutletDraft, index: int, taken: set[int]) -> OutletDraft:
    token = doc[index]
    taken.add(index)
    span = token.idx, token.idx + len(token.text)
    return {**outlet, "span": span, "start": index, "end": index + 1, "role": "mention"}


def _initial(doc: Doc, outlet: OutletDraft) -> str:
    first = doc[outlet["start"]]
    return (doc[outlet["start"] + 1] if first.text == "The" and outlet["end"] - outlet["start"] > 1 else first).text[0]


def _beside_noun(doc: Doc, noun: int) -> TokenSpan | None:
    """Take the name before or after "newspaper", "news agency"; a nationality is no name."""
    two = (
        noun + 1 < len(doc)
        and doc[noun + 1].text.islower()
        and is_outlet_noun(doc, noun)
        and (f"{doc[noun].lower_} {doc[noun + 1].lower_}" in {each.lower() for each in words("outlet_noun_strong")})
    )
    right = _run_after(doc, noun + 1 + two)
    if right is not None and not _person(doc, right):
        return right
    left = _run_before(doc, noun)
    if left is None or all(_describes(doc, token.i) for token in left):
        return None
    while len(left) > 1 and _describes(doc, left.start):
        left = left[1:]
    if len(left) == 1 and left[0].is_stop:
        return None
    place = len(left) == 1 and left.start > 0 and doc[left.start - 1].lower_ in {"a", "an", "another", "one", "in"}
    return None if place or left[-1].text in {"'s", "’s"} else left


def _describes(doc: Doc, index: int) -> bool:
    token = doc[index]
    return token.tag_ in {"JJ", "JJS", "VBN"} or token.lower_ in words("outlet_describing") or token.ent_type_ == "NORP"


def _person(doc: Doc, run: TokenSpan) -> bool:
    """Tell whether the words after the noun are somebody who works there: "newspaper editor Jane Doe"."""
    before_run = doc[run.start - 1].lower_ if run.start else ""
    return before_run in words("outlet_job")


def _by_ending(doc: Doc, run: TokenSpan, strong: frozenset[str]) -> bool:
    """Tell whether a name that ends in "Times" or "News Agency" is an outlet's: some endings need a context."""
    if len(run) < 2 or run[0].lower_ in {"this", "that", "these", "our", "his", "her", "new", "last", "first"}:
        return False
    last = run[-1].text.title() if run[-1].is_upper else run[-1].text
    if last in words("outlet_extending"):
        if len(run) < 3 or run[-2].text not in words("outlet_extended"):
            return False
    elif last not in strong:
        acts = [Act.TOLD, Act.CITED, Act.HANDING, Act.NAMED, Act.REPORTING]
        determined = run.start > 0 and doc[run.start - 1].lower_ == "the"
        if determined and last not in words("outlet_ending_weak"):
            acts += [Act.SAYING, Act.STAFF]
        if run[0].lower_ in words("foreign_article"):
            acts += [Act.SAYING]
        left = before(doc, run.start)
        works_there = determined and left is not None and left.act is Act.STAFF
        return works_there or _in_act(doc, run, *acts)
    determined = run.start > 0 and doc[run.start - 1].lower_ == "the"
    if _verbal(run):
        return False
    return (
        determined
        or len(run) > 2
        or run.text.isupper()
        or not run[0].is_sent_start
        or _in_act(doc, run, Act.REPORTING, Act.SAYING, Act.NAMED, Act.STAFF)
    )


def _station(doc: Doc, index: int) -> bool:
    """Tell whether the place of a radio station follows: "EXN Radio Exampleton"."""
    return index < len(doc) and doc[index].pos_ == "PROPN" and _capital(doc, index) and not doc[index].is_sent_start


def _verbal(run: TokenSpan) -> bool:
    return all(
        token.pos_ not in {"PROPN", "NOUN", "ADJ", "X", "ADP", "DET", "PUNCT", "CCONJ", "NUM"} for token in run[:-1]
    )


def _by_beginning(doc: Doc, start: int) -> TokenSpan | None:
    token = doc[start]
    if (
        start
        and doc[start - 1].pos_ == "PROPN"
        and doc[start - 1].text[:1].isupper()
        and not doc[start - 1].is_sent_start
    ):
        return None
    run = _run_after(doc, start + 1)
    if run is None and token.lower_ in {"channel", "canal", "kanal"} and doc[start + 1].like_num:
        run = doc[start + 1 : start + 2]
    if run is None or run.start != start + 1:
        return None
    if any(each.text in words("outlet_not_after") for each in run):
        return None
    whole = doc[start : run.end]
    sure = token.text.lower().startswith(("radio", "tele")) or run[0].like_num
    return whole if sure or _in_act(doc, whole, Act.TOLD, Act.CITED, Act.HANDING, Act.NAMED, Act.REPORTING) else None


def _in_act(doc: Doc, run: TokenSpan, *acts: Act) -> bool:
    contexts: list[Context] = [found for found in (before(doc, run.start), after(doc, run.end)) if found is not None]
    return any(context.act in acts for context in contexts)


def _goes_on(doc: Doc, index: int) -> bool:
    """Tell whether a name goes on after what may be its last word."""
    if index >= len(doc):
        return False
    token = doc[index]
    if doc[index - 1].text in words("outlet_extended") and token.text in words("outlet_extending"):
        return True
    joined = token.text[:1].isupper() and token.is_alpha and token.pos_ == "PROPN" and not token.is_sent_start
    return joined and (token.text in words("outlet_ending") or is_continued(doc, index))


def _capital(doc: Doc, index: int) -> bool:
    token = doc[index]
    return token.text[:1].isupper() or (token.text[:1].isdigit() and token.is_alpha)


def _run_before(doc: Doc, end: int) -> TokenSpan | None:
    """Return the capitalised words that end here, without a leading article or the first word of a sentence."""
    start = end
    while start > 0 and end - start < _LONGEST and not doc[start - 1].is_space:
        token = doc[start - 1]
        if token.text == "The" and start < end:
            break
        joins = token.lower_ in _JOINING and start > 1 and start < end and _capital(doc, start - 2)
        if _capital(doc, start - 1) or joins or (token.text == "and" and _one_name(doc, start, end)):
            start -= 1
        else:
            break
        if doc[start].is_sent_start and start < end:
            break
    while start < end and (doc[start].lower_ in {"the", "a", "an"} or _opens_sentence(doc, start, end)):
        start += 1
    return doc[start:end] if start < end and any(doc[i].text[0].isupper() for i in range(start, end)) else None


def _one_name(doc: Doc, start: int, end: int) -> bool:
    """Tell whether "and" joins words of one name: "the Example Banking and Insurance News"."""
    first = start - 2
    while first > 0 and _capital(doc, first):
        first -= 1
    return (
        first < start - 2
        and start < end
        and doc[first].text == "the"
        and not any(doc[at].text in words("outlet_ending") for at in range(first + 1, start - 1))
    )


def _opens_sentence(doc: Doc, index: int, end: int) -> bool:
    """Tell whether a word is in capitals only since it begins a sentence: "According", "But"."""
    token = doc[index]
    if end - index > 1 and token.is_stop and token.text[1:].islower():
        return True
    return bool(token.is_sent_start) and end - index > 1 and token.pos_ in {"ADP", "SCONJ", "CCONJ", "ADV", "VERB"}


def _run_after(doc: Doc, start: int) -> TokenSpan | None:
    """Return the capitalised words that begin here, an opening quotation mark aside."""
    if start < len(doc) and doc[start].text in {"“", '"', "'", "‘", "«"}:
        start += 1
    end = start
    while end < len(doc) and end - start < _LONGEST:
        if _capital(doc, end) and not doc[end].is_sent_start:
            end += 1
        elif (
            end > start
            and doc[end].lower_ in _JOINING
            and end + 1 < len(doc)
            and _capital(doc, end + 1)
            and (doc[end].lower_ not in {"and", "the"})
        ):
            end += 2
        else:
            break
    return doc[start:end] if start < end else None


def _name(run: TokenSpan) -> str:
    """Return the name; one in capitals throughout is given those of a title."""
    text = " ".join(run.text.split())
    return text.title() if text.isupper() and " " in text else text
