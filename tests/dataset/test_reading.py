"""Annotated articles and Records are read from a file or a folder, whatever form they have."""

from __future__ import annotations

import json
import os
import shutil
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.corpora import AnnotatedArticle, Annotation
from annotate.dataset.formats import FORMATS, jsonl, parquet
from annotate.dataset.reading import read_annotated, read_records
from annotate.derive import sha256_of
from annotate.errors import AnnotateError, DatasetError, InputError, RecordError
from annotate.evaluation import from_record
from annotate.record import Provenance, Record, make_attribution
from tests.records import TEXT, records, sample_record, span

# The forms that hold texts and which quote, cue and source belong together.
FORMS = ("jsonl", "parquet", "brat", "citron", "label-studio")
BRIDGE = (span(TEXT, "“We hold the bridge,”"), span(TEXT, "“Nobody crossed it.”"))


def written(form: str, folder: Path, *given: Record) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FORMATS[form].target
    FORMATS[form].write(path, given or [sample_record()])
    return path


def spans(article: AnnotatedArticle) -> list[tuple[object, ...]]:
    return [(item.quote, item.cue, item.source) for item in article.attributions]


def signed(by: str, **changes: Any) -> Record:
    return sample_record().model_copy(update={"provenance": Provenance(version="1", annotator=by), **changes})


# -- all forms alike ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_attributions(form: str, tmp_path: Path) -> None:
    given = [signed("annotator-1"), signed("annotator-2", id="another/😀")]
    path = written(form, tmp_path, *given)
    for place in (path, tmp_path):
        read = list(read_annotated(place))
        assert [(item.id, item.text, item.annotator, item.outlet) for item in read] == [
            (item.id, item.text, item.provenance and item.provenance.annotator, "Sample Post") for item in given
        ]
        assert [spans(item) for item in read] == [spans(from_record(item)) for item in given]
        assert list(read_records(place)) == [FORMATS[form].kept(item) for item in given]


