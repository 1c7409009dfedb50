"""Who may see and do what (domain 6.2, 6.3). Plain functions over an actor and rows; every door asks them.

Refusals that would tell a stranger that something exists are `NotFound`; those to people who may know are `NotAllowed`.
"""

from collections.abc import Mapping

from workflows.cases import Case
from workflows.errors import AssignedToAnother, HeldByAgreement, NotAllowed, NotFound, TwoKeysNeeded
from workflows.people import Actor
from workflows.user_tasks import UserTask, is_esd

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
    "esd": {
        phase: {SUP, ESD}
        for phase in ("contact", "opting_in", "offering", "closed_in", "closed_out", "on_hold")
    },
}
"""Fact group → phase → roles that may read it. `esd` is what ESD alone knows: contacts, identity, offer, notes."""

CLIENT_GROUP = {"interpreter": "aid", "aux_aid": "aid"}
"""The group of each client fact; those not named are in `client`."""


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


def roles_for(group: str, case: Case) -> frozenset[str]:
    """The roles that may read a group of facts in the case's present state."""
    allowed = set(_TO[group].get(phase(case), set()))
    if case.partner_view_ended_at:
        allowed.discard(CM)
    return frozenset(allowed)


RECORD_GROUP = {"T3_VerifyAccount": "lookup", "T4_RunOptOutLookup": "lookup"}
"""The fact group of a partner task's answers where it is not plain case data."""


def roles_for_record(case: Case, task: UserTask) -> frozenset[str]:
    """The roles that may read a task's answers in the case's present state; the form narrows it field by field."""
    everybody = frozenset({CM, ESD, SUP, PM, AUD})
    if is_esd(task.role):
        return everybody - {CM, PM}
    group = RECORD_GROUP.get(task.element)
    return everybody if group is None else roles_for(group, case) | {AUD}


def serves_office(actor: Actor, case_or_task: Case | UserTask, staffed: frozenset[str]) -> bool:
    """Whether an ESD person belongs to the group of an office: their own, or one without a supervisor in their area."""
    office = case_or_task.office_code
    if office in actor.offices:
        return True
    return office not in staffed and actor.area == case_or_task.area_code


def stands_in(actor: Actor, case: Case) -> bool:
    """Whether a backup supervisor has been let in by an escalation."""
    return case.backup_opened and case.office_code in actor.backup_offices


def is_own_case(actor: Actor, case: Case) -> bool:
    """Whether a partner's case manager belongs to the agency of a case."""
    return actor.has(CM) and actor.agency == case.agency_code


def supervises(actor: Actor, case: Case, staffed: frozenset[str]) -> bool:
    """Whether a supervisor is in the candidate group of a case, by office, by area or by escalation."""
    return actor.has(SUP) and (serves_office(actor, case, staffed) or stands_in(actor, case))


def check_may_see(actor: Actor, case: Case, staffed: frozenset[str], delegated: bool) -> None:
    """Whether somebody may open a case's page; each kind of stranger gets the answer that tells them nothing new."""
    if is_own_case(actor, case) or supervises(actor, case, staffed) or actor.has(AUD):
        return
    if actor.has(ESD) and delegated:
        return
    if actor.has(PM, ADM) and actor.area == case.area_code:
        raise NotAllowed("Program managers and administrators see a case's number, age and state only.")
    if actor.has(ESD) and serves_office(actor, case, staffed):
        raise NotAllowed("This case has not been given to you. Ask its supervisor.")
    raise NotFound(f"There is no case {case.number} that you may see.")


def reader_roles(actor: Actor, case: Case, staffed: frozenset[str], delegated: bool) -> frozenset[str]:
    """The roles in which somebody reads this very case; the facts shown follow from them."""
    roles = set()
    if is_own_case(actor, case):
        roles.add(CM)
    if supervises(actor, case, staffed):
        roles.add(SUP)
    if actor.has(ESD) and delegated:
        roles.add(ESD)
    roles |= actor.roles & {AUD, PM}
    return frozenset(roles)


def visible_facts(facts: Mapping[str, object], case: Case, roles: frozenset[str]) -> dict[str, object]:
    """The client facts that these roles may read in this state of the case."""
    return {
        name: value
        for name, value in facts.items()
        if roles & roles_for(CLIENT_GROUP.get(name, "client"), case) & {CM, SUP, ESD}
    }


def visible_outcome(case: Case, roles: frozenset[str]) -> str | None:
    """The outcome word: partner staff and others outside ESD learn only that the client remains opted out (X14)."""
    outcome = case.outcome
    if outcome and outcome.startswith("remained_opted_out_") and not roles & {SUP, ESD}:
        return "remained_opted_out"
    return outcome


def in_group(actor: Actor, task: UserTask, case: Case, staffed: frozenset[str]) -> bool:
    """Whether a task is the work of the actor's role at all, claimed or not."""
    if task.role == CM:
        return is_own_case(actor, case)
    if task.role == SUP:
        return supervises(actor, case, staffed)
    if task.role == ESD:
        return supervises(actor, case, staffed) or (actor.has(ESD) and serves_office(actor, case, staffed))
    if task.role == PM:
        return actor.has(PM) and actor.area == case.area_code
    return False


def check_may_work(actor: Actor, task: UserTask, case: Case, staffed: frozenset[str]) -> None:
    """Whether somebody may work on a task: role, office, agency and the hold; `AssignedToAnother` comes last."""
    delegated = task.assignee_id == actor.id and task.role in (SUP, ESD) and actor.has(ESD)
    if not delegated and not in_group(actor, task, case, staffed):
        check_may_see(actor, case, staffed, delegated=False)
        raise NotAllowed(f"“{task.name}” is not a task of your role.")
    if task.role == CM and case.held_at:
        raise HeldByAgreement()
    if task.assignee_id not in (None, actor.id):
        raise AssignedToAnother()


def check_may_see_task(actor: Actor, task: UserTask, case: Case, staffed: frozenset[str]) -> None:
    """Whether somebody may open a task's page: those whose work it is, and those who may see its case."""
    if in_group(actor, task, case, staffed):
        return
    check_may_see(actor, case, staffed, delegated=task.assignee_id == actor.id)


def check_two_keys(actor: Actor, role: str, fields: frozenset[str]) -> None:
    """Refuse ESD's work, and guarded answers in any lane, to anybody without both keys (X06, desk aid "Note")."""
    if (is_esd(role) or fields & GUARDED_FIELDS) and not actor.holds_two_keys:
        raise TwoKeysNeeded()
