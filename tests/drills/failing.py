"""Let the 1st, 2nd, 3rd, … operation of a command go wrong until it succeeds, and look each time what is left.

python -m tests.drills.failing COMMAND MODE URL FOLDER STEP     (the token in ANNOTATE_STUDIO_TOKEN)

With a STEP of 3 only every third operation goes wrong. Each time the command starts from the same store. What it left
is checked, it is run again without being disturbed, and its result is checked. Printed is a JSON list with one entry
for each time.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from annotate.store import Store, migrate
from annotate.store.verify import verify
from tests.drills.operations import Operations
from tests.drills.rig import (
    PIPELINE,
    Project,
    run,
    warm,
    wrong_with_export,
    wrong_with_pull,
    wrong_with_push,
    wrong_with_store,
)
from tests.revisions import store_of
from tests.studio.fakes import article, fill

ARTICLES = 3
MOST = 500


class Case:
    """One command, from a start that is the same each time."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self.start = folder / "start"
        self.place = folder / "place"
        self.said = folder / "said"
        self.store = str(self.place / "store.db")
        self.start.mkdir()
        with Store.open(str(self.start / "store.db")) as store:
            fill(store, [article(number) for number in range(ARTICLES)], PIPELINE)

    def again(self, at: int) -> None:
        """Put the start in place."""
        shutil.rmtree(self.place, ignore_errors=True)
        shutil.copytree(self.start, self.place)

    def arguments(self) -> list[str]:
        raise NotImplementedError

    def left(self) -> list[str]:
        """Return what is wrong after the fault."""
        return wrong_with_store(self.store)

    def done(self) -> list[str]:
        """Return what is wrong after the command has succeeded."""
        return self.left()


class Push(Case):
    def again(self, at: int) -> None:
        super().again(at)
        self.project = Project(self.url, os.environ["ANNOTATE_STUDIO_TOKEN"], f"Failing {os.getpid()} {at}")

    def arguments(self) -> list[str]:
        server = ["--url", self.url, "--project", self.project.title, "--store", self.store]
        return ["push", "--batch", "2", *server]

    def left(self) -> list[str]:
        projects = self.project.client.projects(self.project.title)
        if len(projects) > 1:
            return [f"{len(projects)} projects"]
        return wrong_with_store(self.store) + self.project.surplus()

    def done(self) -> list[str]:
        return self.left() + wrong_with_push(self.store, self.project)


class Pull(Case):
    def __init__(self, url: str, folder: Path) -> None:
        super().__init__(url, folder)
        self.project = Project(url, os.environ["ANNOTATE_STUDIO_TOKEN"], f"Failing pull {os.getpid()}")
        self.again(0)
        assert run(Push.arguments(self), self.said) == 0, self.said.read_text()  # type: ignore[arg-type]
        self.project.work(Random(1), new=ARTICLES)
        shutil.rmtree(self.start)
        shutil.copytree(self.place, self.start)

    def arguments(self) -> list[str]:
        return ["pull", "--url", self.url, "--project", self.project.title, "--store", self.store]

    def done(self) -> list[str]:
        return self.left() + wrong_with_pull(self.store, self.project)


class Export(Pull):
    def __init__(self, url: str, folder: Path) -> None:
        super().__init__(url, folder)
        self.dataset = self.place / "dataset"
        self.again(0)
        assert run(super().arguments(), self.said) == 0, self.said.read_text()
        assert run(self.arguments("none"), self.said) == 0, self.said.read_text()
        shutil.rmtree(self.start)
        shutil.copytree(self.place, self.start)

    def arguments(self, texts: str = "all") -> list[str]:
        return ["export", str(self.dataset), "--format", "jsonl", "--text", texts, "--store", self.store]

    def left(self) -> list[str]:
        return super().left() + wrong_with_export(self.store, self.dataset, finished=False)

    def done(self) -> list[str]:
        return wrong_with_store(self.store) + wrong_with_export(self.store, self.dataset, finished=True)


