"""What the API gives of the team: whose clock, load, absences, backup groups."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from web.api.models import OnePage, Strict


class ShareOut(BaseModel):
    """The opening minutes charged to a party; `now`: it is waited for now."""

    party: str
    minutes: int
    now: bool


class TurnOut(BaseModel):
    """An interval and the party it is charged to; closed hours to `nobody`."""

    party: str
    start: datetime
    end: datetime


class ClockOut(BaseModel):
    """Whose clock a case was on."""

    totals: list[ShareOut]
    turns: list[TurnOut]


class OfficeLoadOut(BaseModel):
    """The open work of Employment Security in an office: `waiting` are the tasks that nobody holds."""

    code: str
    name: str
    cases: int
    tasks: int
    waiting: int
    late: int
    backups: list[str]


class LoadOut(BaseModel):
    """What somebody of the team holds; `away_until` while an absence lasts, with the name of the substitute."""

    username: str
    name: str
    offices: list[str]
    held: int
    late: int
    away_until: date | None
    substitute: str


class TeamOut(BaseModel):
    """Offices, and for their supervisor the people."""

    offices: list[OfficeLoadOut]
    people: list[LoadOut]


class TeamTasksQuery(BaseModel):
    """Which tasks: the late ones, those nobody holds, or all; perhaps of one holder."""

    view: Literal["late", "waiting", "all"] = "late"
    holder: str = Field("", max_length=80)
    after: str | None = Field(None, max_length=300)


class TeamTaskOut(BaseModel):
    """An open task of the team's offices; `holder` is a name."""

    id: str
    case: str
    name: str
    step: str
    office: str
    agency: str
    holder: str | None
    holder_away: bool
    due: datetime | None
    late: bool


class TeamTaskList(BaseModel):
    """A page of tasks."""

    items: list[TeamTaskOut]
    next: str | None


class ManyReassigned(Strict):
    """Tasks that are to be given to one person."""

    tasks: list[str] = Field(max_length=100)
    assignee: str = Field(max_length=80)


class GivenOut(BaseModel):
    """What became of one of them: `refused` says why it was not given, and is empty when it was."""

    task_id: str
    name: str
    refused: str


class GivenList(OnePage):
    """What became of each."""

    items: list[GivenOut]


class AgeingQuery(BaseModel):
    """Which page of the ageing list."""

    page: int = Field(1, ge=1, le=10_000)


class AgedOut(BaseModel):
    """An open case with whose clock it was on; `in_hands`: opening minutes in the hands of Employment Security."""

    number: str
    status: str
    office: str
    agency: str
    age_days: int
    waits_for: str
    in_hands: int
    shares: list[ShareOut]


class AgeingList(BaseModel):
    """The open cases, those longest in the supervisor's hands first."""

    items: list[AgedOut]
    next: int | None


class NewAbsence(Strict):
    """Who is away on which days, both included, and who stands in (user names)."""

    person: str = Field(max_length=80)
    substitute: str = Field(max_length=80)
    first_day: str = Field(max_length=10)
    last_day: str = Field(max_length=10)


class AbsenceOut(BaseModel):
    """An absence that is not over; `begun`: somebody stands in now."""

    id: int
    name: str
    substitute: str
    first_day: date
    last_day: date
    begun: bool


class AbsenceList(OnePage):
    """The absences of the team, the next first."""

    items: list[AbsenceOut]


class AbsencePath(BaseModel):
    """The number of an absence."""

    id: int = Field(ge=1, le=2_000_000_000)


class OfficePath(BaseModel):
    """The code of an office."""

    office: str = Field(max_length=20)


class BackupMembers(Strict):
    """The user names of a backup group."""

    members: list[str] = Field(max_length=100)


class BackupGroupOut(BaseModel):
    """The backup group of an office: `members` are user names, `own` the names of its own supervisors."""

    code: str
    name: str
    own: list[str]
    members: list[str]


class BackupGroupList(OnePage):
    """The backup groups of the offices one leads."""

    items: list[BackupGroupOut]
