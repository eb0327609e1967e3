"""The attribution network: a small BERT encoder, an anchor head and a tagger of every piece for every anchor.

The encoder is MiniLM (Wang et al., 2020: six layers, 384 wide) with embeddings added for what its uncased vocabulary
cannot show: letter case, quotation state, white space and the corpus style whose conventions are asked for. The tagger
joins a piece with an anchor by a sum and a product, as in biaffine taggers, and by how they lie to each other.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor, nn

from annotate.pipeline.network.pieces import CASES, GAPS, MARKS
from annotate.pipeline.network.terms import CLASSES, ROLES, STYLES, TAGS
from annotate.pipeline.network.windows import CROSSED, DISTANCES, LINES

WIDTH, HEADS, LAYERS, INNER, WORDS, POSITIONS = 384, 12, 6, 1536, 30522, 512
PAIR_WIDTH = 128


class Layer(nn.Module):
    """A transformer layer with the norm after each half, as in BERT."""

    def __init__(self) -> None:
        super().__init__()
        self.query_key_value = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.norm_attention = nn.LayerNorm(WIDTH, eps=1e-12)
        self.up = nn.Linear(WIDTH, INNER)
        self.down = nn.Linear(INNER, WIDTH)
        self.norm_output = nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, x: Tensor, bias: Tensor | None) -> Tensor:
        b, t, _ = x.shape
        split = self.query_key_value(x).view(b, t, 3, HEADS, WIDTH // HEADS)
        query, key, value = split.permute(2, 0, 3, 1, 4).unbind(0)
        # Spelled out: on processors this costs half of the fused kernel, there and back in bfloat16.
        scores = (query * (WIDTH // HEADS) ** -0.5) @ key.transpose(2, 3)
        weights = (scores if bias is None else scores + bias.to(query.dtype)).softmax(-1)
        attended = (weights @ value).transpose(1, 2).reshape(b, t, WIDTH)
        x = self.norm_attention(x + self.out(attended))
        y: Tensor = self.norm_output(x + self.down(F.gelu(self.up(x))))
        return y


class Encoder(nn.Module):
    """Pieces (b, t) to hidden states (b, t, WIDTH)."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(WORDS, WIDTH)
        self.positions = nn.Embedding(POSITIONS, WIDTH)
        self.case = nn.Embedding(len(CASES), WIDTH)
        self.mark = nn.Embedding(len(MARKS), WIDTH)
        self.gap = nn.Embedding(len(GAPS), WIDTH)
        self.style = nn.Embedding(len(STYLES), WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.drop = nn.Dropout(0.1)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        for added in (self.case, self.mark, self.gap, self.style):
            nn.init.normal_(added.weight, std=0.01)
        # Half of all weights; a few hundred articles would only bend those of the words they happen to hold.
        self.words.weight.requires_grad_(False)

    def forward(  # noqa: PLR0917 - the exporter takes inputs by position
        self, ids: Tensor, case: Tensor, mark: Tensor, gap: Tensor, style: Tensor, filled: Tensor
    ) -> Tensor:
        x = self.words(ids) + self.positions.weight[: ids.shape[1]]
        x = x + self.case(case) + self.mark(mark) + self.gap(gap) + self.style(style)[:, None]
        x = self.drop(self.norm(x))
        bias = torch.where(filled, 0.0, -1e4)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, bias)
        dropped: Tensor = self.drop(x)
        return dropped

    def start_from(self, weights: Mapping[str, Tensor]) -> None:
        """Take over the weights of a six-layer BERT, under the names Hugging Face gives them."""
        source = {name.removeprefix("bert."): value for name, value in weights.items()}
        with torch.no_grad():
            embeddings = "embeddings."
            types = source[embeddings + "token_type_embeddings.weight"]
            self.words.weight.copy_(source[embeddings + "word_embeddings.weight"])
            self.positions.weight.copy_(source[embeddings + "position_embeddings.weight"] + types[0])
            _copy(self.norm, source, embeddings + "LayerNorm")
            for number, layer in enumerate(self.layers):
                prefix = f"encoder.layer.{number}."
                for kind in ("weight", "bias"):
                    parts = [source[f"{prefix}attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
                    getattr(layer.query_key_value, kind).copy_(torch.cat(parts))
                _copy(layer.out, source, prefix + "attention.output.dense")
                _copy(layer.norm_attention, source, prefix + "attention.output.LayerNorm")
                _copy(layer.up, source, prefix + "intermediate.dense")
                _copy(layer.down, source, prefix + "output.dense")
                _copy(layer.norm_output, source, prefix + "output.LayerNorm")


def _copy(module: nn.Module | Tensor, source: Mapping[str, Tensor], name: str) -> None:
    for kind in ("weight", "bias"):
        getattr(module, kind).copy_(source[f"{name}.{kind}"])


class Block(nn.Module):
    """A residual depthwise convolution along the pieces of one anchor's row."""

    def __init__(self, dilation: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(PAIR_WIDTH)
        self.along = nn.Conv1d(
            PAIR_WIDTH, PAIR_WIDTH, 9, padding=4 * dilation, dilation=dilation, groups=PAIR_WIDTH
        )  # fmt: skip
        self.mix = nn.Linear(PAIR_WIDTH, PAIR_WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        y = self.along(self.norm(x).transpose(1, 2)).transpose(1, 2)
        mixed: Tensor = x + self.mix(F.gelu(y))
        return mixed


class Tagger(nn.Module):
    """The tag logits (pairs, t, TAGS) of every piece for given anchors."""

    def __init__(self) -> None:
        super().__init__()
        self.distance = nn.Embedding(DISTANCES, PAIR_WIDTH)
        self.lines = nn.Embedding(LINES, PAIR_WIDTH)
        self.crossed = nn.Embedding(CROSSED, PAIR_WIDTH)
        for added in (self.distance, self.lines, self.crossed):
            nn.init.normal_(added.weight, std=0.1)
        self.blocks = nn.ModuleList([Block(1), Block(4), Block(16)])
        self.norm = nn.LayerNorm(PAIR_WIDTH)
        self.tags = nn.Linear(PAIR_WIDTH, len(TAGS))

    def forward(self, pieces: Tensor, anchor: Tensor, distance: Tensor, lines: Tensor, crossed: Tensor) -> Tensor:
        """Take pieces (pairs, t, 2w) and anchors (pairs, 2w) as `Network.sides` gives them, and three buckets."""
        added, times = pieces.chunk(2, -1)
        anchor_added, anchor_times = anchor[:, None].chunk(2, -1)
        x = added + anchor_added + times * anchor_times
        x = F.gelu(x + self.distance(distance) + self.lines(lines) + self.crossed(crossed))
        for block in self.blocks:
            x = block(x)
        logits: Tensor = self.tags(self.norm(x))
        return logits


class Network(nn.Module):
    """Encoder, heads and tagger."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.classes = nn.Linear(WIDTH, 1 + len(CLASSES))
        self.roles = nn.Linear(WIDTH, len(ROLES))
        self.piece_side = nn.Linear(WIDTH, 2 * PAIR_WIDTH)
        self.anchor_side = nn.Linear(WIDTH, 2 * PAIR_WIDTH)
        self.tagger = Tagger()
