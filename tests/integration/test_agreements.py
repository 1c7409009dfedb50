"""Data-sharing agreements (domain 7.2; scenarios 34, 35, 38)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.desk import AVERY, BASIL, CASEY, KIM, PAT, REMY, ROBIN, SASHA, TAMSIN, Clock, Desk
from workflows.commands.agreements import review, save_agreement
from workflows.db import transaction
from workflows.errors import InvalidInput, NotAllowed
from workflows.organisations import Agreement, Area
from workflows.outbox import OutboxMessage
from workflows.people import Actor, actor_for, person_named
from workflows.settings import settings


def actor(username: str) -> Actor:
    with transaction() as db:
        person = person_named(db, username)
        assert person
        return actor_for(db, person)


def renew(agency: str = "DYP", number: str = "K-TEST-102", **different: Any) -> None:
    ends = (datetime.now(UTC) + timedelta(days=400)).date().isoformat()
    save_agreement(actor(ROBIN), number, {"agency": agency, "ends_on": ends, "status": "active", **different})


def suspend() -> None:
    save_agreement(actor(ROBIN), "K-TEST-102", {"agency": "DYP", "status": "suspended"})


def test_34_an_expired_agreement_opens_nothing(desk: Desk) -> None:
    answer = desk.call(SASHA, "POST", "/cases", {"office": "WSK", "search_key": "name", "total_own": 0})
    assert (answer.status_code, answer.json["error"]["code"]) == (403, "not_permitted")
    assert "K-TEST-103" in answer.json["error"]["message"]
    counted = desk.get(SASHA, "/cases?state=closed")["items"]
    assert [row["outcome"] for row in counted] == ["not_permitted"]


def test_35_a_lapsed_agreement_puts_the_case_on_hold(desk: Desk) -> None:
    number = desk.to_request(REMY, "WSJ")
    suspend()
    seen = desk.case(REMY, number)
    assert (seen["status"], seen["client"], seen["tasks"]) == ("on_hold", {}, [])
    assert desk.labels(REMY, number) == set()
    assert desk.labels(ROBIN, number) == {"T90"}
    desk.do(CASEY, number, "T7")
    desk.record_edit(number)
    states = {m["kind"]: m["state"] for m in desk.messages(number)}
    assert states["notify_partner_change_made"] == "withheld"


def test_35_resume_needs_an_agreement_and_loses_nothing(desk: Desk) -> None:
    number = desk.to_request(REMY, "WSJ")
    suspend()
    desk.do(CASEY, number, "T7")
    desk.record_edit(number)
    refused = desk.answer(ROBIN, number, "T90", action="resume")
    assert refused.status_code == 422 and "action" in refused.json["error"]["fields"]
    renew()
    desk.do(ROBIN, number, "T90", action="resume")
    assert desk.case(REMY, number)["status"] == "confirming"
    assert {m["kind"]: m["state"] for m in desk.messages(number)}["notify_partner_change_made"] == "waiting"
    desk.do(REMY, number, "T10")
    desk.do(REMY, number, "T11")
    assert desk.outcome(number) == ("closed", "opted_in")


def test_35_a_second_lapse_is_decided_again(desk: Desk) -> None:
    number = desk.to_request(REMY, "WSJ")
    for _ in range(2):
        suspend()
        assert desk.labels(KIM, number) == {"T90"}
        renew()
        desk.do(KIM, number, "T90", action="resume")
    assert desk.labels(REMY, number) == {"T6"}


def test_35_the_partners_own_task_is_refused_while_on_hold(desk: Desk) -> None:
    number = desk.to_request(REMY, "WSJ")
    task = desk.task(REMY, number, "T6")["id"]
    suspend()
    answer = desk.call(REMY, "POST", f"/tasks/{task}/complete", {"data": {}})
    assert (answer.status_code, answer.json["error"]["code"]) == (403, "held_by_agreement")


def test_35_handed_to_esd(desk: Desk) -> None:
    number = desk.to_request(REMY, "WSJ")
    suspend()
    desk.do(ROBIN, number, "T90", action="hand_to_esd")
    assert desk.labels(CASEY, number) == {"T91"}
    desk.do(CASEY, number, "T91", served_by=CASEY)
    assert desk.outcome(number) == ("closed", "handed_to_esd")


def test_35_closed_because_the_agreement_lapsed(desk: Desk) -> None:
    number = desk.to_request(REMY, "WSJ")
    suspend()
    desk.do(ROBIN, number, "T90", action="close")
    assert desk.outcome(number) == ("closed", "closed_agreement_lapsed")


def test_35_only_partner_tasks_left_for_too_long(desk: Desk, clock: Clock) -> None:
    number = desk.to_decision(REMY, "WSJ")
    desk.record_edit(number)
    suspend()
    clock.move(days=9)
    assert "escalate_hold" not in desk.kinds(number)
    clock.move(days=9)
    clock.tick()
    assert desk.kinds(number).count("escalate_hold") == 2, "each program manager once"


def test_35_a_draft_is_held_and_goes_on_by_itself(desk: Desk) -> None:
    number = desk.open(REMY, "WSJ")
    suspend()
    assert desk.case(REMY, number)["status"] == "on_hold"
    renew()
    assert desk.labels(REMY, number) == {"T2"}


def test_a_case_that_reaches_the_supervisor_on_hold_is_decided_then(desk: Desk) -> None:
    number = desk.open(REMY, "WSJ")
    for label in ("T2", "T3"):
        desk.do(REMY, number, label)
    desk.do(REMY, number, "T4", lookup="nothing")
    desk.do(REMY, number, "T5")
    suspend()
    assert desk.labels(ROBIN, number) == set()
    desk.do(CASEY, number, "T4b")
    assert desk.labels(ROBIN, number) == {"T90"}


def test_warnings_come_once_each_and_an_outage_sends_one(desk: Desk, clock: Clock) -> None:
    today = datetime.now(UTC).date()
    renew(ends_on=(today + timedelta(days=100)).isoformat())
    with transaction() as db:
        from sqlalchemy import func, select

        from workflows.outbox import OutboxMessage

        def said() -> int:
            query = select(func.count()).where(OutboxMessage.kind == "agreement_warning")
            return db.scalar(query.where(OutboxMessage.about["agreement"].as_integer() == 2)) or 0

        before = said()
        clock.move(days=11)
        assert said() - before == 4, "two contract managers and two program managers"
        clock.move(days=1)
        assert said() - before == 4
        clock.move(days=83)
        assert said() - before == 8, "60, 30 and 7 days in one"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"agency": "NONE"}, "agency"),
        ({"agency": "FWP", "kind": "something"}, "kind"),
        ({"agency": "FWP", "ends_on": "tomorrow"}, "ends_on"),
        ({"agency": "FWP", "starts_on": "2030-01-01", "ends_on": "2029-01-01"}, "ends_on"),
    ],
)
def test_a_wrong_agreement_is_refused_by_field(desk: Desk, values: dict[str, Any], field: str) -> None:
    good = {"kind": "data_sharing", "basis": "mou_with_wdc", "status": "active", "starts_on": "2026-01-01"}
    with pytest.raises(InvalidInput) as refused:
        save_agreement(actor(ROBIN), "K-TEST-200", {"ends_on": "2030-01-01", **good, **values})
    assert field in refused.value.fields


def test_agreements_are_kept_by_those_who_may(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        save_agreement(actor(AVERY), "K-TEST-101", {"agency": "FWP", "status": "active"})


def lapse_mails() -> int:
    return kinds_without_case().count("agreement_lapsed")


def kinds_without_case() -> list[str]:
    with transaction() as db:
        return list(db.scalars(select(OutboxMessage.kind).where(OutboxMessage.case_id.is_(None))))


def test_an_end_that_another_agreement_covers_is_not_warned_of(desk: Desk) -> None:
    review()
    before = kinds_without_case()
    another = {"kind": "data_sharing", "basis": "mou_with_wdc", "starts_on": "2026-01-01"}
    renew(number="K-TEST-202", **another)
    today = datetime.now(UTC).date()
    renew(ends_on=(today + timedelta(days=25)).isoformat())
    assert kinds_without_case() == before
    save_agreement(actor(ROBIN), "K-TEST-202", {"agency": "DYP", "status": "terminated"})
    assert kinds_without_case() != before, "the end is near again"


def test_every_suspension_is_told(desk: Desk) -> None:
    told = []
    for _ in range(2):
        suspend()
        told.append(lapse_mails())
        renew()
    assert told[1] == 2 * told[0] > 0


def test_a_notice_kept_back_before_any_job_ran_goes_out_after_the_renewal(desk: Desk) -> None:
    number = desk.to_decision(REMY, "WSJ")
    with transaction() as db:
        row = db.scalar(select(Agreement).where(Agreement.number == "K-TEST-102"))
        assert row
        row.status = "suspended"
    desk.record_edit(number)
    assert {m["kind"]: m["state"] for m in desk.messages(number)}["notify_partner_change_made"] == "withheld"
    renew()
    assert {m["kind"]: m["state"] for m in desk.messages(number)}["notify_partner_change_made"] == "waiting"
    assert desk.history(CASEY, number).count("message_waiting") >= 2


def test_the_contract_managers_are_people_of_the_area(desk: Desk) -> None:
    with transaction() as db:
        db.add(Area(code="TST", name="SAMPLE area"))
        db.flush()
        sasha = person_named(db, SASHA)
        assert sasha
        sasha.area_code = "TST"
    with pytest.raises(InvalidInput) as refused:
        renew(partner_manager=SASHA)
    assert "partner_manager" in refused.value.fields


def test_38_the_client_withdraws(desk: Desk) -> None:
    number = desk.to_request()
    assert desk.call(AVERY, "POST", f"/cases/{number}/withdraw").status_code == 200
    assert desk.outcome(number) == ("closed", "withdrawn")
    assert desk.labels(AVERY, number) == set() and desk.labels(CASEY, number) == set()
    assert desk.kinds(number)[-1] == "notify_partner_withdrawn"
    assert desk.call(AVERY, "POST", f"/cases/{number}/withdraw").status_code == 409


def test_38_a_draft_is_withdrawn(desk: Desk) -> None:
    number = desk.open()
    assert desk.call(AVERY, "POST", f"/cases/{number}/withdraw").status_code == 200
    assert desk.outcome(number, AVERY) == ("closed", "withdrawn")


def test_38_after_the_decision_the_supervisor_withdraws(desk: Desk) -> None:
    number = desk.to_decision(decision="remain_opted_out")
    desk.do(CASEY, number, "T12")
    assert desk.call(AVERY, "POST", f"/cases/{number}/withdraw").status_code == 409
    assert desk.call(CASEY, "POST", f"/cases/{number}/withdraw").status_code == 200


def test_the_sample_agreements_stand_as_described(desk: Desk) -> None:
    from workflows.organisations import agreement_shortcoming

    today = datetime.now(UTC).astimezone(settings().zone).date()
    with transaction() as db:
        lacking = {code: agreement_shortcoming(db, code, today) for code in ("FWP", "DYP", "SCC", "TCN")}
    assert (lacking["FWP"], lacking["DYP"]) == (None, None)
    assert "K-TEST-103" in (lacking["SCC"] or "") and "resource-sharing" in (lacking["TCN"] or "")
    review()


def test_one_agreement_shows_what_depends_on_it(desk: Desk) -> None:
    numbers = [desk.to_request(REMY, "WSJ"), desk.to_request(REMY, "WSJ", **TAMSIN)]
    review()
    seen = desk.get(ROBIN, "/agreements/K-TEST-102")
    assert (seen["in_force"], seen["days_left"], seen["open_cases"]) == (True, 20, 2)
    assert [(one["days"], one["given"]) for one in seen["warnings"]] == [
        (90, True),
        (60, True),
        (30, True),
        (7, False),
    ]
    assert seen["esd_manager"].startswith("Casey") and seen["partner_manager"].startswith("Remy")
    assert [case["number"] for case in seen["cases"]] == numbers
    assert desk.get(PAT, "/agreements/K-TEST-102")["cases"] == [], "an administrator is told the count alone"
    assert desk.get(CASEY, "/agreements/K-TEST-102")["cases"] != [], (
        "no supervisor works in the office: all serve it"
    )
    assert desk.call(REMY, "GET", "/agreements/K-TEST-102").status_code == 403


def test_cases_on_hold_are_decided_at_once_each_for_itself(desk: Desk) -> None:
    numbers = [desk.to_request(REMY, "WSJ", **client) for client in (TAMSIN, BASIL)]
    assert suspended(desk) == "suspended"
    held = desk.get(KIM, "/agreements/K-TEST-102")["cases"]
    assert [(case["number"], bool(case["decision"]), bool(case["held_at"])) for case in held] == [
        (number, True, True) for number in numbers
    ]
    refused = decide(desk, "resume", *numbers)
    assert [bool(one["refused"]) for one in refused] == [True, True]
    renewed = desk.call(ROBIN, "POST", "/agreements/K-TEST-102", {"agency": "DYP", "status": "active"})
    assert renewed.json["in_force"]
    assert decide(desk, "resume", numbers[0], "OLY-2026-999999") == [
        {"number": numbers[0], "refused": ""},
        {"number": "OLY-2026-999999", "refused": "No decision is open on this case."},
    ]
    assert [one["refused"] for one in decide(desk, "hand_to_esd", numbers[1])] == [""]
    assert (desk.labels(REMY, numbers[0]), desk.labels(CASEY, numbers[1])) == ({"T6"}, {"T91"})


def suspended(desk: Desk) -> str:
    body = {"agency": "DYP", "status": "suspended"}
    return str(desk.call(ROBIN, "POST", "/agreements/K-TEST-102", body).json["status"])


def decide(desk: Desk, action: str, *numbers: str) -> list[dict[str, str]]:
    body = {"cases": list(numbers), "action": action}
    found: list[dict[str, str]] = desk.call(KIM, "POST", "/agreements/K-TEST-102/decisions", body).json[
        "items"
    ]
    return found


def test_each_side_has_its_own_contract_manager(desk: Desk) -> None:
    for name, username in (("esd_manager", AVERY), ("partner_manager", SASHA)):
        with pytest.raises(InvalidInput) as refused:
            renew(**{name: username})
        assert list(refused.value.fields) == [name]
    renew(esd_manager=CASEY, partner_manager=REMY)
