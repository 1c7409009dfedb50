"""Putting away what is over: drafts nobody came back to, ended sessions and what was typed into them, old
idempotency keys (domain 5.2)."""

from datetime import timedelta

from sqlalchemy import delete, select

from workflows import clock
from workflows.area_settings import calendar_of
from workflows.cases import IdempotencyKey
from workflows.commands import bounces, messages, webhook_deliveries
from workflows.db import transaction
from workflows.definitions import bundle_of, deployed
from workflows.kept_answers import KEPT_FOR, KeptAnswers
from workflows.people import SignIn, SignInFailure
from workflows.request_keys import RequestKey
from workflows.user_tasks import TaskDraft, UserTask

KEEP_KEYS = timedelta(days=7)
KEEP_SESSIONS = timedelta(days=30)


def put_away() -> None:
    """Delete what is past its time, write down what is behind; safe at any moment and any number of times."""
    messages.write_down_sent()
    webhook_deliveries.put_away()
    bounces.put_away()
    _expire_drafts()
    now = clock.now()
    with transaction() as db:
        db.execute(delete(IdempotencyKey).where(IdempotencyKey.at < now - KEEP_KEYS))
        db.execute(delete(RequestKey).where(RequestKey.at < now - KEEP_KEYS))
        db.execute(delete(SignInFailure).where(SignInFailure.at < now - KEEP_SESSIONS))
        db.execute(delete(KeptAnswers).where(KeptAnswers.kept_at < now - KEPT_FOR))
        db.execute(delete(SignIn).where(SignIn.expires_at < now - KEEP_SESSIONS))


def _expire_drafts() -> None:
    """Forget drafts untouched for `draft_expiry`; they may hold what a client said."""
    with transaction() as db:
        newest = deployed(db)
        if newest is None:
            return
        levels = bundle_of(db, newest.id).service_levels
        expiry = levels.duration("draft_expiry")
        old = select(TaskDraft, UserTask.area_code).join(UserTask, UserTask.id == TaskDraft.task_id)
        old = old.where(TaskDraft.saved_at < clock.now() - timedelta(days=1))
        for draft, area in db.execute(old):
            if calendar_of(db, levels, area).add(draft.saved_at, expiry) <= clock.now():
                db.delete(draft)
