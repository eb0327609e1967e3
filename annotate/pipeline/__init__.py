"""Text to Record: spaCy components, one a file, and the pipeline that runs them.

Every component is registered as a spaCy factory, so that each works in other people's pipelines too:
`nlp.add_pipe("annotate_quotation_marks")` and so on, in the order of `annotate.pipeline.running.COMPONENTS`. What finds
attributions is either the network (`network/`) or the rules (cues.py and linking.py).
spaCy is imported when a pipeline is loaded, not before.
"""

from __future__ import annotations

from annotate.pipeline.running import Pipeline, load_pipeline

__all__ = ["Pipeline", "load_pipeline"]
