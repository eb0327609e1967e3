"""Who the sources of an attribution corpus are, annotated apart from its texts.

A corpus such as PolNeAR says where a source stands, not who it is. data/polnear_sources.jsonl says it for some of its
articles (data/README.md tells how that was made): a line holds an article's `id`, and `sources` as [start, end, name or
null, source_type, anonymity], with the half-open code points of each source's first span. The texts stay outside.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from annotate.corpora import read_corpus
from annotate.derive import Span
from annotate.errors import InputError

NAMED = Path(__file__).parent / "data" / "polnear_sources.jsonl"

_Told = tuple[str | None, str, str]  # name, source_type, anonymity


def read_named(corpus: Path, names: Path = NAMED) -> Iterator[Mapping[str, Any]]:
    """Yield the articles of a corpus whose sources are named, each as a row with those attributions alone.

    Rows have `id`, `text` and `attributions` with `id`, `source`, `speaker`, `source_type` and `anonymity`, as a Record
    has them; the class of a cue is left open.

    Raises: InputError when the corpus cannot be read, lacks a named article, or has its sources elsewhere.
    """
    named = {line["id"]: line["sources"] for line in map(json.loads, names.read_text(encoding="utf-8").splitlines())}
    for article in read_corpus(corpus, quoteless=True):
        told: dict[Span, _Told] = {(start, end): tuple(rest) for start, end, *rest in named.get(article.id, ())}
        found = [(number, item.source) for number, item in enumerate(article.attributions, 1) if item.source]
        if not told or told.keys() - {source[0] for _, source in found}:
            continue  # of an article that several people annotated, one line's sources were named
        del named[article.id]
        yield {
            "id": article.id,
            "text": article.text,
            "attributions": [
                _attribution(f"a{number}", source, told[source[0]]) for number, source in found if source[0] in told
            ],
        }
    if named:
        raise InputError(
            f"{len(named)} articles with named sources are missing or have these elsewhere, among them {min(named)}",
            where=str(corpus),
            mend="give the whole training part of the corpus, as published",
        )


def _attribution(number: str, source: tuple[Span, ...], told: _Told) -> dict[str, Any]:
    name, kind, degree = told
    return {
        "id": number,
        "source": [list(span) for span in source],
        "speaker": {"name": name} if name else None,
        "source_type": kind,
        "anonymity": degree,
        "cue_class": None,
    }
