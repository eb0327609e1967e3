"""The dataset card: what it says is what the rows hold, and nothing that anybody wrote becomes markup."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from annotate.dataset.describing.card import Account
from annotate.dataset.describing.definitions import definitions
from annotate.dataset.describing.facts import CLASSES
from annotate.dataset.describing.licensing import identifier
from annotate.dataset.describing.markdown import plain, table
from annotate.dataset.rights import Texts
from annotate.record import Meta
from annotate.review.agreement import Shared, Tally, reading_of
from annotate.scheme import Label
from tests.dataset.releases import CLOSED, FREE, article, articles, released
from tests.records import TEXT, sample_record

HOSTILE = "Evil | Post\n# Heading <script>alert(1)</script> `code` [a](http://evil.example) **b** \u202eback {: .x}"


def card(folder: Path) -> str:
    return (folder / "README.md").read_text(encoding="utf-8")


def front(text: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text.split("---\n")[1])
    return found


def rows(text: str, heading: str) -> dict[str, list[str]]:
    """Return the rows of the table whose head begins with `heading`, by their first cells."""
    lines = text[text.index(f"| {heading} |") :].splitlines()
    cells = []
    for line in lines[2:]:
        if not line.startswith("|"):
            break
        cells.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
    return {first: others for first, *others in cells}


def test_it_counts_what_is_there_by_split(tmp_path: Path) -> None:
    released(tmp_path, articles(7), split=True)
    text = card(tmp_path)
    counts = rows(text, "")
    assert counts["articles"] == ["3", "2", "2", "7"]
    assert counts["articles with text"] == ["3", "2", "0", "5"]  # articles 3 and 6, both in test, may not show theirs
    assert counts["attributions"] == ["6", "4", "4", "14"]
    assert counts["outlet mentions"] == ["6", "4", "4", "14"]
    assert counts["speakers"] == counts["verification statements"] == counts["disputes"] == ["3", "2", "2", "7"]
    assert counts["notices"] == ["0", "0", "0", "0"]
    assert rows(text, "`cue_class`")["`deny`"] == ["3", "2", "2", "7"]
    assert rows(text, "`cue_class`")["`hedge`"] == ["0", "0", "0", "0"]
    assert rows(text, "`quality`")["not given"] == ["3", "2", "2", "7"]
    assert rows(text, "publisher") == {"Sample Post": ["7"]}
    assert rows(text, "annotator") == {"annotator-2": ["4"], "annotator-1": ["3"]}
    assert rows(text, "licence of the article") == {FREE: ["5", "5"], CLOSED: ["2", "0"]}
    assert rows(text, "pipeline that pre-annotated") == {"rules-1": ["7"]}
    assert "Published from 2026-01-01 to 2026-01-07" in text
    assert "Times of annotation: 2026-02-01 to 2026-02-07." in text


def test_the_headings_are_those_of_a_datasheet(tmp_path: Path) -> None:
    released(tmp_path, articles(1))
    headings = re.findall(r"^## (.+)$", card(tmp_path), flags=re.MULTILINE)
    assert headings == [
        "Motivation",
        "Composition",
        "Collection process",
        "Preprocessing and labelling",
        "Uses",
        "Reading it",
        "Distribution",
        "Maintenance",
    ]


def test_every_label_and_value_of_the_scheme_is_defined(tmp_path: Path) -> None:
    released(tmp_path, [])
    text = card(tmp_path)
    meanings = rows(text, "label")
    assert meanings == {f"`{label}`": [definitions().labels[label]] for label in Label}
    assert all(meanings[f"`{label}`"] != [""] for label in Label)
    for name, values in CLASSES.items():
        (line,) = (line for line in text.splitlines() if line.startswith(f"- `{name}`: "))
        assert not line.startswith(f"- `{name}`: .")
        assert all(f"`{value}`" in line for value in values)
    assert "`deny` deny, reject, dispute" in text


def test_the_front_matter_is_what_the_hub_reads(tmp_path: Path) -> None:
    records = [article(1, FREE, language="en"), article(2, FREE, language="de-AT"), article(3, FREE, language="?!")]
    released(tmp_path / "whole", records, account=Account(licence=FREE))
    found = front(card(tmp_path / "whole"))
    assert found["license"] == "cc-by-4.0"
    assert found["language"] == ["de", "en"]
    assert found["size_categories"] == ["n<1K"]
    assert found["task_categories"] == ["token-classification", "text-classification"]
    assert found["configs"] == [
        {"config_name": "records", "default": True, "data_files": [{"split": "train", "path": "data/*.parquet"}]},
        {"config_name": "attributions", "data_files": [{"split": "train", "path": "attributions/*.parquet"}]},
    ]
    released(tmp_path / "split", records, split=True, formats=["jsonl"])
    assert "configs" not in front(card(tmp_path / "split"))


@pytest.mark.parametrize(
    ("licence", "texts", "expected"),
    [
        (None, Texts.LICENSED, {"license": "other", "license_name": "not-stated"}),
        ("My: own\nlicence", Texts.LICENSED, {"license": "other", "license_name": "my-own-licence"}),
        (FREE, Texts.LICENSED, {"license": "cc-by-4.0"}),
        (FREE, Texts.ALL, {"license": "other", "license_name": "cc-by-4.0"}),  # a text under another is shown
        ("CC0", Texts.LICENSED, {"license": "other", "license_name": "cc0"}),
        ("CC0", Texts.NONE, {"license": "cc0-1.0"}),
    ],
)
def test_one_licence_is_named_only_where_it_covers_everything(
    tmp_path: Path, licence: str | None, texts: Texts, expected: dict[str, str]
) -> None:
    released(tmp_path, articles(3), texts=texts, account=Account(licence=licence))
    found = front(card(tmp_path))
    assert {name: value for name, value in found.items() if name.startswith("license")} == expected
    said = "is not stated" if licence is None else "are published under"
    assert said in card(tmp_path)


def test_licences_go_by_their_usual_names() -> None:
    assert [identifier(name) for name in ("CC-BY-SA-4.0", "cc by 3.0", "CC0", "MIT", "mine", "", None)] == [
        "cc-by-sa-4.0",
        "cc-by-3.0",
        "cc0-1.0",
        "mit",
        None,
        None,
        None,
    ]


def test_no_text_is_told_of_an_article_that_is_not_shown(tmp_path: Path) -> None:
    released(tmp_path, articles(3), split=True, texts=Texts.NONE)
    for name in ("README.md", "croissant.json", "provenance.json"):
        written = (tmp_path / name).read_text(encoding="utf-8")
        for words in re.findall(r"\w+ \w+ \w+", TEXT):
            assert words not in written


def test_hostile_names_are_words_and_nothing_else(tmp_path: Path) -> None:
    hostile = article(1).model_copy(update={"meta": Meta(publisher=HOSTILE, licence=HOSTILE, language=HOSTILE)})
    released(tmp_path, [hostile], account=Account(licence=HOSTILE))
    text = card(tmp_path)
    assert set(front(text)) == {
        "pretty_name", "license", "license_name", "task_categories", "size_categories", "tags", "configs",
    }  # fmt: skip
    body = text.split("---\n", 2)[2]
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(body)
    assert "<script" not in html
    assert "evil.example" in html
    assert 'href="http://evil' not in html
    assert "\u202e" not in html
    assert "<h1>Heading" not in html
    cell = (
        "Evil | Post # Heading &lt;script&gt;alert(1)&lt;/script&gt; `code` [a](http://evil.example) **b** back {: .x}"
    )
    assert f"<td>{cell}</td>" in html


@given(words=st.text(max_size=80))
def test_any_words_stay_in_their_cell(words: str) -> None:
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(table(["a", "b"], [[plain(words), 1]]))
    assert html.count("<tr>") == 2
    assert html.count("<td") == 2
    assert not re.search(r"<(?!/?(table|thead|tbody|tr|th|td)\b)", html)


def test_agreement_is_told_or_its_absence(tmp_path: Path) -> None:
    released(tmp_path / "one", articles(1))
    assert "No two annotators read the same article: agreement cannot be measured." in card(tmp_path / "one")
    record = sample_record()
    other = record.model_copy(update={"attributions": record.attributions[:1], "disputes": (), "verifications": ()})
    tally = Tally()
    readings = (
        reading_of(one.model_dump(mode="json", by_alias=True), TEXT, annotator=name, where=name)
        for one, name in ((record, "annotator-1"), (other, "annotator-2"))
    )
    tally.add(Shared("sample", TEXT, tuple(readings)))
    released(tmp_path / "two", articles(1), account=Account(tally.result()))
    text = card(tmp_path / "two")
    assert "2 annotators read 1 articles" in text
    # 2 x 1 common attribution of 2 and 1: F1 is 2/3.
    assert rows(text, "attributions | F1 in %")["quotes found"] == ["66.7", "–", "3"]
    assert rows(text, "Krippendorff's alpha")["`Outlet`, by characters"][0] == "1.000"


def test_the_makers_words_stand_under_a_heading_of_their_own(tmp_path: Path) -> None:
    about = "# Ours\n\nWe read it twice.\n\n## Rules\n\n```console\n# a comment\n```\n"
    released(tmp_path, articles(1), account=Account(about=about))
    text = card(tmp_path)
    section = (
        "## About this release\n\n### Ours\n\nWe read it twice.\n\n#### Rules\n\n```console\n# a comment\n```\n\n##"
    )
    assert section in text


def test_it_says_how_to_read_the_formats_that_are_there(tmp_path: Path) -> None:
    released(tmp_path / "all", articles(2), formats=["jsonl", "parquet", "spacy", "brat"])
    text = card(tmp_path / "all")
    for part in (
        'load_dataset("FOLDER", split="train")',
        "FOLDER/records.jsonl",
        "FOLDER/spacy/records.spacy",
        "`brat`",
    ):
        assert part in text
    released(tmp_path / "split", articles(3), split=True, formats=["jsonl"])
    text = card(tmp_path / "split")
    assert "FOLDER/train/records.jsonl" in text
    assert "load_dataset" not in text
