"""What the clock's jobs did last: one row for each job, so that a silent worker or clock shows."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.db import Base


class JobRun(Base):
    """The last run of a job and how often it ran. `seconds` is how long the last one took; `failed_at` and `failure`
    (the kind of the failure) tell of the last one that failed."""

    __tablename__ = "job_run"
    name: Mapped[str] = mapped_column(primary_key=True)
    ended_at: Mapped[datetime]
    seconds: Mapped[float]
    total_seconds: Mapped[float]
    runs: Mapped[int]
    failures: Mapped[int]
    failed_at: Mapped[datetime | None]
    failure: Mapped[str | None]


_NOTE = text("""
INSERT INTO job_run (name, ended_at, seconds, total_seconds, runs, failures, failed_at, failure)
VALUES (:name, :at, :seconds, :seconds, 1, CAST(:failed AS integer), :failed_at, :failure)
ON CONFLICT (name) DO UPDATE SET ended_at = :at, seconds = :seconds, runs = job_run.runs + 1,
  total_seconds = job_run.total_seconds + :seconds, failures = job_run.failures + CAST(:failed AS integer),
  failed_at = coalesce(:failed_at, job_run.failed_at), failure = coalesce(:failure, job_run.failure)
""")


def note_run(db: Session, name: str, at: datetime, seconds: float, failure: str | None) -> None:
    """Write down that a job has ended; `failure` is the kind of what was raised, None when it went well."""
    failed = {"failed": int(failure is not None), "failed_at": at if failure else None, "failure": failure}
    db.execute(_NOTE, {"name": name, "at": at, "seconds": seconds, **failed})
