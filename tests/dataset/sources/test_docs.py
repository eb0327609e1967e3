"""docs/sources.md lists every table with its columns, in order and in the words of the code."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from annotate.dataset.sources import TABLES
from annotate.dataset.sources.views import claimreview
from tests.dataset.sources.conftest import PROJECT


def sections() -> Mapping[str, str]:
    page = (PROJECT / "docs" / "sources.md").read_text(encoding="utf-8")
    parts = re.split(r"^## `(\w+)`.*$", page, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def rows_of(section: str) -> list[tuple[str, str]]:
    return re.findall(r"^\| `([^`]+)` \| (.+) \|$", section, flags=re.MULTILINE)


def test_every_table_has_its_section() -> None:
    assert list(sections()) == list(TABLES)


@pytest.mark.parametrize("name", [name for name in TABLES if TABLES[name].columns])
def test_the_columns_are_those_of_the_code(name: str) -> None:
    assert rows_of(sections()[name]) == [(column.name, column.about) for column in TABLES[name].columns]
    for target in TABLES[name].targets:
        assert f"`{target}`" in sections()[name]


def test_the_properties_of_a_claim_are_those_of_the_code() -> None:
    assert rows_of(sections()["claimreview"]) == list(claimreview.PROPERTIES.items())
