"""`annotate review adjudicate`: where annotators disagree, somebody decides."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from annotate.cli.connect import connect
from annotate.cli.options import json_option, store_option, studio_options
from annotate.cli.progress import progress

if TYPE_CHECKING:
    from annotate.review.settling import Verdict
    from annotate.store import Store
    from annotate.studio.adjudication import Disputed
    from annotate.studio.push import Pushed

# In the order of the table; Standing has no others.
_SHOWN = {
    "single": "read by one annotator",
    "agreed": "agreed",
    "ground_truth": "settled by a ground truth",
    "adjudicated": "adjudicated",
    "disagreement": "in disagreement, not adjudicated",
    "undecided": "adjudication leaves something open",
    "stale": "annotations changed since the adjudication",
    "unreadable": "cannot be read",
    "skipped": "skipped or deleted",
}
# What somebody still has to look at, once it is asked.
_OPEN = ("disagreement", "undecided", "stale")


@click.command()
@click.option("--dry-run", is_flag=True, help="List the disagreements; send nothing and ask no server.")
@click.option("--resend-gone", is_flag=True, help="Ask again what was deleted in the adjudication project.")
@studio_options
@store_option
@json_option
def adjudicate(
    *,
    dry_run: bool,
    resend_gone: bool,
    url: str | None,
    token_file: str | None,
    project: str,
    store: str | None,
    as_json: bool,
) -> None:
    """Have somebody decide where annotators disagree.

    Makes a second project, "PROJECT (adjudication)", with one task for each article on which the annotations that were
    pulled differ. What is agreed is filled in, relations and attributes included; the disagreements stand beside it as
    alternatives, their authors hidden behind letters that change from article to article. `annotate pull` fetches the
    decisions, which then count as the article's verified reading.

    Run it again when annotations have changed: tasks that nobody has begun are made anew, the others are reported.

    \b
    Example:
      annotate pull && annotate review adjudicate
    """
    from annotate.store import Store
    from annotate.studio.adjudication import standings

    with Store.open(store) as opened:
        found = list(standings(opened, project))
        pushed = None if dry_run else _push(opened, found, url, token_file, project, resend_gone=resend_gone)
    _render(found, pushed, as_json=as_json, listed=dry_run)
    if pushed is not None and not pushed.complete:
        click.get_current_context().exit(1)


Found = list[tuple[str, "Verdict", "Disputed | None"]]


def _push(
    store: Store, found: Found, url: str | None, token_file: str | None, title: str, *, resend_gone: bool
) -> Pushed | None:
    """Push the disputes; None when there never was one."""
    from annotate.studio.adjudication import Disputes, adjudication_title
    from annotate.studio.push import find_project, push

    disputes = [disputed for _, _, disputed in found if disputed]
    name = adjudication_title(title)
    with connect(url, token_file) as client, progress("pushing", len(disputes)) as step:
        if not disputes and find_project(store, client, name) is None:
            return None
        return push(
            store,
            client,
            cargo=Disputes(disputes),
            title=name,
            resend_gone=resend_gone,
            progress=step,
            say=lambda message: click.echo(f"annotate: {message}", err=True),
        )


def _render(found: Found, pushed: Pushed | None, *, as_json: bool, listed: bool) -> None:
    counts = Counter(str(verdict.standing) for _, verdict, _ in found)
    for article, reason in pushed.rejected.items() if pushed else ():
        click.echo(f"rejected {article}: {reason}", err=True)
    if as_json:
        click.echo(json.dumps(_document(found, counts, pushed), ensure_ascii=False))
    else:
        for standing, words in _SHOWN.items():
            if counts[standing]:
                click.echo(f"{counts[standing]:>6}  {words}")
        if not found:
            click.echo("Nothing to compare: nobody has annotated yet, or nothing was pulled.", err=True)
    for article, verdict, _ in found:
        if verdict.standing in ("undecided", "stale"):
            click.echo(f"{article}: {verdict.reason}", err=True)
    if listed and not as_json:
        _list(found)
    if pushed is not None:
        click.echo(f"{pushed.added} tasks added to “{pushed.project.title}”, {pushed.present} already there", err=True)
        if pushed.gone:
            click.echo(f"{pushed.gone} deleted there and not asked again (--resend-gone does)", err=True)
        if pushed.undecided:
            click.echo(f"{pushed.undecided} undecided: run `annotate review adjudicate` again", err=True)


def _list(found: Found) -> None:
    for article, verdict, disputed in found:
        if disputed and verdict.standing in _OPEN:
            click.echo(f"\n{article}")
            for question in disputed.page().questions:
                click.echo(f"  {question.line}")


def _document(found: Found, counts: Counter[str], pushed: Pushed | None) -> dict[str, Any]:
    return {
        "articles": {standing: counts[standing] for standing in _SHOWN},
        "disagreements": [
            {
                "article": article,
                "standing": str(verdict.standing),
                "reason": verdict.reason,
                "differences": [
                    {"what": one.what, "span": one.span, "given": dict(one.given)} for one in verdict.disagreements
                ],
            }
            for article, verdict, disputed in found
            if disputed
        ],
        "pushed": pushed.document() if pushed else None,
    }
