"""When a timer falls due, counted from Friday 2026-11-20, 10:00 UTC."""

from datetime import UTC, datetime

import pytest

from engine.due import due

SINCE = datetime(2026, 11, 20, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("PT1S", "2026-11-20T10:00:01+00:00"),
        ("PT0.5S", "2026-11-20T10:00:00.500000+00:00"),
        ("PT0,25S", "2026-11-20T10:00:00.250000+00:00"),
        ("P1DT2H3M", "2026-11-21T12:03:00+00:00"),
        ("P2W", "2026-12-04T10:00:00+00:00"),
        ("P1Y2M", "2028-01-20T10:00:00+00:00"),
        ("P99999999D", "9999-12-31T23:59:59.999999+00:00"),
        ("P999999Y", "9999-12-31T23:59:59.999999+00:00"),
        ("2026-12-01T00:00:00+01:00", "2026-12-01T00:00:00+01:00"),
        ("2026-12-01T00:00:00Z", "2026-12-01T00:00:00+00:00"),
        ("2016-06-01T14:37:44", "2016-06-01T14:37:44+00:00"),
        ("R3/PT10S", "2026-11-20T10:00:10+00:00"),
        ("R/P1D", "2026-11-21T10:00:00+00:00"),
        ("R5/2026-11-30T10:00:00Z/PT1H", "2026-11-30T10:00:00+00:00"),
        ("R5/2026-11-01T10:00:00Z/PT1H", "2026-11-20T11:00:00+00:00"),
        ("R2/PT1H/2026-12-24T00:00:00Z", "2026-11-20T11:00:00+00:00"),
    ],
)
def test_the_moment_at_which_a_text_falls_due(text, moment):
    assert due(text, SINCE).isoformat() == moment


def test_a_month_from_the_last_day_of_a_long_one_is_the_last_day_of_a_short_one():
    assert due("P3M", datetime(2026, 11, 30, tzinfo=UTC)).date().isoformat() == "2027-02-28"


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1DT", "tomorrow", "R", "R3", "R3/", "P1H", "PT1D", "two_days"]
)
def test_what_is_no_time_says_so(text):
    with pytest.raises(ValueError):
        due(text, SINCE)
