"""A push in a process of its own that kills itself at a checkpoint.

Arguments: store, server, project title, pipeline version, checkpoint; the token is in the environment.
"""

from __future__ import annotations

import os
import signal
import sys

from annotate.store import Store
from annotate.studio.client import StudioClient
from annotate.studio.push import push

if __name__ == "__main__":
    where, url, title, pipeline, fatal = sys.argv[1:]

    def checkpoint(name: str) -> None:
        if name == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    with Store.open(where) as store, StudioClient(url, os.environ["TOKEN"]) as client:
        push(store, client, pipeline=pipeline, title=title, batch=2, checkpoint=checkpoint)
    sys.exit(f"the push ended without passing {fatal!r}")
