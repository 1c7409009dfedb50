"""The time of a simulation: what happens when, in order, and the jobs of the clock between.

Nothing waits for real. The clock of the product stands at the moment of what happens, and jumps to the next one.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from itertools import count
from types import TracebackType
from typing import Self

from notifications.mailer import Message
from workflows.commands import agreements, digests, heads, housekeeping, messages, retention, timers
from workflows.simulation.plan import Plan

BEAT = timedelta(minutes=30)
"""How often the jobs of the clock run by day, of which a worker runs the timers every ten seconds."""
AT_NIGHT = timedelta(hours=2)
DAY = range(6, 19)
"""The hours by the offices' clock in which the beat is that of the day."""
HOUSEKEEPING_AT = 0.1
"""At which hour of a day agreements are reviewed and records put away; a worker does it every five minutes."""

Act = Callable[[], object]


class NoMail:
    """A mailer that takes every mail and sends none; it counts them."""

    def __init__(self) -> None:
        self.taken = 0

    def send(self, message: Message) -> None:
        """Take a mail."""
        self.taken += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


class World:
    """What is still to happen, and the present moment."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.now = plan.start
        self.mailer = NoMail()
        self.refused: Counter[str] = Counter()
        self._order = count()
        self._coming: list[tuple[datetime, int, Act]] = []

    @property
    def today(self) -> date:
        """The day by the offices' clock."""
        return self.now.astimezone(self.plan.calendar.zone).date()

    def at(self, moment: datetime, act: Act) -> None:
        """Have something happen at a moment, or at once when that is over."""
        heapq.heappush(self._coming, (max(moment, self.now), next(self._order), act))

    def after(self, minutes: float, act: Act) -> None:
        """Have something happen some minutes from now."""
        self.at(self.now + timedelta(minutes=minutes), act)

    def on_business_day(self, days: float, hour: float) -> datetime:
        """A time of the first business day that begins so many days from now or later."""
        calendar = self.plan.calendar
        day = (self.now + timedelta(days=days)).astimezone(calendar.zone).date()
        while not calendar.is_business_day(day):
            day += timedelta(days=1)
        return self.plan.moment(day, hour)

    def run(self) -> None:
        """Let everything happen until the end."""
        self._beat()
        for day in self.plan.all_days:
            self.at(self.plan.moment(day, HOUSEKEEPING_AT), keep_house)
        while self._coming and self._coming[0][0] < self.plan.end:
            self.now, _, act = heapq.heappop(self._coming)
            act()
        self.now = self.plan.end
        self.tick()

    def _beat(self) -> None:
        self.tick()
        hour = self.now.astimezone(self.plan.calendar.zone).hour
        self.at(self.now + (BEAT if hour in DAY else AT_NIGHT), self._beat)

    def tick(self) -> None:
        """The jobs of the clock and of the worker: fire what is due, queue the daily mails, send the outbox."""
        while timers.fire_due():
            pass
        digests.send_due()
        while ids := messages.waiting_ids(1000):
            messages.deliver(ids, self.mailer)

    def refusal(self, refused: Exception, about: Mapping[str, object] | None = None) -> None:
        """Count that the product said no."""
        self.refused[type(refused).__name__] += 1


def keep_house() -> None:
    """What `tasks.housekeeping` does, in the same order."""
    agreements.review()
    housekeeping.put_away()
    retention.anonymise_due()
    heads.sign_when_due()
