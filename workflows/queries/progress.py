"""How far a case is, as one reader may know it: what is done, what is open, what may come, and the marks in the diagrams.

Everything is made from the steps and the state that the reader sees, never from the saved process alone: a mark, a
step that may come or a diagram that is offered must tell nothing that the list of steps hides (domain 6.3).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import engine
from workflows import privacy
from workflows.cases import Case
from workflows.definitions import OPT_OUT_AGAIN, Bundle
from workflows.instances import ProcessInstance
from workflows.language import gettext
from workflows.privacy import Standing
from workflows.queries.processes import role_words
from workflows.user_tasks import UserTask
from workflows.work import Work

DONE, NOW = "done", "now"


@dataclass(frozen=True)
class Coming:
    """A step that may still come: its id and name as drawn, its clause, and whose it is."""

    element: str
    name: str
    step: str
    role: str


@dataclass(frozen=True)
class Diagram:
    """A diagram with something to show: its process, the name of that, its file; `opens` first or not."""

    process: str
    name: str
    file: str
    opens: bool


@dataclass(frozen=True)
class Progress:
    """How far a case is. `marks`: element → `done` or `now`. `with_esd`: Employment Security is at work, and the reader
    is not told on which of its steps; the mark then stands where its part begins."""

    marks: dict[str, str] = field(default_factory=dict)
    coming: list[Coming] = field(default_factory=list)
    diagrams: list[Diagram] = field(default_factory=list)
    with_esd: bool = False


@dataclass(frozen=True)
class Place:
    """An element that is open, with the call activities around it, outermost first."""

    element: str
    calls: tuple[str, ...]


def progress_of(
    work: Work,
    standing: Standing,
    bundle: Bundle,
    done: Sequence[tuple[str, str]],
    open_: Sequence[UserTask],
) -> Progress:
    """The progress of a case for a reader who sees these done steps (process, element) and these open tasks."""
    if standing.is_reduced and not standing.audits:
        return Progress()
    instance = work.db.get_one(ProcessInstance, standing.case.id)
    definition = bundle.definition(instance.process)
    shown = [*done, *((task.process, task.element) for task in open_)]
    hidden = _with_esd(standing, definition, bundle, shown)
    places = [*_places(instance, definition, open_), *hidden]
    marks = _marks(standing, definition, bundle, done, places)
    return Progress(
        marks=marks,
        coming=_coming(definition, bundle, places, {element for _, element in shown}),
        diagrams=_diagrams(definition, bundle, marks),
        with_esd=bool(hidden),
    )


def _places(
    instance: ProcessInstance, definition: engine.Definition, open_: Sequence[UserTask]
) -> list[Place]:
    """Where the open tasks stand; the saved process knows who called them, unless it is damaged."""
    calls = _calls(instance, definition) if open_ else {}
    return [Place(task.element, calls.get(task.id, ())) for task in open_]


def _calls(instance: ProcessInstance, definition: engine.Definition) -> dict[str, tuple[str, ...]]:
    """The call activities around each piece of open work; none from a damaged state: the case stays readable."""
    try:
        live = engine.Instance.load(definition, instance.state, lambda *_: None).open_work()
    except engine.EngineError:
        return {}
    return {work.id: work.calls for work in live}


_ESD_BEGINS = {"submitted": "T7", "in_contact": "T7", "opting_in": "RO1"}
"""The step at which Employment Security's part of a state begins, for those who are told no more than the state."""


def _with_esd(
    standing: Standing, definition: engine.Definition, bundle: Bundle, shown: Sequence[tuple[str, str]]
) -> list[Place]:
    """Where a partner may think the case while Employment Security is at work: by the state shown to them alone."""
    if standing.is_esd or standing.audits:
        return []
    label = _esd_step(standing.case, privacy.visible_status(standing), [element for _, element in shown])
    found = [element for element in definition.elements.values() if element.id.split("_")[0] == label]
    return [Place(one.id, _usual_calls(definition, bundle, one.process_id)) for one in found[:1]]


def _esd_step(case: Case, status: str, shown: Sequence[str]) -> str:
    labels = {element.split("_")[0] for element in shown}
    if status not in _ESD_BEGINS or (status == "in_contact" and "T8" in labels):
        return ""
    if case.process_key == OPT_OUT_AGAIN:
        return "OO1"
    return "T4b" if status == "submitted" and "T6" not in labels else _ESD_BEGINS[status]


def _usual_calls(definition: engine.Definition, bundle: Bundle, process: str) -> tuple[str, ...]:
    """The call activities around a process, where each is called in one place only; nothing beyond one that is not."""
    calls: list[str] = []
    while len(callers := bundle.routes.callers(process)) == 1 and callers[0] not in calls:
        calls.insert(0, callers[0])
        process = definition.elements[callers[0]].process_id
    return tuple(calls)


def _marks(
    standing: Standing,
    definition: engine.Definition,
    bundle: Bundle,
    done: Sequence[tuple[str, str]],
    places: Sequence[Place],
) -> dict[str, str]:
    """A mark for each element; what is open stays so when it was also done before."""
    marks = dict.fromkeys(definition.starts, DONE)
    for process, element in done:
        marks |= dict.fromkeys((element, *_usual_calls(definition, bundle, process)), DONE)
    marks |= dict.fromkeys(_ends(standing, definition), DONE)
    for place in places:
        marks |= dict.fromkeys((place.element, *place.calls), NOW)
    return {element: mark for element, mark in marks.items() if element in definition.elements}


def _ends(standing: Standing, definition: engine.Definition) -> list[str]:
    """The end event of the outcome that the reader is told, where only one says so."""
    outcome = privacy.visible_outcome(standing)
    ends = [
        element.id
        for element in definition.elements.values()
        if element.kind == "endEvent" and element.process_id == definition.process_id
        if outcome and element.properties.get("outcome") == outcome
    ]
    return ends if len(ends) == 1 else []


def _coming(
    definition: engine.Definition, bundle: Bundle, places: Sequence[Place], shown: set[str]
) -> list[Coming]:
    """The tasks of people that may follow what is open and are not listed already."""
    after = [element for place in places for element in bundle.routes.after(place.element, place.calls)]
    known = {place.element for place in places} | shown
    elements = (definition.elements[name] for name in dict.fromkeys(after) if name not in known)
    return [
        Coming(one.id, gettext(one.name), one.properties.get("procedureRef", ""), role_words(one.lane))
        for one in elements
        if one.kind == "userTask"
    ]


def _diagrams(definition: engine.Definition, bundle: Bundle, marks: dict[str, str]) -> list[Diagram]:
    """The diagrams that hold a mark, in the order of the procedure; the one where the case stands opens first."""
    files = bundle.file_of_process
    marked = dict.fromkeys([definition.process_id, *_processes(definition, marks, DONE, NOW)])
    innermost = [*_processes(definition, marks, NOW)][-1:] or [definition.process_id]
    return [
        Diagram(process, gettext(definition.process_names[process]), files[process], process == innermost[0])
        for process in marked
    ]


def _processes(definition: engine.Definition, marks: dict[str, str], *kinds: str) -> Iterator[str]:
    """The processes of the marked elements that call nothing, in the order of the marks."""
    for element, mark in marks.items():
        one = definition.elements[element]
        if mark in kinds and one.kind != "callActivity":
            yield one.process_id
