"""Reminding now: somebody who waits asks those who hold a case to look at it, at most once in a while."""

from datetime import datetime

from sqlalchemy import select

from workflows import access, instances, outbox, privacy, receivers, whose_clock
from workflows.area_settings import calendar_of
from workflows.calendar import Duration
from workflows.cases import Case, case_numbered, lock_case
from workflows.commands import command
from workflows.errors import HeldByAgreement, NotAllowed, NotNow
from workflows.history import HistoryEvent, record
from workflows.language import gettext
from workflows.people import Person
from workflows.privacy import Standing
from workflows.user_tasks import UserTask, open_tasks
from workflows.work import Work

AGAIN_AFTER = Duration.parse("1 business day")
"""So long one side of a case waits before it asks again; the reminders of the clock go on besides."""

WITH_ESD = ("submitted", "in_contact", "opting_in")
"""The states in which a partner knows that Employment Security holds the case."""


@command
def remind_now(work: Work, number: str) -> None:
    """Send N6 to those who hold an open case: a case manager reminds Employment Security, a supervisor everybody else.

    Refused when nobody else holds it, or when the same side asked within the last business day.
    """
    case = lock_case(work.db, case_numbered(work.db, number).id)
    work.about["case"] = number
    standing = access.standing(work, case)
    _check_may_remind(standing)
    people = holders_but(work, standing)
    if not people:
        raise NotNow(gettext("Nobody else holds this case now, so there is nobody to remind."))
    side = "esd" if standing.supervises else "partner"
    _check_not_asked(work, case, side)
    partner = any(outbox.is_partner_of(case, person) for person in people)
    record(work, "reminder_asked", case, esd_only=side == "esd" and not partner, side=side)
    outbox.queue(work, "remind_now", case, people)


def may_remind(standing: Standing) -> bool:
    """Whether somebody may ask at all; whether there is anybody to remind is seen when they do."""
    if privacy.visible_status(standing) == "closed" or standing.case.closed_at:
        return False
    if standing.supervises:
        return True
    return standing.is_own_case and not standing.is_reduced and privacy.visible_status(standing) in WITH_ESD


def _check_may_remind(standing: Standing) -> None:
    privacy.check_may_see(standing)
    if not (standing.supervises or standing.is_own_case):
        raise NotAllowed(gettext("Only the case manager or a supervisor may do this."))
    if standing.is_reduced:
        raise HeldByAgreement()
    if privacy.visible_status(standing) == "closed":
        raise NotNow(gettext("This case is closed."))
    if not may_remind(standing):
        raise NotNow(gettext("Nobody else holds this case now, so there is nobody to remind."))


def holders_but(work: Work, standing: Standing) -> list[Person]:
    """Those who hold the open tasks that the actor may ask about and whose turn it is, without the actor.

    Once there was a contact, a partner is not told whether the client is waited for: it would tell of the decision.
    """
    tasks = [task for task in open_tasks(work.db, standing.case.id) if _may_ask_about(standing, task)]
    if standing.supervises or privacy.visible_status(standing) == "submitted":
        life = whose_clock.life_of(work.db, standing.case, work.now)
        tasks = [task for task in tasks if whose_clock.is_turn_of(life, task)]
    return [one for one in receivers.holders(work, standing.case, tasks) if one.id != standing.actor.id]


def _may_ask_about(standing: Standing, task: UserTask) -> bool:
    return standing.supervises or task.is_esd


def _check_not_asked(work: Work, case: Case, side: str) -> None:
    """The history says when the same side asked last; what the other side did is none of its business."""
    asked = select(HistoryEvent.at, HistoryEvent.detail).where(
        HistoryEvent.case_id == case.id, HistoryEvent.kind == "reminder_asked"
    )
    times: list[datetime] = [at for at, detail in work.db.execute(asked) if detail.get("side") == side]
    if not times:
        return
    levels = instances.bundle_of_case(work, case).service_levels
    calendar = calendar_of(work.db, levels, case.area_code)
    if calendar.add(max(times), AGAIN_AFTER) > work.now:
        raise NotNow(
            gettext(
                "A reminder went out within the last business day. Wait for an answer before the next one."
            )
        )
