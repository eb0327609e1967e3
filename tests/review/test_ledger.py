"""What the ledger adds up: fates, figures, groups, confusions, and what it says it could not compare."""

from __future__ import annotations

import pytest

from annotate.evaluation.figures import Figure
from annotate.review.counting import Acceptance, Fates
from annotate.review.ledger import KEYS, Ledger, make_ledger
from annotate.review.walk import Base
from annotate.scheme import Label
from annotate.store.tables import Purpose
from tests.records import span
from tests.review.results import attribute, link, mark
from tests.review.shelf import PIPELINE, Shelf, article, given, region, with_value, without


def ledger_of(shelf: Shelf, **settings: object) -> Ledger:
    return make_ledger(shelf.store, shelf.rendered, **settings)  # type: ignore[arg-type]


def said(figure: Figure) -> tuple[float, float, float, int, int]:
    return figure.precision, figure.recall, figure.f1, figure.predicted, figure.annotated


def test_a_page_left_as_it_was_is_all_right(shelf: Shelf) -> None:
    of = article(1)
    shelf.add(of)
    shelf.annotate(of, given(of), before=given(of))
    whole = ledger_of(shelf).whole
    assert whole.acceptance == Acceptance(100.0, 4, 4)
    assert whole.fates["regions"]["all"] == Fates(given=4, accepted=4)
    assert whole.fates["relations"]["all"] == Fates(given=2, accepted=2)
    assert whole.fates["attributes"]["all"] == Fates(given=3, accepted=3)
    for names in whole.figures.values():
        assert {(figure.precision, figure.recall, figure.f1) for figure in names.values()} == {(100.0, 100.0, 100.0)}
    assert set(whole.accuracy.values()) == {100.0}
    assert ledger_of(shelf).confusions == ()


def test_every_correction_is_counted_where_it_belongs(shelf: Shelf) -> None:
    of = article(1)
    shelf.add(of)
    left = [
        *with_value(without(given(of), "o1", "s1"), "cue_class", "claim"),
        mark("new-s", Label.SOURCE, *span(of.text, "spokesman")),
        attribute("new-s", "source_type", "spokesperson", *span(of.text, "spokesman")),
        attribute("new-s", "anonymity", "unnamed_individual", *span(of.text, "spokesman")),
        link("q1", "new-s", "said_by"),
        region(of, "new-q", Label.QUOTE, "it"),
        region(of, "new-c", Label.CUE, "deny"),
        link("new-q", "new-c", "cued_by"),
    ]
    shelf.annotate(of, left, before=given(of))
    whole = ledger_of(shelf).whole
    regions, relations, attributes = (whole.fates[what] for what in ("regions", "relations", "attributes"))
    assert list(regions) == ["all", "Quote", "Cue", "Source", "Outlet"]
    assert regions["all"] == Fates(given=4, accepted=1, moved=1, changed=2, deleted=1, added=2)
    assert regions["Source"] == Fates(given=1, moved=1, changed=1)
    assert relations == {
        "all": Fates(given=2, accepted=2, added=1),
        "said_by": Fates(given=1, accepted=1),
        "cued_by": Fates(given=1, accepted=1, added=1),
    }
    assert attributes == {
        "all": Fates(given=2, accepted=1, changed=1, added=1),
        "cue_class": Fates(given=1, changed=1),
        "source_type": Fates(given=1, accepted=1),
        "anonymity": Fates(added=1),
    }
    # Right: the quote and the cue (2 of the machine's 4, 2 of the person's 5); with any overlap the source too.
    assert said(whole.figures["exact"]["all"]) == (50.0, 40.0, 44.4, 4, 5)
    assert said(whole.figures["partial"]["all"]) == (75.0, 60.0, 66.7, 4, 5)
    assert said(whole.figures["exact"]["Cue"]) == (100.0, 50.0, 66.7, 1, 2)
    assert said(whole.figures["exact"]["Source"]) == (0.0, 0.0, 0.0, 1, 1)
    assert said(whole.figures["partial"]["Outlet"]) == (0.0, 0.0, 0.0, 1, 0)
    assert said(whole.figures["relations"]["cued_by"]) == (100.0, 50.0, 66.7, 1, 2)
    assert said(whole.figures["attributes"]["all"]) == (50.0, 33.3, 40.0, 2, 3)
    assert said(whole.figures["attributes"]["anonymity"]) == (0.0, 0.0, 0.0, 0, 1)
    assert whole.accuracy == {"all": 33.3, "cue_class": 0.0, "source_type": 100.0, "anonymity": 0.0}


