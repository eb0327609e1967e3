"""Text that is not reporting, at the head, in the body and at the foot of made-up articles, and in the seeds."""

from __future__ import annotations

import json
import re
import time
from itertools import pairwise
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language

import annotate.pipeline.notices  # noqa: F401 - registers the component
from annotate.derive import sha256_of
from annotate.pipeline.resources import entries

ROOT = Path(__file__).parents[2]
LEAD = "The bridge over the river was closed on Monday after heavy rain, officials said."
REST = "\n\nThe mayor told residents to stay at home. “It will be open soon,” she said.\n\nIt was built in 1931."


@pytest.fixture(scope="module")
def nlp() -> Language:
    nlp = spacy.blank("en")
    nlp.add_pipe("annotate_notices")
    return nlp


def notices(nlp: Language, text: str) -> list[tuple[str, str]]:
    return [(item["kind"], text[slice(*item["span"])]) for item in nlp(text)._.notices]


@pytest.mark.parametrize(
    "dateline",
    [
        "LONDON (Reuters) -",
        "LONDON, March 3 (Reuters) -",
        "London —",
        "WASHINGTON (AP) —",
        "NAIROBI, Kenya (AP) —",
        "ORLANDO, Fla. —",
        "HASSAN SHAMI, Iraq",
        "MOSCOW/KIEV",
        "SEOUL",
        "MULTAN:",
        "Srinagar-",
        "New Delhi:",
        "BEIJING, May 5 (Xinhua) --",
        "PARIS, Jan 5, 2031 (AFP) -",
        "UNITED NATIONS —",
        "sample News, 26 June -",
        "KUWAIT CITY, July 24:",
    ],
)
def test_datelines(nlp: Language, dateline: str) -> None:
    assert notices(nlp, f"{dateline} {LEAD}{REST}") == [("dateline", dateline)]


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("headline", "Bridge closed after heavy rain"),
        ("byline", "By Jane Doe"),
        ("byline", "JANE DOE"),
        ("byline", "By Jane Doe and John Roe, Example News"),
        ("residue", "Last updated: 5 May 2031"),
    ],
)
def test_lines_at_the_head(nlp: Language, kind: str, line: str) -> None:
    assert notices(nlp, f"{line}\n\n{LEAD}{REST}") == [(kind, line)]


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("headline", "What happens next"),
        ("headline", "'A very dark day'"),
        ("headline", "Why was it closed?"),
        ("residue", "ADVERTISEMENT"),
        ("residue", "Read more: How the bridge was built"),
        ("residue", "ALSO READ | Bridge of sighs"),
        ("residue", "Related: Bridge of sighs"),
        ("residue", "Story continues below advertisement"),
        ("residue", "Share this article"),
        ("residue", "12 comments"),
        ("caption", "A boat near the bridge on Monday. Photo: Jane Doe/Example"),
        ("caption", "Residents look at the bridge in Exampleton, May 5, 2031. REUTERS/Jane Doe"),
        ("caption", "The bridge before it closed [Jane Doe/Example News]"),
    ],
)
def test_lines_in_the_body(nlp: Language, kind: str, line: str) -> None:
    assert notices(nlp, f"{LEAD}\n\n{line}{REST}") == [(kind, line)]


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("byline", "(Reporting by Jane Doe; Editing by John Roe)"),
        ("byline", "Reporting by Jane Doe in London; editing by John Roe"),
        ("byline", "(Writing by Jane Doe)"),
        ("byline", "– Example News/Sample Wire"),
        ("byline", "—With files from Example News"),
        ("byline", "AFP"),
        ("copyright", "© 2031 Example Media. All rights reserved."),
        ("copyright", "Copyright 2031 Example Media. This material may not be published, broadcast or rewritten."),
        ("disclaimer", "The views expressed in this article are the author’s own."),
        ("disclaimer", "(This story has not been edited by our staff and is published from a syndicated feed.)"),
        ("residue", "Subscribe to our newsletter"),
        ("residue", "Sign up for our daily newsletter to get the best stories."),
        ("residue", "Follow us on Twitter and Facebook"),
        ("residue", "Published 5 May 2031 10:32 GMT"),
        ("residue", "https://example.org/bridge"),
    ],
)
def test_lines_at_the_foot(nlp: Language, kind: str, line: str) -> None:
    assert notices(nlp, f"{LEAD}{REST}\n\n{line}") == [(kind, line)]


