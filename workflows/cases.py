"""The case: one client's request, its state and outcome, and the facts about the client that can be erased."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Sequence, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows import case_file
from workflows.db import Base, Json, JsonList, driver
from workflows.directory import at_version
from workflows.errors import NotFound
from workflows.language import gettext, marked
from workflows.pipeline import at_once

OUTCOMES = {
    "found_in_own_office": marked("Found in your own office"),
    "found_other_office_added": marked("Found in another office and added to yours"),
    "registration_not_completed": marked("The client did not register now"),
    "not_in_eto": marked("Not in the case management system"),
    "located_by_esd": marked("Located by Employment Security"),
    "opted_in": marked("Opted in"),
    "remained_opted_out": marked("Remains opted out"),
    "remained_opted_out_accepted": marked("Remains opted out, works with ESD staff"),
    "remained_opted_out_declined": marked("Remains opted out, offer declined or open"),
    "client_unreachable": marked("The client could not be reached"),
    "withdrawn": marked("Withdrawn"),
    "opted_out_again": marked("Opted out again"),
    "handed_to_esd": marked("Handed to Employment Security"),
    "closed_agreement_lapsed": marked("Closed, the agreement is not in force"),
    "duplicate_of": marked("Duplicate of an open request"),
    "opened_in_error": marked("Opened in error"),
    "not_permitted": marked("Not permitted"),
}
"""The closed list of domain 3.6 with its words; `remained_opted_out` is what a partner is shown of the two beside it."""

PRIVATE_OUTCOMES = frozenset({"remained_opted_out_accepted", "remained_opted_out_declined"})
"""Outcomes that tell the client's answer to the offer, which stays with ESD (X14)."""

NOT_SAID = "not_said"

ERROR_REASONS = {
    "wrong_client": marked("It is about the wrong client"),
    "nobody_asked": marked("Nobody made this request"),
    "begun_twice": marked("It was begun twice"),
    "practice": marked("It was made for practice"),
    NOT_SAID: marked("No reason was kept"),
}
"""Why a case is cancelled as opened in error: a closed list, because what was typed is erased with the case. People
choose from all but the last, which stands for an attempt that was made again after a failure."""

STATUSES = {
    "draft": marked("Draft"),
    "submitted": marked("With Employment Security"),
    "in_contact": marked("Supervisor is contacting the client"),
    "opting_in": marked("Opt-in is being recorded"),
    "confirming": marked("Partner confirms that the record is visible"),
    "follow_up": marked("Partner goes on serving the client"),
    "offering": marked("ESD staff are being offered"),
    "on_hold": marked("On hold"),
    "closed": marked("Closed"),
}

case_number = Sequence("case_number")


class Case(Base):
    """A request under 5512PRO. `held_at` puts it on hold without losing where it stood (domain 7.2).

    `told` is the decision the partner has been told (`opt_in` or `remain_opted_out`), None before N2 or N3.
    `partner_done_at`: when the partner's part of a case that remains opted out was done, whatever ESD still does.
    `anonymised_at`: when the facts about the client were erased because they need not be kept any more.
    `partner_view_ended_at` is set when the client opted out again: partner staff then see number and outcome only.
    """

    __tablename__ = "case"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    process_key: Mapped[str]
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    office_code: Mapped[str] = mapped_column(ForeignKey("office.code"))
    agency_code: Mapped[str] = mapped_column(ForeignKey("agency.code"))
    case_manager_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    linked_case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    status: Mapped[str] = mapped_column(default="draft")
    outcome: Mapped[str | None]
    told: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    call_client: Mapped[bool] = mapped_column(default=False)
    backup_opened: Mapped[bool] = mapped_column(default=False)
    opened_at: Mapped[datetime]
    edit_recorded_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]
    lapse_announced: Mapped[bool] = mapped_column(default=False)
    hold_escalated: Mapped[bool] = mapped_column(default=False)
    partner_view_ended_at: Mapped[datetime | None]
    partner_done_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    anonymised_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_case_open_agency", "agency_code", postgresql_where="closed_at IS NULL"),
        Index("ix_case_open_area", "area_code", postgresql_where="closed_at IS NULL"),
        Index("ix_case_linked", "linked_case_id"),
        Index(
            "ix_case_kept",
            "area_code",
            "closed_at",
            postgresql_where="anonymised_at IS NULL AND closed_at IS NOT NULL",
        ),
        Index("ix_case_number_begins", text("number text_pattern_ops")),
        Index("ix_case_number_ends", text("reverse(number) text_pattern_ops")),
    )

    @property
    def state(self) -> str:
        """The state shown: `on_hold` covers whatever stood before, until it is resumed."""
        return "on_hold" if self.held_at and not self.closed_at else self.status


