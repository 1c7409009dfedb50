"""What the API takes and gives, as the OpenAPI document describes it."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Strict(BaseModel):
    """A request body: a field that is not known is refused, not ignored."""

    model_config = ConfigDict(extra="forbid")


class Refusal(BaseModel):
    """Why something was refused; `fields` names each answer to be put right."""

    code: str
    message: str
    fields: dict[str, str]


class Error(BaseModel):
    """Every failure."""

    error: Refusal


class OnePage(BaseModel):
    """A list that is given whole: it has the shape of all lists, and nothing comes after it."""

    next: None = None


class NewCase(Strict):
    """The evidence of a failed first search (5512PRO 1): which key was used, never its value."""

    office: str = Field(max_length=20)
    search_key: str = Field(
        max_length=40, description="name, eto_id or ssn: the kind of key, never the key itself"
    )
    total_own: int = Field(description="Total Participants shown by the search in the own office")
    case_manager: str | None = Field(None, max_length=80, description="for a supervisor: on whose behalf")


class NumberPath(BaseModel):
    """The number of a case, such as OLY-2026-000123."""

    number: str = Field(max_length=40)


class NumberOut(BaseModel):
    """The number of a case that was opened."""

    number: str


class Released(BaseModel):
    """A task that was given back."""

    id: str
    assignee: None


class Completed(BaseModel):
    """A task that was completed, and its case; `next` is a task of the case that is now yours, if there is one."""

    case: str
    completed: str
    next: str | None


class TaskPath(BaseModel):
    """The id of a user task."""

    id: str = Field(max_length=64)


class VersionPath(BaseModel):
    """A version of a process."""

    key: str = Field(max_length=80)
    n: int = Field(ge=1, le=2_000_000_000)


class IdempotencyHeader(BaseModel):
    """A key of the caller's choice; the same request with the same key opens nothing twice."""

    idempotency_key: str | None = Field(None, alias="Idempotency-Key", max_length=200)


class CasesQuery(BaseModel):
    """Which cases."""

    state: Literal["open", "closed", "all"] = "open"
    number: str = Field("", max_length=40)
    after: str | None = Field(None, max_length=40)


class FileQuery(BaseModel):
    """Which file of BPMN, by default that of the main process."""

    file: str | None = Field(None, max_length=120)


class Completion(Strict):
    """The answers to a task's form; `version` refuses them when the task was changed since."""

    data: dict[str, Any] = Field(default_factory=dict)
    version: int | None = None


class Reassignment(Strict):
    """The user name of the person who is to have the task."""

    assignee: str = Field(max_length=80)


class NoteBody(Strict):
    """A note; `esd_only` keeps it from partner staff."""

    text: str
    esd_only: bool = False


class ErrorBody(Strict):
    """Why a case is cancelled as opened in error."""

    reason: Literal["wrong_client", "nobody_asked", "begun_twice", "practice"]


class EntryPath(BaseModel):
    """A completed task of a case."""

    number: str = Field(max_length=40)
    id: str = Field(max_length=64)


class EntryOut(BaseModel):
    """A completed task: `names` may be put right, `data` is what holds of them now."""

    case: str
    id: str
    name: str
    names: list[str]
    data: dict[str, Any]


class CorrectionBody(Strict):
    """The answers of a completed task that are put right, and why."""

    data: dict[str, Any]
    why: str


class CorrectionOut(BaseModel):
    """An entry that was put right, in words; `reason` is empty for those who may not read it."""

    at: datetime
    who: str
    task: str
    label: str
    old: str
    new: str
    reason: str


class ProgressOut(BaseModel):
    """How far a case is: the marks of its diagrams (element: done or now), the diagrams that hold one, and the steps
    that may still come. `with_esd`: Employment Security is at work and its steps are not told one by one."""

    marks: dict[str, Literal["done", "now"]]
    diagrams: list[dict[str, str]]
    coming: list[dict[str, str]]
    with_esd: bool


class TaskOut(BaseModel):
    """A user task. `element` is its id in the diagram, `step` the clause of the procedure."""

    id: str
    case: str
    process: str
    element: str
    name: str
    step: str
    role: str
    office: str
    agency: str
    assignee: str | None
    due: datetime | None
    version: int


class TaskDetail(TaskOut):
    """A task with its form as a JSON Schema and the saved draft."""

    help: str
    form: dict[str, Any]
    draft: dict[str, Any]
    closed: bool


class CaseOut(BaseModel):
    """A case, as far as its reader may see it."""

    number: str
    process: str
    version: int
    status: str
    outcome: str | None
    office: str
    agency: str
    opened_at: datetime
    closed_at: datetime | None
    sentence: str
    edit_recorded_at: datetime | None
    client: dict[str, Any]
    tasks: list[TaskOut]
    linked: list[str]
    possible_matches: list[str]
    notes: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    progress: ProgressOut
    corrections: list[CorrectionOut]


class CaseRowOut(BaseModel):
    """A case in a list."""

    number: str
    process: str
    status: str
    outcome: str | None
    office: str
    agency: str
    opened_at: datetime
    closed_at: datetime | None
    age_days: int


class CaseList(BaseModel):
    """A page of cases."""

    items: list[CaseRowOut]
    next: str | None


class EventOut(BaseModel):
    """One event of a case's history."""

    at: datetime
    who: str
    kind: str
    element: str | None
    words: str


class EventList(OnePage):
    """The history of a case."""

    items: list[EventOut]


class MessageOut(BaseModel):
    """A message of a case; `message` is its number in the procedure's list, such as N1."""

    id: int
    message: str
    kind: str
    words: str
    to: str
    state: str
    subject: str | None
    queued_at: datetime
    sent_at: datetime | None
    attempts: int


class MessageList(OnePage):
    """The messages of a case."""

    items: list[MessageOut]


class VersionOut(BaseModel):
    """A version of a process."""

    key: str
    name: str
    version: int
    state: str
    deployed_at: datetime
    sha256: str
    open_cases: int


class StepOut(BaseModel):
    """Work of a person in a diagram. `element` is its id, `step` the clause of the procedure, `due` a length of time."""

    element: str
    name: str
    process: str
    process_name: str
    role: str
    form: str
    due: str
    step: str
    help: str


class VersionDetail(VersionOut):
    """A version with its files, by the process that each holds, and its steps in the order of the diagrams."""

    files: dict[str, str]
    steps: list[StepOut]


class VersionList(OnePage):
    """The versions of all processes."""

    items: list[VersionOut]


class UserPath(BaseModel):
    """The user name of a person."""

    username: str = Field(max_length=80)


class TokenPath(BaseModel):
    """The number of a token."""

    id: int = Field(ge=1, le=2_000_000_000)


class TokensQuery(BaseModel):
    """Whose tokens, by default one's own."""

    of: str = Field("", max_length=80)


class TokenOut(BaseModel):
    """A token that opens the API, without the token itself; `last_used_at` is known to the minute."""

    id: int
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime


class TokenList(OnePage):
    """The tokens of a person, newest first."""

    username: str
    items: list[TokenOut]


class Revoked(BaseModel):
    """A token that opens nothing any more."""

    id: int
    revoked: Literal[True]


class LiftRequestOut(BaseModel):
    """A request to lift the restriction of ESD staff that waits for a supervisor."""

    username: str
    asked_by: str
    asked_at: datetime


class LiftRequestList(OnePage):
    """The requests that wait."""

    items: list[LiftRequestOut]


class LiftState(BaseModel):
    """How far the request to lift the restriction of a person is."""

    username: str
    state: Literal["waiting", "approved", "declined"]
