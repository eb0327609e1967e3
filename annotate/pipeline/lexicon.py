"""What the data files know of names and of the nouns for people and bodies, by word."""

from __future__ import annotations

from functools import cache
from typing import Any

from annotate.derive import name_key
from annotate.pipeline.resources import entries


@cache
def titles() -> dict[str, dict[str, Any]]:
    """Return the entries of data/titles.jsonl by title, also as it stands in capitals."""
    given = {entry["title"]: entry for entry in entries("titles")}
    return {title.upper(): entry for title, entry in given.items() if len(title) > 4} | given


@cache
def given_names() -> dict[str, str | None]:
    """Return the gender of given names, in plain lower case."""
    return {name_key(entry["name"]): entry["gender"] for entry in entries("given_names")}


@cache
def places() -> dict[str, tuple[str, str]]:
    """Return (country, kind) by plain name of a country or capital, or by adjective; kind says which it is."""
    known: dict[str, tuple[str, str]] = {}
    for entry in entries("countries"):
        for kind, wordings in (
            ("country", (entry["name"], *entry["aliases"])),
            ("people", entry["adjectives"]),
            ("capital", entry["capitals"]),
        ):
            for wording in wordings:
                known.setdefault(name_key(wording), (entry["name"], kind))
    return known


@cache
def roles() -> dict[str, dict[str, Any]]:
    """Return the entries of data/roles.jsonl by noun."""
    return {entry["noun"]: entry for entry in entries("roles")}


@cache
def personal() -> frozenset[str]:
    """Return the nouns that stand for one person, which may be written before a name as a title is."""
    return frozenset(noun for noun, entry in roles().items() if entry["refers_to"] == "individual")


@cache
def body_nouns() -> dict[str, frozenset[str]]:
    """Return, by noun for a body, the words by which its kind can be told in names (data/body_nouns.jsonl)."""
    return {entry["noun"]: frozenset(entry["in_names"]) for entry in entries("body_nouns")}
