"""Who reads which fact in which state (domain 6.3), and that nobody outside ESD learns the answer to the offer (X14)."""

import json
import re
from typing import Any

import pytest

from tests.permissions.cases import BY_KEY, STATES, State
from tests.permissions.conftest import Report
from tests.permissions.people import ADM, AUD, BY_NAME, CM, ESD, PEOPLE, PM, SUP, Who
from tests.permissions.relations import on_case, relation
from tests.permissions.table import CASES, FACT_ROWS
from tests.permissions.world import World

READ_CASE = CASES[0]
ANSWERS = {
    "lookup": ("T4", "lookup"),
    "attempts": ("T7", "contact_result"),
    "identity": ("", "identity_verified"),
    "decision": ("T7", "decision"),
    "offer": ("T12", "offer_response"),
    "assigned": ("T13", "esd_staff"),
    "edit": ("RO4", "read_back_ok"),
}
"""Fact → the label of the step whose answer it is (any when empty), and the field."""

READERS = [who for who in PEOPLE if who.username and who.active and who.has(CM, SUP, ESD, AUD)]


def _kinds_of_readers(state: State) -> dict[str, Who]:
    """One reader of each relation who may open the case."""
    found = {relation(who, state): who for who in reversed(READERS)}
    return {known: who for known, who in found.items() if on_case(READ_CASE, who, state) == "yes"}


def _facts(case: dict[str, Any], state: State) -> set[str]:
    """The facts that an answer of the API holds."""
    client = case["client"]
    seen = {
        name
        for name, field in (("client", "phone"), ("reason", "reason"), ("aid", "aux_aid"))
        if field in client
    }
    notes = {f"{state.name}sharednote": "shared_note", f"{state.name}esdnote": "esd_note"}
    seen |= {notes[note["text"]] for note in case["notes"]}
    seen |= {"edit_date"} if case["edit_recorded_at"] else set()
    for step in case["steps"]:
        label = step["element"].split("_")[0]
        seen |= {
            fact for fact, (of, field) in ANSWERS.items() if of in ("", label) and field in step["answers"]
        }
    return seen


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.key)
def test_each_fact_is_read_by_those_of_the_table(world: World, report: Report, state: State) -> None:
    readers, wrong = _kinds_of_readers(state), []
    for known, who in readers.items():
        case = world.ask(who, "GET", f"/api/v1/cases/{world.numbers[state.key]}").json
        expected = {fact for fact, row in FACT_ROWS.items() if on_case(row, who, state) == "yes"}
        if (seen := _facts(case, state)) != expected:
            wrong.append(f"{known}: too much {seen - expected}, too little {expected - seen}")
        words = state.shown if known in ("supervisor", "given") else state.told or state.shown
        if (shown := f"{case['status']} {case['outcome'] or ''}".strip()) != words:
            wrong.append(f"{known}: {shown} instead of {words}")
    report(len(readers) * (len(FACT_ROWS) + 1))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.key)
def test_the_page_shows_the_client_to_those_of_the_table(world: World, report: Report, state: State) -> None:
    readers, wrong = _kinds_of_readers(state), []
    marks = {"client": state.name, "reason": f"{state.name}reason", "aid": f"{state.name}aid",
             "shared_note": f"{state.name}sharednote", "esd_note": f"{state.name}esdnote"}  # fmt: skip
    for known, who in readers.items():
        page = world.ask(who, "GET", f"/cases/{world.numbers[state.key]}").text
        for fact, mark in marks.items():
            expected = on_case(FACT_ROWS[fact], who, state) == "yes"
            if bool(re.search(rf"{mark}\b", page)) != expected:
                wrong.append(f"{known}: {fact} {'is not' if expected else 'is'} there")
    report(len(readers) * len(marks))
    assert not wrong, "\n".join(wrong)


LISTS = {CM: "partner uncleared", SUP: "supervisor unkeyed", ESD: "given", PM: "manager", AUD: "auditor"}


@pytest.mark.parametrize("who", [*READERS, BY_NAME["robin.alderspire"]], ids=lambda w: w.username)
def test_a_list_of_cases_names_those_of_the_table_and_no_client(
    world: World, report: Report, who: Who
) -> None:
    rows = world.ask(who, "GET", "/api/v1/cases?state=all").json["items"]
    of_world = {number: BY_KEY[key] for key, number in world.numbers.items()}
    found = {row["number"]: row for row in rows if row["number"] in of_world}
    mine = {known for role, names in LISTS.items() if who.has(role) for known in names.split()}
    mine |= {"manager"} if who.has(PM) else set()
    expected = {number for number, state in of_world.items() if _listed(who, state, mine)}
    report(len(of_world))
    assert found.keys() - expected == set(), "too many"
    newest = min((int(number[-6:]) for number in found), default=0)
    assert {number for number in expected - found.keys() if int(number[-6:]) > newest} == set(), "too few"
    assert "Zeph" not in json.dumps(rows)


def _listed(who: Who, state: State, mine: set[str]) -> bool:
    if who.has(PM) and who.area == state.area:
        return True
    return relation(who, state) in mine


PAIRS = (("accepted", "declined"), ("assigning", "declined"),
         ("partner_done", "closed_declined"), ("closed_accepted", "closed_declined"))  # fmt: skip
OUTSIDE = [who for who in PEOPLE if who.username and who.active and who.area == "OLY"
           and (who.agency == "FWP" or who.has(PM, AUD, ADM))]  # fmt: skip
ASKED = (
    ("GET", "/cases/{}"),
    ("GET", "/api/v1/cases/{}"),
    ("GET", "/api/v1/cases/{}/history"),
    ("GET", "/api/v1/cases/{}/messages"),
    ("GET", "/api/v1/cases?state=open&number={}"),
    ("GET", "/api/v1/cases?state=closed&number={}"),
    ("POST", "/api/v1/cases/{}/withdraw"),
    ("POST", "/api/v1/cases/{}/opened-in-error"),
)


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_nobody_outside_esd_can_tell_the_answer_to_the_offer(
    world: World, report: Report, pair: tuple[str, str]
) -> None:
    wrong = []
    for who in OUTSIDE:
        for method, path in ASKED:
            one, other = (_neutral(world, who, method, path, key) for key in pair)
            if one != other:
                wrong.append(f"{who.username} {method} {path}: {_difference(one, other)}")
    report(len(OUTSIDE) * len(ASKED))
    assert not wrong, "\n".join(wrong)


def _neutral(world: World, who: Who, method: str, path: str, key: str) -> str:
    """An answer without what differs between any two cases: number, client, moments, ids."""
    answer = world.ask(who, method, path.format(world.numbers[key]))
    text = answer.text.replace(world.numbers[key], "NUMBER").replace(BY_KEY[key].name, "CLIENT")
    text = re.sub(r"\d{4}-\d\d-\d\d(T|,? )[\d:.+Z]+([+-]\d\d:?\d\d)?", "MOMENT", text)
    text = re.sub(r'(csrf_token" value=|"id": ?|/tasks/|/entries/)"?[\w.-]+', r"\1ID", text)
    return f"{answer.status_code} " + re.sub(r"\b\d{1,2}:\d\d( [ap]\.?m\.?)?", "TIME", text)


def _difference(one: str, other: str) -> str:
    at = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    return f"…{one[max(0, at - 60) : at + 60]!r} but …{other[max(0, at - 60) : at + 60]!r}"
