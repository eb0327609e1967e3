"""Several readings of one text, drawn at random, that share some of their items."""

from __future__ import annotations

from hypothesis import strategies as st

from annotate.record import Attribution, Record, canonical, make_attribution
from annotate.scheme import CueClass, Quality, SourceType
from tests.records import records


def fields_of(item: Attribution) -> dict[str, object]:
    """Return the fields of an attribution, for `make_attribution`."""
    return {name: getattr(item, name) for name in Attribution.model_fields}


@st.composite
def readings(draw: st.DrawFn) -> list[Record]:
    """Draw two or three Records over one text, that share some of their items."""
    one = draw(records())
    assert one.text is not None
    others = []
    for _ in range(draw(st.integers(1, 2))):
        keep = [item for item in one.attributions if draw(st.booleans())]
        known = {item.id for item in keep}
        values = {"cue_class": draw(st.none() | st.sampled_from(CueClass)), "source_type": SourceType.EXPERT}
        keep = [
            item.model_copy(update={key: value for key, value in values.items() if getattr(item, key) is not None})
            for item in keep
        ]
        others.append(
            canonical(
                one.model_copy(
                    update={
                        "attributions": tuple(make_attribution(one.text, **fields_of(item)) for item in keep),
                        "verifications": tuple(
                            item.model_copy(update={"about": tuple(set(item.about) & known)})
                            for item in one.verifications
                            if draw(st.booleans())
                        ),
                        "disputes": tuple(pair for pair in one.disputes if set(pair) <= known),
                        "notices": tuple(item for item in one.notices if draw(st.booleans())),
                        "unlinked": one.unlinked.model_copy(update={"relations": ()}),
                        "quality": draw(st.none() | st.sampled_from(Quality)),
                    }
                )
            )
        )
    return [one.model_copy(update={"unlinked": one.unlinked.model_copy(update={"relations": ()})}), *others]
