"""What somebody chose: how each message comes, and when the daily mail does."""

from dataclasses import dataclass

from sqlalchemy import select

from workflows.digests import Digest
from workflows.language import gettext
from workflows.mail_choices import CHOICES, DEMANDED, READERS, MailChoice
from workflows.queries import query
from workflows.work import Work


@dataclass(frozen=True)
class Choice:
    """A message that the person may be sent: its number and words, the way it comes (`WAYS`), and the clause that
    demands a mail, or empty where it is the person's to choose."""

    message: str
    words: str
    way: str
    demanded: str


@dataclass(frozen=True)
class Choices:
    """All of it; `daily_at` is a time of day such as 08:00, or None."""

    messages: list[Choice]
    daily_at: str | None


@query
def choices(work: Work) -> Choices:
    """The choices of whoever asks, for the messages that their roles may be sent."""
    mine = select(MailChoice).where(MailChoice.person_id == work.actor.id)
    chosen = {row.message: row.way for row in work.db.scalars(mine)}
    daily = work.db.get(Digest, work.actor.id)
    messages = [
        Choice(number, gettext(words), chosen.get(number, "mail"), gettext(DEMANDED.get(number, "")))
        for number, words in CHOICES.items()
        if work.actor.has(*READERS[number])
    ]
    return Choices(messages, daily.at if daily else None)
