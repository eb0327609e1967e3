"""What each annotator did, and in what time."""

from __future__ import annotations

from annotate.review.people import people
from annotate.scheme import Label
from tests.review.results import mark
from tests.review.shelf import Shelf, article, given, without


def test_work_is_counted_by_person(shelf: Shelf) -> None:
    one, other, third = (article(number) for number in (1, 2, 3))
    shelf.add(one, other, third)
    shelf.annotate(one, given(one), before=given(one), lead_time=60.0)
    shelf.annotate(other, without(given(other), "o1"), before=given(other), lead_time=120.0, at="2026-01-04T05:00:00Z")
    shelf.annotate(third, [], before=given(third), skipped=True, at="2026-01-05T05:00:00Z")
    shelf.annotate(one, given(one), pipeline=None, who="zoe@example.org", lead_time=None)
    shelf.annotate(other, [mark("x", Label.QUOTE, 0, 5000)], before=[], who="zoe@example.org")
    ann, zoe = people(shelf.store, shelf.rendered)
    assert (ann.annotator, ann.annotations, ann.articles, ann.skipped, ann.unread) == ("annotator-1", 2, 2, 1, 0)
    words = 2 * len(one.text.split())
    assert (ann.touched, ann.words, ann.attributions) == (1, words, 2)
    assert (ann.lead_time, ann.median_lead_time) == (180.0, 90.0)
    assert (ann.words_per_hour, ann.attributions_per_hour) == (words * 20.0, 40.0)
    assert (ann.acceptance, ann.first, ann.last) == (87.5, "2026-01-02", "2026-01-05")
    # On an empty page everything was drawn; without a lead time there is no speed.
    assert (zoe.annotator, zoe.annotations, zoe.unread, zoe.touched) == ("annotator-2", 1, 1, 4)
    assert (zoe.lead_time, zoe.median_lead_time, zoe.words_per_hour, zoe.acceptance) == (None, None, None, None)


def test_names_are_given_only_when_asked_for(shelf: Shelf) -> None:
    of = article(1)
    shelf.add(of)
    shelf.annotate(of, given(of), before=given(of))
    assert [person.annotator for person in people(shelf.store, shelf.rendered, names=True)] == ["ann@example.org"]


def test_many_annotators_are_in_the_order_of_their_numbers(shelf: Shelf) -> None:
    of = article(1)
    shelf.add(of)
    for number in range(11):
        shelf.annotate(of, given(of), before=given(of), who=f"{number}@example.org")
    assert [person.annotator for person in people(shelf.store, shelf.rendered)] == [
        f"annotator-{number}" for number in range(1, 12)
    ]
