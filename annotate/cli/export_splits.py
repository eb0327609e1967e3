"""The options of `annotate export` that say how the articles are split, and what they come to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from annotate.dataset.splitting import Divide
    from annotate.store import Store

_OPTIONS = (
    click.option(
        "--split",
        type=click.Choice(["none", "stories", "time", "outlet"]),
        help="stories: at random, whole stories together. time: train first, test last. outlet: test holds the outlets"
        " of --held-out. none: one dataset.  [default: stories; none with --articles sample]",
    ),
    click.option(
        "--shares",
        metavar="TRAIN,DEV,TEST",
        help="Per cent of the stories (with --split time: of the articles) that go to each split; with --split outlet"
        " only train and dev are weighed against each other.  [default: 80,10,10]",
    ),
    click.option(
        "--salt",
        metavar="WORDS",
        help="Draw stories anew, for a release that goes on from none.  [default: a fixed one]",
    ),
    click.option(
        "--until",
        metavar="DAYS",
        help="With --split time: the first days of dev and of test, as in 2021-09-01,2021-10-01; or that of test alone."
        "  [default: as in the last release by time, else by --shares]",
    ),
    click.option(
        "--held-out",
        metavar="OUTLET",
        multiple=True,
        help="With --split outlet: an outlet whose articles go to test, by any of its names; may be given several"
        " times.",
    ),
    click.option(
        "--assignments",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        metavar="FOLDER",
        help="An earlier release, written by another store: its articles keep their splits here too.",
    ),
)


def split_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that `wanted_split` takes."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class WantedSplit:
    """How the articles are to be split, as the options say."""

    split: str
    shares: str | None
    salt: str | None
    until: tuple[date, ...]
    held_out: tuple[str, ...]
    assignments: Path | None

    def divide(self, store: Store) -> Divide:
        """Return what divides the release. Raises: DatasetError for shares or days that are none."""
        from annotate.dataset.released import assignments_in
        from annotate.dataset.splitting import Way, divided, shares_of, undivided
        from annotate.dataset.ways import SALT, SHARES, ByOutlet, ByStory, ByTime

        if self.split == "none":
            return undivided
        shares = shares_of(self.shares) if self.shares else SHARES
        salt = SALT if self.salt is None else self.salt
        way: Way
        if self.split == "time":
            way = ByTime(until=self.until or None, shares=shares)
        elif self.split == "outlet":
            way = ByOutlet(self.held_out, shares=shares, salt=salt)
        else:
            way = ByStory(shares=shares, salt=salt)
        taken = assignments_in(self.assignments) if self.assignments else []
        return divided(store, way, taken=taken, where=str(self.assignments or ""))


def wanted_split(
    *,
    articles: str,
    split: str | None,
    shares: str | None,
    salt: str | None,
    until: str | None,
    held_out: tuple[str, ...],
    assignments: Path | None,
) -> WantedSplit:
    """Check that the options fit together. Raises: click.UsageError."""
    # An evaluation sample is one thing: whoever measures by it wants all of it.
    chosen = split or ("none" if articles == "sample" else "stories")
    for name, given, fits in (
        ("--shares", shares, ("stories", "time", "outlet")),
        ("--salt", salt, ("stories", "outlet")),
        ("--until", until, ("time",)),
        ("--held-out", held_out, ("outlet",)),
        ("--assignments", assignments, ("stories", "time", "outlet")),
    ):
        if given and chosen not in fits:
            raise click.UsageError(f"{name} goes with --split {' or '.join(fits)}")
    if chosen == "outlet" and not held_out:
        raise click.UsageError("--split outlet needs --held-out: which outlets go to test?")
    if until and shares:
        raise click.UsageError("--until and --shares say two things about where the splits begin: give one")
    return WantedSplit(chosen, shares, salt, _days(until), held_out, assignments)


def _days(until: str | None) -> tuple[date, ...]:
    try:
        return tuple(date.fromisoformat(part.strip()) for part in until.split(",")) if until else ()
    except ValueError:
        raise click.UsageError(f"--until: {until!r} holds no day such as 2021-09-01") from None
