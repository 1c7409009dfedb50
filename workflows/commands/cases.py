"""Opening a case, and what may happen to it besides its tasks: withdrawal, opened in error, opting out again."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows import instances, privacy, steps
from workflows.cases import Case, IdempotencyKey, Note, case_number, case_numbered, lock_case
from workflows.commands import command
from workflows.definitions import MAIN_PROCESS, OPT_OUT_AGAIN, Bundle, bundle_of, deployed
from workflows.errors import InvalidBundle, InvalidInput, KeyReused, NotAllowed, NotNow
from workflows.forms import Answers
from workflows.history import record
from workflows.organisations import Office
from workflows.people import Actor, Person, actor_for, offices_with_supervisor, person_named
from workflows.settings import settings
from workflows.ssn_guard import guard
from workflows.task_forms import labels, offices_to_open_in, options_for
from workflows.user_tasks import open_tasks
from workflows.work import Work

FIRST_TASK = "T1_QuickSearchOwnOffice"


@dataclass(frozen=True)
class Opened:
    """The answer to opening a case: its number, and why it was refused (then it is only counted)."""

    number: str
    shortcomings: tuple[str, ...] = ()
    repeated: bool = False


@command
def start_case(
    work: Work,
    evidence: Mapping[str, object],
    case_manager: str | None = None,
    idempotency_key: str | None = None,
) -> Opened:
    """Open a case on a failed search (5512PRO 1): `evidence` answers the form of T1.

    A supervisor opens one on behalf of a case manager (domain 6.2). A case that may not be opened is counted as
    `not_permitted`, and nothing that was typed is kept. The same `idempotency_key` opens nothing twice.
    """
    guard(evidence)
    manager = _case_manager(work, case_manager)
    known = _known_key(work, idempotency_key, [evidence, case_manager])
    if known:
        return known
    definition = deployed(work.db)
    if definition is None:
        raise InvalidBundle("No process is deployed. Ask an administrator to deploy one.")
    bundle = bundle_of(work.db, definition.id)
    answers = _first_answers(work, bundle, evidence)
    case = _new_case(work, MAIN_PROCESS, manager, str(evidence["office"]))
    _keep_key(work, idempotency_key, [evidence, case_manager], case)
    instances.begin(work, case, definition.id, MAIN_PROCESS, {})
    if case.closed_at:
        return Opened(case.number, tuple(steps.opening_shortcomings(work, case)))
    _complete_first(work, case, answers)
    return Opened(case.number)


@command
def withdraw(work: Work, number: str) -> None:
    """The client withdraws the request: by the case manager before the decision is told, or by a supervisor (domain 6.2)."""
    case = _locked_open(work, number)
    if work.actor.has("case_manager") and case.told:
        raise NotNow("The client's decision is already known. Ask the supervisor to withdraw the request.")
    record(work, "case_withdrawn", case)
    if not instances.receive(work, case, "client_withdrew"):
        instances.close_without_path(work, case, "withdrawn")


@command
def opened_in_error(work: Work, number: str) -> None:
    """The case should not exist: what is stored about the client is erased at once, the number stays (domain 6.2)."""
    case = _locked_open(work, number)
    if work.actor.has("case_manager") and case.status not in ("draft", "submitted"):
        raise NotNow(
            "The request is already being worked on. Ask the supervisor to close it as opened in error."
        )
    record(work, "case_opened_in_error", case)
    if not instances.receive(work, case, "opened_in_error"):
        steps.forget_client(work, case)
        instances.close_without_path(work, case, "opened_in_error")


@command
def opt_out_again(work: Work, number: str) -> str:
    """The client wants to opt out again (C09, C10): a small case of its own, never refused for an agreement."""
    origin = case_numbered(work.db, number)
    work.about["case"] = number
    staffed = offices_with_supervisor(work.db)
    delegated = is_delegated(work.db, work.actor, origin)
    privacy.check_may_see(work.actor, origin, staffed, delegated)
    if not work.actor.has("case_manager", "esd_staff", "esd_wioa_supervisor"):
        raise NotAllowed("Case managers, ESD staff and supervisors pass on a client's wish to opt out.")
    if origin.told != "opt_in":
        raise NotNow("The record was not opted in with this case, so there is nothing to undo.")
    definition = deployed(work.db)
    if definition is None:
        raise InvalidBundle("No process is deployed. Ask an administrator to deploy one.")
    manager = work.db.get_one(Person, origin.case_manager_id)
    case = _new_case(work, OPT_OUT_AGAIN, actor_for(work.db, manager), origin.office_code)
    case.linked_case_id = origin.id
    record(work, "opt_out_again_wanted", lock_case(work.db, origin.id), number=case.number)
    instances.begin(work, case, definition.id, OPT_OUT_AGAIN, {})
    return case.number


@command
def add_note(work: Work, number: str, text: str, esd_only: bool = False) -> None:
    """Write a note: shared with the partner, or for ESD alone (domain 6.3)."""
    guard({"text": text})
    case = case_numbered(work.db, number, lock=True)
    work.about["case"] = number
    staffed = offices_with_supervisor(work.db)
    roles = privacy.reader_roles(work.actor, case, staffed, is_delegated(work.db, work.actor, case))
    privacy.check_may_see(work.actor, case, staffed, bool(roles & {privacy.ESD}))
    if not roles & {privacy.CM, privacy.SUP, privacy.ESD} or (
        esd_only and not roles & {privacy.SUP, privacy.ESD}
    ):
        raise NotAllowed("Notes are written by the people who work on the case.")
    if not 1 <= len(text.strip()) <= 1000:
        raise InvalidInput(fields={"text": "Write a note of 1 to 1,000 characters."})
    work.db.add(
        Note(
            case_id=case.id,
            author_id=work.actor.id,
            written_at=work.now,
            esd_only=esd_only,
            text=text.strip(),
        )
    )
    record(work, "note_written", case, esd_only=esd_only)


def is_delegated(db: Session, actor: Actor, case: Case) -> bool:
    """Whether an open task of the case is assigned to this very person."""
    return any(task.assignee_id == actor.id for task in open_tasks(db, case.id))


def _case_manager(work: Work, username: str | None) -> Actor:
    """Whose case it will be: the actor's own, or the case manager whom a supervisor names."""
    if work.actor.has("case_manager"):
        return work.actor
    if not work.actor.has("esd_wioa_supervisor"):
        raise NotAllowed("Requests are opened by case managers, or by a supervisor on behalf of one.")
    person = person_named(work.db, username or "")
    manager = actor_for(work.db, person) if person else None
    if manager is None or not manager.has("case_manager") or manager.area != work.actor.area:
        raise InvalidInput(
            fields={"case_manager": "Choose the case manager on whose behalf you open the request."}
        )
    return manager


