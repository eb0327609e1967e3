"""Write what is generated: the command reference from click, the JSON Schemas from their models, the guideline from
its examples, and the tables and diagrams of the benchmarks from their figures.

`python docs/generate.py` writes the files; with --check it only compares, and exits 3 when one is out of date.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import click
from adjudication_page import adjudication_page
from figures import accuracy_table, reliability_diagram
from figures_export import export_table
from figures_hostile import fuzzing_table, regexes_table
from figures_loop import loop_table
from figures_sourcing import sourcing_table
from figures_stories import growth_diagram
from figures_throughput import throughput_diagram
from guideline_examples import guideline_page

from annotate.cli.main import root
from annotate.record import record_schema
from annotate.stories.model import stories_schema

PROJECT = Path(__file__).parent.parent
PROBLEMS_FOUND = 3

INTRODUCTION = """\
# Commands

Made from the commands' own help by `make generated`; `make check` fails when this page is out of date.

Flags come before environment variables, and those before the settings file (`annotate.toml` in the user's
configuration folder, or `--config FILE`: option names as keys, for all commands at the top or for one command in a
table of its name). Exit codes: 0 done, 1 failure with one clear line or something rejected, 2 wrong usage, 3 problems
found by a check. `--json` puts one document on standard output; messages and progress go to standard error.
"""


def reference() -> str:
    """Return the command reference in Markdown."""
    parts = [INTRODUCTION]
    for context in walk(click.Context(root, info_name="annotate", **root.context_settings)):
        level = "#" * (2 + context.command_path.count(" "))
        parts.append(f"{level} `{context.command_path}`\n\n```text\n{context.command.get_help(context)}\n```\n")
    return "\n".join(parts)


def walk(context: click.Context) -> Iterator[click.Context]:
    """Yield the context of a command and of all its subcommands, in order."""
    context.max_content_width = 100
    context.terminal_width = 100
    yield context
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            command = context.command.get_command(context, name)
            if command is not None:
                yield from walk(click.Context(command, info_name=name, parent=context))


GENERATED = {
    "docs/commands.md": reference,
    "docs/guideline.md": guideline_page,
    "schemas/record.schema.json": record_schema,
    "schemas/stories.schema.json": stories_schema,
    "schemas/adjudication_config.xml": adjudication_page,
    "docs/benchmarks/accuracy.md": accuracy_table,
    "docs/benchmarks/fuzzing.md": fuzzing_table,
    "docs/benchmarks/regexes.md": regexes_table,
    "docs/benchmarks/sourcing.md": sourcing_table,
    "docs/benchmarks/export.md": export_table,
    "docs/benchmarks/loop.md": loop_table,
    "docs/images/reliability-house.svg": partial(reliability_diagram, "model, house style", "house-dev"),
    "docs/images/reliability-polnear.svg": partial(reliability_diagram, "model, PolNeAR style", "polnear-dev"),
    "docs/images/stories-growth.svg": growth_diagram,
    "docs/images/throughput.svg": throughput_diagram,
}


def main() -> int:
    """Write or compare the generated files; return the exit code."""
    stale = []
    for name, make in GENERATED.items():
        path = PROJECT / name
        content = make()
        if path.is_file() and path.read_text(encoding="utf-8") == content:
            continue
        if "--check" in sys.argv[1:]:
            stale.append(name)
        else:
            path.write_text(content, encoding="utf-8")
    if stale:
        print(f"out of date: {', '.join(stale)} (run: make generated)", file=sys.stderr)  # noqa: T201
        return PROBLEMS_FOUND
    return 0


if __name__ == "__main__":
    sys.exit(main())
