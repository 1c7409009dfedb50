"""The team: load, absence with a substitute, backup groups, many tasks given at once (domain 6.1, 6.2)."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.desk import AVERY, BASIL, CASEY, DEVON, ELLIS, MORGAN, PAT, ROBIN, TAMSIN, Clock, Desk
from tests.integration.acting import actor, browser
from workflows.commands.absences import enter_absence
from workflows.commands.team import reassign_many
from workflows.db import transaction
from workflows.errors import InvalidInput
from workflows.history import HistoryEvent
from workflows.outbox import OutboxMessage
from workflows.people import Person
from workflows.queries import ageing


def days(first: int, last: int) -> dict[str, str]:
    """First and last day of an absence, counted from today by the office's clock."""
    today = datetime.now(UTC).date()
    return {"first_day": str(today + timedelta(days=first)), "last_day": str(today + timedelta(days=last))}


def enter(desk: Desk, person: str = CASEY, substitute: str = MORGAN, who: str = CASEY, **when: Any) -> Any:
    body = {"person": person, "substitute": substitute, **days(0, 4), **when}
    return desk.call(who, "POST", "/team/absences", body)


def told(kind: str, number: str, desk: Desk) -> list[str]:
    return [message["to"].split()[0] for message in desk.messages(number, MORGAN) if message["kind"] == kind]


def test_a_substitute_takes_over_what_is_open_and_what_comes(desk: Desk, clock: Clock) -> None:
    held, waiting = desk.to_request(), desk.to_request(**TAMSIN)
    task = desk.task(CASEY, held, "T7")["id"]
    desk.call(CASEY, "POST", f"/tasks/{task}/claim")
    assert desk.call(MORGAN, "GET", f"/cases/{held}").status_code == 404
    assert enter(desk).status_code == 201
    mine = {item["case"] for item in desk.get(MORGAN, "/worklist?view=mine")["items"]}
    assert mine == {held}, "what the absent person holds"
    assert desk.labels(MORGAN, waiting) == {"T7"}, "and what the group is offered"
    assert desk.call(DEVON, "POST", f"/tasks/{task}/claim").status_code == 403, "nobody else may take it"
    clock.move(days=1, minutes=1)
    assert told("remind_supervisor", waiting, desk) == ["Morgan"]
    assert desk.answer(MORGAN, held, "T7").status_code == 200
    assert {t["assignee"] for t in desk.tasks(MORGAN, held) if t["element"].startswith("RO1")} <= {
        MORGAN,
        None,
    }
    desk.do(CASEY, waiting, "T7", decision="undecided")
    assert desk.task(MORGAN, waiting, "T7")["assignee"] == MORGAN, "routing gives it to the substitute"
    clock.move(days=4)
    now = actor(MORGAN)
    assert not now.covers and not now.stands_in, "it ended by itself"


def test_only_those_are_offered_who_may_stand_in(desk: Desk) -> None:
    casey = browser(desk, CASEY)
    offered = {}
    for person in (CASEY, DEVON):
        shown = casey.get(f"/team/absences?person={person}").text
        choice = shown.partition('id="f-substitute"')[2].partition("</select>")[0]
        offered[person] = set(re.findall(r'<option value="([^"]+)"', choice))
        for substitute in (MORGAN, ELLIS, DEVON, CASEY):
            taken = enter(desk, person, substitute)
            assert (taken.status_code == 201) == (substitute in offered[person]), (person, substitute)
            if taken.status_code == 201:
                desk.call(CASEY, "POST", f"/team/absences/{taken.json['items'][0]['id']}/end")
    assert offered[CASEY] == {MORGAN} and DEVON not in offered[DEVON] and CASEY in offered[DEVON]
    assert 'id="f-substitute"' not in casey.get("/team/absences").text, "first who is away"


def test_the_substitute_and_the_history_are_told(desk: Desk) -> None:
    absence = enter(desk).json["items"][0]
    assert desk.call(CASEY, "POST", f"/team/absences/{absence['id']}/end").json["items"] == []
    assert desk.call(CASEY, "POST", f"/team/absences/{absence['id']}/end").status_code == 409
    with transaction() as db:
        rows = select(HistoryEvent).where(HistoryEvent.kind.startswith("absence_")).order_by(HistoryEvent.seq)
        kinds = {event.kind: event.detail for event in db.scalars(rows)}
        told = select(Person.username).join(OutboxMessage, OutboxMessage.recipient_id == Person.id)
        told = told.where(OutboxMessage.kind == "substitute_named")
        assert db.scalars(told).all() == [MORGAN]
    assert list(kinds) == ["absence_entered", "absence_ended"]
    assert (kinds["absence_entered"]["user"], kinds["absence_entered"]["substitute"]) == (CASEY, MORGAN)


def test_a_wrong_absence_is_refused_by_field(desk: Desk) -> None:
    def field(**body: Any) -> set[str]:
        answer = enter(desk, **body)
        assert answer.status_code == 422, answer.json
        return set(answer.json["error"]["fields"])

    assert field(person=AVERY) == {"person"}, "not of the team"
    assert field(person=MORGAN) == {"person"}, "of another office"
    assert field(substitute=ELLIS) == {"substitute"}, "a restricted user lacks a key"
    assert field(substitute=DEVON) == {"substitute"}, "ESD staff is no supervisor"
    assert field(substitute=CASEY) == {"substitute"}
    assert field(**days(3, 2)) == {"last_day"} == field(**days(-3, -2)) == field(**days(0, 400))
    assert field(first_day="soon") == {"first_day"}
    assert field(substitute="900-12-3456") == {"substitute"}
    assert enter(desk, DEVON, CASEY, **days(8, 9)).status_code == 201
    assert field(**days(9, 12)) == {"person"}, "who stands in is not away"
    assert field(person=DEVON, substitute=CASEY, **days(9, 12)) == {"first_day"}
    for who in (AVERY, DEVON, ELLIS, ROBIN, PAT):
        assert enter(desk, who=who).status_code == 403


