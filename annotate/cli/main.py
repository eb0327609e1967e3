"""The root command, and the one place where an error becomes a line on stderr and an exit code.

Exit codes: 0 done, 1 failure with one clear line, 2 usage, 3 problems found by a check.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from annotate import __version__
from annotate.cli.lazy import LazyGroup
from annotate.cli.redaction import redacted, trace_of
from annotate.errors import AnnotateError
from annotate.settings import config_defaults

COMMANDS = {
    "demo": "annotate.cli.demo:demo",
    "ingest": "annotate.cli.ingest:ingest",
    "preannotate": "annotate.cli.preannotate:preannotate",
    "push": "annotate.cli.push:push",
    "pull": "annotate.cli.pull:pull",
    "serve": "annotate.cli.serve:serve",
    "review": "annotate.cli.review:review",
    "export": "annotate.cli.export:export",
    "hydrate": "annotate.cli.hydrate:hydrate",
    "check": "annotate.cli.check:check",
    "predict": "annotate.cli.predict:predict",
    "bulk": "annotate.cli.bulk:bulk",
    "stories": "annotate.cli.stories:stories",
    "report": "annotate.cli.report:report",
    "evaluate": "annotate.cli.evaluate:evaluate",
    "train": "annotate.cli.train:train",
    "studio": "annotate.cli.studio:studio",
    "db": "annotate.cli.db:db",
    "doctor": "annotate.cli.doctor:doctor",
}

FAILURE = 1
PROBLEMS_FOUND = 3


@click.group(
    cls=LazyGroup, members=COMMANDS, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False),
    envvar="ANNOTATE_CONFIG",
    help="TOML file with defaults for any option: top-level keys, or one table per command.",
)
@click.version_option(__version__, prog_name="annotate")
@click.pass_context
def root(ctx: click.Context, config: str | None) -> None:
    """Who said it, through whom did it reach us, was it checked.

    Pre-annotates quotes, cues, sources, outlets and sourcing chains in news articles, has people correct them in
    Label Studio, and exports the verified labels as a dataset.

    \b
    Example:
      annotate demo
    """
    ctx.default_map = config_defaults(config, list(COMMANDS))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    sys.exit(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    try:
        result = root.main(args=arguments, prog_name="annotate", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        vars(error)["message"] = redacted(error.message)
        error.show()
        return error.exit_code
    except click.Abort:
        click.echo("annotate: interrupted", err=True)
        return FAILURE
    except AnnotateError as error:
        click.echo(redacted(f"annotate: {error}"), err=True)
        return FAILURE
    except BrokenPipeError:
        # The reader of our output has gone: nothing to say, and nobody to say it to.
        _silence_stdout()
        return FAILURE
    except OSError as error:
        _silence_stdout()
        place = f"{error.filename}: " if error.filename else "standard output: " if _is_of_output(error) else ""
        click.echo(redacted(f"annotate: {place}{error.strerror or error}"), err=True)
        return FAILURE
    except Exception as error:
        click.echo(trace_of(error), err=True)
        click.echo("annotate: this should not have happened; please report the lines above", err=True)
        return FAILURE
    return result if isinstance(result, int) else 0


def _is_of_output(error: OSError) -> bool:
    """Tell whether it was printing that failed: by click, or by the last flush, which happens here."""
    where = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    return where is not None and where.tb_frame.f_code.co_filename in {click.utils.__file__, __file__}


def _silence_stdout() -> None:
    """Point standard output at nothing, so that the interpreter's last flush cannot fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
