"""Annotated articles of made-up sentences, enough to train on for a test."""

from __future__ import annotations

import json
import random
from itertools import product
from pathlib import Path
from typing import Any

_NAMES = ("Ada Brandt", "the ministry", "Colonel Imre Vass", "residents", "the mayor of Lund")
_THINGS = ("the bridge", "the northern road", "every checkpoint", "the radio mast", "the old market")
_STATES = ("was closed on Monday", "had been taken by rebels", "would be rebuilt within a year", "was never in danger")
_SYLLABLES = ("ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "ne", "pi", "ra", "so", "tu", "ve")


def word(chance: random.Random) -> str:
    """Return a word that no language has."""
    return "".join(chance.choices(_SYLLABLES, k=4))


def article(number: int, *, alone: bool = False) -> dict[str, Any]:
    """Return an article of four sentences, two of them attributions, one direct and one indirect.

    alone: whether it tells a story of its own, of people and things that no other one knows.
    """
    chance = random.Random(number)
    names, things, states = _NAMES, _THINGS, _STATES
    if alone:
        names = tuple(f"{word(chance).title()} {word(chance).title()}" for _ in range(2))
        things = tuple(f"the {word(chance)} of {word(chance).title()}" for _ in range(2))
        states = tuple(f"was {word(chance)} by {word(chance).title()}" for _ in range(2))
    combinations = list(product(names, things, states))
    text, attributions = "", []

    def write(*parts: tuple[str, str | None]) -> None:
        nonlocal text
        spans: dict[str, list[list[int]]] = {"quote": [], "cue": [], "source": []}
        for part, role in parts:
            if role:
                spans[role].append([len(text), len(text) + len(part)])
            text += part
        if spans["quote"]:
            attributions.append({**spans, "cue_class": "neutral"})

    for name, thing, state in chance.sample(combinations, 2):
        write((f"{thing.capitalize()} is an hour from the border.\n", None))
        quoted = f"“{thing.capitalize()} {state},”"
        if chance.random() < 0.5:
            write((quoted, "quote"), (" ", None), (name, "source"), (" ", None), ("said", "cue"), (".\n", None))
        else:
            write(
                (name, "source"),
                (" ", None),
                ("said", "cue"),
                (" ", None),
                (f"{thing} {state}", "quote"),
                (".\n", None),
            )
    return {"id": f"made-up-{number}", "text": text, "attributions": attributions}


def corpora(folder: Path, *, train: int = 24, dev: int = 6) -> Path:
    """Write the four files that training asks for."""
    folder.mkdir(parents=True, exist_ok=True)
    for style in ("house", "polnear"):
        for part, first, count in (("train", 0, train), ("dev", train, dev)):
            rows = (json.dumps(article(number)) for number in range(first, first + count))
            (folder / f"{style}-{part}.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder
