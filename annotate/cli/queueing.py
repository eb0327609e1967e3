"""What `annotate push` and `annotate review queue` share: reading a sample's size, and making an order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from annotate.cli.progress import progress

if TYPE_CHECKING:
    from annotate.record import Record
    from annotate.review.queue import Queued
    from annotate.store import Store
    from annotate.store.samples import Draw
    from annotate.studio.client import RemoteProject, StudioClient
    from annotate.studio.placing import Placing

# As annotate.review.queue.Order has them (a test compares).
ORDERS = ("useful", "uncertainty", "rare", "stories", "random", "arrival")


@dataclass(frozen=True, slots=True)
class SampleSize:
    """How large a sample shall be: so many articles, or a share of them in 0..1."""

    count: int = 0
    share: float = 0.0

    @property
    def draw(self) -> Draw:
        """What chooses the articles."""
        from annotate.review.drawing import Draw as Drawing

        return Drawing(self.count, self.share).of


def _sample_size(_context: click.Context, _option: click.Parameter, value: str | None) -> SampleSize | None:
    if value is None:
        return None
    share = value.strip().endswith("%")
    try:
        number = float(value.strip().removesuffix("%")) if share else int(value)
    except ValueError:
        number = 0
    if not 0 < number <= (100 if share else 10**9):
        raise click.BadParameter(f"{value!r} is neither a number of articles nor a share such as 5%")
    return SampleSize(share=number / 100) if share else SampleSize(count=int(number))


def queue_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say what is annotated first, what is kept apart, and by how many: `Arrangement`'s."""
    for option in (
        click.option(
            "--annotators", type=click.IntRange(1, 100), metavar="N", help="Have each article annotated by N people."
        ),
        click.option(
            "--sample",
            callback=_sample_size,
            metavar="N|P%",
            help="Keep N articles, or P % of all, drawn at random among the new ones, apart from the queue: an honest"
            " sample to evaluate the machine by, without its suggestions.",
        ),
        click.option(
            "--order",
            type=click.Choice(ORDERS),
            help="What to annotate first; makes a view of that order, or brings its places up to date.",
        ),
    ):
        command = option(command)
    return command


def chosen_pipeline(store: Store, pipeline: str | None) -> tuple[str, int]:
    """Return the pipeline version that is meant, the latest when none is named, and how many articles it predicted.

    Raises: StoreError when there are no such predictions.
    """
    from annotate.errors import StoreError

    uses = store.pipelines()
    if not uses:
        raise StoreError("nothing is pre-annotated yet", where=store.shown_url, mend="run `annotate preannotate`")
    chosen = [use for use in uses if pipeline in (None, use.pipeline)]
    if not chosen:
        known = ", ".join(use.pipeline for use in uses)
        raise StoreError(f"no predictions of {pipeline}", where=store.shown_url, mend=f"choose one of {known}")
    return chosen[-1].pipeline, chosen[-1].predictions


def ordered(store: Store, pipeline: str, order: str) -> list[Queued]:
    """Put the articles that a pipeline version predicted into an order."""
    from annotate.review.queue import Order, queue
    from annotate.store.annotations import current
    from annotate.stories import find_stories

    with progress("comparing", store.count_articles()) as step:
        stories = find_stories(_counted(store.predictions(pipeline), step)).stories
    done = {article.id for article, rows in current(store) if not all(row.skipped for row in rows)}
    return queue(
        store.predictions(pipeline),
        order=Order(order),
        stories=[story.articles for story in stories],
        annotated=done,
    )


def _counted(records: Iterable[Record], step: Callable[[int], object]) -> Iterator[Record]:
    for record in records:
        yield record
        step(1)


@dataclass(slots=True)
class Arrangement:
    """What a push shall do besides sending articles, and what came of it, as `notes` and `document`."""

    order: str | None
    sample: SampleSize | None
    annotators: int | None
    notes: list[str] = field(default_factory=list)
    document: dict[str, Any] = field(default_factory=dict)

    @property
    def draw(self) -> Draw | None:
        """What chooses the articles of the sample."""
        return self.sample.draw if self.sample else None

    def placing(self, store: Store, client: StudioClient, title: str, pipeline: str) -> Placing:
        """Return where the tasks of a project come; with an order, the project is made when there is none."""
        from annotate.studio.placing import UNPLACED

        if self.order is None:
            return UNPLACED
        from annotate.studio.push import project_for
        from annotate.studio.queue import place

        project = project_for(store, client, title)
        return place(client, project, self.order, ordered(store, pipeline, self.order))

    def finish(self, store: Store, client: StudioClient, project: RemoteProject, placing: Placing) -> None:
        """Bring what is there into line: places, views, the number of annotators."""
        from annotate.store.samples import sampled_articles
        from annotate.studio.queue import move, set_annotators
        from annotate.studio.views import queue_view, sample_view

        if self.order is not None:
            with progress("placing", len(placing.places)) as step:
                moved = move(client, project, placing, step=step)
            self.document |= {"order": self.order, "moved": moved.moved}
            self.notes += [f"{moved.moved} tasks got another place"] if moved.moved else []
            if moved.refused:
                self.notes.append(f"{moved.refused} tasks keep their places: their data is not what was sent")
            self._view(client, project, queue_view(self.order))
        if self.sample is not None:
            drawn = len(sampled_articles(store, project.identity))
            self.document["sample"] = drawn
            self.notes.append(f"articles in the evaluation sample: {drawn}")
            if drawn < self.sample.count:
                self.notes.append(
                    f"{self.sample.count - drawn} too few: the other articles are in the queue already, and stay there"
                )
            self._view(client, project, sample_view())
        if self.annotators is not None:
            changed = set_annotators(client, project.id, self.annotators)
            self.document["annotators"] = self.annotators
            self.notes += [f"annotators of each article: {self.annotators}"] if changed else []

    def _view(self, client: StudioClient, project: RemoteProject, view: dict[str, Any]) -> None:
        from annotate.studio.views import make_view

        number, made = make_view(client, project.id, view)
        address = f"{client.url}/projects/{project.id}/data?tab={number}"
        self.document.setdefault("views", {})[view["title"]] = address
        if made:
            self.notes.append(f"made the view {view['title']!r}: {address}")
