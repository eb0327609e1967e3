"""The cue lexicon: what it holds, and what the rules make of it."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from annotate.pipeline import Pipeline
from annotate.pipeline.resources import entries
from annotate.record import Article
from annotate.scheme import CueClass
from tests.pipeline.conftest import Reader, said

KINDS = {"verb", "noun", "adverb", "preposition", "phrase"}
TAKES = {"clause", "object", "someone of", "relay", "sentence", "to", "someone to", "object as", "quote"}


def classes() -> dict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries("cues"):
        found[entry["cue"]].add(entry["class"])
    return found


def test_entries_are_well_formed() -> None:
    for entry in entries("cues"):
        assert entry["cue"] == " ".join(entry["cue"].split()), entry
        assert entry["kind"] in KINDS, entry
        assert entry["class"] in set(CueClass), entry
        assert set(entry["takes"]) <= TAKES, entry
        assert len(entry["takes"]) == len(set(entry["takes"])), entry
        assert entry["kind"] in {"verb", "phrase"} or entry["takes"], entry


def test_no_entry_stands_twice() -> None:
    counted = Counter((entry["cue"], entry["kind"]) for entry in entries("cues"))
    assert [key for key, times in counted.items() if times > 1] == []


def test_it_holds_lemmas_and_phrases_of_every_class() -> None:
    assert len(classes()) >= 600
    assert sum(" " in cue for cue in classes()) >= 200
    by_class = Counter(entry["class"] for entry in entries("cues"))
    assert min(by_class[name] for name in CueClass) >= 20


@pytest.mark.parametrize(
    ("cue", "cue_class"),
    [
        ("say", "neutral"),
        ("according to", "neutral"),
        ("in the words of", "neutral"),
        ("as X put it", "neutral"),
        ("X is quoted as saying", "neutral"),
        ("point out", "neutral"),
        ("make clear", "neutral"),
        ("go on record", "neutral"),
        ("insist", "claim"),
        ("accuse", "allege"),
        ("point the finger at", "allege"),
        ("reject", "deny"),
        ("push back against", "deny"),
        ("acknowledge", "confirm"),
        ("reportedly", "hedge"),
        ("allegedly", "hedge"),
        ("purportedly", "hedge"),
        ("is said to have", "hedge"),
        ("call on", "urge"),
        ("vow", "pledge"),
        ("be hopeful", "attitude"),
    ],
)
def test_classes(cue: str, cue_class: str) -> None:
    assert classes()[cue] == {cue_class}


@pytest.mark.parametrize(
    ("text", "cue", "cue_class"),
    [
        ("The mayor let slip that the bridge was shut.", "let slip", CueClass.CONFIRM),
        ("The guard shrugged off the accusations.", "shrugged off", CueClass.DENY),
        ("The envoy went on record that the talks had failed.", "went on record", CueClass.NEUTRAL),
        ("Residents are adamant that the well is dry.", "are adamant", CueClass.CLAIM),
        ("The union urged the owners to reopen the mill.", "urged", CueClass.URGE),
        ("The bridge was shut, as noted by the mayor.", "as noted by", CueClass.NEUTRAL),
    ],
)
def test_phrases_are_cues_of_the_rules(read: Reader, text: str, cue: str, cue_class: CueClass) -> None:
    record = read(text)
    assert [cues for _, cues, _ in said(record)] == [[cue]]
    assert [item.cue_class for item in record.attributions] == [cue_class]


@pytest.mark.parametrize("text", ["X", "as X put it", "POINTED THE FINGER AT", "said " * 400, "dijo que sí, señaló"])
def test_any_text_is_read(rules: Pipeline, text: str) -> None:
    (record,) = rules.records([Article.of(text)])
    assert record.text == text
