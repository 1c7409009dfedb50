"""Jobs of the outbox. They carry ids only; the rows are the truth."""

from notifications.mailer import SmtpMailer
from tasks.celery import app
from workflows.commands import messages, recovery
from workflows.settings import settings


@app.task(name="tasks.outbox.deliver")
def deliver(ids: list[int]) -> None:
    """Send these messages, if they still wait."""
    with SmtpMailer(settings().smtp_url) as mailer:
        messages.deliver(ids, mailer)


@app.task(name="tasks.outbox.sweep")
def sweep() -> None:
    """Send whatever waits and is due: the net under lost hints, dead senders and passing failures."""
    recovery.recover()
    with messages.share_of_waiting(settings().outbox_batch) as ids:
        if ids:
            deliver(ids)


def nudge(ids: list[int]) -> None:
    """Tell the queue that messages wait, right after the commit that wrote them; one attempt, no waiting."""
    deliver.apply_async(args=[ids], retry=False)
