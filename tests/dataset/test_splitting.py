"""Splits: whole stories, for good, and a reason for whatever fits into none."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotate.dataset import staging
from annotate.dataset.export import Choices, ExportSummary, export
from annotate.dataset.formats import FORMATS
from annotate.dataset.grouping import crossings, group
from annotate.dataset.index import INDEX
from annotate.dataset.released import assignments_in
from annotate.dataset.rights import Texts
from annotate.dataset.splitting import SPLITS, Divide, Plan, Way, divided, shares_of
from annotate.dataset.spool import Spool
from annotate.dataset.ways import ByOutlet, ByStory, ByTime, drawn
from annotate.errors import DatasetError, StoreError
from annotate.record import Article, Meta, Record
from annotate.store import Store
from annotate.store.assignments import Assigned, assign, assigned
from annotate.store.verify import verify
from tests.dataset.test_grouping import article

# Quotes that tie articles together; each says something else.
SPEECHES = tuple(
    f"“We will {deed} the old {thing} before the {season} comes, and nobody in this valley will {gift} for it.”"
    for deed, thing, season, gift in (
        ("rebuild", "bridge", "snow", "pay a toll"),
        ("repaint", "chapel", "harvest", "give a coin"),
        ("drain", "harbour", "flood", "lose a boat"),
        ("close", "quarry", "summer", "miss a stone"),
        ("plant", "orchard", "spring", "spend a penny"),
    )
)
NAMES = [f"{first}{last}" for first in "bdfghklmnprst" for last in ("alton", "erby", "ingley", "oxham")]


def told(name: str, *speeches: int, **meta: str) -> Record:
    """Return an article that carries these speeches."""
    return article(name, *(SPEECHES[number] for number in speeches), meta=Meta(**meta) if meta else None)


@contextmanager
def stores() -> Iterator[Store]:
    with TemporaryDirectory() as folder, Store.open(str(Path(folder) / "store.db")) as opened:
        yield opened


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(str(tmp_path / "store.db")) as opened:
        yield opened


def keep(store: Store, records: Sequence[Record]) -> None:
    articles = (Article(record.id, record.text or "", record.sha256, record.meta) for record in records)
    list(store.add_articles(articles))


def plan(store: Store, records: Sequence[Record], way: Way | None = None, *, settle: bool = True) -> Plan:
    """Divide a release of these articles, and make it last."""
    keep(store, records)
    with TemporaryDirectory() as folder:
        spool = Spool.fill(Path(folder) / "spool", sorted(records, key=lambda record: record.id))
        made = divided(store, way or ByStory())(spool)
    if settle:
        made.settle()
    return made


def splits(made: Plan) -> dict[str, str | None]:
    return {name: placement.split for name, placement in made.placements.items()}


def reasons(made: Plan) -> dict[str, str]:
    return {item.article_id: item.reason for item in made.withheld}


def pinned(store: Store, **split_of: Record) -> None:
    """Note articles as released: named train, dev or test, with a number where there are several."""
    keep(store, list(split_of.values()))
    items = [
        Assigned(record.sha256, record.id, name.rstrip("0123456789"), f"story-{record.id}", "stories")
        for name, record in split_of.items()
    ]
    assign(store, items, known=len(assigned(store)))


# -- by story --------------------------------------------------------------------------------------------------------


def test_a_story_is_never_parted(store: Store) -> None:
    records = [told(name, number % 3) for number, name in enumerate(NAMES[:12])]
    made = plan(store, records)
    assert made.method == "stories"
    for number in range(3):
        together = {made.placements[name] for name in NAMES[number:12:3]}
        assert len(together) == 1
    assert made.settings == {"shares": [80, 10, 10], "salt": "source-annotator"}


@given(name=st.text(st.characters(exclude_categories=("Cs",)), min_size=1), salt=st.text(st.characters(codec="utf-8")))
def test_a_name_always_falls_to_the_same_share_and_never_to_an_empty_one(name: str, salt: str) -> None:
    assert drawn(name, salt, (100, 0, 0)) == 0
    assert drawn(name, salt, (0, 0, 100)) == 2
    assert drawn(name, salt, (0, 100, 0)) == 1
    assert drawn(name, salt, (50, 0, 50)) == drawn(name, salt, (50, 0, 50)) != 1


def test_many_stories_come_out_as_the_shares_say() -> None:
    for shares in ((80, 10, 10), (34, 33, 33), (98, 1, 1)):
        counts = Counter(drawn(f"{number:016x}", "salt", shares) for number in range(20_000))
        for place, share in enumerate(shares):
            assert abs(counts[place] / 200 - share) < 1.2
    one, other = ([drawn(str(number), salt, (50, 0, 50)) for number in range(2000)] for salt in ("a", "b"))
    assert 800 < sum(a == b for a, b in zip(one, other, strict=True)) < 1200


def test_a_released_article_stays_whatever_else_changes(store: Store) -> None:
    records = [told(name) for name in NAMES[:20]]
    first = splits(plan(store, records))
    assert len(set(first.values())) > 1
    again = splits(plan(store, records, ByStory(shares=(10, 10, 80), salt="another")))
    assert again == first
    with_more = splits(plan(store, [told(name) for name in NAMES[:24]], ByStory(shares=(0, 0, 100))))
    assert {name: with_more[name] for name in first} == first
    assert {with_more[name] for name in NAMES[20:24]} == {"test"}


def test_a_new_article_joins_its_story_even_where_the_others_are_not_released_again(store: Store) -> None:
    pinned(store, test=told("balton", 0))
    made = plan(store, [told("derby", 0)], ByStory(shares=(100, 0, 0)))
    assert splits(made) == {"derby": "test"}
    assert made.placements["derby"].story == "story-balton"


def test_a_bridge_between_two_splits_is_withheld_and_the_reason_names_both(store: Store) -> None:
    train, test, bridge = told("balton", 0), told("derby", 1), told("kerby", 0, 1)
    pinned(store, train=train, test=test)
    made = plan(store, [train, test, bridge])
    assert splits(made) == {"balton": "train", "derby": "test"}
    reason = reasons(made)["kerby"]
    assert reason.startswith("its story was released in train (balton) and in test (derby), and it fits into neither: ")
    assert reason.count("share a quote of") == 2
    # It stays out, and what it bridges stays apart, the next time too.
    assert reasons(plan(store, [train, test, bridge])) == {"kerby": reason}
    assert len(assigned(store)) == 2


def test_articles_that_were_released_apart_and_belong_together_are_said(store: Store) -> None:
    one, other = told("balton", 0), told("derby", 0)
    pinned(store, train=one, test=other)
    made = plan(store, [one, other])
    assert splits(made) == {"balton": "train", "derby": "test"}
    (note,) = made.notes
    assert "share a quote of 21 words" in note
    assert note.endswith("both were released, and stay where they are")


def test_an_article_whose_text_changed_stays_in_its_split(store: Store) -> None:
    old, new = told("balton", 0), told("balton", 1)
    pinned(store, test=old)
    with TemporaryDirectory() as folder:
        spool = Spool.fill(Path(folder) / "spool", [new])
        made = divided(store, ByStory(shares=(100, 0, 0)))(spool)
    assert splits(made) == {"balton": "test"}


def test_a_story_too_large_for_the_shares_is_said(store: Store) -> None:
    made = plan(store, [told(name, 0) for name in NAMES[:12]])
    assert [note.partition(" (")[0] for note in made.notes] == ["one story"]
    assert made.notes[0].endswith("has 12 of 12 articles: the shares of the splits can be met only roughly")


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_nothing_moves_and_nothing_leaks_over_any_sequence_of_releases(data: st.DataObject) -> None:
    pool = [
        told(name, *sorted(data.draw(st.sets(st.integers(0, 4), max_size=2), label=name)))
        for name in data.draw(st.permutations(NAMES[:9]))
    ]
    with stores() as store:
        where: dict[str, str | None] = {}
        for _ in range(data.draw(st.integers(2, 4), label="releases")):
            released = data.draw(st.lists(st.sampled_from(pool), min_size=1, unique_by=lambda record: record.id))
            way = ByStory(
                shares=data.draw(st.sampled_from([(80, 10, 10), (34, 33, 33), (0, 50, 50)])),
                salt=data.draw(st.sampled_from(["one", "two"])),
            )
            made = plan(store, released, way)
            now = splits(made)
            assert {*now} | {*reasons(made)} == {record.id for record in released}
            assert not {*now} & {*reasons(made)}
            for name, split in now.items():
                assert split in SPLITS
                assert where.get(name, split) == split, "an article moved"
            assert not {*where} & {*reasons(made)}, "a released article was withheld"
            where.update(now)
            # Of all that was ever released, and of this release.
            for records in (pool, released):
                placed = [record for record in records if record.id in where]
                assert list(crossings(group(placed, claims=False), where)) == []
            for name, reason in reasons(made).items():
                assert "it fits into neither" in reason
                assert name in reason.partition(": ")[2]
        assert {item.article_id: item.split for item in assigned(store)} == where
        assert list(verify(store)) == []


@settings(deadline=None, max_examples=15)
@given(order=st.permutations(NAMES[:8]))
def test_the_same_articles_give_the_same_plan(order: list[str]) -> None:
    records = {name: told(name, number // 2) for number, name in enumerate(NAMES[:8])}
    with stores() as one, stores() as other:
        first = plan(one, [records[name] for name in NAMES[:8]])
        second = plan(other, [records[name] for name in order])
    assert (first.placements, first.withheld, first.settings) == (
        second.placements,
        second.withheld,
        second.settings,
    )


# -- by time ---------------------------------------------------------------------------------------------------------

BOUNDS = (date(2031, 6, 1), date(2031, 9, 1))


@pytest.mark.parametrize(
    ("published", "split"),
    [("2031-05-31", "train"), ("2031-06-01", "dev"), ("2031-08-31T23:59:00Z", "dev"), ("2031-09-01", "test")],
)
def test_articles_go_where_their_day_is(store: Store, published: str, split: str) -> None:
    made = plan(store, [told("balton", published=published)], ByTime(until=BOUNDS))
    assert splits(made) == {"balton": split}
    assert made.settings == {"until": ["2031-06-01", "2031-09-01"]}


def test_one_boundary_leaves_dev_empty(store: Store) -> None:
    records = [told("balton", published="2031-05-31"), told("derby", published="2031-06-01")]
    made = plan(store, records, ByTime(until=BOUNDS[:1]))
    assert splits(made) == {"balton": "train", "derby": "test"}


def test_a_story_over_a_boundary_goes_where_its_last_article_is(store: Store) -> None:
    records = [
        told("balton", 0, published="2031-05-01"),
        told("derby", 0, published="2031-09-02"),
        told("kerby", 0),
        told("lalton", 1, published="2031-05-01"),
    ]
    made = plan(store, records, ByTime(until=BOUNDS))
    assert splits(made) == {"balton": "test", "derby": "test", "kerby": "test", "lalton": "train"}


def test_a_story_without_a_date_is_withheld(store: Store) -> None:
    made = plan(store, [told("balton"), told("derby", published="2031-05-01")], ByTime(until=BOUNDS))
    assert splits(made) == {"derby": "train"}
    assert reasons(made) == {"balton": "neither it nor another article of its story has a date to split by"}


def test_train_learns_nothing_of_what_comes_after_it(store: Store) -> None:
    plan(store, [told("balton", 0, published="2031-05-01")], ByTime(until=BOUNDS))
    later, sooner = told("derby", 0, published="2031-07-01"), told("kerby", 0, published="2031-05-02")
    made = plan(store, [later, sooner], ByTime())
    assert splits(made) == {"kerby": "train"}
    assert reasons(made) == {
        "derby": "its story was released in train, which ends before 2031-06-01, and it is of 2031-07-01"
    }


def test_shares_find_the_boundaries_and_the_next_release_keeps_them(store: Store) -> None:
    records = [told(name, published=f"2031-{number + 1:02}-15") for number, name in enumerate(NAMES[:10])]
    made = plan(store, records, ByTime(shares=(60, 20, 20)))
    assert Counter(splits(made).values()) == {"train": 6, "dev": 2, "test": 2}
    assert made.settings == {"until": ["2031-07-15", "2031-09-15"]}
    more = [told(name, published="2031-12-01") for name in NAMES[10:40]]
    again = plan(store, [*records, *more, told("tingley", published="2031-08-01")], ByTime(shares=(60, 20, 20)))
    assert again.settings == made.settings
    assert {splits(again)[record.id] for record in more} == {"test"}
    assert splits(again)["tingley"] == "dev"


def test_without_any_date_there_is_nothing_to_split_by(store: Store) -> None:
    with pytest.raises(DatasetError, match="no article has a date to split by"):
        plan(store, [told("balton")], ByTime())
    with pytest.raises(DatasetError, match="not one or two days in order"):
        ByTime(until=BOUNDS[::-1])


@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_over_releases_by_time_nothing_in_train_is_later_than_its_end(data: st.DataObject) -> None:
    days = [f"2031-{month:02}-01" for month in range(4, 11)]
    pool = [
        told(name, *data.draw(st.sets(st.integers(0, 2), max_size=1)), published=data.draw(st.sampled_from(days)))
        for name in NAMES[:8]
    ]
    with stores() as store:
        where: dict[str, str | None] = {}
        for _ in range(2):
            released = data.draw(st.lists(st.sampled_from(pool), min_size=1, unique_by=lambda record: record.id))
            now = splits(plan(store, released, ByTime(until=BOUNDS)))
            assert all(where.get(name, split) == split for name, split in now.items())
            where.update(now)
        for record in pool:
            if where.get(record.id) == "train":
                assert (record.meta.published or "") < "2031-06-01"
            if where.get(record.id) == "dev":
                assert (record.meta.published or "") < "2031-09-01"
        placed = [record for record in pool if record.id in where]
        assert list(crossings(group(placed, claims=False), where)) == []


# -- by outlet -------------------------------------------------------------------------------------------------------


def test_held_out_outlets_go_to_test_by_any_of_their_names(store: Store) -> None:
    records = [
        told("balton", publisher="Reuters"),
        told("derby", publisher="the REUTERS"),
        told("kerby", url="https://www.reuters.com/world/kerby"),
        told("lalton", publisher="Example Post"),
        told("merby"),
    ]
    made = plan(store, records, ByOutlet(["reuters"], shares=(100, 0, 0)))
    assert splits(made) == {"balton": "test", "derby": "test", "kerby": "test", "lalton": "train"}
    assert reasons(made) == {"merby": "nobody knows whose article it is: it may be of an outlet that is held out"}
    assert made.settings["held_out"] == ["Reuters"]


def test_who_tells_the_story_of_a_held_out_outlet_is_withheld(store: Store) -> None:
    records = [told("balton", 0, publisher="Reuters"), told("derby", 0, publisher="Example Post")]
    made = plan(store, records, ByOutlet(["Reuters"]))
    assert splits(made) == {"balton": "test"}
    assert reasons(made) == {"derby": "its story is told by Reuters too, which is held out (balton)"}


def test_outlets_stay_on_their_side_of_released_stories(store: Store) -> None:
    pinned(store, train=told("balton", 0, publisher="Example Post"), test=told("derby", 1, publisher="Reuters"))
    records = [
        told("kerby", 0, publisher="Reuters"),
        told("lalton", 1, publisher="Example Post"),
        told("merby", 1, publisher="Reuters"),
        told("nerby", 0, publisher="Other Post"),
    ]
    made = plan(store, records, ByOutlet(["Reuters"]))
    assert splits(made) == {"merby": "test", "nerby": "train"}
    assert reasons(made) == {
        "kerby": "its story was released in train, and Reuters is held out for test",
        "lalton": "its story was released in test, and its outlet is not one that is held out",
    }


def test_an_outlet_without_articles_is_a_slip(store: Store) -> None:
    with pytest.raises(DatasetError, match=r"^--held-out: no article is of Example Gazette"):
        plan(store, [told("balton", publisher="Example Post")], ByOutlet(["Example Gazette"]))


# -- what lasts ------------------------------------------------------------------------------------------------------


def release(store: Store, records: Sequence[Record], folder: Path, divide: Divide | None = None) -> ExportSummary:
    keep(store, records)
    ordered = sorted(records, key=lambda record: record.id)
    choices = Choices(["jsonl"], Texts.ALL, divide or divided(store, ByStory(shares=(50, 0, 50))))
    return export(ordered, folder, choices)


def index(folder: Path) -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in map(json.loads, (folder / INDEX).read_text("utf-8").splitlines())}


def test_a_release_holds_each_split_in_its_folder_and_says_where_everything_is(store: Store, tmp_path: Path) -> None:
    records = [told(name, *((number // 2,) if number < 8 else ())) for number, name in enumerate(NAMES[:16])]
    summary = release(store, records, tmp_path / "out")
    assert summary.splits.keys() == summary.stories_in.keys() == {"train", "test"}
    rows = index(tmp_path / "out")
    for split in ("train", "test"):
        there = list(FORMATS["jsonl"].read(tmp_path / "out" / split / "records.jsonl"))
        assert [record.id for record in there] == [name for name in sorted(rows) if rows[name]["split"] == split]
        assert len(there) == summary.splits[split]
        assert len({rows[record.id]["story"] for record in there}) == summary.stories_in[split]
    manifest = json.loads((tmp_path / "out" / "dataset.json").read_text("utf-8"))
    assert (manifest["split"], manifest["splits"]) == ("stories", summary.splits)
    assert manifest["settings"] == {"shares": [50, 0, 50], "salt": "source-annotator"}
    assert {item.article_id: item.split for item in assigned(store)} == {
        name: row["split"] for name, row in rows.items()
    }


def test_a_release_that_cannot_be_written_binds_nobody(store: Store, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / INDEX).write_text("mine", "utf-8")
    with pytest.raises(DatasetError, match="that no export wrote"):
        release(store, [told("balton")], out)
    assert assigned(store) == []


def test_a_crash_while_files_move_into_place_leaves_nothing_released_without_its_split(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [told(name) for name in NAMES[:6]]

    class Killed(BaseException):
        """As by a signal."""

    def flush(folder: Path) -> None:
        raise Killed

    monkeypatch.setattr(staging, "flush_folder", flush)
    with pytest.raises(Killed):
        release(store, records, tmp_path / "out")
    monkeypatch.undo()
    noted = {item.article_id: item.split for item in assigned(store)}
    assert noted.keys() == {record.id for record in records}
    assert not (tmp_path / "out" / "SHA256SUMS").exists()
    # The next attempt, with whatever settings, releases them where they were noted.
    release(store, records, tmp_path / "out", divided(store, ByStory(salt="another")))
    assert {name: row["split"] for name, row in index(tmp_path / "out").items()} == noted


def test_nothing_is_written_where_the_splits_cannot_be_noted(store: Store, tmp_path: Path) -> None:
    records = [told("balton")]
    inner = divided(store, ByStory())

    def late(spool: Spool) -> Plan:
        made = inner(spool)
        pinned(store, test=told("derby"))
        return made

    with pytest.raises(StoreError, match="another release was written meanwhile"):
        release(store, records, tmp_path / "out", late)
    assert list((tmp_path / "out").iterdir()) == []
    assert [item.article_id for item in assigned(store)] == ["derby"]


def test_a_fresh_store_goes_on_from_the_folder_of_a_release(store: Store, tmp_path: Path) -> None:
    records = [told(name) for name in NAMES[:10]]
    release(store, records, tmp_path / "one")
    with stores() as fresh:
        taken = assignments_in(tmp_path / "one")
        way = ByStory(shares=(0, 100, 0))
        new = told("toxham")
        divide = divided(fresh, way, taken=taken, where="one")
        release(fresh, [*records[:4], new], tmp_path / "two", divide)
        before, after = index(tmp_path / "one"), index(tmp_path / "two")
        assert {name: after[name]["split"] for name in NAMES[:4]} == {name: before[name]["split"] for name in NAMES[:4]}
        assert after["toxham"]["split"] == "dev"
        # From now on the store knows them itself, also those that were not in its own release.
        assert len(assigned(fresh)) == 11
        release(fresh, records, tmp_path / "three", divided(fresh, way))
        assert {name: row["split"] for name, row in index(tmp_path / "three").items()} == {
            name: row["split"] for name, row in before.items()
        }


def test_what_is_in_no_store_here_is_said(store: Store) -> None:
    far = told("balton", 0)
    taken = [Assigned(far.sha256, far.id, "test", "far", "stories")]
    keep(store, [told("derby", 0)])
    with TemporaryDirectory() as folder:
        spool = Spool.fill(Path(folder) / "spool", [told("derby", 0)])
        made = divided(store, ByStory(), taken=taken)(spool)
    assert made.notes == (
        "1 released articles are not in this store: new ones were compared with their ids and hashes alone",
    )


def test_two_releases_that_contradict_each_other_are_refused(store: Store, tmp_path: Path) -> None:
    pinned(store, train=told("balton"))
    taken = [Assigned(told("balton").sha256, "balton", "test", "s", "stories")]
    with pytest.raises(DatasetError) as raised:
        release(store, [told("balton")], tmp_path / "out", divided(store, ByStory(), taken=taken, where="other"))
    assert str(raised.value) == (
        "other: balton is in test here, and was released in train by this store"
        " (go on from one of the two releases alone)"
    )


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (None, "cannot be read: No such file or directory"),
        ("{}\n", "articles.jsonl:1: is no article of a release"),
        ('{"id": "a", "sha256": "' + "0" * 64 + '", "split": "validation"}\n', "articles.jsonl:1: is no article"),
        ('{"id": "a", "sha256": "' + "0" * 64 + '", "split": null}\n', "the release has no splits"),
    ],
)
def test_a_folder_without_splits_is_one_clear_error(tmp_path: Path, content: str | None, what: str) -> None:
    if content is not None:
        (tmp_path / INDEX).write_text(content, "utf-8")
    with pytest.raises(DatasetError) as raised:
        assignments_in(tmp_path)
    assert what in str(raised.value)


@pytest.mark.parametrize("text", ["80,10", "80,10,5", "a,b,c", "80;10;10", "-10,100,10", "", "80,10,10,0"])
def test_shares_are_three_numbers_that_make_a_hundred(text: str) -> None:
    with pytest.raises(DatasetError, match="are no shares of train, dev and test"):
        shares_of(text)
    assert shares_of("80, 10,10") == (80, 10, 10)
