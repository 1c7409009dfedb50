"""How a person wants each message: by mail now, in the daily mail, or in the app alone (domain 5.1).

Every message is in the inbox whatever is chosen. Those that the procedure itself tells to send by e-mail cannot be
turned off (5512PRO 4, e and h), nor the one that tells an administrator of a mail that could not be delivered.
"""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.db import Base
from workflows.directory import directory
from workflows.language import marked
from workflows.people import ROLES
from workflows.privacy import ADM, CM, ESD, PM, SUP

WAYS = {
    "mail": marked("By e-mail at once"),
    "digest": marked("In the daily mail"),
    "app": marked("In the app only"),
}
STATES = {"mail": "waiting", "digest": "digest", "app": "app"}
"""The state in which a message begins that goes a way."""

CHOICES = {
    "N1": marked("A request was sent to the ESD WIOA supervisor"),
    "N2": marked("The change that you asked for was made"),
    "N3": marked("The client asked to remain opted out"),
    "N4": marked("A request was withdrawn or ended in another way"),
    "N5": marked("A record is to be checked by Employment Security"),
    "N6": marked("A reminder of an open task"),
    "N7": marked("A case that is late or needs a decision"),
    "N8": marked("The client has not called yet"),
    "N9": marked("You were assigned to work with a client"),
    "N10": marked("An agreement ends soon or is not in force"),
    "N11": marked("Access to a client’s record has ended"),
    "N12": marked("A message could not be delivered, or a webhook was turned off"),
    "N13": marked("A role, a lifted restriction or a publication waits for approval"),
    "N14": marked("Who a client is was opened in an emergency"),
    "N15": marked("A link to choose a password"),
    "N16": marked("You stand in for somebody who is absent"),
    "N17": marked("A mail that your area has added to the procedure"),
}
"""The messages by their numbers (to N12 those of domain 5.1), as their readers know them."""

DEMANDED = {
    "N1": marked("Step 4 of 5512PRO: e-mail the ESD WIOA supervisor."),
    "N2": marked("Step e of 5512PRO: e-mail the partner staff back that the change was made."),
    "N3": marked("Step h of 5512PRO: notify the partner staff that the client remains opted out."),
    "N12": marked("Somebody must learn of it even when nobody looks into the app."),
    "N14": marked("Those who answer for a client’s privacy must learn of it at once."),
    "N15": marked("Without a password nobody can look into the app."),
}
"""The messages that are always mailed at once, and why."""

READERS = {
    "N1": {SUP},
    "N2": {CM},
    "N3": {CM},
    "N4": {CM},
    "N5": {SUP},
    "N6": {CM, SUP, ESD, PM},
    "N7": {SUP, PM},
    "N8": {CM},
    "N9": {ESD, SUP},
    "N10": {CM, SUP, PM},
    "N11": {CM},
    "N12": {ADM},
    "N13": {SUP, PM},
    "N14": {SUP, ADM},
    "N15": frozenset(ROLES),
    "N16": {SUP, ESD},
    "N17": {CM, SUP, ESD, PM},
}
"""Who may be sent a message at all; nobody is asked about others."""


class MailChoice(Base):
    """How one person wants one message; without a row it is mailed at once. `message` is its number, `way` of `WAYS`."""

    __tablename__ = "mail_choice"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    message: Mapped[str] = mapped_column(primary_key=True)
    way: Mapped[str]


def way_for(db: Session, person_id: int, message: str) -> str:
    """How somebody gets a message, read from the directory: whoever queues one asks no table."""
    if message in DEMANDED:
        return "mail"
    return directory(db).derived(db, _by_person).get((person_id, message), "mail")


def _by_person(db: Session) -> dict[tuple[int, str], str]:
    return {(row.person_id, row.message): row.way for row in directory(db).rows(db, MailChoice)}
