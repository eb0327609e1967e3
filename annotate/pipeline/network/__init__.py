"""The attribution network's side of the pipeline: text to word pieces, windows, graphs, spans.

A cue's head word is the anchor of its attribution; a quotation without a cue is anchored at its first word. One graph
reads a window and says which pieces are anchors and of which cue class; a second one tags, for one anchor, every piece
of the window as quote, source, cue or nothing. So there is no linking step: quotes nested in each other, shared sources
and quotations in parts come out of the tags. Everything here runs on numpy and onnxruntime alone; how the graphs are
made is the business of `annotate.training`.
"""
