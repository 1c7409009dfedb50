"""The test of a mail that is being written: to whoever asks for it alone, with invented values."""

from notifications.render import check
from workflows.commands import command
from workflows.definitions import Bundle
from workflows.draft_mails import lacking
from workflows.drafts import check_edits, draft_numbered
from workflows.errors import InvalidInput, NotFound
from workflows.language import gettext
from workflows.mail_words import ALLOWED_NAMES
from workflows.outbox import TEST, queue
from workflows.own_mails import names_for
from workflows.people import person_of
from workflows.work import Work


@command
def send_test(work: Work, draft_id: int, kind: str) -> str:
    """Mail the words of a draft to the actor's own address, marked as a test; gives the address.

    Raises `InvalidInput` with what is wrong with the words.
    """
    check_edits(work)
    draft = draft_numbered(work, draft_id)
    words = Bundle(draft.key, draft.files).mail(kind)
    if not words:
        raise NotFound(gettext("The draft has no such mail."))
    problems = [
        problem
        for part, text in words.items()
        for problem in check(text, names_for(f"mail/{kind}/{part}", ALLOWED_NAMES))
    ]
    if problems or any(lacking(words)):
        raise InvalidInput(" ".join([gettext("The words of the mail must be put right first."), *problems]))
    person = person_of(work.db, work.actor.id)
    if person is None:
        raise NotFound(gettext("There is nobody to send the test to."))
    queue(work, TEST, None, [person], draft=draft.id, mail=kind, words=words)
    return person.email
