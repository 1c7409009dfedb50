"""Names in the bundle and in the code lead somewhere: forms, steps, mails, times, variables, lanes, messages."""

import ast
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from engine import Element
from engine.expressions import compile as compile_expression
from engine.reading import Node, read
from notifications.render import PARTS
from tests.bundle.procedure import BUNDLE, FOLDER, elements, fields_of, flows, user_tasks
from workflows import own_mails
from workflows.bundle_checks import BUNDLE_FILE
from workflows.definitions import ROLE_OF_LANE
from workflows.outbox import MESSAGES
from workflows.steps import RETURNED, STEPS

ROOT = FOLDER.parents[1]
STATUSES = {"draft", "submitted", "in_contact", "opting_in", "confirming", "follow_up", "offering"}
"""What a diagram may set a case's status to (domain 3.6); the host sets the others."""
ALWAYS_YES = [("OO2_SetOptOut", "saved"), ("OO2_SetOptOut", "read_back_ok")]
"""Fields of OO2 with but one valid answer: nothing is decided on them there."""
TASKS = pytest.mark.parametrize("task", user_tasks(), ids=lambda task: task.id)


@cache
def nodes() -> tuple[Node, ...]:
    """Every element with what its tag says beside."""
    return tuple(read(BUNDLE.diagrams).nodes)


@cache
def words_of_code(*folders: str) -> dict[Path, frozenset[str]]:
    """For each module, the texts that stand in its code."""
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return {path: frozenset(_texts(ast.parse(path.read_text("utf-8")))) for path in paths}


def _texts(tree: ast.AST) -> Iterable[str]:
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return (node.value for node in constants if isinstance(node.value, str))


def in_code(word: str, *, but: str = "") -> bool:
    """Whether the code knows a word, other than in one module."""
    modules = words_of_code("engine", "workflows", "web", "tasks").items()
    return any(word in texts for path, texts in modules if path.name != but)


def levels_named(node: Node) -> set[str]:
    """The times that a timer names."""
    return set(re.findall(r'service_level\("(\w+)"\)', node.event.text.text if node.event.text else ""))


# --- Forms


@TASKS
def test_a_task_has_the_form_of_its_own_name(task: Element) -> None:
    assert task.properties["formJsonSchemaFilename"] == f"{task.id}.json"
    assert f"forms/{task.id}.json" in BUNDLE.files


def test_no_form_is_left_over() -> None:
    assert set(BUNDLE.forms) == {f"{task.id}.json" for task in user_tasks()}


def test_no_file_in_the_bundle_is_a_stranger() -> None:
    names = [path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()]
    known = re.compile(rf"{BUNDLE_FILE.pattern}|scenarios/\w+\.json")
    assert [name for name in names if not known.fullmatch(name)] == []


# --- Steps and mails


def test_every_step_of_the_diagrams_is_in_the_code_and_no_step_is_dead() -> None:
    drawn = {element.step for element in elements().values() if element.kind == "serviceTask"}
    assert drawn | {own_mails.SEND_MAIL} == set(STEPS)


def test_every_kind_of_mail_has_its_three_files_and_there_is_no_other_folder() -> None:
    found = {path.name: {part.name for part in path.iterdir()} for path in (FOLDER / "mail").iterdir()}
    assert found == {kind: set(PARTS) for kind in MESSAGES}


@pytest.mark.parametrize("kind", MESSAGES)
def test_every_kind_of_mail_is_sent_by_a_step_or_a_command(kind: str) -> None:
    assert kind in STEPS or in_code(kind, but="outbox.py")


# --- Times


def test_every_due_time_and_every_timer_is_a_length_of_time() -> None:
    due = {
        element.properties[key]
        for element in elements().values()
        for key in element.properties
        if key[:3] == "due"
    }
    timers = [node for node in nodes() if node.event.kind == "timer"]
    assert all(levels_named(node) for node in timers)
    for key in due.union(*(levels_named(node) for node in timers)):
        assert BUNDLE.service_levels.duration(key)


def test_every_time_is_used() -> None:
    drawn = {value for element in elements().values() for value in element.properties.values()}
    drawn.update(key for node in nodes() for key in levels_named(node))
    unused = {key for key in BUNDLE.service_levels.keys() if key not in drawn and not in_code(key)}  # noqa: SIM118
    assert unused == set(), "a time that nothing reads promises what is not kept"


# --- Variables


def read_in_conditions() -> set[str]:
    """The variables that some flow's condition reads."""
    conditions = (flow.condition.text for flow in flows() if flow.condition)
    return {name for text in conditions for name in compile_expression(text).names}


def kept_for_the_process() -> set[str]:
    """The fields of forms that enter process data."""
    return {field.name for task in user_tasks() for field in fields_of(task) if field.keep == "process"}


def test_every_variable_of_a_condition_comes_from_a_form_a_step_or_an_end() -> None:
    counters = {e.properties["counter"] for e in elements().values() if e.step == "count"}
    from_steps = counters.union(*(RETURNED[step] for step in STEPS.keys() & RETURNED.keys()))
    assert read_in_conditions() - kept_for_the_process() - from_steps == {"outcome"}


def test_nothing_enters_process_data_that_no_condition_reads() -> None:
    assert kept_for_the_process() - read_in_conditions() == set()


def test_a_field_that_conditions_read_is_kept_for_the_process_in_every_form() -> None:
    read_ = read_in_conditions()
    lost = [
        (task.id, field.name)
        for task in user_tasks()
        for field in fields_of(task)
        if field.name in read_ and field.keep != "process"
    ]
    assert lost == ALWAYS_YES


# --- Lanes, properties, events


def test_every_element_stands_in_a_lane_that_is_a_role() -> None:
    assert {element.lane for element in elements().values()} <= ROLE_OF_LANE.keys()


def test_no_task_stands_in_the_lane_of_the_system() -> None:
    assert not [task.id for task in user_tasks() if ROLE_OF_LANE[task.lane or ""] == "system"]


@TASKS
def test_a_task_says_what_to_do_where_it_stands_and_when_it_is_due(task: Element) -> None:
    assert len(task.documentation) > 40 and task.documentation.rstrip().endswith(".")
    assert re.match(r"(5512PRO|policy 4013|desk aid|domain)\b", task.properties["procedureRef"])
    assert task.properties["due"] in BUNDLE.service_levels.keys()  # noqa: SIM118


def test_statuses_are_those_of_the_domain() -> None:
    given = {element.properties.get("caseStatus", "draft") for element in elements().values()}
    assert given == STATUSES


def test_an_end_with_an_outcome_ends_everything_and_the_others_nothing() -> None:
    """An open T90 or T6 must not keep a case alive (domain 3.1)."""
    for node in nodes():
        if node.kind == "endEvent":
            assert ("outcome" in node.element.properties) is (node.event.kind == "terminate"), node.id


def test_every_property_of_a_diagram_is_read_by_the_code() -> None:
    names = {name for element in elements().values() for name in element.properties}
    assert [name for name in sorted(names) if not in_code(name)] == []


def test_every_message_is_sent_by_the_host_and_every_signal_is_thrown_and_caught() -> None:
    messages = {node.event.name or "" for node in nodes() if node.event.kind == "message"}
    assert [name for name in messages if not in_code(name)] == []
    signals = [node for node in nodes() if node.event.kind == "signal"]
    thrown = {node.event.name for node in signals if node.kind == "intermediateThrowEvent"}
    assert thrown == {node.event.name for node in signals if node.kind == "boundaryEvent"}
