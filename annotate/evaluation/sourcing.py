"""How well outlets, speakers, chains, verification statements, notices and disputes are found.

Rows are Records as JSON gives them (`json.loads`): annotated ones may lack what the corpus does not mark. Counts have
the columns of `annotate.evaluation.figures`; where a measure is a share of what was found (a name, a kind), precision,
recall and F1 are all that share.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from annotate.corpora import Annotation
from annotate.derive import Span, name_key
from annotate.evaluation.characters import Characters, common, merged
from annotate.evaluation.figures import COLUMNS, Counts, Figure
from annotate.evaluation.matching import match
from annotate.evaluation.report import SEED, figures_of

Row = Mapping[str, Any]
Canonical = Callable[[str], str]

# What is measured, in order. outlets, verifications, notices: found at all; their name, role, kind: of those found.
# speaker and what follows: of the attributions found with the right source. via: the outlets of those attributions;
# about: of the verification statements found; disputes: pairs of found attributions.
SOURCING = (
    "outlets", "outlet_name", "outlet_role", "speaker", "speaker_named", "source_type", "anonymity", "cue_class",
    "via", "directness", "verifications", "verification_kind", "about", "notices", "notice_kind", "disputes",
)  # fmt: skip
_LEAST = 0.5  # share of the characters that either statement or notice covers
_BRACKETS = re.compile(r"\s+\([^()]*\)")
_THE = re.compile(r"the\s+", re.IGNORECASE)


def evaluate_sourcing(
    gold: Sequence[Row], predicted: Sequence[Row], *, canonical: Canonical = lambda name: name, seed: int = SEED
) -> dict[str, Figure]:
    """Measure predicted rows against annotated ones, in the same order, with 95 % intervals over articles.

    canonical: gives an outlet's name in the form in which two names of one outlet are alike.
    """
    counts = np.stack([count_sourcing(*pair, canonical=canonical) for pair in zip(gold, predicted, strict=True)])
    return dict(zip(SOURCING, figures_of(counts, seed), strict=True))


def count_sourcing(gold: Row, predicted: Row, *, canonical: Canonical = lambda name: name) -> Counts:
    """Count one article: SOURCING x COLUMNS."""
    text: str = gold["text"]
    characters = Characters(text)
    counts = dict.fromkeys(SOURCING, (0,) * len(COLUMNS))
    counts |= _outlets(characters, gold, predicted, canonical)
    pairs = _attributions(characters, gold, predicted)
    right = [(one, other) for one, other, source in pairs if source]
    counts |= _speakers(right)
    counts |= _roads(right, canonical)
    counts |= _verifications(characters, gold, predicted, {two["id"]: one["id"] for one, two, _ in pairs})
    counts |= _notices(characters, gold, predicted)
    counts["disputes"] = _disputes(gold, predicted, {two["id"]: one["id"] for one, two, _ in pairs})
    return np.array([counts[name] for name in SOURCING], dtype=np.int64)


def same_name(one: str | None, other: str | None) -> bool:
    """Tell whether two names are alike but for case, accents, punctuation and a leading article."""
    return name_key(one or "") == name_key(other or "")


def same_speaker(one: str | None, other: str | None) -> bool:
    """Tell whether two names of speakers are alike, as `same_name` does, whatever they add in brackets.

    That is a short form or a second spelling: "Example Union (EU)" is "Example Union". Of several names together it
    makes no difference whether "and", a comma or a semicolon stands between them.
    """
    return _words_of(one) == _words_of(other)


def _words_of(name: str | None) -> list[str]:
    spoken = name_key(_BRACKETS.sub("", name or "")).split()
    return [word for word in spoken if word != "and"] or spoken


def _found(right: int, predicted: int, annotated: int) -> tuple[int, ...]:
    return right, predicted, right, annotated


def _share(flags: Iterable[bool]) -> tuple[int, ...]:
    given = list(flags)
    return _found(sum(given), len(given), len(given))


def _outlets(characters: Characters, gold: Row, predicted: Row, canonical: Canonical) -> dict[str, tuple[int, ...]]:
    sides = [
        {_name_span(characters, item["span"]): item for item in row.get("outlets") or ()} for row in (gold, predicted)
    ]
    both = [(sides[0][span], sides[1][span]) for span in sides[0].keys() & sides[1].keys()]
    named = [(one, other) for one, other in both if one.get("name")]
    return {
        "outlets": _found(len(both), len(sides[1]), len(sides[0])),
        "outlet_name": _share(_same_outlet(one["name"], other["name"], canonical) for one, other in named),
        "outlet_role": _share(one["role"] == other["role"] for one, other in both if one.get("role")),
    }


def _same_outlet(one: str | None, other: str | None, canonical: Canonical) -> bool:
    return same_name(one, other) or same_name(canonical(one or ""), canonical(other or ""))


def _name_span(characters: Characters, span: Sequence[int]) -> Span:
    """Return a name's span without edge punctuation and article, about which annotators differ."""
    start, end = characters.trimmed((span[0], span[1]))
    article = _THE.match(characters.text, start, end)
    return (article.end() if article else start), end


