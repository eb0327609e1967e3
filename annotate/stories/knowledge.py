"""The linguistic knowledge of this room: word lists, and in how many articles a word usually stands.

data/words.jsonl holds the lists, each entry with its `source`. data/background.json counts in how many of some
thousand news articles each stem stands; without it, the five articles of a small collection could not tell a rare word
from a common one. `python -m annotate.stories.knowledge FILE.jsonl...` counts anew (rows with a `text`).
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from annotate.errors import AnnotateError

DATA = Path(__file__).parent / "data"
_PER = 10_000
_LEAST = 12  # articles of these that a stem must stand in to be kept
_COMMON_NAME = 0.04  # share of articles from which on a capitalised word is no name that tells stories apart


def _read(name: str) -> str:
    try:
        return (DATA / name).read_text(encoding="utf-8")
    except OSError as error:
        raise AnnotateError(
            f"the data file cannot be read: {error.strerror}", where=name, mend="reinstall source-annotator"
        ) from None


@cache
def _entries() -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(line) for line in _read("words.jsonl").split("\n") if line)


@cache
def words(name: str) -> frozenset[str]:
    """Return the words of the list `name`."""
    return frozenset(entry["word"] for entry in _entries() if entry["list"] == name)


@cache
def numerals() -> Mapping[str, int]:
    """Return the value of each numeral."""
    return {entry["word"]: entry["value"] for entry in _entries() if entry["list"] == "number"}


@cache
def background() -> Mapping[str, float]:
    """Return the share of news articles in which each stem stands; stems that are rarer still are absent."""
    counted = json.loads(_read("background.json"))
    return {stem: count / counted["articles"] for stem, count in counted["counts"].items()}


def count(collections: Sequence[Iterable[str]]) -> dict[str, Any]:
    """Count in what share of texts each stem stands, on average over the collections; given per 10,000 articles.

    Capitalised words count only when they are so common in each collection that they tell no story apart: names make
    stories.
    """
    from annotate.stories.words import WORD, stem

    shares: list[tuple[dict[str, float], dict[str, float]]] = []
    for texts in collections:
        small: Counter[str] = Counter()
        capital: Counter[str] = Counter()
        articles = 0
        for text in texts:
            articles += 1
            found = {match.group() for match in WORD.finditer(text)}
            small.update({stem(word) for word in found if word.islower()})
            capital.update({stem(word.lower()) for word in found if word[0].isupper()})
        shares.append(
            ({key: seen / articles for key, seen in small.items()}, {k: seen / articles for k, seen in capital.items()})
        )
    stems = {stem for small, capital in shares for stem in (*small, *capital)}
    counts = {}
    for key in sorted(stems):
        usual = sum(small.get(key, 0) for small, _ in shares) / len(shares)
        named = min(capital.get(key, 0) for _, capital in shares)
        share = max(usual, named if named >= _COMMON_NAME else 0)
        if share * _PER >= _LEAST:
            counts[key] = round(share * _PER)
    return {"articles": _PER, "counts": counts}


def _main() -> None:
    texts = []
    for name in sys.argv[1:]:
        rows = (json.loads(line) for line in Path(name).read_text("utf-8").splitlines())
        texts.append(dict.fromkeys(row["text"] for row in rows))
    print(json.dumps({"source": "counted over news articles in English", **count(texts)}, indent=0))  # noqa: T201


if __name__ == "__main__":
    _main()
