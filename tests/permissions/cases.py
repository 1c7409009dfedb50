"""One case for each state of domain 3.6, and how each is reached through the product's own commands."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import update

from tests.desk import AVERY, CASEY, REMY, ROBIN, Desk
from tests.integration.acting import NOBODY_REACHED, give, opt_out_again
from workflows.cases import Case, case_numbered
from workflows.db import transaction
from workflows.user_tasks import UserTask

LIA, EVE, GIL, SUE = "lia.lapsed", "eve.eastpartner", "gil.given", "sue.eastsupervisor"

Path = Callable[[Desk, dict[str, str]], str]
"""Leads a case to its state, with the client of the request; gives its number."""


@dataclass(frozen=True)
class State:
    """A case of the world. `phase` is its column in the table of domain 6.3.

    `shown` is the state and outcome that ESD reads, `told` what all others read who may (X14, 6.3 "decision");
    `given`: a task of ESD in it is delegated.
    """

    key: str
    phase: str
    path: Path
    shown: str
    told: str = ""
    agency: str = "FWP"
    office: str = "WSK"
    area: str = "OLY"
    given: bool = False
    backup: bool = False

    @property
    def name(self) -> str:
        """The client's last name in this case: letters, found nowhere else."""
        return "Zeph" + self.key.replace("_", "")

    @property
    def client(self) -> dict[str, str]:
        """The client facts of the request."""
        return {
            "client_first_name": "Ivo",
            "client_last_name": self.name,
            "reason": f"Wants the {self.name}reason course.",
            "aux_aid": f"{self.name}aid",
        }


def _draft(desk: Desk, client: dict[str, str]) -> str:
    number = desk.open()
    for label in ("T2", "T3", "T4"):
        desk.do(AVERY, number, label)
    task = desk.task(AVERY, number, "T5")["id"]
    assert desk.call(AVERY, "POST", f"/tasks/{task}/draft", {"data": client}).status_code == 200
    return number


def _request(who: str = AVERY, office: str = "WSK") -> Path:
    return lambda desk, client: desk.to_request(who, office, **client)


def _esd_check(answer: str = "") -> Path:
    def path(desk: Desk, client: dict[str, str]) -> str:
        number = desk.open()
        for label in ("T2", "T3"):
            desk.do(AVERY, number, label)
        desk.do(AVERY, number, "T4", lookup="nothing")
        desk.do(AVERY, number, "T5", **client)
        if answer:
            desk.do(CASEY, number, "T4b", esd_check=answer)
        return number

    return path


def _contact(desk: Desk, client: dict[str, str]) -> str:
    number = desk.to_request(**client)
    desk.do(CASEY, number, "T7", **{**NOBODY_REACHED, "contact_result": "call_back_agreed"})
    give(desk, number, "T7", GIL)
    return number


def _backup(desk: Desk, client: dict[str, str]) -> str:
    number = desk.to_request(**client)
    with transaction() as db:
        case_numbered(db, number).backup_opened = True
    return number


def _decided(decision: str, *steps: tuple[str, str], **of: str) -> Path:
    """Past the decision, then one step after another as (who, label); RO is the whole edit; `T12` may say the answer."""

    def path(desk: Desk, client: dict[str, str]) -> str:
        number = desk.to_request(**client)
        desk.do(CASEY, number, "T7", decision=decision)
        for who, label in steps:
            _step(desk, number, who, label, of)
        return number

    return path


def _step(desk: Desk, number: str, who: str, label: str, of: dict[str, str]) -> None:
    if label == "edit":
        desk.record_edit(number)
    elif label.startswith("give "):
        give(desk, number, label.removeprefix("give "), GIL)
    elif label == "T12":
        desk.do(who, number, label, offer_response=of["answer"])
    else:
        desk.do(who, number, label)


OPTED_IN = ((CASEY, "edit"), (AVERY, "T10"), (AVERY, "T11"))
ACCEPTED = ((CASEY, "T12"), (AVERY, "T14"), (CASEY, "T13"))


def _long_ago(desk: Desk, client: dict[str, str]) -> str:
    """Closed for so long that the partner's view is over (domain 5.2, partner_view_ttl)."""
    number = _decided("opt_in", *OPTED_IN)(desk, client)
    with transaction() as db:
        case = case_numbered(db, number)
        assert case.closed_at
        case.closed_at -= timedelta(days=200)
    return number


