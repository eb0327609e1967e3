"""From corrected articles to a model folder: what a person changed goes back into the network that suggested it.

The network goes on from the weights of a model, at a low rate and for few rounds, while it rehearses what it knows of
the other conventions. Then the weights are laid between those it started from and those it came to (Wortsman et al.
2022): how far, is chosen on articles held out where these are enough to tell, else half way. A network that learned
from a few articles only gains what they say without losing what thousands said.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotate import __version__
from annotate.corpora import AnnotatedArticle
from annotate.errors import TrainingError
from annotate.evaluation import Comparison, Paired, compare_pairs, evaluate, statements_only
from annotate.pipeline.network.config import FILES, Config, load_config
from annotate.pipeline.network.reading import MODEL, AttributionNetwork
from annotate.pipeline.network.sums import SUMS, write_sums
from annotate.pipeline.network.terms import ROLES, STYLES
from annotate.training.course import check_extra
from annotate.training.dividing import Data, attributions_in
from annotate.training.making import (
    CARD,
    METRICS,
    STATE,
    WEIGHTS,
    machine,
    put_in_place,
    versions,
    write_config,
)

if TYPE_CHECKING:
    from torch import Tensor

    from annotate.training.fitting import Course, Recipe
    from annotate.training.start import Start

Say = Callable[[str], None]
Weights = Mapping[str, "Tensor"]

BLENDS = (0.0, 0.5, 1.0)  # of the way from the start to what was learned
_HALF_WAY = 0.5
_TO_CHOOSE = 100  # attributions held out, from which they choose the blend
_TO_FIT = 200  # ... from which they fit scores and the threshold
_OWN = 0.75  # share of the windows that the corrected articles fill; the rest is rehearsal
_KEPT = 85.0  # F1 of agreement in the other style below which a warning is due
_FEW = 20  # articles on which forgetting is measured where none are held out
_OURS = (*FILES, CARD, METRICS, WEIGHTS, SUMS)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is made of the data. model: folder to start from, None to start from the plain encoder.

    style: the conventions that the articles follow. rounds: how often each is seen, None for the usual number.
    share: of that, to try data and machine. recipe: takes the place of the usual one but for `pieces` and the seed.
    """

    name: str = "attribution"
    model: Path | None = MODEL
    style: str = "house"
    rounds: int | None = None
    share: float = 1.0
    seed: int = 0
    recipe: Recipe | None = None


def check_folder(folder: Path) -> None:
    """Raise TrainingError when no model is to be put into the folder: it holds other things, or a model."""
    if not folder.exists():
        return
    there = sorted(path.name for path in folder.iterdir())
    if STATE in there:
        return
    foreign = [name for name in there if name not in _OURS]
    if foreign:
        raise TrainingError(f"holds other things, such as {foreign[0]}", where=str(folder), mend="name a new folder")
    if there:
        raise TrainingError("holds a model already", where=str(folder), mend="name a new folder, or take it away")


