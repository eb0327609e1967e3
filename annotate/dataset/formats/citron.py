"""Citron JSON (BBC R&D), the PARC-style form that its tools train on and are evaluated with: a file an article.

`quotes`: each with one `cue` span, `sources` and `contents`; `coreference_groups`: the mentions of each named speaker.
Citron has one cue span a quote: a cue of several parts is written as the stretch that holds them all, so that it
remains in one piece; an attribution without a cue has an empty span where its quote begins.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from annotate.dataset.formats.documents import INDEX, index, index_line, stem, text_of
from annotate.derive import Span, sha256_of
from annotate.errors import DatasetError
from annotate.record import Attribution, Record, SpeakerRef, canonical, make_attribution

LOSES = (
    "everything but sources, cues, contents and speakers' names: classes, types, outlets, chains, verification,"
    " notices, disputes, ratings; the gap inside a cue of two parts"
)


def write(folder: Path, records: Iterable[Record]) -> None:
    """Write a folder of Citron documents, with an index that says which article is which."""
    folder.mkdir()
    with (folder / INDEX).open("w", encoding="utf-8", newline="\n") as listing:
        for record in records:
            document = json.dumps(_document(record), ensure_ascii=False, indent=1)
            (folder / f"{stem(record.id)}.json").write_text(document + "\n", encoding="utf-8")
            listing.write(index_line(record))


def read(folder: Path) -> Iterator[Record]:
    """Read the Records back; a folder without an index is somebody else's, whose file names are the ids.

    Raises: DatasetError for what is no Citron document.
    """
    if (folder / INDEX).is_file():
        for row in index(folder):
            record = read_document(folder / f"{row['file']}.json", article_id=row["id"])
            given = {name: row[name] for name in ("meta", "quality", "provenance")}
            yield Record.model_validate(record.model_dump() | given)
    else:
        for path in sorted(folder.glob("*.json")):
            yield read_document(path)


def read_document(path: Path, *, article_id: str | None = None) -> Record:
    """Read one document.

    Raises: DatasetError for what is no Citron document.
    """
    try:
        content = json.loads(path.read_bytes())
        return _record(content, article_id or path.stem)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise DatasetError(
            f"is no Citron document: {error}", where=str(path), mend="see Citron's data format"
        ) from None


def kept(record: Record) -> Record:
    """Return what Citron's form keeps of a Record."""
    text = text_of(record)
    return canonical(
        Record(
            id=record.id,
            text=text,
            sha256=record.sha256,
            meta=record.meta,
            quality=record.quality,
            provenance=record.provenance,
            attributions=tuple(
                make_attribution(
                    text,
                    id=item.id,
                    quote=item.quote,
                    cue=_whole(item.cue),
                    source=item.source,
                    speaker=SpeakerRef(name=item.speaker.name) if item.speaker else None,
                    score=item.score,
                )
                for item in record.attributions
            ),
        )
    )


def _whole(cue: tuple[Span, ...]) -> tuple[Span, ...]:
    return ((cue[0][0], max(end for _, end in cue)),) if cue else ()


def _document(record: Record) -> dict[str, Any]:
    text = text_of(record)

    def span(where: Span) -> dict[str, Any]:
        return {"start": where[0], "end": where[1], "text": text[slice(*where)]}

    def quote(item: Attribution) -> dict[str, Any]:
        begin = item.quote[0][0]
        content: dict[str, Any] = {
            "cue": span(_whole(item.cue)[0] if item.cue else (begin, begin)),
            "sources": [span(where) for where in item.source],
            "contents": [span(where) for where in item.quote],
            "id": item.id,
        }
        if item.speaker:
            content["speaker"] = item.speaker.name  # not Citron's: its readers pass over it
        if item.score is not None:
            content["confidence"] = item.score
        return content

    return {
        "text": text,
        "quotes": [quote(item) for item in record.attributions],
        "coreference_groups": [[span(where) for where in speaker.mentions] for speaker in record.speakers],
    }


def _record(content: Mapping[str, Any], article_id: str) -> Record:
    text = content["text"]

    def spans(items: Iterable[Mapping[str, Any]]) -> list[Span]:
        return sorted({(item["start"], item["end"]) for item in items if item["start"] < item["end"]})

    attributions = []
    for number, quote in enumerate(content["quotes"], start=1):
        name = quote.get("speaker")
        attributions.append(
            make_attribution(
                text,
                id=str(quote.get("id") or f"q{number}"),
                quote=spans(quote["contents"]),
                cue=spans([quote["cue"]] if quote.get("cue") else []),
                source=spans(quote["sources"]),
                speaker=SpeakerRef(name=name) if name else None,
                score=quote.get("confidence"),
            )
        )
    return canonical(Record(id=article_id, text=text, sha256=sha256_of(text), attributions=tuple(attributions)))
