"""What a row says of an article whose text may not be passed on: everything but the article's own words.

Kept are facts: offsets, labels, ratings, names, and what identifies the article (title, publisher, address, dates,
licence). Gone are the wordings that the offsets find again in the text (a speaker's aliases), what the user's own
metadata hold of running text, and of any other value what follows once it begins to tell the text: no five words in a
row of the text are left, except in its title, in proper names, in the licence and in identifiers. Doing it twice is
doing it once, with or without the text, so that a row can be compared with what was published.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from annotate.record import Attribution, Evidence, Meta, OutletMention, Record, Region, Speaker, Unlinked, problems_of

RUN = 5  # words in a row that are the article's expression, and no longer the language's
TITLE_WORDS = 40
NAME_WORDS, NAME_LENGTH = 12, 100
# Of a value of the user's own: what is longer is running text, whoever wrote it.
VALUE_WORDS, VALUE_LENGTH, VALUES = 12, 120, 50
_WORD = re.compile(r"\w+")
_DATA = Path(__file__).parent / "data" / "wordless.jsonl"


def wordless(record: Record) -> Record:
    """Return the Record without its text and without the words of it; its offsets and hashes stay."""
    words = Words(record)
    return record.model_copy(
        update={
            "text": None,
            "meta": _meta(record.meta, words),
            "attributions": tuple(_attribution(item, words) for item in record.attributions),
            "outlets": tuple(_outlet(item, words) for item in record.outlets),
            "speakers": tuple(_speaker(item, words) for item in record.speakers),
            "unlinked": _unlinked(record.unlinked, words),
        }
    )


def with_text(record: Record, text: str) -> Record:
    """Return the Record with its text, and the aliases of its speakers as the text has them.

    Raises: ValueError when an offset does not lie in the text.
    """
    speakers = tuple(
        item.model_copy(update={"aliases": tuple(_wordings(text, item))}) if not item.aliases else item
        for item in record.speakers
    )
    whole = record.model_copy(update={"text": text, "speakers": speakers})
    # Checked again: only the text shows which offsets hold.
    if problems := list(problems_of(whole)):
        raise ValueError("; ".join(problems))
    return whole


def _wordings(text: str, speaker: Speaker) -> Iterable[str]:
    wordings = dict.fromkeys(text[start:end] for start, end in speaker.mentions)
    wordings.pop(speaker.name, None)
    return wordings


class Words:
    """The runs of words that no value may repeat: those of the text outside its title."""

    def __init__(self, record: Record) -> None:
        self._text = record.text
        self._title = _short_title(record.meta.title)

    @cached_property
    def _runs(self) -> frozenset[tuple[str, ...]]:
        if self._text is None:
            return frozenset()
        return frozenset(_runs_of(_words(self._text))) - frozenset(_runs_of(_words(self._title or "")))

    def told_from(self, value: str) -> int | None:
        """Return where in `value` the article begins to be told: the end of the last word before the run is one."""
        found = list(_WORD.finditer(value))
        if self._text is None or len(found) < RUN:
            return None
        words = [match[0].casefold() for match in found]
        for number, run in enumerate(_runs_of(words)):
            if run in self._runs:
                return found[number + RUN - 2].end()
        return None

    def clean(self, value: str) -> str:
        """Return the value up to where it would tell the article."""
        end = self.told_from(value)
        return value if end is None else value[:end] + " …"

    def name(self, name: str) -> str:
        """Return a name: a proper one as it is, a wording up to where it would tell the article."""
        return name if is_proper(name) else self.clean(name)


def is_proper(name: str) -> bool:
    """Tell whether a name is a proper name, and no phrase that describes somebody.

    Every word begins with a capital or a digit, but for the small words between them.
    """
    words = _WORD.findall(name)
    if len(words) > NAME_WORDS or len(name) > NAME_LENGTH or "\n" in name:
        return False
    return all(not word[0].islower() or word in _listed("particles") for word in words) and any(
        word[0].isupper() for word in words
    )


@cache
def _listed(what: str) -> frozenset[str]:
    """Return a list of the data: `particles` stand in names without a capital, `fields` hold running text."""
    rows = map(json.loads, _DATA.read_text(encoding="utf-8").splitlines())
    return frozenset(word for row in rows if row["list"] == what for word in row["words"])


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _runs_of(words: list[str]) -> Iterable[tuple[str, ...]]:
    return zip(*(words[start:] for start in range(RUN)), strict=False)


# -- the parts of a Record ---------------------------------------------------------------------------------------------


def _meta(meta: Meta, words: Words) -> Meta:
    known = {name: getattr(meta, name) for name in Meta.model_fields}
    cleaned = {name: words.clean(known[name]) if known[name] else known[name] for name in ("publisher", "published")}
    cleaned["language"] = words.clean(meta.language) if meta.language else meta.language
    cleaned["url"] = words.clean(meta.url) if meta.url and re.search(r"\s", meta.url) else meta.url
    own = {name: value for name, value in (meta.model_extra or {}).items() if _is_fact(name, value, words)}
    return Meta(**{**known, **cleaned, "title": _short_title(meta.title), **own})


def _short_title(title: str | None) -> str | None:
    """Return a title; what is longer than titles are is cut, for it is the text."""
    if title is None:
        return None
    found = list(_WORD.finditer(title))
    return title if len(found) <= TITLE_WORDS else title[: found[TITLE_WORDS - 1].end()] + " …"


def _is_fact(name: str, value: object, words: Words) -> bool:
    """Tell whether a field of the user's own is a fact about the article, and not running text."""
    if re.sub(r"[\W_]+", "", name).casefold() in _listed("fields") or _is_running(name, words):
        return False
    strings = list(_strings(value))
    if len(strings) > VALUES or any(_is_running(text, words) for text in strings):
        return False
    # Several strings may make a text together.
    return words.told_from(" ".join(strings)) is None


