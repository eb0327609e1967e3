"""Names of sources that are kept apart from a corpus: joined to its texts, or refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from annotate.errors import InputError
from annotate.training.named_sources import NAMED, read_named

TEXT = "Mayor Jane Doe said that it rained. She added that it was cold."


def corpus(path: Path, *sources: list[list[int]]) -> Path:
    """Write an article that was annotated by as many people as there are lists of sources."""
    rows = [
        {
            "id": "one",
            "text": TEXT,
            "attributions": [
                {"id": f"E{number}", "source": [span], "cue": [], "content": [[24, 34]]}
                for number, span in enumerate(spans)
            ],
        }
        for spans in sources
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def named(path: Path, *sources: list[Any]) -> Path:
    path.write_text(json.dumps({"id": "one", "sources": sources}) + "\n", encoding="utf-8")
    return path


DOE = [0, 14, "Jane Doe", "politician", "named_individual"]
SHE = [36, 39, "Jane Doe", "politician", "named_individual"]


def test_sources_get_their_names(tmp_path: Path) -> None:
    texts = corpus(tmp_path / "corpus.jsonl", [[0, 14], [36, 39], [40, 45]])
    (row,) = read_named(texts, named(tmp_path / "names.jsonl", DOE, SHE))
    assert row["text"] == TEXT
    assert [(item["source"], item["speaker"]) for item in row["attributions"]] == [
        ([[0, 14]], {"name": "Jane Doe"}),
        ([[36, 39]], {"name": "Jane Doe"}),
    ]


def test_the_unnamed_have_no_speaker(tmp_path: Path) -> None:
    texts = corpus(tmp_path / "corpus.jsonl", [[0, 14]])
    names = named(tmp_path / "names.jsonl", [0, 14, None, "official", "unnamed_individual"])
    ((item,),) = [row["attributions"] for row in read_named(texts, names)]
    assert item["speaker"] is None
    assert item["anonymity"] == "unnamed_individual"


def test_of_several_annotators_the_one_whose_sources_were_named(tmp_path: Path) -> None:
    texts = corpus(tmp_path / "corpus.jsonl", [[0, 5]], [[0, 14], [36, 39]])
    (row,) = read_named(texts, named(tmp_path / "names.jsonl", DOE, SHE))
    assert len(row["attributions"]) == 2


def test_sources_that_stand_elsewhere_are_refused(tmp_path: Path) -> None:
    texts = corpus(tmp_path / "corpus.jsonl", [[0, 13]])
    with pytest.raises(InputError, match=r"1 articles with named sources are missing .* among them one"):
        list(read_named(texts, named(tmp_path / "names.jsonl", DOE)))


def test_what_is_kept_is_names_and_offsets_alone() -> None:
    kinds = {"spokesperson", "official", "politician", "organisation", "insider", "witness", "expert", "document",
             "person", "group", "outlet"}  # fmt: skip
    for line in NAMED.read_text(encoding="utf-8").splitlines():
        article = json.loads(line)
        assert article.keys() == {"id", "sources"}
        for start, end, name, kind, degree in article["sources"]:
            assert 0 <= start < end
            assert kind in kinds
            assert name is None or 0 < len(name) < 200
            assert degree in {
                "named_individual",
                "unnamed_individual",
                "named_group",
                "unnamed_group",
                "document",
                "implicit",
            }
