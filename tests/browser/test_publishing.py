"""The whole story of a change: drafted by keyboard, tried, compared, approved by a second person, run, and undone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.pages import Typist, Visitor
from tests.desk import AVERY, CASEY, ROBIN
from tests.end_to_end.product import Product, somebody

pytestmark = [pytest.mark.browser, pytest.mark.slow]

REQUEST = "Opt-in request"

PROCEDURE = "Opt-in requests (5512PRO)"
BEFORE = "Write the request with the client"
STEP, QUESTION = "Offer the list of papers", "I gave the client the list of papers."
LETTER, MAIL, SUBJECT = "Send the list of papers", "list of papers", "the list of papers was given"


class Manager:
    """A program manager at a draft: with the keyboard on the tab of steps, with the mouse elsewhere."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.page = visitor, visitor.page
        self.hand = Typist(self.page)
        self.clean_up()
        self.visitor.press(f"Begin a draft {PROCEDURE}")
        self.draft = self.page.url

    def tab(self, name: str) -> Page:
        """Open a tab of the draft."""
        tabs = self.page.get_by_role("navigation", name="Parts of the draft")
        self.visitor.send(tabs.get_by_role("link", name=name, exact=True))
        return self.page

    def open(self, words: str) -> None:
        """Follow a link in the page."""
        self.visitor.send(self.page.locator("main").get_by_role("link", name=words, exact=True).first)

    def says(self, words: str) -> None:
        """The page answers with this."""
        expect(self.page.locator(".usa-alert--success")).to_contain_text(words)

    def change_a_step(self) -> None:
        """Another role and another time for a step that there is."""
        follow(self.hand, "Steps")
        follow(self.hand, REQUEST)
        follow(self.hand, "Ask the client to call the supervisor")
        pick(self.hand, "role", "ESD staff")
        pick(self.hand, "due", "5 business")
        self.hand.press("Save in the draft")
        self.says("is changed in the draft")

    def add_a_task(self) -> None:
        """A task with a form that nobody has written yet."""
        follow(self.hand, "Steps")
        follow(self.hand, BEFORE)
        follow(self.hand, "Add a step after this")
        self.hand.write("name", STEP)
        pick(self.hand, "due", "1 business")
        self.hand.press("Add the step")
        self.says(f"“{STEP}” is added after “{BEFORE}”.")

    def write_the_form(self) -> None:
        """The question of the new form."""
        self.tab("Forms")
        self.open(STEP)
        self.visitor.send(self.page.locator("tbody th a").first)
        self.page.fill("#f-q-label", QUESTION)
        self.visitor.press("Save the question")
        self.says("The question is saved.")

    def write_the_mail(self) -> None:
        """A mail of the draft's own, and what is refused in it."""
        self.tab("Mail")
        self.page.fill("#f-mail-name", MAIL)
        self.page.fill("#f-mail-subject", "Case {{ case_number }}: " + SUBJECT)
        self.visitor.press("Write the mail")
        self.page.fill("#f-mail-text", "Call {{ client_name }} about case {{ case_number }}.")
        self.visitor.press("Save the mail")
        expect(self.page.locator("[data-error-summary]")).to_contain_text("client_name")
        self.page.fill("#f-mail-text", "Case {{ case_number }} goes on.\n\nOpen the case: {{ link }}\n")
        self.visitor.press("Save the mail")
        self.says("The words of the mail are saved.")

    def send_the_mail(self) -> None:
        """A step behind the new task that sends the mail; an error appears until it says to whom."""
        follow(self.hand, "Steps")
        follow(self.hand, STEP)
        follow(self.hand, "Add a step after this")
        follow(self.hand, "Add an e-mail or an automatic step instead")
        self.hand.write("name", LETTER)
        pick(self.hand, "step", "Send one")
        pick(self.hand, "mail", "Case")
        self.hand.press("Add the step")
        expect(self.page.locator("[data-error-summary]")).to_contain_text("Answer “Who gets it”.")
        pick(self.hand, "mail_to", "The case manager")
        self.hand.press("Add the step")
        self.says(f"“{LETTER}” is added after “{STEP}”.")

    def prove(self) -> None:
        """The scenarios answer the new step as well, and every check is good."""
        self.tab("Publish")
        expect(self.page.locator("main .desk-tag--bad").first).to_be_visible()
        self.tab("Scenarios")
        self.visitor.press("Let the scenarios follow the draft")
        expect(self.page.locator("main .desk-tag--bad")).to_have_count(0)

    def compare(self) -> str:
        """What differs, in words."""
        return self.tab("Compare").locator("main").text_content() or ""

    def propose(self) -> str:
        """Propose it for new cases; gives the address of the publication."""
        self.tab("Publish")
        self.visitor.choose("mode", "new_cases")
        self.page.fill("#f-note", "Every client gets the list of papers.")
        self.visitor.press("Propose for publication")
        return self.page.url

    def clean_up(self) -> None:
        """Whatever happened, leave the procedure as it was."""
        self.page.goto("/processes/publications")
        for link in self.page.locator("tbody th a").all()[:1]:
            self.visitor.send(link)
            for words in ("Take it back", "Undo the publication"):
                if self.page.get_by_role("button", name=words, exact=True).count():
                    self.visitor.press(words)
        self.page.goto("/processes")
        if self.page.get_by_role("link", name="Open the draft").count():
            self.open("Open the draft")
            self.visitor.press("Throw away")


