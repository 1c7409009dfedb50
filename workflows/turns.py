"""Whose clock: to whom each interval of a case's time is charged. Pure functions of what happened and a calendar.

A case is always somebody's turn: whoever is waited for. Side by side with another task the turn is that of the first in
a fixed order; from when a message about a turn is queued until it is out, the turn is the mail system's; while the offices
are closed it is nobody's. Moments have their offset; lengths are opening hours.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from workflows.calendar import Calendar
from workflows.language import marked

CLIENT, SUPERVISOR, PARTNER = "client", "supervisor", "partner"
MANAGER, MAIL, NOBODY = "program_manager", "mail_system", "nobody"
ESD = "employment_security"

PARTIES = {
    SUPERVISOR: marked("ESD WIOA supervisor and staff"),
    CLIENT: marked("Client"),
    PARTNER: marked("Partner"),
    ESD: marked("Employment Security and the client"),
    MANAGER: marked("Program manager"),
    MAIL: marked("Mail system"),
    NOBODY: marked("Nobody, the offices are closed"),
}
"""Each party in words. `ESD` stands for supervisor and client together, for readers outside Employment Security: which
of the two is waited for would tell them of contact and decision (domain 6.3)."""

CONTACT = "T7"
"""The task during which the client is waited for (5512PRO 5 and 6)."""

_DECIDES, _ESD, _PARTNER, _CLIENT, _HELD, _REST = range(6)
"""Who is charged when several are waited for, the first first: a decision on a lapsed agreement holds up the rest; what
Employment Security or the partner has to do comes before the client, who is waited for meanwhile."""


@dataclass(frozen=True)
class TaskTime:
    """A task and when it was open; `taken_at_once`: somebody had it from the beginning. `end` is None while open."""

    element: str
    role: str
    start: datetime
    end: datetime | None
    taken_at_once: bool = False


@dataclass(frozen=True)
class Happening:
    """An event of the history, as far as it passes the turn on."""

    at: datetime
    kind: str
    element: str | None = None


@dataclass(frozen=True)
class Mail:
    """A message that tells a party of its turn, from queued until it was out or given up; `end` None while it waits."""

    party: str
    start: datetime
    end: datetime | None


@dataclass(frozen=True)
class Life:
    """What a case's time is charged by; `end` is when it was closed, or now. `outside`: for readers outside ESD."""

    start: datetime
    end: datetime
    tasks: tuple[TaskTime, ...] = ()
    events: tuple[Happening, ...] = ()
    mails: tuple[Mail, ...] = ()
    outside: bool = False


@dataclass(frozen=True)
class Turn:
    """An interval and the party it is charged to."""

    start: datetime
    end: datetime
    party: str


@dataclass(frozen=True)
class _Spell:
    """A stretch during which a party is waited for, perhaps beside others."""

    party: str
    rank: int
    start: datetime
    end: datetime | None

    def covers(self, start: datetime, end: datetime) -> bool:
        return self.start <= start and (self.end is None or end <= self.end)


def turns(life: Life) -> list[Turn]:
    """The turns of a case in order, closed hours not taken out: they begin and end with it and leave nothing out."""
    return _joined(_with_mail(life, _by_rank(life, list(_spells(life)))))


def charged(life: Life, calendar: Calendar) -> list[Turn]:
    """The same with the hours in which the offices are closed charged to nobody."""
    return _joined(part for turn in turns(life) for part in _by_hours(turn, calendar))


def totals(life: Life, calendar: Calendar) -> dict[str, timedelta]:
    """By party how long the offices were open while it was waited for, in the order of `PARTIES`."""
    found: dict[str, timedelta] = {}
    for turn in turns(life):
        spent = calendar.open_time_between(turn.start, turn.end)
        found[turn.party] = found.get(turn.party, timedelta()) + spent
    return {party: found[party] for party in PARTIES if found.get(party)}


def waits_for(life: Life, party: str) -> bool:
    """Whether a party is waited for at the end of what is known, alone or beside others."""
    return any(s.party == party and s.start <= life.end and _lasts(s, life.end) for s in _spells(life))


def _lasts(spell: _Spell, moment: datetime) -> bool:
    return spell.end is None or spell.end > moment


def still_to_wait(
    life: Life, party: str, since: datetime, due: datetime, calendar: Calendar
) -> timedelta | None:
    """How much opening time a party still has of what was given to it from one moment to another, when only the time
    counts in which it was waited for; None when that is used up, and it is waited for now."""
    given = calendar.open_time_between(since, due)
    used = sum((calendar.open_time_between(*span) for span in _spans(life, party, since)), timedelta())
    if waits_for(life, party) and used >= given:
        return None
    return max(given - used, timedelta(hours=1))


def _spans(life: Life, party: str, since: datetime) -> Iterator[tuple[datetime, datetime]]:
    """When a party was waited for since a moment, each moment once."""
    own = sorted((s.start, s.end or life.end) for s in _spells(life) if s.party == party)
    for start, end in own:
        if end > (begin := max(start, since)):
            yield begin, end
            since = end


def _spells(life: Life) -> Iterator[_Spell]:
    if life.outside:
        yield _Spell(ESD, _REST, life.start, None)
    holds = list(_holds(life))
    for start, end in holds:
        yield _Spell(MANAGER, _DECIDES if life.outside else _HELD, start, end)
    for task in life.tasks:
        if not life.outside or task.role == "case_manager":
            yield from _of_task(life, task, holds)


