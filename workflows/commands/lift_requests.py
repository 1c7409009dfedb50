"""Lifting the restriction of ESD staff: an administrator asks, an ESD WIOA supervisor approves (domain 6.2).

The restriction keeps a person from recording an opt-in or opt-out (desk aid, "Note"). Two people lift it; one may
impose it.
"""

from sqlalchemy import select

from workflows import history
from workflows.commands import command
from workflows.commands.approvals import lock_person, tell_supervisors
from workflows.errors import NotAllowed, NotNow
from workflows.language import gettext
from workflows.people import LiftRequest, Person
from workflows.work import Work


@command
def ask_lift(work: Work, username: str) -> None:
    """Ask that the restriction of an ESD staff member be lifted (administrator); asked twice, it is one request."""
    if not work.actor.has("administrator"):
        raise NotAllowed(gettext("Administrators ask to lift a restriction; a supervisor approves it."))
    person = lock_person(work, username)
    if not (person.is_esd_staff and person.is_restricted_user and person.active):
        raise NotNow(gettext("Only the restriction of active ESD staff can be lifted."))
    ask(work, person)


def ask(work: Work, person: Person) -> bool:
    """Write the request, unless one is open; the person is locked. Gives whether it is a new one."""
    if _open(work, person) is not None:
        return False
    work.db.add(LiftRequest(person_id=person.id, asked_by_id=work.actor.id or 0, asked_at=work.now))
    history.record(work, "restriction_lift_asked", user=person.username)
    tell_supervisors(work, person)
    return True


@command
def approve_lift(work: Work, username: str) -> None:
    """Lift the restriction: by a supervisor who holds both keys, and neither asked for it nor is that person."""
    if not (work.actor.has("esd_wioa_supervisor") and work.actor.holds_two_keys):
        raise NotAllowed(gettext("An ESD WIOA supervisor approves that a restriction is lifted."))
    person, request = _waiting(work, username)
    if work.actor.id in (request.asked_by_id, person.id):
        raise NotAllowed(gettext("Two people lift a restriction. Ask another supervisor to approve it."))
    if not (person.is_esd_staff and person.active):
        raise NotNow(gettext("This person is no longer active ESD staff. Decline the request."))
    _decide(work, request, approved=True)
    person.is_restricted_user = False
    history.record(work, "restriction_lift_approved", user=person.username)


@command
def decline_lift(work: Work, username: str) -> None:
    """Let the restriction stand: by a supervisor, or by an administrator who takes the request back."""
    if not work.actor.has("esd_wioa_supervisor", "administrator"):
        raise NotAllowed(gettext("Supervisors and administrators decline the request."))
    person, request = _waiting(work, username)
    _decide(work, request, approved=False)
    history.record(work, "restriction_lift_declined", user=person.username)


def _waiting(work: Work, username: str) -> tuple[Person, LiftRequest]:
    person = lock_person(work, username)
    request = _open(work, person)
    if request is None:
        raise NotNow(
            gettext("Nobody has asked to lift the restriction of this person, or it is decided already.")
        )
    return person, request


def _open(work: Work, person: Person) -> LiftRequest | None:
    waiting = LiftRequest.person_id == person.id, LiftRequest.decided_at.is_(None)
    return work.db.scalar(select(LiftRequest).where(*waiting))


def _decide(work: Work, request: LiftRequest, approved: bool) -> None:
    request.approved, request.decided_by_id, request.decided_at = approved, work.actor.id, work.now
