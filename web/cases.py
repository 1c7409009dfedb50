"""The list of cases, and the page of one."""

from urllib.parse import urlencode

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web import clocks
from web.answers import Typed, searched, typed, without_blocked
from web.tasks import notes
from workflows import privacy
from workflows.cases import ERROR_REASONS, NOT_SAID
from workflows.commands import cases as commands
from workflows.commands.cases import PARTNER_PURGES, PARTNER_WITHDRAWS
from workflows.commands.corrections import correct_entry
from workflows.commands.reminders import remind_now
from workflows.definitions import MAIN_PROCESS
from workflows.errors import InvalidInput, NotNow
from workflows.language import gettext, marked, ngettext
from workflows.people import ROLES
from workflows.queries import case_list as lists
from workflows.queries import cases as queries
from workflows.queries.case_list import CaseRow
from workflows.queries.cases import Answered, CaseView, Entry, Sent
from workflows.queries.corrections import EntryForm, entry_form
from workflows.user_tasks import UserTask

cases = Blueprint("cases", __name__)

STATES = {"all": marked("All"), "open": marked("Open"), "closed": marked("Closed")}

HELD = marked(
    "The agency’s data-sharing agreement is not in force. The client’s request goes on with Employment Security."
)


@cases.get("/cases")
def list_cases() -> str:
    """The cases a person may know of."""
    state, number = request.args.get("state", "open") or "all", searched("q")
    rows, after = lists.case_list(g.actor, state, number, request.args.get("after"))
    here = "/cases?" + urlencode({"state": state, "q": number})
    return render_template(
        "cases.html",
        q=number,
        state=state,
        states=[(key, gettext(words)) for key, words in STATES.items()],
        rows=[_row(row) for row in rows],
        may_start=privacy.may_open_requests(g.actor),
        next_href=f"{here}&after={after}" if after else "",
        first_href=here if request.args.get("after") else "",
    )


@cases.get("/cases/<number>")
def read_case(number: str) -> str:
    """The page of a case."""
    return _case_page(number)


@cases.post("/cases/<number>/withdraw")
def withdraw(number: str) -> Response:
    """The client withdraws the request."""
    commands.withdraw(g.actor, number)
    flash(gettext("The withdrawal is recorded and the case is closed."), "success")
    return redirect(url_for("cases.read_case", number=number))


@cases.post("/cases/<number>/opened-in-error")
def opened_in_error(number: str) -> Response | tuple[str, int]:
    """The case should not exist."""
    reason = request.form.get("reason", "")
    try:
        commands.opened_in_error(g.actor, number, "" if reason == NOT_SAID else reason)
    except InvalidInput as refused:
        return _case_page(number, refused.fields), 422
    flash(gettext("What was stored about the client is erased, and the case is closed."), "success")
    return redirect(url_for("cases.read_case", number=number))


@cases.post("/cases/<number>/remind")
def remind(number: str) -> Response:
    """Ask those who hold the case to look at it."""
    try:
        remind_now(g.actor, number)
    except NotNow as refused:
        flash(refused.message, "warning")
    else:
        flash(gettext("A reminder is on its way to those who hold the case."), "success")
    return redirect(url_for("cases.read_case", number=number))


@cases.get("/cases/<number>/entries/<task_id>")
def read_entry(number: str, task_id: str) -> str:
    """The form to put an entry right."""
    return _entry_page(entry_form(g.actor, number, task_id), None, "", {})


@cases.post("/cases/<number>/entries/<task_id>")
def correct(number: str, task_id: str) -> Response | tuple[str, int]:
    """Put an entry right."""
    view = entry_form(g.actor, number, task_id)
    sent = typed(view.form)
    values: Typed = {name: sent.get(name) for name in view.names}
    why = request.form.get("why", "")
    try:
        correct_entry(g.actor, number, task_id, values, why)
    except InvalidInput as refused:
        kept = without_blocked({**values, "why": why})
        return _entry_page(view, kept, str(kept.pop("why", "")), refused.fields), 422
    flash(
        gettext("The entry is put right. What was written first stays in the history of the case."), "success"
    )
    return redirect(url_for("cases.read_case", number=number))


@cases.post("/cases/<number>/opt-out-again")
def opt_out_again(number: str) -> Response:
    """The client wants to opt out again."""
    new = commands.opt_out_again(g.actor, number)
    flash(
        gettext("The client’s wish was passed on to the supervisors as case {number}.").format(number=new),
        "success",
    )
    return redirect(url_for("cases.read_case", number=number))


@cases.post("/cases/<number>/note")
def note(number: str) -> Response | tuple[str, int]:
    """Write a note."""
    text = request.form.get("text", "")
    try:
        commands.add_note(g.actor, number, text, request.form.get("esd_only") is not None)
    except InvalidInput as refused:
        kept = without_blocked({"text": text})
        return _case_page(number, refused.fields, kept.get("text", "")), 422
    return redirect(url_for("cases.read_case", number=number))


def _entry_page(view: EntryForm, answers: Typed | None, why: str, errors: dict[str, str]) -> str:
    return render_template(
        "case_entry.html",
        number=view.number,
        task={"name": gettext(view.task.name), "step": view.task.procedure_ref},
        fields=view.fields(answers, errors),
        why=why,
        errors=errors,
    )


def _row(row: CaseRow) -> dict[str, object]:
    return {
        "number": row.number,
        "status": row.status_words,
        "outcome": row.outcome_words,
        "closed": row.closed_at is not None,
        "hold": row.status == "on_hold",
        "office": row.office,
        "agency": row.agency,
        "opened_at": row.opened_at,
        "age": _age(row.age_days),
        "opens": row.may_open,
    }


