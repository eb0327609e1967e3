"""The correction ledger: what people made of the machine's work, in all, by group and by kind of correction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from annotate.review.confusions import Confusion, Confusions
from annotate.review.counting import Counting, Section
from annotate.review.walk import Base, Done, Rendered, walk
from annotate.store import Store

SEED = 1
NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Ledger:
    """What people made of the machine's work.

    whole: over every annotation that was compared. groups: the same by each of what was asked for. ratings: values
    given of what only a person sets. bases: how many annotations were compared with which Base, or had none
    (EMPTY_PAGE, LOST); drawn: regions on the empty pages, of which nothing was pre-annotated. unread: kept, but they
    cannot be compared.
    """

    whole: Section
    groups: Mapping[str, Mapping[str, Section]]
    confusions: tuple[Confusion, ...]
    ratings: int
    annotations: int
    skipped: int
    unread: int
    bases: Mapping[Base, int] = field(default_factory=dict)
    drawn: int = 0


def _day(done: Done) -> date | None:
    try:
        return date.fromisoformat((done.annotated_at or "")[:10])
    except ValueError:
        return None


def _dated(layout: str) -> Callable[[Done], str]:
    def name(done: Done) -> str:
        day = _day(done)
        return day.strftime(layout) if day else NOT_KNOWN

    return name


# What the ledger can be grouped by; a time is that of the annotation's last version, in UTC, a week ISO 8601's.
KEYS: Mapping[str, Callable[[Done], str]] = {
    "pipeline": lambda done: done.pipeline or NOT_KNOWN,
    "annotator": lambda done: done.annotator,
    "outlet": lambda done: done.article.meta.publisher or NOT_KNOWN,
    "day": _dated("%Y-%m-%d"),
    "week": _dated("%G-W%V"),
    "month": _dated("%Y-%m"),
}


def make_ledger(
    store: Store,
    rendered: Rendered,
    *,
    by: Sequence[str] = (),
    names: bool = False,
    examples: int = 3,
    seed: int = SEED,
) -> Ledger:
    """Compare the store's current annotations with what the machine had given, and count.

    rendered: makes the result list of a stored prediction, for annotations that do not carry theirs. by: any of KEYS.
    names: call annotators by their names. Annotations of annotation projects alone count; of several on one article,
    each is compared with the machine.
    """
    whole, confusions = Counting(), Confusions(examples)
    groups: dict[str, dict[str, Counting]] = {key: {} for key in by}
    counts: Counter[str] = Counter()
    bases: Counter[Base] = Counter()
    for done in walk(store, rendered, names=names):
        counts["annotations"] += 1
        counts["skipped"] += done.skipped
        counts["unread"] += done.problem is not None
        if done.base is not None:
            bases[done.base] += 1
        if done.base is Base.EMPTY_PAGE:
            counts["drawn"] += done.drawn
        if done.changes is None:
            continue
        counts["ratings"] += done.changes.ratings
        whole.add(done.article.id, done.changes)
        confusions.add(done, done.changes)
        for key, parts in groups.items():
            parts.setdefault(KEYS[key](done), Counting()).add(done.article.id, done.changes)
    return Ledger(
        whole=whole.section(seed=seed),
        groups={
            key: {name: parts[name].section(seed=seed) for name in sorted(parts, key=natural)}
            for key, parts in groups.items()
        },
        confusions=confusions.found(),
        ratings=counts["ratings"],
        annotations=counts["annotations"],
        skipped=counts["skipped"],
        unread=counts["unread"],
        bases={base: bases[base] for base in Base if bases[base]},
        drawn=counts["drawn"],
    )


def natural(name: str) -> tuple[bool, int, str]:
    """Order names, annotator-10 after annotator-2, and what is not known at the end."""
    return name == NOT_KNOWN, len(name) if name.startswith("annotator-") else 0, name
