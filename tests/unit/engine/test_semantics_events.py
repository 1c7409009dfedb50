"""How events are thrown, caught and linked (BPMN 2.0.2, 10.5.4 to 10.5.7, 13.5.2, 13.5.3)."""

import pytest
from both_ways import both_ways

from engine import NotWaiting

AROUND = """
start S
user A
boundary B on=A {what}
user H
user C
end E
S -> A -> C -> E
B -> H -> E
"""
KINDS = [("message=m", "<m"), ("signal=s", "~s"), ("timer='\"PT1H\"'", "!B"), ('condition="x"', "!B")]


@pytest.mark.parametrize(("what", "move"), KINDS)
def test_an_interrupting_boundary_event_ends_its_activity(what, move):
    """13.5.3: the activity is cancelled, and the token goes out of the event instead."""
    walk = both_ways(AROUND.format(what=what), move)
    assert (walk.open, walk.cancelled) == (["H"], ["A"])


@pytest.mark.parametrize(("what", "move"), KINDS)
def test_a_boundary_event_that_does_not_interrupt_adds_a_token(what, move):
    """13.5.3: the activity goes on beside what the event begins."""
    walk = both_ways(AROUND.format(what=what + " interrupting=no"), move)
    assert {"A", "H"} <= set(walk.open)
    assert walk.cancelled == []
    assert walk.play("A", "H").open == ["C"]


@pytest.mark.parametrize(("what", "move"), KINDS[:2])
def test_a_boundary_event_that_does_not_interrupt_comes_about_again(what, move):
    """13.5.3: as long as the activity is active, each occurrence is handled."""
    walk = both_ways(AROUND.format(what=what + " interrupting=no"), move, move, move)
    assert walk.open == ["A", "B", "H", "H", "H"]


@pytest.mark.parametrize(("what", "move"), KINDS[:2])
def test_a_boundary_event_waits_only_while_its_activity_is_active(what, move):
    """13.5.3: what comes later is not caught."""
    walk = both_ways(AROUND.format(what=what), "A")
    assert walk.open == ["C"]
    if move != "~s":
        with pytest.raises(NotWaiting):
            walk.play(move)
    else:
        assert walk.play(move).open == ["C"]


SCOPE = """
start S
sub Z {{
start SZ
and F
user A
user B times=2
sub Y {{
start SY
user C
catch M message=inner
end EY
SY -> C -> M -> EY
}}
end EZ
SZ -> F
F -> A -> EZ
F -> B -> EZ
F -> Y -> EZ
}}
boundary X on=Z {what}
user H
end E
S -> Z -> E
X -> H -> E
"""


@pytest.mark.parametrize(
    ("what", "move"), [("message=m", "<m"), ("signal=s", "~s"), ("timer='\"PT1H\"'", "!X")]
)
def test_interrupting_a_sub_process_ends_all_that_is_inside(what, move):
    """13.5.3, 13.3.4: work, instances and scopes inside are ended, however deep."""
    walk = both_ways(SCOPE.format(what=what), "C")
    assert walk.open == ["A", "B", "B", "M", "X"]
    walk.play(move)
    assert (walk.open, sorted(walk.cancelled)) == (["H"], ["A", "B", "B", "M", "Y", "Z"])
    assert walk.play("H").end == "ended"


def test_a_message_boundary_is_heard_while_the_same_message_is_waited_for_inside():
    """10.5.6: a message from outside is for everything that waits for it; the interrupted scope goes with it."""
    walk = both_ways(SCOPE.format(what="message=inner"), "C", "<inner")
    assert walk.open == ["H"]


def test_a_call_activity_is_interrupted_with_the_called_process():
    """13.5.3: what a call activity began ends with it."""
    main = """
    start S
    call K process=inner
    boundary B on=K timer='"PT1H"'
    user H
    end E
    S -> K -> E
    B -> H -> E
    """
    inner = """
    start I
    and F
    user A
    user C times=2 sequential=yes
    end EI
    I -> F
    F -> A -> EI
    F -> C -> EI
    """
    walk = both_ways({"main": main, "inner": inner}, "A", "!B")
    assert (walk.open, walk.cancelled) == (["H"], ["C", "K"])


