"""Writing the page: part by part, so that no more than one story or article is held as HTML."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import tee
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from annotate import __version__
from annotate.errors import InputError
from annotate.record import Record
from annotate.report import wording
from annotate.report.articleviews import view_article
from annotate.report.briefs import Pair, Survey, survey
from annotate.report.charts import draw
from annotate.report.corrections import view_corrections
from annotate.report.pictures import charts_of, percent
from annotate.report.safety import label, printable
from annotate.report.storyviews import StoryReader
from annotate.report.wanted import Wanted, is_shown, story_anchor
from annotate.review.ledger import Ledger
from annotate.stories import suggestions
from annotate.stories.model import Stories, Story


def write_report(
    path: Path,
    stories: Stories,
    articles: Iterable[Pair],
    *,
    title: str,
    made: datetime | None = None,
    corrections: Ledger | None = None,
) -> None:
    """Write the page to `path`, replacing what is there only when all of it is written.

    articles: the prediction of each and a person's reading where there is one; walked over twice. made: a time to
    state on the page; without one, the same input gives the same bytes. corrections: what people made of the machine's
    work; without annotations there is nothing to show of it.
    Raises: InputError when `articles` can be walked over only once.
    """
    if iter(articles) is articles:
        raise InputError("the articles can be read only once", mend="give a list, or anything that begins anew")
    if path.exists() and not path.is_file():
        # A pipe or a device: nothing can take its name.
        with path.open("w", encoding="utf-8", newline="\n") as page:
            page.writelines(_parts(stories, articles, title, made, corrections))
        return
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as page:
            page.writelines(_parts(stories, articles, title, made, corrections))
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _parts(
    stories: Stories, articles: Iterable[Pair], title: str, made: datetime | None, ledger: Ledger | None
) -> Iterator[str]:
    articles = _Corroborated(stories, articles)
    wanted = Wanted.of(stories)
    found = survey(articles, wanted)
    environment = _environment()
    corrections = view_corrections(ledger) if ledger and ledger.annotations else None
    environment.globals.update(briefs=found.briefs, corrections=corrections)
    several = [(number, story) for number, story in enumerate(stories.stories, start=1) if is_shown(story)]
    yield from environment.get_template("head.html.j2").generate(_head(stories, several, found, title, made))
    reader = StoryReader(found.briefs)
    template = environment.get_template("story.html.j2")
    for number, story in several:
        yield template.render(story=reader.view(story, number))
    yield from environment.get_template("articles.html.j2").generate(total=found.total, several=several)
    links = {
        name: (story_anchor(number), label(story.title, 120) or f"Story {number}")
        for number, story in several
        for name in story.articles
    }
    template = environment.get_template("article.html.j2")
    for number, pair in enumerate(articles, start=1):
        yield template.render(article=view_article(pair, number, wanted, links.get(_id(pair))))
    yield from environment.get_template("tail.html.j2").generate(_tail(stories, reader))


class _Corroborated:
    """The articles, with what the collection adds to the machine's suggestions."""

    def __init__(self, stories: Stories, articles: Iterable[Pair]) -> None:
        self._stories = stories
        self._articles = articles

    def __iter__(self) -> Iterator[Pair]:
        pairs, again = tee(self._articles)
        predictions = suggestions(self._stories, (prediction for prediction, _ in again))
        for (_, human), prediction in zip(pairs, predictions, strict=True):
            yield prediction, human


def _is_one(stories: Stories) -> bool:
    return len(stories.stories) == 1 and is_shown(stories.stories[0])


def _id(pair: Pair) -> str:
    record: Record = pair[1] or pair[0]
    return record.id


def _head(
    stories: Stories, several: list[tuple[int, Story]], found: Survey, title: str, made: datetime | None
) -> dict[str, Any]:
    shown = [story for _, story in several]
    publishers = [(name or "publisher not known", figures) for name, figures in found.publishers.items()]
    return {
        "title": title,
        "total": found.total,
        "several": [(number, story, label(story.title, 300) or f"Story {number}") for number, story in several],
        "together": sum(len(story.articles) > 1 for story in shown),
        "alone": sum(len(story.articles) for story in stories.stories if not is_shown(story)),
        "claims": sum(len(story.claims) for story in shown),
        "contradictions": sum(len(story.contradictions) for story in shown),
        "drifts": sum(len(story.drifts) for story in shown),
        "circles": sum(len(story.circles) for story in shown),
        "human": found.human,
        "makers": sorted(found.makers.items(), key=lambda item: (-item[1], item[0][0], item[0][1] or ""))[:8],
        "made": made.isoformat(timespec="minutes") if made else None,
        # One story of all articles draws these figures itself.
        "charts": [] if _is_one(stories) else list(charts_of(found.total, publishers, part="publisher")),
    }


def _tail(stories: Stories, reader: StoryReader) -> dict[str, Any]:
    joined, single = [], []
    for speaker in stories.speakers:
        also = [name for name in speaker.variants if name != speaker.name]
        if also or len(speaker.articles) > 1 or speaker.proofs:
            joined.append((speaker, also, [reader.reason(proof) for proof in speaker.proofs]))
        else:
            single.append(speaker)
    return {
        "joined": joined,
        "single": single,
        "version": __version__,
        "stories_version": stories.version,
    }


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("annotate.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalized,
    )
    environment.filters["shorten"] = _shorten
    environment.globals.update(
        percent=percent,
        draw=draw,
        reliabilities=wording.RELIABILITY,
        credibilities=wording.CREDIBILITY,
        quote_types=wording.QUOTE_TYPES,
        cue_classes=wording.CUE_CLASSES,
        source_types=wording.SOURCE_TYPES,
        anonymity=wording.ANONYMITY,
        independence=wording.INDEPENDENCE,
        directness=wording.DIRECTNESS,
        verification=wording.VERIFICATION,
        verification_kinds=wording.VERIFICATION_KINDS,
        notice_kinds=wording.NOTICE_KINDS,
        quality=wording.QUALITY,
    )
    return environment


def _finalized(value: object) -> object:
    """Make whatever a template prints fit for HTML, save what is markup already; autoescape follows."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else printable(value)


def _shorten(text: str, limit: int) -> str:
    """Return `text` on one line, cut at a word's end."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    cut = line[:limit]
    return f"{cut[: cut.rfind(' ')] if ' ' in cut[limit // 2 :] else cut}…"
