"""Agreement as a table to read in a terminal of 100 columns, and as a JSON document."""

from __future__ import annotations

import json
import re
import textwrap
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from annotate.cli.agreement_files import Row, Spool
    from annotate.review.agreement import Agreement, LeftOut, PairAgreement, Score

_WIDTH = 100
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\s]+")
_MEASURES = {
    "content": "quote found",
    "content_exact": "the very quote",
    "attributed": "right source",
    "cue": "right cue",
}
_RATIO, _ALPHA = f"{'%':>7}  {'95 %':13}{'of':>8}", f"{'alpha':>9}  {'95 %':15}{'units':>9}"

Figures = Mapping[tuple[str, ...], "Score"]


def print_document(result: Agreement, left_out: LeftOut, spool: Spool) -> None:
    """Print one JSON document; the disagreements are written one by one, however many there are."""
    document: dict[str, Any] = {
        "articles": result.articles,
        "annotators": result.annotators,
        "comparisons": result.comparisons,
        "left_out": asdict(left_out),
        **_nested(result.figures),
        **_alphas(result),
    }
    if result.pairs:
        document["pairs"] = [
            {
                "annotators": pair.annotators,
                "articles": pair.articles,
                **_nested(pair.figures),
                **_alphas(pair),
            }
            for pair in result.pairs
        ]
    document["kinds"] = dict(spool.kinds)
    click.echo(json.dumps(document, ensure_ascii=False)[:-1] + ', "disagreements": [', nl=False)
    for number, row in enumerate(spool):
        click.echo((", " if number else "") + json.dumps(row, ensure_ascii=False), nl=False)
    click.echo("]}")


def _alphas(result: Agreement | PairAgreement) -> dict[str, Any]:
    """Return the alphas under their key, by what they are over."""
    over = {"characters": result.characters, "values": result.values}
    return {
        "alpha": {kind: {name: asdict(score) for name, score in each.items()} for kind, each in over.items()},
    }


def _nested(figures: Figures) -> dict[str, Any]:
    """Return the figures as objects in objects, one for each part of a key."""
    document: dict[str, Any] = {}
    for key, score in figures.items():
        inner = document
        for part in key[:-1]:
            inner = inner.setdefault(part, {})
        inner[key[-1]] = asdict(score)
    return document


def as_table(result: Agreement, left_out: LeftOut, spool: Spool, *, limit: int | None) -> str:
    """Return the figures, then how many disagreements of which kind there are, then those to be listed."""
    lines = [
        *_counts(result, left_out),
        *_attributions(result.figures),
        *_regions(result),
        *_values(result),
        *_links(result.figures),
        *(_pairs(result.pairs) if result.pairs else ()),
        *_disagreements(spool, limit),
    ]
    return "\n".join(line.rstrip() for line in lines)


def _counts(result: Agreement, left_out: LeftOut) -> Iterator[str]:
    yield (
        f"{_number(result.articles, 'article')} annotated by several of {len(result.annotators)} annotators:"
        f" {_number(result.comparisons, 'pair')} of annotations"
    )
    alone = [f"{_number(left_out.articles, 'article')} of one annotator or none"] if left_out.articles else []
    if told := [*alone, *left_out.told()]:
        yield f"left out: {', '.join(told)}"


def _attributions(figures: Figures) -> Iterator[str]:
    yield f"\n{'attributions, F1':26}{_RATIO}"
    for part in ("all", "direct"):
        for measure, words in _MEASURES.items():
            yield _ratio(f"{part}: {words}", figures["attributions", part, measure])


def _regions(result: Agreement) -> Iterator[str]:
    heading = f"{'exact F1':>9} {'95 %':11}{'partial F1':>10}{'found F1':>9}{'same bounds':>12}"
    yield f"\n{'regions':14}{'marks':>7}{heading}{'alpha':>9}  95 %"
    figures = result.figures
    for (group, label, *_), exact in figures.items():
        if group != "spans" or figures["spans", label, "exact"] is not exact:
            continue
        row = (
            f"  {label:12}{exact.of:7,}{_shown(exact.value):>9} {_interval(exact):11}"
            f"{_shown(figures['spans', label, 'partial'].value):>10}{_shown(figures['finding', label].value):>9}"
            f"{_shown(figures['delimiting', label].value):>12}"
        )
        alpha = result.characters.get(label)
        yield row if alpha is None else f"{row}{_shown(alpha.value, 3):>9}  {_interval(alpha, 3)}"


