"""Texts in, attributions out: the network as the rest of the pipeline sees it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from annotate.derive import Span
from annotate.errors import PipelineError
from annotate.pipeline.network.config import Config, Scores, load_config
from annotate.pipeline.network.graphs import Graphs
from annotate.pipeline.network.pieces import Pieces, load_tokenizer, pieces_of
from annotate.pipeline.network.proposals import Proposal, parts_of
from annotate.pipeline.network.settling import settle
from annotate.pipeline.network.stretches import Stretches, lone_openings
from annotate.pipeline.network.tagging import proposals_of
from annotate.pipeline.network.terms import ATTITUDE, CLASSES, ROLES, STYLES
from annotate.pipeline.network.windows import windows_of
from annotate.pipeline.quotation_marks import Stretch

MODEL = Path(__file__).parents[1] / "model"


@dataclass(frozen=True, slots=True)
class Found:
    """An attribution: half-open spans in characters, and what its scores rest on.

    anchor: the position of the anchor. chance: the probability that it is one, of a statement or an attitude as
    `cue_class` says. certainty, certainties: the mean probability of all tags, and by role of those of each span.
    score, scores: the calibrated probability of being right, of the whole and by role of each span.
    """

    quote: tuple[Span, ...]
    source: tuple[Span, ...]
    cue: tuple[Span, ...]
    anchor: int
    cue_class: str
    chance: float
    certainty: float
    certainties: Mapping[str, tuple[float, ...]]
    score: float
    scores: Mapping[str, tuple[float, ...]]

    def moved(self, by: int) -> Found:
        """Return the same attribution so many characters further on."""
        quote, source, cue = (
            tuple((start + by, end + by) for start, end in spans) for spans in (self.quote, self.source, self.cue)
        )
        return replace(self, quote=quote, source=source, cue=cue, anchor=self.anchor + by)


class AttributionNetwork:
    """The network of a model folder with the settings of one use.

    style: whose conventions it follows, one of STYLES. min_score: the least score of what is reported, None for the
    model's own choice. attitudes: whether beliefs, hopes and plans are reported too.
    Raises: PipelineError when a setting is out of range, or the folder holds no sound model.
    """

    def __init__(
        self, folder: Path = MODEL, *, style: str = "house", min_score: float | None = None, attitudes: bool = True
    ) -> None:
        if style not in STYLES:
            raise PipelineError(f"there is no style {style!r}", mend=f"choose one of {', '.join(STYLES)}")
        if min_score is not None and not 0 <= min_score <= 1:
            raise PipelineError(f"min_score {min_score} is not in 0..1")
        self.config: Config = load_config(folder)
        self.scores: Scores = self.config.scores[style]
        self.min_score = self.scores.threshold if min_score is None else min_score
        self.attitudes = attitudes
        self.style = style
        self._tokenizer = load_tokenizer(folder / "tokenizer.json")
        self._graphs = Graphs(folder)

    def pieces(self, text: str, stretches: Sequence[Stretch] | None = None) -> Pieces:
        """Cut a text into pieces; `stretches` spares finding its quotation marks again."""
        return pieces_of(self._tokenizer, text, stretches)

    def read(self, documents: Sequence[tuple[str, Pieces]]) -> list[list[Found]]:
        """Return the attributions of each document, in text order; what one is given beside changes nothing."""
        return [
            sorted([*found, *self._inner_layers(found, text, pieces)], key=lambda item: item.anchor)
            for found, (text, pieces) in zip(self._read_once(documents), documents, strict=True)
        ]

    def _inner_layers(self, found: Sequence[Found], text: str, pieces: Pieces) -> Iterator[Found]:
        """Read again, by itself, each quote that begins with quoted speech which no other attribution holds.

        Such a quote is the outer layer of nested reporting (“…,” X said, according to Y) whose inner one was missed.
        """
        for outer, stretch in lone_openings([item.quote for item in found], Stretches(text, pieces.stretches)):
            start = outer[0]
            part = text[slice(*outer)]
            for item in self._read_once([(part, self.pieces(part))])[0]:
                inner = item.moved(start)
                if inner.quote == (stretch,) and inner.source and inner.cue:
                    yield inner

    def _read_once(self, documents: Sequence[tuple[str, Pieces]]) -> list[list[Found]]:
        proposed: list[list[Proposal]] = [[] for _ in documents]
        for index, proposal in self.proposals([pieces for _, pieces in documents]):
            if self._judge(proposal):
                proposed[index].append(proposal)
        return [
            list(self._found(settle(each), text, pieces))
            for each, (text, pieces) in zip(proposed, documents, strict=True)
        ]

    def proposals(self, documents: Sequence[Pieces]) -> Iterable[tuple[int, Proposal]]:
        """Yield all that the network proposes, before any of it is left out, with its document's index."""
        room = self.config.window - 2
        windows = (
            window
            for index, pieces in enumerate(documents)
            for window in windows_of(pieces, index, room=room, margin=self.config.margin)
        )
        return proposals_of(self._graphs, documents, windows, style=STYLES.index(self.style), least=self.scores.anchor)

    def _judge(self, proposal: Proposal) -> bool:
        """Set class, chance and score, and return whether the proposal is to be reported.

        It is a statement when it scores high enough as one, else an attitude when it does as either of the two.
        """
        statement = proposal.chances.copy()
        statement[ATTITUDE] = 0
        proposal.certainty = proposal.overall()
        if statement.sum() >= proposal.chances[ATTITUDE]:
            proposal.cue_class, proposal.chance = CLASSES[int(statement.argmax())], float(statement.sum())
            proposal.score = self.scores.of(proposal.chance, proposal.certainty)
        if not proposal.cue_class or (proposal.score < self.min_score and self.attitudes):
            proposal.cue_class, proposal.chance = CLASSES[ATTITUDE], float(proposal.chances.sum())
            proposal.score = self.scores.of(proposal.chance, proposal.certainty)
        reported = self.attitudes or proposal.cue_class != CLASSES[ATTITUDE]
        return reported and proposal.score >= self.min_score and bool(proposal.quote)

    def _found(self, proposals: Iterable[Proposal], text: str, pieces: Pieces) -> Iterator[Found]:
        stretches = Stretches(text, pieces.stretches)
        for proposal in proposals:
            runs = {"quote": parts_of(proposal, pieces), "source": proposal.source, "cue": proposal.cue}
            spans = {role: [pieces.span(run) for run in runs[role]] for role in ROLES}
            spans["quote"] = stretches.kept_whole(spans["quote"])
            if not spans["quote"]:
                continue
            certainties = {
                role: tuple(proposal.certainty_of(role, [pieces.inside(span)]) for span in spans[role])
                for role in ROLES
            }
            yield Found(
                quote=tuple(spans["quote"]),
                source=tuple(spans["source"]),
                cue=tuple(spans["cue"]),
                anchor=int(pieces.start[proposal.anchor]),
                cue_class=proposal.cue_class,
                chance=proposal.chance,
                certainty=proposal.certainty,
                certainties=certainties,
                score=proposal.score,
                scores={
                    role: tuple(self.scores.of_span(role, proposal.chance, each) for each in certainties[role])
                    for role in ROLES
                },
            )
