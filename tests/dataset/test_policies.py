"""What counts as verified: never a disagreement that nobody decided, unless a policy says so, and then it is noted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest

from annotate.cli.main import main
from annotate.dataset.formats import FORMATS
from annotate.dataset.verified import Withheld, verified
from annotate.errors import DatasetError
from annotate.record import Basis, Notice, Provenance, Record, canonical, parse_record
from annotate.review.consensus import content_digest
from annotate.scheme import CueClass, Policy
from annotate.store import Store
from annotate.store.annotations import PulledAnnotation, append
from annotate.store.projects import bind_project
from annotate.store.samples import SAMPLE
from annotate.store.tables import Purpose, TaskRow
from tests.dataset.test_export import annotation
from tests.records import TEXT, sample_record, span
from tests.review.test_consensus import changed

ADA, BEN, JUDGE = (f"{name}@example.org" for name in ("ada", "ben", "judge"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store.open(str(path)) as opened:
        yield opened


def given(store: Store, **readings: Record) -> dict[str, PulledAnnotation]:
    """File each person's reading as an annotation."""
    project = bind_project(store, "1@2026", 1, "Sources")
    pulled = {
        name: annotation(store, record, identity=f"of-{name}", annotator=f"{name}@example.org")
        for name, record in readings.items()
    }
    append(store, project, list(pulled.values()))
    return pulled


def adjudicated(store: Store, record: Record, *on: PulledAnnotation, identity: str = "decision") -> None:
    """File an adjudication of these annotations."""
    project = bind_project(store, "2@2026", 2, "Sources (adjudication)", purpose=Purpose.ADJUDICATION)
    basis = tuple(
        Basis(
            annotation=hashlib.sha256(one.identity.encode()).hexdigest()[:16],
            content=content_digest(parse_record(one.record or "")),
            annotator=one.annotator,
        )
        for one in on
    )
    provenance = Provenance(version="1", annotator=JUDGE, policy=Policy.ADJUDICATED, basis=basis)
    written = record.model_copy(update={"provenance": provenance}).to_json()
    made = annotation(store, record, identity=identity, annotator=JUDGE)
    append(store, project, [replace(made, record=written, digest=hashlib.sha256(written.encode()).hexdigest())])


def only(store: Store, **options: object) -> Record | Withheld:
    (found,) = verified(store, **options)  # type: ignore[arg-type]
    return found


def exported(store: Store, **options: object) -> Record:
    found = only(store, **options)
    assert isinstance(found, Record), found
    return found


def withheld(store: Store, **options: object) -> str:
    found = only(store, **options)
    assert isinstance(found, Withheld), found
    return found.reason


def content(record: Record) -> Record:
    return record.model_copy(update={"provenance": None})


ONE = sample_record()
OTHER = changed(ONE, "a2", cue_class=CueClass.CLAIM)


def test_disagreement_is_never_exported_by_default(store: Store) -> None:
    given(store, ada=ONE, ben=OTHER)
    assert withheld(store) == (
        "2 annotations disagree: make them agree, or delete all but one in Label Studio, then pull; or run"
        " `annotate review adjudicate`"
    )


def test_people_agree_whatever_their_regions_are_called(store: Store) -> None:
    notice = Notice(id="n1", span=span(TEXT, "Radio Sample reported"))
    one = canonical(ONE.model_copy(update={"notices": (notice,)}))
    other = canonical(ONE.model_copy(update={"notices": (notice.model_copy(update={"id": "xYz"}),)}))
    given(store, ada=one, ben=other)
    made = exported(store)
    assert content(made) == one
    assert made.provenance is not None
    assert (made.provenance.policy, made.provenance.annotator) == ("agreed", None)
    assert {item.annotator for item in made.provenance.basis} == {"annotator-1", "annotator-2"}


def test_one_persons_reading_carries_no_policy(store: Store) -> None:
    given(store, ada=ONE)
    made = exported(store)
    assert made.provenance is not None
    assert (made.provenance.policy, made.provenance.basis) == (None, ())
    assert "policy" not in made.to_json()
    assert "basis" not in made.to_json()


