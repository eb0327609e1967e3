"""Disjoint sets."""

from __future__ import annotations


class Unions:
    """Disjoint sets of the numbers from 0; the least number stands for its set."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def find(self, number: int) -> int:
        """Return the number that stands for the set."""
        parent = self._parent
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    def join(self, one: int, other: int) -> int:
        """Join two sets, and return the number that stands for the joined one."""
        first, second = sorted((self.find(one), self.find(other)))
        self._parent[second] = first
        return first

    def groups(self) -> dict[int, list[int]]:
        """Return the sets by the number that stands for each, in order."""
        found: dict[int, list[int]] = {}
        for number in range(len(self._parent)):
            found.setdefault(self.find(number), []).append(number)
        return found
