"""Choosing for oneself."""

from collections.abc import Mapping
from typing import Any

from workflows.commands import command
from workflows.commands.mail_choices import keep_mail_choices
from workflows.preferences import check_preference, keep_preference
from workflows.work import Work


@command
def change_preferences(work: Work, changes: Mapping[str, Any]) -> None:
    """Change some of the actor's own preferences in one go; what is not named stays as it is.

    `changes`: `keyboard` (true or false); `language` (of the mails that the product writes); `messages` (number → one
    of `WAYS`, all of them anew: one that is not named is mailed at once); `daily_at` (one of `TIMES`, or None for no
    daily mail). Refused by field, and then none holds.
    """
    mails = {name: changes[name] for name in ("messages", "daily_at") if name in changes}
    for key in changes.keys() - mails.keys():
        check_preference(key, changes[key])
        keep_preference(work.db, work.actor.id or 0, key, changes[key])
    if mails:
        keep_mail_choices(work, mails)
