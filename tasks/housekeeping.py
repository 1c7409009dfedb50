"""The job that keeps the house: agreements, drafts nobody came back to, sessions that are over."""

from tasks.celery import app
from workflows.commands import agreements, heads, housekeeping, retention


@app.task(name="tasks.housekeeping.run")
def run() -> None:
    """Review the agreements, put away what is over, anonymise what need not be kept, sign the history."""
    agreements.review()
    housekeeping.put_away()
    retention.anonymise_due()
    heads.sign_when_due()
