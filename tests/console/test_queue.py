"""Celery as it is set up: what was measured to lose nothing, and to hold nobody up."""

import os
import signal
import time

import pytest
from kombu.exceptions import OperationalError

from tasks.celery import app, configuration
from web.console import embedded
from web.console.children import stop_all


def test_the_settings_under_which_a_killed_worker_loses_nothing():
    chosen = configuration()
    assert chosen["task_acks_late"]
    assert chosen["task_reject_on_worker_lost"]
    assert chosen["worker_prefetch_multiplier"] == 1
    assert chosen["task_ignore_result"]
    assert chosen["accept_content"] == ["json"]
    assert chosen["task_soft_time_limit"] < chosen["task_time_limit"]
    options = chosen["broker_transport_options"]
    assert options["visibility_timeout"] > chosen["task_time_limit"], (
        "or a running job would be handed out again"
    )


def test_the_clock_runs_jobs_that_exist_and_neither_delays_nor_expires_them():
    app.loader.import_default_modules()
    for entry in configuration()["beat_schedule"].values():
        assert entry["task"] in app.tasks
        assert set(entry) == {"task", "schedule"}


@pytest.fixture
def own_redis(tmp_path):
    """A Redis that this test may kill, as the broker of a Celery app of its own."""
    child, url = embedded.start_redis(tmp_path, tmp_path / "redis.log", os.environ, "secret")
    yield child, publisher(url)
    if child.alive:
        os.kill(child.pid, signal.SIGCONT)
    stop_all([[child]])


def publisher(url):
    """A way to publish a job to a broker, with our own settings."""
    own = type(app)("of-a-test", set_as_current=False)
    own.conf.update({**configuration(), "broker_url": url})
    return lambda: own.send_task("tasks.outbox.deliver", args=[[1]], retry=False)


def test_a_job_reaches_redis(own_redis):
    _, publish = own_redis
    publish()


@pytest.mark.parametrize("away", [signal.SIGKILL, signal.SIGSTOP], ids=["dead", "silent"])
def test_a_redis_that_is_away_holds_a_person_up_for_little_more_than_a_second(own_redis, away):
    child, publish = own_redis
    publish()
    os.kill(child.pid, away)
    before = time.monotonic()
    with pytest.raises((OperationalError, OSError)):
        publish()
        publish()
    assert time.monotonic() - before < 3
