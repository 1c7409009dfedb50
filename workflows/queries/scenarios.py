"""The scenarios of a draft: how each comes out, what they come past, a walk through the draft, and those made of cases."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, func, select

import engine
from workflows import scenarios
from workflows.area_settings import labels_of
from workflows.bundle_proofs import Proof, Run, Unplayable, proof_of
from workflows.cases import OUTCOMES, Case, TaskRecord
from workflows.definitions import Bundle
from workflows.drafts import check_edits, draft_numbered
from workflows.errors import InvalidInput, NotFound, NotNow
from workflows.forms import Form
from workflows.history import events_of
from workflows.language import gettext
from workflows.queries import query
from workflows.queries.drafts import DraftView, view_of
from workflows.queries.processes import role_words
from workflows.rehearsals import rehearsal_of, scenario_of
from workflows.scenario_edits import CaughtUp, answers_for, catch_up, expecting, of_process
from workflows.scenario_lines import answer_words
from workflows.scenario_play import Playing, form_of, full_answers, options_for, play
from workflows.scenario_words import Names, made_words, mail_words, time_words
from workflows.scenarios import Move, Scenario
from workflows.work import Work


@dataclass(frozen=True)
class ScenariosView:
    """The scenarios of a draft; `proof` is None while its diagrams, forms or times have problems of their own.

    `like`: outcomes of which so many cases are closed that a scenario can be made of one, without telling whose.
    """

    draft: DraftView
    proof: Proof | None
    like: tuple[str, ...]


@dataclass(frozen=True)
class MoveRow:
    """A move in words: its number, what happens, the answers that are not the usual ones, and what is open then."""

    number: int
    what: str
    answers: tuple[tuple[str, str], ...]
    open: tuple[str, ...]


@dataclass(frozen=True)
class ScenarioView:
    """One scenario of a draft: its moves in words, how it comes out, and how it would if it followed the draft."""

    draft: DraftView
    proof: Proof
    run: Run
    moves: tuple[MoveRow, ...]
    caught_up: CaughtUp | None
    names: Names | None


@dataclass(frozen=True)
class OpenStep:
    """A task that is open in a walk: id, name, and whose it is."""

    element: str
    name: str
    role: str


@dataclass(frozen=True)
class RehearsalView:
    """Where a walk through a draft stands; `playing` is None before it has begun.

    `timers`: id and name; `messages`: name and how it is called; `mails`: subjects of those that would have been sent.
    """

    draft: DraftView
    processes: tuple[tuple[str, str], ...]
    playing: Playing | None = None
    moves: tuple[MoveRow, ...] = ()
    tasks: tuple[OpenStep, ...] = ()
    timers: tuple[tuple[str, str], ...] = ()
    messages: tuple[tuple[str, str], ...] = ()
    mails: tuple[str, ...] = ()
    scenario: Scenario | None = None


@dataclass(frozen=True)
class StepForm:
    """A task of a walk with its form and the usual answers; without a form it is completed as it is."""

    draft: DraftView
    step: OpenStep
    help: str
    form: Form | None
    answers: Mapping[str, object]
    options: dict[str, dict[str, str]]
    labels: dict[str, str]


@query
def scenarios_view(work: Work, draft_id: int) -> ScenariosView:
    """The scenarios of a draft, with how they come out."""
    draft = _draft(work, draft_id)
    return ScenariosView(draft, _proof(draft), tuple(_like(work)))


@query
def scenario_view(work: Work, draft_id: int, key: str) -> ScenarioView:
    """One scenario of a draft by the name of its file."""
    draft = _draft(work, draft_id)
    proof = _playable(draft)
    run = next((run for run in proof.runs if run.file == scenarios.file_of(key)), None)
    if run is None:
        raise NotFound(gettext("This draft has no such scenario. It may have been removed or renamed."))
    if run.scenario is None or run.kept is None:
        return ScenarioView(draft, proof, run, (), None, None)
    rows = move_rows(proof.bundle, run.scenario, run.kept)
    differs = bool(proof.differences(run))
    followed = catch_up(proof.bundle, run.scenario) if differs else None
    return ScenarioView(draft, proof, run, rows, followed, Names(proof.bundle, run.scenario.process))


@query
def caught_up(work: Work, draft_id: int) -> list[CaughtUp]:
    """Every scenario that differs, as it would be if it followed the draft."""
    proof = _playable(_draft(work, draft_id))
    differing = [run.scenario for run in proof.runs if run.scenario and proof.differences(run)]
    return [catch_up(proof.bundle, scenario) for scenario in differing]


def move_rows(bundle: Bundle, scenario: Scenario, playing: Playing) -> tuple[MoveRow, ...]:
    """The moves of a scenario in words."""
    names = Names(bundle, scenario.process)
    elements = bundle.definition(scenario.process).elements
    stops = [*playing.stops[1:], *[None] * len(scenario.moves)]
    return tuple(
        MoveRow(
            number,
            made_words(names, move, stop.made if stop else ""),
            answer_words(bundle, elements.get(move.target), move.data),
            tuple(names.name(task) for task in stop.tasks) if stop else (),
        )
        for number, (move, stop) in enumerate(zip(scenario.moves, stops, strict=False), 1)
    )


# --- A walk through the draft


@query
def rehearsal_view(work: Work, draft_id: int) -> RehearsalView:
    """Where the actor's walk through a draft stands."""
    draft = _draft(work, draft_id)
    bundle = _playable(draft).bundle
    starts = tuple((process, _process_name(bundle, process)) for process in scenarios.entry_processes(bundle))
    row = rehearsal_of(work, draft_id)
    if row is None or row.process not in dict(starts):
        return RehearsalView(draft, starts)
    scenario = scenario_of(row)
    playing = play(bundle, scenario)
    stop = playing.stops[-1] if playing.stops else None
    names, elements = Names(bundle, row.process), bundle.definition(row.process).elements
    return RehearsalView(
        draft,
        starts,
        playing,
        move_rows(bundle, scenario, playing),
        tuple(_open_step(elements[task]) for task in dict.fromkeys(stop.tasks)) if stop else (),
        tuple((timer, _timer_words(bundle, names, timer)) for timer in dict.fromkeys(stop.timers))
        if stop
        else (),
        tuple({name: names.name(at) for name, at in stop.messages}.items()) if stop else (),
        tuple(mail_words(bundle, kind) for kind in playing.notices),
        expecting(bundle, scenario, playing),
    )


