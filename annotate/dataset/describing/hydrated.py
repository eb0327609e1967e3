"""What describes a release once texts were put back into it: what was said of texts is said anew, all else stays."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from annotate.dataset.describing import sections
from annotate.dataset.describing.attributions import FOLDER as ATTRIBUTIONS
from annotate.dataset.describing.attributions import attributions
from annotate.dataset.describing.card import CARD, Account, front_matter
from annotate.dataset.describing.changelog import CHANGELOG, CHANGES
from annotate.dataset.describing.croissant import CROISSANT, croissant_of
from annotate.dataset.describing.facts import Facts, facts_of
from annotate.dataset.describing.provenance import PROVENANCE, provenance_of
from annotate.dataset.export import Companion, Release
from annotate.dataset.folder import ReleaseFolder
from annotate.dataset.index import INDEX
from annotate.errors import DatasetError

NOTE = (
    "> Texts were put back into this copy by `annotate hydrate`; what follows tells of the release as it was"
    " published.\n"
)
_ABOUT_TEXTS = ("Composition", "Distribution")


def describing_again(source: ReleaseFolder) -> list[Companion]:
    """Return what writes the companions that the release has, from those that it had.

    Files of other makers are carried over as they are.
    """
    described = [name for name in (CARD, PROVENANCE, CROISSANT) if name in source.files]

    def flat(release: Release) -> None:
        if any(name.split("/")[-1] == ATTRIBUTIONS for name in source.files):
            attributions(release)

    def carry(release: Release) -> None:
        for name in source.files:
            if name not in release.staging.targets and name not in described:
                release.staging.write(name, lambda path, name=name: _copy(source.path / name, path))  # type: ignore[misc]

    def describe(release: Release) -> None:
        facts = facts_of(release)
        if CARD in described:
            release.staging.text(CARD, _card(_read(source, CARD), release, facts))
        if PROVENANCE in described:
            release.staging.text(PROVENANCE, provenance_of(release, facts))
        if CROISSANT in described:
            release.staging.text(CROISSANT, _croissant(_read(source, CROISSANT), release, facts))

    return [flat, carry, describe]


def carried_over(source: ReleaseFolder) -> list[str]:
    """Return the files of a release that are neither its rows nor what describes them: tables, and others' files."""
    ours = {INDEX, CARD, PROVENANCE, CROISSANT, CHANGELOG, CHANGES, ATTRIBUTIONS}
    targets = {source.target(name, split) for name in source.formats for split in source.splits}
    return [name for name in source.files if name not in targets and name.split("/")[-1] not in ours]


def _read(source: ReleaseFolder, name: str) -> str:
    try:
        return (source.path / name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(
            f"cannot be read: {error}", where=str(source.path / name), mend="fetch the dataset again"
        ) from None


def _copy(made: Path, place: Path) -> None:
    if made.is_dir():
        shutil.copytree(made, place)
    elif made.name == CHANGELOG:
        told = made.read_text(encoding="utf-8")
        head, line, rest = told.partition("\n")
        noted = told if NOTE in told else f"{head}{line}\n{NOTE}{rest}"
        place.write_text(noted, encoding="utf-8", newline="\n")
    else:
        shutil.copyfile(made, place)


def _card(card: str, release: Release, facts: Facts) -> str:
    """Return the card with new front matter, and with what it says of texts said anew."""
    licence = release.choices.licence
    again = {
        "Composition": sections.composition(release, facts),
        "Distribution": sections.distribution(release, facts, licence),
    }
    parts = list(_parts(re.sub(r"\A---\n.*?\n---\n", "", card, flags=re.DOTALL)))
    named = [(re.match(r"## (.+)\n", part), part) for part in parts]
    told = [
        again.pop(found[1], part.rstrip("\n") + "\n") if found else part.rstrip("\n") + "\n" for found, part in named
    ]
    # A card that the maker of the release wrote anew has no such sections: they follow.
    body = "\n".join([*told, *again.values()]).lstrip("\n")
    return f"---\n{front_matter(release, facts, licence)}---\n\n{body}"


def _parts(body: str) -> Iterator[str]:
    """Yield what stands before the first heading of the second level, then each such section."""
    part: list[str] = []
    fenced = False
    for line in body.splitlines(keepends=True):
        fenced ^= line.lstrip().startswith(("```", "~~~"))
        if line.startswith("## ") and not fenced:
            yield "".join(part)
            part = []
        part.append(line)
    yield "".join(part)


def _croissant(old: str, release: Release, facts: Facts) -> str:
    """Return the description with the files as they are now; what it says of the maker stays."""
    try:
        content = json.loads(old)
        new = json.loads(croissant_of(release, facts, Account(licence=release.choices.licence)))
        content |= {name: new[name] for name in ("distribution", "recordSet", "license")}
    except (ValueError, TypeError):
        raise DatasetError("is no JSON object", where=CROISSANT, mend="fetch the dataset again") from None
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
