"""The network's attributions: sound whatever it answers, the same in any company, and right where news is plain."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from annotate.pipeline import Pipeline, load_pipeline
from annotate.pipeline.network import tagging
from annotate.pipeline.network.proposals import Proposal
from annotate.pipeline.network.reading import AttributionNetwork, Found
from annotate.pipeline.network.settling import settle
from annotate.pipeline.network.stretches import LONG, Stretches
from annotate.pipeline.network.terms import CLASSES, ROLES
from annotate.pipeline.quotation_marks import find_stretches
from annotate.pipeline.spans import words_in
from annotate.record import Article, Record
from annotate.scheme import CueClass, QuoteType
from tests.pipeline.conftest import Reader, said, words
from tests.pipeline.network_fakes import RandomGraphs, loaded, network_of
from tests.pipeline.test_running import check

SEEDS = Path(__file__).parents[2] / "seeds"
MARKS = ("“”", '""', "‘’", "''", "``''", "''''", "«»", "»«", "„“", "「」", "『』", "‹›", "＂＂")
SENTENCES = st.sampled_from(
    ["We are leaving the town now", "It is over", "the mayor said", "he added, ", "according to Reuters", "on Monday"]
)
EVEN = np.full(len(CLASSES), 0.1, dtype=np.float32)
EVEN_ROLES = np.ones((40, len(ROLES)), dtype=np.float32)
ODDS = st.sampled_from(
    ["\n\n", "\n", " ", ". ", ", ", "“", "”", '"', "'", "’", "''", "``", "«", "»", "「", "」", "😀", "\u200b", "\u00a0",
     "한국어 ", "İ", "ﬁne ", "e\u0301", "- ", "• ", "WALLACE: ", "BREAKING NEWS", "\u2028", "x" * 130, "…", "(", "]"]
)  # fmt: skip


@st.composite
def quoted(draw: st.DrawFn) -> str:
    pair = draw(st.sampled_from(MARKS))
    half = len(pair) // 2
    inner = draw(st.lists(st.one_of(SENTENCES, ODDS), min_size=1, max_size=4).map("".join))
    return pair[:half] + inner + pair[half:]


TEXTS = st.one_of(
    st.lists(st.one_of(SENTENCES, ODDS, quoted()), max_size=25).map("".join),
    st.text(st.characters(exclude_categories=("Cs",)), max_size=120),
)


def found_in(network: AttributionNetwork, *texts: str) -> list[list[Found]]:
    return network.read([(text, network.pieces(text)) for text in texts])


def assert_sound(text: str, found: list[Found]) -> None:
    long = [(s.start, s.end) for s in find_stretches(text) if words_in(text, (s.start, s.end)) >= LONG]
    for item in found:
        assert item.quote
        assert item.cue_class in set(CueClass)
        for role in ("quote", "source", "cue"):
            spans = getattr(item, role)
            assert all(one[1] <= other[0] for one, other in pairwise(spans))
            assert len(item.scores[role]) == len(item.certainties[role]) == len(spans)
            assert all(0 <= score <= 1 for score in (item.score, item.chance, item.certainty, *item.scores[role]))
            for start, end in spans:
                assert 0 <= start < end <= len(text)
                assert text[start:end] == text[start:end].strip()
        for start, end in item.quote:
            assert any(char.isalnum() for char in text[start:end])
            assert not any(a < edge < b for edge in (start, end) for a, b in long)
        for a, b in long:
            inside = sum(max(0, min(end, b) - max(start, a)) for start, end in item.quote)
            assert inside in {0, b - a}


@settings(max_examples=100)
@given(text=TEXTS, seed=st.integers(0, 5), anchors=st.sampled_from([0.02, 0.3]))
def test_whatever_the_network_answers_the_spans_are_sound(text: str, seed: int, anchors: float) -> None:
    graphs = RandomGraphs(seed=seed, anchors=anchors)
    with patch.object(loaded(), "_graphs", graphs), patch.object(loaded(), "min_score", 0.0):
        (found,) = found_in(loaded(), text)
    assert_sound(text, found)


@settings(max_examples=50)
@given(text=TEXTS)
@example(text="")
@example(text="\u200b \n")
def test_what_the_network_really_answers_is_sound(text: str) -> None:
    with patch.object(loaded(), "min_score", 0.05):
        (found,) = found_in(loaded(), text)
    assert_sound(text, found)


@settings(max_examples=20)
@given(texts=st.lists(TEXTS, min_size=2, max_size=6))
def test_company_changes_nothing(texts: list[str]) -> None:
    together = found_in(loaded(), *texts)
    assert together == [found_in(loaded(), text)[0] for text in texts]
    assert together[::-1] == found_in(loaded(), *texts[::-1])


def test_articles_alone_or_in_a_batch_give_the_same_records(model: Pipeline) -> None:
    articles = [
        Article.of("\n\n".join(f"“It rained {day} times in town {n},” the mayor said." for day in range(n % 7 + 1)))
        for n in range(70)
    ]
    assert list(model.records(articles)) == [next(model.records([article])) for article in articles]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_settled_quotes_share_nothing_unless_one_reports_the_other(data: st.DataObject) -> None:
    def proposal() -> Proposal:
        cuts = sorted(data.draw(st.sets(st.integers(0, 40), min_size=2, max_size=6)))
        quote = list(zip(cuts[::2], cuts[1::2], strict=False))
        roles = data.draw(st.integers(1, 9)) / 10
        made = Proposal(
            anchor=data.draw(st.integers(0, 40)), chances=EVEN, first=0, roles=EVEN_ROLES * roles,
            quote=quote, source=[], cue=[],
        )  # fmt: skip
        made.score = data.draw(st.floats(0, 1))
        return made

    proposals = [proposal() for _ in range(data.draw(st.integers(0, 6)))]
    before = {id(item): pieces_in(item) for item in proposals}
    settled = settle(proposals)
    assert [item.anchor for item in settled] == sorted(item.anchor for item in settled)
    for index, one in enumerate(settled):
        assert pieces_in(one) <= before[id(one)]
        for other in settled[index + 1 :]:
            nested = one.anchor in before[id(other)] or other.anchor in before[id(one)]
            assert nested or not pieces_in(one) & pieces_in(other)


def pieces_in(item: Proposal) -> set[int]:
    return {at for first, last in item.quote for at in range(first, last)}


@given(text=TEXTS, data=st.data())
def test_stretches_are_kept_whole(text: str, data: st.DataObject) -> None:
    edges = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=8)))
    stretches = [(s.start, s.end) for s in find_stretches(text) if s.depth == 0]
    parts = Stretches(text, stretches).kept_whole(list(zip(edges[::2], edges[1::2], strict=False)))
    assert all(one[1] <= other[0] for one, other in pairwise(parts))
    for start, end in stretches:
        if words_in(text, (start, end)) >= LONG:
            assert not any(start < edge < end for part in parts for edge in part)


def test_a_megabyte_takes_windows_in_proportion_and_holds_few_at_once() -> None:
    paragraph = "“The bridge is closed for {} days,” the mayor of Exampleton said, according to Reuters on Monday.\n\n"
    spent: dict[int, RandomGraphs] = {}
    rows: list[int] = []
    best_paths = tagging.best_paths

    def counted(log_p: object, within_word: object) -> object:
        rows.append(len(log_p))  # type: ignore[arg-type]
        return best_paths(log_p, within_word)  # type: ignore[arg-type]

    for size in (250_000, 1_000_000):
        graphs = RandomGraphs(anchors=0.01)
        text = "".join(paragraph.format(number) for number in range(size // len(paragraph)))
        network = network_of(graphs)
        with patch.object(tagging, "best_paths", counted):
            (found,) = found_in(network, text)
        assert found
        spent[size] = graphs
        assert max(graphs.read_pieces) <= network.config.window
    work = {size: sum(graphs.read_pieces) for size, graphs in spent.items()}
    anchors = {size: sum(graphs.tagged) for size, graphs in spent.items()}
    assert work[1_000_000] == pytest.approx(4 * work[250_000], rel=0.05)
    assert anchors[1_000_000] == pytest.approx(4 * anchors[250_000], rel=0.2)
    assert max(rows) < 2 * tagging.TOGETHER


# What the packaged model finds, in sentences that leave no doubt


@pytest.mark.parametrize("pair", MARKS)
def test_quotations_in_all_marks(read_by_model: Reader, pair: str) -> None:
    opening, closing = pair[: len(pair) // 2], pair[len(pair) // 2 :]
    quote = f"{opening}The old bridge is closed and nobody may cross it,{closing}"
    record = read_by_model(f"{quote} the mayor of Exampleton told reporters on Monday. The road is open.")
    check(record)
    assert quote in [word for _, _, quotes in said(record) for word in quotes]


def test_both_layers_of_nested_reporting(read_by_model: Reader) -> None:
    text = (SEEDS / "003_79f6919eadc17b7e.txt").read_text(encoding="utf-8")
    record = read_by_model(text)
    outer = [item for item in record.attributions if words(record, item.source) == ["Reuters"]]
    inner = [
        item
        for item in record.attributions
        if item.cue
        and any(start <= item.cue[0][0] and item.cue[0][1] <= end for layer in outer for start, end in layer.quote)
    ]
    assert len(inner) >= 2
    for item in inner:
        assert words(record, item.source) != ["Reuters"]
        assert "Reuters" in [via.name for via in item.via]


def test_a_quotation_over_several_paragraphs(read_by_model: Reader) -> None:
    record = read_by_model(
        "The mayor of Exampleton spoke to reporters on Monday.\n\n“The old bridge is closed for now,” she said. “We"
        " have to repair it.\n\n“It will open again in May, and not before.”\n\nThe road is open."
    )
    check(record)
    assert all(item.quote_type is QuoteType.DIRECT for item in record.attributions)
    assert sum(len(item.quote) for item in record.attributions) >= 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n ",
        "“",
        "MAYOR SAYS BRIDGE IS CLOSED\n\nThe bridge is closed, the mayor said on Monday.",
        "WALLACE: Did you say that it was over?\n\nROE: I said that it was not over.\n\nWALLACE: “Not over” at all?",
        "What was said:\n- The mayor said that it rained.\n- “It was wet,” said the baker of Exampleton.\n• More",
        "the mayor said that the bridge was closed and then she went home and nobody said anything more",
        "😀 “It is a good day 😀 for all of us,” the mayor said 👩‍👩‍👧. 😀",
        '“She told me “it was over” and “nobody knew," he said. ”Nothing more“.',
        "'' We have to leave now, '' said Jane Roe. `` It is time to go '' .",
        "«" * 40 + " he said " + "»" * 40,
        "a" * 5000,
        "said " * 600,
    ],
)
def test_odd_texts(read_by_model: Reader, text: str) -> None:
    check(read_by_model(text))


def test_every_span_has_a_score(read_by_model: Reader) -> None:
    record = read_by_model("“The old bridge is closed,” the mayor said. “It will open again in May,” she added.")
    assert record.attributions
    for item in record.attributions:
        assert item.score is not None
        assert item.span_scores is not None
        assert len(item.span_scores.quote) == len(item.quote)


def test_a_shared_source_has_one_score(read_by_model: Reader) -> None:
    record = read_by_model("The mayor said that the bridge was closed and warned that the road might follow.")
    scores = {(item.source, item.span_scores.source) for item in record.attributions if item.span_scores}
    assert len(scores) == len({source for source, _ in scores})


PLAIN = (
    "“The old bridge is closed,” the mayor said. Residents fear that the road will follow. The baker reportedly called"
    " it a scandal, and the council wants to repair it. Police denied that the river was dangerous."
)


def scores_of(pipeline: Pipeline) -> tuple[Record, list[float]]:
    record = next(pipeline.records([Article.of(PLAIN)]))
    return record, [item.score for item in record.attributions if item.score is not None]


def test_a_higher_least_score_leaves_the_doubtful_out() -> None:
    low, many = scores_of(load_pipeline(min_score=0.1))
    high, few = scores_of(load_pipeline(min_score=0.9))
    assert len(few) < len(many)
    assert min(few, default=1.0) >= 0.9
    assert len(low.attributions) > len(high.attributions)


def test_attitudes_can_be_left_out(model: Pipeline) -> None:
    classes = {item.cue_class for item in scores_of(model)[0].attributions}
    without = {item.cue_class for item in scores_of(load_pipeline(attitudes=False))[0].attributions}
    assert CueClass.ATTITUDE in classes
    assert CueClass.ATTITUDE not in without
    assert without
