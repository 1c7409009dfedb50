"""What a form document may hold, and every problem in one that holds something else.

A form of a bundle is edited by people, so a bad one is described completely: which field, which keyword, why.
"""

import builtins
import json
import keyword
import re
from collections.abc import Iterator, Mapping
from typing import Any

from engine.expressions import FUNCTIONS, Expression, ExpressionError
from engine.expressions import compile as compile_expression
from workflows.form_fields import RULES, Field
from workflows.form_sentences import DEFAULT_LABELS, PLACEHOLDER

SCHEMA = "https://json-schema.org/draft/2020-12/schema"
FORM_KEYWORDS = frozenset(
    {
        "$schema", "title", "description", "type", "additionalProperties", "properties", "required",
        "x-check", "x-progress", "x-complete",
    }
)  # fmt: skip
ANNOTATIONS = frozenset(
    {
        "x-labels", "x-shown-if", "x-required-if", "x-keep", "x-visible-to",
        "x-messages", "x-widget", "x-options", "x-not-future",
    }
)  # fmt: skip
FIELD_KEYWORDS = RULES | {"title", "description", "default", "format"} | ANNOTATIONS
TYPES = frozenset({"string", "integer", "boolean", "array"})
FORMATS = frozenset({"date-time", "date", "person-name"})
KEEPS = frozenset({"record", "process", "client", "esd_note"})
OPTION_LISTS = frozenset({"my_offices", "esd_staff_of_office", "offices"})
ROLES = frozenset(
    {"case_manager", "esd_staff", "esd_wioa_supervisor", "program_manager", "administrator", "auditor"}
)
READERS_OF: Mapping[str, frozenset[str]] = {
    "client": frozenset({"case_manager", "esd_staff", "esd_wioa_supervisor"}),
    "esd_note": frozenset({"esd_staff", "esd_wioa_supervisor"}),
}
"""Who may read at most what is kept about a client, and the notes of Employment Security (domain 6.3)."""
WIDGETS: Mapping[str, frozenset[str]] = {
    "string": frozenset({"radio", "select", "text", "textarea", "tel", "datetime", "date"}),
    "integer": frozenset({"integer"}),
    "boolean": frozenset({"checkbox"}),
    "array": frozenset({"checkboxes"}),
}
MESSAGES = RULES | {"required", "format", "characters", "x-not-future", "x-shown-if"}
RESERVED = frozenset(
    {*dir(builtins), *keyword.kwlist, *FUNCTIONS, "has", "service_level", "outcome", "typename"}
)
"""Names that must not enter process data: the expressions or the engine give them another meaning."""

MOST_FIELDS, LONGEST_TEXT, LONGEST_FORM, MOST_STEPS = 60, 4000, 200_000, 20
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_MANY_DIGITS = re.compile(r"[0-9]{4}")


class BadForm(ValueError):
    """A document that is not a form; `problems` are sentences that each name the place."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems))


def identifier(name: object) -> bool:
    """Whether something is a plain field name, which may be repeated to a person and in an audit entry."""
    return isinstance(name, str) and bool(_NAME.fullmatch(name)) and not _MANY_DIGITS.search(name)


def problems_of(text: bytes) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The content of a document and everything that is wrong with it."""
    try:
        source = _loaded(text)
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, _Twice) else "It is not JSON in UTF-8."
        return {}, (f"The form cannot be read. {reason}",)
    if not isinstance(source, dict):
        return {}, ("The form is not a JSON object.",)
    return source, tuple(_form_problems(source))


class _Twice(ValueError):
    """A name stands twice in one object, where JSON would silently keep the last."""


