"""Problems: what could not go on by itself, for administrators to look after and auditors to read."""

from collections.abc import Iterable

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.answers import without_blocked
from workflows.commands import incidents
from workflows.commands.incidents import Retried
from workflows.errors import Incident, InvalidInput, Met
from workflows.language import gettext, marked, ngettext
from workflows.people import Actor
from workflows.queries import problems as queries
from workflows.queries import whole_number
from workflows.queries.problems import ProblemRow
from workflows.queries.sent_mail import unknown_count

problems = Blueprint("problems", __name__, url_prefix="/problems")

RESULTS = {
    "went_on": ("success", marked("It went through: {}.")),
    "returned": ("success", marked("Given back to the person, with the draft: {}. The task page says so.")),
    "failed_again": ("error", marked("It failed again: {}. It stays on the list.")),
    "not_again": ("warning", marked("Only a person can do this anew: {}.")),
}
"""What came of trying again, as the page says it; the references go between the braces."""


ENDED_BY = {"resolved": marked("Resolved by"), "dismissed": marked("Dismissed by")}


def badge(actor: Actor) -> int:
    """The count beside the entry of the navigation; nobody else is told."""
    return queries.open_count(actor) if actor.has(*queries.READERS) else 0


@problems.get("")
def list_problems() -> str:
    """The problems in a state, newest first."""
    status, before = request.args.get("status", "open"), request.args.get("before", "")
    rows, following = queries.problems(g.actor, status, whole_number("before", before) if before else None)
    here = url_for("problems.list_problems", status=status)
    tabs = [
        {
            "label": gettext(words),
            "href": f"/problems?status={name}",
            "count": None,
            "current": name == status,
        }
        for name, words in queries.STATUSES.items()
    ]
    return render_template(
        "problems.html",
        tabs=tabs,
        status=status,
        rows=[_row(row) for row in rows],
        may_act=_may_act(),
        unknown_mails=_unknown_mails(),
        next_href=f"{here}&before={following}" if following else "",
        first_href=here if before else "",
    )


@problems.post("/retry")
def retry() -> Response:
    """Try one problem again, or those that were ticked."""
    one = request.form.get("one")
    chosen = [one] if one else request.form.getlist("chosen")
    if not chosen:
        flash(gettext("Tick the problems that are to be tried again."), "warning")
    _say([incidents.retry(g.actor, whole_number("chosen", text)) for text in dict.fromkeys(chosen)])
    return redirect(url_for("problems.list_problems"))


@problems.get("/<int:incident_id>")
def read_problem(incident_id: int) -> str:
    """All that is known of one problem."""
    return _page(incident_id, {})


@problems.post("/<int:incident_id>/dismiss")
def dismiss(incident_id: int) -> Response | tuple[str, int]:
    """Put a problem away, with the reason."""
    reason = request.form.get("reason", "")
    try:
        incidents.dismiss(g.actor, incident_id, reason)
    except InvalidInput as refused:
        kept = without_blocked({"reason": reason})
        return _page(incident_id, refused.fields, str(kept.get("reason", ""))), 422
    flash(gettext("The problem is put away."), "success")
    return redirect(url_for("problems.list_problems"))


def on_it(incident: Incident) -> str:
    """What a person reads who met an incident: under which reference it is looked after, what is kept, where to go."""
    met = incident.met
    assert met is not None  # noqa: S101  (whoever calls has looked)
    kept = [gettext(NOTHING_CHANGED if met.case_number else NOT_OPENED)]
    if met.draft_kept:
        kept = [gettext("What you typed is kept as the draft of the task."), *kept]
    return render_template("on_it.html", reference=met.reference, kept=kept, **_onward(met))


NOTHING_CHANGED = marked("Nothing of the case was changed by what you tried.")
NOT_OPENED = marked("No request was opened, and nothing of it is stored.")


def _onward(met: Met) -> dict[str, str]:
    """What happens now, and where the person goes on."""
    if met.task_id:
        then = gettext("When it is looked after, the page of the task asks you to complete it again.")
        return {"next": then, "back_href": f"/tasks/{met.task_id}", "back_words": gettext("Back to the task")}
    if met.case_number:
        then = gettext(
            "When it is looked after, they have it done without you. The history of the case says so."
        )
        words = gettext("Back to case {case_number}").format(case_number=met.case_number)
        return {"next": then, "back_href": f"/cases/{met.case_number}", "back_words": words}
    then = gettext("Please start the request anew later.")
    return {"next": then, "back_href": "/cases/new", "back_words": gettext("Back to the start of a request")}


def _say(done: Iterable[Retried]) -> None:
    """One message for each result, with the references it is about."""
    results: dict[str, list[str]] = {}
    for each in done:
        if each.words:
            flash(f"{each.reference}: {each.words}", "warning")
        else:
            results.setdefault(each.result, []).append(each.reference)
    for result, references in results.items():
        kind, words = RESULTS[result]
        flash(gettext(words).format(", ".join(references)), kind)


def _unknown_mails() -> str:
    """That messages are to be looked after, to those who may."""
    count = unknown_count(g.actor) if _may_act() else 0
    words = ngettext(
        "Of {count} message nobody knows whether it arrived.",
        "Of {count} messages nobody knows whether they arrived.",
        count,
    )
    return words.format(count=count) if count else ""


def _may_act() -> bool:
    return bool(g.actor.has("administrator"))


def _page(incident_id: int, errors: dict[str, str], reason: str = "") -> str:
    row = queries.problem(g.actor, incident_id)
    return render_template(
        "problem.html",
        problem=_row(row),
        facts=_facts(row),
        may_act=_may_act() and row.status == "open",
        reason=reason,
        errors=errors,
    )


def _row(row: ProblemRow) -> dict[str, object]:
    return {
        "id": row.id,
        "reference": row.reference,
        "cause": row.cause,
        "case_number": row.case or "",
        "case_href": _case_href(row.case),
        "where": row.where,
        "tried": row.tried_words,
        "who": row.who,
        "first_at": row.first_at,
        "last_at": row.last_at,
        "count": row.count,
        "state": gettext("With the person") if row.returned_at and row.status == "open" else "",
        "status": gettext(queries.STATUSES[row.status]),
        "is_open": row.status == "open",
        "can_retry": row.can_retry,
        "returns": row.tried == "complete",
    }


def _case_href(number: str | None) -> str:
    """Auditors may open a case; administrators read what happened to it in the history."""
    if number is None:
        return ""
    return f"/cases/{number}" if g.actor.has("auditor") else f"/audit?case={number}"


def _facts(row: ProblemRow) -> list[tuple[str, object]]:
    facts: list[tuple[str, object]] = [
        (gettext("What was tried"), row.tried_words),
        (gettext("By"), row.who),
        (gettext("Where the process stood"), row.where),
        (gettext("Id in the diagram"), row.element),
        (gettext("Kind of failure"), row.kind),
        (
            gettext("How often"),
            gettext("Once") if row.count == 1 else gettext("{count} times").format(count=row.count),
        ),
    ]
    if row.tried == "complete":
        kept = gettext("Kept as the draft of the task") if row.draft_kept else gettext("Not kept")
        facts.append((gettext("What the person had typed"), kept))
    if row.ended_at:
        facts += [
            (gettext(queries.STATUSES[row.status]), row.reason),
            (gettext(ENDED_BY[row.status]), row.ended_by),
        ]
    return facts
