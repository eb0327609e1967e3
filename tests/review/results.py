"""Items of Label Studio result lists, as short as they can be written."""

from __future__ import annotations

from typing import Any

from annotate.scheme import ATTRIBUTES

_TEXTS = {name for controls in ATTRIBUTES.values() for name, values in controls.items() if values is None}


def mark(region: str, label: str, start: int, end: int) -> dict[str, Any]:
    """Return a labelled region."""
    value = {"start": start, "end": end, "text": "?", "labels": [str(label)]}
    return {"id": region, "from_name": "label", "to_name": "text", "type": "labels", "value": value}


def attribute(region: str, name: str, value: str, start: int, end: int) -> dict[str, Any]:
    """Return the value of an attribute of a region."""
    kind, key = ("textarea", "text") if name in _TEXTS else ("choices", "choices")
    return {"id": region, "from_name": name, "to_name": "text", "type": kind,
            "value": {"start": start, "end": end, key: [value]}}  # fmt: skip


def link(source: str, target: str, label: str | None = None) -> dict[str, Any]:
    """Return a relation."""
    item: dict[str, Any] = {"type": "relation", "from_id": source, "to_id": target, "direction": "right"}
    return item | ({"labels": [str(label)]} if label else {})
