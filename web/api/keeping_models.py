"""What the API takes and gives about people, sent mail, settings, the history and emergency access."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from web.api.models import Strict

DAY = r"^(\d{4}-\d\d-\d\d)?$"


class PeopleQuery(BaseModel):
    """Which people: a part of the name, a role, an office, a state; `after` is the `next` of the page before."""

    q: str = Field("", max_length=80)
    role: str = Field("", max_length=40)
    office: str = Field("", max_length=20)
    state: Literal["", "active", "closed", "waiting"] = ""
    after: int | None = Field(None, ge=1, le=2_000_000_000)


class PersonOut(BaseModel):
    """A person; `roles_asked` wait for a supervisor, and so does the restriction where `lift_asked`."""

    username: str
    name: str
    email: str
    agency: str
    roles: list[str]
    roles_asked: list[str]
    offices: list[str]
    backup: list[str]
    is_esd_staff: bool
    is_restricted_user: bool
    lift_asked: bool
    active: bool
    trained_on: date | None
    non_disclosure_on: date | None
    eto_account_active: bool
    missing: list[str]


class PersonList(BaseModel):
    """A page of people, by name."""

    items: list[PersonOut]
    next: int | None


class PersonChange(Strict):
    """What is to change of a person; what is left out stays as it is."""

    name: str | None = Field(None, max_length=200)
    email: str | None = Field(None, max_length=200)
    roles: list[str] | None = Field(None, max_length=10)
    offices: list[str] | None = Field(None, max_length=100)
    backup: list[str] | None = Field(None, max_length=100)
    trained_on: str | None = Field(None, max_length=10, description="a date such as 2026-07-01, or empty")
    non_disclosure_on: str | None = Field(None, max_length=10, description="a date, or empty")
    eto_account_active: bool | None = None
    is_restricted_user: bool | None = Field(None, description="false asks a supervisor for approval")
    active: bool | None = None


class NewPerson(PersonChange):
    """A person to add; a link to choose a password is mailed to them."""

    username: str = Field(max_length=200)
    agency: str = Field(max_length=40)


class RolePath(BaseModel):
    """A role that is asked for, for a person."""

    username: str = Field(max_length=80)
    role: str = Field(max_length=40)


class Done(BaseModel):
    """What was asked is done."""

    done: Literal[True] = True


class SessionOut(BaseModel):
    """A live session of a browser; `last_used_at` is known to the minute."""

    id: int
    started_at: datetime
    last_used_at: datetime | None
    expires_at: datetime


class AccessOut(BaseModel):
    """What opens the product for a person now."""

    sessions: list[SessionOut]
    tokens: int
    link_until: datetime | None


class SessionPath(BaseModel):
    """The number of a session."""

    id: int = Field(ge=1, le=2_000_000_000)


class OutboxQuery(BaseModel):
    """Which messages; `before` is the `next` of the page before."""

    state: Literal["", "queued", "handing", "sent", "retrying", "undeliverable", "unknown", "withheld"] = ""
    to: str = Field("", max_length=80)
    case: str = Field("", max_length=40)
    since: str = Field("", pattern=DAY)
    until: str = Field("", pattern=DAY)
    before: int | None = Field(None, ge=1, le=2_000_000_000)


class MessageOfAreaOut(BaseModel):
    """A message of the area, without what it says of a case."""

    id: int
    about: str
    to: str
    username: str
    state: str
    queued_at: datetime
    sent_at: datetime | None
    attempts: int
    next_attempt_at: datetime
    error: str | None


class MessageOfAreaList(BaseModel):
    """A page of messages, newest first."""

    items: list[MessageOfAreaOut]
    next: int | None


class HappenedOut(BaseModel):
    """One thing that happened to a message."""

    at: datetime
    who: str
    words: str


class MessageDetailOut(MessageOfAreaOut):
    """A message with what happened to it, oldest first."""

    happened: list[HappenedOut]


class MessagePath(BaseModel):
    """The number of a message."""

    id: int = Field(ge=1, le=2_000_000_000)


class SettingsOut(BaseModel):
    """The settings of the area, by name, each as `PUT /settings/{name}` takes it."""

    labels: dict[str, str]
    hours: dict[str, str]
    holidays: dict[str, Any]
    mail: dict[str, Any]


class SettingPath(BaseModel):
    """The name of a setting."""

    name: Literal["labels", "hours", "holidays", "mail"]


class SettingBody(Strict):
    """A setting as it is to be: the names; opens and closes; opened and closed days; detail and domains."""

    value: dict[str, Any] = Field(max_length=20)


class AuditQuery(BaseModel):
    """Which events; `before` is the `next` of the page before."""

    who: str = Field("", max_length=80)
    kind: str = Field("", max_length=80)
    case: str = Field("", max_length=40)
    since: str = Field("", pattern=DAY)
    until: str = Field("", pattern=DAY)
    before: int | None = Field(None, ge=1, le=2_000_000_000)


class ExportQuery(BaseModel):
    """Which events, and in which form."""

    who: str = Field("", max_length=80)
    kind: str = Field("", max_length=80)
    case: str = Field("", max_length=40)
    since: str = Field("", pattern=DAY)
    until: str = Field("", pattern=DAY)
    form: Literal["csv", "json"] = "json"


class AuditEventOut(BaseModel):
    """An event of the history; the case by its number. `reason` is that of an emergency access."""

    at: datetime
    username: str
    name: str
    kind: str
    what: str
    case: str | None
    detail: dict[str, Any]
    reason: str


class AuditList(BaseModel):
    """A page of events, newest first."""

    items: list[AuditEventOut]
    next: int | None


class EmergencyBody(Strict):
    """Why somebody outside of a case must know who its client is."""

    reason: str


class EmergencyOut(BaseModel):
    """A case in an emergency; without an open access it holds no fact."""

    number: str
    status: str
    until: datetime | None
    client: dict[str, str]
