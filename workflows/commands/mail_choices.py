"""Choosing how one is told: each message of domain 5.1, and the daily mail."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select

from workflows.digests import TIMES, Digest, business_days, next_time
from workflows.errors import InvalidInput
from workflows.language import gettext
from workflows.mail_choices import CHOICES, DEMANDED, WAYS, MailChoice
from workflows.work import Work


def keep_mail_choices(work: Work, changes: Mapping[str, Any]) -> None:
    """Keep how the actor wants messages (`messages`: number → one of `WAYS`; those not named in it are mailed at
    once), and when the daily mail comes (`daily_at`: one of `TIMES`, or None for none). What is left out stays."""
    ways = changes["messages"] if "messages" in changes else _kept_ways(work)
    daily_at = changes["daily_at"] if "daily_at" in changes else _kept_time(work)
    errors = {**_errors(ways), **_daily_errors(ways, daily_at)}
    if errors:
        raise InvalidInput(fields=errors)
    assert work.actor.id is not None  # noqa: S101  (only people have an inbox)
    work.db.execute(delete(MailChoice).where(MailChoice.person_id == work.actor.id))
    work.db.add_all(
        MailChoice(person_id=work.actor.id, message=number, way=way)
        for number, way in ways.items()
        if way != "mail"
    )
    _set_daily(work, work.actor.id, daily_at)


def _kept_ways(work: Work) -> dict[str, str]:
    rows = work.db.scalars(select(MailChoice).where(MailChoice.person_id == work.actor.id))
    return {row.message: row.way for row in rows}


def _kept_time(work: Work) -> str | None:
    row = work.db.get(Digest, work.actor.id)
    return row.at if row else None


def _errors(ways: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with each choice, by the message's number."""
    errors = {}
    for number, way in ways.items():
        if number not in CHOICES:
            first, *_, last = CHOICES
            words = gettext("There is no such message. Choose from {first} to {last}.")
            errors["messages"] = words.format(first=first, last=last)
        elif way not in WAYS:
            errors[number] = gettext("Choose by e-mail, in the daily mail, or in the app only.")
        elif number in DEMANDED and way != "mail":
            errors[number] = gettext("This message is always mailed. {why}").format(
                why=gettext(DEMANDED[number])
            )
    return errors


def _daily_errors(ways: Mapping[str, str], daily_at: str | None) -> dict[str, str]:
    if daily_at is not None and daily_at not in TIMES:
        return {
            "daily_at": gettext("Choose a time from {first} to {last}, on the hour or half past.").format(
                first=TIMES[0], last=TIMES[-1]
            )
        }
    if daily_at is None and "digest" in ways.values():
        return {
            "daily_at": gettext("Choose a time for the daily mail, because a message below is to come in it.")
        }
    return {}


def _set_daily(work: Work, person_id: int, at: str | None) -> None:
    """A time that is kept as it was keeps its due moment, so that saving again sends nothing twice."""
    row = work.db.get(Digest, person_id, with_for_update=True)
    if at is None:
        if row:
            work.db.delete(row)
        return
    if row and row.at == at:
        return
    row = row or Digest(person_id=person_id)
    row.at, row.next_at = at, next_time(business_days(work.db, work.actor.area), at, work.now)
    work.db.add(row)
