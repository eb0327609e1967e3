"""Real databases for the store: an SQLite file, and a PostgreSQL cluster of our own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

DATABASES = ("sqlite", "postgresql")
MISSING_POSTGRESQL = "no PostgreSQL server here: apt-get install postgresql"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Callable[..., str]]:
    """Start a cluster on a unix socket, and return a function that empties the database and returns its URL.

    With options for createdb the function makes another database instead.
    """
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs:
        if os.environ.get("CI"):
            pytest.fail(MISSING_POSTGRESQL)
        pytest.skip(MISSING_POSTGRESQL)
    bin_folder = programs[-1].parent
    # A short path: that of a unix socket may have 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    cluster = folder / "cluster"
    as_user: list[str] = []
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        shutil.chown(folder, "nobody")
        as_user = ["runuser", "-u", "nobody", "--"]

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [*as_user, str(bin_folder / program), *arguments],
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            timeout=120,
        )

    run("initdb", "-D", str(cluster), "-U", "tester", "--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    run("pg_ctl", "-D", str(cluster), "-w", "-l", str(folder / "log"), "-o", options, "start")

    def fresh(*settings: str) -> str:
        name = "narrow" if settings else "store"
        if settings:
            run("createdb", "-h", str(folder), "-U", "tester", *settings, name)
        else:
            _empty(folder)
        return f"postgresql://tester:canary-password@/{name}?host={folder}"

    run("createdb", "-h", str(folder), "-U", "tester", "store")
    try:
        yield fresh
    finally:
        run("pg_ctl", "-D", str(cluster), "-m", "immediate", "stop")
        shutil.rmtree(folder)


def _empty(socket: Path) -> None:
    # Much faster than a new database for each test.
    with psycopg.connect(f"host={socket} user=tester dbname=store", autocommit=True) as connection:
        connection.execute("SET lock_timeout = '10s'")
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of a store that does not exist yet, on each database in turn."""
    if request.param == "sqlite":
        return str(tmp_path / "store.db")
    return str(request.getfixturevalue("postgresql")())
