"""What a form says to people: labels with their placeholders filled, and a sentence for each broken rule.

A sentence never repeats an answer: it says what is asked for.
"""

import re
from collections.abc import Mapping
from datetime import datetime

from workflows.form_fields import ZONE, Field
from workflows.language import clock_words, date_words, gettext, marked
from workflows.settings import SystemOfRecord

Labels = Mapping[str, str]
"""What the case management system calls things, by the names of `SystemOfRecord`."""

DEFAULT_LABELS: Labels = SystemOfRecord().model_dump()

PLACEHOLDER = re.compile(r"\{sor\.([a-z_]+)\}")

_SENTENCES = {
    "required": marked("Answer “{label}”."),
    "type": marked("Answer “{label}” in the form that is asked for."),
    "enum": marked("Choose one of the answers listed for “{label}”."),
    "const": marked("The answer to “{label}” does not allow going on yet."),
    "minLength": marked("Write at least {minLength} characters for “{label}”."),
    "maxLength": marked("Write at most {maxLength} characters for “{label}”."),
    "minimum": marked("Enter {minimum} or more for “{label}”."),
    "maximum": marked("Enter {maximum} or less for “{label}”."),
    "minItems": marked("Choose at least {minItems} for “{label}”."),
    "maxItems": marked("Choose at most {maxItems} for “{label}”."),
    "pattern": marked("Write “{label}” the way the hint shows."),
    "format": marked("Write “{label}” the way the hint shows."),
    "characters": marked("Remove the characters that cannot be seen from “{label}”."),
    "x-not-future": marked("Enter a date and time for “{label}” that is not in the future."),
    "x-shown-if": marked("“{label}” can be answered only after: {before}."),
}
_BY_WIDGET = {
    ("required", "radio"): marked("Choose an answer to “{label}”."),
    ("required", "select"): marked("Choose an answer to “{label}”."),
    ("required", "checkboxes"): marked("Choose at least one answer to “{label}”."),
    ("required", "checkbox"): marked("Tick “{label}”."),
    ("required", "datetime"): marked("Enter the date and time for “{label}”."),
    ("required", "date"): marked("Enter the date for “{label}”."),
    ("required", "integer"): marked("Enter a whole number for “{label}”."),
    ("const", "checkbox"): marked("Tick “{label}”."),
    ("type", "integer"): marked("Enter a whole number for “{label}”."),
    ("format", "datetime"): marked("Enter a date and time for “{label}”."),
    ("format", "date"): marked("Enter a date for “{label}”."),
}
NO_SUCH_FIELD = marked("This form has no such field. Nothing was saved.")
NOT_ANSWERS = marked("Send the answers as one object of field names and values.")


def fill(text: str, labels: Labels) -> str:
    """A text of a bundle in the language chosen, with its `{sor.…}` placeholders filled."""
    return PLACEHOLDER.sub(lambda m: labels.get(m[1], DEFAULT_LABELS.get(m[1], m[0])), gettext(text))


def sentence(field: Field, keyword: str, before: str, labels: Labels) -> str:
    """What to say of a broken rule: the form's own words, or ours. `before` names what comes first."""
    own = field.messages.get(keyword)
    if own:
        return fill(own, labels)
    pattern = _BY_WIDGET.get((keyword, field.widget)) or _SENTENCES.get(keyword, _SENTENCES["type"])
    words = {key: str(value) for key, value in field.source.items() if isinstance(value, int)}
    words |= {"label": fill(field.title, labels), "before": fill(before, labels)}
    return re.sub(r"\{(\w+)\}", lambda m: words.get(m[1], ""), gettext(pattern))


def moment_words(kept: str) -> str:
    """A kept day or moment as people say it: `November 20, 2026`, with `2:05 p.m.` on the clock of the offices."""
    moment = datetime.fromisoformat(kept)
    if len(kept) > len("2026-11-20"):
        moment = moment.astimezone(ZONE)
    day = date_words(moment)
    return day if moment.tzinfo is None else f"{day}, {clock_words(moment)}"
