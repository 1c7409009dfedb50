"""Both main branches through the pages alone, by each person in turn, by keyboard and without any script, with the
mails that they cause."""

import pytest

from tests.browser.conftest import Visit
from tests.browser.pages import Visitor
from tests.desk import AVERY, CASEY, DEVON
from tests.end_to_end.product import Product, somebody

pytestmark = [pytest.mark.browser, pytest.mark.slow]

REASON = "Wants help with a welding course."


def write_request(avery: Visitor, client: dict[str, str]) -> str:
    """Steps 1 to 5 by the case manager, each page leading to the next."""
    number = avery.begin()
    for label in ("T2", "T3", "T4"):
        avery.do(label)
    avery.do("T5", reason=REASON, **client)
    avery.go_on()
    avery.do("T6")
    return number


def decide(casey: Visitor, number: str, decision: str) -> None:
    """The supervisor takes the request and records what the client wishes."""
    casey.find(number, "T7")
    casey.press("Claim this task")
    assert "You hold this task." in casey.words
    casey.do("T7", decision=decision)


def give(casey: Visitor, number: str, task: str, colleague: str) -> None:
    """The supervisor gives a task of the case to a colleague."""
    casey.page.goto(f"/cases/{number}")
    casey.page.get_by_text("Give a task to a colleague").press("Enter")
    row = casey.page.locator("form", has=casey.page.get_by_label(task, exact=True))
    row.locator("select").select_option(colleague)
    casey.send(row.get_by_role("button"))
    assert "given to your colleague" in casey.words


def record_edit(devon: Visitor, number: str) -> None:
    """The staff member finds the task in his own list and records the edit to its end."""
    devon.page.goto("/work")
    row = devon.page.locator("tbody tr", has=devon.page.get_by_role("link", name=number))
    devon.send(row.get_by_role("link", name="Find the client", exact=True))
    assert devon.case_number() == number
    devon.do("RO1")
    for label in ("RO2", "RO3", "RO4"):
        if not devon.is_at(label):
            devon.find(number, label)
        devon.do(label)


def shows_closed(person: Visitor, number: str, outcome: str) -> bool:
    """Whether the page of the case says that it is closed, and how it ended."""
    person.page.goto(f"/cases/{number}")
    return "The case is closed." in person.words and outcome in person.page.inner_text(".desk-meta")


def opt_in(casey: Visitor, avery: Visitor, devon: Visitor, client: dict[str, str]) -> str:
    """The whole branch of a client who opts in."""
    number = write_request(avery, client)
    decide(casey, number, "opt_in")
    give(casey, number, "Find the client", DEVON)
    record_edit(devon, number)
    avery.find(number, "T10")
    avery.do("T10")
    avery.find(number, "T11") if not avery.is_at("T11") else None
    avery.do("T11")
    return number


def tells_only_the_number(mail, running: Product, number: str, client: dict[str, str]) -> None:
    """A mail is about a number: its subject, its link, and no fact about the client."""
    assert mail.subject.startswith(f"Opt-in request {number}: ")
    assert f"{running.address}/" in mail.text
    everything = " ".join([mail.subject, mail.text, mail.html, mail.sender]).lower()
    for word in (client["client_first_name"], client["client_last_name"], "welding", "555", client["phone"]):
        assert word.lower() not in everything


def test_a_client_opts_in(visit: Visit, running: Product) -> None:
    avery, casey, devon = (visit(keyboard=True).sign_in(person) for person in (AVERY, CASEY, DEVON))
    client = somebody()
    number = opt_in(casey, avery, devon, client)
    assert all(shows_closed(person, number, "Opted in") for person in (avery, casey))
    told = [
        running.mail("casey.thistledown", f"{number}: waits for a supervisor"),
        running.mail("avery.quillfeather", f"{number}: change made"),
    ]
    for mail in told:
        tells_only_the_number(mail, running, number, client)
    asked = [row["kind"] for row in running.desk.messages(number)]
    assert asked == ["notify_supervisor", "notify_partner_change_made"]


def test_a_client_remains_opted_out_and_accepts_the_offer(visit: Visit, running: Product) -> None:
    avery, casey = visit(AVERY, keyboard=True), visit(CASEY, keyboard=True)
    client = somebody()
    number = write_request(avery, client)
    decide(casey, number, "remain_opted_out")
    casey.find(number, "T12") if not casey.is_at("T12") else None
    casey.do("T12")
    casey.find(number, "T13") if not casey.is_at("T13") else None
    casey.do("T13", esd_staff=DEVON)
    avery.find(number, "T14")
    avery.do("T14")
    assert shows_closed(avery, number, "Remains opted out")
    assert "works with ESD staff" not in avery.words
    assert shows_closed(casey, number, "Remains opted out, works with ESD staff")
    told = [
        running.mail("avery.quillfeather", f"{number}: remains opted out"),
        running.mail("devon.ashgrove", f"{number}: assigned to you"),
    ]
    for mail in told:
        tells_only_the_number(mail, running, number, client)
    assert "in no way affects" in told[0].text
    assert "offer" not in told[0].text.lower()
    assert running.mails("avery.quillfeather", f"{number}: assigned") == []


def test_a_client_opts_in_without_any_script(visit: Visit, running: Product) -> None:
    avery, casey, devon = (visit(script=False).sign_in(person) for person in (AVERY, CASEY, DEVON))
    client = somebody()
    number = opt_in(casey, avery, devon, client)
    assert shows_closed(avery, number, "Opted in")
    assert running.desk.outcome(number) == ("closed", "opted_in")


@pytest.mark.parametrize("path", ["/work?view=role", "/cases", "/notice", "/demo/mails"])
def test_a_page_can_be_read_without_any_script(visit: Visit, path: str) -> None:
    casey = visit(CASEY, script=False)
    casey.page.goto(path)
    assert casey.page.locator("h1").is_visible()
    assert casey.page.get_by_role("button", name="Sign out").is_visible()
