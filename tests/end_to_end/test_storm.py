"""Nothing is lost or doubled whatever dies: `make chaos`, with CASES and KILLS, at most CHAOS seconds, and SEED; and a short
storm with every change."""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.conftest import STORM
from tests.end_to_end.product import LEASE, product
from tests.end_to_end.storm import Storm

SECONDS = float(os.environ.get("CHAOS") or 0)
CASES = int(os.environ.get("CASES") or 0)
KILLS = int(os.environ.get("KILLS") or 0)
BETWEEN = 50.0
"""Cases."""
SHORT = 30.0
"""Seconds of the storm in `make test`, without its end, which takes as long again."""
CLIENTS = 20

pytestmark = [pytest.mark.slow]


def enough(storm: Storm) -> bool:
    """So many cases have ended, and so often somebody died; or the time is over, if there is a limit."""
    if SECONDS and storm.age > SECONDS:
        return True
    return bool(CASES) and len(storm.tally.ended) >= CASES and len(storm.kills) >= KILLS


@pytest.mark.skipif(not (SECONDS or CASES), reason="LEFT OUT: make chaos blows the long storm.")
def test_what_was_acknowledged_is_there_once_whatever_died(record_property) -> None:
    with storm_of(CLIENTS) as storm:
        found = weathered(storm, BETWEEN, enough, 900)
        found["restored"] = storm.restored()
        record_property(STORM, str(storm))
    assert {what: wrong for what, wrong in found.items() if wrong} == {}, str(storm)
    assert storm.kills, "nobody died"
    assert len(storm.tally.ended) > 5, "too little was done"


@pytest.mark.skipif(bool(SECONDS or CASES), reason="The long storm blows.")
def test_a_short_storm_loses_nothing_and_doubles_nothing(record_property) -> None:
    with storm_of(clients=6) as storm:
        found = weathered(storm, 5, lambda storm: storm.age > SHORT and bool(storm.kills), 300)
        record_property(STORM, str(storm))
    assert {what: wrong for what, wrong in found.items() if wrong} == {}, str(storm)
    assert storm.tally.ended, "nothing was done"


@contextmanager
def storm_of(clients: int) -> Iterator[Storm]:
    """A storm over a product of its own: on a shared one another test may have damaged a case."""
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**6))
    with product(OUTBOX_LEASE_SECONDS=str(LEASE), LOG_LEVEL="WARNING") as running:
        yield Storm(running, seed, clients)


def weathered(
    storm: Storm, between: float, enough: Callable[[Storm], bool], drain: float
) -> dict[str, list[str]]:
    """What is wrong after a storm with so many seconds between two deaths, once the outbox is empty."""
    storm.blow(between, enough)
    storm.drain(drain)
    return storm.verdict()
