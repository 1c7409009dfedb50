"""The team: who holds how much, what is late, whose clock the open cases are on, absences and backup groups."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.answers import flash_each, searched, without_blocked
from web.clocks import place
from workflows.commands import absences as absence_commands
from workflows.commands import team as commands
from workflows.errors import InvalidInput
from workflows.language import gettext, marked, ngettext
from workflows.queries import ageing as ageing_queries
from workflows.queries import team as queries
from workflows.queries import whole_number
from workflows.queries.ageing import Aged
from workflows.team import check_leads

team = Blueprint("team", __name__, url_prefix="/team")

PLACES = (
    (marked("Load"), "/team", False),
    (marked("Whose clock"), "/team/ageing", False),
    (marked("Absences"), "/team/absences", True),
    (marked("Backup groups"), "/team/backup", True),
)
"""The pages of the team with their addresses, and whether they are for supervisors alone."""

ABSENCE = ("person", "substitute", "first_day", "last_day")
VIEWS = {"late": marked("Late"), "waiting": marked("Nobody holds it"), "all": marked("All")}


@team.get("")
def read_team() -> str:
    """The load of offices and people, and the open tasks of a view."""
    return _team_page({})


@team.post("/reassign")
def reassign() -> Response | tuple[str, int]:
    """Give the ticked tasks to one person; each is decided for itself."""
    username, chosen = request.form.get("username", ""), request.form.getlist("chosen")
    errors = {} if username else {"username": gettext("Choose the colleague who gets the tasks.")}
    if not chosen:
        errors["chosen"] = gettext("Tick the tasks that are to be given.")
    if errors:
        check_leads(g.actor)
        return _team_page(errors), 422
    done = commands.reassign_many(g.actor, chosen, username)
    flash_each(done, gettext("Given: {names}."), gettext("Not given: {names}. {reason}"))
    return redirect(url_for("team.read_team", view=request.form.get("view", "late")))


@team.get("/ageing")
def ageing() -> str:
    """Whose clock the open cases are on, those longest in the supervisor's hands first."""
    page = whole_number("page", request.args.get("page", "1"))
    rows, following = ageing_queries.ageing(g.actor, page)
    return render_template(
        "team/ageing.html",
        tabs=_tabs("/team/ageing"),
        rows=[_aged(row) for row in rows],
        next_href=f"/team/ageing?page={following}" if following else "",
        first_href="/team/ageing" if page > 1 else "",
    )


@team.get("/absences")
def absences() -> str:
    """The absences of the team, and a form to enter one."""
    return _absences_page({"person": searched("person")}, {})


@team.post("/absences")
def enter_absence() -> Response | tuple[str, int]:
    """Enter an absence."""
    values = {name: request.form.get(name, "") for name in ABSENCE}
    try:
        absence_commands.enter_absence(
            g.actor, values["person"], values["substitute"], values["first_day"], values["last_day"]
        )
    except InvalidInput as refused:
        return _absences_page(without_blocked(values), refused.fields), 422
    flash(gettext("The absence is entered. The substitute gets a message."), "success")
    return redirect(url_for("team.absences"))


@team.post("/absences/<int:absence_id>/end")
def end_absence(absence_id: int) -> Response:
    """End an absence early."""
    absence_commands.end_absence(g.actor, absence_id)
    flash(gettext("The absence is ended."), "success")
    return redirect(url_for("team.absences"))


@team.get("/backup")
def backup_groups() -> str:
    """The backup groups of the offices."""
    return _backup_page({}, "")


@team.post("/backup/<office>")
def set_backup_group(office: str) -> Response | tuple[str, int]:
    """Set the backup group of an office."""
    try:
        commands.set_backup_group(g.actor, office, request.form.getlist("members"))
    except InvalidInput as refused:
        return _backup_page(refused.fields, office), 422
    flash(gettext("The backup group is saved."), "success")
    return redirect(url_for("team.backup_groups"))


def _leads() -> bool:
    return bool(g.actor.has("esd_wioa_supervisor"))


def _tabs(here: str) -> list[dict[str, object]]:
    return [
        {"label": gettext(label), "href": href, "count": None, "current": href == here}
        for label, href, leads in PLACES
        if _leads() or not leads
    ]


def _team_page(errors: dict[str, str]) -> str:
    view, holder = request.values.get("view", "late"), request.args.get("holder", "")
    seen = queries.team(g.actor)
    tasks, following = (
        queries.team_tasks(g.actor, view, holder, request.args.get("after")) if _leads() else ([], None)
    )
    here = url_for("team.read_team", view=view, holder=holder or None)
    return render_template(
        "team/load.html",
        tabs=_tabs("/team"),
        offices=seen.offices,
        people=seen.people,
        leads=_leads(),
        views=[
            {
                "label": gettext(words),
                "href": f"/team?view={name}#tasks",
                "count": None,
                "current": name == view and not holder,
            }
            for name, words in VIEWS.items()
        ],
        view=view,
        holder=next((person.name for person in seen.people if person.username == holder), ""),
        tasks=tasks,
        receivers=queries.receivers(g.actor) if tasks else [],
        errors=errors,
        next_href=f"{here}&after={following}#tasks" if following else "",
        first_href=f"{here}#tasks" if request.args.get("after") else "",
    )


def _aged(row: Aged) -> dict[str, object]:
    return {
        "number": row.number,
        "status": row.status_words,
        "office": row.office,
        "agency": row.agency,
        "age": _age(row.age_days),
        "waits_for": row.waits_for,
        "in_hands": row.in_hands_words,
        "bar": place(row.shares),
        "opens": row.may_open,
    }


def _age(days: int) -> str:
    return ngettext("{days} day", "{days} days", days).format(days=days) if days else gettext("today")


def _absences_page(values: dict[str, str], errors: dict[str, str]) -> str:
    values = {**dict.fromkeys(ABSENCE, ""), **values}
    found = queries.away(g.actor, values["person"])
    return render_template(
        "team/absences.html",
        tabs=_tabs("/team/absences"),
        rows=found.rows,
        people=found.people,
        chosen=found.chosen,
        substitutes=found.substitutes,
        values=values,
        errors=errors,
    )


def _backup_page(errors: dict[str, str], office: str) -> str:
    return render_template(
        "team/backup.html",
        tabs=_tabs("/team/backup"),
        groups=queries.backup_groups(g.actor),
        errors=errors,
        refused=office,
    )
