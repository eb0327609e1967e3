"""The root command: help, settings, exit codes, and output that cannot be written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from annotate.cli.main import COMMANDS, root


def walk(context: click.Context) -> list[click.Context]:
    found = [context]
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            command = context.command.get_command(context, name)
            assert command is not None
            found += walk(click.Context(command, info_name=name, parent=context))
    return found


EVERY = walk(click.Context(root, info_name="annotate"))


@pytest.mark.parametrize("context", EVERY, ids=lambda context: context.command_path)
def test_every_command_says_what_it_does_and_shows_an_example(context: click.Context) -> None:
    text = context.get_help()
    summary = context.command.get_short_help_str(200)
    assert summary.endswith(".")
    assert "Example:" in text
    assert "annotate " in text.split("Example:", 1)[1]
    for parameter in context.command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{context.command_path} {parameter.name} has no help"


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from annotate.cli.main import _run\n"
        "assert _run(['--help']) == 0\n"
        "heavy = {'spacy', 'label_studio_sdk', 'pyarrow', 'sqlmodel', 'trafilatura', 'numpy', 'pydantic'}\n"
        "loaded = heavy & set(sys.modules)\n"
        "assert not loaded, loaded\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def annotate(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [sys.executable, "-m", "annotate", *arguments], text=True, stderr=subprocess.PIPE, check=False, **options
    )


def test_wrong_usage_exits_with_2() -> None:
    assert annotate("no-such-command", stdout=subprocess.DEVNULL).returncode == 2
    assert annotate("ingest", stdout=subprocess.DEVNULL).returncode == 2


def test_a_failure_is_one_clear_line_and_exit_1(tmp_path: Path) -> None:
    result = annotate("db", "verify", "--store", "nosuchdb://x", stdout=subprocess.DEVNULL)
    assert result.returncode == 1
    assert result.stderr == (
        "annotate: nosuchdb://x: not a store address (give the path of an SQLite file, or the URL of a PostgreSQL"
        " database: postgresql://user@host/name)\n"
    )


def test_a_full_disk_is_one_clear_line() -> None:
    with Path("/dev/full").open("w") as full:
        result = annotate("--help", stdout=full)
    assert result.returncode == 1
    assert result.stderr == "annotate: standard output: No space left on device\n"


def test_a_closed_pipe_ends_quietly() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "annotate", "studio", "config"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    process.wait(60)
    assert errors == ""


def test_the_settings_file_gives_defaults_and_flags_win(tmp_path: Path) -> None:
    settings = tmp_path / "annotate.toml"
    settings.write_text('store = "shared.db"\n[export]\ntext = "none"\n', encoding="utf-8")
    assert set(COMMANDS) >= {"export", "ingest"}
    result = annotate("--config", str(settings), "export", str(tmp_path / "out"), cwd=tmp_path, stdout=subprocess.PIPE)
    assert result.returncode == 0
    assert (tmp_path / "shared.db").is_file()
    assert '"text": "none"' in (tmp_path / "out" / "dataset.json").read_text(encoding="utf-8")
    flag = ["export", str(tmp_path / "full"), "--text", "all", "--store", str(tmp_path / "own.db")]
    assert annotate("--config", str(settings), *flag, cwd=tmp_path, stdout=subprocess.PIPE).returncode == 0
    assert (tmp_path / "own.db").is_file()
    assert '"text": "all"' in (tmp_path / "full" / "dataset.json").read_text(encoding="utf-8")


def test_a_broken_settings_file_is_one_clear_line(tmp_path: Path) -> None:
    settings = tmp_path / "annotate.toml"
    settings.write_text("store = ", encoding="utf-8")
    result = annotate("--config", str(settings), "export", stdout=subprocess.DEVNULL)
    assert result.returncode == 1
    assert result.stderr.startswith(f"annotate: {settings}: not a readable TOML file")
    assert result.stderr.count("\n") == 1
