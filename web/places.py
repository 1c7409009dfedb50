"""The navigation: which places there are, who is shown which, and what waits there."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app, request

from web.inbox import badge as unread
from web.people import badge as people_badge
from web.problems import badge
from web.publications import badge as publications_badge
from workflows.language import gettext, marked
from workflows.people import ROLES, Actor
from workflows.privacy import may_open_requests


@dataclass(frozen=True)
class Place:
    """An entry of the navigation: `roles` are those to whom it is shown. With `words`, a sentence, it lies below Manage."""

    label: str
    path: str
    roles: frozenset[str]
    words: str = ""


_CASEWORK = frozenset({"case_manager", "esd_staff", "esd_wioa_supervisor", "program_manager"})

INBOX, PEOPLE, PROBLEMS, PROCESSES = "/inbox", "/admin/people", "/problems", "/processes"
START = "/cases/new"

#: Hiding an entry is a courtesy; what a person may do is decided by the commands and queries.
PLACES = (
    Place(marked("My work"), "/work", _CASEWORK),
    Place(marked("Inbox"), INBOX, frozenset(ROLES)),
    Place(marked("Start a request"), START, frozenset({"case_manager", "esd_wioa_supervisor"})),
    Place(marked("Cases"), "/cases", _CASEWORK | {"auditor"}),
    Place(marked("Team"), "/team", frozenset({"esd_wioa_supervisor", "program_manager"})),
    Place(
        marked("Processes"),
        PROCESSES,
        frozenset({"program_manager", "esd_wioa_supervisor", "administrator"}),
    ),
    Place(marked("People"), PEOPLE, frozenset({"administrator", "auditor", "esd_wioa_supervisor"})),
    Place(
        marked("Agreements"),
        "/admin/agreements",
        frozenset({"program_manager", "administrator", "esd_wioa_supervisor", "auditor"}),
    ),
    Place(
        marked("Sent mail"),
        "/admin/outbox",
        frozenset({"program_manager", "administrator"}),
        marked("Every e-mail, whether it was sent, and what to do when one failed."),
    ),
    Place(
        marked("Settings"),
        "/admin/settings",
        frozenset({"program_manager", "administrator"}),
        marked(
            "Opening hours, closing days, what the case management system calls things, what a mail may say."
        ),
    ),
    Place(
        marked("Records"),
        "/admin/records",
        frozenset({"program_manager", "administrator", "auditor"}),
        marked("What is on hold for a records request, and what was destroyed when."),
    ),
    Place(
        marked("Webhooks"),
        "/admin/webhooks",
        frozenset({"administrator"}),
        marked("Other programs that are told what happens to cases."),
    ),
    Place(
        marked("Health"),
        "/admin/health",
        frozenset({"administrator"}),
        marked("How mail, reminders, workers and the history are."),
    ),
    Place(marked("Problems"), PROBLEMS, frozenset({"administrator", "auditor"})),
    Place(marked("History"), "/audit", frozenset({"auditor", "administrator"})),
)

DEMO_MAILS = Place(
    marked("Demo mail"),
    "/demo/mails",
    frozenset(ROLES),
    marked("The e-mails of this demonstration as their recipients would get them."),
)
MANAGE = Place(marked("Manage"), "/manage", frozenset(ROLES))


def places_for(actor: Actor | None, demo: bool) -> list[dict[str, object]]:
    """The navigation of a person; the entry of the page shown is marked `current`, `count` is what waits there."""
    if actor is None:
        return []
    managed = managed_by(actor, demo)
    shown = [entry for entry in _open_to(actor, demo) if entry not in managed] + [MANAGE] * bool(managed)
    below = any(_within(request.path, entry.path) for entry in managed)
    path = MANAGE.path if below else request.path
    here = max((e.path for e in shown if _within(path, e.path)), key=len, default="")
    return [
        {
            "label": gettext(entry.label),
            "href": entry.path,
            "current": entry.path == here,
            "count": _count(entry.path, actor),
            "counted": gettext(COUNTED[entry.path]) if entry.path in COUNTED else "",
            "tone": "bad" if entry.path == PROBLEMS else "",
        }
        for entry in shown
    ]


def managed_by(actor: Actor, demo: bool) -> list[Place]:
    """What lies below Manage for a person; a single place needs no page above it and stays in the navigation."""
    below = [entry for entry in _open_to(actor, demo) if entry.words]
    return below if len(below) > 1 else []


def _open_to(actor: Actor, demo: bool) -> list[Place]:
    entries = [*PLACES, DEMO_MAILS] if demo else list(PLACES)
    return [entry for entry in entries if entry.roles & actor.roles and _may_use(actor, entry)]


def _may_use(actor: Actor, entry: Place) -> bool:
    """A restricted supervisor starts no request, whatever their role says."""
    return entry.path != START or may_open_requests(actor)


BADGES: dict[str, Callable[[Actor], int | str]] = {
    INBOX: unread,
    PROBLEMS: badge,
    PEOPLE: people_badge,
    PROCESSES: publications_badge,
}
"""The entries beside which a mark says how many things wait there."""

COUNTED = {
    INBOX: marked("unread"),
    PROBLEMS: marked("open"),
    PEOPLE: marked("to approve"),
    PROCESSES: marked("to approve"),
}
"""What the mark beside an entry counts, in a word."""


def _count(path: str, actor: Actor) -> str:
    """The mark beside an entry, or empty. The frame stands around the page of a failure too: it must not fail itself."""
    try:
        return str(BADGES[path](actor) or "") if path in BADGES else ""
    except Exception as error:
        current_app.logger.warning("badge not counted: %s", type(error).__name__)
        return ""


def _within(path: str, place: str) -> bool:
    """Whether a page lies at or below a place."""
    return path == place or path.startswith(f"{place}/")
