"""Whose clock: the turns of a case fill its life exactly, closed hours are nobody's, and the party follows the work."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.calendar import Calendar
from workflows.turns import (
    CLIENT,
    ESD,
    MAIL,
    MANAGER,
    NOBODY,
    PARTIES,
    PARTNER,
    SUPERVISOR,
    Happening,
    Life,
    Mail,
    TaskTime,
    charged,
    still_to_wait,
    totals,
    turns,
    waits_for,
)

CALENDAR = Calendar()
MONDAY = datetime(2026, 11, 16, 16, tzinfo=UTC)
"""Eight in the morning, when the offices open; Thanksgiving is in the week after."""

T7, T6 = "T7_RecordContactAndVerifyWish", "T6_AskClientToContactSupervisor"
KINDS = (
    "case_held",
    "case_resumed",
    "task_claimed",
    "task_released",
    "contact_made",
    "contact_attempted",
    "client_has_not_called",
    "remind_undecided",
)


def at(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)


def task(element: str, role: str, start: float, end: float | None = None) -> TaskTime:
    return TaskTime(element, role, at(start), at(end) if end is not None else None)


def parties(life: Life) -> list[tuple[str, float]]:
    """The turns as party and hours."""
    return [(turn.party, (turn.end - turn.start) / timedelta(hours=1)) for turn in turns(life)]


MOMENTS = st.integers(0, 24 * 60 * 20).map(lambda minutes: MONDAY + timedelta(minutes=minutes))
SPANS = st.tuples(MOMENTS, st.none() | MOMENTS).map(
    lambda span: span if span[1] is None or span[0] <= span[1] else (span[1], span[0])
)
ROLES = ("case_manager", "esd_wioa_supervisor", "esd_staff", "program_manager")
TASKS = st.builds(
    lambda element, role, span, taken: TaskTime(element, role, *span, taken),
    st.sampled_from([T7, T6, "RO1_FindClient"]),
    st.sampled_from(ROLES),
    SPANS,
    st.booleans(),
)
EVENTS = st.builds(Happening, MOMENTS, st.sampled_from(KINDS), st.sampled_from([None, T7]))
MAILS = st.builds(lambda party, span: Mail(party, *span), st.sampled_from([PARTNER, SUPERVISOR]), SPANS)
LIVES = st.builds(
    lambda tasks, events, mails, span, outside: Life(
        span[0],
        max(span[1] or span[0], span[0]),
        tuple(tasks),
        tuple(sorted(events, key=lambda event: event.at)),
        tuple(mails),
        outside,
    ),
    st.lists(TASKS, max_size=6),
    st.lists(EVENTS, max_size=8),
    st.lists(MAILS, max_size=3),
    SPANS,
    st.booleans(),
)


@given(LIVES)
def test_the_turns_partition_the_life_of_a_case(life: Life) -> None:
    for found in (turns(life), charged(life, CALENDAR)):
        if life.start == life.end:
            assert found == []
            continue
        assert (found[0].start, found[-1].end) == (life.start, life.end)
        assert all(one.end == two.start and one.party != two.party for one, two in pairwise(found))
        assert all(turn.start < turn.end and turn.party in PARTIES for turn in found)


@given(LIVES)
def test_closed_hours_are_nobodys_and_open_ones_somebodys(life: Life) -> None:
    for turn in charged(life, CALENDAR):
        length = turn.end - turn.start
        assert CALENDAR.open_time_between(turn.start, turn.end) == (
            timedelta() if turn.party == NOBODY else length
        )
    open_time = CALENDAR.open_time_between(life.start, life.end)
    assert sum(totals(life, CALENDAR).values(), timedelta()) == open_time


@given(LIVES)
def test_readers_outside_are_told_nothing_of_client_and_supervisor(life: Life) -> None:
    named = {turn.party for turn in turns(life)}
    assert not named & {CLIENT, SUPERVISOR} if life.outside else ESD not in named


def test_a_usual_request_passes_from_hand_to_hand() -> None:
    life = Life(
        at(0),
        at(30),
        (
            task("T5_WriteRequest", "case_manager", 0, 1),
            task(T6, "case_manager", 1, 4),
            task(T7, "esd_wioa_supervisor", 1, 20),
            task("RO1_FindClient", "esd_staff", 20, 22),
            task("T10_ConfirmVisible", "case_manager", 22),
        ),
        (Happening(at(3), "task_claimed", T7), Happening(at(20), "contact_made")),
        (Mail(SUPERVISOR, at(1), at(2)), Mail(PARTNER, at(22), at(23))),
    )
    assert parties(life) == [
        (PARTNER, 1), (MAIL, 1), (SUPERVISOR, 1), (PARTNER, 1), (CLIENT, 16), (SUPERVISOR, 2), (MAIL, 1),
        (PARTNER, 7),
    ]  # fmt: skip
    assert waits_for(life, PARTNER) and not waits_for(life, SUPERVISOR)


CONTACT = task(T7, "esd_wioa_supervisor", 0)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], [(SUPERVISOR, 10)]),
        ([(2, "task_claimed")], [(SUPERVISOR, 2), (CLIENT, 8)]),
        ([(2, "task_claimed"), (3, "task_released")], [(SUPERVISOR, 2), (CLIENT, 1), (SUPERVISOR, 7)]),
        ([(2, "task_claimed"), (3, "claim_released_idle")], [(SUPERVISOR, 2), (CLIENT, 8)]),
        ([(2, "task_claimed"), (5, "client_has_not_called")], [(SUPERVISOR, 2), (CLIENT, 3), (SUPERVISOR, 5)]),
        ([(1, "client_has_not_called"), (2, "task_claimed")], [(SUPERVISOR, 10)]),
        ([(0, "contact_attempted"), (2, "task_claimed")], [(SUPERVISOR, 10)]),
        ([(0, "contact_made")], [(CLIENT, 10)]),
        ([(0, "contact_made"), (6, "remind_undecided")], [(CLIENT, 6), (SUPERVISOR, 4)]),
    ],
)  # fmt: skip
def test_who_is_waited_for_until_the_client_is_reached(
    events: list[tuple[float, str]], expected: list[tuple[str, float]]
) -> None:
    happened = tuple(Happening(at(hours), kind, T7) for hours, kind in events)
    assert parties(Life(at(0), at(10), (CONTACT,), happened)) == expected


def test_on_hold_the_partner_is_not_waited_for() -> None:
    partner = task("T10_ConfirmVisible", "case_manager", 0)
    held = (Happening(at(2), "case_held"), Happening(at(6), "case_resumed"))
    decides = task("T90_DecideOnLapsedAgreement", "program_manager", 2, 5)
    assert parties(Life(at(0), at(8), (partner, decides), held)) == [(PARTNER, 2), (MANAGER, 4), (PARTNER, 2)]
    beside = Life(at(0), at(4), (CONTACT, decides), held[:1])
    assert parties(beside) == [(SUPERVISOR, 2), (MANAGER, 2)]
    assert waits_for(beside, SUPERVISOR) and waits_for(beside, MANAGER)


def test_a_reminder_counts_only_the_time_of_its_own_party() -> None:
    taken = (Happening(at(2), "task_claimed", T7), Happening(at(30), "task_released", T7))
    day = at(24)  # a business day after the beginning
    life = Life(at(0), at(29), (CONTACT,), taken[:1])
    assert still_to_wait(life, SUPERVISOR, at(0), day, CALENDAR) == timedelta(hours=7)
    later = Life(at(0), at(33), (CONTACT,), taken)
    assert still_to_wait(later, SUPERVISOR, at(0), day, CALENDAR) == timedelta(hours=4)
    late = Life(at(0), at(24 * 4), (CONTACT,), taken)
    assert still_to_wait(late, SUPERVISOR, at(0), day, CALENDAR) is None
