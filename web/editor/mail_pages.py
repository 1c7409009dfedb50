"""The Mail tab: the mails of a draft, their words with a preview, and a test to whoever writes them."""

import re
from typing import Any

from flask import Blueprint, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from notifications.render import MissingValue, Preview, check
from web.answers import without_blocked
from web.editor.frame import DRAFTS, page
from web.editor.writing import told, write
from web.errors import status_of
from workflows import clock
from workflows.commands.draft_mails import send_test
from workflows.draft_mails import NAME_WORDS, html_of, previewed
from workflows.errors import InvalidInput, NotFound, NotNow, Refused
from workflows.language import gettext
from workflows.mail_facts import KIND as MAY_NAME_CLIENT
from workflows.mail_words import ALLOWED_NAMES
from workflows.outbox import MESSAGES
from workflows.own_mails import NAMES, RECEIVERS, SUBJECT_NAMES, is_good_name, is_own, names_for
from workflows.queries.draft_mails import readers_of, title_of
from workflows.queries.draft_preview import base_files
from workflows.queries.drafts import DraftView, draft_view
from workflows.used_where import Use, Uses, uses_of

mail_pages = Blueprint("mail_pages", __name__, url_prefix=f"{DRAFTS}/<int:draft_id>/mail")

TAB = "/mail"
PARTS = {"mail-subject": "subject.txt", "mail-text": "body.txt", "mail-html": "body.html"}
"""The fields of the page, and the files that they fill."""
MADE, OWN_HTML = "made", "own"
FIRST_TEXT = "Please look at case {{ case_number }} of {{ office_name }}.\n\nOpen the case: {{ link }}\n"
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
_FIELDS = frozenset(PARTS) | {"mail-name", "mail-html-way"}

Answer = str | Response | tuple[str, int]


@mail_pages.get("")
def list_mails(draft_id: int) -> str:
    """Every mail of the draft: those of the product, then its own."""
    return _list(draft_view(g.actor, draft_id), {}, {})


@mail_pages.post("")
def add_mail(draft_id: int) -> Answer:
    """A new mail of the bundle's own, whose words are written next."""
    draft, values = draft_view(g.actor, draft_id), request.form.to_dict()
    kind = _NOT_IN_NAMES.sub("_", values.get("mail-name", "").strip().lower()).strip("_")
    subject = values.get("mail-subject", "").strip()
    try:
        _check_new(draft, kind, subject)
        words = {"subject.txt": subject, "body.txt": FIRST_TEXT, "body.html": html_of(FIRST_TEXT)}
        write(draft_id, _files(kind, words), gettext("The mail is there. Now its words."))
    except Refused as refused:
        errors = told(refused, _FIELDS)
        return _list(draft_view(g.actor, draft_id), without_blocked(values), errors), status_of(refused)
    return _to(draft_id, kind)


@mail_pages.get("/<mail>")
def read_mail(draft_id: int, mail: str) -> str:
    """The words of one mail, and how it looks."""
    return _page(draft_view(g.actor, draft_id), mail)


@mail_pages.post("/<mail>")
def change_mail(draft_id: int, mail: str) -> Answer:
    """Save the words, or with `action` preview only show how they look."""
    draft = draft_view(g.actor, draft_id)
    values = {name: request.form.get(name, "").replace("\r\n", "\n") for name in _FIELDS}
    try:
        words = _typed(draft, mail, values)
        if request.form.get("action") == "preview":
            return _page(draft, mail, without_blocked(values), shown=_previewed(words), is_typed=True)
        write(draft_id, _files(mail, words), gettext("The words of the mail are saved."))
    except NotFound:
        raise
    except Refused as refused:
        errors = told(refused, _FIELDS)
        return _page(draft_view(g.actor, draft_id), mail, without_blocked(values), errors), status_of(refused)
    return _to(draft_id, mail)


@mail_pages.post("/<mail>/test")
def test_mail(draft_id: int, mail: str) -> Answer:
    """Send the saved words to whoever asks."""
    try:
        address = send_test(g.actor, draft_id, mail)
    except InvalidInput as refused:
        return _page(draft_view(g.actor, draft_id), mail, errors=told(refused)), status_of(refused)
    words = gettext("The test is on its way to {address}. It is marked TEST.")
    flash(words.format(address=address), "success")
    return _to(draft_id, mail)


@mail_pages.post("/<mail>/remove")
def remove_mail(draft_id: int, mail: str) -> Answer:
    """Take out a mail that is none of the product's and that no step sends."""
    draft = draft_view(g.actor, draft_id)
    known, users = _words(draft, mail), uses_of(draft.bundle).mails.get(mail, [])
    try:
        if not is_own(mail):
            raise NotNow(gettext("The product sends this mail itself, so its words are needed."))
        if users:
            words = gettext("The step “{step}” sends this mail. Take it out of the step first.")
            raise NotNow(words.format(step=users[0].name))
        write(draft_id, {f"mail/{mail}/{part}": None for part in known}, gettext("The mail is removed."))
    except Refused as refused:
        return _page(draft_view(g.actor, draft_id), mail, errors=told(refused)), status_of(refused)
    return redirect(url_for("mail_pages.list_mails", draft_id=draft_id))


@mail_pages.post("/<mail>/take-back")
def take_back(draft_id: int, mail: str) -> Answer:
    """The words as they were in the version that the draft was begun from."""
    before = _of_base(draft_id, mail)
    if not before:
        raise NotFound(gettext("The version that this draft was begun from has no such mail."))
    try:
        write(draft_id, _files(mail, before), gettext("The mail is as it was when the draft was begun."))
    except Refused as refused:
        return _page(draft_view(g.actor, draft_id), mail, errors=told(refused)), status_of(refused)
    return _to(draft_id, mail)


