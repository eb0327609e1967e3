"""What is fuzzed: every reader and `predict`, each with its first inputs.

A target takes bytes and may answer with nothing but what it is for: Records, rejections, or an error of
annotate.errors. Any other exception is a finding, and so is a Record that does not hold together.
"""

from __future__ import annotations

import atexit
import gzip
import io
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, cast

from annotate.articles import Limits, Rejected
from annotate.articles.confined import Confined
from annotate.articles.read import READERS
from annotate.articles.source import Located, Source
from annotate.articles.worker import JOBS
from annotate.cli.identities import read_identities
from annotate.cli.pipelines import read_parties
from annotate.corpora import read_corpus
from annotate.dataset.checking.check import check
from annotate.dataset.folder import ReleaseFolder
from annotate.dataset.formats import FORMATS
from annotate.dataset.reading import read_annotated, read_records
from annotate.dataset.released import assignments_in
from annotate.errors import AnnotateError, InputError
from annotate.pipeline.registry import read_outlets
from annotate.pipeline.track_record import TrackRecord
from annotate.record import Article, Record, parse_record, problems_of
from annotate.regions.annotations import record_of
from annotate.regions.tasks import result_of
from annotate.settings import config_defaults
from tests.dataset.releases import articles, released
from tests.records import TEXT, article_of, sample_record

CORPUS = Path(__file__).parent / "corpus"
COMMANDS = ("push", "export")


@dataclass(frozen=True, slots=True)
class Target:
    """One entry of the fuzzer. run: takes the bytes; seeds: first inputs besides those in corpus/NAME.

    is_json: mutate values too, not only bytes. slow: an execution takes milliseconds, not microseconds.
    """

    name: str
    run: Callable[[bytes], None]
    seeds: Callable[[], Iterable[bytes]] = tuple
    is_json: bool = False
    slow: bool = False

    def inputs(self) -> Iterator[bytes]:
        """Yield the first inputs: those made here, and those kept in the corpus."""
        yield from self.seeds()
        for file in sorted((CORPUS / self.name).glob("*")):
            yield file.read_bytes()


@cache
def folder() -> Path:
    """Return a folder of this process's own, in memory where there is such a place."""
    fast = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    made = Path(tempfile.mkdtemp(prefix="annotate-fuzz-", dir=fast))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def file_of(data: bytes, name: str) -> Path:
    """Write the input to a file."""
    path = folder() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


# -- articles ----------------------------------------------------------------------------------------------------------


class InProcess:
    """The jobs of the confined process in this one, where the fuzzer can see which ways they take."""

    def ask(self, job: str, *, body: bytes = b"", **arguments: Any) -> Iterator[dict[str, Any]]:
        try:
            for answer in JOBS[job](arguments, body):
                yield json.loads(json.dumps(answer))
        except InputError:
            raise
        except Exception as error:  # as annotate.articles.worker has it
            raise InputError(f"the parser failed: {type(error).__name__}") from None


@cache
def _confined() -> Confined:
    confined = Confined(seconds=10, memory=1_000_000_000)
    atexit.register(confined.close)
    return confined


def _reads_articles(format: str, *, confined: bool = False) -> Callable[[bytes], None]:
    limits = Limits(article_bytes=50_000, text_length=20_000, decoded_bytes=1_000_000)

    def run(data: bytes) -> None:
        path = file_of(data, "articles")
        jobs = _confined() if confined else cast(Confined, InProcess())
        with path.open("rb") as stream:
            try:
                for item in READERS[format](Source(str(path), cast(BinaryIO, stream), limits, jobs)):
                    assert isinstance(item, Located | Rejected)
                    _take(item)
            except InputError as error:
                in_one_line(error)

    return run


def _take(item: Located | Rejected) -> None:
    if isinstance(item, Rejected):
        assert item.reason
        assert str(item).isprintable()
        item.raw.encode()
        return
    article = item.article
    assert article == Article.of(article.text, id=article.id, meta=article.meta)
    assert 0 < len(article.text) <= 20_000
    assert "\0" not in article.text
    assert parse_record(bare(article).to_json()) == bare(article)


def bare(article: Article) -> Record:
    """Return the Record of an article in which nothing was found."""
    return Record(id=article.id, text=article.text, sha256=article.sha256, meta=article.meta)


# -- annotated articles ------------------------------------------------------------------------------------------------


def _sound(record: Record) -> None:
    assert list(problems_of(record)) == []
    assert Record.model_validate_json(record.to_json()) == record


def _reads_dataset(name: str) -> Callable[[bytes], None]:
    def run(data: bytes) -> None:
        path = file_of(data, name)
        tolerated(lambda: [_sound(record) for record in read_records(path)])
        tolerated(lambda: list(read_annotated(path, quoteless=True)))

    return run


