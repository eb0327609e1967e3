"""From weights to the two graphs that the pipeline runs, 8 bits a weight where that costs little."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from annotate.pipeline.network.terms import READER_INPUTS, READER_OUTPUTS, TAGGER_INPUTS
from annotate.training.network import PAIR_WIDTH, Network

_OPSET = 17


class _Reader(nn.Module):
    """The network up to the sides of pieces and anchors: what is computed once for a window."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(  # noqa: PLR0917 - the exporter takes inputs by position
        self, ids: Tensor, case: Tensor, mark: Tensor, gap: Tensor, style: Tensor, filled: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        network = self.network
        hidden = network.encoder(ids, case, mark, gap, style, filled)
        return network.classes(hidden), network.piece_side(hidden), network.anchor_side(hidden), network.roles(hidden)


def export(weights: Mapping[str, Tensor], folder: Path) -> None:
    """Write `encoder.onnx` and `tagger.onnx` into a folder.

    The encoder's matrices and embeddings are kept as 8-bit integers, a scale for each output channel; the heads,
    which decide, and the tagger, which is small, as they are.
    """
    network = Network()
    network.load_state_dict(dict(weights))
    network.eval()
    b, t, pairs = 2, 40, 3
    numbers = torch.zeros(b, t, dtype=torch.long)
    reader_inputs = (numbers, numbers, numbers, numbers, torch.zeros(b, dtype=torch.long), torch.ones(b, t).bool())
    pair_inputs = (
        torch.randn(pairs, t, 2 * PAIR_WIDTH),
        torch.randn(pairs, 2 * PAIR_WIDTH),
        *[numbers[:1].expand(pairs, t)] * 3,
    )
    with TemporaryDirectory(dir=folder) as temporary:
        whole, reader, tagger = (Path(temporary) / name for name in ("whole.onnx", "encoder.onnx", "scorer.onnx"))
        _write(_Reader(network), reader_inputs, whole, READER_INPUTS, READER_OUTPUTS, flat=("style",))
        _write(network.tagger, pair_inputs, tagger, TAGGER_INPUTS, ("tags",), flat=("anchor",))
        heads = [
            node.name
            for node in onnx.load(whole).graph.node
            if node.op_type in ("MatMul", "Gemm") and "layers" not in node.name
        ]
        logging.getLogger().setLevel(logging.ERROR)  # the quantiser recommends a step that changes nothing here
        quantize_dynamic(
            whole, reader, weight_type=QuantType.QInt8, per_channel=True,
            op_types_to_quantize=["MatMul", "Gather"], nodes_to_exclude=heads,
        )  # fmt: skip
        for path in (reader, tagger):
            path.replace(folder / path.name)


def _write(
    module: nn.Module, inputs: tuple[Tensor, ...], path: Path, names: Iterable[str], outputs: Iterable[str], *,
    flat: tuple[str, ...],
) -> None:  # fmt: skip
    names, outputs = list(names), list(outputs)
    axes = {name: {0: "rows"} if name in flat else {0: "rows", 1: "pieces"} for name in (*names, *outputs)}
    with warnings.catch_warnings():
        # The exporter that traces is deprecated; its successor fixes the axes that must stay free here.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module, inputs, str(path), dynamo=False, input_names=names, output_names=outputs, dynamic_axes=axes,
            opset_version=_OPSET,
        )  # fmt: skip
