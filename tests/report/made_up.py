"""A made-up collection for the report: three articles that tell one story, one that stands alone, and its findings."""

from __future__ import annotations

from collections.abc import Mapping

from annotate.record import (
    Article,
    Attribution,
    Evidence,
    Meta,
    Notice,
    OutletMention,
    Provenance,
    Record,
    SpeakerRef,
    Suggestion,
    Verification,
    Via,
    canonical,
    make_attribution,
)
from annotate.report.briefs import Pair
from annotate.scheme import (
    Anonymity,
    Credibility,
    CueClass,
    Independence,
    NoticeKind,
    OutletRole,
    Reliability,
    SourceType,
    VerificationKind,
    VerificationStatus,
)
from annotate.stories.model import (
    Circle,
    CircleStep,
    Claim,
    Contradiction,
    Drift,
    DriftKind,
    Origin,
    Place,
    Proof,
    SpeakerIdentity,
    Statement,
    Stories,
    Story,
)
from tests.records import span

TIMES = (
    "“We hold the bridge,” Colonel Ada Example told Radio Sample, according to the Sample Wire.\n\n"
    "A rebel fighter denied this. It was not possible to verify the claims.\n\n"
    "© 2021 Example Times"
)
HERALD = "Soldiers hold the bridge. Rebels deny that they lost 20 men, the Example Times reported."
WIRE = "Colonel Example said that the army holds the bridge and that 12 rebels died."
ALONE = "Nobody says anything in this article."


def record_of(id: str, text: str, *, title: str | None = None, publisher: str | None = None, url: str | None = None,
              language: str | None = "en", published: str | None = None, **fields: object) -> Record:  # fmt: skip
    """Return a machine's Record of `text`."""
    meta = Meta(title=title, publisher=publisher, url=url, language=language, published=published)
    article = Article.of(text, id=id, meta=meta)
    provenance = Provenance(version="0.1.0", pipeline="by-hand-1")
    made = Record(id=id, text=text, sha256=article.sha256, meta=meta, provenance=provenance, **fields)  # type: ignore[arg-type]
    return canonical(made)


def suggestion(*, credibility: Credibility = Credibility.SIX) -> Suggestion:
    evidence = (Evidence(kind="track record", text="No track record of this source is on file."),)
    return Suggestion(credibility=credibility, evidence=evidence)


def _times() -> Record:
    outlets = (
        OutletMention(id="o1", span=span(TIMES, "Radio Sample"), name="Radio Sample", role=OutletRole.RECIPIENT),
        OutletMention(id="o2", span=span(TIMES, "Sample Wire"), name="Sample Wire", role=OutletRole.SOURCE),
    )
    inner = make_attribution(
        TIMES,
        id="a1",
        quote=[span(TIMES, "“We hold the bridge,”")],
        cue=[span(TIMES, "told")],
        source=[span(TIMES, "Colonel Ada Example")],
        cue_class=CueClass.NEUTRAL,
        speaker=SpeakerRef(name="Ada Example"),
        source_type=SourceType.OFFICIAL,
        anonymity=Anonymity.NAMED_INDIVIDUAL,
        independence=Independence.PARTY,
        via=(Via(name="Radio Sample", span=outlets[0].span), Via(name="Sample Wire", span=outlets[1].span, step=2)),
        verification=VerificationStatus.UNVERIFIABLE_STATED,
        suggestion=suggestion(),
        score=0.91,
    )
    outer = make_attribution(
        TIMES,
        id="a2",
        quote=[span(TIMES, "“We hold the bridge,” Colonel Ada Example told Radio Sample")],
        cue=[span(TIMES, "according to")],
        source=[span(TIMES, "the Sample Wire")],
        cue_class=CueClass.NEUTRAL,
        speaker=SpeakerRef(name="Sample Wire"),
        source_type=SourceType.OUTLET,
        anonymity=Anonymity.NAMED_GROUP,
        suggestion=suggestion(),
    )
    denial = make_attribution(
        TIMES,
        id="a3",
        quote=[span(TIMES, "this")],
        cue=[span(TIMES, "denied")],
        source=[span(TIMES, "A rebel fighter")],
        cue_class=CueClass.DENY,
        source_type=SourceType.WITNESS,
        anonymity=Anonymity.UNNAMED_INDIVIDUAL,
        independence=Independence.PARTY,
        suggestion=suggestion(),
    )
    check = span(TIMES, "It was not possible to verify the claims.")
    return record_of(
        "times",
        TIMES,
        title="Army says it holds the bridge",
        publisher="Example Times",
        url="https://example.org/bridge?a=1&b=2",
        published="2021-09-02T10:00:00Z",
        attributions=(inner, outer, denial),
        outlets=outlets,
        verifications=(Verification(id="v1", span=check, kind=VerificationKind.UNVERIFIABLE, about=("a1", "a3")),),
        notices=(Notice(id="n1", span=span(TIMES, "© 2021 Example Times"), kind=NoticeKind.COPYRIGHT),),
        disputes=(("a3", "a1"),),
    )


