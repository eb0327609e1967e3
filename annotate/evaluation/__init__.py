"""How near predictions come to annotations: figures with intervals, work left, calibration, and what went wrong."""

from annotate.evaluation.calibration import Bin, Calibration, calibration_of, span_calibrations_of
from annotate.evaluation.comparison import Comparison, compare, from_record, statements_only
from annotate.evaluation.errors import MEANINGS, Error, ErrorKind, count_kinds, find_errors
from annotate.evaluation.figures import KEYS, MEASURES, OF_ATTRIBUTIONS, PARTS, Figure
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
    "Bin",
    "Calibration",
    "Comparison",
    "Error",
    "ErrorKind",
    "Evaluation",
    "Figure",
    "Work",
    "calibration_of",
    "compare",
    "count_kinds",
    "evaluate",
    "evaluate_sourcing",
    "find_errors",
    "from_record",
    "span_calibrations_of",
    "statements_only",
]