def test_a_relabelled_region_is_a_miss_under_either_label(shelf: Shelf) -> None:
    of = article(1)
    shelf.add(of)
    left = [*without(given(of), "o1"), region(of, "o1", Label.SOURCE, "Sample Wire")]
    shelf.annotate(of, left, before=given(of))
    whole = ledger_of(shelf).whole
    assert whole.fates["regions"]["Outlet"] == Fates(given=1, relabelled=1)
    assert said(whole.figures["partial"]["Outlet"]) == (0.0, 0.0, 0.0, 1, 0)
    assert said(whole.figures["partial"]["Source"]) == (100.0, 50.0, 66.7, 1, 2)
    assert "role" not in whole.accuracy


def test_what_could_not_be_compared_is_told_and_counts_nowhere(shelf: Shelf) -> None:
    articles = [article(number) for number in range(1, 7)]
    shelf.add(*articles)
    kept, stored, empty, lost, skipped, unread = articles
    shelf.annotate(kept, given(kept), before=given(kept))
    shelf.predict(stored, given(stored))
    shelf.annotate(stored, without(given(stored), "o1"))
    shelf.annotate(empty, given(empty), pipeline=None)
    shelf.annotate(lost, [], pipeline="another-2")
    shelf.annotate(skipped, [], before=given(skipped), skipped=True)
    shelf.annotate(unread, [mark("x", Label.QUOTE, 0, 5000)], before=[])
    found = ledger_of(shelf)
    assert found.bases == {Base.SNAPSHOT: 1, Base.STORED: 1, Base.EMPTY_PAGE: 1, Base.LOST: 1}
    assert (found.annotations, found.skipped, found.unread, found.drawn) == (6, 1, 1, 4)
    assert (found.whole.annotations, found.whole.articles) == (2, 2)
    assert found.whole.acceptance == Acceptance(87.5, 8, 7)


def test_a_snapshot_of_unknown_shape_is_told_and_stops_nothing(shelf: Shelf) -> None:
    one, other = article(1), article(2)
    shelf.add(one, other)
    shelf.annotate(one, given(one), before=[{"id": "x", "type": "labels"}])
    shelf.annotate(other, given(other), before=given(other))
    found = ledger_of(shelf)
    assert (found.unread, found.whole.annotations, found.bases) == (1, 1, {Base.SNAPSHOT: 1})


def test_what_another_version_would_have_given_makes_no_difference(shelf: Shelf) -> None:
    of = article(1)
    shelf.add(of)
    shelf.predict(of, [], pipeline="made-up-1")
    shelf.predict(of, given(of), pipeline="made-up-2")
    shelf.annotate(of, without(given(of), "o1"), pipeline="made-up-2")
    # The snapshot is what the person saw, even if the store has something else under the same name.
    shelf.annotate(of, given(of), before=given(of), pipeline="made-up-1")
    assert ledger_of(shelf).whole.acceptance == Acceptance(87.5, 8, 7)


def test_an_empty_prediction_is_one_that_missed_everything(shelf: Shelf) -> None:
    of = article(1)
    shelf.add(of)
    shelf.annotate(of, given(of), before=[])
    whole = ledger_of(shelf).whole
    assert whole.acceptance == Acceptance(None, 0, 0)
    assert said(whole.figures["exact"]["all"]) == (0.0, 0.0, 0.0, 0, 4)


def test_the_current_version_of_annotation_projects_counts(shelf: Shelf) -> None:
    of = article(1)
    shelf.add(of)
    shelf.annotate(of, [], before=given(of), name="one")
    shelf.annotate(of, given(of), before=given(of), name="one", at="2026-01-03T00:00:00Z")
    shelf.annotate(of, [], before=given(of), purpose=Purpose.ADJUDICATION)
    assert ledger_of(shelf).whole.acceptance == Acceptance(100.0, 4, 4)


def test_ratings_are_counted_apart(shelf: Shelf) -> None:
    of = article(1)
    shelf.add(of)
    rated = [*given(of), attribute("q1", "credibility", "2", 0, 5), attribute("s1", "reliability", "B", 0, 5)]
    shelf.annotate(of, rated, before=given(of))
    found = ledger_of(shelf)
    assert (found.ratings, found.whole.acceptance.share, found.confusions) == (2, 100.0, ())


@pytest.fixture
def mixed(shelf: Shelf) -> Shelf:
    """Two annotators on two articles of two outlets, in different weeks and with two pipeline versions."""
    one, other = article(1), article(2, publisher=None)
    shelf.add(one, other)
    shelf.annotate(one, given(one), before=given(one), who="zoe@example.org", at="2026-01-31T23:59:00Z")
    shelf.annotate(one, without(given(one), "o1"), before=given(one), at="2026-02-02T10:00:00Z")
    shelf.annotate(other, [], before=given(other), pipeline="made-up-2", at="2026-02-03T10:00:00Z")
    return shelf


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("pipeline", {PIPELINE: 87.5, "made-up-2": 0.0}),
        ("annotator", {"annotator-1": 100.0, "annotator-2": 37.5}),
        ("outlet", {"Example Times": 87.5, "not known": 0.0}),
        ("day", {"2026-01-31": 100.0, "2026-02-02": 75.0, "2026-02-03": 0.0}),
        ("week", {"2026-W05": 100.0, "2026-W06": 37.5}),
        ("month", {"2026-01": 100.0, "2026-02": 37.5}),
    ],
)
def test_groups(mixed: Shelf, by: str, expected: dict[str, float]) -> None:
    whole = ledger_of(mixed, by=[by, "month"])
    found = whole.groups[by]
    assert {name: section.acceptance.share for name, section in found.items()} == expected
    assert list(found) == list(expected)
    assert set(KEYS) == {"pipeline", "annotator", "outlet", "day", "week", "month"}
    assert sum(section.annotations for section in found.values()) == whole.whole.annotations == 3
    assert (whole.whole.articles, list(whole.groups)) == (2, list(dict.fromkeys([by, "month"])))


