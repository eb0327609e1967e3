"""What a training learns from and what it is measured on share no story, and a test split is never read."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.corpora import AnnotatedArticle, Annotation
from annotate.derive import sha256_of
from annotate.errors import DatasetError, TrainingError
from annotate.training.dividing import _hold_out, attributions_in, digest_of, read_data
from tests.training.made_up import word

SAMPLE = Path(__file__).parents[2] / "exports" / "sample"


def text_of(number: int) -> str:
    """Return a made-up text whose names and words no other one has, so that it tells a story of its own."""
    chance = random.Random(number)
    one, other, thing, what, place, how, when = (word(chance) for _ in range(7))
    return f"{one.title()} {other.title()} said that {thing} {what} of {place.title()} {how} {when}."


def row_of(number: int, *, text: str | None = None) -> dict[str, Any]:
    text = text or text_of(number)
    start = text.index(" said") + 1
    quote = {"quote": [[start + 5, len(text) - 1]], "cue": [[start, start + 4]], "source": [[0, start - 1]]}
    return {"id": f"a{number}", "text": text, "sha256": sha256_of(text), "meta": {"licence": "CC0-1.0"},
            "attributions": [{**quote, "cue_class": "neutral"}]}  # fmt: skip


def lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def dataset(folder: Path, splits: Mapping[str, Iterable[Mapping[str, Any]]]) -> Path:
    """Write a dataset's folder; the split "" is that of a dataset without any."""
    index = []
    for split, rows in splits.items():
        kept = list(rows)
        lines(folder / split / "records.jsonl", kept)
        index += [
            {
                **dict.fromkeys(("licence", "publisher", "published", "url")),
                "id": row["id"],
                "sha256": row["sha256"],
                "split": split or None,
                "story": row.get("story"),
                "text": row.get("text") is not None,
            }
            for row in kept
        ]
    lines(folder / "articles.jsonl", index)
    (folder / "dataset.json").write_text(json.dumps({"version": "v" * 64, "files": []}), encoding="utf-8")
    return folder


def ids(articles: Iterable[AnnotatedArticle]) -> set[str]:
    return {each.id for each in articles}


def test_a_file_is_parted_by_its_texts_and_the_same_way_whatever_its_order(tmp_path: Path):
    rows = [row_of(number) for number in range(10)]
    data = read_data(lines(tmp_path / "a.jsonl", rows))
    other = read_data(lines(tmp_path / "b.jsonl", reversed(rows)))
    assert (len(data.train), len(data.dev)) == (8, 2)
    assert ids(data.dev) == ids(other.dev)
    assert data.facts()["sha256"] == other.facts()["sha256"]
    assert data.licences == {"CC0-1.0": 10}
    assert "2 of 10 articles held out" in data.how
    seeds = {frozenset(ids(read_data(tmp_path / "a.jsonl", seed=seed).dev)) for seed in range(8)}
    assert len(seeds) > 1


@pytest.mark.parametrize("form", [".", "records.jsonl", "data", "brat", "citron", "label-studio.json"])
def test_whatever_annotated_articles_are_read_from_teaches(form: str):
    data = read_data(SAMPLE / form, dev_share=0)
    assert len(data.train) == 5
    assert attributions_in(data.train) == 103
    assert (data.version is not None) == (form == ".")


def test_the_seeds_are_one_story_and_none_of_them_measures_the_others():
    assert read_data(SAMPLE, dev_share=0.4).dev == []


def test_nothing_is_held_out_where_nothing_is_asked_for(tmp_path: Path):
    data = read_data(lines(tmp_path / "a.jsonl", [row_of(number) for number in range(5)]), dev_share=0)
    assert (len(data.train), len(data.dev), data.how) == (5, 0, "nothing held out")


def test_stories_that_the_index_names_stay_whole(tmp_path: Path):
    rows = [{**row_of(number), "story": f"s{number // 3}"} for number in range(12)]
    data = read_data(dataset(tmp_path, {"": rows}), dev_share=0.3)
    story = {row["id"]: row["story"] for row in rows}
    assert len(data.dev) == 3
    assert not {story[name] for name in ids(data.dev)} & {story[name] for name in ids(data.train)}
    assert data.version == "v" * 64
    assert "by whole stories" in data.how


@given(st.lists(st.integers(0, 5), min_size=1, max_size=14), st.floats(0, 0.9), st.integers(0, 3))
@settings(max_examples=25, deadline=None)
def test_no_story_is_on_both_sides(stories: list[int], share: float, seed: int):
    articles = [AnnotatedArticle(f"a{number}", text_of(number), ()) for number in range(len(stories))]
    named = {f"a{number}": f"s{story}" for number, story in enumerate(stories)}
    train, dev = _hold_out(articles, named, share, seed)
    assert sorted(ids(train) | ids(dev)) == sorted(ids(articles))
    assert not {named[name] for name in ids(train)} & {named[name] for name in ids(dev)}
    assert len(dev) <= round(share * len(articles))
    assert train


