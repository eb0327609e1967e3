"""Whatever reads JSON refuses what others would read otherwise, with the reason, and reads on where it can."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate import strict_json
from annotate.cli.identities import read_identities
from annotate.cli.pipelines import read_parties
from annotate.corpora import read_corpus
from annotate.dataset.folder import ReleaseFolder
from annotate.dataset.formats import FORMATS
from annotate.dataset.reading import read_annotated, read_records
from annotate.dataset.released import assignments_in
from annotate.errors import AnnotateError
from annotate.pipeline.registry import read_outlets
from annotate.pipeline.track_record import TrackRecord
from tests.dataset.releases import articles, released
from tests.records import sample_record

DEEP = "[" * 100_000
PAYLOADS = {
    "100,000 brackets": f'{{"x": {DEEP}',
    "an integer of 5,000 digits": f'{{"x": {"9" * 5_000}}}',
    "NaN": '{"x": NaN}',
    "Infinity": '{"x": -Infinity}',
    "a number out of range": '{"x": 1e999}',
    "a key given twice": '{"x": 1, "x": 2}',
    "a key given twice, inside": '{"x": {"y": 1, "y": 2}}',
    "a lone surrogate": '{"x": "a\\ud800b"}',
    "a lone surrogate in a key": '{"\\udfff": 1}',
    "NUL": '{"x": "a\\u0000b"}',
    "cut": '{"x": ',
    "nothing like it": "\x07",
}


def _with(line: str, payload: str) -> str:
    """Put a payload's field into a JSON object, in front of its own."""
    return payload[:-1] + ", " + line.lstrip()[1:] if payload.endswith("}") else payload


def _records() -> str:
    return sample_record().to_json()


def _label_studio(folder: Path) -> str:
    FORMATS["label-studio"].write(folder / "given.json", [sample_record()])
    return "".join((folder / "given.json").read_text(encoding="utf-8").split("\n")[1:2])


def _citron(folder: Path) -> str:
    FORMATS["citron"].write(folder / "citron", [sample_record()])
    (file,) = (folder / "citron").glob("*.json")
    return json.dumps(json.loads(file.read_bytes()))


Reader = Callable[[Path], object]
READERS: dict[str, tuple[str, Callable[[Path], str], Reader]] = {
    "records": ("a.jsonl", lambda _: _records(), lambda path: list(read_records(path))),
    "annotated": ("b.jsonl", lambda _: _records(), lambda path: list(read_annotated(path))),
    "corpus": ("c.jsonl", lambda _: _records(), lambda path: list(read_corpus(path))),
    "our format": ("records.jsonl", lambda _: _records(), lambda path: list(FORMATS["jsonl"].read(path))),
    "Citron": ("d.json", _citron, lambda path: list(read_records(path))),
    "Label Studio": ("e.json", _label_studio, lambda path: list(read_records(path))),
    "outlets": ("f", lambda _: '{"name": "Example Times"}', lambda path: list(read_outlets(path))),
    "parties": ("g", lambda _: '{"name": "Rebels"}', lambda path: list(read_parties(path))),
    "identities": ("h", lambda _: '{"name": "Ada", "variants": ["A."]}', read_identities),
    "track record": ("i", lambda _: '{"source": "Ada", "reliability": "B"}', TrackRecord.read),
}  # fmt: skip


# The streaming parser of Label Studio's exports gives a question mark for a lone surrogate: nothing can break later,
# and a text that it stood in no longer has the hash that was sent with it.
CASES = [
    (name, payload) for name in READERS for payload in PAYLOADS if (name, payload[:8]) != ("Label Studio", "a lone s")
]