def test_annotators_are_named_only_when_asked_for(mixed: Shelf) -> None:
    named = ledger_of(mixed, by=["annotator"], names=True)
    assert list(named.groups["annotator"]) == ["ann@example.org", "zoe@example.org"]
    assert "example.org" not in str(ledger_of(mixed, by=["annotator"]))


def test_confusions_are_counted_with_places(shelf: Shelf) -> None:
    articles = [article(number) for number in range(1, 4)]
    shelf.add(*articles)
    for of in articles:
        left = with_value(without(given(of), "s1"), "cue_class", "claim")
        shelf.annotate(of, left, before=given(of))
    one = articles[0]
    shelf.annotate(one, with_value(given(one), "cue_class", "claim"), before=given(one))
    cue, source = ledger_of(shelf, examples=2).confusions
    assert (cue.what, cue.count) == ("Cue cue_class neutral → claim", 4)
    assert [example.article for example in cue.examples] == ["article-1", "article-2"]
    assert cue.examples[0].annotator == "annotator-1"
    assert cue.examples[0].machine == (
        "“We hold bridge 1,” the spokesman [Cue said]. Rebels deny it, Sample Wire reported. (cue_class: neutral)"
    )
    assert str(cue.examples[0].people).endswith("[Cue said]. Rebels deny it, Sample Wire reported. (cue_class: claim)")
    # The relation went with the source, and is no correction of its own.
    assert (source.what, source.count, source.examples[0].people) == ("Source deleted", 3, None)


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("spokesman", "Source made shorter"),
        ("the spokesman said", "Source made longer"),
        ("spokesman said", "Source moved"),
    ],
)
def test_moved_boundaries_are_told_apart(shelf: Shelf, words: str, what: str) -> None:
    of = article(1)
    shelf.add(of)
    left = [
        *without(given(of), "s1"),
        region(of, "new", Label.SOURCE, words),
        attribute("new", "source_type", "spokesperson", 0, 1),
        link("q1", "new", "said_by"),
    ]
    shelf.annotate(of, left, before=given(of))
    assert [each.what for each in ledger_of(shelf).confusions] == [what]


def test_relations_and_labels_have_their_confusions(shelf: Shelf) -> None:
    of = article(1)
    shelf.add(of)
    left = [
        *without(given(of), "o1", "s1"),
        region(of, "o1", Label.NOTICE, "Sample Wire"),
        region(of, "s2", Label.SOURCE, "Rebels"),
        link("q1", "s2", "said_by"),
    ]
    shelf.annotate(of, left, before=given(of))
    found = {each.what: each.examples[0] for each in ledger_of(shelf).confusions}
    assert set(found) == {"Outlet → Notice", "Source deleted", "Source added", "said_by relinked"}
    assert str(found["said_by relinked"].people) == (
        "[Quote “We hold bridge 1,”] the spokesman said. [Source Rebels] deny it, Sample Wire reported."
        " (said_by: from the Quote to the Source)"
    )


def test_intervals_need_articles_and_are_the_same_for_a_seed(shelf: Shelf) -> None:
    articles = [article(number) for number in range(1, 9)]
    shelf.add(*articles)
    for number, of in enumerate(articles):
        shelf.annotate(of, without(given(of), "o1") if number % 2 else given(of), before=given(of))
    one, again = ledger_of(shelf), ledger_of(shelf)
    assert one == again
    low, high = one.whole.acceptance.interval or (0.0, 0.0)
    assert 75 <= low < 87.5 < high <= 100
    outlet = one.whole.figures["exact"]["Outlet"]
    assert (outlet.precision, outlet.recall) == (50.0, 100.0)
    assert outlet.interval is not None
    assert outlet.interval[0] < outlet.f1 < outlet.interval[1]


def test_a_store_without_annotations_has_an_empty_ledger(shelf: Shelf) -> None:
    found = ledger_of(shelf, by=["month"])
    assert (found.annotations, found.whole.annotations, found.groups, found.confusions) == (0, 0, {"month": {}}, ())
    assert found.whole.acceptance.share is None
