"""The network's answers, by index: what its logits stand for, and the names of its inputs."""

from __future__ import annotations

from annotate.scheme import CueClass

# The conventions of the corpora that the network learned from; the first are this product's.
STYLES = ("house", "polnear")

# Class logits: index 0 is "no anchor", then these.
CLASSES = tuple(str(value) for value in CueClass)
ATTITUDE = CLASSES.index(CueClass.ATTITUDE)

# Tag logits of a piece for one anchor. A quote part of one piece is an END_QUOTE alone: where a part ends is a
# decision of its own, or long parts break off anywhere.
TAGS = ("nothing", "begin_quote", "in_quote", "source", "cue", "end_quote")
NOTHING, BEGIN_QUOTE, IN_QUOTE, SOURCE, CUE, END_QUOTE = range(6)

# Role logits of a piece, whichever anchor it belongs to.
ROLES = ("quote", "source", "cue")

# Inputs and outputs of the two graphs, in order.
READER_INPUTS = ("ids", "case", "mark", "gap", "style", "filled")
READER_OUTPUTS = ("classes", "pieces", "anchors", "roles")
TAGGER_INPUTS = ("pieces", "anchor", "distance", "lines", "crossed")
