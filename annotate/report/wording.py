"""The scheme's values in an editor's words."""

from __future__ import annotations

from collections.abc import Mapping

from annotate.scheme import (
    Anonymity,
    Credibility,
    CueClass,
    Directness,
    Independence,
    NoticeKind,
    OutletRole,
    Quality,
    QuoteType,
    Reliability,
    SourceType,
    VerificationKind,
    VerificationStatus,
)
from annotate.stories.model import DriftKind

# Names of the two Admiralty axes after NATO AJP-2.1.
RELIABILITY: Mapping[Reliability, str] = {
    Reliability.A: "completely reliable",
    Reliability.B: "usually reliable",
    Reliability.C: "fairly reliable",
    Reliability.D: "not usually reliable",
    Reliability.E: "unreliable",
    Reliability.F: "reliability cannot be judged",
}
CREDIBILITY: Mapping[Credibility, str] = {
    Credibility.ONE: "confirmed by other sources",
    Credibility.TWO: "probably true",
    Credibility.THREE: "possibly true",
    Credibility.FOUR: "doubtful",
    Credibility.FIVE: "improbable",
    Credibility.SIX: "truth cannot be judged",
}
QUOTE_TYPES: Mapping[QuoteType, str] = {
    QuoteType.DIRECT: "direct speech",
    QuoteType.INDIRECT: "indirect speech",
    QuoteType.MIXED: "partly quoted",
}
CUE_CLASSES: Mapping[CueClass, str] = {
    CueClass.NEUTRAL: "neutral",
    CueClass.CLAIM: "claims",
    CueClass.ALLEGE: "alleges",
    CueClass.DENY: "denies",
    CueClass.CONFIRM: "confirms",
    CueClass.HEDGE: "hedged",
    CueClass.URGE: "urges",
    CueClass.PLEDGE: "pledges",
    CueClass.ATTITUDE: "believes or wants",
}
SOURCE_TYPES: Mapping[SourceType, str] = {
    SourceType.SPOKESPERSON: "spokesperson",
    SourceType.OFFICIAL: "official",
    SourceType.POLITICIAN: "politician",
    SourceType.ORGANISATION: "organisation",
    SourceType.INSIDER: "insider",
    SourceType.WITNESS: "witness",
    SourceType.EXPERT: "expert",
    SourceType.DOCUMENT: "document",
    SourceType.PERSON: "other person",
    SourceType.GROUP: "group of people",
    SourceType.OUTLET: "news outlet",
}
ANONYMITY: Mapping[Anonymity, str] = {
    Anonymity.NAMED_INDIVIDUAL: "named person",
    Anonymity.UNNAMED_INDIVIDUAL: "unnamed person",
    Anonymity.NAMED_GROUP: "named body",
    Anonymity.UNNAMED_GROUP: "unnamed group",
    Anonymity.DOCUMENT: "document",
    Anonymity.IMPLICIT: "no source given",
}
INDEPENDENCE: Mapping[Independence, str] = {
    Independence.PARTY: "party",
    Independence.THIRD_PARTY: "third party",
    Independence.UNKNOWN: "side not known",
}
DIRECTNESS: Mapping[Directness, str] = {
    Directness.FIRST_HAND: "heard first-hand",
    Directness.VIA_OUTLET: "through another outlet",
    Directness.VIA_CHAIN: "through a chain of outlets",
    Directness.OUTLET_IS_SOURCE: "an outlet speaks for itself",
}
VERIFICATION: Mapping[VerificationStatus, str] = {
    VerificationStatus.NOT_STATED: "nothing said about checking",
    VerificationStatus.UNVERIFIABLE_STATED: "could not be checked",
    VerificationStatus.NO_EVIDENCE_STATED: "no evidence given",
    VerificationStatus.CONFIRMED_STATED: "checked and confirmed",
    VerificationStatus.DISPUTED_BY_OTHER_PARTY: "disputed by another party",
}
VERIFICATION_KINDS: Mapping[VerificationKind, str] = {
    VerificationKind.UNVERIFIABLE: "could not be checked",
    VerificationKind.NO_EVIDENCE: "no evidence given",
    VerificationKind.CONFIRMED: "checked and confirmed",
}
OUTLET_ROLES: Mapping[OutletRole, str] = {
    OutletRole.VIA: "passed it on",
    OutletRole.RECIPIENT: "was told",
    OutletRole.SOURCE: "source",
    OutletRole.PUBLISHER: "publisher",
    OutletRole.SYNDICATOR: "syndicator",
    OutletRole.MENTION: "mentioned",
}
NOTICE_KINDS: Mapping[NoticeKind, str] = {
    NoticeKind.HEADLINE: "headline",
    NoticeKind.DATELINE: "dateline",
    NoticeKind.BYLINE: "byline",
    NoticeKind.CAPTION: "caption",
    NoticeKind.DISCLAIMER: "disclaimer",
    NoticeKind.COPYRIGHT: "copyright",
    NoticeKind.RESIDUE: "left over from the page",
}
QUALITY: Mapping[Quality, str] = {
    Quality.OK: "text in order",
    Quality.BAD_EXTRACTION: "text badly extracted",
    Quality.NOT_NEWS: "not a news article",
}
DRIFTS: Mapping[DriftKind, str] = {
    DriftKind.LOST_ATTRIBUTION: "lost attribution",
    DriftKind.LOST_HEDGE: "lost hedge",
    DriftKind.CHANGED_NUMBER: "changed number",
    DriftKind.CHANGED_SPEAKER: "changed speaker",
    DriftKind.REVERSED_CLAIM: "reversed claim",
}

NAMED = frozenset({Anonymity.NAMED_INDIVIDUAL, Anonymity.NAMED_GROUP})
UNNAMED = frozenset({Anonymity.UNNAMED_INDIVIDUAL, Anonymity.UNNAMED_GROUP})
