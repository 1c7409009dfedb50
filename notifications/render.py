"""The words of a mail: templates that can name values and leave out sentences, and can do nothing else.

Templates are written by people who edit a process, so they are not trusted with more than that. A template is
Jinja2's syntax, parsed, then held against a short list of what may stand in it; loops, calls, attributes of
objects, assignments, includes, arithmetic and all but four filters are refused. A value that is not given is
an error, never an empty place. In HTML every value is escaped, and only plain tags are allowed.

    Request {{ case_number }} is open.{% if due %} It is due {{ due }}.{% endif %}
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    Template,
    TemplateError,
    nodes,
    select_autoescape,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from notifications.mailer import Message

LONGEST_TEMPLATE = 20_000
LONGEST_SUBJECT = 150
MOST_DEPTH = 20
FILTERS = frozenset({"upper", "lower", "capitalize", "trim"})
TAGS = ("p", "strong", "em", "ul", "ol", "li", "h1", "h2")
PARTS = ("subject.txt", "body.txt", "body.html")

_NODES: tuple[type[nodes.Node], ...] = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.Const,
    nodes.If,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Filter,
)
_CALLED: Mapping[type[nodes.Node], str] = {
    nodes.For: "A loop",
    nodes.Call: "A call",
    nodes.Getitem: "A value in brackets",
    nodes.Assign: "An assignment",
    nodes.Macro: "A macro",
    nodes.Include: "An include",
    nodes.Extends: "An extension of another template",
    nodes.Test: "A test with “is”",
    nodes.Concat: "Joining with ~",
    nodes.CondExpr: "A condition within a value",
}
_LINE_BREAKERS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+")
_PLACE = "\0"
_PLAIN_TAG = re.compile(
    rf"</?(?:{'|'.join(TAGS)})>|<br ?/?>|</a>|<a href=\"(?:{_PLACE}|https://[^{_PLACE}\"<>\s]+)\">"
)
_LISTED_TAGS = ", ".join(f"<{tag}>" for tag in (*TAGS, "br", "a"))


class InvalidTemplate(ValueError):
    """A template holds what it may not; `problems` are sentences."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems))


class MissingValue(LookupError):
    """A template names a value that was not given, or that is no plain text, number or yes and no."""


