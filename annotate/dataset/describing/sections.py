"""The sections of a dataset card, each from what was counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from annotate import __version__
from annotate.dataset.describing.attributions import FOLDER as ATTRIBUTIONS
from annotate.dataset.describing.definitions import definitions
from annotate.dataset.describing.facts import CLASSES, COUNTED, NOT_GIVEN, Facts
from annotate.dataset.describing.licensing import address
from annotate.dataset.describing.markdown import plain, table
from annotate.dataset.export import Release
from annotate.dataset.formats import FORMATS
from annotate.dataset.index import INDEX
from annotate.dataset.rights import Texts
from annotate.dataset.staging import SUMS
from annotate.review.agreement import Agreement
from annotate.review.agreement.result import Score
from annotate.scheme import SCHEME_VERSION, Label, Policy

LISTED = 50  # of outlets, licences and the like, named in the card; all others are in the index
_POLICIES = {
    NOT_GIVEN: "one annotator",
    Policy.AGREED: "read alike by all who annotated the article",
    Policy.GROUND_TRUTH: "one annotation marked as ground truth",
    Policy.ADJUDICATED: "decided by an adjudicator where annotators differed",
    Policy.MAJORITY: "the values that more than half of the annotators gave",
    Policy.SINGLE: "one annotator's reading, whatever others said",
}
_MEASURES = {
    "content": "quotes found",
    "content_exact": "the very quotes",
    "attributed": "found, with the right source",
    "cue": "found, with the right cue",
}


def summary(release: Release, facts: Facts) -> str:
    """Say in a paragraph what the release is."""
    things = facts.total.things
    divided = f", divided into {', '.join(facts.splits)} ({plain(release.plan.method)})" if facts.splits else ""
    return (
        f"{things['attributions']:,} attributions in {things['articles']:,} news articles{divided}: who said what, by"
        " which words, through which outlets it came, and whether the article says that it was checked. Every row was"
        " submitted by an annotator.\n\n"
        f"Version `{release.summary.version}`, scheme {SCHEME_VERSION}, written by source-annotator {__version__}.\n"
    )


def motivation() -> str:
    """Say what such a dataset is for."""
    return (
        "## Motivation\n\n"
        "News reports what others say, often through a chain of outlets, and often without having been able to check"
        " it. The dataset marks each such attribution in running text, so that systems which find quotes, their sources"
        " and the roads by which they came can be trained and measured. Terms follow PARC 3 and PolNeAR; reliability"
        " and credibility are the Admiralty ratings of NATO AJP-2.1.\n"
    )


def composition(release: Release, facts: Facts) -> str:
    """Say what the release holds: counts, labels, the balance of classes, outlets, time."""
    columns = list(facts.columns())
    head = ["", *(name for name, _ in columns)]
    counts = table(head, ([name, *(counts.things[name] for _, counts in columns)] for name in COUNTED))
    stories = f"{release.summary.stories:,} stories; no story is parted by a split.\n\n" if facts.splits else ""
    return (
        "## Composition\n\n"
        "A row is an article with all that was marked in it; offsets are half-open and in Unicode code points of the"
        f" text whose SHA-256 the row names.\n\n{counts}\n{stories}"
        f"### Labels\n\n{_labels()}\n"
        f"### Balance of classes\n\n{_balance(facts)}"
        f"### Outlets\n\n{_articles(facts.publishers, 'publisher')}\n"
        f"### Time and language\n\n{_time(facts)}\n\n{_articles(facts.languages, 'language')}"
    )


def collection(release: Release, facts: Facts) -> str:
    """Say how the articles were collected."""
    withheld = len(release.summary.withheld)
    return (
        "## Collection process\n\n"
        "The articles were given by those who made the dataset; their metadata are as given. Only articles that an"
        " annotator read and submitted are here."
        f" {withheld:,} annotated {'article was' if withheld == 1 else 'articles were'} withheld: skipped, unreadable,"
        " not agreed on, or without a place in the splits."
        f"{_part(release.choices.articles)} Times of annotation: {_moments(facts)}.\n"
    )


def labelling(facts: Facts, agreement: Agreement | None) -> str:
    """Say who annotated, from what, how one reading was made, and how far people agreed."""
    machine = _articles(facts.pipelines, "pipeline that pre-annotated", none="none named")
    people = table(["annotator", "articles"], ([plain(name), count] for name, count in _ordered(facts.annotators)))
    decided = table(
        ["decided by", "articles"],
        ([plain(_POLICIES.get(name, name)), count] for name, count in sorted(facts.policies.items())),
    )
    return (
        "## Preprocessing and labelling\n\n"
        "`\\r\\n` in a text was turned into `\\n`, and nothing else changed. Articles were pre-annotated by a program"
        " where one is named below; annotators corrected what it proposed, added what it missed and judged what the"
        " program never judges: reliability and credibility.\n\n"
        f"{machine}\n### Annotators\n\n"
        f"{people if facts.annotators else 'No annotator is named.' + chr(10)}\n"
        "Names are pseudonyms; who stands behind them, only those who made the release can say. An article counts for"
        " each who had a say in it.\n\n"
        f"{decided}\n### Agreement\n\n{_agreement(agreement)}"
    )


def uses() -> str:
    """Say what to use the release for, and what not."""
    return (
        "## Uses\n\n"
        "For training and measuring systems that find attributions, sources, cue classes and chains of outlets, and for"
        " studying how news sources its claims.\n\n"
        "Known limits:\n\n"
        "- An attribution says that an article lays words to somebody, not that they were said, nor that they are"
        " true. Verification is what the article states of it; nobody checked the claims themselves.\n"
        "- Ratings are judgements of single annotators on single articles. They must not be used to rank outlets or"
        " people.\n"
        "- Where articles were pre-annotated, what the program proposed is likelier to have been kept than to have been"
        " found anew.\n"
        "- Rare classes have few examples (see the tables above); outlets and topics are those of the articles that"
        " were given, not a sample of all news.\n"
        "- Articles name living people. The names are those of the published articles.\n"
    )


def reading(release: Release) -> str:
    """Show how to read the release, by the formats that it has."""
    formats = release.choices.formats
    split = next((name for name in release.plan.splits if name), None)
    prefix = f"{split}/" if split else ""
    parts = ["## Reading it\n"]
    if "parquet" in formats and release.summary.records:
        parts.append(
            _code(
                "python",
                "from datasets import load_dataset",
                "",
                f'articles = load_dataset("FOLDER", split="{split or "train"}")  # a row an article',
                f'flat = load_dataset("FOLDER", "{ATTRIBUTIONS}", split="{split or "train"}")  # a row an attribution',
            )
        )
        if not split:
            parts.append("The release is not divided: `train` is the name under which `datasets` finds all of it.\n")
    if "jsonl" in formats:
        parts.append(
            _code(
                "python",
                "import json",
                "",
                f'with open("FOLDER/{prefix}records.jsonl", encoding="utf-8") as rows:',
                "    for row in map(json.loads, rows):",
                '        for attribution in row["attributions"]:',
                '            print(row["id"], attribution["quote"], attribution["source"])',
            )
        )
    if "spacy" in formats:
        parts.append(
            _code(
                "python",
                "import spacy",
                "from spacy.tokens import DocBin",
                "",
                f'docs = DocBin().from_disk("FOLDER/{prefix}spacy/records.spacy")',
                'for doc in docs.get_docs(spacy.blank("en").vocab):',
                '    print(doc.spans["Quote"])',
            )
        )
    others = [f"`{prefix}{FORMATS[name].target}`" for name in formats if name not in ("jsonl", "parquet", "spacy")]
    if others:
        parts.append(f"Also here: {', '.join(others)}.\n")
    parts.append(
        f"Whether it is whole, `{SUMS}` tells. A row without a text belongs to the article whose text, with `\\r\\n`"
        " turned into `\\n`, has the row's `sha256`: whoever has the articles puts their texts back with"
        " `annotate hydrate FOLDER --articles FILES`.\n"
    )
    parts.append(_code("console", f"$ sha256sum --check --strict {SUMS}"))
    return "\n".join(parts)


def distribution(release: Release, facts: Facts, licence: str | None) -> str:
    """Say under which licences the release stands, and which articles carry their text."""
    where = address(licence)
    stated = (
        f"The annotations are published under {plain(licence)}{f' (<{where}>)' if where else ''}."
        if licence
        else "The licence of the annotations is not stated: ask those who published them before you pass them on."
    )
    shown = facts.total.things["articles with text"]
    rows = ([plain(name) or "not given", count, facts.shown[name]] for name, count in _ordered(facts.licences)[:LISTED])
    return (
        "## Distribution\n\n"
        f"{stated} Each article stands under a licence of its own, which the annotations' does not change.\n\n"
        f"{shown:,} of {release.summary.records:,} articles carry their text ({_texts(release)}); the"
        f" others are offsets and hashes alone. `{INDEX}` says of each which.\n\n"
        f"{table(['licence of the article', 'articles', 'with text'], rows)}{_rest(facts.licences)}"
    )


def _texts(release: Release) -> str:
    if release.choices.texts is Texts.HYDRATED:
        return (
            "put back by `annotate hydrate` from articles that somebody has: where their licence does not let them be"
            " passed on, this copy is for that person's own use"
        )
    return f"`--text {release.choices.texts}`"


def maintenance(release: Release) -> str:
    """Say how versions are told apart."""
    changes = " What changed since the release before is in `CHANGELOG.md`." if _has_changes(release) else ""
    return (
        "## Maintenance\n\n"
        "The version is a hash of the rows: the same readings give the same version. Corrections are made in the"
        f" annotations and published as a new version.{changes} `dataset.json` names scheme and tool,"
        " `provenance.json` what each file was made of, `croissant.json` the columns.\n"
    )


def _has_changes(release: Release) -> bool:
    return "CHANGELOG.md" in release.staging.targets


def _part(articles: str | None) -> str:
    parts = {
        "sample": " They are the articles kept apart by chance to measure a pipeline.",
        "queue": " Articles kept apart to measure a pipeline are left out.",
    }
    return parts.get(articles or "", "")


def _labels() -> str:
    meanings = definitions()
    parts = [
        table(["label", "what it marks"], ([f"`{label}`", meanings.labels[label]] for label in Label), numbers_from=2)
    ]
    for name, values in CLASSES.items():
        explained = [(f"`{value}`", meanings.value(name, value)) for value in values]
        if any(meaning for _, meaning in explained):
            listed = "; ".join(f"{value} {meaning}".strip() for value, meaning in explained)
        else:
            listed = ", ".join(value for value, _ in explained)
        parts.append(f"- `{name}`: {meanings.heading(name)}. Values: {listed}.")
    return "\n".join(parts) + "\n"


def _balance(facts: Facts) -> str:
    columns = list(facts.columns())
    parts = []
    for name, values in CLASSES.items():
        if not facts.total.classes[name]:
            continue
        rows = [
            [f"`{value}`" if value else "not given", *(counts.classes[name][value] for _, counts in columns)]
            for value in (*map(str, values), NOT_GIVEN)
            if value or facts.total.classes[name][value]
        ]
        parts.append(table([f"`{name}`", *(column for column, _ in columns)], rows))
    return "\n".join(parts) + ("\n" if parts else "There are no attributions.\n\n")


def _articles(counter: Counter[str], what: str, *, none: str = "not given") -> str:
    rows = [[plain(name) or none, count] for name, count in _ordered(counter)[:LISTED]]
    return table([what, "articles"], rows) + _rest(counter)


def _rest(counter: Counter[str]) -> str:
    return f"\nAnd {len(counter) - LISTED:,} more: see `{INDEX}`.\n" if len(counter) > LISTED else ""


def _ordered(counter: Counter[str]) -> list[tuple[str, int]]:
    """Return the most frequent first, those alike by name: `annotator-2` before `annotator-10`."""
    return sorted(counter.items(), key=lambda item: (-item[1], item[0] == NOT_GIVEN, len(item[0]), item[0]))


def _time(facts: Facts) -> str:
    if facts.published is None:
        return "No article says when it was published."
    first, last = map(plain, facts.published)
    return f"Published from {first} to {last}, as far as their metadata say ({facts.dated:,} articles do)."


def _moments(facts: Facts) -> str:
    if facts.oldest is None or facts.newest is None:
        return "not noted"
    return f"{facts.oldest:%Y-%m-%d} to {facts.newest:%Y-%m-%d}"


def _agreement(agreement: Agreement | None) -> str:
    if agreement is None or not agreement.articles:
        return "No two annotators read the same article: agreement cannot be measured.\n"
    shared = (
        f"{len(agreement.annotators):,} annotators read {agreement.articles:,} articles at least twice over"
        f" ({agreement.comparisons:,} pairs of readings), whether or not those articles are in this release. Figures"
        " are of the annotations as they were made, before anybody decided between them.\n\n"
    )
    found = [(what, agreement.figures["attributions", "all", measure]) for measure, what in _MEASURES.items()]
    alphas = [
        *((f"`{label}`, by characters", agreement.characters[label]) for label in map(str, Label)),
        *((f"`{name}`", score) for name, score in agreement.values.items()),
    ]
    return (
        shared
        + table(["attributions", "F1 in %", "95 %", "of"], _scores(found, 1))
        + "\n"
        + table(["Krippendorff's alpha", "alpha", "95 %", "units"], _scores(alphas, 3))
    )


def _scores(scores: Sequence[tuple[str, Score]], places: int) -> Iterator[list[object]]:
    for what, score in scores:
        value = "–" if score.value is None else f"{score.value:.{places}f}"
        interval = "–" if score.interval is None else "–".join(f"{end:.{places}f}" for end in score.interval)
        yield [what, value, interval, score.of]


def _code(language: str, *lines: str) -> str:
    return "\n".join([f"```{language}", *lines, "```"]) + "\n"