def _is_running(value: str, words: Words) -> bool:
    if not re.search(r"\s", value.strip()):
        return False  # an address, an identifier, a single word
    too_long = len(value) > VALUE_LENGTH or len(_WORD.findall(value)) > VALUE_WORDS
    return too_long or "\n" in value or words.told_from(value) is not None


def _strings(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield str(name)
            yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)


def _attribution(item: Attribution, words: Words) -> Attribution:
    changes: dict[str, Any] = {"via": tuple(_renamed(step, words) for step in item.via)}
    if item.speaker is not None:
        changes["speaker"] = _renamed(item.speaker, words)
    if item.suggestion is not None:
        evidence = tuple(_evidence(one, words) for one in item.suggestion.evidence)
        changes["suggestion"] = item.suggestion.model_copy(update={"evidence": evidence})
    return item.model_copy(update=changes)


def _renamed(item: Any, words: Words) -> Any:
    return item.model_copy(update={"name": words.name(item.name)})


def _evidence(item: Evidence, words: Words) -> Evidence:
    return item.model_copy(update={"text": words.clean(item.text)})


def _outlet(item: OutletMention, words: Words) -> OutletMention:
    return item.model_copy(update={"name": words.name(item.name) if item.name else item.name})


def _speaker(item: Speaker, words: Words) -> Speaker:
    return item.model_copy(update={"name": words.name(item.name), "aliases": ()})


def _unlinked(unlinked: Unlinked, words: Words) -> Unlinked:
    return unlinked.model_copy(
        update={
            "regions": tuple(_region(item, words) for item in unlinked.regions),
            "relations": tuple(
                item.model_copy(update={"label": words.clean(item.label) if item.label else item.label})
                for item in unlinked.relations
            ),
        }
    )


def _region(item: Region, words: Words) -> Region:
    return item.model_copy(
        update={"attributes": {words.clean(name): words.name(value) for name, value in item.attributes.items()}}
    )
