"""Who is one speaker over a collection, and who only bears a like name."""

from __future__ import annotations

import pytest

from annotate.record import Record
from annotate.scheme import SourceType
from annotate.stories import Identities, find_stories
from annotate.stories.names import Fit, fit, parse_name
from tests.stories.articles import article, said

STORY = "The siege of the Karsk fortress entered its third week, with shells falling on the Orla crossing and the mill."


def speaks(
    id: str, source: str, name: str | None, *, about: str = STORY, kind: SourceType = SourceType.PERSON
) -> Record:
    words = f"that number {id} had been counted"
    return article(id, f"{about} {source} said {words}.", said(words, source=source, name=name, kind=kind))


def people(records: list[Record], **settings: Identities) -> list[tuple[str, set[str], set[str]]]:
    found = find_stories(records, **settings)  # type: ignore[arg-type]
    return [(item.name, set(item.variants), set(item.articles)) for item in found.speakers]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ahmad Massoud", "Ahmed Masoud"),
        ("Amir Khan Muttaqi", "Amir Khan Motaq"),
        ("Anaamullah Samangani", "Enamullah Samangani"),
        ("Mohammed Beispiel", "Muhammad Beispiel"),
        ("Volodymyr Muster", "Volodimir Muster"),
        ("J. R. Placeholder", "Jane Rose Placeholder"),
        ("Mr. Ben Placeholder", "Ben Placeholder"),
        ("BZ Ben Placeholder", "Ben Placeholder"),
        ("D. K. Placeholder", "DK Placeholder"),
        ("Amir Khan Muttaqi", "Amir Muttaqi"),
    ],
)
def test_variants_in_one_story_are_one_speaker(one: str, other: str) -> None:
    (speaker,) = people([speaks("1", one, one), speaks("2", other, other)])
    assert {speaker[0], *speaker[1]} == {one, other}
    assert speaker[2] == {"1", "2"}


def test_a_surname_is_the_speaker_of_its_story() -> None:
    assert people([speaks("1", "Zabihullah Mujahid", "Zabihullah Mujahid"), speaks("2", "Mujahid", "Mujahid")]) == [
        ("Zabihullah Mujahid", {"Mujahid"}, {"1", "2"})
    ]


def test_a_surname_that_two_speakers_bear_is_neither() -> None:
    records = [
        speaks("1", "Ada Muster", "Ada Muster"),
        speaks("2", "Ben Muster", "Ben Muster"),
        speaks("3", "Muster", "Muster"),
    ]
    assert sorted(name for name, _, _ in people(records)) == ["Ada Muster", "Ben Muster", "Muster"]


def test_father_and_son_are_two() -> None:
    kin = f"{STORY} The son of Ahmad Shah Massoud was seen at the gate."
    records = [
        speaks("1", "Ahmad Shah Massoud", "Ahmad Shah Massoud", about=kin),
        speaks("2", "Ahmad Massoud", "Ahmad Massoud"),
        speaks("3", "Ahmed Masoud", "Ahmed Masoud"),
    ]
    assert [(name, articles) for name, _, articles in people(records)] == [
        ("Ahmad Massoud", {"2", "3"}),
        ("Ahmad Shah Massoud", {"1"}),
    ]


def test_somebodys_son_is_the_other_one_of_that_name() -> None:
    records = [speaks("1", "Ahmad Massoud", "Ahmad Massoud"), speaks("2", "Ahmed Shah Massoud's son", None)]
    ((name, _, articles),) = people(records)
    assert (name, articles) == ("Ahmad Massoud", {"1", "2"})


def test_junior_is_not_senior() -> None:
    records = [speaks("1", "Ben Muster Jr.", "Ben Muster Jr."), speaks("2", "Ben Muster Sr.", "Ben Muster Sr.")]
    assert len(people([*records, speaks("3", "Ben Muster", "Ben Muster")])) == 3


NAMESAKES = [
    speaks(
        "1",
        "the pastry chef John Placeholder",
        "John Placeholder",
        about="The cake fair in Norham drew thousands of bakers from Utopia.",
    ),
    speaks(
        "2",
        "striker John Placeholder",
        "John Placeholder",
        about="Karsk United beat Sorau Rovers after a late penalty in the derby.",
    ),
]


def test_namesakes_in_unrelated_stories_are_two() -> None:
    assert len(people(NAMESAKES)) == 2


def test_a_body_joins_namesakes() -> None:
    records = [
        speaks(
            "1",
            "Jane Placeholder, director of the Norham Observatory,",
            "Jane Placeholder",
            about="A comet passes over the hills this week.",
        ),
        speaks(
            "2",
            "Jane Placeholder of the Norham Observatory",
            "Jane Placeholder",
            about="Street lights will be dimmed in the old town.",
        ),
    ]
    (speaker,) = find_stories(records).speakers
    assert speaker.articles == ("1", "2")
    assert speaker.proofs


def test_two_full_names_in_one_article_stay_two() -> None:
    words = ("that the gate was shut", "that the gate was open")
    record = article(
        "1",
        f"{STORY} Amir Khan Muster said {words[0]}. Amir Muster said {words[1]}.",
        said(words[0], source="Amir Khan Muster", name="Amir Khan Muster"),
        said(words[1], source="Amir Muster", name="Amir Muster"),
    )
    assert len(people([record])) == 2


def test_a_body_and_its_short_form_are_one() -> None:
    body = SourceType.ORGANISATION
    records = [
        speaks("1", "The National Relief Fund (NRF)", "National Relief Fund", kind=body),
        speaks("2", "The NRF", "NRF", kind=body),
    ]
    ((name, variants, articles),) = people(records)
    assert {name, *variants} == {"National Relief Fund", "NRF"}
    assert articles == {"1", "2"}


def test_the_user_joins_and_parts() -> None:
    joined = people(NAMESAKES, identities=Identities(names={"John Placeholder": ["Johnny P."]}))
    assert [(name, articles) for name, _, articles in joined] == [("John Placeholder", {"1", "2"})]
    records = [speaks("1", "Ahmad Massoud", "Ahmad Massoud"), speaks("2", "Ahmed Masoud", "Ahmed Masoud")]
    assert len(people(records, identities=Identities(apart=[("Ahmad Massoud", "Ahmed Masoud")]))) == 2


def test_what_speaks_against_two_names_being_one() -> None:
    def between(one: str, other: str) -> Fit | None:
        first, second = parse_name(one), parse_name(other)
        assert first is not None
        assert second is not None
        return fit(first, second)

    assert between("Ahmad Massoud", "Ahmad Shah Massoud") is Fit.MIDDLE
    assert between("Donald J. Muster", "Donald Muster") is Fit.INITIAL
    assert between("Ada Muster", "Ben Muster") is None
    assert between("J. Ada Muster", "J. Ben Muster") is None
    assert between("Ada Maria Muster", "Ada Berta Muster") is None
    assert between("Ben Muster Jr.", "Ben Muster") is None
    assert between("Muster", "President Ada Muster") is Fit.SURNAME
