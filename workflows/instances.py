"""Process instances: load the saved state, let the engine go one step, write down everything that changed."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

import engine
from workflows import steps, timers, user_tasks
from workflows.area_settings import calendar_of
from workflows.case_file import file_of
from workflows.cases import PRIVATE_OUTCOMES, Case, lock_case
from workflows.db import Base
from workflows.definitions import Bundle, bundle_of
from workflows.failures import check_not_failed, guarded
from workflows.history import record
from workflows.work import Work


class ProcessInstance(Base):
    """The saved state of a case's process: the live part only, in the engine's versioned format."""

    __tablename__ = "process_instance"
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    definition_id: Mapped[int] = mapped_column(ForeignKey("process_definition.id"))
    process: Mapped[str]
    state: Mapped[bytes]
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]


@guarded
def begin(work: Work, case: Case, definition_id: int, process: str, data: Mapping[str, object]) -> None:
    """Start the process of a case and save where it waits."""
    bundle = bundle_of(work.db, definition_id)
    row = ProcessInstance(
        case_id=case.id,
        definition_id=definition_id,
        process=process,
        state=b"",
        version=0,
        changed_at=work.now,
    )
    work.db.add(row)
    file_of(work.db, case.id).all(ProcessInstance).append(row)
    step = partial(steps.call, work, case, bundle)
    context = _context(work, case, bundle)
    instance = engine.Instance.start(bundle.definition(process), data, step, context=context)
    _save(work, case, row, bundle, instance)


@guarded
def change(work: Work, case: Case, what: Callable[[engine.Instance], None]) -> None:
    """Let something happen in a case's process (the case is locked) and save it; all or nothing."""
    _go_on(work, case, _restored(work, case), what)


@guarded
def receive(work: Work, case: Case, message: str) -> bool:
    """Deliver a message to a case's process if something waits for it there; say whether it did."""
    instance = _restored(work, case)
    if not instance.is_waiting_for(message):
        return False
    _go_on(work, case, instance, lambda instance: instance.receive(message))
    return True


def _restored(work: Work, case: Case) -> engine.Instance:
    row, bundle = instance_of(work, case), bundle_of_case(work, case)
    step = partial(steps.call, work, case, bundle)
    context = _context(work, case, bundle)
    return engine.Instance.load(bundle.definition(row.process), row.state, step, context=context)


def _context(work: Work, case: Case, bundle: Bundle) -> engine.Context:
    """What conditions may ask for: the moment, and the business days of the case's area."""
    return engine.Context(work.now, calendar_of(work.db, bundle.service_levels, case.area_code))


def _go_on(
    work: Work, case: Case, instance: engine.Instance, what: Callable[[engine.Instance], None]
) -> None:
    what(instance)
    _announce_lapse(case, instance)
    _save(work, case, instance_of(work, case), bundle_of_case(work, case), instance)


def bundle_of_case(work: Work, case: Case) -> Bundle:
    """The bundle in the version a case runs on."""
    return bundle_of(work.db, instance_of(work, case).definition_id)


def instance_of(work: Work, case: Case) -> ProcessInstance:
    """The process instance of a case that this transaction has locked."""
    return file_of(work.db, case.id).all(ProcessInstance)[0]


def _announce_lapse(case: Case, instance: engine.Instance) -> None:
    """A case on hold tells its process so as soon as the process listens (domain 3.3, T90)."""
    if case.held_at and not case.lapse_announced and instance.is_waiting_for("agreement_lapsed"):
        case.lapse_announced = True
        instance.receive("agreement_lapsed")


def _save(work: Work, case: Case, row: ProcessInstance, bundle: Bundle, instance: engine.Instance) -> None:
    check_not_failed(instance)
    row.state = instance.dump()
    row.version += 1
    row.changed_at = work.now
    _follow_status(case, instance)
    waiting = instance.open_work()
    days = calendar_of(work.db, bundle.service_levels, case.area_code)
    user_tasks.reconcile(work, case, bundle, waiting, days)
    timers.reconcile(work, case, bundle, waiting, days)
    if instance.ended and not case.closed_at:
        _close(work, case, instance.outcome)
    _note_partners_end(work, case)
    while work.afterwards:
        work.afterwards.pop(0)()


def _note_partners_end(work: Work, case: Case) -> None:
    """The partner's part of a case that remains opted out ends with the partner's last task, and the history says so
    then: whose hand closed it, and when, would tell the answer to the offer (X14)."""
    waits = any(task.role == "case_manager" for task in user_tasks.open_tasks(work.db, case.id))
    if case.told == "remain_opted_out" and case.partner_done_at is None and not waits:
        case.partner_done_at = work.now
        if case.outcome is None or case.outcome in PRIVATE_OUTCOMES:
            record(work, "case_closed", case, outcome="remained_opted_out")


def _follow_status(case: Case, instance: engine.Instance) -> None:
    for trace in instance.trace:
        status = trace.element.properties.get("caseStatus")
        if status and trace.event == "entered":
            case.status = status


def _close(work: Work, case: Case, outcome: str | None) -> None:
    """The end: drafts are gone with their tasks, the outcome stands, the history says so."""
    case.status = "closed"
    case.outcome = outcome
    case.closed_at = work.now
    record(work, "case_closed", case, outcome=outcome, esd_only=outcome in PRIVATE_OUTCOMES)


def close_without_path(work: Work, case: Case, outcome: str) -> None:
    """An administrative close while no event of the process listens for it: the process is cancelled as a whole."""
    change(work, case, lambda instance: instance.cancel())
    if not case.closed_at:
        _close(work, case, outcome)


def answer_linked(work: Work, linked: Case) -> None:
    """Tell an open case of the same client that the opt-in was recorded with another case (domain 3.7)."""
    case = lock_case(work.db, linked.id)
    if case.closed_at is None and receive(work, case, "opted_in_elsewhere"):
        case.call_client = False
        record(work, "answered_by_linked_case", case, esd_only=True)


def end_sharing(work: Work, shared: Case) -> None:
    """After a client opted out again: the partner's view ends, and an open request of the client ends with it (C10)."""
    case = lock_case(work.db, shared.id)
    case.partner_view_ended_at = work.now
    record(work, "access_ended", case)
    if case.closed_at is None and not receive(work, case, "client_withdrew"):
        close_without_path(work, case, "withdrawn")
