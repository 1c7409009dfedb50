"""The requests: for each route an address and a body that is right but, perhaps, for the permission."""

import base64
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from tests.desk import AVERY, DEVON, ELLIS, JORDAN, MORGAN, answers
from tests.permissions.cases import State
from tests.permissions.people import SUP, Who
from tests.permissions.table import STATUS
from tests.permissions.world import Task, Things, World
from workflows import sample
from workflows.bundle_files import packed
from workflows.commands.definitions import read_folder
from workflows.settings import PROJECT

Asked = tuple[str, str, dict[str, Any] | None]
"""Method, path and body."""

FIRST_SEARCH = {"office": "WSK", "search_key": "name", "total_own": 0}


def of_case(world: World, rule: str, state: State) -> Asked:
    """A request about a case."""
    method, path, *more = rule.split()
    path = path.replace("<string:number>", "<number>").replace("<number>", world.numbers[state.key])
    body: dict[str, Any] | None = None if method == "GET" or path.startswith("/api/") else {}
    path = path.replace("<string:id>", "none").replace("<task_id>", "none")
    if "/corrections" in path:
        body = {"data": {"phone": "360-555-0102"}, "why": "A slip of the pen."}
    if path.endswith("emergency-access") and method == "POST":
        body = {"reason": "A court asks for the name at once."}
    if path.endswith("opened-in-error"):
        body = {"reason": "wrong_client"}
    if "/note" in path:
        body = {"text": "A note."}
        if more:
            body["esd_only"] = True if path.startswith("/api/") else "on"
    return method, path, body


def of_task(rule: str, task: Task) -> Asked:
    """A request about a task."""
    method, path = rule.split()
    page = not path.startswith("/api/")
    path = path.replace("<string:id>", task.id).replace("<task_id>", task.id)
    if path.endswith("reassign"):
        return method, path, {"username" if page else "assignee": receiver(task)}
    if path.endswith(("claim", "release")) or method == "GET":
        return method, path, {} if page and method == "POST" else None
    data = answers(task.label, **_differently(task))
    return method, path, _as_form(data) if page else {"data": data}


def receiver(task: Task) -> str:
    """Somebody to whom the task may be given."""
    if task.role.startswith("esd_"):
        return DEVON if task.state.area == "OLY" else "eli.eaststaff"
    return JORDAN if task.state.agency == "FWP" else task.holder or JORDAN


def _differently(task: Task) -> dict[str, Any]:
    return task.state.client if task.label == "T5" else {}


def _as_form(data: dict[str, Any]) -> dict[str, Any]:
    local = {name: value[:16] for name, value in data.items() if name.endswith("_at")}
    ticks = {name: "true" for name, value in data.items() if value is True}
    return {"action": "save", **data, **ticks, **local}


def of_place(world: World, rule: str, who: Who) -> Asked:
    """A request about no case."""
    method, path, *more = rule.split()
    things = world.things
    known = {
        "<int:message_id>": things.message, "<int:incident_id>": things.incident, "<int:token_id>": things.token,
        "<string:username>": ELLIS, "<username>": ELLIS, "<path:number>": "K-TEST-101", "<mail_id>": "1", "<office>": "WSK",
        "<string:office>": "WSK", "<int:absence_id>": things.absence, "<view_id>": "1999999999",
        "<key>": "opt_in_5512pro", "<string:key>": "opt_in_5512pro", "<int:version>": things.version,
        "<int:n>": things.version, "<file>": "5512pro_main.bpmn", "<int:id>": _id(things, path),
        "<role>": "esd_wioa_supervisor", "<string:role>": "esd_wioa_supervisor", "<token>": things.setup,
        "<int:number>": NOBODYS, "<name>": "mail" if "mail" in more else "hours",
        "<string:name>": "mail" if "mail" in more else "hours", "<int:webhook_id>": things.webhook,
        "<int:draft_id>": things.draft, "<int:publication_id>": things.publication,
        "<element>": "T1_QuickSearchOwnOffice", "<int:place>": "1",
        "<form>": "T6_AskClientToContactSupervisor", "<question>": "asked_by", "<mail>": "remind_now",
        "<time>": "confirm_due",
        "<int:year>": things.year,
        "<number>": world.numbers["declined"], "<string:number>": world.numbers["declined"],
    }  # fmt: skip
    if "/scenarios/" in path:
        known["<key>"] = "opted_in"
    if "/inbox/" in path:
        known["<int:message_id>"] = things.letter
    if "/holds/" in path:
        known["<number>"] = known["<string:number>"] = things.held
    if "<path:filename>" in path:
        known["<path:filename>"] = "css/swagger-ui.css"
    for word, value in known.items():
        path = path.replace(word, str(value))
    if "another" in more:
        path += f"?of={AVERY}"
    return method, path, _body(method, path, who, things)


