"""Nothing is lost or doubled whatever dies. `make chaos` blows longer: CHAOS seconds, SEED."""

import os
import random

import pytest

from tests.end_to_end.product import LEASE, product
from tests.end_to_end.storm import Storm

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("CHAOS" not in os.environ, reason="LEFT OUT: make chaos blows the storm."),
]

SECONDS = float(os.environ.get("CHAOS", "0"))
BETWEEN = 3.0
CLIENTS = 20 if SECONDS > 600 else 6


def test_what_was_acknowledged_is_there_once_whatever_died(record_property) -> None:
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**6))
    with product(OUTBOX_LEASE_SECONDS=str(LEASE), LOG_LEVEL="WARNING") as running:
        storm = Storm(running, seed, CLIENTS)
        storm.blow(SECONDS, BETWEEN)
        storm.drain(120)
        found = storm.verdict()
        print(storm)  # noqa: T201 - the counts and the seed are what a run is about
        record_property("storm", str(storm))
    assert {what: wrong for what, wrong in found.items() if wrong} == {}, str(storm)
    assert sum(storm.killed.values()) >= SECONDS / BETWEEN / 2, "too little died"
    assert storm.tally.counts["cases ended"] > 5, "too little was done"
