"""What the API takes and gives about problems."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from web.api.models import OnePage, Strict


class ProblemPath(BaseModel):
    """The number of an incident: 12 for P-000012."""

    id: int = Field(ge=1, le=2_000_000_000)


class ProblemsQuery(BaseModel):
    """Which incidents; `before` is the `next` of the page before."""

    status: Literal["open", "resolved", "dismissed"] = "open"
    before: int | None = Field(None, ge=1, le=2_000_000_000)


class ProblemOut(BaseModel):
    """An incident. `cause` and `tried_words` are sentences without any value; `element` is an id in the diagram."""

    id: int
    reference: str
    case: str | None
    tried: str
    tried_words: str
    where: str
    element: str | None
    kind: str
    cause: str
    who: str
    count: int
    first_at: datetime
    last_at: datetime
    status: str
    draft_kept: bool
    returned_at: datetime | None
    ended_at: datetime | None
    ended_by: str | None
    reason: str
    can_retry: bool


class ProblemList(BaseModel):
    """A page of incidents, newest first."""

    items: list[ProblemOut]
    next: int | None


class Chosen(Strict):
    """The incidents to try again."""

    ids: list[int] = Field(min_length=1, max_length=50)


class RetriedOut(BaseModel):
    """What came of one: went_on, returned, failed_again, not_again, or refused with a message."""

    reference: str
    result: str
    message: str


class RetriedList(OnePage):
    """What came of each."""

    items: list[RetriedOut]


class Dismissal(Strict):
    """Why an incident needs nothing more."""

    reason: str
