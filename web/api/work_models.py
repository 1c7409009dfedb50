"""What the API takes and gives about the worklist."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from web.api.models import OnePage, Strict, TaskOut

View = Literal["mine", "role", "late", "waiting"]


class FilterFields(BaseModel):
    """What narrows a view. `q`: words of a case number, office or agency, never of a name; `office` and `agency` are
    codes; `changed`: only what others changed since you last looked; `later`: of your own, what you put off."""

    q: str = Field("", max_length=60)
    office: str = Field("", max_length=20)
    agency: str = Field("", max_length=20)
    held: Literal["", "nobody", "others"] = ""
    changed: bool = False
    later: bool = False


class WorklistQuery(FilterFields):
    """Which tasks: mine, those my roles may take, the late ones of both, or those whose case waits for its client;
    `after` is the `next` of the page before."""

    view: View = "mine"
    after: str | None = Field(None, max_length=300)
    limit: int = Field(50, ge=1, le=50)


class WaitOut(BaseModel):
    """What a case waits for, since when, and what happens next by itself."""

    what: str
    since: datetime
    next: str


class WorkRow(TaskOut):
    """A task of the list. `changed`: others did something since you last looked; `show_on`: you put it off until then;
    `client`: the client's name, in a search by name alone."""

    changed: Literal["", "new", "changed"]
    show_on: date | None
    waits: WaitOut | None
    client: str


class TaskList(BaseModel):
    """A page of tasks."""

    items: list[WorkRow]
    next: str | None


class NameBody(Strict):
    """The beginnings of a client's first or last name, or of both."""

    name: str = Field(max_length=60)


class BulkBody(Strict):
    """What to do with many tasks: `claim`, `release`, `reassign` (to `assignee`), `later` (put off until `until`), or
    `now` (show again what was put off)."""

    action: Literal["claim", "release", "reassign", "later", "now"]
    tasks: list[str] = Field(min_length=1, max_length=50)
    assignee: str = Field("", max_length=80)
    until: date | None = None


class OutcomeOut(BaseModel):
    """What became of one task; `why` is the sentence of the refusal."""

    task: str
    done: bool
    why: str


class OutcomeList(OnePage):
    """What became of each."""

    items: list[OutcomeOut]


class FilterBody(FilterFields, Strict):
    """The filters of a view; one that there is not is refused."""


class ViewBody(Strict):
    """A view to keep under a name; `shared`: with the team, which is the agency or, in ESD, the offices."""

    name: str = Field(max_length=60)
    view: View = "mine"
    filters: FilterBody = Field(default_factory=FilterBody)
    shared: bool = False


class ViewOut(BaseModel):
    """A saved view; `owner` is the colleague who shares it, empty when it is yours."""

    id: int
    name: str
    filters: dict[str, Any]
    shared: bool
    owner: str


class ViewList(OnePage):
    """One's own views, then those of the team."""

    items: list[ViewOut]


class ViewPath(BaseModel):
    """The id of a saved view."""

    id: int = Field(ge=1, le=2_000_000_000)


class Removed(BaseModel):
    """What is there no more."""

    id: int
    removed: Literal[True]
