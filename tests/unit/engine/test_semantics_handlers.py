"""Compensation handlers of every kind, drawn in a scope that is over when they run (BPMN 2.0.2, 10.7.1, 13.5.5)."""

import pytest
from both_ways import both_ways

ENDED = """
start S
sub Z {{
start SZ
user A
boundary UA on=A compensate=HA
{handler}
end EZ
SZ -> A -> EZ
}}
throw T compensate=all
user D
end E
S -> Z -> T -> D -> E
"""


@pytest.mark.parametrize("marker", ["times=2", "times=2 sequential=yes", 'while="loopCounter < 2"'])
def test_a_handler_of_a_sub_process_that_has_ended_may_be_repeated(marker):
    """13.5.5, 13.3.7: the handler runs although the scope it is drawn in is over, with all its instances."""
    walk = both_ways(ENDED.format(handler=f"user HA handler=yes {marker}"), "A", "HA")
    assert walk.open == ["HA"]
    assert walk.play("HA").open == ["D"]


def test_a_handler_may_have_events_beside_it():
    """13.5.3, 13.5.5: a reminder on a handler, drawn in a sub-process that is over."""
    handler = "user HA handler=yes\n boundary B on=HA cycle=R2/PT1H interrupting=no\n user K\n B -> K"
    walk = both_ways(ENDED.format(handler=handler), "A", "!B")
    assert walk.open == ["B", "HA", "K"]
    assert walk.play("HA", "K").open == ["D"]


@pytest.mark.parametrize("marker", ["", "times=2"])
def test_a_handler_that_is_interrupted_is_over(marker):
    """13.5.3, 13.5.5: the thrower goes on with the next handler, and does not wait for ever."""
    handler = f"user HA handler=yes {marker}\n boundary B on=HA timer=PT1H\n user K\n B -> K"
    walk = both_ways(ENDED.format(handler=handler), "A", "!B")
    assert walk.open == ["D", "K"]
    assert walk.play("K", "D").end == "ended"


def test_an_error_in_a_handler_goes_outwards():
    """10.5.6, 13.5.5: to the scopes around what threw the compensation; with it the compensation ends."""
    handler = "sub HA handler=yes {\n user Q\n end X error=lost\n Q -> X\n }"
    text = (
        "start S0\n sub W {\n" + ENDED.format(handler=handler) + "}\n boundary B on=W error=lost\n user H\n"
    )
    walk = both_ways(text + "S0 -> W\n B -> H", "A", "Q")
    assert (walk.open, "T" in walk.cancelled) == (["H"], True)
    assert both_ways(ENDED.format(handler=handler), "A", "Q").end == "failed"


def test_a_handler_may_be_a_call_activity():
    """10.7.1: with work of its own in the called process."""
    main = ENDED.format(handler="call HA process=inner handler=yes")
    walk = both_ways({"main": main, "inner": "user Q\n user R\n Q -> R"}, "A", "Q")
    assert walk.open == ["R"]
    assert walk.play("R").open == ["D"]
