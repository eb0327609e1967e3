"""The short instruction that annotators see in the project, and how to tell ours from one that people wrote.

Label Studio shows a project's `expert_instruction` when somebody begins to label, and behind the button *Instructions*.
It cleans the HTML: comments and inline styles are gone, classes stay. So what we wrote is recognised by its wrapper,
whose class holds a digest of all that is inside: one changed letter, and it is the team's own.
"""

from __future__ import annotations

import hashlib
import html
import re
from pathlib import Path
from string import Template
from urllib.parse import urlsplit
from xml.etree import ElementTree

from annotate.contracts import label_config
from annotate.errors import SettingsError
from annotate.scheme import Label

__all__ = ["instruction", "is_ours", "renewed"]

_BODY = Path(__file__).with_name("instruction.html")
_WRAPPED = re.compile(r'<div class="annotate-instruction ours-([0-9a-f]{16})">(.*)</div>', re.DOTALL)
_LINK = re.compile(r'<p class="guideline"><a href="([^"]+)">')
# Made up; the marks are those of the labeling page.
_EXAMPLE = (
    (Label.QUOTE, "“The bridge is safe,”"),
    (Label.SOURCE, "Mayor Ada Example"),
    (Label.CUE, "told"),
    (Label.OUTLET, "Radio Sample"),
)


def instruction(guideline_url: str | None = None) -> str:
    """Build the instruction as the server keeps it.

    guideline_url: where the team reads the whole guideline; without one nothing in it leads out of the server.
    Raises: SettingsError when it is no web address.
    """
    root = ElementTree.fromstring(label_config())  # noqa: S314 - our own file
    labels = {label.get("value", ""): label for label in root.iter("Label")}
    content = Template(_BODY.read_text(encoding="utf-8")).substitute(
        colours="\n".join(
            f".annotate-instruction mark.{name.lower()} {{ background: {label.get('background')}40;"
            f" border-bottom: 2px solid {label.get('background')}; }}"
            for name, label in labels.items()
        ),
        labels="\n".join(
            f"<tr><td><kbd>{_text(label.get('hotkey', ''))}</kbd></td><td>{_text(name)}</td>"
            f"<td>{_text(label.get('hint', ''))}</td></tr>"
            for name, label in labels.items()
        ),
        example=" ".join(
            f'<mark class="{label.lower()}"><b>{label}</b> {_text(words)}</mark>' for label, words in _EXAMPLE
        )
        + " on Monday.",
        link=_link(guideline_url),
    )
    content = content.strip()
    return f'<div class="annotate-instruction ours-{_digest(content)}">{content}</div>'


def renewed(current: str | None, guideline_url: str | None = None) -> str | None:
    """Return what a project's instruction should become, or None when it should stay.

    An empty one is filled. Ours is brought up to date, and keeps its link unless another address is given. What
    people wrote or changed stays.
    """
    if current and not is_ours(current):
        return None
    kept = _LINK.search(current or "")
    if guideline_url is None and kept:
        guideline_url = html.unescape(kept[1])
    wanted = instruction(guideline_url)
    return wanted if wanted != current else None


def is_ours(current: str) -> bool:
    """Tell whether an instruction is ours, of whichever release, and nobody has changed it."""
    wrapped = _WRAPPED.fullmatch(current.strip())
    return wrapped is not None and wrapped[1] == _digest(wrapped[2])


def _digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _text(words: str) -> str:
    return html.escape(words, quote=False)


def _link(url: str | None) -> str:
    if url is None:
        return ""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc or not url.isprintable():
        raise SettingsError(
            "is no web address", where=url, mend="give the guideline's address with http:// or https:// before it"
        )
    return f'<p class="guideline"><a href="{html.escape(url)}">The whole guideline, with examples</a></p>'
