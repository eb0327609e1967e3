"""Windows: every piece is some window's own, with room around it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.pipeline.network.pieces import NEW_LINE, Pieces
from annotate.pipeline.network.windows import windows_of


def document(n: int, lines: frozenset[int] = frozenset()) -> Pieces:
    numbers, flags = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.bool_)
    gap = np.ones(n, dtype=np.int64)
    gap[sorted(lines)] = NEW_LINE
    return Pieces(numbers, numbers, numbers, numbers, numbers, gap, numbers, flags, flags, ())


@st.composite
def cuts(draw: st.DrawFn) -> tuple[Pieces, int, int]:
    margin = draw(st.integers(0, 20))
    room = 2 * margin + draw(st.integers(1, 60))
    n = draw(st.integers(0, 400))
    lines = draw(st.frozensets(st.integers(0, n - 1), max_size=40)) if n else frozenset()
    return document(n, lines), room, margin


@given(cuts())
def test_cores_cover_the_document_once_and_keep_their_margins(given_cut: tuple[Pieces, int, int]) -> None:
    pieces, room, margin = given_cut
    windows = list(windows_of(pieces, 7, room=room, margin=margin))
    owned = [at for window in windows for at in range(window.core_start, window.core_stop)]
    assert owned == list(range(len(pieces)))
    for window in windows:
        assert window.document == 7
        assert 0 <= window.start <= window.core_start < window.core_stop <= window.stop <= len(pieces)
        assert window.stop - window.start <= room
        assert window.start in {0, window.core_start - margin}
        assert window.stop in {len(pieces), window.core_stop + margin}


@given(cuts())
def test_the_number_of_windows_grows_with_the_text_alone(given_cut: tuple[Pieces, int, int]) -> None:
    pieces, room, margin = given_cut
    count = len(list(windows_of(pieces, 0, room=room, margin=margin)))
    # A core that begins with a line may be shorter than it could be, by less than a margin.
    least = max(1, room - 2 * margin - margin // 2)
    assert count <= len(pieces) // least + 1


@pytest.mark.parametrize("n", [255, 300, 400, 429, 500, 1000, 5000])
def test_windows_are_few_and_alike(n: int) -> None:
    windows = list(windows_of(document(n), 0, room=254, margin=40))
    assert len(windows) == -(-(n - 80) // 174)
    assert max(w.stop - w.start for w in windows) - min(w.stop - w.start for w in windows) <= 2


def test_cores_begin_with_lines_where_lines_are_near() -> None:
    windows = list(windows_of(document(400, frozenset({190, 205})), 0, room=254, margin=40))
    assert [(window.core_start, window.core_stop) for window in windows] == [(0, 205), (205, 400)]
