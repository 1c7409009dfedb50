"""Who sees and may do what, through the API (domain 6; scenarios 10, 12, 22, 42, 43)."""

import json
from typing import Any

import pytest
from sqlalchemy import Engine, text

from tests.desk import (
    AVERY,
    CASEY,
    DEVON,
    ELLIS,
    JORDAN,
    LEE,
    MARLO,
    MORGAN,
    NOOR,
    PAT,
    REMY,
    ROBIN,
    SASHA,
    Desk,
)

SSN_TEXTS = [
    "000-12-3456",
    "666-12-3456",
    "900-12-3456",
    "987 65 4321",
    "987654321",
    "SSN 4321",
    "９００－１２－３４５６",
]


def everything_stored(database: Engine) -> str:
    """Every row as text, as a dump would show it, but of the procedures, whose scenarios name the sample client."""
    with database.connect() as connection:
        tables = connection.execute(
            text(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' "
                "AND table_name <> 'process_definition'"
            )
        ).scalars()
        rows = [
            connection.execute(text(f'SELECT t::text FROM "{name}" t')).scalars().all() for name in tables
        ]
        states = (
            connection.execute(text("SELECT encode(state, 'escape') FROM process_instance")).scalars().all()
        )
    return "\n".join([line for table in rows for line in table] + [str(state) for state in states])


@pytest.mark.parametrize("number_like", SSN_TEXTS)
def test_10_a_social_security_number_is_refused_and_kept_nowhere(
    desk: Desk, database: Engine, number_like: str, caplog: pytest.LogCaptureFixture
) -> None:
    number = desk.open()
    for label in ("T2", "T3", "T4"):
        desk.do(AVERY, number, label)
    answer = desk.answer(AVERY, number, "T5", reason=f"her number is {number_like}")
    assert answer.status_code == 422
    assert "reason" in answer.json["error"]["fields"]
    stored = everything_stored(database)
    for place in (answer.get_data(as_text=True), stored, caplog.text):
        assert number_like not in place
    assert "ssn_blocked" in stored


@pytest.mark.parametrize("number_like", SSN_TEXTS)
def test_10_the_guard_stands_at_every_door(desk: Desk, database: Engine, number_like: str) -> None:
    number = desk.to_request()
    task = desk.task(CASEY, number, "T7")["id"]
    doors: list[tuple[str, str, dict[str, Any]]] = [
        (AVERY, "/cases", {"office": "WSK", "search_key": number_like, "total_own": 0}),
        (CASEY, f"/tasks/{task}/draft", {"data": {"esd_note": number_like}}),
        (CASEY, f"/tasks/{task}/complete", {"data": {"esd_note": number_like}}),
        (AVERY, f"/cases/{number}/notes", {"text": number_like}),
    ]
    for who, path, body in doors:
        assert desk.call(who, "POST", path, body).status_code == 422, path
    assert number_like not in everything_stored(database)


def test_what_looks_like_a_number_but_is_none_passes(desk: Desk) -> None:
    number = desk.to_request(
        phone="360-555-0101", reason="Wrote OLY-2026-000123 about training, lives near 98337-0000."
    )
    assert desk.labels(CASEY, number) == {"T7"}


@pytest.mark.parametrize("who", [AVERY, JORDAN, ELLIS])
def test_22_the_edit_is_refused_to_partner_and_restricted_users(desk: Desk, who: str) -> None:
    number = desk.to_decision()
    task = desk.task(CASEY, number, "RO1")
    for verb, body in (
        ("claim", None),
        ("complete", {"data": {"eto_office": "WSK", "found_in": "own_office"}}),
    ):
        answer = desk.call(who, "POST", f"/tasks/{task['id']}/{verb}", body)
        assert answer.status_code in (403, 404), answer.get_data(as_text=True)
    assert desk.task(CASEY, number, "RO1")["version"] == task["version"]
    assert "refused" in str(_trail(desk))


def test_22_ellis_is_told_why(desk: Desk) -> None:
    number = desk.to_decision()
    task = desk.task(CASEY, number, "RO1")
    answer = desk.call(ELLIS, "POST", f"/tasks/{task['id']}/claim")
    assert (answer.status_code, answer.json["error"]["code"]) == (403, "two_keys_needed")


def test_22_a_case_manager_cannot_record_the_decision(desk: Desk) -> None:
    number = desk.to_request()
    task = desk.task(CASEY, number, "T7")
    assert desk.call(AVERY, "POST", f"/tasks/{task['id']}/complete", {"data": {}}).status_code == 403


def _trail(desk: Desk) -> list[Any]:
    from sqlalchemy import select

    from workflows.db import transaction
    from workflows.history import HistoryEvent

    with transaction() as db:
        return [(e.kind, e.detail) for e in db.scalars(select(HistoryEvent))]


@pytest.mark.parametrize(
    ("who", "status"), [(REMY, 404), (SASHA, 404), (ROBIN, 403), (PAT, 403), (DEVON, 403), (LEE, 200)]
)
def test_a_case_page_is_open_to_those_who_work_on_it(desk: Desk, who: str, status: int) -> None:
    number = desk.to_request()
    answer = desk.call(who, "GET", f"/cases/{number}")
    assert answer.status_code == status
    assert "Marlo" not in answer.get_data(as_text=True)


def test_a_strangers_case_and_one_that_never_was_look_the_same(desk: Desk) -> None:
    number = desk.to_request()
    never = number[:-6] + "999999"
    foreign = desk.call(REMY, "GET", f"/cases/{number}").get_data(as_text=True).replace(number, "N")
    unknown = desk.call(REMY, "GET", f"/cases/{never}").get_data(as_text=True).replace(never, "N")
    assert foreign == unknown
    task = desk.task(CASEY, number, "T7")["id"]
    assert desk.call(REMY, "GET", f"/tasks/{task}").data == desk.call(REMY, "GET", "/tasks/nothing").data


