"""The dataset: only what is verified, whole or not at all, the same bytes each time."""

from __future__ import annotations

import hashlib
import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given

from annotate.cli.export import FORMATS as CHOICES
from annotate.cli.export import TABLES as TABLE_CHOICES
from annotate.contracts import contract_path
from annotate.dataset.export import MANIFEST, SUMS, Choices, ExportSummary
from annotate.dataset.export import export as write
from annotate.dataset.formats import FORMATS
from annotate.dataset.rights import Texts, standoff
from annotate.dataset.sources import TABLES
from annotate.dataset.verified import Withheld, verified
from annotate.errors import DatasetError
from annotate.record import Article, Provenance, Record
from annotate.scheme import Quality
from annotate.store import Store
from annotate.store.annotations import PulledAnnotation, append, articles_by_hash
from annotate.store.projects import bind_project
from tests.records import TEXT, records, sample_record


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(str(tmp_path / "store.db")) as opened:
        yield opened


@pytest.fixture
def project(store: Store) -> int:
    return bind_project(store, "1@2026", 1, "Sources")


def annotation(
    store: Store, record: Record, identity: str = "u1", annotator: str = "ada@example.org"
) -> PulledAnnotation:
    assert record.text is not None
    list(store.add_articles([Article(record.id, record.text, record.sha256, record.meta)]))
    owned = record.model_copy(update={"provenance": Provenance(version="1", annotator=annotator)})
    return PulledAnnotation(
        remote_task=1,
        identity=identity,
        article_number=articles_by_hash(store, [record.sha256])[record.sha256].number,
        annotator=annotator,
        raw="{}",
        digest=hashlib.sha256(owned.to_json().encode()).hexdigest(),
        skipped=False,
        ground_truth=False,
        lead_time=1.5,
        pipeline="rules-1",
        annotated_at="2026-01-01T00:00:00Z",
        record=owned.to_json(),
        problem=None,
    )


def readings(store: Store) -> list[Record | Withheld]:
    return list(verified(store))


def test_a_submitted_annotation_is_verified(store: Store, project: int) -> None:
    record = sample_record()
    append(store, project, [annotation(store, record)])
    (found,) = readings(store)
    assert isinstance(found, Record)
    assert found.model_copy(update={"provenance": None}) == record
    assert found.provenance is not None
    assert found.provenance.annotator == "annotator-1"


def test_unreviewed_skipped_and_deleted_are_not(store: Store, project: int) -> None:
    assert readings(store) == []
    pulled = annotation(store, sample_record())
    append(store, project, [replace(pulled, skipped=True)])
    (found,) = readings(store)
    assert found == Withheld("sample", "skipped, or its annotations were deleted")


def test_the_latest_version_of_an_annotation_counts(store: Store, project: int) -> None:
    record = sample_record()
    append(store, project, [annotation(store, record)])
    later = record.model_copy(update={"quality": Quality.OK})
    append(store, project, [annotation(store, later)])
    (found,) = readings(store)
    assert isinstance(found, Record)
    assert found.quality == "ok"


def test_disagreement_is_withheld_until_one_is_marked_as_ground_truth(store: Store, project: int) -> None:
    record = sample_record()
    other = record.model_copy(update={"quality": Quality.NOT_NEWS})
    first = annotation(store, record)
    second = annotation(store, other, identity="u2", annotator="ben@example.org")
    append(store, project, [first, second])
    (found,) = readings(store)
    assert isinstance(found, Withheld)
    assert found.reason.startswith("2 annotations disagree")
    append(store, project, [replace(second, ground_truth=True, digest="d" * 64)])
    (found,) = readings(store)
    assert isinstance(found, Record)
    assert found.quality == "not_news"
    assert found.provenance is not None
    assert found.provenance.annotator == "annotator-2"


def test_an_unreadable_annotation_is_withheld_with_the_reason(store: Store, project: int) -> None:
    append(store, project, [replace(annotation(store, sample_record()), record=None, problem="a region is lost")])
    assert readings(store) == [Withheld("sample", "cannot be read: a region is lost")]


@pytest.fixture
def filled(store: Store, project: int) -> Store:
    append(store, project, [annotation(store, sample_record())])
    return store


def export(store: Store, folder: Path, formats: list[str], *, with_text: bool) -> ExportSummary:
    texts = Texts.ALL if with_text else Texts.NONE
    return write(verified(store), folder, Choices(formats=formats, texts=texts))


