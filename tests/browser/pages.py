"""A person at a browser: signs in, finds a task, answers its questions, reads what the page says."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from axe_playwright_python.sync_playwright import Axe
from lxml import etree
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.chromium import ARGUMENTS
from tests.desk import MOMENTS, answers
from workflows import sample
from workflows.settings import PROJECT

LANGUAGE = "desk_language"  # the cookie
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OFFICE_CLOCK = ZoneInfo("America/Los_Angeles")
UNDER_WAY = ".htmx-request, .htmx-swapping, .htmx-settling"
WIDER_THAN_THE_WINDOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
ASK_AXE = "asked => axe.run(asked).then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))"
BPMN = {"bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL"}


@cache
def task_names() -> dict[str, str]:
    """The name a person reads, by the label of the procedure: `T5` → `Write the request with the client`."""
    tasks = [
        task
        for file in (PROJECT / "bpmn" / "opt_in_5512pro").glob("*.bpmn")
        for task in etree.parse(file).iterfind(".//bpmn:userTask", BPMN)
    ]
    return {task.get("id").split("_")[0]: task.get("name") for task in tasks}


@contextmanager
def chromium(path: str) -> Iterator[Browser]:
    """A browser that opens nothing of its own."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield started
        started.close()


class Visitor:
    """One person with one browser window. What the browser complains of is gathered in `complaints`."""

    def __init__(
        self, browser: Browser, address: str, script: bool = True, kept: Any = None, keyboard: bool = False
    ) -> None:
        self.address, self.script, self.keyboard = address, script, keyboard
        self.context = browser.new_context(base_url=address, java_script_enabled=script, storage_state=kept)
        self.context.set_default_timeout(30_000)
        self.complaints: list[str] = []
        self.page = self.new_window()

    def new_window(self) -> Page:
        """Another window of the same person."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._hear)
        return page

    def _hear(self, message: Any) -> None:
        """Keep what the browser objects to; that an answer had a status of a refusal is no objection."""
        refused = any(words in message.text for words in ("Failed to load resource", "Response Status Error"))
        if message.type in ("error", "warning") and not refused:
            self.complaints.append(message.text)

    def close(self) -> None:
        """Close the windows; the pages must have given no cause for complaint."""
        self.context.close()
        assert self.complaints == []

    def sign_in(self, username: str) -> "Visitor":
        """Sign in with name and password, from wherever the page asks for them."""
        if not self.page.url.endswith("/sign-in") and "/sign-in?" not in self.page.url:
            self.page.goto("/sign-in")
        self.page.fill("#f-username", username)
        self.page.fill("#f-password", sample.PASSWORD)
        self.send(self.page.locator("main form", has=self.page.locator("#f-password")).locator("button"))
        return self

    def send(self, button: Locator) -> None:
        """Press a button or link that leads to another page, and wait for that page."""
        with self.page.expect_navigation():
            if self.keyboard:
                button.focus()
                self.page.keyboard.press("Enter")
            else:
                button.click()

    def speak(self, code: str) -> None:
        """Read the pages in this language from the next one on: `en`, `es`."""
        self.context.add_cookies([{"name": LANGUAGE, "value": code, "url": self.address}])

    def press(self, words: str) -> None:
        """Press the button of that name."""
        self.send(self.page.get_by_role("button", name=words, exact=True))

    @property
    def title(self) -> str:
        """The title of the page."""
        return self.page.title()

    @property
    def words(self) -> str:
        """What stands in the main part of the page."""
        return self.page.inner_text("main")

    def case_number(self) -> str:
        """The number of the case whose task is on the page."""
        return self.page.inner_text(".desk-kicker").removeprefix("Case ")

    def find(self, number: str, label: str) -> None:
        """Open a task of a case from the list of one's role."""
        self.page.goto("/work?view=role")
        row = self.page.locator("tbody tr", has=self.page.get_by_role("link", name=number))
        self.send(row.get_by_role("link", name=task_names()[label], exact=True))

    def is_at(self, label: str) -> bool:
        """Whether the page is that of this task."""
        return self.page.inner_text("h1") == task_names()[label]

    def ready(self) -> None:
        """Wait until the questions that follow from an answer are there."""
        if self.script:
            expect(self.page.locator(UNDER_WAY)).to_have_count(0)

    def shows(self, name: str) -> bool:
        """Whether the page asks this."""
        return self.page.locator(f"main [name='{name}']").count() > 0

    def answer(self, name: str, value: object) -> None:
        """Answer one question, in the way its kind asks for."""
        control = self.page.locator(f"main [name='{name}']")
        kind = control.first.evaluate("c => c.type")
        if kind in ("radio", "checkbox"):
            for one in value if isinstance(value, list) else [value]:
                self.choose(name, "true" if one is True else str(one))
        elif kind == "select-one":
            control.select_option(str(value))
        else:
            control.fill(str(value))
        self.ready()

    def choose(self, name: str, value: str) -> None:
        """Click the words beside a round or square box; the box itself is drawn by the style sheet."""
        box = self.page.locator(f"main [name='{name}'][value='{value}']")
        if not box.is_checked():
            self.page.locator(f"label[for='{box.get_attribute('id')}']").click()
        self.ready()

    def answer_all(self, values: Mapping[str, object]) -> None:
        """Answer every question that the page asks and that there is an answer for, and say when it is asked about."""
        if self.keyboard:
            return Typist(self.page).answer_all(values)
        for name, value in values.items():
            if self.shows(name):
                self.answer(name, value)
        for moment in self.page.locator("main input[type='datetime-local'][required]").all():
            self._is_now(moment)
        return None

    def _is_now(self, moment: Locator) -> None:
        if self.script:
            name = moment.get_attribute("name")
            self.page.locator(f"[data-now-button][aria-describedby='f-{name}-label']").click()
        else:
            moment.fill(datetime.now(OFFICE_CLOCK).strftime("%Y-%m-%dT%H:%M"))

    def complete(self) -> None:
        """Press "Continue", and the button that hands the answers in once they are to be looked over."""
        self.press_on("Continue")
        if self.page.inner_text("h1") == "Check your answers":
            self.press_on(self.page.inner_text("main button[data-continue]"))

    def press_on(self, words: str) -> None:
        """Press the button that goes on; who has only a keyboard has keys for it."""
        if not self.keyboard:
            return self.press(words)
        with self.page.expect_navigation():
            self.page.keyboard.press("Control+Enter")
        return None

    def go_on(self) -> None:
        """From the end of one task to the next."""
        self.send(self.page.get_by_role("link", name="Go on with the next task"))

    def do(self, label: str, **different: Any) -> None:
        """Complete the task on the page with its usual answers but for those named.

        Without a script the questions that follow from an answer come after it was sent; they are then answered.
        """
        assert self.is_at(label), self.page.inner_text("h1")
        for _ in range(1 if self.script else 4):
            usual = answers(label, **different)
            usual.pop(MOMENTS.get(label, ""), None)
            self.answer_all(usual)
            self.complete()
            if not self.title.startswith("Error:"):
                break
        assert not self.title.startswith("Error:"), self.words
        assert self.page.inner_text("h1") == "Done" or self.page.locator("[data-autosave]").count(), (
            self.words
        )

    def begin(self, **different: Any) -> str:
        """Start a request after a search that found nobody; gives its number."""
        self.page.goto("/work")
        self.send(self.page.get_by_role("link", name="Start a request").last)
        self.answer_all(answers("T1", **different))
        self.press_on("Continue")
        return self.case_number()

    def focused(self) -> str:
        """The id of what has the keyboard."""
        return str(self.page.evaluate("document.activeElement.id"))


