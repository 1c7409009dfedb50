"""One question of a form: a page to change it or add one, and its place among the others."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, g, redirect, request, url_for

from web.answers import without_blocked
from web.editor.form_pages import TAB, Answer, checked, fields_of, form_page, path_of, source_of
from web.editor.frame import DRAFTS, page
from web.editor.question_answers import FIELDS, question_of, values_of
from web.editor.writing import told, write
from web.errors import status_of
from workflows.errors import InvalidInput, NotFound, Refused
from workflows.form_checks import identifier
from workflows.form_documents import (
    Document,
    earlier,
    moved,
    name_for,
    with_question,
    without_question,
)
from workflows.forms import FieldView, Form
from workflows.language import gettext, said
from workflows.people import ROLES
from workflows.queries.draft_preview import preview_values
from workflows.queries.drafts import DraftView, draft_view
from workflows.question_conditions import picks
from workflows.questions import KEPT, KINDS, Question

question_pages = Blueprint(
    "question_pages", __name__, url_prefix=f"{DRAFTS}/<int:draft_id>/forms/<form>/questions"
)

NEW = ""
"""The name of a question that is not there yet."""


@question_pages.get("/new")
def new_question(draft_id: int, form: str) -> str:
    """The page of a question to be added."""
    return _page(draft_view(g.actor, draft_id), form, NEW, values_of(Question(""), {}))


@question_pages.post("")
def add(draft_id: int, form: str) -> Answer:
    """Add a question as the last one."""
    return _saved(draft_id, form, NEW)


@question_pages.get("/<question>")
def read_question(draft_id: int, form: str, question: str) -> str:
    """The page of one question."""
    draft = draft_view(g.actor, draft_id)
    source = source_of(draft, form)
    found = Question.read(_question(source, question), question in source.get("required", []))
    return _page(draft, form, question, values_of(found, earlier(source, question)))


@question_pages.post("/<question>")
def change(draft_id: int, form: str, question: str) -> Answer:
    """Change a question."""
    return _saved(draft_id, form, question)


@question_pages.post("/<question>/move")
def move(draft_id: int, form: str, question: str) -> Answer:
    """Ask a question one place earlier or later."""
    by = -1 if request.form.get("by") == "up" else 1
    words = gettext("The question is moved.")
    return _changed(draft_id, form, question, lambda source: moved(source, question, by), words)


@question_pages.post("/<question>/remove")
def remove(draft_id: int, form: str, question: str) -> Answer:
    """Take a question out of the form."""
    words = gettext("The question is removed.")
    return _changed(draft_id, form, question, lambda source: _without(source, question), words)


def _without(source: Document, question: str) -> Document:
    """A form is never without a question."""
    if len(source["properties"]) == 1:
        raise InvalidInput(fields={"": gettext("A form needs a question. Add another one first.")})
    return without_question(source, question)


def _changed(
    draft_id: int, form: str, question: str, how: Callable[[Document], Document], words: str
) -> Answer:
    """Change the order of a form; a question that asks for the answer of a later one is named."""
    try:
        source = source_of(draft_view(g.actor, draft_id), form)
        _question(source, question)
        write(draft_id, {path_of(form): checked(how(source))}, words)
    except NotFound:
        raise
    except Refused as refused:
        return form_page(draft_id, form, {}, _other_words(told(refused))), status_of(refused)
    return redirect(url_for("form_pages.read_form", draft_id=draft_id, form=form) + "#questions")


def _other_words(errors: dict[str, str]) -> dict[str, str]:
    """What refuses another order or fewer questions, said of the questions and not of the document."""
    if "no earlier field" not in errors.get("", ""):
        return errors
    before = gettext(
        "Another question is asked only after an answer to this one. Change when that one is asked first."
    )
    return {**errors, "": f"{before} {errors['']}"}


def _saved(draft_id: int, form: str, question: str) -> Answer:
    """Save what was typed, or with `action` preview only show how it will look."""
    draft = draft_view(g.actor, draft_id)
    values = _typed()
    try:
        name, source = _with_typed(source_of(draft, form), question, values)
        text = checked(source)
        if values["action"] == "preview":
            return _page(draft, form, question, without_blocked(values), shown=_shown(text, name))
        write(draft_id, {path_of(form): text}, gettext("The question is saved."))
    except NotFound:
        raise
    except Refused as refused:
        draft, errors = draft_view(g.actor, draft_id), _placed(told(refused, FIELDS))
        return _page(draft, form, question, without_blocked(values), errors), status_of(refused)
    return redirect(url_for("form_pages.read_form", draft_id=draft_id, form=form) + "#questions")


def _with_typed(source: Document, name: str, values: dict[str, Any]) -> tuple[str, Document]:
    """The name of the question, and the form with it as it was typed."""
    before = _question(source, name) if name else {}
    typed = question_of(values, earlier(source, name))
    name = name or _name(values["q-name"].strip(), typed.label, source["properties"])
    kept = typed.written(before, name in source.get("required", []))
    return name, with_question(source, name, kept, required=typed.required)


def _name(given: str, label: str, taken: Document) -> str:
    if given and not identifier(given):
        words = gettext(
            "Small letters, digits and underscores, beginning with a letter, and no four digits in a row."
        )
        raise InvalidInput(fields={"q-name": words})
    if given in taken:
        raise InvalidInput(fields={"q-name": gettext("The form has a question of this name already.")})
    return given or name_for(label, taken)


def _placed(errors: dict[str, str]) -> dict[str, str]:
    """What the document as a whole is refused for, beside the field that it is about."""
    words = errors.get("", "")
    for part, field in _PLACES.items():
        if part in words:
            return {**{name: said for name, said in errors.items() if name}, field: words}
    return errors


_PLACES = {
    "“x-shown-if”": "q-shown",
    "“x-required-if”": "q-required",
    "process data": "q-keep",
    "“x-keep”": "q-keep",
    "may be read by": "q-readers",
    "“x-visible-to”": "q-readers",
    "“maxLength”": "q-most",
    "placeholder": "q-label",
}


def _typed() -> dict[str, Any]:
    single = {name: request.form.get(name, "") for name in FIELDS | {"action"}}
    return {**single, "q-readers": request.form.getlist("q-readers")}


def _question(source: Document, name: str) -> Document:
    found = source["properties"].get(name)
    if found is None:
        raise NotFound(gettext("The form has no such question."))
    return dict(found)


def _shown(text: str, name: str) -> FieldView:
    """A question as it will be asked, whatever was answered before it."""
    views = fields_of(Form.parse(text.encode()), {}, preview_values(g.actor))
    found = next(view for view in views if view.name == name)
    return FieldView(**{**vars(found), "shown": True, "controls": False})


def _page(
    draft: DraftView,
    form: str,
    question: str,
    values: dict[str, Any],
    errors: dict[str, str] | None = None,
    shown: FieldView | None = None,
) -> str:
    source = source_of(draft, form)
    return page(
        "editor/question.html",
        draft,
        TAB,
        form=form,
        title=source["title"],
        question=question,
        values={name: values.get(name, "") for name in FIELDS} | {"q-readers": values.get("q-readers", [])},
        kinds=said(KINDS),
        kept=said(KEPT),
        roles=said(ROLES),
        picks=[
            (label, [(one.written, one.words) for one in found])
            for label, found in picks(earlier(source, question))
        ],
        shown=shown,
        errors=errors or {},
    )
