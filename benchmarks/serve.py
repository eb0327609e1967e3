"""How fast `annotate serve` answers, beside the same pipeline called directly and a server that does nothing else.

Articles of 500 words, shuffled from the seeds' paragraphs. Three ways to a prediction take turns: the pipeline in this
process, /predict for a text that the store does not know, and /predict for an article whose prediction is stored.
Then many clients at once, and webhooks as Label Studio sends them, also to a bare application on plain uvicorn.

    python -m benchmarks.serve [--requests 200] [--webhooks 2000]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from annotate.contracts import label_config
from annotate.record import Article, Record
from annotate.regions.tasks import result_of
from annotate.store import Store
from annotate.store.projects import bind_project
from benchmarks.predict_speed import given_articles
from benchmarks.results import write

HOST = "127.0.0.1"
PROJECT = 7
SECRET = "made-up-secret-0123456789"
HEADERS = {"X-Annotate-Secret": SECRET}
CLIENTS = 4
AT_ONCE = 50


async def _accept(request: Request) -> JSONResponse:
    json.loads(await request.body())
    return JSONResponse({"accepted": True}, status_code=202)


bare = Starlette(routes=[Route("/webhook", _accept, methods=["POST"])])


def free_port() -> int:
    with socket.create_server((HOST, 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def process(command: Sequence[str], url: str) -> Iterator[tuple[httpx.Client, psutil.Process]]:
    """Run a server until the block ends, from when it answers."""
    environment = {**os.environ, "ANNOTATE_SERVE_SECRET": SECRET}
    running = subprocess.Popen([sys.executable, "-m", *command], stderr=subprocess.DEVNULL, env=environment)
    try:
        with httpx.Client(base_url=url, headers=HEADERS, timeout=120, trust_env=False) as client:
            while True:
                try:
                    client.get("/health")
                    break
                except httpx.ConnectError:
                    assert running.poll() is None
                    time.sleep(0.1)
            yield client, psutil.Process(running.pid)
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(60)


def timed(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def processor(of: psutil.Process) -> float:
    """Return the processor seconds that a process has used."""
    times = of.cpu_times()
    return float(times.user + times.system)


def percentile(seconds: Sequence[float], share: int) -> float:
    return statistics.quantiles(seconds, n=100, method="inclusive")[share - 1]


def shown(seconds: Sequence[float]) -> dict[str, float]:
    return {
        "median_ms": round(1000 * statistics.median(seconds), 1),
        "p99_ms": round(1000 * percentile(seconds, 99), 1),
    }


def payload(article: Article) -> dict[str, Any]:
    """Return what Label Studio asks for one task."""
    task = {"id": 1, "data": {"text": article.text, "article_id": article.id}, "annotations": [], "predictions": []}
    return {"tasks": [task], "project": f"{PROJECT}.1700000000", "label_config": label_config(), "params": {}}


def webhook(article: Article, record: Record) -> dict[str, Any]:
    """Return what Label Studio sends when an annotation is updated."""
    annotation = {"id": 1, "result": result_of(record), "task": 1}
    project = {"id": PROJECT, "title": "Sources", "label_config": label_config()}
    return {
        "action": "ANNOTATION_UPDATED",
        "annotation": annotation,
        "project": project,
        "task": {"id": 1, "data": {"text": article.text}},
    }


async def load(url: str, path: str, bodies: Sequence[bytes], clients: int) -> tuple[float, list[float], set[int]]:
    """Send bodies from so many clients at once; return all seconds, those of each request, and the statuses."""
    waiting = list(bodies)
    seconds: list[float] = []
    statuses: set[int] = set()
    kind = {**HEADERS, "Content-Type": "application/json"}

    async def client() -> None:
        async with httpx.AsyncClient(base_url=url, headers=kind, timeout=120, trust_env=False) as session:
            while waiting:
                body = waiting.pop()
                begun = time.perf_counter()
                answer = await session.post(path, content=body)
                seconds.append(time.perf_counter() - begun)
                statuses.add(answer.status_code)

    begun = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return time.perf_counter() - begun, seconds, statuses


def under_load(url: str, path: str, bodies: Sequence[bytes], clients: int) -> dict[str, float]:
    total, seconds, statuses = asyncio.run(load(url, path, bodies, clients))
    assert all(200 <= status < 300 for status in statuses), statuses
    return {"clients": clients, "per_second": round(len(bodies) / total, 1), **shown(seconds)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--webhooks", type=int, default=2000)
    options = parser.parse_args()
    from annotate.pipeline import load_pipeline

    pipeline = load_pipeline()
    articles = given_articles("", options.requests)
    unknown, known = articles[::2], articles[1::2]
    records = list(pipeline.records(known))
    times: dict[str, list[float]] = {"direct": [], "predicted": [], "stored": []}
    with tempfile.TemporaryDirectory() as name:
        where = str(Path(name) / "store.db")
        with Store.open(where) as store:
            list(store.add_articles(known))
            list(store.add_predictions(pipeline.version, records))
            bind_project(store, f"{PROJECT}@made-up", PROJECT, "Sources")
        os.environ["ANNOTATE_STUDIO_TOKEN"] = "made-up"
        port, other = free_port(), free_port()
        url, other_url = f"http://{HOST}:{port}", f"http://{HOST}:{other}"
        ours = ["annotate", "serve", "--port", str(port), "--store", where, "--url", f"http://{HOST}:9"]
        theirs = ["uvicorn", "benchmarks.serve:bare", "--port", str(other), "--http", "h11", "--no-access-log"]
        with process(ours, url) as (client, service), process(theirs, other_url):

            def ask(article: Article) -> None:
                answer = client.post("/predict", json=payload(article)).raise_for_status()
                assert len(answer.json()["results"][0]) == 1

            spent = [processor(service)]
            for one, other_one in zip(unknown, known, strict=False):
                times["direct"].append(timed(lambda one=one: list(pipeline.records([one]))))
                times["predicted"].append(timed(lambda one=one: ask(one)))
                times["stored"].append(timed(lambda one=other_one: ask(one)))
            spent.append(processor(service))
            many = under_load(url, "/predict", [json.dumps(payload(one)).encode() for one in unknown], CLIENTS)
            hooks = [json.dumps(webhook(known[0], records[0])).encode()] * options.webhooks
            webhooks = {"bare": under_load(other_url, "/webhook", hooks, AT_ONCE)}
            webhooks["ours"] = under_load(url, "/webhook", hooks, AT_ONCE)
    ratios = [ours / direct for ours, direct in zip(times["predicted"], times["direct"], strict=True)]
    write(
        "serve",
        {
            "words": round(statistics.median(len(article.text.split()) for article in articles)),
            "requests": len(unknown),
            "one_client": {name: shown(seconds) for name, seconds in times.items()},
            "processor_ms": round(1000 * (spent[-1] - spent[0]) / len(unknown), 1),
            "predicted_over_direct": round(statistics.median(ratios), 3),
            "predict_under_load": many,
            "webhook_bytes": len(hooks[0]),
            "webhooks": webhooks,
            "webhooks_over_bare": round(webhooks["ours"]["per_second"] / webhooks["bare"]["per_second"], 2),
            "pipeline": pipeline.version,
        },
    )


if __name__ == "__main__":
    main()
