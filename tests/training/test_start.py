"""The weights that training goes on from: read back from the packaged graphs, or kept beside a model."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the `train` extra")

from annotate.errors import PipelineError, TrainingError  # noqa: E402
from annotate.pipeline.network.config import FILES  # noqa: E402
from annotate.pipeline.network.graphs import Graphs  # noqa: E402
from annotate.pipeline.network.pieces import load_tokenizer, pieces_of  # noqa: E402
from annotate.pipeline.network.reading import MODEL  # noqa: E402
from annotate.pipeline.network.sums import write_sums  # noqa: E402
from annotate.pipeline.network.windows import lay_out, relate, windows_of  # noqa: E402
from annotate.training.keeping import keep  # noqa: E402
from annotate.training.network import Network  # noqa: E402
from annotate.training.start import WEIGHTS, start_of  # noqa: E402

SEEDS = sorted((Path(__file__).parents[2] / "seeds").glob("*.txt"))


@pytest.fixture(scope="module")
def network():
    start = start_of(MODEL)
    assert not start.exact
    assert start.title.startswith(f"attribution-{start.config.version}, the packaged model")
    network = Network().eval()
    network.load_state_dict(start.weights)
    return network


def shares(logits):
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


@pytest.mark.parametrize("style", [0, 1])
def test_the_network_read_back_from_the_graphs_says_what_they_say(network, style: int):
    graphs = Graphs(MODEL)
    tokenizer = load_tokenizer(MODEL / "tokenizer.json")
    apart, anchors, differ, tags_apart = [], 0, 0, []
    for path in SEEDS:
        pieces = pieces_of(tokenizer, path.read_text(encoding="utf-8"))
        for window in windows_of(pieces, 0, room=286, margin=40):
            batch = lay_out([window], [pieces])
            classes, as_pieces, as_anchors = graphs.read(batch, style)
            inputs = [torch.from_numpy(each) for each in (batch.ids, batch.case, batch.mark, batch.gap)]
            with torch.no_grad():
                hidden = network.encoder(*inputs, torch.tensor([style]), torch.from_numpy(batch.filled))
                ours = network.classes(hidden).numpy()
                sides = network.piece_side(hidden)[0], network.anchor_side(hidden)[0]
            apart.append(np.abs(shares(ours) - shares(classes)).mean())
            found = shares(classes)[0, :, 0] < 0.5
            anchors += int(found.sum())
            differ += int((found != (shares(ours)[0, :, 0] < 0.5)).sum())
            columns = np.flatnonzero(found)
            related = relate(batch, found[None], np.zeros_like(columns), columns)
            given = graphs.tag(as_pieces[0], as_anchors[0, columns], related)
            with torch.no_grad():
                repeated = sides[0][None].expand(len(columns), -1, -1)
                lie = [torch.from_numpy(each) for each in related]
                own = network.tagger(repeated, sides[1][columns], *lie).numpy()
            tags_apart.append((given.argmax(-1) != own.argmax(-1)).mean())
    assert anchors > 80
    assert differ <= 0.06 * anchors  # what flows between the layers is rounded in the graphs, and not in the network
    assert np.mean(apart) < 1e-3
    assert np.mean(tags_apart) < 0.005


def test_weights_kept_beside_a_model_are_preferred(network, tmp_path: Path):
    folder = tmp_path / "model"
    shutil.copytree(MODEL, folder)
    weights = network.state_dict()
    weights["classes.bias"] = weights["classes.bias"] + 1
    keep(folder / WEIGHTS, weights)
    write_sums(folder, (*FILES, WEIGHTS))
    start = start_of(folder)
    assert start.exact
    assert torch.equal(start.weights["classes.bias"], weights["classes.bias"])
    assert "its trained weights" in start.title


def test_what_is_no_model_or_has_other_weights_is_refused(network, tmp_path: Path):
    with pytest.raises(PipelineError, match="no readable SHA256SUMS"):
        start_of(tmp_path)
    folder = tmp_path / "model"
    shutil.copytree(MODEL, folder)
    (folder / WEIGHTS).write_bytes(b"none")
    with pytest.raises(PipelineError, match="is not listed"):
        start_of(folder)
    write_sums(folder, (*FILES, WEIGHTS))
    with pytest.raises(TrainingError, match="the weights cannot be read"):
        start_of(folder)
    keep(folder / WEIGHTS, {"classes.bias": torch.zeros(3)})
    with pytest.raises(PipelineError, match="is not the file that the model was made with"):
        start_of(folder)
    write_sums(folder, (*FILES, WEIGHTS))
    with pytest.raises(TrainingError, match="those of another network"):
        start_of(folder)