#: What has the keyboard: its name, its value, its kind, the words of a button.
HERE = """() => {
  const e = document.activeElement;
  return {name: e.name || "", value: e.value || "", kind: e.type || e.tagName.toLowerCase(),
          words: e.textContent.trim(), checked: !!e.checked};
}"""
#: Whether something on the screen tells where the keyboard is: an outline on the control, or on the box that is drawn
#: for it beside it. The calendar's button within a date is the browser's own, and the browser draws a ring around it.
SEEN = """() => {
  const e = document.activeElement;
  if (e.type === "datetime-local" && !e.matches(":focus-visible")) return true;
  const drawn = [getComputedStyle(e)];
  const label = e.id && document.querySelector(`label[for="${e.id}"]`);
  if (label && /^(radio|checkbox)$/.test(e.type)) drawn.push(getComputedStyle(label, "::before"));
  return drawn.some(s => (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== "none");
}"""


class Typist:
    """Somebody who has only a keyboard. Wherever the keyboard goes it must be seen."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.unseen: list[str] = []

    def here(self) -> dict[str, str]:
        """What has the keyboard now."""
        return self.page.evaluate(HERE)

    def tab(self) -> dict[str, str]:
        """One step on."""
        self.page.keyboard.press("Tab")
        now = self.here()
        if not self.page.evaluate(SEEN):
            self.unseen.append(f"{now['kind']} {now['name']} {now['words'][:40]}")
        return now

    def to(self, name: str) -> dict[str, str]:
        """Step on until a question is reached."""
        for _ in range(60):
            if (now := self.tab())["name"] == name:
                return now
        raise AssertionError(f"the keyboard does not reach {name}")

    def tick(self, name: str) -> None:
        """Tick a box with the space bar."""
        self.to(name)
        self.page.keyboard.press("Space")
        self.settle()
        assert self.here()["checked"]

    def choose(self, name: str, value: str) -> None:
        """Choose one of several: Space takes the first, the arrows lead to the others."""
        self.to(name)
        self.page.keyboard.press("Space")
        self.settle()
        self._arrow_to(value)

    def _arrow_to(self, value: str) -> None:
        for _ in range(12):
            now = self.here()
            if now["value"] == value and now["checked"]:
                return
            self.page.keyboard.press("ArrowDown")
            self.settle()
        raise AssertionError(f"the arrows do not reach {value}")

    def write(self, name: str, words: str) -> None:
        """Type into a question."""
        self.to(name)
        self.page.keyboard.type(words)

    def press(self, words: str) -> None:
        """Step on to a button and press it with Enter."""
        for _ in range(60):
            if self.tab()["words"] == words:
                break
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def settle(self) -> None:
        """Wait for the questions that follow."""
        expect(self.page.locator(UNDER_WAY)).to_have_count(0)

    def answer_all(self, values: Mapping[str, object]) -> None:
        """Go once through the questions from the first, and answer each that there is an answer for."""
        self.page.locator("main").focus()
        answered: set[tuple[str, str]] = set()
        for _ in range(90):
            now = self.tab()
            name, place = now["name"], (now["name"], now["value"] if now["kind"] == "checkbox" else "")
            if now["words"] == "Continue":
                break
            if now["words"] == "Use the time now" and now["words"] not in values:
                values = {**values, now["words"]: "pressed, and the keyboard is in the date again"}
                self.page.keyboard.press("Enter")
            elif name in values and place not in answered:
                answered.add(place)
                self.give(now, values[name])
        assert self.unseen == []

    def give(self, now: Mapping[str, str], value: object) -> None:
        """Answer the question that has the keyboard."""
        if now["kind"] == "checkbox":
            if value is True or (isinstance(value, list) and now["value"] in value):
                self.page.keyboard.press("Space")
                self.settle()
        elif now["kind"] == "radio":
            self.page.keyboard.press("Space")
            self.settle()
            self._arrow_to(str(value))
        elif now["kind"] == "select-one":
            words = self.page.locator(f"[name='{now['name']}'] option[value='{value}']").inner_text()
            self.page.keyboard.type(words)
        else:
            self.page.keyboard.type(str(value))


def overflow(page: Page) -> int:
    """By how many pixels a page is wider than its window."""
    return int(page.evaluate(WIDER_THAN_THE_WINDOW))


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """What axe finds against WCAG 2.0 to 2.2, A and AA, and against good practice."""
    asked = {
        "runOnly": RULES,
        "rules": {"target-size": {"enabled": True}},
        "resultTypes": ["violations"],
        "selectors": False,
    }
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found: list[tuple[str, list[str]]] = page.evaluate(ASK_AXE, asked)
    return found
