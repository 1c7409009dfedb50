"""What a form says to people: labels with their placeholders filled, and a sentence for each broken rule.

A sentence never repeats an answer: it says what is asked for.
"""

import re
from collections.abc import Mapping

from workflows.form_fields import Field
from workflows.language import gettext
from workflows.settings import SystemOfRecord

Labels = Mapping[str, str]
"""What the case management system calls things, by the names of `SystemOfRecord`."""

DEFAULT_LABELS: Labels = SystemOfRecord().model_dump()

PLACEHOLDER = re.compile(r"\{sor\.([a-z_]+)\}")

_SENTENCES = {
    "required": "Answer “{label}”.",
    "type": "Answer “{label}” in the form that is asked for.",
    "enum": "Choose one of the answers listed for “{label}”.",
    "const": "The answer to “{label}” does not allow going on yet.",
    "minLength": "Write at least {minLength} characters for “{label}”.",
    "maxLength": "Write at most {maxLength} characters for “{label}”.",
    "minimum": "Enter {minimum} or more for “{label}”.",
    "maximum": "Enter {maximum} or less for “{label}”.",
    "minItems": "Choose at least {minItems} for “{label}”.",
    "maxItems": "Choose at most {maxItems} for “{label}”.",
    "pattern": "Write “{label}” the way the hint shows.",
    "format": "Write “{label}” the way the hint shows.",
    "characters": "Remove the characters that cannot be seen from “{label}”.",
    "x-not-future": "Enter a date and time for “{label}” that is not in the future.",
    "x-shown-if": "“{label}” can be answered only after: {before}.",
}
_BY_WIDGET = {
    ("required", "radio"): "Choose an answer to “{label}”.",
    ("required", "select"): "Choose an answer to “{label}”.",
    ("required", "checkboxes"): "Choose at least one answer to “{label}”.",
    ("required", "checkbox"): "Tick “{label}”.",
    ("required", "datetime"): "Enter the date and time for “{label}”.",
    ("required", "date"): "Enter the date for “{label}”.",
    ("required", "integer"): "Enter a whole number for “{label}”.",
    ("const", "checkbox"): "Tick “{label}”.",
    ("type", "integer"): "Enter a whole number for “{label}”.",
    ("format", "datetime"): "Enter a date and time for “{label}”.",
    ("format", "date"): "Enter a date for “{label}”.",
}
NO_SUCH_FIELD = "This form has no such field. Nothing was saved."
NOT_ANSWERS = "Send the answers as one object of field names and values."


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
    return re.sub(r"\{(\w+)\}", lambda m: words.get(m[1], ""), pattern)
