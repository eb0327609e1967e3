"""The weights that say whom a source refers to: learned the same way every time, and of use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from annotate.errors import InputError
from annotate.pipeline.resources import DATA
from annotate.training.speakers import fit_speakers, note_on, read_annotated, written

NAMES = ("Jane Roe", "John Poe", "Ada Example", "Max Sample")


def article(number: int) -> dict[str, Any]:
    """Return an annotated article: a mayor by name, by surname and by pronoun, and residents without a name."""
    name = NAMES[number % len(NAMES)]
    surname = name.split()[-1]
    sentences = (
        (f"Mayor {name}", " said that it rained. ", name, "politician", "named_individual"),
        (surname, " added that it was cold. ", name, "politician", "named_individual"),
        ("Residents", " said that they were afraid. ", None, "group", "unnamed_group"),
        (f"Engineer {name[::-1].title()}", " said that it held. ", name[::-1].title(), "expert", "named_individual"),
    )
    text, attributions = "", []
    for index, (source, rest, speaker, kind, anonymity) in enumerate(sentences):
        start = len(text)
        text += source + rest
        quote = [text.index("that", start), len(text) - 2]
        attributions.append(
            {"id": f"a{index}", "source": [[start, start + len(source)]], "quote": [quote], "cue": [],
             "cue_class": "neutral", "speaker": {"name": speaker} if speaker else None,
             "source_type": kind, "anonymity": anonymity}
        )  # fmt: skip
    return {"id": str(number), "text": text, "attributions": attributions}


@pytest.fixture(scope="module")
def annotated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("annotated") / "articles.jsonl"
    path.write_text("".join(json.dumps(article(number)) + "\n" for number in range(12)), encoding="utf-8")
    return path


def test_the_same_articles_give_the_same_file(annotated: Path) -> None:
    first, second = (written(fit_speakers(read_annotated(annotated), note=note_on(12))) for _ in range(2))
    assert first == second
    weights = json.loads(first)
    assert weights.keys() == json.loads((DATA / "speakers.json").read_text(encoding="utf-8")).keys()
    assert weights["note"].startswith("Learned from 12 news articles")


def test_what_was_annotated_is_learned(annotated: Path) -> None:
    weights = fit_speakers(read_annotated(annotated), note="")
    assert set(weights["source_type"]["classes"]) == {"politician", "group", "expert"}
    assert weights["reference"], "a surname can be told to stand for the full name"


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "articles.jsonl"
    path.write_text(json.dumps(article(1)) + "\n" + '{"text": "It rained."}\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"articles\.jsonl:2: not an annotated article"):
        list(read_annotated(path))
