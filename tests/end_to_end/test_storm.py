"""Nothing is lost or doubled whatever dies: `make chaos`, with CASES and KILLS, at most CHAOS seconds, and SEED; and a short
storm with every change."""

import os
import random

import pytest

from tests.end_to_end.product import LEASE, product
from tests.end_to_end.storm import SHORT, Storm

SECONDS = float(os.environ.get("CHAOS") or 0)
CASES = int(os.environ.get("CASES") or 0)
KILLS = int(os.environ.get("KILLS") or 0)
BETWEEN = 50.0
"""Cases."""
CLIENTS = 20

pytestmark = [pytest.mark.slow]


def enough(storm: Storm) -> bool:
    """So many cases have ended, and so often somebody died; or the time is over, if there is a limit."""
    if SECONDS and storm.age > SECONDS:
        return True
    return bool(CASES) and len(storm.tally.ended) >= CASES and len(storm.kills) >= KILLS


@pytest.mark.skipif(not (SECONDS or CASES), reason="LEFT OUT: make chaos blows the long storm.")
def test_what_was_acknowledged_is_there_once_whatever_died(record_property) -> None:
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**6))
    with product(OUTBOX_LEASE_SECONDS=str(LEASE), LOG_LEVEL="WARNING") as running:
        storm = Storm(running, seed, CLIENTS)
        storm.blow(BETWEEN, enough)
        storm.drain(900)
        found = {**storm.verdict(), "restored": storm.restored()}
        print(storm)  # noqa: T201 - the counts and the seed are what a run is about
        record_property("storm", str(storm))
    assert {what: wrong for what, wrong in found.items() if wrong} == {}, str(storm)
    assert storm.kills, "nobody died"
    assert len(storm.tally.ended) > 5, "too little was done"


@pytest.mark.skipif(bool(SECONDS or CASES), reason="The long storm blows.")
def test_a_short_storm_loses_nothing_and_doubles_nothing(record_property) -> None:
    with product(OUTBOX_LEASE_SECONDS=str(LEASE), LOG_LEVEL="WARNING") as running:
        storm = Storm(
            running, int(os.environ.get("SEED") or random.SystemRandom().randrange(10**6)), clients=6
        )
        storm.blow(between=5, enough=lambda storm: storm.age > SHORT and bool(storm.kills))
        storm.drain(300)
        found = storm.verdict()
        print(storm)  # noqa: T201 - the counts and the seed are what a run is about
        record_property("storm", str(storm))
    assert {what: wrong for what, wrong in found.items() if wrong} == {}, str(storm)
    assert storm.tally.ended, "nothing was done"