def test_several_notices_in_one_line(nlp: Language) -> None:
    assert notices(nlp, f"date 2031-05-06 LIMA — {LEAD}{REST}") == [
        ("residue", "date 2031-05-06"),
        ("dateline", "LIMA —"),
    ]
    foot = "Copyright 2031 Example Media. All rights reserved. Regular the valley posts"
    assert notices(nlp, f"{LEAD}{REST}\n\n{foot}") == [
        ("copyright", "Copyright 2031 Example Media. All rights reserved."),
        ("residue", "Regular the valley posts"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "NATO Secretary General John Roe said that the bridge was closed.",
        "US President Jane Roe said that it rained.",
        "ISIS claimed the attack.\n\nIt was the second.",
        "John Roe - a farmer - said that it rained. The bridge is closed.",
        "“It is closed,” said the mayor.\n\nThe bridge is old.",
        "By Monday the river had risen, officials said.\n\nIt fell on Tuesday.",
        "Police: The bridge is closed, the radio said on Monday.",
        "Related families met again that day.\n\nThey wept.",
        "Published figures show that prices rose by 5 percent.",
        "Photographs by Jane Doe show the bridge.",
        "The agenda:\n\n• bridges\n\n• roads",
    ],
)
def test_reporting_is_no_notice(nlp: Language, text: str) -> None:
    assert notices(nlp, f"{text}\n\nThat was in May, the mayor said.") == []


def test_the_notices_of_the_seeds_come_out(nlp: Language) -> None:
    texts = {sha256_of(text): text for path in (ROOT / "seeds").glob("*.txt") for text in [path.read_text("utf-8")]}
    rows = [json.loads(line) for line in (ROOT / "exports/sample/records.jsonl").read_text("utf-8").splitlines()]
    annotated = {
        (row["sha256"], item["kind"], texts[row["sha256"]][slice(*item["span"])])
        for row in rows
        for item in row["notices"]
    }
    found = {(sha, *item) for sha, text in texts.items() for item in notices(nlp, text)}
    assert len(annotated) == 10
    assert found == annotated


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\n ",
        "LIMA",
        "By",
        "THE BRIDGE IS CLOSED. THE MAYOR SAID SO.\n\nIT RAINED, HE SAID.",
        "“The bridge\n\n“It is closed\n\n“Yes",
        "北京 — 大桥已关闭。\n\n市长说。",
        "BERLIN - Die Brücke ist gesperrt.\n\nDer Bürgermeister sagte nichts.",
        "القاهرة — أغلق الجسر.",
    ],
)
def test_any_text_is_read(nlp: Language, text: str) -> None:
    for start, end in (item["span"] for item in nlp(text)._.notices):
        assert 0 <= start < end <= len(text)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["LIMA", "—", "By", "Jane", "Doe", "©", "2031", "\n", "\n\n", "(AP)", ":", "“", "said", ".", "Photo"]
        )
    )
)
def test_notices_lie_apart_and_begin_and_end_in_words(nlp: Language, parts: list[str]) -> None:
    text = " ".join(parts)
    spans = sorted(tuple(item["span"]) for item in nlp(text)._.notices)
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))


@pytest.mark.parametrize(
    "unit", [" ", "A", "A ", "A-", "Aa ", ". ", "— ", "A/", "(", "a@", "x.", "share ", "Photo ", "“", "A, ", "1 "]
)
def test_no_pattern_is_slow(unit: str) -> None:
    line = unit * (2000 // len(unit)) + "\x00"
    for entry in entries("notices"):
        pattern = re.compile(entry["pattern"], re.IGNORECASE if entry["ignore_case"] else 0)
        begun = time.perf_counter()
        pattern.search(line)
        assert time.perf_counter() - begun < 0.25, entry["pattern"]
