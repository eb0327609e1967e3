"""`annotate bulk`: articles by the hundred thousand in, Parquet shards of Records out."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from annotate.cli.options import FORMATS, json_option, pipeline_options

if TYPE_CHECKING:
    from annotate.bulk.plan import Patience, Place, Plan

EXECUTORS = ("local", "ray", "slurm")


def _cluster_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what only Ray or Slurm need."""
    options = (
        click.option("--ray-address", metavar="HOST:PORT", help="Join this Ray cluster, whose nodes see INPUT and"
                     " OUTPUT, instead of starting Ray on this machine."),
        click.option("--partition", default="", help="Slurm partition.  [default: the cluster's]"),
        click.option("--time-limit", default="", metavar="TIME", help="Slurm's time limit of a job, such as 12:00:00."),
        click.option("--sbatch", "sbatch", multiple=True, metavar="NAME=VALUE", help="Further option of sbatch."),
        click.option("--script-only", is_flag=True, help="Write the Slurm scripts and do not submit them."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@click.argument("inputs", metavar="INPUT...", nargs=-1, required=True)
@click.argument("output", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--executor", type=click.Choice(EXECUTORS), default="local", show_default=True, help="What runs the tasks."
)
@click.option("--tasks", type=click.IntRange(1), default=16, show_default=True,
              help="Parts of the work: as many shards, and what is begun anew after a failure.")  # fmt: skip
@click.option("--workers", type=click.IntRange(1), help="Tasks at a time, each with a model of its own in memory."
              "  [default: one for each processor]")  # fmt: skip
@click.option("--format", type=click.Choice(FORMATS), help="Read every input as this; else its ending decides.")
@click.option("--longest", type=click.IntRange(1), default=1_000_000, show_default=True,
              help="Set aside longer articles, in characters.")  # fmt: skip
@click.option("--seconds", type=click.IntRange(1), default=60, show_default=True,
              help="Set aside an article that takes more processor time, or three times as much by the"
              " clock.")  # fmt: skip
@click.option("--memory", type=click.IntRange(1), default=4, show_default=True, metavar="GB",
              help="What a worker's model and article may hold; an article that needs more is set aside.")  # fmt: skip
@_cluster_options
@pipeline_options
@json_option
def bulk(
    inputs: tuple[str, ...],
    output: Path,
    *,
    executor: str,
    tasks: int,
    workers: int | None,
    format: str | None,
    longest: int,
    seconds: int,
    memory: int,
    ray_address: str | None,
    partition: str,
    time_limit: str,
    sbatch: tuple[str, ...],
    script_only: bool,
    as_json: bool,
    **chosen: Any,
) -> None:
    """Annotate very many articles: resumable, on one machine or a cluster.

    INPUT is a file, a folder or a pattern, on this machine or at an address that fsspec knows (s3://, hf://). Read are
    .jsonl, .csv, .parquet, .warc, .warc.gz, .txt and .html. OUTPUT, a folder, receives Parquet shards of Records in
    data/, what was set aside with the reasons in rejects/, and bulk.json and SHA256SUMS when everything is done. The
    same command goes on with a run that was interrupted; with other inputs, settings or models it is another run.
    Results do not depend on workers, tasks or executor.

    Needs the `bulk` extra. The exit code is 1 when articles were set aside.

    \b
    Example:
      annotate bulk news/ annotated --workers 8 --tasks 64
      annotate bulk s3://bucket/crawl/*.warc.gz annotated --executor ray --ray-address head:6379
      annotate bulk news.jsonl annotated --executor slurm --tasks 500 --partition cpu --time-limit 12:00:00
    """
    from annotate.bulk import check_extra

    check_extra()
    options = dict(_option(given) for given in sbatch)
    if executor != "slurm" and (partition or time_limit or sbatch or script_only):
        raise click.UsageError("--partition, --time-limit, --sbatch and --script-only are for --executor slurm")
    if executor != "ray" and ray_address:
        raise click.UsageError("--ray-address is for --executor ray")
    from annotate.bulk.finishing import finished, held
    from annotate.bulk.plan import Patience
    from annotate.bulk.running import place_of

    plan = _planned(
        inputs, output, chosen, tasks=tasks, format=format, patience=Patience(longest, seconds, memory * 10**9)
    )
    done = finished(output, plan)
    if done is not None:
        click.echo("already done: every file of the output is there and whole", err=True)
        _report(done, output, as_json=as_json)
        return
    place = place_of(output, plan)
    with held(place):
        if executor == "slurm":
            _to_slurm(place, workers or -1, partition, time_limit, options, script_only=script_only, as_json=as_json)
            return
        _run(executor, place, workers or min(_processors(), tasks), ray_address)
        done = _finish(place)
    _report(done, output, as_json=as_json)


def _planned(
    inputs: tuple[str, ...], output: Path, chosen: dict[str, Any], *, tasks: int, format: str | None, patience: Patience
) -> Plan:
    from annotate.bulk.running import make_plan, settings_of
    from annotate.cli.pipelines import pipeline_settings

    return make_plan(
        inputs,
        output,
        tasks=tasks,
        settings=settings_of(pipeline_settings(**chosen)),
        patience=patience,
        format=format,
        on_skip=lambda url: click.echo(f"not read: {url}: not a kind of file that is read", err=True),
    )


def _run(executor: str, place: Place, workers: int, address: str | None) -> None:
    from annotate import settings
    from annotate.bulk.executors import LocalExecutor, quiet
    from annotate.bulk.shards import Shard

    quiet()
    tasks = place.plan().tasks

    def on_done(rank: int) -> None:
        stated = Shard(place.shards, rank).manifest() or {"records": 0, "rejects": 0}
        click.echo(f"task {rank} of {tasks}: {stated['records']:,} records, {stated['rejects']:,} set aside", err=True)

    if executor == "local":
        LocalExecutor(place, workers=workers, on_done=on_done).run()
        return
    from annotate.bulk.on_ray import RayExecutor

    RayExecutor(
        place,
        workers=workers,
        address=address,
        token=None if address else settings.data_folder() / "ray-token",
        on_done=on_done,
        tell=lambda message: click.echo(message, err=True),
    ).run()


def _to_slurm(
    place: Place, workers: int, partition: str, time: str, options: dict[str, str], *, script_only: bool, as_json: bool
) -> None:
    from annotate.bulk.executors import SlurmExecutor, quiet

    quiet()
    executor = SlurmExecutor(place, workers=workers, partition=partition, time=time, options=options)
    if script_only:
        scripts = executor.write_scripts()
    else:
        executor.launch_job()
        scripts = place.folder / "tasks.slurm", place.folder / "finish.slurm"
    if as_json:
        click.echo(json.dumps({"scripts": [str(path) for path in scripts], "job": executor.job_id}))
        return
    submitted = "" if script_only else f" (submitted as job {executor.job_id}; a second job finishes the run)"
    click.echo(f"wrote {scripts[0]} and {scripts[1].name}{submitted}")


def _finish(place: Place) -> dict[str, Any]:
    from annotate.bulk.finishing import finish, forget_others

    done = finish(place)
    forget_others(place)
    return done


def _report(done: dict[str, Any], output: Path, *, as_json: bool) -> None:
    if as_json:
        names = ("run", "pipeline", "model", "tasks", "records", "rejects", "repeated")
        click.echo(json.dumps({**{name: done[name] for name in names}, "output": str(output)}))
    else:
        repeated = f", {done['repeated']:,} repeated and left out" if done["repeated"] else ""
        click.echo(f"{done['records']:,} records, {done['rejects']:,} set aside{repeated}")
    if done["rejects"]:
        click.echo(f"what was set aside is kept in {output / 'rejects'}", err=True)
        click.get_current_context().exit(1)


def _option(given: str) -> tuple[str, str]:
    name, sign, value = given.partition("=")
    if not sign or not name or "\n" in given:
        raise click.UsageError(f"--sbatch {given!r}: write NAME=VALUE")
    return name, value


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
