"""Recorded token simulations of bpmn.io, run through the engine."""

from collections import Counter

import corpus
import pytest
from simulated import play


@corpus.present
@pytest.mark.slow
def test_what_a_simulator_recorded_is_what_the_engine_does():
    cases = [
        case
        for case in corpus.expected("token-simulation.json")["cases"]
        if (corpus.FOLDER / case["file"]).exists()
    ]
    counted, wrong = Counter(), []
    for case in cases:
        kind, result = corpus.alone(play, case)
        verdict, note = result if kind == "done" else (kind, result)
        if not case["disputed"] and not case["race"]:
            counted[verdict] += 1
            wrong += [(case["key"], verdict, note)] if verdict not in ("right", "refused") else []
    assert wrong == []
    assert counted["right"] >= 0.95 * sum(counted.values()), counted
