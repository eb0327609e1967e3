"""What the annotations of one article come to: one reading, or the reason why there is none.

An adjudication of these very annotations wins; then what is marked as ground truth; then one annotator's reading, or
all of them when they agree. Disagreement that nobody decided is never a reading.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from annotate.record import Basis, Provenance, Record, parse_record
from annotate.review.consensus import Disagreement, consensus, content_digest, letters_for
from annotate.scheme import Policy
from annotate.store.tables import AnnotationRow

__all__ = ["UNDECIDED", "Reading", "Standing", "Verdict", "basis_of", "readings_of", "settled_by", "verdict"]

# How the problem of an adjudication begins that leaves something open.
UNDECIDED = "undecided: "


class Standing(StrEnum):
    """Where an article stands."""

    SKIPPED = "skipped"
    UNREADABLE = "unreadable"
    SINGLE = "single"
    AGREED = "agreed"
    GROUND_TRUTH = "ground_truth"
    ADJUDICATED = "adjudicated"
    DISAGREEMENT = "disagreement"
    UNDECIDED = "undecided"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Reading:
    """One readable annotation: `row` as it was pulled, `record` what it says."""

    row: AnnotationRow
    record: Record


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an article comes to.

    record: the reading that counts, with its provenance, or None with the reason why there is none. readings: the
    annotations that it rests on, or that differ; disagreements: where they do, by the letters of `letters_for`.
    """

    standing: Standing
    record: Record | None
    reason: str
    readings: tuple[Reading, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()


def readings_of(rows: Iterable[AnnotationRow]) -> list[Reading]:
    """Return the submitted annotations that could be read."""
    return [Reading(row, parse_record(row.record)) for row in rows if not row.skipped and row.record is not None]


def verdict(rows: Sequence[AnnotationRow], adjudications: Sequence[AnnotationRow] = ()) -> Verdict:
    """Settle an article.

    rows: its current annotations; adjudications: those of adjudication projects.
    """
    submitted = [row for row in rows if not row.skipped]
    if not submitted:
        return Verdict(Standing.SKIPPED, None, "skipped, or its annotations were deleted")
    readings = readings_of(submitted)
    if not readings:
        return Verdict(Standing.UNREADABLE, None, f"cannot be read: {submitted[0].problem}")
    now = _fingerprint(_basis(readings))
    decided = readings_of(adjudications)
    fresh = [one for one in decided if one.record.provenance and _fingerprint(one.record.provenance.basis) == now]
    if fresh:
        return _of_adjudications(fresh, readings)
    truths = [one for one in readings if one.row.ground_truth]
    if truths:
        return _of_truths(truths, readings)
    if len(readings) == 1:
        return Verdict(Standing.SINGLE, readings[0].record, "", tuple(readings))
    found = consensus(_by_letter(readings))
    if not found.disagreements:
        agreed = settled_by(Policy.AGREED, found.agreed, readings)
        return Verdict(Standing.AGREED, agreed, "", tuple(readings))
    return _open(readings, found.disagreements, decided, adjudications)


def settled_by(policy: Policy, record: Record, readings: Sequence[Reading]) -> Record:
    """Return the Record as one that rests on several annotations, made of them by this policy."""
    made = [one.record.provenance for one in readings if one.record.provenance]
    times = [one.created for one in made if one.created]
    pipelines = {one.pipeline for one in made}
    provenance = Provenance(
        version=made[0].version if made else "",
        pipeline=pipelines.pop() if len(pipelines) == 1 else None,
        created=max(times, default=None),
        policy=policy,
        basis=_basis(readings),
    )
    return record.model_copy(update={"provenance": provenance})


def basis_of(identity: str, content: str, annotator: str | None, created: datetime | None) -> Basis:
    """Return how a Record names an annotation that it rests on; content: its `content_digest`."""
    named = hashlib.sha256(identity.encode()).hexdigest()[:16]
    return Basis(annotation=named, content=content, annotator=annotator, created=created)


def _basis(readings: Iterable[Reading]) -> tuple[Basis, ...]:
    found = (
        basis_of(
            one.row.identity,
            content_digest(one.record),
            one.row.annotator,
            one.record.provenance.created if one.record.provenance else None,
        )
        for one in readings
    )
    return tuple(sorted(found, key=lambda basis: basis.annotation))


def _fingerprint(basis: Iterable[Basis]) -> frozenset[tuple[str, str]]:
    return frozenset((one.annotation, one.content) for one in basis)


def _by_letter(readings: Sequence[Reading]) -> dict[str, Record]:
    by_identity = {one.row.identity: one.record for one in readings}
    dealt = letters_for(readings[0].record.sha256, by_identity)
    return {letter: by_identity[identity] for letter, identity in dealt.items()}


def _alike(readings: Sequence[Reading]) -> bool:
    return len(readings) == 1 or not consensus(_by_letter(readings)).disagreements


def _of_adjudications(fresh: Sequence[Reading], readings: Sequence[Reading]) -> Verdict:
    chosen = [one for one in fresh if one.row.ground_truth] or list(fresh)
    if not _alike(chosen):
        reason = f"{len(chosen)} adjudications disagree: delete all but one in Label Studio, then pull"
        return Verdict(Standing.DISAGREEMENT, None, reason, tuple(readings), _differences(readings))
    return Verdict(Standing.ADJUDICATED, chosen[-1].record, "", tuple(readings), _differences(readings))


def _of_truths(truths: Sequence[Reading], readings: Sequence[Reading]) -> Verdict:
    if not _alike(truths):
        reason = (
            f"{len(truths)} ground truths disagree: make them agree, or delete all but one in Label Studio, then pull"
        )
        return Verdict(Standing.DISAGREEMENT, None, reason, tuple(readings), _differences(readings))
    record = truths[0].record
    if len(readings) > 1 and record.provenance:
        changes = {"policy": Policy.GROUND_TRUTH, "basis": _basis(truths)}
        record = record.model_copy(update={"provenance": record.provenance.model_copy(update=changes)})
    return Verdict(Standing.GROUND_TRUTH, record, "", tuple(readings))


def _differences(readings: Sequence[Reading]) -> tuple[Disagreement, ...]:
    return consensus(_by_letter(readings)).disagreements if len(readings) > 1 else ()


def _open(
    readings: Sequence[Reading],
    disagreements: tuple[Disagreement, ...],
    decided: Sequence[Reading],
    adjudications: Sequence[AnnotationRow],
) -> Verdict:
    standing = Standing.DISAGREEMENT
    reason = (
        f"{len(readings)} annotations disagree: make them agree, or delete all but one in Label Studio, then pull;"
        " or run `annotate review adjudicate`"
    )
    half = [row for row in adjudications if not row.skipped and (row.problem or "").startswith(UNDECIDED)]
    if half:
        standing = Standing.UNDECIDED
        reason = f"its adjudication leaves something open: {(half[-1].problem or '').removeprefix(UNDECIDED)}"
    elif decided:
        standing = Standing.STALE
        reason = (
            "its annotations have changed since it was adjudicated: delete the task in the adjudication project and"
            " run `annotate review adjudicate`"
        )
    return Verdict(standing, None, reason, tuple(readings), disagreements)
