"""How far annotators of one article agree: in spans, attributions, values, relations and speakers, beyond chance."""

from annotate.review.agreement.disagreements import KINDS, Disagreement, disagreements_of
from annotate.review.agreement.inputs import Given, LeftOut, Shared, from_rows, from_store
from annotate.review.agreement.readings import Reading, reading_of
from annotate.review.agreement.result import Agreement, PairAgreement, Score, Tally

__all__ = [
    "KINDS",
    "Agreement",
    "Disagreement",
    "Given",
    "LeftOut",
    "PairAgreement",
    "Reading",
    "Score",
    "Shared",
    "Tally",
    "disagreements_of",
    "from_rows",
    "from_store",
    "reading_of",
]
