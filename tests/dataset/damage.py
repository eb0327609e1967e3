"""Releases of every kind that are as they should be, and ways to damage them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from annotate.cli.main import main
from annotate.dataset.describing.card import Account
from annotate.dataset.describing.companions import describing
from annotate.dataset.export import MANIFEST, SUMS, Choices, ExportSummary
from annotate.dataset.export import export as write
from annotate.dataset.formats import FORMATS
from annotate.dataset.grouping import group
from annotate.dataset.rights import Texts
from annotate.dataset.splitting import SPLITS, Placement, Plan
from annotate.dataset.spool import Spool
from annotate.record import Provenance, Record
from benchmarks.made_up_news import News

FREE, CLOSED = "CC-BY-4.0", "all rights reserved"
Row = dict[str, Any]


@cache
def news(count: int = 18) -> tuple[Record, ...]:
    """Return articles of several stories, of which every third may not show its text."""
    found = []
    for number, record in enumerate(News(count).records()):
        meta = record.meta.model_copy(update={"licence": CLOSED if number % 3 == 0 else FREE})
        provenance = Provenance(version="1", annotator="annotator-1")
        found.append(record.model_copy(update={"meta": meta, "provenance": provenance}))
    return tuple(sorted(found, key=lambda record: record.id))


def by_story(spool: Spool) -> Plan:
    """Place whole stories into train, dev and test by turns."""
    stories = group(spool)
    names = {name: SPLITS[number % 3] for number, name in enumerate(sorted(set(stories.story_of.values())))}
    placed = {record.id: stories.story_of[record.id] for record in spool}
    return Plan("stories", {name: Placement(story, names[story]) for name, story in placed.items()})


def release(
    folder: Path,
    *,
    split: bool = True,
    texts: Texts = Texts.LICENSED,
    formats: Sequence[str] | None = None,
    records: Sequence[Record] | None = None,
) -> ExportSummary:
    """Write a release in every format that can hold its texts."""
    able = [name for name, form in FORMATS.items() if texts is not Texts.NONE or not form.needs_text]
    choices = Choices(formats or able, texts, *([by_story] if split else []), licence=FREE)
    return write(records or news(), folder, choices, describing(Account(licence=FREE)))


def command(*arguments: str) -> tuple[int, str, str]:
    """Run a command; return its exit code and what it printed."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0), out.getvalue(), err.getvalue()


def seal(folder: Path) -> None:
    """Write SHA256SUMS anew, as somebody would who does not want a change to be seen."""
    lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    names = [line[66:] for line in lines if (folder / line[66:]).is_file()]
    sums = (f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names)
    (folder / SUMS).write_text("".join(sums), encoding="utf-8")


@contextmanager
def sealed(folder: Path) -> Iterator[None]:
    """Let files be changed, and seal the folder again."""
    yield
    seal(folder)


def change_rows(path: Path, change: Callable[[Row], object], *, of: str | None = None) -> str:
    """Change a row of a JSON Lines file in place: the first, or that of an article. Return its id."""
    lines = path.read_text(encoding="utf-8").splitlines()
    changed = ""
    for number, line in enumerate(lines):
        row = json.loads(line)
        if row["id"] == of or (of is None and number == 0):
            change(row)
            changed = str(row["id"])
        lines[number] = json.dumps(row, ensure_ascii=False)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return changed


def change_manifest(folder: Path, **changes: object) -> None:
    """Change values of dataset.json."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    (folder / MANIFEST).write_text(json.dumps({**manifest, **changes}), encoding="utf-8")
