"""croissant.json: the release as MLCommons Croissant 1.0, by which search engines and loaders know files and columns.

Every shard is a FileObject with its SHA-256; record sets stand over the Parquet files, one of articles and one of
attributions; a release without Parquet has its files alone. Of Croissant's vocabulary for responsible AI (RAI 1.0) it
has what is known and no more. The date is that of the newest annotation, so that the same readings give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from annotate.dataset.describing.attributions import FOLDER as ATTRIBUTIONS
from annotate.dataset.describing.attributions import SCHEMA as ATTRIBUTION_SCHEMA
from annotate.dataset.describing.card import TITLE, Account
from annotate.dataset.describing.facts import Facts
from annotate.dataset.describing.licensing import address
from annotate.dataset.describing.markdown import single_line
from annotate.dataset.export import Release
from annotate.dataset.formats.parquet import FOLDER as ROWS
from annotate.dataset.formats.parquet import SCHEMA as ROW_SCHEMA
from annotate.dataset.index import INDEX
from annotate.dataset.inputs import SPLITS
from annotate.scheme import SCHEME_VERSION

CROISSANT = "croissant.json"
CONFORMS_TO = ["http://mlcommons.org/croissant/1.0", "http://mlcommons.org/croissant/RAI/1.0"]
_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_PARQUET = "application/x-parquet"
_JSONL = "application/jsonlines"
_TYPES = {".jsonl": _JSONL, ".parquet": _PARQUET, ".md": "text/markdown", ".json": "application/json"}
_ENDINGS = {"train": "TrainingSplit", "dev": "ValidationSplit", "test": "TestSplit"}
Json = dict[str, Any]


def croissant_of(release: Release, facts: Facts, account: Account) -> str:
    """Return the metadata as JSON-LD: of the files that are there when it is called."""
    version = release.summary.version
    licence = account.licence
    content: Json = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "name": f"source-annotator-{version[:12]}",
        "alternateName": TITLE,
        "description": (
            f"{release.summary.attributions} attributions in {release.summary.records} news articles: who said what,"
            " by which words, through which outlets, and whether the article says that it was checked."
        ),
        # Versions are hashes of the rows; Croissant wants numbers, so the hash stands as semantic versioning's build.
        "version": f"{SCHEME_VERSION}.0.0+{version[:12]}",
        "license": address(licence) or single_line(licence or f"not stated; articles: see {INDEX}"),
        "citeAs": _citation(version, facts),
        "keywords": ["news", "attribution", "quotation", "source attribution"],
        **({"datePublished": f"{facts.newest:%Y-%m-%d}"} if facts.newest else {}),
        **({"inLanguage": languages} if (languages := sorted(map(single_line, filter(None, facts.languages)))) else {}),
        # Who or what stands behind a pseudonym is not known here, so that they are named as one body.
        **(
            {"creator": [{"@type": "sc:Organization", "name": f"The annotators: {', '.join(_named(facts))}"}]}
            if facts.annotators
            else {}
        ),
        **_responsible(facts, account),
        "distribution": list(_distribution(release)),
        "recordSet": list(_record_sets(release)),
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _named(facts: Facts) -> list[str]:
    return sorted(map(single_line, facts.annotators), key=lambda name: (len(name), name))


def _citation(version: str, facts: Facts) -> str:
    year = f", year = {{{facts.newest:%Y}}}" if facts.newest else ""
    return f"@misc{{source-annotator-{version[:12]}, title = {{{TITLE}}}, version = {{{version}}}{year}}}"


def _responsible(facts: Facts, account: Account) -> Json:
    several = sum(count for number, count in facts.bases.items() if number > 1)
    known: Json = {
        "rai:dataAnnotationPlatform": "Label Studio",
        "rai:dataAnnotationProtocol": (
            f"Source Annotator's scheme, version {SCHEME_VERSION}: annotators correct what a program proposed"
            " and submit each article."
        ),
        "rai:annotationsPerItem": f"1; {several} articles rest on several annotations" if several else "1",
        "rai:dataPreprocessingProtocol": "Carriage returns before line feeds are removed; nothing else is changed.",
        "rai:dataLimitations": (
            "An attribution says that an article lays words to a source, not that they are true. Ratings are judgements"
            " of single annotators. What was pre-annotated is likelier to be kept than to be found anew."
        ),
        "rai:dataUseCases": "Training and measuring systems that find attributions, sources and chains of outlets.",
        "rai:personalSensitiveInformation": (
            "Names of people as published articles give them; annotators appear under pseudonyms."
        ),
        "rai:dataReleaseMaintenancePlan": "Corrections are published as a new version, which is a hash of the rows.",
    }
    tools = sorted(map(single_line, filter(None, {*facts.pipelines, *(model for _, model in facts.models)})))
    if tools:
        known["rai:machineAnnotationTools"] = tools
    agreement = account.agreement
    if agreement is not None and agreement.articles:
        found = agreement.figures["attributions", "all", "content"]
        if found.value is not None:
            known["rai:dataAnnotationAnalysis"] = (
                f"F1 of quotes found between annotators: {found.value} %, over {agreement.articles} articles that"
                " several annotators read."
            )
    return known


# -- files -------------------------------------------------------------------------------------------------------------


def _shards(release: Release, folder: str) -> list[str]:
    return sorted(
        name
        for name in release.staging.sums
        for split in release.plan.splits
        if name.startswith(f"{split}/{folder}/" if split else f"{folder}/") and name.endswith(".parquet")
    )


def _distribution(release: Release) -> Iterator[Json]:
    """Yield the files: what is a file of its own, and the shards. Folders of many files are left to SHA256SUMS."""
    shards = {folder: _shards(release, folder) for folder in (ROWS, ATTRIBUTIONS)}
    alone = [target for target in release.staging.targets if target in release.staging.sums]
    for name in (*sorted(alone), *(name for names in shards.values() for name in names)):
        ending = name[name.rfind(".") :]
        yield {
            "@type": "cr:FileObject",
            "@id": name,
            "name": name.replace("/", "-"),
            "contentUrl": name,
            "contentSize": f"{(release.staging.folder / name).stat().st_size} B",
            "encodingFormat": _TYPES.get(ending, "text/plain"),
            "sha256": release.staging.sums[name],
        }
    splits = release.plan.splits
    for folder, names in shards.items():
        if names:
            yield {
                "@type": "cr:FileSet",
                "@id": f"{folder}-shards",
                "name": f"{folder}-shards",
                "encodingFormat": _PARQUET,
                "includes": [f"{split}/{folder}/*.parquet" if split else f"{folder}/*.parquet" for split in splits],
            }


# -- columns -----------------------------------------------------------------------------------------------------------


def _record_sets(release: Release) -> Iterator[Json]:
    splits = [split for split in release.plan.splits if split]
    if splits:
        yield {
            "@type": "cr:RecordSet",
            "@id": "splits",
            "name": "splits",
            "description": "The splits of the release.",
            "dataType": "sc:Split",
            "key": {"@id": "splits/name"},
            "field": [
                _typed("splits/name", "The name of the split.", "sc:Text"),
                _typed("splits/url", "What it is for.", "sc:URL"),
            ],
            "data": [
                {"splits/name": name, "splits/url": f"http://mlcommons.org/croissant/{_ENDINGS[name]}"}
                for name in splits
            ],
        }
    for name, folder, schema, what in (
        ("records", ROWS, ROW_SCHEMA, "A row an article, with all that was marked in it."),
        ("attributions", ATTRIBUTIONS, ATTRIBUTION_SCHEMA, "A row an attribution."),
    ):
        if _shards(release, folder):
            fields = [_split_field(name, folder)] if splits else []
            yield _set(name, what, [*fields, *_fields(name, f"{folder}-shards", schema)])


def _set(name: str, what: str, fields: Iterable[Json]) -> Json:
    return {"@type": "cr:RecordSet", "@id": name, "name": name, "description": what, "field": list(fields)}


def _typed(identity: str, what: str, kind: str) -> Json:
    return {
        "@type": "cr:Field",
        "@id": identity,
        "name": identity.replace("/", "-"),
        "description": what,
        "dataType": kind,
    }


def _split_field(name: str, folder: str) -> Json:
    source = {
        "fileSet": {"@id": f"{folder}-shards"},
        "extract": {"fileProperty": "fullpath"},
        # It leaves a split's name alone: mlcroissant applies it once more to what it found.
        "transform": {"regex": rf"({'|'.join(SPLITS)})(?:/{folder}/.+)?$"},
    }
    return {
        **_typed(f"{name}/split", "The split.", "sc:Text"),
        "references": {"field": {"@id": "splits/name"}},
        "source": source,
    }


def _fields(name: str, shards: str, schema: pa.Schema) -> Iterator[Json]:
    """Yield the columns; of nested ones, the parts as sub-fields.

    Croissant's JSON paths lead to one value in each struct: lists of structs inside of another (the roads of an
    attribution, the evidence for a suggestion, what is unlinked) are left out.
    """
    for column in schema:
        source = {"fileSet": {"@id": shards}, "extract": {"column": column.name}}
        identity = f"{name}/{column.name}"
        repeated = _is_list(column.type)
        kind = column.type.value_type if repeated else column.type
        field = _field(identity, column.name) | ({"repeated": True} if repeated else {})
        if pa.types.is_struct(kind):
            parts = [
                _field(f"{identity}/{path}", f"{column.name}.{path}")
                | {"dataType": _type(part), "source": source | {"transform": {"jsonPath": path}}}
                for path, part in _parts(kind)
            ]
            if parts:
                yield field | {"subField": parts}
        else:
            yield field | {"dataType": _type(kind), "source": source}


def _parts(struct: pa.StructType, before: str = "") -> Iterator[tuple[str, pa.DataType]]:
    """Yield what lies in a struct and in the structs in it, by its path, with the innermost type of lists."""
    for part in struct:
        path, kind, listed = f"{before}{part.name}", part.type, False
        while _is_list(kind):
            kind, listed = kind.value_type, True
        if not pa.types.is_struct(kind):
            yield path, kind
        elif not listed:
            yield from _parts(kind, f"{path}.")


def _field(identity: str, what: str) -> Json:
    return {
        "@type": "cr:Field",
        "@id": identity,
        "name": identity.replace("/", "-"),
        "description": f"{what}: see the Record's schema.",
    }


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_fixed_size_list(kind))


def _type(kind: pa.DataType) -> str:
    while _is_list(kind):
        kind = kind.value_type
    if pa.types.is_integer(kind):
        return "sc:Integer"
    if pa.types.is_floating(kind):
        return "sc:Float"
    return "sc:Boolean" if pa.types.is_boolean(kind) else "sc:Text"