@pytest.mark.parametrize(("name", "payload"), CASES)
def test_hostile_json_is_refused_in_one_line(name: str, payload: str, tmp_path: Path) -> None:
    file, good, read = READERS[name]
    line = good(tmp_path)
    path = tmp_path / file
    path.write_text(f"[{line}]" if name == "Label Studio" else line + "\n", encoding="utf-8")
    read(path)
    bad = _with(line, PAYLOADS[payload])
    if name in ("parties", "outlets", "identities", "track record") and not bad.startswith("{"):
        bad = "{" + bad
    path.write_text(f"[{bad}]" if name == "Label Studio" else bad + "\n", encoding="utf-8")
    with pytest.raises(AnnotateError) as caught:
        read(path)
    said = str(caught.value)
    assert "\n" not in said
    assert str(path.name) in said
    assert "Colonel" not in said
    assert len(said) < 600


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("name", ["dataset.json", "articles.jsonl"])
def test_a_release_with_hostile_json_is_refused(name: str, payload: str, tmp_path: Path) -> None:
    released(tmp_path, articles(2), split=True, formats=("jsonl",))
    line, newline, rest = (tmp_path / name).read_text(encoding="utf-8").partition("\n")
    whole = name == "dataset.json"
    content = _with(line + newline + rest, PAYLOADS[payload]) if whole else _with(line, PAYLOADS[payload]) + "\n" + rest
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(AnnotateError):
        list(ReleaseFolder.at(tmp_path).rows())
    if not whole:
        with pytest.raises(AnnotateError):
            assignments_in(tmp_path)


def test_a_lone_surrogate_in_an_export_of_label_studio_changes_the_hash_of_its_text(tmp_path: Path) -> None:
    line = _label_studio(tmp_path).replace("Nobody crossed", "Nobody\\ud800crossed")
    path = tmp_path / "export.json"
    path.write_text(f"[{line}]", encoding="utf-8")
    with pytest.raises(AnnotateError, match="the text is not the one that was sent"):
        list(read_records(path))


SEPARATORS = "\u2028\u2029\u0085\x0b\x0c\x1c"


@pytest.mark.parametrize("separator", SEPARATORS)
def test_other_line_ends_of_unicode_end_no_line(separator: str, tmp_path: Path) -> None:
    record = sample_record().model_copy(update={"id": f"a{separator}b"})
    path = tmp_path / "records.jsonl"
    path.write_text(record.to_json() + "\n", encoding="utf-8")
    assert [one.id for one in read_records(path)] == [f"a{separator}b"]
    assert [one.id for one in read_corpus(path)] == [f"a{separator}b"]
    assert next(iter(FORMATS["jsonl"].read(path))) == record
    (tmp_path / "outlets.csv").write_text(f"name,parent\nExample Times,A{separator}B\n", encoding="utf-8")
    assert [row["parent"] for row in read_outlets(tmp_path / "outlets.csv")] == [f"A{separator}B"]


def test_nor_in_the_index_of_a_release(tmp_path: Path) -> None:
    given = [one.model_copy(update={"id": f"{one.id}\u2028\u0085x"}) for one in articles(3)]
    released(tmp_path, given, split=True, formats=("jsonl",))
    assert {one.article_id for one in assignments_in(tmp_path)} == {one.id for one in given}


def test_a_line_that_nobody_should_hold_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strict_json, "LINE_BYTES", 10_000)
    path = tmp_path / "records.jsonl"
    path.write_text(_records() + "\n" + " " * 20_000 + "\n", encoding="utf-8")
    for read in (read_records, read_corpus, FORMATS["jsonl"].read):
        with pytest.raises(AnnotateError, match="a line of more than 10,000 bytes"):
            list(read(path))


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0")),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0")), inner, max_size=3),
    max_leaves=10,
)  # fmt: skip


@given(plain, st.booleans())
def test_what_is_json_for_everybody_is_read_as_it_is(value: object, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only)
    assert strict_json.loads(text) == value
    assert strict_json.loads(text.encode()) == value


@given(st.text() | st.binary())
def test_anything_else_is_refused_and_nothing_else_raised(content: str | bytes) -> None:
    value = None
    with suppress(strict_json.NotJson):
        value = strict_json.loads(content)
    json.dumps(value, allow_nan=False, ensure_ascii=False).encode()


def _everything(value: object) -> Iterator[object]:
    return strict_json.walk(value)


def test_walking_is_not_recursive() -> None:
    value: list[object] = []
    for _ in range(100_000):
        value = [value]
    assert list(_everything(value)) == []
