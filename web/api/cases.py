"""Cases in the API."""

from datetime import timedelta
from typing import Any

from flask import Response, g, jsonify

from web.api import answer_refusal, api
from web.api.models import (
    CaseList,
    CaseOut,
    CaseRowOut,
    CasesQuery,
    CorrectionBody,
    CorrectionOut,
    EntryOut,
    EntryPath,
    ErrorBody,
    EventList,
    EventOut,
    IdempotencyHeader,
    MessageList,
    MessageOut,
    NewCase,
    NoteBody,
    NumberOut,
    NumberPath,
    ProgressOut,
)
from web.api.tasks import task_out
from web.api.team_models import ClockOut, ShareOut, TurnOut
from workflows.commands import cases, keyed
from workflows.commands.corrections import correct_entry
from workflows.commands.reminders import remind_now
from workflows.errors import NotPermitted
from workflows.privacy import visible_closed_at
from workflows.queries import case_list as lists
from workflows.queries import cases as queries
from workflows.queries.cases import CaseView
from workflows.queries.corrections import entry_form
from workflows.queries.progress import Progress
from workflows.queries.whose_clock import case_clock

MINUTE = timedelta(minutes=1)

Answer = Response | tuple[Response, int] | tuple[Response, int, dict[str, str]]


@api.post("/cases", responses={"201": CaseOut})
def open_case(body: NewCase, header: IdempotencyHeader) -> Answer:
    """Open a case on a failed search."""
    evidence = body.model_dump(exclude={"case_manager"})
    opened = cases.start_case(g.actor, evidence, body.case_manager, header.idempotency_key)
    if opened.shortcomings:
        return answer_refusal(NotPermitted(" ".join(opened.shortcomings)))
    return _case(opened.number), 201


@api.get("/cases", responses={"200": CaseList})
def list_cases(query: CasesQuery) -> Answer:
    """The cases one may know of, newest first."""
    items, after = lists.case_list(g.actor, query.state, query.number, query.after)
    rows = [CaseRowOut(**{name: getattr(row, name) for name in CaseRowOut.model_fields}) for row in items]
    return jsonify(CaseList(items=rows, next=after).model_dump(mode="json"))


@api.get("/cases/<string:number>", responses={"200": CaseOut})
def read_case(path: NumberPath) -> Answer:
    """One case, with the facts one may read; that they were read is written down."""
    return _case(path.number)


@api.get("/cases/<string:number>/history", responses={"200": EventList})
def read_history(path: NumberPath) -> Answer:
    """The history of a case."""
    entries = queries.case_history(g.actor, path.number)
    items = [EventOut(at=e.at, who=e.who, kind=e.kind, element=e.element, words=e.words) for e in entries]
    return jsonify(EventList(items=items).model_dump(mode="json"))


@api.get("/cases/<string:number>/messages", responses={"200": MessageList})
def read_messages(path: NumberPath) -> Answer:
    """The messages of a case with their state."""
    sent = queries.case_messages(g.actor, path.number)
    items = [MessageOut(**{name: getattr(row, name) for name in MessageOut.model_fields}) for row in sent]
    return jsonify(MessageList(items=items).model_dump(mode="json"))


