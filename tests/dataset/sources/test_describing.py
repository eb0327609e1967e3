"""What an article calls a source, and which of its unnamed sources are one."""

from __future__ import annotations

import pytest

from annotate.dataset.sources.describing import Description, Naming, anonymity_reason, describe, naming_of
from annotate.dataset.sources.grouping import Source, sources_of
from annotate.derive import name_key
from annotate.scheme import Anonymity, SourceType
from tests.stories.articles import article, said

BODIES = {name_key("NEF"): "National Example Front", name_key("Examples"): "Examples"}


def source(
    words: str, name: str | None = None, kind: SourceType = SourceType.PERSON, anonymity: Anonymity | None = None
) -> Source:
    quote = "“It rained all day,”"
    record = article("a", f"{quote} said {words}.", said(quote, "said", words, name=name, kind=kind))
    (found,) = sources_of(record, record.text or "")
    if anonymity:
        found.attributions = [item.model_copy(update={"anonymity": anonymity}) for item in found.attributions]
    return found


@pytest.mark.parametrize(
    ("words", "name", "title", "organisation"),
    [
        ("Examples spokesman Ada Sample", "Ada Sample", "spokesman", "Examples"),
        ("Ada Sample, a spokeswoman for the NEF", "Ada Sample", "spokeswoman", "National Example Front"),
        ("An NEF spokesperson, Ada Sample", "Ada Sample", "spokesperson", "National Example Front"),
        ("senior Examples leader Ada Sample", "Ada Sample", "senior leader", "Examples"),
        ("Afghan Foreign Minister Ada Sample", "Ada Sample", "Afghan Foreign Minister", None),
        ("Ada Sample, a resident of Sampletown", "Ada Sample", "resident of Sampletown", None),
        ("Ada Sample, mayor of Sampletown", "Ada Sample", "mayor of Sampletown", None),
        ("Ada Sample, a professor at Example University", "Ada Sample", "professor", "Example University"),
        ("Ada Sample, a member of the Examples' art council", "Ada Sample", "member", "Examples' art council"),
        ("the Examples’s deputy leader", None, "deputy leader", "Examples"),
        ("Sample", "Ada Sample", None, None),
        ("Ben Sample's son", "Ada Sample", None, None),
        ("a spokesman for the group", None, "spokesman", None),
        ("a source in the Examples", None, None, "Examples"),
        ("both sides", None, None, None),
        ("Superintendent Ada O’Sample", "Ada O’Sample", "Superintendent", None),
        ("Barrister Ada Sample Bak-on", "Ada Sample Bak-on", "Barrister", None),
        ("three Court of Example judges", None, "three Court of Example judges", None),
    ],
)  # fmt: skip
def test_titles_and_organisations(words: str, name: str | None, title: str | None, organisation: str | None) -> None:
    assert describe(source(words, name), BODIES) == Description(title, organisation)


@pytest.mark.parametrize(
    ("words", "kind", "naming"),
    [
        ("a spokesman for the NEF", SourceType.SPOKESPERSON, Naming.ROLE_ONLY),
        ("a senior official", SourceType.OFFICIAL, Naming.ROLE_ONLY),
        ("an NEF source", SourceType.INSIDER, Naming.ANONYMOUS),
        ("a man", SourceType.PERSON, Naming.ANONYMOUS),
        ("the Examples and others", SourceType.GROUP, Naming.ROLE_ONLY),
        ("both sides", SourceType.GROUP, None),
    ],
)
def test_how_the_unnamed_are_named(words: str, kind: SourceType, naming: Naming | None) -> None:
    one = source(words, kind=kind, anonymity=Anonymity.UNNAMED_INDIVIDUAL)
    assert naming_of(one, describe(one, BODIES), None, BODIES) == naming


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("Rain fell. “It rained,” an official said on condition of anonymity because he was not authorised to speak"
         " to the media. The end.",
         "on condition of anonymity because he was not authorised to speak to the media"),
        ("“It rained,” said an official, who asked not to be named. He left.", "who asked not to be named"),
        ("“It rained,” an official, speaking on the condition of anonymity, said.",
         "speaking on the condition of anonymity, said"),
        ("“It rained,” said an official who declined to be identified, citing safety; others left.",
         "who declined to be identified, citing safety"),
        ("“It rained,” an official said because she wasn't authorized to speak publicly.",
         "because she wasn't authorized to speak publicly"),
        ("“It rained,” an official said. Others spoke on condition of anonymity.", None),
        ("“He spoke on condition of anonymity,” an official said.", None),
    ],
)  # fmt: skip
def test_the_reason_is_given_in_the_words_of_the_text(sentence: str, reason: str | None) -> None:
    quote = sentence[sentence.index("“") : sentence.index("”") + 1]
    record = article("a", sentence, said(quote, "", "an official", kind=SourceType.OFFICIAL))
    (one,) = sources_of(record, sentence)
    found = anonymity_reason(sentence, one)
    assert found == (reason.removesuffix(", said") if reason else None)
    if found:
        assert found in sentence
        assert naming_of(one, Description(), found, {}) == Naming.ANONYMOUS


def test_a_named_source_has_no_reason() -> None:
    text = "“It rained,” Ada Example said, not authorised to speak."
    record = article("a", text, said("“It rained,”", "said", "Ada Example", name="Ada Example"))
    assert anonymity_reason(text, sources_of(record, text)[0]) is None


def grouped(text: str, *words: tuple[str, str]) -> list[list[str]]:
    record = article("a", text, *(said(quote, "", who, kind=SourceType.OFFICIAL) for quote, who in words))
    return [[item.id for item in one.attributions] for one in sources_of(record, text)]


def test_an_unnamed_source_is_taken_up_again() -> None:
    text = "“One,” said a spokesman for the NEF. “Two,” he said. “Three,” the NEF spokesperson said."
    said_there = (("“One,”", "a spokesman for the NEF"), ("“Two,”", "he"), ("“Three,”", "the NEF spokesperson"))
    assert grouped(text, *said_there) == [["a1", "a2", "a3"]]


def test_another_one_stays_apart() -> None:
    text = "“One,” said an official. “Two,” another official said. “Three,” the Sampletown minister said."
    said_there = (("“One,”", "an official"), ("“Two,”", "another official"), ("“Three,”", "the Sampletown minister"))
    assert grouped(text, *said_there) == [["a1"], ["a2"], ["a3"]]
    text = "“One,” said an Example official. “Two,” the Sample official said."
    assert grouped(text, ("“One,”", "an Example official"), ("“Two,”", "the Sample official")) == [["a1"], ["a2"]]
