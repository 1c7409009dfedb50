"""Who may see and do what (domain 6.2, 6.3). Plain functions over an actor and rows; every door asks them.

Refusals that would tell a stranger that something exists are `NotFound`; those to people who may know are `NotAllowed`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from workflows.cases import Case
from workflows.errors import AssignedToAnother, HeldByAgreement, NotAllowed, NotFound, TwoKeysNeeded
from workflows.language import gettext
from workflows.people import Actor, needed
from workflows.user_tasks import UserTask

GUARDED_FIELDS = frozenset({"decision", "opt_out_box_is_now", "opt_out_box_was", "read_back_ok", "wish"})
"""Answers that only the holder of both keys may give (X06), whatever lane a diagram draws their task in."""

CM, ESD, SUP, PM, ADM, AUD = (
    "case_manager",
    "esd_staff",
    "esd_wioa_supervisor",
    "program_manager",
    "administrator",
    "auditor",
)

PHASES = {
    "draft": "draft",
    "submitted": "contact",
    "in_contact": "contact",
    "opting_in": "opting_in",
    "confirming": "opting_in",
    "offering": "offering",
    "on_hold": "on_hold",
}
"""The columns of the table of domain 6.3; follow-up and closed depend on the branch taken (`phase`)."""

_TO = {
    "client": {
        "draft": {CM},
        "contact": {CM, SUP, ESD},
        "opting_in": {CM, SUP, ESD},
        "offering": {CM, SUP, ESD},
        "closed_in": {CM, SUP},
        "closed_out": {CM, SUP},
        "on_hold": {SUP, ESD},
    },
    "reason": {
        "draft": {CM},
        "contact": {CM, SUP},
        "opting_in": {CM, SUP},
        "offering": {CM, SUP},
        "closed_in": {CM, SUP},
        "closed_out": {CM, SUP},
        "on_hold": {SUP},
    },
    "aid": {
        "draft": {CM},
        "contact": {CM, SUP, ESD},
        "opting_in": {CM, SUP, ESD},
        "offering": {CM, SUP, ESD},
        "closed_in": {SUP},
        "closed_out": {SUP},
        "on_hold": {SUP, ESD},
    },
    "lookup": {
        "draft": {CM},
        "contact": {CM, SUP},
        "opting_in": {CM, SUP},
        "offering": {CM, SUP},
        "closed_in": {SUP},
        "closed_out": {SUP},
        "on_hold": {SUP},
    },
}
"""Fact group → phase → roles that may read it. `reason` is for those who deal with the request (domain 4, T5)."""

CLIENT_GROUP = {"interpreter": "aid", "aux_aid": "aid", "reason": "reason"}
"""The group of each client fact; those not named are in `client`."""


RECORD_GROUP = {"T3_VerifyAccount": "lookup", "T4_RunOptOutLookup": "lookup"}
"""The fact group of a partner task's answers where it is not plain case data."""

OFFER_ELEMENTS = frozenset({"T13_AssignEsdWioaStaff"})
"""Tasks whose mere existence tells that the offer was accepted, which stays with ESD (X14)."""


