"""What annotators do on the page arrives, and nothing else does."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from annotate.record import (
    Article,
    Evidence,
    Meta,
    Notice,
    OutletMention,
    Record,
    Region,
    SpeakerRef,
    Suggestion,
    Unlinked,
    Verification,
    Via,
    canonical,
    make_attribution,
)
from annotate.scheme import (
    HUMAN_ONLY,
    Anonymity,
    Credibility,
    CueClass,
    Independence,
    Label,
    NoticeKind,
    OutletRole,
    Quality,
    SourceType,
    VerificationKind,
    VerificationStatus,
)
from tests.browser.conftest import Workbench
from tests.records import TEXT, sample_record, span

SEED = Path(__file__).parents[2] / "seeds" / "003_79f6919eadc17b7e.txt"
MUJAHID = SpeakerRef(name="Zabihullah Mujahid")
HELP = (
    "Keys 1–6, then drag over words: mark them · Alt+R, then click: relate two regions"
    " (name the relation between two quotes) · Backspace: delete · Ctrl+Enter: submit"
)
SPOKESPERSON = {
    "source_type": SourceType.SPOKESPERSON,
    "anonymity": Anonymity.NAMED_INDIVIDUAL,
    "independence": Independence.PARTY,
    "speaker": MUJAHID,
}


@pytest.fixture
def seed() -> Record:
    """A seed article with a few regions of each kind, one of them wrong."""
    text = SEED.read_text(encoding="utf-8")
    reuters = span(text, "Reuters", 1)
    return canonical(
        Record(
            id="seed-003",
            text=text,
            sha256=Article.of(text).sha256,
            meta=Meta(title="Taliban, rebels both claim", publisher="The Hill", published="2021-09-02"),
            attributions=(
                make_attribution(
                    text,
                    id="a1",
                    quote=[span(text, "negotiations with the resistance group failed")],
                    cue=[span(text, "said")],
                    source=[span(text, "Taliban spokesperson Zabihullah Mujahid")],
                    cue_class=CueClass.NEUTRAL,
                    **SPOKESPERSON,
                ),
                make_attribution(
                    text,
                    id="a2",
                    quote=[span(text, "“We started operations"), span(text, "They suffered heavy losses,”")],
                    cue=[span(text, "said", 2)],
                    source=[span(text, "Mujahid", 2)],
                    cue_class=CueClass.NEUTRAL,
                    via=(Via(name="Reuters", span=reuters),),
                    verification=VerificationStatus.NOT_STATED,
                    suggestion=Suggestion(evidence=(Evidence(kind="no-agreement", text="no other article says so"),)),
                    **SPOKESPERSON,
                ),
            ),
            outlets=(OutletMention(id="o1", span=reuters, name="Reuters", role=OutletRole.VIA),),
            verifications=(
                Verification(
                    id="v1",
                    span=span(text, "The news wire noted that it was not possible to verify the numbers provided"),
                    kind=VerificationKind.UNVERIFIABLE,
                ),
            ),
            notices=(
                Notice(id="n1", span=span(text, "Regular the hill posts"), kind=NoticeKind.RESIDUE),
                Notice(id="n2", span=span(text, "The Taliban"), kind=NoticeKind.CAPTION),
            ),
        )
    )


def test_regions_relations_and_the_heading_are_seen(workbench: Workbench, seed: Record) -> None:
    workbench.push(seed)
    page = workbench.open(seed)
    shown = page.highlights()
    assert "Taliban spokesperson Zabihullah Mujahid" in shown
    assert "The news wire noted that it was not possible to verify the numbers provided" in shown
    assert len(shown) == 11
    assert page.without_colour() == []
    assert sorted(page.relation_labels()) == sorted(["said_by", "cued_by"] * 2 + ["continues", "via"])
    expect(page.page.locator(".article")).to_contain_text("Taliban, rebels both claim")
    expect(page.page.locator(".article")).to_contain_text("The Hill · 2021-09-02")


def test_what_a_person_did_is_exactly_what_comes_back(workbench: Workbench, seed: Record) -> None:
    text = seed.text or ""
    workbench.push(seed)
    page = workbench.open(seed)
    page.select("n2")
    page.press("3")  # a notice becomes a source,
    page.press("q")  # a group,
    page.press("Shift+g")  # named,
    page.write("name", "Taliban")
    page.select("n1")
    page.press("Backspace")  # another one goes,
    page.select("a2")
    page.choose("disputed_by_other_party")  # a value changes by click,
    page.press("Shift+4")  # a rating is given by key,
    copyright_line = span(text, "Copyright 2023 Nexstar Media Inc. All rights reserved")
    drawn = page.draw(text, *copyright_line, key="6")  # a region is new,
    page.select(drawn)
    page.press("Shift+w")
    page.relate("v1", "a2", "about")  # and so is a relation.
    page.press("0")
    page.submit()

    first, second = seed.attributions
    judged = {"verification": VerificationStatus.DISPUTED_BY_OTHER_PARTY, "credibility": Credibility.FOUR}
    group = {"name": "Taliban", "source_type": "group", "anonymity": "named_group"}
    expected = {
        "attributions": (first, second.model_copy(update=judged)),
        "verifications": (seed.verifications[0].model_copy(update={"about": ("a2",)}),),
        "notices": (Notice(id=drawn, span=copyright_line, kind=NoticeKind.COPYRIGHT),),
        "unlinked": Unlinked(
            regions=(Region(id="n2", label=Label.SOURCE, span=span(text, "The Taliban"), attributes=group),)
        ),
        "quality": Quality.OK,
    }
    assert workbench.pull()[seed.id] == canonical(seed.model_copy(update=expected))


def test_a_relation_without_a_label_is_read_by_its_ends_or_kept_as_such(workbench: Workbench) -> None:
    record = sample_record()
    workbench.push(record)
    page = workbench.open(record)
    page.relate("a2", "a1-s1")
    page.relate("a1", "a2")
    page.submit()
    pulled = workbench.pull()[record.id]
    denied = next(item for item in pulled.attributions if item.id == "a2")
    assert denied.source == (span(TEXT, "Colonel Ada Example"), span(TEXT, "Rebels"))
    assert [(link.source, link.target, link.label) for link in pulled.unlinked.relations] == [("a1", "a2", None)]


def test_attributes_are_seen_with_their_region_alone(workbench: Workbench) -> None:
    record = sample_record()
    workbench.push(record)
    page = workbench.open(record)
    assert page.controls() == ["Select a region to see what is known of it", HELP]
    seen = {}
    for region in ("a1", "a1-c1", "a1-s1", "o1", "v1"):
        page.select(region)
        seen[region] = page.controls()
    assert seen == {
        "a1": [
            "Verification, as the article states it",
            "Credibility (Admiralty), your own judgement",
            "Outlet it came through, if no words name it",
        ],
        "a1-c1": ["Class of the cue"],
        "a1-s1": [
            "Canonical name, if named",
            "Type of source",
            "Anonymity",
            "Independence of the matter",
            "Reliability (Admiralty), your own judgement",
        ],
        "o1": ["Canonical name", "Role"],
        "v1": ["What it says"],
    }


def test_the_suggestion_stands_in_the_details_and_in_no_rating(workbench: Workbench, seed: Record) -> None:
    workbench.push(seed)
    page = workbench.open(seed)
    page.select("a2")
    details = page.page.locator(".lsf-detailed-region, .lsf-region-item, .lsf-tabs").first
    expect(details).to_contain_text("suggested: reliability F, credibility 6")
    expect(details).to_contain_text("no other article says so")
    assert not {item["from_name"] for item in page.result() if "from_name" in item} & HUMAN_ONLY


def test_a_key_of_another_label_changes_nothing(workbench: Workbench) -> None:
    record = sample_record()
    workbench.push(record)
    page = workbench.open(record)
    page.select("a1")
    for key in ("s", "Shift+b", "n", "Shift+v", "Shift+8", "Shift+x"):
        page.press(key)
    page.submit()
    assert workbench.pull() == {record.id: record}


def test_what_was_set_for_the_former_label_goes_with_it(workbench: Workbench) -> None:
    record = sample_record()
    workbench.push(record)
    page = workbench.open(record)
    page.select("a2-s1")
    page.press("6")
    page.submit()
    pulled = workbench.pull()[record.id]
    assert [(item.id, item.span) for item in pulled.notices] == [("a2-s1", span(TEXT, "Rebels"))]
    assert {attribution.id: attribution.source for attribution in pulled.attributions}["a2"] == ()


def test_the_page_asks_no_other_host(workbench: Workbench) -> None:
    record = sample_record()
    workbench.push(record)
    asked: set[str | None] = set()
    workbench.page.page.on("request", lambda request: asked.add(urlsplit(request.url).hostname))
    workbench.open(record).submit()
    assert asked - {None} == {"127.0.0.1"}


def test_no_two_keys_are_bound_to_the_same(workbench: Workbench) -> None:
    record = sample_record()
    workbench.push(record)
    complaints: list[str] = []
    workbench.page.page.on(
        "console", lambda line: complaints.append(line.text) if "Key already added" in line.text else None
    )
    page = workbench.open(record)
    page.select("a1")
    assert complaints == []


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ('https://example.org/a?b="><script>window.hacked=1</script>', "https://example.org/"),
        ("javascript:window.hacked=1", None),
        (None, None),
    ],
)
def test_a_hostile_heading_is_only_shown(workbench: Workbench, url: str | None, address: str | None) -> None:
    meta = Meta(title="<img src=x onerror=window.hacked=1> & more", publisher="<b>Example</b>", url=url)
    record = sample_record().model_copy(update={"meta": meta})
    workbench.push(record)
    page = workbench.open(record)
    expect(page.page.locator(".article")).to_contain_text("<img src=x onerror=window.hacked=1> & more")
    expect(page.page.locator(".article")).to_contain_text("<b>Example</b>")
    links = page.page.locator(".article a")
    if address is None:
        assert links.count() == 0
    else:
        assert links.get_attribute("target") == "_blank"
        assert str(links.get_attribute("href")).startswith(address)
    assert page.page.evaluate("window.hacked") is None
