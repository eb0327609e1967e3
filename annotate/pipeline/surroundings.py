"""What stands around a place in an article, found without going through all of it: who spoke, outlets, marks."""

from __future__ import annotations

from bisect import bisect_left

from spacy.tokens import Doc
from spacy.tokens import Span as TokenSpan

from annotate.pipeline.extensions import Draft, OutletDraft, text_of
from annotate.pipeline.spans import Places, merged, overlaps, paragraphs, words_in

FAR = 5_000  # characters: what was said farther off is not what a statement speaks of
_SPEECH = 4  # words: shorter stretches in marks are names and titles


class Surroundings:
    """The attributions, outlets, quotations and paragraphs of one Doc by their place."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.text = text_of(doc)
        self.drafts: list[Draft] = doc._.attributions
        self.paragraphs = Places(paragraphs(self.text))
        placed = sorted((_place(draft), index) for index, draft in enumerate(self.drafts))
        self._starts = [start for start, _ in placed]
        self._indices = [index for _, index in placed]
        heads = [doc[draft["head"]] for draft in self.drafts if draft["head"] is not None and draft["head"] < len(doc)]
        self.speakers = frozenset(head.text for head in heads)
        self.speaker_lemmas = frozenset(head.lemma_ for head in heads)
        outlets: list[OutletDraft] = doc._.outlets
        self._outlet_starts = sorted(outlet["start"] for outlet in outlets)
        self._outlet_tokens = frozenset(at for outlet in outlets for at in range(outlet["start"], outlet["end"]))
        self._speech = Places(
            merged(
                (start, end)
                for start, end, depth, _ in doc._.quotations
                if depth == 0 and words_in(self.text, (start, end)) >= _SPEECH
            )
        )

    def near(self, start: int, end: int, far: int = FAR) -> list[int]:
        """Return the indices of the attributions that begin within `far` characters of text[start:end], in order."""
        first, last = bisect_left(self._starts, start - far), bisect_left(self._starts, end + far)
        return sorted(self._indices[first:last])

    def holding(self, start: int, end: int) -> list[Draft]:
        """Return the attributions a part of whose quote overlaps text[start:end]."""
        return [
            self.drafts[index]
            for index in self.near(start, end)
            if any(overlaps((start, end), part) for part in self.drafts[index]["quote"])
        ]

    def is_quoted(self, position: int) -> bool:
        """Tell whether a place lies in a quotation in marks: then a source says it, not the article."""
        return self._speech.holding(position) is not None

    def holds_outlet(self, tokens: TokenSpan) -> bool:
        """Tell whether a stretch of tokens holds or touches the name of an outlet."""
        return any(token.i in self._outlet_tokens for token in tokens)

    def names_outlet(self, start: int, end: int) -> bool:
        """Tell whether an outlet's name begins among the tokens from `start` to `end`."""
        return bisect_left(self._outlet_starts, start) < bisect_left(self._outlet_starts, end)


def _place(draft: Draft) -> int:
    return min(part[0] for part in (*draft["quote"], *draft["cue"]))