@dataclass(frozen=True)
class Standing:
    """How somebody stands to a case: `staffed` are the offices with a supervisor of their own; `delegated` says that
    an open task of ESD is theirs; `lapsed` that the case's agency has no agreement in force today."""

    actor: Actor
    case: Case
    staffed: frozenset[str]
    delegated: bool = False
    lapsed: bool = False

    @property
    def is_own_case(self) -> bool:
        """Whether a partner's case manager belongs to the agency of the case."""
        return self.actor.has(CM) and self.actor.agency == self.case.agency_code

    @property
    def serves_office(self) -> bool:
        """Whether the office is the actor's own, or one of the area that has no supervisor of its own."""
        if self.case.office_code in self.actor.offices:
            return True
        return self.case.office_code not in self.staffed and self.actor.area == self.case.area_code

    @property
    def supervises(self) -> bool:
        """Whether a supervisor who holds both keys is in the candidate group of the case: by office, by area, or as a
        backup let in, by the case's age or by the absence of whom they stand in for. A restricted user sees no more as
        a supervisor than as ESD staff (policy 4013; desk aid "Note").
        """
        office = self.case.office_code
        let_in = self.case.backup_opened and office in self.actor.backup_offices
        stands_in = let_in or office in self.actor.stands_in
        return self.actor.has(SUP) and self.actor.holds_two_keys and (self.serves_office or stands_in)

    @property
    def audits(self) -> bool:
        """Whether an auditor's area is that of the case."""
        return self.actor.has(AUD) and self.actor.area == self.case.area_code

    @property
    def roles(self) -> frozenset[str]:
        """The roles in which the actor reads this very case; the facts shown follow from them."""
        in_esd = SUP if self.actor.has(SUP) else ESD
        held = (
            (CM, self.is_own_case),
            (SUP, self.supervises),
            (in_esd, self.delegated),
            (AUD, self.audits),
        )
        return frozenset(role for role, holds in held if holds)

    @property
    def is_esd(self) -> bool:
        """Whether the actor reads the case as Employment Security."""
        return bool(self.roles & {SUP, ESD})

    @property
    def is_reduced(self) -> bool:
        """Whether a partner sees number and state only: the agreement is not in force, or the client opted out again."""
        held = self.case.held_at is not None and self.case.closed_at is None
        return not self.is_esd and (held or self.lapsed or self.case.partner_view_ended_at is not None)

    def may_read(self, group: str) -> bool:
        """Whether a group of facts may be read in the case's present state (domain 6.3)."""
        roles = self.roles - {CM} if self.is_reduced else self.roles
        ended = self.case.partner_done_at and not self.is_esd
        return bool(roles & _TO[group].get("closed_out" if ended else phase(self.case), frozenset()))


def phase(case: Case) -> str:
    """The column of domain 6.3 a case stands in."""
    if case.held_at and not case.closed_at:
        return "on_hold"
    if case.closed_at or case.status == "follow_up":
        branch = "closed_in" if case.told == "opt_in" else "closed_out"
        if case.closed_at:
            return branch
        return "opting_in" if branch == "closed_in" else "offering"
    return PHASES[case.status]


def check_may_see(standing: Standing) -> None:
    """Whether somebody may open a case's page; each kind of stranger gets the answer that tells them nothing new."""
    actor, case = standing.actor, standing.case
    _check_clearances(standing)
    if standing.roles:
        return
    if actor.has(PM, ADM) and actor.area == case.area_code:
        raise NotAllowed(
            gettext("Program managers and administrators see a case's number, age and state only.")
        )
    if actor.has(ESD, SUP) and standing.serves_office:
        raise NotAllowed(gettext("This case has not been given to you. Ask its supervisor."))
    raise NotFound(gettext("There is no case {number} that you may see.").format(number=case.number))


def _check_clearances(standing: Standing) -> None:
    """A partner's case manager reads and works with complete clearances only (domain 7.2)."""
    missing = standing.actor.missing_clearances
    if standing.is_own_case and missing and not standing.is_esd:
        raise NotAllowed(needed(missing))


def visible_facts(facts: Mapping[str, object], standing: Standing) -> dict[str, object]:
    """The client facts that the actor may read in this state of the case."""
    return {
        name: value for name, value in facts.items() if standing.may_read(CLIENT_GROUP.get(name, "client"))
    }


def check_may_open_in_emergency(standing: Standing) -> None:
    """Whether somebody may see who the client of a case is that is not theirs: administrators and auditors of its area
    (domain 6.2, "Reveal client identity"). Whoever works on the case has its own page."""
    actor, case = standing.actor, standing.case
    if standing.roles <= {AUD} and actor.has(ADM, AUD) and actor.area == case.area_code:
        return
    check_may_see(standing)
    raise NotAllowed(
        gettext("Administrators and auditors alone open a case in an emergency. Use the page of the case.")
    )


def facts_in_emergency(facts: Mapping[str, object]) -> dict[str, object]:
    """Who the client is and how to reach them; not why they came, nor what aid they need."""
    return {name: value for name, value in facts.items() if CLIENT_GROUP.get(name, "client") == "client"}


def may_read_record(standing: Standing, task: UserTask) -> bool:
    """Whether a completed task's answers may be read at all; the form narrows it field by field."""
    if task.is_esd:
        return standing.is_esd or (standing.audits and task.element not in OFFER_ELEMENTS)
    if standing.is_reduced and not standing.audits:
        return False
    group = RECORD_GROUP.get(task.element)
    return group is None or standing.audits or standing.may_read(group)


