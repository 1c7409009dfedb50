"""Opening a case, and what may happen to it besides its tasks: withdrawal, opened in error, opting out again."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from workflows import access, instances, privacy, retention, steps
from workflows.area_settings import labels_of
from workflows.case_file import new_file
from workflows.cases import (
    ERROR_REASONS,
    NOT_SAID,
    Case,
    IdempotencyKey,
    Note,
    case_numbered,
    lock_case,
    new_numbers,
)
from workflows.commands import command
from workflows.commands.user_tasks import finish
from workflows.definitions import MAIN_PROCESS, OPT_OUT_AGAIN, Bundle, ProcessDefinition, bundle_of, deployed
from workflows.errors import HeldByAgreement, InvalidBundle, InvalidInput, KeyReused, NotAllowed, NotNow
from workflows.forms import Answers
from workflows.history import record
from workflows.language import gettext
from workflows.organisations import offices
from workflows.people import Actor, Person, actor_for, person_named
from workflows.privacy import Standing
from workflows.request_keys import check_key
from workflows.settings import settings
from workflows.ssn_guard import guard
from workflows.task_forms import offices_to_open_in, options_for
from workflows.user_tasks import open_tasks
from workflows.work import Tried, Work

FIRST_TASK = "T1_QuickSearchOwnOffice"

PARTNER_WITHDRAWS = ("draft", "submitted", "in_contact")
"""The states in which a case manager may pass on that the client withdraws: before the decision (domain 6.2)."""

PARTNER_PURGES = ("draft", "submitted")
"""The states in which a case manager may close a case as opened in error (domain 6.2)."""


@dataclass(frozen=True)
class Opened:
    """The answer to opening a case: its number, and why it was refused (then it is only counted)."""

    number: str
    shortcomings: tuple[str, ...] = ()


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
    guard({**evidence, "case_manager": case_manager})
    check_key(idempotency_key or "")
    manager = _case_manager(work, case_manager)
    known = _known_key(work, idempotency_key, [evidence, case_manager])
    if known:
        return known
    definition = _deployed(work, manager.area)
    bundle = bundle_of(work.db, definition.id)
    answers = _first_answers(work, bundle, evidence)
    office = answers.record["office"]
    if office not in manager.offices:
        raise InvalidInput(
            fields={"case_manager": gettext("Choose a case manager who works in this office.")}
        )
    work.tried = Tried("start", subject=MAIN_PROCESS)
    case = _new_case(work, MAIN_PROCESS, manager, office)
    instances.begin(work, case, definition.id, MAIN_PROCESS, {})
    shortcomings = steps.opening_shortcomings(work, case) if case.closed_at else []
    _keep_key(work, idempotency_key, [evidence, case_manager], case, shortcomings)
    if not case.closed_at:
        _complete_first(work, case, answers)
    return Opened(case.number, tuple(shortcomings))


@command
def withdraw(work: Work, number: str) -> None:
    """The client withdraws the request: by the case manager before the decision, or by a supervisor (domain 6.2)."""
    case = _steered(work, number, partner_until=PARTNER_WITHDRAWS)
    work.tried = Tried("withdraw", case.id, number)
    record(work, "case_withdrawn", case)
    if not instances.receive(work, case, "client_withdrew"):
        instances.close_without_path(work, case, "withdrawn")


@command
def opened_in_error(work: Work, number: str, reason: str = NOT_SAID) -> None:
    """The case should not exist: what is stored about the client is erased at once, the number stays (domain 6.2).

    `reason` is one of `ERROR_REASONS`; the doors ask for one, and an attempt that is made again has none to give.
    """
    if reason not in ERROR_REASONS:
        raise InvalidInput(fields={"reason": gettext("Choose why the case is cancelled.")})
    case = _steered(work, number, partner_until=PARTNER_PURGES)
    if retention.is_held(work.db, case.id):
        raise NotNow(
            gettext("The records of this case are kept for a records request or a court. Nothing was erased.")
        )
    work.tried = Tried("opened_in_error", case.id, number)
    record(work, "case_opened_in_error", case, reason=reason)
    if not instances.receive(work, case, "opened_in_error"):
        steps.forget_client(work, case)
        instances.close_without_path(work, case, "opened_in_error")


@command
def opt_out_again(work: Work, number: str) -> str:
    """The client wants to opt out again (C09, C10): a small case of its own, never refused for an agreement."""
    origin = lock_case(work.db, case_numbered(work.db, number).id)
    work.about["case"] = number
    _check_may_pass_on(access.standing(work, origin))
    if origin.told != "opt_in":
        raise NotNow(gettext("The record was not opted in with this case, so there is nothing to undo."))
    if known := _open_opt_out(work, origin):
        return known
    work.tried = Tried("opt_out_again", origin.id, number)
    manager = work.db.get_one(Person, origin.case_manager_id)
    case = _new_case(work, OPT_OUT_AGAIN, actor_for(work.db, manager), origin.office_code)
    case.linked_case_id = origin.id
    record(work, "opt_out_again_wanted", origin, number=case.number)
    instances.begin(work, case, _deployed(work, case.area_code).id, OPT_OUT_AGAIN, {})
    return case.number


def _check_may_pass_on(standing: Standing) -> None:
    """Whoever works with the client may pass on the wish: no agreement and no delegation is asked (C10)."""
    if standing.actor.has(privacy.ESD) and standing.actor.holds_two_keys and standing.serves_office:
        return
    privacy.check_may_see(standing)
    if not standing.roles & {privacy.CM, privacy.SUP, privacy.ESD}:
        raise NotAllowed(
            gettext("Case managers, ESD staff and supervisors pass on a client's wish to opt out.")
        )


def _open_opt_out(work: Work, origin: Case) -> str | None:
    """The number of the open case for the same wish, so that one wish is one case."""
    same = Case.linked_case_id == origin.id, Case.process_key == OPT_OUT_AGAIN, Case.closed_at.is_(None)
    return work.db.scalar(select(Case.number).where(*same).limit(1))


@command
def add_note(work: Work, number: str, text: str, esd_only: bool = False) -> None:
    """Write a note: shared with the partner, or for ESD alone (domain 6.3)."""
    guard({"text": text})
    case = lock_case(work.db, case_numbered(work.db, number).id)
    work.about["case"] = number
    standing = access.standing(work, case)
    privacy.check_may_see(standing)
    if not standing.roles & {privacy.CM, privacy.SUP, privacy.ESD} or (esd_only and not standing.is_esd):
        raise NotAllowed(gettext("Notes are written by the people who work on the case."))
    if standing.is_reduced:
        raise HeldByAgreement()
    if not 1 <= len(text.strip()) <= 1000:
        raise InvalidInput(fields={"text": gettext("Write a note of 1 to 1,000 characters.")})
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


def _deployed(work: Work, area: str) -> ProcessDefinition:
    definition = deployed(work.db, area=area)
    if definition is None:
        raise InvalidBundle(gettext("No process is deployed. Ask an administrator to deploy one."))
    return definition


def _case_manager(work: Work, username: str | None) -> Actor:
    """Whose case it will be: the actor's own, or the case manager whom a supervisor names."""
    if work.actor.has("case_manager"):
        return work.actor
    if not privacy.may_open_requests(work.actor):
        raise NotAllowed(
            gettext("Requests are opened by case managers, or by a supervisor on behalf of one.")
        )
    person = person_named(work.db, username or "")
    manager = actor_for(work.db, person) if person else None
    if manager is None or not manager.has("case_manager") or manager.area != work.actor.area:
        raise InvalidInput(
            fields={"case_manager": gettext("Choose the case manager on whose behalf you open the request.")}
        )
    return manager


