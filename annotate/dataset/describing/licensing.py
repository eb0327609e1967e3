"""Under which licence a release stands: the annotations under one, the articles each under its own."""

from __future__ import annotations

import re

from annotate.dataset.describing.facts import NOT_GIVEN, Facts

# The Hub's identifiers of licences that suit annotations, with the address of each.
KNOWN = {
    "cc0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    **{
        f"cc-{terms}-{version}": f"https://creativecommons.org/licenses/{terms}/{version}/"
        for terms in ("by", "by-sa", "by-nc", "by-nd", "by-nc-sa", "by-nc-nd")
        for version in ("2.0", "3.0", "4.0")
        if (terms, version) not in {("by-nc", "2.0"), ("by-nd", "2.0"), ("by-nd", "3.0"), ("by-sa", "2.0")}
    },
    "pddl": "https://opendatacommons.org/licenses/pddl/1-0/",
    "odc-by": "https://opendatacommons.org/licenses/by/1-0/",
    "odbl": "https://opendatacommons.org/licenses/odbl/1-0/",
    "apache-2.0": "https://www.apache.org/licenses/LICENSE-2.0",
    "mit": "https://opensource.org/license/mit",
}
NOT_STATED = "not-stated"


def identifier(licence: str | None) -> str | None:
    """Return the Hub's identifier of a licence by its usual name (`CC BY 4.0`, `CC-BY-4.0`), if it has one."""
    name = re.sub(r"[\s_]+", "-", (licence or "").strip().lower())
    name = {"cc0": "cc0-1.0", "odc-by-1.0": "odc-by", "odbl-1.0": "odbl", "pddl-1.0": "pddl"}.get(name, name)
    return name if name in KNOWN else None


def of_release(licence: str | None, facts: Facts) -> str | None:
    """Return the identifier that covers annotations and texts alike; None when no single one does."""
    covering = identifier(licence)
    texts = {identifier(name) if name != NOT_GIVEN else None for name, count in facts.shown.items() if count}
    return covering if texts <= {covering} else None


def address(licence: str | None) -> str | None:
    """Return where the licence can be read, if it is a known one."""
    known = identifier(licence)
    return KNOWN[known] if known else None
