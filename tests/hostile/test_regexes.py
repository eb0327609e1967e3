"""No regular expression of the package can be made to try exponentially many ways."""

from __future__ import annotations

import ast
import re

import pytest

from tests.hostile.regexes import adversarial, calls, every_pattern, nested

# Put together from parts where they are compiled. Each is among the patterns all the same: held by its module, or
# compiled by what reads the data.
PUT_TOGETHER = {
    "dataset/licences.py": 2,
    "dataset/sources/describing.py": 1,
    "dataset/wordings.py": 2,
    "pipeline/notices.py": 2,
    "pipeline/parties.py": 1,
    "pipeline/verification_patterns.py": 1,
    "report/corrections.py": 1,
}


def test_no_repetition_without_end_stands_inside_another_one_of_the_same_characters() -> None:
    found = every_pattern()
    assert len(found) > 150
    assert {one.where: ways for one in found if (ways := list(nested(one.pattern)))} == {}


@pytest.mark.parametrize("bad", [r"(a+)+$", r"(a*)*b", r"(\w+\s*)+x", r"(\d+[.,]?)*x", r"(?:(?:ab|c)+d?)+e"])
def test_those_that_blow_up_are_recognised(bad: str) -> None:
    assert list(nested(re.compile(bad)))


@pytest.mark.parametrize("good", [r"(a+ )+$", r"\w+(?:['’.-]\w+)*", r"(?:[\w-]+\.)+com", r"(a{1,3}b?){1,4}", r"a+b+"])
def test_those_that_do_not_are_left_in_peace(good: str) -> None:
    assert list(nested(re.compile(good))) == []


def test_every_pattern_is_among_those_that_are_looked_at() -> None:
    counted: dict[str, int] = {}
    for where, call in calls():
        try:
            ast.literal_eval(call.args[0])
        except ValueError:
            file = where.partition(":")[0]
            counted[file] = counted.get(file, 0) + 1
    assert counted == PUT_TOGETHER


def test_the_strings_that_are_measured_keep_a_pattern_busy() -> None:
    """On the textbook's example some string makes each further letter twice the work."""
    texts = [text for text in adversarial(re.compile(r"(a+)+$"), 18) if text.startswith("a" * 18)]
    assert any(not re.search(r"(a+)+$", text) for text in texts)
