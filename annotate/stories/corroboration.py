"""Credibility suggestions over a collection: what other articles add to a Record, with the evidence for it.

The scale is NATO AJP-2.1's. That an item is told again raises nothing by itself: 1 is suggested only for a claim with
two different known origins of which one at least is known to be no party to the matter, 3 when another item of
different or unknown origin agrees, else 6. Repetition of one origin is told as such.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from annotate.record import Attribution, Evidence, Record
from annotate.scheme import Credibility, Independence
from annotate.stories.model import Claim, Drift, DriftKind, OriginRelation, Statement, Stories

KIND = "corroboration"
NOTHING = "No other item of known independent origin was compared."
_SHOWN = 3  # other sources named one by one
_CHANGED = frozenset({DriftKind.REVERSED_CLAIM, DriftKind.CHANGED_NUMBER})
_COUNTS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")

_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Told:
    """A telling of a claim: `otherwise` are the tellings of it that say something else, with how they differ."""

    claim: Claim
    index: int
    otherwise: dict[int, str]


def suggestions(stories: Stories, records: Iterable[Record]) -> Iterator[Record]:
    """Yield the Records with the suggestions that the collection gives them, everything else unchanged.

    records: those that the stories were found in, in any order; others pass unchanged, as do attributions without a
    suggestion. Done twice, it changes nothing more.
    """
    told, against = _index(stories), _against(stories)
    for record in records:
        attributions = tuple(
            _suggested(item, told.get((record.id, item.id)), against.get((record.id, item.id), ()))
            for item in record.attributions
        )
        same = attributions == record.attributions
        yield record if same else record.model_copy(update={"attributions": attributions})


def _index(stories: Stories) -> dict[_Key, _Told]:
    found: dict[_Key, _Told] = {}
    for story in stories.stories:
        drifts: defaultdict[str, list[Drift]] = defaultdict(list)
        for drift in story.drifts:
            if drift.kind in _CHANGED and drift.claim:
                drifts[drift.claim].append(drift)
        for claim in story.claims:
            places = {(item.article, item.attribution): index for index, item in enumerate(claim.statements)}
            otherwise: defaultdict[int, dict[int, str]] = defaultdict(dict)
            for drift in drifts[claim.id]:
                one, other = (places.get((item.article, item.attribution)) for item in (drift.before, drift.after))
                if one is not None and other is not None:
                    otherwise[one][other] = otherwise[other][one] = drift.text
            for (article, attribution), index in places.items():
                if attribution is not None:
                    found[article, attribution] = _Told(claim, index, otherwise[index])
    return found


def _against(stories: Stories) -> dict[_Key, list[str]]:
    """Return what other articles say against each attribution; what its own article says, it knows already."""
    found: defaultdict[_Key, list[str]] = defaultdict(list)
    for story in stories.stories:
        for contradiction in story.contradictions:
            one, other = contradiction.one, contradiction.other
            for statement, opposed in ((one, other), (other, one)):
                texts = found[statement.article, statement.attribution or ""]
                if statement.article != opposed.article and len(texts) < _SHOWN:
                    where = f"another article ({opposed.article})"
                    texts.append(f"{_who(opposed)} contradicts it in {where}. {contradiction.proof.text}")
    return found


def _suggested(attribution: Attribution, told: _Told | None, against: Sequence[str]) -> Attribution:
    suggestion = attribution.suggestion
    if suggestion is None:
        return attribution
    texts = [*(_texts(told) if told else ()), *against]
    credibility = _credibility(told) if told else Credibility.SIX
    kept = [item for item in suggestion.evidence if item.kind != KIND]
    added = [Evidence(kind=KIND, text=text) for text in texts or [NOTHING]]
    evidence = (*kept, *added)
    if evidence == suggestion.evidence and credibility == suggestion.credibility:
        return attribution
    renewed = suggestion.model_copy(update={"credibility": credibility, "evidence": evidence})
    return attribution.model_copy(update={"suggestion": renewed})


def _agreeing(told: _Told) -> list[int]:
    """Return the other attributed tellings that say the same."""
    return [
        index
        for index, statement in enumerate(told.claim.statements)
        if index != told.index and statement.attribution is not None and index not in told.otherwise
    ]


def _credibility(told: _Told) -> Credibility:
    claim = told.claim
    relations = {index: claim.relation(told.index, index) for index in _agreeing(told)}
    independent = [index for index, relation in relations.items() if relation is OriginRelation.INDEPENDENT]
    involved = [claim.statements[index] for index in (told.index, *independent)]
    if independent and any(statement.independence is Independence.THIRD_PARTY for statement in involved):
        return Credibility.ONE
    if any(relation is not OriginRelation.SAME_ORIGIN for relation in relations.values()):
        return Credibility.THREE
    return Credibility.SIX


def _texts(told: _Told) -> Iterator[str]:
    claim = told.claim
    groups: defaultdict[OriginRelation, list[int]] = defaultdict(list)
    for index in _agreeing(told):
        groups[claim.relation(told.index, index)].append(index)
    if same := groups[OriginRelation.SAME_ORIGIN]:
        yield _same_origin(told, same)
    for index in groups[OriginRelation.INDEPENDENT][:_SHOWN]:
        statement = claim.statements[index]
        yield f"{_who(statement)} says the same in {_where(told, statement)}: another known origin."
    if len(groups[OriginRelation.INDEPENDENT]) > _SHOWN:
        yield f"{_number(len(groups[OriginRelation.INDEPENDENT]) - _SHOWN)} more of other known origins say the same."
    if unknown := groups[OriginRelation.UNKNOWN]:
        articles = _articles(told, unknown)
        yield f"{articles} the same: whether the origin is another one is unknown."
    for index, text in sorted(told.otherwise.items())[:_SHOWN]:
        yield f"{_capital(_where(told, claim.statements[index]))} tells it otherwise. {text}"
    bare = {item.article for item in claim.statements if item.attribution is None}
    if bare:
        articles = "Another article states" if len(bare) == 1 else f"{_number(len(bare))} other articles state"
        yield f"{articles} this as fact, without saying who says it."


def _same_origin(told: _Told, same: Sequence[int]) -> str:
    statements = [told.claim.statements[index] for index in same]
    shared = set(_way(told.claim.statements[told.index]))
    through = [name for name in sorted(shared) if all(name in _way(statement) for statement in statements)]
    way = f" through {through[0]}" if through else ""
    return f"{_articles(told, same)} this{way} too: same origin."


def _way(statement: Statement) -> tuple[str, ...]:
    own = (statement.speaker,) if statement.source_type == "outlet" and statement.speaker else ()
    return (*statement.via, *own)


def _articles(told: _Told, indices: Sequence[int]) -> str:
    own = told.claim.statements[told.index].article
    others = {told.claim.statements[index].article for index in indices} - {own}
    if not others:
        return "Another source of this article tells"
    return "Another article tells" if len(others) == 1 else f"{_number(len(others))} other articles tell"


def _who(statement: Statement) -> str:
    return statement.speaker or (f"“{statement.source}”" if statement.source else "Somebody")


def _where(told: _Told, statement: Statement) -> str:
    own = told.claim.statements[told.index].article
    return "this article" if statement.article == own else f"another article ({statement.article})"


def _number(count: int) -> str:
    return _COUNTS[count] if count < len(_COUNTS) else str(count)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
