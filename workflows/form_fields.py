"""One field of a form: how its answer is read, checked and shown. `workflows.forms` puts fields together.

An answer arrives as text from a page or as JSON from the API; both are read the same way (`read`). What is
read is checked by the JSON Schema keywords of the field and by three rules of our own: no characters that
cannot be seen, names of persons in letters and marks (domain 4), and moments not in the future.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from jsonschema import Draft202012Validator

from engine.expressions import UNKNOWN, Expression, ExpressionError, Kind

ZONE = ZoneInfo("America/Los_Angeles")
"""The clock on the wall of every office; a moment without an offset is read on it."""

Options = Mapping[str, Mapping[str, str]]
"""For each `x-options` list its values with their labels, in the order to show them."""

RULES = frozenset(
    {
        "type", "enum", "const", "minLength", "maxLength", "pattern",
        "minimum", "maximum", "items", "minItems", "maxItems", "uniqueItems",
    }
)  # fmt: skip
"""The keywords left to the JSON Schema library; `format` is checked here."""

_ORDER = ("type", "enum", "const", "minItems", "minLength", "maxLength", "pattern")
_TRUE = frozenset({"true", "on", "yes", "1"})
_FALSE = frozenset({"false", "off", "no", "0"})
_WHOLE = re.compile(r"[+-]?[0-9]{1,9}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_IN_NAMES = frozenset(" '’-.")
_MOST_ITEMS = 100


class BrokenRule(Exception):
    """An answer breaks a rule of its field; `keyword` names the rule, and nothing repeats the answer."""

    def __init__(self, keyword: str) -> None:
        self.keyword = keyword
        super().__init__(keyword)


@dataclass(frozen=True)
class Field:
    """A field as its form defines it. Texts still hold their `{sor.…}` placeholders."""

    name: str
    kind: str
    title: str
    source: Mapping[str, Any]
    required: bool
    shown_if: Expression | None
    required_if: Expression | None
    hint: str = ""
    widget: str = "text"
    values: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    options: str | None = None
    keep: str = "record"
    visible_to: frozenset[str] = frozenset()
    messages: Mapping[str, str] = field(default_factory=dict)
    format: str | None = None
    default: Any = None
    not_future: bool = False

    @property
    def expressed(self) -> Kind:
        """The kind that an expression knows it by: its options, a date, or what its type says."""
        if self.values and self.kind == "string":
            return frozenset(self.values)
        return _EXPRESSED.get(self.format or "") or _EXPRESSED.get(self.kind, UNKNOWN)

    def is_shown(self, answers: Mapping[str, Any]) -> bool:
        """Whether the field is asked, given the answers before it."""
        return self.shown_if is None or is_true(self.shown_if, answers)

    def is_required(self, answers: Mapping[str, Any]) -> bool:
        """Whether a shown field needs an answer, given the answers before it."""
        return self.required or (self.required_if is not None and is_true(self.required_if, answers))

    def choices(self, options: Options) -> Mapping[str, str]:
        """The values one may choose and their labels: the form's own, or the host's list of that name."""
        return options.get(self.options, {}) if self.options else self.labels

    def read(self, raw: object) -> Any:
        """The answer in its own type, or None when it is blank. Raises `BrokenRule`."""
        if raw is None or (isinstance(raw, str) and not raw.strip()):
            return None
        return _READERS[self.kind](self, raw)

    def broken_rule(self, value: Any, options: Options, now: datetime) -> str | None:
        """The keyword that an answer breaks, or None."""
        keywords = {str(error.validator) for error in self._validator(options).iter_errors(value)}
        for keyword in (*_ORDER, *sorted(keywords)):
            if keyword in keywords:
                return keyword
        if self.format == "person-name" and not is_person_name(value):
            return "format"
        if self.not_future and _is_future(value, now):
            return "x-not-future"
        return None

    def _validator(self, options: Options) -> Draft202012Validator:
        if not self.options:
            return self._own_validator
        return Draft202012Validator({"type": "string", "enum": list(self.choices(options))})

    @cached_property
    def _own_validator(self) -> Draft202012Validator:
        return Draft202012Validator({key: self.source[key] for key in RULES & self.source.keys()})


def is_true(expression: Expression, answers: Mapping[str, Any]) -> bool:
    """Whether an expression over answers holds. One that asks for an answer not given does not hold."""
    try:
        return expression.holds(answers)
    except ExpressionError:
        return False


def is_person_name(text: str) -> bool:
    """Whether a text is letters with their marks, spaces, apostrophes, hyphens and full stops (domain 4)."""
    letters = [c for c in text if unicodedata.category(c)[0] == "L"]
    return bool(letters) and all(c in _IN_NAMES or unicodedata.category(c)[0] in "LM" for c in text)


def _read_string(field: Field, raw: object) -> Any:
    if isinstance(raw, bool) and {"yes", "no"} <= set(field.values):
        return "yes" if raw else "no"
    if not isinstance(raw, str):
        raise BrokenRule("type")
    if field.format == "date-time":
        return _moment(raw.strip(), ZONE)
    if field.format == "date":
        return _day(raw.strip())
    return _text(raw, several_lines=field.widget == "textarea")


def _text(raw: str, several_lines: bool) -> str | None:
    lines = raw.replace("\r\n", "\n").replace("\r", "\n") if several_lines else raw
    text = unicodedata.normalize("NFC", lines).strip()
    if any(_unseen(c, several_lines) for c in text):
        raise BrokenRule("characters")
    return text or None


def _unseen(character: str, several_lines: bool) -> bool:
    """Control characters, lone halves of a character and marks that turn the direction of reading about."""
    if several_lines and character in "\n\t":
        return False
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") or character in _BIDI


def _moment(text: str, zone: tzinfo) -> str:
    if not _MOMENT.fullmatch(text):
        raise BrokenRule("format")
    try:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        # By way of UTC: a local time that the clock change skips becomes the moment an hour later.
        local = moment.astimezone(ZoneInfo("UTC")).astimezone(zone)
    except (ValueError, OverflowError):
        raise BrokenRule("format") from None
    if not 1900 <= local.year <= 2200:
        raise BrokenRule("format")
    return local.isoformat()


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "").isoformat()
    except ValueError:
        raise BrokenRule("format") from None


def _is_future(value: str, now: datetime) -> bool:
    if len(value) == len("2026-11-20"):
        return date.fromisoformat(value) > now.astimezone(ZONE).date()
    return datetime.fromisoformat(value) > now


def _read_integer(_field: Field, raw: object) -> int:
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    if isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) < 10**9:
        return raw
    if isinstance(raw, str) and _WHOLE.fullmatch(raw.strip()):
        return int(raw.strip())
    raise BrokenRule("type")


def _read_boolean(_field: Field, raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    word = raw.strip().lower() if isinstance(raw, str) else ""
    if word not in _TRUE | _FALSE:
        raise BrokenRule("type")
    return word in _TRUE


def _read_array(field: Field, raw: object) -> list[str] | None:
    """Ticked values, each once, in the order of the form; a page sends a lone tick as plain text."""
    given = [raw] if isinstance(raw, str) else raw
    if not isinstance(given, list | tuple) or len(given) > _MOST_ITEMS:
        raise BrokenRule("type")
    if not all(isinstance(item, str) and item.strip() in field.values for item in given):
        raise BrokenRule("enum")
    ticked = {item.strip() for item in given}
    return [value for value in field.values if value in ticked] or None


_READERS = {"string": _read_string, "integer": _read_integer, "boolean": _read_boolean, "array": _read_array}
_EXPRESSED: Mapping[str, Kind] = {
    "date": "date", "date-time": "moment", "string": "text", "integer": "integer", "boolean": "boolean",
    "array": "list",
}  # fmt: skip
"""What expressions call a format or type."""
