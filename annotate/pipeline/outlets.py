"""News outlets: every mention by name, and anaphors that act in an attribution.

Names come from the registry (registry.py, outlet_lookup.py). Names that are also words, places or persons count only
where the context shows an outlet (outlet_doubts.py), and so do names that no registry holds, by their form
(outlet_forms.py: "told the Example Times") or by all that the article says of them (outlet_evidence.py). These come
without a domain. What each outlet does, and what came through it, is decided by chains.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc
from spacy.tokens import Span as TokenSpan
from spacy.util import filter_spans

from annotate.pipeline.extensions import Draft, OutletDraft, ensure_extensions
from annotate.pipeline.outlet_doubts import acts, in_lists, is_longer_name, words_beside_names
from annotate.pipeline.outlet_evidence import evident, in_datelines
from annotate.pipeline.outlet_forms import credited, feeds, unlisted
from annotate.pipeline.outlet_lookup import Lookup, named
from annotate.pipeline.outlet_short_forms import acronym_after, foreign_acronyms, short_forms
from annotate.pipeline.outlet_sources import anaphors, give_words_back, mark_sources
from annotate.pipeline.registry import Outlet, Registry
from annotate.pipeline.resources import words

SPANS_KEY = "annotate/outlet"
_POSSESSIVE = frozenset({"'s", "’s", "'", "’"})
_Named = dict[TokenSpan, Outlet]


class Outlets:
    """Write the mentions to `doc._.outlets`; where an outlet is the source of an attribution, say so in its draft.

    own: a user's outlets, as `annotate.pipeline.registry.read_outlets` yields them. Needs the attributions, and the
    notices where they are to be read too. Every mention has the role `mention` until `annotate_chains` has run.
    """

    def __init__(
        self,
        nlp: Language,
        name: str = "annotate_outlets",
        *,
        own: Sequence[Mapping[str, Any]] = (),
        spans_key: str = SPANS_KEY,
    ) -> None:
        self.name = name
        self.spans_key = spans_key
        self._nlp = nlp
        self.use(Registry.load(own))
        ensure_extensions()

    def use(self, registry: Registry) -> None:
        """Know the outlets of this registry, and no others."""
        self.registry = registry
        self._lookup = Lookup(self._nlp, registry)

    def __call__(self, doc: Doc) -> Doc:
        drafts: list[Draft] = doc._.attributions
        outlets = self._mentions(doc)
        for item in outlets:
            outlet = self.registry.find(item["name"])
            if outlet is not None and outlet.name != item["name"]:
                outlet = None  # a namesake elsewhere
            parent = self.registry.parent_of(outlet) if outlet is not None else None
            item["parent"] = parent.name if parent is not None else None
            item["listed"] = outlet is not None
        outlets.extend(feeds(doc))
        give_words_back(doc, drafts)
        mark_sources(doc, drafts, outlets)
        outlets.extend(anaphors(doc, drafts, outlets))
        outlets.sort(key=lambda outlet: outlet["start"])
        doc._.outlets = outlets
        doc.spans[self.spans_key] = [TokenSpan(doc, item["start"], item["end"], label=item["role"]) for item in outlets]
        return doc

    def _mentions(self, doc: Doc) -> list[OutletDraft]:
        """Find mentions in rounds: what forms show, what is plain, what contexts show, what these define and repeat."""
        formed = self._formed(doc)
        longer = {
            index for item in formed if item["end"] - item["start"] > 1 for index in range(item["start"], item["end"])
        }
        plain, doubtful, foreign = self._listed(doc, formed)
        formed = [item for item in formed if not _joins_two(doc, item, (*plain, *doubtful))]
        # "Radio Example Court" is no longer name of the listed "Radio Example".
        starts = {span.start for span in plain if span[0].text in words("outlet_beginning")}
        formed = [item for item in formed if item["start"] not in starts]
        beside = words_beside_names(doc) if doubtful else {}
        acting = {span: outlet for span, outlet in doubtful.items() if acts(doc, span, beside)}
        others = [span for span in doubtful if span not in acting]
        listed = {span: doubtful[span] for span in in_lists(doc, others, (*plain, *acting))}
        known = plain | acting | listed
        kept = [span for span in filter_spans(list(known)) if not _within(span, formed)]
        found = [_draft(span, known[span]) for span in kept]
        taken = _tokens_of(found)
        found.extend(item for item in formed if not taken & set(range(item["start"], item["end"])))
        taken |= longer
        # An article's own short forms go before the registry's.
        short = acronym_after(doc, found, set())
        covered = {item["start"] for item in short}
        found = [item for item in found if item["end"] - item["start"] > 1 or item["start"] not in covered] + short
        taken |= covered
        short = short_forms(doc, found, taken)
        covered = {item["start"] for item in short}
        found = [item for item in found if item["end"] - item["start"] > 1 or item["start"] not in covered] + short
        # A doubtful name that was plainly an outlet's once is one throughout, unless it begins a sentence as a word.
        sure = {span.text for span in (*acting, *listed)}
        for span, outlet in doubtful.items():
            again = span.text in sure and not taken & set(range(span.start, span.end))
            if again and (not span[0].is_sent_start or span.text.isupper()) and not is_longer_name(doc, span):
                taken |= set(range(span.start, span.end))
                found.append(_draft(span, outlet))
        found = _under_longer_names(found)
        datelines = list(in_datelines(doc, taken, self.registry))
        found.extend(datelines)
        credited_to = {item["name"] for item in datelines if item["name"] and item["domain"] is None}
        shown = evident(doc, _tokens_of(found), foreign, credited_to)
        found.extend(_draft(span, Outlet(name)) for span, name in shown)
        _one_outlet(found)
        return _without_programmes(doc, found, self.registry)

    def _listed(self, doc: Doc, formed: Sequence[OutletDraft]) -> tuple[_Named, _Named, frozenset[str]]:
        """Find the registry's names, plain and doubtful; and the short forms that the article gives to others."""
        plain: _Named = {}
        doubtful: _Named = {}
        for span, outlet, ambiguous in self._lookup.names(doc):
            (doubtful if ambiguous else plain)[span] = outlet
        defined = [*formed, *(_draft(span, outlet) for span, outlet in plain.items())]
        foreign = foreign_acronyms(doc, defined)
        return (
            {span: outlet for span, outlet in plain.items() if span.text not in foreign},
            {span: outlet for span, outlet in doubtful.items() if span.text not in foreign},
            foreign,
        )

    def _formed(self, doc: Doc) -> list[OutletDraft]:
        """Find what form and context show, the longest first where names overlap."""
        formed = []
        taken: set[int] = set()
        spans = sorted((*unlisted(doc), *credited(doc)), key=lambda item: (item[0].start - item[0].end, item[0].start))
        for span, name in spans:
            if not taken & set(range(span.start, span.end)):
                taken |= set(range(span.start, span.end))
                formed.append(_draft(span, named(doc, self.registry, name) or Outlet(name)))
        return formed


