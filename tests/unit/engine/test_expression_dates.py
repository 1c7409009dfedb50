"""Days, moments and durations in expressions, with the clock and the calendar that a host lends."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.expressions import FUNCTIONS, TIMELESS, WEEKDAYS, Context, ExpressionError, compile
from engine.expressions.dates import MAX_BUSINESS_SPAN, Duration, read_duration
from workflows.calendar import Calendar

CONTEXT = Context(datetime(2026, 11, 24, 9, tzinfo=ZoneInfo("America/Los_Angeles")), Calendar())


def test_without_a_host_there_is_no_clock_and_no_calendar():
    for text in ("now()", "today()", "date('2026-01-01') < today()"):
        with pytest.raises(ExpressionError, match="no clock"):
            compile(text).evaluate({})
    for text in (
        "is_business_day('2026-01-01')",
        "business_days_between('2026-01-01', '2026-01-02')",
        "add_business_days('2026-01-01', 1)",
    ):
        with pytest.raises(ExpressionError, match="no business calendar"):
            compile(text).evaluate({}, Context(CONTEXT.now))
    with pytest.raises(ExpressionError, match="needs its offset"):
        compile("now()").evaluate({}, Context(datetime(2026, 11, 24)))  # noqa: DTZ001 - it is the mistake
    with pytest.raises(ExpressionError, match="no clock"):
        FUNCTIONS["today"]()


def test_where_there_is_no_host_its_functions_can_be_refused_beforehand():
    assert set(FUNCTIONS) - set(TIMELESS) == {
        "now", "today", "is_business_day", "business_days_between", "add_business_days",
    }  # fmt: skip
    assert compile("days_between(a, b) > 3", functions=TIMELESS).names == {"a", "b"}
    with pytest.raises(ExpressionError, match="no function today"):
        compile("today() > date(a)", functions=TIMELESS)


def test_the_calendar_is_the_hosts():
    """26 and 27 November 2026 are holidays of the state; a plain week knows nothing of them."""
    for calendar, answer in ((Calendar(), "2026-12-01"), (WEEKDAYS, "2026-11-27")):
        assert compile("add_business_days(today(), 3)").evaluate({}, Context(CONTEXT.now, calendar)) == answer
    ask = compile("business_days_between(today(), '2026-12-01')").evaluate
    assert (ask({}, CONTEXT), ask({}, Context(CONTEXT.now, WEEKDAYS))) == (3, 5)
    assert compile("is_business_day('2026-11-26')").evaluate({}, CONTEXT) is False


@settings(max_examples=60, deadline=None)
@given(st.dates(date(2025, 1, 1), date(2027, 1, 1)), st.integers(-200, 200))
def test_business_days_added_are_business_days_between(day, count):
    data = {"day": day.isoformat(), "n": count}
    there = compile("add_business_days(day, n)").evaluate(data, CONTEXT)
    between = compile("business_days_between(day, there)").evaluate({**data, "there": there}, CONTEXT)
    # Backwards the day itself is counted instead of the one arrived at, so a holiday counts one less.
    assert between == (count if count >= 0 or Calendar().is_business_day(day) else count + 1)
    assert count == 0 or Calendar().is_business_day(date.fromisoformat(there))


def test_business_days_are_counted_over_a_bounded_span():
    ask = compile("business_days_between(a, b)").evaluate
    last = date(2026, 1, 1) + timedelta(days=MAX_BUSINESS_SPAN)
    assert ask({"a": "2026-01-01", "b": last.isoformat()}, Context(None, WEEKDAYS)) > 1000
    with pytest.raises(ExpressionError, match="at most"):
        ask({"a": "2026-01-01", "b": (last + timedelta(days=1)).isoformat()}, Context(None, WEEKDAYS))

    class Never:
        def is_business_day(self, day: date) -> bool:
            return False

    with pytest.raises(ExpressionError, match="at most"):
        compile("add_business_days('2026-01-01', 1)").evaluate({}, Context(None, Never()))


def test_a_moment_is_compared_by_when_it_is_and_its_day_is_on_its_own_clock():
    data = {"here": "2026-11-30T17:00:00-08:00", "there": "2026-12-01T01:00:00Z"}
    assert compile("moment(here) == moment(there)").holds(data)
    assert compile("date(here) < date(there)").holds(data)
    assert compile("today()").evaluate({}, Context(datetime(2026, 12, 1, 1, tzinfo=UTC))) == "2026-12-01"


def test_the_hour_that_a_clock_shows_twice_is_two_moments():
    zone = ZoneInfo("America/Los_Angeles")
    early, late = (datetime(2026, 11, 1, 1, 30, tzinfo=zone, fold=fold) for fold in (0, 1))
    assert compile("early < late").holds({"early": early, "late": late})
    assert compile("late - early").evaluate({"early": early, "late": late}) == "PT1H"


def test_dates_of_a_host_are_admitted_and_leave_as_text():
    data = {
        "day": date(2026, 1, 2),
        "at": datetime(2026, 1, 2, 3, tzinfo=UTC),
        "long": Duration(2),
        "price": Decimal("1.50"),
    }
    assert compile("[day, at, long, price]").evaluate(data) == [
        "2026-01-02",
        "2026-01-02T03:00:00+00:00",
        "P2M",
        1.5,
    ]
    with pytest.raises(ExpressionError, match="needs its offset"):
        compile("at").evaluate({"at": datetime(2026, 1, 2)})  # noqa: DTZ001 - it is the mistake


MONTHS = [
    ("2026-01-31", 1, "2026-02-28"), ("2028-01-31", 1, "2028-02-29"), ("2026-12-31", 2, "2027-02-28"),
    ("2026-03-31", -1, "2026-02-28"), ("2026-01-15", -1, "2025-12-15"), ("2026-11-21", 12, "2027-11-21"),
    ("9999-12-31", 0, "9999-12-31"), ("2026-05-31T10:00:00Z", 1, "2026-06-30T10:00:00+00:00"),
]  # fmt: skip


@pytest.mark.parametrize(("start", "count", "end"), MONTHS)
def test_months_end_in_their_month(start, count, end):
    assert compile("add_months(start, count)").evaluate({"start": start, "count": count}) == end


@settings(max_examples=200, deadline=None)
@given(
    st.datetimes(datetime.fromisoformat("1900-01-01"), datetime.fromisoformat("2200-01-01")),
    st.integers(-900, 900),
    st.integers(-(10**6), 10**6),
)
def test_what_is_added_is_the_difference(start, minutes, seconds):
    at = start.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    data = {
        "at": at.isoformat(timespec="microseconds"),
        "for": str(Duration(span=timedelta(seconds=seconds))),
    }
    data["long"] = data.pop("for")
    assert compile("moment(at) + duration(long) - moment(at) == duration(long)").holds(data)
    assert compile("moment(at) + duration(long) - duration(long) == moment(at)").holds(data)


@settings(max_examples=200, deadline=None)
@given(st.integers(-5000, 5000), st.timedeltas(timedelta(0), timedelta(days=9999)))
def test_a_duration_is_written_and_read_again(months, span):
    found = Duration(months, -span if months < 0 else span)
    assert read_duration(str(found)) == found


def test_a_duration_that_goes_both_ways_is_never_written():
    with pytest.raises(ExpressionError, match="both forward and back"):
        compile("duration('P1M') - duration('P1D')").evaluate({})
