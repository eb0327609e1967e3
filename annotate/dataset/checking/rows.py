"""Whether a row breaks the scheme: all that is wrong with it, not only the first thing.

A Record's own rules are the published schema (a test holds the two together) and more: references, hashes,
offsets. Here they are applied strictly, as a JSON Schema validator does, and what is computed is computed again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pyarrow as pa
from pydantic import ValidationError, model_validator

from annotate import strict_json
from annotate.dataset.folder import ReleaseFolder
from annotate.dataset.formats import parquet
from annotate.derive import directness_of, quote_type_of
from annotate.errors import DatasetError
from annotate.record import Record, problems_of
from annotate.scheme import ATTRIBUTES, SCHEME_VERSION


class _Loose(Record):
    """A Record whose fields are sound, and which may not hold together."""

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        return self


@dataclass(frozen=True, slots=True)
class Read:
    """A row as it was read. record: None when it is none; problems: all that is wrong with it."""

    where: str
    record: Record | None
    problems: tuple[str, ...] = ()
    scheme: int = SCHEME_VERSION


def read_rows(source: ReleaseFolder, form: str, split: str | None) -> Iterator[Read]:
    """Read the rows of a format that keeps all of them, going on after what cannot be read."""
    target = source.target(form, split)
    path = source.path / target
    if form == "jsonl":
        try:
            with path.open("rb") as lines:
                for number, line in enumerate(lines, start=1):
                    ending = () if line.endswith(b"\n") else ("the line does not end: the file is cut short",)
                    yield read_row(line, f"{target}:{number}", ending)
        except OSError as error:
            yield Read(target, None, (f"cannot be read: {error.strerror}",))
        return
    try:
        shards = parquet.shards_of(path)
    except DatasetError as error:
        yield Read(target, None, (error.what,))
        shards = sorted(path.glob("*.parquet")) if path.is_dir() else []
    for shard in shards:
        yield from _shard(shard, f"{target}/{shard.name}")


def _shard(shard: Path, where: str) -> Iterator[Read]:
    try:
        for number, row in enumerate(parquet.read_rows(shard), start=1):
            place = f"{where}, row {number}"
            try:
                content = parquet.json_of(row)
            except (ValueError, LookupError, TypeError, AttributeError) as error:
                yield Read(place, None, (f"has not the columns of a Record: {error!r}",))
            else:
                yield read_row(content.encode("utf-8", "surrogatepass"), place)
    except DatasetError as error:
        yield Read(where, None, (error.what,))
    except (pa.ArrowException, OSError) as error:
        yield Read(where, None, (f"cannot be read: {error}",))


def read_row(line: bytes, where: str, problems: tuple[str, ...] = ()) -> Read:
    """Read a row from its JSON."""
    try:
        strict_json.loads(line)
    except strict_json.NotJson as error:
        return Read(where, None, (*problems, str(error)))
    try:
        loose = _Loose.model_validate_json(line, strict=True)
    except ValidationError as error:
        return Read(where, None, (*problems, *map(_told, error.errors(include_url=False, include_input=False))))
    found = (*problems, *problems_of(loose), *_further(loose))
    try:
        record = Record.model_validate_json(line, strict=True)
    except ValidationError:
        return Read(where, None, found)
    return Read(where, record, found, record.provenance.scheme if record.provenance else SCHEME_VERSION)


def _told(error: object) -> str:
    assert isinstance(error, dict)
    place = ".".join(str(part) for part in error["loc"])
    return f"{place}: {error['msg']}" if place else str(error["msg"])


def _further(record: Record) -> Iterator[str]:
    """Yield what breaks the scheme beyond what a Record refuses."""
    speakers = {speaker.id: speaker.name for speaker in record.speakers}
    for item in record.attributions:
        if item.speaker is not None and item.speaker.id is not None:
            if item.speaker.id not in speakers:
                yield f"attribution {item.id}: unknown speaker {item.speaker.id!r}"
            elif speakers[item.speaker.id] != item.speaker.name:
                yield f"attribution {item.id}: its speaker {item.speaker.id!r} has another name in speakers"
        if item.directness != directness_of(item.source_type, (step.step for step in item.via)):
            yield f"attribution {item.id}: directness {item.directness} is not what follows from its road"
        if record.text is not None and _lie_within(item.quote, len(record.text)):
            found = quote_type_of(record.text, item.quote)
            if item.quote_type != found:
                yield f"attribution {item.id}: quote_type {item.quote_type} is not what follows from its marks: {found}"
    for region in record.unlinked.regions:
        known = ATTRIBUTES[region.label]
        for name, value in region.attributes.items():
            values = known.get(name)
            if name not in known:
                yield f"unlinked region {region.id}: unknown attribute {name!r}"
            elif values is not None and value not in list(values):
                yield f"unlinked region {region.id}: unknown {name} {value!r}"


def _lie_within(spans: tuple[tuple[int, int], ...], length: int) -> bool:
    return all(start < end <= length for start, end in spans)
