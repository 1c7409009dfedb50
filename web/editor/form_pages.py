"""The Forms tab: the forms of a draft, the questions of each in a table, and how a form will look."""

import re
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.answers import typed, without_blocked
from web.editor.frame import DRAFTS, page
from web.editor.writing import told, write
from web.errors import status_of
from workflows.bundle_checks import BundleProblem, problems
from workflows.errors import InvalidInput, NotFound, Refused
from workflows.form_documents import (
    FORMS,
    Document,
    document,
    earlier,
    name_for,
    new_form,
    with_texts,
    written,
)
from workflows.form_sentences import Labels, fill
from workflows.forms import BadForm, FieldView, Form
from workflows.language import gettext
from workflows.people import roles_in_words
from workflows.queries.draft_preview import PreviewValues, base_files, preview_values
from workflows.queries.drafts import DraftView, draft_view
from workflows.question_conditions import in_words
from workflows.questions import KEPT, KINDS, Question
from workflows.used_where import uses_of

form_pages = Blueprint("form_pages", __name__, url_prefix=f"{DRAFTS}/<int:draft_id>/forms")

TAB = "/forms"
_NAME = re.compile(r"[A-Za-z][\w-]{0,79}", re.ASCII)
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9]+")
TEXTS = ("form-title", "form-text", "form-button")
_WIDTHS = ("desk", "phone")

Answer = str | Response | tuple[str, int]


@form_pages.get("")
def list_forms(draft_id: int) -> str:
    """Every form of the draft."""
    return _list(draft_view(g.actor, draft_id), {}, {})


@form_pages.post("")
def add_form(draft_id: int) -> Answer:
    """A new form of one question, which is changed next."""
    draft, values = draft_view(g.actor, draft_id), request.form.to_dict()
    try:
        name, source = _new(draft, values)
        write(draft_id, {path_of(name): written(source)}, gettext("The form is there. Now its questions."))
    except Refused as refused:
        errors = told(refused, frozenset({"form-title", "form-question", "form-name"}))
        return _list(draft_view(g.actor, draft_id), without_blocked(values), errors), status_of(refused)
    return redirect(url_for("form_pages.read_form", draft_id=draft_id, form=name))


@form_pages.get("/<form>")
def read_form(draft_id: int, form: str) -> str:
    """One form: its texts, its questions, how it looks, and what is wrong with it."""
    return form_page(draft_id, form)


@form_pages.post("/<form>")
def change_texts(draft_id: int, form: str) -> Answer:
    """Another title, another text above the questions."""
    draft = draft_view(g.actor, draft_id)
    title, text, button = (request.form.get(name, "").strip() for name in TEXTS)
    try:
        if not title:
            raise InvalidInput(fields={"form-title": gettext("Write the title of the form.")})
        source = checked(with_texts(source_of(draft, form), title, text.replace("\r\n", "\n"), button))
        write(draft_id, {path_of(form): source}, gettext("The texts of the form are saved."))
    except Refused as refused:
        kept = without_blocked(request.form.to_dict())
        errors = told(refused, frozenset(TEXTS))
        return form_page(draft_id, form, kept, errors), status_of(refused)
    return redirect(url_for("form_pages.read_form", draft_id=draft_id, form=form))


@form_pages.post("/<form>/remove")
def remove_form(draft_id: int, form: str) -> Answer:
    """Take out a form that no step uses."""
    draft = draft_view(g.actor, draft_id)
    text_of(draft, form)
    users = uses_of(draft.bundle).forms.get(f"{form}.json", [])
    if users:
        words = gettext("The step “{step}” uses this form. Choose another form for the step first.")
        return form_page(draft_id, form, {}, {"": words.format(step=users[0].name)}), 409
    try:
        write(draft_id, {path_of(form): None}, gettext("The form is removed."))
    except Refused as refused:
        return form_page(draft_id, form, {}, told(refused)), status_of(refused)
    return redirect(url_for("form_pages.list_forms", draft_id=draft_id))


@form_pages.post("/<form>/take-back")
def take_back(draft_id: int, form: str) -> Answer:
    """The form as it was in the version that the draft was begun from."""
    before = base_files(g.actor, draft_id).get(path_of(form))
    if before is None:
        raise NotFound(gettext("The version that this draft was begun from has no such form."))
    try:
        write(draft_id, {path_of(form): before}, gettext("The form is as it was when the draft was begun."))
    except Refused as refused:
        return form_page(draft_id, form, {}, told(refused)), status_of(refused)
    return redirect(url_for("form_pages.read_form", draft_id=draft_id, form=form))


@form_pages.post("/<form>/preview")
def preview(draft_id: int, form: str) -> str:
    """The questions that follow from the answers in the preview; nothing is kept."""
    parsed = Form.parse(text_of(draft_view(g.actor, draft_id), form).encode())
    answers = without_blocked(parsed.asked(typed(parsed)))
    if "HX-Request" in request.headers:
        refresh = url_for("form_pages.preview", draft_id=draft_id, form=form)
        fields = fields_of(parsed, answers, preview_values(g.actor))
        return render_template("parts/form_fields.html", fields=fields, refresh=refresh)
    return form_page(draft_id, form, answers=answers)


