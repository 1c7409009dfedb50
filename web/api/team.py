"""The team in the API: load, many tasks given at once, whose clock, absences and backup groups."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TypeVar

from flask import Response, g, jsonify
from pydantic import BaseModel

from web.api import api
from web.api.models import IdempotencyHeader
from web.api.team_models import (
    AbsenceList,
    AbsenceOut,
    AbsencePath,
    AgedOut,
    AgeingList,
    AgeingQuery,
    BackupGroupList,
    BackupGroupOut,
    BackupMembers,
    GivenList,
    GivenOut,
    LoadOut,
    ManyReassigned,
    NewAbsence,
    OfficeLoadOut,
    OfficePath,
    ShareOut,
    TeamOut,
    TeamTaskList,
    TeamTaskOut,
    TeamTasksQuery,
)
from workflows.commands import absences as absence_commands
from workflows.commands import keyed
from workflows.commands import team as commands
from workflows.queries import ageing as ageing_queries
from workflows.queries import team as queries
from workflows.queries.ageing import Aged
from workflows.queries.whose_clock import Share

M = TypeVar("M", bound=BaseModel)

MINUTE = timedelta(minutes=1)


@api.get("/team", responses={"200": TeamOut})
def read_team() -> Response:
    """The load of the offices and people one leads; program managers see the offices of the area."""
    seen = queries.team(g.actor)
    return _answer(TeamOut(offices=_all(OfficeLoadOut, seen.offices), people=_all(LoadOut, seen.people)))


@api.get("/team/tasks", responses={"200": TeamTaskList})
def list_team_tasks(query: TeamTasksQuery) -> Response:
    """The open tasks of Employment Security in the offices one leads."""
    found, following = queries.team_tasks(g.actor, query.view, query.holder, query.after)
    return _answer(TeamTaskList(items=_all(TeamTaskOut, found), next=following))


@api.post("/team/reassign", responses={"200": GivenList})
def reassign_many(body: ManyReassigned) -> Response:
    """Give many tasks to one person; each is decided for itself."""
    done = commands.reassign_many(g.actor, body.tasks, body.assignee)
    items = [GivenOut(task_id=one.key, name=one.name, refused=one.why) for one in done]
    return _answer(GivenList(items=items))


@api.get("/team/ageing", responses={"200": AgeingList})
def ageing(query: AgeingQuery) -> Response:
    """Whose clock the open cases are on, those longest in the supervisor's hands first."""
    rows, following = ageing_queries.ageing(g.actor, query.page)
    return _answer(AgeingList(items=[_aged(row) for row in rows], next=following))


@api.get("/team/absences", responses={"200": AbsenceList})
def list_absences() -> Response:
    """The absences of one's team that are not over."""
    return _absences()


@api.post("/team/absences", responses={"201": AbsenceList})
def enter_absence(body: NewAbsence, header: IdempotencyHeader) -> tuple[Response, int]:
    """Enter an absence; the substitute is told."""
    enter = keyed(header.idempotency_key, absence_commands.enter_absence)
    enter(g.actor, body.person, body.substitute, body.first_day, body.last_day)
    return _absences(), 201


@api.post("/team/absences/<int:id>/end", responses={"200": AbsenceList})
def end_absence(path: AbsencePath) -> Response:
    """End an absence early, or take it back."""
    absence_commands.end_absence(g.actor, path.id)
    return _absences()


@api.get("/team/backup-groups", responses={"200": BackupGroupList})
def list_backup_groups() -> Response:
    """The backup groups of the offices one leads."""
    return _backup_groups()


@api.post("/team/backup-groups/<string:office>", responses={"200": BackupGroupList})
def set_backup_group(path: OfficePath, body: BackupMembers) -> Response:
    """Set the backup group of an office."""
    commands.set_backup_group(g.actor, path.office, body.members)
    return _backup_groups()


def _absences() -> Response:
    return _answer(AbsenceList(items=_all(AbsenceOut, queries.away(g.actor).rows)))


def _backup_groups() -> Response:
    return _answer(BackupGroupList(items=_all(BackupGroupOut, queries.backup_groups(g.actor))))


def _aged(row: Aged) -> AgedOut:
    return AgedOut(
        number=row.number,
        status=row.status_words,
        office=row.office,
        agency=row.agency,
        age_days=row.age_days,
        waits_for=row.waits_for,
        in_hands=row.in_hands // MINUTE,
        shares=shares_out(row.shares),
    )


def shares_out(shares: Iterable[Share]) -> list[ShareOut]:
    """Shares of a case's time as the API gives them."""
    return [ShareOut(party=one.party, minutes=one.length // MINUTE, now=one.now) for one in shares]


def _all(model: type[M], rows: Iterable[object]) -> list[M]:
    """Rows of a query as the API gives them, by the same names."""
    return [model(**{name: getattr(row, name) for name in model.model_fields}) for row in rows]


def _answer(model: BaseModel) -> Response:
    return jsonify(model.model_dump(mode="json"))
