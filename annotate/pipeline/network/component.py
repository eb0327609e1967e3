"""The network as a spaCy component."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from annotate.pipeline.extensions import Draft, ensure_extensions, new_draft, text_of, write_spans
from annotate.pipeline.network.reading import MODEL, AttributionNetwork, Found
from annotate.pipeline.quotation_marks import Stretch

SPANS_KEY = "annotate/"
_DIGITS = 4  # of a score; more say nothing, and differ between processors
_TOGETHER = 64  # docs whose anchors may be searched together


class NetworkAttributions:
    """Write the attributions to `doc._.attributions`, and their spans to `doc.spans["annotate/quote"]` and so on.

    Needs `annotate_quotation_marks`; a dependency parser before it gives each source its head.
    """

    def __init__(self, nlp: Language, name: str, network: AttributionNetwork, *, spans_key: str = SPANS_KEY) -> None:
        self.name = name
        self.network = network
        self.spans_key = spans_key
        ensure_extensions()

    def __call__(self, doc: Doc) -> Doc:
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = _TOGETHER) -> Iterator[Doc]:
        """Read several docs in one go; each is given the same attributions as by itself."""
        docs = iter(stream)
        while batch := list(islice(docs, min(batch_size, _TOGETHER))):
            yield from self._batch(batch)

    def _batch(self, docs: Sequence[Doc]) -> Sequence[Doc]:
        texts = [text_of(doc) for doc in docs]
        pieces = [
            self.network.pieces(text, [Stretch(*item) for item in doc._.quotations])
            for doc, text in zip(docs, texts, strict=True)
        ]
        for doc, found in zip(docs, self.network.read(list(zip(texts, pieces, strict=True))), strict=True):
            doc._.attributions = list(_drafts(doc, found))
            write_spans(doc, self.spans_key, doc._.attributions)
        return docs


def _drafts(doc: Doc, found: Iterable[Found]) -> Iterator[Draft]:
    begins = doc.to_array(["IDX"])
    parsed = doc.has_annotation("DEP")
    for item in found:
        phrase = doc.char_span(*item.source[0], alignment_mode="expand") if item.source and parsed else None
        yield new_draft(
            "network",
            list(item.quote),
            cue=list(item.cue),
            source=list(item.source),
            head=phrase.root.i if phrase is not None else None,
            anchor=int(np.searchsorted(begins, item.anchor, side="right")) - 1 if item.cue else None,
            cue_class=item.cue_class,
            score=round(item.score, _DIGITS),
            span_scores={role: [round(score, _DIGITS) for score in scores] for role, scores in item.scores.items()},
        )


@Language.factory(
    "annotate_attributions_network",
    default_config={"spans_key": SPANS_KEY, "model": None, "style": "house", "min_score": None, "attitudes": True},
)
def make_network_attributions(  # noqa: PLR0917 - spaCy hands the settings over by name
    nlp: Language,
    name: str,
    spans_key: str,
    model: str | None,
    style: str,
    min_score: float | None,
    attitudes: bool,
) -> NetworkAttributions:
    """Load the network of the folder `model`, None for the packaged one."""
    folder = MODEL if model is None else Path(model)
    network = AttributionNetwork(folder, style=style, min_score=min_score, attitudes=attitudes)
    return NetworkAttributions(nlp, name, network, spans_key=spans_key)
