"""What people choose for themselves, in the API: one resource for all of it."""

from typing import Literal

from flask import Response, g, jsonify
from pydantic import BaseModel, Field, StrictBool

from web.api import api
from web.api.models import Strict
from workflows.commands.preferences import change_preferences
from workflows.language import ENGLISH
from workflows.preferences import KEYBOARD, LANGUAGE
from workflows.queries.mail_choices import choices
from workflows.queries.preferences import my_preferences

Way = Literal["mail", "digest", "app"]


class ChoiceOut(BaseModel):
    """A message that one may be sent; `demanded` says why it is always mailed, or is empty."""

    message: str
    words: str
    way: Way
    demanded: str


class PreferencesOut(BaseModel):
    """What holds now: whether the keyboard shortcuts are on, the language of the product's own mails, how each message
    comes, and when the daily mail does."""

    keyboard: bool
    language: str
    messages: list[ChoiceOut]
    daily_at: str | None


class PreferencesChange(Strict):
    """What is to change; what is left out stays as it is."""

    keyboard: StrictBool | None = Field(None, description="whether the keyboard shortcuts are on")
    language: Literal["en", "es"] | None = Field(
        None, description="the language of the mails that the product itself writes"
    )
    messages: dict[str, Way] = Field(
        default_factory=dict,
        max_length=20,
        description="how each message comes, by its number, all of them anew; one that is not named is mailed at once",
    )
    daily_at: str | None = Field(
        None,
        max_length=5,
        examples=["08:00"],
        description="a time of the office's clock on the hour or half past; null for no daily mail",
    )


@api.get("/preferences", responses={"200": PreferencesOut})
def read_preferences() -> Response:
    """What one chose for oneself."""
    found = choices(g.actor)
    messages = [ChoiceOut(**vars(choice)) for choice in found.messages]
    mine = my_preferences(g.actor)
    told = PreferencesOut(
        keyboard=mine.get(KEYBOARD, True),
        language=mine.get(LANGUAGE, ENGLISH),
        messages=messages,
        daily_at=found.daily_at,
    )
    return jsonify(told.model_dump())


@api.patch("/preferences", responses={"200": PreferencesOut})
def change(body: PreferencesChange) -> Response:
    """Choose for oneself, all at once or not at all; what the procedure demands stays mailed."""
    change_preferences(g.actor, body.model_dump(exclude_unset=True))
    return read_preferences()
