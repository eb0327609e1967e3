"""Break off a writer at each of its steps, one after the other, and tell what it left.

python -m tests.dataset.broken_off WRITER MODE FOLDER

Each time a child of this process starts from the same release in FOLDER, and does what WRITER says (`export` over
it, or `hydrate`). At its first, second, … change to the file system it is killed (MODE `kill`), or told that the
disk is full (`full`). Then the release is checked, the writer does the same again without being disturbed, and it is
checked once more. Printed is a JSON list: what was found each time.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from annotate.dataset.checking import check
from annotate.dataset.hydrating import hydrate
from annotate.dataset.rights import Texts
from annotate.dataset.shelf import Located
from annotate.errors import AnnotateError
from tests.dataset.damage import news, release
from tests.records import article_of

CHANGES = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "shutil.rmtree")
FAILED, UNEXPECTED = 1, 9


def old_release(folder: Path) -> None:
    """Write the release that is there before."""
    release(folder, texts=Texts.NONE, formats=["jsonl"], records=news()[:5])


def export_again(folder: Path) -> None:
    """Write another release over it: other articles, other formats, other splits."""
    release(folder, split=False, texts=Texts.ALL, formats=["jsonl", "citron"], records=news()[2:8])


def put_back(folder: Path) -> None:
    """Put back the texts."""
    hydrate(folder, (Located(article_of(record), "here") for record in news()))


WRITERS: dict[str, Callable[[Path], None]] = {"export": export_again, "hydrate": put_back}


def disturb(folder: Path, mode: str, at: int) -> None:
    """Have this process killed, or out of disk space from then on, at its n-th change to the folder."""
    seen = 0

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        writes = event == "open" and isinstance(arguments[1], str) and any(sign in arguments[1] for sign in "wax+")
        if not (writes or event in CHANGES) or not str(arguments[0]).startswith(str(folder)):
            return
        seen += 1
        if seen == at and mode == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if seen >= at and mode == "full" and (writes or event == "os.mkdir"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(arguments[0]))

    sys.addaudithook(watch)


def in_child(work: Callable[[], None]) -> int:
    """Do the work in a child; return its exit status, or minus the signal that ended it."""
    child = os.fork()
    if child == 0:
        code = UNEXPECTED
        try:
            work()
            code = 0
        except AnnotateError as error:
            sys.stderr.write(f"{error}\n")
            code = FAILED
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def state_of(folder: Path, versions: dict[str | None, str]) -> str:
    """Tell which release is there: `old` or `new` when it is whole and passes, else what is wrong with it."""
    report = check(folder)
    if not report.findings.problems:
        texts = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))["text"]
        return versions.get(f"{report.version} {texts}", "another")
    return "; ".join(map(str, report.findings.problems))


def main() -> None:
    writer, mode, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    start = folder / "start"
    old_release(start)
    place = folder / "place"
    versions: dict[str | None, str] = {}

    def name(folder: Path, name: str) -> None:
        manifest = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))
        versions[f"{manifest['version']} {manifest['text']}"] = name

    name(start, "old")
    shutil.copytree(start, folder / "end")
    WRITERS[writer](folder / "end")
    name(folder / "end", "new")
    results = []
    for at in range(1, 1000):
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(start, place)

        def disturbed(at: int = at) -> None:
            disturb(place, mode, at)
            WRITERS[writer](place)

        code = in_child(disturbed)
        left = state_of(place, versions)
        again = in_child(lambda: WRITERS[writer](place))
        hidden = [path.name for path in place.iterdir() if path.name.startswith(".")]
        results.append(
            {"code": code, "left": left, "again": again, "then": state_of(place, versions), "hidden": hidden}
        )
        if code == 0:
            break
    sys.stdout.write(json.dumps(results))


if __name__ == "__main__":
    main()
