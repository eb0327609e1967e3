"""Counting attributed speech."""

from __future__ import annotations

from annotate.record import SpeakerRef, Via, make_attribution
from annotate.report.figures import Naming, count, publisher_of
from annotate.report.pictures import charts_of, percent
from annotate.scheme import Anonymity, CueClass, Independence, SourceType
from tests.records import span
from tests.report.made_up import articles, record_of

TEXT = "Ada Example said that it rains in town. Officials fear that it floods. Someone called it “a sea”."


def test_each_word_counts_once_for_the_innermost_speaker() -> None:
    figures = count(articles()[0][0])
    # “We hold the bridge,” is four words of the colonel; the wire has the rest of its quote; “this” is the rebel's.
    assert figures.speakers == {("Ada Example", Independence.PARTY): 4, ("Sample Wire", Independence.UNKNOWN): 6}
    assert figures.attributed == 11
    assert figures.side_words[Independence.PARTY] == 5


def test_words_belong_to_the_outlet_that_heard_them_first() -> None:
    figures = count(articles()[0][0])
    assert figures.heard == {("Radio Sample", False): 4, ("Sample Wire", False): 6, ("Example Times", True): 1}


def test_a_belief_counts_only_where_words_are_quoted() -> None:
    made = {
        "quote": {"said": "that it rains in town", "fear": "that it floods", "called": "it “a sea”"},
        "source": {"said": "Ada Example", "fear": "Officials", "called": "Someone"},
    }
    record = record_of(
        "x",
        TEXT,
        attributions=tuple(
            make_attribution(
                TEXT,
                id=cue,
                quote=[span(TEXT, made["quote"][cue])],
                cue=[span(TEXT, cue)],
                source=[span(TEXT, made["source"][cue])],
                cue_class=CueClass.NEUTRAL if cue == "said" else CueClass.ATTITUDE,
                anonymity=Anonymity.NAMED_INDIVIDUAL if cue == "said" else Anonymity.UNNAMED_GROUP,
            )
            for cue in ("said", "fear", "called")
        ),
    )
    figures = count(record)
    assert (figures.attributions, figures.statements) == (3, 2)
    assert figures.attributed == 8


def test_statements_without_a_source_are_no_part_of_the_unnamed_share() -> None:
    text = "It floods, reportedly. A man said that it rains. Ada Example said that it snows."

    def told(id: str, quote: str, cue: str, source: str | None, anonymity: Anonymity | None):  # fmt: skip
        spans = [span(text, source)] if source else []
        return make_attribution(text, id=id, quote=[span(text, quote)], cue=[span(text, cue)], source=spans,
                                anonymity=anonymity)  # fmt: skip

    figures = count(
        record_of("x", text, attributions=(
            told("a", "It floods", "reportedly", None, None),
            told("b", "that it rains", "said", "A man", Anonymity.UNNAMED_INDIVIDUAL),
            told("c", "that it snows", "said", "Ada Example", Anonymity.NAMED_INDIVIDUAL),
        ))
    )  # fmt: skip
    assert figures.naming == {Naming.IMPLICIT: 1, Naming.UNNAMED: 1, Naming.NAMED: 1}
    assert figures.unnamed_share == 0.5


def test_an_outlet_that_is_the_source_is_the_one_that_heard_it() -> None:
    text = "Radio Sample reported that it rains."
    said = make_attribution(
        text, id="a", quote=[span(text, "that it rains")], cue=[span(text, "reported")],
        source=[span(text, "Radio Sample")], source_type=SourceType.OUTLET, speaker=SpeakerRef(name="Radio Sample"),
    )  # fmt: skip
    assert count(record_of("x", text, attributions=(said,))).heard == {("Radio Sample", False): 3}


def test_the_publisher_is_known_or_read_from_the_text() -> None:
    assert publisher_of(articles()[1][0]) == "Sample Herald"
    assert publisher_of(record_of("x", "Rain.")) is None


def test_charts_and_their_tables_say_the_same() -> None:
    figures = count(articles()[0][0])
    charts = {chart.title: chart for chart in charts_of(figures, [("Example Times", figures)], part="article")}
    assert set(charts) == {"Whose words", "Which outlet heard it", "Sources by type", "Named and unnamed sources"}
    assert charts["Which outlet heard it"].table[0] == ("Sample Wire", "0", "6", percent(6, 11))
    assert charts["Named and unnamed sources"].bars[0].parts == (2, 0, 1, 0)
    assert [bar.name for bar in charts["Whose words"].bars] == [row[0] for row in charts["Whose words"].table]


def test_without_attributed_speech_there_are_no_charts() -> None:
    assert list(charts_of(count(record_of("x", "Rain.")), [], part="article")) == []


def test_shares_are_never_rounded_to_nothing() -> None:
    shares = [percent(1, 1000), percent(0, 10), percent(1, 3), percent(1, 0)]
    assert [share.replace("\u00a0", " ") for share in shares] == ["< 1 %", "0 %", "33 %", "0 %"]


def test_the_name_over_the_collection_counts() -> None:
    text = "Example said that it rains."
    said = make_attribution(text, id="a", quote=[span(text, "that it rains")], cue=[span(text, "said")],
                            source=[span(text, "Example")], speaker=SpeakerRef(name="Example"),
                            via=(Via(name="Radio Sample"),))  # fmt: skip
    record = record_of("x", text, attributions=(said,))
    assert [name for name, _ in count(record, {("x", "Example"): "Ada Example"}).speakers] == ["Ada Example"]
