"""User tasks: the open work that people see, kept equal to what the saved instance waits for."""

from datetime import UTC, datetime

from sqlalchemy import DateTime, ForeignKey, Index, func, literal_column, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import OpenWork
from workflows.absences import absence_of
from workflows.area_settings import calendar_of
from workflows.calendar import Calendar
from workflows.case_file import file_of, files_of
from workflows.cases import Case
from workflows.db import Base, Json
from workflows.definitions import Bundle, role_of
from workflows.forms import Form
from workflows.history import record
from workflows.people import (
    Person,
    people_who_hold_both_keys,
    people_with,
    person_of,
    staff_of,
    supervisors_for,
)
from workflows.substitutes import stand_in_for
from workflows.work import Work

FAR = datetime(9999, 1, 1, tzinfo=UTC)
"""The due time, in the order of a list, of a task that has none."""
_FAR = "TIMESTAMP WITH TIME ZONE '9999-01-01 00:00:00+00'"
_DUE = text(f"coalesce(due_at, {_FAR})")
_OPEN = "closed_at IS NULL"


class UserTask(Base):
    """A task for a role and perhaps a person. `id` is the engine's id; it lives until `closed_at`.

    `ended_as` is `completed` or `withdrawn` (the process no longer waits for it).
    `version` counts changes, so that an old window is noticed. `remind_from`: a late task is not reminded of before,
    because the case waited for somebody else.
    """

    __tablename__ = "user_task"
    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    process: Mapped[str]
    element: Mapped[str]
    name: Mapped[str]
    form: Mapped[str]
    procedure_ref: Mapped[str]
    role: Mapped[str]
    area_code: Mapped[str]
    office_code: Mapped[str]
    agency_code: Mapped[str]
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    claimed_at: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    remind_from: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    ended_as: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)

    @property
    def is_esd(self) -> bool:
        """Whether it is Employment Security's own work, not shown to partner staff step by step."""
        return is_esd(self.role)

    __table_args__ = (
        Index("ix_user_task_office", "role", "office_code", _DUE, "id", postgresql_where=_OPEN),
        Index("ix_user_task_agency", "role", "agency_code", _DUE, "id", postgresql_where=_OPEN),
        Index("ix_user_task_assignee", "assignee_id", _DUE, "id", postgresql_where=_OPEN),
        Index("ix_user_task_late", "due_at", "id", postgresql_where=f"{_OPEN} AND reminded_at IS NULL"),
        Index("ix_user_task_claimed", "claimed_at", postgresql_where=_OPEN),
    )


DUE = func.coalesce(UserTask.due_at, literal_column(_FAR, DateTime(timezone=True)))
"""When a task is due, as the lists are ordered and their indexes are made."""


class TaskDraft(Base):
    """What somebody typed and has not completed. It may hold client facts, so it goes with the task or a purge.

    `version` counts how often it was saved, so that an old window is noticed.
    """

    __tablename__ = "task_draft"
    task_id: Mapped[str] = mapped_column(ForeignKey("user_task.id"), primary_key=True)
    answers: Mapped[Json]
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    saved_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


def open_tasks(db: Session, case_id: int) -> list[UserTask]:
    """The open tasks of a case, oldest first."""
    if case_id in files_of(db):
        return [task for task in file_of(db, case_id).all(UserTask) if task.closed_at is None]
    query = select(UserTask).where(UserTask.case_id == case_id, UserTask.closed_at.is_(None))
    return list(db.scalars(query.order_by(UserTask.opened_at, UserTask.id)))


def form_of(bundle: Bundle, task: UserTask) -> Form:
    """The form of a task in the version its case runs on."""
    return bundle.forms[task.form]


def reconcile(work: Work, case: Case, bundle: Bundle, waiting: list[OpenWork], calendar: Calendar) -> None:
    """Open a row for each task the process now waits for; close the rows it no longer does."""
    rows = {task.id: task for task in open_tasks(work.db, case.id)}
    wanted = {item.id: item for item in waiting if item.kind == "user_task"}
    for task_id in rows.keys() - wanted.keys():
        close(work, case, rows[task_id], "withdrawn")
    for task_id in [item.id for item in waiting if item.id in wanted and item.id not in rows]:
        _open(work, case, bundle, wanted[task_id], calendar)


def close(work: Work, case: Case, task: UserTask, ended_as: str) -> None:
    """End a task and forget its draft."""
    task.closed_at = work.now
    task.ended_as = ended_as
    task.version += 1
    if ended_as == "completed":
        file_of(work.db, case.id).last_assignee[task.role] = task.assignee_id
    forget_draft(work.db, case.id, task.id)
    if ended_as == "withdrawn":
        record(work, "task_withdrawn", case, element=task.element, esd_only=is_esd(task.role))


