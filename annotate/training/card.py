"""The model card that stands beside a model's weights, written from its metrics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_COUNTED = ("articles", "words", "attributions")

_DATA = {
    "house": (
        "articles of some sixty outlets of the whole world (news agencies, national and local papers, conflict"
        " reports), annotated under this project's own scheme by a large language model, one reading and one"
        " proof-reading, every offset checked by program; not adjudicated by people. The texts belong to their"
        " publishers; no licence covers them."
    ),
    "polnear": (
        "PolNeAR 1.0 (Newell, Margolin and Ruths, LREC 2018): articles of seven American outlets on the campaign of"
        " 2016, annotated by trained people. The texts belong to their publishers; the corpus states no licence."
    ),
}

_HEAD = """\
# {name}

The network that finds attributions: for every quote (direct, indirect or mixed) its cue, its source and the class of
the cue. It runs on onnxruntime without torch; `config.json` says how its probabilities become scores, and its version
is `{version}`.

- **Encoder**: all-MiniLM-L6-v2 (six layers, 384 wide; Apache-2.0), fine-tuned, with embeddings added for letter case,
  quotation marks, white space and the conventions asked for. Its vocabulary is uncased English.
- **Anchors**: one decision a word piece: no anchor, or the head of a cue of one of nine classes. A quote without a cue
  is anchored at its first piece.
- **Tagger**: for each anchor, every piece of the window is nothing, source, cue, or the beginning, inside or end of the
  quote. Quotes inside quotes, shared sources and quotations in parts need no further step.
- **Size**: encoder and embeddings 8-bit integers, heads and tagger 32-bit floats, 25 MB in all.
- **Speed**: on one thread the whole pipeline, with outlets, speakers and verification statements, read 0.65 to 0.72
  times as many words a second as the bare en_core_web_sm in the same run (3,400); it loads in half a second and stays
  under 620 MB, an article of a megabyte included (`python -m benchmarks.predict_speed`, a processor with AVX-512 VNNI).

## Use

Pre-annotation of English news for people who correct it, and attribution where a known error rate is good enough. Not
for deciding alone who said what about whom: read the figures below, and read the article.

Two sets of conventions can be asked for: `house` (the default: statements in several layers, attitudes told apart by
class) and `polnear` (every belief and intention, one layer).

## Data, and what may be done with it
"""

_HOW_MEASURED = """\
F1 in per cent on the dev parts. They did not train the network, but its design, its thresholds and its scores were
chosen on them: expect a little less of other articles. In brackets 95 % intervals of a bootstrap over articles. An
attribution is found when its quote and an annotated one share half of their characters (`content`); `exact` asks for
the very quote, `attributed` for the right source. `direct`: quotes with double quotation marks. `house` counts
statements, attitudes left out on both sides. Work left: operations in the labeling page from prediction to annotation,
over those from an empty page.
"""

_FAILURES = """\
## Known failures

- Sourceless passives ("closures were reported", "is believed to"), reports as nouns ("reports of gunmen") and rare cues
  ("impressed upon", "placed … at") are missed more often than any other kind.
- Nominal contents ("reaffirmed their commitment to …", "expressed anger about …") are found, but less often and with
  less exact ends than clauses.
- What comes after a coordination or a comma ("…, adding that", "… and said") may be given to the neighbouring cue.
- A name that is also a word ("So", "Said") and machine-translated prose lead to wrong ends.
- Interview transcripts ("WALLACE: …") are read, but their turns are often merged or cut.
- Windows of {window} pieces: a quote whose cue stands further away than that is found without it.
- Languages other than English: the vocabulary covers little of them. Text in them comes through unharmed and mostly
  unmarked.
- The groups in the tables above are small; their intervals say how little single rows mean.
"""


def card(metrics: Mapping[str, Any]) -> str:
    """Write the card as Markdown from the metrics that `make_model` returns."""
    recipe = metrics["recipe"]
    parts = [
        _HEAD.format(name=metrics["name"], version=metrics["version"]),
        _data(metrics["data"]),
        "## Scores\n",
        _HOW_MEASURED,
        _scores(metrics["figures"]),
        *(_groups(style, figures["groups"]) for style, figures in metrics["figures"].items()),
        "## Calibration\n",
        "\n".join(
            f"- `{style}`: expected calibration error {figures['calibration_error']} points, on articles left out of"
            f" the fit {figures['held_out_calibration_errors']['whole']}; the default threshold is"
            f" {figures['threshold']}."
            for style, figures in metrics["figures"].items()
        )
        + "\n",
        _FAILURES.format(window=metrics["window"]),
        "## How to make it again\n",
        "```console\nannotate train CORPORA MODEL\n```\n",
        f"with the files named above in CORPORA. Seed {recipe['seed']}, {recipe['pieces']:,} word pieces,"
        f" {recipe['processes']} processes that average their weights every {recipe['together']} steps; on the machine"
        f" that made it ({metrics['machine']}) {metrics['minutes']} minutes. On the same kind of processor and with the"
        " same versions of the libraries, the same weights come out bit for bit; elsewhere sums are rounded otherwise.",
        f"Made with {', '.join(f'{name} {version}' for name, version in metrics['made_with'].items())}.\n",
    ]
    return "\n".join(parts)


def _data(files: Mapping[str, Mapping[str, Any]]) -> str:
    rows = [
        (
            f"`{name}`",
            f"{facts['articles']:,}",
            f"{facts['words']:,}",
            f"{facts['attributions']:,}",
            facts["sha256"][:16],
        )
        for name, facts in files.items()
    ]
    notes = [f"- `{style}`: {note}\n" for style, note in _DATA.items()]
    warning = (
        "Weights hold no text, yet they were made from it. Whether that needs a licence is not settled everywhere:"
        " whoever passes them on should know where they come from, and can make them again from other data.\n"
    )
    listed = table(("file", *_COUNTED, "SHA-256"), rows)
    return "\n".join([listed, "".join(notes), warning])


def _scores(figures: Mapping[str, Mapping[str, Any]]) -> str:
    rows = []
    for style, each in figures.items():
        for part, measures in each["figures"].items():
            row = [
                f"{style}, {part}",
                *(_figure(measures[name]) for name in ("content", "content_exact", "attributed")),
            ]
            work = f"{each['work_left']['value']} %{_interval(each['work_left']['interval'])}" if part == "all" else ""
            rows.append((*row, work))
    return table(("on", "content", "exact", "attributed", "work left"), rows)


def _groups(style: str, groups: Mapping[str, Mapping[str, Any]]) -> str:
    names = {"kind": "kind of quote", "cue_class": "class of the cue", "outlet": "outlet"}
    parts = []
    for by, named in groups.items():
        annotated = {name: each for name, each in named.items() if each["content"]["annotated"]}
        rows = [
            (name, str(each["content"]["annotated"]), _figure(each["content"]), _figure(each["attributed"]))
            for name, each in annotated.items()
        ]
        if len(rows) > 1:
            parts.append(f"### {style}, by {names[by]}\n")
            parts.append(table((names[by], "annotated", "content", "attributed"), rows))
    return "\n".join(parts)


def _figure(figure: Mapping[str, Any]) -> str:
    return f"{figure['f1']}{_interval(figure['interval'])}"


def _interval(interval: Sequence[float] | None) -> str:
    return f" ({interval[0]}–{interval[1]})" if interval else ""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