def _to(draft_id: int, mail: str) -> Response:
    return redirect(url_for("mail_pages.read_mail", draft_id=draft_id, mail=mail))


def _files(kind: str, words: dict[str, str]) -> dict[str, str]:
    return {f"mail/{kind}/{part}": text for part, text in words.items()}


def _words(draft: DraftView, mail: str) -> dict[str, str]:
    """The words of a mail of the draft; a mail of the product may have lost them."""
    words = draft.bundle.mail(mail)
    if not words and mail not in MESSAGES:
        raise NotFound(gettext("The draft has no such mail."))
    return words


def _of_base(draft_id: int, mail: str) -> dict[str, str]:
    folder = f"mail/{mail}/"
    files = base_files(g.actor, draft_id)
    return {name.removeprefix(folder): text for name, text in files.items() if name.startswith(folder)}


def _check_new(draft: DraftView, kind: str, subject: str) -> None:
    errors = {}
    if not is_good_name(kind):
        errors["mail-name"] = gettext(
            "Write a short name that begins with a letter and that no mail of the product has."
        )
    elif draft.bundle.mail(kind):
        errors["mail-name"] = gettext("There is a mail of this name. Choose another name.")
    if not subject:
        errors["mail-subject"] = gettext("Write the subject.")
    elif problems := check(subject, SUBJECT_NAMES):
        errors["mail-subject"] = " ".join(problems)
    if errors:
        raise InvalidInput(fields=errors)


def _typed(draft: DraftView, mail: str, values: dict[str, str]) -> dict[str, str]:
    """The words that were typed; a part that says the same as before stays as it was. Refuses what may not be mailed."""
    before = _words(draft, mail)
    if values["mail-html-way"] != OWN_HTML:
        values = {**values, "mail-html": html_of(values["mail-text"])}
    errors: dict[str, str] = {}
    words = {}
    for field, part in PARTS.items():
        text, known = values[field].strip(), before.get(part, "")
        words[part] = known if known.strip() == text else (text if part == "subject.txt" else f"{text}\n")
        problems = check(words[part], names_for(f"mail/{mail}/{part}", ALLOWED_NAMES))
        if not text:
            errors[field] = gettext("Write the words.")
        elif problems:
            errors[field] = " ".join(problems)
    if errors:
        raise InvalidInput(fields=_of_made(errors, values))
    return words


def _of_made(errors: dict[str, str], values: dict[str, str]) -> dict[str, str]:
    """What is wrong with HTML that was made is wrong with the text that it was made from."""
    if values["mail-html-way"] == OWN_HTML or "mail-text" not in errors:
        return errors
    return {field: words for field, words in errors.items() if field != "mail-html"}


def _previewed(words: dict[str, str]) -> Preview | None:
    try:
        return previewed(words, clock.now(), g.actor.name)
    except (MissingValue, ValueError, KeyError):
        return None


def _values(words: dict[str, str]) -> dict[str, str]:
    """What stands in the fields for the words of a mail."""
    found = {field: words.get(part, "").strip() for field, part in PARTS.items()}
    is_made = html_of(found["mail-text"]).strip() == found["mail-html"]
    return {**found, "mail-html-way": MADE if is_made else OWN_HTML}


def _page(
    draft: DraftView,
    mail: str,
    values: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    shown: Preview | None = None,
    is_typed: bool = False,
) -> str:
    words = _words(draft, mail)
    names = NAMES if is_own(mail) else ALLOWED_NAMES
    return page(
        "editor/mail.html",
        draft,
        TAB,
        mail=mail,
        title=title_of(mail, words),
        is_own=is_own(mail),
        sent=_sent(mail, uses_of(draft.bundle)),
        values={**_values(words), **(values or {})},
        shown=shown or (_previewed(words) if words and not values else None),
        is_typed=is_typed,
        names=[(name, gettext(said)) for name, said in NAME_WORDS.items() if name in names],
        in_subject=sorted(SUBJECT_NAMES) if is_own(mail) else [],
        may_name_client=mail == MAY_NAME_CLIENT,
        is_changed=_of_base(draft.id, mail) not in ({}, words),
        errors=errors or {},
    )


def _list(draft: DraftView, values: dict[str, Any], errors: dict[str, str]) -> str:
    uses, found = uses_of(draft.bundle), draft.bundle.mails
    kinds = [*MESSAGES, *(kind for kind in found if kind not in MESSAGES)]
    return page(
        "editor/mails.html",
        draft,
        TAB,
        rows=[_row(kind, draft.bundle.mail(kind), uses) for kind in kinds],
        values={"mail-name": "", "mail-subject": "", **values},
        errors=errors,
    )


def _row(kind: str, words: dict[str, str], uses: Uses) -> dict[str, object]:
    return {
        "kind": kind,
        "title": title_of(kind, words),
        "subject": words.get("subject.txt", "").strip(),
        "is_own": is_own(kind),
        **_sent(kind, uses),
    }


def _sent(kind: str, uses: Uses) -> dict[str, object]:
    """Who gets a mail, and which steps send it."""
    users: list[Use] = uses.mails.get(kind, [])
    own = [gettext(RECEIVERS[to]) for to in dict.fromkeys(use.to for use in users) if to in RECEIVERS]
    to = "; ".join(own) if is_own(kind) else readers_of(kind)
    return {"to": to, "steps": list(dict.fromkeys(use.name for use in users))}