def test_a_message_is_caught_by_one_kind_of_event_as_by_another():
    """10.5.6: catch event, receive task and boundary event all get a message of their name."""
    text = """
    start S
    and F
    catch M message=m
    receive W message=m
    user A
    boundary B on=A message=m interrupting=no
    user D
    end E
    S -> F
    F -> M -> D
    F -> W -> D
    F -> A -> E
    B -> D -> E
    """
    assert both_ways(text, "<m").open == ["A", "B", "D", "D", "D"]


def test_a_send_task_throws_its_message():
    """10.3.3: a send task sends a message and is then complete."""
    text = """
    start S
    and F
    send N message=m
    receive W message=m
    user A
    end E
    S -> F
    F -> W -> A -> E
    F -> N -> E
    """
    walk = both_ways(text)
    assert (walk.open, walk.threw("message")) == (["A"], ["m"])


def test_what_is_thrown_is_not_kept_for_those_who_come_late():
    """10.5.6: only what waits when it is thrown catches an event."""
    text = """
    start S
    and F
    throw N message=m
    user A
    catch M message=m
    end E
    S -> F
    F -> N -> E
    F -> A -> M -> E
    """
    assert both_ways(text, "A").open == ["M"]


def test_a_signal_interrupts_and_begins_in_one_go():
    """10.5.5: a signal reaches all that waits for it when it is thrown, and not what begins to wait because of it."""
    text = """
    start S
    user A
    boundary B on=A signal=s
    catch N signal=s
    user C
    S -> A -> C
    B -> N -> C
    """
    assert both_ways(text, "~s").open == ["N"]
    assert both_ways(text, "~s", "~s").open == ["C"]


def test_an_event_with_several_definitions_waits_for_any_of_them():
    """10.5.4, 13.5.2: of a multiple event one trigger is enough."""
    text = "start S\n catch M message=a,b signal=c\n user A\n end E\n S -> M -> A -> E"
    for move in ("<a", "<b", "~c"):
        assert both_ways(text, move).open == ["A"]


def test_a_parallel_multiple_event_waits_for_all_of_them_in_any_order():
    """10.5.4, 13.5.2: every trigger must have come; one that comes twice counts once."""
    text = "start S\n catch M message=a,b signal=c all=yes\n user A\n end E\n S -> M -> A -> E"
    walk = both_ways(text, "~c", "<a", "<a")
    assert walk.open == ["M"]
    assert walk.play("<b").open == ["A"]


def test_a_parallel_multiple_boundary_event_begins_anew_after_each_time():
    """13.5.3: one that does not interrupt waits for all of them again."""
    walk = both_ways(AROUND.format(what="message=a,b all=yes interrupting=no"), "<a", "<b", "<b")
    assert walk.open == ["A", "B", "H"]
    assert walk.play("<a").open == ["A", "B", "H", "H"]


def test_a_multiple_boundary_event_interrupts_for_any_of_them():
    """13.5.3: the first trigger that comes ends the activity."""
    for move in ("<a", "<b"):
        assert both_ways(AROUND.format(what="message=a,b"), move).open == ["H"]


def test_a_link_leads_to_its_catch_event():
    """10.5.5: a token that reaches a throwing link goes on at the catching link of the same name."""
    text = "start S\n throw K link=x\n catch L link=x\n user A\n end E\n S -> K\n L -> A -> E"
    walk = both_ways(text)
    assert (walk.open, walk.completed) == (["A"], ["S", "K", "L"])


def test_several_links_may_lead_to_one_target():
    """10.5.5: many sources, one target; each token goes on alone."""
    text = """
    start S
    and F
    user A
    user B
    throw K1 link=x
    throw K2 link=x
    catch L link=x
    user C
    S -> F
    F -> A -> K1
    F -> B -> K2
    L -> C
    """
    assert both_ways(text, "A", "B").open == ["C", "C"]