OF_DRAFTS = {
    "row_version": 1, "form-title": "SAMPLE", "form-question": "Is it so?", "q-label": "Is it so?", "q-kind": "checkbox",
    "q-required": "no", "q-shown": "always", "q-keep": "record", "mail-name": "sample_mail", "mail-subject": "SAMPLE",
    "mail-text": "SAMPLE", "time-key": "sample_due", "time-number": "2", "time-unit": "day", "time-meaning": "SAMPLE",
}  # fmt: skip
"""What is sent to the tabs Forms, Mail and Times; each takes its own of it."""

NOBODYS = 999_999
"""The number of a session that nobody has."""

EMPTY = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>'
"""A diagram in which nothing is drawn."""

PASSWORD = {"current": sample.PASSWORD, "password": "four words make sense", "again": "four words make sense"}


def _id(things: Things, path: str) -> int:
    """The thing that an address of the API is about."""
    named = {
        "problems": things.incident,
        "outbox": things.message,
        "sessions": NOBODYS,
        "absences": things.absence,
        "views": NOBODYS,
        "inbox": things.letter,
        "webhooks": things.webhook,
        "drafts": things.draft,
        "publications": things.publication,
    }
    return next((value for name, value in named.items() if name in path), things.token)


def _body(method: str, path: str, who: Who, things: Things) -> dict[str, Any] | None:
    if method not in ("POST", "PUT", "PATCH"):
        return None
    if path.endswith(
        ("/worklist/search", "/worklist/bulk", "/worklist/views", "/work/search", "/work/bulk", "/work/views")
    ):
        return _of_work(path, not path.startswith("/api/"))
    return _told(path, things) or _kept(method, path, who) or _posted(path, who, things.incident)


@cache
def _shipped() -> bytes:
    """The procedure as a .zip: the draft holds the same."""
    return packed(read_folder(PROJECT / "bpmn" / "opt_in_5512pro"))


def _told(path: str, things: Things) -> dict[str, Any] | None:
    """What is sent to the inbox, to preferences and to webhooks."""
    if f"/drafts/{things.draft}/" in path and path.split("/")[4] in ("forms", "mail", "times"):
        return OF_DRAFTS
    telling = {
        "/replay": {"delivery": things.delivery},
        "/webhooks": {"url": "https://hooks.example.org/", "kinds": ["case.held"]},
        f"/webhooks/{things.webhook}": {"url": "https://hooks.example.org/", "kinds": ["case.held"]},
        f"/drafts/{things.draft}/files": {"row_version": 1, "changes": {}},
        "/diagram/check-expression": {"text": "true", "form": "condition"},
        "/diagram/take": {"row_version": 1, "file": "visit.bpmn", "text": EMPTY},
        "/steps/5512pro_main.bpmn/T1_QuickSearchOwnOffice": {"row_version": 1},
        "/walk": {"process": "opt_in_5512pro"},
        "/scenarios/follow": {"row_version": 1},
        "/scenarios/opted_in": {"row_version": 1, "name": "A name", "outcome": "opted_in"},
        "/scenarios/opted_in/remove": {"row_version": 1},
        "/trace/1": {"row_version": 1, "waiver": "SAMPLE"},
        "/walk/keep": {"row_version": 1, "name": "A name"},
        "/walk/tasks/T1_QuickSearchOwnOffice": {"search_key": "name", "office": "WSK", "total_own": "0"},
        "/api/v1/records/holds": {"number": things.kept, "reason": "A records request."},
        "/admin/records/holds": {"number": things.kept, "reason": "A records request."},
        "/processes/drafts": {"key": "opt_in_5512pro"},
        "/publish": {"note": "SAMPLE", "mode": "new_cases"},
        "/propose": {"note": "SAMPLE", "mode": "new_cases"},
        f"/publications/{things.publication}/decline": {"reason": "SAMPLE"},
        f"/drafts/{things.draft}/replace": {"file": _shipped()},
        f"/drafts/{things.draft}/newer": {"version": 2, "row_version": 1},
        f"/drafts/{things.draft}/replace/take": {
            "row_version": 1,
            "bundle": base64.b64encode(_shipped()).decode(),
        },
        "/read-all": {"until": things.letter},
        "/api/v1/preferences": {"keyboard": True, "messages": {}, "daily_at": "08:00"},
    }
    return next((body for end, body in telling.items() if path.endswith(end)), None)


