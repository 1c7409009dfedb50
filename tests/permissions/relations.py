"""How a person stands to a case, a task or a place, worked out from the data of the world alone."""

from tests.permissions.cases import GIL, State
from tests.permissions.people import ADM, AUD, CM, ESD, PM, STAFFED, SUP, Who
from tests.permissions.table import KINDS, Place, Row, columns
from tests.permissions.world import Task


def relation(who: Who, state: State) -> str:
    """The relation of the table in which somebody meets a case."""
    if who.has(CM) and who.agency == state.agency:
        return "uncleared" if who.lacks else "partner"
    if who.has(SUP) and _in_group(who, state):
        return "supervisor" if who.two_keys else "unkeyed"
    if who.username == GIL and state.given:
        return "given"
    if who.has(ESD) and _serves(who, state):
        return "esd_here" if who.two_keys else "unkeyed"
    local = who.area == state.area
    named = {PM: "manager", ADM: "administrator", AUD: "auditor"}
    return next((word for role, word in named.items() if local and who.has(role)), "stranger")


def _serves(who: Who, state: State) -> bool:
    return state.office in who.offices or (state.office not in STAFFED and who.area == state.area)


def _in_group(who: Who, state: State) -> bool:
    return _serves(who, state) or (state.backup and state.office in who.backup)


def task_columns(task: Task, who: Who) -> tuple[str, ...]:
    """The columns of a task: its lane, `offer`, `held`, and `mine` where the person holds it."""
    lane = "offer" if task.label == "T13" else KINDS[task.role]
    held = task.role == CM and task.state.phase == "held"
    return ("held" if held else lane, *(["mine"] if task.holder and task.holder == who.username else []))


def on_task(row: Row, who: Who, task: Task) -> str:
    """What somebody is answered who asks for a task."""
    known = relation(who, task.state)
    if task.role == PM and who.has(PM) and who.area == task.state.area:
        known = "manager"
    gives_back = "release" in row.rules[0]
    if gives_back and task.holder and task.holder == who.username:
        return "yes"
    if known == "unkeyed" and not who.has(ESD) and "staffs" in task_columns(task, who):
        return "no"  # A restricted supervisor is no ESD staff either.
    answer = row.answer(known, task_columns(task, who))
    works = any(word in row.rules[0] for word in ("claim", "release"))
    if not works or (answer != "yes" and not (known == "unkeyed" and task_columns(task, who)[0] == "staffs")):
        return answer
    if task.holder and task.holder != who.username:
        return "taken"
    return "no" if gives_back and not task.holder else answer


def on_case(row: Row, who: Who, state: State) -> str:
    """What somebody is answered who asks for a case."""
    return row.answer(relation(who, state), columns(state))


def in_place(place: Place, who: Who) -> str:
    """What somebody is answered at a place; the things asked about are those of the area OLY and of Avery."""
    words = set(place.may.split())
    holds = who.has(*words) or ("keyed" in words and who.has(SUP) and who.two_keys)
    if "opens" in words:
        holds = (who.has(CM) and not who.lacks and who.agency != "LPS") or (who.has(SUP) and who.two_keys)
    if "leads" in words:
        return "yes" if who.has(SUP) and who.two_keys and "WSK" in who.offices else "hidden"
    if "names" in words:
        holds = who.two_keys or (who.has(CM) and not who.lacks)
    if "next" in words:
        holds = who.has(PM) or who.two_keys or (who.has(CM) and not who.lacks and who.agency != "LPS")
        return "may" if holds else "no"
    if place.secret:
        owner = "owner" in words and who.username == "avery.quillfeather"
        return "yes" if owner or (holds and who.area == "OLY") else "hidden"
    if not (holds or place.anybody or place.public):
        return "no"
    done = "may" if place.stateful else "yes"
    return "hidden" if place.local and who.area != "OLY" else done
