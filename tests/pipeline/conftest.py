"""The two pipelines, loaded once for all tests of the room, and short ways to read their Records."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from annotate.pipeline import Pipeline, load_pipeline
from annotate.pipeline.running import PIPELINES
from annotate.record import Article, Attribution, Meta, Record

Reader = Callable[..., Record]


@pytest.fixture(scope="session")
def model() -> Pipeline:
    return load_pipeline()


@pytest.fixture(scope="session")
def rules() -> Pipeline:
    return load_pipeline(pipeline="rules")


@pytest.fixture(scope="session", params=PIPELINES)
def pipeline(request: pytest.FixtureRequest) -> Pipeline:
    """Each of the two in turn."""
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def read(rules: Pipeline) -> Reader:
    """The rules, whose answers on single sentences are known."""
    return reader(rules)


@pytest.fixture(scope="session")
def read_by_model(model: Pipeline) -> Reader:
    return reader(model)


def reader(pipeline: Pipeline) -> Reader:
    def read_text(text: str, **meta: str) -> Record:
        return next(pipeline.records([Article.of(text, id="test", meta=Meta(**meta))]))

    return read_text


def words(record: Record, spans: tuple[tuple[int, int], ...]) -> list[str]:
    """Return the words of the text at the spans."""
    assert record.text is not None
    return [record.text[start:end] for start, end in spans]


def said(record: Record) -> list[tuple[list[str], list[str], list[str]]]:
    """Return (source, cue, quote) of every attribution, as words."""
    return [(words(record, a.source), words(record, a.cue), words(record, a.quote)) for a in record.attributions]


def by_source(record: Record, source: str) -> Attribution:
    """Return the one attribution whose source reads so."""
    found = [a for a in record.attributions if words(record, a.source) == [source]]
    assert len(found) == 1, said(record)
    return found[0]