def test_a_link_may_close_a_loop():
    """10.5.5: links may lead back."""
    text = """
    start S
    catch L link=again
    xor M
    user A
    xor G
    throw K link=again
    end E
    S -> M
    L -> M
    M -> A -> G
    G -> K if again
    G -> E else
    """
    walk = both_ways(text, ("A", {"again": True}), ("A", {"again": True}), ("A", {"again": False}))
    assert (walk.end, walk.completed.count("L")) == ("ended", 2)


def test_links_of_one_name_in_two_scopes_are_two_pairs():
    """10.5.5: source and target of a link lie in the same process level."""
    inner = "start S{n}\n throw K{n} link=x\n catch L{n} link=x\n user A{n}\n S{n} -> K{n}\n L{n} -> A{n}\n"
    text = inner.format(n=1) + "sub Z {\n" + inner.format(n=2) + "}\n A1 -> Z"
    walk = both_ways(text, "A1")
    assert (walk.open, walk.completed[-2:]) == (["A2"], ["K2", "L2"])


def test_an_event_without_trigger_is_passed():
    """10.5.4: a throwing event without a definition marks a point and is left at once."""
    assert both_ways("start S\n throw N\n user A\n S -> N -> A").completed == ["S", "N"]


def test_an_interrupting_boundary_event_that_is_thrown_inside_ends_what_threw_it():
    """13.5.3, 10.5.6: the scope ends with the very token that threw; nothing behind it is begun."""
    text = """
    start S
    sub Z {
    start SZ
    user A
    throw T signal=stop
    user B
    end EZ
    SZ -> A -> T -> B -> EZ
    }
    boundary X on=Z signal=stop
    user H
    user C
    S -> Z -> C
    X -> H
    """
    walk = both_ways(text, "A")
    assert (walk.open, "Z" in walk.cancelled, "B" in walk.completed) == (["H"], True, False)


def test_a_boundary_event_thrown_inside_that_does_not_interrupt_lets_the_scope_go_on():
    """13.5.3: thrower and handler go on side by side."""
    text = """
    start S
    sub Z {
    start SZ
    user A
    throw T message=note
    user B
    end EZ
    SZ -> A -> T -> B -> EZ
    }
    boundary X on=Z message=note interrupting=no
    user H
    S -> Z
    X -> H
    """
    assert both_ways(text, "A").open == ["B", "H", "X"]


def test_the_last_token_inside_throws_an_interrupting_event():
    """13.5.6, 13.5.3: an end event that throws is heard before its scope is complete."""
    text = """
    start S
    sub Z {
    start SZ
    user A
    end X signal=stop
    SZ -> A -> X
    }
    boundary B on=Z signal=stop
    user H
    user C
    S -> Z -> C
    B -> H
    """
    assert both_ways(text, "A").open == ["H"]


def test_two_boundary_events_of_one_activity_both_interrupt_once():
    """13.5.3: the first that comes ends the activity, and with it the wait of the other."""
    text = AROUND.format(what="message=m") + "boundary B2 on=A signal=s\n user H2\n B2 -> H2 -> E"
    assert both_ways(text, "<m", "~s").open == ["H"]
    assert both_ways(text, "~s").open == ["H2"]


def test_a_boundary_event_of_a_sub_process_that_has_ended_is_gone():
    """13.5.3: with the last token inside nothing is left to interrupt."""
    text = (
        "start S\n sub Z {\n user A\n }\n boundary B on=Z message=m\n user C\n user H\n S -> Z -> C\n B -> H"
    )
    walk = both_ways(text, "A")
    assert walk.open == ["C"]


def test_what_waits_for_one_message_is_told_in_the_same_order_before_and_after_loading():
    """10.5.6: the standard leaves the order open; saving must not change it."""
    text = """
    start S
    sub Z {
    catch M message=m
    throw T
    M -> T
    }
    boundary B on=Z message=begin interrupting=no
    catch N message=m
    throw U
    user C
    S -> Z -> C
    B -> N -> U
    """
    walk = both_ways(text, "<begin", "<m")
    assert (walk.open, walk.completed[-5:]) == (["C"], ["N", "M", "U", "T", "Z"])