def _attributions(characters: Characters, gold: Row, predicted: Row) -> list[tuple[Row, Row, bool]]:
    """Pair the attributions of both sides: annotated, predicted, whether the source is right."""
    sides = [row.get("attributions") or () for row in (gold, predicted)]
    one, other = ([_annotation(item) for item in side] for side in sides)
    return [(sides[0][each.gold], sides[1][each.predicted], each.source) for each in match(characters, one, other)]


def _annotation(item: Row) -> Annotation:
    quote, cue, source = (
        tuple((int(start), int(end)) for start, end in item.get(role) or ()) for role in ("quote", "cue", "source")
    )
    return Annotation(quote, cue, source)


def _speakers(pairs: Sequence[tuple[Row, Row]]) -> dict[str, tuple[int, ...]]:
    with_source = [(one, other) for one, other in pairs if one.get("source")]
    names = [(_speaker(one), _speaker(other)) for one, other in with_source]
    return {
        "speaker": _share(same_speaker(one, other) for one, other in names),
        "speaker_named": _share(same_speaker(one, other) for one, other in names if one),
        "source_type": _share(
            one["source_type"] == other["source_type"] for one, other in with_source if one.get("source_type")
        ),
        "anonymity": _share(
            one["anonymity"] == other["anonymity"] for one, other in with_source if one.get("anonymity")
        ),
        "cue_class": _share(one["cue_class"] == other["cue_class"] for one, other in pairs if one.get("cue_class")),
    }


def _speaker(item: Row) -> str | None:
    name: str | None = (item.get("speaker") or {}).get("name")
    return name


def _roads(pairs: Sequence[tuple[Row, Row]], canonical: Canonical) -> dict[str, tuple[int, ...]]:
    right = predicted = annotated = 0
    direct = []
    for one, other in pairs:
        roads = [{name_key(canonical(via["name"] or "")) for via in item.get("via") or ()} for item in (one, other)]
        right += len(roads[0] & roads[1])
        predicted, annotated = predicted + len(roads[1]), annotated + len(roads[0])
        direct.append(bool(roads[0]) == bool(roads[1]))
    return {"via": _found(right, predicted, annotated), "directness": _share(direct)}


def _overlapping(characters: Characters, gold: Sequence[Row], predicted: Sequence[Row]) -> list[tuple[Row, Row]]:
    """Pair regions one to one that share at least half of the characters that either covers, best first."""
    ranked = []
    for one in gold:
        for other in predicted:
            spans = merged([tuple(one["span"])]), merged([tuple(other["span"])])
            shared = characters.written(common(*spans))
            whole = sum(characters.written(each) for each in spans) - shared
            if whole and shared / whole >= _LEAST:
                ranked.append((shared / whole, one, other))
    taken: set[int] = set()
    pairs = []
    for _, one, other in sorted(ranked, key=lambda item: -item[0]):
        if id(one) not in taken and id(other) not in taken:
            taken |= {id(one), id(other)}
            pairs.append((one, other))
    return pairs


def _verifications(
    characters: Characters, gold: Row, predicted: Row, paired: Mapping[str, str]
) -> dict[str, tuple[int, ...]]:
    sides = [row.get("verifications") or () for row in (gold, predicted)]
    pairs = _overlapping(characters, *sides)
    about = [
        ({*one.get("about", ())}, {paired.get(name, name + "?") for name in other["about"]}) for one, other in pairs
    ]
    return {
        "verifications": _found(len(pairs), len(sides[1]), len(sides[0])),
        "verification_kind": _share(one["kind"] == other["kind"] for one, other in pairs),
        "about": _found(
            sum(len(one & other) for one, other in about),
            sum(len(other) for _, other in about),
            sum(len(one) for one, _ in about),
        ),
    }


def _notices(characters: Characters, gold: Row, predicted: Row) -> dict[str, tuple[int, ...]]:
    sides = [row.get("notices") or () for row in (gold, predicted)]
    pairs = _overlapping(characters, *sides)
    return {
        "notices": _found(len(pairs), len(sides[1]), len(sides[0])),
        "notice_kind": _share(one["kind"] == other["kind"] for one, other in pairs),
    }


def _disputes(gold: Row, predicted: Row, paired: Mapping[str, str]) -> tuple[int, ...]:
    annotated = {frozenset(pair) for pair in gold.get("disputes") or ()}
    found = {frozenset(paired.get(name, name + "?") for name in pair) for pair in predicted.get("disputes") or ()}
    return _found(len(annotated & found), len(found), len(annotated))
