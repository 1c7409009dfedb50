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

    def __init__(self, browser: Browser, address: str, script: bool = True, kept: Any = None) -> None:
        self.script = script
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
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
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
        """Press a button that leads to another page, and wait for that page."""
        with self.page.expect_navigation():
            button.click()

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
        with self.page.expect_navigation():
            row.get_by_role("link", name=task_names()[label], exact=True).click()

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
        for name, value in values.items():
            if self.shows(name):
                self.answer(name, value)
        for moment in self.page.locator("main input[type='datetime-local'][required]").all():
            self._is_now(moment)

    def _is_now(self, moment: Locator) -> None:
        if self.script:
            name = moment.get_attribute("name")
            self.page.locator(f"[data-now-button][aria-describedby='f-{name}-label']").click()
        else:
            moment.fill(datetime.now(OFFICE_CLOCK).strftime("%Y-%m-%dT%H:%M"))

    def complete(self) -> None:
        """Press "Continue", and "Complete task" once the answers are to be looked over."""
        self.press("Continue")
        if self.page.inner_text("h1") == "Check your answers":
            self.press("Complete task")

    def go_on(self) -> None:
        """From the end of one task to the next."""
        with self.page.expect_navigation():
            self.page.get_by_role("link", name="Go on with the next task").click()

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
        with self.page.expect_navigation():
            self.page.get_by_role("link", name="Start a request").last.click()
        self.answer_all(answers("T1", **different))
        self.press("Continue")
        return self.case_number()

    def focused(self) -> str:
        """The id of what has the keyboard."""
        return str(self.page.evaluate("document.activeElement.id"))


def overflow(page: Page) -> int:
    """By how many pixels a page is wider than its window."""
    return int(page.evaluate(WIDER_THAN_THE_WINDOW))


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """What axe finds against WCAG 2.0 to 2.2, A and AA, and against good practice."""
    asked = {"runOnly": RULES, "rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found: list[tuple[str, list[str]]] = page.evaluate(ASK_AXE, asked)
    return found
