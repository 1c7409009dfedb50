"""Playing the scenarios of a bundle in memory: no database, no clock, nobody is told anything.

Every answer goes through its form, as people's do, and only what the form keeps in process data is played.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import engine
from engine.scenario import Move as Played
from engine.scenario import Player
from engine.scenario import Scenario as Run
from workflows import steps
from workflows.definitions import Bundle
from workflows.form_fields import Field
from workflows.forms import Form, FormRefused
from workflows.language import gettext
from workflows.outbox import MESSAGES
from workflows.own_mails import SEND_MAIL
from workflows.scenarios import Answers, BadScenario, Move, Returns, Scenario, Usual, read_usual

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
"""The moment that conditions are told: the same at every run."""
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
"""What forms take for the present, so that an answer is no answer of the future whenever it was given."""
SAMPLE_OPTIONS: Mapping[str, Mapping[str, str]] = {
    "my_offices": {"WSK": "WorkSource Kitsap"},
    "offices": {"WSK": "WorkSource Kitsap", "WSC": "WorkSource Clallam"},
    "esd_staff_of_office": {"devon.ashgrove": "Devon Ashgrove", "casey.thistledown": "Casey Thistledown"},
}
"""What the product fills into forms; offices and staff are samples."""
TRIES = "contact_attempts_max"


class Host:
    """What the steps of the product return, without a case: counted here, or as the scenario says."""

    def __init__(self, bundle: Bundle, returns: Returns) -> None:
        levels = bundle.service_levels
        self.tries = levels.number(TRIES) if any(level.key == TRIES for level in levels) else 0
        self.returns = returns
        self.used: dict[str, int] = {}
        self.attempts = 0

    def step(self, element: engine.Element, data: Mapping[str, object]) -> Mapping[str, object] | None:
        """Stand in for the step of an element."""
        rule = _RULES.get(element.step or "")
        return rule(self, element, data) if rule else self._told(element.step or "")

    def _told(self, step: str) -> Mapping[str, object] | None:
        given = self.returns.get(step, ())
        place = self.used[step] = self.used.get(step, -1) + 1
        return given[min(place, len(given) - 1)] if given else None

    def _count(self, element: engine.Element, data: Mapping[str, object]) -> Mapping[str, object] | None:
        return steps.count(SimpleNamespace(element=element, data=data))  # type: ignore[arg-type]

    def _note_contact(self, _: engine.Element, data: Mapping[str, object]) -> Mapping[str, object]:
        """A try that does not reach a verified client uses one up (domain 5.2)."""
        reached = data.get("contact_result") == "reached" and data.get("identity_verified") == "yes"
        self.attempts = 0 if reached else self.attempts + 1
        return {"attempts_left": max(0, self.tries - self.attempts)}

    def _reset_attempts(self, _: engine.Element, __: Mapping[str, object]) -> None:
        self.attempts = 0


_RULES = {"count": Host._count, "note_contact": Host._note_contact, "reset_attempts": Host._reset_attempts}


@dataclass(frozen=True)
class Stop:
    """Where a case stands after a move: the open tasks in their order, and the timers and messages it waits for.

    `made`: the id of the element at which the move happened, empty at the beginning.
    """

    made: str
    tasks: tuple[str, ...]
    timers: tuple[str, ...]
    messages: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Playing:
    """How a scenario came out, in ids of elements.

    `path`, `withdrawn`: the tasks that opened, and that the process closed itself, in order. `notices`: kinds of mails.
    `stops`: one before the first move and one after each. `failure`: why the moves could not be made to their end.
    """

    path: tuple[str, ...]
    withdrawn: tuple[str, ...]
    notices: tuple[str, ...]
    outcome: str | None
    ended: bool
    open: tuple[str, ...]
    visited: frozenset[str]
    taken: frozenset[str]
    stops: tuple[Stop, ...]
    failure: str = ""


def play(bundle: Bundle, scenario: Scenario, *, restoring: bool = False) -> Playing:
    """Play a scenario, with one instance kept, or saved and loaded between all moves.

    Raises `BadScenario` when it names a process that the bundle does not start, and what `Bundle.definition` raises.
    """
    if scenario.process not in bundle.file_of_process:
        words = gettext("The bundle has no process “{process}”.")
        raise BadScenario(words.format(process=scenario.process))
    usual = read_usual(bundle.files)
    definition = bundle.definition(scenario.process)
    host = Host(bundle, {**usual.steps, **scenario.steps})
    context = engine.Context(NOW, bundle.service_levels.calendar())
    player = Player(definition, Run(scenario.name), restoring=restoring, step=host.step, context=context)
    stops: list[Stop] = []
    failure = ""
    try:
        player.begin()
        stops.append(_stop(player, ""))
        for move in scenario.moves:
            stops.append(_make(bundle, usual, player, move))
    except engine.EngineError as error:
        failure = gettext("The process cannot go on: {why}").format(why=error)
    except _CannotMove as cannot:
        failure = str(cannot)
    return _playing(definition, player, tuple(stops), failure)


class _CannotMove(Exception):
    """A move that does not fit what is open; the message is a sentence."""


def _make(bundle: Bundle, usual: Usual, player: Player, move: Move) -> Stop:
    made = _target(player, move)
    if not made:
        raise _CannotMove(_not_open(player, move))
    data: Mapping[str, Any] = {}
    if move.kind == "complete":
        data = _through_form(bundle, player.definition.elements[made], usual, move.data)
    player.make(Played(move.kind, move.target, data))
    return _stop(player, made)


def _target(player: Player, move: Move) -> str:
    """The element at which a move happens; empty when nothing waits for it."""
    for work in player.instance.open_work():
        named = work.name if move.kind in ("receive", "signal") else work.element.id
        if named == move.target and _MADE_OF[work.kind] == move.kind:
            return work.element.id
    return ""


_MADE_OF: Mapping[str, str] = {
    "user_task": "complete", "timer": "fire", "message": "receive", "signal": "signal",
    "worker_task": "", "conditional": "", "several": "", "plain": "",
}  # fmt: skip


def _not_open(player: Player, move: Move) -> str:
    elements = player.definition.elements
    name = elements[move.target].name if move.target in elements else move.target
    tasks = player.open("user_task")
    if not tasks:
        return gettext("“{name}” was to come next, but the case has ended.").format(name=gettext(name))
    opened = ", ".join(f"“{gettext(work.element.name)}”" for work in tasks)
    words = gettext("“{name}” was to come next, but the case does not wait for it. Open: {open}.")
    return words.format(name=gettext(name), open=opened)


def _through_form(
    bundle: Bundle, element: engine.Element, usual: Usual, different: Answers
) -> Mapping[str, Any]:
    """What reaches the process of the answers to a task."""
    form = form_of(bundle, element)
    if form is None:
        return {}
    raw = full_answers(bundle, element, usual.answers.get(element.id, {}), different)
    try:
        return form.clean(raw, options_for(form_fields(bundle, element), raw), LATEST).process
    except FormRefused as refused:
        asked = {view.name: view.label for view in form.fields(raw)}
        told = [f"“{gettext(asked.get(name, name))}”: {why}" for name, why in refused.fields.items()]
        words = gettext("The form of “{name}” does not take the answers. {why}")
        raise _CannotMove(words.format(name=gettext(element.name), why=" ".join(told))) from None


def form_of(bundle: Bundle, element: engine.Element) -> Form | None:
    """The form of a task; None where it has none."""
    return bundle.forms.get(element.properties.get("formJsonSchemaFilename", ""))


def form_fields(bundle: Bundle, element: engine.Element) -> tuple[Field, ...]:
    """The fields of the form of a task, in order."""
    form = form_of(bundle, element)
    return form.declared if form else ()


def options_for(fields: Sequence[Field], answers: Answers) -> dict[str, dict[str, str]]:
    """Sample lists for the fields that the product fills in, with what was answered among them."""
    lists = {field.options: dict(SAMPLE_OPTIONS.get(field.options, {})) for field in fields if field.options}
    for field in fields:
        given = answers.get(field.name)
        if field.options and isinstance(given, str):
            lists[field.options].setdefault(given, given)
    return lists


def full_answers(
    bundle: Bundle, element: engine.Element, usual: Answers, different: Answers
) -> dict[str, Any]:
    """Complete answers to a task: those that differ, and the usual ones to whatever else is asked."""
    given = {**different}
    fields = form_fields(bundle, element)
    for field in fields:
        is_usual = field.name in usual and field.name not in given
        if is_usual and field.is_shown({**open_boxes(fields), **given}):
            given[field.name] = usual[field.name]
    return given


def open_boxes(fields: Sequence[Field]) -> dict[str, Any]:
    """The boxes of a form before anything is ticked."""
    return {field.name: False for field in fields if field.kind == "boolean"}


def _stop(player: Player, made: str) -> Stop:
    work = player.instance.open_work()
    return Stop(
        made,
        tuple(one.element.id for one in work if one.kind == "user_task"),
        tuple(one.element.id for one in work if one.kind == "timer"),
        tuple((one.name or "", one.element.id) for one in work if one.kind == "message"),
    )


def _playing(definition: engine.Definition, player: Player, stops: tuple[Stop, ...], failure: str) -> Playing:
    result = player.result()
    elements = definition.elements
    kinds = (notice_of(elements[one]) for one in result.visited)
    return Playing(
        path=tuple(one for one in result.entered if elements[one].kind == "userTask"),
        withdrawn=tuple(one for one in result.cancelled if elements[one].kind == "userTask"),
        notices=tuple(kind for kind in kinds if kind),
        outcome=result.outcome,
        ended=result.ended,
        open=stops[-1].tasks if stops else (),
        visited=frozenset(result.visited),
        taken=frozenset(result.taken),
        stops=stops,
        failure=failure,
    )


def notice_of(element: engine.Element) -> str:
    """The kind of mail that an element sends; empty when it sends none."""
    if element.step == SEND_MAIL:
        return element.properties.get("mail", "")
    return element.step if element.step in MESSAGES else ""
