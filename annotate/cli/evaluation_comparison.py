"""`annotate evaluate --compare`: a second set of predictions against the same annotated articles."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from annotate.cli.options import PIPELINES

if TYPE_CHECKING:
    from annotate.evaluation import Apart, Comparison, Difference, FoundByOne, Paired

_COLUMNS = f"{'first':>7}{'second':>8}{'change':>8}   {'95 %':14}{'p':>7}{'adjusted':>10}"
_METHOD = "approximate randomisation, the predictions of whole articles swapped"
_CORRECTION = "Holm, over all figures of the table"


class Target(click.ParamType[str]):
    """What is compared with: a file of predictions, a model folder, or the name of a pipeline."""

    name = "FILE|MODEL|PIPELINE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        path = Path(value)
        if value not in PIPELINES and not path.exists():
            self.fail(f"{value!r} is no file, no folder and none of the pipelines {', '.join(PIPELINES)}", param, ctx)
        return str(value)


def is_predictions(target: str) -> bool:
    """Tell predictions that are given from what is still to predict: a pipeline, or the folder of a model."""
    return target not in PIPELINES and not (Path(target) / "encoder.onnx").is_file()


def pipeline_settings(target: str, *, style: str | None, min_score: float | None) -> dict[str, Any]:
    """Return what `build_pipeline` is to build for a target that is no file of predictions."""
    if target == "rules":
        return {"pipeline": "rules"}
    model = None if target in PIPELINES else target
    return {"pipeline": "model", "model": model, "style": style, "min_score": min_score}


def refuse_beside_compare(*names: str) -> None:
    """Raise a usage error when one of these options was written beside --compare, which prints other tables."""
    context = click.get_current_context()
    for name, option in ((param.name, param.opts[0]) for param in context.command.params if param.name in names):
        if context.get_parameter_source(str(name)) is click.core.ParameterSource.COMMANDLINE:
            raise click.UsageError(f"{option} goes without --compare")


def compared(
    first: Sequence[Comparison],
    second: Sequence[Comparison],
    *,
    names: tuple[str, str],
    seed: int,
    limit: int | None,
    as_json: bool,
) -> str:
    """Measure both and return a table, or one line of JSON. limit: how many attributions of each list to show."""
    from annotate.evaluation import compare_pairs, set_apart

    paired, apart = compare_pairs(first, second, seed=seed), set_apart(first, second)
    if as_json:
        return _document(paired, apart, names, seed)
    return "\n".join([*_figures(paired, names), *_test(paired), *_apart(apart, limit)])


def _document(paired: Paired, apart: Apart, names: tuple[str, str], seed: int) -> str:
    document = {
        "articles": paired.articles,
        "words": paired.words,
        "first": names[0],
        "second": names[1],
        "figures": {part: {name: asdict(one) for name, one in each.items()} for part, each in paired.figures.items()},
        "work_left": asdict(paired.work),
        "test": {
            "method": _METHOD,
            "correction": _CORRECTION,
            "articles_that_differ": paired.differing,
            "draws": paired.draws,
            "exact": paired.exact,
            "seed": seed,
        },
        "error_kinds": {
            str(kind): {"first": one, "second": other, "change": other - one}
            for kind, (one, other) in apart.kinds.items()
        },
        "only_first": [asdict(one) for one in apart.only_first],
        "only_second": [asdict(one) for one in apart.only_second],
    }
    return json.dumps(document, ensure_ascii=False)


def _figures(paired: Paired, names: tuple[str, str]) -> Iterator[str]:
    yield f"{paired.articles:,} article{'s' if paired.articles > 1 else ''}, {paired.words:,} words"
    yield f"first:  {names[0]}"
    yield f"second: {names[1]}"
    for part, measures in paired.figures.items():
        if measures:
            yield f"\n{f'{part}, F1':26}{_COLUMNS}"
            yield from (_row(measure, one) for measure, one in measures.items())
    yield f"\n{'less is better':26}{_COLUMNS}"
    yield _row("work left, %", paired.work)


def _row(name: str, one: Difference) -> str:
    between = f"{one.interval[0]:+.1f} to {one.interval[1]:+.1f}" if one.interval else ""
    return (
        f"  {name:24}{one.first:7.1f}{one.second:8.1f}{one.difference:+8.1f}   {between:14}"
        f"{_chance(one.p):>7}{_chance(one.adjusted):>10}"
    )


def _chance(p: float) -> str:
    return f"{p:.4f}" if p < 0.1 else f"{p:.2f}"


def _test(paired: Paired) -> Iterator[str]:
    how = f"all {paired.draws:,} ways" if paired.exact else f"{paired.draws:,} draws"
    yield f"\np: {_METHOD} ({how}; {paired.differing:,} articles differ). adjusted: {_CORRECTION}."


def _apart(apart: Apart, limit: int | None) -> Iterator[str]:
    if apart.kinds:
        yield f"\n{'errors':26}{'first':>7}{'second':>8}{'change':>8}"
    for kind, (one, other) in apart.kinds.items():
        yield f"  {kind:24}{one:7,}{other:8,}{other - one:+8,}"
    for name, found in (("first", apart.only_first), ("second", apart.only_second)):
        yield f"\nfound by the {name} alone: {len(found):,} annotated attribution{'s' if len(found) != 1 else ''}"
        yield from (line for one in found[:limit] for line in _found(one))


def _found(one: FoundByOne) -> Iterator[str]:
    yield f"{one.article} {one.span[0]}–{one.span[1]}"
    yield f"  annotated: {one.annotated}"
    yield f"  predicted: {one.predicted}"
