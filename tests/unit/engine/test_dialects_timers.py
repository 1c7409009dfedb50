"""Timer texts of other tools."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from soaking import examples

from engine.dialects import timer
from engine.errors import ExpressionError
from engine.timers import compile_timer, wrong


@pytest.mark.parametrize(
    ("form", "written", "meant"),
    [
        ("timeDuration", "PT1S", '"PT1S"'),
        ("timeDuration", " P3D\n", '"P3D"'),
        ("timeDuration", "PT0.25S", '"PT0.25S"'),
        ("timeDuration", '"PT1S"', '"PT1S"'),
        ("timeDuration", "'P14D'", '"P14D"'),
        ("timeDuration", '="PT1S"', '"PT1S"'),
        ("timeDuration", '= duration("PT1S")', '"PT1S"'),
        ("timeDuration", "${'PT1S'}", '"PT1S"'),
        ("timeDuration", "${duration}", "duration"),
        ("timeDuration", "${ a == 'x' ? 'PT1H' : 'PT2H' }", "'PT1H' if a == 'x' else 'PT2H'"),
        ("timeDuration", "timedelta(seconds=30)", '"PT30S"'),
        ("timeDuration", "timedelta(hours=1, minutes=2)", '"PT3720S"'),
        ("timeDuration", 'service_level("reply")', 'service_level("reply")'),
        ("timeDuration", "Pause", "Pause"),
        ("timeDate", "2026-11-21T10:00:00Z", '"2026-11-21T10:00:00Z"'),
        ("timeDate", "2026-11-21T10:00:00-08:00", '"2026-11-21T10:00:00-08:00"'),
        ("timeDate", "2026-11-21T10:00:00+01:00[Europe/Berlin]", '"2026-11-21T10:00:00+01:00"'),
        ("timeDate", "#{dueDate}", "dueDate"),
        ("timeDate", "=case.due", "case.due"),
        ("timeDate", "start_time", "start_time"),
        ("timeDate", '= date and time("2026-11-21T10:00:00Z")', '"2026-11-21T10:00:00Z"'),
        ("timeCycle", "R3/PT10S", '"R3/PT10S"'),
        ("timeCycle", "R/PT1H", '"R/PT1H"'),
        ("timeCycle", "R5/2026-11-21T10:00:00Z/PT1H", '"R5/2026-11-21T10:00:00Z/PT1H"'),
        ("timeCycle", '"R2/PT0.1S"', '"R2/PT0.1S"'),
        ("timeCycle", "${cronExpression}", "cronExpression"),
        ("timeCycle", "0 0/5 * * * ?", '"R/PT5M"'),
        ("timeCycle", "3 0/5 * * * ?", '"R/PT5M"'),
        ("timeCycle", "0/5 0/1 * 1/1 * ?", '"R/PT5S"'),
        ("timeCycle", "0/20 * * * * ?", '"R/PT20S"'),
        ("timeCycle", "*/10 * * * *", '"R/PT10M"'),
        ("timeCycle", "0 0 0/6 * * ? *", '"R/PT6H"'),
    ],
)
def test_a_timer_is_turned_into_what_the_engine_takes(form: str, written: str, meant: str) -> None:
    assert timer(form, written) == meant
    assert form == "timeCycle" or wrong(form, meant, None) is None


@pytest.mark.parametrize(
    ("form", "written", "said"),
    [
        ("timeDate", "", "no text"),
        ("timeDate", "2036-11-14T11:12:22", "write 2036-11-14T11:12:22Z"),
        ("timeDate", "2036-11-14", "write 2036-11-14T00:00:00Z"),
        ("timeDate", "PT1M", "timeDuration"),
        ("timeDate", "2036-13-14T11:12:22Z", "not an ISO 8601 moment"),
        ("timeDate", '"soon"', "not an ISO 8601 moment"),
        ("timeDate", "DateTime.AddDays(Execution.Created, 1)", "AddDays(…)"),
        ("timeDate", '2026-11-21"10:00:00Z', "no time"),
        ("timeDuration", "1w", "not an ISO 8601 duration"),
        ("timeDuration", "PT1", "not an ISO 8601 duration"),
        ("timeDuration", "P1H", "not an ISO 8601 duration"),
        ("timeDuration", "= 5", "not an ISO 8601 duration"),
        ("timeDuration", "R3/PT10S", "timeCycle"),
        ("timeDuration", "PT${n}S", "not an ISO 8601 duration"),
        ("timeDuration", "timedelta(minutes=Result)", "no function timedelta"),
        ("timeDuration", "timedelta(years=1)", "timedelta(years=…)"),
        ("timeDuration", "${bean.pause()}", "pause(…)"),
        ("timeDuration", "P" * 1001, "longer"),
        ("timeCycle", "PT5M", "R/PT5M"),
        ("timeCycle", "R/P1H", "not a repeating interval"),
        ("timeCycle", "R0/PT1H", "not a repeating interval"),
        ("timeCycle", "R3/PT1H/2026-11-21T10:00:00Z", "not a repeating interval"),
        ("timeCycle", "R3/2026-11-21T10:00:00/PT1H", "no offset"),
        ("timeCycle", "R/PT0S", "without a pause"),
        ("timeCycle", "R3/${pause}", "not a repeating interval"),
        ("timeCycle", "0 0 12 * * ?", "cron"),
        ("timeCycle", "0 0/7 * * * ?", "cron"),
        ("timeCycle", "0 0/5 9-17 * * MON-FRI", "cron"),
        ("timeOut", "PT1S", "timeOut"),
    ],
)
def test_a_timer_that_says_no_time_is_refused_with_a_mend(form: str, written: str, said: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        timer(form, written)
    assert said in str(refused.value)


_PIECES = st.sampled_from(
    [
        "P",
        "T",
        "R",
        "/",
        "1",
        "0",
        "S",
        "H",
        "D",
        "*",
        "?",
        " ",
        "-",
        ":",
        "Z",
        "${",
        "}",
        "=",
        '"',
        "'",
        "timedelta(",
    ]
)


@settings(max_examples=examples(150), deadline=None)
@given(
    form=st.sampled_from(["timeDate", "timeDuration", "timeCycle"]),
    text=st.lists(_PIECES, max_size=12).map("".join) | st.text(),
)
def test_any_text_is_a_timer_or_refused(form: str, text: str) -> None:
    try:
        compile_timer(timer(form, text))
    except ExpressionError as refused:
        assert str(refused)
