"""Errors and escalations (BPMN 2.0.2, 10.5.5 to 10.5.7, 13.5.3, 13.5.4)."""

import pytest
from both_ways import both_ways

from engine import BpmnError

ERROR = """
start S
sub Z {{
start SZ
and F
user A
user B
end X error=lost
end EZ
SZ -> F
F -> A -> X
F -> B -> EZ
}}
boundary C on=Z error={caught}
user H
user D
end E
S -> Z -> D -> E
C -> H -> E
"""


@pytest.mark.parametrize("caught", ["lost", "any"])
def test_an_error_ends_its_scope_and_goes_on_at_the_event_that_catches_it(caught):
    """10.5.5, 13.5.3: an error always interrupts; a catch without a code takes every error."""
    walk = both_ways(ERROR.format(caught=caught), "A")
    assert (walk.open, sorted(walk.cancelled)) == (["H"], ["B", "Z"])
    assert walk.play("H").end == "ended"


def test_an_error_of_another_code_is_not_caught():
    """10.5.5: the code must be the same; what nothing catches ends the instance."""
    walk = both_ways(ERROR.format(caught="other"), "A")
    assert (walk.end, walk.threw("uncaught_error")) == ("failed", ["lost"])


def test_the_event_that_names_the_error_goes_before_one_that_takes_all():
    """10.5.6: at the same scope the more special handler is meant."""
    text = ERROR.format(caught="any") + "boundary C2 on=Z error=lost\n user H2\n C2 -> H2 -> E"
    assert both_ways(text, "A").open == ["H2"]


NESTED = """
start S
sub Z {{
start SZ
sub Y {{
start SY
user A
end X error=lost
SY -> A -> X
}}
{inner}
end EZ
SZ -> Y -> EZ
}}
boundary C on=Z error=any
user H
user D
end E
S -> Z -> D -> E
C -> H -> E
"""


def test_an_error_goes_outwards_to_the_nearest_scope_that_catches_it():
    """10.5.6: the innermost handler around the throwing event catches, the outer ones hear nothing."""
    inner = "boundary CY on=Y error=lost\n user HY\n CY -> HY -> EZ"
    walk = both_ways(NESTED.format(inner=inner), "A")
    assert walk.open == ["HY"]
    assert walk.play("HY").open == ["D"]


def test_an_error_passes_scopes_that_do_not_catch_it():
    """10.5.6: every scope on the way outwards is ended."""
    walk = both_ways(NESTED.format(inner="boundary CY on=Y error=other\n user HY\n CY -> HY -> EZ"), "A")
    assert (walk.open, walk.cancelled) == (["H"], ["Y", "Z"])


def test_an_error_leaves_a_called_process():
    """10.5.6, 13.3.4: a call activity is a scope like a sub-process."""
    main = (
        "start S\n call K process=inner\n boundary C on=K error=lost\n user H\n user D\n S -> K -> D\n C -> H"
    )
    inner = "start I\n user A\n end X error=lost\n I -> A -> X"
    walk = both_ways({"main": main, "inner": inner}, ("A", {"why": "gone"}))
    assert walk.open == ["H"]
    assert walk.data("H") == {"why": "gone"}


def test_an_error_of_a_task_is_caught_at_its_boundary():
    """13.5.3: what a service task throws is for the events of the task first."""
    text = (
        "start S\n service V step=look\n boundary C on=V error=lost\n user H\n user D\n S -> V -> D\n C -> H"
    )
    walk = both_ways(text, steps={"look": [BpmnError("lost")]})
    assert (walk.open, walk.cancelled) == (["H"], ["V"])
    assert both_ways(text, steps={"look": [{"x": 1}]}).open == ["D"]


@pytest.mark.parametrize("marker", ["times=3", "times=3 sequential=yes", "while='True' most=4"])
def test_an_error_of_one_instance_of_a_task_is_caught_at_the_boundary_of_all(marker):
    """13.5.3, 13.3.7: the boundary event of a repeated task is nearest to each of its instances."""
    text = f"start S\n service V step=look {marker}\n boundary C on=V error=any\n user H\n user D\n S -> V -> D\n C -> H"
    walk = both_ways(text, steps={"look": [None, BpmnError("lost"), None]})
    assert (walk.open, walk.completed) == (["H"], ["S", "V", "C"])


