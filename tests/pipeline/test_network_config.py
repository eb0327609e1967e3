"""A model folder that is not whole says so in one line that tells the remedy."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotate.errors import PipelineError
from annotate.pipeline.network.config import FILES, features, load_config
from annotate.pipeline.network.reading import MODEL, AttributionNetwork
from annotate.pipeline.network.sums import SUMS, write_sums
from annotate.pipeline.network.terms import STYLES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (*FILES, SUMS):
        shutil.copy(MODEL / name, tmp_path / name)
    return tmp_path


def change(folder: Path, **changed: Any) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **changed}), encoding="utf-8")
    write_sums(folder, FILES)


def test_the_packaged_model_is_small_and_whole() -> None:
    config = load_config(MODEL)
    assert set(config.scores) == set(STYLES)
    assert sum(path.stat().st_size for path in MODEL.iterdir()) <= 30_000_000


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(PipelineError, match="there is no such file") as caught:
        load_config(folder)
    assert caught.value.where == str(folder / name)
    assert str(caught.value.mend).startswith("reinstall source-annotator")


def test_a_model_without_hashes_or_with_a_file_that_has_none_is_refused(folder: Path) -> None:
    write_sums(folder, [name for name in FILES if name != "scorer.onnx"])
    with pytest.raises(PipelineError, match="is not listed in SHA256SUMS"):
        load_config(folder)
    (folder / SUMS).unlink()
    with pytest.raises(PipelineError, match="has no readable SHA256SUMS"):
        load_config(folder)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"format": 2}, "the model has format 2, this version reads 1"),
        ({"tags": ["O"]}, "its tags are not those of this version"),
        ({"classes": ["neutral"]}, "its classes are not those of this version"),
        ({"styles": []}, "its styles are not those of this version"),
        ({"window": "wide"}, "the model's config cannot be read"),
        ({"window": 2000}, "windows of 2000 with margins of"),
        ({"margin": 500}, "with margins of 500 cannot be"),
        ({"scores": {}}, "KeyError"),
        ({"scores": {style: {"weights": [1], "threshold": 0.5, "anchor": 0.4} for style in STYLES}}, "3 numbers"),
        ({"scores": {style: {"weights": [1, 2, 3], "threshold": 5, "anchor": 0.4} for style in STYLES}}, "0..1"),
    ],
)
def test_a_config_that_does_not_fit_is_refused(folder: Path, changed: dict[str, Any], message: str) -> None:
    change(folder, **changed)
    with pytest.raises(PipelineError, match=message) as caught:
        load_config(folder)
    assert caught.value.mend == "reinstall source-annotator"


@pytest.mark.parametrize("name", [name for name in FILES if name != "config.json"])
def test_a_damaged_file_is_named(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"\x08\x07damaged")
    with pytest.raises(PipelineError, match="is not the file that the model was made with"):
        AttributionNetwork(folder)
    write_sums(folder, FILES)
    with pytest.raises(PipelineError, match="cannot be loaded") as caught:
        AttributionNetwork(folder)
    assert caught.value.where == str(folder / name)
    assert caught.value.mend == "reinstall source-annotator"


def test_a_damaged_config_is_named(folder: Path) -> None:
    (folder / "config.json").write_text("{", encoding="utf-8")
    write_sums(folder, FILES)
    with pytest.raises(PipelineError, match="config cannot be read"):
        load_config(folder)


def test_scores_are_the_logistic_of_the_features() -> None:
    for scores in load_config(MODEL).scores.values():
        for chance, certainty in ((0.3, 0.9), (0.999999, 1.0), (0.0, 0.0)):
            logit = features(np.array([chance]), np.array([certainty]))[0] @ np.array(scores.weights)
            assert scores.of(chance, certainty) == pytest.approx(1 / (1 + np.exp(-logit)))
            assert 0 <= scores.of_span("source", chance, certainty) <= 1