def _loaded(text: bytes) -> Any:
    if len(text) > LONGEST_FORM:
        raise _Twice(f"It is longer than {LONGEST_FORM} bytes.")
    return json.loads(text.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise _Twice(f"“{name}” stands twice in one place.")
    return dict(pairs)


def _no_constant(word: str) -> None:
    raise ValueError(word)


def _form_problems(source: dict[str, Any]) -> Iterator[str]:
    for name in sorted(source.keys() - FORM_KEYWORDS):
        yield f"The form has the unknown keyword “{name}”."
    if source.get("$schema", SCHEMA) != SCHEMA:
        yield f"“$schema” must be {SCHEMA}."
    if source.get("type") != "object" or source.get("additionalProperties") is not False:
        yield "The form must have “type”: “object” and “additionalProperties”: false."
    yield from _text_problems("The form", source, "title", needed=True)
    yield from _text_problems("The form", source, "description", needed=False)
    yield from _page_problems(source)
    fields = source.get("properties")
    if not isinstance(fields, dict) or not 1 <= len(fields) <= MOST_FIELDS:
        yield f"“properties” must hold 1 to {MOST_FIELDS} fields."
        return
    yield from _required_problems(source.get("required", []), fields)
    earlier: list[str] = []
    for name, field in fields.items():
        yield from _field_problems(name, field, earlier)
        earlier.append(name)


def _page_problems(source: Mapping[str, Any]) -> Iterator[str]:
    """How the pages lead through the form: whether answers are checked, and its place in a sequence."""
    if not isinstance(source.get("x-check", True), bool):
        yield "“x-check” must be true or false."
    yield from _text_problems("The form", source, "x-complete", needed=False)
    place = source.get("x-progress", [1, 1])
    numbers = place if isinstance(place, list) and all(type(one) is int for one in place) else []
    if len(numbers) != 2 or not 1 <= numbers[0] <= numbers[1] <= MOST_STEPS:
        yield "“x-progress” must be two whole numbers: which step this is, and of how many."


def _required_problems(required: Any, fields: Mapping[str, Any]) -> Iterator[str]:
    if not _is_text_list(required):
        yield "“required” must be a list of names of fields."
        return
    for name in required:
        if name not in fields:
            yield f"“required” names “{name}”, which is no field of the form."


def _field_problems(name: str, field: Any, earlier: list[str]) -> Iterator[str]:
    where = f"Field “{name}”"
    if not identifier(name):
        yield f"{where}: a name is small letters, digits and underscores, and begins with a letter."
    if not isinstance(field, dict):
        yield f"{where}: it must be an object of keywords."
        return
    for word in sorted(field.keys() - FIELD_KEYWORDS):
        kind = "annotation" if word.startswith("x-") else "keyword"
        yield f"{where} has the unknown {kind} “{word}”."
    for word in [word for word, value in field.items() if value is None]:
        yield f"{where}: “{word}” has no value."
    if not _is_one_of(TYPES, field.get("type")):
        yield f"{where}: “type” must be one of {_listed(TYPES)}."
        return
    yield from _text_problems(where, field, "title", needed=True)
    yield from _text_problems(where, field, "description", needed=False)
    for check in (_choice_problems, _rule_problems, _keep_problems, _word_problems):
        yield from check(where, name, field)
    for word in ("x-shown-if", "x-required-if"):
        yield from _expression_problems(where, word, field, earlier)


def _text_problems(where: str, source: Mapping[str, Any], word: str, *, needed: bool) -> Iterator[str]:
    text = source.get(word)
    if text is None and not needed:
        return
    if not isinstance(text, str) or not text.strip():
        yield f"{where}: “{word}” must be words for people."
        return
    yield from _placeholder_problems(where, word, text)


def _placeholder_problems(where: str, word: str, text: str) -> Iterator[str]:
    for name in PLACEHOLDER.findall(text):
        if name not in DEFAULT_LABELS:
            yield f"{where}: “{word}” has the unknown placeholder “{{sor.{name}}}”."


def _choice_problems(where: str, _name: str, field: Mapping[str, Any]) -> Iterator[str]:
    """Values and labels belong together, and a list comes from one place."""
    values = _values(field)
    labels = field.get("x-labels")
    if field.get("x-options") is not None:
        if not _is_one_of(OPTION_LISTS, field["x-options"]):
            yield f"{where}: “x-options” must be one of {_listed(OPTION_LISTS)}."
        if values is not None or labels is not None or field["type"] != "string":
            yield f"{where}: “x-options” stands alone, on a text field, without “enum” and “x-labels”."
        return
    if field["type"] == "array" and values is None:
        yield f"{where}: “items” must be {{“type”: “string”, “enum”: […]}}."
    if "enum" in field and field["type"] != "string":
        yield f"{where}: only a text field has “enum”."
    if values is not None and (not _is_text_list(values) or not values or len(set(values)) < len(values)):
        yield f"{where}: “enum” must be a list of different texts."
        return
    if not isinstance(labels, dict) and (values or labels is not None):
        yield f"{where}: “enum” needs “x-labels” with a label for each value."
        return
    yield from _label_problems(where, values or [], labels or {})


def _label_problems(where: str, values: list[str], labels: Mapping[str, Any]) -> Iterator[str]:
    for value in [value for value in values if value not in labels]:
        yield f"{where}: “x-labels” has no label for “{value}”."
    for value, label in labels.items():
        if value not in values:
            yield f"{where}: “x-labels” has “{value}”, which is no value of the field."
        yield from _text_problems(where, {f"x-labels {value}": label}, f"x-labels {value}", needed=True)


def _rule_problems(where: str, _name: str, field: Mapping[str, Any]) -> Iterator[str]:
    kind, values = field["type"], _values(field)
    is_free = kind == "string" and not values and "x-options" not in field
    for word in ("minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems"):
        if word in field and (not isinstance(field[word], int) or isinstance(field[word], bool)):
            yield f"{where}: “{word}” must be a whole number."
    if not _is_one_of(FORMATS, field.get("format", "date")):
        yield f"{where}: “format” must be one of {_listed(FORMATS)}."
    limit = field.get("maxLength", 0)
    if is_free and field.get("format") not in ("date-time", "date") and not _is_within(limit, LONGEST_TEXT):
        yield f"{where}: a text needs “maxLength”, at most {LONGEST_TEXT}."
    if "pattern" in field:
        yield from _pattern_problems(where, field["pattern"])
    for word in ("const", "default"):
        if word in field and not _is_value_of(field[word], kind, values):
            yield f"{where}: “{word}” must be one of the field's values."
    if "x-not-future" in field and (field["x-not-future"] is not True or "format" not in field):
        yield f"{where}: “x-not-future” is true, and only on a date or a date and time."


def _pattern_problems(where: str, pattern: Any) -> Iterator[str]:
    """A pattern must compile and must not be able to take for ever: no repeated groups, few repetitions."""
    try:
        re.compile(pattern)
    except (re.error, TypeError, OverflowError, RecursionError):
        yield f"{where}: “pattern” is not a regular expression."
        return
    plain = re.sub(r"\[\^?\]?(\\.|[^\]\\])*\]", "x", re.sub(r"\\[^\[\]]", "x", pattern))
    unbounded = len(re.findall(r"[*+]|\{\d*,\}", plain))
    optional = len(re.findall(r"\?|\{\d+,\d+\}", plain))
    if len(pattern) > 300 or re.search(r"\)[*+{]|\(\?", plain) or unbounded > 2 or optional > 10:
        yield f"{where}: “pattern” repeats too much; repeat single characters, at most twice without limit."


def _keep_problems(where: str, name: str, field: Mapping[str, Any]) -> Iterator[str]:
    keep = field.get("x-keep", "record")
    if not _is_one_of(KEEPS, keep):
        yield f"{where}: “x-keep” must be one of {_listed(KEEPS)}."
    is_flat = field["type"] in ("integer", "boolean") or (field["type"] == "string" and bool(_values(field)))
    if keep == "process" and not is_flat:
        yield f"{where}: only a choice, a whole number or a tick may enter process data."
    if keep == "process" and name in RESERVED:
        yield f"{where}: the name has another meaning in process data; choose a different one."
    roles = field.get("x-visible-to", [])
    if not _is_text_list(roles) or set(roles) - ROLES:
        yield f"{where}: “x-visible-to” must be a list of {_listed(ROLES)}."
    elif isinstance(keep, str) and set(roles) - READERS_OF.get(keep, ROLES):
        yield f"{where}: what is kept as {keep} may be read by {_listed(READERS_OF[keep])} alone."


def _word_problems(where: str, _name: str, field: Mapping[str, Any]) -> Iterator[str]:
    widget = field.get("x-widget")
    if widget is not None and not _is_one_of(WIDGETS[field["type"]], widget):
        yield f"{where}: “x-widget” must be one of {_listed(WIDGETS[field['type']])}."
    messages = field.get("x-messages", {})
    if not isinstance(messages, dict):
        yield f"{where}: “x-messages” must hold a sentence for each keyword."
        return
    for word, text in messages.items():
        if word not in MESSAGES:
            yield f"{where}: “x-messages” has a sentence for the unknown keyword “{word}”."
        yield from _text_problems(where, {f"x-messages {word}": text}, f"x-messages {word}", needed=True)


def _expression_problems(
    where: str, word: str, field: Mapping[str, Any], earlier: list[str]
) -> Iterator[str]:
    if word not in field:
        return
    if not isinstance(field[word], str):
        yield f"{where}: “{word}” must be an expression."
        return
    try:
        names = compile_expression(field[word]).names
    except ExpressionError as error:
        yield f"{where}: “{word}” is not understood. {error}"
        return
    for name in sorted(set(names) - set(earlier)):
        yield f"{where}: “{word}” asks for “{name}”, which is no earlier field."


def _values(field: Mapping[str, Any]) -> Any:
    """The listed values of a field, None when it lists none."""
    if field["type"] != "array":
        return field.get("enum")
    items = field.get("items")
    return items.get("enum") if isinstance(items, dict) and items.keys() == {"type", "enum"} else None


def _is_value_of(value: Any, kind: str, values: Any) -> bool:
    if isinstance(values, list):
        return kind == "string" and value in values
    return isinstance(value, {"boolean": bool, "integer": int}.get(kind, str))


def _is_one_of(words: frozenset[str], value: Any) -> bool:
    return isinstance(value, str) and value in words


def _is_within(number: Any, most: int) -> bool:
    return isinstance(number, int) and 1 <= number <= most


def _is_text_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _listed(words: frozenset[str]) -> str:
    return ", ".join(sorted(words))


def build_fields(source: Mapping[str, Any]) -> tuple[Field, ...]:
    """The fields of a document without problems."""
    required = set(source.get("required", []))
    return tuple(_field(name, field, name in required) for name, field in source["properties"].items())


def _field(name: str, source: Mapping[str, Any], required: bool) -> Field:
    return Field(
        name=name,
        kind=source["type"],
        title=source["title"],
        source=source,
        required=required,
        shown_if=_expression(source.get("x-shown-if")),
        required_if=_expression(source.get("x-required-if")),
        hint=source.get("description", ""),
        widget=source.get("x-widget") or _usual_widget(source),
        values=tuple(_values(source) or ()),
        labels=source.get("x-labels", {}),
        options=source.get("x-options"),
        keep=source.get("x-keep", "record"),
        visible_to=frozenset(source.get("x-visible-to", ())),
        messages=source.get("x-messages", {}),
        format=source.get("format"),
        default=source.get("default"),
        not_future=source.get("x-not-future", False),
    )


def _expression(text: str | None) -> Expression | None:
    return compile_expression(text) if text else None


def _usual_widget(source: Mapping[str, Any]) -> str:
    """How a page asks for a field that does not say."""
    if source["type"] != "string":
        return next(iter(WIDGETS[source["type"]]))
    if "enum" in source or "x-options" in source:
        return "radio" if 0 < len(source.get("enum", ())) <= 6 else "select"
    by_format = {"date-time": "datetime", "date": "date"}
    if source.get("format") in by_format:
        return by_format[source["format"]]
    return "textarea" if source["maxLength"] > 200 else "text"
