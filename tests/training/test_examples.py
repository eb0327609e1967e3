from __future__ import annotations

import numpy as np
import pytest

from annotate.corpora import read_corpus
from annotate.pipeline.network.pieces import CLOSING, OPENING, load_tokenizer
from annotate.pipeline.network.reading import MODEL
from annotate.pipeline.network.terms import BEGIN_QUOTE, CUE, END_QUOTE, IN_QUOTE, SOURCE
from annotate.pipeline.network.windows import BEGIN, END, MASKED, Window
from annotate.training.course import lessons_of
from annotate.training.examples import Marks, Stream, example_of
from tests.training.made_up import corpora

TOKENIZER = load_tokenizer(MODEL / "tokenizer.json")


@pytest.fixture(scope="module")
def lessons(tmp_path_factory):
    folder = corpora(tmp_path_factory.mktemp("corpora"))
    return lessons_of([(0, article) for article in read_corpus(folder / "house-train.jsonl")], TOKENIZER)


def stream(lessons, rank=0, world=1, room=30, seed=(1, 2)):
    lengths = [len(lesson.pieces) for lesson in lessons]
    return Stream(range(len(lessons)), lengths, room=room, seed=seed, rank=rank, world=world)


def take(windows, count):
    return [next(windows) for _ in range(count)]


def test_a_round_shows_every_piece_and_no_window_is_too_long(lessons):
    windows = stream(lessons)
    seen = {index: np.zeros(len(lesson.pieces), dtype=bool) for index, lesson in enumerate(lessons)}
    while windows.round == 0:
        window = next(windows)
        if windows.round == 0:
            assert 0 < window.stop - window.start <= 30
            seen[window.document][window.start : window.stop] = True
    assert all(each.all() for each in seen.values())


def test_processes_share_a_round_and_what_they_see_follows_from_the_seed(lessons):
    alone = stream(lessons)
    size = len(alone._windows)
    shares = [stream(lessons, rank, 2) for rank in range(2)]
    both = [window for share in shares for window in take(share, len(share._windows))]
    assert sorted(both, key=repr) == sorted(take(alone, size), key=repr)
    assert take(stream(lessons), 9) == take(stream(lessons), 9) != take(stream(lessons, seed=(1, 3)), 9)


def test_fewer_windows_than_processes_go_to_all_of_them(lessons):
    for rank in range(2):
        windows = stream(lessons[:1], rank, 2, room=10_000)
        assert [(window.start, window.stop) for window in take(windows, 3)] == [(0, len(lessons[0].pieces))] * 3


def test_a_stream_is_taken_up_where_it_was_left(lessons):
    windows = stream(lessons)
    take(windows, len(windows._windows) + 7)
    place = windows.round, windows.at
    other = stream(lessons)
    other.seek(*place)
    assert place[0] == 1
    assert take(windows, 40) == take(other, 40)


def test_answers_stand_beside_the_pieces_they_are_about(lessons):
    lesson = lessons[0]
    example = example_of([Window(0, 0, len(lesson.pieces), 0, 0)], lessons, [each.pieces for each in lessons])
    assert len(example.rows) == len(lesson.targets)
    for target, row, column, tags in zip(lesson.targets, example.rows, example.columns, example.tags, strict=True):
        assert (row, column) == (0, target.anchor + 1)
        assert example.batch.ids[0, column] == lesson.pieces.ids[target.anchor]
        assert tags[target.pieces + 1].tolist() == target.tags.tolist()
        assert np.count_nonzero(tags) == len(target.tags)
        assert example.anchors[0, column] == target.cue_class + 1
        quote = np.isin(tags, (BEGIN_QUOTE, IN_QUOTE, END_QUOTE))
        assert example.roles[0][quote, 0].all()
        assert example.roles[0][tags == SOURCE, 1].all()
        assert example.roles[0][tags == CUE, 2].all()


def test_a_quote_that_a_window_cuts_begins_with_the_window(lessons):
    target = lessons[0].targets[0]
    quote = target.pieces[np.isin(target.tags, (BEGIN_QUOTE, IN_QUOTE, END_QUOTE))]
    start = int(quote[1])
    assert not start <= target.anchor < quote[0]
    window = Window(0, start, len(lessons[0].pieces), 0, 0)
    example = example_of([window], lessons, [each.pieces for each in lessons])
    mine = [
        tags for column, tags in zip(example.columns, example.tags, strict=True) if column == target.anchor - start + 1
    ]
    assert [tags[1] for tags in mine] == ([BEGIN_QUOTE] if target.anchor >= start else [])


def test_disturbing_hides_some_pieces_and_leaves_the_frame_and_the_marks(lessons):
    documents = [each.pieces for each in lessons]
    windows = [Window(index, 0, len(each), 0, 0) for index, each in enumerate(documents)]
    before, after = (example_of(windows, lessons, documents).batch for _ in range(2))
    Marks(TOKENIZER).disturb(after, np.random.default_rng(3))
    changed = before.ids != after.ids
    hidden = after.ids == MASKED
    assert 0.02 < hidden[before.filled].mean() < 0.12
    assert (after.ids[:, 0] == BEGIN).all()
    assert ((after.ids == END).sum(axis=1) == 1).all()
    assert (np.isin(before.mark[changed & ~hidden], (OPENING, CLOSING))).all()
    assert not hidden[~before.filled].any()
    assert not hidden[np.isin(before.mark, (OPENING, CLOSING))].any()
