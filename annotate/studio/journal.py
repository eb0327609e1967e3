"""What the live service says of itself: one JSON object a line, made of names and numbers only.

No line holds a secret, an article's words or a traceback: events are given their fields one by one, and of what
other libraries log only the library's name and the kind of error are kept.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

__all__ = ["LOGGER", "JsonLines", "note"]

LOGGER = "annotate.serve"
_OUR_SERVER = "uvicorn.error"  # its messages are fixed sentences
_log = logging.getLogger(LOGGER)


def note(event: str, *, level: int = logging.INFO, **fields: object) -> None:
    """Log an event with its fields, none of which may be a secret or words of an article."""
    _log.log(level, event, extra={"fields": fields})


class JsonLines(logging.Formatter):
    """Formats records as JSON objects: `time` (UTC), `level`, `event`, and the event's own fields."""

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
        }
        if record.name == LOGGER:
            fields |= {"event": record.getMessage(), **getattr(record, "fields", {})}
        else:
            fields |= {"event": "library", "name": record.name}
            if record.name == _OUR_SERVER:
                fields["message"] = record.getMessage().strip()
        if record.exc_info and record.exc_info[0]:
            fields["error"] = record.exc_info[0].__name__
        return json.dumps(fields, ensure_ascii=True, default=str)
