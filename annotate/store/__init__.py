"""What is kept: articles, predictions, what was sent to Label Studio, and everything people did there."""

from annotate.store.store import Outcome, PipelineUse, Store

__all__ = ["Outcome", "PipelineUse", "Store"]
