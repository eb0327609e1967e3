"""Annotate who said what, through whom, in news articles, and turn people's corrections into a dataset."""

__version__ = "0.1.0"
__all__ = ["__version__"]
