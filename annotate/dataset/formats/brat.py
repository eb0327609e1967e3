"""brat standoff (Stenetorp et al., EACL 2012), in the form in which PolNeAR was published.

A folder that brat can show: `STEM.txt` and `STEM.ann` for each article, annotation.conf, visual.conf, and an index that
says which article is which. An attribution is an event: its trigger covers the cue (the first part of the quote where
there is none), its arguments are one Source, one Cue and one Content, each of one or more fragments, and the outlets
it came through. Attributes stand on it and on the other spans; names and the region ids are notes, which brat shows on
hovering.

The reader also takes what others wrote, such as PolNeAR's own files: any event whose type begins with `Attribution`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from annotate import __version__
from annotate.dataset.formats.brat_standoff import ATTRIBUTION, ON_EVENT, ROLES, Standoff
from annotate.dataset.formats.documents import (
    INDEX,
    Document,
    completed,
    index,
    index_line,
    stem,
    text_of,
    without_machine,
)
from annotate.derive import sha256_of
from annotate.errors import DatasetError
from annotate.record import Attribution, Notice, OutletMention, Provenance, Record, Span, Verification, canonical
from annotate.scheme import ATTRIBUTES

LOSES = "suggestions, scores, marks that no attribution holds; what the registry knows of outlets"

SOURCELESS = f"{ATTRIBUTION}-no-source"
_Line = str


def kept(record: Record) -> Record:
    """Return what brat's form keeps of a Record."""
    text_of(record)
    return canonical(without_machine(record))


def write(folder: Path, records: Iterable[Record]) -> None:
    """Write a folder for brat."""
    folder.mkdir()
    with (folder / INDEX).open("w", encoding="utf-8", newline="\n") as listing:
        for record in records:
            name = stem(record.id)
            (folder / f"{name}.txt").write_bytes(text_of(record).encode())
            (folder / f"{name}.ann").write_bytes("".join(_Writer(record).lines()).encode())
            listing.write(index_line(record))
    (folder / "annotation.conf").write_text(_annotation_conf(), encoding="utf-8")
    (folder / "visual.conf").write_text(_VISUAL, encoding="utf-8")


def read(folder: Path) -> Iterator[Record]:
    """Read the Records back, in the order in which they were written.

    A folder without an index is somebody else's: its articles come by file name, which is then the id.
    Raises: DatasetError, with file and line, for what is no standoff.
    """
    return (document.record for document in documents(folder))


def documents(path: Path) -> Iterator[Document]:
    """Yield what `read` reads, with the sources and cues that have no quote; path: a folder, or one .ann file.

    The text of NAME.ann is NAME.txt, beside it or in a folder `text` beside its folder. Where there is none, what
    follows the last underscore is the annotator, as in PolNeAR: the article is called by what stands before.
    """
    if path.is_dir() and (path / INDEX).is_file():
        for row in index(path):
            files = path / f"{row.file}.ann", path / f"{row.file}.txt"
            yield completed(_document(*files, row.id, sha256=row.sha256), row)
    else:
        for ann in sorted(path.glob("*.ann")) if path.is_dir() else [path]:
            yield _foreign(ann)


def _foreign(ann: Path) -> Document:
    article, _, annotator = ann.stem.rpartition("_")
    for name, person in ((ann.stem, None), (article, annotator)):
        for folder in (ann.parent, ann.parent.parent / "text"):
            if name and (folder / f"{name}.txt").is_file():
                document = _document(ann, folder / f"{name}.txt", name)
                if person is None:
                    return document
                provenance = Provenance(version=__version__, annotator=person)
                return replace(document, record=document.record.model_copy(update={"provenance": provenance}))
    raise DatasetError("its text is not there", where=str(ann), mend=f"give {ann.stem}.txt beside it")


def _document(path: Path, text_path: Path, article_id: str, *, sha256: str | None = None) -> Document:
    try:
        text = text_path.read_bytes().decode()
        lines = path.read_bytes().decode().split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"cannot be read: {error}", where=str(path), mend="give .ann and .txt in UTF-8") from None
    if sha256 not in (None, sha256_of(text)):
        raise DatasetError("the text is not the one that was annotated", where=str(text_path), mend="export again")
    return Standoff(text, path).read(lines, article_id)


# -- writing -----------------------------------------------------------------------------------------------------------


