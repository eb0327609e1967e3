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
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotate.dataset.formats.documents import INDEX, index, index_line, stem, text_of, without_machine
from annotate.derive import sha256_of
from annotate.errors import DatasetError
from annotate.record import (
    Attribution,
    Notice,
    OutletMention,
    Record,
    Span,
    SpeakerRef,
    Verification,
    Via,
    canonical,
    make_attribution,
)
from annotate.scheme import ATTRIBUTES, Label

LOSES = "suggestions, scores, marks that no attribution holds; what the registry knows of outlets"

_ATTRIBUTION = "Attribution"
_SOURCELESS = "Attribution-no-source"
# PARC's and PolNeAR's word for what we call a quote.
_ROLES = {"quote": "Content", "cue": "Cue", "source": "Source"}
_ON_EVENT = ("cue_class", "source_type", "anonymity", "independence", "verification", "reliability", "credibility")
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
    if (folder / INDEX).is_file():
        for row in index(folder):
            record = read_document(folder / f"{row['file']}.ann", article_id=row["id"])
            if record.sha256 != row["sha256"]:
                raise DatasetError(
                    "the text is not the one that was annotated",
                    where=f"{folder}/{row['file']}.txt",
                    mend="export again",
                )
            given = {name: row[name] for name in ("meta", "quality", "provenance")}
            yield Record.model_validate(record.model_dump() | given)
    else:
        for path in sorted(folder.glob("*.ann")):
            yield read_document(path)


def read_document(path: Path, *, article_id: str | None = None, text_path: Path | None = None) -> Record:
    """Read one .ann file with its text, which stands beside it unless text_path says where.

    Raises: DatasetError, with file and line, for what is no standoff.
    """
    text_path = text_path or path.with_suffix(".txt")
    try:
        text = text_path.read_bytes().decode()
        lines = path.read_bytes().decode().split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"cannot be read: {error}", where=str(path), mend="give .ann and .txt in UTF-8") from None
    return _Reader(text, path).read(lines, article_id or path.stem)


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
        for role, label in _ROLES.items():
            if spans := getattr(item, role):
                yield self._mark(label, spans)
                arguments.append(f"{label}:T{self._count['T']}")
        kind = _ATTRIBUTION if item.source else _SOURCELESS
        yield self._mark(kind, item.cue or item.quote[:1])
        yield self._line("E", " ".join([f"{kind}:T{self._count['T']}", *arguments]))
        notes: dict[str, Any] = {"name": item.speaker.name} if item.speaker else {}
        if item.via:
            notes["via"] = [via.model_dump(mode="json") for via in item.via]
        values = {name: getattr(item, name) for name in _ON_EVENT}
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


# -- reading -----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Mark:
    label: str
    spans: tuple[Span, ...]


@dataclass(slots=True)
class _Event:
    arguments: dict[str, list[str]] = field(default_factory=dict)