def follow(hand: Typist, words: str) -> None:
    """Step on to a link and follow it with Enter."""
    for _ in range(400):
        now = hand.tab()
        if now["kind"] == "a" and now["words"] == words:
            break
    else:
        raise AssertionError(f"the keyboard does not reach {words}")
    with hand.page.expect_navigation():
        hand.page.keyboard.press("Enter")


def pick(hand: Typist, name: str, words: str) -> None:
    """Step on to a list and type the beginning of what is wanted."""
    hand.to(name)
    hand.page.keyboard.type(words)


@pytest.fixture
def robin(visit: Visit) -> Iterator[Manager]:
    """A program manager with a fresh draft; afterwards the procedure is as it was."""
    manager = Manager(visit(ROBIN))
    yield manager
    manager.clean_up()


def test_a_change_from_the_draft_to_the_undoing(robin: Manager, visit: Visit, running: Product) -> None:
    desk = running.desk
    old = begun(running)
    robin.change_a_step()
    robin.add_a_task()
    robin.write_the_form()
    robin.write_the_mail()
    robin.send_the_mail()
    assert robin.hand.unseen == []
    robin.prove()
    found = robin.compare()
    for words in (STEP, LETTER, QUESTION, SUBJECT, "Ask the client to call the supervisor"):
        assert words in found
    publication = robin.propose()
    casey = visit(CASEY)
    casey.page.goto(publication)
    casey.press("Approve and publish")
    expect(casey.page.locator(".usa-alert--success")).to_contain_text("is published")
    new, avery = begun(running), visit(AVERY)
    client = somebody()
    desk.do(AVERY, new, "T5", **client)
    assert step_of(running, new) == STEP
    hand_out(avery, new)
    assert SUBJECT in running.mail(AVERY, new).subject
    finish(running, old)
    assert desk.messages(old) and SUBJECT not in str(desk.messages(old))
    finish(running, new, written=True)
    robin.page.goto(publication)
    robin.visitor.press("Undo the publication")
    last = begun(running)
    finish(running, last)
    assert SUBJECT not in str(desk.messages(last))


def begun(running: Product) -> str:
    """A case that stands before the request is written."""
    number = running.desk.open()
    for label in ("T2", "T3", "T4"):
        running.desk.do(AVERY, number, label)
    return number


def step_of(running: Product, number: str) -> str:
    """The name of the one task that is open."""
    (task,) = running.desk.tasks(AVERY, number)
    return str(task["name"])


def hand_out(avery: Visitor, number: str) -> None:
    """The new task as its person does it."""
    avery.page.goto("/work?view=role")
    row = avery.page.locator("tbody tr", has=avery.page.get_by_role("link", name=number))
    avery.send(row.get_by_role("link", name=STEP, exact=True))
    avery.page.locator("main label", has_text=QUESTION).click()
    avery.complete()
    assert avery.page.inner_text("h1") == "Done", avery.words


def finish(running: Product, number: str, *, written: bool = False) -> None:
    """The rest of a case whose client does not wish to go on."""
    if not written:
        running.desk.do(AVERY, number, "T5", **somebody())
    running.desk.do(CASEY, number, "T7", decision="withdraw")
    assert running.desk.outcome(number) == ("closed", "withdrawn")
