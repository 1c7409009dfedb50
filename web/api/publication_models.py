"""What the API takes and gives about publishing a version of the procedure."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from web.api.models import OnePage, Strict


class DraftPath(BaseModel):
    """The number of a draft."""

    id: int = Field(ge=1, le=2_000_000_000)


class PublicationPath(BaseModel):
    """The number of a publication."""

    id: int = Field(ge=1, le=2_000_000_000)


class MovedCasesQuery(BaseModel):
    """Which open cases: of a class, and from which number on (the `next` of the page before)."""

    kind: Literal["", "unchanged", "changes", "cannot"] = ""
    after: str = Field("", max_length=40)


class CheckProblem(BaseModel):
    """Something wrong: its file and element, the rule, why, and how to mend it."""

    file: str
    element: str
    rule: str
    reason: str
    mend: str


class CheckOut(BaseModel):
    """One thing that is checked; `asked` is false where something else has to be mended first."""

    words: str
    asked: bool
    problems: list[CheckProblem]


class MovedCase(BaseModel):
    """An open case by its number: `kind` is its class, `changes` what it gains, loses and has changed in sentences,
    `reason` why it cannot move; `state` what came of it, empty before."""

    number: str
    office: str
    agency: str
    version: int
    kind: Literal["unchanged", "changes", "cannot"]
    changes: list[str]
    reason: str
    state: str


class MovedCaseList(BaseModel):
    """A page of open cases; `counts` are of all of them by class, `next` is where the next page begins."""

    counts: dict[str, int]
    items: list[MovedCase]
    next: str | None


class ProofOut(BaseModel):
    """What is checked of a draft, and, once all of it is good, what becomes of the open cases."""

    row_version: int
    checks: list[CheckOut]
    cases: MovedCaseList | None


class Proposal(Strict):
    """Proposing a draft: why, and for which cases the version is to hold. With `row_version` a draft that was changed
    since is refused."""

    note: str = Field(max_length=2000)
    mode: Literal["new_cases", "move_open_cases"]
    row_version: int | None = Field(None, ge=1)


class PublicationRef(BaseModel):
    """The number of a publication and its state."""

    id: int
    state: str


class ApprovedPublication(PublicationRef):
    """A publication that was approved, with the version that it became."""

    version: int


class DeclineReason(Strict):
    """The reason for declining."""

    reason: str = Field(max_length=2000)


class PublicationOut(BaseModel):
    """A publication. `outcome`: how many of its cases came out how; `undo_until` is set while it can be undone."""

    id: int
    name: str
    state: str
    note: str
    moves_cases: bool
    base_version: int
    version: int | None
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None
    reason: str
    finished_at: datetime | None
    undone_by: str
    undone_at: datetime | None
    undo_until: datetime | None
    outcome: dict[str, int]


class PublicationList(OnePage):
    """The publications of the area, newest first."""

    items: list[PublicationOut]
