"""Files in, articles out: text, JSON Lines, CSV, Parquet, HTML and WARC, each with a reader of its own."""

from __future__ import annotations

from annotate.articles.read import READERS, locate_articles, read_paths
from annotate.articles.source import Limits, Located, Rejected

__all__ = ["READERS", "Limits", "Located", "Rejected", "locate_articles", "read_paths"]