NAME_WORDS = (
    "to_tsvector('simple', regexp_replace(normalize(coalesce(facts ->> 'client_first_name', '') || ' ' || "
    "coalesce(facts ->> 'client_last_name', ''), NFKD), '[\\u0300-\\u036f''’]', '', 'g'))"
)
"""The words of a client's name as they are searched: without accents and apostrophes. The index has the same text."""


class ClientFacts(Base):
    """What the client said about themselves (5512PRO 4). The only table that knows who the client is.

    The fingerprints are keyed hashes (domain 3.7); they go with the row.
    """

    __tablename__ = "client_facts"
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    facts: Mapped[Json]
    fingerprint: Mapped[str | None] = mapped_column(index=True)
    name_fingerprint: Mapped[str] = mapped_column(index=True)
    __table_args__ = (Index("ix_client_facts_name", text(NAME_WORDS), postgresql_using="gin"),)


class TaskRecord(Base):
    """The answers of a completed user task, without client facts; who may read which is the form's word."""

    __tablename__ = "task_record"
    task_id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    element: Mapped[str]
    answers: Mapped[Json]
    completed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    completed_at: Mapped[datetime]


class Note(Base):
    """A note on a case; `esd_only` ones are never shown to partner staff (domain 6.3)."""

    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime]
    esd_only: Mapped[bool]
    text: Mapped[str]


class IdempotencyKey(Base):
    """A door's answer to a key it has seen, so that a repeated request does nothing twice."""

    __tablename__ = "idempotency_key"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    content_hash: Mapped[str]
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    shortcomings: Mapped[JsonList]
    at: Mapped[datetime]


def new_numbers(db: Session) -> tuple[int, int]:
    """The number and the id of a new case, in one go; numbers of a case that comes to nothing are not used again. With
    them comes the version of the directory, asked for next."""
    numbers = "SELECT nextval('case_number'), nextval('case_id_seq'), version FROM directory_version"
    (((number, case_id, version),),) = at_once(driver(db), (numbers, ()))
    at_version(db, str(version))
    return int(number or 0), int(case_id or 0)


def case_numbered(db: Session, number: str, *, lock: bool = False) -> Case:
    """The case of a number; with `lock`, held until the end of the transaction."""
    case = db.scalar(select(Case).where(Case.number == number))
    if case is None:
        raise NotFound(gettext("There is no case {number} that you may see.").format(number=number))
    return lock_case(db, case.id) if lock else case


def lock_case(db: Session, case_id: int) -> Case:
    """The case of an id, fresh from the database and held until the end of the transaction, with its file."""
    return case_file.file_of(db, case_id).all(Case)[0]


NO_SUCH = {
    "task": marked("There is no such task that you may see."),
    "timer": marked("There is no such timer that you may see."),
}


def file_named(db: Session, by: str, key: object) -> case_file.CaseFile:
    """The file of the case of a `task` or `timer` of an id, held until the end of the transaction."""
    file = case_file.locked(db, by, key)
    if file is None:
        raise NotFound(gettext(NO_SUCH[by]))
    return file


def open_cases_of(db: Session, agency_code: str) -> int:
    """How many open cases an agency has."""
    query = (
        select(func.count())
        .select_from(Case)
        .where(Case.agency_code == agency_code, Case.closed_at.is_(None))
    )
    return db.scalar(query) or 0
