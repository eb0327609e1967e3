"""The process that has the model: `python -m annotate.bulk.child`, started by annotate.bulk.annotator.

It is told the settings, answers with its versions, and from then on gets articles and answers with Records.
"""

from __future__ import annotations

import resource
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from annotate.articles.confined import receive, send
from annotate.articles.worker import grant
from annotate.bulk.processes import parent
from annotate.errors import AnnotateError
from annotate.record import Article, Meta

if TYPE_CHECKING:
    from annotate.pipeline import Pipeline


def main() -> None:
    """Load the pipeline and serve articles, one at a time, until the other side hangs up."""
    channel = parent()
    told = orjson.loads(receive(channel))
    resource.setrlimit(resource.RLIMIT_DATA, (told["memory"], told["memory"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        pipeline = load(told["settings"])
    except AnnotateError as error:
        send(channel, orjson.dumps({"problem": str(error)}))
        return
    send(channel, orjson.dumps({"pipeline": pipeline.version, "model": pipeline.model}))
    while True:
        try:
            asked = orjson.loads(receive(channel))
        except EOFError:
            return
        grant(told["seconds"])
        send(channel, _answer(pipeline, asked))


def load(settings: dict[str, Any]) -> Pipeline:
    """Build the pipeline that a plan's settings describe."""
    from annotate.pipeline import load_pipeline
    from annotate.pipeline.track_record import TrackRecord

    model = settings["model"]
    return load_pipeline(
        **{
            **settings,
            "model": Path(model) if model else None,
            "track_record": TrackRecord.of(settings["track_record"]),
        }
    )


def _answer(pipeline: Pipeline, asked: dict[str, Any]) -> bytes:
    article = Article.of(asked["text"], id=asked["id"], meta=Meta.model_validate(asked["meta"]))
    try:
        # By itself: in a batch, what an article shares a matrix with would move the last digits of its scores, and
        # with them the results would depend on how articles are dealt out. Each has a memory zone of its own.
        (record,) = pipeline.records([article])
        return record.to_json().encode()
    except MemoryError:
        return orjson.dumps({"problem": "annotating it needs more memory than is allowed"})
    # Whatever an article does to the pipeline is that article's problem, and costs no other.
    except Exception as error:
        return orjson.dumps({"problem": f"the pipeline failed: {type(error).__name__}"})


if __name__ == "__main__":
    main()