def test_an_error_deep_inside_that_nothing_catches_ends_all_of_it():
    """10.5.6: instances, called processes, handlers that run, and the work beside."""
    main = """
    start S
    and F
    sub Z times=2 {
    call K process=inner
    on Y {
    start SY timer=PT1H interrupting=no
    user H
    SY -> H
    }
    }
    user O
    boundary B on=O timer=PT2H
    end E
    S -> F
    F -> Z
    F -> O -> E
    B -> E
    """
    inner = "start I\n user Q\n and G\n user P\n end X error=lost\n I -> Q -> G\n G -> P\n G -> X"
    walk = both_ways({"main": main, "inner": inner}, "!SY", "Q")
    assert (walk.end, walk.open) == ("failed", [])
    assert sorted(walk.cancelled) == ["H", "K", "K", "O", "P", "Q", "Y", "Z", "Z"]


def test_an_error_of_a_task_that_nothing_catches_ends_the_instance():
    """10.5.6: as at an error end event."""
    walk = both_ways("start S\n service V step=look\n S -> V", steps={"look": [BpmnError("lost")]})
    assert (walk.end, walk.threw("uncaught_error")) == ("failed", ["lost"])


HANDLER = """
start S
{scope}
user D
end E
S -> {name} -> D -> E
"""


def test_an_event_sub_process_catches_an_error_of_its_scope():
    """13.5.4: an error start ends the scope's work and takes its place."""
    scope = """
    sub Z {
    start SZ
    and F
    user A
    user B
    end X error=lost
    SZ -> F
    F -> A -> X
    F -> B
    on Y {
    start SY error=lost
    user H
    end EY
    SY -> H -> EY
    }
    }
    """
    walk = both_ways(HANDLER.format(scope=scope, name="Z"), "A")
    assert (walk.open, walk.cancelled) == (["H"], ["B"])
    assert walk.play("H").open == ["D"]


def test_the_event_sub_process_inside_goes_before_the_boundary_event():
    """10.5.6: the handler inside of the scope is nearer than the one on its border."""
    scope = """
    sub Z {
    start SZ
    user A
    end X error=lost
    SZ -> A -> X
    on Y {
    start SY error=any
    user H
    SY -> H
    }
    }
    boundary C on=Z error=lost
    user K
    C -> K -> E
    """
    assert both_ways(HANDLER.format(scope=scope, name="Z"), "A").open == ["H"]


def test_an_error_thrown_by_a_handler_is_for_the_scopes_around():
    """10.5.6: rethrown in an event sub-process, it reaches the boundary event."""
    scope = """
    sub Z {
    start SZ
    user A
    end X error=lost
    SZ -> A -> X
    on Y {
    start SY error=lost
    user H
    end XY error=lost
    SY -> H -> XY
    }
    }
    boundary C on=Z error=lost
    user K
    C -> K -> E
    """
    walk = both_ways(HANDLER.format(scope=scope, name="Z"), "A", "H")
    assert walk.open == ["K"]
    assert walk.completed.count("SY") == 1


def test_an_error_end_beside_other_work_of_the_process():
    """10.5.6: a handler on one branch does not disturb the other."""
    text = ERROR.format(caught="lost").replace("S -> Z", "and G\n user O\n S -> G\n G -> O -> E\n G -> Z")
    walk = both_ways(text, "A")
    assert walk.open == ["H", "O"]


@pytest.mark.parametrize("marker", ["times=3", "times=3 sequential=yes", 'while="True" most=3'])
def test_an_error_in_one_instance_ends_all_of_them(marker):
    """13.3.7, 10.5.6: the boundary event belongs to the whole activity, and interrupts it as a whole."""
    text = ERROR.format(caught="lost").replace("sub Z {", f"sub Z {marker} {{")
    walk = both_ways(text, "A")
    assert walk.open == ["H"]
    assert walk.play("H").end == "ended"