def test_an_adjudication_wins_over_everything(store: Store) -> None:
    pulled = given(store, ada=ONE, ben=OTHER)
    project = bind_project(store, "1@2026", 1, "Sources")
    append(store, project, [replace(pulled["ada"], ground_truth=True, digest="d" * 64)])
    assert content(exported(store)) == ONE
    adjudicated(store, OTHER, *pulled.values())
    made = exported(store)
    assert content(made) == OTHER
    assert made.provenance is not None
    assert (made.provenance.policy, made.provenance.annotator) == ("adjudicated", "annotator-3")
    assert {item.annotator for item in made.provenance.basis} == {"annotator-1", "annotator-2"}


def test_an_adjudication_of_other_annotations_does_not_count(store: Store) -> None:
    pulled = given(store, ada=ONE, ben=OTHER)
    adjudicated(store, OTHER, *pulled.values())
    assert isinstance(only(store), Record)
    given(store, ben=changed(ONE, "a2", cue_class=CueClass.HEDGE))
    assert withheld(store).startswith("its annotations have changed since it was adjudicated")
    given(store, ben=OTHER, cleo=ONE)
    assert withheld(store).startswith("its annotations have changed since it was adjudicated")


def test_an_annotation_that_is_saved_again_unchanged_leaves_the_adjudication_standing(store: Store) -> None:
    pulled = given(store, ada=ONE, ben=OTHER)
    adjudicated(store, OTHER, *pulled.values())
    later = ONE.model_copy(
        update={"provenance": Provenance(version="2", annotator=ADA, created=datetime(2027, 1, 1, tzinfo=UTC))}
    )
    project = bind_project(store, "1@2026", 1, "Sources")
    append(store, project, [replace(pulled["ada"], record=later.to_json(), digest="e" * 64)])
    assert content(exported(store)) == OTHER


def test_two_adjudications_that_differ_are_withheld(store: Store) -> None:
    pulled = given(store, ada=ONE, ben=OTHER)
    adjudicated(store, OTHER, *pulled.values())
    adjudicated(store, ONE, *pulled.values(), identity="another decision")
    assert withheld(store).startswith("2 adjudications disagree")


def test_an_adjudication_alone_is_no_annotation(store: Store) -> None:
    adjudicated(store, ONE)
    assert list(verified(store)) == []


def test_the_majority_decides_value_by_value_and_a_tie_is_left_out(store: Store) -> None:
    given(store, ada=ONE, ben=OTHER)
    tied = exported(store, policy=Policy.MAJORITY)
    assert [item.cue_class for item in tied.attributions] == ["neutral", None]
    given(store, cleo=OTHER)
    made = exported(store, policy=Policy.MAJORITY)
    assert content(made) == OTHER
    assert made.provenance is not None
    assert (made.provenance.policy, made.provenance.annotator) == ("majority", None)
    assert len(made.provenance.basis) == 3


def test_the_majority_settles_only_what_nobody_adjudicated(store: Store) -> None:
    pulled = given(store, ada=ONE, ben=OTHER, cleo=OTHER)
    adjudicated(store, ONE, *pulled.values())
    made = exported(store, policy=Policy.MAJORITY)
    assert content(made) == ONE
    assert made.provenance is not None
    assert made.provenance.policy == "adjudicated"


def test_one_person_has_one_vote(store: Store) -> None:
    pulled = given(store, ada=ONE, ben=OTHER)
    project = bind_project(store, "1@2026", 1, "Sources")
    append(store, project, [replace(pulled["ben"], identity="again", digest="f" * 64)])
    made = exported(store, policy=Policy.MAJORITY)
    assert made.attributions[1].cue_class is None
    assert made.provenance is not None
    assert len(made.provenance.basis) == 2


@pytest.mark.parametrize(
    ("annotator", "expected"), [(None, ONE), (BEN, OTHER), ("annotator-2", OTHER), ("annotator-1", ONE)]
)
def test_a_single_annotator_counts_when_asked_for(store: Store, annotator: str | None, expected: Record) -> None:
    given(store, ada=ONE, ben=OTHER)
    made = exported(store, policy=Policy.SINGLE, annotator=annotator)
    assert content(made) == expected
    assert made.provenance is not None
    assert made.provenance.policy == "single"
    assert made.provenance.annotator in ("annotator-1", "annotator-2")