class _Words(ImmutableSandboxedEnvironment):
    """Jinja2's sandbox, in which a dot looks into a mapping and nowhere else."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        return self.undefined(name=attribute)


def _environment(*, html: bool) -> Environment:
    return _Words(
        autoescape=html, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, cache_size=0
    )


_TEXT, _HTML = _environment(html=False), _environment(html=True)
_FRAMES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
)


def check(text: str, allowed_names: Collection[str]) -> tuple[str, ...]:
    """Everything in a template that it may not hold, as sentences; empty for a good one.

    `allowed_names` are the values it may name. Raises nothing, whatever the text.
    """
    if len(text) > LONGEST_TEMPLATE:
        return (f"The template is longer than {LONGEST_TEMPLATE} characters.",)
    try:
        tree = _TEXT.parse(text)
        problems = tuple(dict.fromkeys([*_node_problems(tree, allowed_names, 0), *_tag_problems(tree)]))
        if not problems:
            _TEXT.from_string(text)
    except TemplateError as error:
        return (f"The template cannot be read: {error.message}",)
    except (RecursionError, MemoryError, SyntaxError, ValueError, OverflowError):
        return ("The template is nested too deeply or holds a number that is too large.",)
    return problems


def _node_problems(node: nodes.Node, names: Collection[str], depth: int) -> Iterator[str]:
    if depth > MOST_DEPTH:
        yield "The template is nested too deeply."
        return
    problem = _problem(node, names)
    if problem:
        yield problem
        return
    for child in node.iter_child_nodes():
        yield from _node_problems(child, names, depth + 1)


def _problem(node: nodes.Node, names: Collection[str]) -> str | None:
    """What is wrong with one node, apart from what is inside it."""
    if not isinstance(node, _NODES):
        return f"{_CALLED.get(type(node), 'This command')} is not allowed in a mail{_line(node)}."
    rule = _RULES.get(type(node))
    return rule(node, names) if rule else None


def _line(node: nodes.Node) -> str:
    """Where a node stands, as far as Jinja2 knows."""
    return f" (line {node.lineno})" if node.lineno else ""


def _name_problem(node: nodes.Name, names: Collection[str]) -> str | None:
    if node.ctx == "load" and node.name in names:
        return None
    return f"A mail cannot name “{node.name}”{_line(node)}. It may name {', '.join(sorted(names))}."


def _attribute_problem(node: nodes.Getattr, _names: Collection[str]) -> str | None:
    if node.attr.startswith("_"):
        return f"“{node.attr}” starts with an underscore, which is not allowed{_line(node)}."
    return None


def _filter_problem(node: nodes.Filter, _names: Collection[str]) -> str | None:
    if node.name in FILTERS and not (node.args or node.kwargs or node.dyn_args or node.dyn_kwargs):
        return None
    listed = ", ".join(sorted(FILTERS))
    return f"The filter “{node.name}” is not allowed so{_line(node)}. Allowed are {listed}, each alone."


_RULES: Mapping[type[nodes.Node], Callable[[Any, Collection[str]], str | None]] = {
    nodes.Name: _name_problem,
    nodes.Getattr: _attribute_problem,
    nodes.Filter: _filter_problem,
}


def _tag_problems(tree: nodes.Template) -> Iterator[str]:
    """Tags other than the plain ones. Text without tags has none, so text and HTML are checked alike.

    A tag must stand whole between two conditions, so that no choice of branches can put another one together.
    """
    for output in tree.find_all(nodes.Output):
        parts = (child.data if isinstance(child, nodes.TemplateData) else _PLACE for child in output.nodes)
        if "<" in _PLAIN_TAG.sub("", "".join(parts)):
            yield (
                f"“<” may only begin one of {_LISTED_TAGS}{_line(output)}. "
                'A link is <a href="{{ link }}"> or an https address.'
            )


def render_message(
    words: Mapping[str, str],
    values: Mapping[str, object],
    *,
    to: str,
    sender: str,
    message_id: str,
    headers: Mapping[str, str] | None = None,
    language: str = "en",
) -> Message:
    """Fill the three templates of a message (`subject.txt`, `body.txt`, `body.html`) and put the frame around.

    Raises `InvalidTemplate` for a template that `check` refuses, `MissingValue` for a value that is not there,
    and `KeyError` for a part that is missing.
    """
    told = filled(words, values)
    return Message(
        to=to,
        sender=sender,
        subject=told.subject,
        text=_FRAMES.get_template("frame.txt").render(body=told.text, footer=footer(language)),
        html=_FRAMES.get_template("frame.html").render(
            subject=told.subject, body=told.html, language=language, footer=footer(language)
        ),
        message_id=message_id,
        headers=dict(headers or {}),
    )


_FOOTERS = {
    "en": "This message was sent automatically. Please do not answer it.",
    "es": "Este mensaje se envió automáticamente. Por favor, no lo responda.",
}


def footer(language: str) -> str:
    """What stands below every message, in a language; in English where it has no words."""
    return _FOOTERS.get(language, _FOOTERS["en"])


@dataclass(frozen=True)
class Preview:
    """A message as it reads, without the frame around it; `html` holds plain tags alone."""

    subject: str
    text: str
    html: Markup


def filled(words: Mapping[str, str], values: Mapping[str, object]) -> Preview:
    """Fill the three templates of a message. Raises as `render_message` does."""
    subject_words, text_words, html_words = (words[part] for part in PARTS)
    html = _fill(html_words, values, html=True).strip()
    return Preview(
        subject_line(subject_words, values),
        _fill(text_words, values, html=False).strip(),
        Markup(html),  # noqa: S704 - The tags of the words were checked and the values in them escaped.
    )


def subject_line(text: str, values: Mapping[str, object]) -> str:
    """A template of a subject, filled. Raises as `render_message` does."""
    return one_line(_fill(text, values, html=False))


def one_line(text: str) -> str:
    """A text as a subject line: nothing that breaks a line or a header, and not too long."""
    line = _LINE_BREAKERS.sub(" ", text).strip()
    return line if len(line) <= LONGEST_SUBJECT else line[: LONGEST_SUBJECT - 1].rstrip() + "…"


def _fill(text: str, values: Mapping[str, object], *, html: bool) -> str:
    _check_values(values)
    template = _compiled(text, frozenset(values), html)
    try:
        return template.render(dict(values))
    except TemplateError as error:
        raise MissingValue(error.message or "A value is missing.") from None
    except TypeError:
        raise MissingValue("Two values that have no order are compared.") from None


def _check_values(values: Mapping[str, object]) -> None:
    """Only plain values, and mappings of them, ever meet a template; objects stay outside."""
    for name, value in values.items():
        if isinstance(value, dict):
            _check_values(value)
        elif not isinstance(value, str | int | None):
            raise MissingValue(f"The value of “{name}” is no text, number or yes and no.")


@lru_cache(maxsize=1024)
def _compiled(text: str, names: frozenset[str], html: bool) -> Template:
    problems = check(text, names)
    if problems:
        raise InvalidTemplate(problems)
    return (_HTML if html else _TEXT).from_string(text)
