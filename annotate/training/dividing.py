"""What a training learns from, and what it is fitted and measured on: parts that share no story.

A dataset in splits says so itself: `train` teaches, `dev` fits, `test` is never read. Otherwise a share of the articles
is held out here, by whole stories: those that the dataset's index names, and those that a release would be divided by
(`annotate.dataset.grouping`).
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotate.corpora import AnnotatedArticle, annotated_of, first_annotators
from annotate.dataset.folder import ReleaseFolder
from annotate.dataset.grouping import group
from annotate.dataset.index import MANIFEST
from annotate.dataset.inputs import SPLITS, parts_of
from annotate.dataset.reading import read_rows
from annotate.derive import sha256_of
from annotate.errors import DatasetError, TrainingError
from annotate.record import Record, make_attribution
from annotate.stories.unions import Unions

_HYDRATE = "put the texts back with `annotate hydrate`, or export with --text all"
_NOT_STATED = "not stated"


@dataclass(frozen=True, slots=True)
class Data:
    """Articles to learn from and, apart from them, to fit on. how: a sentence on how they were parted.

    without_text: articles of the dataset that hold no text. left_out: of train, for being of one story with a
    dev article.
    licences: what the articles are licensed under, and how many of them. version: of the dataset, if it is one.
    """

    train: Sequence[AnnotatedArticle]
    dev: Sequence[AnnotatedArticle]
    how: str
    version: str | None = None
    without_text: int = 0
    left_out: int = 0
    licences: Mapping[str, int] = field(default_factory=dict)

    def facts(self) -> dict[str, Any]:
        """Return what a model card says of the data."""
        return {
            "version": self.version,
            "sha256": digest_of([*self.train, *self.dev]),
            "division": self.how,
            "without_text": self.without_text,
            "left_out": self.left_out,
            "licences": dict(self.licences),
            "parts": {
                name: {
                    "articles": len(part),
                    "words": sum(len(article.text.split()) for article in part),
                    "attributions": attributions_in(part),
                    "sha256": digest_of(part),
                }
                for name, part in (("train", self.train), ("dev", self.dev))
            },
        }


def attributions_in(articles: Iterable[AnnotatedArticle]) -> int:
    """Count the attributions with a quote."""
    return sum(bool(item.quote) for article in articles for item in article.attributions)


def digest_of(articles: Iterable[AnnotatedArticle]) -> str:
    """Return a SHA-256 over texts and annotations, whatever the order and the format they came in."""
    rows = []
    for article in articles:
        marks = sorted([item.quote, item.cue, item.source, item.cue_class or ""] for item in article.attributions)
        rows.append(json.dumps([sha256_of(article.text), marks]))
    return hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()


def read_data(path: Path, *, dev_share: float = 0.2, seed: int = 0) -> Data:
    """Read a dataset or corpus and part it.

    dev_share: of the articles, where the data are not in splits. seed: of the choice of stories that are held out.
    Raises: TrainingError when nothing is there to learn from or an article stands in two splits, InputError or
    DatasetError for what cannot be read.
    """
    release = ReleaseFolder.at(path) if (path / MANIFEST).is_file() else None
    index = list(release.entries()) if release else []
    splits = [name for name in SPLITS if _has(path, name)]
    without: list[str] = []
    licences: Counter[str] = Counter()
    left_out = 0
    if splits:
        if "train" not in splits:
            raise TrainingError(
                f"has {' and '.join(splits)} but no train", where=str(path), mend="give the whole dataset"
            )
        parts = {name: _read(path, name, without, licences) for name in splits if name != "test"}
        given = {name: {(each.id, sha256_of(each.text)) for each in part} for name, part in parts.items()}
        given["test"] = {(entry.id, entry.sha256) for entry in index if entry.placement.split == "test"}
        _refuse_leaks(path, given)
        dev, how = parts.get("dev", []), "by the dataset's own splits; test was not read"
        train = _of_other_stories(parts["train"], dev)
        left_out = len(parts["train"]) - len(train)
    else:
        articles = _read(path, None, without, licences)
        stories = {entry.id: entry.placement.story for entry in index if entry.placement.story}
        train, dev = _hold_out(articles, stories, dev_share, seed)
        how = f"{len(dev)} of {len(articles)} articles held out, by whole stories" if dev else "nothing held out"
    if not attributions_in(train):
        if without:
            raise TrainingError(
                f"none of its articles to learn from holds its text, {len(without)} go without", where=str(path),
                mend=_HYDRATE,
            )  # fmt: skip
        raise TrainingError(
            "holds no attribution to learn from", where=str(path), mend="give articles in which quotes are marked"
        )
    version = str(release.manifest["version"]) if release and "version" in release.manifest else None
    return Data(train, dev, how, version, len(without), left_out, dict(sorted(licences.items())))


def _has(path: Path, split: str) -> bool:
    if not path.is_dir():
        return False
    try:
        return bool(parts_of(path, split))
    except DatasetError:
        return False


def _read(path: Path, split: str | None, without: list[str], licences: Counter[str]) -> list[AnnotatedArticle]:
    """Read one part, the first reading of each article; ids of articles without a text go into `without`."""
    found: dict[str, AnnotatedArticle] = {}
    for row in read_rows(path, split=split):
        content = row.content
        if content.get("text") is None and content.get("sha256"):
            without.append(str(content.get("id")))
            continue
        article = annotated_of(content, where=row.where)
        if article.id not in found:
            found[article.id] = article
            stated = content.get("licence") or (content.get("meta") or {}).get("licence")
            licences[str(stated or _NOT_STATED)] += 1
    return first_annotators(found.values())


def _refuse_leaks(path: Path, given: Mapping[str, set[tuple[str, str]]]) -> None:
    for one, other in (("train", "dev"), ("train", "test"), ("dev", "test")):
        ids = [{id_ for id_, _ in given.get(name, ())} for name in (one, other)]
        texts = [{digest: id_ for id_, digest in given.get(name, ())} for name in (one, other)]
        both = sorted({*(ids[0] & ids[1]), *(texts[0][digest] for digest in texts[0].keys() & texts[1].keys())})
        if both:
            raise TrainingError(
                f"{len(both)} articles stand in both {one} and {other}, the first is {both[0]!r}",
                where=str(path),
                mend="split the dataset anew: figures on articles that were learned from say nothing",
            )


def _of_other_stories(train: Sequence[AnnotatedArticle], dev: Sequence[AnnotatedArticle]) -> list[AnnotatedArticle]:
    """Leave out of train what is of one story with an article of dev."""
    story = _stories([*train, *dev])
    held = {story[article.id] for article in dev}
    return [article for article in train if story[article.id] not in held]


def _stories(articles: Sequence[AnnotatedArticle]) -> Mapping[str, str]:
    """Return the story of each article by its id: articles of one story share long stretches, quotes or claims."""
    records = [
        Record(
            id=each.id,
            text=each.text,
            sha256=sha256_of(each.text),
            attributions=tuple(
                make_attribution(each.text, id=f"a{number}", quote=item.quote, cue=item.cue, source=item.source)
                for number, item in enumerate(each.attributions, start=1)
                if item.quote
            ),
        )
        for each in articles
    ]
    return group(records).story_of


def _hold_out(
    articles: Sequence[AnnotatedArticle], named: Mapping[str, str], share: float, seed: int
) -> tuple[list[AnnotatedArticle], list[AnnotatedArticle]]:
    """Part articles by stories, in an order that follows from the seed and the texts and not from that of the rows."""
    wanted, alike = min(round(share * len(articles)), len(articles) - 1), _stories(articles)
    if wanted < 1:
        return list(articles), []
    together, first = Unions(len(articles)), dict[str, int]()
    for number, article in enumerate(articles):
        for name in (f"text {alike[article.id]}", f"story {named.get(article.id, article.id)}"):
            together.join(first.setdefault(name, number), number)
    members = [[articles[number] for number in numbers] for numbers in together.groups().values()]

    def order(story: Sequence[AnnotatedArticle]) -> str:
        return sha256_of(f"{seed} {min(sha256_of(article.text) for article in story)}")

    held: set[str] = set()
    for story in sorted(members, key=order) if len(members) > 1 else ():
        if len(held) + len(story) <= wanted:
            held.update(article.id for article in story)
    return (
        [article for article in articles if article.id not in held],
        [article for article in articles if article.id in held],
    )
