"""What earlier releases decided: the split of each released article, from the store or from a release's folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from annotate import strict_json
from annotate.dataset.index import INDEX, MANIFEST
from annotate.dataset.inputs import SPLITS
from annotate.errors import DatasetError
from annotate.store.assignments import Assigned


class Released:
    """The assignments of earlier releases, looked up by the text's hash, or else by the article's id.

    An article whose text changed after its release is still the same article.
    """

    def __init__(self, assignments: Iterable[Assigned] = ()) -> None:
        self._by_hash: dict[str, Assigned] = {}
        self._by_id: dict[str, Assigned] = {}
        for item in assignments:
            self._add(item)

    def _add(self, item: Assigned) -> None:
        self._by_hash[item.sha256] = item
        self._by_id.setdefault(item.article_id, item)

    def __len__(self) -> int:
        return len(self._by_hash)

    def __iter__(self) -> Iterator[Assigned]:
        return iter(self._by_hash.values())

    def of(self, sha256: str, article_id: str) -> Assigned | None:
        """Return where an article was released; None for a new one."""
        return self._by_hash.get(sha256) or self._by_id.get(article_id)

    def take(self, assignments: Iterable[Assigned], *, where: str) -> None:
        """Add what another release decided.

        where: its place, for the message. Raises: DatasetError when it has an article in another split.
        """
        for item in assignments:
            known = self.of(item.sha256, item.article_id)
            if known is not None and known.split != item.split:
                raise DatasetError(
                    f"{item.article_id} is in {item.split} here, and was released in {known.split} by this store",
                    where=where,
                    mend="go on from one of the two releases alone",
                )
            if item.sha256 not in self._by_hash:
                self._add(item)


def assignments_in(folder: Path) -> list[Assigned]:
    """Read the assignments of a release from its index, articles.jsonl.

    Raises: DatasetError, with the line, when the folder holds no release with splits.
    """
    path = folder / INDEX
    found: list[Assigned] = []
    method = _method(folder)
    try:
        # As bytes: a line ends at a line feed alone, whatever else stands in a title.
        lines = path.read_bytes().removesuffix(b"\n").split(b"\n")
    except OSError as error:
        raise DatasetError(
            f"cannot be read: {error.strerror or error}",
            where=str(path),
            mend="name the folder of an earlier release",
        ) from None
    for number, line in enumerate(lines, start=1):
        row = _row(line, where=f"{path}:{number}")
        if row["split"] is not None:
            story = row.get("story") or row["sha256"][:16]
            found.append(Assigned(row["sha256"], row["id"], row["split"], story, method))
    if not found:
        raise DatasetError("the release has no splits", where=str(path), mend="name one that has")
    return found


def _row(line: bytes, *, where: str) -> dict[str, Any]:
    try:
        row = strict_json.loads(line)
        known = (None, *SPLITS)
        sound = isinstance(row["id"], str) and isinstance(row["sha256"], str) and len(row["sha256"]) == 64
        if not sound or row["split"] not in known or not isinstance(row.get("story"), str | None):
            raise ValueError
    except (ValueError, LookupError, TypeError, AttributeError):
        raise DatasetError(
            f"is no article of a release: id, sha256 and a split ({', '.join(SPLITS)}) are needed",
            where=where,
            mend="take the folder as it was released",
        ) from None
    return dict(row)


def _method(folder: Path) -> str:
    try:
        content = strict_json.loads((folder / MANIFEST).read_bytes())
        return str(content.get("split") or "stories")
    except (OSError, ValueError, AttributeError):
        return "stories"
