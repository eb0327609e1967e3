"""Each format as others meet it: read by another tool or another eye, and damaged."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import spacy
from spacy.tokens import DocBin

from annotate.dataset.formats import FORMATS, brat, citron, conll, docbin, web_annotation
from annotate.errors import DatasetError, RecordError
from annotate.record import Record, make_attribution
from annotate.scheme import Label
from tests.records import TEXT, sample_record, span

# As PolNeAR's files are: an event an attribution, fragments with `;`, sourceless ones of a type of their own.
FOREIGN = """\
T1\tContent 0 21;66 86\t“We hold the bridge,” “Nobody crossed it.”
T2\tSource 22 41\tColonel Ada Example
T3\tCue 42 46\ttold
T4\tAttribution 42 46\ttold
E1\tAttribution:T4 Content:T1 Source:T2 Cue:T3
T5\tContent 102 106\tthis
T6\tCue 95 101\tdenied
T7\tAttribution-no-source 95 101\tdenied
E2\tAttribution-no-source:T7 Content:T5 Cue:T6
T8\tSource 88 94\tRebels
T9\tAttribution 88 94\tRebels
E3\tAttribution:T9 Source:T8
"""


def written(name: str, folder: Path, record: Record | None = None) -> Path:
    path = folder / FORMATS[name].target
    FORMATS[name].write(path, [record or sample_record()])
    return path


# -- brat --------------------------------------------------------------------------------------------------------------


def test_a_folder_of_somebody_elses_brat_is_read(tmp_path: Path) -> None:
    (tmp_path / "bridge.ann").write_text(FOREIGN, encoding="utf-8")
    (tmp_path / "bridge.txt").write_text(TEXT, encoding="utf-8")
    (record,) = brat.read(tmp_path)
    assert (record.id, record.text) == ("bridge", TEXT)
    first, second = record.attributions
    assert first.quote == (span(TEXT, "“We hold the bridge,”"), span(TEXT, "“Nobody crossed it.”"))
    assert (first.source, first.cue) == ((span(TEXT, "Colonel Ada Example"),), (span(TEXT, "told"),))
    assert (second.quote, second.source, second.anonymity) == ((span(TEXT, "this"),), (), "implicit")


def test_every_mark_of_brat_names_the_words_it_stands_on(tmp_path: Path) -> None:
    (ann,) = written("brat", tmp_path).glob("*.ann")
    text = ann.with_suffix(".txt").read_text(encoding="utf-8")
    marks = re.findall(r"^T\d+\t\S+ ([\d ;]+)\t(.*)$", ann.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert len(marks) == 11
    for offsets, words in marks:
        parts = [text[slice(*map(int, part.split()))] for part in offsets.split(";")]
        assert " ".join(parts).replace("\n", " ") == words


def test_every_attribute_brat_meets_is_configured(tmp_path: Path) -> None:
    folder = written("brat", tmp_path)
    config = (folder / "annotation.conf").read_text(encoding="utf-8")
    (ann,) = folder.glob("*.ann")
    for name, value in re.findall(r"^A\d+\t(\S+) \S+ (\S+)$", ann.read_text(encoding="utf-8"), flags=re.MULTILINE):
        assert re.search(rf"^{name}\tArg:\S+, Value:(\S+\|)?{value}(\||$)", config, flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("T1\tContent 0 9000\tx", r"bridge\.ann:1: is no standoff: \[0, 9000\) does not lie in the text"),
        ("T1\tContent x y\tx", r"bridge\.ann:1: is no standoff: invalid literal"),
        ("E1\tAttribution:T1 Content:T7", r"bridge\.ann: does not hold together: 'T7' is missing"),
    ],
)
def test_broken_standoff_is_one_clear_error(tmp_path: Path, line: str, what: str) -> None:
    (tmp_path / "bridge.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "bridge.ann").write_text(line + "\n", encoding="utf-8")
    with pytest.raises(DatasetError, match=what):
        list(brat.read(tmp_path))


def test_a_changed_text_is_noticed(tmp_path: Path) -> None:
    folder = written("brat", tmp_path)
    (text,) = folder.glob("*.txt")
    text.write_text(TEXT.replace("Rebels", "Rabble"), encoding="utf-8")
    with pytest.raises(DatasetError, match="the text is not the one that was annotated"):
        list(brat.read(folder))


# -- Citron ------------------------------------------------------------------------------------------------------------


def test_a_citron_document_without_our_additions_is_read(tmp_path: Path) -> None:
    def at(words: str) -> dict[str, object]:
        start, end = span(TEXT, words)
        return {"start": start, "end": end, "text": words}

    quote = {"cue": at("denied"), "sources": [at("Rebels")], "contents": [at("this")]}
    document = {"text": TEXT, "quotes": [quote]}
    (tmp_path / "bridge.json").write_text(json.dumps(document), encoding="utf-8")
    (record,) = citron.read(tmp_path)
    (found,) = record.attributions
    assert (found.quote, found.cue, found.source) == (
        (span(TEXT, "this"),),
        (span(TEXT, "denied"),),
        (span(TEXT, "Rebels"),),
    )


def test_the_speakers_mentions_are_coreference_groups(tmp_path: Path) -> None:
    (path,) = written("citron", tmp_path).glob("*.json")
    content = json.loads(path.read_text(encoding="utf-8"))
    assert [[item["text"] for item in group] for group in content["coreference_groups"]] == [["Colonel Ada Example"]]
    for quote in content["quotes"]:
        for item in (quote["cue"], *quote["sources"], *quote["contents"]):
            assert content["text"][item["start"] : item["end"]] == item["text"]


def test_what_is_no_citron_document_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "bridge.json").write_text('{"text": "x"}', encoding="utf-8")
    with pytest.raises(DatasetError, match=r"bridge\.json: is no Citron document: 'quotes' is missing"):
        list(citron.read(tmp_path))


# -- columns -----------------------------------------------------------------------------------------------------------


def test_the_columns_say_what_they_lost(tmp_path: Path) -> None:
    inner = make_attribution(TEXT, id="n1", quote=[span(TEXT, "Nobody")], source=[span(TEXT, "Ada Exam")])
    outer = make_attribution(TEXT, id="n2", quote=[span(TEXT, "“Nobody crossed it.”")])
    record = sample_record().model_copy(update={"attributions": (inner, outer)})
    lines = written("conll", tmp_path, record).read_text(encoding="utf-8").splitlines()
    assert "# lost = 1 overlapping spans, 1 stretched to whole tokens" in lines
    tagged = [line.split("\t") for line in lines if line and not line.startswith("#")]
    assert [cells[1] for cells in tagged if cells[4] != "O"] == ["“", "Nobody", "crossed", "it", ".", "”"]
    assert [(cells[1], cells[6]) for cells in tagged if cells[6] != "O"] == [
        ("Ada", "B-Source"),
        ("Example", "I-Source"),
    ]


def test_columns_that_are_not_ours_are_one_clear_error(tmp_path: Path) -> None:
    path = written("conll", tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace("B-Cue", "B-Thing"), encoding="utf-8")
    with pytest.raises(DatasetError, match=r"records\.conll:\d+: are no columns of ours: B-Thing is no tag"):
        list(conll.read(path))


# -- spaCy -------------------------------------------------------------------------------------------------------------


def test_the_docs_hold_the_marks_as_span_groups(tmp_path: Path) -> None:
    path = written("spacy", tmp_path) / docbin.DOCS
    (doc,) = DocBin().from_disk(path).get_docs(spacy.blank("en").vocab)
    assert [item.text for item in doc.spans["Quote"]] == ["“We hold the bridge,”", "“Nobody crossed it.”", "this"]
    assert {item.label_ for item in doc.spans[docbin.SPANS_KEY]} == {
        str(label) for label in (Label.QUOTE, Label.CUE, Label.SOURCE, Label.OUTLET, Label.VERIFICATION)
    }
    assert [(item.text, item.label_) for item in doc.ents] == [
        ("Colonel Ada Example", "Source"),
        ("Example Times", "Outlet"),
        ("Rebels", "Source"),
        ("Radio Sample", "Outlet"),
    ]


@pytest.mark.parametrize("component", ["spancat", "ner"])
def test_spacy_trains_on_it(tmp_path: Path, component: str) -> None:
    written("spacy", tmp_path)
    folder = tmp_path / FORMATS["spacy"].target
    docs = str(folder / docbin.DOCS)
    command = [sys.executable, "-m", "spacy", "train", str(folder / f"{component}.cfg")]
    paths = ["--output", str(tmp_path / "out"), "--paths.train", docs, "--paths.dev", docs]
    steps = ["--training.max_steps", "2", "--training.eval_frequency", "1"]
    done = subprocess.run([*command, *paths, *steps], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert spacy.load(tmp_path / "out" / "model-last").pipe_names[-1] == component


def test_a_docbin_that_was_cut_is_one_clear_error(tmp_path: Path) -> None:
    folder = written("spacy", tmp_path)
    whole = (folder / docbin.DOCS).read_bytes()
    (folder / docbin.DOCS).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DatasetError, match=r"records\.spacy: is cut short, or no DocBin of ours"):
        list(docbin.read(folder))


# -- Web Annotation ----------------------------------------------------------------------------------------------------


def test_both_selectors_find_the_same_words(tmp_path: Path) -> None:
    page = json.loads(written("web-annotation", tmp_path).read_text(encoding="utf-8"))
    assert page["@context"][0] == "http://www.w3.org/ns/anno.jsonld"
    assert page["type"] == "AnnotationPage"
    targets = [item["target"] for item in page["items"] if isinstance(item["target"], dict)]
    assert len(targets) == 10
    for target in targets:
        by_words, by_place = target["selector"]
        start, end = by_place["start"], by_place["end"]
        assert TEXT[start:end] == by_words["exact"]
        around = by_words["prefix"] + by_words["exact"] + by_words["suffix"]
        assert TEXT.index(around) + len(by_words["prefix"]) == start
    identities = [item["id"] for item in page["items"]]
    assert len(identities) == len(set(identities))
    linked = [part for item in page["items"] if item["motivation"] == "linking" for part in item["target"]]
    assert linked
    assert set(linked) <= set(identities)


def test_a_standoff_page_holds_no_words(tmp_path: Path) -> None:
    record = sample_record().model_copy(update={"text": None})
    content = written("web-annotation", tmp_path, record).read_text(encoding="utf-8")
    for words in ("hold the bridge", "Nobody crossed", "denied this"):
        assert words not in content


def test_a_page_that_is_not_ours_is_one_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "page.jsonld"
    path.write_text('{"items": [\n{"motivation": "tagging"}\n]}\n', encoding="utf-8")
    with pytest.raises(DatasetError, match=r"page\.jsonld:2: is no annotation of ours: 'body'"):
        list(web_annotation.read(path))


def test_a_cut_line_of_json_is_one_clear_error(tmp_path: Path) -> None:
    path = written("jsonl", tmp_path)
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(RecordError, match=r"^records\.jsonl:1: "):
        list(FORMATS["jsonl"].read(path))