def _late_offer(desk: Desk, client: dict[str, str]) -> str:
    """The partner is done while ESD staff are still to be assigned, and that is late."""
    number = _decided("remain_opted_out", *ACCEPTED[:2], answer="accepted")(desk, client)
    with transaction() as db:
        case = case_numbered(db, number)
        rows = update(UserTask).where(UserTask.case_id == case.id, UserTask.closed_at.is_(None))
        db.execute(rows.values(due_at=case.opened_at - timedelta(days=1)))
    return number


def _late_assignment(desk: Desk, client: dict[str, str]) -> str:
    """T13 and T14 are open side by side, and the first is late."""
    number = _decided("remain_opted_out", ACCEPTED[0], answer="accepted")(desk, client)
    with transaction() as db:
        case = case_numbered(db, number)
        rows = update(UserTask).where(UserTask.case_id == case.id, UserTask.element.startswith("T13"))
        db.execute(rows.values(due_at=case.opened_at - timedelta(days=1)))
    return number


def _wish(who: str, *steps: str) -> Path:
    """The small case of a client who opts out again."""

    def path(desk: Desk, client: dict[str, str]) -> str:
        number = opt_out_again(desk, who, desk.to_opted_in(**client))
        for label in steps:
            desk.do(CASEY, number, label)
        return number

    return path


def _reduced(desk: Desk, client: dict[str, str]) -> str:
    """The case whose client opted out again later."""
    number = _decided("opt_in", *OPTED_IN)(desk, client)
    again = opt_out_again(desk, CASEY, number)
    desk.do(CASEY, again, "OO1")
    desk.do(CASEY, again, "OO2")
    return number


def _ended(verb: str) -> Path:
    def path(desk: Desk, client: dict[str, str]) -> str:
        number = desk.to_request(**client)
        body = {"reason": "wrong_client"} if verb == "opened-in-error" else None
        assert desk.call(CASEY, "POST", f"/cases/{number}/{verb}", body).status_code == 200
        return number

    return path


def _unreachable(desk: Desk, client: dict[str, str]) -> str:
    number = desk.to_request(**client)
    for _ in range(3):
        desk.do(CASEY, number, "T7", **NOBODY_REACHED)
    desk.do(AVERY, number, "T8")
    return number


def _found(desk: Desk, client: dict[str, str]) -> str:
    return desk.open(total_own=1)


def _added(desk: Desk, client: dict[str, str]) -> str:
    number = desk.open()
    desk.do(AVERY, number, "T2", total_wide=1)
    desk.do(AVERY, number, "AS1")
    return number


def _unregistered(desk: Desk, client: dict[str, str]) -> str:
    number = desk.open()
    desk.do(AVERY, number, "T2")
    desk.do(AVERY, number, "T3", account="not_registered")
    desk.do(AVERY, number, "T3b", registered_now="later")
    return number


def _duplicate(desk: Desk, client: dict[str, str]) -> str:
    desk.to_request(**client)
    number = desk.open()
    for label in ("T2", "T3", "T4"):
        desk.do(AVERY, number, label)
    desk.do(AVERY, number, "T5", close_if_duplicate=True, **client)
    return number


def _not_permitted(desk: Desk, client: dict[str, str]) -> str:
    """Opened by somebody whose clearances are not complete: refused and counted."""
    answer = desk.call(
        "uma.untrained", "POST", "/cases", {"office": "WSK", "search_key": "name", "total_own": 0}
    )
    assert answer.status_code == 403, answer.get_data(as_text=True)
    with transaction() as db:
        return str(db.query(Case.number).order_by(Case.id.desc()).limit(1).scalar())


def _held_decided(desk: Desk, client: dict[str, str]) -> str:
    number = desk.to_request(LIA, **client)
    desk.do(CASEY, number, "T7")
    return number


def _lapsed_opted_in(desk: Desk, client: dict[str, str]) -> str:
    return desk.to_opted_in(LIA, **client)


def _east(desk: Desk, client: dict[str, str]) -> str:
    return desk.to_request(EVE, "EAST", **client)


