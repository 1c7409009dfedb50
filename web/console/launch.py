"""Become the program that does the work: gunicorn, Celery's worker or clock, the mail catcher."""

import os
import sys
from pathlib import Path
from typing import NoReturn

from workflows.settings import PROJECT, Settings

#: Heartbeats of gunicorn's workers belong into memory, not onto a disk that may be slow.
HEARTBEATS = Path("/dev/shm")  # noqa: S108 - gunicorn makes an unnamed file there.
#: Longer than balancers keep an unused connection (usually 60 seconds), so that none is closed just as they use it.
KEEP_ALIVE = "75"


def wanted_port() -> str | None:
    """The port a person asked for, if any."""
    return os.environ.get("PORT") or None


def _become(*words: str) -> NoReturn:
    """Replace this process by a Python module with arguments; signals then reach it without a middleman."""
    os.chdir(PROJECT)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", *words])  # noqa: S606 - there is no shell on purpose.


def web(chosen: Settings) -> NoReturn:
    """gunicorn with threads. Asked to stop, it finishes what is in hand for as long as anything may take. The
    application is made once and its workers are copies: a start, and a worker that takes the place of a fallen one,
    cost no second making."""
    words = [
        "web.serving",
        "web.wsgi:app",
        "--preload",
        "--worker-class",
        "gthread",
        "--bind",
        chosen.web_bind,
    ]
    words += ["--workers", str(chosen.web_workers), "--threads", str(chosen.web_threads)]
    words += ["--timeout", "60", "--graceful-timeout", "30", "--keep-alive", KEEP_ALIVE]
    words += ["--no-control-socket"]
    words += ["--log-level", chosen.log_level.lower()]
    if HEARTBEATS.is_dir():
        words += ["--worker-tmp-dir", str(HEARTBEATS)]
    _become(*words)


def worker() -> NoReturn:
    """Celery's worker, without the talk between workers that we do not use."""
    _become("celery", "-A", "tasks.celery", "worker", *_quietly(), "--without-gossip", "--without-mingle")


def beat() -> NoReturn:
    """Celery's clock. It remembers nothing: every job works from due rows, so a missed tick is only late."""
    schedule = ["--scheduler", "celery.beat:Scheduler", "--pidfile", ""]
    _become("celery", "-A", "tasks.celery", "beat", *_quietly(), *schedule)


def mail(host: str, port: int, folder: Path) -> NoReturn:
    """The catcher of mails."""
    words = ["--host", host, "--port", str(port), "--dir", str(folder.resolve())]
    _become("notifications.sink", *words)


def _quietly() -> list[str]:
    """What each Celery program gets: the log level of the installation."""
    return ["--loglevel", os.environ.get("LOG_LEVEL", "INFO")]
