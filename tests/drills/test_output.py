"""Standard output that is full, or closed: one clear line, or none; never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from annotate.cli.main import root
from annotate.dataset.rights import Texts
from annotate.store import Store
from annotate.store.upgrade import upgrade
from tests.dataset.damage import release
from tests.store.made_up import fill

PROJECT = Path(__file__).parents[2]
# Each command line in a child, forked from one warm process, with the given descriptor as its standard output.
DRIVER = """
import json, os, sys
from annotate.cli.main import main
answers = []
for arguments in json.loads(sys.argv[1]):
    child = os.fork()
    if child == 0:
        said = os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(said, 2)
        if sys.argv[3] == "full":
            os.dup2(os.open("/dev/full", os.O_WRONLY), 1)
        else:
            reader, writer = os.pipe()
            os.dup2(writer, 1)
            os.close(reader)
        try:
            main(arguments)
        except SystemExit as ended:
            sys.stderr.flush()
            try:
                sys.stdout.flush()
            except OSError:
                os._exit(97)
            os._exit(ended.code or 0)
        except BaseException as error:
            sys.stderr.write("Traceback " + repr(error))
            sys.stderr.flush()
            os._exit(99)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    answers.append([arguments, code, open(sys.argv[2], encoding="utf-8").read()])
print(json.dumps(answers))
"""


def walk(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield every command of the program."""
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from walk(found, (*path, name))


@pytest.mark.parametrize("output", ["full", "closed"])
def test_every_command_ends_plainly(output: str, tmp_path: Path) -> None:
    store, dataset = str(tmp_path / "store.db"), tmp_path / "dataset"
    with Store.open(store) as opened:
        fill(opened)
        upgrade(opened)
    release(dataset, texts=Texts.ALL, formats=["jsonl"])
    here = ["--store", store]
    lines = [[*path, "--help"] for path in walk(root)] + [
        ["ingest", str(PROJECT / "seeds"), *here],
        ["export", str(tmp_path / "out"), "--format", "jsonl", *here],
        ["export", str(tmp_path / "out"), "--format", "jsonl", "--json", *here],
        ["check", str(dataset)],
        ["check", str(dataset), "--json"],
        ["db", "verify", *here],
        ["db", "verify", "--json", *here],
        ["db", "upgrade", *here],
        ["db", "backup", str(tmp_path / "safe.db"), *here],
        ["studio", "config"],
        ["studio", "status"],
        ["review", "agreement", *here],
        ["stories", *here],
    ]

    done = subprocess.run(
        [sys.executable, "-c", DRIVER, json.dumps(lines), str(tmp_path / "said"), output],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    assert len(answers) == len(lines) > 40
    unplain = []
    for arguments, code, said in answers:
        *before, last = said.splitlines() or [""]
        plain = last == ("annotate: standard output: No space left on device" if output == "full" else "")
        if output == "closed":
            plain = "annotate: standard output" not in said
        # A command that has nothing for standard output ends as ever.
        if code not in {0, 1, 3} or "Traceback" in said or not (plain or (said and code in {0, 1, 3} and before == [])):
            unplain.append((arguments, code, said))
    assert unplain == []
    wrote = [arguments for arguments, code, said in answers if code == 1]
    assert len(wrote) > 40
    for arguments, code, said in answers:
        if arguments[-1] == "--help":
            assert (code, said) == (
                1,
                "annotate: standard output: No space left on device\n" if output == "full" else "",
            )
