"""Conditional events (BPMN 2.0.2, 10.5.5): they come about when their condition becomes true."""

from both_ways import both_ways

CAUGHT = """
start S
and F
user A
catch M condition="x > 1"
user B
end E
S -> F
F -> A -> E
F -> M -> B -> E
"""


def test_a_condition_that_becomes_true_lets_its_event_come_about():
    """10.5.5: by data that another branch wrote."""
    walk = both_ways(CAUGHT, data={"x": 0})
    assert walk.open == ["A", "M"]
    walk.play(("A", {"x": 2}))
    assert walk.open == ["B"]
    assert walk.data("B")["x"] == 2


def test_a_condition_that_does_not_hold_goes_on_waiting():
    """10.5.5: every change is looked at."""
    walk = both_ways(CAUGHT, ("A", {"x": 1}), data={"x": 0})
    assert walk.open == ["M"]
    assert walk.play("!M").open == ["B"]


def test_a_condition_that_holds_already_lets_its_event_pass():
    """10.5.5, 13.5.2: when the event begins to wait, the condition is looked at."""
    assert both_ways(CAUGHT, data={"x": 5}).open == ["A", "B"]


def test_a_condition_over_names_that_do_not_exist_waits_until_they_do():
    """10.5.5: what has no value is not true; it may become so."""
    walk = both_ways(CAUGHT)
    assert walk.open == ["A", "M"]
    assert walk.play(("A", {"x": 2})).open == ["B"]


def test_a_condition_over_text_that_is_no_number_is_not_true():
    """10.5.5: a comparison without an answer does not hold, and does no harm."""
    assert both_ways(CAUGHT, ("A", {"x": "many"})).open == ["M"]


def test_an_interrupting_boundary_event_ends_its_activity_when_it_becomes_true():
    """13.5.3, 10.5.5: by what happens beside the activity."""
    text = CAUGHT.replace('catch M condition="x > 1"', 'user W\n boundary M on=W condition="x > 1"')
    text = text.replace("F -> M -> B", "F -> W -> E\n M -> B")
    walk = both_ways(text, ("A", {"x": 2}), data={"x": 0})
    assert (walk.open, walk.cancelled) == (["B"], ["W"])


RISING = """
start S
and F
user A
user W
boundary M on=W condition="x > 1" interrupting=no
user B
xor G
end E
S -> F
F -> G -> A -> G
F -> W -> E
M -> B -> E
"""


def test_one_that_does_not_interrupt_comes_about_each_time_it_becomes_true():
    """10.5.5: it is the change from false to true that counts, not that it stays true."""
    walk = both_ways(RISING, ("A", {"x": 2}), ("A", {"x": 3}), data={"x": 0})
    assert walk.open.count("B") == 1
    walk.play(("A", {"x": 0}))
    assert walk.open.count("B") == 1
    walk.play(("A", {"x": 5}))
    assert walk.open.count("B") == 2


def test_an_event_sub_process_begins_when_its_condition_becomes_true():
    """13.5.4, 10.5.5: data written in the scope begin its handler."""
    text = (
        'start S\n user A\n user C\n S -> A -> C\n on Z {\n start SZ condition="x > 1"\n user H\n SZ -> H\n }'
    )
    assert both_ways(text, ("A", {"x": 1})).open == ["C", "SZ"]
    assert both_ways(text, ("A", {"x": 2})).open == ["H"]


def test_a_race_is_won_by_a_condition():
    """13.4.4, 10.5.5: a conditional event is one of the rivals."""
    text = CAUGHT.replace(
        "F -> M -> B", "race R\n catch T timer='\"PT1H\"'\n F -> R\n R -> T -> E\n R -> M -> B"
    )
    walk = both_ways(text, ("A", {"x": 2}), data={"x": 0})
    assert (walk.open, walk.cancelled) == (["B"], ["T"])


def test_two_conditions_become_true_at_once():
    """10.5.5: both events come about."""
    text = CAUGHT + 'catch N condition="x > 0"\n user D\n F -> N -> D -> E'
    assert both_ways(text, ("A", {"x": 2}), data={"x": 0}).open == ["B", "D"]


def test_a_condition_sees_what_a_called_process_wrote():
    """10.5.5: data written anywhere in the instance."""
    main = CAUGHT.replace("user A", "call A process=inner")
    inner = "start I\n user W\n user V\n end EI\n I -> W -> V -> EI"
    assert both_ways({"main": main, "inner": inner}, ("W", {"x": 2})).open == ["B", "V"]


def test_a_condition_sees_what_a_step_returned():
    """10.5.5: a service task's result is data like any other."""
    text = CAUGHT.replace("user A", "user Q\n service A step=count").replace("F -> A", "F -> Q -> A")
    assert both_ways(text, "Q", steps={"count": [{"x": 4}]}).open == ["B"]


def test_a_condition_reads_an_item_of_a_list():
    """10.5.5: any expression of the language."""
    text = CAUGHT.replace("x > 1", "'b' in names")
    walk = both_ways(text, ("A", {"names": ["a", "b"]}), data={"names": ["a"]})
    assert walk.open == ["B"]
