"""What happens besides the requests: absences are entered, the offices close for a day, an agreement is renewed late."""

from datetime import timedelta
from functools import partial

from workflows.commands.absences import enter_absence
from workflows.commands.agreements import save_agreement
from workflows.commands.area_settings import change_setting
from workflows.commands.preferences import change_preferences
from workflows.db import transaction
from workflows.errors import Refused
from workflows.people import person_named
from workflows.simulation.acting import actor_named
from workflows.simulation.people import LAPSING, Absent, Member
from workflows.simulation.world import World
from workflows.substitutes import possible_substitutes

DAILY_MAIL = 4
"""One in so many people has reminders in a daily mail."""
RENEWED_AFTER = 6
"""So many days after its end the agreement is renewed."""


def plan_events(world: World, members: list[Member]) -> None:
    """Put all of them into the time of the simulation."""
    manager = next(one.username for one in members if one.role == "program_manager")
    for member in members[::DAILY_MAIL]:
        world.at(world.plan.start, partial(_daily_mail, member))
    if world.plan.closing_day:
        world.at(world.plan.start, partial(_close, world, manager))
    renewal = world.on_business_day(world.plan.days // 2 + RENEWED_AFTER, 10)
    world.at(renewal, partial(_renew, world, manager))
    for member in members:
        for absent in member.absences:
            _plan_absence(world, members, member, absent)


def _daily_mail(member: Member) -> None:
    change_preferences(actor_named(member.username), {"messages": {"N6": "digest"}, "daily_at": "07:30"})


def _close(world: World, manager: str) -> None:
    closed = [{"day": world.plan.closing_day, "name": "SAMPLE: staff day"}]
    change_setting(actor_named(manager), "holidays", {"closed": closed})


def _renew(world: World, manager: str) -> None:
    ends_on = (world.now + timedelta(days=730)).date().isoformat()
    save_agreement(actor_named(manager), LAPSING, {"agency": "DYP", "ends_on": ends_on, "status": "active"})


def _plan_absence(world: World, members: list[Member], member: Member, absent: Absent) -> None:
    """What was known before is entered on the day before, by a supervisor of the office."""
    if not absent.planned or not member.role.startswith("esd_"):
        return
    leads = [
        one
        for one in members
        if one.role == "esd_wioa_supervisor" and one.sample.offices == member.sample.offices
    ]
    at = world.plan.moment(absent.first - timedelta(days=1), 16.5)
    world.at(at, partial(_enter, world, leads[0].username, member, absent))


def _enter(world: World, leader: str, member: Member, absent: Absent) -> None:
    with transaction() as db:
        person = person_named(db, member.username)
        found = possible_substitutes(db, person) if person else []
    if not found:
        return
    try:
        substitute = found[0].username
        enter_absence(actor_named(leader), member.username, substitute, str(absent.first), str(absent.last))
    except Refused as refused:
        world.refusal(refused)
