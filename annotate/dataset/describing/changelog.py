"""CHANGELOG.md and changes.jsonl of a release: what is different since an earlier one.

CHANGELOG.md tells it in numbers and names, the newest release first, and carries on what the earlier release told;
changes.jsonl has a line for every article that was added, removed or changed in this last step.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from annotate import __version__
from annotate.dataset.describing.changes import Change, Earlier, changes, rows_of
from annotate.dataset.describing.facts import CLASSES, COUNTED, NOT_GIVEN, Counts
from annotate.dataset.describing.markdown import plain, table
from annotate.dataset.export import Release
from annotate.errors import DatasetError
from annotate.scheme import SCHEME_VERSION

CHANGELOG = "CHANGELOG.md"
CHANGES = "changes.jsonl"
LISTED = 100  # articles of a kind that the page names; changes.jsonl has them all
_HEAD = "# What changed from release to release\n"
_KINDS = {
    "added": "Articles added",
    "removed": "Articles removed",
    "changed": "Articles changed",
    "text": "Articles of which only the publication of the text changed",
}


@dataclass(slots=True)
class Tally:
    """The changes added up. moved: articles that went from one split to another."""

    kinds: Counter[str] = field(default_factory=Counter)
    named: dict[str, list[str]] = field(default_factory=lambda: {kind: [] for kind in _KINDS})
    items: Counter[tuple[str, str]] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    moved: list[tuple[str, str | None, str | None]] = field(default_factory=list)

    def add(self, change: Change) -> None:
        """Count a change."""
        self.kinds[change.kind] += 1
        if len(self.named[change.kind]) < LISTED:
            self.named[change.kind].append(_line(change))
        for name, found in change.items.items():
            for what, identities in found.items():
                self.items[name, what] += len(identities)
        self.fields.update(change.fields)
        if change.moved and None not in change.moved:
            self.moved.append((change.article, *change.moved))


class Changelog:
    """A companion that compares the release with an earlier one; `tally` is what it found.

    Raises: DatasetError when the folder holds no release, before anything is written.
    """

    def __init__(self, since: Path) -> None:
        self._earlier = Earlier.at(since)
        self.tally = Tally()

    def __call__(self, release: Release) -> None:
        """Write the changelog and the list of changes."""
        was, now = Counts(), Counts()
        found = changes(self._earlier.rows(), rows_of(release), was, now)

        def write(path: Path) -> None:
            with path.open("w", encoding="utf-8", newline="\n") as file:
                for change in found:
                    self.tally.add(change)
                    file.write(change.to_json() + "\n")

        release.staging.write(CHANGES, write)
        section = "\n".join(self._section(release, was, now))
        release.staging.text(CHANGELOG, f"{_HEAD}\n{section}{self._history()}")

    def _history(self) -> str:
        """Return what the earlier release told of those before it."""
        path = self._earlier.folder / CHANGELOG
        if not path.is_file():
            return ""
        try:
            told = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise DatasetError("cannot be read", where=str(path), mend="fetch the earlier release again") from None
        return "\n" + told.removeprefix(_HEAD).strip("\n") + "\n"

    def _section(self, release: Release, was: Counts, now: Counts) -> Iterator[str]:
        manifest, tally = self._earlier.manifest, self.tally
        version = release.summary.version
        yield f"## Version {version[:12]}, since {plain(manifest['version'][:12])}\n"
        if version == manifest["version"]:
            yield "The rows are those of the earlier release.\n"
        if tally.moved:
            yield from _loud(tally)
        yield from _made_by(release, manifest)
        rows = ([title, tally.kinds[kind]] for kind, title in _KINDS.items())
        yield table(["", "articles"], rows)
        if tally.items:
            yield table(["things", "added", "removed", "changed"], _things(tally))
        if tally.fields:
            yield table(["field", "changed"], ([f"`{name}`", count] for name, count in sorted(tally.fields.items())))
        yield table(["", "before", "after"], _before_and_after(was, now))
        for kind, title in _KINDS.items():
            if tally.named[kind]:
                yield f"### {title}\n"
                yield "\n".join(tally.named[kind])
                rest = tally.kinds[kind] - len(tally.named[kind])
                yield f"- and {rest:,} more: see `{CHANGES}`\n" if rest else ""


def _loud(tally: Tally) -> Iterator[str]:
    yield (
        f"> **WARNING: {len(tally.moved):,} article(s) moved from one split to another.** What was trained on the"
        " earlier release has seen articles that are now tested on: do not trust its figures on this release.\n"
    )
    for article, before, after in tally.moved[:LISTED]:
        yield f"- {plain(article)}: from {before} to {after}"
    if len(tally.moved) > LISTED:
        yield f"- and {len(tally.moved) - LISTED:,} more: see `{CHANGES}`"
    yield ""


def _made_by(release: Release, manifest: dict[str, object]) -> Iterator[str]:
    """Yield what is different in how the two releases were made."""
    choices = release.choices
    facts = (
        ("scheme", manifest.get("scheme"), SCHEME_VERSION),
        ("tool", manifest.get("tool"), f"source-annotator {__version__}"),
        ("texts", manifest.get("text"), str(choices.texts)),
        ("policy", manifest.get("policy", "agreed"), str(choices.policy or "agreed")),
        ("articles", manifest.get("articles", "all"), choices.articles or "all"),
        ("split", manifest.get("split", "none"), release.plan.method or "none"),
    )
    for name, before, after in facts:
        if before != after:
            yield f"- {name}: {plain(before)} before, {plain(after)} now"
    yield ""


def _things(tally: Tally) -> Iterator[list[object]]:
    for name in dict.fromkeys(name for name, _ in sorted(tally.items)):
        yield [f"`{name}`", *(tally.items[name, what] for what in ("added", "removed", "changed"))]


def _before_and_after(was: Counts, now: Counts) -> Iterator[list[object]]:
    for name in COUNTED:
        yield [name, was.things[name], now.things[name]]
    for name, values in CLASSES.items():
        for value in (*map(str, values), NOT_GIVEN):
            before, after = was.classes[name][value], now.classes[name][value]
            if before != after:
                yield [f"`{name}`: {f'`{value}`' if value else 'not given'}", before, after]


def _line(change: Change) -> str:
    parts = [
        f"{len(identities)} {name} {what}" for name, found in change.items.items() for what, identities in found.items()
    ]
    parts += [f"`{name}`" for name in sorted(change.fields) if "." not in name]
    if change.moved:
        parts.append(f"split {change.moved[0] or 'none'} before, {change.moved[1] or 'none'} now")
    if change.shown:
        parts.append("text now shown" if change.shown[1] else "text no longer shown")
    return f"- {plain(change.article)}{': ' if parts else ''}{', '.join(parts)}"
