"""Making scenarios: from moves that somebody played or a case made, without a word about a client, and kept up to date."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import engine
from workflows import scenarios
from workflows.definitions import Bundle
from workflows.form_fields import Field
from workflows.scenario_play import Playing, Stop, form_fields, open_boxes, options_for, play
from workflows.scenario_words import Names
from workflows.scenarios import Answers, Expected, Move, Scenario, Usual

Takes = Callable[[Field], bool]
"""Whether the answer to a field is taken over as it was given."""

MOMENT, DAY = "2026-11-19T10:00:00-08:00", "2026-11-19"
_LONGEST = 200


def of_process(field: Field) -> bool:
    """Only what a process decides on: what process data hold is no fact about a client."""
    return field.keep == "process"


def not_typed(field: Field) -> bool:
    """What was chosen, ticked or counted, never what was typed in words, and nothing that is kept as a client's."""
    is_text = field.kind == "string" and not field.values and not field.options
    return field.keep in ("process", "record") and not is_text


def answers_for(
    bundle: Bundle, element: engine.Element, usual: Usual, given: Answers, takes: Takes
) -> dict[str, Any]:
    """Answers that a form takes, as a scenario tells them: those that are taken over, where they are not the usual ones.

    What is not taken over is answered as usual; what has no usual answer by a sample of its kind.
    """
    fields = form_fields(bundle, element)
    known, told = open_boxes(fields), dict[str, Any]()
    usually = usual.answers.get(element.id, {})
    for field in fields:
        if not field.is_shown(known):
            continue
        if field.name in given and takes(field):
            value = given[field.name]
        elif field.name in usually:
            value = usually[field.name]
        elif field.is_required(known):
            value = sample(field)
        else:
            continue
        known[field.name] = value
        if value != usually.get(field.name, _left_alone(field)):
            told[field.name] = value
    return told


def _left_alone(field: Field) -> Any:
    """What a field comes to that nobody touches."""
    return False if field.kind == "boolean" and field.default is None else field.default


def sample(field: Field) -> Any:
    """An answer that a field takes, invented by its kind: the first choice, the least number, plain words."""
    source = field.source
    if "const" in source:
        return source["const"]
    if field.kind == "boolean":
        return True
    if field.kind == "integer":
        return source.get("minimum", 0)
    choices = list(field.choices(options_for([field], {})))
    if field.kind == "array":
        return list(field.values[: max(1, source.get("minItems", 1))])
    return choices[0] if choices else _words(field)


def _words(field: Field) -> str:
    if field.format in ("date-time", "date"):
        return MOMENT if field.format == "date-time" else DAY
    if field.widget == "tel":
        return "360-555-0100"
    return "SAMPLE".ljust(field.source.get("minLength", 0), "E")


def expecting(bundle: Bundle, scenario: Scenario, playing: Playing) -> Scenario:
    """A scenario that expects what came out."""
    names = Names(bundle, scenario.process)
    expected = Expected(
        path=tuple(map(names.word_for, playing.path)),
        withdrawn=tuple(map(names.word_for, playing.withdrawn)),
        notices=playing.notices,
        outcome=playing.outcome or "",
    )
    return replace(scenario, expected=expected)


@dataclass(frozen=True)
class CaughtUp:
    """A scenario whose moves follow the procedure as it is now, and how it comes out; `same_end`: as it did before."""

    scenario: Scenario
    playing: Playing
    same_end: bool


def catch_up(bundle: Bundle, scenario: Scenario) -> CaughtUp:
    """Let a scenario follow a changed procedure: moves that nothing waits for any more are left out, and tasks that
    came in between are completed with usual answers, or with samples.

    Raises `BadScenario` where it names a process that is not there.
    """
    follower = _Follower(bundle, scenario)
    for _ in range(2 * len(scenario.moves) + _MOST_NEW):
        if not follower.go_on():
            break
    followed = expecting(bundle, replace(scenario, moves=tuple(follower.made)), follower.playing)
    same = follower.playing.ended and follower.playing.outcome == scenario.expected.outcome
    return CaughtUp(followed, follower.playing, same)


_MOST_NEW = 30


class _Follower:
    """A scenario on its way through a changed procedure: the moves that were made, and those that are left."""

    def __init__(self, bundle: Bundle, scenario: Scenario) -> None:
        self.bundle, self.scenario = bundle, scenario
        self.usual = scenarios.read_usual(bundle.files)
        self.elements = bundle.definition(scenario.process).elements
        self.known = set(Names(bundle, scenario.process).ids_of(scenario.expected.path))
        self.made: list[Move] = []
        self.left = [replace(move, next=None) for move in scenario.moves if self._is_there(move)]
        self.playing = play(bundle, replace(scenario, moves=()))

    def _is_there(self, move: Move) -> bool:
        return move.kind in ("receive", "signal") or move.target in self.elements

    def go_on(self) -> bool:
        """Make one more move, or leave one out; false when there is none."""
        move = None if self.playing.failure else self._next(self.playing.stops[-1])
        if move is None:
            return False
        tried = play(self.bundle, replace(self.scenario, moves=(*self.made, move)))
        if move in self.left:
            self.left.remove(move)
        if not tried.failure:
            self.made.append(move)
            self.playing = tried
        return True

    def _next(self, stop: Stop) -> Move | None:
        """A task that the scenario does not know; the move that is told next, if the case waits for it; a task in
        between; else the first move that fits, or that is to be left out."""
        waiting = {*stop.tasks, *stop.timers, *(name for name, _ in stop.messages)}
        told = {move.target for move in self.left}
        between = [task for task in stop.tasks if task not in told]
        new = [task for task in between if self.known and task not in self.known]
        if new:
            return self._usually(new[0])
        if self.left and self.left[0].target in waiting:
            return self.left[0]
        if between:
            return self._usually(between[0])
        fitting = [move for move in self.left if move.target in waiting]
        return next(iter([*fitting, *self.left]), None)

    def _usually(self, task: str) -> Move:
        data = answers_for(self.bundle, self.elements[task], self.usual, {}, of_process)
        return Move("complete", task, data)


def new_file(name: str, known: Iterable[str]) -> str:
    """A file for a new scenario, called as its name says."""
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:60] or "scenario"
    taken = set(known)
    numbered = (plain if number == 1 else f"{plain}_{number}" for number in range(1, len(taken) + 2))
    return next(file for key in numbered if (file := scenarios.file_of(key)) not in taken and key != "usual")
