"""The job that keeps the house: agreements, drafts nobody came back to, sessions that are over."""

from tasks.celery import app
from workflows.commands import agreements, housekeeping


@app.task(name="tasks.housekeeping.run")
def run() -> None:
    """Review the agreements, then put away what is over."""
    agreements.review()
    housekeeping.put_away()