def test_every_read_of_client_facts_is_written_down(desk: Desk) -> None:
    number = desk.to_request()
    desk.case(CASEY, number)
    events = desk.get(LEE, f"/cases/{number}/history")["items"]
    reads = [event for event in events if event["kind"] == "client_facts_read"]
    assert "client_facts_read" not in desk.history(CASEY, number)
    assert any("Casey" in e["who"] for e in reads)


def test_the_partner_sees_no_step_of_esd(desk: Desk) -> None:
    number = desk.to_decision(esd_note=None)
    steps = {step["element"] for step in desk.case(AVERY, number)["steps"]}
    assert not any(name.startswith(("T7", "RO")) for name in steps)
    assert "decision" not in json.dumps(desk.case(AVERY, number))


def test_an_esd_note_stays_with_esd(desk: Desk) -> None:
    number = desk.to_request()
    desk.do(CASEY, number, "T7", esd_note="Prefers mornings, says the neighbour helps.")
    assert "neighbour" in json.dumps(desk.case(CASEY, number))
    for who in (AVERY, LEE):
        assert "neighbour" not in json.dumps(desk.case(who, number))


def test_delegated_work_shows_the_client_to_that_person_alone(desk: Desk) -> None:
    number = desk.to_decision()
    task = desk.task(CASEY, number, "RO1")["id"]
    assert desk.call(DEVON, "GET", f"/cases/{number}").status_code == 403
    assert desk.call(CASEY, "POST", f"/tasks/{task}/reassign", {"assignee": DEVON}).status_code == 200
    assert desk.case(DEVON, number)["client"]["client_first_name"] == "Marlo"
    assert desk.call(CASEY, "POST", f"/tasks/{task}/reassign", {"assignee": ELLIS}).status_code == 422


def test_42_language_and_relay_stand_first(desk: Desk) -> None:
    from workflows.commands.people import actor_for, person_named
    from workflows.db import transaction
    from workflows.queries.tasks import task_view

    number = desk.to_request(language="es", interpreter=True, aux_aid="Relay service 711")
    task = desk.task(CASEY, number, "T7")["id"]
    with transaction() as db:
        person = person_named(db, CASEY)
        assert person
        actor = actor_for(db, person)
    labels = [label for label, _ in task_view(actor, task).facts]
    assert "language" in labels[0].lower()


def test_43_opened_in_error_erases_the_client_at_once(desk: Desk, database: Engine) -> None:
    number = desk.to_request(reason="Wants help with a welding course.")
    answer = desk.call(AVERY, "POST", f"/cases/{number}/opened-in-error", {"reason": "wrong_client"})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert desk.outcome(number) == ("closed", "opened_in_error")
    stored = everything_stored(database)
    for word in ("Pennywhistle", "welding", "555-0101", "+13605550101"):
        assert word not in stored


def test_43_a_draft_opened_in_error(desk: Desk, database: Engine) -> None:
    number = desk.open()
    for label in ("T2", "T3", "T4"):
        desk.do(AVERY, number, label)
    task = desk.task(AVERY, number, "T5")["id"]
    assert desk.call(AVERY, "POST", f"/tasks/{task}/draft", {"data": MARLO}).status_code == 200
    assert "Pennywhistle" in everything_stored(database)
    assert (
        desk.call(AVERY, "POST", f"/cases/{number}/opened-in-error", {"reason": "wrong_client"}).status_code
        == 200
    )
    assert "Pennywhistle" not in everything_stored(database)
    assert desk.outcome(number) == ("closed", "opened_in_error")


def test_client_facts_stand_in_one_table_only(desk: Desk, database: Engine) -> None:
    desk.to_opted_in(reason="Wants help with a welding course.")
    with database.connect() as connection:
        facts = "\n".join(connection.execute(text("SELECT t::text FROM client_facts t")).scalars())
    assert "Pennywhistle" in facts
    assert everything_stored(database).count("Pennywhistle") == facts.count("Pennywhistle")


@pytest.mark.parametrize("who", [ROBIN, PAT, LEE, DEVON])
def test_others_open_no_case(desk: Desk, who: str) -> None:
    answer = desk.call(who, "POST", "/cases", {"office": "WSK", "search_key": "name", "total_own": 0})
    assert answer.status_code == 403


def test_36_a_missing_clearance_is_named(desk: Desk) -> None:
    answer = desk.call(NOOR, "POST", "/cases", {"office": "WSK", "search_key": "name", "total_own": 0})
    assert answer.status_code == 403
    assert "non-disclosure" in answer.json["error"]["message"]


def test_a_supervisor_opens_on_behalf_of_a_case_manager(desk: Desk) -> None:
    number = desk.open(CASEY, case_manager=AVERY)
    assert desk.labels(AVERY, number) == {"T2"}
    nobody = desk.call(CASEY, "POST", "/cases", {"office": "WSK", "search_key": "name", "total_own": 0})
    assert nobody.status_code == 422 and "case_manager" in nobody.json["error"]["fields"]


def test_another_office_is_not_in_the_supervisors_group(desk: Desk) -> None:
    number = desk.to_request()
    assert desk.labels(MORGAN, number) == set()
    assert desk.call(MORGAN, "GET", f"/cases/{number}").status_code == 404


def test_nobody_without_a_token(desk: Desk) -> None:
    client = desk.app.test_client()
    for path in ("/worklist", "/cases", "/processes", "/tasks/x", "/cases/OLY-2026-000001/history"):
        answer = client.get(f"/api/v1{path}")
        assert (answer.status_code, answer.json["error"]["code"]) == (401, "not_signed_in")
