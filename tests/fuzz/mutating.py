"""Mutations that keep JSON what it is: one value exchanged for another, a key taken away, an item doubled.

Bytes flipped at random hardly ever get past the parser; what stands behind it meets these.
"""

from __future__ import annotations

import copy
import json
import random
from typing import Any

HOSTILE: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, -(2**63) - 1, 10**400, 0.5, -0.0, 1e308, float("inf"), float("nan"),
    "", " ", "\x00", "\u202e\u200b", "\ud800", "😀", "../../x", "/etc/passwd", "a" * 300, "1", "[]", "=1+1", [], {},
    [[]], [None], [0, 1], [[0, 1]], [[1, 0]], [[0, 10**9]], [["a", "b"]], {"": None}, {"id": 1}, {"start": 0, "end": 1},
)  # fmt: skip


def mutate(data: bytes, chance: random.Random) -> bytes | None:
    """Return a JSON document, or JSON Lines, with one to three changes; None for what is neither."""
    lines = data.split(b"\n")
    for at in [None, chance.randrange(len(lines))]:
        try:
            value = json.loads(data if at is None else lines[at])
        except (ValueError, RecursionError):
            continue
        for _ in range(chance.randint(1, 3)):
            value = _changed(value, chance)
        made = json.dumps(value, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
        if at is None:
            return made
        return b"\n".join([*lines[:at], made, *lines[at + 1 :]])
    return None


def _changed(value: Any, chance: random.Random) -> Any:
    """Return the value with one change somewhere inside."""
    places = list(_places(value))
    if not places:
        return copy.deepcopy(chance.choice(HOSTILE))
    holder, key = chance.choice(places)
    kind = chance.random()
    if kind < 0.55:
        holder[key] = copy.deepcopy(chance.choice(HOSTILE))
    elif kind < 0.7:
        other, name = chance.choice(places)
        holder[key] = json.loads(json.dumps(other[name]))
    elif kind < 0.85:
        del holder[key]
    elif isinstance(holder, list):
        holder.insert(key, json.loads(json.dumps(holder[key])))
    else:
        holder[str(chance.choice(HOSTILE))] = holder[key]
    return value


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Return every (holder, key) below a value, without going down for ever."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting and len(found) < 5000:
        holder = waiting.pop()
        if isinstance(holder, dict | list):
            keys = list(holder) if isinstance(holder, dict) else range(len(holder))
            found += [(holder, key) for key in keys]
            waiting += [holder[key] for key in keys]
    return found