@given(record=records())
def test_offsets_survive_every_form(record: Record, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("forms")
    for form in FORMS:
        (article,) = read_annotated(written(form, folder / form, record))
        kept = FORMATS[form].kept(record)
        assert isinstance(kept, Record)
        assert article.text == record.text
        assert spans(article) == spans(from_record(kept))
        if form != "citron":  # which joins the parts of a cue
            assert spans(article) == spans(from_record(record))


@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=4, max_size=60))
def test_nested_and_split_quotes_survive_every_form(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("nested")
    end = len(text)
    outer = make_attribution(text, id="outer", quote=[(0, 1), (2, end)], cue=[(1, 2)])
    inner = make_attribution(text, id="inner", quote=[(2, 3)], source=[(3, end)])
    plain = sample_record(TEXT)
    record = Record(id="x", text=text, sha256=sha256_of(text), attributions=(outer, inner), meta=plain.meta)
    for form in FORMS:
        (article,) = read_annotated(written(form, folder / form, record))
        assert sorted(spans(article)) == sorted(spans(from_record(record)))


# -- folders -----------------------------------------------------------------------------------------------------------


def test_a_split_is_read_alone_or_all_together(tmp_path: Path) -> None:
    for name in ("test", "train"):
        written("brat", tmp_path / name, sample_record().model_copy(update={"id": name}))
    (tmp_path / "dataset.json").write_text("{}", encoding="utf-8")
    assert [item.id for item in read_records(tmp_path)] == ["train", "test"]
    assert [item.id for item in read_annotated(tmp_path, split="test")] == ["test"]
    with pytest.raises(DatasetError, match=r"holds no split 'dev' \(choose one of: train, test\)"):
        list(read_records(tmp_path, split="dev"))


def test_splits_may_be_shards_of_parquet(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for name in ("train-00000-of-00002", "train-00001-of-00002", "validation-00000-of-00001"):
        parquet.write(tmp_path / name, [sample_record().model_copy(update={"id": name[:11]})])
        (tmp_path / name / "part-00000.parquet").rename(tmp_path / "data" / f"{name}.parquet")
        (tmp_path / name).rmdir()
    assert [item.id for item in read_records(tmp_path)] == ["train-00000", "train-00001", "validation-"]
    assert [item.id for item in read_annotated(tmp_path, split="dev")] == ["validation-"]


def test_what_is_not_split_has_no_splits(tmp_path: Path) -> None:
    path = written("jsonl", tmp_path)
    with pytest.raises(DatasetError, match=r"holds no split 'test' \(it is not split: leave the split out\)"):
        list(read_annotated(tmp_path, split="test"))
    with pytest.raises(InputError, match="is a file, which has no splits"):
        list(read_annotated(path, split="test"))


def test_a_dataset_is_read_in_the_first_form_that_has_texts(tmp_path: Path) -> None:
    standoff = sample_record().model_copy(update={"text": None})
    written("jsonl", tmp_path, standoff)
    assert list(read_records(tmp_path)) == [standoff]
    with pytest.raises(InputError, match=r"records\.jsonl:1: the row goes without its text .*`annotate hydrate`"):
        list(read_annotated(tmp_path))
    written("brat", tmp_path)
    (article,) = read_annotated(tmp_path)
    assert article.text == TEXT
    written("parquet", tmp_path, standoff)
    assert [item.text for item in read_annotated(tmp_path)] == [TEXT]


def test_a_row_without_its_text_among_others_is_named(tmp_path: Path) -> None:
    path = written("jsonl", tmp_path, sample_record(), sample_record().model_copy(update={"text": None, "id": "b"}))
    with pytest.raises(InputError, match=rf"^{path}:2: the row goes without its text"):
        list(read_annotated(tmp_path))


def test_an_export_of_all_formats_is_one_dataset(tmp_path: Path) -> None:
    for form in FORMATS:
        written(form, tmp_path)
    (tmp_path / "dataset.json").write_text("{}", encoding="utf-8")
    (tmp_path / "articles.jsonl").write_text("{}\n", encoding="utf-8")
    assert list(read_records(tmp_path)) == [sample_record()]
    (tmp_path / "records.jsonl").unlink()
    shutil.rmtree(tmp_path / "data")
    for gone in ("label-studio.json", None):
        (article,) = read_annotated(tmp_path)
        assert spans(article) == spans(from_record(sample_record()))
        if gone:
            (tmp_path / gone).unlink()


# -- others' files -----------------------------------------------------------------------------------------------------

# As PolNeAR's files are: an event an attribution, parts with `;`, a numbered role, a source without a content.
ANN = """\
T1\tContent 0 21;66 86\t“We hold the bridge,” “Nobody crossed it.”
T2\tSource 22 41\tColonel Ada Example
T3\tCue 42 46\ttold
T4\tAttribution 42 46\ttold
E1\tAttribution:T4 Content:T1 Source:T2 Cue:T3
T5\tSource 88 94\tRebels
T6\tAttribution 88 94\tRebels
E2\tAttribution:T6 Source:T5
"""


def polnear(folder: Path, **annotators: str) -> Path:
    (folder / "text").mkdir(parents=True)
    (folder / "attributions").mkdir()
    (folder / "text" / "post_2026-01-02_a-bridge.txt").write_text(TEXT, encoding="utf-8")
    for name, content in annotators.items():
        path = folder / "attributions" / f"post_2026-01-02_a-bridge_{name}.ann"
        path.write_text(content, encoding="utf-8")
    return folder


def test_polnears_own_folders_are_read(tmp_path: Path) -> None:
    polnear(tmp_path / "dev", ab12=ANN, cd34="")
    bridge = Annotation(BRIDGE, (span(TEXT, "told"),), (span(TEXT, "Colonel Ada Example"),))
    for place, split in ((tmp_path, "dev"), (tmp_path / "dev", None), (tmp_path / "dev" / "attributions", None)):
        one, other = read_annotated(place, split=split)
        assert (one.id, one.text, one.annotator) == ("post_2026-01-02_a-bridge", TEXT, "ab12")
        assert [replace(item, quote_type=None) for item in one.attributions] == [bridge]
        assert (other.id, other.annotator, other.attributions) == (one.id, "cd34", ())
    one, _ = read_annotated(tmp_path / "dev", quoteless=True)
    assert spans(one)[1] == ((), (), (span(TEXT, "Rebels"),))


def test_one_ann_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "bridge.ann").write_text(ANN, encoding="utf-8")
    with pytest.raises(DatasetError, match=r"bridge\.ann: its text is not there \(give bridge\.txt beside it\)"):
        list(read_annotated(tmp_path / "bridge.ann"))
    (tmp_path / "bridge.txt").write_text(TEXT, encoding="utf-8")
    (article,) = read_annotated(tmp_path / "bridge.ann")
    assert (article.id, article.annotator, article.attributions[0].quote) == ("bridge", None, BRIDGE)


def test_citrons_own_documents_are_read(tmp_path: Path) -> None:
    def at(words: str) -> dict[str, Any]:
        start, end = span(TEXT, words)
        return {"start": start, "end": end, "text": words}

    quotes = [
        {"cue": at("denied"), "sources": [at("Rebels")], "contents": [at("this")]},
        {"cue": at("reported"), "sources": [], "contents": []},
    ]
    for name, indent in (("one", None), ("two", 1)):
        content = json.dumps({"text": TEXT, "quotes": quotes}, indent=indent)
        (tmp_path / f"{name}.json").write_text(content, encoding="utf-8")
    assert [item.id for item in read_annotated(tmp_path)] == ["one", "two"]
    for name in ("one", "two"):
        (article,) = read_annotated(tmp_path / f"{name}.json", quoteless=True)
        assert spans(article) == [
            ((span(TEXT, "this"),), (span(TEXT, "denied"),), (span(TEXT, "Rebels"),)),
            ((), (span(TEXT, "reported"),), ()),
        ]


def test_rows_of_a_corpus_may_stand_in_parquet(tmp_path: Path) -> None:
    row = {"id": "a", "annotator": "ab12", "text": TEXT, "attributions": [{"content": list(BRIDGE), "cue": []}]}
    pq.write_table(pa.Table.from_pylist([row]), tmp_path / "rows.parquet")
    (article,) = read_annotated(tmp_path)
    assert (article.id, article.annotator, article.attributions[0].quote) == ("a", "ab12", BRIDGE)


# -- what cannot be read -----------------------------------------------------------------------------------------------


def cut(path: Path) -> Path:
    """Cut the end off a file, or off the only one of a folder."""
    (file,) = path.iterdir() if path.is_dir() else (path,)
    file.write_bytes(file.read_bytes()[:-200])
    return path


@pytest.mark.parametrize("form", ["jsonl", "parquet", "label-studio"])
def test_a_file_that_was_cut_is_one_clear_error(form: str, tmp_path: Path) -> None:
    path = cut(written(form, tmp_path))
    for read in (read_annotated, read_records):
        with pytest.raises(AnnotateError, match=r"^[^\n]+ \([^\n]+\)$") as caught:
            list(read(path))
        assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize(("form", "ending"), [("brat", "ann"), ("citron", "json")])
def test_a_document_that_was_cut_is_one_clear_error(form: str, ending: str, tmp_path: Path) -> None:
    (document,) = written(form, tmp_path).glob(f"*.{ending}")
    document.write_bytes(document.read_bytes()[:-30])
    if form == "brat":
        document.write_bytes(document.read_bytes() + b"\nT99\tQuo")
    for read in (read_annotated, read_records):
        with pytest.raises(DatasetError, match=rf"^{document}[^\n]+ \([^\n]+\)$"):
            list(read(tmp_path))


def test_offsets_that_cut_other_words_are_noticed(tmp_path: Path) -> None:
    (tmp_path / "bridge.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "bridge.ann").write_text(ANN.replace("Source 22 41", "Source 21 40"), encoding="utf-8")
    with pytest.raises(DatasetError, match=r"bridge\.ann:2: is no standoff: the words are not those that stand at 21"):
        list(read_annotated(tmp_path))
    (document,) = written("citron", tmp_path).glob("*.json")
    moved = document.read_text(encoding="utf-8").replace('"start": 22', '"start": 20')
    document.write_text(moved, encoding="utf-8")
    with pytest.raises(DatasetError, match=r"the words are not those that stand at \[20, 41\)"):
        list(read_annotated(tmp_path / "citron"))


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("a.json", '{"type": "FeatureCollection"}', r"a\.json:1: not an annotated article: KeyError\('text'\)"),
        ("a.json", '{\n"type": "FeatureCollection"}', r"a\.json: is no Citron document: 'text' is missing"),
        ("a.json", '[{"id": 1}]', r"a\.json, task 1: is no task of Label Studio: it has no `data`.*not JSON-MIN"),
        ("a.json", "[1, 2", r"a\.json, task 1: is no task"),
        ("a.jsonl", "[1]\n", r"a\.jsonl:1: not an annotated article: a line holds list, not an object"),
        ("a.jsonl", "<html>", r"a\.jsonl:1: not an annotated article"),
        ("a.html", "<html>", r"a\.html:1: not an annotated article"),
        ("a.parquet", "PAR1 and no more", r"a\.parquet: is no whole Parquet file"),
    ],
)
def test_foreign_files_are_one_clear_error(tmp_path: Path, name: str, content: str, what: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(AnnotateError, match=what) as caught:
        list(read_annotated(tmp_path / name))
    assert "\n" not in str(caught.value)
    assert caught.value.mend


def test_a_table_of_something_else_is_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"body": ["x"]}), tmp_path / "a.parquet")
    with pytest.raises(InputError, match=r"holds no annotated articles \(give columns `text` and `attributions`\)"):
        list(read_annotated(tmp_path))


def test_an_empty_folder_is_refused_and_says_what_is_taken(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent"):
        with pytest.raises(AnnotateError, match=rf"^{path}: (holds no annotated articles that can be read|is not th)"):
            list(read_annotated(path))


def test_a_record_that_breaks_the_scheme_is_named(tmp_path: Path) -> None:
    row = json.loads(sample_record().to_json())
    row["attributions"][0]["quote"] = [[0, 9000]]
    (tmp_path / "a.jsonl").write_text(f"\n{json.dumps(row)}\n", encoding="utf-8")
    with pytest.raises(RecordError, match=r"a\.jsonl:2: attribution a1: quote: span \[0, 9000\] does not lie"):
        list(read_records(tmp_path / "a.jsonl"))


def test_rows_are_read_from_what_can_be_read_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=jsonl.write, args=(pipe, [sample_record()]))
    writer.start()
    assert [item.id for item in read_annotated(pipe)] == ["sample"]
    writer.join()