def _tokens_of(found: Iterable[OutletDraft]) -> set[int]:
    return {index for item in found for index in range(item["start"], item["end"])}


def _under_longer_names(found: Sequence[OutletDraft]) -> list[OutletDraft]:
    """Read "The Star" as "The Example Star" where the article has named that one before."""
    longer: dict[str, OutletDraft] = {}
    read: list[OutletDraft] = []
    for item in sorted(found, key=lambda each: each["start"]):
        name = (item["name"] or "").removeprefix("The ")
        if item["end"] - item["start"] > 1 and " " in name:
            longer[name.rpartition(" ")[2]] = item
        meant = longer.get(name) if item["domain"] else None
        if meant is None:
            read.append(item)
        else:
            place = {"span": item["span"], "start": item["start"], "end": item["end"]}
            read.append({**meant, **place})  # type: ignore[typeddict-item]
    return read


def _one_outlet(found: Sequence[OutletDraft]) -> None:
    """Give a short form that came before the long one the same name: "EXN … Example News"."""
    for item in found:
        short = item["name"] or ""
        if item["domain"] is None and short.isupper() and short.isalpha():
            for other in found:
                initials = "".join(word[0] for word in (other["name"] or "").split() if word[0].isupper())
                if other is not item and initials == short:
                    item["name"], item["domain"] = other["name"], other["domain"]


def _without_programmes(doc: Doc, found: list[OutletDraft], registry: Registry) -> list[OutletDraft]:
    """Leave out a programme after its station: "EXN's “Example Hour”" is one mention, of the station."""
    ends = {item["end"]: item["name"] for item in found}
    kept = []
    for item in found:
        outlet = registry.find(item["name"])
        parent = registry.parent_of(outlet) if outlet is not None else None
        at = item["start"]
        while at > 0 and not doc[at - 1].is_alpha and doc[at - 1].text not in _POSSESSIVE:
            at -= 1
        station = ends.get(at - 1) if at and doc[at - 1].text in _POSSESSIVE else None
        if station is None or parent is None or parent.name != station:
            kept.append(item)
    return kept


def _within(span: TokenSpan, formed: Iterable[OutletDraft]) -> bool:
    """Tell whether a listed name is but a part of a longer one that its form shows: "Example News" Agency."""
    return any(
        item["start"] <= span.start and span.end <= item["end"] and item["end"] - item["start"] > len(span)
        for item in formed
    )


def _joins_two(doc: Doc, item: OutletDraft, listed: Iterable[TokenSpan]) -> bool:
    """Tell whether what looks like one name is two listed ones: "a Sample Times-Example News poll"."""
    joints = [at for at in range(item["start"] + 1, item["end"] - 1) if doc[at].text in {"-", "–", "/"}]
    starts = {span.end for span in listed if span.start == item["start"]}
    ends = {span.start for span in listed if span.end == item["end"]}
    return any(at in starts and at + 1 in ends for at in joints)


def _draft(span: TokenSpan, outlet: Outlet) -> OutletDraft:
    return {
        "span": (span.start_char, span.end_char),
        "start": span.start,
        "end": span.end,
        "name": outlet.name,
        "domain": outlet.domain,
        "kind": outlet.kind,
        "listed": True,
        "parent": outlet.parent,
        "role": "mention",
    }


@Language.factory("annotate_outlets", default_config={"own": [], "spans_key": SPANS_KEY})
def make_outlets(nlp: Language, name: str, own: list[dict[str, Any]], spans_key: str) -> Outlets:
    return Outlets(nlp, name, own=own, spans_key=spans_key)
