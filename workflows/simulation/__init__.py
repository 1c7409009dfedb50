"""A simulated stretch of work: invented clients and staff, a clock that is moved, and the product itself.

`simulate` runs in the database that the settings name, which has the schema, is empty otherwise, and is changed: a
scratch database. Chance, the people, the clients, their acting, and the time each have a file; `report` counts.
"""

from collections.abc import Callable
from typing import Any

from workflows import clock
from workflows.commands.definitions import deploy
from workflows.db import transaction
from workflows.people import SYSTEM
from workflows.simulation.acting import Staff
from workflows.simulation.events import plan_events
from workflows.simulation.people import hire, staff
from workflows.simulation.plan import Plan
from workflows.simulation.report import report
from workflows.simulation.world import World

__all__ = ["Plan", "simulate"]


def simulate(plan: Plan, tell: Callable[[int, int], object] = lambda day, of: None) -> dict[str, Any]:
    """Carry a plan out and count what came of it (`report.report` says what). `tell` hears of each day that begins, as
    its number of how many. Raises `InvalidBundle` for a bundle that cannot be deployed."""
    members = staff(plan)
    world = World(plan)
    with clock.told_by(lambda: world.now):
        deploy(SYSTEM, dict(plan.files))
        with transaction() as db:
            hire(db, members, plan)
        plan_events(world, members)
        people = Staff(world, members)
        people.begin()
        for number, day in enumerate(plan.all_days):
            world.at(plan.moment(day, 0), lambda number=number: tell(number + 1, plan.days))  # type: ignore[misc]
        world.run()
        return report(world, members)