class Ingest(Case):
    def __init__(self, url: str, folder: Path) -> None:
        super().__init__(url, folder)
        rows = [{"id": f"new-{number}", "text": f"“It is new {number},” said Ada Example."} for number in range(3)]
        lines = [*map(json.dumps, rows), '{"id": "bad"']
        (folder / "articles.jsonl").write_text("\n".join(lines), encoding="utf-8")

    def again(self, at: int) -> None:
        # Into no store: one is made on the way.
        shutil.rmtree(self.place, ignore_errors=True)
        self.place.mkdir()

    def arguments(self) -> list[str]:
        rejects = ["--rejects", str(self.place / "rejects.jsonl")]
        return ["ingest", str(self.folder / "articles.jsonl"), *rejects, "--store", self.store]

    def left(self) -> list[str]:
        with Store.open(self.store) as store:
            return [str(finding) for finding in verify(store)]

    def done(self) -> list[str]:
        rejects = (self.place / "rejects.jsonl").read_text(encoding="utf-8").splitlines()
        with Store.open(self.store) as store:
            found = [article.id for article in store.articles()]
        wrong = [] if found == ["new-0", "new-1", "new-2"] else [f"articles {found}"]
        return self.left() + wrong + ([] if len(rejects) == 1 else [f"{len(rejects)} rejects"])


class Backup(Case):
    def arguments(self) -> list[str]:
        return ["db", "backup", str(self.place / "safe" / "copy.db"), "--overwrite", "--store", self.store]

    def left(self) -> list[str]:
        copy = self.place / "safe" / "copy.db"
        return super().left() + (wrong_with_store(str(copy)) if copy.exists() else [])

    def done(self) -> list[str]:
        names = sorted(path.name for path in self.place.rglob(".*.part*"))
        with Store.existing(str(self.place / "safe" / "copy.db")) as copied:
            wrong = [] if copied.count_articles() == ARTICLES else [f"{copied.count_articles()} articles"]
        return wrong_with_store(str(self.place / "safe" / "copy.db")) + wrong + names


class Upgrade(Case):
    def __init__(self, url: str, folder: Path) -> None:
        super().__init__(url, folder)
        with Store.existing(str(self.start / "store.db")) as newest:
            store_of("0001", newest, str(folder / "old.db")).close()
        shutil.rmtree(self.start)
        self.start.mkdir()
        for name in ("old.db", "old.db.head"):
            shutil.copy(folder / name, self.start / name.replace("old", "store"))

    def arguments(self) -> list[str]:
        return ["db", "upgrade", "--store", self.store]

    def left(self) -> list[str]:
        with Store.existing(self.store) as store:
            wrong = [] if store.count_articles() == ARTICLES else [f"{store.count_articles()} articles"]
            revision = migrate.revision_of(store.engine)
        known = ("0001", migrate.latest_revision())
        return super().left() + wrong + ([] if revision in known else [f"revision {revision}"])

    def done(self) -> list[str]:
        with Store.open(self.store) as store:  # refuses any other revision
            predictions = len(list(store.predictions(PIPELINE)))
        return self.left() + ([] if predictions == ARTICLES else [f"{predictions} predictions"])


CASES: dict[str, Callable[[str, Path], Case]] = {
    "push": Push,
    "pull": Pull,
    "export": Export,
    "ingest": Ingest,
    "backup": Backup,
    "upgrade": Upgrade,
}


def drill(name: str, mode: str, url: str, folder: Path, step: int = 1) -> list[dict[str, Any]]:
    """Run a whole drill; the last entry is of the time at which there was no such operation any more."""
    warm(timedelta(seconds=0.2))
    case = CASES[name](url, folder)
    found: list[dict[str, Any]] = []
    expected = {1} if name == "ingest" else {0}  # one of its lines is bad
    for at in range(1, MOST, step):
        case.again(at)
        spoiled = folder / "spoiled"
        spoiled.unlink(missing_ok=True)
        watch = Operations(case.place, mode, at, partial(_tell, spoiled)).watch
        code = run(case.arguments(), case.said, watch)
        said = case.said.read_text(encoding="utf-8")
        left = case.left()
        again = run(case.arguments(), case.said)
        words = case.said.read_text(encoding="utf-8")
        wrong = left + (case.done() if again in expected else [f"exit code {again}: {words}"])
        what = spoiled.read_text(encoding="utf-8") if spoiled.exists() else ""
        found.append({"what": what, "code": code, "said": said, "wrong": wrong})
        if not what:
            return found
    raise AssertionError("it never succeeds")


def _tell(file: Path, what: str) -> None:
    # Outside the folder that is watched: this is not one of the command's operations.
    file.write_text(what, encoding="utf-8")


if __name__ == "__main__":
    command, how, address, where, every = sys.argv[1:]
    sys.stdout.write(json.dumps(drill(command, how, address, Path(where), int(every))))
