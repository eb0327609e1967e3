"""README.md of a release: a dataset card for the Hugging Face Hub, with the headings of a datasheet.

The front matter is that of the Hub, so that `datasets.load_dataset(FOLDER)` finds the splits; the questions are those
of Gebru et al., Datasheets for Datasets (2021). Everything in it is counted in the rows or said by the maker (`about`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from annotate.dataset.describing import sections
from annotate.dataset.describing.attributions import FOLDER as ATTRIBUTIONS
from annotate.dataset.describing.facts import Facts
from annotate.dataset.describing.licensing import NOT_STATED, of_release
from annotate.dataset.describing.markdown import single_line
from annotate.dataset.export import Release
from annotate.dataset.formats import FORMATS
from annotate.review.agreement import Agreement

CARD = "README.md"
TITLE = "Who said it: attributions in news articles"
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
)


@dataclass(frozen=True, slots=True)
class Account:
    """What the rows cannot say of a release.

    agreement: of all who annotated the same articles, None when nobody did. about: Markdown of the maker's own.
    licence: of the annotations.
    """

    agreement: Agreement | None = None
    about: str | None = None
    licence: str | None = None


def card_of(release: Release, facts: Facts, account: Account) -> str:
    """Return the card."""
    return f"---\n{front_matter(release, facts, account.licence)}---\n\n# {TITLE}\n\n" + "\n".join(
        [
            sections.summary(release, facts),
            sections.motivation(),
            *([f"## About this release\n\n{_own(account.about)}\n"] if account.about else []),
            sections.composition(release, facts),
            sections.collection(release, facts),
            sections.labelling(facts, account.agreement),
            sections.uses(),
            sections.reading(release),
            sections.distribution(release, facts, account.licence),
            sections.maintenance(release),
        ]
    )


def _own(about: str) -> str:
    """Return the maker's Markdown one level down, so that its headings stand under ours."""
    lines, fenced = [], False
    for line in about.strip().splitlines():
        fenced ^= line.lstrip().startswith(("```", "~~~"))
        lines.append(f"##{line}" if not fenced and re.match(r"#{1,4} ", line) else line)
    return "\n".join(lines)


def front_matter(release: Release, facts: Facts, licence: str | None) -> str:
    """Return the YAML that the Hub reads. Strings are written as JSON, which every YAML reader takes."""
    return "".join(f"{line}\n" for line in _front(release, facts, licence))


def _front(release: Release, facts: Facts, licence: str | None) -> Iterator[str]:
    yield f"pretty_name: {_quoted(TITLE)}"
    covering = of_release(licence, facts)
    if covering:
        yield f"license: {covering}"
    else:
        yield "license: other"
        yield f"license_name: {_quoted(_slug(licence))}"
    languages = sorted({name.lower().replace("_", "-").split("-")[0] for name in facts.languages if name})
    known = [name for name in languages if _LANGUAGE.fullmatch(name)]
    if known:
        yield from ("language:", *(f"- {_quoted(name)}" for name in known))
    yield from ("task_categories:", "- token-classification", "- text-classification")
    yield from ("size_categories:", f"- {_size(release.summary.records)}")
    yield "tags:"
    for tag in ("news", "attribution", "quotation", "source-attribution", "speaker-attribution", "datasheet"):
        yield f"- {tag}"
    if "parquet" in release.choices.formats and release.summary.records:
        yield "configs:"
        yield from _config("records", FORMATS["parquet"].target, release, default=True)
        yield from _config("attributions", ATTRIBUTIONS, release)


def _config(name: str, folder: str, release: Release, *, default: bool = False) -> Iterator[str]:
    yield f"- config_name: {name}"
    if default:
        yield "  default: true"
    yield "  data_files:"
    for split in release.plan.splits:
        # The Hub knows no data without a split: what is not divided goes by the name that all tools expect.
        yield f"  - split: {split or 'train'}"
        yield f"    path: {f'{split}/' if split else ''}{folder}/*.parquet"


def _quoted(value: str) -> str:
    return json.dumps(single_line(value))


def _slug(licence: str | None) -> str:
    return re.sub(r"[^a-z0-9.]+", "-", (licence or "").lower()).strip("-") or NOT_STATED


def _size(records: int) -> str:
    return next((name for limit, name in _SIZES if records < limit), "n>10M")
