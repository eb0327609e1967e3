"""A file of brat's standoff lines, ours or anybody's, read against its text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotate import strict_json
from annotate.dataset.formats.documents import Document, Quoteless, same_words, told
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

ATTRIBUTION = "Attribution"
# PARC's and PolNeAR's word for what we call a quote.
ROLES = {"quote": "Content", "cue": "Cue", "source": "Source"}
ON_EVENT = ("cue_class", "source_type", "anonymity", "independence", "verification", "reliability", "credibility")


@dataclass(slots=True)
class _Mark:
    label: str
    spans: tuple[Span, ...]


@dataclass(slots=True)
class _Event:
    arguments: dict[str, list[str]] = field(default_factory=dict)


class Standoff:
    """What a file of standoff says of a text; `read` makes a Document of it."""

    def __init__(self, text: str, path: Path) -> None:
        self._text = text
        self._path = path
        self._marks: dict[str, _Mark] = {}
        self._events: dict[str, _Event] = {}
        self._values: dict[tuple[str, str], str] = {}
        self._notes: dict[tuple[str, str], Any] = {}
        self._relations: list[tuple[str, str, str]] = []

    def read(self, lines: Iterable[str], article_id: str) -> Document:
        """Read the lines.

        Raises: DatasetError, with file and line, for what is no standoff of this text.
        """
        for number, line in enumerate(lines, start=1):
            try:
                self._take(line)
            except (ValueError, LookupError, TypeError) as error:
                raise DatasetError(
                    f"is no standoff: {told(error)}", where=f"{self._path}:{number}", mend="export it from brat again"
                ) from None
        try:
            return Document(str(self._path), self._record(article_id), tuple(self._quoteless()))
        except (ValueError, LookupError, TypeError) as error:
            raise DatasetError(
                f"does not hold together: {told(error)}", where=str(self._path), mend="export it from brat again"
            ) from None

    def _take(self, line: str) -> None:
        key, *fields = line.split("\t")
        if key.startswith("T"):
            label, offsets = fields[0].split(" ", 1)
            spans = tuple(self._offsets(part) for part in offsets.split(";"))
            self._marks[key] = _Mark(label, spans)
            if fields[1:] and not same_words("\t".join(fields[1:]), self._text, spans):
                raise ValueError(f"the words are not those that stand at {offsets}")
        elif key.startswith("E"):
            (kind, _), *arguments = (part.split(":", 1) for part in fields[0].split())
            if kind.startswith(ATTRIBUTION):
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
                self._notes[mark, name] = strict_json.loads(fields[1])

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

    def _spans(self, event: _Event) -> dict[str, list[Span]]:
        return {
            role: sorted({span for target in event.arguments.get(label, ()) for span in self._marks[target].spans})
            for role, label in ROLES.items()
        }

    def _quoteless(self) -> Iterator[Quoteless]:
        for event in self._events.values():
            spans = self._spans(event)
            if not spans["quote"] and (spans["cue"] or spans["source"]):
                yield Quoteless(cue=tuple(spans["cue"]), source=tuple(spans["source"]))

    def _attribution(self, key: str, item_id: str, event: _Event) -> Attribution | None:
        spans = self._spans(event)
        if not spans["quote"]:
            return None  # PolNeAR holds a few sources and cues without a content
        name = self._notes.get((key, "name"))
        return make_attribution(
            self._text,
            id=item_id,
            **spans,
            speaker=SpeakerRef(name=name) if name else None,
            via=tuple(Via(**via) for via in self._notes.get((key, "via"), ())),
            **{field: self._values.get((key, field)) for field in ON_EVENT},
        )