OUT = "remain_opted_out"
STATES = (
    State("draft", "draft", _draft, "draft"),
    State("submitted", "submitted", _request(), "submitted"),
    State("esd_check", "submitted", _esd_check(), "submitted"),
    State("backup", "submitted", _backup, "submitted", backup=True),
    State("unstaffed", "submitted", _request(REMY, "WSJ"), "submitted", agency="DYP", office="WSJ"),
    State("elsewhere", "submitted", _east, "submitted", agency="EWP", office="EAST", area="EST"),
    State("in_contact", "in_contact", _contact, "in_contact", given=True),
    State("opting_in", "deciding", _decided("opt_in"), "opting_in", "in_contact"),
    State("editing", "deciding", _decided("opt_in", (CASEY, "RO1"), (CASEY, "give RO2")),
          "opting_in", "in_contact", given=True),
    State("confirming", "told_in", _decided("opt_in", OPTED_IN[0]), "confirming"),
    State("follow_up", "told_in", _decided("opt_in", *OPTED_IN[:2]), "follow_up"),
    State("offering", "offering", _decided(OUT), "offering", "in_contact"),
    State("accepted", "told_out", _decided(OUT, ACCEPTED[0], answer="accepted"), "follow_up"),
    State("assigning", "told_out", _late_assignment, "follow_up"),
    State("declined", "told_out", _decided(OUT, ACCEPTED[0], answer="declined"), "follow_up"),
    State("partner_done", "partner_done", _late_offer, "follow_up", "closed remained_opted_out"),
    State("closed_accepted", "closed_out", _decided(OUT, *ACCEPTED, answer="accepted"),
          "closed remained_opted_out_accepted", "closed remained_opted_out"),
    State("closed_declined", "closed_out", _decided(OUT, *ACCEPTED[:2], answer="declined"),
          "closed remained_opted_out_declined", "closed remained_opted_out"),
    State("opted_in", "closed_in", _decided("opt_in", *OPTED_IN), "closed opted_in"),
    State("long_ago", "long_ago", _long_ago, "closed opted_in"),
    State("wish", "wish", _wish(CASEY), "submitted"),
    State("wish_done", "wish_closed", _wish(CASEY, "OO1", "OO2"), "closed opted_out_again"),
    State("reduced", "reduced", _reduced, "closed opted_in"),
    State("withdrawn", "closed_else", _ended("withdraw"), "closed withdrawn"),
    State("error", "closed_bare", _ended("opened-in-error"), "closed opened_in_error"),
    State("not_in_eto", "closed_else", _esd_check("not_in_eto"), "closed not_in_eto"),
    State("located", "closed_else", _esd_check("shared"), "closed located_by_esd"),
    State("unreachable", "closed_else", _unreachable, "closed client_unreachable"),
    State("found", "closed_bare", _found, "closed found_in_own_office"),
    State("added", "closed_bare", _added, "closed found_other_office_added"),
    State("unregistered", "closed_bare", _unregistered, "closed registration_not_completed"),
    State("duplicate", "closed_bare", _duplicate, "closed duplicate_of"),
    State("not_permitted", "closed_bare", _not_permitted, "closed not_permitted"),
    State("held", "held", _request(LIA), "on_hold", agency="LPS"),
    State("held_decided", "held", _held_decided, "on_hold", agency="LPS"),
    State("held_to_esd", "held", _request(LIA), "on_hold", agency="LPS"),
    State("handed", "lapsed", _request(LIA), "closed handed_to_esd", agency="LPS"),
    State("lapsed", "lapsed", _request(LIA), "closed closed_agreement_lapsed", agency="LPS"),
    State("lapsed_opted_in", "lapsed_in", _lapsed_opted_in, "closed opted_in", agency="LPS"),
)  # fmt: skip
BY_KEY = {state.key: state for state in STATES}
OPEN = frozenset(
    [
        "draft",
        "submitted",
        "in_contact",
        "deciding",
        "told_in",
        "offering",
        "told_out",
        "partner_done",
        "wish",
        "held",
    ]
)
"""The phases in which a case is open for ESD."""


def after_the_lapse(desk: Desk, numbers: dict[str, str]) -> None:
    """What is decided on the cases of the agency whose agreement has ended (domain 7.2, T90)."""
    desk.do(ROBIN, numbers["held_to_esd"], "T90", action="hand_to_esd")
    desk.do(ROBIN, numbers["handed"], "T90", action="hand_to_esd")
    desk.do(CASEY, numbers["handed"], "T91")
    desk.do(ROBIN, numbers["lapsed"], "T90", action="close")
