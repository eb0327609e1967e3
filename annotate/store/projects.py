"""The Label Studio projects that the store knows: entered when something is first pushed to, or pulled from, them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select

from annotate.store.store import Store
from annotate.store.tables import ProjectRow, Purpose

__all__ = [
    "KnownProject",
    "bind_project",
    "bind_title",
    "known_project",
    "known_projects",
    "knows_project",
    "purpose_of",
]

# Exports that were pulled from a file are filed under a project that no server has.
_NO_SERVER = "file"
# Whoever makes a project holds the lease of a row that stands for its title, for it has none of its own yet.
_NEW = "new:"


@dataclass(frozen=True, slots=True)
class KnownProject:
    """A project that something was pushed to. number: the store's own; remote_id: the server's; identity: what tells
    it from every other project, on whichever server and address."""

    number: int
    remote_id: int
    identity: str
    purpose: Purpose


def bind_project(
    store: Store, identity: str, remote_id: int, title: str, *, purpose: Purpose = Purpose.ANNOTATION
) -> int:
    """Return the store's number of a project, entering it when it is new.

    identity: what tells the project from every other, on whichever address its server answers. purpose: of a new one;
    a known project keeps its own.
    """
    with store.writing() as session:
        row = session.exec(
            select(ProjectRow).where(ProjectRow.server == identity, ProjectRow.remote_id == remote_id)
        ).first()
        if row is None:
            row = ProjectRow(server=identity, remote_id=remote_id, title=title, purpose=purpose)
        row.title = title
        session.add(row)
        session.flush()
        assert row.number is not None
        return row.number


def bind_title(store: Store, title: str) -> int:
    """Return the number under which one process at a time may make the project with this title."""
    return bind_project(store, f"{_NEW}{title}", 0, "")


def knows_project(store: Store, identity: str) -> bool:
    """Tell whether something was pushed to this project before."""
    with store.reading() as session:
        return session.exec(select(ProjectRow.number).where(ProjectRow.server == identity)).first() is not None


def purpose_of(store: Store, identity: str) -> Purpose | None:
    """Return what a project is for; None when it is not known."""
    with store.reading() as session:
        found = session.exec(select(ProjectRow.purpose).where(ProjectRow.server == identity)).first()
    return Purpose(found) if found else None


def known_projects(store: Store) -> list[KnownProject]:
    """Return the projects on servers that something was pushed to, in the order of their arrival."""
    with store.reading() as session:
        rows = session.exec(
            select(ProjectRow)
            .where(ProjectRow.server != _NO_SERVER, ~col(ProjectRow.server).startswith(_NEW))
            .order_by(col(ProjectRow.number))
        ).all()
        return [
            KnownProject(row.number, row.remote_id, row.server, Purpose(row.purpose))
            for row in rows
            if row.number is not None
        ]


def known_project(store: Store, identity: str) -> KnownProject | None:
    """Return the project with this identity, None when nothing was pushed to it."""
    return next((project for project in known_projects(store) if project.identity == identity), None)