def _first_answers(work: Work, bundle: Bundle, evidence: Mapping[str, object]) -> Answers:
    form = bundle.forms[f"{FIRST_TASK}.json"]
    options = options_for(work.db, form, offices_to_open_in(work.db, work.actor))
    return form.clean(dict(evidence), options, work.now, labels_of(work.db, work.actor.area))


def _new_case(work: Work, process: str, manager: Actor, office: str) -> Case:
    area = next(one.area_code for one in offices(work.db) if one.code == office)
    number, case_id = new_numbers(work.db)
    case = Case(
        id=case_id,
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
        call_client=False,
        backup_opened=False,
        lapse_announced=False,
        hold_escalated=False,
    )
    work.db.add(case)
    new_file(work.db, case)
    record(work, "case_opened", case, process=process, on_behalf=manager.id != work.actor.id)
    return case


def _complete_first(work: Work, case: Case, answers: Answers) -> None:
    task = next(task for task in open_tasks(work.db, case.id) if task.element == FIRST_TASK)
    finish(work, case, task, answers)


def _steered(work: Work, number: str, partner_until: tuple[str, ...]) -> Case:
    """An open case, locked, that the actor may end: a supervisor of its group; or a case manager of its agency in the
    early states, under an agreement in force, and never the client's wish to opt out again."""
    case = lock_case(work.db, case_numbered(work.db, number).id)
    work.about["case"] = number
    standing = access.standing(work, case)
    privacy.check_may_see(standing)
    if not (standing.is_own_case or standing.supervises):
        raise NotAllowed(gettext("Only the case manager or a supervisor may do this."))
    if privacy.visible_closed_at(standing):
        raise NotNow(gettext("This case is closed."))
    if not standing.supervises:
        _check_partner_may_end(standing, partner_until)
    return case


def _check_partner_may_end(standing: Standing, until: tuple[str, ...]) -> None:
    if standing.is_reduced:
        raise HeldByAgreement()
    if standing.case.process_key != MAIN_PROCESS:
        raise NotAllowed(gettext("The client's wish to opt out is dealt with by Employment Security."))
    if standing.case.status not in until:
        raise NotNow(gettext("Employment Security is already working on this request. Ask the supervisor."))


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
    return Opened(work.db.get_one(Case, row.case_id).number, tuple(row.shortcomings))


def _keep_key(work: Work, key: str | None, content: object, case: Case, shortcomings: list[str]) -> None:
    if not key:
        return
    row = IdempotencyKey(
        person_id=work.actor.id,
        key=key,
        content_hash=_content_hash(content),
        case_id=case.id,
        shortcomings=shortcomings,
        at=work.now,
    )
    work.db.add(row)
    work.db.flush()
