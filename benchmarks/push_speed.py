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
from collections.abc import Iterator, Sequence
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
from annotate.scheme import Anonymity, CueClass, OutletRole, SourceType, VerificationStatus
from annotate.settings import cache_folder
from annotate.store import Store
from annotate.studio.client import StudioClient
from annotate.studio.push import BATCH, push
from annotate.studio.server import EmbeddedStudio
from annotate.studio.tasks import prediction_of, task_data
from benchmarks.results import write

WORDS = 500
REGIONS = 40
PIPELINE = "benchmark-1"
VOCABULARY = (
    *("the", "ministry", "said", "that", "convoys", "had", "crossed", "two", "rivers", "before", "dawn"),
    *("while", "residents", "of", "Sampleton", "left"),
)


def made_up(number: int) -> tuple[Article, Record]:
    """Make an article and its Record: 13 attributions of three regions each, and an outlet they came through."""
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
            cue_class=CueClass.NEUTRAL,
            speaker=SpeakerRef(name=f"Speaker {index}"),
            source_type=SourceType.OFFICIAL,
            anonymity=Anonymity.NAMED_INDIVIDUAL,
            verification=VerificationStatus.NOT_STATED,
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


def rounds(server: EmbeddedStudio, folder: Path, count: int, articles: int) -> Iterator[dict[str, float]]:
    for number in range(count):
        pairs = [made_up(number * articles + index) for index in range(articles)]
        tasks = tasks_of(pairs)
        assert {sum(item["type"] == "labels" for item in task["predictions"][0]["result"]) for task in tasks} == {
            REGIONS
        }
        with Store.open(str(folder / f"{number}.db")) as store:
            list(store.add_articles(article for article, _ in pairs))
            list(store.add_predictions(PIPELINE, (record for _, record in pairs)))
            sdk = time_sdk(server, tasks, f"SDK {number}")
            first, again = time_push(server, store, f"Push {number}")
        scale = 1000 / articles
        yield {"sdk": sdk * scale, "push": first * scale, "again": again * scale, "ratio": first / sdk}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the server is stopped then, too
    executable = os.environ.get("ANNOTATE_STUDIO_BIN")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = EmbeddedStudio(folder / "studio", cache_folder(), executable=Path(executable) if executable else None)
        server.start(progress=print)
        try:
            measured = []
            for number, result in enumerate(rounds(server, folder, options.rounds, options.articles), start=1):
                shown = ", ".join(f"{what} {value:.2f}" for what, value in result.items())
                print(f"round {number}: {shown}  (s per 1,000 articles; push / sdk)")
                measured.append(result)
        finally:
            server.stop()
    items = len(tasks_of([made_up(0)])[0]["predictions"][0]["result"])
    summary = {
        "what": "annotate push beside the SDK's import of the same tasks; medians, seconds per 1,000 articles",
        "articles": options.articles,
        "words": WORDS,
        "regions": REGIONS,
        "results_per_task": items,
        "rounds": options.rounds,
        "push": round(statistics.median(result["push"] for result in measured), 2),
        "push_again": round(statistics.median(result["again"] for result in measured), 2),
        "sdk_import": round(statistics.median(result["sdk"] for result in measured), 2),
        "ratio": round(statistics.median(result["ratio"] for result in measured), 2),
    }
    write("push_speed", summary)


if __name__ == "__main__":
    main()
