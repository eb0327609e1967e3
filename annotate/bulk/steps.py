"""The pipeline as datatrove steps: read the pieces of a task, annotate, write a shard.

`AnnotateArticles` goes into any datatrove pipeline: a document is taken as an article, its metadata as the article's,
and leaves with a Record in `metadata["record"]`, or with the reason in `metadata["rejected"]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from datatrove.data import Document
from datatrove.pipeline.base import PipelineStep

from annotate.articles import Rejected
from annotate.articles.confined import Confined
from annotate.articles.source import RAW_KEPT
from annotate.bulk.annotator import SetAside, annotator_of
from annotate.bulk.plan import DEFAULTS, Patience, Place
from annotate.bulk.reading import read_piece
from annotate.bulk.shards import Shard
from annotate.record import Article, Meta


class ReadArticles(PipelineStep):  # type: ignore[misc]
    """Yield the articles of a task's pieces, and what is none as documents with `rejected` alone."""

    name = "articles"
    type = "📖 - READER"

    def __init__(self, folder: str) -> None:
        super().__init__()
        self.folder = folder

    def run(self, data: Any = None, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        """Read the pieces one after the other; the plan says which."""
        if data:
            yield from data
        plan = Place(Path(self.folder)).plan()
        with Confined(seconds=plan.limits.seconds, memory=plan.limits.memory) as confined:
            for number in range(rank, len(plan.pieces), world_size):
                piece = plan.pieces[number]
                for item in read_piece(plan.files[piece.file], piece, plan.limits, confined):
                    if isinstance(item, Rejected):
                        yield Document(text="", id=item.id or "", metadata={"rejected": item})
                        continue
                    place = {"where": item.where, "line": item.line, "piece": number}
                    yield Document(item.article.text, item.article.id, metadata={"article": item.article, **place})


class AnnotateArticles(PipelineStep):  # type: ignore[misc]
    """Annotate each document; settings, patience: see `annotate.bulk.plan.Plan`.

    The model is loaded once in each process that runs the step, into a child of it that an article may crash.
    """

    name = "annotate"
    type = "🗣 - ANNOTATOR"

    def __init__(
        self, settings: Mapping[str, Any], patience: Patience, versions: tuple[str, str] | None = None
    ) -> None:
        super().__init__()
        self.settings = {**DEFAULTS, **settings}
        self.patience = patience
        self.versions = versions

    def run(self, data: Iterable[Document] | None = None, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        """Yield every document again, with its Record or the reason why it has none.

        Raises: BulkError when the pipeline cannot be loaded, or is another one than the run was planned with.
        """
        annotator = annotator_of(self.settings, self.patience)
        if self.versions is not None:
            annotator.expect(self.versions)
        for document in data or ():
            if "rejected" not in document.metadata:
                with self.track_time():
                    self._annotate(annotator, document)
                self.update_doc_stats(document)
            self.stat_update("rejected" if "rejected" in document.metadata else "annotated")
            yield document

    def _annotate(self, annotator: Any, document: Document) -> None:
        metadata = document.metadata
        article = metadata.get("article") or Article.of(
            document.text, id=document.id or None, meta=Meta.model_validate(_plain(metadata))
        )
        try:
            metadata["record"] = annotator.record(article)
        except SetAside as error:
            metadata["rejected"] = Rejected(
                str(metadata.get("where", "")), metadata.get("line"), article.id, error.what, article.text[:RAW_KEPT]
            )


class WriteShard(PipelineStep):  # type: ignore[misc]
    """Write Records and rejections of a task as its shard, unless it stands there whole."""

    name = "shard"
    type = "💽 - WRITER"

    def __init__(self, folder: str) -> None:
        super().__init__()
        self.folder = folder

    def run(self, data: Iterable[Document] | None = None, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        """Write everything, then yield nothing: the shard is the end of the pipeline."""
        shard = Shard(Place(Path(self.folder)).shards, rank)
        with shard.writing() as writer:
            for document in data or ():
                metadata = document.metadata
                if "rejected" in metadata:
                    writer.reject(metadata["rejected"])
                else:
                    writer.record(metadata["record"], piece=metadata["piece"], line=metadata["line"] or 0)
                self.stat_update("written")
        yield from ()


def steps_of(place: Place) -> list[PipelineStep]:
    """Return the steps of a run."""
    plan, folder = place.plan(), str(place.folder)
    return [
        ReadArticles(folder),
        AnnotateArticles(plan.settings, plan.patience, (plan.pipeline, plan.model)),
        WriteShard(folder),
    ]


def _plain(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a foreign document's metadata an article can keep."""
    kept = {name: value for name, value in metadata.items() if isinstance(value, str | int | float) and value != ""}
    return {name: str(value) if name in Meta.model_fields else value for name, value in kept.items()}
