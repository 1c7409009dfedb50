"""Timers and cycles (BPMN 2.0.2, 10.5.5). The engine has no clock: it says what is waited for, the host fires."""

import pytest
from both_ways import both_ways

import engine
from engine import NotWaiting

AROUND = """
start S
user A
boundary B on=A {what}
user H
end E
S -> A -> E
B -> H -> E
"""


def value(walk, element: str) -> str | None:
    """What a timer waits for."""
    return next(work.value for work in walk.kept.open_work() if work.element.id == element)


@pytest.mark.parametrize(
    ("what", "waits"),
    [
        ("timer='\"PT1H\"'", "PT1H"),
        ("timer=PT1H", "PT1H"),
        ("date=2030-01-01T00:00:00Z", "2030-01-01T00:00:00Z"),
        ("timer=wait", "P2D"),
        ("cycle=R3/PT1H", "R3/PT1H"),
    ],
)
def test_a_timer_says_what_it_waits_for(what, waits):
    """10.5.5: a duration, a date or a cycle, as written or as the data say."""
    walk = both_ways(AROUND.format(what=what), data={"wait": "P2D"})
    assert (value(walk, "B"), walk.open) == (waits, ["A", "B"])
    assert walk.play("!B").open == ["H"]


def test_the_time_of_a_timer_is_asked_once():
    """10.5.5: the expression is evaluated when the timer begins to wait."""
    text = """
    start S
    user A
    catch T timer=wait
    user B
    and F
    end E
    S -> F
    F -> T -> E
    F -> A -> B -> E
    """
    walk = both_ways(text, ("A", {"wait": "P9D"}), data={"wait": "P2D"})
    assert value(walk, "T") == "P2D"


@pytest.mark.parametrize("wait", [3, None, "", True])
def test_a_timer_without_a_text_is_an_incident(wait):
    """10.5.5: what gives no time cannot be waited for."""
    with pytest.raises(engine.Incident, match="timer") as refusal:
        both_ways(AROUND.format(what="timer=wait"), data={"wait": wait})
    assert refusal.value.element_id == "B"


def test_a_cycle_counts_down():
    """10.5.5, ISO 8601-1 5.6: R3 repeats three times, and each time fewer are left."""
    walk = both_ways(AROUND.format(what="cycle=R3/PT1H interrupting=no"))
    for left in ("R3/PT1H", "R2/PT1H", "R1/PT1H"):
        assert value(walk, "B") == left
        walk.play("!B")
    assert walk.open == ["A", "H", "H", "H"]
    with pytest.raises(NotWaiting):
        walk.play("!B")


def test_a_cycle_without_a_number_never_ends():
    """ISO 8601-1 5.6: R/PT1H repeats as long as its activity is active."""
    walk = both_ways(AROUND.format(what="cycle=R/PT1H interrupting=no"), *["!B"] * 5)
    assert (value(walk, "B"), walk.open.count("H")) == ("R/PT1H", 5)
    walk.play("A")
    assert walk.open == ["H"] * 5


def test_a_cycle_keeps_its_begin():
    """ISO 8601-1 5.6: the moment of the first time stays part of the text."""
    walk = both_ways(AROUND.format(what="cycle=R2/2030-01-01T00:00:00Z/PT1H interrupting=no"), "!B")
    assert value(walk, "B") == "R1/2030-01-01T00:00:00Z/PT1H"


def test_an_interrupting_cycle_fires_once():
    """13.5.3: its activity is gone after the first time."""
    walk = both_ways(AROUND.format(what="cycle=R3/PT1H"), "!B")
    assert walk.open == ["H"]


def test_a_cycle_begins_anew_with_its_activity():
    """13.5.3: each time the activity begins, its events do too."""
    text = AROUND.format(what="cycle=R2/PT1H interrupting=no").replace(
        "A -> E", "A -> G\n xor G\n G -> M if again\n G -> E else"
    )
    text = text.replace("S -> A", "xor M\n S -> M -> A")
    walk = both_ways(text, "!B", ("A", {"again": True}))
    assert value(walk, "B") == "R2/PT1H"


def test_a_catch_event_with_a_cycle_passes_at_the_first_time():
    """13.5.2: a token passes once."""
    walk = both_ways("start S\n catch T cycle=R3/PT1H\n user A\n S -> T -> A", "!T")
    assert walk.open == ["A"]


def test_a_timer_of_a_loop_runs_over_all_rounds():
    """13.3.7, 13.5.3: it belongs to the activity as a whole, and is not set again in each round."""
    text = AROUND.format(what="timer='\"PT1H\"' interrupting=no").replace(
        "user A", "user A times=3 sequential=yes"
    )
    walk = both_ways(text, "A", "!B", "A")
    assert walk.open == ["A", "H"]


def test_a_timer_that_is_fired_twice_is_refused():
    """10.5.5: what does not wait cannot come about; nothing is changed."""
    walk = both_ways(AROUND.format(what="timer='\"PT1H\"'"), "!B")
    with pytest.raises(NotWaiting):
        walk.play("!B")
    assert walk.open == ["H"]


def test_timers_of_both_kinds_on_one_activity():
    """13.5.3: reminders that do not interrupt, and a limit that does."""
    text = (
        AROUND.format(what="cycle=R/P1D interrupting=no")
        + "boundary L on=A timer='\"P7D\"'\n user K\n L -> K -> E"
    )
    walk = both_ways(text, "!B", "!B", "!L")
    assert walk.open == ["H", "H", "K"]


def test_a_timer_beside_a_message_in_one_event():
    """10.5.4: the event comes about by whichever is first."""
    text = "start S\n catch M message=m timer='\"PT1H\"'\n user A\n S -> M -> A"
    assert both_ways(text, "<m").open == ["A"]
    assert both_ways(text, "!M").open == ["A"]
