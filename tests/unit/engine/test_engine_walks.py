"""What each element does, alone and in the combinations that are easily got wrong."""

import pytest
from bpmn_builder import files

import engine
from engine import Incident, NotWaiting

LINE = "start S\n user A @Clerk\n end E outcome=done\n S -> A -> E"
LOOP = """
start S
service V step=count
user A @Clerk
xor G
end E outcome=done
S -> V -> A -> G
G -> V if again == "yes"
G -> E
"""


def test_a_line_ends_at_its_end_event(walk):
    result = walk({"main": LINE}, ("A", {"answer": 1}))
    assert result.visited == ("S", "A", "E")
    assert (result.ended, result.outcome, result.open) == (True, "done", ())


def test_an_open_task_shows_the_data(walk):
    result = walk({"main": LINE}, data={"case": 7, "may_open": True, "note": None})
    assert result.open == ("A",)
    assert result.data == ({"case": 7, "may_open": True, "note": None},)
    assert (result.ended, result.outcome) == (False, None)


def test_a_step_returns_variables_and_a_loop_comes_back(walk):
    steps = {"count": [{"tries": 1}, {"tries": 2}]}
    result = walk({"main": LOOP}, ("A", {"again": "yes"}), steps=steps)
    assert result.visited == ("S", "V", "A", "G", "V")
    assert result.data == ({"tries": 2, "again": "yes"},)


def test_the_first_condition_that_holds_wins_else_the_default(walk):
    text = """
    start S
    user A @Clerk
    xor G
    end E1 outcome=one
    end E2 outcome=two
    end E3 outcome=three
    S -> A -> G
    G -> E1 if n > 10
    G -> E2 if n > 5
    G -> E3
    """
    outcomes = [walk({"main": text}, ("A", {"n": n})).outcome for n in (11, 6, 5)]
    assert outcomes == ["one", "two", "three"]


def test_a_condition_that_is_no_truth_value_is_an_incident_at_its_gateway(walk):
    for answers in ({}, {"again": 1}):
        text = LOOP.replace('again == "yes"', "again")
        with pytest.raises(Incident) as refusal:
            walk({"main": text}, ("A", answers))
        assert refusal.value.element_id == "G"


PARALLEL = """
start S
and F
user A @Clerk
user B @Clerk
and J
user C @Clerk
end E outcome=done
S -> F
F -> A -> J
F -> B -> J
J -> C -> E
"""


def test_a_join_waits_for_every_branch_and_merges_their_data(walk):
    result = walk({"main": PARALLEL}, ("B", {"b": 2}))
    assert result.open == ("A",)
    result = walk({"main": PARALLEL}, ("B", {"b": 2}), ("A", {"a": 1}))
    assert (result.open, result.data) == (("C",), ({"b": 2, "a": 1},))


def test_a_join_takes_one_token_of_each_flow_also_when_one_flow_brings_two(walk):
    text = """
    start S
    and F
    user A @Clerk
    user A2 @Clerk
    xor M
    user B @Clerk
    and J
    user C @Clerk
    end E
    S -> F
    F -> A -> M
    F -> A2 -> M
    M -> J
    F -> B -> J
    J -> C -> E
    """
    assert walk({"main": text}, "A", "A2").open == ("B",)
    with pytest.raises(Incident, match="Nothing is left") as refusal:
        walk({"main": text}, "A", "A2", "B", "C")
    assert refusal.value.element_id == "J"


def test_a_join_inside_a_loop_works_again_in_each_turn(walk):
    text = PARALLEL.replace("J -> C -> E", "J -> C -> G\nxor G\nG -> M if again\nG -> E")
    text = text.replace("S -> F", "xor M\nS -> M -> F")
    moves = ["A", "B", ("C", {"again": True})] * 4 + ["B", "A", ("C", {"again": False})]
    assert walk({"main": text}, *moves).outcome == "done"


def test_two_flows_from_the_same_gateway_into_a_join(walk):
    text = "start S\n and F\n and J\n user A @Clerk\n end E\n S -> F\n F -> J\n F -> J\n J -> A -> E"
    result = walk({"main": text})
    assert result.open == ("A",)


def test_a_terminate_end_cancels_the_rest_and_a_plain_end_does_not(walk):
    text = """
    start S
    and F
    user A @Clerk
    user B @Clerk
    terminate X outcome=stopped
    end E outcome=plain
    S -> F
    F -> A -> X
    F -> B -> E
    """
    stopped = walk({"main": text}, "A")
    assert (stopped.ended, stopped.outcome, stopped.cancelled) == (True, "stopped", ("B",))
    waiting = walk({"main": text}, "B")
    assert (waiting.ended, waiting.outcome, waiting.open) == (False, None, ("A",))


def test_a_rival_of_an_event_based_gateway_is_gone_when_one_fires(walk):
    text = """
    start S
    race R
    catch M message=paid
    catch T timer='"P2D"'
    catch N signal=stop
    user A @Clerk
    end E1 outcome=paid
    end E2 outcome=late
    end E3 outcome=stopped
    S -> R
    R -> M -> A -> E1
    R -> T -> E2
    R -> N -> E3
    """
    assert walk({"main": text}).open == ("M", "T", "N")
    assert walk({"main": text}, "<paid").open == ("A",)
    assert walk({"main": text}, "!T").outcome == "late"
    assert walk({"main": text}, "~stop").outcome == "stopped"
    with pytest.raises(NotWaiting):
        walk({"main": text}, "<paid", "!T")
    assert walk({"main": text}, "<paid", "~stop", "A").outcome == "paid"


