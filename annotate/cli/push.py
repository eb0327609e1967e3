"""`annotate push`: pre-annotated articles to Label Studio."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from annotate.cli import live as live_service
from annotate.cli.connect import connect
from annotate.cli.options import json_option, store_option, studio_options
from annotate.cli.progress import progress

if TYPE_CHECKING:
    from annotate.store import Store
    from annotate.studio.push import Pushed


@click.command()
@click.option(
    "--pipeline", metavar="VERSION", help="Pipeline version whose predictions to push.  [default: the latest]"
)
@click.option("--batch", type=click.IntRange(1, 1000), default=250, show_default=True, help="Tasks per request.")
@click.option("--resend-gone", is_flag=True, help="Send again what was deleted in Label Studio.")
@click.option(
    "--live", is_flag=False, flag_value=live_service.URL, metavar="[URL]",
    help=f"Then make `annotate serve` the project's ML backend and webhook receiver.  [URL: {live_service.URL}]",
)  # fmt: skip
@studio_options
@store_option
@json_option
def push(
    *,
    pipeline: str | None,
    batch: int,
    resend_gone: bool,
    live: str | None,
    url: str | None,
    token_file: str | None,
    project: str,
    store: str | None,
    as_json: bool,
) -> None:
    """Bring the Label Studio project up to date with the pre-annotated articles.

    Each article becomes one task, however often this is run and whatever interrupted it before. A newer pipeline
    version adds its predictions to the tasks that nobody has worked on, and becomes the one that is shown.

    \b
    Example:
      annotate preannotate && annotate push
    """
    from annotate.store import Store
    from annotate.studio.push import push as push_all

    live_service.check(live)
    with Store.open(store) as opened:
        version, count = _chosen(opened, pipeline)
        with connect(url, token_file) as client, progress("pushing", count) as step:
            pushed = push_all(
                opened,
                client,
                pipeline=version,
                title=project,
                batch=batch,
                resend_gone=resend_gone,
                progress=step,
                say=lambda message: click.echo(f"annotate: {message}", err=True),
            )
            if live:
                live_service.register(client, pushed, live)
    _render(pushed, as_json=as_json)
    if not pushed.complete:
        click.get_current_context().exit(1)


def _chosen(store: Store, pipeline: str | None) -> tuple[str, int]:
    """Return the pipeline version to push, and how many articles it has predicted."""
    from annotate.errors import StoreError

    uses = store.pipelines()
    if not uses:
        raise StoreError("nothing is pre-annotated yet", where=store.shown_url, mend="run `annotate preannotate`")
    chosen = [use for use in uses if pipeline in (None, use.pipeline)]
    if not chosen:
        known = ", ".join(use.pipeline for use in uses)
        raise StoreError(f"no predictions of {pipeline}", where=store.shown_url, mend=f"choose one of {known}")
    return chosen[-1].pipeline, chosen[-1].predictions


def _render(pushed: Pushed, *, as_json: bool) -> None:
    for article, reason in pushed.rejected.items():
        click.echo(f"rejected {article}: {reason}", err=True)
    for extra in pushed.doubled:
        message = f"task {extra.extra} doubles task {extra.keep}; it was kept, since somebody has worked on it"
        click.echo(message, err=True)
    if as_json:
        click.echo(json.dumps(pushed.document(), ensure_ascii=False))
    else:
        click.echo(
            f"{pushed.added} articles added, {pushed.present} already there, {pushed.predictions} given predictions of"
            f" {pushed.pipeline}",
            err=True,
        )
    notes = {
        "left as people have annotated them": pushed.left_alone,
        "surplus tasks removed": pushed.removed,
        "deleted in Label Studio and not sent again (--resend-gone does)": pushed.gone,
        "rejected": len(pushed.rejected),
    }
    for what, count in notes.items():
        if count:
            click.echo(f"{count} {what}", err=True)
    if pushed.undecided:
        why = f" ({pushed.doubts[-1]})" if pushed.doubts else ""
        click.echo(f"{pushed.undecided} undecided: run `annotate push` again{why}", err=True)
