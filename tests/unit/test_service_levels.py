"""The file of times and limits: what it says, and every problem of a bad one."""

from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.service_levels import InvalidServiceLevels, ServiceLevels

GOOD = """
[calendar]
time_zone = "America/Los_Angeles"
opens = "08:30"
closes = "16:30"
closed = [2026-12-24]

[supervisor_claim_reminder]
after = "1 business day"
meaning = "Then the supervisors are reminded."

[supervisor_escalate_pm]
after = "4 business days"
counts_from = "first"
meaning = "Then the program manager is told."

[contact_attempts_max]
value = 3
meaning = "So often a supervisor tries."

[agreement_warning_days]
value = [90, 60, 30, 7]
meaning = "So many days before its end an agreement is warned of."
"""


def test_times_and_numbers_are_read() -> None:
    levels = ServiceLevels.parse(GOOD)
    assert levels.keys() == {
        "supervisor_claim_reminder",
        "supervisor_escalate_pm",
        "contact_attempts_max",
        "agreement_warning_days",
    }
    assert levels.duration("supervisor_claim_reminder").business_days == 1
    assert levels.after("supervisor_escalate_pm") == "4 business days"
    assert levels.number("contact_attempts_max") == 3
    assert levels.numbers("agreement_warning_days") == (90, 60, 30, 7)
    assert levels.numbers("contact_attempts_max") == (3,)
    assert levels.counts_from("supervisor_claim_reminder") == "opened"
    assert levels.counts_from("supervisor_escalate_pm") == "first"
    assert levels.meaning("contact_attempts_max") == "So often a supervisor tries."
    assert next(level.key for level in levels) == "supervisor_claim_reminder"


def test_the_calendar_is_that_of_the_file_and_the_days_added() -> None:
    calendar = ServiceLevels.parse(GOOD).calendar([date(2026, 12, 28)])
    assert (calendar.opens, calendar.closes) == (time(8, 30), time(16, 30))
    assert calendar.closed == {date(2026, 12, 24), date(2026, 12, 28)}
    usual = ServiceLevels.parse("").calendar()
    assert (str(usual.zone), usual.opens, usual.closes) == ("America/Los_Angeles", time(8), time(17))


def test_toml_clock_times_are_understood() -> None:
    assert ServiceLevels.parse("[calendar]\nopens = 09:00:00").calendar().opens == time(9)


@pytest.mark.parametrize("ask", ["duration", "after", "number", "numbers", "counts_from", "meaning"])
def test_a_key_that_is_not_there_is_named(ask: str) -> None:
    with pytest.raises(KeyError, match="no_such_key"):
        getattr(ServiceLevels.parse(GOOD), ask)("no_such_key")


def test_a_number_is_no_time_and_a_time_no_number() -> None:
    levels = ServiceLevels.parse(GOOD)
    with pytest.raises(KeyError, match="contact_attempts_max"):
        levels.duration("contact_attempts_max")
    with pytest.raises(KeyError, match="supervisor_claim_reminder"):
        levels.number("supervisor_claim_reminder")
    with pytest.raises(KeyError, match="agreement_warning_days"):
        levels.number("agreement_warning_days")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[x", "cannot be read as TOML"),
        ("[x]\nafter = 'soon'\nmeaning = 'm'", "[x]: “soon” is not a length of time"),
        ("[x]\nafter = 5\nmeaning = 'm'", "[x]: “after” must be a length of time in quotes"),
        ("[x]\nafter = '1 day'", "[x]: “meaning” must say in words"),
        ("[x]\nafter = '1 day'\nmeaning = ' '", "[x]: “meaning” must say in words"),
        ("[x]\nmeaning = 'm'", "[x] needs either “after” or “value”"),
        ("[x]\nafter = '1 day'\nvalue = 1\nmeaning = 'm'", "[x] needs either “after” or “value”"),
        ("[x]\nvalue = '3'\nmeaning = 'm'", "[x]: “value” must be a whole number"),
        ("[x]\nvalue = true\nmeaning = 'm'", "[x]: “value” must be a whole number"),
        ("[x]\nvalue = -1\nmeaning = 'm'", "[x]: “value” must be a whole number"),
        ("[x]\nvalue = []\nmeaning = 'm'", "[x]: “value” must be a whole number"),
        ("[x]\nafter = '1 day'\nmeaning = 'm'\ncounts_from = 'later'", "[x]: “counts_from” is"),
        ("[x]\nvalue = 1\nmeaning = 'm'\ncounts_from = 'first'", "[x]: “counts_from” is"),
        ("[x]\nafter = '1 day'\nmeaning = 'm'\nafterwards = 1", "[x] has the unknown word “afterwards”"),
        ("x = 5", "“x” stands outside of a table"),
        ("[X-1]\nafter = '1 day'\nmeaning = 'm'", "[X-1]: a key is small letters"),
        ("calendar = 1", "“calendar” stands outside of a table"),
        ("[calendar]\nopen = '08:00'", "[calendar] has the unknown word “open”"),
        ("[calendar]\nopens = 'early'", "[calendar]: “opens” must be a clock time"),
        ("[calendar]\nopens = '18:00'", "the offices must open before they close"),
        ("[calendar]\ntime_zone = 'Mars/Olympus'", "[calendar]: “time_zone” must be the name"),
        ("[calendar]\ntime_zone = 5", "[calendar]: “time_zone” must be the name"),
        ("[calendar]\nclosed = ['2026-12-24']", "[calendar]: “closed” must be a list of dates"),
    ],
)
def test_a_bad_file_is_told_where_and_why(text: str, problem: str) -> None:
    with pytest.raises(InvalidServiceLevels) as invalid:
        ServiceLevels.parse(text)
    assert any(problem in sentence for sentence in invalid.value.problems), invalid.value.problems
    assert problem in str(invalid.value)


def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(InvalidServiceLevels) as invalid:
        ServiceLevels.parse("[a]\nafter = 'soon'\n[b]\nvalue = 'x'\n")
    assert len(invalid.value.problems) == 4


@given(st.text(alphabet="[]abx=\"'\n 0123456789.-:T{}#", max_size=80))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        ServiceLevels.parse(text)
    except InvalidServiceLevels as invalid:
        assert invalid.problems


def test_the_file_of_the_bundle_is_good() -> None:
    path = Path(__file__).resolve().parents[2] / "bpmn" / "opt_in_5512pro" / "service_levels.toml"
    levels = ServiceLevels.parse(path.read_text(encoding="utf-8"))
    assert {"supervisor_claim_reminder", "contact_attempts_max", "opt_out_again_due"} <= levels.keys()