def _values(result: Agreement) -> Iterator[str]:
    yield f"\n{'labels and values, same':26}{_RATIO}{_ALPHA}"
    for (group, *rest), score in result.figures.items():
        if group == "labelling":
            alpha = result.values.get(rest[0])
            row = _ratio(rest[0], score)
            if alpha and alpha.value is not None:
                row += f"{_shown(alpha.value, 3):>9}  {_interval(alpha, 3):15}{alpha.of:9,}"
            elif alpha and score.of:
                row += f"{'–':>9}  {alpha.why}"
            if score.of:
                yield row
    unused = [rest[0] for (group, *rest), score in result.figures.items() if group == "labelling" and not score.of]
    if unused:
        yield from _wrapped(f"nowhere set by two: {', '.join(unused)}", "  ", "    ")


def _links(figures: Figures) -> Iterator[str]:
    yield f"\n{'relations, F1':26}{_RATIO}"
    for (group, *rest), score in figures.items():
        if group == "linking":
            yield _ratio(rest[0], score)
    yield f"\n{'speakers':26}{_RATIO}"
    yield _ratio("clusters of mentions, B³", figures["speakers", "clusters"])
    yield _ratio("same name", figures["speakers", "name"])


def _pairs(pairs: Sequence[PairAgreement]) -> Iterator[str]:
    shown = {
        "quote": ("attributions", "all", "content"),
        "source": ("attributions", "all", "attributed"),
        "exact": ("spans", "all", "exact"),
        "found": ("finding", "all"),
        "bounds": ("delimiting", "all"),
        "label": ("labelling", "label"),
        "links": ("linking", "all"),
        "B³": ("speakers", "clusters"),
    }
    yield f"\n{'pairs, %':30}{'articles':>9}" + "".join(f"{name:>7}" for name in shown)
    for pair in pairs:
        values = "".join(f"{_shown(pair.figures[key].value):>7}" for key in shown.values())
        names = _cut(" – ".join(pair.annotators), 28)
        yield f"  {names:28}{pair.articles:9,}{values}"


def _disagreements(spool: Spool, limit: int | None) -> Iterator[str]:
    from annotate.review.agreement import KINDS

    yield f"\n{_number(len(spool), 'disagreement')}"
    for kind, meaning in KINDS.items():
        if spool.kinds[kind]:
            yield f"{spool.kinds[kind]:7,}  {kind:12}{meaning}"
    for row in islice(spool, limit):
        yield from _listed(row)
    if limit is not None and len(spool) > limit:
        yield f"\n… {len(spool) - limit:,} more: --list all shows them, --disagreements writes them to a file"


def _listed(row: Row) -> Iterator[str]:
    place = "" if row["start"] is None else f" {row['start']}–{row['end']}"
    yield f"\n{row['kind']}: {row['what']}, {_clean(row['article'])}{place}"
    if row["excerpt"]:
        yield from _wrapped(row["excerpt"], "  ", "  ")
    names: defaultdict[str, list[str]] = defaultdict(list)
    for name, said in row["said"].items():
        names[said].append(name)
    for said, who in names.items():
        yield from _wrapped(f"{', '.join(who)}: {said}", "  - ", "    ")


def _ratio(name: str, score: Score) -> str:
    return f"  {name:24}{_shown(score.value):>7}  {_interval(score):13}{score.of:8,}"


def _shown(value: float | None, decimals: int = 1) -> str:
    return "–" if value is None else f"{value:.{decimals}f}"


def _interval(score: Score, decimals: int = 1) -> str:
    low, high = score.interval or (None, None)
    return "" if low is None or high is None else f"{low:.{decimals}f}–{high:.{decimals}f}"


def _number(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def _clean(words: str) -> str:
    return _CONTROL.sub(" ", words)


def _cut(words: str, longest: int) -> str:
    line = _clean(words)
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _wrapped(words: str, first: str, further: str) -> list[str]:
    return textwrap.wrap(_clean(words), _WIDTH, initial_indent=first, subsequent_indent=further)
