"""Files in, articles out: text, JSON Lines, CSV, Parquet, HTML and WARC, each with a reader of its own."""

from __future__ import annotations

from annotate.articles.read import READERS, read_paths
from annotate.articles.source import Limits, Rejected

__all__ = ["READERS", "Limits", "Rejected", "read_paths"]
