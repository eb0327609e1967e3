"""A Doc's tokens as plain lists: many look-ups a token are far cheaper there than on spaCy's objects."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from spacy.tokens import Doc

from annotate.derive import Span
from annotate.pipeline.extensions import text_of


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the tagger and the parser say, by token index.

    starts, ends: characters; heads: index of the head, a root's own; sentences, paragraphs: their numbers;
    glued: whether the token follows the one before it without a space.
    """

    text: str
    texts: list[str]
    lowers: list[str]
    lemmas: list[str]
    tags: list[str]
    pos: list[str]
    deps: list[str]
    heads: list[int]
    starts: list[int]
    ends: list[int]
    glued: list[bool]
    sentences: list[int]
    paragraphs: list[int]

    def __len__(self) -> int:
        return len(self.texts)

    @classmethod
    def of(cls, doc: Doc) -> Tokens:
        text = text_of(doc)
        texts = [token.text for token in doc]
        table = doc.to_array(["POS", "TAG", "DEP", "LEMMA", "HEAD", "SENT_START"]).astype("int64").tolist()
        names: dict[int, str] = {}
        strings = doc.vocab.strings

        def name(number: int) -> str:
            found = names.get(number)
            if found is None:
                # Hashes are unsigned; the table's numbers had to be signed for the heads.
                found = names[number] = strings[number % 2**64] if number else ""
            return found

        starts, ends, glued, sentences, paragraphs = [], [], [], [], []
        at = sentence = paragraph = 0
        for index, token in enumerate(texts):
            start = text.find(token, at) if token else at
            glued.append(index > 0 and start == at)
            starts.append(start)
            at = start + len(token)
            ends.append(at)
            if table[index][5] == 1 and index:
                sentence += 1
            sentences.append(sentence)
            paragraphs.append(paragraph)
            if "\n" in token:
                paragraph += 1
        return cls(
            text=text,
            texts=texts,
            lowers=[token.lower() for token in texts],
            lemmas=[name(row[3]).lower() for row in table],
            tags=[name(row[1]) for row in table],
            pos=[name(row[0]) for row in table],
            deps=[name(row[2]) for row in table],
            heads=[index + row[4] for index, row in enumerate(table)],
            starts=starts,
            ends=ends,
            glued=glued,
            sentences=sentences,
            paragraphs=paragraphs,
        )

    def covering(self, span: Span) -> tuple[int, int]:
        """Return the half-open token span that covers a stretch of characters; empty where none does."""
        return bisect_right(self.ends, span[0]), bisect_left(self.starts, span[1])

    def head_of(self, start: int, end: int) -> int:
        """Return the token of a phrase that all others hang on: the first noun or name whose head is outside."""
        outside = [i for i in range(start, end) if not start <= self.heads[i] < end or self.heads[i] == i]
        nominal = [i for i in outside if self.pos[i] in {"PROPN", "NOUN", "PRON", "NUM"}]
        return (nominal or outside or [start])[0]

    def string(self, start: int, end: int) -> str:
        """Return the words of a token span with single spaces."""
        return " ".join(self.text[self.starts[start] : self.ends[end - 1]].split()) if start < end else ""
