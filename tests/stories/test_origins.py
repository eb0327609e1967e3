"""Where the tellings of a claim come from, and how many origins of it are known to be independent."""

from __future__ import annotations

from typing import Any

from annotate.record import Record
from annotate.scheme import OutletRole, SourceType
from annotate.stories import find_stories
from annotate.stories.model import Claim, OriginRelation
from tests.stories.articles import article, claims, said

ONE = "a grain lorry brought down the bridge over Silver Creek at Norham at dawn"
OTHER = "the Norham bridge across Silver Creek had been brought down at dawn by a lorry full of grain"
QUOTE = "“The bridge swayed twice before the lorry fell into the creek,”"


def told(words: str, id: str, source: str, name: str | None = None, **more: Any) -> Record:
    meta = {key: more.pop(key) for key in ("publisher",) if key in more}
    outlets = more.pop("outlets", ())
    extra = more.pop("extra", "")
    return article(
        id,
        f"{source} said {words}. {extra}",
        said(words, source=source, name=name, **more),
        outlets=outlets,
        **meta,
    )


def only(*records: Record) -> Claim:
    (claim,) = claims(find_stories(records))
    return claim


def test_two_named_witnesses_are_independent() -> None:
    claim = only(
        told(ONE, "a", "Sergeant Carla Muster", "Carla Muster"),
        told(OTHER, "b", "Dora Placeholder", "Dora Placeholder"),
    )
    assert claim.relation(0, 1) is OriginRelation.INDEPENDENT
    assert claim.independent_origins == 2
    assert [origin.name for origin in claim.origins] == ["Carla Muster", "Dora Placeholder"]


def test_one_speaker_in_two_articles_is_one_origin() -> None:
    claim = only(told(ONE, "a", "Sergeant Carla Muster", "Carla Muster"), told(OTHER, "b", "Muster", "Carla Muster"))
    assert claim.relation(0, 1) is OriginRelation.SAME_ORIGIN
    assert [proof.kind for proof in claim.origins[0].proofs] == ["speaker"]


def test_one_outlet_on_the_way_is_one_origin_whoever_speaks() -> None:
    claim = only(
        told(ONE, "a", "Carla Muster", "Carla Muster", via=["Sample Wire"]),
        told(OTHER, "b", "Dora Placeholder", "Dora Placeholder", via=["Sample Wire"]),
    )
    assert claim.relation(0, 1) is OriginRelation.SAME_ORIGIN
    (proof,) = claim.origins[0].proofs
    assert proof.text == "Both told through Sample Wire."
    assert {place.article for place in proof.places} == {"a", "b"}


def test_what_an_article_takes_from_another_ones_publisher_has_that_origin() -> None:
    claim = only(
        told(ONE, "a", "Carla Muster", "Carla Muster", publisher="Example Times"),
        told(OTHER, "b", "a witness", via=["Example Times"]),
    )
    assert claim.relation(0, 1) is OriginRelation.SAME_ORIGIN


def test_a_wire_credit_counts_as_the_way() -> None:
    credit = {"outlets": [("Sample Wire", OutletRole.SYNDICATOR)], "extra": "With material from Sample Wire"}
    claim = only(told(ONE, "a", "Carla Muster", "Carla Muster", **credit), told(OTHER, "b", "a witness", **credit))
    assert claim.relation(0, 1) is OriginRelation.SAME_ORIGIN


def test_the_same_quoted_words_were_said_once() -> None:
    claim = only(
        told(QUOTE, "a", "Carla Muster", "Carla Muster"), told(QUOTE, "b", "Dora Placeholder", "Dora Placeholder")
    )
    assert claim.relation(0, 1) is OriginRelation.SAME_ORIGIN
    assert claim.independent_origins == 1


def test_copied_articles_have_one_origin() -> None:
    rest = (
        "Divers searched the creek for hours while cranes were brought from the city. The road to the mill is closed"
        " and the council is to meet in the evening to talk about a ferry. Nobody had used the old railway bridge since"
        " the flood of 1997, when half of its planks were washed away and the mill stood under water for a week."
    )
    claim = only(
        told(ONE, "a", "Carla Muster", "Carla Muster", extra=rest),
        told(OTHER, "b", "Dora Placeholder", "Dora Placeholder", extra=rest),
    )
    assert "copy" in {proof.kind for proof in claim.origins[0].proofs}


def test_two_who_speak_for_one_body_are_one_origin() -> None:
    records = [
        article(
            name,
            f"{source} said {words}.",
            said(words, source=source, name=speaker, kind=SourceType.SPOKESPERSON),
        )
        for name, source, speaker, words in (
            ("a", "Carla Muster, a spokeswoman for the Norham Harbour Authority,", "Carla Muster", ONE),
            ("b", "a spokesman for the Norham Harbour Authority", None, OTHER),
        )
    ]
    claim = only(*records)
    assert claim.relation(0, 1) is OriginRelation.SAME_ORIGIN
    assert (claim.origins[0].name, claim.origins[0].known) == ("Carla Muster", True)


def test_of_the_unnamed_nobody_can_tell() -> None:
    claim = only(told(ONE, "a", "a witness"), told(OTHER, "b", "one resident"))
    assert claim.relation(0, 1) is OriginRelation.UNKNOWN
    assert claim.independent_origins == 0


def test_an_outlet_that_does_not_say_whence_is_no_known_origin() -> None:
    claim = only(
        told(ONE, "a", "Sample Wire", "Sample Wire", kind=SourceType.OUTLET),
        told(OTHER, "b", "Radio Specimen", "Radio Specimen", kind=SourceType.OUTLET),
    )
    assert claim.relation(0, 1) is OriginRelation.UNKNOWN
    assert {origin.name for origin in claim.origins} == {"Sample Wire", "Radio Specimen"}


def test_every_telling_stands_in_one_origin() -> None:
    claim = only(
        told(ONE, "a", "Carla Muster", "Carla Muster"),
        told(OTHER, "b", "Dora Placeholder", "Dora Placeholder"),
        told(ONE, "c", "a witness"),
        told(OTHER, "d", "Muster", "Carla Muster"),
    )
    places = sorted(index for origin in claim.origins for index in origin.statements)
    assert places == list(range(len(claim.statements)))