def forget_draft(db: Session, case_id: int, task_id: str) -> None:
    """Erase what was typed into a task."""
    draft = file_of(db, case_id).one(TaskDraft, task_id)
    if draft:
        db.delete(draft)


def is_esd(role: str) -> bool:
    """Whether a role's work is Employment Security's own, not shown to partner staff step by step."""
    return role.startswith("esd_")


def _open(work: Work, case: Case, bundle: Bundle, item: OpenWork, calendar: Calendar) -> None:
    properties = item.element.properties
    role = role_of(item.lane, item.calling_lanes)
    due = _due_key(work.db, case, item)
    assignee_id = _natural_assignee(work.db, case, role, work.now)
    task = UserTask(
        id=item.id,
        case_id=case.id,
        process=item.process_id,
        element=item.element.id,
        name=item.element.name,
        form=properties["formJsonSchemaFilename"],
        procedure_ref=properties.get("procedureRef", ""),
        role=role,
        area_code=case.area_code,
        office_code=case.office_code,
        agency_code=case.agency_code,
        assignee_id=assignee_id,
        claimed_at=work.now if assignee_id else None,
        opened_at=work.now,
        due_at=calendar.add(work.now, bundle.service_levels.duration(due)) if due else None,
        version=1,
    )
    work.db.add(task)
    file = file_of(work.db, case.id)
    file.all(UserTask).append(task)
    file.elements.add(task.element)
    record(work, "task_opened", case, element=task.element, esd_only=is_esd(role))


def redraw(work: Work, case: Case, bundle: Bundle, task: UserTask, item: OpenWork, *, due: bool) -> None:
    """An open task as another version has it: name, form, clause and role; with `due` its due time, counted from when
    it opened. Whoever has it keeps it, unless it is another role's work now."""
    properties = item.element.properties
    task.name, task.form = item.element.name, properties["formJsonSchemaFilename"]
    task.procedure_ref = properties.get("procedureRef", "")
    role = role_of(item.lane, item.calling_lanes)
    if role != task.role:
        task.role = role
        task.assignee_id = _natural_assignee(work.db, case, role, work.now)
        task.claimed_at = work.now if task.assignee_id else None
    if due:
        calendar = calendar_of(work.db, bundle.service_levels, case.area_code)
        key = _due_key_of(work.db, task, item)
        task.due_at = calendar.add(task.opened_at, bundle.service_levels.duration(key)) if key else None
        task.reminded_at = task.remind_from = None
    task.version += 1


def _due_key_of(db: Session, task: UserTask, item: OpenWork) -> str | None:
    """The service level of a task that is open: `dueAgain` when it was not the first one at its element."""
    earlier = select(UserTask.id).where(UserTask.case_id == task.case_id, UserTask.element == task.element)
    again = db.scalar(earlier.where(UserTask.id != task.id).limit(1)) is not None
    properties = item.element.properties
    return properties["dueAgain"] if again and "dueAgain" in properties else properties.get("due")


def _due_key(db: Session, case: Case, item: OpenWork) -> str | None:
    """The service level of a task: `dueAgain` when the case has been here before, such as for a further attempt."""
    properties = item.element.properties
    if "dueAgain" in properties and item.element.id in file_of(db, case.id).elements:
        return properties["dueAgain"]
    return properties.get("due")


def _natural_assignee(db: Session, case: Case, role: str, now: datetime) -> int | None:
    """A partner's task goes to the case manager; another to whoever last worked on this role in the case. Whoever may
    no longer do it (left, or lost a key) gets none, and the task is the group's; that of somebody absent is the
    substitute's."""
    if role == "case_manager":
        manager = person_of(db, case.case_manager_id)
        return manager.id if manager and manager.active else None
    last = file_of(db, case.id).last_assignee.get(role)
    if not is_esd(role):
        return last
    able = {person.id: person for person in people_who_hold_both_keys(db, case.area_code)}
    person = able.get(last or 0)
    if person is None or absence_of(db, person.id, now) is None:
        return person.id if person else None
    substitute = stand_in_for(db, person, case.office_code, now)
    return substitute.id if substitute else None


def candidates(work: Work, case: Case, task: UserTask) -> list[Person]:
    """The people a task is offered to."""
    if is_esd(task.role):
        backups = (
            staff_of(work.db, "esd_wioa_supervisor", case.office_code, backup=True)
            if case.backup_opened
            else []
        )
        return supervisors_for(work.db, case.office_code, case.area_code) + backups
    if task.role == "program_manager":
        return people_with(work.db, "program_manager", area=case.area_code)
    person = person_of(work.db, case.case_manager_id)
    return [person] if person else []
