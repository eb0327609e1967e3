"""The report in a real browser: what it fetches, where its links lead, how it fits wide pages and phones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from annotate.record import make_attribution
from annotate.report import write_report
from annotate.stories.model import Stories
from tests.report.made_up import articles, record_of, stories
from tests.report.page import singly
from tests.report.test_writing import CANARY, hostile

WIDE = {"width": 1600, "height": 1000}
PHONE = {"width": 390, "height": 844}
WIDTHS = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"


class Opened:
    """A report in a window that keeps what it asked for and complained of."""

    def __init__(self, browser: Browser, path: Path, **window: object) -> None:
        self.context = browser.new_context(**window)  # type: ignore[arg-type]
        self.page: Page = self.context.new_page()
        self.asked: list[str] = []
        self.said: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.said.append(dialog.message), dialog.dismiss()))
        self.address = path.as_uri()
        self.page.goto(self.address)

    def unfold(self) -> None:
        """Open all that can be opened, and have drawn what is off the screen."""
        self.page.evaluate(
            """() => {
                for (const e of document.querySelectorAll('.story, .art')) e.style.contentVisibility = 'visible';
                for (const e of document.querySelectorAll('details')) e.open = true;
            }"""
        )


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    write_report(path, stories(), articles(), title="The bridge")
    return path


@pytest.fixture(params=[WIDE, PHONE], ids=["wide", "phone"])
def opened(browser: Browser, report: Path, request: pytest.FixtureRequest) -> Iterator[Opened]:
    window = Opened(browser, report, viewport=request.param)
    yield window
    window.context.close()


def test_nothing_is_fetched_and_nothing_complains(opened: Opened) -> None:
    opened.page.wait_for_load_state("networkidle")
    assert [url for url in opened.asked if not url.startswith("data:")] == [opened.address]
    assert opened.said == []


def test_the_page_never_scrolls_sideways(opened: Opened) -> None:
    opened.unfold()
    scrolled, seen = opened.page.evaluate(WIDTHS)
    assert scrolled == seen


def test_a_claim_leads_to_the_words_in_the_article(opened: Opened) -> None:
    opened.page.locator("#s1-c1 tbody tr").first.get_by_role("link").click()
    quote = opened.page.locator("#a1-q1")
    assert quote.evaluate("e => e.matches(':target')")
    assert quote.evaluate("e => { const r = e.getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight }")


def test_a_number_in_the_text_leads_to_its_note_and_opens_by_key(opened: Opened) -> None:
    opened.page.locator("#a1 .ref[data-n='1']").click()
    note = opened.page.locator("#a1-n1")
    assert note.evaluate("e => e.matches(':target')")
    note.locator("summary").focus()
    opened.page.keyboard.press("Enter")
    assert note.get_by_text("No track record of this source is on file.").is_visible()


def test_one_drawing_of_the_graph_is_seen(opened: Opened) -> None:
    opened.unfold()
    drawings = opened.page.locator("#s1 .graph")
    assert [drawings.nth(index).is_visible() for index in range(2)].count(True) == 1


def test_letters_are_legible(opened: Opened) -> None:
    opened.unfold()
    sizes = opened.page.evaluate(
        """() => [...document.querySelectorAll('p, td, dd, li, .graph text, .chart text')]
        .filter(e => e.checkVisibility() && e.textContent.trim())
        .map(e => {
            const drawing = e.closest('svg');
            const scale = drawing ? drawing.getBoundingClientRect().width / drawing.viewBox.baseVal.width : 1;
            return scale * parseFloat(getComputedStyle(e).fontSize);
        })"""
    )
    assert min(sizes) >= 9.9


def test_everything_that_can_be_pressed_has_a_name(opened: Opened) -> None:
    nameless = opened.page.evaluate(
        """() => [...document.querySelectorAll('a, summary, [tabindex]')]
        .filter(e => !(e.getAttribute('aria-label') || e.textContent).trim()).map(e => e.outerHTML)"""
    )
    assert nameless == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(browser: Browser, report: Path, scheme: str) -> None:
    """The contrast of text is 4.5 to 1 at least (WCAG 2.2, AA), tinted words included."""
    window = Opened(browser, report, viewport=WIDE, color_scheme=scheme)
    window.unfold()
    low = window.page.evaluate(CONTRASTS)
    window.context.close()
    assert low == []


def test_hostile_text_does_nothing(browser: Browser, tmp_path: Path) -> None:
    made = hostile()
    story = singly(made).stories[0].model_copy(update={"title": CANARY, "articles": tuple(p.id for p, _ in made)})
    path = tmp_path / "hostile.html"
    write_report(path, Stories(version="1", articles=3, stories=(story,)), made, title=CANARY)
    window = Opened(browser, path, viewport=PHONE)
    window.page.wait_for_load_state("networkidle")
    assert [url for url in window.asked if not url.startswith("data:")] == [window.address]
    assert window.said == []
    window.unfold()
    assert window.page.evaluate(WIDTHS)[0] == PHONE["width"]
    window.context.close()


def test_long_words_and_many_attributions_fit_a_phone(browser: Browser, tmp_path: Path) -> None:
    name = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3
    text = f"{name} said that it rains. " * 500
    step = len(text) // 500
    made = record_of(name[:190], text, title=name, publisher=name, attributions=tuple(
        make_attribution(text, id=f"q{n}", quote=[(n * step + len(name) + 6, (n + 1) * step - 2)],
                         cue=[(n * step + len(name) + 1, n * step + len(name) + 5)],
                         source=[(n * step, n * step + len(name))])
        for n in range(500)
    ))  # fmt: skip
    write_report(tmp_path / "long.html", singly([(made, None)]), [(made, None)], title=name)
    window = Opened(browser, tmp_path / "long.html", viewport=PHONE)
    window.unfold()
    assert window.page.evaluate(WIDTHS) == [PHONE["width"]] * 2
    assert window.page.locator(".note").count() == 500
    window.context.close()


def test_all_of_it_is_printed(browser: Browser, report: Path) -> None:
    window = Opened(browser, report, viewport=WIDE)
    window.page.emulate_media(media="print")
    assert not window.page.locator(".bar").is_visible()
    assert window.page.locator("#a1 .para").first.is_visible()
    assert window.page.pdf(format="A4").startswith(b"%PDF")
    window.context.close()


CONTRASTS = """() => {
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    const over = (ground, colour) => {
        canvas.fillStyle = `rgb(${ground.join(' ')})`; canvas.fillRect(0, 0, 1, 1);
        canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const light = rgb => rgb.map(c => c / 255).map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
    const ground = e => {
        const above = [];
        for (let at = e; at; at = at.parentElement) above.unshift(getComputedStyle(at).backgroundColor);
        return above.reduce(over, [255, 255, 255]);
    };
    const low = new Set();
    const texts = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const e = texts.currentNode.parentElement;
        if (!texts.currentNode.data.trim() || !e.checkVisibility() || e.closest('svg')) continue;
        const under = ground(e), colour = over(under, getComputedStyle(e).color);
        const [a, b] = [light(under), light(colour)].sort((x, y) => y - x);
        const ratio = (a + .05) / (b + .05);
        if (ratio < 4.5) low.add(`${e.className || e.tagName} ${ratio.toFixed(2)}`);
    }
    return [...low];
}"""
