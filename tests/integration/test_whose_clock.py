"""Whose clock: the case is charged to whoever is waited for, and reminders go to nobody else (domain 5.2)."""

from typing import Any

from tests.desk import AVERY, CASEY, LEE, MORGAN, REMY, ROBIN, Clock, Desk
from tests.integration.test_agreements import renew, suspend

DAY = 9 * 60
"""The minutes of a business day."""


def clock_of(desk: Desk, who: str, number: str) -> dict[str, int]:
    """The opening minutes charged to each party, as a person reads them."""
    return {one["party"]: one["minutes"] for one in desk.get(who, f"/cases/{number}/clock")["totals"]}


def claim(desk: Desk, number: str, who: str = CASEY) -> None:
    task = desk.task(who, number, "T7")
    assert desk.call(who, "POST", f"/tasks/{task['id']}/claim").status_code == 200


def test_the_clients_time_is_not_the_supervisors(desk: Desk, clock: Clock, mail: Any, mail_sink: Any) -> None:
    number = desk.to_request()
    clock.move(minutes=30)
    desk.send_mail(mail_sink[1])
    clock.move(minutes=30)
    claim(desk, number)
    desk.do(AVERY, number, "T6")
    kinds = desk.kinds(number)
    clock.move(days=4)
    asked = desk.call(AVERY, "POST", f"/cases/{number}/remind")
    assert (asked.status_code, asked.json["error"]["code"]) == (409, "not_now"), "it is the client's turn"
    assert desk.kinds(number) == kinds, "nobody is reminded while the client is waited for"
    assert desk.labels(MORGAN, number) == set()
    assert clock_of(desk, CASEY, number) == {"supervisor": 30, "client": 4 * DAY, "mail_system": 30}
    assert clock_of(desk, AVERY, number) == {"employment_security": 4 * DAY, "partner": 60}
    assert clock_of(desk, LEE, number) == clock_of(desk, AVERY, number)
    clock.move(days=3, minutes=1)
    assert [kind for kind in desk.kinds(number) if kind not in kinds] == ["ask_to_call_client"]
    clock.move(days=1)
    assert desk.kinds(number)[-1] == "remind_supervisor", "now it is the supervisor who is to call"
    clock.move(days=1)
    assert "escalate_to_backup" in desk.kinds(number)
    assert "escalate_to_program_manager" not in desk.kinds(number)
    turns = desk.get(CASEY, f"/cases/{number}/clock")["turns"]
    assert [turn["party"] for turn in turns if turn["party"] != "nobody"][-2:] == ["supervisor", "supervisor"]


def test_a_held_case_waits_for_the_program_manager(desk: Desk, clock: Clock) -> None:
    number = desk.to_request(REMY, "WSJ")
    claim(desk, number)
    suspend()
    clock.move(days=1)
    assert clock_of(desk, CASEY, number) == {"program_manager": DAY}
    assert "remind_overdue" not in {m["kind"] for m in desk.messages(number) if "Remy" in m["to"]}
    assert desk.get(REMY, f"/cases/{number}/clock") == {"totals": [], "turns": []}
    renew()
    desk.do(ROBIN, number, "T90", action="resume")
    clock.move(hours=2)
    assert clock_of(desk, CASEY, number) == {"program_manager": DAY, "partner": 120}


def test_only_the_partner_is_reminded_of_the_partners_step(desk: Desk, clock: Clock) -> None:
    number = desk.to_decision()
    desk.record_edit(number)
    clock.move(days=3)
    reminded = {m["to"] for m in desk.messages(number) if m["kind"].startswith(("remind", "escalate"))}
    assert reminded == {"Avery Quillfeather (SAMPLE)"}
    assert clock_of(desk, AVERY, number)["mail_system"] == 3 * DAY, "the message never went out"
