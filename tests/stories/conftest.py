"""The seeds as people annotated them, and as the pipeline reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotate.dataset.wordless import with_text
from annotate.derive import sha256_of
from annotate.pipeline import load_pipeline
from annotate.record import Article, Record, parse_record
from annotate.stories import find_stories
from annotate.stories.model import Stories

PROJECT = Path(__file__).parents[2]


def _texts() -> dict[str, tuple[str, str]]:
    """Return, by hash, the first three digits of a seed's name and its text."""
    found = {}
    for path in sorted((PROJECT / "seeds").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        found[sha256_of(text)] = path.name[:3], text
    return found


@pytest.fixture(scope="session")
def annotated_seeds() -> list[Record]:
    texts = _texts()
    records = []
    for line in (PROJECT / "exports" / "sample" / "records.jsonl").read_text("utf-8").splitlines():
        record = parse_record(line)
        name, text = texts[record.sha256]
        records.append(with_text(record, text).model_copy(update={"id": name}))
    return records


@pytest.fixture(scope="session")
def predicted_seeds() -> list[Record]:
    articles = [Article.of(text, id=name) for name, text in _texts().values()]
    return list(load_pipeline().records(articles))


@pytest.fixture(scope="session", params=["annotated", "predicted"])
def seeds(request: pytest.FixtureRequest) -> list[Record]:
    """Each of the two in turn."""
    return request.getfixturevalue(f"{request.param}_seeds")  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def seed_stories(seeds: list[Record]) -> Stories:
    return find_stories(seeds)
