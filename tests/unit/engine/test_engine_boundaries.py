"""Boundary events: which of them interrupt, which fire again, what goes with their activity."""

import pytest

from engine import NotWaiting

TASK = """
start S
user A @Clerk
boundary B on=A {what}
user H @Clerk
end E outcome=done
end EH outcome=handled
S -> A -> E
B -> H -> EH
"""


@pytest.mark.parametrize(
    ("what", "event"), [("message=m", "<m"), ("signal=s", "~s"), ("timer='\"P1D\"'", "!B")]
)
class TestEachKind:
    """A message, a signal, a timer, on a task."""

    def test_interrupting(self, walk, what, event):
        result = walk({"main": TASK.format(what=what)}, event)
        assert (result.open, result.cancelled) == (("H",), ("A",))
        assert walk({"main": TASK.format(what=what)}, event, "H").outcome == "handled"

    def test_not_interrupting(self, walk, what, event):
        text = {"main": TASK.format(what=what + " interrupting=no")}
        assert set(walk(text, event).open) >= {"A", "H"}
        assert walk(text, event, "H", "A").outcome == "done"
        assert walk(text, event, "A", "H").outcome == "handled"

    def test_it_is_gone_with_its_activity(self, walk, what, event):
        text = {"main": TASK.format(what=what + " interrupting=no")}
        assert walk(text, event, "A").open == ("H",)
        if event != "~s":
            with pytest.raises(NotWaiting):
                walk(text, event, "A", event)
        else:
            assert walk(text, event, "A", event).open == ("H",)


@pytest.mark.parametrize("what", ["message=m", "signal=s"])
def test_a_message_or_signal_that_does_not_interrupt_fires_again(walk, what):
    event = "<m" if what == "message=m" else "~s"
    result = walk({"main": TASK.format(what=what + " interrupting=no")}, event, event, event)
    assert sorted(result.open) == ["A", "B", "H", "H", "H"]


def test_a_timer_that_does_not_interrupt_fires_once_for_each_entry_of_its_activity(walk):
    text = TASK.format(what="timer='\"P1D\"' interrupting=no").replace(
        "S -> A -> E", 'xor G\nS -> A -> G\nG -> A if again == "yes"\nG -> E'
    )
    with pytest.raises(NotWaiting):
        walk({"main": text}, "!B", "!B")
    result = walk({"main": text}, "!B", ("A", {"again": "yes"}), "!B")
    assert sorted(result.open) == ["A", "H", "H"]


def test_a_boundary_event_goes_on_with_the_data_of_its_activitys_entry(walk):
    text = TASK.format(what="message=m interrupting=no").replace("S -> A", "user Z @Clerk\nS -> Z -> A")
    result = walk({"main": text}, ("Z", {"z": 1}), "<m", ("H", {"h": 2}))
    assert dict(zip(result.open, result.data, strict=True))["A"] == {"z": 1}


MAIN = """
start S
call K process=middle @Boss
boundary M on=K message=withdrawn
boundary L on=K message=lapsed interrupting=no
boundary H on=K signal=hand_over
user D @Boss
xor G
throw T signal=hand_over
terminate X1 outcome=finished
terminate X2 outcome=withdrawn
end Y
end Z
terminate X3 outcome=handed_over
S -> K -> X1
M -> X2
L -> D -> G
G -> T if over
T -> Y
G -> Z
H -> X3
"""
MIDDLE = """
start S2
and F2
call K2 process=inner @Clerk
user U2 @Clerk
boundary T2 on=U2 timer='"P1D"' interrupting=no
end ET
end E21
end E22
S2 -> F2
F2 -> K2 -> E21
F2 -> U2 -> E22
T2 -> ET
"""
INNER = "start S3\n user U3 @Clerk\n boundary B3 on=U3 message=never\n end E3\n end E4\n S3 -> U3 -> E3\n B3 -> E4"
NEST = {"main": MAIN, "middle": MIDDLE, "inner": INNER}


def test_an_interrupting_event_on_a_call_cancels_everything_inside(walk):
    result = walk(NEST, "!T2", "<withdrawn")
    assert (result.ended, result.outcome, result.open) == (True, "withdrawn", ())
    assert set(result.cancelled) == {"K", "K2", "U2", "U3"}


def test_a_side_branch_can_end_the_call_through_a_signal(walk):
    result = walk(NEST, "<lapsed", ("D", {"over": True}))
    assert (result.ended, result.outcome) == (True, "handed_over")
    assert set(result.cancelled) == {"K", "K2", "U2", "U3"}


def test_a_side_branch_can_go_by_without_touching_the_call(walk):
    result = walk(NEST, "<lapsed", ("D", {"over": False}), "<lapsed", ("D", {"over": False}), "U3", "U2")
    assert (result.ended, result.outcome) == (True, "finished")


def test_a_signal_thrown_inside_its_own_scope_stops_that_scope_at_once(walk):
    main = """
    start S
    call K process=inner @Boss
    boundary B on=K signal=stop
    user A @Clerk
    end E outcome=ran_on
    end EB outcome=stopped
    S -> K -> E
    B -> A -> EB
    """
    inner = """
    start SI
    user U @Clerk
    throw T signal=stop
    service V step=never
    end EI
    SI -> U -> T -> V -> EI
    """
    result = walk({"main": main, "inner": inner}, "U")
    assert result.open == ("A",)
    assert "V" not in result.visited and "T" in result.visited


def test_two_events_of_one_activity_at_the_same_signal_fire_one_after_the_other(walk):
    text = """
    start S
    user A @Clerk
    boundary N on=A signal=s interrupting=no
    boundary I on=A signal=s
    user HN @Clerk
    user HI @Clerk
    end E
    S -> A -> E
    N -> HN -> E
    I -> HI -> E
    """
    assert sorted(walk({"main": text}, "~s").open) == ["HI", "HN"]


def test_a_service_task_never_leaves_its_boundary_events_behind(walk):
    text = """
    start S
    service V step=v
    boundary B on=V message=m
    user A @Clerk
    end E
    S -> V -> A -> E
    B -> E
    """
    assert walk({"main": text}).open == ("A",)
