"""What the API takes and gives about the inbox."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from web.api.models import Strict


class MessagePath(BaseModel):
    """The number of a message in one's own inbox."""

    id: int = Field(ge=1, le=2_000_000_000)


class InboxQuery(BaseModel):
    """Which messages; `before` is the `next` of the page before."""

    view: Literal["all", "unread"] = "all"
    before: int | None = Field(None, ge=1, le=2_000_000_000)


class InboxItem(BaseModel):
    """A message as its reader may see it now. `message` is its number in the procedure's list, N1 to N12; it is empty,
    and `words` say less, when the case is no longer one's to see. `href` is a page of the site, or empty."""

    id: int
    at: datetime
    message: str
    words: str
    case: str | None
    href: str
    read: bool


class InboxList(BaseModel):
    """A page of the inbox, newest first; `unread` counts up to 100."""

    items: list[InboxItem]
    next: int | None
    unread: int


class ReadUntil(Strict):
    """The newest message that was shown; it and all before it are marked as read."""

    until: int = Field(ge=1, le=2_000_000_000)


class UnreadOut(BaseModel):
    """How many messages are unread now, counted up to 100."""

    unread: int
