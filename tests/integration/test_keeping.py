"""People, settings, sent mail, the trail and emergency access (domain 5 to 7), each through the doors people use."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from notifications import sink
from tests.desk import AVERY, BASIL, CASEY, DEVON, ELLIS, JORDAN, LEE, MARLO, MORGAN, PAT, ROBIN, Clock, Desk
from tests.integration.acting import Recorder, actor, browser, deliver
from web.downloads import cell
from workflows.commands.agreements import save_agreement
from workflows.db import transaction
from workflows.errors import InvalidInput
from workflows.history import HistoryEvent
from workflows.organisations import Agency, Agreement, Area, Office
from workflows.outbox import OutboxMessage
from workflows.people import PersonRole, person_named
from workflows.queries.audit import AT_ONCE

NEW = {"username": "sam.newperson", "name": "Sam Newperson (SAMPLE)", "email": "sam@esd.example", "agency": "ESD",
       "offices": ["WSK"], "roles": ["esd_staff", "auditor"]}  # fmt: skip
WORDS = "four words make sense"


def post(desk: Desk, who: str, path: str, body: Any = None, method: str = "POST") -> Any:
    answer = desk.call(who, method, path, body)
    assert answer.status_code in (200, 201), answer.get_data(as_text=True)
    return answer.json


def fields(desk: Desk, who: str, path: str, body: Any, method: str = "POST") -> dict[str, str]:
    answer = desk.call(who, method, path, body)
    assert answer.status_code == 422, answer.get_data(as_text=True)
    found: dict[str, str] = answer.json["error"]["fields"]
    return found


def mails(kind: str) -> list[str]:
    """To whom messages of a kind go."""
    with transaction() as db:
        rows = db.scalars(select(OutboxMessage).where(OutboxMessage.kind == kind).order_by(OutboxMessage.id))
        names = {row.recipient_id for row in rows}
    with transaction() as db:
        return sorted(one for one in (CASEY, MORGAN, PAT, LEE, ELLIS, NEW["username"])
                      if (person := person_named(db, str(one))) and person.id in names)  # fmt: skip


def kinds(desk: Desk, query: str = "", who: str = LEE) -> list[str]:
    return [event["kind"] for event in desk.get(who, f"/audit?{query}")["items"]]


def test_a_new_person_chooses_a_password_and_gets_the_esd_role_from_a_supervisor(desk: Desk) -> None:
    added = post(desk, PAT, "/people", NEW)
    assert (added["roles"], added["roles_asked"], added["is_restricted_user"]) == (
        ["auditor"],
        ["esd_staff"],
        True,
    )
    assert mails("approval_wanted") == [CASEY, MORGAN], "supervisors with both keys are told"
    post(desk, CASEY, f"/people/{NEW['username']}/roles/esd_staff/approve")
    assert desk.get(PAT, f"/people/{NEW['username']}")["roles"] == ["auditor", "esd_staff"]
    recorder = Recorder()
    deliver(recorder)
    (mail,) = [one for one in recorder.taken if one.to == NEW["email"]]
    path = re.search(r"http://desk.example(/set-up/\S+)", mail.text)
    assert path and WORDS not in mail.text
    desk.app.config["WTF_CSRF_ENABLED"] = False
    stranger = desk.app.test_client()
    assert "sam.newperson" in stranger.get(path[1]).get_data(as_text=True)
    for wrong in ("short", "sam.newperson-1", "900-12-3456 it is", "aaaaaaaaaaaaaa"):
        assert stranger.post(path[1], data={"password": wrong, "again": wrong}).status_code == 422
    assert stranger.post(path[1], data={"password": WORDS, "again": WORDS}).status_code == 302
    assert stranger.get(path[1]).status_code == 404, "the link works once"
    signed_in = {"username": NEW["username"], "password": WORDS}
    assert stranger.post("/sign-in", data=signed_in).status_code == 302
    assert stranger.get("/audit").status_code == 200


def test_a_new_person_that_does_not_fit_is_refused_with_each_reason(desk: Desk) -> None:
    bad = {**NEW, "name": "", "email": "nobody", "offices": ["EAST"], "roles": ["case_manager"]}
    assert fields(desk, PAT, "/people", bad).keys() == {"name", "email", "offices", "roles"}
    assert fields(desk, PAT, "/people", {**NEW, "username": AVERY}).keys() == {"username"}
    assert fields(desk, PAT, "/people", {**NEW, "agency": "XYZ"}).keys() == {"agency"}
    empty = dict.fromkeys(("username", "agency", "name", "email"), "")
    assert fields(desk, PAT, "/people", {**NEW, **empty}).keys() == empty.keys(), "all is said at once"
    answer = desk.call(PAT, "POST", "/people", {**NEW, "name": "SSN 900-12-3456"})
    assert (answer.json["error"]["code"], "900-12" in answer.text) == ("ssn_blocked", False)
    assert desk.call(PAT, "GET", f"/people/{NEW['username']}").status_code == 404


def test_nobody_decides_alone_on_an_esd_role(desk: Desk) -> None:
    path = f"/people/{DEVON}"
    body = {"roles": ["esd_staff", "esd_wioa_supervisor"]}
    assert post(desk, PAT, path, body, "PATCH")["roles"] == ["esd_staff"]
    assert post(desk, PAT, path, body, "PATCH")["roles_asked"] == ["esd_wioa_supervisor"], (
        "asked twice, one request"
    )
    approve = f"{path}/roles/esd_wioa_supervisor/approve"
    assert desk.call(PAT, "POST", approve).status_code == 403
    assert "Waits for approval" in browser(desk, CASEY).get("/admin/people?state=waiting").get_data(
        as_text=True
    )
    post(desk, MORGAN, f"{path}/roles/esd_wioa_supervisor/decline")
    assert desk.call(CASEY, "POST", approve).status_code == 409
    with transaction() as db:
        casey = person_named(db, CASEY)
        assert casey
        db.add(PersonRole(person_id=casey.id, role="administrator"))
        db.delete(db.get_one(PersonRole, (casey.id, "esd_wioa_supervisor")))
    own = desk.call(CASEY, "PATCH", f"/people/{CASEY}", {"roles": ["administrator", "esd_wioa_supervisor"]})
    assert own.status_code == 200
    assert desk.call(CASEY, "POST", f"/people/{CASEY}/roles/esd_wioa_supervisor/approve").status_code == 403


def test_access_ends_at_once_and_nobody_locks_the_area_out(desk: Desk) -> None:
    avery, jordan = browser(desk, AVERY), browser(desk, JORDAN)
    desk.get(AVERY, "/worklist")
    seen = desk.get(PAT, f"/people/{AVERY}/access")
    assert (len(seen["sessions"]), seen["tokens"]) == (1, 1)
    post(desk, PAT, f"/people/{AVERY}/access", method="DELETE")
    assert avery.get("/work").status_code == 302 and desk.call(AVERY, "GET", "/worklist").status_code == 401
    assert jordan.get("/work").status_code == 200, "of that person alone"
    for body in ({"active": False}, {"roles": ["auditor"]}):
        assert fields(desk, PAT, f"/people/{PAT}", body, "PATCH")
    for change_ in ({"offices": ["WSC"], "backup": ["WSK"]}, {"email": "new@fwp.example"}):
        post(desk, PAT, f"/people/{AVERY}", change_, "PATCH")
    now = desk.get(PAT, f"/people/{AVERY}")
    assert (now["offices"], now["backup"], now["email"]) == (["WSC"], ["WSK"], "new@fwp.example")
    assert fields(desk, PAT, f"/people/{AVERY}", {"backup": ["WSC"]}, "PATCH").keys() == {"backup"}


def test_ones_own_account_changes_password_and_ends_sessions(desk: Desk) -> None:
    here, there = browser(desk, JORDAN), browser(desk, JORDAN)
    there.get("/work")
    page = here.get("/account").get_data(as_text=True)
    number = re.findall(r"/account/sessions/(\d+)/end", page)
    assert len(number) == 1, "the other session, not this one"
    here.post(f"/account/sessions/{number[0]}/end")
    assert there.get("/work").status_code == 302
    again = browser(desk, JORDAN)
    typed = {"current": "wrong", "password": WORDS, "again": WORDS}
    assert here.post("/account/password", data=typed).status_code == 422
    typed["current"] = "sample-opt-in-desk"
    assert here.post("/account/password", data=typed).status_code == 302
    assert (here.get("/work").status_code, again.get("/work").status_code) == (200, 302)
    desk.call(JORDAN, "GET", "/worklist")
    assert {"password_changed", "session_ended"} <= set(kinds(desk, "who=jordan"))


def test_names_and_hours_hold_at_once_and_move_nothing_that_is_set(desk: Desk, clock: Clock) -> None:
    first = desk.to_request()
    due = desk.task(CASEY, first, "T7")["due"]
    put = {"value": {"opt_out_box": "Share nothing", "system": ""}}
    assert post(desk, ROBIN, "/settings/labels", put, "PUT")["labels"]["opt_out_box"] == "Share nothing"
    post(desk, PAT, "/settings/hours", {"value": {"opens": "10:00", "closes": "15:00"}}, "PUT")
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    closed = [{"day": tomorrow, "name": "Inventory"}]
    shown = post(
        desk, PAT, "/settings/holidays", {"value": {"opened": ["2026-12-25"], "closed": closed}}, "PUT"
    )
    assert shown["holidays"] == {"opened": ["2026-12-25"], "closed": closed}
    second = desk.to_request(**BASIL)
    assert desk.task(CASEY, first, "T7")["due"] == due
    later = datetime.fromisoformat(desk.task(CASEY, second, "T7")["due"]) - datetime.fromisoformat(due)
    assert later >= timedelta(days=1), "the closing day and the later opening count"
    desk.do(CASEY, second, "T7")
    edit = desk.get(CASEY, f"/tasks/{desk.task(CASEY, second, 'RO1')['id']}")
    desk.do(CASEY, second, "RO1")
    edit = desk.get(CASEY, f"/tasks/{desk.task(CASEY, second, 'RO2')['id']}")
    assert "Share nothing" in f"{edit['help']}{edit['form']}"
    page = browser(desk, PAT).get("/admin/settings").get_data(as_text=True)
    assert "Robin Alderspire" in page and "stay as they are" in page and "Inventory" in page
    assert kinds(desk, "kind=setting_changed") == ["setting_changed"] * 3


@pytest.mark.parametrize(("name", "value", "field"), [
    ("labels", {"system": "{sor}"}, "system"), ("labels", {"unknown": "x"}, "unknown"),
    ("hours", {"opens": "17:00", "closes": "08:00"}, "closes"), ("hours", {"opens": "8"}, "opens"),
    ("holidays", {"opened": ["2026-12-26"]}, "opened"), ("holidays", {"closed": [{"day": "no", "name": "x"}]}, "day"),
    ("holidays", {"closed": [{"day": "2026-12-24", "name": ""}]}, "name"), ("holidays", {"closed": "all"}, "closed"),
    ("mail", {"detail": "everything"}, "detail"), ("mail", {"detail": "seed_literal", "domains": "localhost"}, "domains"),
    ("mail", {"detail": "seed_literal"}, "domains"),
])  # fmt: skip
def test_a_setting_that_makes_no_sense_is_refused(
    shared_desk: Desk, name: str, value: dict[str, Any], field: str
) -> None:
    assert field in fields(shared_desk, PAT, f"/settings/{name}", {"value": value}, "PUT")


@pytest.fixture(scope="module")
def shared_desk(servers: Any, template: str) -> Any:
    """One database for tests that change nothing."""
    from tests.conftest import _own_database

    with pytest.MonkeyPatch.context() as patch:
        for _ in _own_database(servers, template, patch):
            yield Desk()


def test_a_mail_names_the_client_only_where_everything_allows_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workflows.settings import settings

    allowed = {"value": {"detail": "seed_literal", "domains": ["esd.example"]}}
    assert desk.call(ROBIN, "PUT", "/settings/mail", allowed).status_code == 403
    post(desk, PAT, "/settings/mail", allowed, "PUT")
    plain, full = Recorder(), Recorder()
    desk.to_request()
    deliver(plain)
    assert "Marlo" not in plain.taken[0].text, "not over a connection that is not encrypted"
    monkeypatch.setenv("SMTP_URL", "smtp://127.0.0.1:9?starttls=1")
    settings.cache_clear()
    number = desk.to_request(**BASIL)
    deliver(full)
    (mail,) = full.taken
    assert "Basil Kettlewright" in mail.text and "360-555-0103" in mail.html and "Basil" not in mail.subject
    reads = [e for e in desk.get(LEE, f"/audit?case={number}&kind=client_facts_read")["items"] if e["detail"]]
    assert [(e["username"], e["detail"]) for e in reads if e["detail"]["where"] == "mail"] == [
        (
            CASEY,
            {
                "where": "mail",
                "channel": "mail",
                "fields": ["client_name", "contact", "reason"],
                "basis": "mail",
            },
        )
    ]


def test_sent_mail_tells_what_became_of_each_and_not_of_which_case_of_esd(desk: Desk) -> None:
    number = desk.to_request()
    with sink.running(sink.Keeper(Path("/nonexistent"), refuse_recipients="casey")) as url:
        desk.send_mail(url)
    (row,) = desk.get(PAT, "/outbox?state=undeliverable&to=casey")["items"]
    assert (row["username"], row["about"]) == (CASEY, "Message about a case")
    by_case = desk.get(PAT, f"/outbox?case={number}")["items"]
    assert [one["username"] for one in by_case] == [AVERY], "who is told; by the case nothing else is found"
    told = [one["words"] for one in desk.get(ROBIN, f"/outbox/{row['id']}")["happened"]]
    assert told == ["Queued.", "Could not be delivered."]
    page = browser(desk, PAT).get(f"/admin/outbox/{row['id']}").get_data(as_text=True)
    assert "Send again" in page and number not in page
    post(desk, PAT, f"/outbox/{row['id']}/send-again")
    assert desk.get(PAT, f"/outbox/{row['id']}")["state"] in ("queued", "retrying")
    assert desk.get(PAT, "/outbox?state=undeliverable")["items"] == []
    assert fields(desk, PAT, "/outbox?since=2026-13-01", None, "GET").keys() == {"since"}


def test_the_trail_is_the_same_whether_the_offer_was_accepted_or_declined(desk: Desk) -> None:
    told = []
    for answer, client in (("accepted", MARLO), ("declined", BASIL)):
        number = desk.to_decision(decision="remain_opted_out", **client)
        desk.do(CASEY, number, "T12", offer_response=answer)
        desk.do(AVERY, number, "T14")
        if answer == "accepted":
            desk.do(CASEY, number, "T13")
        events = desk.get(LEE, f"/audit?case={number}")["items"]
        told.append([(e["kind"], e["what"], e["detail"]) for e in events if e["kind"] != "client_facts_read"])
        assert "own work" not in str(told)
    neutral = [re.sub(r"<\w+@desk.example>", "ID", str(one)) for one in told]
    assert neutral[0] == neutral[1]


def test_the_trail_is_searched_paged_and_taken_out(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    number = desk.to_request()
    desk.call(AVERY, "GET", f"/cases/{number}")
    assert set(kinds(desk, "who=avery+quill&kind=client_facts_read")) == {"client_facts_read"}
    assert set(kinds(desk, f"case={number}&who={CASEY}")) <= {"client_facts_read"}
    assert kinds(desk, "who=nobody.atall") == kinds(desk, "case=OLY-2026-999999") == []
    assert kinds(desk, "until=2020-01-01") == []
    assert desk.call(LEE, "GET", "/audit?since=2026-99-99").status_code == 422
    with transaction() as db:
        everything = len(db.scalars(select(HistoryEvent.id)).all())
    page = browser(desk, LEE).get(f"/audit?case={number}").get_data(as_text=True)
    assert "Facts about a client read" in page and f"/cases/{number}/emergency-access" in page
    monkeypatch.setattr("workflows.queries.audit.PAGE", 7)
    first = desk.get(LEE, "/audit")
    assert len(first["items"]) == 7
    keys, seen = set(), first["items"]
    while (key := first["next"]) and key not in keys:
        keys.add(key)
        first = desk.get(LEE, f"/audit?before={key}")
        seen = seen + first["items"]
    moments = [event["at"] for event in seen]
    assert moments == sorted(moments, reverse=True) and len(seen) >= everything
    out = desk.call(LEE, "GET", f"/audit/export?form=csv&case={number}")
    rows = list(csv.DictReader(io.StringIO(out.get_data(as_text=True))))
    assert {row["case"] for row in rows} == {number} and "Marlo" not in out.text
    assert len(desk.get(LEE, "/audit/export?form=json")["items"]) > len(rows)
    assert desk.call(PAT, "GET", "/audit/export").status_code == 403
    assert kinds(desk, "kind=audit_exported") == ["audit_exported"] * 2


def test_an_export_goes_on_past_what_is_read_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflows.queries.audit.AT_ONCE", 7)
    desk.to_request()
    items = desk.get(LEE, "/audit/export")["items"]
    assert len(items) > 14 and AT_ONCE > 7
    assert len({str(item) for item in items}) == len(items), "each once"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1"])
def test_no_cell_of_a_file_is_a_formula(text: str) -> None:
    assert cell(text) == f"'{text}"
    assert cell("OLY-2026-000001") == "OLY-2026-000001"


def test_an_emergency_access_shows_who_the_client_is_for_half_an_hour(desk: Desk, clock: Clock) -> None:
    number = desk.to_request(language="es", interpreter=True)
    path = f"/cases/{number}/emergency-access"
    assert desk.get(PAT, path)["client"] == {}
    assert fields(desk, PAT, path, {"reason": "short"}).keys() == {"reason"}
    assert (
        desk.call(PAT, "POST", path, {"reason": "SSN 900-12-3456 asks"}).json["error"]["code"]
        == "ssn_blocked"
    )
    for who in (AVERY, CASEY, DEVON, ROBIN):
        assert desk.call(who, "POST", path, {"reason": "I would like to know it."}).status_code == 403
    reason = "A court asks for the name at once."
    opened = post(desk, PAT, path, {"reason": reason})
    assert "Pennywhistle" in str(opened["client"]) and "training" not in str(opened["client"])
    assert mails("emergency_access") == [CASEY], "the supervisor of the office; Pat is the only administrator"
    assert desk.get(LEE, path)["client"] == {}, "for the one who opened it alone"
    listed = desk.get(LEE, f"/audit?case={number}&who={PAT}")["items"]
    assert {"client_facts_read", "emergency_access_opened"} <= {e["kind"] for e in listed}
    assert {e["reason"] for e in listed if e["reason"]} == {reason}
    assert reason not in desk.call(LEE, "GET", "/audit/export").text
    assert "emergency_access_opened" in desk.history(CASEY, number)
    assert "emergency_access_opened" not in desk.history(AVERY, number)
    client: FlaskClient = browser(desk, PAT)
    assert "This access is open" in client.get(path).get_data(as_text=True)
    clock.move(minutes=31)
    assert desk.get(PAT, path)["client"] == {}
    assert "Why must you know" in browser(desk, PAT).get(path).get_data(as_text=True)
    post(desk, CASEY, f"/cases/{number}/opened-in-error", {"reason": "wrong_client"})
    assert desk.call(PAT, "POST", path, {"reason": reason}).status_code == 409


def test_neither_a_number_nor_an_office_of_another_area_is_told(desk: Desk) -> None:
    with transaction() as db:
        db.add(Area(code="EST", name="SAMPLE East"))
        db.flush()
        db.add_all([Office(code="EAST", name="WorkSource East (SAMPLE)", area_code="EST"),
                    Agency(code="EWP", name="East Partner (SAMPLE)", area_code="EST", is_esd=False)])  # fmt: skip
        db.flush()
        db.add(Agreement(agency_code="EWP", number="K-EAST-1", kind="data_sharing", basis="mou_with_wdc",
                         starts_on=date(2026, 1, 1), ends_on=date(2030, 1, 1), status="active", warned=[]))  # fmt: skip
    values = {"agency": "FWP", "kind": "data_sharing", "basis": "mou_with_wdc", "starts_on": "2026-01-01",
              "ends_on": "2027-01-01", "status": "draft"}  # fmt: skip
    for number in ("K-EAST-1", "K-FREE-1"):
        save_agreement(actor(ROBIN), number, values, new=True)
        with pytest.raises(InvalidInput):
            save_agreement(actor(ROBIN), number, values, new=True)
    with transaction() as db:
        assert [
            a.agency_code for a in db.scalars(select(Agreement).where(Agreement.number == "K-EAST-1"))
        ] == ["EWP", "FWP"]
    number = desk.to_decision()
    task = desk.get(CASEY, f"/tasks/{desk.task(CASEY, number, 'RO1')['id']}")
    assert "WSK" in str(task["form"]) and "EAST" not in str(task["form"])