def tolerated(read: Callable[[], object]) -> None:
    """Run a reader, whose errors must be ours, and say something in one line."""
    try:
        read()
    except AnnotateError as error:
        in_one_line(error)


def in_one_line(error: AnnotateError) -> None:
    """Check that an error says something, and in one line."""
    assert str(error)
    assert "\n" not in str(error), str(error)


def _written(name: str, *records: Record) -> bytes:
    """Return what a format writes for Records; of a folder, its first file of articles."""
    place = Path(tempfile.mkdtemp(dir=folder()))
    target = place / FORMATS[name].target
    FORMATS[name].write(target, records or [sample_record()])
    if target.is_file():
        return target.read_bytes()
    return next(file for file in sorted(target.iterdir()) if file.name != "articles.jsonl").read_bytes()


def _standoff(data: bytes) -> None:
    """The .ann file is the input, up to a form feed; what follows is its text, where something does."""
    ann, _, text = data.partition(b"\f")
    file_of(text or TEXT.encode(), "brat/bridge_annotator.txt")
    path = file_of(ann, "brat/bridge_annotator.ann")
    tolerated(lambda: [_sound(record) for record in read_records(path)])
    tolerated(lambda: list(read_annotated(path, quoteless=True)))


def _indexed(name: str, at: str) -> Callable[[bytes], None]:
    """Replace one file of a folder that a format wrote."""

    def run(data: bytes) -> None:
        place = _folder_of(name)
        file = next(iter(sorted(place.glob(at))))
        whole = file.read_bytes()
        file.write_bytes(data)
        try:
            tolerated(lambda: [_sound(cast(Record, record)) for record in FORMATS[name].read(place)])
        finally:
            file.write_bytes(whole)

    return run


@cache
def _folder_of(name: str) -> Path:
    target = folder() / "formats" / FORMATS[name].target
    target.parent.mkdir(exist_ok=True)
    FORMATS[name].write(target, [sample_record()])
    return target


def _index_seeds(name: str, at: str) -> Callable[[], Iterable[bytes]]:
    return lambda: [next(iter(sorted(_folder_of(name).glob(at)))).read_bytes()]


def _reads_format(name: str) -> Callable[[bytes], None]:
    def run(data: bytes) -> None:
        path = file_of(data, FORMATS[name].target)
        tolerated(lambda: list(FORMATS[name].read(path)))

    return run


def _corpus(data: bytes) -> None:
    path = file_of(data, "corpus.jsonl")
    tolerated(lambda: list(read_corpus(path, quoteless=True)))


def _regions(data: bytes) -> None:
    """A pulled annotation: a JSON list of regions and relations, as a server keeps it for us."""
    try:
        result = json.loads(data)
    except (ValueError, RecursionError):
        return  # the export as a whole is read by `label-studio`
    article = article_of(sample_record())
    tolerated(lambda: _sound(record_of(result, article).record))
    tolerated(lambda: _sound(record_of(result, article, base=sample_record()).record))


# -- releases ----------------------------------------------------------------------------------------------------------

_FILES = ("SHA256SUMS", "dataset.json", "articles.jsonl", "records.jsonl")


@cache
def _release() -> Path:
    place = folder() / "release"
    released(place, articles(2), formats=("jsonl",))
    return place


def _reads_release(name: str) -> Callable[[bytes], None]:
    """Replace one file of a release, check the release, and read what it says of itself."""

    def run(data: bytes) -> None:
        place = _release()
        whole = (place / name).read_bytes()
        (place / name).write_bytes(data)
        try:
            tolerated(lambda: [str(problem) for problem in check(place).findings.problems])
            tolerated(lambda: list(ReleaseFolder.at(place).rows()))
            tolerated(lambda: assignments_in(place))
        finally:
            (place / name).write_bytes(whole)

    return run


def _release_seeds(name: str) -> Callable[[], Iterable[bytes]]:
    return lambda: [(_release() / name).read_bytes()]


# -- lists and settings ------------------------------------------------------------------------------------------------


def _list(read: Callable[[Path], object]) -> Callable[[bytes], None]:
    def run(data: bytes) -> None:
        path = file_of(data, "list")
        tolerated(lambda: read(path))

    return run


def _settings(data: bytes) -> None:
    path = file_of(data, "annotate.toml")

    def read() -> None:
        defaults = config_defaults(str(path), COMMANDS)
        assert set(defaults) == set(COMMANDS)
        assert all(isinstance(each, dict) for each in defaults.values())

    tolerated(read)


# -- predict -----------------------------------------------------------------------------------------------------------


@cache
def _pipeline(name: str) -> Any:
    from annotate.pipeline import load_pipeline

    return load_pipeline(pipeline=name, parties=["Rebels"])


