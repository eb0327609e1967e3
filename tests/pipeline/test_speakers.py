"""Speakers on made-up articles: canonical names, who is meant, what kind of source it is, and for whom it speaks."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language

from annotate.pipeline import Pipeline, load_pipeline
from annotate.pipeline.extensions import Draft, new_draft
from annotate.pipeline.speakers import Speakers
from annotate.record import Article


@pytest.fixture(scope="module")
def nlp(rules: Pipeline) -> Language:
    return rules.nlp


def speakers(nlp: Language, marked: str, *, parties: Sequence[str | Sequence[str]] = ()) -> list[Draft]:
    """Return what is said of each source of a text; sources stand in [brackets]."""
    parts = re.split(r"[\[\]]", marked)
    spans, at = [], 0
    for number, part in enumerate(parts):
        if number % 2:
            spans.append((at, at + len(part)))
        at += len(part)
    doc = nlp("".join(parts))
    doc._.attributions = [new_draft("test", [(0, 1)], source=[span], cue_class="neutral") for span in spans]
    found: list[Draft] = Speakers(nlp, parties=parties)(doc)._.attributions
    return found


def names(nlp: Language, marked: str) -> list[str | None]:
    return [draft["speaker"] for draft in speakers(nlp, marked)]


def test_surnames_and_pronouns_get_the_full_name(nlp):
    text = (
        "The mayor of Springfield, Jane Doe, opened the bridge. [Doe] said it was safe. [She] added that it was cheap."
        "\n\n[John Roe, a resident of the town], said [he] feared the noise."
    )
    assert names(nlp, text) == ["Jane Doe", "Jane Doe", "John Roe", "John Roe"]


def test_a_fuller_name_may_come_later(nlp):
    text = "[Doe] said on Monday the bridge was safe. Jane Doe has been the mayor of Springfield since May."
    assert names(nlp, text) == ["Jane Doe"]


@pytest.mark.parametrize(
    ("phrase", "name"),
    [
        ("Springfield Mayor Jane Doe", "Jane Doe"),
        ("the Minister of Trade Jane Doe", "Jane Doe"),
        ("Prime Minister Jean-Luc Example", "Jean-Luc Example"),
        ("Dr. Amina al-Example", "Amina al-Example"),
        ("Lt. Col. Fahd bin Abdul Example", "Fahd bin Abdul Example"),
        ("spokesperson Kang In-example", "Kang In-example"),
        ("John Q. Example Jr.", "John Q. Example Jr."),
        ("Example Group Chief Executive Jane Doe", "Jane Doe"),
        ("WHO Director-General Jane Doe", "Jane Doe"),
        ("Opposition MP Zoë Müller-Example", "Zoë Müller-Example"),
        ("King Example", "King Example"),
    ],
)
def test_names_without_titles(nlp, phrase, name):
    assert names(nlp, f"The plan will work, [{phrase}] said on Monday.") == [name]


class TestHeadlinesInCapitals:
    def test_what_the_article_names_elsewhere_is_the_name(self, nlp):
        text = (
            "Jane Doe Calls Springfield Bridge Unsafe After Storm\n\n"
            "The bridge was closed on Monday, and Jane Doe was angry. [Doe] said so.\n\n"
        )
        assert names(nlp, text) == ["Jane Doe"]

    def test_a_given_name_is_not_cut_off(self, nlp):
        text = (
            "Jane Roebury, John Alders, Mary Stone\n\nThe bridge is new. They saw how Jane smiled, says [Roebury].\n\n"
        )
        assert names(nlp, text) == ["Jane Roebury"]

    def test_a_row_of_names_keeps_them_whole(self, nlp):
        row = "John Alders, Freddy Samuel, Mary Stone\n\n"
        assert names(nlp, f"{row}The bridge is new, says [Samuel]. Alders and Samuel built it.\n\n") == [
            "Freddy Samuel"
        ]


def test_an_acronym_stands_for_the_name_it_spells(nlp):
    text = (
        "[The Example Relief Organization (ERO)] said aid had arrived. [The ERO] said more was on its way, "
        "and [it] called for help."
    )
    assert names(nlp, text) == ["Example Relief Organization"] * 3


def test_an_owner_is_not_the_speaker(nlp):
    assert names(nlp, "Jane Doe was arrested on Monday. [Doe's lawyer] said she was innocent.") == [None]


def test_a_relative_is_the_one_of_that_surname(nlp):
    text = (
        "Fighters loyal to Adam Example clashed with the army. Adam Karim Example founded the movement long ago."
        "\n\n[Adam Karim Example's son] said [he] hoped for talks. [Example] called on both sides to stop."
    )
    assert names(nlp, text) == ["Adam Example"] * 3


def test_a_third_spokesperson_stays_unnamed(nlp):
    text = (
        "[Jane Doe, a spokesperson for the Example Front], said the town had fallen. [Another spokesperson, John Roe], "
        "denied it.\n\n[A spokesperson for the Example Front] said fighting went on. [The spokesperson] said many fled."
    )
    found = speakers(nlp, text)
    assert [draft["speaker"] for draft in found] == ["Jane Doe", "John Roe", None, None]
    assert {draft["source_type"] for draft in found} == {"spokesperson"}
    assert [draft["anonymity"] for draft in found] == ["named_individual"] * 2 + ["unnamed_individual"] * 2


def test_he_is_no_body_and_no_woman(nlp):
    text = (
        "John Roe, the finance minister, met the Example Trade Council on Monday. Mary Doe, an economist, attended. "
        "[He] said taxes would fall."
    )
    assert names(nlp, text) == ["John Roe"]


@pytest.mark.parametrize(
    ("text", "source_type", "anonymity"),
    [
        ("[Residents] said the water was brown.", "group", "unnamed_group"),
        ("[A senior official] said the talks had failed.", "official", "unnamed_individual"),
        ("[The report] said prices had risen.", "document", "document"),
        ("[The Example Trade Ministry] said it would act.", "organisation", "named_group"),
        ("[Police] said two men were held.", "organisation", "named_group"),
        ("[Jane Doe, a professor of law at the university], said no.", "expert", "named_individual"),
        ("[A source close to the talks] said so.", "insider", "unnamed_individual"),
    ],
)  # fmt: skip
def test_types_and_anonymity(nlp, text, source_type, anonymity):
    (draft,) = speakers(nlp, text)
    assert (draft["source_type"], draft["anonymity"]) == (source_type, anonymity)


def test_an_outlet_stays_what_it_is(nlp):
    text = "The Example Times reported that the bridge was closed. It said trains still ran."
    doc = nlp(text)
    doc._.attributions = [
        new_draft("test", [(26, 40)], source=[(0, 17)], source_type="outlet", speaker="The Example Times"),
    ]
    Speakers(nlp)(doc)
    (draft,) = doc._.attributions
    assert (draft["speaker"], draft["source_type"], draft["anonymity"]) == (
        "The Example Times", "outlet", "named_group",
    )  # fmt: skip


class TestParties:
    TEXT = (
        "[Jane Doe, a spokeswoman for the Example Front], said the town had fallen. [She] said many had fled. "
        "[The United Nations] called for a truce. [Residents] said they were afraid."
    )

    def independence(self, nlp: Language, parties: Sequence[str | Sequence[str]]) -> list[str | None]:
        return [draft["independence"] for draft in speakers(nlp, self.TEXT, parties=parties)]

    def test_without_parties_it_is_unknown(self, nlp):
        assert self.independence(nlp, []) == ["unknown"] * 4

    def test_a_speaker_is_known_once_introduced(self, nlp):
        assert self.independence(nlp, ["example front"]) == ["party", "party", "third_party", "unknown"]

    def test_groups_are_a_name_and_its_aliases(self, nlp):
        assert self.independence(nlp, [["National Army", "Example Front", "EF"]])[:2] == ["party", "party"]

    def test_names_match_whole_words(self, nlp):
        assert self.independence(nlp, ["Exam", "Front line"])[0] == "unknown"

    def test_the_setting_reaches_the_component(self):
        pipeline = load_pipeline(pipeline="rules", parties=["Example Front"])
        text = 'Example Front spokesman John Roe said: "We are ready to talk to them now."'
        record = next(pipeline.records([Article.of(text)]))
        assert {a.independence for a in record.attributions} == {"party"}


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="aZ.,“”\"'’-(){}\n &/éß李", max_size=80), st.integers(0, 79), st.integers(1, 80))
def test_any_text_and_any_source_is_read(rules, text, start, length):
    doc = rules.nlp.make_doc(text)
    if start >= len(text) or not text[start : start + length].strip():
        return
    doc = rules.nlp(text)
    doc._.attributions = [new_draft("test", [(0, 1)], source=[(start, min(len(text), start + length))])]
    Speakers(rules.nlp)(doc)
    (draft,) = doc._.attributions
    assert draft["independence"] == "unknown"
    assert draft["source_type"]
    assert draft["anonymity"]


@pytest.mark.parametrize(
    "text", ["[JANE DOE] SAID IT. [SHE] SAID IT AGAIN.", "[jane doe] said it. [she] said it again."]
)
def test_capitals_or_none(nlp, text):
    assert all(draft["source_type"] for draft in speakers(nlp, text))
