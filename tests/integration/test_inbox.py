"""The inbox, what is mailed, and the daily mail (domain 5.1)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from notifications import sink
from tests.conftest import MONDAY
from tests.desk import AVERY, CASEY, DEVON, LEE, MARLO, PAT, REMY, ROBIN, Clock, Desk
from tests.integration.acting import Recorder, browser, deliver, page, renew, suspend
from tests.integration.test_doors import at_once
from workflows.calendar import Calendar
from workflows.commands import digests
from workflows.db import transaction
from workflows.digests import Digest, next_time
from workflows.outbox import DAILY, MESSAGES, OWN, OutboxMessage
from workflows.people import Person, PersonOffice
from workflows.queries.inbox_words import HIDDEN, ON_HOLD, WORDS
from workflows.queries.sentences import MESSAGE_WORDS

Mails = Callable[[], list[sink.Received]]
CHANGE_MADE, REMAINS = WORDS["notify_partner_change_made"], WORDS["notify_partner_remains_opted_out"]


def items(desk: Desk, who: str, more: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = desk.get(who, f"/inbox{more}")["items"]
    return found


def states(desk: Desk, number: str) -> dict[str, str]:
    return {message["kind"]: message["state"] for message in desk.messages(number)}


def choose(desk: Desk, who: str, daily_at: str | None = None, **messages: str) -> Any:
    return desk.call(who, "PATCH", "/preferences", {"messages": messages, "daily_at": daily_at})


def daily_mails() -> list[OutboxMessage]:
    with transaction() as db:
        return list(db.scalars(select(OutboxMessage).where(OutboxMessage.kind == DAILY)))


def test_every_kind_of_message_has_words_for_its_reader() -> None:
    assert WORDS.keys() >= (MESSAGES.keys() | OWN.keys()) - {DAILY}
    assert OWN.keys() <= MESSAGE_WORDS.keys()


def test_a_message_is_in_the_inbox_until_it_is_read(desk: Desk) -> None:
    number = desk.to_request()
    (row,) = items(desk, CASEY)
    assert (row["case"], row["href"], row["message"], row["read"]) == (
        number,
        f"/cases/{number}",
        "N1",
        False,
    )
    client = browser(desk, CASEY)
    shown = client.get("/inbox").get_data(as_text=True)
    assert row["words"] in shown and 'desk-sr"> unread' in shown
    for fact in (*MARLO.values(), "training program"):
        assert fact not in shown
    assert client.get(f"/inbox/{row['id']}").location == f"/cases/{number}"
    assert items(desk, CASEY, "?view=unread") == [] and items(desk, CASEY)[0]["read"]
    assert desk.call(AVERY, "POST", f"/inbox/{row['id']}/read").status_code == 404
    assert "Everything is read" in client.get("/inbox?view=unread").get_data(as_text=True)


def test_all_that_was_shown_is_marked_and_what_came_since_is_not(desk: Desk) -> None:
    first = desk.to_request()
    until = items(desk, CASEY)[0]["id"]
    second = desk.to_request(client_first_name="Tamsin", client_last_name="Orrery", phone="360-555-0102")
    assert desk.call(CASEY, "POST", "/inbox/read-all", {"until": until}).json == {"unread": 1}
    assert [(row["case"], row["read"]) for row in items(desk, CASEY)] == [(second, False), (first, True)]


def test_the_inbox_is_read_page_after_page(desk: Desk) -> None:
    desk.to_request()
    with transaction() as db:
        row = db.scalars(select(OutboxMessage)).one()
        kept = {c.name: getattr(row, c.name) for c in OutboxMessage.__table__.columns if c.name != "id"}
        db.add_all(OutboxMessage(**{**kept, "round": n, "message_id": str(n)}) for n in range(1, 40))
    first = desk.get(CASEY, "/inbox")
    rest = desk.get(CASEY, f"/inbox?before={first['next']}")
    assert (len(first["items"]), len(rest["items"]), rest["next"], first["unread"]) == (25, 15, None, 40)
    assert "Next page" in page(desk, CASEY, "/inbox")


def test_a_row_says_less_to_whoever_may_see_less_now(desk: Desk) -> None:
    number = desk.to_decision(REMY, "WSJ", "remain_opted_out")
    desk.do(CASEY, number, "T12")
    (told,) = (row for row in items(desk, REMY) if row["words"] == REMAINS)
    assert deliver(Recorder())
    suspend()
    (held,) = (row for row in items(desk, REMY) if row["id"] == told["id"])
    assert (held["words"], held["case"], held["message"]) == (ON_HOLD, number, "")
    renew()
    with transaction() as db:
        db.execute(update(Person).where(Person.username == REMY).values(agency_code="FWP"))
    (left,) = (row for row in items(desk, REMY) if row["id"] == told["id"])
    assert (left["words"], left["case"], left["href"], left["message"]) == (HIDDEN, None, "", "")
    assert number not in page(desk, REMY, "/inbox")


def test_a_supervisor_who_moved_reads_no_more_of_the_case(desk: Desk) -> None:
    desk.to_request()
    with transaction() as db:
        casey = select(Person.id).where(Person.username == CASEY).scalar_subquery()
        db.execute(update(PersonOffice).where(PersonOffice.person_id == casey, PersonOffice.office_code == "WSK")
                   .values(office_code="WSC"))  # fmt: skip
        lee = select(Person.id).where(Person.username == LEE).scalar_subquery()
        # An auditor who was a supervisor once: the case may be audited, the message is not theirs any more.
        db.execute(update(OutboxMessage).values(recipient_id=lee))
    assert [row["words"] for row in items(desk, LEE)] == [HIDDEN]


def test_what_is_withheld_is_not_in_the_inbox_until_it_is_released(desk: Desk) -> None:
    number = desk.to_decision(REMY, "WSJ")
    suspend()
    desk.record_edit(number)
    assert CHANGE_MADE not in [row["words"] for row in items(desk, REMY)]
    assert states(desk, number)["notify_partner_change_made"] == "withheld"
    renew()
    desk.do(ROBIN, number, "T90", action="resume")
    assert CHANGE_MADE in [row["words"] for row in items(desk, REMY)]


def test_program_managers_and_assigned_staff_read_theirs_without_a_door_to_the_case(
    desk: Desk, clock: Clock
) -> None:
    number = desk.to_decision(decision="remain_opted_out")
    desk.do(CASEY, number, "T12")
    desk.do(CASEY, number, "T13")
    assert [(row["words"], row["case"], row["href"]) for row in items(desk, DEVON)] == [
        (WORDS["notify_assigned_staff"], number, "")
    ]
    other = desk.to_request(client_first_name="Tamsin", client_last_name="Orrery", phone="360-555-0102")
    clock.move(days=7)
    found = [(row["words"], row["case"], row["href"]) for row in items(desk, ROBIN)]
    assert (WORDS["escalate_to_program_manager"], other, "") in found


def test_a_choice_holds_for_the_mail_and_never_for_the_inbox(desk: Desk, clock: Clock) -> None:
    assert choose(desk, AVERY, "08:00", N8="digest", N6="app").status_code == 200
    number = desk.to_request()
    desk.call(CASEY, "POST", f"/cases/{number}/remind")
    clock.move(days=9)
    found = states(desk, number)
    assert (found["ask_to_call_client"], found["remind_now"]) == ("digest", "app")
    assert {"N8", "N6"} <= {row["message"] for row in items(desk, AVERY)}
    assert any(
        "in the app only" in event["words"] for event in desk.get(CASEY, f"/cases/{number}/history")["items"]
    )


def test_what_the_procedure_demands_cannot_be_turned_off(desk: Desk) -> None:
    refused = choose(desk, CASEY, None, N1="app")
    assert refused.status_code == 422 and "Step 4 of 5512PRO" in refused.json["error"]["fields"]["N1"]
    assert "daily_at" in choose(desk, CASEY, None, N5="digest").json["error"]["fields"]
    assert choose(desk, CASEY, "08:17").status_code == 422
    assert choose(desk, CASEY, None, N99="app").status_code == 422
    demanded = {one["message"] for one in desk.get(CASEY, "/preferences")["messages"] if one["demanded"]}
    assert demanded == {"N1", "N14", "N15"}
    client = browser(desk, CASEY)
    wrong = client.post("/account/preferences", data={"N5": "digest", "daily_at": ""})
    assert wrong.status_code == 422 and "Error:" in wrong.get_data(as_text=True)
    assert client.post("/account/preferences", data={"N5": "app", "daily_at": "07:30"}).status_code == 302
    shown = desk.get(CASEY, "/preferences")
    assert (
        shown["daily_at"] == "07:30"
        and {"N5": "app"}.items() <= {m["message"]: m["way"] for m in shown["messages"]}.items()
    )


def test_the_daily_mail_names_tasks_and_messages_and_no_client(
    desk: Desk, clock: Clock, mail: Mails, mail_sink: Any
) -> None:
    choose(desk, AVERY, "10:00", N8="digest")
    number = desk.to_request()
    clock.move(days=8, hours=2)
    assert digests.send_due() == 1 and digests.send_due() == 0, "an outage is followed by one mail"
    desk.send_mail(mail_sink[1])
    (received,) = [one for one in mail() if "your open tasks" in one.subject]
    assert f"{number}: Ask the client" in received.text and WORDS["ask_to_call_client"] in received.text
    assert "/account/preferences" in received.text
    for fact in (*MARLO.values(), "training program", "opted"):
        assert fact not in received.text
    assert states(desk, number)["ask_to_call_client"] == "digested"
    assert DAILY not in {row["words"] for row in items(desk, AVERY)}
    clock.move(days=1)
    digests.send_due()
    assert daily_mails()[-1].about["messages"] == [], "each message is in one mail"
    assert desk.call(AVERY, "PATCH", "/preferences", {"language": "es"}).json["language"] == "es"
    desk.send_mail(mail_sink[1])
    (received,) = [one for one in mail() if "sus tareas abiertas" in one.subject]
    assert f"{number}: Pedir" in received.text, "the procedure's words are in its reader's language, too"
    assert 'lang="es"' in received.html and "no lo responda" in received.text


def test_two_workers_queue_one_daily_mail(desk: Desk, clock: Clock) -> None:
    desk.to_request()
    choose(desk, AVERY, "10:00")
    clock.move(days=1, hours=3)
    assert sum(at_once(*[digests.send_due] * 4)) == 1
    assert len(daily_mails()) == 1


def test_there_is_no_daily_mail_without_anything_to_say_nor_on_a_closed_day(desk: Desk, clock: Clock) -> None:
    choose(desk, PAT, "10:00")
    clock.move(days=1, hours=3)
    assert digests.send_due() == 0 and daily_mails() == []
    choose(desk, AVERY, "10:00")
    desk.to_request()
    with transaction() as db:
        db.execute(update(Digest).values(next_at=MONDAY))
    clock.move(days=4)
    assert digests.send_due() == 0, "it is Saturday"
    with transaction() as db:
        assert {row.next_at.date().isoformat() for row in db.scalars(select(Digest))} == {"2026-12-07"}


def test_a_closing_day_of_the_area_has_no_daily_mail(desk: Desk, clock: Clock) -> None:
    tuesday = (MONDAY + timedelta(days=1)).date()
    closed = {"opened": [], "closed": [{"day": tuesday.isoformat(), "name": "Inventory"}]}
    assert desk.call(PAT, "PUT", "/settings/holidays", {"value": closed}).status_code == 200
    choose(desk, AVERY, "06:00")
    with transaction() as db:
        due = {row.next_at.date() for row in db.scalars(select(Digest))}
    assert due == {tuesday + timedelta(days=1)}


def test_the_next_time_is_on_a_business_day_by_the_office_s_clock_also_when_the_clocks_change() -> None:
    days = Calendar()
    friday = MONDAY + timedelta(days=4, hours=3)
    assert next_time(days, "08:00", friday).isoformat() == "2026-12-07T08:00:00-08:00"
    spring = MONDAY.replace(month=3, day=13, hour=16)
    assert next_time(days, "09:30", spring).isoformat() == "2026-03-13T09:30:00-07:00"
    before = MONDAY.replace(month=3, day=6, hour=20)
    assert next_time(days, "09:30", before).isoformat() == "2026-03-09T09:30:00-07:00"
