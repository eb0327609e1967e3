"""spaCy's DocBin, ready for `spacy train`: one Doc an article, with span groups and entities.

`doc.spans["sc"]` holds every mark under its label, which is what spaCy's `spancat` learns from; the same marks stand
label by label in `doc.spans["Quote"]`, `["Cue"]`, … . `doc.ents` holds what never overlaps, for `ner`: outlets, and
sources where no outlet lies. `doc.user_data["record"]` is the whole Record, so that nothing is lost: attributions,
attributes and relations as everywhere else. Tokens are those of spaCy's English tokenizer; a mark that begins or ends
inside a token is stretched to it in the groups, and is exact in the Record.

`spancat.cfg` and `ner.cfg` beside it are complete training configurations:
`spacy train spancat.cfg --paths.train FOLDER/spacy --paths.dev FOLDER/spacy`. spaCy reads all .spacy files of a folder:
there are several where there are many articles, since a DocBin is one compressed whole that must fit into memory.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from more_itertools import chunked, peekable

from annotate.dataset.formats.conll import marks_of, tokens_of, words_in
from annotate.dataset.formats.documents import text_of
from annotate.errors import DatasetError
from annotate.record import Record, parse_record
from annotate.scheme import Label

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

LOSES = ""
SPANS_KEY = "sc"
LONGEST = 24  # tokens of a mark that the configuration for spancat can suggest: longer quotes are beyond it
DOCS = "records.spacy"
DOCS_PER_FILE = 1000
DECODED_BYTES = 1_000_000_000
_RECORD = "record"
_SEED = 0


def kept(record: Record) -> Record:
    """Return the Record: nothing is lost."""
    return record


def write(folder: Path, records: Iterable[Record]) -> None:
    """Write a folder with the docs, a thousand to a file, and two training configurations."""
    from spacy.tokens import DocBin

    folder.mkdir()
    # Without an article there is a file all the same: an empty one.
    for number, batch in enumerate(chunked(records, DOCS_PER_FILE) if (records := peekable(records)) else [[]]):
        docs = DocBin(attrs=["ORTH", "SPACY", "ENT_IOB", "ENT_TYPE"], store_user_data=True)
        for record in batch:
            docs.add(doc_of(record))
        (folder / _name(number)).write_bytes(docs.to_bytes())
    for component in ("spancat", "ner"):
        (folder / f"{component}.cfg").write_text(_config(component), encoding="utf-8")


def read(folder: Path) -> Iterator[Record]:
    """Read the Records back.

    Raises: DatasetError for a DocBin that is cut short or not ours.
    """
    import spacy
    from spacy.tokens import DocBin

    for number in range(max(1, len(list(folder.glob("records*.spacy"))))):
        path = folder / _name(number)
        try:
            content = path.read_bytes()
            _check_size(content)
            docs = DocBin().from_bytes(content)
            for doc in docs.get_docs(spacy.blank("en").vocab):
                yield parse_record(doc.user_data[_RECORD], where=str(path))
        except (OSError, ValueError, LookupError, TypeError, zlib.error) as error:
            what = " ".join(str(error).split())[:200]
            raise DatasetError(
                f"is cut short, or no DocBin of ours: {what}", where=str(path), mend="export again"
            ) from None


def _check_size(content: bytes) -> None:
    """Refuse what unpacks to more than any thousand articles: spaCy itself would unpack it all."""
    if len(zlib.decompressobj().decompress(content, DECODED_BYTES + 1)) > DECODED_BYTES:
        raise ValueError(f"it unpacks to more than {DECODED_BYTES:,} bytes")


def _name(number: int) -> str:
    """Return the name of a file of docs: records.spacy, records-00001.spacy, …"""
    return f"records-{number:05}.spacy" if number else DOCS


def doc_of(record: Record) -> Doc:
    """Return the article as a Doc with its span groups, entities and the Record itself."""
    doc = tokens_of(text_of(record))
    every: list[Span] = []
    for label in Label:
        group = [_span(doc, start, end, label) for start, end in sorted(set(marks_of(record, label)))]
        found = [span for span in group if span is not None]
        doc.spans[str(label)] = found
        every += found
    doc.spans[SPANS_KEY] = every
    doc.ents = _apart([*doc.spans[str(Label.OUTLET)], *doc.spans[str(Label.SOURCE)]])
    doc.user_data[_RECORD] = record.to_json()
    return doc


def _span(doc: Doc, start: int, end: int, label: Label) -> Span | None:
    """Return the tokens that a mark touches, without white space at its edges."""
    from spacy.tokens import Span

    words = words_in(doc, start, end)
    return Span(doc, words[0], words[-1] + 1, label=str(label)) if words else None


def _apart(spans: Iterable[Span]) -> list[Span]:
    """Keep spans that no earlier one touches: outlets come first."""
    taken: set[int] = set()
    kept_spans = []
    for span in spans:
        tokens = set(range(span.start, span.end))
        if not tokens & taken:
            taken |= tokens
            kept_spans.append(span)
    return kept_spans


@cache
def _config(component: str) -> str:
    """Return spaCy's own recommended configuration for one component on a CPU."""
    from spacy.cli.init_config import init_config

    config = init_config(lang="en", pipeline=[component], optimize="efficiency", gpu=False)
    if component == "spancat":
        suggester = {"@misc": "spacy.ngram_range_suggester.v1", "min_size": 1, "max_size": LONGEST}
        config["components"]["spancat"] |= {"spans_key": SPANS_KEY, "suggester": suggester}
        config["training"]["score_weights"] = {f"spans_{SPANS_KEY}_f": 1.0}
    config["system"]["seed"] = config["training"]["seed"] = _SEED
    text: str = config.to_str()
    return text + "\n"
