"""What a collection adds to the suggestions of its articles."""

from __future__ import annotations

from annotate.record import Attribution, Record
from annotate.scheme import Credibility, CueClass, Independence
from annotate.stories import find_stories, suggestions
from annotate.stories.corroboration import KIND, NOTHING
from tests.stories.articles import article, said

ONE = "a grain lorry brought down the bridge over Silver Creek at Norham at dawn"
OTHER = "the Norham bridge across Silver Creek had been brought down at dawn by a lorry full of grain"


def told(id: str, words: str, name: str | None, **more: object) -> Record:
    source = name or "a witness"
    return article(id, f"{source} said {words}.", said(words, source=source, name=name, **more))  # type: ignore[arg-type]


def suggested(*records: Record) -> list[Attribution]:
    return [record.attributions[0] for record in suggestions(find_stories(records), records)]


def credibility(*records: Record) -> list[Credibility]:
    return [item.suggestion.credibility for item in suggested(*records) if item.suggestion]


def texts(attribution: Attribution) -> list[str]:
    assert attribution.suggestion is not None
    return [item.text for item in attribution.suggestion.evidence if item.kind == KIND]


def test_known_origins_and_somebody_who_is_no_party_confirm() -> None:
    records = (
        told("a", ONE, "Carla Muster", independence=Independence.THIRD_PARTY),
        told("b", OTHER, "Dora Placeholder", independence=Independence.PARTY),
    )
    assert credibility(*records) == [Credibility.ONE] * 2
    assert texts(suggested(*records)[0]) == [
        "Dora Placeholder says the same in another article (b): another known origin."
    ]


def test_whose_side_is_unknown_confirms_nothing() -> None:
    for independence in (Independence.PARTY, Independence.UNKNOWN, None):
        records = [
            told("a", ONE, "Carla Muster", independence=independence),
            told("b", OTHER, "Dora Placeholder", independence=independence),
        ]
        assert credibility(*records) == [Credibility.THREE] * 2


def test_an_unknown_origin_makes_it_possible_at_most() -> None:
    records = (told("a", ONE, "Carla Muster", independence=Independence.THIRD_PARTY), told("b", OTHER, None))
    assert credibility(*records) == [Credibility.THREE] * 2
    assert texts(suggested(*records)[0]) == [
        "Another article tells the same: whether the origin is another one is unknown."
    ]


def test_repetition_of_one_origin_raises_nothing() -> None:
    wire = {"via": ["Sample Wire"], "independence": Independence.THIRD_PARTY}
    records = (
        told("a", ONE, "Carla Muster", **wire),
        told("b", OTHER, "Dora Placeholder", **wire),
        told("c", ONE, "Carla Muster", **wire),
    )
    assert credibility(*records) == [Credibility.SIX] * 3
    assert texts(suggested(*records)[0]) == ["Two other articles tell this through Sample Wire too: same origin."]


def test_a_denial_confirms_nothing() -> None:
    third = Independence.THIRD_PARTY
    records = (
        told("a", ONE, "Carla Muster", independence=third),
        told("b", ONE, "Dora Placeholder", cue_class=CueClass.DENY, independence=third),
    )
    assert credibility(*records) == [Credibility.SIX] * 2
    assert "Dora Placeholder" in texts(suggested(*records)[0])[0]


def test_another_number_does_not_agree() -> None:
    first = "40 people drowned when the Orla burst its banks near Tarnow Mill"
    second = "52 people drowned when the Orla burst its banks near Tarnow Mill"
    assert credibility(told("a", first, "Carla Muster"), told("b", second, None)) == [Credibility.SIX] * 2


def test_a_sentence_without_a_source_is_told_but_does_not_count() -> None:
    records = (told("a", ONE, "Carla Muster"), article("b", f"It was a dark day. {OTHER[0].upper()}{OTHER[1:]}."))
    first = next(iter(suggestions(find_stories(records), records))).attributions[0]
    assert first.suggestion is not None
    assert first.suggestion.credibility is Credibility.SIX
    assert texts(first) == ["Another article states this as fact, without saying who says it."]


def test_nothing_else_changes_and_a_second_time_nothing_at_all() -> None:
    records = [told("a", ONE, "Carla Muster"), told("b", OTHER, None), told("c", "the ferry was late", "Ben Sample")]
    found = find_stories(records)
    once = list(suggestions(found, records))
    assert list(suggestions(found, once)) == once
    assert once[2].attributions[0].suggestion is not None
    assert texts(once[2].attributions[0]) == [NOTHING]
    bare = [item.model_copy(update={"suggestion": None}) for item in (record.attributions[0] for record in once)]
    assert bare == [item.model_copy(update={"suggestion": None}) for item in (r.attributions[0] for r in records)]
    assert [record.model_copy(update={"attributions": ()}) for record in once] == [
        record.model_copy(update={"attributions": ()}) for record in records
    ]


def test_what_has_no_suggestion_gets_none() -> None:
    record = told("a", ONE, "Carla Muster")
    human = record.model_copy(
        update={"attributions": tuple(item.model_copy(update={"suggestion": None}) for item in record.attributions)}
    )
    assert list(suggestions(find_stories([human]), [human])) == [human]
