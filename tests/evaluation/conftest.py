"""Made-up articles whose figures can be worked out by hand, and strategies that draw comparisons."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import strategies as st

from annotate.corpora import Annotation
from annotate.evaluation import Comparison

TEXT = 'The mayor said that it rained. "We stay," Ada Example said. "We hope so." Residents fear that it floods.'


def mark(quote: str, *, cue: str = "", source: str = "", text: str = TEXT, **attributes: object) -> Annotation:
    """Make an annotation from words of the text; parts of a quote are separated by |."""

    def spans(words: str) -> tuple[tuple[int, int], ...]:
        parts = [part for part in words.split("|") if part]
        return tuple((text.index(part), text.index(part) + len(part)) for part in parts)

    return Annotation(spans(quote), spans(cue), spans(source), **attributes)  # type: ignore[arg-type]


MAYOR = mark("that it rained", cue="said", source="The mayor", cue_class="neutral")
ADA = mark('"We stay,"|"We hope so."', cue="said", source="Ada Example", cue_class="neutral")
FEAR = mark("that it floods", cue="fear", source="Residents", cue_class="attitude")
GOLD = (MAYOR, ADA, FEAR)


def compared(
    *predicted: Annotation, gold: tuple[Annotation, ...] = GOLD, text: str = TEXT, id: str = "made-up"
) -> Comparison:
    return Comparison(id, text, gold, predicted, outlet="Sample Post")


@st.composite
def annotations(draw: st.DrawFn, text: str) -> Annotation:
    """Draw an attribution with arbitrary spans over the text."""
    ends = st.tuples(st.integers(0, len(text) - 1), st.integers(1, 12))
    spans = ends.map(lambda pair: (pair[0], min(len(text), pair[0] + pair[1])))

    def several(least: int, most: int) -> tuple[tuple[int, int], ...]:
        return tuple(sorted(draw(st.lists(spans, min_size=least, max_size=most, unique=True))))

    cue_class = draw(st.sampled_from([None, "neutral", "attitude"]))
    score = draw(st.none() | st.floats(0, 1))
    return Annotation(several(1, 3), several(0, 2), several(0, 2), cue_class=cue_class, score=score)


@st.composite
def comparisons(draw: st.DrawFn) -> Comparison:
    """Draw a text with quotation marks and white space in it, and two annotations of it."""
    text = draw(st.text(alphabet="ab “”\",.\n'–", min_size=4, max_size=60))
    sides = st.lists(annotations(text), max_size=4).map(tuple)
    return Comparison("drawn", text, draw(sides), draw(sides), outlet=draw(st.sampled_from([None, "Sample Post"])))


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of annotated corpora, which the project does not hold."""
    folder = os.environ.get("ANNOTATE_CORPORA")
    if not folder:
        pytest.skip("ANNOTATE_CORPORA names no folder of annotated corpora")
    return Path(folder)


@pytest.fixture(scope="session")
def scorer() -> Path:
    """The reference scorer, which the project does not hold."""
    script = os.environ.get("ANNOTATE_SCORER")
    if not script:
        pytest.skip("ANNOTATE_SCORER names no reference scorer")
    return Path(script)
