"""One pusher at a time: a project's lease, taken, renewed by every transaction, and given back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlmodel import Session, select

from annotate.errors import StoreError
from annotate.store.store import Store
from annotate.store.tables import ProjectRow, utc_now

LASTING = timedelta(minutes=10)


class Busy(StoreError):
    """Another push to the same project is running."""


class Lease:
    """The right to push to one project.

    holder names the push; `is_gone(holder)` says that the process behind another name has certainly ended, so that its
    lease need not run out first. clock returns a time with its zone; setting it back is harmless.
    """

    def __init__(
        self,
        store: Store,
        project: int,
        holder: str,
        *,
        is_gone: Callable[[str], bool] = lambda _: False,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.clock = clock
        self._store = store
        self._project = project
        self._holder = holder
        self._is_gone = is_gone

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lease.

        Raises: Busy when another push holds it.
        """
        self._take()
        try:
            yield
        finally:
            with self._store.writing() as session:
                row = self._row(session)
                if row.lease_holder == self._holder:
                    row.lease_holder = row.lease_until = None

    def _take(self) -> None:
        with self._store.writing() as session:
            row = self._row(session)
            now = self.clock()
            other = row.lease_holder
            # A lease from a clock that ran ahead may not lock the project for longer than any other.
            until = min(row.lease_until, now + LASTING) if row.lease_until else now
            busy = other is not None and until > now and not self._is_gone(other)
            row.lease_holder, row.lease_until = (other, until) if busy else (self._holder, now + LASTING)
        if busy:
            raise Busy(
                f"another push to this project is running ({other})",
                mend=f"wait for it to end; if it was lost, its claim runs out at {until:%H:%M:%S} UTC",
            )

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open a write transaction that renews the lease.

        Raises: Busy when it was lost meanwhile.
        """
        with self._store.writing() as session:
            row = self._row(session)
            if row.lease_holder != self._holder:
                raise Busy(
                    f"this push paused for so long that another took over ({row.lease_holder})",
                    mend="let that one finish",
                )
            row.lease_until = self.clock() + LASTING
            yield session

    def _row(self, session: Session) -> ProjectRow:
        return session.exec(select(ProjectRow).where(ProjectRow.number == self._project).with_for_update()).one()
