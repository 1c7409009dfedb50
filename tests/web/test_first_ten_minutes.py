"""What newcomers stumbled over: short navigation, second clicks, links that lead somewhere, words that are true."""

import re

from tests.desk import AVERY, CASEY, DEVON, JORDAN, LEE, PAT, ROBIN, Desk, answers
from tests.integration.acting import browser, change, give, page
from tests.integration.test_task_pages import form
from workflows.clock import now
from workflows.db import transaction
from workflows.mail_words import compose
from workflows.outbox import queue
from workflows.people import SYSTEM, person_named
from workflows.work import Work


def test_the_navigation_is_short_and_all_is_found_below_manage(desk: Desk) -> None:
    managed = {PAT: ("outbox", "settings", "webhooks"), ROBIN: ("outbox", "settings"), LEE: (), AVERY: ()}
    for who, below in managed.items():
        shown = page(desk, who, "/manage")
        navigation = re.findall(r'<a href="([^"]+)"', shown.split("<nav", 1)[1].split("</nav>")[0])
        assert len(navigation) <= 8
        assert ("/manage" in navigation) == bool(below)
        links = {f"/admin/{name}" for name in ("outbox", "settings", "webhooks")}
        assert {link for link in links if f'href="{link}"' in shown} == {f"/admin/{name}" for name in below}
    assert '<a href="/manage" aria-current="page">' in page(desk, PAT, "/admin/webhooks/new")


def test_a_second_click_of_whom_a_task_was_delegated_to_leads_to_what_was_done(desk: Desk) -> None:
    number = desk.to_request()
    task = f"/tasks/{give(desk, number, 'T7', DEVON)}"
    assert desk.call(DEVON, "POST", f"{task}/draft", {"data": answers("T7")}).status_code == 200
    devon = browser(desk, DEVON)
    looked = devon.get(f"{task}/check")
    assert (looked.status_code, "since today" in looked.text) == (200, False)
    for _ in range(2):
        done = devon.post(f"{task}/check", data={"draft": "1"}, follow_redirects=True)
        assert (done.status_code, done.request.path) == (200, f"{task}/done")
    assert browser(desk, JORDAN).post(f"{task}/check", data={"draft": "1"}).status_code in (403, 404)


def test_the_open_request_for_the_same_client_is_a_link(desk: Desk) -> None:
    first = desk.to_request()
    second = desk.open(AVERY)
    for label in ("T2", "T3", "T4"):
        desk.do(AVERY, second, label)
    task = f"/tasks/{desk.task(AVERY, second, 'T5')['id']}"
    refused = browser(desk, AVERY).post(
        task, data={"action": "check", "draft": "0", **form("T5")}, follow_redirects=True
    )
    assert refused.status_code == 409
    assert f'<a class="usa-link" href="/cases/{first}">' in refused.text


def test_what_somebody_still_holds_is_named_when_they_may_not_sign_in(desk: Desk) -> None:
    number = desk.to_request()
    give(desk, number, "T7", DEVON)
    for who, named in ((AVERY, number), (DEVON, "Still holds 1 task of Employment Security")):
        assert "Still holds" not in page(desk, PAT, f"/admin/people/{who}")
        change(who, active=False)
        shown = page(desk, PAT, f"/admin/people/{who}")
        assert "Still holds" in shown and named in shown
    assert number not in page(desk, PAT, f"/admin/people/{DEVON}")


def test_a_mail_about_an_agreement_leads_only_where_its_reader_may_go(desk: Desk) -> None:
    for who, leads in ((CASEY, True), (AVERY, False)):
        with transaction() as db:
            person = person_named(db, who)
            assert person
            (row,) = queue(
                Work(db, SYSTEM, now()), "agreement_warning", None, [person], round=98, agreement=1
            )
        mail = compose(row.id)
        assert ("/admin/agreements/" in mail.text) == ("/admin/agreements/" in mail.html) == leads
        assert (f'href="/inbox/{row.id}"' in page(desk, who, "/inbox")) == leads
