"""What the API takes and gives about webhooks."""

from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field

from web.api.models import OnePage, Strict

Kind = Literal[
    "case.opened",
    "case.request_sent",
    "case.contact_made",
    "case.partner_told",
    "case.held",
    "case.resumed",
    "case.closed",
]


class WebhookPath(BaseModel):
    """The number of a webhook."""

    id: int = Field(ge=1, le=2_000_000_000)


class WebhookBody(Strict):
    """An https address without user name or password, and the kinds of events it is told of."""

    url: str = Field(max_length=500, examples=["https://hooks.example.org/desk"])
    kinds: list[Kind] = Field(min_length=1, max_length=20)


class WebhookOut(BaseModel):
    """A webhook. `disabled_at`: it is turned off, and events wait. `failing_since`: when the first event failed of
    those that wait. `secret` is there only in the answer that tells it."""

    id: int
    url: str
    kinds: list[str]
    created_by: str
    created_at: datetime
    disabled_at: datetime | None
    waiting: int
    failing_since: datetime | None
    arrived_last_at: datetime | None
    secret: str | None = None


class WebhookList(OnePage):
    """The webhooks of the area."""

    items: list[WebhookOut]


class Removed(BaseModel):
    """A webhook that is gone."""

    id: int
    removed: Literal[True]


class DeliveriesQuery(BaseModel):
    """`before` is the `next` of the page before."""

    before: int | None = Field(None, ge=1, le=2**62)


class DeliveryOut(BaseModel):
    """One event on its way to a webhook: waiting, delivered, or failed after the last attempt. `event` is its id, the
    same in each attempt and replay; `code` the status that the other side answered last."""

    id: int
    event: str
    kind: str
    case: str
    at: datetime
    state: Literal["waiting", "delivered", "failed"]
    replayed: bool
    attempts: int
    next_attempt_at: datetime
    ended_at: datetime | None
    code: int | None
    error: str | None


class DeliveryList(BaseModel):
    """A page of deliveries, newest first."""

    items: list[DeliveryOut]
    next: int | None


class ReplayBody(Strict):
    """Either one delivery that is over, or all events since a time."""

    delivery: int | None = Field(None, ge=1, le=2**62)
    since: AwareDatetime | None = None


class Replayed(BaseModel):
    """How many events are delivered again."""

    count: int
