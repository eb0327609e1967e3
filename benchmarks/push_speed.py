"""How fast `annotate push` is, beside the SDK's own import of the same tasks, against a freshly started Label Studio.

Articles of 500 words with 40 regions, their attributes and relations. The two take turns, each round into a project of
its own; push includes reading the store, building and checking every task, and the listing that confirms it.

    python -m benchmarks.push_speed [--articles 1000] [--rounds 3]
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from label_studio_sdk import LabelStudio
from more_itertools import chunked

from annotate.contracts import label_config
from annotate.record import (
    Article,
    OutletMention,
    Provenance,
    Record,
    SpeakerRef,
    Via,
    canonical,
    make_attribution,
)
from annotate.regions.tasks import prediction_of, task_data
from annotate.scheme import Anonymity, CueClass, OutletRole, SourceType, VerificationStatus
from annotate.settings import cache_folder
from annotate.store import Store
from annotate.studio.client import StudioClient
from annotate.studio.push import BATCH, push
from annotate.studio.server import EmbeddedStudio
from benchmarks.results import write

WORDS = 500
REGIONS = 40
PIPELINE = "benchmark-1"
# Label Studio checks and stores each item of a result, so what is pushed is told apart by how many there are.
KINDS = {"regions and relations": False, "every attribute": True}
VOCABULARY = (
    *("the", "ministry", "said", "that", "convoys", "had", "crossed", "two", "rivers", "before", "dawn"),
    *("while", "residents", "of", "Sampleton", "left"),
)


def made_up(number: int, *, described: bool) -> tuple[Article, Record]:
    """Make an article and its Record: 13 attributions of three regions each, and an outlet they came through.

    described: with every attribute that the pipeline gives; else regions and relations alone.
    """
    draw = random.Random(number)
    words = [draw.choice(VOCABULARY) for _ in range(WORDS)]
    starts = [0]
    for word in words:
        starts.append(starts[-1] + len(word) + 1)

    def span(first: int, count: int) -> tuple[int, int]:
        return starts[first], starts[first + count] - 1

    article = Article.of(" ".join(words), id=f"made-up-{number}")
    outlet = OutletMention(id="o1", span=span(WORDS - 3, 2), name="Sampleton Times", role=OutletRole.VIA)
    attributions = tuple(
        make_attribution(
            article.text,
            id=f"a{index + 1}",
            quote=[span(first + 6, 20)],
            cue=[span(first + 4, 1)],
            source=[span(first, 3)],
            **(description(index) if described else {}),
            via=(Via(name="Sampleton Times", span=outlet.span),) if index % 4 == 0 else (),
            score=0.8,
        )
        for index, first in enumerate(range(0, 13 * 37, 37))
    )
    record = Record(
        id=article.id,
        text=article.text,
        sha256=article.sha256,
        attributions=attributions,
        outlets=(outlet,),
        provenance=Provenance(version="0", pipeline=PIPELINE),
    )
    return article, canonical(record)


def description(index: int) -> dict[str, Any]:
    return {
        "cue_class": CueClass.NEUTRAL,
        "speaker": SpeakerRef(name=f"Speaker {index}"),
        "source_type": SourceType.OFFICIAL,
        "anonymity": Anonymity.NAMED_INDIVIDUAL,
        "verification": VerificationStatus.NOT_STATED,
    }


def tasks_of(pairs: Sequence[tuple[Article, Record]]) -> list[dict[str, Any]]:
    return [
        {"data": task_data(article, str(number)), "predictions": [prediction_of(record, PIPELINE)]}
        for number, (article, record) in enumerate(pairs)
    ]


def time_sdk(server: EmbeddedStudio, tasks: Sequence[dict[str, Any]], title: str) -> float:
    """Import ready-made tasks with the SDK, in batches of the same size."""
    sdk = LabelStudio(base_url=server.url, api_key=server.token, timeout=300)
    project = sdk.projects.create(title=title, label_config=label_config())
    begun = time.perf_counter()
    for batch in chunked(tasks, BATCH):
        sdk.projects.import_tasks(project.id, request=batch, request_options={"max_retries": 0})
    return time.perf_counter() - begun


def time_push(server: EmbeddedStudio, store: Store, title: str) -> tuple[float, float]:
    """Push the store, then once more with nothing to do."""
    with StudioClient(server.url, server.token) as client:
        client.projects(title)  # the SDK's import is not what is measured
        begun = time.perf_counter()
        pushed = push(store, client, pipeline=PIPELINE, title=title)
        first = time.perf_counter() - begun
        assert pushed.complete
        begun = time.perf_counter()
        push(store, client, pipeline=PIPELINE, title=title)
        return first, time.perf_counter() - begun


def a_round(server: EmbeddedStudio, folder: Path, number: int, articles: int, *, described: bool) -> dict[str, float]:
    first_number = number * articles
    pairs = [made_up(first_number + index, described=described) for index in range(articles)]
    tasks = tasks_of(pairs)
    results = tasks[0]["predictions"][0]["result"]
    assert sum(item["type"] == "labels" for item in results) == REGIONS
    name = f"{number} {'described' if described else 'bare'}"
    with Store.open(str(folder / f"{name}.db")) as store:
        list(store.add_articles(article for article, _ in pairs))
        list(store.add_predictions(PIPELINE, (record for _, record in pairs)))
        sdk = time_sdk(server, tasks, f"SDK {name}")
        first, again = time_push(server, store, f"Push {name}")
    scale = 1000 / articles
    return {
        "results_per_task": len(results),
        "sdk_import": sdk * scale,
        "push": first * scale,
        "push_again": again * scale,
        "ratio": first / sdk,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the server is stopped then, too
    executable = os.environ.get("ANNOTATE_STUDIO_BIN")
    measured: dict[str, list[dict[str, float]]] = {name: [] for name in KINDS}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = EmbeddedStudio(folder / "studio", cache_folder(), executable=Path(executable) if executable else None)
        server.start(progress=print)
        try:
            for number in range(options.rounds):
                for kind, described in KINDS.items():
                    figures = a_round(server, folder, number, options.articles, described=described)
                    measured[kind].append(figures)
                    shown = ", ".join(f"{what} {value:.2f}" for what, value in figures.items())
                    print(f"round {number + 1}, {kind}: {shown}")
        finally:
            server.stop()
    summary = {
        "what": "annotate push beside the SDK's import of the same tasks; medians, seconds per 1,000 articles",
        "articles": options.articles,
        "words": WORDS,
        "regions": REGIONS,
        "rounds": options.rounds,
        **{
            kind: {what: round(statistics.median(one[what] for one in rounds), 2) for what in rounds[0]}
            for kind, rounds in measured.items()
        },
    }
    write("push_speed", summary)


if __name__ == "__main__":
    main()
