"""The confined process: `python -m annotate.articles.worker SECONDS MEMORY`, started by annotate.articles.confined.

It speaks frames over the socket that is its standard input: a job, its body, then answers up to an empty one.
"""

from __future__ import annotations

import json
import resource
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from annotate.articles.confined import receive, send
from annotate.articles.extraction import extract
from annotate.articles.table import rows
from annotate.errors import InputError

Answer = dict[str, Any]

# A job takes its arguments and its body and yields answers.
JOBS: Mapping[str, Callable[[Mapping[str, Any], bytes], Iterator[Answer]]] = {"extract": extract, "rows": rows}


def main(seconds: int, memory: int) -> None:
    """Serve jobs until the other side hangs up."""
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    channel = socket.socket(fileno=0)
    while True:
        try:
            job = json.loads(receive(channel))
            body = receive(channel)
        except EOFError:
            return
        for answer in _answers(job, body, seconds, memory):
            send(channel, json.dumps(answer).encode())


def _answers(job: Mapping[str, Any], body: bytes, seconds: int, memory: int) -> Iterator[Answer]:
    try:
        grant(seconds)
        for answer in JOBS[job["job"]](job, body):
            yield answer
            grant(seconds)
    except InputError as error:
        yield {"problem": str(error)}
    except MemoryError:
        yield {"problem": f"parsing it needs more than {memory / 1e6:.0f} MB of memory"}
    # The parsers below raise what they please on broken input, and a process that dies of it costs a new one.
    except Exception as error:
        yield {"problem": f"the parser failed: {type(error).__name__}"}
    else:
        yield {}


def grant(seconds: int) -> None:
    """Allow this many more seconds of processor time from now on."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = usage.ru_utime + usage.ru_stime
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used) + seconds + 1, hard))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
