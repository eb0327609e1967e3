"""The first walk over the articles: what the top of the page and the stories must know of each, and no more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from annotate.derive import Span
from annotate.record import Attribution, Record, Suggestion
from annotate.report.figures import Figures, Naming, count, is_statement, naming_of, publisher_of
from annotate.report.safety import label, link
from annotate.report.wanted import Wanted
from annotate.report.wording import SOURCE_TYPES
from annotate.scheme import Credibility, Independence, Reliability, SourceType, VerificationKind, VerificationStatus

# The prediction of an article, and what a person made of it, if anybody did.
Pair = tuple[Record, Record | None]
# An article without a title is called by its first words.
_FIRST_WORDS = 70


@dataclass(frozen=True, slots=True)
class Check:
    """A statement of an article about whether something was checked."""

    article: str
    span: Span
    text: str
    kind: VerificationKind | None


@dataclass(frozen=True, slots=True)
class Telling:
    """What is known of one attribution besides its statement. number: its place in the article, from 1."""

    number: int
    naming: Naming
    machine: Suggestion | None
    reliability: Reliability | None
    credibility: Credibility | None
    verification: VerificationStatus | None
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True, order=True)
class Route:
    """How a statement came into an article: from whom, through which outlets, the one that heard it first."""

    source: str
    via: tuple[str, ...]
    naming: Naming
    side: Independence


@dataclass(frozen=True, slots=True)
class Brief:
    """One article: how to name and find it; its figures and routes where a story draws them."""

    number: int
    id: str
    name: str
    titled: bool
    publisher: str | None
    published: str | None
    url: str | None
    human: bool
    attributions: int
    unnamed: float | None
    figures: Figures | None = None
    routes: Mapping[Route, int] = field(default_factory=dict)
    tellings: Mapping[str, Telling] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()

    @property
    def anchor(self) -> str:
        return f"a{self.number}"


@dataclass(slots=True)
class Survey:
    """What the first walk found. briefs: by article id; of articles with one id, the first counts."""

    briefs: dict[str, Brief] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    total: Figures = field(default_factory=Figures)
    publishers: dict[str | None, Figures] = field(default_factory=dict)
    makers: Counter[tuple[str, str | None]] = field(default_factory=Counter)
    human: int = 0
    checks: int = 0


def shown(pair: Pair) -> Record:
    """Return the reading of an article that the page shows: a person's where there is one."""
    prediction, human = pair
    return human or prediction


def survey(articles: Iterable[Pair], wanted: Wanted) -> Survey:
    """Walk over the articles once."""
    found = Survey()
    for number, pair in enumerate(articles, start=1):
        record = shown(pair)
        figures = count(record, wanted.names)
        found.total.add(figures)
        found.publishers.setdefault(publisher_of(record), Figures()).add(figures)
        made = pair[0].provenance
        found.makers[(f"{made.tool} {made.version}", made.pipeline) if made else ("unknown", None)] += 1
        found.human += pair[1] is not None
        found.checks += len(record.verifications)
        if record.id not in found.briefs:
            found.briefs[record.id] = _brief(number, pair, figures, wanted)
    return found


def _brief(number: int, pair: Pair, figures: Figures, wanted: Wanted) -> Brief:
    record = shown(pair)
    drawn = record.id in wanted.drawn
    name, titled = name_of(record)
    return Brief(
        number=number,
        id=record.id,
        name=name,
        titled=titled,
        publisher=publisher_of(record),
        published=date_of(record),
        url=link(record.meta.url),
        human=pair[1] is not None,
        attributions=len(record.attributions),
        unnamed=figures.unnamed_share,
        figures=figures if drawn else None,
        routes=_routes(record, wanted) if drawn else {},
        tellings=_tellings(pair, wanted.attributions.get(record.id, {})),
        checks=tuple(check_of(record, index) for index in range(len(record.verifications))) if drawn else (),
    )


