"""How near predictions come to annotations: figures with intervals, work left, calibration, and what went wrong."""

from annotate.evaluation.apart import Apart, FoundByOne, set_apart
from annotate.evaluation.calibration import Bin, Calibration, calibration_of, span_calibrations_of
from annotate.evaluation.comparison import Comparison, compare, from_record, statements_only
from annotate.evaluation.errors import MEANINGS, Error, ErrorKind, count_kinds, find_errors
from annotate.evaluation.figures import KEYS, MEASURES, OF_ATTRIBUTIONS, PARTS, Figure
from annotate.evaluation.paired import Difference, Paired, compare_pairs
from annotate.evaluation.report import SEED, Evaluation, evaluate
from annotate.evaluation.sourcing import SOURCING, evaluate_sourcing
from annotate.evaluation.work import Work

__all__ = [
    "KEYS",
    "MEANINGS",
    "MEASURES",
    "OF_ATTRIBUTIONS",
    "PARTS",
    "SEED",
    "SOURCING",
    "Apart",
    "Bin",
    "Calibration",
    "Comparison",
    "Difference",
    "Error",
    "ErrorKind",
    "Evaluation",
    "Figure",
    "FoundByOne",
    "Paired",
    "Work",
    "calibration_of",
    "compare",
    "compare_pairs",
    "count_kinds",
    "evaluate",
    "evaluate_sourcing",
    "find_errors",
    "from_record",
    "set_apart",
    "span_calibrations_of",
    "statements_only",
]
