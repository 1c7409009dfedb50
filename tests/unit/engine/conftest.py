"""Every walk is made twice: with one instance kept, and with it saved and loaded between all moves."""

import pytest
from bpmn_builder import files

import engine
from engine.scenario import Move, Result, Scenario, run

KINDS = {"!": "fire", "<": "receive", "~": "signal"}


@pytest.fixture(params=[False, True], ids=["kept", "restored"])
def walk(request):
    """Run moves on processes: `A` or `("A", {...})` completes, `!T` fires, `<m` receives, `~s` signals."""

    def walk(processes: dict[str, str], *moves, data=None, steps=None, start="main") -> Result:
        definition = engine.load(files(**processes), start)
        scenario = Scenario("", data or {}, [move(entry) for entry in moves], {}, steps or {})
        return run(definition, scenario, restoring=request.param)

    return walk


def move(entry) -> Move:
    """A move from its short form."""
    name, data = entry if isinstance(entry, tuple) else (entry, {})
    kind = KINDS.get(name[0], "complete")
    return Move(kind, name.lstrip("!<~"), data)
