"""The job that fires what is due."""

from tasks.celery import app
from workflows.commands import timers


@app.task(name="tasks.timers.fire_due")
def fire_due() -> None:
    """Fire due timers, remind of late tasks, free idle claims."""
    timers.fire_due()
