"""Rows without texts hold none of the articles' words, wherever they could stand; and they say the same twice."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import spacy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.tokens import DocBin

from annotate.dataset.describing.card import Account
from annotate.dataset.describing.companions import describing
from annotate.dataset.export import Choices, export
from annotate.dataset.formats import FORMATS
from annotate.dataset.rights import Texts, standoff
from annotate.dataset.sources import TABLES
from annotate.dataset.sources.inputs import no_facts
from annotate.dataset.sources.releasing import tables
from annotate.dataset.wordless import RUN, is_proper, with_text
from annotate.record import (
    Article,
    Evidence,
    Meta,
    OutletMention,
    Record,
    Region,
    Speaker,
    SpeakerRef,
    Suggestion,
    Unlinked,
    Via,
    make_attribution,
)
from annotate.scheme import Label
from tests.dataset.releases import article, released
from tests.records import records, sample_record

TEXTLESS = [name for name, form in FORMATS.items() if not form.needs_text]


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def runs_of(text: str) -> set[tuple[str, ...]]:
    words = words_of(text)
    return set(zip(*(words[start:] for start in range(RUN)), strict=False))


def strings_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield str(name)
            yield from strings_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings_in(inner)


def contents_of(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield all that can be read in the files of a release, what is compressed as it is when unpacked."""
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".parquet":
            rows = pq.read_table(path).to_pylist()
            yield path.name, "\n".join(text for row in rows for text in strings_in(row))
        elif path.suffix == ".spacy":
            vocab = spacy.blank("en").vocab
            docs = list(DocBin().from_disk(path).get_docs(vocab))
            yield path.name, "\n".join(doc.text + json.dumps(doc.user_data, default=str) for doc in docs)
            yield path.name, zlib.decompress(path.read_bytes()).decode("utf-8", "replace")
        elif path.is_file():
            yield path.name, path.read_text(encoding="utf-8")


def told(folder: Path, record: Record, *others: Record) -> list[str]:
    """Return the runs of the text, outside its title and proper names, that a release of it and others holds."""
    assert record.text is not None
    names = [item.name for each in (record, *others) for item in each.speakers if is_proper(item.name)]
    forbidden = runs_of(record.text) - set().union(*map(runs_of, [record.meta.title or "", *names]))
    return [f"{name}: {' '.join(run)}" for name, content in contents_of(folder) for run in runs_of(content) & forbidden]


def talkative(text: str, wording: str) -> Record:
    """Return a Record that repeats a wording of its text wherever a string may stand."""
    base = sample_record()
    attribution = make_attribution(
        text,
        id="a1",
        quote=[(0, 3)],
        cue=[(1, 2)],
        source=[(0, 2)],
        speaker=SpeakerRef(id="p1", name=wording),
        via=(Via(name=wording),),
    ).model_copy(update={"suggestion": Suggestion(evidence=(Evidence(kind="hedge", text=f"It says: {wording}"),))})
    return Record(
        id="talkative",
        text=text,
        sha256=Article.of(text).sha256,
        meta=Meta(
            title="A bridge",
            publisher=wording,
            url=f"https://example.org/x {wording}",
            published=wording,
            language=wording,
            **{
                "summary": "In short.",
                "note": wording,
                "list": wording.split(),
                "nested": {"a": [wording], "b": {wording: 1}},
                wording[:150]: "key",
                "section": "World",
                "pages": 3,
            },  # type: ignore[arg-type]
        ),
        attributions=(attribution,),
        outlets=(OutletMention(id="o1", span=(0, 2), name=wording),),
        speakers=(Speaker(id="p1", name=wording, aliases=(wording, text[:50]), mentions=((0, 2),)),),
        unlinked=Unlinked(regions=(Region(id="u1", label=Label.SOURCE, span=(0, 2), attributes={"name": wording}),)),
        provenance=base.provenance,
    )