def may_see_open(standing: Standing, task: UserTask) -> bool:
    """Whether an open task is listed: partners see their own, no more of ESD's work; auditors all but the offer's."""
    if standing.is_esd:
        return True
    if standing.audits:
        return task.element not in OFFER_ELEMENTS
    return not standing.is_reduced and not task.is_esd


def visible_outcome(standing: Standing) -> str | None:
    """The outcome word: those outside ESD learn only that the client remains opted out (X14)."""
    outcome = standing.case.outcome
    if standing.is_esd:
        return outcome
    if standing.case.partner_done_at or (outcome or "").startswith("remained_opted_out_"):
        return "remained_opted_out"
    return outcome


def visible_edit_date(standing: Standing) -> datetime | None:
    """When the edit was recorded in the case management system: for the partner once told, and for ESD (domain 6.3)."""
    reads = standing.is_esd or (CM in standing.roles and not standing.is_reduced)
    return standing.case.edit_recorded_at if reads else None


def visible_status(standing: Standing) -> str:
    """The state shown. Partners do not learn of a decision before they are told (domain 6.3), nor from a late end
    whether ESD staff are still being assigned (X14)."""
    case = standing.case
    if case.partner_done_at and not standing.is_esd:
        return "closed"
    if standing.is_esd or case.state in ("on_hold", "closed"):
        return case.state
    if case.told is None and case.status in ("opting_in", "offering"):
        return "in_contact"
    return "follow_up" if case.status == "offering" else case.status


def visible_closed_at(standing: Standing) -> datetime | None:
    """When the case was closed: for those outside ESD when the partner's part was done, because whether ESD went on
    after it tells the answer to the offer (X14)."""
    case = standing.case
    return case.closed_at if standing.is_esd else case.partner_done_at or case.closed_at


def in_group(standing: Standing, task: UserTask) -> bool:
    """Whether a task is the work of the actor's role at all, claimed or not."""
    actor = standing.actor
    if task.role == CM:
        return standing.is_own_case
    if task.role == SUP:
        return standing.supervises
    if task.role == ESD:
        return standing.supervises or (actor.has(ESD) and standing.serves_office)
    return task.role == PM and actor.has(PM) and actor.area == standing.case.area_code


def is_given_to(actor: Actor, task: UserTask) -> bool:
    """Whether an open task of ESD was given to this very person, who holds both keys."""
    return task.is_esd and task.closed_at is None and task.assignee_id == actor.id and actor.holds_two_keys


def check_may_work(standing: Standing, task: UserTask) -> None:
    """Whether somebody may work on a task: role, office, agency, hold; `AssignedToAnother` comes last."""
    actor = standing.actor
    if not is_given_to(actor, task) and not in_group(standing, task):
        check_may_see(standing)
        raise NotAllowed(gettext("“{name}” is not a task of your role.").format(name=gettext(task.name)))
    if task.role == CM:
        _check_clearances(standing)
    if task.role == CM and (standing.case.held_at or standing.lapsed):
        raise HeldByAgreement()
    if task.assignee_id != actor.id and not is_free_for(actor, task):
        raise AssignedToAnother()


def is_free_for(actor: Actor, task: UserTask) -> bool:
    """Whether nobody holds a task, or somebody absent whose substitute the actor is."""
    return task.assignee_id is None or task.assignee_id in actor.covers


def check_may_see_task(standing: Standing, task: UserTask) -> None:
    """Whether somebody may open a task's page: those whose work it is, and those who may see such work of its case;
    no partner while the case shows number and state only."""
    if is_given_to(standing.actor, task) or (task.role != CM and in_group(standing, task)):
        return
    check_may_see(standing)
    if standing.roles == {CM} and standing.is_reduced:
        raise HeldByAgreement() if standing.lapsed or standing.case.held_at else NotAllowed()
    if task.is_esd and not (standing.is_esd or may_read_record(standing, task)):
        raise NotAllowed(gettext("This task is Employment Security's own work."))


def may_open_requests(actor: Actor) -> bool:
    """Whether somebody opens requests at all (domain 6.2): case managers; supervisors with both keys on their behalf."""
    return actor.has(CM) or (actor.has(SUP) and actor.holds_two_keys)


def check_two_keys(actor: Actor, role: str, fields: frozenset[str]) -> None:
    """Refuse ESD's work, and guarded answers in any lane, to anybody without both keys (X06, desk aid "Note")."""
    if (role in (ESD, SUP) or fields & GUARDED_FIELDS) and not actor.holds_two_keys:
        raise TwoKeysNeeded()