@pytest.mark.parametrize("with_text", [True, False])
def test_every_format_reads_back_what_was_written(filled: Store, tmp_path: Path, with_text: bool) -> None:
    folder = tmp_path / "out"
    names = [name for name, form in FORMATS.items() if with_text or not form.needs_text]
    summary = export(filled, folder, names, with_text=with_text)
    (expected,) = readings(filled)
    assert isinstance(expected, Record)
    expected = expected if with_text else standoff(expected)
    for form in (FORMATS[name] for name in names):
        assert list(form.read(folder / form.target)) == [form.kept(expected)]
    assert summary.records == 1
    assert summary.attributions == 2
    schema = json.loads(contract_path("record.schema.json").read_text(encoding="utf-8"))
    for line in (folder / "records.jsonl").read_text(encoding="utf-8").splitlines():
        jsonschema.validate(json.loads(line), schema)


def test_a_format_that_holds_texts_refuses_standoff_rows_and_leaves_nothing(filled: Store, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for name in (name for name, form in FORMATS.items() if form.needs_text):
        with pytest.raises(DatasetError, match=rf"^format {name}: holds texts, and no article.*--text all"):
            export(filled, out, [name], with_text=False)
        assert list(out.iterdir()) == []


def test_a_second_export_replaces_a_folder_whole(filled: Store, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export(filled, out, ["brat"], with_text=True)
    (out / "brat" / "left-over.ann").write_text("", encoding="utf-8")
    export(filled, out, ["brat"], with_text=True)
    assert not (out / "brat" / "left-over.ann").exists()


def test_standoff_rows_hold_no_text(filled: Store, tmp_path: Path) -> None:
    export(filled, tmp_path / "out", ["jsonl"], with_text=False)
    written = (tmp_path / "out" / "records.jsonl").read_text(encoding="utf-8")
    assert json.loads(written)["text"] is None
    for words in ("Nobody crossed", "denied this", "not possible to verify"):
        assert words in TEXT
        assert words not in written


def test_two_exports_are_alike_and_the_version_does_not_depend_on_the_text(filled: Store, tmp_path: Path) -> None:
    one = export(filled, tmp_path / "one", list(FORMATS), with_text=True)
    two = export(filled, tmp_path / "two", list(FORMATS), with_text=True)
    none = export(filled, tmp_path / "none", ["jsonl"], with_text=False)
    assert one.version == two.version == none.version
    for name in one.files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_command_offers_every_format() -> None:
    assert set(CHOICES) == set(FORMATS)
    assert set(TABLE_CHOICES) == set(TABLES)


def test_the_sums_are_those_of_the_files(filled: Store, tmp_path: Path) -> None:
    export(filled, tmp_path / "out", list(FORMATS), with_text=True)
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", SUMS], cwd=tmp_path / "out", check=True)


def test_an_earlier_export_is_replaced_and_what_others_wrote_is_not(filled: Store, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export(filled, out, ["jsonl"], with_text=True)
    export(filled, out, ["jsonl"], with_text=False)
    assert json.loads((out / MANIFEST).read_text(encoding="utf-8"))["text"] == "none"
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "records.jsonl").write_text("mine", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"holds records\.jsonl that no export wrote"):
        export(filled, foreign, ["jsonl"], with_text=True)
    assert [(path.name, path.read_text(encoding="utf-8")) for path in foreign.iterdir()] == [("records.jsonl", "mine")]


def test_a_full_disk_leaves_no_half_dataset(filled: Store, tmp_path: Path) -> None:
    out = tmp_path / "out"
    code = (
        "import resource, signal, sys\n"
        "from annotate.cli.main import main\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200, resource.RLIM_INFINITY))\n"
        "main(sys.argv[1:])\n"
    )
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    result = subprocess.run(
        [sys.executable, "-c", code, "export", str(out), "--format", "jsonl", "--store", str(filled.url.database)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert result.stderr.startswith(f"annotate: {out}: cannot be written: File too large")
    assert list(out.iterdir()) == []


@given(record=records())
def test_any_record_survives_every_format(record: Record, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("formats")
    for form in FORMATS.values():
        form.write(folder / form.target, [record])
        assert list(form.read(folder / form.target)) == [form.kept(record)]
