"""A collection as one self-contained HTML page: per story, who says what through whom."""

from annotate.report.writing import write_report

__all__ = ["write_report"]
