"""Putting away what is over: drafts nobody came back to, ended sessions, old idempotency keys (domain 5.2)."""

from datetime import timedelta

from sqlalchemy import delete, select

from workflows import clock
from workflows.business_time import calendar
from workflows.cases import Case, IdempotencyKey
from workflows.db import transaction
from workflows.definitions import bundle_of, deployed
from workflows.people import SignIn, SignInFailure
from workflows.user_tasks import TaskDraft, UserTask

KEEP_KEYS = timedelta(days=7)
KEEP_SESSIONS = timedelta(days=30)


def put_away() -> None:
    """Delete what is past its time; safe at any moment and any number of times."""
    _expire_drafts()
    now = clock.now()
    with transaction() as db:
        db.execute(delete(IdempotencyKey).where(IdempotencyKey.at < now - KEEP_KEYS))
        db.execute(delete(SignInFailure).where(SignInFailure.at < now - KEEP_SESSIONS))
        db.execute(delete(SignIn).where(SignIn.expires_at < now - KEEP_SESSIONS))


def _expire_drafts() -> None:
    """Forget drafts untouched for `draft_expiry`; they may hold what a client said."""
    with transaction() as db:
        newest = deployed(db)
        if newest is None:
            return
        after = bundle_of(db, newest.id).service_levels.duration("draft_expiry")
        old = select(TaskDraft, Case.area_code).join(UserTask).join(Case, Case.id == UserTask.case_id)
        for draft, area in db.execute(old.where(TaskDraft.saved_at < clock.now() - timedelta(days=1))):
            if calendar(area).add(draft.saved_at, after) <= clock.now():
                db.delete(draft)
