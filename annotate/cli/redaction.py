"""What no line of ours may show: passwords in addresses, the secrets of the environment, control characters.

The last place before the terminal: whoever raised an error may have quoted an address or a file's name as it was given.
"""

from __future__ import annotations

import os
import re
import traceback

from annotate.errors import visible

_SECRETS = ("ANNOTATE_STUDIO_TOKEN", "ANNOTATE_SERVE_SECRET", "PGPASSWORD")
_LEAST = 6  # characters: a shorter secret is a word, and none
# An address's password ends at the last @ before a slash, question mark or space.
_PASSWORD = re.compile(r"(://[^\s/?#:@]{0,200}):[^\s/?#]{0,2000}@")


def redacted(text: str) -> str:
    """Return a message as it may be shown: every secret is an ellipsis, every character visible."""
    for name in _SECRETS:
        secret = os.environ.get(name, "").strip()
        if len(secret) >= _LEAST:
            text = text.replace(secret, "…")
    text = _PASSWORD.sub(r"\1:…@", text)
    return "\n".join(map(visible, text.split("\n")))


def trace_of(error: BaseException) -> str:
    """Return where an unexpected error came from, without what it says: that may quote an article or a secret."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    return redacted(f"Traceback (most recent call last):\n{frames}{type(error).__name__}")
