"""Event sub-processes (BPMN 2.0.2, 10.3.5 and 13.5.4)."""

import pytest
from both_ways import both_ways

from engine import NotWaiting

HANDLED = """
start S
user A
user C
end E
S -> A -> C -> E
on Z {{
start SZ {what}
user H
end EZ
SZ -> H -> EZ
}}
"""
TRIGGERS = [("message=m", "<m"), ("signal=s", "~s"), ("timer='\"PT1H\"'", "!SZ"), ('condition="x"', "!SZ")]


@pytest.mark.parametrize(("what", "move"), TRIGGERS)
def test_an_interrupting_one_ends_the_scope_around_it_and_takes_its_place(what, move):
    """13.5.4: when it begins, all other work of the scope is ended; the scope is complete with it."""
    walk = both_ways(HANDLED.format(what=what))
    assert walk.open == ["A", "SZ"]
    walk.play(move)
    assert (walk.open, walk.cancelled) == (["H"], ["A"])
    assert walk.play("H").end == "ended"


@pytest.mark.parametrize(("what", "move"), TRIGGERS)
def test_one_that_does_not_interrupt_runs_beside_the_scope(what, move):
    """13.5.4: the scope goes on, and is complete only when both are."""
    walk = both_ways(HANDLED.format(what=what + " interrupting=no"), move)
    assert {"A", "H"} <= set(walk.open)
    walk.play("A", "C")
    assert (walk.end, walk.open) == (None, ["H"] + (["SZ"] if what[0] in "msc" else []))
    assert walk.play("H").end == "ended"


@pytest.mark.parametrize(("what", "move"), TRIGGERS[:2])
def test_one_that_does_not_interrupt_begins_again_each_time(what, move):
    """13.5.4: it may run several times at once."""
    walk = both_ways(HANDLED.format(what=what + " interrupting=no"), move, move)
    assert walk.open == ["A", "H", "H", "SZ"]
    walk.play("H", "H", "A", "C")
    assert walk.end == "ended"


def test_a_timer_that_does_not_interrupt_begins_one_once():
    """13.5.4, 10.5.5: a duration passes once while the scope lives."""
    walk = both_ways(HANDLED.format(what="timer='\"PT1H\"' interrupting=no"), "!SZ")
    assert walk.open == ["A", "H"]


def test_a_cycle_begins_one_in_each_round():
    """13.5.4, 10.5.5: a cycle with two rounds begins it twice."""
    walk = both_ways(HANDLED.format(what="cycle='\"R2/PT1H\"' interrupting=no"), "!SZ")
    assert walk.open == ["A", "H", "SZ"]
    assert walk.play("!SZ").open == ["A", "H", "H"]


def test_a_scope_is_complete_although_its_event_sub_process_never_began():
    """13.5.4: waiting to begin is not running."""
    walk = both_ways(HANDLED.format(what="message=m"), "A", "C")
    assert walk.end == "ended"


INSIDE = """
start S
sub P {{
start SP
and F
user A
user B
end EP
SP -> F
F -> A -> EP
F -> B -> EP
on Z {{
start SZ {what}
user H
end EZ
SZ -> H -> EZ
}}
}}
user C
end E
S -> P -> C -> E
"""


def test_one_inside_of_a_sub_process_waits_while_the_sub_process_is_active():
    """13.5.4: its start is armed with the scope and gone with it."""
    walk = both_ways(INSIDE.format(what="message=m"))
    assert walk.open == ["A", "B", "SZ"]
    walk.play("A", "B")
    assert walk.open == ["C"]
    with pytest.raises(NotWaiting):
        walk.play("<m")


def test_one_that_interrupts_a_sub_process_lets_it_complete_normally():
    """13.5.4: the sub-process goes out of its normal way when the handler is done."""
    walk = both_ways(INSIDE.format(what="message=m"), "A", "<m")
    assert (walk.open, walk.cancelled) == (["H"], ["B"])
    assert walk.play("H").open == ["C"]


def test_a_sub_process_waits_for_one_that_still_runs():
    """13.5.4: with the normal flow done and a handler running, it is not complete."""
    walk = both_ways(INSIDE.format(what="message=m interrupting=no"), "<m", "A", "B")
    assert walk.open == ["H", "SZ"]
    assert walk.play("H").open == ["C"]


def test_one_begins_again_while_only_handlers_run():
    """13.5.4: the scope is active as long as a handler is, so another one may begin."""
    walk = both_ways(INSIDE.format(what="message=m interrupting=no"), "<m", "A", "B", "<m", "H")
    assert walk.open == ["H", "SZ"]


TWO = """
start S
user A
end E
S -> A -> E
on Y {
start SY message=note interrupting=no
user N
end EY
SY -> N -> EY
}
on Z {
start SZ message=stop
user H
end EZ
SZ -> H -> EZ
}
"""