@query
def step_form(work: Work, draft_id: int, element_id: str) -> StepForm:
    """The form of a task that is open in the actor's walk, with its usual answers."""
    draft = _draft(work, draft_id)
    row = rehearsal_of(work, draft_id)
    bundle = _playable(draft).bundle
    open_ = play(bundle, scenario_of(row)).open if row else ()
    if row is None or element_id not in open_:
        raise NotNow(gettext("This step is not open in your walk. Go back to the walk."))
    element = bundle.definition(row.process).elements[element_id]
    form = form_of(bundle, element)
    usual = scenarios.read_usual(bundle.files).answers.get(element_id, {})
    answers = full_answers(bundle, element, usual, {})
    options = options_for(form.declared, answers) if form else {}
    labels = labels_of(work.db, draft.area)
    return StepForm(
        draft, _open_step(element), gettext(element.documentation), form, answers, options, labels
    )


def _timer_words(bundle: Bundle, names: Names, timer: str) -> str:
    """The name of a timer with how long it waits."""
    events = (node.event for node in bundle.routes.nodes if node.id == timer)
    times = [time_words(bundle, event.text.text) for event in events if event.text]
    return f"{names.name(timer)} ({times[0]})" if times else names.name(timer)


def _open_step(element: engine.Element) -> OpenStep:
    return OpenStep(element.id, gettext(element.name) or element.id, role_words(element.lane))


def _process_name(bundle: Bundle, process: str) -> str:
    return gettext(bundle.routes.processes[process]) or process


# --- Made of a case

FEWEST = 3
"""So many closed cases must have ended alike before a scenario is made of one of them: nobody can tell which."""