def form_page(
    draft_id: int,
    form: str,
    values: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    answers: dict[str, Any] | None = None,
) -> str:
    """The page of a form; a form that cannot be read is shown with what is wrong with it."""
    draft = draft_view(g.actor, draft_id)
    text = text_of(draft, form)
    wrong = Form.problems(text.encode())
    source = {} if wrong else document(text)
    width, preview = request.args.get("width", ""), preview_values(g.actor)
    labels = preview.labels
    return page(
        "editor/form.html",
        draft,
        TAB,
        form=form,
        wrong=wrong,
        title=fill(source.get("title", form), labels),
        values={
            "form-title": source.get("title", form),
            "form-text": source.get("description", ""),
            "form-button": source.get("x-complete", ""),
            **(values or {}),
        },
        rows=_rows(source, labels) if source else [],
        fields=[] if wrong else fields_of(Form.parse(text.encode()), answers or {}, preview),
        width=width if width in _WIDTHS else _WIDTHS[0],
        users=uses_of(draft.bundle).forms.get(f"{form}.json", []),
        problems=problems_with(problems(draft.bundle), form),
        is_changed=base_files(g.actor, draft_id).get(path_of(form), text) != text,
        errors=errors or {},
    )


def problems_with(found: list[BundleProblem], form: str) -> list[BundleProblem]:
    """Those problems of a draft that speak of a form, or of the step that uses it."""
    return [one for one in found if one.file == path_of(form) or f"{form}.json" in one.reason]


def text_of(draft: DraftView, form: str) -> str:
    """The text of a form of the draft."""
    text = draft.files.get(path_of(form))
    if text is None:
        raise NotFound(gettext("The draft has no such form."))
    return text


def source_of(draft: DraftView, form: str) -> Document:
    """A form of the draft, to be changed."""
    try:
        return document(text_of(draft, form))
    except BadForm as bad:
        raise InvalidInput(fields={"": " ".join(bad.problems)}) from None


def checked(source: Document) -> str:
    """The text of a form that was changed. Refuses one that no longer is a form."""
    text = written(source)
    if problems := Form.problems(text.encode()):
        raise InvalidInput(fields={"": " ".join(problems)})
    return text


def fields_of(form: Form, answers: dict[str, Any], values: PreviewValues) -> list[FieldView]:
    """What a preview shows, with the names of the area."""
    return form.fields(answers, values.options, values.labels)


def path_of(form: str) -> str:
    """The file of a form."""
    return f"{FORMS}{form}.json"


def _new(draft: DraftView, values: dict[str, str]) -> tuple[str, Document]:
    """The name and content of a form that was asked for."""
    title, question = (values.get(name, "").strip() for name in ("form-title", "form-question"))
    name = values.get("form-name", "").strip() or _NOT_IN_NAMES.sub("_", title).strip("_")[:60]
    errors = {}
    if not title:
        errors["form-title"] = gettext("Write the title of the form.")
    if not question:
        errors["form-question"] = gettext("Write the first question.")
    if title and not _NAME.fullmatch(name):
        errors["form-name"] = gettext("Begin the name with a letter; then letters, digits and underscores.")
    elif path_of(name) in draft.files:
        errors["form-name"] = gettext("There is a form of this name. Choose another name.")
    if errors:
        raise InvalidInput(fields=errors)
    first = Question(question, options=(("yes", "Yes"), ("no", "No")))
    source = new_form(title, name_for(question, {}), first.written({}))
    return name, {**source, "required": list(source["properties"])}


def _list(draft: DraftView, values: dict[str, Any], errors: dict[str, str]) -> str:
    uses, labels = uses_of(draft.bundle), preview_values(g.actor).labels
    names = sorted(name.removeprefix(FORMS) for name in draft.files if name.startswith(FORMS))
    return page(
        "editor/forms.html",
        draft,
        TAB,
        rows=[
            _form_row(draft, name, labels) | {"users": [use.name for use in uses.forms.get(name, [])]}
            for name in names
        ],
        values={"form-title": "", "form-question": "", "form-name": "", **values},
        errors=errors,
    )


def _form_row(draft: DraftView, name: str, labels: Labels) -> dict[str, object]:
    text = draft.files[FORMS + name]
    problems = Form.problems(text.encode())
    source = {} if problems else document(text)
    return {
        "name": name.removesuffix(".json"),
        "title": fill(source.get("title", name), labels),
        "questions": len(source.get("properties", {})),
        "problems": len(problems),
    }


def _rows(source: Document, labels: Labels) -> list[dict[str, object]]:
    """The questions of a form as the table shows them, with the area's names for the case management system."""
    required = source.get("required", [])
    names = list(source["properties"])
    return [
        _row(Question.read(source["properties"][name], name in required), earlier(source, name), labels)
        | {"name": name, "is_first": name == names[0], "is_last": name == names[-1]}
        for name in names
    ]


def _row(question: Question, before: dict[str, Document], labels: Labels) -> dict[str, object]:
    return {
        "label": fill(question.label, labels),
        "help": fill(question.help, labels),
        "kind": gettext(KINDS[question.kind]),
        "options": [fill(label, labels) for _, label in question.options],
        "needed": fill(_needed(question, before), labels),
        "shown_if": fill(in_words(question.shown_if, before), labels),
        "kept": gettext(KEPT[question.keep]),
        "readers": roles_in_words(question.visible_to),
    }


def _needed(question: Question, before: dict[str, Document]) -> str:
    if question.required:
        return gettext("Yes")
    if question.required_if:
        return gettext("If {condition}").format(condition=in_words(question.required_if, before))
    return gettext("No")
