"""The instruction in the project: it has the page's keys, the server keeps it, and the team's own stays."""

from __future__ import annotations

import hashlib
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from annotate.cli import main
from annotate.contracts import label_config
from annotate.errors import SettingsError
from annotate.store import Store
from annotate.studio.client import RemoteProject, StudioClient
from annotate.studio.instruction import instruction, is_ours, renewed
from annotate.studio.push import push
from annotate.studio.server import EmbeddedStudio
from tests.studio.fakes import article, fill

GUIDELINE = "https://docs.example.org/guideline.html?a=1&b=2"


class _Reader(HTMLParser):
    """Collects tags, attributes and the words between them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(content: str) -> _Reader:
    reader = _Reader()
    reader.feed(content)
    return reader


def test_it_names_every_label_with_its_key_and_hint() -> None:
    rows = dict(re.findall(r"<tr><td><kbd>(\d)</kbd></td><td>(\w+)</td>", instruction()))
    labels = list(ET.fromstring(label_config()).iter("Label"))
    assert rows == {label.get("hotkey"): label.get("value") for label in labels}
    assert all(str(label.get("hint")) in instruction() for label in labels)


def test_it_has_ten_rules_and_the_traps() -> None:
    rules = re.search(r"<ol>(.*?)</ol>", instruction(), re.DOTALL)
    assert rules is not None
    assert rules[1].count("<li>") == 10
    for trap in (
        "author interrupts",
        "<i>Say</i> inside",
        "<i>A spokesman</i> after",
        "An outlet that reports by itself",
    ):
        assert trap in instruction()


def test_nothing_in_it_runs_or_leads_out_of_the_server() -> None:
    reader = read(instruction())
    assert not reader.tags & {"script", "iframe", "img", "link", "object", "embed", "form", "a", "base"}
    assert {name for name, _ in reader.attributes} == {"class"}
    assert "://" not in instruction()
    assert "@import" not in instruction()
    assert "url(" not in instruction()


def test_the_guideline_is_linked_when_its_address_is_given() -> None:
    reader = read(instruction(GUIDELINE))
    assert ("href", GUIDELINE) in reader.attributes
    assert "The whole guideline, with examples" in reader.words


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "guideline.html", "file:///etc/passwd", "https://", "https://a\nb"]
)
def test_what_is_no_web_address_is_no_guideline(url: str) -> None:
    with pytest.raises(SettingsError, match="is no web address"):
        instruction(url)


def test_what_people_wrote_stays() -> None:
    assert renewed(instruction()) is None
    assert renewed("") == renewed(None) == instruction()
    assert renewed("Mark all quotes.") is None
    assert renewed(instruction().replace("Ten rules", "Eleven rules")) is None
    assert renewed(instruction() + "<p>And ask Ada.</p>") is None


def test_one_of_another_release_is_ours_while_nobody_changed_it() -> None:
    older = "<p>What an older release said.</p>"
    wrapped = f'<div class="annotate-instruction ours-{hashlib.sha256(older.encode()).hexdigest()[:16]}">{older}</div>'
    assert is_ours(wrapped)
    assert renewed(wrapped) == instruction()
    assert not is_ours(wrapped.replace("older", "wiser"))


def test_a_link_stays_until_another_address_is_given() -> None:
    linked = instruction(GUIDELINE)
    assert renewed(linked) is None
    assert renewed(linked, "https://other.example.org/") == instruction("https://other.example.org/")
    assert renewed(instruction(), GUIDELINE) == linked


class Bench:
    """A store, and its project on the server."""

    def __init__(self, store: Store, client: StudioClient, title: str) -> None:
        self.store = store
        self.client = client
        self.title = title

    def push(self, guideline_url: str | None = None) -> None:
        seconds = timedelta(seconds=1)
        push(self.store, self.client, pipeline="v1", title=self.title, grace=seconds, guideline_url=guideline_url)

    @property
    def project(self) -> RemoteProject:
        (found,) = self.client.projects(self.title)
        return found

    def change(self, **fields: Any) -> None:
        """Change the project's settings, as a person does on its page."""
        self.client.request("change the project", "PATCH", f"api/projects/{self.project.id}/", body=fields)

    def is_shown(self) -> bool:
        answer = self.client.request("read the project", "GET", f"api/projects/{self.project.id}/")
        return bool(answer["show_instruction"])


@pytest.fixture
def bench(studio_server: EmbeddedStudio, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Bench]:
    with (
        Store.open(str(tmp_path / "store.db")) as store,
        StudioClient(studio_server.url, studio_server.token) as client,
    ):
        fill(store, [article(0)], "v1")
        yield Bench(store, client, hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:20])


@pytest.mark.studio
def test_the_server_keeps_it_letter_by_letter_and_shows_it(bench: Bench) -> None:
    bench.push()
    assert bench.project.instruction == instruction()
    assert bench.is_shown()
    bench.push(GUIDELINE)
    assert bench.project.instruction == instruction(GUIDELINE)
    bench.push()
    assert bench.project.instruction == instruction(GUIDELINE)


@pytest.mark.studio
def test_the_teams_own_instruction_and_its_choice_to_hide_ours_stay(bench: Bench) -> None:
    bench.push()
    bench.change(show_instruction=False)
    bench.push(GUIDELINE)
    assert bench.project.instruction == instruction(GUIDELINE)
    assert not bench.is_shown()
    bench.change(expert_instruction="<p>Ask <b>Ada Example</b>.</p>")
    bench.push("https://other.example.org/")
    assert bench.project.instruction == "<p>Ask <b>Ada Example</b>.</p>"


@pytest.mark.studio
def test_the_command_links_the_guideline(
    studio_server: EmbeddedStudio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(tmp_path / "store.db")
    with Store.open(path) as store:
        fill(store, [article(0)], "v1")
    monkeypatch.setenv("ANNOTATE_STUDIO_TOKEN", studio_server.token)
    where = ["push", "--store", path, "--url", studio_server.url, "--project", "With a guideline"]
    with pytest.raises(SystemExit) as ended:
        main([*where, "--guideline-url", "guideline.html"])
    assert ended.value.code == 1
    assert capsys.readouterr().err == (
        "annotate: guideline.html: is no web address"
        " (give the guideline's address with http:// or https:// before it)\n"
    )
    with pytest.raises(SystemExit) as ended:
        main([*where, "--guideline-url", GUIDELINE])
    assert ended.value.code == 0
    with StudioClient(studio_server.url, studio_server.token) as client:
        (project,) = client.projects("With a guideline")
    assert project.instruction == instruction(GUIDELINE)
