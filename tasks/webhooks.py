"""The job that tells other programs what happened."""

from tasks.celery import app
from workflows.commands import webhook_deliveries


@app.task(name="tasks.webhooks.sweep")
def sweep() -> None:
    """Deliver the events that wait and are due."""
    with webhook_deliveries.share_of_waiting() as ids:
        webhook_deliveries.deliver(ids)
