"""The annotation vocabulary, once: labels, relations and the values of every attribute.

Terms follow PARC 3 and PolNeAR (attribution = source + cue + content; the content is called a *quote* here, as
annotators call it) and NATO AJP-2.1 for the two Admiralty ratings. docs/scheme.md defines each of them for annotators;
schemas/label_config.xml shows them to annotators, and a test keeps the three alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

SCHEME_VERSION = 1


class Label(StrEnum):
    """What a region of the text is."""

    QUOTE = "Quote"
    CUE = "Cue"
    SOURCE = "Source"
    OUTLET = "Outlet"
    VERIFICATION = "Verification"
    NOTICE = "Notice"


class Relation(StrEnum):
    """How one region points to another."""

    SAID_BY = "said_by"
    CUED_BY = "cued_by"
    VIA = "via"
    CONTINUES = "continues"
    ABOUT = "about"
    DISPUTES = "disputes"


# Which labels a relation may join, as (from, to).
RELATION_ENDS: Mapping[Relation, frozenset[tuple[Label, Label]]] = {
    Relation.SAID_BY: frozenset({(Label.QUOTE, Label.SOURCE)}),
    Relation.CUED_BY: frozenset({(Label.QUOTE, Label.CUE)}),
    Relation.VIA: frozenset({(Label.QUOTE, Label.OUTLET), (Label.OUTLET, Label.OUTLET)}),
    Relation.CONTINUES: frozenset({(Label.QUOTE, Label.QUOTE)}),
    Relation.ABOUT: frozenset({(Label.VERIFICATION, Label.QUOTE)}),
    Relation.DISPUTES: frozenset({(Label.QUOTE, Label.QUOTE)}),
}


class QuoteType(StrEnum):
    DIRECT = "direct"
    INDIRECT = "indirect"
    MIXED = "mixed"


class Directness(StrEnum):
    FIRST_HAND = "first_hand"
    VIA_OUTLET = "via_outlet"
    VIA_CHAIN = "via_chain"
    OUTLET_IS_SOURCE = "outlet_is_source"


class VerificationStatus(StrEnum):
    """What the article says of a quote's verification."""

    NOT_STATED = "not_stated"
    UNVERIFIABLE_STATED = "unverifiable_stated"
    NO_EVIDENCE_STATED = "no_evidence_stated"
    CONFIRMED_STATED = "confirmed_stated"
    DISPUTED_BY_OTHER_PARTY = "disputed_by_other_party"


class CueClass(StrEnum):
    NEUTRAL = "neutral"
    CLAIM = "claim"
    ALLEGE = "allege"
    DENY = "deny"
    CONFIRM = "confirm"
    HEDGE = "hedge"
    URGE = "urge"
    PLEDGE = "pledge"
    ATTITUDE = "attitude"


class SourceType(StrEnum):
    SPOKESPERSON = "spokesperson"
    OFFICIAL = "official"
    POLITICIAN = "politician"
    ORGANISATION = "organisation"
    INSIDER = "insider"
    WITNESS = "witness"
    EXPERT = "expert"
    DOCUMENT = "document"
    PERSON = "person"
    GROUP = "group"
    OUTLET = "outlet"


class Anonymity(StrEnum):
    NAMED_INDIVIDUAL = "named_individual"
    UNNAMED_INDIVIDUAL = "unnamed_individual"
    NAMED_GROUP = "named_group"
    UNNAMED_GROUP = "unnamed_group"
    DOCUMENT = "document"
    IMPLICIT = "implicit"


class Independence(StrEnum):
    PARTY = "party"
    THIRD_PARTY = "third_party"
    UNKNOWN = "unknown"


class Reliability(StrEnum):
    """Admiralty rating of a source (NATO AJP-2.1)."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    F = "F"


class Credibility(StrEnum):
    """Admiralty rating of an item of information (NATO AJP-2.1)."""

    ONE = "1"
    TWO = "2"
    THREE = "3"
    FOUR = "4"
    FIVE = "5"
    SIX = "6"


class OutletRole(StrEnum):
    VIA = "via"
    RECIPIENT = "recipient"
    SOURCE = "source"
    PUBLISHER = "publisher"
    SYNDICATOR = "syndicator"
    MENTION = "mention"


class VerificationKind(StrEnum):
    """What a verification statement says."""

    UNVERIFIABLE = "unverifiable"
    NO_EVIDENCE = "no_evidence"
    CONFIRMED = "confirmed"


class NoticeKind(StrEnum):
    HEADLINE = "headline"
    DATELINE = "dateline"
    BYLINE = "byline"
    CAPTION = "caption"
    DISCLAIMER = "disclaimer"
    COPYRIGHT = "copyright"
    RESIDUE = "residue"


class Quality(StrEnum):
    """A person's judgement of the article as a whole."""

    OK = "ok"
    BAD_EXTRACTION = "bad_extraction"
    NOT_NEWS = "not_news"


class Policy(StrEnum):
    """How several annotations of an article become one reading."""

    AGREED = "agreed"
    GROUND_TRUTH = "ground_truth"
    ADJUDICATED = "adjudicated"
    MAJORITY = "majority"
    SINGLE = "single"


# The controls of the labeling page, by the label whose region they belong to. `None` as values: free text.
# `quality` belongs to the article as a whole and stands apart.
ATTRIBUTES: Mapping[Label, Mapping[str, type[StrEnum] | None]] = {
    Label.QUOTE: {"verification": VerificationStatus, "credibility": Credibility, "via_unmarked": None},
    Label.CUE: {"cue_class": CueClass},
    Label.SOURCE: {
        "name": None,
        "source_type": SourceType,
        "anonymity": Anonymity,
        "independence": Independence,
        "reliability": Reliability,
    },
    Label.OUTLET: {"outlet_name": None, "role": OutletRole},
    Label.VERIFICATION: {"verification_kind": VerificationKind},
    Label.NOTICE: {"notice_kind": NoticeKind},
}

# Ratings that only a person sets: the machine's suggestion stands beside them, never in them.
HUMAN_ONLY = frozenset({"credibility", "reliability"})
