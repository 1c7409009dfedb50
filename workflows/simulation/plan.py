"""What is simulated: how many days and requests, with which procedure, counted from which seed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise

from workflows.calendar import Calendar
from workflows.service_levels import ServiceLevels
from workflows.simulation.chance import Chance

YEAR = 500
"""A year's worth of requests: two on each of about 250 business days, as an area of three offices may have."""

FIRST_DAY = date(2026, 10, 5)
"""A Monday; in the 60 days from then lie the end of daylight saving time and three state holidays."""

LEVELS = "service_levels.toml"


@dataclass(frozen=True)
class Plan:
    """One simulation. `files`: the bundle; `cases`: how many requests begin in the `days` from `first_day` on."""

    files: Mapping[str, str]
    days: int = 60
    cases: int = YEAR
    seed: int = 0
    first_day: date = FIRST_DAY

    @cached_property
    def levels(self) -> ServiceLevels:
        """The times of the bundle. Raises `InvalidServiceLevels`."""
        return ServiceLevels.parse(self.files[LEVELS])

    @cached_property
    def calendar(self) -> Calendar:
        """The opening hours of the bundle, and the offices' own closing day of this simulation."""
        return self.levels.calendar([self.closing_day] if self.closing_day else [])

    @cached_property
    def closing_day(self) -> date | None:
        """A day on which the offices close for a reason of their own: the third Friday, when it is a business day."""
        usual = self.levels.calendar()
        fridays = [day for day in self.all_days if day.weekday() == 4 and usual.is_business_day(day)]
        return fridays[2] if len(fridays) > 2 else None

    @property
    def all_days(self) -> list[date]:
        """Every day of the simulation."""
        return [self.first_day + timedelta(days=n) for n in range(self.days)]

    @cached_property
    def business_days(self) -> list[date]:
        """Those on which the offices open."""
        return [day for day in self.all_days if self.calendar.is_business_day(day)]

    @property
    def per_day(self) -> float:
        """How many requests begin on a business day on average."""
        return self.cases / max(1, len(self.business_days))

    @property
    def start(self) -> datetime:
        """Midnight before the first day."""
        return self.moment(self.first_day, 0)

    @property
    def end(self) -> datetime:
        """Midnight after the last day."""
        return self.moment(self.first_day + timedelta(days=self.days), 0)

    def moment(self, day: date, hour: float) -> datetime:
        """A time of a day by the offices' clock, in UTC."""
        wall = datetime.combine(day, time()) + timedelta(hours=hour)
        return wall.replace(tzinfo=self.calendar.zone).astimezone(UTC)

    def chance(self, *of: object) -> Chance:
        """The chance of a matter in this simulation."""
        return Chance(self.seed, *of)

    def changes_of_clocks(self) -> list[date]:
        """The days on which the clocks are changed."""
        noons = [(day, self.moment(day, 12).hour) for day in [*self.all_days]]
        return [day for (_, before), (day, after) in pairwise(noons) if before != after]
