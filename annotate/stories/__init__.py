"""Many Records in, one picture out: claims and their origins, drift, circular sourcing, speakers across articles."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from annotate.stories.corroboration import suggestions
    from annotate.stories.finding import find_stories
    from annotate.stories.speakers import NO_IDENTITIES, Identities

__all__ = ["NO_IDENTITIES", "Identities", "find_stories", "suggestions"]

# Imported when first asked for: whoever only reads findings (annotate.stories.model) needs none of the libraries.
_MODULES = {
    "suggestions": "corroboration",
    "find_stories": "finding",
    "NO_IDENTITIES": "speakers",
    "Identities": "speakers",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