def test_backup_groups_are_set_by_whoever_leads_the_office(desk: Desk, clock: Clock) -> None:
    def set_(who: str, office: str, *members: str) -> int:
        return desk.call(who, "POST", f"/team/backup-groups/{office}", {"members": list(members)}).status_code

    assert (set_(MORGAN, "WSK"), set_(ROBIN, "WSK"), set_(CASEY, "WSK", DEVON)) == (404, 404, 422)
    assert (set_(CASEY, "WSK"), set_(MORGAN, "WSC", CASEY)) == (200, 200)
    groups = {group["code"]: group["members"] for group in desk.get(CASEY, "/team/backup-groups")["items"]}
    assert groups == {"WSK": [], "WSJ": [], "DEMO": []}
    number = desk.to_request()
    clock.move(days=2, minutes=1)
    assert desk.labels(MORGAN, number) == set(), "no longer a backup"


@pytest.mark.parametrize("who", [MORGAN, ELLIS, AVERY, ROBIN])
def test_only_the_supervisor_of_the_office_gives_its_tasks(desk: Desk, who: str) -> None:
    task = desk.task(CASEY, desk.to_request(), "T7")["id"]
    answer = desk.call(who, "POST", "/team/reassign", {"tasks": [task], "assignee": DEVON})
    if who == MORGAN:
        assert answer.json["items"][0]["refused"] and "OLY" not in answer.json["items"][0]["name"]
    else:
        assert answer.status_code == 403
    assert desk.get(CASEY, "/worklist?view=role")["items"][0]["assignee"] is None


def test_many_tasks_are_given_each_for_itself_and_counted(desk: Desk, clock: Clock) -> None:
    numbers = [desk.to_request(), desk.to_request(**TAMSIN), desk.to_request(**BASIL)]
    tasks = [desk.task(CASEY, number, "T7")["id"] for number in numbers]
    desk.do(CASEY, numbers[2], "T7")
    clock.move(days=5)
    seen = desk.get(CASEY, "/team")
    office = next(one for one in seen["offices"] if one["code"] == "WSK")
    assert (office["cases"], office["tasks"], office["waiting"], office["late"]) == (3, 3, 3, 3)
    given = reassign_many(actor(CASEY), tasks, DEVON)
    assert [one.done for one in given] == [True, True, False]
    people = {one["username"]: (one["held"], one["late"]) for one in desk.get(CASEY, "/team")["people"]}
    assert people[DEVON] == (2, 2)
    found = desk.get(CASEY, f"/team/tasks?view=late&holder={DEVON}")["items"]
    assert {one["case"] for one in found} == set(numbers[:2])
    assert {one.why for one in given if not one.done} == {"It is not open in your offices any more."}
    refused = reassign_many(actor(CASEY), tasks[:1], ELLIS)
    assert refused[0].name.startswith(numbers[0]) and "clearances" in refused[0].why


def test_the_ageing_list_puts_the_supervisors_first(
    desk: Desk, clock: Clock, mail: Any, mail_sink: Any
) -> None:
    partner, esd = desk.to_request(), desk.to_request(**TAMSIN)
    desk.do(CASEY, partner, "T7")
    desk.record_edit(partner)
    desk.send_mail(mail_sink[1])
    clock.move(days=2)
    rows = desk.get(CASEY, "/team/ageing")["items"]
    assert [row["number"] for row in rows] == [esd, partner]
    assert {share["party"] for share in rows[0]["shares"] if share["now"]} == {"supervisor"}
    seen = desk.get(ROBIN, "/team/ageing")["items"]
    parties = {share["party"] for row in seen for share in row["shares"]}
    assert not parties & {"supervisor", "client"}, "program managers are not told who of the two"
    assert desk.get(ROBIN, "/team")["people"] == []


def test_the_ageing_list_leads_to_every_open_case(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = {desk.open() for _ in range(5)}
    monkeypatch.setattr(ageing, "PAGE", 1)
    monkeypatch.setattr(ageing, "MOST", 2)
    found: list[str] = []
    page: int | None = 1
    while page:
        rows, page = ageing.ageing(actor(CASEY), page)
        found += [row.number for row in rows]
    assert len(found) == 5 and set(found) == numbers


def test_the_office_day_counts(desk: Desk, clock: Clock) -> None:
    """An absence of today holds in the evening of Olympia, when it is tomorrow in UTC."""
    today = date(2026, 11, 30).isoformat()
    assert enter(desk, first_day=today, last_day=today).status_code == 201
    number = desk.to_request()
    clock.move(hours=14)
    assert desk.labels(MORGAN, number) == {"T7"}
    clock.move(hours=2)
    assert desk.labels(MORGAN, number) == set()
    with pytest.raises(InvalidInput) as refused:
        enter_absence(actor(CASEY), CASEY, MORGAN, today, today)
    assert "over" in refused.value.fields["last_day"]