def test_near_copies_stay_together(tmp_path: Path):
    long = " ".join(text_of(number) for number in range(30))
    rows = [row_of(number) for number in range(8)]
    rows += [row_of(8, text=long), row_of(9, text=f"{long} And more was said.")]
    for seed in range(5):
        data = read_data(lines(tmp_path / "a.jsonl", rows), dev_share=0.3, seed=seed)
        assert len({"a8", "a9"} & ids(data.dev)) != 1


def test_articles_that_carry_one_quote_stay_together(tmp_path: Path):
    quote = "the river has never stood this high in all the years that anyone here can remember"
    rows = [row_of(number) for number in range(8)]
    for number in (8, 9):
        around = " ".join(text_of(100 * number + part) for part in range(12))
        text = f'{around} "{quote}." {around}'
        start = text.index(quote)
        quoted = {"quote": [[start, start + len(quote)]], "cue": [], "source": [], "cue_class": None}
        digest = sha256_of(text)
        rows.append({**row_of(1), "id": f"a{number}", "text": text, "sha256": digest, "attributions": [quoted]})
    apart = 0
    for seed in range(12):
        held = ids(read_data(lines(tmp_path / "a.jsonl", rows), dev_share=0.3, seed=seed).dev)
        assert len({"a8", "a9"} & held) != 1
        apart += bool({"a8", "a9"} & held)
    assert apart


def test_a_dataset_in_splits_teaches_by_train_and_keeps_dev_apart(tmp_path: Path):
    long = " ".join(text_of(number) for number in range(40, 70))
    train = [*(row_of(number) for number in range(4)), row_of(8, text=f"{long} And more was said.")]
    folder = dataset(tmp_path, {"train": train, "dev": [row_of(5), row_of(9, text=long)], "test": [row_of(7)]})
    (folder / "test" / "records.jsonl").write_text('{"text": "broken', encoding="utf-8")
    data = read_data(folder)
    assert ids(data.train) == {"a0", "a1", "a2", "a3"}
    assert ids(data.dev) == {"a5", "a9"}
    assert data.left_out == 1
    assert "test was not read" in data.how


@pytest.mark.parametrize("splits", [("train", "dev"), ("train", "test"), ("dev", "test")])
def test_an_article_in_two_splits_is_refused(tmp_path: Path, splits: tuple[str, str]):
    rows = {name: [row_of(number)] for number, name in enumerate(("train", "dev", "test"))}
    leaked = {**row_of(9, text=rows[splits[0]][0]["text"]), "id": "renamed"}
    rows[splits[1]].append(leaked)
    with pytest.raises(TrainingError, match=f"1 articles stand in both {splits[0]} and {splits[1]}"):
        read_data(dataset(tmp_path, rows))


def test_articles_without_texts_are_counted_and_none_with_one_is_refused(tmp_path: Path):
    bare = [{**row_of(number), "text": None} for number in range(3)]
    with pytest.raises(TrainingError, match=r"3 go without.*annotate hydrate"):
        read_data(dataset(tmp_path / "bare", {"": bare}))
    data = read_data(dataset(tmp_path / "some", {"": [*bare, *(row_of(number) for number in range(5, 10))]}))
    assert (data.without_text, len(data.train) + len(data.dev)) == (3, 5)


def test_what_teaches_nothing_is_refused(tmp_path: Path):
    with pytest.raises(TrainingError, match="no attribution to learn from"):
        read_data(lines(tmp_path / "a.jsonl", [{**row_of(1), "attributions": []}]))
    with pytest.raises(TrainingError, match="has test but no train"):
        read_data(dataset(tmp_path / "cut", {"test": [row_of(1)]}))
    folder = dataset(tmp_path / "damaged", {"": [row_of(1)]})
    (folder / "articles.jsonl").write_text("[]\n", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"articles\.jsonl:1: is no article of an index"):
        read_data(folder)


def test_the_digest_is_of_texts_and_annotations():
    mark = Annotation(((0, 3),), cue_class="neutral")
    one, other = (AnnotatedArticle(name, "They said so.", (mark,)) for name in ("a", "b"))
    assert digest_of([one]) == digest_of([other])
    assert digest_of([one]) != digest_of([AnnotatedArticle("a", "They said so.", ())])
    assert digest_of([]) == sha256_of("")
