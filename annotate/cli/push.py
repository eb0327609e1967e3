"""`annotate push`: pre-annotated articles to Label Studio."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from annotate.cli import live as live_service
from annotate.cli.connect import connect
from annotate.cli.options import json_option, store_option, studio_options
from annotate.cli.progress import progress
from annotate.cli.queueing import Arrangement, SampleSize, chosen_pipeline, queue_options

if TYPE_CHECKING:
    from annotate.studio.push import Pushed


@click.command()
@click.option(
    "--pipeline", metavar="VERSION", help="Pipeline version whose predictions to push.  [default: the latest]"
)
@click.option("--batch", type=click.IntRange(1, 1000), default=250, show_default=True, help="Tasks per request.")
@click.option("--resend-gone", is_flag=True, help="Send again what was deleted in Label Studio.")
@queue_options
@click.option(
    "--guideline-url",
    envvar="ANNOTATE_GUIDELINE_URL",
    metavar="URL",
    help="Where annotators find the whole guideline: a link in the project's instruction.  [default: no link]",
)
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
    order: str | None,
    sample: SampleSize | None,
    annotators: int | None,
    guideline_url: str | None,
    live: str | None,
    url: str | None,
    token_file: str | None,
    project: str,
    store: str | None,
    as_json: bool,
) -> None:
    """Bring the Label Studio project up to date with the pre-annotated articles.

    Each article becomes one task, however often this is run and whatever interrupted it before. A newer pipeline
    version adds its predictions to the tasks that nobody has worked on, and becomes the one that is shown. New tasks
    come in the order asked for; of those that are there, the ones whose place changed are moved, unless somebody has
    worked on them. An article stays where it once was: in the queue, or in the evaluation sample.

    \b
    Example:
      annotate preannotate && annotate push --order useful --sample 50 --annotators 2
    """
    from annotate.store import Store
    from annotate.studio.push import push as push_all

    live_service.check(live)
    arrangement = Arrangement(order, sample, annotators)
    with Store.open(store) as opened:
        version, count = chosen_pipeline(opened, pipeline)
        with connect(url, token_file) as client:
            placing = arrangement.placing(opened, client, project, version)
            with progress("pushing", count) as step:
                pushed = push_all(
                    opened,
                    client,
                    pipeline=version,
                    title=project,
                    batch=batch,
                    resend_gone=resend_gone,
                    guideline_url=guideline_url,
                    draw=arrangement.draw,
                    placing=placing,
                    progress=step,
                    say=lambda message: click.echo(f"annotate: {message}", err=True),
                )
            arrangement.finish(opened, client, pushed.project, placing)
            if live:
                live_service.register(client, pushed, live)
    _render(pushed, arrangement, as_json=as_json)
    if not pushed.complete:
        click.get_current_context().exit(1)


def _render(pushed: Pushed, arrangement: Arrangement, *, as_json: bool) -> None:
    for article, reason in pushed.rejected.items():
        click.echo(f"rejected {article}: {reason}", err=True)
    for extra in pushed.doubled:
        message = f"task {extra.extra} doubles task {extra.keep}; it was kept, since somebody has worked on it"
        click.echo(message, err=True)
    if as_json:
        click.echo(json.dumps(pushed.document() | arrangement.document, ensure_ascii=False))
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
    for note in arrangement.notes:
        click.echo(note, err=True)
    if pushed.undecided:
        why = f" ({pushed.doubts[-1]})" if pushed.doubts else ""
        click.echo(f"{pushed.undecided} undecided: run `annotate push` again{why}", err=True)
