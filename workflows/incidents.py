"""Incidents: a case that could not go on at some point, kept until somebody has looked after it.

What failed is rolled back whole, so everything before it stands. The incident is written in a transaction of its
own, with words that hold no value and no fact about a client. The same failure again counts up.
"""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, ForeignKey, Index, and_, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from engine import Element
from workflows import clock
from workflows.cases import PRIVATE_OUTCOMES, Case, lock_case
from workflows.db import Base, transaction
from workflows.definitions import MAIN_PROCESS, bundle_of, deployed
from workflows.errors import Incident, Met, Trouble
from workflows.history import record
from workflows.instances import ProcessInstance
from workflows.language import marked
from workflows.outbox import ESD_ONLY_KINDS
from workflows.people import Actor
from workflows.privacy import CM, OFFER_ELEMENTS
from workflows.work import Tried, Work

log = structlog.get_logger()

TRIED = {
    "start": marked("Opening a request"),
    "complete": marked("Completing “{}”"),
    "timer": marked("A time limit passed"),
    "remind": marked("A reminder of “{}”"),
    "free_idle": marked("Giving the idle task “{}” back to its group"),
    "withdraw": marked("Recording that the client withdraws"),
    "opened_in_error": marked("Closing a case that was opened in error"),
    "opt_out_again": marked("Passing on that the client wants to opt out again"),
    "review": marked("Reviewing the case after a change of agreement"),
    "warn": marked("Warning that an agreement of “{}” ends"),
    "daily": marked("The daily mail to “{}”"),
    "anonymise": marked("Erasing the facts about a client that need not be kept any more"),
}
"""Each thing that is tried with its words; the name of the task goes between the quotes."""

MOST_ATTEMPTS = 6
"""So many times the clock tries by itself; then it waits for somebody to have looked at the incident."""

REST = timedelta(hours=1)
"""How long the clock leaves a task alone whose reminder failed."""


class CaseIncident(Base):
    """A failure that nobody has looked after yet (`open`), or `resolved` or `dismissed`.

    `same_as` tells one failure from another: the case, what was tried, where it stood and why it failed.
    `private`: the place tells the client's answer to the offer, which stays with ESD (X14).
    `returned_at`: when the person's task was given back to be tried again; a further failure takes it back.
    `case_id` is None when the case vanished with the failure of its start. `person_id` met it last, None for the clock.
    """

    __tablename__ = "incident"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"), index=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    same_as: Mapped[str]
    tried: Mapped[str]
    subject: Mapped[str]
    name: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    element: Mapped[str]
    element_name: Mapped[str]
    kind: Mapped[str]
    cause: Mapped[str]
    private: Mapped[bool]
    draft_kept: Mapped[bool]
    count: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    status: Mapped[str]
    returned_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str]
    __table_args__ = (
        Index("ix_incident_open", "area_code", "same_as", unique=True, postgresql_where="status = 'open'"),
        Index("ix_incident_open_subject", "subject", postgresql_where="status = 'open'"),
    )

    @property
    def reference(self) -> str:
        """What people say to each other: `P-000012`."""
        return f"P-{self.id:06}"


def write_down(actor: Actor, tried: Tried, incident: Incident, *, draft_kept: bool) -> bool:
    """Keep an incident in a transaction of its own; whether that could be done. The incident then says where it is
    looked after."""
    try:
        with transaction() as db:
            work = Work(db, actor, clock.now())
            case = _case(db, tried, incident.trouble)
            row, is_new = _kept(work, case, tried, incident.trouble, draft_kept)
            if is_new:
                _record(work, case, row, tried)
            number = case.number if case else ""
    except Exception as error:
        log.error("incident_not_written", case=incident.trouble.case_id, error=type(error).__name__)
        return False
    task_id = tried.subject if tried.what == "complete" else ""
    incident.written_down(Met(row.reference, tried.what, task_id, number, draft_kept))
    return True


def _case(db: Session, tried: Tried, trouble: Trouble) -> Case | None:
    """The case that failed, locked; the one that was worked on when the failed one was never saved."""
    known = [case_id for case_id in (trouble.case_id, tried.case_id) if case_id is not None]
    saved = next((case_id for case_id in known if db.get(Case, case_id)), None)
    return lock_case(db, saved) if saved else None


