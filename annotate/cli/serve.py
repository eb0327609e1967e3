"""`annotate serve`: live predictions for Label Studio, and its webhooks into the store."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any

import click

from annotate.cli.connect import connect
from annotate.cli.live import HOST, PORT, SECRET, SECRET_FILE, given_secret, kept_secret
from annotate.cli.options import pipeline_options, store_option
from annotate.errors import ServerError, SettingsError

if TYPE_CHECKING:
    from annotate.pipeline import Pipeline
    from annotate.record import Record
    from annotate.store import Store
    from annotate.studio.client import StudioClient
    from annotate.studio.exposure import Exposure, Server

BACKLOG = 1024
STOP_SECONDS = 10
_ANY = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - what is refused without names
# Reads like news, so that everything is loaded before the first article comes.
WARM_UP = "“The bridge is open,” Ada Example, a spokeswoman, told the Example Times. Ben Sample denied it."


@click.command()
@click.option("--host", default=HOST, show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="0: any free one.")
@click.option(
    "--allow-host", "names", multiple=True, metavar="NAME",
    help="A further name that the service may be asked for by, such as that of a reverse proxy.",
)  # fmt: skip
@click.option(
    "--secret-file", type=click.Path(exists=True, dir_okay=False), envvar=SECRET_FILE,
    help=f"File that holds the secret shared with Label Studio; else the environment's {SECRET}; else, on loopback,"
    " one is made and kept in the data folder.",
)  # fmt: skip
@click.option("--max-body", type=click.IntRange(1, 1000), default=32, show_default=True, metavar="MB",
              help="Largest request that is read.")  # fmt: skip
@click.option("--url", envvar="ANNOTATE_STUDIO_URL", metavar="URL",
              help="Label Studio to use instead of the embedded one.  [env: ANNOTATE_STUDIO_URL]")  # fmt: skip
@click.option(
    "--token-file", type=click.Path(exists=True, dir_okay=False), envvar="ANNOTATE_STUDIO_TOKEN_FILE",
    help="File that holds the API token; else the environment's ANNOTATE_STUDIO_TOKEN.",
)  # fmt: skip
@pipeline_options
@store_option
def serve(
    *,
    host: str,
    port: int,
    names: tuple[str, ...],
    secret_file: str | None,
    max_body: int,
    url: str | None,
    token_file: str | None,
    store: str | None,
    **chosen: Any,
) -> None:
    """Serve Label Studio: predict tasks as they are opened, and store annotations as they are made.

    Stays up until Ctrl-C. `annotate push --live` tells a project of it. Log lines on standard error are JSON, without
    secrets and article texts. What came while it was down is fetched at its start. Give it the pipeline options that
    `annotate preannotate` had: predictions of the same version are taken from the store.

    \b
    Example:
      annotate serve --parties seeds/PARTIES
    """
    from annotate.cli.pipelines import build_pipeline
    from annotate.store import Store

    exposure = _exposure(host, names, secret_file, max_body)
    with suppress(ServerError):  # it may be started later: what is missed is fetched then
        connect(url, token_file)
    with ExitStack() as stack:
        listener = stack.enter_context(_listening(host, port))
        # A store for each thread that uses one, all of the same place.
        stores = [stack.enter_context(Store.open(store)) for _ in range(3)]
        pipeline = build_pipeline(**chosen)
        _log_as_json()
        _run(listener, pipeline, stores, exposure, lambda: connect(url, token_file))


def _exposure(host: str, names: tuple[str, ...], secret_file: str | None, max_body: int) -> Exposure:
    from annotate.studio.exposure import Exposure, is_loopback

    secret = given_secret(secret_file)
    loopback = is_loopback(host)
    if secret is None and not loopback:
        raise SettingsError(
            "on any address but loopback a secret is needed",
            where=f"--host {host}",
            mend=f"set {SECRET}, or name a file that holds one with --secret-file",
        )
    if host in _ANY and not names:
        raise SettingsError(
            "on all addresses, the names that the service may be asked for by are needed",
            where=f"--host {host}",
            mend="give --allow-host",
        )
    own = {"127.0.0.1", "localhost", "[::1]"} if loopback else set()
    own |= {name if ":" not in name else f"[{name.strip('[]')}]" for name in (host, *names) if name not in _ANY}
    hosts = frozenset(name.lower() for name in own)
    return Exposure((secret or kept_secret()).encode("ascii"), hosts, max_body=max_body * 1_000_000)


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host.strip("[]"), port), family=family, backlog=BACKLOG)
    except (OSError, OverflowError) as error:
        raise SettingsError(
            f"cannot listen on port {port}: {getattr(error, 'strerror', None) or error}",
            where=f"--host {host}",
            mend="end what listens there, or give another --port",
        ) from None
    with listener:
        yield listener


def _log_as_json() -> None:
    from annotate.studio.journal import LOGGER, JsonLines

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.captureWarnings(capture=True)
    logging.getLogger(LOGGER).setLevel(logging.INFO)


def _run(
    listener: socket.socket,
    pipeline: Pipeline,
    stores: list[Store],
    exposure: Exposure,
    reach: Callable[[], StudioClient],
) -> None:
    from annotate.record import Article
    from annotate.store.projects import known_projects
    from annotate.studio.backend import Projects, make_app
    from annotate.studio.exposure import Server
    from annotate.studio.journal import note
    from annotate.studio.live_predictions import Predictor
    from annotate.studio.rereading import Rereader

    def predict(article: Article) -> Record:
        (record,) = pipeline.records([article])
        return record

    predictor = Predictor(stores[0], predict, pipeline.version)
    rereader = Rereader(stores[1], reach)
    projects = Projects(lambda: known_projects(stores[2]))
    with ThreadPoolExecutor(1, thread_name_prefix="predictor") as worker:
        worker.submit(predict, Article.of(WARM_UP)).result()
        server = Server(make_app(predictor, rereader, projects, worker, exposure), stop_seconds=STOP_SECONDS)
        rereader.start()
        address, port, *_ = listener.getsockname()
        shown = f"[{address}]" if ":" in address else address
        note("ready", url=f"http://{shown}:{port}", pipeline=pipeline.version, pid=os.getpid())
        try:
            _until_interrupted(server, listener)
        finally:
            note("stopping")
            rereader.stop(STOP_SECONDS)
    note("stopped")


def _until_interrupted(server: Server, listener: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM, both of which are a good end."""
    import asyncio

    async def main() -> None:
        loop = asyncio.get_running_loop()
        for sign in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(sign, setattr, server, "should_exit", True)
        await server.serve([listener])

    asyncio.run(main())
