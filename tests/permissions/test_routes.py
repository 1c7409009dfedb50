"""Every route of the product is in the table, and answers everybody as the table says."""

import os
import re
from collections.abc import Iterator
from typing import TypeVar

import pytest
from werkzeug.test import TestResponse

from tests.permissions import asking
from tests.permissions.cases import BY_KEY, STATES, State
from tests.permissions.conftest import Report
from tests.permissions.people import NOBODY, PEOPLE, Who
from tests.permissions.relations import in_place, on_case, on_task, relation
from tests.permissions.table import CASES, PLACES, READ, TASKS
from tests.permissions.world import Task, World

T = TypeVar("T")

SIGNED_IN = [who for who in PEOPLE if who.username and who.active]
STRANGERS = [who for who in PEOPLE if not (who.username and who.active)]
"""Those who are not signed in, or whose session and token outlived their leave to sign in."""

EACH_PHASE = [state for number, state in enumerate(STATES)
              if state.phase not in {before.phase for before in STATES[:number]}
              or state.key in ("unstaffed", "elsewhere", "backup")]  # fmt: skip
"""One case for each phase, and one for each way in which an office is served."""

WHOLE = bool(os.environ.get("MATRIX"))
"""Whether every door is tried by everybody in every phase (`make matrix`); else what is written is tried in a few phases,
and each door by a fifth of those who come, another fifth at the next door."""

FEW = [BY_KEY[key] for key in ("submitted", "in_contact", "opted_in", "elsewhere")]
KINDS_OF_TASKS = {"submitted T6", "in_contact T7", "submitted T7", "opting_in RO1", "editing RO2", "held T6",
                  "held T90", "accepted T13", "accepted T14", "elsewhere T7", "unstaffed T7", "draft T5"}  # fmt: skip
FEW_TASKS = {"submitted T6", "submitted T7", "editing RO2", "held T90"}

CASE_ROUTES = [(row, rule) for row in CASES for rule in row.rules]
TASK_ROUTES = [(row, rule) for row in TASKS for rule in row.rules]
PLACE_ROUTES = [(place, rule) for place in PLACES for rule in place.rules]


def _some(rule: str, cells: list[T]) -> list[T]:
    """The cells that are tried at a door: the same ones each time."""
    return cells if WHOLE else cells[len(rule) % 5 :: 5]


def _is_page(rule: str) -> bool:
    return "/api/" not in rule


def _name(value: object) -> str:
    return value.replace(" ", "_") if isinstance(value, str) else "row"


def test_the_table_names_every_route_and_no_other(world: World, report: Report) -> None:
    named = {" ".join(rule.split()[:2]) for _, rule in [*CASE_ROUTES, *TASK_ROUTES, *PLACE_ROUTES]}
    there = {
        f"{method} {rule.rule}"
        for rule in world.app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    report(len(there))
    assert there - named == set(), "routes without a row in tests/permissions/table.py"
    assert named - there == set(), "rows whose route is gone"


def _of_each_kind(state: State) -> list[Who]:
    """One person of each relation to a case, and one stranger of each set of roles."""
    kinds = {(relation(who, state), who.roles if relation(who, state) == "stranger" else None): who
             for who in reversed(SIGNED_IN)}  # fmt: skip
    return list(kinds.values())


def _cells_of(rule: str) -> list[tuple[Who, State]]:
    """Everybody in every state at the one door, one of each kind in each phase at the others, where the same query
    answers."""
    if rule == READ[1]:
        return [(who, state) for state in STATES for who in SIGNED_IN]
    states = EACH_PHASE if rule in READ or (WHOLE and not _is_page(rule)) else FEW
    return [(who, state) for state in states for who in _of_each_kind(state)]


@pytest.mark.parametrize(("row", "rule"), CASE_ROUTES, ids=_name)
def test_a_case_answers_as_the_table_says(world: World, report: Report, row, rule) -> None:
    cells = _some(rule, _cells_of(rule))
    wrong = []
    for who, state in cells:
        expected = on_case(row, who, state)
        answer = world.ask(who, *asking.of_case(world, rule, state))
        if asking.wrong(answer.status_code, expected) or _tells(answer, expected, state):
            wrong.append(f"{who.username} {state.key}: {expected}, but {answer.status_code}")
    report(len(cells))
    assert not wrong, "\n".join(wrong)


def _tells(answer: TestResponse, expected: str, state: State) -> bool:
    """Whether an answer to somebody who may not says anything of the client."""
    return expected in ("no", "hidden") and (state.name in answer.text or "555-0101" in answer.text)


def _tasks_of(world: World, rule: str) -> list[Task]:
    wanted = KINDS_OF_TASKS if WHOLE and not _is_page(rule) else FEW_TASKS
    if rule.startswith("GET") and not _is_page(rule):
        return world.tasks
    if rule.startswith("GET"):
        return [task for task in world.tasks if f"{task.state.key} {task.label}" in KINDS_OF_TASKS]
    return [task for task in world.tasks if f"{task.state.key} {task.label}" in wanted]


@pytest.mark.parametrize(("row", "rule"), TASK_ROUTES, ids=_name)
def test_a_task_answers_as_the_table_says(world: World, report: Report, row, rule) -> None:
    cells = _some(rule, [(who, task) for task in _tasks_of(world, rule) for who in _of_each_kind(task.state)])
    wrong = []
    for who, task in cells:
        expected = on_task(row, who, task)
        answer = world.ask(who, *asking.of_task(rule, task))
        if asking.wrong(answer.status_code, expected) or _tells(answer, expected, task.state):
            wrong.append(
                f"{who.username} {task.state.key} {task.label}: {expected}, but {answer.status_code}"
            )
    report(len(cells))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("place", "rule"), PLACE_ROUTES, ids=_name)