def test_an_unknown_annotator_is_one_clear_error(store: Store) -> None:
    given(store, ada=ONE)
    with pytest.raises(DatasetError, match="nobody called 'eve' has annotated"):
        only(store, policy=Policy.SINGLE, annotator="eve")


def command(*arguments: str) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0), out.getvalue(), err.getvalue()


def test_the_policy_stands_in_the_datasets_provenance(store: Store, path: Path, tmp_path: Path) -> None:
    given(store, ada=ONE, ben=OTHER, cleo=OTHER)
    for policy, count in (("agreed", 0), ("majority", 1), ("single", 1)):
        out = tmp_path / policy
        assert command("export", str(out), "--policy", policy, "--split", "none", "--store", str(path))[0] == 0
        manifest = json.loads((out / "dataset.json").read_text(encoding="utf-8"))
        assert manifest["records"] == count
        assert manifest.get("policy") == (None if policy == "agreed" else policy)
        rows = list(FORMATS["jsonl"].read(out / "records.jsonl"))
        assert rows == list(FORMATS["parquet"].read(out / "data"))
        assert [row.provenance.policy for row in rows if row.provenance] == [policy] * count
        assert "example.org" not in "".join(item.read_text(encoding="utf-8") for item in out.glob("*.json*")).replace(
            "https://example.org", ""
        )


def test_the_evaluation_sample_and_the_rest_are_exported_apart(store: Store, path: Path, tmp_path: Path) -> None:
    other = sample_record(TEXT + " More follows.").model_copy(update={"id": "another"})
    pulled = given(store, ada=ONE)
    project = bind_project(store, "1@2026", 1, "Sources")
    append(store, project, [annotation(store, other, identity="of-other")])
    with store.writing() as session:
        number = pulled["ada"].article_number
        session.add(TaskRow(push_key="k" * 64, project_number=project, article_number=number, sample=SAMPLE))
    parts = {}
    for part in ("all", "sample", "queue"):
        # A sample is one thing without being told.
        split = () if part == "sample" else ("--split", "none")
        code, _, err = command("export", str(tmp_path / part), "--articles", part, *split, "--store", str(path))
        assert (code, err) == (0, "")
        manifest = json.loads((tmp_path / part / "dataset.json").read_text(encoding="utf-8"))
        rows = FORMATS["jsonl"].read(tmp_path / part / "records.jsonl")
        parts[part] = (manifest.get("articles"), {record.id for record in rows if isinstance(record, Record)})
    assert parts == {
        "all": (None, {ONE.id, other.id}),
        "sample": ("sample", {ONE.id}),
        "queue": ("queue", {other.id}),
    }


def test_an_annotator_goes_with_the_single_policy_only(store: Store, path: Path, tmp_path: Path) -> None:
    given(store, ada=ONE)
    code, _, err = command("export", str(tmp_path / "out"), "--annotator", ADA, "--store", str(path))
    assert (code, err.splitlines()[-1]) == (2, "Error: --annotator goes with --policy single")


def test_where_articles_stand_is_counted_without_a_server(store: Store, path: Path) -> None:
    given(store, ada=ONE, ben=OTHER)
    code, out, err = command("review", "adjudicate", "--dry-run", "--store", str(path))
    assert (code, err) == (0, "")
    assert out.startswith("     1  in disagreement, not adjudicated\n\nsample\n  1. Cue “denied”, cue_class: A: ")
    code, out, _ = command("review", "adjudicate", "--dry-run", "--json", "--store", str(path))
    found = json.loads(out)
    assert (code, found["articles"]["disagreement"], found["pushed"]) == (0, 1, None)
    (difference,) = found["disagreements"][0]["differences"]
    assert difference["what"] == "cue_class"
    assert sorted(difference["given"].values()) == ["claim", "deny"]