def _age(days: int) -> str:
    """How many days ago."""
    return ngettext("%(num)s day", "%(num)s days", days) % {"num": days} if days else gettext("today")


def _case_page(number: str, errors: dict[str, str] | None = None, note_text: str = "") -> str:
    view, clock = queries.case_page(g.actor, number)
    return render_template(
        "case.html",
        case=_case(view),
        fact_groups=_fact_groups(view),
        open_steps=[_open_step(view, task) for task in view.open],
        done_steps=[_done_step(view, step) for step in view.steps],
        coming_steps=[{"name": c.name, "step": c.step, "role": c.role} for c in view.progress.coming],
        with_esd=view.progress.with_esd,
        diagrams=_diagrams(view),
        marks=view.progress.marks,
        history=[_entry(entry) for entry in queries.case_history(g.actor, number)],
        mails=[mail_view(sent) for sent in queries.case_messages(g.actor, number)],
        notes=notes(view.notes),
        corrections=view.corrections,
        clock=clocks.shares(clock),
        linked=_linked(view),
        actions=_actions(view),
        errors=errors or {},
        note_text=note_text,
    )


def _diagrams(view: CaseView) -> list[dict[str, object]]:
    return [
        {
            "name": diagram.name,
            "opens": diagram.opens,
            "address": url_for(
                "processes.download", key=MAIN_PROCESS, version=view.version, file=diagram.file, drawn="yes"
            ),
        }
        for diagram in view.progress.diagrams
    ]


def _done_step(view: CaseView, step: Answered) -> dict[str, object]:
    entry = url_for("cases.read_entry", number=view.case.number, task_id=step.task_id)
    may = step.task_id in view.may_correct
    return {
        "name": step.name,
        "step": step.step,
        "who": step.who,
        "at": step.at,
        "entry": entry if may else "",
    }


def _case(view: CaseView) -> dict[str, object]:
    case = view.case
    return {
        "number": case.number,
        "state": view.sentence,
        "status": view.status_words,
        "outcome": view.outcome_words,
        "closed": view.status == "closed",
        "hold": gettext(HELD) if view.status == "on_hold" else "",
        "records_held": view.on_hold_since,
        "office": view.office,
        "agency": view.agency,
        "case_manager": view.case_manager,
        "opened_at": case.opened_at,
        "edit_recorded_at": view.edit_recorded_at,
        "procedure": gettext("5512PRO, version {version} of the process").format(version=view.version),
    }


def _fact_groups(view: CaseView) -> list[dict[str, object]]:
    groups: list[dict[str, object]] = []
    if view.facts:
        note = gettext("That you read these facts is written in the history.")
        groups.append({"title": gettext("The client"), "rows": view.facts, "note": note})
    groups += [_answers(step) for step in view.steps if step.answers]
    return groups


def _answers(step: Answered) -> dict[str, object]:
    return {"title": step.name, "rows": [(label, words) for _, label, words in step.answers], "note": ""}


def _open_step(view: CaseView, task: UserTask) -> dict[str, object]:
    holder = view.assignees.get(task.assignee_id or 0)
    return {
        "name": gettext(task.name),
        "step": task.procedure_ref,
        "role": gettext(ROLES.get(task.role, "")),
        "holder": holder.name if holder else None,
        "due": task.due_at,
        "task_id": task.id if view.standing.roles & {privacy.CM, privacy.SUP, privacy.ESD} else None,
    }


def _entry(entry: Entry) -> dict[str, object]:
    kind = (
        "mail" if entry.kind.startswith("message_") else "system" if entry.who == "Opt-In Desk" else "person"
    )
    by_itself = kind == "mail" or entry.kind in ("task_opened", "task_withdrawn")
    return {
        "at": entry.at,
        "sentence": entry.words,
        "kind": kind,
        "note": "" if by_itself else entry.who,
    }


def mail_view(sent: Sent) -> dict[str, object]:
    """A message as the page of a case shows it."""
    subject = sent.subject or sent.words
    return {
        "at": sent.sent_at or sent.queued_at,
        "to": sent.to,
        "subject": f"{sent.message}: {subject}",
        "state": sent.state,
    }


def _linked(view: CaseView) -> list[dict[str, str]]:
    same = [{"number": number, "words": gettext("same client")} for number in view.linked]
    possible = gettext("possible match: judge by the name")
    return same + [{"number": number, "words": possible} for number in view.possible]


def _actions(view: CaseView) -> dict[str, object]:
    """What is offered; whether it is allowed is decided again by the command."""
    case, standing = view.case, view.standing
    works, main = (
        bool(standing.roles & {privacy.CM, privacy.SUP, privacy.ESD}),
        case.process_key == MAIN_PROCESS,
    )
    partner = standing.is_own_case and main and not standing.is_reduced
    opened = view.status != "closed"
    return {
        "withdraw": opened and (standing.supervises or (partner and case.status in PARTNER_WITHDRAWS)),
        "opened_in_error": opened
        and main
        and (standing.supervises or (partner and case.status in PARTNER_PURGES)),
        "opt_out_again": main and case.told == "opt_in" and works and not case.partner_view_ended_at,
        "error_reasons": [(key, gettext(words)) for key, words in ERROR_REASONS.items() if key != NOT_SAID],
        "remind": view.may_remind,
        "note": works and not standing.is_reduced,
        "esd_note": standing.is_esd,
        "disclosures": standing.supervises or standing.audits,
        "case_file": standing.supervises,
        "reassign": queries.colleagues(g.actor, case.number) if opened else [],
    }