def _first_answers(work: Work, bundle: Bundle, evidence: Mapping[str, object]) -> Answers:
    form = bundle.forms[f"{FIRST_TASK}.json"]
    offices = offices_to_open_in(work.db, work.actor)
    return form.clean(dict(evidence), options_for(work.db, form, offices), work.now, labels())


def _new_case(work: Work, process: str, manager: Actor, office: str) -> Case:
    area = work.db.get_one(Office, office).area_code
    number = work.db.scalar(case_number)
    case = Case(
        number=f"{area}-{work.now.astimezone(settings().zone).year}-{number:06}",
        process_key=process,
        area_code=area,
        office_code=office,
        agency_code=manager.agency,
        case_manager_id=manager.id,
        opened_by_id=work.actor.id,
        opened_at=work.now,
        status="draft",
        attempts=0,
    )
    work.db.add(case)
    work.db.flush()
    record(work, "case_opened", case, process=process, on_behalf=manager.id != work.actor.id)
    return case


def _complete_first(work: Work, case: Case, answers: Answers) -> None:
    from workflows.commands.user_tasks import finish

    task = next(task for task in open_tasks(work.db, case.id) if task.element == FIRST_TASK)
    finish(work, case, task, answers)


def _locked_open(work: Work, number: str) -> Case:
    """An open case that the actor may steer: a case manager of its agency, or a supervisor of its group."""
    case = lock_case(work.db, case_numbered(work.db, number).id)
    work.about["case"] = number
    staffed = offices_with_supervisor(work.db)
    privacy.check_may_see(work.actor, case, staffed, is_delegated(work.db, work.actor, case))
    if not (privacy.is_own_case(work.actor, case) or privacy.supervises(work.actor, case, staffed)):
        raise NotAllowed("Only the case manager or a supervisor may do this.")
    if case.closed_at:
        raise NotNow("This case is closed.")
    return case


def _content_hash(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def _known_key(work: Work, key: str | None, content: object) -> Opened | None:
    """The earlier answer to a key, after its content was found to be the same."""
    if not key:
        return None
    work.db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{work.actor.id} {key}", 0))))
    row = work.db.get(IdempotencyKey, (work.actor.id, key))
    if row is None:
        return None
    if row.content_hash != _content_hash(content):
        raise KeyReused()
    case = work.db.get_one(Case, row.case_id)
    refused = case.outcome == "not_permitted"
    return Opened(
        case.number, tuple(steps.opening_shortcomings(work, case)) if refused else (), repeated=True
    )


def _keep_key(work: Work, key: str | None, content: object, case: Case) -> None:
    if not key:
        return
    row = IdempotencyKey(
        person_id=work.actor.id, key=key, content_hash=_content_hash(content), case_id=case.id, at=work.now
    )
    work.db.add(row)
    work.db.flush()
