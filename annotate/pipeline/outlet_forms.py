"""Outlets that no registry holds, by the form of their names.

"told the Example Times", "the newspaper Ejemplo", "Radio Example"; copyright lines; feeds without a name. Word lists:
data/outlet_words.jsonl.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Collection, Iterator

from spacy.tokens import Doc
from spacy.tokens import Span as TokenSpan

from annotate.pipeline.extensions import NoticeDraft, OutletDraft, text_of
from annotate.pipeline.outlet_contexts import (
    Act,
    Context,
    after,
    before,
    could_not_check,
    is_continued,
    is_outlet_noun,
)
from annotate.pipeline.outlet_shapes import shaped
from annotate.pipeline.resources import given_names, places, words
from annotate.pipeline.spans import overlaps

Found = tuple[TokenSpan, str]

_JOINING = frozenset({"de", "la", "le", "el", "al", "del", "&", "-", "an", "du", "des", "y", "e"})
_LONGEST = 6  # tokens in a name
_WORDS_OF_NOUN = 3
_MONTHS = frozenset(calendar.month_name[1:])
_NOUN_ENDS = frozenset({"agency", "wire", "service", "site", "website", "outlet", "channel", "network", "portal",
                        "station", "magazine", "newspaper"})  # fmt: skip
_AFTER_NOUN = frozenset({"in", "of", "that", "which", "based", "close", "owned", "published", "run", "with", "for"})
_OWNER = re.compile(
    r"(?:copyright|©|\(c\))\W*(?:\d{4}(?:\s*[-–]\s*\d{4})?)?\W*(?:by\s+)?((?:[A-Z][\w&'’.-]*)(?:\s+(?:[A-Z&][\w&'’.-]*))*)",
    re.IGNORECASE,
)


def unlisted(doc: Doc) -> Iterator[Found]:
    """Find names that their form and what stands around them show to be an outlet's."""
    strong, endings = words("outlet_ending_strong"), words("outlet_ending") | words("outlet_extending")
    upper_endings = {word.upper() for word in endings}
    # "on a radio programme Roe had called", of Jane Roe
    surnames = {token.text for token in doc[1:] if token.nbor(-1).text in given_names()}
    for token in doc:
        run: TokenSpan | None = None
        if is_outlet_noun(doc, token.i) and token.text.islower():
            run = _beside_noun(doc, token.i, surnames) or _apposed(doc, token.i)
        elif token.text in words("outlet_beginning") and (whole := _by_beginning(doc, token.i)) is not None:
            run = whole
        elif (token.text in endings or token.text in upper_endings) and token.i and not _goes_on(doc, token.i + 1):
            run = _run_before(doc, token.i + 1)
            if run is not None and not _by_ending(doc, run, strong):
                run = None
            elif run is not None and token.text == "Radio" and _station(doc, run.end):
                run = doc[run.start : run.end + 1]
        elif token.text[0].isupper() or "." in token.text:
            run = shaped(doc, token)
        if run is not None and run.text not in words("outlet_never") and not ends_otherwise(run.text):
            yield run, f"The {run.text}" if len(run) == 1 and _is_called_the(doc, run) else _name(run)


def ends_otherwise(name: str) -> bool:
    """Tell whether a name ends in words that are no outlet's, whatever stands before them: "More Bad News"."""
    return " ".join(name.title().split()[-2:]) in words("outlet_never_end")


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


def _beside_noun(doc: Doc, noun: int, surnames: Collection[str]) -> TokenSpan | None:
    """Take the name before or after "newspaper", "news agency"; a nationality is no name."""
    two = (
        noun + 1 < len(doc)
        and doc[noun + 1].text.islower()
        and is_outlet_noun(doc, noun)
        and (f"{doc[noun].lower_} {doc[noun + 1].lower_}" in {each.lower() for each in words("outlet_noun_strong")})
    )
    right = _run_after(doc, noun + 1 + two)
    if right is not None and not _person(doc, right) and right.text not in surnames:
        return right
    left = _run_before(doc, noun)
    if left is None or all(_describes(doc, token.i) for token in left):
        return None
    while len(left) > 1 and _describes(doc, left.start):
        left = left[1:]
    if left.text in places() or (len(left) == 1 and left[0].is_stop):
        return None
    # "a Sampleton radio station" is no station's name; "an Example Star newspaper" is a newspaper's.
    place = left.start > 0 and doc[left.start - 1].lower_ in {"a", "an", "another", "one", "in"}
    place = place and (len(left) == 1 or left[-1].text not in words("outlet_ending"))
    return None if place or left[-1].text in {"'s", "’s"} else left


