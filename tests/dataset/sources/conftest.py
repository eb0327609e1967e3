"""The tables of the five seed articles, made once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from annotate.dataset.formats import FORMATS
from annotate.dataset.sources import TABLES, SourceInputs, read
from annotate.derive import normalise_newlines, sha256_of
from annotate.record import Record

PROJECT = Path(__file__).parents[3]
SAMPLE = PROJECT / "exports" / "sample"

Rows = list[dict[str, Any]]


def hydrated(path: Path) -> list[Record]:
    """Read Records of the seeds, and join them with the texts in seeds/ by their hashes."""
    texts = {}
    for file in (PROJECT / "seeds").glob("*.txt"):
        text = normalise_newlines(file.read_text(encoding="utf-8"))
        texts[sha256_of(text)] = text
    rows = FORMATS["jsonl"].read(path)
    return [row.model_copy(update={"text": texts[row.sha256]}) for row in rows if isinstance(row, Record)]


def written(folder: Path, inputs: SourceInputs) -> Mapping[str, Rows]:
    """Write all tables into a folder, and read them back by the names of their files."""
    folder.mkdir(exist_ok=True)
    for table in TABLES.values():
        table.write(folder, inputs)
    targets = {target for table in TABLES.values() for target in table.targets}
    assert {path.name for path in folder.iterdir()} == targets
    return {target: list(read(folder / target)) for target in sorted(targets)}


def by_seed(records: list[Record], number: str) -> str:
    """Return the id of the seed whose file begins with these digits."""
    return next(record.id for record in records if str(record.meta.model_extra or "").find(f"'{number}_") >= 0)


@pytest.fixture(scope="session")
def seeds() -> list[Record]:
    return hydrated(SAMPLE / "records.jsonl")


@pytest.fixture(scope="session")
def folder(seeds: list[Record], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tables")
    written(path, SourceInputs(records=lambda: iter(seeds)))
    return path


@pytest.fixture(scope="session")
def sources(folder: Path) -> Rows:
    return list(read(folder / "sources.csv"))


@pytest.fixture(scope="session")
def row(seeds: list[Record], sources: Rows) -> Callable[[str, str], dict[str, Any]]:
    """Look up the row of a seed by the source's name, or by the words that first describe it."""

    def found(number: str, who: str) -> dict[str, Any]:
        article = by_seed(seeds, number)
        (one,) = [
            each
            for each in sources
            if each["article_id"] == article and who in (each["source_name"], each["source_as_written"])
        ]
        return one

    return found
