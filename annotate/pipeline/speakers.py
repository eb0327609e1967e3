"""Speakers: canonical names, and what kind of source each is.

Every source is resolved to an entity of the article (referring.py), in the order of the text; what the article says of
that entity anywhere tells its type (describing.py). Sources without a name keep none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc

from annotate.derive import Span
from annotate.pipeline.article_context import ArticleContext
from annotate.pipeline.describing import anonymity_features, type_features
from annotate.pipeline.entities import Entity
from annotate.pipeline.extensions import Draft, ensure_extensions
from annotate.pipeline.mentions import Mention, read_mention
from annotate.pipeline.parties import Parties
from annotate.pipeline.referring import Referring
from annotate.pipeline.tokens import Tokens
from annotate.pipeline.weights import speaker_weights


@dataclass(frozen=True, slots=True)
class Reference:
    """A source span with the mention read there and the entity it was resolved to."""

    mention: Mention
    entity: Entity


class Speakers:
    """Set `speaker`, `source_type`, `anonymity` and `independence` of every attribution with a source.

    parties: the parties to the topic, each a name or a group of names (the first with its aliases). Their own words
    and those of their people are a `party`'s; with parties given, other named bodies, outlets and experts are a
    `third_party`; of all others the independence is `unknown`.
    """

    def __init__(
        self, nlp: Language, name: str = "annotate_speakers", *, parties: Sequence[str | Sequence[str]] = ()
    ) -> None:
        self.name = name
        self.parties = Parties(parties)
        ensure_extensions()

    def __call__(self, doc: Doc) -> Doc:
        drafts: list[Draft] = [draft for draft in doc._.attributions if draft["source"]]
        if not drafts:
            return doc
        tokens = Tokens.of(doc)
        references = resolve(tokens, drafts, quoted=[(q[0], q[1]) for q in doc._.quotations])
        weights = speaker_weights()
        kinds: dict[Span, str] = {}  # a source of several attributions is of one kind: that of the first in the text
        for draft in sorted(drafts, key=_place):
            reference = references.get(_place(draft))
            if reference is None or draft["source_type"] == "outlet":
                draft["source_type"] = draft["source_type"] or "person"
                draft["anonymity"] = "named_group" if draft["speaker"] else "unnamed_group"
                continue
            mention, entity = reference.mention, reference.entity
            draft["speaker"] = entity.name
            if _place(draft) not in kinds:
                features = type_features(tokens, mention, entity, draft["cue_class"])
                kinds[_place(draft)] = weights.source_type.best(features)
            draft["source_type"] = kinds[_place(draft)]
            draft["anonymity"] = weights.anonymity.best(anonymity_features(tokens, mention, entity))
        self.parties.judge(tokens.text, [(draft, references.get(_place(draft))) for draft in drafts])
        return doc


def resolve(tokens: Tokens, drafts: Iterable[Draft], *, quoted: Sequence[Span]) -> dict[Span, Reference]:
    """Resolve each source span once, in the order of the text; an outlet's stays what it is."""
    learned = speaker_weights()
    article = ArticleContext(tokens, quoted=quoted, form_weights=learned.forms)
    ordered = sorted(drafts, key=_place)
    mentions = {span: read_mention(tokens, article.names, span) for span in map(_place, ordered)}
    article.entities.speak_as_outlets(draft["speaker"] for draft in ordered if draft["source_type"] == "outlet")
    referring = Referring(article, [mention for mention in mentions.values() if mention is not None])
    weights = learned.reference
    references: dict[Span, Reference] = {}
    for draft in ordered:
        span = _place(draft)
        mention = mentions[span]
        if span in references or mention is None:
            continue
        if draft["source_type"] == "outlet":
            references[span] = Reference(mention, referring.resolve_outlet(mention, draft["speaker"]))
            continue
        option = max(referring.options(mention), key=lambda o: sum(weights.get(f, 0.0) for f in o.features))
        references[span] = Reference(mention, referring.resolve(mention, option))
    return references


def _place(draft: Draft) -> Span:
    start, end = draft["source"][0]
    return start, end


@Language.factory("annotate_speakers", default_config={"parties": []})
def make_speakers(nlp: Language, name: str, parties: list[str | list[str]]) -> Speakers:
    return Speakers(nlp, name, parties=parties)
