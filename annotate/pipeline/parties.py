"""Independence: whether a source speaks for one of the parties to the topic that the user named."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from annotate.derive import name_key
from annotate.pipeline.entities import entity_class

if TYPE_CHECKING:
    from annotate.pipeline.extensions import Draft
    from annotate.pipeline.speakers import Reference

_POSSESSIVE = re.compile(r"[’']s\b")
# Types of named sources that stand apart from any party which their name and phrases do not mention.
_APART = frozenset({"outlet", "expert"})


class Parties:
    """The parties to a topic, each a name or a group of names; names match whole words in any case."""

    def __init__(self, parties: Sequence[str | Sequence[str]]) -> None:
        groups = [(party,) if isinstance(party, str) else tuple(party) for party in parties]
        self.names = sorted({name_key(name) for group in groups for name in group if name_key(name)})
        whole = "|".join(re.escape(name) for name in sorted(self.names, key=len, reverse=True))
        self._pattern = re.compile(rf"(?<!\w)(?:{whole})(?!\w)") if whole else None

    def mentioned(self, text: str) -> bool:
        """Tell whether a text holds the name of a party."""
        return self._pattern is not None and self._pattern.search(name_key(_POSSESSIVE.sub("", text))) is not None

    def judge(self, text: str, sources: Iterable[tuple[Draft, Reference | None]]) -> None:
        """Set the independence of every draft: one answer for all that a speaker says in the article.

        A party may be named in only one of a speaker's phrases, or where the article introduces the speaker.
        """
        pairs = list(sources)
        if self._pattern is None:
            for draft, _ in pairs:
                draft["independence"] = "unknown"
            return
        by_speaker: defaultdict[object, list[tuple[Draft, Reference | None]]] = defaultdict(list)
        for at, (draft, reference) in enumerate(pairs):
            by_speaker[id(reference.entity) if reference else -1 - at].append((draft, reference))
        spoke: dict[str, str] = {}
        for group in sorted(by_speaker.values(), key=lambda group: group[0][0]["source"][0]):
            independence = self._of(text, group)
            noun = _noun(group)
            start, end = group[0][0]["source"][0]
            if independence == "unknown" and noun and text[start:end].lower().startswith("another "):
                independence = spoke.get(noun, independence)  # "another spokesperson" is one of the same party
            if noun:
                spoke[noun] = independence
            for draft, _ in group:
                draft["independence"] = independence

    def _of(self, text: str, group: Sequence[tuple[Draft, Reference | None]]) -> str:
        for draft, reference in group:
            start, end = draft["source"][0]
            said = [text[start:end], draft["speaker"] or ""]
            if reference is not None and draft["source_type"] != "outlet":
                said += [" ".join(sorted(reference.entity.about)), *reference.entity.descriptions]
            if any(self.mentioned(part) for part in said):
                return "party"
        draft, reference = group[0]
        if not draft["speaker"]:
            return "unknown"
        if draft["source_type"] in _APART:
            return "third_party"
        body = reference is not None and entity_class(reference.entity) == "body"
        return "third_party" if body and draft["source_type"] == "organisation" else "unknown"


def _noun(group: Sequence[tuple[Draft, Reference | None]]) -> str | None:
    """Return the first role by which a speaker is called."""
    entities = [reference.entity for _, reference in group if reference is not None]
    nouns = sorted(entities[0].nouns | entities[0].titles) if entities else []
    return nouns[0] if nouns else None
