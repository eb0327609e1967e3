"""All that is written beside the rows to describe a release, in the order in which one file names another."""

from __future__ import annotations

from annotate.dataset.describing.attributions import attributions
from annotate.dataset.describing.card import CARD, Account, card_of
from annotate.dataset.describing.changelog import Changelog
from annotate.dataset.describing.croissant import CROISSANT, croissant_of
from annotate.dataset.describing.facts import facts_of
from annotate.dataset.describing.provenance import PROVENANCE, provenance_of
from annotate.dataset.export import Companion, Release


def describing(account: Account, changelog: Changelog | None = None) -> list[Companion]:
    """Return what describes a release, to be called in this order after whatever adds files of rows."""

    def describe(release: Release) -> None:
        facts = facts_of(release)
        release.staging.text(CARD, card_of(release, facts, account))
        release.staging.text(PROVENANCE, provenance_of(release, facts))
        release.staging.text(CROISSANT, croissant_of(release, facts, account))

    return [attributions, *([changelog] if changelog else []), describe]
