"""What the data files know of names and of the nouns for people and bodies, by word."""

from __future__ import annotations

from functools import cache, lru_cache
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
def genders() -> dict[str, str | None]:
    """Return the gender of given names, in plain lower case, with the many of data/first_names.jsonl.

    Most of those are surnames or words somewhere: they tell of whoever has a longer name, and find no names.
    """
    wide = {name: str(entry["gender"]) for entry in entries("first_names") for name in entry["names"].split()}
    return wide | given_names()


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


@lru_cache(maxsize=4096)
def country_of(word: str) -> str | None:
    """Return the country that a word names, by its own name, its people's or its capital's."""
    place = places().get(name_key(word))
    return place[0] if place else None


@cache
def roles() -> dict[str, dict[str, Any]]:
    """Return the entries of data/roles.jsonl by noun."""
    return {entry["noun"]: entry for entry in entries("roles")}


@cache
def short_roles() -> dict[str, tuple[str, ...]]:
    """Return what the letters of data/short_roles.jsonl stand for: ("prime", "minister") for "PM"."""
    return {entry["short"]: tuple(entry["stands_for"].split()) for entry in entries("short_roles")}


@cache
def personal() -> frozenset[str]:
    """Return the nouns that stand for one person, which may be written before a name as a title is."""
    return frozenset(noun for noun, entry in roles().items() if entry["refers_to"] == "individual")


@cache
def body_nouns() -> dict[str, frozenset[str]]:
    """Return, by noun for a body, the words by which its kind can be told in names (data/body_nouns.jsonl)."""
    return {entry["noun"]: frozenset(entry["in_names"]) for entry in entries("body_nouns")}
