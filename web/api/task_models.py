"""What the API takes and gives of drafts and of what completing a task would bring."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from web.api.models import Strict


class DraftBody(Strict):
    """Answers that are not complete yet; `version` is that of the draft that was read, 0 for none: others that were
    saved since are then not overwritten."""

    data: dict[str, Any] = Field(default_factory=dict)
    version: int | None = Field(None, ge=0, le=2_000_000_000)


class DraftOut(BaseModel):
    """The draft of a task: what was typed, how often it was saved (0: there is none), when and by whom."""

    data: dict[str, Any]
    version: int
    saved_at: datetime | None
    saved_by: str | None


class PreviewBody(Strict):
    """The answers to try out; none: those of the draft."""

    data: dict[str, Any] | None = None


class _Seen(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class NextTaskOut(_Seen):
    """A task that would open: its clause, role and holder in words, whether it is the caller's, by when."""

    name: str
    step: str
    role: str
    holder: str
    mine: bool
    due: datetime | None


class ToldOut(_Seen):
    """An e-mail that would go out, and to whom as far as the caller may know; `held_back` while no agreement is in force."""

    kind: str
    words: str
    to: list[str]
    held_back: bool


class LaterOut(_Seen):
    """What happens by itself at a moment if nobody does anything; `ends`: the case is over then."""

    at: datetime
    words: str
    to: list[str]
    ends: bool


class PreviewOut(_Seen):
    """What completing a task would bring. `known` is false when the process could not go on."""

    known: bool
    sentence: str
    tasks: list[NextTaskOut]
    mails: list[ToldOut]
    later: list[LaterOut]