def _kept(
    work: Work, case: Case | None, tried: Tried, trouble: Trouble, draft_kept: bool
) -> tuple[CaseIncident, bool]:
    """The row of a failure, and whether it is a new one."""
    element = _element(work.db, case, trouble)
    same = "|".join((str(case.id if case else 0), tried.what, tried.subject, trouble.element, trouble.kind))
    again = {
        "last_at": work.now,
        "person_id": work.actor.id,
        "cause": trouble.cause,
        "returned_at": None,
        "draft_kept": draft_kept,
    }
    new = insert(CaseIncident).values(
        case_id=case.id if case else None,
        area_code=case.area_code if case else tried.area or work.actor.area,
        same_as=same,
        tried=tried.what,
        subject=tried.subject,
        name=tried.name,
        element=trouble.element,
        element_name=(element.name if element else "") or trouble.element,
        kind=trouble.kind,
        private=tried.element in OFFER_ELEMENTS or _tells_offer(element),
        count=1,
        first_at=work.now,
        status="open",
        reason="",
        **again,
    )
    upsert = new.on_conflict_do_update(
        index_elements=[CaseIncident.area_code, CaseIncident.same_as],
        index_where=CaseIncident.status == "open",
        set_={**again, "count": CaseIncident.count + 1},
    )
    row = work.db.scalars(upsert.returning(CaseIncident)).one()
    return row, row.count == 1


def _element(db: Session, case: Case | None, trouble: Trouble) -> Element | None:
    """Where the process stood, as it is drawn in the version that the case runs on; diagrams that cannot be read
    any more name nothing."""
    instance = db.get(ProcessInstance, case.id) if case else None
    newest = deployed(db, area=case.area_code if case else None)
    definition_id = instance.definition_id if instance else newest.id if newest else None
    if not trouble.element or definition_id is None:
        return None
    try:
        process = instance.process if instance else MAIN_PROCESS
        return bundle_of(db, definition_id).definition(process).elements.get(trouble.element)
    except Exception as error:
        log.warning("element_not_named", element=trouble.element, error=type(error).__name__)
        return None


def _tells_offer(element: Element | None) -> bool:
    if element is None:
        return False
    outcome = element.properties.get("outcome")
    return element.id in OFFER_ELEMENTS or element.step in ESD_ONLY_KINDS or outcome in PRIVATE_OUTCOMES


def _record(work: Work, case: Case | None, row: CaseIncident, tried: Tried) -> None:
    """The history says what was tried, not where it stood: that may tell the answer to the offer."""
    own = case is not None and tried.case_id == case.id
    record(
        work,
        "incident_met",
        case,
        element=(tried.element or None) if own else None,
        esd_only=case is not None and not (own and tried.role in ("", CM)),
        area=row.area_code,
        problem=row.reference,
        tried=tried.what,
    )


def end(work: Work, row: CaseIncident, status: str, reason: str) -> None:
    """Close an incident as `resolved` or `dismissed`; its case, if it has one, is locked."""
    row.status, row.reason = status, reason
    row.ended_at, row.ended_by_id = work.now, work.actor.id
    case = work.db.get(Case, row.case_id) if row.case_id else None
    kind, esd_only = f"incident_{status}", case is not None
    record(work, kind, case, esd_only=esd_only, area=row.area_code, problem=row.reference)


def open_about(db: Session, tried: str, subject: str) -> CaseIncident | None:
    """The newest open incident of something that was tried."""
    query = select(CaseIncident).where(
        CaseIncident.status == "open", CaseIncident.tried == tried, CaseIncident.subject == subject
    )
    return db.scalar(query.order_by(CaseIncident.id.desc()).limit(1))


def settled(work: Work, tried: str, subject: str) -> None:
    """What the clock failed at before has gone through: its incident is closed."""
    row = open_about(work.db, tried, subject)
    if row is not None:
        end(work, row, "resolved", marked("It was tried again and went through."))


def resting(
    tried: str, subject: ColumnElement[str] | InstrumentedAttribute[str], now: datetime
) -> ColumnElement[bool]:
    """Whether the clock leaves something alone, because it failed a short while ago or too often."""
    tired = or_(CaseIncident.count >= MOST_ATTEMPTS, CaseIncident.last_at > now - REST)
    of_it = and_(CaseIncident.subject == subject, CaseIncident.tried == tried)
    return select(CaseIncident.id).where(CaseIncident.status == "open", of_it, tired).exists()


def keep_what_was_typed(work: Work) -> bool:
    """Do what rescues the answers of somebody whose task could not be completed; whether they are kept."""
    if work.rescue is None:
        return False
    try:
        work.rescue()
    except Exception as error:
        log.warning("draft_not_kept", error=type(error).__name__)
        return False
    return True
