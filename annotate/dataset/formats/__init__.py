"""One file a format. A format writes plain Records to one file or folder and reads back what it keeps of them.

A new format is a new module with `write`, `read`, `kept` and `LOSES`, and one entry in FORMATS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from annotate.dataset.formats import brat, citron, conll, docbin, jsonl, label_studio, parquet, web_annotation
from annotate.record import Record


@dataclass(frozen=True, slots=True)
class Format:
    """How a dataset is written and read.

    target: name of the file or folder. write: streams Records into it, in the order given; read: streams them back,
    each equal to what `kept` says of it. loses: what of a Record the format cannot hold, nothing when empty.
    needs_text: it cannot hold standoff Records.
    """

    target: str
    write: Callable[[Path, Iterable[Record]], None]
    read: Callable[[Path], Iterator[object]]
    kept: Callable[[Record], object]
    loses: str
    needs_text: bool = True


FORMATS = {
    "jsonl": Format("records.jsonl", jsonl.write, jsonl.read, jsonl.kept, jsonl.LOSES, needs_text=False),
    "parquet": Format(parquet.FOLDER, parquet.write, parquet.read, parquet.kept, parquet.LOSES, needs_text=False),
    "spacy": Format("spacy", docbin.write, docbin.read, docbin.kept, docbin.LOSES),
    "brat": Format("brat", brat.write, brat.read, brat.kept, brat.LOSES),
    "web-annotation": Format(
        "annotations.jsonld",
        web_annotation.write,
        web_annotation.read,
        web_annotation.kept,
        web_annotation.LOSES,
        needs_text=False,
    ),
    "citron": Format("citron", citron.write, citron.read, citron.kept, citron.LOSES),
    "label-studio": Format(
        "label-studio.json", label_studio.write, label_studio.read, label_studio.kept, label_studio.LOSES
    ),
    "conll": Format("records.conll", conll.write, conll.read, conll.kept, conll.LOSES),
}