class _Reader:
    def __init__(self, text: str, path: Path) -> None:
        self._text = text
        self._path = path
        self._marks: dict[str, _Mark] = {}
        self._events: dict[str, _Event] = {}
        self._values: dict[tuple[str, str], str] = {}
        self._notes: dict[tuple[str, str], Any] = {}
        self._relations: list[tuple[str, str, str]] = []

    def read(self, lines: Iterable[_Line], article_id: str) -> Record:
        for number, line in enumerate(lines, start=1):
            try:
                self._take(line)
            except (ValueError, LookupError, TypeError) as error:
                raise DatasetError(
                    f"is no standoff: {error}", where=f"{self._path}:{number}", mend="export it from brat again"
                ) from None
        try:
            return self._record(article_id)
        except (ValueError, LookupError, TypeError) as error:
            raise DatasetError(
                f"does not hold together: {error}", where=str(self._path), mend="export it from brat again"
            ) from None

    def _take(self, line: _Line) -> None:
        key, *fields = line.split("\t")
        if key.startswith("T"):
            label, offsets = fields[0].split(" ", 1)
            self._marks[key] = _Mark(label, tuple(self._offsets(part) for part in offsets.split(";")))
        elif key.startswith("E"):
            (kind, _), *arguments = (part.split(":", 1) for part in fields[0].split())
            if kind.startswith(_ATTRIBUTION):
                event = self._events[key] = _Event()
                for role, target in arguments:
                    # A role that is there several times is numbered: Content, Content2, …
                    event.arguments.setdefault(role.rstrip("0123456789"), []).append(target)
        elif key.startswith(("A", "M")):
            name, mark, *value = fields[0].split(" ")
            self._values[mark, name] = value[0] if value else name
        elif key.startswith("R"):
            name, one, other = fields[0].split(" ")
            self._relations.append((name, one.split(":", 1)[1], other.split(":", 1)[1]))
        elif key.startswith("#"):
            name, mark = fields[0].split(" ", 1)
            if name in ("id", "name", "via"):
                self._notes[mark, name] = json.loads(fields[1])

    def _offsets(self, part: str) -> Span:
        start, end = map(int, part.split())
        if not 0 <= start < end <= len(self._text):
            raise ValueError(f"[{start}, {end}) does not lie in the text of {len(self._text)} characters")
        return start, end

    def _record(self, article_id: str) -> Record:
        ids = {mark: self._notes.get((mark, "id"), mark) for mark in (*self._events, *self._marks)}
        attributions = tuple(
            attribution
            for key, event in self._events.items()
            if (attribution := self._attribution(key, ids[key], event))
        )
        known = {item.id for item in attributions}
        return canonical(
            Record(
                id=article_id,
                text=self._text,
                sha256=sha256_of(self._text),
                attributions=attributions,
                outlets=tuple(
                    OutletMention(
                        id=ids[key],
                        span=mark.spans[0],
                        name=self._notes.get((key, "name")),
                        role=self._value(key, Label.OUTLET, "role"),
                    )
                    for key, mark in self._labelled("Outlet")
                ),
                verifications=tuple(
                    Verification(
                        id=ids[key],
                        span=mark.spans[0],
                        kind=self._value(key, Label.VERIFICATION, "verification_kind"),
                        about=tuple(
                            ids[other]
                            for name, one, other in self._relations
                            if name == "about" and one == key and ids[other] in known
                        ),
                    )
                    for key, mark in self._labelled("Verification")
                ),
                notices=tuple(
                    Notice(id=ids[key], span=mark.spans[0], kind=self._value(key, Label.NOTICE, "notice_kind"))
                    for key, mark in self._labelled("Notice")
                ),
                disputes=tuple((ids[one], ids[other]) for name, one, other in self._relations if name == "disputes"),
            )
        )

    def _labelled(self, label: str) -> Iterator[tuple[str, _Mark]]:
        return ((key, mark) for key, mark in self._marks.items() if mark.label == label)

    def _value(self, mark: str, label: Label, name: str) -> Any:
        value = self._values.get((mark, name))
        vocabulary = ATTRIBUTES[label][name]
        assert vocabulary is not None
        return next((item for item in vocabulary if item == value), None)

    def _attribution(self, key: str, item_id: str, event: _Event) -> Attribution | None:
        spans = {
            role: sorted({span for target in event.arguments.get(label, ()) for span in self._marks[target].spans})
            for role, label in _ROLES.items()
        }
        if not spans["quote"]:
            return None  # PolNeAR holds a few sources and cues without a content
        name = self._notes.get((key, "name"))
        return make_attribution(
            self._text,
            id=item_id,
            **spans,
            speaker=SpeakerRef(name=name) if name else None,
            via=tuple(Via(**via) for via in self._notes.get((key, "via"), ())),
            **{field: self._values.get((key, field)) for field in _ON_EVENT},
        )


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
        **dict.fromkeys(_ON_EVENT, f"{_ATTRIBUTION}|{_SOURCELESS}"),
        "role": "Outlet",
        "verification_kind": "Verification",
        "notice_kind": "Notice",
    }
    attributes = [f"{name}\tArg:{owner}, Value:{'|'.join(by_attribute[name])}" for name, owner in on.items()]
    event = f"{_ATTRIBUTION}|{_SOURCELESS}"
    return "\n".join(
        [
            "[entities]",
            *_ROLES.values(),
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
            f"{_ATTRIBUTION}\tContent:Content, Cue?:Cue, Source:Source",
            f"{_SOURCELESS}\tContent:Content, Cue?:Cue",
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
