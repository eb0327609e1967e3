# ruff: noqa: E501 - the page's own lines
"""The adjudicator's labeling page, made from the annotators': the same, with the questions above and a decision beside.

Written to schemas/adjudication_config.xml by docs/generate.py, so that the two pages cannot drift apart.
"""

from __future__ import annotations

from pathlib import Path

_SOURCE = Path(__file__).parent.parent / "schemas" / "label_config.xml"

_ADDED = (
    (
        "<!-- The labeling page of Source Annotator.",
        "<!-- The adjudicator's page, made from label_config.xml by docs/generate.py: the same, with the questions above\n"
        "     the text and a decision for each region in question.\n"
        "     The labeling page of Source Annotator.",
    ),
    (
        '"article article" "labels labels"',
        '"article article" "questions questions" "labels labels"',
    ),
    (
        "    .labels { grid-area: labels;",
        "    .questions { grid-area: questions; margin-top: .5rem; border-left: 4px solid #b83ab8; padding-left: 1rem;\n"
        "                 max-height: 30vh; overflow-y: auto; }\n"
        "    .questions h4 { font-size: .9rem; }\n"
        "    .labels { grid-area: labels;",
    ),
    (
        '  <View className="labels">\n',
        """  <View className="questions">
    <Header value="Where the annotators (A, B, …) differ: for each region in question choose keep or drop, delete what is wrong, or set the attribute. What is left is the gold reading." size="6"/>
    <HyperText name="questions" value="$questions_html" selectionEnabled="false"/>
  </View>

  <View className="labels">
""",
    ),
    (
        """  <View className="attributes"><View className="panel">
""",
        """  <View className="attributes"><View className="panel">
    <View visibleWhen="region-selected">
      <Header value="Decision, if this region is in question" size="6"/>
      <Choices name="decision" toName="text" perRegion="true" showInline="true">
        <Choice value="undecided" hotkey="alt+u" hint="Still open: the article is not exported"/>
        <Choice value="keep" hotkey="alt+k" hint="Part of the gold reading, as it is now"/>
        <Choice value="drop" hotkey="alt+d" hint="No part of the gold reading, and its relations neither"/>
      </Choices>
    </View>
""",
    ),
)


def adjudication_page() -> str:
    """Return the labeling config of an adjudication project."""
    page = _SOURCE.read_text(encoding="utf-8")
    for old, new in _ADDED:
        assert page.count(old) == 1, old
        page = page.replace(old, new)
    return page
