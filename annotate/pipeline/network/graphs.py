"""The network's two graphs, run by onnxruntime."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from annotate.errors import PipelineError
from annotate.pipeline.network.config import Floats
from annotate.pipeline.network.pieces import Ints
from annotate.pipeline.network.terms import READER_INPUTS, READER_OUTPUTS, TAGGER_INPUTS
from annotate.pipeline.network.windows import Batch

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_MOST_PAIRS = 16  # anchors tagged in one run: what a run needs of memory grows with them


class Graphs:
    """Both graphs, loaded. threads: how many of the machine's cores one run may use."""

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        self._reader = _session(folder / "encoder.onnx", threads)
        self._tagger = _session(folder / "scorer.onnx", threads)

    def read(self, batch: Batch, style: int) -> tuple[Floats, Floats, Floats]:
        """Return class logits (b, t, 1 + CLASSES) and each piece (b, t, 2w) as such and as an anchor."""
        styles = np.full(len(batch.ids), style, dtype=np.int64)
        feed = {name: styles if name == "style" else getattr(batch, name) for name in READER_INPUTS}
        classes, pieces, anchors = self._reader.run(READER_OUTPUTS[:3], feed)
        return classes, pieces, anchors

    def tag(self, pieces: Floats, anchors: Floats, related: Sequence[Ints]) -> Floats:
        """Return tag logits (p, t, TAGS) of one window's pieces (t, 2w) for p anchors (p, 2w).

        related: what `relate` says of these pairs.
        """
        parts = []
        for first in range(0, len(anchors), _MOST_PAIRS):
            some = slice(first, first + _MOST_PAIRS)
            anchor = anchors[some]
            repeated = np.broadcast_to(pieces, (len(anchor), *pieces.shape)).copy()
            inputs = (repeated, anchor, *(array[some] for array in related))
            parts.append(self._tagger.run(None, dict(zip(TAGGER_INPUTS, inputs, strict=True)))[0])
        return np.concatenate(parts)


def _session(path: Path, threads: int) -> InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # An arena keeps the most that any window ever needed, and is no faster for windows of ever new lengths.
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the library's errors have no common base of their own
        first = str(error).split("\n")[0]
        raise PipelineError(
            f"the graph cannot be loaded: {first}", where=str(path), mend="reinstall source-annotator"
        ) from None
