"""The Label Studio projects that the store knows."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select

from annotate.store.store import Store
from annotate.store.tables import ProjectRow, Purpose

__all__ = ["KnownProject", "known_projects"]

# Exports that were pulled from a file are filed under a project that no server has.
_NO_SERVER = "file"


@dataclass(frozen=True, slots=True)
class KnownProject:
    """A project that something was pushed to. number: the store's own; remote_id: the server's; identity: what tells
    it from every other project, on whichever server and address."""

    number: int
    remote_id: int
    identity: str
    purpose: Purpose


def known_projects(store: Store) -> list[KnownProject]:
    """Return the projects on servers that something was pushed to, in the order of their arrival."""
    with store.reading() as session:
        rows = session.exec(
            select(ProjectRow).where(ProjectRow.server != _NO_SERVER).order_by(col(ProjectRow.number))
        ).all()
        return [
            KnownProject(row.number, row.remote_id, row.server, Purpose(row.purpose))
            for row in rows
            if row.number is not None
        ]