def test_a_place_answers_as_the_table_says(world: World, report: Report, place, rule) -> None:
    wrong, people = [], _some(rule, SIGNED_IN)
    for who in people:
        expected = in_place(place, who)
        answer = world.ask(who, *asking.of_place(world, rule, who))
        fine = _is_public(answer, rule) if place.public else not asking.wrong(answer.status_code, expected)
        if not fine:
            wrong.append(f"{who.username}: {expected}, but {answer.status_code}")
    report(len(people))
    assert not wrong, "\n".join(wrong)


def _first_requests(world: World) -> Iterator[tuple[str, bool, asking.Asked]]:
    state, task = BY_KEY["submitted"], world.tasks[0]
    for _, rule in CASE_ROUTES:
        yield rule, False, asking.of_case(world, rule, state)
    for _, rule in TASK_ROUTES:
        yield rule, False, asking.of_task(rule, task)
    for place, rule in PLACE_ROUTES:
        yield rule, place.public, asking.of_place(world, rule, NOBODY)


FOR_MACHINES = {"GET /metrics"}
"""What only a machine with its own token finds; nobody is sent to the sign-in from there."""


def test_nobody_comes_in_without_signing_in(world: World, report: Report) -> None:
    wrong, checks = [], 0
    for rule, public, asked in _first_requests(world):
        for who in STRANGERS:
            checks += 1
            answer = world.ask(who, *asked)
            if rule in FOR_MACHINES:
                is_wrong = answer.status_code != 404
            else:
                is_wrong = not (
                    _is_public(answer, rule) if public else _is_at_the_door(answer, _is_page(rule))
                )
            if is_wrong:
                wrong.append(f"{who.username or 'nobody'} {rule}: {answer.status_code}")
    report(checks)
    assert not wrong, "\n".join(wrong)


def _is_public(answer: TestResponse, rule: str) -> bool:
    """Whether everybody was let in; a wrong password is told so, and a file need not be there."""
    others = {"POST /sign-in": 401}
    lacking = "<path:filename>" in rule and answer.status_code == 404
    return answer.status_code in (200, 302, others.get(rule)) or lacking


def _is_at_the_door(answer: TestResponse, page: bool) -> bool:
    """Pages send a stranger to the sign-in, the API answers 401."""
    if page:
        return answer.status_code == 302 and answer.location.startswith("/sign-in")
    return answer.status_code == 401


@pytest.fixture(scope="module")
def blind(world: World) -> list[Who]:
    """Those who do not see the case; who sees it may be told what is not to be found in it."""
    path = f"/api/v1/cases/{world.numbers['submitted']}"
    return [who for who in SIGNED_IN if world.ask(who, "GET", path).status_code != 200]


@pytest.mark.parametrize("rule", [rule for row in CASES for rule in row.rules], ids=_name)
def test_a_hidden_case_is_answered_as_one_that_never_was(
    world: World, report: Report, blind: list[Who], rule: str
) -> None:
    state, checks = BY_KEY["submitted"], 0
    for who in blind:
        method, path, body = asking.of_case(world, rule, state)
        answer = world.ask(who, method, path, body)
        if answer.status_code != 404:
            continue
        number, never = world.numbers["submitted"], "OLY-2026-999999"
        other = world.ask(who, method, path.replace(number, never), body)
        assert _plain(answer, number) == _plain(other, never), who.username
        checks += 1
    report(checks)
    assert checks


def _plain(answer: TestResponse, number: str) -> tuple[int, str]:
    text = re.sub(r'(csrf[-_]token"[^>]*) (value|content)="[^"]*"', r"\1", answer.text)
    return answer.status_code, text.replace(number, "NUMBER")