def test_an_interrupting_one_ends_another_that_runs():
    """13.5.4: it ends everything in the scope, handlers that run beside it too."""
    walk = both_ways(TWO, "<note", "<stop")
    assert (walk.open, sorted(walk.cancelled)) == (["H"], ["A", "N", "Y"])
    assert walk.play("H").end == "ended"


def test_after_an_interrupting_one_has_begun_no_other_one_begins():
    """13.5.4: an interrupting one begins once, and what was ended starts no more handlers."""
    walk = both_ways(TWO, "<stop")
    for message in ("<note", "<stop"):
        with pytest.raises(NotWaiting):
            walk.play(message)


def test_each_begins_by_its_own_trigger():
    """13.5.4: a scope may have several, each with its start."""
    walk = both_ways(TWO, "<note", "<note")
    assert walk.open == ["A", "N", "N", "SY", "SZ"]


def test_a_terminate_end_inside_ends_the_handler_alone():
    """13.5.6, 13.5.4: the scope of the end event is the event sub-process."""
    text = TWO.replace("end EY\nSY -> N -> EY", "terminate X\nSY -> N -> X")
    walk = both_ways(text, "<note", "N")
    assert walk.open == ["A", "SY", "SZ"]


def test_a_terminate_end_of_the_scope_ends_its_handlers():
    """13.5.6: all that runs in the scope ends."""
    text = TWO.replace("end E\nS -> A -> E", "terminate X\nS -> A -> X")
    walk = both_ways(text, "<note", "A")
    assert (walk.end, sorted(walk.cancelled)) == ("ended", ["N", "Y"])


def test_one_with_several_starts_begins_by_any():
    """10.3.5: where several starts are drawn, each of them begins it."""
    text = HANDLED.format(what="message=m").replace(
        "user H", "start SN signal=n interrupting=no\nuser H\nSN -> H"
    )
    walk = both_ways(text, "~n")
    assert walk.open == ["A", "H", "SN", "SZ"]
    assert walk.play("<m").open == ["H"]


def test_one_inside_of_another():
    """13.5.4: an event sub-process is a scope, and may have one of its own."""
    text = HANDLED.format(what="message=m").replace(
        "user H", "user H\non Y {\nstart SY signal=s\nuser K\nend EY\nSY -> K -> EY\n}"
    )
    walk = both_ways(text, "<m")
    assert walk.open == ["H", "SY"]
    assert walk.play("~s").open == ["K"]
    assert walk.play("K").end == "ended"


def test_one_in_a_called_process():
    """13.5.4, 13.3.4: it belongs to the called process, not to the caller."""
    main = """
    start S
    and F
    call K process=inner
    user B
    user C
    end E
    S -> F
    F -> K -> C -> E
    F -> B -> E
    """
    inner = """
    start I
    user A
    end EI
    I -> A -> EI
    on Z {
    start SZ message=m
    user H
    end EZ
    SZ -> H -> EZ
    }
    """
    walk = both_ways({"main": main, "inner": inner}, "<m")
    assert walk.open == ["B", "H"]
    assert walk.play("H").open == ["B", "C"]


def test_each_instance_of_a_sub_process_has_its_own():
    """13.5.4, 13.3.7: every instance is a scope with starts of its own."""
    text = INSIDE.format(what="message=m").replace("sub P {", "sub P times=2 {")
    walk = both_ways(text)
    assert walk.open == ["A", "A", "B", "B", "SZ", "SZ"]
    walk.play("!SZ")
    assert walk.open == ["A", "B", "H", "SZ"]
    walk.play("H", "A", "B")
    assert walk.open == ["C"]


def test_a_boundary_event_of_the_scope_ends_a_running_handler():
    """13.5.3, 13.5.4: interrupting the sub-process from outside ends all of it."""
    text = (
        INSIDE.format(what="message=m interrupting=no") + "boundary X on=P timer='\"PT1H\"'\n user D\n X -> D"
    )
    walk = both_ways(text, "<m", "!X")
    assert (walk.open, sorted(walk.cancelled)) == (["D"], ["A", "B", "H", "P", "Z"])


def test_what_a_handler_throws_does_not_begin_it_again():
    """10.5.6: an error or escalation goes outwards from the scope in which it is thrown."""
    text = """
    start S
    user A
    throw T escalation=late
    end E
    S -> A -> T -> E
    on Z {
    start SZ escalation=late
    throw U escalation=late
    user H
    SZ -> U -> H
    }
    """
    walk = both_ways(text, "A")
    assert (walk.open, walk.threw("uncaught_escalation")) == (["H"], ["late"])


def test_a_scope_whose_flow_is_done_when_its_handler_begins_it_last():
    """13.5.4: a signal thrown by the end event of the scope still begins its handler."""
    text = """
    start S
    sub P {
    start SP
    user A
    end X signal=late
    SP -> A -> X
    on Z {
    start SZ signal=late interrupting=no
    user H
    SZ -> H
    }
    }
    user C
    S -> P -> C
    """
    walk = both_ways(text, "A")
    assert walk.open == ["H", "SZ"]
    assert walk.play("H").open == ["C"]
