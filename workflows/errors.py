"""Every refusal: the product said no, changed nothing, and says how to mend it.

The docstring of a class is its sentence to the person unless one is given; `code` is what the API answers.
`web.errors` holds the one table from these classes to HTTP statuses.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from workflows.language import gettext
from workflows.social_security import find


class Refused(Exception):
    """This cannot be done."""

    def __init__(self, message: str | None = None, fields: Mapping[str, str] | None = None) -> None:
        self.message = self._said(message or "")
        self.fields = {name: self._said(words) for name, words in (fields or {}).items()}
        super().__init__(self.message)

    def _said(self, words: str) -> str:
        """The sentence given, or that of the class: what somebody typed is quoted, but no Social Security number."""
        return words if words and not find(words) else gettext((type(self).__doc__ or "").strip())

    @property
    def words(self) -> str:
        """All of it in one line: what is wrong with each answer, or else its own sentence."""
        return " ".join(self.fields.values()) or self.message

    @property
    def code(self) -> str:
        """The class name in snake case: `NotYours` answers `not_yours`."""
        name = type(self).__name__
        return "".join("_" + c.lower() if c.isupper() and i else c.lower() for i, c in enumerate(name))


class NotFound(Refused):
    """There is nothing here under that name, or you may not see it."""


class NotAllowed(Refused):
    """Your role does not allow this."""


class NotSignedIn(Refused):
    """Sign in first."""


class SignInFailed(Refused):
    """The user name or the password is not right. Check both and try again."""


class TooManyAttempts(Refused):
    """There were too many attempts to sign in. Wait 15 minutes, or ask an administrator."""


class NotPermitted(Refused):
    """A request cannot be opened by you today."""


class TwoKeysNeeded(Refused):
    """Only authorised Employment Security staff who are not restricted users may record this (desk aid, policy 4013)."""


class HeldByAgreement(Refused):
    """This case is on hold, because the agency's data-sharing agreement is not in force."""


class AssignedToAnother(Refused):
    """Somebody else is working on this task. Ask them to give it back, or ask a supervisor to reassign it."""


class TaskClosed(Refused):
    """This task is no longer open: it was completed or withdrawn in the meantime. Nothing was changed."""


class Stale(Refused):
    """This task was changed in another window. Open it again; nothing was changed."""


class DraftChanged(Refused):
    """Other answers to this task were saved in another window. Nothing was changed now."""


class Busy(Refused):
    """Somebody is changing this case at this moment. Try again in a few seconds; nothing was changed."""


class Unavailable(Refused):
    """The data cannot be reached at this moment, or the answer takes too long. What was saved before is safe."""


class OutcomeUnknown(Unavailable):
    """The connection broke, and it is not known whether this was saved. Look before you send it again."""


class InvalidInput(Refused):
    """Some answers need to be put right."""


class SsnBlocked(InvalidInput):
    """This looks like a Social Security number. Take it out; it must never be typed here."""

    @classmethod
    def at(cls, field: str) -> "SsnBlocked":
        """The refusal with its sentence beside the field."""
        return cls(fields={field: gettext((cls.__doc__ or "").strip())})


class DuplicateCase(Refused):
    """Your agency already has an open request for this client."""

    def __init__(
        self, message: str | None = None, fields: Mapping[str, str] | None = None, number: str = ""
    ) -> None:
        super().__init__(message, fields)
        self.number = number


class NotNow(Refused):
    """This is not possible at this point of the case."""


class NothingFree(NotNow):
    """There is no task now that nobody holds and that you could take. Look again later."""


class KeyReused(Refused):
    """This Idempotency-Key was used before with other content. Use a new key."""


class InvalidBundle(Refused):
    """The process cannot be deployed."""


class DatabaseFailed(Exception):
    """The database could not do what was asked; says the kind of the failure and no value."""


@dataclass(frozen=True)
class Trouble:
    """Why a case cannot go on: the kind of failure, a sentence without any value, and where the process stood.

    `case_id` is that of a case which may have vanished with the transaction; `element` its id in the diagram, or empty.
    """

    kind: str
    cause: str
    case_id: int | None = None
    element: str = ""


@dataclass(frozen=True)
class Met:
    """What became of a failure for the person who met it: under which reference it is looked after, what was tried,
    on which task or case, and whether what was typed is kept as the task's draft."""

    reference: str
    tried: str
    task_id: str = ""
    case_number: str = ""
    draft_kept: bool = False


class Incident(Refused):
    """The case cannot go on by itself. Nothing was changed; tell your administrator."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__()
        self.trouble = trouble
        self.met: Met | None = None

    def written_down(self, met: Met) -> None:
        """From now on it says where it is being looked after, and what was kept."""
        self.met = met
        listed = gettext("It is on the administrators’ list of problems as {reference}.")
        sentences = [
            gettext("The case cannot go on at this point, and nothing was changed."),
            *([gettext("What you typed is kept as a draft.")] if met.draft_kept else []),
            listed.format(reference=met.reference),
        ]
        self.message = " ".join(sentences)
