"""provenance.json: what each file of a release was made of, by whom and with what, as PROV-JSON (W3C PROV, 2013).

Entities: the articles, what pipelines proposed, the annotations, the release and its files. Activities: pre-annotation,
annotation, decision, export. Agents: programs, and annotators under their pseudonyms. There are no times of the export,
so that the same readings give the same bytes.
"""

from __future__ import annotations

import json
import re
from typing import Any

from annotate import __version__
from annotate.dataset.describing.facts import NOT_GIVEN, Facts
from annotate.dataset.describing.markdown import single_line
from annotate.dataset.export import Release
from annotate.dataset.inputs import SPLITS
from annotate.scheme import SCHEME_VERSION, Policy

PROVENANCE = "provenance.json"
_PREFIX = {"sa": "urn:source-annotator:", "release": "urn:source-annotator:release:", "sc": "https://schema.org/"}
Json = dict[str, Any]


class _Document:
    """A PROV document in the making; relations are numbered in the order in which they come."""

    def __init__(self) -> None:
        self.content: dict[str, Json] = {"prefix": _PREFIX, "entity": {}, "activity": {}, "agent": {}}
        self._relations = 0

    def add(self, kind: str, identity: str, label: str, **more: object) -> str:
        self.content[kind][identity] = {
            "prov:label": label,
            **{name.replace("__", ":"): it for name, it in more.items()},
        }
        return identity

    def relate(self, relation: str, **ends: str) -> None:
        self._relations += 1
        named = {f"prov:{name}": end for name, end in ends.items()}
        self.content.setdefault(relation, {})[f"_:r{self._relations}"] = named


def provenance_of(release: Release, facts: Facts) -> str:
    """Return the provenance: of the files that are there when it is called."""
    document = _Document()
    articles = document.add("entity", "sa:articles", "the articles", sa__count=facts.total.things["articles"])
    scheme = document.add("entity", "sa:scheme", "the annotation scheme", sa__version=SCHEME_VERSION)
    proposals = _preannotated(document, facts, articles)
    readings = _annotated(document, facts, [articles, *proposals], scheme)
    _exported(document, release, readings, articles, scheme)
    return json.dumps(document.content, indent=1, ensure_ascii=False) + "\n"


def _preannotated(document: _Document, facts: Facts, articles: str) -> list[str]:
    """Add what pipelines proposed, one activity a pipeline; models are agents too."""
    made: dict[str, int] = {}
    for number, (name, count) in enumerate(sorted(facts.pipelines.items()), start=1):
        if name == NOT_GIVEN:
            continue
        agent = document.add(
            "agent", f"sa:pipeline-{number}", single_line(name), prov__type=_kind("SoftwareAgent"), sa__version=name
        )
        activity = document.add("activity", f"sa:preannotation-{number}", f"pre-annotation by {single_line(name)}")
        entity = document.add("entity", f"sa:predictions-{number}", "what it proposed", sa__articles=count)
        document.relate("used", activity=activity, entity=articles)
        document.relate("wasGeneratedBy", entity=entity, activity=activity)
        document.relate("wasAssociatedWith", activity=activity, agent=agent)
        document.relate("wasDerivedFrom", generatedEntity=entity, usedEntity=articles)
        made[name] = number
    for number, ((pipeline, name), count) in enumerate(sorted(facts.models.items()), start=1):
        model = document.add("entity", f"sa:model-{number}", single_line(name), sa__articles=count, sa__version=name)
        if pipeline in made:
            document.relate("used", activity=f"sa:preannotation-{made[pipeline]}", entity=model)
    return [f"sa:predictions-{number}" for number in made.values()]


def _annotated(document: _Document, facts: Facts, sources: list[str], scheme: str) -> str:
    """Add the annotations, who made them, and how one reading was made of several. Return the readings."""
    annotation = document.add("activity", "sa:annotation", "annotation in Label Studio", **_times(facts))
    annotations = document.add("entity", "sa:annotations", "what annotators submitted")
    for source in sources:
        document.relate("used", activity=annotation, entity=source)
        document.relate("wasDerivedFrom", generatedEntity=annotations, usedEntity=source)
    document.relate("wasGeneratedBy", entity=annotations, activity=annotation)
    for name, count in sorted(facts.annotators.items(), key=lambda item: (len(item[0]), item[0])):
        # Without a type: whether a person or a program stands behind a pseudonym is not known here.
        agent = document.add("agent", f"sa:{_local(name)}", single_line(name), sa__articles=count)
        document.relate("wasAssociatedWith", activity=annotation, agent=agent, plan=scheme)
    readings = document.add("entity", "sa:readings", "one reading an article")
    document.relate("wasDerivedFrom", generatedEntity=readings, usedEntity=annotations)
    for name, count in sorted(facts.policies.items()):
        policy = name or str(Policy.SINGLE)
        decision = document.add(
            "activity",
            f"sa:decision-{_local(name or 'one-annotation')}",
            f"one reading by: {single_line(name or 'the only annotation')}",
            sa__policy=policy,
            sa__articles=count,
        )
        document.relate("used", activity=decision, entity=annotations)
        document.relate("wasGeneratedBy", entity=readings, activity=decision)
    return readings


def _exported(document: _Document, release: Release, readings: str, articles: str, scheme: str) -> None:
    """Add the release and its files; a folder of many files stands as one entity, its hashes are in SHA256SUMS."""
    tool = document.add(
        "agent",
        "sa:tool",
        f"source-annotator {__version__}",
        prov__type=_kind("SoftwareAgent"),
        sa__version=__version__,
    )
    choices = release.choices
    export = document.add(
        "activity",
        "sa:export",
        "export",
        sa__text=str(choices.texts),
        sa__policy=str(choices.policy or Policy.AGREED),
        **({"sa__articles": choices.articles} if choices.articles else {}),
        **({"sa__split": release.plan.method} if release.plan.method else {}),
    )
    version = release.summary.version
    whole = document.add(
        "entity",
        f"release:{version}",
        "the release",
        prov__type=_kind("Collection"),
        sa__version=version,
        sa__scheme=SCHEME_VERSION,
        sa__records=release.summary.records,
        sa__attributions=release.summary.attributions,
    )
    document.relate("wasAssociatedWith", activity=export, agent=tool)
    for used in (readings, articles, scheme):
        document.relate("used", activity=export, entity=used)
    document.relate("wasGeneratedBy", entity=whole, activity=export)
    document.relate("wasDerivedFrom", generatedEntity=whole, usedEntity=readings)
    for number, name in enumerate(_files(release), start=1):
        digest = release.staging.sums.get(name)
        more = {"sa__sha256": digest} if digest else {}
        split = name.split("/")[0]
        if split in SPLITS:
            more["sa__split"] = split
        file = document.add("entity", f"release:file-{number}", name, prov__location=name, **more)
        document.relate("hadMember", collection=whole, entity=file)
        document.relate("wasGeneratedBy", entity=file, activity=export)


def _files(release: Release) -> list[str]:
    """Return the targets, and the shards of those that are folders of shards."""
    targets = set(release.staging.targets)
    return sorted(targets | {name for name in release.staging.sums if name.endswith(".parquet")})


def _times(facts: Facts) -> dict[str, str]:
    if facts.oldest is None or facts.newest is None:
        return {}
    return {"prov__startTime": facts.oldest.isoformat(), "prov__endTime": facts.newest.isoformat()}


def _kind(name: str) -> Json:
    return {"$": f"prov:{name}", "type": "prov:QUALIFIED_NAME"}


def _local(name: str) -> str:
    """Return a name as the local part of a qualified name."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name) or "unnamed"