def _herald() -> Record:
    outlet = OutletMention(
        id="o1", span=span(HERALD, "Example Times"), name="Example Times", role=OutletRole.SOURCE
    )  # fmt: skip
    denial = make_attribution(
        HERALD,
        id="b1",
        quote=[span(HERALD, "that they lost 20 men")],
        cue=[span(HERALD, "deny")],
        source=[span(HERALD, "Rebels")],
        cue_class=CueClass.DENY,
        source_type=SourceType.GROUP,
        anonymity=Anonymity.UNNAMED_GROUP,
        independence=Independence.PARTY,
        via=(Via(name="Example Times", span=outlet.span),),
        suggestion=suggestion(),
    )
    return record_of("herald", HERALD, title="Bridge held", publisher="Sample Herald", attributions=(denial,),
                     outlets=(outlet,))  # fmt: skip


def _wire() -> Record:
    return record_of("wire", WIRE, publisher="Sample Wire", attributions=_wire_attributions())


def _wire_attributions(**rated: object) -> tuple[Attribution, ...]:
    return (
        _said_by_the_colonel("c1", "that the army holds the bridge", {"suggestion": suggestion()} | rated),
        _said_by_the_colonel("c2", "that 12 rebels died", {"suggestion": suggestion()}),
    )


def _said_by_the_colonel(id_: str, quote: str, rated: Mapping[str, object]) -> Attribution:
    return make_attribution(
        WIRE,
        id=id_,
        quote=[span(WIRE, quote)],
        cue=[span(WIRE, "said")],
        source=[span(WIRE, "Colonel Example")],
        cue_class=CueClass.NEUTRAL,
        speaker=SpeakerRef(name="Example"),
        source_type=SourceType.OFFICIAL,
        anonymity=Anonymity.NAMED_INDIVIDUAL,
        independence=Independence.PARTY,
        **rated,
    )


def articles() -> list[Pair]:
    """Return the collection; a person has corrected and rated the wire's article."""
    rated = record_of(
        "wire",
        WIRE,
        publisher="Sample Wire",
        attributions=_wire_attributions(suggestion=None, reliability=Reliability.B, credibility=Credibility.TWO)[:1],
    )
    return [
        (_times(), None),
        (_herald(), None),
        (_wire(), rated),
        (record_of("alone", ALONE, title="A quiet day"), None),
    ]


def stories() -> Stories:
    """Return what is to be found in the collection."""
    held = Statement(
        article="times", attribution="a1", span=span(TIMES, "“We hold the bridge,”"), text="“We hold the bridge,”",
        cue_class=CueClass.NEUTRAL, speaker="Ada Example", source="Colonel Ada Example",
        source_type=SourceType.OFFICIAL, independence=Independence.PARTY, via=("Radio Sample", "Sample Wire"),
        publisher="Example Times",
    )  # fmt: skip
    fact = Statement(
        article="herald", attribution=None, span=span(HERALD, "Soldiers hold the bridge."),
        text="Soldiers hold the bridge.", publisher="Sample Herald",
    )  # fmt: skip
    wire = Statement(
        article="wire", attribution="c1", span=span(WIRE, "that the army holds the bridge"),
        text="that the army holds the bridge", cue_class=CueClass.NEUTRAL, speaker="Ada Example",
        source="Colonel Example", source_type=SourceType.OFFICIAL, independence=Independence.PARTY,
        publisher="Sample Wire",
    )  # fmt: skip
    denied = Statement(
        article="times", attribution="a3", span=span(TIMES, "this"), text="this", cue_class=CueClass.DENY,
        source="A rebel fighter", source_type=SourceType.WITNESS, independence=Independence.PARTY,
        publisher="Example Times",
    )  # fmt: skip
    carried = Place(article="times", span=span(TIMES, "according to the Sample Wire"),
                    text="according to the Sample Wire")  # fmt: skip
    claim = Claim(
        id="c1",
        text="“We hold the bridge,”",
        statements=(held, wire, fact),
        origins=(
            Origin(name="Ada Example", known=True, statements=(0, 1),
                   proofs=(Proof(kind="chain", text="One names the other as its source.", places=(carried,)),)),
            Origin(name=None, known=False, statements=(2,)),
        ),
        independent_origins=1,
    )  # fmt: skip
    circle = Circle(
        steps=(
            CircleStep(article="herald", publisher="Sample Herald", cites="Example Times", found="times",
                       place=Place(article="herald", span=span(HERALD, "Example Times"), text="Example Times")),
            CircleStep(article="times", publisher="Example Times", cites="Sample Wire", found="wire",
                       place=Place(article="times", span=span(TIMES, "Sample Wire"), text="Sample Wire")),
        ),
        closed=False,
        text="The Sample Herald cites the Example Times, which cites the Sample Wire.",
    )  # fmt: skip
    story = Story(
        id="s1",
        title="Army says it holds the bridge",
        articles=("times", "herald", "wire"),
        claims=(claim,),
        drifts=(Drift(kind=DriftKind.LOST_ATTRIBUTION, claim="c1", before=held, after=fact,
                      text="Stated as fact in one telling."),),
        contradictions=(Contradiction(one=held, other=denied,
                                      proof=Proof(kind="denial", text="One denies the other.")),),
        circles=(circle,),
    )  # fmt: skip
    speaker = SpeakerIdentity(
        id="p1",
        name="Ada Example",
        variants=("Ada Example", "Example"),
        articles=("times", "wire"),
        proofs=(Proof(kind="surname", text="A surname and the full name, with one title."),),
    )
    alone = Story(id="s2", title="A quiet day", articles=("alone",))
    return Stories(version="1", articles=4, stories=(story, alone), speakers=(speaker,))