def _apposed(doc: Doc, noun: int) -> TokenSpan | None:
    """Take the name that commas set off beside the noun: "a private broadcaster, EXN, said", "EXN, a daily, said"."""
    end = noun + 1
    while (
        end < len(doc) and end - noun < _WORDS_OF_NOUN and is_outlet_noun(doc, noun) and doc[end].lower_ in _NOUN_ENDS
    ):
        end += 1
    if end + 1 < len(doc) and doc[end].text == "," and _is_said_of_one(doc, noun):
        right = _run_after(doc, end + 1)
        set_off = right is not None and right.end < len(doc) and doc[right.end].text == ","
        return right if right is not None and set_off and not _is_person(right) else None
    start = noun
    while start > 0 and noun - start < _LONGEST and doc[start - 1].text != "," and not doc[start - 1].is_sent_start:
        start -= 1
    if start < 2 or doc[start - 1].text != "," or doc[start].lower_ not in {"a", "an", "the"}:
        return None
    if end < len(doc) and not (doc[end].is_punct or doc[end].lower_ in _AFTER_NOUN):
        return None  # "Roe, a newspaper owner"
    left = _run_before(doc, start - 1)
    return left if left is not None and not _is_person(left) and not left[0].is_stop else None


def _is_said_of_one(doc: Doc, noun: int) -> bool:
    """Tell whether the noun is there to say what a name is: "a broadcaster", "the state news agency"."""
    at = noun - 1
    while at >= 0 and noun - at < _LONGEST and _describes(doc, at):
        at -= 1
    return at >= 0 and (doc[at].lower_ in {"a", "an", "one", "another"} or (at < noun - 1 and doc[at].lower_ == "the"))


def _is_person(run: TokenSpan) -> bool:
    return run[0].text in given_names() or run[0].text.rstrip(".") in {"Mr", "Mrs", "Ms", "Dr"}


def _describes(doc: Doc, index: int) -> bool:
    token = doc[index]
    return token.tag_ in {"JJ", "JJS", "VBN"} or token.lower_ in words("outlet_describing") or token.ent_type_ == "NORP"


def _person(doc: Doc, run: TokenSpan) -> bool:
    """Tell whether the words after the noun are somebody who works there: "newspaper editor Jane Doe"."""
    before_run = doc[run.start - 1].lower_ if run.start else ""
    return before_run in words("outlet_job")


def _by_ending(doc: Doc, run: TokenSpan, strong: frozenset[str]) -> bool:
    """Tell whether a name that ends in "Times" or "News Agency" is an outlet's: some endings need a context."""
    if len(run) == 1:
        return _is_called_the(doc, run)
    if run[0].lower_ in {"this", "that", "these", "our", "his", "her", "new", "last", "first"}:
        return False
    last = run[-1].text.title() if run[-1].is_upper else run[-1].text
    if _credits(doc, run) or could_not_check(doc, run.end) or _employs(doc, run.end):
        return True
    if last in words("outlet_extending"):
        if len(run) < 3 or run[-2].text not in words("outlet_extended"):
            return False
    elif last not in strong:
        if _is_described(doc, run):
            return False
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


def _is_called_the(doc: Doc, run: TokenSpan) -> bool:
    """Tell whether a paper is called by its last word alone: "told The Herald"; no sentence gives it those capitals."""
    titled = run.start > 1 and doc[run.start - 1].text == "The" and not doc[run.start - 1].is_sent_start
    joined = titled and (doc[run.start - 2].text.islower() or doc[run.start - 2].text == ",")
    return joined and run.text in words("outlet_ending") and _in_act(doc, run, *Act)


def _credits(doc: Doc, run: TokenSpan) -> bool:
    """Tell whether a byline or a caption ends in the name: "(Photo: Jane Roe, EXAMPLE TODAY)"."""
    notices: list[NoticeDraft] = doc._.notices
    chars = run.start_char, run.end_char
    held = any(notice["kind"] in {"byline", "caption"} and overlaps(notice["span"], chars) for notice in notices)
    return held and run.start > 0 and doc[run.start - 1].text in {",", "/", "|", ":", "("}


def _employs(doc: Doc, index: int) -> bool:
    """Tell whether people who report for it follow: "an Example Press reporter", not "a Sampleton TV reporter"."""
    generic = words("outlet_extended") - {"Press"} | {"Online"}
    return index < len(doc) and doc[index].text in words("outlet_reporter") and doc[index - 1].text not in generic


def _is_described(doc: Doc, run: TokenSpan) -> bool:
    """Tell whether the words only say of what kind the next thing is: "a Gold Star mother", "a Free Press advocate"."""
    if run.start == 0 or run.end >= len(doc) or doc[run.start - 1].lower_ not in {"a", "an"}:
        return False
    token = doc[run.end]
    if run[-1].text in words("outlet_ending_person") and token.text not in words("outlet_job"):
        return True  # "A Female Reporter"
    known = words("outlet_noun") | words("outlet_noun_strong") | words("outlet_job")
    return (
        token.pos_ == "NOUN"
        and token.text.islower()
        and not any(each.text in known for each in doc[run.end : run.end + 3])
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
    if run is None or run.start != start + 1 or run[0].lower_.removesuffix("s") in words("outlet_noun"):
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
    # In a headline a verb has a capital too: "Mayor Tells Example Times".
    verbs = [at for at in range(start, end - 1) if doc[at].tag_ in {"VBZ", "VBD", "MD"} and not doc[at].is_upper]
    start = max([start, *(at + 1 for at in verbs)])
    while end - start > 2 and doc[start].text in _MONTHS:
        start += 1
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
    return text.title() if text.isupper() and " " in text and not any(char.isdigit() for char in text) else text
