"""Writing down what jobs did; a failure to do so is nobody's concern, since the next run is written down as well."""

import structlog

from workflows import clock
from workflows.db import transaction
from workflows.job_runs import note_run

log = structlog.get_logger()


def job_ended(name: str, seconds: float, failure: str | None = None) -> None:
    """A job has ended, well or with a failure of a kind."""
    try:
        with transaction() as db:
            note_run(db, name, clock.now(), seconds, failure)
    except Exception as error:
        log.warning("job_not_noted", job=name, error=type(error).__name__)
