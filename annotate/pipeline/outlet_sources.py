"""Outlets as sources: whose attributions are an outlet's own, and the anaphors that stand for one there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from spacy.tokens import Doc

from annotate.derive import Span
from annotate.pipeline.extensions import Draft, OutletDraft, text_of
from annotate.pipeline.outlet_contexts import Act, after, before
from annotate.pipeline.resources import words
from annotate.pipeline.spans import inside, trim

# Which list of data/outlet_words.jsonl names outlets of which kind.
_KINDS = {
    "wire": "outlet_noun_wire",
    "state_agency": "outlet_noun_wire",
    "newspaper": "outlet_noun_newspaper",
    "broadcaster": "outlet_noun_broadcaster",
    "magazine": "outlet_noun_magazine",
}


_QUOTING = frozenset({"quote", "cite"})
_FAR = 20  # tokens between such a verb and "as saying"


def give_words_back(doc: Doc, drafts: list[Draft]) -> None:
    """Make the quoted one the source where an outlet "quoted Jane Roe as saying": it only hands her words on.

    Two readings of the same words become one: what is left over is taken out of `drafts`.
    """
    done: set[int] = set()
    for draft in list(drafts):
        verb = _quoting_verb(doc, draft)
        saying = _saying(doc, verb) if verb is not None else None
        if verb is None or saying is None or saying + 2 >= len(doc):
            continue
        quoted, begin = doc[verb + 1 : saying], doc[saying + 2].idx
        quote = [(max(start, begin), end) for start, end in draft["quote"] if end > begin]
        if len(quote) != len(draft["quote"]):
            rest = trim(text_of(doc), begin, _end(doc, drafts, verb, begin))
            quote = [rest] if rest else []
        if not quote or verb in done:
            drafts.remove(draft)
            continue
        done.add(verb)
        draft["quote"] = quote
        draft["source"] = [(quoted.start_char, quoted.end_char)]
        draft["head"] = quoted.root.i
        draft["anchor"] = verb
        draft["cue"] = [_chars(doc, verb, verb + 1), _chars(doc, saying, saying + 2)]
        if draft["span_scores"] is not None:
            highest = {role: max(scores, default=0.0) for role, scores in draft["span_scores"].items()}
            draft["span_scores"] |= {
                "quote": [highest["quote"]] * len(quote),
                "source": [highest["source"]],
                "cue": [highest["cue"]] * 2,
            }


def _end(doc: Doc, drafts: Iterable[Draft], verb: int, begin: int) -> int:
    """Return where the words that begin here end: with the report that they stand in, else with the sentence."""
    start = doc[verb].idx
    reports = [end for draft in drafts for first, end in draft["quote"] if first <= start and begin < end]
    return min(reports, default=doc[verb].sent.end_char)


def _saying(doc: Doc, verb: int) -> int | None:
    """Return where "as saying" begins that belongs to a verb, in the same sentence, with somebody between the two."""
    for index in range(verb + 2, min(len(doc) - 1, verb + _FAR)):
        if doc[index].is_sent_start:
            return None
        if doc[index].lower_ == "as" and doc[index + 1].tag_ == "VBG":
            return index
    return None


def _chars(doc: Doc, start: int, end: int) -> Span:
    span = doc[start:end]
    return span.start_char, span.end_char


def _quoting_verb(doc: Doc, draft: Draft) -> int | None:
    """Return the active "quoted" or "cited" whose subject the attribution has as its source."""
    if not draft["source"] or draft["anchor"] is None:
        return None
    end = draft["source"][0][1]
    sentence = doc[draft["anchor"]].sent
    for token in sentence:
        active = token.lemma_.lower() in _QUOTING and token.pos_ == "VERB" and token.idx >= end
        if active and not any(child.dep_ in {"auxpass", "nsubjpass"} for child in token.children):
            between = text_of(doc)[end : token.idx]
            return token.i if not between.strip() or len(between.split()) < 3 else None  # "has also quoted"
    return None


def mark_sources(doc: Doc, drafts: Iterable[Draft], outlets: Sequence[OutletDraft]) -> None:
    """Say in the draft of each attribution whose source is an outlet that it is, and which."""
    for draft in drafts:
        if not draft["source"]:
            continue
        source = draft["source"][0][0], draft["source"][0][1]
        held = next(
            (outlet for outlet in outlets if inside(outlet["span"], source) and _is_head(doc, outlet, draft)), None
        )
        if held is not None:
            draft["source_type"] = "outlet"
            draft["speaker"] = held["name"]


def _is_head(doc: Doc, outlet: OutletDraft, draft: Draft) -> bool:
    """Whether the outlet itself is the source: "Reuters", "the newspaper Milenio", "a report by the Example Times"."""
    start, end = draft["source"][0]
    words_around = f"{text_of(doc)[start : outlet['span'][0]]} {text_of(doc)[outlet['span'][1] : end]}".lower().split()
    if not words_around:
        return True
    if draft["head"] is not None and outlet["start"] <= draft["head"] < outlet["end"]:
        return True
    allowed = (
        words("outlet_noun") | words("outlet_describing") | words("outlet_noun_strong") | words("outlet_beside_source")
    )
    rest = [word.strip('()"“”,') for word in words_around]
    return all(word in allowed or not word or word.endswith(("'s", "’s", "-language")) for word in rest)


def anaphors(doc: Doc, drafts: Iterable[Draft], outlets: Sequence[OutletDraft]) -> Iterator[OutletDraft]:
    """Resolve "the news wire" as a source to the outlet named last before it.

    A phrase that may stand for something else too ("the agency", "the paper") has its speaker, but is no mention; nor
    is "the report", unless the outlet reported.
    """
    phrases = words("outlet_anaphor")
    seen: dict[Span, OutletDraft | None] = {}
    for draft in drafts:
        if not draft["source"] or draft["source_type"] == "outlet":
            continue
        start, end = draft["source"][0]
        phrase = text_of(doc)[start:end].lower()
        if phrase not in phrases:
            phrase = f"the {phrase}"  # the article may be missing from the source
            if phrase not in phrases or text_of(doc)[max(0, start - 4) : start].lower() != "the ":
                continue
        if (start, end) not in seen:
            seen[start, end] = _stands_for(doc, (start, end), phrase, outlets)
            found = seen[start, end]
            if found is not None and (phrase in words("outlet_anaphor_sure") or _reports(doc, found, phrase, outlets)):
                yield found
        found = seen[start, end]
        if found is not None:
            draft["source_type"] = "outlet"
            draft["speaker"] = found["name"]


def _stands_for(doc: Doc, span: Span, phrase: str, outlets: Sequence[OutletDraft]) -> OutletDraft | None:
    tokens = doc.char_span(*span, alignment_mode="expand")
    if tokens is None:
        return None
    meant = antecedent(doc, tokens.start, phrase, outlets)
    if meant is None or (phrase in words("outlet_report") and not _reported(doc, meant)):
        return None
    return {**meant, "span": span, "start": tokens.start, "end": tokens.end}


def antecedent(doc: Doc, start: int, phrase: str, outlets: Sequence[OutletDraft]) -> OutletDraft | None:
    """Return the mention that "the newspaper" stands for: the last one before it of an outlet of that kind.

    "The agency" is no outlet's where something else of the name was mentioned after the outlet.
    """
    noun = phrase.rpartition(" ")[2]
    kinds = {kind for kind, nouns in _KINDS.items() if noun in words(nouns)}
    named = [
        item
        for item in outlets
        if item["end"] <= start and item["name"] and (not kinds or item["kind"] in {*kinds, "digital", None})
    ]
    if not named:
        return None
    nearest = max(named, key=lambda outlet: outlet["start"])
    taken = {index for item in outlets for index in range(item["start"], item["end"] + 1)}
    rival = any(doc[at].lower_ == noun and at not in taken for at in range(nearest["end"], start))
    return None if rival and f"the {noun}" == phrase and not _again(doc, nearest["end"], start, noun) else nearest


def _again(doc: Doc, start: int, end: int, noun: str) -> bool:
    """Whether every "agency" there is but "the agency" once more."""
    return all(
        doc[at - 1].lower_ in {"the", "news", "press"} for at in range(start, end) if doc[at].lower_ == noun and at > 0
    )


def _reports(doc: Doc, anaphor: OutletDraft, phrase: str, outlets: Sequence[OutletDraft]) -> bool:
    """Whether "the report" follows an outlet that "reported", or "the report" that does."""
    meant = antecedent(doc, anaphor["start"], phrase, outlets) if phrase in words("outlet_report") else None
    if meant is None:
        return False
    if text_of(doc)[slice(*meant["span"])].lower() == phrase:
        return True
    right = after(doc, meant["end"])
    return right is not None and right.act is Act.REPORTING


def _reported(doc: Doc, outlet: OutletDraft) -> bool:
    """Whether an outlet was cited for a report, so that "the report" can be its own."""
    right, left = after(doc, outlet["end"]), before(doc, outlet["start"])
    return (right is not None and right.act in {Act.REPORTING, Act.SAYING}) or (
        left is not None and left.act in {Act.CITED, Act.HANDING}
    )
