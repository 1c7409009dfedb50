"""What the requests that two people decide have in common: the person locked, the supervisors told."""

from sqlalchemy import select

from workflows import outbox
from workflows.errors import NotFound
from workflows.language import gettext
from workflows.people import Person, people_who_hold_both_keys, people_with
from workflows.work import Work


def lock_person(work: Work, username: str) -> Person:
    """A person of the actor's area, locked, so that changes, requests and decisions come one after another.

    The lock leaves the key free: what the person does meanwhile can still be recorded under their name.
    """
    found = select(Person).where(Person.username == username).with_for_update(key_share=True)
    person = work.db.scalar(found)
    if person is None or person.area_code != work.actor.area:
        raise NotFound(gettext("There is no user named {username}.").format(username=username))
    return person


def tell_supervisors(work: Work, person: Person) -> None:
    """Tell those who may approve that something waits for them: supervisors with both keys, but those concerned."""
    keys = {one.id for one in people_who_hold_both_keys(work.db, person.area_code)}
    keys -= {person.id, work.actor.id or 0}
    supervisors = people_with(work.db, "esd_wioa_supervisor", area=person.area_code)
    able = [one for one in supervisors if one.id in keys]
    outbox.queue(work, "approval_wanted", None, able, person=person.id)
