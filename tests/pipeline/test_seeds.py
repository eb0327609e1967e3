"""The five seed articles, as they were given."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotate.pipeline import Pipeline
from annotate.record import Article, Record
from annotate.scheme import NoticeKind, VerificationKind
from tests.pipeline.conftest import by_source, said, words
from tests.pipeline.test_running import check

SEEDS = sorted((Path(__file__).parents[2] / "seeds").glob("*.txt"))


@pytest.fixture(scope="module")
def seeds(rules: Pipeline) -> list[Record]:
    return list(rules.records(Article.of(path.read_text(encoding="utf-8")) for path in SEEDS))


def test_every_seed_gives_a_sound_record(seeds: list[Record]) -> None:
    assert len(seeds) == 5
    for record in seeds:
        check(record)
        assert len(record.attributions) >= 12
        assert {a.suggestion.credibility for a in record.attributions if a.suggestion} == {"6"}


def test_the_agency_layer_keeps_the_speaker(seeds: list[Record]) -> None:
    quote = "“We started operations after negotiation with the local armed group failed. … They suffered heavy losses,”"
    (inner,) = [a for a in seeds[3].attributions if words(seeds[3], a.quote) == [quote]]
    assert inner.speaker is not None
    assert inner.speaker.name == "Zabihullah Mujahid"
    assert [via.name for via in inner.via] == ["Reuters"]
    assert (["Reuters"], ["according to"], [f"{quote} Mujahid said"]) in said(seeds[3])


def test_the_report_stands_for_the_outlet_before_it(seeds: list[Record]) -> None:
    locals_said = by_source(seeds[2], "locals")
    assert words(seeds[2], locals_said.quote) == ["most of the people have fled the area"]
    assert [via.name for via in locals_said.via] == ["Tolo News"]


def test_recipients(seeds: list[Record]) -> None:
    assert {(o.name, o.role) for o in seeds[0].outlets} == {("Radio Azadi", "recipient"), ("Al Jazeera", "recipient")}


def test_verification_statements(seeds: list[Record]) -> None:
    kinds = [[v.kind for v in record.verifications] for record in seeds]
    assert kinds[0] == [VerificationKind.UNVERIFIABLE]
    assert kinds[1] == [VerificationKind.NO_EVIDENCE]
    assert kinds[3] == [VerificationKind.NO_EVIDENCE, VerificationKind.UNVERIFIABLE]


def test_notices(seeds: list[Record]) -> None:
    kinds = [[n.kind for n in record.notices] for record in seeds]
    assert kinds[0] == [NoticeKind.HEADLINE] * 2
    assert kinds[2] == [NoticeKind.RESIDUE, NoticeKind.DATELINE, NoticeKind.DISCLAIMER]
    assert NoticeKind.COPYRIGHT in kinds[3]
