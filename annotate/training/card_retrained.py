"""The model card of a model that was trained on a dataset, written from its metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from annotate.training.card import table

_MEASURES = {"content": "content", "content_exact": "exact", "attributed": "attributed", "cue": "cue"}

_HEAD = """\
# {name}

The network that finds attributions: for every quote its cue, its source and the class of the cue, in the conventions
of `{style}` style. Its version is `{version}`. Use it with `--model`, for `annotate preannotate` and all commands that
predict. It is for English news, to be corrected by people; not for deciding alone who said what about whom.

Started from: {started}.

## Data, and what may be done with it
"""

_WARNING = """\
Weights hold no text, yet they were made from it. Whether that needs a licence is not settled everywhere: whoever passes
them on should know where they come from. What the model started from was made of data of its own: see its card.
"""

_HOW_MEASURED = """\
On the articles held out: they did not train the network{chosen}. F1 in per cent, in brackets 95 % intervals of a
bootstrap over articles. An attribution is found when its quote and an annotated one share half of their characters
(`content`); `exact` asks for the very quote, `attributed` for the right source, `cue` for the right cue. House style
counts statements, attitudes left out on both sides. Work left: operations in the labeling page from prediction to
annotation, over those from an empty page.
"""


def card(metrics: Mapping[str, Any]) -> str:
    """Write the card as Markdown from the metrics that `retrain` returns."""
    parts = [
        _HEAD.format(
            name=metrics["name"],
            style=metrics["style"],
            version=metrics["version"],
            started=metrics["started_from"]["title"],
        ),
        *_data(metrics["data"]),
        "## Scores\n",
        *_scores(metrics),
        *_against(metrics.get("against_start")),
        *_other(metrics.get("other_style")),
        "## Scores to be taken at their word\n",
        f"Scores and threshold of `{metrics['style']}` style: {metrics['scores']}.\n",
        "## How to make it again\n",
        *_again(metrics),
    ]
    return "\n".join(parts)


def _data(data: Mapping[str, Any]) -> Iterator[str]:
    rows = [
        (name, f"{part['articles']:,}", f"{part['words']:,}", f"{part['attributions']:,}", part["sha256"][:16])
        for name, part in data["parts"].items()
    ]
    yield table(("part", "articles", "words", "attributions", "SHA-256"), rows)
    version = f"Dataset version `{data['version']}`; " if data["version"] else ""
    yield f"{version}SHA-256 of texts and annotations `{data['sha256']}`. Parted: {data['division']}.\n"
    if data["without_text"]:
        yield f"{data['without_text']:,} articles of the dataset were left out, since they hold no text.\n"
    if data["left_out"]:
        yield f"{data['left_out']:,} articles of train were left out for being of one story with dev articles.\n"
    licences = ", ".join(f"{name} ({count:,})" for name, count in data["licences"].items())
    yield f"Licences of the articles: {licences}.\n"
    yield _WARNING


def _scores(metrics: Mapping[str, Any]) -> Iterator[str]:
    if not metrics["figures"]:
        yield "Not measured: nothing annotated was held out.\n"
        return
    chose = [
        what
        for what, how in (("how far to go from the start", metrics["blend"]["chosen"]), ("scores", metrics["scores"]))
        if how.endswith("the articles held out")
    ]
    chosen = f", but {' and '.join(chose)} were chosen on them, so expect a little less of others" if chose else ""
    yield _HOW_MEASURED.format(chosen=chosen)
    rows = []
    for style, each in metrics["figures"].items():
        for part, measures in each["figures"].items():
            work = f"{each['work_left']['value']} %{_interval(each['work_left']['interval'])}" if part == "all" else ""
            figures = [f"{measures[name]['f1']}{_interval(measures[name]['interval'])}" for name in _MEASURES]
            rows.append((f"{style}, {part}", *figures, work))
    yield table(("on", *_MEASURES.values(), "work left"), rows)


def _against(paired: Mapping[str, Any] | None) -> Iterator[str]:
    if paired is None:
        return
    yield "## Against what it started from\n"
    yield (
        f"The same {paired['articles']:,} articles read by both. p: approximate randomisation over articles (Noreen"
        " 1989; Yeh 2000); adjusted: Holm's correction over all rows. A change without a small p may be chance.\n"
    )
    rows = [
        (f"{part}, {shown}", paired[part][name])
        for part in ("all", "direct")
        for name, shown in _MEASURES.items()
        if name in paired[part]
    ]
    yield table(
        ("figure", "before", "now", "change", "p", "adjusted"),
        [
            (
                name,
                str(one["first"]),
                str(one["second"]),
                f"{one['difference']:+.1f}{_interval(one['interval'])}",
                f"{one['p']:.3f}",
                f"{one['adjusted']:.3f}",
            )
            for name, one in (*rows, ("work left, % (less is better)", paired["work_left"]))
        ],
    )


def _other(other: Mapping[str, Any] | None) -> Iterator[str]:
    if other is None:
        return
    yield "## What it has kept of the other conventions\n"
    yield (
        f"The articles say nothing of `{other['style']}` style. On {other['articles']:,} of them it finds in that"
        f" style what the model it started from found to {other['content']} F1 (`content`; `attributed`"
        f" {other['attributed']})."
        " What is below 100 has changed, for better or worse.\n"
    )


def _again(metrics: Mapping[str, Any]) -> Iterator[str]:
    recipe, blend = metrics["recipe"], metrics["blend"]
    yield (
        f"`annotate train` with the same data, seed {recipe['seed']}: {recipe['pieces']:,} word pieces, peak rate"
        f" {recipe['rate']:g}, {recipe['processes']} processes that average their weights every {recipe['together']}"
        f" steps. The weights lie {blend['share']:.0%} of the way from the start to what was learned"
        f" ({blend['chosen']}). On the machine that made it ({metrics['machine']}) {metrics['minutes']} minutes. On the"
        " same kind of processor and with the same versions of the libraries, the same weights come out; elsewhere"
        " sums are rounded otherwise.\n"
    )
    yield f"Made with {', '.join(f'{name} {version}' for name, version in metrics['made_with'].items())}.\n"


def _interval(interval: Sequence[float] | None) -> str:
    return f" ({interval[0]} to {interval[1]})" if interval else ""
