"""ESD roles: an administrator asks for one, an ESD WIOA supervisor approves (domain 6.2)."""

from sqlalchemy import select

from workflows import history
from workflows.commands import command
from workflows.commands.approvals import lock_person, tell_supervisors
from workflows.errors import InvalidInput, NotAllowed, NotNow
from workflows.language import gettext
from workflows.people import (
    ESD_ROLES,
    PARTNER_ROLES,
    ROLES,
    Person,
    PersonRole,
    RoleRequest,
)
from workflows.work import Work


def check_roles(work: Work, person: Person, before: set[str], after: set[str]) -> None:
    """Refuse roles that do not exist, do not go together, or are not the actor's to change."""
    if unknown := after - set(ROLES):
        raise InvalidInput(
            fields={"roles": gettext("There is no role {roles}.").format(roles=", ".join(sorted(unknown)))}
        )
    _check_go_together(person, after)
    if (after ^ before) - ESD_ROLES and not work.actor.has("administrator"):
        raise NotAllowed(gettext("Supervisors change ESD roles only."))


def _check_go_together(person: Person, roles: set[str]) -> None:
    if roles & ESD_ROLES and roles & PARTNER_ROLES:
        raise InvalidInput(
            fields={"roles": gettext("A partner role and an ESD role cannot be held together.")}
        )
    if "case_manager" in roles and person.is_esd_staff:
        raise InvalidInput(
            fields={"roles": gettext("Employment Security staff cannot be a partner’s case manager.")}
        )
    if roles & ESD_ROLES and not person.is_esd_staff:
        raise InvalidInput(fields={"roles": gettext("Only Employment Security staff can hold an ESD role.")})


def roles_to_ask(work: Work, person: Person, before: set[str], wanted: set[str]) -> set[str]:
    """The new roles that the actor may only ask for: ESD roles, unless a supervisor gives them to somebody else."""
    new = (wanted - before) & ESD_ROLES
    if not work.actor.has("esd_wioa_supervisor"):
        return new
    if new and person.id == work.actor.id:
        raise NotAllowed(gettext("Nobody gives a role to themselves. Ask another supervisor."))
    return set()


def ask(work: Work, person: Person, roles: set[str]) -> None:
    """Write a request for each role, unless one is open, and tell the supervisors; the person is locked."""
    waiting = {request.role for request in waiting_for(work, person)}
    new = sorted(roles - waiting)
    for role in new:
        row = RoleRequest(person_id=person.id, role=role, asked_by_id=work.actor.id or 0, asked_at=work.now)
        work.db.add(row)
        history.record(work, "role_asked", user=person.username, role=role)
    if new:
        tell_supervisors(work, person)


@command
def approve_role(work: Work, username: str, role: str) -> None:
    """Give the role: by a supervisor who holds both keys, and neither asked for it nor is that person."""
    if not (work.actor.has("esd_wioa_supervisor") and work.actor.holds_two_keys):
        raise NotAllowed(gettext("An ESD WIOA supervisor approves that somebody gets an ESD role."))
    person = lock_person(work, username)
    request = _waiting(work, person, role)
    if work.actor.id in (request.asked_by_id, person.id):
        raise NotAllowed(gettext("Two people give an ESD role. Ask another supervisor to approve it."))
    held = set(work.db.scalars(select(PersonRole.role).where(PersonRole.person_id == person.id)))
    if not person.active:
        raise NotNow(gettext("This person may no longer sign in. Decline the request."))
    _check_go_together(person, held | {role})
    _decide(work, request, approved=True)
    if role not in held:
        work.db.add(PersonRole(person_id=person.id, role=role))
    history.record(work, "role_approved", user=username, role=role)


@command
def decline_role(work: Work, username: str, role: str) -> None:
    """Do not give it: by a supervisor, or by an administrator who takes the request back."""
    if not work.actor.has("esd_wioa_supervisor", "administrator"):
        raise NotAllowed(gettext("Supervisors and administrators decline the request."))
    person = lock_person(work, username)
    _decide(work, _waiting(work, person, role), approved=False)
    history.record(work, "role_declined", user=username, role=role)


def waiting_for(work: Work, person: Person) -> list[RoleRequest]:
    """The requests about a person that wait."""
    rows = select(RoleRequest).where(RoleRequest.person_id == person.id, RoleRequest.decided_at.is_(None))
    return list(work.db.scalars(rows.order_by(RoleRequest.id)))


def _waiting(work: Work, person: Person, role: str) -> RoleRequest:
    found = next((request for request in waiting_for(work, person) if request.role == role), None)
    if found is None:
        raise NotNow(gettext("Nobody has asked for this role, or it is decided already."))
    return found


def _decide(work: Work, request: RoleRequest, approved: bool) -> None:
    request.approved, request.decided_by_id, request.decided_at = approved, work.actor.id, work.now
