"""Business time: holidays of 2026 and 2027, durations, the change of the clocks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.calendar import Calendar, Duration, state_holidays

ZONE = ZoneInfo("America/Los_Angeles")
CALENDAR = Calendar()

HOLIDAYS = {
    2026: "01-01 01-19 02-16 05-25 06-19 07-03 09-07 11-11 11-26 11-27 12-25",
    2027: "01-01 01-18 02-15 05-31 06-18 07-05 09-06 11-11 11-25 11-26 12-24 12-31",
}


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def after(start: str, duration: str, calendar: Calendar = CALENDAR) -> str:
    moment = calendar.add(local(start), Duration.parse(duration))
    assert moment.tzinfo is UTC
    return f"{moment.astimezone(calendar.zone):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize("year", HOLIDAYS)
def test_state_holidays_are_kept_on_their_observed_days(year: int) -> None:
    assert sorted(state_holidays(year)) == [
        date.fromisoformat(f"{year}-{day}") for day in HOLIDAYS[year].split()
    ]


def test_a_holiday_may_be_kept_in_the_year_before() -> None:
    assert state_holidays(2027)[date(2027, 12, 31)] == "New Year's Day"
    assert date(2028, 1, 1) not in state_holidays(2028)


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2026-11-16 10:00", "1 business day", "2026-11-17 10:00"),
        ("2026-11-16 10:00", "2 business days", "2026-11-18 10:00"),
        ("2026-11-20 10:00", "1 business day", "2026-11-23 10:00"),
        ("2026-11-25 10:00", "1 business day", "2026-11-30 10:00"),
        ("2026-11-10 16:59", "1 business day", "2026-11-12 16:59"),
        ("2026-11-16 07:00", "1 business day", "2026-11-17 08:00"),
        ("2026-11-16 08:00", "1 business day", "2026-11-17 08:00"),
        ("2026-11-16 17:00", "1 business day", "2026-11-18 08:00"),
        ("2026-11-21 12:00", "1 business day", "2026-11-24 08:00"),
        ("2026-12-24 12:00", "2 business days", "2026-12-29 12:00"),
        ("2027-12-30 12:00", "1 business day", "2028-01-03 12:00"),
        ("2026-11-16 10:00", "same business day", "2026-11-16 17:00"),
        ("2026-11-16 06:00", "same business day", "2026-11-16 17:00"),
        ("2026-11-20 17:00", "same business day", "2026-11-23 17:00"),
        ("2026-11-16 23:30", "10 days", "2026-11-26 23:30"),
        ("2026-11-16 10:00", "2 weeks", "2026-11-30 10:00"),
        ("2026-01-31 10:00", "1 month", "2026-02-28 10:00"),
        ("2026-12-15 10:00", "1 month", "2027-01-15 10:00"),
        ("2028-02-29 10:00", "3 years", "2031-02-28 10:00"),
        ("2026-11-16 10:00", "P2D", "2026-11-18 10:00"),
        ("2026-11-16 10:00", "PT30M", "2026-11-16 10:30"),
        ("2026-11-16 10:00", "P1Y2M1W1DT1H30M30S", "2028-01-24 11:30"),
        ("2026-11-16 10:00", "90 minutes", "2026-11-16 11:30"),
    ],
)
def test_durations_end_where_people_expect_them(start: str, duration: str, end: str) -> None:
    assert after(start, duration) == end


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2026-03-06 10:00", "1 business day", "2026-03-09 10:00"),
        ("2026-10-30 10:00", "1 business day", "2026-11-02 10:00"),
        ("2026-03-07 10:00", "1 day", "2026-03-08 10:00"),
        ("2026-10-31 10:00", "1 day", "2026-11-01 10:00"),
        ("2026-03-07 10:00", "24 hours", "2026-03-08 11:00"),
        ("2026-10-31 10:00", "24 hours", "2026-11-01 09:00"),
        ("2026-03-07 02:30", "1 day", "2026-03-08 03:30"),
    ],
)
def test_the_change_of_the_clocks_keeps_the_clock_time_of_days(start: str, duration: str, end: str) -> None:
    assert after(start, duration) == end


def test_a_moment_needs_its_offset() -> None:
    with pytest.raises(ValueError, match="offset"):
        CALENDAR.add(datetime(2026, 11, 16), Duration.parse("1 day"))  # noqa: DTZ001 - this is the point


def test_closing_days_and_hours_can_be_set() -> None:
    calendar = Calendar(opens=time(9), closes=time(16), closed=frozenset({date(2026, 11, 17)}))
    assert after("2026-11-16 10:00", "1 business day", calendar) == "2026-11-18 10:00"
    assert after("2026-11-16 10:00", "same business day", calendar) == "2026-11-16 16:00"
    assert not calendar.is_open(local("2026-11-16 08:30"))
    assert not calendar.is_open(local("2026-11-17 12:00"))
    with pytest.raises(ValueError, match="open before they close"):
        Calendar(opens=time(17), closes=time(8))


def test_offices_are_open_from_eight_until_just_before_five() -> None:
    assert CALENDAR.is_open(local("2026-11-16 08:00"))
    assert CALENDAR.is_open(local("2026-11-16 16:59"))
    assert not CALENDAR.is_open(local("2026-11-16 07:59"))
    assert not CALENDAR.is_open(local("2026-11-16 17:00"))
    assert not CALENDAR.is_open(local("2026-11-15 12:00"))
    assert CALENDAR.is_open(datetime(2026, 11, 17, 0, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2026-11-16 10:00", "2026-11-16 16:00", 0),
        ("2026-11-16 10:00", "2026-11-17 09:59", 0),
        ("2026-11-16 10:00", "2026-11-17 10:00", 1),
        ("2026-11-20 10:00", "2026-11-22 12:00", 0),
        ("2026-11-20 10:00", "2026-11-23 10:00", 1),
        ("2026-11-21 10:00", "2026-11-24 08:00", 1),
        ("2026-11-24 10:00", "2026-12-01 10:00", 3),
        ("2026-11-24 10:00", "2026-11-01 10:00", 0),
    ],
)
def test_whole_business_days_are_counted(start: str, end: str, days: int) -> None:
    assert CALENDAR.business_days_between(local(start), local(end)) == days


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2",
        "business day",
        "two days",
        "-1 days",
        "1.5 days",
        "P",
        "PT",
        "P1",
        "2 business",
        "99999999 years",
        "P999Y",
        "9999 business days",
    ],
)
def test_what_is_no_duration_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"“.*” is (not a length of time|too long)"):
        Duration.parse(text)


@pytest.mark.parametrize("text", ["1 business day", "same business day", "P2D", "3 years", "1 days"])
def test_a_duration_reads_as_it_was_written(text: str) -> None:
    assert str(Duration.parse(f"  {text} ")) == text


MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is given beside
BUSINESS = st.integers(1, 30).map(lambda n: Duration.parse(f"{n} business days")) | st.just(
    Duration.parse("same business day")
)


@given(MOMENTS, BUSINESS)
def test_business_days_end_within_opening_hours(start: datetime, duration: Duration) -> None:
    end = CALENDAR.add(start, duration)
    assert end > start
    clock = end.astimezone(ZONE)
    assert CALENDAR.is_business_day(clock.date())
    assert time(8) <= clock.time() <= time(17)
    assert CALENDAR.is_open(end) or duration.same_business_day


@given(MOMENTS, MOMENTS, BUSINESS)
def test_what_begins_later_is_due_no_earlier(one: datetime, other: datetime, duration: Duration) -> None:
    first, second = sorted([one, other])
    assert CALENDAR.add(first, duration) <= CALENDAR.add(second, duration)


@given(MOMENTS, st.integers(1, 29))
def test_one_day_more_is_due_later(start: datetime, days: int) -> None:
    shorter, longer = (Duration.parse(f"{n} business days") for n in (days, days + 1))
    assert CALENDAR.add(start, shorter) < CALENDAR.add(start, longer)


@given(MOMENTS, st.integers(1, 30), st.integers(0, 3600))
def test_counting_is_the_reverse_of_adding(start: datetime, days: int, less: int) -> None:
    due = CALENDAR.add(start, Duration.parse(f"{days} business days"))
    assert CALENDAR.business_days_between(start, due) == days
    assert CALENDAR.business_days_between(start, due - timedelta(seconds=less + 1)) == days - 1


@given(MOMENTS, st.integers(0, 400))
def test_days_keep_the_clock_time_but_for_the_hour_that_does_not_exist(start: datetime, days: int) -> None:
    end = CALENDAR.add(start, Duration.parse(f"{days} days")).astimezone(ZONE)
    begin = start.astimezone(ZONE)
    assert end.date() == begin.date() + timedelta(days=days)
    assert end.time() == begin.time() or (begin.hour, end.hour) == (2, 3)
