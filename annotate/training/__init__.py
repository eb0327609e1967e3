"""From annotated articles to the attribution network's weights.

`corpora` gives articles; `targets` says what the network should answer for each; `examples` cuts and mixes them into
batches; `network` is the network; `fitting` trains it in processes that average their weights; `export` writes the
graphs that `annotate.pipeline.network` runs; `calibration` fits their scores. Needs the `train` extra.
"""
