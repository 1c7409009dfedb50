"""A condition of the safe language as a sentence, with the questions and answers of the bundle's forms.

`decision == "opt_in"` reads: “What does the client want?” is “To share the record”. What is no plain comparison stays as it
is written.
"""

import ast
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.expressions import ExpressionError, compile
from workflows.definitions import Bundle
from workflows.form_fields import Field
from workflows.form_sentences import DEFAULT_LABELS, fill
from workflows.forms import BadForm, Form
from workflows.language import gettext, marked

_COMPARED: Mapping[type[ast.cmpop], str] = {
    ast.Eq: marked("“{question}” is “{answer}”"),
    ast.NotEq: marked("“{question}” is not “{answer}”"),
    ast.Lt: marked("“{question}” is less than {answer}"),
    ast.LtE: marked("“{question}” is at most {answer}"),
    ast.Gt: marked("“{question}” is more than {answer}"),
    ast.GtE: marked("“{question}” is at least {answer}"),
}
_JOINED: Mapping[type[ast.boolop], str] = {
    ast.And: marked("{first} and {second}"),
    ast.Or: marked("{first} or {second}"),
}


class _NotPlain(Exception):
    """The condition is more than comparisons."""


@dataclass(frozen=True)
class Questions:
    """The fields of a bundle's forms by name; where several forms have one, the first."""

    fields: Mapping[str, Field]

    def sentence(self, condition: str) -> str:
        """The condition in words, or as it is written."""
        try:
            compile(condition)
            return self._said(ast.parse(condition.strip(), mode="eval").body)
        except (ExpressionError, SyntaxError, _NotPlain):
            return condition

    def _said(self, node: ast.expr) -> str:
        if isinstance(node, ast.BoolOp):
            return self._together(node)
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            return self._compared(node.left, type(node.ops[0]), node.comparators[0])
        if isinstance(node, ast.Name):
            return gettext("“{question}” is yes").format(question=self._question(node.id))
        raise _NotPlain

    def _together(self, node: ast.BoolOp) -> str:
        parts = [self._said(part) for part in _without_has(node)]
        words = gettext(_JOINED[type(node.op)])
        for part in parts[1:]:
            parts[0] = words.format(first=parts[0], second=part)
        return parts[0]

    def _compared(self, left: ast.expr, sign: type[ast.cmpop], right: ast.expr) -> str:
        if not isinstance(left, ast.Name) or not isinstance(right, ast.Constant) or sign not in _COMPARED:
            raise _NotPlain
        answer = self._answer(left.id, right.value)
        return gettext(_COMPARED[sign]).format(question=self._question(left.id), answer=answer)

    def _question(self, name: str) -> str:
        field = self.fields.get(name)
        return fill(field.title, DEFAULT_LABELS) if field else name.replace("_", " ")

    def _answer(self, name: str, value: object) -> str:
        field = self.fields.get(name)
        label = field.labels.get(str(value)) if field else None
        return fill(label, DEFAULT_LABELS) if label else str(value).replace("_", " ")


def _without_has(node: ast.BoolOp) -> Iterator[ast.expr]:
    """The parts but for `has(x)` beside a comparison of x, which says no more."""
    parts = list(node.values)
    mixed = any(isinstance(part, ast.BoolOp) and type(part.op) is not type(node.op) for part in parts)
    if mixed:
        raise _NotPlain  # Without brackets the words would not say what belongs together.
    named = {
        part.left.id for part in parts if isinstance(part, ast.Compare) and isinstance(part.left, ast.Name)
    }
    for part in parts:
        if not (isinstance(node.op, ast.And) and _asked(part) in named):
            yield part


def _asked(part: ast.expr) -> str | None:
    """The x of `has(x)`."""
    if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id == "has":
        first = part.args[0] if part.args else None
        return first.id if isinstance(first, ast.Name) else None
    return None


def questions_of(bundle: Bundle) -> Questions:
    """The questions of a bundle's forms; a form that cannot be read asks none."""
    found: dict[str, Field] = {}
    for form in _forms(bundle.files[name] for name in sorted(bundle.files) if name.startswith("forms/")):
        for field in form.all_fields:
            if field.keep == "process":
                found.setdefault(field.name, field)
    return Questions(found)


def _forms(texts: Iterable[str]) -> Iterator[Form]:
    for text in texts:
        try:
            yield Form.parse(text.encode())
        except BadForm:
            continue


def form_titles(bundle: Bundle) -> dict[str, str]:
    """Each form of a bundle by its file name without the folder, with its title as people read it."""
    names = sorted(name for name in bundle.files if name.startswith("forms/"))
    return {
        name.removeprefix("forms/"): fill(_title(name, bundle.files[name]), DEFAULT_LABELS) for name in names
    }


def _title(name: str, text: str) -> str:
    try:
        told = json.loads(text)
    except ValueError:
        told = None
    title = told.get("title") if isinstance(told, dict) else None
    return title if isinstance(title, str) and title else name.removeprefix("forms/")
