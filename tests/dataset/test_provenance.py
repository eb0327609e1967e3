"""provenance.json as the `prov` package reads it: who did what with what, and no name but pseudonyms."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from prov.model import ProvActivity, ProvAgent, ProvAssociation, ProvDocument, ProvEntity, ProvUsage

from tests.dataset.releases import articles, released


@pytest.mark.parametrize("split", [False, True])
def test_prov_reads_it_and_gives_it_back(tmp_path: Path, split: bool) -> None:
    released(tmp_path, articles(), split=split)
    document = ProvDocument.deserialize(tmp_path / "provenance.json")
    assert ProvDocument.deserialize(content=document.serialize()) == document
    written = json.loads((tmp_path / "provenance.json").read_text(encoding="utf-8"))
    told = json.loads(document.serialize())
    kinds = [kind for kind in written if kind != "prefix"]
    assert {kind: len(told[kind]) for kind in kinds} == {kind: len(written[kind]) for kind in kinds}


def test_every_relation_names_what_is_there(tmp_path: Path) -> None:
    released(tmp_path, articles(), split=True)
    content = json.loads((tmp_path / "provenance.json").read_text(encoding="utf-8"))
    known = {identity for kind in ("entity", "activity", "agent") for identity in content[kind]}
    relations = [kind for kind in content if kind not in ("prefix", "entity", "activity", "agent")]
    assert set(relations) == {"used", "wasGeneratedBy", "wasAssociatedWith", "wasDerivedFrom", "hadMember"}
    for kind in relations:
        for ends in content[kind].values():
            assert set(ends.values()) <= known


def test_it_tells_pipelines_models_annotators_and_policy(tmp_path: Path) -> None:
    summary = released(tmp_path, articles())
    document = ProvDocument.deserialize(tmp_path / "provenance.json")
    labels = {
        kind: {item.label for item in document.get_records(kind)} for kind in (ProvAgent, ProvActivity, ProvEntity)
    }
    assert {"rules-1", "annotator-1", "annotator-2"} < labels[ProvAgent]
    assert {"pre-annotation by rules-1", "annotation in Label Studio", "export"} < labels[ProvActivity]
    assert {"network-2", "the release", "README.md", "data/part-00000.parquet"} < labels[ProvEntity]
    ends = [[str(end) for _, end in item.formal_attributes] for item in document.get_records(ProvUsage)]
    assert ["sa:preannotation-1", "sa:model-1"] in [pair[:2] for pair in ends]
    associations = [[str(end) for _, end in item.formal_attributes] for item in document.get_records(ProvAssociation)]
    assert ["sa:annotation", "sa:annotator-1", "sa:scheme"] in associations
    content = json.loads((tmp_path / "provenance.json").read_text(encoding="utf-8"))
    assert content["entity"][f"release:{summary.version}"]["sa:records"] == 6
    assert content["activity"]["sa:export"]["sa:policy"] == "agreed"
    sums = dict(
        reversed(line.split("  ", 1)) for line in (tmp_path / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    )
    hashed = {item["prov:label"]: item["sa:sha256"] for item in content["entity"].values() if "sa:sha256" in item}
    assert hashed
    assert all(sums[name] == digest for name, digest in hashed.items())
