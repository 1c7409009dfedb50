"""The Celery app. The table `outbox_message` is the truth, Celery the legs, the beat's sweep the net.

The settings are the ones under which a killed worker, a silent broker and two beats were measured to change
nothing but latency. A message carries row ids, never a name or an address, and never an eta.
"""

import time
from typing import Any

import structlog
from celery import Celery, signals

from workflows import logs
from workflows.commands.job_runs import job_ended
from workflows.settings import settings

#: How often the clock's jobs run, in seconds. Each works from due rows, so a missed tick is only late.
SWEEP_SECONDS = 5.0
TIMERS_SECONDS = 10.0
WEBHOOKS_SECONDS = 5.0
DIGESTS_SECONDS = 60.0
HOUSEKEEPING_SECONDS = 300.0
MOVES_SECONDS = 5.0
BOUNCES_SECONDS = 60.0

app = Celery(
    "optin",
    include=[
        f"tasks.{name}"
        for name in ("outbox", "bounces", "timers", "digests", "webhooks", "housekeeping", "publications")
    ],
)


def _tick(job: str, seconds: float) -> dict[str, Any]:
    """One line of the clock. A tick does not expire: that would trust two machines' clocks to agree."""
    return {"task": job, "schedule": seconds}


def _broker() -> dict[str, Any]:
    """How to speak with Redis: give up after a second, so that a silent broker never holds up a person."""
    return {
        "broker_url": settings().redis_url,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,  # A worker waits for Redis however long it is away.
        "broker_transport_options": {
            "max_retries": 0,  # Whoever publishes does not wait at all: the sweep finds what was not told.
            "visibility_timeout": 600,
            "socket_timeout": 1,
            "socket_connect_timeout": 1,
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
        },
    }


def _messages() -> dict[str, Any]:
    """What travels, and when it counts as done: after the job, and never when its worker was killed."""
    return {
        "accept_content": ["json"],
        "task_serializer": "json",
        "result_serializer": "json",
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_ignore_result": True,
        "task_publish_retry": False,
        "worker_prefetch_multiplier": 1,
    }


def _worker() -> dict[str, Any]:
    """How a worker behaves: limits on time, no chatter between workers, its log left to us."""
    return {
        "task_soft_time_limit": 60,
        "task_time_limit": 90,
        "worker_concurrency": settings().worker_concurrency,
        "worker_hijack_root_logger": False,
        "worker_send_task_events": False,
        # A mail half handed over is worse than one handed over twice: a lost broker stops no running job.
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "timezone": "UTC",
        "enable_utc": True,
    }


def _clock() -> dict[str, Any]:
    """The beat's schedule."""
    return {
        "beat_schedule": {
            "sweep-outbox": _tick("tasks.outbox.sweep", SWEEP_SECONDS),
            "fire-due-timers": _tick("tasks.timers.fire_due", TIMERS_SECONDS),
            "sweep-webhooks": _tick("tasks.webhooks.sweep", WEBHOOKS_SECONDS),
            "send-daily-mails": _tick("tasks.digests.send_due", DIGESTS_SECONDS),
            "move-cases": _tick("tasks.publications.go_on", MOVES_SECONDS),
            "read-bounces": _tick("tasks.bounces.poll", BOUNCES_SECONDS),
            "housekeeping": _tick("tasks.housekeeping.run", HOUSEKEEPING_SECONDS),
        }
    }


CLOCKED = frozenset(line["task"] for line in _clock()["beat_schedule"].values())
"""The jobs that the clock starts."""


def configuration() -> dict[str, Any]:
    """The whole configuration, read from the settings when Celery first asks for it."""
    return {**_broker(), **_messages(), **_worker(), **_clock()}


app.add_defaults(configuration)

_begun: dict[str, float] = {}


@signals.beat_init.connect
def _begin_at_once(sender: Any, **_: Any) -> None:
    """A clock that starts does not wait a period first: nobody knows how long there was none, and one that kept being
    restarted would never come to its slow jobs."""
    for entry in sender.scheduler.schedule.values():
        if entry.task in CLOCKED:
            entry.last_run_at -= entry.schedule.run_every


@signals.setup_logging.connect
def _log(**_: Any) -> None:
    """Our own log in place of Celery's."""
    logs.configure()


@signals.task_prerun.connect
def _begin(task_id: str, task: Any, **_: Any) -> None:
    structlog.contextvars.bind_contextvars(job=task.name, job_id=task_id)
    _begun[task_id] = time.monotonic()


@signals.task_postrun.connect
def _end(task_id: str, task: Any, state: str, retval: Any, **_: Any) -> None:
    """Write down that a job of the clock has ended, so that a silent worker shows; hints are too many to tell."""
    structlog.contextvars.clear_contextvars()
    seconds = time.monotonic() - _begun.pop(task_id, time.monotonic())
    if task.name in CLOCKED:
        failure = type(retval).__name__ if state == "FAILURE" else None
        job_ended(task.name.removeprefix("tasks."), seconds, failure)