def _predicts(name: str) -> Callable[[bytes], None]:
    def run(data: bytes) -> None:
        text = data.decode("utf-8", "replace").replace("\0", " ")[:2_000]
        (record,) = _pipeline(name).records([Article.of(text)])
        assert record.text == text
        _sound(record)
        article = article_of(record)
        # What a person would see on the page, and what would be read back if nobody changed it.
        _sound(record_of(result_of(record), article, base=record).record)

    return run


def _news() -> Iterator[bytes]:
    yield TEXT.encode()
    yield "LIMA (Reuters) — “It’s over,” said Ada Example, 61, spokeswoman. The army denied it.".encode()
    yield "'He said “she said ‘no’”', according to Radio Sample, citing a source. 😀\u202e\u200b".encode()


# -- the table ---------------------------------------------------------------------------------------------------------


def _table() -> Iterator[bytes]:
    yield b"name,aliases,domain,kind,country,parent\nExample Times,ET|The ET,times.example,newspaper,GB,\n"
    yield b'{"name": "Example Times", "aliases": ["ET"], "domain": "times.example"}\n'


def _html() -> Iterator[bytes]:
    words = "The governor’s spokeswoman said on Monday that the bridge had never been closed to traffic. " * 3
    yield (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Bridge</title></head>'
        f"<body><article><h1>Bridge</h1><p>{words}</p></article></body></html>"
    ).encode()


def _warc() -> Iterator[bytes]:
    (page,) = _html()
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page
    head = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http\r\nContent-Length: %d\r\n\r\n"
    plain = b"WARC/1.0\r\nWARC-Type: conversion\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n\r\n"
    plain += b"He said so.\n\r\n\r\n"
    yield head % len(http) + http + b"\r\n\r\n" + plain
    yield gzip.compress(plain)


def _toml() -> Iterator[bytes]:
    yield b'project = "A"\n[push]\nbatch-size = 3\n'
    yield b"push = 3\n"
    yield b"[export.splits]\nratio = [8, 1, 1]\n"


def _parquet() -> Iterator[bytes]:
    import pyarrow as pa
    from pyarrow import parquet

    for compression in ("none", "zstd"):
        buffer = io.BytesIO()
        parquet.write_table(pa.table({"text": ["He said so.", "She denied it."]}), buffer, compression=compression)
        yield buffer.getvalue()


def _of(name: str) -> Callable[[], Iterable[bytes]]:
    return lambda: [_written(name)]


TARGETS = {
    target.name: target
    for target in (
        Target("articles-text", _reads_articles("text"), lambda: [TEXT.encode()]),
        Target("articles-jsonl", _reads_articles("jsonl"), lambda: [b'{"text": "He said so.", "id": 1}'], is_json=True),
        Target("articles-csv", _reads_articles("csv"), lambda: [b'id,text\n1,"He said\nso."\n']),
        Target("articles-html", _reads_articles("html"), _html, slow=True),
        Target("articles-warc", _reads_articles("warc"), _warc),
        Target("articles-parquet", _reads_articles("parquet", confined=True), _parquet, slow=True),
        Target("records", _reads_dataset("records.jsonl"), _of("jsonl"), is_json=True),
        Target("corpus", _corpus, _of("jsonl"), is_json=True),
        Target("brat", _standoff, lambda: [_written("brat"), _written("brat") + b"\f" + TEXT.encode()]),
        Target("brat-index", _indexed("brat", "articles.jsonl"), _index_seeds("brat", "articles.jsonl"), is_json=True),
        Target("citron", _reads_dataset("article.json"), _of("citron"), is_json=True),
        Target("label-studio", _reads_dataset("export.json"), _of("label-studio"), is_json=True),
        Target("regions", _regions, lambda: [json.dumps(result_of(sample_record())).encode()], is_json=True),
        Target("parquet", _reads_dataset("rows.parquet"), _of("parquet"), slow=True),
        Target("web-annotation", _reads_format("web-annotation"), _of("web-annotation"), is_json=True),
        Target("conll", _reads_format("conll"), _of("conll")),
        Target("spacy", _indexed("spacy", "*.spacy"), _index_seeds("spacy", "*.spacy"), slow=True),
        *(
            Target(f"release-{name.partition('.')[0].lower()}", _reads_release(name), _release_seeds(name),
                   is_json=name != "SHA256SUMS", slow=True)
            for name in _FILES
        ),
        Target("outlets", _list(lambda path: list(read_outlets(path))), _table, is_json=True),
        Target("parties", _list(lambda path: list(read_parties(path))), _table, is_json=True),
        Target("track-record", _list(TrackRecord.read), lambda: [b"outlet,reliability\nExample Times,B\n"]),
        Target("identities", _list(read_identities), lambda: [b"name,variants,apart\nAda,A. Example|AE,Bob\n"]),
        Target("settings", _settings, _toml),
        Target("predict-rules", _predicts("rules"), _news, slow=True),
        Target("predict-model", _predicts("model"), _news, slow=True),
    )
}  # fmt: skip
