"""CoNLL-style columns with BIO tags: a token a line, a column a label.

Columns: token number in its paragraph, form, start and end in code points, then one tag each for Quote, Cue, Source,
Outlet, Verification and Notice. Paragraphs end with an empty line. Tokens are those of spaCy's English tokenizer.

What such columns cannot hold is lost, and every article says how much of it: where spans of one label overlap, the
longest is kept; a span that begins or ends inside a token is stretched to it; which source, cue and quote belong
together, attributes, names and relations are gone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from annotate.dataset.formats.documents import text_of
from annotate.derive import Span
from annotate.errors import DatasetError
from annotate.record import Notice, OutletMention, Record, Verification
from annotate.scheme import Label

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

LOSES = (
    "all relations, attributes and names; the shorter of overlapping spans of one label; edges inside a token (each"
    " article's head counts what it lost)"
)
COLUMNS = ("number", "form", "start", "end", *(label.lower() for label in Label))
_LABELS = list(Label)


@dataclass(frozen=True, slots=True)
class Tagged:
    """An article as the columns hold it: per label, the spans that were kept, in order of the text."""

    id: str
    sha256: str
    spans: tuple[tuple[Label, Span], ...]


def write(path: Path, records: Iterable[Record]) -> None:
    """Write the articles one after the other."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f"# columns = {' '.join(COLUMNS)}\n")
        for record in records:
            file.writelines(_article(record))


def read(path: Path) -> Iterator[Tagged]:
    """Read back which spans the columns hold.

    Raises: DatasetError, with file and line, for what are no such columns.
    """
    reader = _Reader()
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                if finished := reader.take(line.decode().rstrip("\n")):
                    yield finished
            except (ValueError, LookupError) as error:
                raise DatasetError(
                    f"are no columns of ours: {error}", where=f"{path}:{number}", mend="export again"
                ) from None
    if last := reader.finish():
        yield last


def kept(record: Record) -> Tagged:
    """Return what the columns keep of a Record."""
    layers, _, _ = _layers(record, tokens_of(text_of(record)))
    spans = [(label, span) for label, layer in zip(_LABELS, layers, strict=True) for span in layer.spans]
    return Tagged(record.id, record.sha256, tuple(sorted(spans, key=lambda item: (item[1], item[0]))))


# -- writing -----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Layer:
    tags: list[str]
    spans: list[Span]


@cache
def _tokenizer() -> Language:
    import spacy

    return spacy.blank("en")


def tokens_of(text: str) -> Doc:
    """Return the text in spaCy's English tokens, of which every table here is made."""
    return _tokenizer().make_doc(text)


def _article(record: Record) -> Iterator[str]:
    doc = tokens_of(text_of(record))
    layers, overlapping, stretched = _layers(record, doc)
    yield f"# article = {_one_line(record.id)}\n# sha256 = {record.sha256}\n"
    yield f"# lost = {overlapping} overlapping spans, {stretched} stretched to whole tokens\n"
    number = 0
    for token in doc:
        if token.is_space:
            # White space has no line of its own; a line break in it ends the paragraph.
            if "\n" in token.text and number:
                yield "\n"
                number = 0
            continue
        number += 1
        end = token.idx + len(token)
        tags = "\t".join(layer.tags[token.i] for layer in layers)
        yield f"{number}\t{_one_line(token.text)}\t{token.idx}\t{end}\t{tags}\n"
    yield "\n"


def _one_line(text: str) -> str:
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029\\]")


def _layers(record: Record, doc: Doc) -> tuple[list[_Layer], int, int]:
    """Tag the tokens label by label; also count what overlaps and what had to be stretched."""
    layers = []
    overlapping = stretched = 0
    for label in _LABELS:
        layer = _Layer(["O"] * len(doc), [])
        for start, end in sorted(set(marks_of(record, label)), key=lambda span: (span[0] - span[1], span)):
            indices = [
                token.i for token in doc if token.idx < end and start < token.idx + len(token) and not token.is_space
            ]
            if not indices:
                continue  # nothing but white space
            if any(layer.tags[i] != "O" for i in indices):
                overlapping += 1
                continue
            whole = (doc[indices[0]].idx, doc[indices[-1]].idx + len(doc[indices[-1]]))
            stretched += whole[0] < start or whole[1] > end
            for i in indices:
                layer.tags[i] = f"I-{label}"
            layer.tags[indices[0]] = f"B-{label}"
            layer.spans.append(whole)
        layers.append(layer)
    return layers, overlapping, stretched


def words_in(doc: Doc, start: int, end: int) -> list[int]:
    """Return the numbers of the tokens that a stretch of characters touches, without those of white space."""
    touched = doc.char_span(start, end, alignment_mode="expand")
    return [token.i for token in touched if not token.is_space] if touched is not None else []


def marks_of(record: Record, label: Label) -> Iterator[Span]:
    """Yield all marks of one label, part by part."""
    of_attributions = {Label.QUOTE: "quote", Label.CUE: "cue", Label.SOURCE: "source"}
    of_record: dict[Label, Sequence[OutletMention | Verification | Notice]] = {
        Label.OUTLET: record.outlets,
        Label.VERIFICATION: record.verifications,
        Label.NOTICE: record.notices,
    }
    if role := of_attributions.get(label):
        for attribution in record.attributions:
            yield from getattr(attribution, role)
    else:
        yield from (item.span for item in of_record[label])


# -- reading -----------------------------------------------------------------------------------------------------------


class _Reader:
    def __init__(self) -> None:
        self._id: str | None = None
        self._sha256 = ""
        self._spans: list[tuple[Label, Span]] = []
        self._open: dict[Label, Span] = {}

    def take(self, line: str) -> Tagged | None:
        """Take a line; return the article that it ends, if it ends one."""
        if line.startswith("# article = "):
            finished = self.finish()
            self._id = line.removeprefix("# article = ")
            return finished
        if line.startswith("# sha256 = "):
            self._sha256 = line.removeprefix("# sha256 = ")
        elif line and not line.startswith("# "):
            self._token(line.split("\t"))
        return None

    def _token(self, cells: Sequence[str]) -> None:
        start, end = int(cells[2]), int(cells[3])
        for label, tag in zip(_LABELS, cells[4:], strict=True):
            if tag == f"I-{label}":
                self._open[label] = (self._open[label][0], end)
                continue
            self._close(label)
            if tag == f"B-{label}":
                self._open[label] = (start, end)
            elif tag != "O":
                raise ValueError(f"{tag} is no tag")

    def _close(self, label: Label) -> None:
        if label in self._open:
            self._spans.append((label, self._open.pop(label)))

    def finish(self) -> Tagged | None:
        """Return the article so far, if there is one."""
        for label in _LABELS:
            self._close(label)
        spans, self._spans = self._spans, []
        if self._id is None:
            return None
        identity = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), self._id)
        return Tagged(identity, self._sha256, tuple(sorted(spans, key=lambda item: (item[1], item[0]))))
