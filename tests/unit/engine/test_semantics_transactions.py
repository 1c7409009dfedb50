"""Transactions (BPMN 2.0.2, 10.3.5, 13.3.4, 13.5.5)."""

import pytest
from both_ways import both_ways

from engine import NotWaiting

TRANSACTION = """
start S
transaction Z {
start SZ
and F
user A
boundary UA on=A compensate=HA
user HA handler=yes
user B
user W
end X cancel=yes
end EZ
SZ -> F
F -> A -> B -> X
F -> W -> EZ
}
boundary C on=Z cancel=yes
user D
user H
end E
S -> Z -> D -> E
C -> H -> E
"""


def test_a_cancelled_transaction_compensates_and_goes_out_of_its_cancel_event():
    """10.3.5, 13.3.4: all work inside is ended, what was completed is compensated, then the boundary event goes on."""
    walk = both_ways(TRANSACTION, "A", "B")
    assert (walk.open, walk.cancelled) == (["HA"], ["W"])
    walk.play("HA")
    assert (walk.open, walk.cancelled) == (["H"], ["W", "Z"])
    assert walk.play("H").end == "ended"


def test_a_cancelled_transaction_hears_nothing_any_more():
    """13.3.4, 13.5.4: while it is compensated its event sub-processes are ended, and none of them begins."""
    handler = "on V {\n start SV message=m interrupting=no\n user K\n SV -> K\n }\n"
    walk = both_ways(TRANSACTION.replace("user W\n", "user W\n" + handler), "A", "B")
    assert walk.open == ["HA"]
    with pytest.raises(NotWaiting):
        walk.play("<m")
    assert walk.play("HA").open == ["H"]


def test_a_transaction_that_is_not_cancelled_is_a_sub_process():
    """10.3.5: it goes out of its normal way when all is done."""
    text = TRANSACTION.replace("B -> X", "B -> G\n xor G\n G -> X if bad\n G -> EZ else")
    walk = both_ways(text, "A", ("B", {"bad": False}), "W")
    assert walk.open == ["D"]


def test_an_error_leaves_a_transaction_without_compensation():
    """10.3.5: a hazard ends the transaction at once; nothing is compensated."""
    text = TRANSACTION.replace("end X cancel=yes", "end X error=lost").replace(
        "boundary C on=Z cancel=yes", "boundary C on=Z error=lost"
    )
    assert both_ways(text, "A", "B").open == ["H"]


def test_a_completed_transaction_can_be_compensated():
    """10.7, 13.5.5: as a sub-process, by what was completed inside."""
    text = (
        TRANSACTION.replace("B -> X", "B -> EZ")
        .replace("end X cancel=yes\n", "")
        .replace("Z -> D -> E", "Z -> T -> D -> E\n throw T compensate=Z")
    )
    text = (
        text.replace("boundary C on=Z cancel=yes\n", "").replace("C -> H -> E\n", "").replace("user H\n", "")
    )
    assert both_ways(text, "A", "B", "W").open == ["HA"]