class _Writer:
    def __init__(self, record: Record) -> None:
        self._record = record
        self._text = text_of(record)
        self._count = dict.fromkeys("TEARN", 0)

    def lines(self) -> Iterator[_Line]:
        events = {}
        for outlet in self._record.outlets:
            yield from self._span("Outlet", outlet, {"role": outlet.role}, name=outlet.name)
        for item in self._record.attributions:
            yield from self._event(item)
            events[item.id] = f"E{self._count['E']}"
        for verification in self._record.verifications:
            yield from self._span("Verification", verification, {"verification_kind": verification.kind})
            for target in verification.about:
                yield self._line("R", f"about Arg1:T{self._count['T']} Arg2:{events[target]}")
        for notice in self._record.notices:
            yield from self._span("Notice", notice, {"notice_kind": notice.kind})
        for later, earlier in self._record.disputes:
            yield self._line("R", f"disputes Arg1:{events[later]} Arg2:{events[earlier]}")

    def _line(self, letter: str, content: str) -> _Line:
        self._count[letter] += 1
        return f"{'#' if letter == 'N' else letter}{self._count[letter]}\t{content}\n"

    def _mark(self, label: str, spans: Sequence[Span]) -> _Line:
        offsets = ";".join(f"{start} {end}" for start, end in spans)
        # One line a mark: brat writes a line break inside a span as a space.
        words = " ".join(self._text[start:end] for start, end in spans)
        return self._line("T", f"{label} {offsets}\t{_LINE_BREAKS.sub(' ', words)}")

    def _span(
        self,
        label: str,
        item: OutletMention | Verification | Notice,
        values: dict[str, str | None],
        name: str | None = None,
    ) -> Iterator[_Line]:
        yield self._mark(label, [item.span])
        mark = f"T{self._count['T']}"
        yield from self._described(mark, item.id, values, {"name": name} if name else {})

    def _event(self, item: Attribution) -> Iterator[_Line]:
        arguments = []
        for role, label in ROLES.items():
            if spans := getattr(item, role):
                yield self._mark(label, spans)
                arguments.append(f"{label}:T{self._count['T']}")
        kind = ATTRIBUTION if item.source else SOURCELESS
        yield self._mark(kind, item.cue or item.quote[:1])
        yield self._line("E", " ".join([f"{kind}:T{self._count['T']}", *arguments]))
        notes: dict[str, Any] = {"name": item.speaker.name} if item.speaker else {}
        if item.via:
            notes["via"] = [via.model_dump(mode="json") for via in item.via]
        values = {name: getattr(item, name) for name in ON_EVENT}
        yield from self._described(f"E{self._count['E']}", item.id, values, notes)

    def _described(
        self, mark: str, item_id: str, values: dict[str, str | None], notes: dict[str, Any]
    ) -> Iterator[_Line]:
        for name, value in values.items():
            if value:
                yield self._line("A", f"{name} {mark} {value}")
        for name, content in {"id": item_id, **notes}.items():
            yield self._line("N", f"{name} {mark}\t{json.dumps(content, ensure_ascii=False)}")


# What str.splitlines() would split at: a reader of lines must not see one inside a mark.
_LINE_BREAKS = re.compile("[\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")


# -- how brat shows it -------------------------------------------------------------------------------------------------


def _annotation_conf() -> str:
    """Return brat's description of the scheme, from our own vocabulary."""
    by_attribute = {
        name: [str(value) for value in vocabulary]
        for attributes in ATTRIBUTES.values()
        for name, vocabulary in attributes.items()
        if vocabulary is not None
    }
    on = {
        **dict.fromkeys(ON_EVENT, f"{ATTRIBUTION}|{SOURCELESS}"),
        "role": "Outlet",
        "verification_kind": "Verification",
        "notice_kind": "Notice",
    }
    attributes = [f"{name}\tArg:{owner}, Value:{'|'.join(by_attribute[name])}" for name, owner in on.items()]
    event = f"{ATTRIBUTION}|{SOURCELESS}"
    return "\n".join(
        [
            "[entities]",
            *ROLES.values(),
            "Outlet",
            "Verification",
            "Notice",
            "",
            "[relations]",
            f"about\tArg1:Verification, Arg2:{event}",
            f"disputes\tArg1:{event}, Arg2:{event}",
            "<OVERLAP>\tArg1:<ANY>, Arg2:<ANY>, <OVL-TYPE>:<ANY>",
            "",
            "[events]",
            f"{ATTRIBUTION}\tContent:Content, Cue?:Cue, Source:Source",
            f"{SOURCELESS}\tContent:Content, Cue?:Cue",
            "",
            "[attributes]",
            *attributes,
            "",
        ]
    )


_VISUAL = """\
[labels]
[drawing]
SPAN_DEFAULT\tfgColor:black, bgColor:lightgray, borderColor:darken
Content\tbgColor:#56B4E9
Cue\tbgColor:#E69F00
Source\tbgColor:#009E73
Outlet\tbgColor:#CC79A7
Verification\tbgColor:#F0E442
Notice\tbgColor:#BBBBBB
ARC_DEFAULT\tcolor:black, arrowHead:triangle-5
"""
