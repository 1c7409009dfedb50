"""From a refusal to an HTTP status: the one table, for pages and API alike."""

from workflows import errors

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
