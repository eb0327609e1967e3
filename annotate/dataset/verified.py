"""Which readings count as verified: one Record an article, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from annotate.errors import DatasetError
from annotate.record import Article, Record
from annotate.review.consensus import majority
from annotate.review.settling import Reading, Standing, Verdict, readings_of, settled_by, verdict
from annotate.scheme import Policy
from annotate.store import Store
from annotate.store.annotations import annotators, current
from annotate.store.samples import sampled_articles
from annotate.store.tables import AnnotationRow, Purpose


@dataclass(frozen=True, slots=True)
class Withheld:
    """An annotated article that is not exported, and why."""

    article_id: str
    reason: str


def verified(
    store: Store, *, policy: Policy = Policy.AGREED, annotator: str | None = None, sampled: bool | None = None
) -> Iterator[Record | Withheld]:
    """Yield the verified Record of each annotated article, in the order of the article ids, or why it is withheld.

    Skipped, deleted and unreadable annotations never count. Where several people annotated an article, its adjudication
    counts, or the one marked as ground truth, or else all of them when they agree; disagreement is never exported as
    verified. policy: MAJORITY lets more than half of the annotators settle what is still open then, value by value;
    SINGLE takes one person's reading whatever the others say: that of `annotator` (name or pseudonym), else of whoever
    annotated the article first. sampled: True for the articles of an evaluation sample alone, False for all others.
    Annotators are named `annotator-1`, `annotator-2`, … in the order in which they first annotated.
    Raises: DatasetError when nobody is called `annotator`, or the policy is none of the three.
    """
    if policy not in (Policy.AGREED, Policy.MAJORITY, Policy.SINGLE):
        raise DatasetError(f"{policy} is no policy to export by", mend="choose agreed, majority or single")
    names = annotators(store)
    pseudonyms = {name: f"annotator-{number}" for number, name in enumerate(names, start=1)}
    only = _known(annotator, pseudonyms) if policy is Policy.SINGLE and annotator else None
    sample = sampled_articles(store) if sampled is not None else set()
    for article, rows, adjudications in _articles(store):
        if sampled is not None and (article.id in sample) != sampled:
            continue
        if policy is Policy.SINGLE:
            chosen = _single(rows, only)
        else:
            found = verdict(rows, adjudications)
            chosen = found.record or found.reason
            if policy is Policy.MAJORITY and found.record is None and found.readings:
                chosen = _majority(found)
        if isinstance(chosen, str):
            yield Withheld(article.id, chosen)
        else:
            yield _pseudonymous(chosen, pseudonyms)


def _articles(store: Store) -> Iterator[tuple[Article, list[AnnotationRow], list[AnnotationRow]]]:
    """Yield each annotated article with its annotations and its adjudications."""
    decided = current(store, purpose=Purpose.ADJUDICATION)
    ahead = next(decided, None)
    for article, rows in current(store):
        # Both are in the order of the ids: an adjudicated article without annotations has lost its project.
        while ahead is not None and ahead[0].id < article.id:
            ahead = next(decided, None)
        yield article, rows, ahead[1] if ahead is not None and ahead[0].id == article.id else []


def _known(annotator: str, pseudonyms: Mapping[str, str]) -> str:
    for name, pseudonym in pseudonyms.items():
        if annotator in (name, pseudonym):
            return name
    known = ", ".join(pseudonyms) or "nobody yet"
    raise DatasetError(f"nobody called {annotator!r} has annotated", mend=f"choose one of: {known}")


def _latest_each(readings: Sequence[Reading]) -> list[Reading]:
    """Return each person's latest annotation, in the order in which the people annotated."""
    return list({one.row.annotator: one for one in readings}.values())


def _majority(found: Verdict) -> Record | str:
    votes = _latest_each(found.readings)
    if len(votes) == 1:
        return f"{found.reason} (one person's annotations: there is no majority)"
    return settled_by(Policy.MAJORITY, majority([one.record for one in votes]), votes)


def _single(rows: Sequence[AnnotationRow], only: str | None) -> Record | str:
    found = readings_of(rows)
    if not found:
        nothing = verdict(rows)
        assert nothing.standing in (Standing.SKIPPED, Standing.UNREADABLE)
        return nothing.reason
    people = {one.row.annotator: one for one in found}
    if only is not None and only not in people:
        return "not annotated by the person asked for"
    chosen = people[only if only is not None else next(iter(people))]
    record = chosen.record
    if record.provenance is None:
        return record
    return record.model_copy(update={"provenance": record.provenance.model_copy(update={"policy": Policy.SINGLE})})


def _pseudonymous(record: Record, pseudonyms: Mapping[str, str]) -> Record:
    provenance = record.provenance
    if provenance is None:
        return record
    basis = tuple(
        one.model_copy(update={"annotator": pseudonyms.get(one.annotator) if one.annotator else None})
        for one in provenance.basis
    )
    name = pseudonyms.get(provenance.annotator) if provenance.annotator else None
    changes = {"annotator": name, "basis": basis}
    return record.model_copy(update={"provenance": provenance.model_copy(update=changes)})
