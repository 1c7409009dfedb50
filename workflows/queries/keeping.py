"""Who may be named on a form."""

from sqlalchemy import select

from workflows import privacy
from workflows.people import Person, PersonRole
from workflows.queries import query
from workflows.work import Work


@query
def case_managers(work: Work) -> list[tuple[str, str]]:
    """The case managers of the area as (user name, name), for opening a case on behalf of one."""
    if not work.actor.has(privacy.SUP):
        return []
    rows = (
        select(Person)
        .join(PersonRole)
        .where(PersonRole.role == privacy.CM, Person.area_code == work.actor.area)
    )
    return [(p.username, p.name) for p in work.db.scalars(rows.where(Person.active).order_by(Person.name))]