def retrain(data: Data, folder: Path, plan: Plan, say: Say) -> dict[str, Any]:
    """Make a model folder that the pipeline loads, and return its metrics.

    Everything is kept in `folder/state` until it is whole, so that an interrupted run is taken up by the same call.
    Raises: TrainingError when the extra is missing or the folder holds other things, PipelineError when the model to
    start from is not sound.
    """
    check_folder(folder)
    check_extra(encoder=plan.model is None)
    from annotate.training.card_retrained import card
    from annotate.training.fitting import fit
    from annotate.training.keeping import keep
    from annotate.training.start import start_of

    start = None if plan.model is None else start_of(plan.model)
    state = folder / STATE
    state.mkdir(parents=True, exist_ok=True)
    say(f"{len(data.train)} articles to learn from, {len(data.dev)} held out ({data.how})")
    if data.without_text:
        say(f"{data.without_text} articles hold no text and are left out: hydrate the dataset to learn from them")
    if data.left_out:
        say(f"{data.left_out} articles of train are of one story with dev articles and are left out")
    course, tokenizer = _course(data, plan, start)
    say(f"{course.recipe.steps} steps, from {start.title if start else 'the plain encoder'}")
    trained, spent = fit(course, state, say)
    after = time.monotonic()
    shipped = load_config(start.folder if start else MODEL)
    maker = _Maker(data, plan, shipped, tokenizer, state, say)
    made, blend, weights = maker.blended(start, trained)
    metrics = {
        "name": plan.name,
        "style": plan.style,
        "started_from": _started_from(start),
        "recipe": asdict(course.recipe),
        "blend": blend,
        "data": data.facts(),
        "window": shipped.window,
        **maker.fitted(made),
        **maker.measured(made, start),
        "minutes": round((spent + time.monotonic() - after) / 60, 1),
        "machine": machine(),
        "made_with": {"source-annotator": __version__, **versions()},
    }
    metrics["version"] = load_config(made).version
    (made / METRICS).write_text(json.dumps(metrics, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (made / CARD).write_text(card(metrics), encoding="utf-8")
    keep(made / WEIGHTS, weights)
    write_sums(made, (*FILES, WEIGHTS))
    put_in_place(made, folder)
    shutil.rmtree(state)
    return metrics


def _started_from(start: Start | None) -> dict[str, Any]:
    if start is None:
        return {"title": "the plain encoder, all-MiniLM-L6-v2"}
    packaged = start.folder == MODEL
    config = start.config
    return {
        "title": start.title, "name": config.name, "version": config.version, "packaged": packaged,
        "exact": start.exact,
    }  # fmt: skip


def _course(data: Data, plan: Plan, start: Start | None) -> tuple[Course, Path]:
    """Return what a run trains on and the tokenizer's file."""
    from annotate.pipeline.network.pieces import load_tokenizer
    from annotate.training.course import encoder_folder, encoder_weights, lessons_of
    from annotate.training.examples import Marks
    from annotate.training.fitting import Course
    from annotate.training.rehearsal import Teacher

    tokenizer = (start.folder if start else encoder_folder()) / "tokenizer.json"
    vocabulary = load_tokenizer(tokenizer)
    if start is None:
        own = list(lessons_of([(STYLES.index(plan.style), article) for article in data.train], vocabulary))
        rehearsed = []
        weights = encoder_weights()
    else:
        teacher = Teacher(start.folder)
        own = teacher.lessons(data.train, plan.style)
        other = other_style(plan.style)
        rehearsed = teacher.lessons(teacher.read(data.train, other), other)
        weights = start.weights
    if not own:
        raise TrainingError("every article is too short to learn from", mend="give articles of a sentence or more")
    recipe = recipe_for(sum(len(lesson.pieces) for lesson in own), plan)
    return Course([*own, *rehearsed], Marks(vocabulary), weights, recipe), tokenizer


def other_style(style: str) -> str:
    """Return the style that articles in this one say nothing of."""
    return next(name for name in STYLES if name != style)


def recipe_for(pieces: int, plan: Plan) -> Recipe:
    """Return the recipe for so many word pieces of articles: the usual one for a start from a model, or from nothing.

    A start from a model is trained at a low rate; how low, was chosen on articles that no benchmark measures.
    """
    from annotate.training.fitting import Recipe

    warm = plan.model is not None
    own = _OWN if warm else 1.0
    usual = Recipe(rate=6e-5, faster=2.0, warm_up=0.1, state_every=60) if warm else Recipe()
    recipe = plan.recipe or usual
    rounds = plan.rounds or (5 if warm else 14)
    house = own if plan.style == "house" else 1 - own
    return replace(
        recipe, pieces=int(pieces * rounds * plan.share / own), house=house, house_late=house, seed=plan.seed
    )


class _Maker:
    """Writes models into the state folder, and fits and measures them on the articles held out."""

    def __init__(self, data: Data, plan: Plan, kept: Config, tokenizer: Path, state: Path, say: Say) -> None:  # noqa: PLR0917
        self.data, self.plan, self.kept, self.tokenizer, self.state, self.say = data, plan, kept, tokenizer, state, say
        self.count = attributions_in(data.dev)

    def blended(self, start: Start | None, trained: Weights) -> tuple[Path, dict[str, Any], Weights]:
        """Write the model whose weights lie as far from the start as does the articles held out most good."""
        if start is None:
            return self._write(trained, "whole"), {"share": 1.0, "chosen": "nothing to blend with"}, trained
        blends = {share: mixed(start.weights, trained, share) for share in BLENDS}
        if self.count < _TO_CHOOSE:
            chosen = f"half way: {self.count} attributions held out are too few to choose on ({_TO_CHOOSE})"
            self.say(f"weights: {chosen}")
            return (
                self._write(blends[_HALF_WAY], "half"),
                {"share": _HALF_WAY, "chosen": chosen},
                blends[_HALF_WAY],
            )
        self.say("choosing how far to go from the start on the articles held out")
        made = {share: self._write(weights, f"blend-{share}") for share, weights in blends.items()}
        worth = {share: round(self._worth(path), 1) for share, path in made.items()}
        best = max(worth, key=lambda share: (worth[share], share == _HALF_WAY))
        self.say("  ".join(f"{share:.0%}: {value}" for share, value in worth.items()))
        if not best:
            self.say("what was learned did not help on the articles held out: the weights of the start are kept")
        tried = {str(share): value for share, value in worth.items()}
        return made[best], {"share": best, "chosen": "on the articles held out", "worth": tried}, blends[best]

    def fitted(self, made: Path) -> dict[str, Any]:
        """Fit scores and threshold where enough is held out, else keep those of the start; write the config."""
        from annotate.training.calibration import choose_threshold, fit_scores

        style, scores = self.plan.style, scores_of(self.kept)
        if self.count < _TO_FIT:
            said = f"kept: {self.count} attributions held out are too few to fit them on ({_TO_FIT})"
            self.say(f"scores and threshold: {said}")
            self._config(made, scores)
            return {"scores": said, "held_out_calibration_errors": None}
        self.say("fitting scores and threshold")
        fitted = fit_scores(made, style, self.data.dev, self.say, scores[style])
        errors = fitted.pop("held_out_errors")
        self._config(made, {**scores, style: fitted})
        fitted["threshold"] = choose_threshold(made, style, self.data.dev)
        self._config(made, {**scores, style: fitted})
        return {"scores": "fitted to the articles held out", "held_out_calibration_errors": errors}

    def measured(self, made: Path, start: Start | None) -> dict[str, Any]:
        """Measure the model on the articles held out, against its start, and how it reads in the other style."""
        from annotate.training.measuring import measure

        style, dev = self.plan.style, self.data.dev
        found: dict[str, Any] = {"figures": {style: measure(made, style, dev)} if self.count else {}}
        if start is None:
            return found
        if self.count:
            sides = [comparisons(folder, style, dev) for folder in (start.folder, made)]
            found["against_start"] = as_rows(compare_pairs(*sides))
        other = other_style(style)
        articles = dev or self.data.train[:_FEW]
        kept = _agreement(start.folder, made, other, articles)
        found["other_style"] = {"style": other, "articles": len(articles), **kept}
        self.say(f"in {other} style it finds what it found before to {kept['content']} F1")
        if kept["content"] < _KEPT:
            self.say(f"warning: it has forgotten much of {other} style; use it in {style} style alone")
        return found

    def _write(self, weights: Weights, name: str) -> Path:
        from annotate.training.export import export

        made = self.state / name
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir()
        export(weights, made)
        shutil.copyfile(self.tokenizer, made / "tokenizer.json")
        self._config(made, scores_of(self.kept))
        return made

    def _config(self, made: Path, scores: Mapping[str, Any]) -> None:
        write_config(made, self.plan.name, scores, window=self.kept.window, margin=self.kept.margin)

    def _worth(self, made: Path) -> float:
        figures = evaluate(comparisons(made, self.plan.style, self.data.dev)).figures["all"]
        return sum(figures[name].f1 for name in ("content", "content_exact", "attributed"))


def mixed(start: Weights, trained: Weights, share: float) -> dict[str, Tensor]:
    """Return the weights that lie a share of the way from the start to what was trained."""
    return {name: (1 - share) * start[name] + share * value for name, value in trained.items()}


def scores_of(config: Config) -> dict[str, Any]:
    """Return a model's scores as config.json has them."""
    return {
        style: {
            "weights": list(scores.weights),
            "threshold": scores.threshold,
            "anchor": scores.anchor,
            "spans": {role: list(scores.spans[role]) for role in ROLES},
        }
        for style, scores in config.scores.items()
    }


def comparisons(folder: Path, style: str, articles: Sequence[AnnotatedArticle]) -> list[Comparison]:
    """Put annotated articles beside what a model finds in them; in house style, statements are counted."""
    from annotate.training.calibration import TELLS_ATTITUDES, compared

    network = AttributionNetwork(folder, style=style)
    found = network.read([(article.text, network.pieces(article.text)) for article in articles])
    both = [compared(article, items) for article, items in zip(articles, found, strict=True)]
    return statements_only(both) if style in TELLS_ATTITUDES else both


def _agreement(before: Path, after: Path, style: str, articles: Sequence[AnnotatedArticle]) -> dict[str, float]:
    """Measure what a model finds in a style against what another one found in the same articles."""
    from annotate.training.calibration import compared
    from annotate.training.rehearsal import Teacher

    network = AttributionNetwork(after, style=style)
    taken = Teacher(before).read(articles, style)
    found = network.read([(article.text, network.pieces(article.text)) for article in taken])
    figures = evaluate([compared(article, items) for article, items in zip(taken, found, strict=True)]).figures["all"]
    return {name: figures[name].f1 for name in ("content", "attributed")}


def as_rows(paired: Paired) -> dict[str, Any]:
    """Return a comparison as a document."""
    return {
        **{part: {name: asdict(one) for name, one in each.items()} for part, each in paired.figures.items()},
        "work_left": asdict(paired.work),
        "articles": paired.articles,
        "draws": paired.draws,
        "exact": paired.exact,
    }
