"""Statements about whether claims were or could be checked, by the patterns in data/verification.jsonl.

What a source says of checking, in quotation marks or not, is an attribution and no statement of the article, unless
the source is an outlet that notes it or the words are the article's aside: "…, a toll that could not be verified".
"""

from __future__ import annotations

import re
from bisect import bisect_left

from spacy.language import Language
from spacy.tokens import Doc
from spacy.tokens import Span as TokenSpan

from annotate.derive import Span
from annotate.pipeline.claims_checked import about
from annotate.pipeline.extensions import Draft, VerificationDraft, ensure_extensions, text_of
from annotate.pipeline.resources import words
from annotate.pipeline.spans import overlaps, trim, words_in
from annotate.pipeline.surroundings import Surroundings
from annotate.pipeline.verification_patterns import patterns
from annotate.pipeline.verification_subjects import Match, fits, is_checker

SPANS_KEY = "annotate/verification"
# What an article says of the quotes such a statement speaks of.
STATUS = {
    "unverifiable": "unverifiable_stated",
    "no_evidence": "no_evidence_stated",
    "confirmed": "confirmed_stated",
}
_CONDITION = re.compile(
    r"\b(?:(?:if|unless|until) (?:[^\s,;]+ ){0,4}|(?:once|when|whether or not|before|as soon as)\s+\S*\s*)$",
    re.IGNORECASE,
)
_WITHOUT = re.compile(r"\b(?:without|(?:offer|cit|giv|provid|present)ing (?:no|little|scant))\b", re.IGNORECASE)
_WITHOUT_END = re.compile(r"[,)]?\s[–—-]|[,)](?=\s)|(?<=evidence)\s(?=that\s)|(?<=proof)\s(?=that\s)")
# Where a sentence goes on to another matter: "…, but the mayor confirmed that it had met him".
_CLAUSE = re.compile(
    r",?\s{1,9}(?:but|although|though)\s{1,9}|,?\s{1,9}(?=(?:despite|even though)\s)"
    r"|,\s{1,9}(?:and|while|whereas|yet)\s{1,9}|;\s{1,9}|\s\(|\)"
    r"|,\s{1,9}(?=(?:neither|none) of (?:which|whom)\s)"
    r"|(?:,|\s[–—-])\s{1,9}(?=(?:which|(?:an?(?: \w+){1,3}|something|one) (?:that|which|for which)?)\s)",
    re.IGNORECASE,
)
# What the article, not the speaker, adds at the end of a report: "…, a figure that could not be verified".
_ASIDE = re.compile(
    r"(?:(?:,|\s[–—-])\s+(?:which|though|although|but|(?:neither|none) of which"
    r"|(?:an?\s(?:\w+\s){1,3}?|something\s|one\s)(?:that|which|for which)?)"
    r"|\s\(|\b(?:but|and)(?!\sthat\s(?!could|can|has|was|is))|\bthough|\balthough)\s?(?:[^,.;“”\"]{0,60})$",
    re.IGNORECASE,
)
_OWN = frozenset({"this", "that", "it", "its", "their", "his", "her", "the", "these", "those", "neither", "he", "she"})
_LEAST_WORDS = 3  # of a clause that is a statement by itself


class Verification:
    """Write the statements to `doc._.verifications` and mark the quotes they speak of.

    Needs the attributions and, to know who checked, the outlets.
    """

    def __init__(self, nlp: Language, name: str = "annotate_verification", *, spans_key: str = SPANS_KEY) -> None:
        self.name = name
        self.spans_key = spans_key
        self._patterns = patterns()
        ensure_extensions()

    def __call__(self, doc: Doc) -> Doc:
        found: list[VerificationDraft] = []
        text = text_of(doc)
        hints = _hints(text)
        if hints:
            around = Surroundings(doc)
            for sentence in doc.sents:
                at = bisect_left(hints, sentence.start_char)
                if at == len(hints) or hints[at] >= sentence.end_char:
                    continue
                statement = self._statement(around, sentence)
                if statement is not None:
                    kind, place = statement
                    found.append({"span": place, "kind": kind, "about": about(around, place)})
        for item in found:
            for index in item["about"]:
                doc._.attributions[index]["verification"] = STATUS[item["kind"]]
        doc._.verifications = found
        doc.spans[self.spans_key] = [
            span
            for item in found
            if (span := doc.char_span(*item["span"], label=item["kind"], alignment_mode="expand")) is not None
        ]
        return doc

    def _statement(self, around: Surroundings, sentence: TokenSpan) -> tuple[str, Span] | None:
        text = around.text
        if text[max(0, sentence.end_char - 8) : sentence.end_char].rstrip(" \n\t”\"'’")[-1:] == "?":
            return None
        for pattern in self._patterns:
            for found in pattern.regex.finditer(text, sentence.start_char, sentence.end_char):
                match = Match(pattern, found.start(), found.end(), *found.span("verb"))
                if _CONDITION.search(text, max(sentence.start_char, match.start - 50), match.start):
                    continue
                if around.is_quoted(match.start):
                    continue
                holder = _holder(around, match)
                noted = holder is not None and _by_checker(around, holder)
                if not fits(around, sentence, match, noted=noted):
                    continue
                if holder is not None and holder["source"] and not noted and not _aside(around, match, holder):
                    continue
                return pattern.kind, _span(text, sentence, match.start, holder if noted else None)
        return None


