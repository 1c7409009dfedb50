"""The one mail that may name the client: N1 to the supervisors, where an area has chosen it (5512PRO 4, domain X12).

It may only where an administrator of the area allows it, to an address of a listed domain, over an encrypted connection
to the mail server, and to somebody who may read these facts in the case itself. Everybody else gets number and link.
"""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from notifications.mailer import is_encrypted
from workflows import access, clock, privacy
from workflows.area_settings import mail_detail
from workflows.cases import Case, ClientFacts
from workflows.outbox import OutboxMessage
from workflows.people import Person, actor_for
from workflows.settings import settings
from workflows.work import Work

KIND = "notify_supervisor"
FACTS = "facts"
"""The mark in `about` of a message that named the client; the history then says that the facts were read."""

TOLD = ["client_name", "contact", "reason"]
"""What such a message tells, as the ledger of disclosures names it."""

_LINES = (("Name", "client_name"), ("Telephone", "client_phone"), ("Reason", "client_reason"))


def facts_for(db: Session, row: OutboxMessage, person: Person) -> dict[str, str]:
    """What a message tells of the client beside the link, by the names of `with_facts`; usually nothing.

    The row is marked when it is something.
    """
    if row.kind != KIND or row.case_id is None or not is_encrypted(settings().smtp_url):
        return {}
    case = db.get_one(Case, row.case_id)
    if not mail_detail(db, case.area_code).may_be_told(person.email):
        return {}
    facts = _readable(db, case, person)
    if facts:
        row.about = {**row.about, FACTS: True}
    return facts


def _readable(db: Session, case: Case, person: Person) -> dict[str, str]:
    """The three facts of step 4, as far as the recipient may read them in the case at this moment."""
    kept = db.get(ClientFacts, case.id)
    standing = access.standing(Work(db, actor_for(db, person), clock.now()), case)
    if kept is None or not standing.supervises:
        return {}
    seen = privacy.visible_facts(kept.facts, standing)
    names = (str(seen.get(name) or "") for name in ("client_first_name", "client_last_name"))
    return {
        "client_name": " ".join(name for name in names if name),
        "client_phone": str(seen.get("phone") or "none given; see the request"),
        "client_reason": str(seen.get("reason") or ""),
    }


def with_facts(words: Mapping[str, str]) -> dict[str, str]:
    """The words of the mail with a line for each fact below them; the subject never holds one."""
    text = "\n".join(f"{label}: {{{{ {name} }}}}" for label, name in _LINES)
    html = "".join(f"<p>{label}: {{{{ {name} }}}}</p>" for label, name in _LINES)
    more = {"body.txt": f"\n\n{text}\n", "body.html": f"\n{html}"}
    return {part: said + more.get(part, "") for part, said in words.items()}
