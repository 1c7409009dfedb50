"""Two people lift the restriction of ESD staff (domain 6.2)."""

import pytest
from sqlalchemy import select

from tests.desk import AVERY, CASEY, DEVON, ELLIS, LEE, MORGAN, PAT, Desk
from tests.integration.acting import actor, browser, change, page
from workflows.commands.people import change_person
from workflows.db import transaction
from workflows.history import HistoryEvent
from workflows.people import PersonRole, person_named


def is_restricted(username: str) -> bool:
    with transaction() as db:
        person = person_named(db, username)
        assert person
        return person.is_restricted_user


def happened() -> list[str]:
    with transaction() as db:
        wanted = HistoryEvent.kind.startswith("restriction_lift")
        return list(db.scalars(select(HistoryEvent.kind).where(wanted).order_by(HistoryEvent.id)))


def give_role(username: str, role: str) -> None:
    with transaction() as db:
        person = person_named(db, username)
        assert person
        db.add(PersonRole(person_id=person.id, role=role))


def lift(desk: Desk, who: str, step: str = "", username: str = ELLIS) -> int:
    return desk.call(who, "POST", f"/people/{username}/lift-request{step}").status_code


def test_an_administrator_alone_lifts_nothing(desk: Desk) -> None:
    change_person(actor(PAT), ELLIS, {"is_restricted_user": False})
    assert is_restricted(ELLIS) and happened() == ["restriction_lift_asked"]
    assert lift(desk, PAT, "/approve") == 403
    assert is_restricted(ELLIS)


def test_a_supervisor_approves(desk: Desk) -> None:
    assert lift(desk, PAT) == 201
    assert lift(desk, CASEY, "/approve") == 200
    assert not is_restricted(ELLIS)
    assert happened() == ["restriction_lift_asked", "restriction_lift_approved"]
    assert lift(desk, CASEY, "/approve") == 409


def test_a_supervisor_declines(desk: Desk) -> None:
    lift(desk, PAT)
    assert lift(desk, CASEY, "/decline") == 200
    assert is_restricted(ELLIS)
    assert lift(desk, CASEY, "/approve") == 409
    assert lift(desk, PAT) == 201, "it may be asked again"


def test_asked_twice_is_one_request(desk: Desk) -> None:
    lift(desk, PAT)
    change_person(actor(PAT), ELLIS, {"is_restricted_user": False})
    assert happened() == ["restriction_lift_asked"]
    assert [row["username"] for row in desk.get(CASEY, "/people/lift-requests")["items"]] == [ELLIS]


@pytest.mark.parametrize(("who", "username"), [(AVERY, ELLIS), (CASEY, ELLIS), (PAT, DEVON), (PAT, AVERY)])
def test_it_is_asked_by_administrators_for_restricted_esd_staff(desk: Desk, who: str, username: str) -> None:
    assert lift(desk, who, username=username) in (403, 409)
    assert happened() == []


def test_nobody_approves_their_own_request_or_restriction(desk: Desk) -> None:
    give_role(CASEY, "administrator")
    lift(desk, CASEY)
    assert lift(desk, CASEY, "/approve") == 403
    give_role(ELLIS, "esd_wioa_supervisor")
    assert lift(desk, ELLIS, "/approve") == 403
    assert is_restricted(ELLIS)
    assert lift(desk, MORGAN, "/approve") == 200


def test_it_is_not_lifted_from_somebody_who_has_left(desk: Desk) -> None:
    lift(desk, PAT)
    change(ELLIS, active=False)
    assert lift(desk, CASEY, "/approve") == 409
    assert lift(desk, PAT, "/decline") == 200


def test_a_restriction_is_imposed_at_once(desk: Desk) -> None:
    change_person(actor(PAT), DEVON, {"is_restricted_user": True})
    assert is_restricted(DEVON) and happened() == []


def test_other_changes_leave_the_request_as_it_is(desk: Desk) -> None:
    lift(desk, PAT)
    change_person(actor(PAT), ELLIS, {"is_restricted_user": True, "trained_on": "2026-03-04"})
    assert lift(desk, CASEY, "/approve") == 200


def test_the_pages_ask_and_approve(desk: Desk) -> None:
    form = {"roles": "esd_staff", "eto_account_active": "true", "active": "true"}
    said = browser(desk, PAT).post(f"/admin/people/{ELLIS}", data=form, follow_redirects=True)
    assert "waits for it" in said.get_data(as_text=True)
    assert "Waits for approval" in page(desk, CASEY, "/admin/people")
    assert f"/admin/people/{ELLIS}/lift/approve" not in page(desk, PAT, f"/admin/people/{ELLIS}")
    assert f"/admin/people/{ELLIS}/lift/approve" in page(desk, CASEY, f"/admin/people/{ELLIS}")
    answer = browser(desk, CASEY).post(f"/admin/people/{ELLIS}/lift/approve", follow_redirects=True)
    assert answer.status_code == 200 and not is_restricted(ELLIS)


def test_the_page_declines(desk: Desk) -> None:
    lift(desk, PAT)
    answer = browser(desk, PAT).post(f"/admin/people/{ELLIS}/lift/decline", follow_redirects=True)
    assert answer.status_code == 200 and is_restricted(ELLIS)
    assert "lift/decline" not in answer.get_data(as_text=True)


def test_whoever_may_change_nothing_finds_nothing_to_save(desk: Desk) -> None:
    said = page(desk, LEE, f"/admin/people/{ELLIS}")
    assert "ESD staff" in said and "Save</button>" not in said
