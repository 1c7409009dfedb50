"""What the API gives of the team: whose clock, load, absences, backup groups."""

from datetime import datetime

from pydantic import BaseModel


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
