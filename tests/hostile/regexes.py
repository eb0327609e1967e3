"""Every regular expression of the package, strings that make it work hard, and what could make it blow up.

Collected three ways: what modules hold compiled, what is written where it is used (from the syntax tree), and what
stands in data files, as the code compiles it. Strings are made from the parse tree: what a repetition repeats, over and
over, after what comes before it, and then something that it cannot end with.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from re import _constants as sre
from re import _parser
from typing import Any

import spacy

import annotate
from annotate.dataset import wordings
from annotate.pipeline import notices, verification_patterns
from annotate.pipeline.parties import Parties

ROOT = Path(annotate.__file__).parent
_LEFT_OUT = ("annotate.store.migrations", "annotate.__main__")
_TAKES_A_PATTERN = frozenset({"compile", "match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer"})
_AT_ONE_PLACE = frozenset({"match", "fullmatch"})
_ENDLESS = 50  # a repetition of so many is one without end
_ALPHABET = [chr(point) for point in (*range(0x250), 0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2026, 0x4E2D)]


@dataclass(frozen=True, slots=True)
class Found:
    """A pattern and where it is from.

    at_one_place: it is only ever tried at the place that its caller names, by `match` or `fullmatch`; others are looked
    for everywhere.
    """

    where: str
    pattern: re.Pattern[Any]
    at_one_place: bool = False


def every_pattern() -> list[Found]:
    """Return all patterns of the package, each once."""
    found = [*_held(), *_written(), *_in_data()]
    return list({(one.pattern.pattern, one.pattern.flags): one for one in reversed(found)}.values())


def _modules() -> Iterator[str]:
    for module in pkgutil.walk_packages([str(ROOT)], "annotate."):
        if not module.name.startswith(_LEFT_OUT):
            yield module.name


def _held() -> Iterator[Found]:
    for name in _modules():
        module = importlib.import_module(name)
        used = _uses(Path(str(module.__file__)))
        for variable, value in vars(module).items():
            for one in value if isinstance(value, tuple | list) else [value]:
                for inner in one if isinstance(one, tuple | list) else [one]:
                    if isinstance(inner, re.Pattern):
                        # One that others can import might be used in other ways there.
                        placed = variable.startswith("_") and used.get(variable, {""}) <= _AT_ONE_PLACE
                        yield Found(f"{name}.{variable}", inner, placed)


def _uses(path: Path) -> dict[str, set[str]]:
    """Return for each name of a module in which ways it is used: the methods called on it, "" for all else."""
    used: dict[str, set[str]] = {}
    methods = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
        ):
            used.setdefault(node.func.value.id, set()).add(node.func.attr)
            methods.add(node.func.value)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node not in methods:
            used.setdefault(node.id, set()).add("")
    return used


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Yield every call of a function of `re` that takes a pattern, and where it stands."""
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "re"
                and node.func.attr in _TAKES_A_PATTERN
                and node.args
            ):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def _written() -> Iterator[Found]:
    for where, call in calls():
        try:
            pattern = ast.literal_eval(call.args[0])
        except ValueError:
            continue  # put together from parts: held by its module, or from data
        named = "IGNORECASE" in ast.dump(call)
        assert isinstance(call.func, ast.Attribute)
        yield Found(where, re.compile(pattern, re.IGNORECASE if named else 0), call.func.attr in _AT_ONE_PLACE)


def _in_data() -> Iterator[Found]:
    for one in notices.Notices(spacy.blank("en"))._patterns:
        yield Found("data/notices.jsonl", one.regex)
    for one in verification_patterns.patterns():
        yield Found("data/verification.jsonl", one.regex)
    for pattern in wordings._notices():
        yield Found("data/notices.jsonl", pattern)
    for pattern in wordings._phrases():
        yield Found("data/boilerplate.jsonl", pattern)
    yield Found("pipeline/parties.py", Parties([["Rebels", "The Rebel Army (RA)"], "a" * 50])._pattern)  # type: ignore[arg-type]


# -- strings that make it work -----------------------------------------------------------------------------------------


