"""What all tests share: a home of their own, and real Label Studio servers that start in seconds."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from hypothesis import settings

from annotate.settings import cache_folder
from annotate.studio.server import EmbeddedStudio
from annotate.studio.server_install import LABEL_STUDIO_VERSION, install, locked
from tests.databases import postgresql, url

__all__ = ["postgresql", "url"]

# A busy machine is slow, and no failure.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

# Read before any test has a home of its own: what is installed once serves every run.
_STUDIO_CACHE = Path(os.environ.get("ANNOTATE_TEST_STUDIO_CACHE") or cache_folder())
_STUDIO_BIN = os.environ.get("ANNOTATE_STUDIO_BIN")
_KEPT = {"ANNOTATE_CORPORA", "ANNOTATE_CHROMIUM", "ANNOTATE_SCORER"}
_OF_THE_PROCESS = ("server.json", "server.lock", "server.log")

ServerFactory = Callable[[], EmbeddedStudio]


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder without settings, and an environment without ours."""
    folder = tmp_path_factory.mktemp("home")
    for name in [name for name in os.environ if name.startswith("ANNOTATE_") and name not in _KEPT]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(folder))
    for kind in ("DATA", "CACHE", "CONFIG", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(folder / kind.lower()))
    return folder


@pytest.fixture(scope="session")
def studio_executable() -> Path:
    """A real Label Studio, installed on first use."""
    return Path(_STUDIO_BIN) if _STUDIO_BIN else install(_STUDIO_CACHE)


@pytest.fixture(scope="session")
def studio_template(studio_executable: Path) -> Path:
    """A data folder with a migrated database, made once: from a copy of it a server starts in seconds."""
    folder = _STUDIO_CACHE / f"template-{LABEL_STUDIO_VERSION}"
    complete = folder.with_suffix(".complete")
    with locked(folder.with_suffix(".lock")):
        if not complete.is_file():
            shutil.rmtree(folder, ignore_errors=True)
            server = EmbeddedStudio(folder, _STUDIO_CACHE, executable=studio_executable)
            server.start()
            server.stop()
            complete.touch()
    return folder


@contextmanager
def _server(template: Path, executable: Path, folder: Path) -> Iterator[EmbeddedStudio]:
    shutil.copytree(template, folder, ignore=shutil.ignore_patterns(*_OF_THE_PROCESS))
    server = EmbeddedStudio(folder, _STUDIO_CACHE, executable=executable)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def studio_server(
    studio_template: Path, studio_executable: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[EmbeddedStudio]:
    """One running server for all tests that leave others' projects alone."""
    with _server(studio_template, studio_executable, tmp_path_factory.mktemp("studio") / "data") as server:
        yield server


@pytest.fixture
def make_server(studio_template: Path, studio_executable: Path, tmp_path: Path) -> Iterator[ServerFactory]:
    """A factory of throw-away running servers, for tests that kill or break theirs."""
    with ExitStack() as stack:
        made: list[EmbeddedStudio] = []

        def make() -> EmbeddedStudio:
            folder = tmp_path / f"server-{len(made)}"
            made.append(stack.enter_context(_server(studio_template, studio_executable, folder)))
            return made[-1]

        yield make