def _hints(text: str) -> list[int]:
    """Return where words stand of which every pattern needs one, in order."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = text  # a few capitals are one letter, and two when small
    found = []
    for hint in words("check_hint"):
        at = lower.find(hint)
        while at >= 0:
            found.append(at)
            at = lower.find(hint, at + 1)
    return sorted(found)


def _holder(around: Surroundings, match: Match) -> Draft | None:
    """Return the innermost attribution in whose quote the words stand, if its cue is not these words themselves."""
    holding = [
        draft
        for draft in around.holding(match.verb, match.verb + 1)
        if not any(overlaps((match.start, match.end), part) for part in draft["cue"])
    ]
    return min(holding, key=lambda draft: sum(b - a for a, b in draft["quote"]), default=None)


def _by_checker(around: Surroundings, draft: Draft) -> bool:
    """Tell whether an attribution is an outlet's, which may note what it could not check."""
    if draft["source_type"] == "outlet":
        return True
    head = draft["head"]
    return head is not None and head < len(around.doc) and is_checker(around, around.doc[head])


def _aside(around: Surroundings, match: Match, holder: Draft) -> bool:
    """Tell whether the article adds the words to what a speaker said: after a comma, of the speaker or the claim."""
    text = around.text
    part = next(part for part in holder["quote"] if part[0] <= match.verb < part[1])
    if match.start <= part[0] + 2:
        return match.pattern.subject in {"claimant", "beside"} and _after_cue(holder, match)
    if not _after_cue(holder, match):
        return False
    if match.pattern.subject == "beside":
        return True
    if re.search(r"\b(?:despite|though)\s*$", text[max(part[0], match.start - 20) : match.start]):
        return True
    added = _ASIDE.search(text, max(part[0], match.start - 90), match.start)
    if added is None:
        if match.pattern.subject == "claimant" and _WITHOUT.match(text, match.start):
            # "blamed the opposition without offering proof": it is the blaming that goes without.
            word = around.doc.char_span(match.start, match.start + 1, alignment_mode="expand")
            governed = word is not None and any(a <= word[0].head.idx < b for a, b in holder["cue"])
            return governed or text[max(0, match.start - 2) : match.start].rstrip()[-1:] == ","
        return False
    told = {word.strip(",.").lower() for word in added.group().split()}
    return bool(told & (_OWN | words("claim_noun"))) or len(told) <= 3 or "independently" in _words_of(text, match)


def _words_of(text: str, match: Match) -> frozenset[str]:
    """Return the words of a match in small letters."""
    return frozenset(text[match.start : match.end].lower().split())


def _after_cue(holder: Draft, match: Match) -> bool:
    return bool(holder["cue"]) and holder["cue"][0][0] < match.start


def _span(text: str, sentence: TokenSpan, start: int, holder: Draft | None) -> Span:
    """Return the sentence with its stop; of a report the reported clause, of "…, without giving proof" that clause."""
    whole: Span = trim(text, sentence.start_char, sentence.end_char) or (sentence.start_char, sentence.end_char)
    if holder is not None:
        part = next((part for part in holder["quote"] if part[0] <= start < part[1]), None)
        if part is not None:
            begin = part[0] + (5 if text[part[0] : part[0] + 5].lower() == "that " else 0)
            return trim(text, begin, part[1]) or part
    without = _WITHOUT.match(text, start)
    if without and start > whole[0]:
        end = _WITHOUT_END.search(text, start, whole[1])
        return trim(text, start, end.start() if end else whole[1]) or whole
    breaks = [match.span() for match in _CLAUSE.finditer(text, whole[0], whole[1])]
    first = max((end for _, end in breaks if end <= start), default=whole[0])
    last = min((begin for begin, _ in breaks if begin > start), default=whole[1])
    clause = trim(text, first, last)
    if clause and (first, last) != whole and words_in(text, clause) >= _LEAST_WORDS:
        return clause
    if text[whole[1] : whole[1] + 1] in {".", "!"}:
        whole = whole[0], whole[1] + 1
    return whole


@Language.factory("annotate_verification", default_config={"spans_key": SPANS_KEY})
def make_verification(nlp: Language, name: str, spans_key: str) -> Verification:
    return Verification(nlp, name, spans_key=spans_key)
