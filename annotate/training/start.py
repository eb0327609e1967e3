"""The weights that training starts from: those of a model folder, or the plain encoder's.

A model that `annotate train` made lies beside its own weights. A packaged one has only its graphs, whose matrices are
8-bit integers with a scale for each output channel: their values times the scale are weights again, and the network
with them answers what the graphs answer, but for the rounding of what flows between the layers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from annotate.errors import TrainingError
from annotate.pipeline.network.config import Config, load_config
from annotate.pipeline.network.reading import MODEL
from annotate.pipeline.network.sums import check_sums
from annotate.training.keeping import kept
from annotate.training.making import WEIGHTS
from annotate.training.network import Network

_GRAPHS = {"encoder.onnx": "", "scorer.onnx": "tagger."}  # graph -> where its parameters stand in the network
_MEND = "name the folder of a model that `annotate train` made, or start with --from-scratch"


@dataclass(frozen=True, slots=True)
class Start:
    """What a training starts from: all weights of the network, and whose they are.

    exact: whether the weights are those that were trained, or read back from 8-bit graphs.
    """

    folder: Path
    config: Config
    weights: dict[str, Tensor]
    exact: bool

    @property
    def title(self) -> str:
        """Name the model with its version, and how its weights were had."""
        whose = "the packaged model" if self.folder == MODEL else "a model of one's own"
        how = "its trained weights" if self.exact else "its 8-bit graphs"
        return f"{self.config.name}-{self.config.version}, {whose}, from {how}"


def start_of(folder: Path = MODEL) -> Start:
    """Read the weights of a model folder: those in its weights.safetensors, else those of its graphs.

    Raises: PipelineError when the folder holds no sound model, TrainingError when its weights are not this network's.
    """
    config = load_config(folder)
    path = folder / WEIGHTS
    weights = _kept(path) if path.is_file() else dict(_from_graphs(folder))
    wanted = Network().state_dict()
    wrong = [name for name, value in wanted.items() if name not in weights or weights[name].shape != value.shape]
    if wrong or len(weights) != len(wanted):
        what = f"{wrong[0]} is missing or of another shape" if wrong else "it holds more than this network has"
        raise TrainingError(f"the weights are those of another network: {what}", where=str(folder), mend=_MEND)
    return Start(folder, config, {name: weights[name].float() for name in wanted}, path.is_file())


def _kept(path: Path) -> dict[str, Tensor]:
    try:
        check_sums(path.parent, (path.name,))
        weights, _ = kept(path)
    except ValueError as error:
        raise TrainingError(f"the weights cannot be read: {error}", where=str(path), mend=_MEND) from None
    return weights


def _from_graphs(folder: Path) -> Iterator[tuple[str, Tensor]]:
    for file, prefix in _GRAPHS.items():
        for name, value in _parameters(onnx.load(folder / file).graph):
            yield prefix + name, value


def _parameters(graph: onnx.GraphProto) -> Iterator[tuple[str, Tensor]]:
    """Yield the parameters that a graph was exported with, under the names of the module, as floats."""
    values = {item.name: torch.from_numpy(numpy_helper.to_array(item).copy()) for item in graph.initializer}

    def whole(name: str) -> Tensor:
        base = name.removesuffix("_quantized")
        if base == name:
            return values[name]
        return (values[name].float() - values[base + "_zero_point"].float()) * values[base + "_scale"].float()

    for name in values:
        # The exporter keeps a parameter's name, unless it has to turn the matrix round.
        if not name.startswith("onnx::") and not name.endswith(("_scale", "_zero_point")):
            yield name.removesuffix("_quantized").removeprefix("network."), whole(name)
    for node in graph.node:
        if node.op_type in ("MatMul", "MatMulInteger") and node.input[1].startswith("onnx::"):
            module = re.sub(r"/MatMul(_quant)?$", "", node.name).strip("/").replace("/", ".")
            yield f"{module}.weight", whole(node.input[1]).T.contiguous()
