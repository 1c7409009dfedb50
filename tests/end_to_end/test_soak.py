"""A steady load leaks no memory: `make soak-load`, with SOAK_SECONDS and SOAK_RATE (cases a minute)."""

import os

import pytest

from tests.end_to_end.product import product
from tests.end_to_end.soak import Soak, kind_of, trend

SECONDS = float(os.environ.get("SOAK_SECONDS") or 0)
RATE = float(os.environ.get("SOAK_RATE") or 30)
GROWTH = float(os.environ.get("SOAK_GROWTH") or 0.05)
"""By this share of its level a process may grow after the warm-up. Shorter than half an hour, the heaps still settle."""
SLACK = 2.0
"""Megabytes that a small process may grow all the same."""


def test_a_trend_is_not_moved_by_some_strange_values() -> None:
    points = [(10.0 * number, 100 + number / 36) for number in range(100)]
    strange = [(at, value + (500 if number % 7 == 3 else 0)) for number, (at, value) in enumerate(points)]
    assert trend(points).hourly == pytest.approx(10)
    assert trend(strange).hourly == pytest.approx(10, rel=0.2)
    assert trend(points).grown == pytest.approx(2.75 / 101.375)


def test_the_kind_of_a_request_is_without_what_is_one_cases() -> None:
    assert kind_of("POST", "/tasks/5f/complete") == "POST /tasks/…/complete"
    assert kind_of("GET", "/worklist?view=role&q=OLY-1") == "GET /worklist"


@pytest.mark.slow
@pytest.mark.skipif(not SECONDS, reason="LEFT OUT: make soak-load.")
def test_memory_stays_as_it_is_under_a_steady_load(record_property) -> None:
    with product(LOG_LEVEL="WARNING") as running:
        soak = Soak(running, RATE, seed=int(os.environ.get("SEED") or 0))
        soak.go_on(SECONDS)
        print(soak.report())  # noqa: T201 - the numbers are what a run is about
    record_property("soak", soak.report())
    trends = soak.trends()
    grown = {
        name: one for name, one in trends.items() if one.hourly * one.hours > max(SLACK, GROWTH * one.level)
    }
    assert soak.tally.failures == []
    assert {"web", "web 1", "worker", "worker 1", "beat", "redis", "postgres, each"} <= trends.keys()
    assert grown == {}
