"""Saved states that somebody wrote who knows the format: each names something that cannot be, and is refused."""

from pathlib import Path

import pytest
from test_engine_state import at, body_of, golden_bundle, nothing, seal

import engine

GOLDEN = Path(__file__).parents[2] / "golden"


def extra(element: str, **values):
    """Set values beside the first saved token at an element."""
    return lambda body: at(body, element)[4].update(values)


def without(element: str, key: str):
    """Take a value away from it."""
    return lambda body: at(body, element)[4].pop(key)


def scope(number: int, **values):
    """Set values beside a process."""
    return lambda body: body["scopes"][number][3].update(values)


def gone(element: str):
    """Take a token away; positions behind it are put right."""

    def change(body: dict) -> None:
        place = body["tokens"].index(at(body, element))
        del body["tokens"][place]
        for token in body["tokens"]:
            for link in ("host", "loop", "compensates"):
                if token[4].get(link, -1) > place:
                    token[4][link] -= 1
        for entry in body["scopes"]:
            if entry[1] is not None and entry[1] > place:
                entry[1] -= 1

    return change


FORGERIES = {
    "instances/begun": {
        "an instance without its loop": without("A[]", "loop"),
        "an instance of another loop": extra("A[]", loop=1),
        "an instance with a number that none has": extra("A[]", index=9),
        "an instance without a number": without("A[]", "index"),
        "an instance without its beginning": without("A[]", "origin"),
        "an instance that is gone": gone("A[]"),
        "a loop without a number": without("A", "total"),
        "a loop that began more than it has": extra("A", total=1),
        "a loop that is nearly done": extra("A", done=3),
        "a loop with a negative number": extra("A", done=-1),
        "a loop with a truth value": extra("A", done=True),
        "a loop marker on a boundary event": extra("M", total=3),
        "data from nowhere": extra("A[]", origin=99),
    },
    "undone/undoing": {
        "a handler for nothing": without("HB", "compensates"),
        "a handler for something that throws nothing": extra("HB", compensates=0),
        "a handler for itself": extra("HB", compensates=9),
        "a handler that is gone": gone("HB"),
        "a handler that handles nothing": lambda body: at(body, "HB").__setitem__(1, "K"),
        "a task that stands for a handler": lambda body: at(body, "HB").__setitem__(1, "D"),
        "a queue of what cannot be compensated": extra("T", queue=[["S", 0, [], False]]),
        "a queue of nothing that exists": extra("T", queue=[["nowhere", 0, [], False]]),
        "a queue with data from nowhere": extra("T", queue=[["A", 99, [], False]]),
        "a queue of single words": extra("T", queue=["A"]),
        "a queue that is a number": extra("T", queue=3),
        "a queue at a task": extra("HB", queue=[]),
    },
    "undone/done": {
        "records that are no list": scope(0, records={"A": 1}),
        "records of an element that is no activity": scope(0, records=[["E", 0, [], False]]),
        "something enclosed in a process that compensates nothing": scope(0, enclosed=[]),
        "something that no process has": scope(0, more=1),
        "a process with a list beside it": lambda body: body["scopes"][0].__setitem__(3, []),
    },
    "gateways/staying": {
        "a gateway that stays on flows that do not exist": extra("X", passed=["nowhere"]),
        "a gateway that stays on numbers": extra("X", passed=[1]),
        "a gateway that stays at an inclusive one": extra("J", passed=["F5_main_"]),
        "a token on a flow that leads elsewhere": extra("J", via="F0_main_"),
        "a token on no flow": without("J", "via"),
        "a flow at a task": extra("D", via="F0_main_"),
    },
    "watching/seen": {
        "an event that has seen what it does not wait for": extra("M", seen=[7]),
        "an event that has seen all": extra("M", seen=[0, 1, 2]),
        "an event that has seen a word": extra("M", seen=["first"]),
        "seen parts at an event with one": extra("N", seen=[0]),
        "a condition at an event without one": extra("M", held=True),
        "a time at an event without one": extra("M", value="PT1H"),
        "a rival of nobody": extra("M", race="x"),
        "the newest data from nowhere": lambda body: body.update(latest=99),
        "the newest data as a word": lambda body: body.update(latest="x"),
    },
    "handled/running": {
        "a start event that is gone": gone("SX"),
        "a handler without its process": lambda body: body["scopes"].pop(),
        "a handler begun in another process": lambda body: body["scopes"][-1].__setitem__(0, "P"),
        "a key that is not known": extra("H", fired=True),
        "a start event with an activity": extra("SX", host=0),
    },
    "handled/counted": {
        "a cycle without a text": without("SY", "value"),
        "a cycle with a number": extra("SY", value=3),
    },
    "over/failed": {
        "failed with open work": lambda body: body["tokens"].append(["x", "A", 0, 0, {}]),
        "open without work": lambda body: body.update(status="open"),
    },
}


@pytest.mark.parametrize(
    "forgery", [(state, name) for state, named in FORGERIES.items() for name in named], ids=" ".join
)
def test_a_forged_state_with_a_right_checksum_is_refused(forgery):
    """It is refused as damaged, by a sentence, and never crashes."""
    state, name = forgery
    path = GOLDEN / f"{state}.state"
    definition = engine.load(golden_bundle(path.parent), "main", rules="standard")
    body = body_of(path.read_bytes())
    FORGERIES[state][name](body)
    with pytest.raises(engine.DamagedState):
        engine.Instance.load(definition, seal(body), nothing)