def name_of(record: Record) -> tuple[str, bool]:
    """Return an article's title, or else its first words, and whether it is a title."""
    title = label(record.meta.title or "", 300)
    if title:
        return title, True
    first = next((line for line in (record.text or "").split("\n", 50) if line.strip()), "")
    return label(first, _FIRST_WORDS) or f"Article {label(record.id)}", False


def date_of(record: Record) -> str | None:
    """Return when an article was published, as its metadata say; of a time stamp the day."""
    published = label(record.meta.published or "", 40)
    return published[:10] if published[10:11] in {"T", " "} and published[:4].isdecimal() else published or None


def words_of(record: Record, spans: Sequence[Span]) -> str:
    """Return the words of spans, joined by an ellipsis; nothing where the text is not there."""
    return " … ".join((record.text or "")[start:end] for start, end in spans)


def source_of(record: Record, attribution: Attribution, limit: int = 60) -> str:
    """Return the short name of who said it: the speaker, else the words of the source, else its type."""
    if attribution.speaker:
        return label(attribution.speaker.name, limit)
    words = label(words_of(record, attribution.source), limit)
    if words:
        return words
    if attribution.source and attribution.source_type:
        return SOURCE_TYPES[attribution.source_type]
    return "no source given"


def chain_of(attribution: Attribution) -> tuple[str, ...]:
    """Return the outlets that a statement passed through, the one that heard it first."""
    steps = sorted(attribution.via, key=lambda via: (via.step, via.span or (0, 0), via.name))
    return tuple(dict.fromkeys(via.name for via in steps))


def _routes(record: Record, wanted: Wanted) -> Mapping[Route, int]:
    routes: Counter[Route] = Counter()
    for attribution in record.attributions:
        if not is_statement(attribution):
            continue
        naming = naming_of(attribution)
        name = source_of(record, attribution)
        if attribution.speaker:
            name = label(wanted.names.get((record.id, attribution.speaker.name), attribution.speaker.name))
        elif naming == Naming.IMPLICIT:
            name = "no source given"
        elif naming == Naming.UNNAMED:
            name = f"unnamed {SOURCE_TYPES.get(attribution.source_type or SourceType.PERSON, 'source')}"
        side = attribution.independence or Independence.UNKNOWN
        routes[Route(name, tuple(label(via) for via in chain_of(attribution)), naming, side)] += 1
    return routes


def check_of(record: Record, index: int) -> Check:
    """Return the nth statement of a Record about checking."""
    item = record.verifications[index]
    return Check(record.id, item.span, words_of(record, [item.span]), item.kind)


def _tellings(pair: Pair, wanted: Mapping[str, object]) -> Mapping[str, Telling]:
    record = shown(pair)
    numbers = {item.id: number for number, item in enumerate(record.attributions, start=1)}
    machine = machine_readings(pair)
    tellings = {}
    for name in wanted:
        if name not in numbers:
            continue
        item = record.attributions[numbers[name] - 1]
        about = [index for index, check in enumerate(record.verifications) if name in check.about]
        tellings[name] = Telling(
            number=numbers[name],
            naming=naming_of(item),
            machine=machine.get(name),
            reliability=item.reliability,
            credibility=item.credibility,
            verification=item.verification,
            checks=tuple(check_of(record, index) for index in about),
        )
    return tellings


def machine_readings(pair: Pair) -> Mapping[str, Suggestion]:
    """Return the machine's suggestions, by the id of the attribution that the page shows.

    A person's reading keeps no suggestion: it is that of the prediction with the same id, or with a quote that begins
    where this one does.
    """
    prediction, human = pair
    if human is None:
        return {item.id: item.suggestion for item in prediction.attributions if item.suggestion}
    by_id = {item.id: item.suggestion for item in prediction.attributions if item.suggestion}
    by_start = {item.quote[0][0]: item.suggestion for item in prediction.attributions if item.suggestion}
    found = {}
    for item in human.attributions:
        suggestion = item.suggestion or by_id.get(item.id) or by_start.get(item.quote[0][0])
        if suggestion:
            found[item.id] = suggestion
    return found