def _kept(method: str, path: str, who: Who) -> dict[str, Any] | None:
    """What is sent to change people, passwords and settings."""
    if "/settings/" in path:
        value = {"detail": "link_only"} if path.endswith("mail") else {"opens": "08:30", "closes": "16:30"}
        return {"value": value} if path.startswith("/api/") else value
    if method == "PATCH":
        return {"roles": ["esd_staff"]}
    if path.endswith("/people"):
        return _new_person(who)
    return PASSWORD if "/set-up/" in path or path.endswith("/password") else None


def _posted(path: str, who: Who, incident: int) -> dict[str, Any] | None:
    page = not path.startswith("/api/")
    if path.endswith("/cases"):
        return FIRST_SEARCH | {"office": _office(who)} | _on_behalf(who)
    if path.endswith("/problems/retry"):
        return {"one": str(incident)} if page else {"ids": [incident]}
    if path.endswith("/dismiss"):
        return {"reason": "It is known."}
    if path.endswith("/phone"):
        return {"phone": "360-555-0199"}
    if "/team/" in path:
        return _of_team(path, who)
    if "/agreements" in path:
        return _agreement(who, path)
    if path == f"/admin/people/{ELLIS}":
        return {
            "roles": ["esd_staff"],
            "trained_on": "2026-01-15",
            "is_restricted_user": "on",
            "active": "on",
        }
    if path == "/sign-in":
        return {"username": AVERY, "password": "not the password"}
    return {} if page else None


def _new_person(who: Who) -> dict[str, Any]:
    agency = "FWP" if who.area == "OLY" else "EWP"
    return {"username": "new.person", "name": "New Person", "email": "new.person@desk.example", "agency": agency,
            "roles": ["case_manager"]}  # fmt: skip


def _of_work(path: str, page: bool) -> dict[str, Any]:
    """A search, something done with a task that is not there, and a view to save."""
    if path.endswith("search"):
        return {"q": "Zz", "by": "name"} if page else {"name": "Zz"}
    if path.endswith("bulk"):
        return {"do": "claim", "task": "none"} if page else {"action": "claim", "tasks": ["none"]}
    return {"name": "Mine"}


def _office(who: Who) -> str:
    return min(who.offices, default="WSK")


def _on_behalf(who: Who) -> dict[str, str]:
    """A supervisor names the case manager of an office; all others open their own."""
    managers = {"WSK": AVERY, "WSC": JORDAN, "EAST": "eve.eastpartner"}
    return {"case_manager": managers[_office(who)]} if who.has(SUP) else {}


def _of_team(path: str, who: Who) -> dict[str, Any]:
    """What a supervisor asks for the people of the own office."""
    staff = {"WSC": "cal.clallam", "EAST": "eli.eaststaff"}.get(_office(who), "gil.given")
    day = (datetime.now(UTC) + timedelta(days=200)).date().isoformat()
    if path.endswith("/absences"):
        return {"person": staff, "substitute": who.username, "first_day": day, "last_day": day}
    if path.endswith("/reassign"):
        return (
            {"chosen": ["none"], "username": DEVON}
            if "/api/" not in path
            else {"tasks": [], "assignee": DEVON}
        )
    return {"members": [MORGAN]}


def _agreement(who: Who, path: str) -> dict[str, Any]:
    """A new one of the person's own area, or the one asked about as it is."""
    if path.endswith(("/decide", "/decisions")):
        return {"cases" if "/api/" in path else "chosen": ["OLY-2026-999999"], "action": "close"}
    if path.startswith("/api/") and "K-TEST" in path:
        return {"agency": "FWP", "status": "active"}
    agency = "FWP" if who.area == "OLY" or "K-TEST" in path else "EWP"
    return {
        "number": "K-TEST-950", "agency": agency, "kind": "data_sharing", "basis": "mou_with_wdc",
        "starts_on": "2026-01-01", "ends_on": "2027-12-31", "status": "active", "basis_document": "SAMPLE",
    }  # fmt: skip


def wrong(answer: int, expected: str) -> bool:
    """Whether a status is not the expected answer; the field errors of a form that was let in are a mistake here."""
    return answer not in STATUS[expected]