def _holds(life: Life) -> Iterator[tuple[datetime, datetime | None]]:
    """From each hold to its end."""
    held: datetime | None = None
    for event in life.events:
        if event.kind == "case_held" and held is None:
            held = event.at
        elif event.kind == "case_resumed" and held is not None:
            yield held, event.at
            held = None
    if held is not None:
        yield held, None


def _of_task(life: Life, task: TaskTime, holds: list[tuple[datetime, datetime | None]]) -> Iterator[_Spell]:
    if task.role == "program_manager":
        yield _Spell(MANAGER, _DECIDES, task.start, task.end)
    elif task.role == "case_manager":
        yield from _outside_holds(_Spell(PARTNER, _PARTNER, task.start, task.end), holds)
    elif task.element.split("_")[0] == CONTACT:
        yield from _of_contact(life, task)
    else:
        yield _Spell(SUPERVISOR, _ESD, task.start, task.end)


def _outside_holds(spell: _Spell, holds: list[tuple[datetime, datetime | None]]) -> Iterator[_Spell]:
    """The partner is not waited for while its agreement is not in force."""
    start = spell.start
    for held, resumed in holds:
        if held > start:
            yield replace(spell, start=start, end=min(held, spell.end) if spell.end else held)
        if resumed is None:
            return
        start = max(start, resumed)
    if spell.end is None or start < spell.end:
        yield replace(spell, start=start)


def _of_contact(life: Life, task: TaskTime) -> Iterator[_Spell]:
    """First the supervisor's, until somebody takes it and the client is to call; after an attempt that did not reach
    the client the supervisor's throughout; after a contact the client's, who decides, until a reminder to ask again."""
    contacts = [e.kind for e in life.events if e.at <= task.start and e.kind in _CONTACTS]
    during = [e for e in life.events if task.start <= e.at and (task.end is None or e.at <= task.end)]
    if not contacts:
        called_off = any(e.kind == _NOT_CALLED and e.at <= task.start for e in life.events)
        yield from _passed_on(task, _until_contact(during, task, called_off))
    elif contacts[-1] == "contact_made":
        asked = ((e.at, SUPERVISOR) for e in during if e.kind == "remind_undecided" and e.at > task.start)
        yield from _passed_on(task, [(task.start, CLIENT), *asked])
    else:
        yield from _passed_on(task, [(task.start, SUPERVISOR)])


_CONTACTS = ("contact_made", "contact_attempted")
_NOT_CALLED = "client_has_not_called"


def _until_contact(
    during: list[Happening], task: TaskTime, called_off: bool
) -> Iterator[tuple[datetime, str]]:
    """Who is waited for from when on, as somebody takes the task, gives it back, or the client does not call. A claim
    that lapsed because nothing happened does not bring the turn back: the client is still to call."""
    yield task.start, CLIENT if task.taken_at_once and not called_off else SUPERVISOR
    for event in during:
        own = event.element == task.element
        if event.kind == _NOT_CALLED:
            called_off = True
            yield event.at, SUPERVISOR
        elif own and event.kind == "task_released":
            yield event.at, SUPERVISOR
        elif own and event.kind in ("task_claimed", "task_reassigned") and not called_off:
            yield event.at, CLIENT


def _passed_on(task: TaskTime, parties: Iterable[tuple[datetime, str]]) -> Iterator[_Spell]:
    """Spells from one moment to the next, the last one to the end of the task."""
    steps = list(parties)
    ends = [at for at, _ in steps[1:]] + [task.end]
    for (start, party), end in zip(steps, ends, strict=True):
        yield _Spell(party, _ESD if party == SUPERVISOR else _CLIENT, start, end)


def _by_rank(life: Life, spells: list[_Spell]) -> Iterator[Turn]:
    """The first of those waited for in each interval; where nobody is, whoever was before, at first the partner."""
    edges = [at for spell in spells for at in (spell.start, spell.end or life.end)]
    party = PARTNER
    for start, end in pairwise(_cuts(life.start, life.end, edges)):
        found = min((s for s in spells if s.covers(start, end)), key=lambda s: s.rank, default=None)
        party = found.party if found else party
        yield Turn(start, end, party)


def _with_mail(life: Life, bare: Iterable[Turn]) -> Iterator[Turn]:
    """A turn that its party has not been told of yet is the mail system's."""
    for turn in bare:
        mails = [(m.start, m.end or life.end) for m in life.mails if m.party == turn.party]
        edges = [at for mail in mails for at in mail]
        for start, end in pairwise(_cuts(turn.start, turn.end, edges)):
            on_its_way = any(queued <= start and end <= out for queued, out in mails)
            yield Turn(start, end, MAIL if on_its_way else turn.party)


def _by_hours(turn: Turn, calendar: Calendar) -> Iterator[Turn]:
    at = turn.start
    for opened, closed in calendar.open_spans(turn.start, turn.end):
        yield Turn(at, opened, NOBODY)
        yield Turn(opened, closed, turn.party)
        at = closed
    yield Turn(at, turn.end, NOBODY)


def _cuts(start: datetime, end: datetime, edges: Iterable[datetime]) -> list[datetime]:
    """The ends of an interval and what lies between them, in order, each once."""
    return sorted({start, end, *(edge for edge in edges if start < edge < end)})


def _joined(parts: Iterable[Turn]) -> list[Turn]:
    """The parts that last at all, neighbours of one party as one."""
    found: list[Turn] = []
    for part in parts:
        if part.start == part.end:
            continue
        if found and found[-1].party == part.party:
            part = replace(part, start=found.pop().start)
        found.append(part)
    return found
