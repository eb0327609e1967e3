"""Sentence starts at paragraph breaks, set before the parser runs, so that no sentence runs over one."""

from __future__ import annotations

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from annotate.pipeline.extensions import text_of
from annotate.pipeline.spans import paragraphs


class Paragraphs:
    """Start a sentence at the first token of every paragraph.

    Headlines and datelines without a stop would otherwise be parsed together with the sentence after them.
    """

    def __init__(self, nlp: Language, name: str = "annotate_paragraphs") -> None:
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        starts = [start for start, _ in paragraphs(text_of(doc))]
        for index in np.flatnonzero(np.isin(doc.to_array(["IDX"]), starts)).tolist():
            doc[index].is_sent_start = True
        return doc


@Language.factory("annotate_paragraphs", assigns=["token.is_sent_start"])
def make_paragraphs(nlp: Language, name: str) -> Paragraphs:
    return Paragraphs(nlp, name)
