"""Which licences let a text be passed on, in all the forms in which they are given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.dataset.licences import rights_under
from annotate.dataset.rights import Withholding, may_redistribute

FREE = """
CC-BY-4.0
CC0-1.0
CC-BY-SA-3.0-IGO
CC-BY-NC-ND-4.0
OGL-UK-3.0
PDDL-1.0
ODC-By-1.0
ODbL-1.0
GFDL
MIT
cc-by-4.0
CC BY
CC_BY_4.0
CC‑BY‑SA‑4.0
ＣＣ ＢＹ 4.0
CC-SA-1.0
CC-BY-3.0-US
CC-BY-NC-SA-2.0-FR
CC BY-SA 2.0 UK
CC BY 3.0 IGO
CC BY-NC-ND 3.0 United States
CC-PDM-1.0
GFDL-1.3-or-later
MIT OR Apache-2.0
CC-BY-4.0 AND ODbL-1.0
CC-BY-4.0 OR LicenseRef-ours
Creative Commons Attribution 4.0 International
Creative Commons Attribution-NonCommercial-NoDerivatives 4.0 International License (CC BY-NC-ND 4.0)
Creative Commons Zero v1.0 Universal
Attribution-ShareAlike 3.0 Unported
CC0 1.0 Universal
public domain
Public Domain Mark 1.0
Open Government Licence v3.0
Open Data Commons Attribution License v1.0
GNU Free Documentation License 1.3
Apache License, Version 2.0
The MIT License
This work is licensed under a Creative Commons Attribution-ShareAlike 4.0 International License.
https://creativecommons.org/licenses/by/4.0/
http://creativecommons.org/licenses/by-nc-sa/3.0/us/
https://creativecommons.org/licenses/by/4.0/deed.en
https://creativecommons.org/licenses/by-nc-nd/2.5/ca/legalcode.fr
creativecommons.org/licenses/by-sa/3.0
//creativecommons.org/licenses/by/4.0/
https://creativecommons.org/publicdomain/zero/1.0/
https://creativecommons.org/publicdomain/mark/1.0/
https://opendatacommons.org/licenses/odbl/1-0/
https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/
https://spdx.org/licenses/CC-BY-4.0.html
CC BY 4.0 https://creativecommons.org/licenses/by/4.0/
<a rel="license" href="http://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a>
""".strip().splitlines()

RESERVED = """
all rights reserved
All Rights Reserved.
© Reuters
© 2020 CC BY
(c) Example, CC BY 4.0
Copyright Sample Post
CC BY 4.0 and all rights reserved
fair use
CC-sampling
CC sampling+ 1.0
https://creativecommons.org/licenses/sampling/1.0/
MIT AND proprietary
""".strip().splitlines()

UNKNOWN = """
licensed
Reuters terms
Creative Commons
CC
by
attribution
not CC BY
CC BY except photographs
CC BY 4.0, text only
some rights reserved
CC-BY-5.0
CC BY-ND-SA
LicenseRef-ours
(CC-BY-4.0 OR MIT) AND Ours
for subscribers: CC BY
royalty free
https://example.org/creativecommons.org/licenses/by/4.0/
https://creativecommons.org.example.net/licenses/by/4.0/
https://unlicense.org.example.net/
https://creativecommons.org/
""".strip().splitlines()


@pytest.mark.parametrize("licence", FREE)
def test_free_licences_let_the_text_be_passed_on(licence: str) -> None:
    assert may_redistribute(licence)
    assert may_redistribute(f"  {licence}\n")


@pytest.mark.parametrize(
    ("licence", "rights"),
    [*((one, "reserved") for one in RESERVED), *((one, "unknown") for one in UNKNOWN)]
    + [(one, "none") for one in (None, "", " ", "none", "N/A", "Unknown")],
)
def test_all_others_do_not(licence: str | None, rights: str) -> None:
    assert rights_under(licence) == rights
    assert not may_redistribute(licence)


@given(st.sampled_from(FREE), st.sampled_from(["no", "not", "except", "formerly", "partly", "photographs", "©"]))
def test_a_word_that_limits_a_licence_is_never_read_over(licence: str, word: str) -> None:
    # In capitals, OR and AND are SPDX's operators: of a choice one suffices.
    if " OR " not in licence:
        assert not may_redistribute(f"{word} {licence}")
        # CC-BY-3.0-NO is the licence as it was carried over to Norway.
        assert word == "no" or not may_redistribute(f"{licence} {word}")


@given(st.text(max_size=300))
def test_any_string_is_judged(licence: str) -> None:
    assert rights_under(licence) in ("free", "reserved", "unknown", "none")


def test_licences_that_are_not_known_are_told_once_each_and_apart_from_none() -> None:
    withheld = Withholding()
    for licence in ("House terms", "House terms", None, "© Example", "\x1b[31mred", ""):
        withheld.add(licence)
    assert list(withheld.lines()) == [
        "licence '?[31mred' is not known to let texts be passed on: 1 article goes without text"
        " (if it does, give its SPDX identifier at ingest, as in CC-BY-4.0)",
        "licence 'House terms' is not known to let texts be passed on: 2 articles go without text"
        " (if it does, give its SPDX identifier at ingest, as in CC-BY-4.0)",
        "licence '© Example' keeps the text to its owner: 1 article goes without text",
        "no licence is given: 2 articles go without text (give licences at ingest, or export with --text all where you"
        " hold the rights)",
    ]
