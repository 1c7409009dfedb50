"""From a refusal to an HTTP status: the one table, for pages and API alike."""

from workflows import errors
from workflows.language import gettext
from workflows.ssn_guard import find

STATUS = {
    errors.NotFound: 404,
    errors.NotAllowed: 403,
    errors.NotSignedIn: 401,
    errors.SignInFailed: 401,
    errors.TooManyAttempts: 403,
    errors.NotPermitted: 403,
    errors.TwoKeysNeeded: 403,
    errors.HeldByAgreement: 403,
    errors.AssignedToAnother: 409,
    errors.TaskClosed: 409,
    errors.Stale: 409,
    errors.DraftChanged: 409,
    errors.Busy: 409,
    errors.DuplicateCase: 409,
    errors.NotNow: 409,
    errors.KeyReused: 409,
    errors.Incident: 409,
    errors.Unavailable: 503,
    errors.InvalidInput: 422,
    errors.InvalidBundle: 422,
}


RETRY_AFTER = {errors.Unavailable: 10, errors.OutcomeUnknown: 10, errors.Busy: 2}
"""After so many seconds a program may try again."""


def retry_after(refused: errors.Refused) -> dict[str, str]:
    """The header that says when to try again, where that helps."""
    seconds = RETRY_AFTER.get(type(refused))
    return {"Retry-After": str(seconds)} if seconds else {}


def status_of(refused: errors.Refused) -> int:
    """The status of a refusal's class or of the nearest class above it; 409 where the table names none."""
    return next((STATUS[kind] for kind in type(refused).__mro__ if kind in STATUS), 409)


def message_of(refused: errors.Refused) -> str:
    """The sentence of a refusal."""
    return _unrepeated(refused, refused.message)


def fields_of(refused: errors.Refused) -> dict[str, str]:
    """The sentence of each answer to be put right."""
    return {name: _unrepeated(refused, words) for name, words in refused.fields.items()}


def _unrepeated(refused: errors.Refused, words: str) -> str:
    """The words; those of the refusal's class where a Social Security number would be repeated that somebody asked for."""
    return gettext((type(refused).__doc__ or "").strip()) if find(words) else words
