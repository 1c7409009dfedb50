"""Whether the product is well, in words: for administrators on the page Health, for machines at /readyz and /metrics."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Literal

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows import clock, db
from workflows.errors import NotAllowed
from workflows.job_runs import JobRun
from workflows.language import gettext, ngettext
from workflows.measures import Measure, measures
from workflows.privacy import ADM
from workflows.queries import query
from workflows.time_words import words_for_time
from workflows.work import Work

Tone = Literal["good", "warn", "bad"]
Values = Mapping[tuple[object, ...], float]
"""The measures by name and labels."""

SILENT = timedelta(minutes=2)
"""So long without a job of the clock, and neither worker nor clock is taken to be at work."""
MAIL_LATE = timedelta(minutes=10)
HEAD_LATE = timedelta(hours=3)


@dataclass(frozen=True)
class Sign:
    """One thing looked at: how it is in a sentence, and what to do where it is not well."""

    tone: Tone
    what: str
    words: str
    mend: str = ""


def ready() -> str:
    """Why the product cannot serve anybody now; empty when it can: the database answers, and its schema is ours or a
    newer one."""
    try:
        with db.rehearsal() as session:
            return "the schema of the database is not the newest one" if _is_older(_schema(session)) else ""
    except Exception as error:
        return f"the database does not answer ({type(error).__name__})"


def _schema(session: Session) -> str | None:
    return MigrationContext.configure(session.connection()).get_current_revision()


def _is_older(revision: str | None) -> bool:
    """A revision that this version does not know comes from the next one, which is being brought in while this one still
    serves: each schema also serves the version before it."""
    newest, known = _revisions()
    return revision is None or (revision in known and revision != newest)


@cache
def _revisions() -> tuple[str | None, frozenset[str]]:
    """The newest revision of this version, and all that it knows."""
    scripts = ScriptDirectory(str(db.MIGRATIONS))
    return scripts.get_current_head(), frozenset(one.revision for one in scripts.walk_revisions())


def current_measures() -> list[Measure]:
    """All measures, in one snapshot."""
    with db.snapshot() as session:
        return list(measures(session, clock.now()))


@query
def health(work: Work) -> list[Sign]:
    """How the parts of the product are, for administrators."""
    if not work.actor.has(ADM):
        raise NotAllowed(gettext("How the product is doing is shown to administrators."))
    now: Values = {(one.name, *one.labels): one.value for one in measures(work.db, work.now)}
    return [
        _clock_sign(work.db, work.now),
        _mail_sign(now, work.now),
        _failed_sign(
            sum(int(now["optin_outbox_messages", ("state", one)]) for one in ("failed", "undeliverable"))
        ),
        _unknown_sign(int(now["optin_outbox_messages", ("state", "unknown")])),
        _timer_sign(int(now["optin_late_timers",])),
        _incident_sign(int(now["optin_open_incidents",])),
        _head_sign(now.get(("optin_history_head_seconds",))),
    ]


def _clock_sign(session: Session, now: datetime) -> Sign:
    what = gettext("Clock and worker")
    last = session.scalar(select(JobRun.ended_at).order_by(JobRun.ended_at.desc()).limit(1))
    if last and now - last <= SILENT:
        return Sign("good", what, gettext("Jobs run, the last one a moment ago."))
    since = gettext("No job has run since {moment}: mails and reminders stand still.")
    never = gettext("No job has ever run: mails and reminders stand still.")
    mend = gettext(
        "Start “optin worker” and “optin beat”, and see whether Redis answers. Nothing is lost meanwhile."
    )
    return Sign("bad", what, since.format(moment=words_for_time(last)) if last else never, mend)


def _mail_sign(now: Values, at: datetime) -> Sign:
    what, waiting = gettext("Mail"), int(now["optin_outbox_messages", ("state", "waiting")])
    age = timedelta(seconds=now["optin_outbox_oldest_seconds",])
    if age <= MAIL_LATE:
        words = ngettext(
            "{count} message waits for its turn.", "{count} messages wait for their turn.", waiting
        )
        return Sign("good", what, words.format(count=waiting))
    words = gettext("Messages wait ({count}); the oldest has been due since {moment}.")
    mend = gettext("See whether the mail server answers. The messages are sent by themselves once it does.")
    return Sign("bad", what, words.format(count=waiting, moment=words_for_time(at - age)), mend)


def _failed_sign(count: int) -> Sign:
    what = gettext("Undeliverable mail")
    if not count:
        return Sign("good", what, gettext("No message is undeliverable."))
    words = ngettext(
        "{count} message could not be delivered.", "{count} messages could not be delivered.", count
    )
    return Sign(
        "warn",
        what,
        words.format(count=count),
        gettext("Put the address right and send it again, on the page Sent mail."),
    )


def _unknown_sign(count: int) -> Sign:
    what = gettext("Mail of which nobody knows")
    if not count:
        return Sign("good", what, gettext("Of every message it is known whether it went out."))
    words = ngettext(
        "Of {count} message nobody knows whether it arrived.",
        "Of {count} messages nobody knows whether they arrived.",
        count,
    )
    mend = gettext("Ask the recipient; then say on the page Sent mail that it arrived, or send it again.")
    return Sign("warn", what, words.format(count=count), mend)


def _timer_sign(count: int) -> Sign:
    what = gettext("Reminders and due dates")
    if not count:
        return Sign("good", what, gettext("None is overdue to fire."))
    words = ngettext(
        "{count} timer is due and has not fired.", "{count} timers are due and have not fired.", count
    )
    mend = gettext(
        "They fire by themselves as soon as a worker runs; those of a case that cannot go on are on the page Problems."
    )
    return Sign("warn", what, words.format(count=count), mend)


def _incident_sign(count: int) -> Sign:
    what = gettext("Problems")
    if not count:
        return Sign("good", what, gettext("Every case can go on."))
    words = ngettext("{count} problem is open.", "{count} problems are open.", count)
    return Sign("bad", what, words.format(count=count), gettext("The page Problems says of each what to do."))


def _head_sign(age: float | None) -> Sign:
    what = gettext("History")
    if age is not None and timedelta(seconds=age) <= HEAD_LATE:
        return Sign("good", what, gettext("Its newest signature is less than three hours old."))
    mend = gettext("A worker signs it every hour; “optin audit head” does it now.")
    return Sign("warn", what, gettext("It has not been signed for more than three hours."), mend)
