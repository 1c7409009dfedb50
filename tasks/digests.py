"""The job of the daily mail."""

from tasks.celery import app
from workflows.commands import digests


@app.task(name="tasks.digests.send_due")
def send_due() -> None:
    """Queue the daily mails that are due."""
    digests.send_due()