@api.get("/cases/<string:number>/clock", responses={"200": ClockOut})
def read_clock(path: NumberPath) -> Answer:
    """Whose clock the case was on: opening minutes by party, and its turns in order."""
    clock = case_clock(g.actor, path.number)
    shares = [ShareOut(party=s.party, minutes=s.length // MINUTE, now=s.now) for s in clock.shares]
    turns = [TurnOut(party=turn.party, start=turn.start, end=turn.end) for turn in clock.turns]
    return jsonify(ClockOut(totals=shares, turns=turns).model_dump(mode="json"))


@api.post("/cases/<string:number>/withdraw", responses={"200": CaseOut})
def withdraw(path: NumberPath) -> Answer:
    """The client withdraws the request."""
    cases.withdraw(g.actor, path.number)
    return _case(path.number)


@api.post("/cases/<string:number>/opened-in-error", responses={"200": CaseOut})
def opened_in_error(path: NumberPath, body: ErrorBody) -> Answer:
    """The case should not exist; what is stored about the client is erased at once."""
    cases.opened_in_error(g.actor, path.number, body.reason)
    return _case(path.number)


@api.post("/cases/<string:number>/remind", responses={"200": CaseOut})
def remind(path: NumberPath) -> Answer:
    """Ask those who hold the case to look at it, at most once in a business day."""
    remind_now(g.actor, path.number)
    return _case(path.number)


@api.get("/cases/<string:number>/entries/<string:id>", responses={"200": EntryOut})
def read_entry(path: EntryPath) -> Answer:
    """The answers of a completed task that one may put right; facts about the client among them count as read."""
    found = entry_form(g.actor, path.number, path.id)
    known = {name: value for name, value in found.known.items() if name in found.names}
    out = EntryOut(
        case=found.number, id=found.task.id, name=found.task.name, data=known, names=sorted(found.names)
    )
    return jsonify(out.model_dump(mode="json"))


@api.post("/cases/<string:number>/entries/<string:id>/corrections", responses={"201": CaseOut})
def correct(path: EntryPath, body: CorrectionBody, header: IdempotencyHeader) -> Answer:
    """Put answers of a completed task right; the first entry stays as it was."""
    once = keyed(header.idempotency_key, correct_entry)
    once(g.actor, path.number, path.id, body.data, body.why)
    return _case(path.number), 201


@api.post("/cases/<string:number>/opt-out-again", responses={"201": NumberOut})
def opt_out_again(path: NumberPath, header: IdempotencyHeader) -> Answer:
    """The client wants to opt out again: opens a case of its own."""
    number = keyed(header.idempotency_key, cases.opt_out_again)(g.actor, path.number)
    return jsonify({"number": number}), 201


@api.post("/cases/<string:number>/notes", responses={"201": CaseOut})
def write_note(path: NumberPath, body: NoteBody, header: IdempotencyHeader) -> Answer:
    """Write a note on a case."""
    keyed(header.idempotency_key, cases.add_note)(g.actor, path.number, body.text, body.esd_only)
    return _case(path.number), 201


def _case(number: str) -> Response:
    return jsonify(case_out(queries.case_view(g.actor, number)).model_dump(mode="json"))


def case_out(view: CaseView) -> CaseOut:
    """A case view as the API gives it."""
    case = view.case
    return CaseOut(
        number=case.number,
        process=case.process_key,
        version=view.version,
        status=view.status,
        outcome=view.outcome,
        office=case.office_code,
        agency=case.agency_code,
        opened_at=case.opened_at,
        closed_at=visible_closed_at(view.standing),
        sentence=view.sentence,
        edit_recorded_at=view.edit_recorded_at,
        client=view.facts_raw,
        tasks=[task_out(task, case, view.assignees.get(task.assignee_id or 0)) for task in view.open],
        linked=view.linked,
        possible_matches=view.possible,
        notes=[
            {"text": n.text, "who": who, "at": n.written_at, "esd_only": n.esd_only} for n, who in view.notes
        ],
        steps=[_step(step) for step in view.steps],
        progress=_progress(view.progress),
        corrections=[
            CorrectionOut(**{name: getattr(one, name) for name in CorrectionOut.model_fields})
            for one in view.corrections
        ],
    )


def _progress(progress: Progress) -> ProgressOut:
    return ProgressOut(
        marks=progress.marks,
        diagrams=[{"process": one.process, "name": one.name, "file": one.file} for one in progress.diagrams],
        coming=[vars(one) for one in progress.coming],
        with_esd=progress.with_esd,
    )


def _step(step: Any) -> dict[str, Any]:
    answers = {name: words for name, _, words in step.answers}
    return {
        "id": step.task_id,
        "element": step.element,
        "name": step.name,
        "who": step.who,
        "at": step.at,
        "answers": answers,
    }
