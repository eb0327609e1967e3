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

from annotate import strict_json
from annotate.dataset.formats.documents import (
    INDEX,
    Document,
    Quoteless,
    completed,
    index,
    index_line,
    same_words,
    stem,
    text_of,
    told,
)
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
    return (document.record for document in documents(folder))


def documents(path: Path) -> Iterator[Document]:
    """Yield what `read` reads, with the sources and cues that have no contents; path: a folder, or one document."""
    if path.is_dir() and (path / INDEX).is_file():
        for row in index(path):
            yield completed(read_document(path / f"{row.file}.json", article_id=row.id), row)
    else:
        for file in sorted(path.glob("*.json")) if path.is_dir() else [path]:
            yield read_document(file)


def read_document(path: Path, *, article_id: str | None = None) -> Document:
    """Read one document.

    Raises: DatasetError for what is no Citron document.
    """
    try:
        content = strict_json.loads(path.read_bytes())
        if not isinstance(content, Mapping):
            raise TypeError("it is not one JSON object")
        return _read(content, article_id or path.stem, str(path))
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise DatasetError(
            f"is no Citron document: {told(error)}", where=str(path), mend="see Citron's data format"
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


def _read(content: Mapping[str, Any], article_id: str, where: str) -> Document:
    text = content["text"]
    attributions, quoteless = [], []
    for number, quote in enumerate(content["quotes"], start=1):
        name = quote.get("speaker")
        cue = _spans([quote["cue"]] if quote.get("cue") else [], text)
        source = _spans(quote["sources"], text)
        contents = _spans(quote["contents"], text)
        if not contents:
            quoteless.append(Quoteless(cue=tuple(cue), source=tuple(source)))
            continue
        attributions.append(
            make_attribution(
                text,
                id=str(quote.get("id") or f"q{number}"),
                quote=contents,
                cue=cue,
                source=source,
                speaker=SpeakerRef(name=name) if name else None,
                score=quote.get("confidence"),
            )
        )
    record = canonical(Record(id=article_id, text=text, sha256=sha256_of(text), attributions=tuple(attributions)))
    return Document(where, record, tuple(quoteless))


def _spans(items: Iterable[Mapping[str, Any]], text: str) -> list[Span]:
    spans: set[Span] = set()
    for item in items:
        start, end = item["start"], item["end"]
        if not 0 <= start <= end <= len(text):
            raise ValueError(f"[{start}, {end}) does not lie in the text of {len(text)} characters")
        if not same_words(item.get("text", text[start:end]), text, [(start, end)]):
            raise ValueError(f"the words are not those that stand at [{start}, {end})")
        if start < end:
            spans.add((start, end))
    return sorted(spans)