TALE = "rebels said the Bridge was held by nobody until morning while officials of Sampletown denied everything 7 é"
WORDS = st.sampled_from(sorted(TALE.split()))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(words=st.lists(WORDS, min_size=12, max_size=60), start=st.integers(0, 40), length=st.integers(1, 30))
def test_no_five_words_in_a_row_of_a_textless_article_are_in_its_release(
    words: list[str], start: int, length: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    wording = " ".join(words[start % len(words) :][:length])
    record = talkative(" ".join(words), wording)
    folder = tmp_path_factory.mktemp("release")
    summary = released(folder, [record], texts=Texts.NONE, formats=TEXTLESS, account=Account())
    assert told(folder, record) == []
    (row,) = FORMATS["jsonl"].read(folder / "records.jsonl")
    assert row == standoff(record)
    meta = row.meta.model_extra or {}
    assert meta["section"] == "World"
    assert meta["pages"] == 3
    assert "summary" not in meta
    assert summary.textless == 1


def test_of_a_release_by_licence_only_the_licensed_articles_can_be_read(tmp_path: Path) -> None:
    free, closed = article(1), article(2, "all rights reserved")
    assert closed.text is not None
    closed = closed.model_copy(update={"text": closed.text.replace("bridge", "old stone tower by the river bank")})
    closed = talkative(closed.text or "", "the old stone tower by the river bank, Colonel")
    released(tmp_path, [free, closed], formats=list(FORMATS))
    common = runs_of(free.text or "")
    assert {line for line in told(tmp_path, closed) if tuple(line.split(": ")[1].split()) not in common} == set()
    assert told(tmp_path, free)  # the licensed one is there, so the test can see texts


@given(record=records())
def test_a_row_without_its_text_is_the_same_made_twice_or_with_the_text_put_back(record: Record) -> None:
    row = standoff(record)
    assert standoff(row) == row
    assert record.text is not None
    assert standoff(with_text(row, record.text)) == row


@given(words=st.lists(WORDS, min_size=12, max_size=60), start=st.integers(0, 40), length=st.integers(1, 30))
def test_so_is_one_that_had_words_to_lose(words: list[str], start: int, length: int) -> None:
    text = " ".join(words)
    record = talkative(text, " ".join(words[start % len(words) :][:length]))
    row = standoff(record)
    assert standoff(row) == row
    assert standoff(with_text(row, text)) == row


def test_putting_the_text_back_puts_back_the_aliases() -> None:
    record = sample_record()
    assert [speaker.aliases for speaker in record.speakers] == [("Colonel Ada Example",)]
    row = standoff(record)
    assert [speaker.aliases for speaker in row.speakers] == [()]
    assert with_text(row, record.text or "") == record


def test_names_are_facts_and_descriptions_of_people_are_not() -> None:
    office = "Office of the High Commissioner for Human Rights"
    phrase = "a senior official who was not allowed to talk"
    text = f"{phrase} said so, and the {office} said nothing."
    for name, kept in ((office, office), (phrase, "a senior official who …")):
        assert [speaker.name for speaker in standoff(talkative(text, name)).speakers] == [kept]


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("section", "World", True),
        ("words_counted", 812, True),
        ("author", "Ada Example and Ben Sample", True),
        ("file", "2021/09/06/taliban-say-they-have-taken-the-valley.txt", True),
        ("summary", "Short.", False),
        ("articleBody", "Short.", False),
        ("remark", "Nobody crossed it. Rebels denied this, Radio Sample reported.", False),
        ("remark", "It is our own view that this has nothing at all to do with the bridge.", False),
        ("remark", "first\nsecond", False),
        ("parts", ["Nobody", "crossed", "it", "Rebels", "denied", "this"], False),
    ],
)
def test_of_the_users_own_metadata_facts_stay_and_running_text_goes(name: str, value: Any, kept: bool) -> None:
    record = sample_record()
    meta = Meta(**{**record.meta.model_dump(), name: value})
    row = standoff(record.model_copy(update={"meta": meta}))
    assert (name in (row.meta.model_extra or {})) is kept


def test_a_title_that_is_the_whole_text_is_cut() -> None:
    title = " ".join(f"word{number}" for number in range(100))
    record = sample_record().model_copy(update={"meta": Meta(title=title)})
    assert standoff(record).meta.title == " ".join(f"word{number}" for number in range(40)) + " …"


def test_the_seeds_are_not_told_by_a_release_of_them(annotated_seeds: list[Record], tmp_path: Path) -> None:
    companions = [*tables(list(TABLES), no_facts), *describing(Account())]
    export(annotated_seeds, tmp_path, Choices(TEXTLESS, Texts.NONE), companions)
    assert [line for record in annotated_seeds for line in told(tmp_path, record, *annotated_seeds)] == []
    rows = [json.loads(line) for line in (tmp_path / "records.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 5
    assert {name for row in rows for name in row["meta"]} >= {"title", "file"}
