"""The labeling page as a person uses it: with mouse and keyboard, in a real Chromium.

Offsets are code points of the article's text, as everywhere; the page counts UTF-16 units, so they are turned here.
"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

Item = dict[str, Any]

VIEWPORT = {"width": 1600, "height": 1000}
_LOAD_MILLISECONDS = 60_000

# Where on the screen the character at a UTF-16 offset begins (or, for an end, the one before it ends).
_POINT = """
([offset, isEnd]) => {
  const root = document.querySelector('.text .lsf-htx-richtext');
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  let seen = 0;
  const wanted = isEnd ? offset - 1 : offset;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeType === Node.ELEMENT_NODE) {
      if (node.tagName === 'BR') seen += 1;
      continue;
    }
    if (node.parentElement.closest('[data-radix-popper-content-wrapper]')) continue;
    if (seen + node.length > wanted) {
      const range = document.createRange();
      range.setStart(node, wanted - seen);
      range.setEnd(node, wanted - seen + 1);
      const {top} = range.getBoundingClientRect();
      if (top < 200 || top > innerHeight - 200) {
        let scroller = root.parentElement;
        while (!['auto', 'scroll'].includes(getComputedStyle(scroller).overflowY)) scroller = scroller.parentElement;
        scroller.scrollTop += top - innerHeight / 2;
      }
      const box = range.getBoundingClientRect();
      return [isEnd ? box.right - 0.5 : box.left + 0.5, (box.top + box.bottom) / 2];
    }
    seen += node.length;
  }
  throw new Error(`no character at ${offset}`);
}
"""


class LabelingPage:
    """One task's labeling page."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self._url = url

    def sign_in(self, email: str, password: str) -> None:
        """Log in through the form."""
        self.page.goto(f"{self._url}/user/login/")
        self.page.fill("input[name=email]", email)
        self.page.fill("input[name=password]", password)
        self.page.click("button[type=submit]")
        self.page.wait_for_url(lambda address: "/user/login" not in address)

    def open(self, project: int, task: int, *, regions: bool = True) -> None:
        """Open a task and wait for its text, and for its regions when it has some."""
        self.page.goto(f"{self._url}/projects/{project}/data?task={task}")
        self.page.wait_for_selector(".text .lsf-htx-richtext", timeout=_LOAD_MILLISECONDS)
        if regions:
            self.page.wait_for_selector(".htx-highlight", timeout=_LOAD_MILLISECONDS)
        self.page.wait_for_function("window.Htx?.annotationStore?.selected?.objects[0]?.loaded !== false")

    def put_instruction_away(self) -> None:
        """Close the project's instruction, which covers the page when the labeling stream is entered."""
        instruction = self.page.get_by_text("Ten rules")
        expect(instruction).to_be_visible(timeout=_LOAD_MILLISECONDS)
        self.press("Escape")
        expect(instruction).to_have_count(0)

    def highlights(self) -> list[str]:
        """Return the words of every highlight, in order of the text."""
        return self.page.locator(".text .htx-highlight").all_inner_texts()

    def without_colour(self) -> list[str]:
        """Return the words of the highlights that nobody can see."""
        unseen = (
            "all => all.filter(e => getComputedStyle(e).backgroundColor === 'rgba(0, 0, 0, 0)').map(e => e.innerText)"
        )
        words: list[str] = self.page.locator(".text .htx-highlight").evaluate_all(unseen)
        return words

    def relation_labels(self) -> list[str]:
        """Return the labels drawn on the relations."""
        return self.page.locator(".relations-overlay text").all_text_contents()

    def controls(self) -> list[str]:
        """Return the headings of the attributes that are shown now."""
        return self.page.locator(".panel h4:visible").all_inner_texts()

    def result(self) -> list[Item]:
        """Return what a submit would send."""
        items: list[Item] = self.page.evaluate("window.Htx.annotationStore.selected.serializeAnnotation()")
        return items

    def regions(self) -> dict[str, Item]:
        """Return the labelled regions by id."""
        return {item["id"]: item for item in self.result() if item["type"] == "labels"}

    def press(self, keys: str) -> None:
        """Press a key or a combination, as in `Alt+r`."""
        self.page.keyboard.press(keys)

    def select(self, region: str) -> None:
        """Click the region with this id."""
        self.unselect()
        self._click(region)
        self.page.wait_for_function(
            "id => window.Htx.annotationStore.selected.highlightedNode?.cleanId === id", arg=region
        )

    def unselect(self) -> None:
        """Let go of the selected region and label."""
        self.press("Escape")
        self.page.wait_for_function("!window.Htx.annotationStore.selected.highlightedNode")

    def draw(self, text: str, start: int, end: int, *, key: str) -> str:
        """Choose a label by its key and drag over [start, end); return the new region's id."""
        before = set(self.regions())
        self.unselect()
        self.press(key)
        first = self._point(text, start, is_end=False)
        self.page.mouse.move(*first)
        self.page.mouse.down()
        self.page.mouse.move(*self._point(text, end, is_end=True), steps=8)
        self.page.mouse.up()
        (new,) = set(self.regions()) - before
        return new

    def relate(self, source: str, target: str, label: str | None = None) -> None:
        """Draw a relation between two regions, and label it."""
        count = self._relations()
        self.select(source)
        self.press("Alt+r")
        self._click(target)
        self.page.wait_for_function(
            "count => window.Htx.annotationStore.selected.relationStore.size > count", arg=count
        )
        self.unselect()
        if label:
            self._label_last_relation(label)

    def choose(self, value: str) -> None:
        """Click one of the choices shown for the selected region."""
        self.page.locator(".panel .lsf-choice:visible", has_text=value).first.click()

    def write(self, control: str, value: str) -> None:
        """Fill the selected region's text control."""
        field = self.field(control)
        field.fill(value)
        field.press("Enter")

    def field(self, control: str) -> Locator:
        """Return the input of a text control of the selected region."""
        return self.page.locator(f'.panel [name="{control}"]:visible')

    def submit(self) -> None:
        """Submit the annotation and wait until the server has it."""
        with self.page.expect_response(
            lambda answer: answer.request.method == "POST" and "/annotations" in answer.url, timeout=_LOAD_MILLISECONDS
        ) as sent:
            self.page.click('[data-testid="bottombar-submit-button"]')
        assert sent.value.ok, sent.value.text()
        expect(self.page.locator('[data-testid="bottombar-update-button"]')).to_be_visible(timeout=_LOAD_MILLISECONDS)

    def _relations(self) -> int:
        count: int = self.page.evaluate("window.Htx.annotationStore.selected.relationStore.size")
        return count

    def _label_last_relation(self, label: str) -> None:
        self.page.get_by_text("Relations", exact=True).first.click()
        row = self.page.locator(".lsf-relations__item").last
        row.hover()
        row.locator("button").first.click()
        self.page.click(".lsf-relation-meta [data-slot=popover-trigger]")
        self.page.click(f'[data-testid="select-option-{label}"]')
        self.page.wait_for_function(
            "label => window.Htx.annotationStore.selected.serializeAnnotation().at(-1).labels?.includes(label)",
            arg=label,
        )
        # The list stays open for further labels.
        self.press("Escape")

    def _click(self, region: str) -> None:
        """Click into the region, where no other region lies on top of it."""
        spot = self.page.evaluate(_OWN_SPOT, region)
        assert spot, f"region {region} is covered by others"
        self.page.mouse.click(*spot)

    def _point(self, text: str, offset: int, *, is_end: bool) -> tuple[float, float]:
        units = len(text[:offset].encode("utf-16-le")) // 2
        x, y = self.page.evaluate(_POINT, [units, is_end])
        return x, y


# A point of the screen where a click reaches this region and none that lies inside it.
_OWN_SPOT = """
id => {
  const region = [...window.Htx.annotationStore.selected.regions].find(one => one.cleanId === id);
  for (const span of region._spans) {
    span.scrollIntoView({block: 'center'});
    for (const box of span.getClientRects())
      for (let x = box.left + 2; x < box.right; x += 4) {
        const y = (box.top + box.bottom) / 2;
        if (document.elementFromPoint(x, y) === span) return [x, y];
      }
  }
  return null;
}
"""
