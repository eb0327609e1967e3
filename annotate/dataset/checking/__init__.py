"""Whether a release is what it says: whole, in itself consistent, and without leaks between its splits."""

from __future__ import annotations

from annotate.dataset.checking.check import NoDataset, Report, check
from annotate.dataset.checking.problems import Kind, Problem

__all__ = ["Kind", "NoDataset", "Problem", "Report", "check"]
