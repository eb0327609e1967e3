"""What keeps a trained network from forgetting while it learns from a few articles more.

Anchors: the corpus a network was trained on told it which word of a cue is its head; a few articles tell that badly.
So of a cue's pieces the one is the anchor that the network itself takes for one most (`KnownAnchors`).

The other conventions: no article says what they ask for, but the network knows. What it reads in the same articles in
the other style is set before it as if annotated (learning without forgetting, Li and Hoiem 2016; pseudo-rehearsal,
Robins 1995).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from annotate.corpora import AnnotatedArticle, Annotation
from annotate.derive import Span
from annotate.pipeline.network.config import Floats
from annotate.pipeline.network.graphs import Graphs
from annotate.pipeline.network.pieces import GLUED, Pieces, load_tokenizer, pieces_of
from annotate.pipeline.network.reading import AttributionNetwork
from annotate.pipeline.network.terms import STYLES
from annotate.pipeline.network.windows import lay_out, windows_of
from annotate.training.course import SHORTEST
from annotate.training.targets import Lesson, targets_of


class KnownAnchors:
    """Tell a cue's anchor by what a trained network takes for one. chances: (n,), of each piece of one article."""

    def __init__(self, chances: Floats) -> None:
        self._chances = chances

    def pick(self, pieces: Pieces, span: Span) -> int | None:
        """Return the first piece of the likeliest word; None when the span holds no piece."""
        first, last = pieces.inside(span)
        begins = [at for at in range(first, last) if at == first or pieces.gap[at] > GLUED]
        return max(begins, key=lambda at: (float(self._chances[at]), at), default=None)


class Teacher:
    """The model that training starts from, as one that reads articles."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tokenizer = load_tokenizer(folder / "tokenizer.json")
        self._networks = {style: AttributionNetwork(folder, style=style) for style in STYLES}
        self._graphs = Graphs(folder)

    def lesson(self, article: AnnotatedArticle, style: str) -> Lesson | None:
        """Turn an annotated article into a lesson in a style; None when it is too short to teach anything."""
        pieces = pieces_of(self.tokenizer, article.text)
        if len(pieces) < SHORTEST:
            return None
        anchors = KnownAnchors(self._chances(pieces, style))
        return Lesson(pieces, targets_of(pieces, article.attributions, anchors), STYLES.index(style))

    def lessons(self, articles: Iterable[AnnotatedArticle], style: str) -> list[Lesson]:
        """Turn annotated articles into lessons."""
        return [lesson for article in articles if (lesson := self.lesson(article, style))]

    def read(self, articles: Sequence[AnnotatedArticle], style: str) -> list[AnnotatedArticle]:
        """Return the articles with what the model finds in them in a style instead of what is annotated."""
        network = self._networks[style]
        found = network.read([(article.text, network.pieces(article.text)) for article in articles])
        return [
            AnnotatedArticle(
                article.id,
                article.text,
                tuple(Annotation(item.quote, item.cue, item.source, item.cue_class) for item in items),
                outlet=article.outlet,
            )
            for article, items in zip(articles, found, strict=True)
        ]

    def _chances(self, pieces: Pieces, style: str) -> Floats:
        config = self._networks[style].config
        chances = np.zeros(len(pieces), dtype=np.float32)
        for window in windows_of(pieces, 0, room=config.window - 2, margin=config.margin):
            logits = self._graphs.read(lay_out([window], [pieces]), STYLES.index(style))[0][0]
            none = logits[:, 0] - logits.max(-1)
            powers = np.exp(logits - logits.max(-1, keepdims=True)).sum(-1)
            anchor = 1 - np.exp(none) / powers
            columns = slice(window.core_start - window.start + 1, window.core_stop - window.start + 1)
            chances[window.core_start : window.core_stop] = anchor[columns]
        return chances