def test_an_error_in_nested_instances_goes_to_the_outer_boundary():
    """13.3.7, 10.5.6: through both loops."""
    text = """
    start S
    sub Z times=2 {
    start SZ
    sub Y times=2 {
    start SY
    user A
    end X error=lost
    SY -> A -> X
    }
    end EZ
    SZ -> Y -> EZ
    }
    boundary C on=Z error=lost
    user H
    S -> Z
    C -> H
    """
    walk = both_ways(text, "A")
    assert walk.open == ["H"]
    assert walk.cancelled.count("A") == 3


ESCALATION = """
start S
sub Z {{
start SZ
user A
throw T escalation=late
user B
end EZ
SZ -> A -> T -> B -> EZ
}}
boundary C on=Z escalation={caught} interrupting={interrupting}
user H
user D
end E
S -> Z -> D -> E
C -> H -> E
"""


@pytest.mark.parametrize("caught", ["late", "any"])
def test_an_escalation_that_does_not_interrupt_lets_its_scope_go_on(caught):
    """10.5.5: an escalation is no failure: thrower and handler go on side by side."""
    walk = both_ways(ESCALATION.format(caught=caught, interrupting="no"), "A")
    assert walk.open == ["B", "H"]
    assert walk.play("B").open == ["D", "H"]


def test_an_interrupting_escalation_ends_its_scope():
    """13.5.3: what threw it does not go on."""
    walk = both_ways(ESCALATION.format(caught="late", interrupting="yes"), "A")
    assert (walk.open, "Z" in walk.cancelled) == (["H"], True)


def test_an_escalation_that_nothing_catches_changes_nothing():
    """10.5.6: it is noted, and the process goes on."""
    walk = both_ways(ESCALATION.format(caught="other", interrupting="yes"), "A")
    assert (walk.open, walk.threw("uncaught_escalation")) == (["B"], ["late"])


def test_an_escalation_end_completes_its_scope_when_nothing_interrupts():
    """13.5.6: its token is consumed; with it the scope is complete, and the handler runs beside."""
    text = (
        ESCALATION.format(caught="late", interrupting="no")
        .replace("throw T escalation=late", "end T escalation=late")
        .replace("A -> T -> B -> EZ", "A -> T\n SZ -> B -> EZ")
    )
    walk = both_ways(text, "B", "A")
    assert walk.open == ["D", "H"]


def test_an_escalation_goes_to_the_nearest_scope_that_catches_it():
    """10.5.6: as an error does."""
    text = ESCALATION.format(caught="any", interrupting="no").replace(
        "user A\n",
        "user A\n on Y {\n start SY escalation=late interrupting=no\n user K\n SY -> K\n }\n",
    )
    assert both_ways(text, "A").open == ["B", "K"]


def test_an_escalation_may_be_thrown_often():
    """13.5.3: each is handled while the scope lives."""
    text = ESCALATION.format(caught="late", interrupting="no").replace("sub Z {", "sub Z times=3 {")
    walk = both_ways(text, "A", "A")
    assert walk.open == ["A", "B", "B", "H", "H"]
    walk.play("A", "B", "B", "B")
    assert walk.open == ["D", "H", "H", "H"]


def test_an_interrupting_escalation_of_one_instance_ends_all():
    """13.3.7, 13.5.3: the boundary event is that of the whole activity."""
    text = ESCALATION.format(caught="late", interrupting="yes").replace("sub Z {", "sub Z times=3 {")
    assert both_ways(text, "A").open == ["H"]


def test_an_escalation_start_that_interrupts():
    """13.5.4: it ends the scope's work, and the scope completes with the handler."""
    text = ESCALATION.format(caught="other", interrupting="yes").replace(
        "user A\n", "user A\n on Y {\n start SY escalation=any\n user K\n SY -> K\n }\n"
    )
    walk = both_ways(text, "A")
    assert walk.open == ["K"]
    assert walk.play("K").open == ["D"]


def test_an_escalation_leaves_a_called_process():
    """10.5.6, 13.3.4: the caller's boundary event catches it."""
    main = """
    start S
    call K process=inner
    boundary C on=K escalation=late interrupting=no
    user H
    user D
    S -> K -> D
    C -> H
    """
    inner = "start I\n user A\n throw T escalation=late\n user B\n I -> A -> T -> B"
    assert both_ways({"main": main, "inner": inner}, "A").open == ["B", "H"]