def adversarial(pattern: re.Pattern[Any], length: int) -> Iterator[str]:
    """Yield strings of about so many characters that nearly match, many times over."""
    tree = _parser.parse(
        pattern.pattern, pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else pattern.flags
    )
    whole = _example(tree) or "a"
    units = {whole, whole[:-1] or "a", *_pumps(tree), " ", "\n", "a", "a ", ".", '"', "A", "1"}
    for unit in sorted(units):
        for start in ("", whole[: len(whole) // 2]):
            for end in ("", "\0", "!", "\n", whole[-1:]):
                yield start + (unit * (length // len(unit) + 1))[:length] + end


def _pumps(tree: Any) -> Iterator[str]:
    for op, argument in tree:
        if op in _REPEATS:
            body = argument[2]
            if example := _example(body):
                yield example
                yield example + (_example(body, 1) or "")
            yield from _pumps(body)
        else:
            for inner in _inside(op, argument):
                yield from _pumps(inner)


_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)


def _inside(op: Any, argument: Any) -> Iterator[Any]:
    if op is sre.SUBPATTERN:
        yield argument[3]
    elif op is sre.BRANCH:
        yield from argument[1]
    elif op in (sre.ASSERT, sre.ASSERT_NOT):
        yield argument[1]
    elif op is sre.ATOMIC_GROUP:
        yield argument


def _example(tree: Any, nth: int = 0) -> str:
    parts: list[str] = []
    for op, argument in tree:
        if op in _REPEATS:
            least, most, body = argument
            parts.append(_example(body, nth) * max(least, 1 if most else 0))
        elif op is sre.SUBPATTERN:
            parts.append(_example(argument[3], nth))
        elif op is sre.ATOMIC_GROUP:
            parts.append(_example(argument, nth))
        elif op is sre.BRANCH:
            parts.append(_example(argument[1][nth % len(argument[1])], nth))
        elif op in (sre.LITERAL, sre.NOT_LITERAL, sre.IN, sre.ANY):
            matching = sorted(_characters(op, argument), key=lambda char: (not char.isalnum(), char))
            parts.append(matching[nth % len(matching)] if matching else "")
    return "".join(parts)


def _characters(op: Any, argument: Any) -> frozenset[str]:
    """Return which characters of a sample alphabet one item of a pattern matches."""
    if op is sre.LITERAL:
        return frozenset({chr(argument), chr(argument).swapcase()[0]})
    if op is sre.NOT_LITERAL:
        return frozenset(_ALPHABET) - {chr(argument)}
    if op is sre.ANY:
        return frozenset(_ALPHABET) - {"\n"}
    found: set[str] = set()
    negated = False
    for kind, value in argument:
        if kind is sre.NEGATE:
            negated = True
        elif kind is sre.LITERAL:
            found |= {chr(value), chr(value).swapcase()[0]}
        elif kind is sre.RANGE:
            found |= {char for char in _ALPHABET if value[0] <= ord(char) <= value[1]} | {chr(value[0])}
        elif kind is sre.CATEGORY:
            found |= {char for char in _ALPHABET if _in_category(value, char)}
    return frozenset(_ALPHABET) - found if negated else frozenset(found)


def _in_category(category: Any, char: str) -> bool:
    name = str(category)
    known = {"DIGIT": char.isdigit(), "SPACE": char.isspace(), "WORD": char.isalnum() or char == "_"}
    kind = name.rpartition("_")[2]
    return known[kind] != ("_NOT_" in name)


# -- what could blow up ------------------------------------------------------------------------------------------------


def nested(pattern: re.Pattern[Any]) -> Iterator[str]:
    """Yield the repetitions without end in which another one of the same characters could end anywhere.

    `(a+)+` can cut a run of n letters in 2**n ways; `(a+ )+` cannot, since every round needs its space. A repetition is
    named when its body holds one that may begin a round and end it: what a round needs besides is nothing.
    """
    yield from _nested(_parser.parse(pattern.pattern, pattern.flags))


def _nested(tree: Any) -> Iterator[str]:
    for op, argument in tree:
        if op in _REPEATS:
            _, most, body = argument
            if most >= _ENDLESS and op is not sre.POSSESSIVE_REPEAT:
                yield from _loose(body)
            yield from _nested(body)
        else:
            for inner in _inside(op, argument):
                yield from _nested(inner)


def _loose(body: Any) -> Iterator[str]:
    """Yield what a round repeats where all else in the round may match what it repeats, or nothing."""
    items = list(_flattened(body))
    for number, (op, argument) in enumerate(items):
        if op in (sre.MAX_REPEAT, sre.MIN_REPEAT) and argument[1] >= _ENDLESS:
            repeated = _all(argument[2])
            others = items[:number] + items[number + 1 :]
            if all(_may_be_nothing(other) or _all([other]) <= repeated for other in others):
                yield f"(… {_example(argument[2]) or '?'}* …)*"
        if op is sre.BRANCH:
            for way in argument[1]:
                yield from _loose(way)


def _flattened(tree: Any) -> Iterator[tuple[Any, Any]]:
    for op, argument in tree:
        if op is sre.SUBPATTERN:
            yield from _flattened(argument[3])
        else:
            yield op, argument


def _may_be_nothing(item: tuple[Any, Any]) -> bool:
    op, argument = item
    if op in (sre.AT, sre.ASSERT, sre.ASSERT_NOT):
        return True
    if op in _REPEATS:
        return argument[0] == 0
    return op is sre.BRANCH and any(not list(way) for way in argument[1])


def _all(tree: Any) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for op, argument in tree:
        if op in _REPEATS:
            found |= _all(argument[2])
        elif op in (sre.LITERAL, sre.NOT_LITERAL, sre.IN, sre.ANY):
            found |= _characters(op, argument)
        else:
            for inner in _inside(op, argument):
                found |= _all(inner)
    return found
