"""The job that keeps the house: agreements, drafts nobody came back to, sessions that are over."""

import structlog

from tasks.celery import app
from workflows.commands import agreements, heads, housekeeping, retention

log = structlog.get_logger()

PARTS = (agreements.review, housekeeping.put_away, retention.anonymise_due, heads.sign_when_due)


@app.task(name="tasks.housekeeping.run")
def run() -> None:
    """Review the agreements, put away what is over, anonymise what need not be kept, sign the history.

    A part that fails does not hold up the others; the job then counts as failed.
    """
    failed: list[Exception] = []
    for part in PARTS:
        try:
            part()
        except Exception as error:
            log.error("set_aside", what=part.__name__, error=type(error).__name__)
            failed.append(error)
    if failed:
        raise failed[0]
