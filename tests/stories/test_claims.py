"""Which statements are one claim: quotes in all their cuts, the same in other words, and nothing else."""

from __future__ import annotations

import pytest

from annotate.scheme import CueClass, SourceType
from annotate.stories import find_stories
from tests.stories.articles import article, claims, said, told_together

QUOTE = "“We will not accept a pay cut of nine percent while the directors take their bonuses. The strike goes on,”"
CUTS = {
    "whole": QUOTE,
    "cut": "“We will not accept a pay cut of nine percent,”",
    "ellipsis": "“We will not accept a pay cut … while the directors take their bonuses,”",
    "dropped": "“We will not accept a pay cut of nine percent. The strike goes on,”",
    "straight": '"We will not accept a pay cut of nine percent while the directors take their bonuses,"',
    "single": "'We will not accept a pay cut of nine percent while the directors take their bonuses,'",
    "bracketed": "“We will not accept a pay cut of nine percent while the directors [of the yard] take their bonuses,”",
}


@pytest.mark.parametrize("way", CUTS)
def test_a_quote_stays_one_claim_however_it_is_cut(way: str) -> None:
    first = article(
        "a",
        f"Workers at the Belfort shipyard walked out. {QUOTE} union leader Ben Sample said on Tuesday.",
        said(QUOTE, source="union leader Ben Sample", name="Ben Sample"),
    )
    second = article(
        "b",
        f"Sample spoke outside the yard at noon. {CUTS[way]} he said, to cheers.",
        said(CUTS[way], source="he", name="Sample"),
    )
    assert told_together(find_stories([first, second])) == [{("a", "a1"), ("b", "a1")}]


def test_a_split_quote_is_one_claim_with_its_parts_elsewhere() -> None:
    parts = ["“We pulled four children from the cellar alive,”", "“Nobody had told us they were there.”"]
    text = f"{parts[0]} nurse Carla Muster said. {parts[1]}"
    whole = "“We pulled four children from the cellar alive. Nobody had told us they were there,”"
    found = find_stories(
        [
            article("a", text, said(parts, source="nurse Carla Muster", name="Carla Muster")),
            article("b", f"{whole} a nurse said.", said(whole, source="a nurse")),
        ]
    )
    (claim,) = claims(found)
    assert claim.statements[0].text == " … ".join(parts)


PARAPHRASES = {
    "newswire": (
        "at least 40 people drowned when the Orla river burst its banks near Tarnow Mill",
        "the bursting of the Orla river's banks near Tarnow Mill had drowned at least 40 people",
    ),
    "conflict": (
        "that its fighters shot down two drones over the Karsk airfield on Friday",
        "two drones were shot down by its fighters over Karsk airfield",
    ),
    "business": (
        "Exampla Motors will close its plant in Sorau and cut 1,200 jobs by March",
        "that 1,200 jobs would go by March with the closure of the Exampla Motors plant in Sorau",
    ),
    "court": (
        "the judge had ordered the release of the two Placeholder brothers on bail of 5,000 dollars",
        "that the two Placeholder brothers were to be released on bail of 5,000 dollars by order of the judge",
    ),
    "transliterated": (
        "Mohammed Beispieli handed the keys of the Darvaza fortress to the elders",
        "that Muhammad Beispiely gave the elders the keys to the fortress of Darwaza",
    ),
}


@pytest.mark.parametrize("style", PARAPHRASES)
def test_the_same_in_other_words_is_one_claim(style: str) -> None:
    one, other = PARAPHRASES[style]
    found = find_stories(
        [
            article("a", f"A spokesman said {one}.", said(one, source="A spokesman", kind=SourceType.SPOKESPERSON)),
            article("b", f"Officials told reporters {other}.", said(other, cue="told", source="Officials")),
        ]
    )
    assert told_together(found) == [{("a", "a1"), ("b", "a1")}]


DIFFERENT = {
    "other places": (
        "three people were killed when a bus hit a lorry near Harlem Junction on Sunday",
        "three people were killed when a bus hit a tram near Sorau on Sunday",
    ),
    "a turn of phrase": ("“We are ready to talk to all sides,”", "“We are ready to talk to all sides,”"),
    "the same names only": (
        "Ada Example, the governor of Norham, would visit the flooded villages",
        "that he had never voted for Ada Example, the governor of Norham",
    ),
    "a name with its titles": ("former Norham governor Carla Muster", "former Norham governor Carla Muster"),
    "the same matter": (
        "the dam at Silver Creek needs repairs before the winter",
        "that the dam at Silver Creek was built by his grandfather",
    ),
}


@pytest.mark.parametrize("why", DIFFERENT)
def test_what_only_looks_alike_is_no_claim(why: str) -> None:
    one, other = DIFFERENT[why]
    found = find_stories(
        [
            article("a", f"In Utopia, {one} the mayor said.", said(one, source="the mayor")),
            article(
                "b",
                f"Farmers in Elsewhere heard it again: {other} one of them said.",
                said(other, source="one of them"),
            ),
        ]
    )
    assert claims(found) == []


def test_two_sources_of_one_article_may_tell_one_claim() -> None:
    text = (
        "Police said a grain lorry brought down the bridge over Silver Creek at Norham. The farmer Dora Placeholder"
        " said the grain lorry had brought the Norham bridge over Silver Creek down."
    )
    found = find_stories(
        [
            article(
                "a",
                text,
                said(
                    "a grain lorry brought down the bridge over Silver Creek at Norham",
                    source="Police",
                    name="Norham Police",
                    kind=SourceType.ORGANISATION,
                ),
                said(
                    "the grain lorry had brought the Norham bridge over Silver Creek down",
                    source="The farmer Dora Placeholder",
                    name="Dora Placeholder",
                ),
            ),
            article(
                "b",
                "The Norham bridge over Silver Creek was brought down by a grain lorry, the council said.",
                said("The Norham bridge over Silver Creek was brought down by a grain lorry", source="the council"),
            ),
        ]
    )
    assert told_together(found) == [{("a", "a1"), ("a", "a2"), ("b", "a1")}]


def test_beliefs_are_no_claims() -> None:
    quote = "to reopen the bridge over Silver Creek at Norham before the first snow falls"
    records = [
        article(
            name,
            f"The council hopes {quote}.",
            said(quote, cue="hopes", source="The council", cue_class=CueClass.ATTITUDE),
        )
        for name in ("a", "b")
    ]
    assert claims(find_stories(records)) == []


def test_an_agency_around_a_statement_is_its_way_and_no_second_telling() -> None:
    inner = "“The enemy made three attempts to cross the Orla and failed each time,”"
    outer = f"{inner} Colonel Ada Example said"
    text = f"{outer}, according to Sample Wire."
    records = [
        article(
            name,
            text,
            said(inner, source="Colonel Ada Example", name="Ada Example"),
            said(outer, cue="according to", source="Sample Wire", name="Sample Wire", kind=SourceType.OUTLET),
        )
        for name in ("a", "b")
    ]
    (claim,) = claims(find_stories(records))
    assert {item.attribution for item in claim.statements} == {"a1"}
    assert {item.via for item in claim.statements} == {("Sample Wire",)}
