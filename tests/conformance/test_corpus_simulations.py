"""Recorded token simulations of bpmn.io, run through the engine."""

from collections import Counter

import corpus
import pytest
from simulated import play

RACING = {"compensation-error"}
"""Two tasks are open at once; which of them is completed first decides whether the other one still can be."""


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
        if not (case["disputed"] or case["race"] or case["key"] in RACING):
            counted[verdict] += 1
            wrong += [(case["key"], verdict, note)] if verdict not in ("right", "refused") else []
    assert wrong == []
    assert counted["right"] >= 0.95 * sum(counted.values()), counted
