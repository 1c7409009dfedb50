"""What is typed on the page of a question: from the question to the fields of the page, and back."""

from collections.abc import Mapping
from typing import Any

from workflows.errors import InvalidInput
from workflows.form_documents import Document
from workflows.language import gettext
from workflows.question_conditions import AND, chosen
from workflows.questions import KINDS, LISTED, Question, option_lines, read_options

PARTS = (1, 2, 3)
"""So many conditions can be chosen together."""

_CONDITIONS = frozenset(
    f"{field}-{part}" for field in ("q-shown", "q-required") for part in (*PARTS, "written")
)
FIELDS = _CONDITIONS | {
    "q-name", "q-label", "q-help", "q-kind", "q-options", "q-required", "q-shown", "q-keep", "q-readers", "q-least",
    "q-most", "q-not-future", "q-message",
}  # fmt: skip
"""The fields of the page. A name with a hyphen is never that of a question, so the page can show one beside them."""

_MOST_DIGITS = 6


def values_of(question: Question, earlier: Mapping[str, Document]) -> dict[str, Any]:
    """What stands in the fields for a question, given the questions before it."""
    needed = "yes" if question.required else "no"
    return {
        "q-name": "",
        "q-label": question.label,
        "q-help": question.help,
        "q-kind": question.kind,
        "q-options": option_lines(question.options),
        "q-keep": question.keep,
        "q-readers": sorted(question.visible_to),
        "q-least": "" if question.least is None else str(question.least),
        "q-most": "" if question.most is None else str(question.most),
        "q-not-future": "true" if question.not_future else "",
        "q-message": question.message,
        **_condition_values("q-shown", question.shown_if, "always", earlier),
        **_condition_values("q-required", "" if question.required else question.required_if, needed, earlier),
    }


def _condition_values(
    field: str, condition: str, otherwise: str, earlier: Mapping[str, Document]
) -> dict[str, str]:
    parts = chosen(condition, earlier) if condition else []
    if parts is None or len(parts) > len(PARTS):
        return {**_empty(field), field: "written", f"{field}-written": condition}
    picked = {f"{field}-{place}": part.written for place, part in zip(PARTS, parts, strict=False)}
    return {**_empty(field), **picked, field: "if" if condition else otherwise}


def _empty(field: str) -> dict[str, str]:
    return {f"{field}-{part}": "" for part in (*PARTS, "written")}


def question_of(values: Mapping[str, Any], earlier: Mapping[str, Document]) -> Question:
    """The question that was typed. Raises `InvalidInput` with every field that has to be put right."""
    errors: dict[str, str] = {}
    kind, label = values["q-kind"], values["q-label"].strip()
    if not label:
        errors["q-label"] = gettext("Write the question.")
    if kind not in KINDS:
        errors["q-kind"] = gettext("Choose what is asked for.")
    question = Question(
        label=label,
        help=values["q-help"].strip().replace("\r\n", "\n"),
        kind=kind,
        required=values["q-required"] == "yes",
        required_if=_condition("q-required", values, errors),
        options=_options(values, errors) if kind in LISTED else (),
        shown_if=_condition("q-shown", values, errors),
        keep=values["q-keep"],
        visible_to=frozenset(values["q-readers"]),
        least=_number("q-least", values, errors),
        most=_number("q-most", values, errors),
        not_future=values["q-not-future"] == "true",
        message=values["q-message"].strip(),
    )
    if errors:
        raise InvalidInput(fields=errors)
    return question


def _condition(field: str, values: Mapping[str, Any], errors: dict[str, str]) -> str:
    if values[field] == "written":
        written = str(values[f"{field}-written"].strip())
        if not written:
            errors[field] = gettext("Write the condition.")
        return written
    if values[field] != "if":
        return ""
    parts = [values[f"{field}-{part}"] for part in PARTS if values[f"{field}-{part}"]]
    if not parts:
        errors[field] = gettext("Choose the answer that it depends on.")
    return AND.join(parts)


def _options(values: Mapping[str, Any], errors: dict[str, str]) -> tuple[tuple[str, str], ...]:
    try:
        found = read_options(values["q-options"])
    except ValueError as line:
        words = gettext(
            "“{line}” is no answer. Write its value, a bar and its words: yes | Yes. Each value stands once."
        )
        errors["q-options"] = words.format(line=str(line)[:60])
        return ()
    if not found:
        errors["q-options"] = gettext("Write the answers to choose from, each on a line of its own.")
    return found


def _number(field: str, values: Mapping[str, Any], errors: dict[str, str]) -> int | None:
    text = values[field].strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        errors[field] = gettext("Write a whole number, or leave it empty.")
        return None
    return int(text)
