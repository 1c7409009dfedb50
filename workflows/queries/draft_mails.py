"""What the editor says of a mail: what it is called, and who may get it."""

from collections.abc import Mapping

from workflows.language import gettext
from workflows.mail_choices import READERS
from workflows.outbox import number_of
from workflows.people import ESD_ROLES, roles_in_words
from workflows.privacy import CM, PM
from workflows.queries.inbox_words import FOR_ESD, FOR_MANAGERS, FOR_PARTNER
from workflows.queries.sentences import MESSAGE_WORDS


def title_of(kind: str, words: Mapping[str, str]) -> str:
    """What a mail is called: one of the product by what it does, a bundle's own by its subject."""
    return gettext(MESSAGE_WORDS[kind]) if kind in MESSAGE_WORDS else words.get("subject.txt", kind).strip()


def readers_of(kind: str) -> str:
    """The roles that a mail of the product goes to, in words."""
    readers = READERS[number_of(kind)]
    if kind in FOR_PARTNER:
        return roles_in_words({CM})
    if kind in FOR_MANAGERS:
        return roles_in_words({PM})
    return roles_in_words(readers & ESD_ROLES if kind in FOR_ESD else readers)
