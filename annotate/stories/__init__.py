"""Many Records in, one picture out: claims and their origins, drift, circular sourcing, speakers across articles."""

from annotate.stories.corroboration import suggestions
from annotate.stories.finding import find_stories
from annotate.stories.speakers import NO_IDENTITIES, Identities

__all__ = ["NO_IDENTITIES", "Identities", "find_stories", "suggestions"]
