"""Weights and states on disk, as safetensors: numbers and a line of JSON, which run nothing when they are read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

_FACTS = "facts"


def keep(path: Path, tensors: Mapping[str, Tensor], **facts: Any) -> None:
    """Write tensors, and facts that JSON can hold, under their name when they are whole."""
    partial = path.with_suffix(".partial")
    # Cloned, since the format takes no two tensors that share their memory.
    own = {name: value.detach().clone().contiguous() for name, value in tensors.items()}
    save_file(own, partial, metadata={_FACTS: json.dumps(facts)})
    partial.replace(path)


def kept(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Read what `keep` wrote.

    Raises: ValueError when it is not that.
    """
    try:
        with safe_open(path, framework="pt") as file:
            facts = json.loads((file.metadata() or {}).get(_FACTS, "{}"))
            return {name: file.get_tensor(name) for name in file.keys()}, dict(facts)  # noqa: SIM118 - no mapping
    except (SafetensorError, OSError) as error:
        raise ValueError(str(error).split("\n")[0]) from None


def flat(state: Mapping[str, Any]) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Take an optimizer's state apart: its tensors by number and name, and its settings."""
    tensors = {f"{number}.{name}": value for number, of in state["state"].items() for name, value in of.items()}
    return tensors, {"groups": state["param_groups"]}


def unflat(tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> dict[str, Any]:
    """Put an optimizer's state together again."""
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        number, _, name = key.partition(".")
        state.setdefault(int(number), {})[name] = value
    return {"state": state, "param_groups": facts["groups"]}


def under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the tensors under a prefix, without it."""
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
