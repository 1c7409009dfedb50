"""Every route of the product is in the table, and answers everybody as the table says."""

from collections.abc import Callable, Iterator

import pytest
from werkzeug.test import TestResponse

from tests.permissions import asking
from tests.permissions.cases import BY_KEY, STATES, State
from tests.permissions.people import NOBODY, PEOPLE, Who
from tests.permissions.relations import in_place, on_case, on_task
from tests.permissions.table import CASES, PLACES, READ, TASKS
from tests.permissions.world import Task, World

Report = Callable[[int], None]
SIGNED_IN = [who for who in PEOPLE if who.username and who.active]
STRANGERS = [who for who in PEOPLE if not (who.username and who.active)]
"""Those who are not signed in, or whose session and token outlived their leave to sign in."""

EACH_PHASE = [state for number, state in enumerate(STATES)
              if state.phase not in {before.phase for before in STATES[:number]}
              or state.key in ("unstaffed", "elsewhere", "backup")]  # fmt: skip
"""One case for each phase, and one for each way in which an office is served."""

FEW = [BY_KEY[key] for key in ("submitted", "in_contact", "opted_in", "elsewhere")]
KINDS_OF_TASKS = {"submitted T6", "in_contact T7", "submitted T7", "opting_in RO1", "editing RO2", "held T6",
                  "held T90", "accepted T13", "accepted T14", "elsewhere T7", "unstaffed T7", "draft T5"}  # fmt: skip
FEW_TASKS = {"submitted T6", "submitted T7", "editing RO2", "held T90"}

CASE_ROUTES = [(row, rule) for row in CASES for rule in row.rules]
TASK_ROUTES = [(row, rule) for row in TASKS for rule in row.rules]
PLACE_ROUTES = [(place, rule) for place in PLACES for rule in place.rules]


def _is_page(rule: str) -> bool:
    return "/api/" not in rule


def _name(value: object) -> str:
    return value.replace(" ", "_") if isinstance(value, str) else "row"


@pytest.fixture
def report(record_property: Callable[[str, object], None]) -> Report:
    """Says how many checks a test made, for the sum at the end of the run."""
    return lambda number: record_property("permission checks", number)


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



def _cases_of(rule: str) -> list[State]:
    if rule in READ[:2]:
        return list(STATES)
    return EACH_PHASE if rule in READ or not _is_page(rule) else FEW


@pytest.mark.parametrize(("row", "rule"), CASE_ROUTES, ids=_name)
def test_a_case_answers_as_the_table_says(world: World, report: Report, row, rule) -> None:
    cells = [(who, state) for state in _cases_of(rule) for who in SIGNED_IN]
    wrong = []
    for who, state in cells:
        expected = on_case(row, who, state)
        answer = world.ask(who, *asking.of_case(world, rule, state))
        if asking.wrong(answer.status_code, expected) or _tells(world, answer, state):
            wrong.append(f"{who.username} {state.key}: {expected}, but {answer.status_code}")
    report(len(cells))
    assert wrong == []


def _tells(world: World, answer: TestResponse, state: State) -> bool:
    """Whether an answer other than success says anything of the client."""
    return answer.status_code >= 400 and (state.name in answer.text or "555-0101" in answer.text)


def _tasks_of(world: World, rule: str) -> list[Task]:
    wanted = KINDS_OF_TASKS if not _is_page(rule) else FEW_TASKS
    if rule.startswith("GET"):
        return world.tasks
    return [task for task in world.tasks if f"{task.state.key} {task.label}" in wanted]


@pytest.mark.parametrize(("row", "rule"), TASK_ROUTES, ids=_name)
def test_a_task_answers_as_the_table_says(world: World, report: Report, row, rule) -> None:
    cells = [(who, task) for task in _tasks_of(world, rule) for who in SIGNED_IN]
    wrong = []
    for who, task in cells:
        expected = on_task(row, who, task)
        answer = world.ask(who, *asking.of_task(rule, task))
        if asking.wrong(answer.status_code, expected) or _tells(world, answer, task.state):
            wrong.append(f"{who.username} {task.state.key} {task.label}: {expected}, but {answer.status_code}")
    report(len(cells))
    assert wrong == []


@pytest.mark.parametrize(("place", "rule"), PLACE_ROUTES, ids=_name)
def test_a_place_answers_as_the_table_says(world: World, report: Report, place, rule) -> None:
    wrong = []
    for who in SIGNED_IN:
        expected = in_place(place, who)
        answer = world.ask(who, *asking.of_place(world, rule, who))
        fine = place.public and answer.status_code not in (403, 404, 500)
        if not fine and asking.wrong(answer.status_code, expected):
            wrong.append(f"{who.username}: {expected}, but {answer.status_code}")
    report(len(SIGNED_IN))
    assert wrong == []


def _first_requests(world: World) -> Iterator[tuple[str, bool, asking.Asked]]:
    state, task = BY_KEY["submitted"], world.tasks[0]
    for _, rule in CASE_ROUTES:
        yield rule, False, asking.of_case(world, rule, state)
    for _, rule in TASK_ROUTES:
        yield rule, False, asking.of_task(rule, task)
    for place, rule in PLACE_ROUTES:
        yield rule, place.public, asking.of_place(world, rule, NOBODY)


def test_nobody_comes_in_without_signing_in(world: World, report: Report) -> None:
    wrong, checks = [], 0
    for rule, public, asked in _first_requests(world):
        for who in STRANGERS:
            checks += 1
            answer = world.ask(who, *asked)
            if not _is_at_the_door(answer, _is_page(rule), public):
                wrong.append(f"{who.username or 'nobody'} {rule}: {answer.status_code}")
    report(checks)
    assert wrong == []


def _is_at_the_door(answer: TestResponse, page: bool, public: bool) -> bool:
    """Pages send a stranger to the sign-in, the API answers 401; a wrong password is 401 too."""
    if public:
        return answer.status_code not in (403, 404, 500)
    if page:
        return answer.status_code == 302 and answer.location.startswith("/sign-in")
    return answer.status_code == 401


@pytest.mark.parametrize("rule", [rule for row in CASES for rule in row.rules], ids=_name)
def test_a_hidden_case_is_answered_as_one_that_never_was(world: World, report: Report, rule: str) -> None:
    state, checks = BY_KEY["submitted"], 0
    for who in SIGNED_IN:
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
    return answer.status_code, answer.text.replace(number, "NUMBER")


