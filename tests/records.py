"""Records for tests: made-up articles, and a strategy that draws arbitrary Records over arbitrary texts."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from annotate.record import (
    Article,
    Meta,
    Notice,
    OutletMention,
    Record,
    Region,
    RegionLink,
    SpanScores,
    SpeakerRef,
    Unlinked,
    Verification,
    Via,
    canonical,
    make_attribution,
)
from annotate.scheme import (
    Anonymity,
    Credibility,
    CueClass,
    Independence,
    Label,
    NoticeKind,
    OutletRole,
    Quality,
    Relation,
    Reliability,
    SourceType,
    VerificationKind,
    VerificationStatus,
)

TEXT = (
    "“We hold the bridge,” Colonel Ada Example told the Example Times. “Nobody crossed it.”\n\n"
    "Rebels denied this, Radio Sample reported. It was not possible to verify the claims."
)


def span(text: str, words: str, nth: int = 0) -> tuple[int, int]:
    """Return where `words` stand in `text` (the nth time, from 0)."""
    start = -1
    for _ in range(nth + 1):
        start = text.index(words, start + 1)
    return start, start + len(words)


def article_of(record: Record) -> Article:
    """Return the article that a Record is of."""
    assert record.text is not None
    return Article(record.id, record.text, record.sha256, record.meta)


def sample_record(text: str = TEXT) -> Record:
    """Return a Record with every kind of thing in it."""
    times, radio = span(text, "Example Times"), span(text, "Radio Sample")
    return canonical(
        Record(
            id="sample",
            text=text,
            sha256=Article.of(text).sha256,
            meta=Meta(title="A bridge", publisher="Sample Post", url="https://example.org/a?b=1&c=2"),
            attributions=(
                make_attribution(
                    text,
                    id="a1",
                    quote=[span(text, "“We hold the bridge,”"), span(text, "“Nobody crossed it.”")],
                    cue=[span(text, "told")],
                    source=[span(text, "Colonel Ada Example")],
                    cue_class=CueClass.NEUTRAL,
                    speaker=SpeakerRef(name="Ada Example"),
                    source_type=SourceType.OFFICIAL,
                    anonymity=Anonymity.NAMED_INDIVIDUAL,
                    independence=Independence.PARTY,
                    via=(Via(name="Example Times", span=times), Via(name="Radio Sample", span=radio, step=2)),
                    verification=VerificationStatus.UNVERIFIABLE_STATED,
                    score=0.75,
                ),
                make_attribution(
                    text,
                    id="a2",
                    quote=[span(text, "this")],
                    cue=[span(text, "denied")],
                    source=[span(text, "Rebels")],
                    cue_class=CueClass.DENY,
                    source_type=SourceType.GROUP,
                    anonymity=Anonymity.UNNAMED_GROUP,
                    via=(Via(name="Radio Sample", span=radio), Via(name="Unmarked Wire")),
                ),
            ),
            outlets=(
                OutletMention(id="o1", span=times, name="Example Times", role=OutletRole.RECIPIENT),
                OutletMention(id="o2", span=radio, name="Radio Sample", role=OutletRole.VIA),
            ),
            verifications=(
                Verification(
                    id="v1",
                    span=span(text, "It was not possible to verify the claims"),
                    kind=VerificationKind.UNVERIFIABLE,
                    about=("a1", "a2"),
                ),
            ),
            disputes=(("a2", "a1"),),
        )
    )


def texts() -> st.SearchStrategy[str]:
    """Draw article texts: any characters but lone surrogates, NUL and carriage returns."""
    alphabet = st.characters(exclude_categories=("Cs",), exclude_characters="\x00\r")
    odd = st.sampled_from(
        ["😀", "\u00a0", "“", "”", "'", '"', "«", "»", "שלום", "العربية", "e\u0301", "\n\n", "👩‍👩‍👧"]
    )
    return st.lists(st.one_of(odd, st.text(alphabet, min_size=1, max_size=12)), min_size=1, max_size=12).map("".join)


@st.composite
def records(draw: st.DrawFn) -> Record:
    """Draw a canonical Record with arbitrary spans, attributes and relations over an arbitrary text."""
    text = draw(texts())
    spans = st.tuples(st.integers(0, len(text) - 1), st.integers(1, 8)).map(
        lambda pair: (pair[0], min(len(text), pair[0] + pair[1]))
    )

    def several(least: int, most: int) -> st.SearchStrategy[list[tuple[int, int]]]:
        return st.lists(spans, min_size=least, max_size=most, unique=True)

    names = st.sampled_from(["Ada Example", "Ben Sample", "Ministry of Examples"])
    outlets = tuple(
        OutletMention(
            id=f"o{number}",
            span=where,
            name=draw(st.none() | st.sampled_from(["Example Times", "Radio Sample"])),
            role=draw(st.none() | st.sampled_from(OutletRole)),
        )
        for number, where in enumerate(draw(several(0, 3)), start=1)
    )

    def via() -> tuple[Via, ...]:
        marked = draw(st.lists(st.sampled_from(outlets), unique=True, max_size=2)) if outlets else []
        unmarked = draw(st.lists(st.sampled_from(["Unmarked Wire", "Other Wire"]), unique=True, max_size=2))
        named = [Via(name=item.name or text[slice(*item.span)], span=item.span) for item in marked]
        return (*named, *(Via(name=name) for name in unmarked))

    def attribution(number: int) -> Any:
        speaker = draw(st.none() | names)
        spans = {"quote": draw(several(1, 3)), "cue": draw(several(0, 2)), "source": draw(several(0, 2))}
        scores = {role: tuple(draw(st.floats(0, 1)) for _ in spans[role]) for role in spans}
        return make_attribution(
            text,
            id=f"a{number}",
            **spans,
            cue_class=draw(st.none() | st.sampled_from(CueClass)),
            speaker=SpeakerRef(name=speaker) if speaker else None,
            source_type=draw(st.none() | st.sampled_from(SourceType)),
            anonymity=draw(st.none() | st.sampled_from(Anonymity)),
            independence=draw(st.none() | st.sampled_from(Independence)),
            via=via(),
            verification=draw(st.none() | st.sampled_from(VerificationStatus)),
            reliability=draw(st.none() | st.sampled_from(Reliability)),
            credibility=draw(st.none() | st.sampled_from(Credibility)),
            score=draw(st.none() | st.floats(0, 1)),
            span_scores=draw(st.none() | st.just(SpanScores(**scores))),
        )

    attributions = tuple(attribution(number) for number in range(1, draw(st.integers(0, 3)) + 1))
    ids = [item.id for item in attributions]
    about = st.lists(st.sampled_from(ids), unique=True) if ids else st.just([])
    regions = tuple(
        Region(id=f"u{number}", label=draw(st.sampled_from([Label.CUE, Label.SOURCE])), span=where, attributes={})
        for number, where in enumerate(draw(several(0, 2)), start=1)
    )
    everything = [*ids, *(item.id for item in outlets)]
    meaningless = [
        RegionLink(source=source, target=target, label=label)
        for source in everything
        for target in everything
        for label in (None, Relation.SAID_BY)
        # Without a label, only a line between two quotes could mean more than one thing.
        if source != target and (label is not None or {source, target} <= set(ids))
    ]
    links = draw(st.lists(st.sampled_from(meaningless), unique=True, max_size=2)) if meaningless else []
    pairs = [(one, other) for one in ids for other in ids if one != other]
    return canonical(
        Record(
            id="drawn",
            text=text,
            sha256=Article.of(text).sha256,
            attributions=attributions,
            outlets=outlets,
            verifications=tuple(
                Verification(
                    id=f"v{number}",
                    span=where,
                    kind=draw(st.none() | st.sampled_from(VerificationKind)),
                    about=tuple(draw(about)),
                )
                for number, where in enumerate(draw(several(0, 2)), start=1)
            ),
            notices=tuple(
                Notice(id=f"n{number}", span=where, kind=draw(st.none() | st.sampled_from(NoticeKind)))
                for number, where in enumerate(draw(several(0, 2)), start=1)
            ),
            disputes=tuple(draw(st.lists(st.sampled_from(pairs), unique=True, max_size=2)) if pairs else []),
            unlinked=Unlinked(regions=regions, relations=tuple(links)),
            quality=draw(st.none() | st.sampled_from(Quality)),
        )
    )
