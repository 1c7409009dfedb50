"""A case that is sent back again and again never stalls silently (1,500 rounds; 1,000 timers), and stays as small."""

import pytest
from bpmn_builder import files
from soaking import SOAK

import engine

TEXT = """
start S
user A @Clerk
boundary T on=A timer='"PT1H"' interrupting=no
xor G
end E outcome=done
end EM
S -> A -> G
G -> A if back
G -> E
T -> EM
"""
DEFINITION = engine.load(files(main=TEXT), "main")


def waiting(instance: engine.Instance, kind: str) -> str:
    (found,) = [item.id for item in instance.open_work() if item.kind == kind]
    return found


@pytest.mark.parametrize("rounds", [1500, *([20 * SOAK] if SOAK else [])])
def test_a_case_that_is_sent_back_again_and_again_goes_on(rounds: int) -> None:
    def step(element, data):
        raise AssertionError("no step is drawn")

    instance = engine.Instance.start(DEFINITION, {}, step)
    sizes, fired = [], 0
    for number in range(rounds):
        if number % 3:
            instance.fire(waiting(instance, "timer"))
            fired += 1
        instance.complete(waiting(instance, "user_task"), {"back": True})
        assert not instance.ended
        if number % 100 == 99:
            state = instance.dump()
            sizes.append(len(state))
            instance = engine.Instance.load(DEFINITION, state, step)
    assert fired >= 2 * rounds // 3 - 1 and max(sizes) - min(sizes) < 100, "the state does not grow"
    instance.complete(waiting(instance, "user_task"), {"back": False})
    assert instance.ended and instance.outcome == "done"
