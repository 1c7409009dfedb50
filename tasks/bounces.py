"""The job that reads the mailbox to which mail servers report what they could not deliver."""

from notifications.mailbox import ImapMailbox, MailboxAddress
from tasks.celery import app
from workflows.commands import bounces
from workflows.settings import settings


@app.task(name="tasks.bounces.poll")
def poll() -> None:
    """Deal with the reports that came since the last look, where a mailbox is named."""
    url = settings().bounce_mailbox
    if url:
        with ImapMailbox(url) as mailbox:
            bounces.poll(mailbox, MailboxAddress.parse(url).name)
