"""Speakers on made-up articles: canonical names, who is meant, what kind of source it is, and for whom it speaks."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language

from annotate.pipeline import Pipeline, load_pipeline
from annotate.pipeline.article_context import ArticleContext
from annotate.pipeline.carried_on import CarriedOn
from annotate.pipeline.extensions import Draft, new_draft
from annotate.pipeline.mentions import read_mention
from annotate.pipeline.names import Names
from annotate.pipeline.referring import Referring
from annotate.pipeline.speakers import Speakers
from annotate.pipeline.tokens import Tokens
from annotate.pipeline.weights import speaker_weights
from annotate.record import Article


@pytest.fixture(scope="module")
def nlp(rules: Pipeline) -> Language:
    return rules.nlp


def unmarked(marked: str) -> tuple[str, list[tuple[int, int]]]:
    """Return a text without its [brackets], and the spans that stood in them."""
    parts = re.split(r"[\[\]]", marked)
    spans, at = [], 0
    for number, part in enumerate(parts):
        if number % 2:
            spans.append((at, at + len(part)))
        at += len(part)
    return "".join(parts), spans


def speakers(nlp: Language, marked: str, *, parties: Sequence[str | Sequence[str]] = ()) -> list[Draft]:
    """Return what is said of each source of a text; sources stand in [brackets]."""
    text, spans = unmarked(marked)
    doc = nlp(text)
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


def test_a_subject_is_kept_in_mind_over_pronouns_that_are_no_source(nlp):
    text = "Adam Poe lived in the town. He left it in July. He is now building a house. It rained. He smiled."
    tokens = Tokens.of(nlp(text))
    article = ArticleContext(tokens, quoted=[], form_weights={})
    CarriedOn(article, sources=[len(tokens) - 3]).read_to(len(tokens))
    found = article.entities.find("Adam Poe")
    assert found is not None
    assert [tokens.texts[place] for place in found.places] == ["Adam", "He", "He"]


def test_a_letter_makes_no_document_of_its_writer(nlp):
    text = (
        "Prime Minister John Roe wrote a letter to the former mayor, Mary Doe. [The letter from Roe] said that she had "
        "done well. [Roe] praised her calm. [He] also said that she was missed."
    )
    assert names(nlp, text)[1:] == ["John Roe", "John Roe"]


def test_a_surname_with_a_slip_of_one_letter_is_the_full_name(nlp):
    text = "[Dr Jane Eldridge, a physicist], said that days were short. [Eldrige] said that nobody knew why."
    assert names(nlp, text) == ["Jane Eldridge", "Jane Eldridge"]


def test_two_may_be_meant_together(nlp):
    text = (
        "[President John Roe] said that [he and Poe] agreed on the treaty. Adam Poe, the foreign minister, was there."
    )
    assert names(nlp, text) == ["John Roe", "John Roe and Adam Poe"]


@pytest.mark.parametrize(
    ("phrase", "name"),
    [
        ("the Example Teachers’ Union", "Example Teachers’ Union"),
        ("He Qinghua, an official with the commission", "He Qinghua"),
    ],
)
def test_names_with_more_to_them(nlp, phrase, name):
    assert names(nlp, f"On Monday, [{phrase}] said that the road was open.") == [name]


def test_a_place_in_capitals_before_the_text_is_no_part_of_a_name(nlp):
    assert names(nlp, "SAN FRANCISCO [Example Inc] said that it would no longer rely on lists.") == ["Example Inc"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Prime Minister Jane Doe came on Monday. [The PM] said the bridge was safe.", ["Jane Doe"]),
        (
            "Chief Election Commissioner Jane Doe opened the hall. [The chief election commissioner (CEC)] said it was"
            " late. [The CEC] added that it was cold.",
            ["Jane Doe", "Jane Doe"],
        ),
        ("[The superintendent of police (SP) Jane Doe] said nobody was hurt.", ["Jane Doe"]),
        ("Upazila Officer (UO) Jane Doe came. [The UO] said nobody was hurt.", ["Jane Doe"]),
    ],
)
def test_letters_stand_for_a_role(nlp, text, expected):
    assert names(nlp, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[Jane Chief, a nurse from Springfield,] said it was late. [Chief] said it was cold.", ["Jane Chief"] * 2),
        (
            "The spokesperson for the Samplian Ministry of Foreign Affairs, Jane Doe, condemned the attack."
            " [The spokesperson] said it was a crime.",
            ["Jane Doe"],
        ),
        (
            "The Springfield Police Department’s 4th Precinct opened on Monday. [The precinct] said it was late.",
            ["Springfield Police Department’s 4th Precinct"],
        ),
        ("The United States sent a team. Later [the U.S.] said it had found nothing.", ["United States"]),
        ("[A report in the Samplian newspaper Springfield Daily News] said it was late.", ["Springfield Daily News"]),
        ("[A man named Roe] said the road was closed.", ["Roe"]),
        # Holders of like roles are told apart.
        (
            "The finance minister, Jane Doe, met the foreign minister, John Roe, on Monday.\n\n"
            "[The foreign minister] said the talks went well. [The finance minister] said they had been long.",
            ["John Roe", "Jane Doe"],
        ),
        # What the article writes small is no part of a name.
        (
            "Many drongars live by the sea, and each drongar owns a boat.\n\n"
            "Drongar Maria Roe, 85, met the mayor of Springfield. [Roe] said the harbour was too small.",
            ["Maria Roe"],
        ),
        # A statement is "it", and its issuer speaks.
        (
            "[A statement by Mr John Roe, the mayor of Springfield,] said the road was safe."
            " [It] said work would go on.",
            ["John Roe", "John Roe"],
        ),
        # A surname is whoever was named before it.
        (
            "The front is led by the son of a former commander, Karl Muestra. [The leader of the front, Muestra], said"
            " that the roads were open. “I am the son of Karl Otto Muestra and will stay,” [he] said.",
            ["Karl Muestra", "Karl Muestra"],
        ),
        # A couple of one surname are two.
        (
            "[Jane Roe] congratulated the candidate John Roe, her husband. [She] said he was ready.\n\n"
            "In an interview on Monday, [Roe] told how he had met his wife.",
            ["Jane Roe", "Jane Roe", "John Roe"],
        ),
    ],
)
def test_which_name_it_is(nlp, text, expected):
    assert names(nlp, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # A department is no person, though Justice is a title.
        (
            "The Department of Justice filed a review on Monday. [The department] said the sentence was too short.",
            ["Department of Justice"],
        ),
        # A subject of its own is no apposition to the name before it.
        (
            "The governor of Springfield visited the Sample Canyon, [the spokesman] said.",
            [None],
        ),
        # What begins like a person is a body as a whole, or a place.
        ("[The Bishop Roe community policing forum (CPF)] warned of theft.", ["Bishop Roe community policing forum"]),
        ("[France's Joint Chiefs of Staff] said the ship had left.", ["France's Joint Chiefs of Staff"]),
        # Small words and letters inside a name.
        ("The singer's manager [A-jen] said: “He is well.” [He] added: “He is at home.”", ["A-jen", "A-jen"]),
        # A party's or a country's people before a person's name are no part of it.
        ("[Democrat Jane Doe] won on Monday. [Doe] said that it was late.", ["Jane Doe", "Jane Doe"]),
        ("Then [Republican John Q. Roe] said that it was late.", ["John Q. Roe"]),
        # Nor is what somebody is called only now and then.
        ("Crooked Jane Doe lost, he wrote. Jane Doe won. [Doe] said that it was late.", ["Jane Doe"]),
        # Two bodies are two.
        (
            "[The Interior Ministry] disagrees. The Interior Ministry and the Police Agency (PA) met on Monday.",
            ["Interior Ministry"],
        ),
        # Who is named together, with what describes each.
        (
            "[John Roe and House Speaker Jane Doe] met on Monday and said that the talks went well.",
            ["John Roe and Jane Doe"],
        ),
        (
            "[Senators John Roe of Illinois and Jane Doe of Maine] said that the bill was dead.",
            ["John Roe and Jane Doe"],
        ),
        (
            "[France’s Foreign Ministry] said the ship had left. It is late. [The Foreign Ministry] said it was cold.",
            ["France’s Foreign Ministry"] * 2,
        ),
        ("[The U.S. Embassy in Ouagadougou] said that it was closed.", ["U.S. Embassy in Ouagadougou"]),
        (
            "The Example People’s Party (EPP) met on Monday. [EPP leadership] decided that it would stay.",
            ["Example People’s Party"],
        ),
        # A place in capitals before the text, and a name in capitals.
        (
            "SPRINGFIELD EXAMPLA’s network was safe, a lawyer said. It is used in Springfield. In a letter [EXAMPLA]"
            " told its customers that they were safe.",
            ["EXAMPLA"],
        ),
        # Whom a sentence says that it is about; a surname tells no gender.
        (
            "[Adam Poe] and Maria Nicholas organised the event. [Poe] said it was late.\n\nFor Nicholas, [she] said it"
            " was all about writing.",
            ["Adam Poe", "Adam Poe", "Maria Nicholas"],
        ),
        # A side is its country.
        ("India and France met on Monday. [The Indian side] said that the talks went well.", ["India"]),
        # What the article writes small is no name where a sentence begins with it.
        ("Most expats live in Springfield. [Expats] said the rents were high.", [None]),
    ],
)
def test_what_is_a_name_and_what_is_not(nlp, text, expected):
    assert names(nlp, text) == expected


def options_of_last(nlp: Language, marked: str) -> set[str | None]:
    """Return whom the last source of a text may mean, the others resolved by what speaks most for them."""
    text, spans = unmarked(marked)
    doc = nlp(text)
    tokens = Tokens.of(doc)
    weights = speaker_weights()
    article = ArticleContext(tokens, quoted=[], form_weights=weights.forms)
    mentions = [mention for span in spans if (mention := read_mention(tokens, article.names, span)) is not None]
    referring = Referring(article, mentions)
    for mention in mentions[:-1]:
        options = referring.options(mention)
        referring.resolve(mention, max(options, key=lambda o: sum(weights.reference.get(f, 0.0) for f in o.features)))
    return {option.name for option in referring.options(mentions[-1])}


@pytest.mark.parametrize(
    ("text", "never", "still"),
    [
        # One body's spokeswoman is not another's; letters are the same body.
        (
            "[Jane Doe, a spokeswoman for the Example Union], said it was late. [The Sample Front spokeswoman] left.",
            "Jane Doe",
            None,
        ),
        (
            "[Jane Doe, a spokeswoman for the Example Union (EU)], said it was late. [The EU spokeswoman] left.",
            "Example Union spokeswoman",
            "Jane Doe",
        ),
        # A commander is no spokesman.
        ("[Commander John Roe] said it was late. [The spokesman] said it was cold.", "John Roe", None),
        # Of ministers, the one of that field.
        (
            "[The finance minister, Jane Doe], met the foreign minister, John Roe. [The foreign minister] was pleased.",
            "Jane Doe",
            "John Roe",
        ),
        # A relative of somebody named is nobody else.
        (
            "John Roe, the mayor, opened the bridge. Adam Poe was arrested. [Poe’s uncle] said it was wrong.",
            "John Roe",
            None,
        ),
    ],
)
def test_whom_a_role_cannot_mean(nlp, text, never, still):
    options = options_of_last(nlp, text)
    assert never not in options
    assert still in options


def test_the_people_before_a_surname_is_no_part_of_it(nlp):
    tokens = Tokens.of(nlp("A French Delacruz climbed it. Adam Delacruz is 47. Delacruz said it was cold."))
    forms = Names(tokens).forms
    (alone,) = [form for form in forms if form.text == "Delacruz"]
    assert [forms[longer].text for longer in alone.longer] == ["Adam Delacruz"]


def test_a_country_is_no_saint(nlp):
    (country,) = [
        name for name in Names(Tokens.of(nlp("She flew to Saint Lucia on Monday."))).all if name.body is False
    ]
    assert (country.text, country.title) == ("Saint Lucia", None)


def test_a_headline_ends_a_name(nlp):
    text = "Jane Roe Praises Springfield For New Bridge\n\n[Roe] said on Monday that the bridge was safe."
    assert names(nlp, text) == ["Jane Roe"]


def test_a_place_in_capitals_with_a_small_word_is_no_part_of_a_name(nlp):
    text = "SAN DE SAMPLE San de Sample police searched two houses on Sunday. [Police] said nobody was hurt."
    assert names(nlp, text) == ["San de Sample police"]


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


def test_a_minister_is_no_newspaper_that_speaks_later():
    text = (
        "NAIROBI, March 3 (Example Wire) - Kenya's finance minister said on Monday the country would restart debt"
        ' talks.\n\n"We will meet creditors next week," Jane Muestra told reporters in Nairobi.'
        " The ministry could not immediately confirm the figures, the Nairobi Times reported."
    )
    (record,) = load_pipeline().records([Article.of(text)])
    by = {text[slice(*a.source[0])]: a.speaker and a.speaker.name for a in record.attributions if a.source}
    assert by["Kenya's finance minister"] == "Jane Muestra"
    assert by["the Nairobi Times"] == "Nairobi Times"
