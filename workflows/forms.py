"""Forms: one JSON Schema document for the page, the API and its description.

A form is an object schema (Draft 2020-12) with a small set of keywords, listed in `workflows.form_checks`,
and these annotations of ours:

* `x-shown-if`: an expression over earlier answers. A field that is not shown must be left out; `required`
  means required when shown. An expression that asks for an answer not given does not hold; a box left open
  is False.
* `x-required-if`: the same kind of expression; the answer is needed when it holds.
* `x-keep`: where an answer goes (`Answers`). `x-visible-to`: roles that may read it later.
* `x-labels`: a label for each value. `x-options`: a list of values that the host fills in.
* `x-messages`: sentences for people, by keyword. `x-widget`: how a page asks. `x-not-future`: not after now.
* `x-check`, of the whole form: false when the pages take the answers without a page to check them, as in a
  sequence that ends with one. `x-progress`, of the whole form: which step of such a sequence it is, of how many.
  `x-complete`, of the whole form: what the button says that hands the checked answers in.
* `format: person-name`: letters with marks, space ' ’ - . and nothing else (domain 4).

Texts may hold `{sor.…}` placeholders, the words of the case management system (domain X18).
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from engine.expressions import Kind
from workflows.errors import InvalidInput
from workflows.form_checks import BadForm, build_fields, identifier, problems_of
from workflows.form_fields import BrokenRule, Field, Options
from workflows.form_sentences import (
    DEFAULT_LABELS,
    NO_SUCH_FIELD,
    NOT_ANSWERS,
    Labels,
    fill,
    moment_words,
    sentence,
)
from workflows.language import gettext

__all__ = ["Answers", "BadForm", "FieldView", "Form", "FormRefused"]

_NO_OPTIONS: Options = {}
_LONGEST_DRAFT_TEXT = 4000


class FormRefused(InvalidInput):
    """Some answers need to be put right."""

    # `fields` holds every broken field with its sentence; "" stands for the form as a whole.


@dataclass(frozen=True)
class Answers:
    """Checked answers, by where they are kept.

    `record` goes with the task and includes `process`, which also enters process data. `client` goes to the
    table of client facts alone, `esd_note` to the notes that Employment Security alone reads (domain 6.3).
    """

    process: dict[str, Any] = field(default_factory=dict)
    record: dict[str, Any] = field(default_factory=dict)
    client: dict[str, Any] = field(default_factory=dict)
    esd_note: dict[str, Any] = field(default_factory=dict)

    @property
    def all(self) -> dict[str, Any]:
        """Every answer by name."""
        return {**self.record, **self.client, **self.esd_note}


@dataclass(frozen=True)
class FieldView:
    """A field as a page shows it; texts are ready to read.

    `options` are pairs of value and label; `controls` says that answering it shows or hides other fields.
    `value` is what was typed or kept: text, a number, True or False, or a list of values. `required` is None
    for a box that may stay open, which needs no mark either way.
    """

    name: str
    widget: str
    label: str
    hint: str
    options: tuple[tuple[str, str], ...]
    value: Any
    required: bool | None
    shown: bool
    controls: bool
    error: str | None


class Form:
    """A form, compiled once. Make one with `Form.parse`."""

    def __init__(self, source: Mapping[str, Any]) -> None:
        self._source = source
        self._fields = build_fields(source)
        self._by_name = {item.name: item for item in self._fields}
        self.title: str = source["title"]
        self.is_checked: bool = source.get("x-check", True)
        self.completing: str = source.get("x-complete", "")
        place = source.get("x-progress")
        self.progress: tuple[int, int] | None = (place[0], place[1]) if place else None
        self._open_boxes: dict[str, Any] = {
            item.name: False for item in self._fields if item.kind == "boolean"
        }
        deciding = (item.shown_if.names for item in self._fields if item.shown_if)
        self.controls = frozenset().union(*deciding) & self._by_name.keys()

    @staticmethod
    def parse(source: bytes | Mapping[str, Any]) -> "Form":
        """The form of a document, compiled once for each content. Raises `BadForm` with every problem."""
        text = source if isinstance(source, bytes) else json.dumps(source).encode()
        return _compiled(text)

    @staticmethod
    def problems(source: bytes | Mapping[str, Any]) -> tuple[str, ...]:
        """What is wrong with a document, as sentences; empty for a good form."""
        try:
            Form.parse(source)
        except BadForm as bad:
            return bad.problems
        return ()

    @property
    def declared(self) -> tuple[Field, ...]:
        """The fields as the document declares them, in order."""
        return self._fields

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the fields in order."""
        return tuple(self._by_name)

    @property
    def all_fields(self) -> tuple[Field, ...]:
        """The fields in order, as the form defines them."""
        return tuple(self._fields)

    @property
    def option_lists(self) -> frozenset[str]:
        """The lists of values that the host has to fill in (`x-options`)."""
        return frozenset(item.options for item in self._fields if item.options)

    def kept(self, keep: str) -> frozenset[str]:
        """The fields kept in one place: `record`, `process`, `client` or `esd_note`."""
        return frozenset(item.name for item in self._fields if item.keep == keep)

    def kinds(self, keep: str) -> dict[str, Kind]:
        """The fields kept in one place, each with the kind that an expression knows it by; of a choice its options."""
        return {item.name: item.expressed for item in self._fields if item.keep == keep}

    def readable(self, roles: Collection[str]) -> frozenset[str]:
        """The fields that people of these roles may read later (`x-visible-to`, domain 4)."""
        return frozenset(item.name for item in self._fields if item.visible_to & set(roles))

    def schema(self, options: Options = _NO_OPTIONS, labels: Labels = DEFAULT_LABELS) -> dict[str, Any]:
        """The JSON Schema the API serves: lists filled in, placeholders filled, conditions told in words.

        `required` names what is always needed. A field asked only sometimes keeps `x-shown-if`, says so in
        its description, and carries `x-required-when-shown`.
        """
        served: dict[str, Any] = _filled(dict(self._source), labels)
        served["properties"] = {item.name: self._served(item, options, labels) for item in self._fields}
        served["required"] = [
            item.name for item in self._fields if item.required and not item.shown_if and item.default is None
        ]
        return served

    def _served(self, item: Field, options: Options, labels: Labels) -> dict[str, Any]:
        served: dict[str, Any] = _filled(dict(item.source), labels)
        if item.options:
            served["enum"] = list(item.choices(options))
            served["x-labels"] = dict(item.choices(options))
        conditions = list(_conditions(item))
        if conditions:
            served["description"] = " ".join([served.get("description", ""), *conditions]).strip()
        if item.shown_if:
            served["x-required-when-shown"] = item.required
        return served

    def fields(
        self,
        answers: Mapping[str, Any],
        options: Options = _NO_OPTIONS,
        labels: Labels = DEFAULT_LABELS,
        errors: Mapping[str, str] | None = None,
    ) -> list[FieldView]:
        """What a page shows, for answers that may be unfinished or wrong; a hidden field has no value."""
        known = self._readable_answers(answers)
        return [self._view(item, answers, known, options, labels, errors or {}) for item in self._fields]

    def _view(
        self,
        item: Field,
        answers: Mapping[str, Any],
        known: Mapping[str, Any],
        options: Options,
        labels: Labels,
        errors: Mapping[str, str],
    ) -> FieldView:
        shown = item.is_shown(known)
        return FieldView(
            name=item.name,
            widget=item.widget,
            label=fill(item.title, labels),
            hint=fill(item.hint, labels),
            options=tuple(_choices(item, options, labels).items()),
            value=_typed(item, answers, known) if shown else None,
            required=item.is_required(known) or (None if item.kind == "boolean" else False),
            shown=shown,
            controls=item.name in self.controls,
            error=errors.get(item.name),
        )

    def draft(self, raw: object) -> dict[str, Any]:
        """What may be kept of unfinished answers: known fields that can be read. Never raises."""
        kept = self._readable_answers(raw if isinstance(raw, Mapping) else {})
        return {name: value for name, value in kept.items() if value is not False and _is_short(value)}

    def overview(
        self, answers: Mapping[str, Any], options: Options = _NO_OPTIONS, labels: Labels = DEFAULT_LABELS
    ) -> list[tuple[str, str, str]]:
        """Every question that is asked, to be looked over: name, label and answer in words, empty where there is none."""
        known = self._readable_answers(answers)
        words = {name: said for name, _, said in self.words(known, options, labels)}
        shown = [item for item in self._fields if item.is_shown(known)]
        return [(item.name, fill(item.title, labels), words.get(item.name, "")) for item in shown]

    def asked(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """What was answered to questions that are asked: a page may still send those that an answer has hidden."""
        kept: dict[str, Any] = {}
        for item in self._fields:
            if item.name in raw and item.is_shown(self._readable_answers(kept)):
                kept[item.name] = raw[item.name]
        return kept

    def _readable_answers(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        answers = dict(self._open_boxes)
        for item in self._fields:
            try:
                value = item.read(raw.get(item.name))
            except BrokenRule:
                continue
            if value is not None:
                answers[item.name] = value
        return answers

    def clean(self, raw: object, options: Options, now: datetime, labels: Labels = DEFAULT_LABELS) -> Answers:
        """Read and check complete answers, from a page or as JSON; `now` is the present, with an offset.

        Raises `FormRefused` with a sentence for each field to be put right, all at once.
        """
        if not isinstance(raw, Mapping):
            raise FormRefused(fields={"": gettext(NOT_ANSWERS)})
        errors = self._strangers(raw)
        answers: dict[str, Any] = {}
        for item in self._fields:
            try:
                value = _answer(item, raw.get(item.name), {**self._open_boxes, **answers}, options, now)
            except BrokenRule as broken:
                errors[item.name] = sentence(item, broken.keyword, self._before(item), labels)
                continue
            if value is not None:
                answers[item.name] = value
        if errors:
            raise FormRefused(fields=errors)
        return self._sorted(answers)

    def _strangers(self, raw: Mapping[Any, Any]) -> dict[str, str]:
        """Fields this form does not have. A name that is no plain name is not repeated."""
        unknown = [name for name in raw if name not in self._by_name]
        return {name if identifier(name) else "": gettext(NO_SUCH_FIELD) for name in unknown}

    def _before(self, item: Field) -> str:
        """The labels of the fields that come before a conditional one."""
        before = (self._by_name[name].title for name in self.names if name in _reads(item))
        return ", ".join(f"“{gettext(title)}”" for title in before)

    def _sorted(self, answers: Mapping[str, Any]) -> Answers:
        cleaned = Answers()
        for name, value in answers.items():
            keep = self._by_name[name].keep
            getattr(cleaned, keep)[name] = value
            if keep == "process":
                cleaned.record[name] = value
        return cleaned

    def words(
        self, answers: Mapping[str, Any], options: Options = _NO_OPTIONS, labels: Labels = DEFAULT_LABELS
    ) -> list[tuple[str, str, str]]:
        """Kept answers to be read by people: name, label and answer in words, in the form's order."""
        given = [item for item in self._fields if item.name in answers]
        return [
            (item.name, fill(item.title, labels), _in_words(item, answers[item.name], options, labels))
            for item in given
        ]


def _answer(item: Field, raw: object, known: Mapping[str, Any], options: Options, now: datetime) -> Any:
    """One checked answer, None when there is none to be had. Raises `BrokenRule`."""
    if not item.is_shown(known):
        if not _is_blank(item, raw):
            raise BrokenRule("x-shown-if")
        return None
    value = item.read(raw)
    if value is None:
        value = item.default
    if value is None:
        return _unanswered(item, known)
    broken = item.broken_rule(value, options, now)
    if broken:
        raise BrokenRule(broken)
    return value


def _unanswered(item: Field, known: Mapping[str, Any]) -> bool | None:
    """What a shown field without an answer comes to: a box left open is False, other fields are left out."""
    if item.is_required(known):
        raise BrokenRule("required")
    return False if item.kind == "boolean" else None


def _is_blank(item: Field, raw: object) -> bool:
    """Whether nothing was answered; a hidden box that is not ticked counts as nothing."""
    try:
        value = item.read(raw)
    except BrokenRule:
        return False
    return value is None or value is False


@lru_cache(maxsize=512)
def _compiled(text: bytes) -> Form:
    source, problems = problems_of(text)
    if problems:
        raise BadForm(problems)
    return Form(source)


def _typed(item: Field, answers: Mapping[str, Any], known: Mapping[str, Any]) -> Any:
    """What stands in a field: the answer as read, or the text as typed, or the default."""
    raw = answers.get(item.name)
    return known.get(item.name, raw if isinstance(raw, str) and raw else item.default)


def _reads(item: Field) -> frozenset[str]:
    """The fields whose answers decide whether a field is shown or needed."""
    none: frozenset[str] = frozenset()
    return none.union(*(rule.names for rule in (item.shown_if, item.required_if) if rule))


def _conditions(item: Field) -> Iterable[str]:
    """What a reader of the served schema needs to know of a field that is not always asked."""
    if item.shown_if:
        needed = "needed" if item.required else "optional"
        yield f"Asked only if {item.source['x-shown-if']}; then {needed}, otherwise leave it out."
    if item.required_if:
        yield f"Needed if {item.source['x-required-if']}."


def _filled(value: Any, labels: Labels) -> Any:
    """A copy of JSON content with the placeholders in all its texts filled."""
    if isinstance(value, dict):
        return {key: _filled(item, labels) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, labels) for item in value]
    return fill(value, labels) if isinstance(value, str) else value


def _choices(item: Field, options: Options, labels: Labels) -> Mapping[str, str]:
    """The values one may choose with their labels; those of the host's lists are names, and stay as they are."""
    choices = item.choices(options)
    return choices if item.options else {value: fill(words, labels) for value, words in choices.items()}


def _in_words(item: Field, value: Any, options: Options, labels: Labels) -> str:
    """An answer as people read it: labels instead of codes, and what was typed as it was typed."""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if item.format in ("date-time", "date"):
        return moment_words(value)
    choices = _choices(item, options, labels)
    if isinstance(value, list):
        # The words of a choice have commas of their own.
        return "; ".join(choices.get(part, part) for part in value)
    return choices.get(value, str(value)) if isinstance(value, str) else str(value)


def _is_short(value: Any) -> bool:
    return not isinstance(value, str) or len(value) <= _LONGEST_DRAFT_TEXT