_RECEIVED = {
    "case_withdrawn": "client_withdrew",
    "case_opened_in_error": "opened_in_error",
    "answered_by_linked_case": "opted_in_elsewhere",
    "case_held": "agreement_lapsed",
}
"""Events of the history that were messages to the process."""


@query
def scenario_like(work: Work, draft_id: int, outcome: str) -> Scenario:
    """A scenario made of some closed case of the area that ended so: nobody is told of which one.

    Its moves are those of the case. Of the answers only what entered process data is taken; all else is as usual or a
    sample, so that no fact about a client is in it. Where the draft has changed since, the moves follow it.
    """
    draft = _draft(work, draft_id)
    bundle = _playable(draft).bundle
    if outcome not in _like(work):
        words = gettext("A scenario is made of a case only where at least {number} have ended so.")
        raise InvalidInput(fields={"outcome": words.format(number=FEWEST)})
    ids = list(work.db.scalars(select(Case.id).where(*_closed(work), Case.outcome == outcome)))
    while ids:
        case = work.db.get_one(Case, ids.pop(secrets.randbelow(len(ids))))
        made = _of_case(work, bundle, case)
        if made.same_end:
            name = gettext("As a case that ended as “{outcome}”").format(outcome=gettext(OUTCOMES[outcome]))
            return replace(made.scenario, name=name)
    raise NotNow(gettext("None of these cases went a way that this draft has. Walk through it instead."))


def _of_case(work: Work, bundle: Bundle, case: Case) -> CaughtUp:
    """A case as a scenario of the bundle."""
    expected = scenarios.Expected(outcome=case.outcome or "")
    steps = {}
    if case.outcome == "not_permitted":
        steps["check_may_open"] = ({"may_open": False},)
    if case.outcome == "duplicate_of":
        steps["check_duplicates"] = ({"duplicate": True},)
    told = Scenario("", "", case.process_key, tuple(_moves(work, bundle, case)), expected, steps)
    return catch_up(bundle, told)


def _moves(work: Work, bundle: Bundle, case: Case) -> Sequence[Move]:
    usual = scenarios.read_usual(bundle.files)
    elements = bundle.definition(case.process_key).elements
    given = _given(work, case)
    moves = []
    for event in events_of(work.db, case.id):
        element = elements.get(event.element or "")
        if event.kind == "task_completed" and element is not None:
            answers = given[element.id].pop(0) if given.get(element.id) else {}
            data = answers_for(bundle, element, usual, answers, of_process)
            moves.append(Move("complete", element.id, data))
        elif event.kind == "timer_fired" and element is not None:
            moves.append(Move("fire", element.id))
        elif event.kind in _RECEIVED:
            moves.append(Move("receive", _RECEIVED[event.kind]))
    return moves


def _given(work: Work, case: Case) -> dict[str, list[Mapping[str, object]]]:
    """The answers of a case by task, in the order they were given."""
    query = select(TaskRecord).where(TaskRecord.case_id == case.id).order_by(TaskRecord.completed_at)
    found: dict[str, list[Mapping[str, object]]] = {}
    for record in work.db.scalars(query):
        found.setdefault(record.element, []).append(record.answers)
    return found


def _like(work: Work) -> list[str]:
    """The outcomes at which enough cases of the area ended, in the order of the closed list (domain 3.6)."""
    query = select(Case.outcome).where(*_closed(work)).group_by(Case.outcome)
    enough = set(work.db.scalars(query.having(func.count() >= FEWEST)))
    return [outcome for outcome in OUTCOMES if outcome in enough]


def _closed(work: Work) -> tuple[ColumnElement[bool], ...]:
    return Case.area_code == work.actor.area, Case.closed_at.is_not(None)


def _draft(work: Work, draft_id: int) -> DraftView:
    check_edits(work)
    return view_of(work, draft_numbered(work, draft_id))


def _proof(draft: DraftView) -> Proof | None:
    try:
        return proof_of(draft.bundle)
    except Unplayable:
        return None


def _playable(draft: DraftView) -> Proof:
    try:
        return proof_of(draft.bundle)
    except Unplayable as unplayable:
        raise NotNow(unplayable.reason) from None
