"""Whose clock: to whom the time of a case is charged, as its reader may know it."""

from dataclasses import dataclass
from datetime import timedelta

from workflows import access, area_settings, privacy, turns, whose_clock
from workflows.calendar import Calendar
from workflows.cases import Case, case_numbered
from workflows.definitions import bundle_of
from workflows.instances import ProcessInstance
from workflows.language import gettext
from workflows.privacy import Standing
from workflows.queries import query
from workflows.turns import Life, Turn
from workflows.work import Work


@dataclass(frozen=True)
class Share:
    """What is charged to a party: its words, the opening time, and that in words; `now`: it is its turn now."""

    party: str
    words: str
    length: timedelta
    length_words: str
    now: bool


@dataclass(frozen=True)
class CaseClock:
    """The shares of a case, the largest first, and its turns in order, closed hours charged to nobody."""

    shares: list[Share]
    turns: list[Turn]


@query
def case_clock(work: Work, number: str) -> CaseClock:
    """Whose clock a case was and is on. Outside Employment Security supervisor and client are one; whoever sees number
    and state only, is told nothing."""
    case = case_numbered(work.db, number)
    standing = access.standing(work, case)
    privacy.check_may_see(standing)
    return clock_of(work, standing, whose_clock.life_of(work.db, case, work.now))


def clock_of(work: Work, standing: Standing, life: Life) -> CaseClock:
    """The same from a life that was read already."""
    if standing.is_reduced and not standing.audits:
        return CaseClock([], [])
    seen, calendar = visible_life(standing, life), calendar_of(work, standing.case)
    return CaseClock(shares_of(seen, calendar, over(standing)), turns.charged(seen, calendar))


def visible_life(standing: Standing, life: Life) -> Life:
    """The life of a case as its reader may know it."""
    return (
        life if standing.is_esd else whose_clock.seen_from_outside(life, privacy.visible_closed_at(standing))
    )


def over(standing: Standing) -> bool:
    """Whether the case is closed for its reader, so that it is nobody's turn any more."""
    return privacy.visible_closed_at(standing) is not None


def shares_of(life: Life, calendar: Calendar, closed: bool) -> list[Share]:
    """What is charged to each party, the largest first."""
    found, last = turns.totals(life, calendar), turns.turns(life)[-1:]
    holder = last[0].party if last and not closed else ""
    if holder:
        found.setdefault(holder, timedelta())
    shares = [_share(party, length, calendar, party == holder) for party, length in found.items()]
    return sorted(shares, key=lambda share: -share.length)


def _share(party: str, length: timedelta, calendar: Calendar, now: bool) -> Share:
    return Share(party, gettext(turns.PARTIES[party]), length, whose_clock.words_of(length, calendar), now)


def calendar_of(work: Work, case: Case) -> Calendar:
    """The opening hours by the version that a case runs on."""
    instance = work.db.get_one(ProcessInstance, case.id)
    levels = bundle_of(work.db, instance.definition_id).service_levels
    return area_settings.calendar_of(work.db, levels, case.area_code)
