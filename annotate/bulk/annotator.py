"""The model, in a process that an article may crash or hold up without harm to anything else."""

from __future__ import annotations

import atexit
import signal
from collections.abc import Mapping
from typing import Any

import orjson

from annotate.articles.confined import receive
from annotate.bulk import BulkError
from annotate.bulk.plan import Patience
from annotate.bulk.processes import Child, start
from annotate.errors import AnnotateError
from annotate.record import Article, Record, parse_record

# A process may also die of what is no fault of its article: memory that ran out, a kill. Only an article on which it
# dies each time is set aside.
_TRIES = 3
_LOADING = 600


class SetAside(AnnotateError):
    """An article that the pipeline cannot annotate, and why."""


class Annotator:
    """A loaded pipeline in a process of its own, started anew when an article ended it.

    settings: as in a Plan. Use `annotator_of` to share one among the tasks of a process.
    """

    def __init__(self, settings: Mapping[str, Any], patience: Patience) -> None:
        self._settings = settings
        self._patience = patience
        self._child: Child | None = None
        self._versions = ("", "")

    def versions(self) -> tuple[str, str]:
        """Return the versions of pipeline and model.

        Raises: BulkError when the pipeline cannot be loaded.
        """
        self._started()
        return self._versions

    def expect(self, versions: tuple[str, str]) -> None:
        """Raise BulkError when the pipeline here is another one."""
        if (found := self.versions()) != versions:
            raise BulkError(
                f"the pipeline here is {found[0]}, not {versions[0]} as when the run was planned",
                mend="install the same versions everywhere",
            )

    def record(self, article: Article) -> Record:
        """Annotate one article.

        Raises: SetAside with the reason when it is too long, takes too long, needs too much or crashes the pipeline.
        """
        patience = self._patience
        if len(article.text) > patience.longest:
            raise SetAside(f"a text of {len(article.text):,} characters is over the limit of {patience.longest:,}")
        for _ in range(_TRIES):
            child = self._started()
            child.channel.settimeout(3 * patience.seconds)
            try:
                child.tell({"id": article.id, "text": article.text, "meta": article.meta.model_dump(mode="json")})
                answer = receive(child.channel)
            except TimeoutError:
                self.close()
                raise SetAside(f"annotating it takes longer than {3 * patience.seconds} s") from None
            except (EOFError, ConnectionError):
                if self.close() == -signal.SIGXCPU:
                    raise SetAside(f"annotating it takes more than {patience.seconds} s of processor time") from None
                continue
            if answer.startswith(b'{"problem"'):
                raise SetAside(orjson.loads(answer)["problem"])
            return parse_record(answer.decode())
        raise SetAside(f"annotating it crashed the pipeline {_TRIES} times")

    def close(self) -> int:
        """End the process, if there is one; return its exit status."""
        child, self._child = self._child, None
        if child is None:
            return 0
        try:
            # One that has ended tells of what; any other is killed.
            status = child.process.wait(0.5)
        except Exception:
            status = 0
        killed = child.end()
        return status or killed

    def _started(self) -> Child:
        if self._child is not None:
            return self._child
        child = start("annotate.bulk.child")
        try:
            child.channel.settimeout(_LOADING)
            child.tell({"settings": self._settings, **_limits(self._patience)})
            hello = child.hear()
        except (EOFError, OSError):
            child.end()
            raise BulkError(
                "the pipeline's process ended while loading", mend="see that there is enough memory for each worker"
            ) from None
        if "problem" in hello:
            child.end()
            raise BulkError(hello["problem"])
        self._versions = (str(hello["pipeline"]), str(hello["model"]))
        self._child = child
        return child


def _limits(patience: Patience) -> dict[str, int]:
    return {"memory": patience.memory, "seconds": patience.seconds}


_kept: dict[bytes, Annotator] = {}


def annotator_of(settings: Mapping[str, Any], patience: Patience) -> Annotator:
    """Return this process's annotator for these settings: the model is loaded once, whatever number of tasks runs."""
    key = orjson.dumps([settings, _limits(patience), patience.longest], option=orjson.OPT_SORT_KEYS)
    if key not in _kept:
        for other in _kept.values():
            other.close()
        _kept.clear()
        _kept[key] = Annotator(settings, patience)
        atexit.register(_kept[key].close)
    return _kept[key]