def test_an_embedded_sub_process_runs_to_its_own_end(walk):
    text = """
    start S
    sub Z {
    start SZ
    and F
    user A @Clerk
    user B @Clerk
    end EA outcome=inner
    end EB
    SZ -> F
    F -> A -> EA
    F -> B -> EB
    }
    user C @Clerk
    end E
    S -> Z -> C -> E
    """
    assert walk({"main": text}, ("A", {"a": 1})).open == ("B",)
    result = walk({"main": text}, ("A", {"a": 1}), ("B", {"b": 2}))
    assert (result.open, result.data) == (("C",), ({"a": 1, "outcome": "inner", "b": 2},))


CALLER = """
start S
call K process=inner @Boss
xor G
end E1 outcome=good
end E2 outcome=bad
S -> K -> G
G -> E1 if outcome == "found"
G -> E2
"""


def test_a_call_brings_the_data_of_its_terminate_end_back(walk):
    inner = """
    start SI
    and F
    user A @Clerk
    user B @Clerk
    terminate X outcome=found
    end Y
    SI -> F
    F -> A -> X
    F -> B -> Y
    """
    result = walk({"main": CALLER, "inner": inner}, ("A", {"seen": 3}), data={"case": 1})
    assert (result.outcome, result.cancelled) == ("good", ("B",))
    assert walk({"main": CALLER, "inner": inner}, "B", "A").outcome == "good"


def test_a_call_in_a_loop_starts_afresh_each_time(walk):
    text = CALLER.replace("G -> E2", 'G -> K if outcome == "again"\nG -> E2')
    inner = """
    start SI
    user A @Clerk
    xor G2
    end E3 outcome=again
    end E4 outcome=found
    SI -> A -> G2
    G2 -> E3 if again
    G2 -> E4
    """
    moves = [("A", {"again": True})] * 3 + [("A", {"again": False})]
    assert walk({"main": text, "inner": inner}, *moves).outcome == "good"


def test_a_signal_reaches_every_catcher_in_the_instance_and_only_those_that_wait(walk):
    main = """
    start S
    and F
    call K process=inner @Boss
    boundary B on=K signal=stop
    user A @Clerk
    boundary N on=A signal=stop interrupting=no
    user C @Clerk
    throw T signal=stop
    end E
    end EB
    end EN
    end EA
    S -> F
    F -> K -> E
    F -> A -> EA
    B -> EB
    N -> EN
    F -> C -> T -> E
    """
    inner = "start SI\n user I @Clerk\n end EI\n SI -> I -> EI"
    result = walk({"main": main, "inner": inner}, "C")
    assert result.open == ("A", "N")
    assert set(result.cancelled) == {"I", "K"}
    assert sorted(result.visited[-5:]) == ["B", "E", "EB", "EN", "N"]
    assert set(walk({"main": main, "inner": inner}, "~unheard").open) == {"A", "B", "C", "I", "N"}


def test_a_signal_nobody_catches_is_no_error(walk):
    text = "start S\n throw T signal=gone\n throw U message=gone\n throw V\n user A @Clerk\n end E\n"
    assert walk({"main": text + "S -> T -> U -> V -> A -> E"}).open == ("A",)


def test_a_thrown_message_is_received_in_the_same_instance(walk):
    text = """
    start S
    and F
    catch M message=done
    user A @Clerk
    throw T message=done
    and J
    end E outcome=both
    S -> F
    F -> M -> J
    F -> A -> T -> J
    J -> E
    """
    assert walk({"main": text}, "A").outcome == "both"


def test_the_only_way_out_of_a_silent_standstill_is_an_incident(walk):
    text = """
    start S
    user A @Clerk
    xor G
    user B @Clerk
    and J
    end E
    S -> A -> G
    G -> B if left
    G -> J
    B -> J
    J -> E
    """
    with pytest.raises(Incident, match="Nothing is left") as refusal:
        walk({"main": text}, ("A", {"left": False}))
    assert refusal.value.element_id == "J"


def test_a_circle_without_a_wait_is_an_incident(walk):
    text = """
    start S
    service V step=count
    xor G
    end E
    S -> V -> G
    G -> V if again
    G -> E
    """
    with pytest.raises(Incident, match="10000 steps"):
        walk({"main": text}, steps={"count": [{"again": True}]})


def test_manual_tasks_wait_like_user_tasks(walk):
    text = "start S\n manual A @Clerk\n end E outcome=done\n S -> A -> E"
    assert walk({"main": text}, "A").outcome == "done"


def test_a_long_row_of_empty_sub_processes_is_walked_through():
    names = [f"Z{number}" for number in range(600)]
    lines = ["start S", "end E", *(f"sub {name} {{\n}}" for name in names), f"S -> {' -> '.join(names)} -> E"]
    definition = engine.load(files(main="\n".join(lines)), "main", rules="standard")
    assert engine.Instance.start(definition, {}, lambda element, data: None).ended


def test_too_many_paths_at_once_are_an_incident():
    forks = "\n".join(f"task P{n}\nP{n} -> P{n + 1}\nP{n} -> P{n + 1}" for n in range(20)).replace(
        "task", "script"
    )
    text = f"start S\nuser P20\nend E\nS -> P0\n{forks}\nP20 -> E"
    definition = engine.load(
        files(main=text), "main", rules="standard", limits=engine.Limits(steps=100_000, tokens=2_000)
    )
    with pytest.raises(Incident, match="paths begin"):
        engine.Instance.start(definition, {}, lambda element, data: None)
