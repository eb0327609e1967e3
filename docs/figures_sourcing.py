"""The table that docs/benchmarks.md shows of docs/benchmarks/sourcing.json."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "benchmarks" / "sourcing.json"
MEASURES = {
    "outlets": "outlet mentions (F1)",
    "outlet_name": "… of those found, the right canonical name",
    "outlet_role": "… the right role",
    "speaker": "speaker's name, of attributions found",
    "speaker_named": "… where the source has a name",
    "source_type": "type of source",
    "anonymity": "anonymity",
    "cue_class": "cue class",
    "via": "outlets on the road (F1)",
    "directness": "came through an outlet or not",
    "verifications": "verification statements (F1)",
    "verification_kind": "… the right kind",
    "about": "… what they speak of (F1)",
    "notices": "notices (F1)",
    "notice_kind": "… the right kind",
    "disputes": "disputes (F1)",
}
# What a baseline does not do is left out of its column.
DONE_BY = {
    "blind": ("outlets", "outlet_name", "speaker", "speaker_named", "verifications"),
    "entities": ("outlets", "outlet_name"),
    "half unknown": ("outlets", "outlet_name", "outlet_role", "via", "directness"),
}


def sourcing_table() -> str:
    """Return one Markdown table for each corpus, a system a column, with 95 % intervals in small print."""
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    return "\n".join(line for corpus in results["corpora"] for line in _table(corpus, results["corpora"][corpus]))


def _table(corpus: str, results: Mapping[str, Any]) -> Iterator[str]:
    systems = results["systems"]
    yield f"`{corpus}`: {results['articles']} articles.\n"
    yield f"| | marked | {' | '.join(systems)} |"
    yield "| --- | " + " | ".join(["---:"] * (len(systems) + 1)) + " |"
    for measure, name in MEASURES.items():
        if measure in systems["ours"]:
            cells = " | ".join(_cell(system, figures, measure) for system, figures in systems.items())
            yield f"| {name} | {systems['ours'][measure]['annotated']:,} | {cells} |"
    yield ""


def _cell(system: str, figures: Mapping[str, Any], measure: str) -> str:
    if measure not in figures or measure not in DONE_BY.get(system, MEASURES):
        return ""
    figure = figures[measure]
    between = figure["interval"]
    small = f"<br><small>{between[0]:.1f}–{between[1]:.1f}</small>" if between else ""
    return f"{figure['f1']:.1f}{small}"
