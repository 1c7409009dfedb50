"""Why a file could not be read, in words for whoever wrote it: what Python says of its own limits names none of that."""

from workflows.language import gettext


def why_unreadable(error: Exception) -> str:
    """What a reader of JSON or TOML says, or the limit that a file ran into, without a full stop."""
    if isinstance(error, RecursionError):
        return gettext("it is nested too deep")
    if "integer string conversion" in str(error):
        return gettext("a number in it is too long")
    return str(error).rstrip(".")
