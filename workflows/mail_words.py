"""The words of a message: the bundle's template filled with names that tell nothing about a client (domain 5.1)."""

from dataclasses import replace
from typing import TypeVar
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from notifications.mailer import Message
from notifications.own import render_own
from notifications.render import render_message
from workflows import draft_mails, mail_facts
from workflows.absences import Absence
from workflows.cases import Case, open_cases_of
from workflows.db import transaction
from workflows.definitions import bundle_of, deployed, learn_words
from workflows.directory import directory
from workflows.errors import NotFound
from workflows.instances import ProcessInstance
from workflows.language import ENGLISH, chosen, speaking
from workflows.organisations import Agency, Agreement, Office
from workflows.outbox import DAILY, OWN, PUBLICATION_WANTED, TEST, OutboxMessage
from workflows.people import Person, SetupLink, actor_for
from workflows.preferences import LANGUAGE, preferences_of
from workflows.privacy import may_read_agreements
from workflows.queries.digest import daily_values
from workflows.settings import settings
from workflows.setup_links import address_of
from workflows.time_words import words_for_age, words_for_date, words_for_day, words_for_time
from workflows.user_tasks import UserTask, open_tasks

T = TypeVar("T", Person, Office, Agency, Agreement)

ALLOWED_NAMES = frozenset(
    {
        "case_number",
        "office_name",
        "agency_name",
        "due",
        "link",
        "recipient_name",
        "task_name",
        "age",
        "date",
        "agreement_number",
        "agreement_end",
        "open_cases",
        "message_number",
        "person_name",
        "first_day",
        "last_day",
    }
)
"""All that a mail template may name. No name here is a fact about a client; those are in `mail_facts` alone."""


def compose(message_id: int) -> Message:
    """The finished e-mail of an outbox row, read and filled at this moment."""
    with transaction() as db:
        row, case, definition_id, thread = _read(db, message_id)
        person = _known(db, Person, row.recipient_id)
        message = (
            _own(db, row, person) if row.kind in OWN else _of_procedure(db, row, case, person, definition_id)
        )
        headers = {**message.headers, **_thread(row, thread)}
    return replace(message, headers=headers, returns_to=settings().bounce_address or "")


def _of_procedure(
    db: Session, row: OutboxMessage, case: Case | None, person: Person, definition_id: int | None
) -> Message:
    words, values = _words(db, row, person, definition_id), _values(db, row, case, person)
    if facts := mail_facts.facts_for(db, row, person):
        words, values = mail_facts.with_facts(words), values | facts
    return render_message(
        words,
        values,
        to=person.email,
        sender=settings().mail_from,
        message_id=row.message_id,
    )


def _thread(row: OutboxMessage, thread: str | None) -> dict[str, str]:
    """The headers by which a mail program shows the mails of a case together (RFC 5322 3.6.4): they refer to the first
    one to the same person, whose id is chance. Where that was never mailed, the others still belong together."""
    return {"In-Reply-To": thread, "References": thread} if thread and thread != row.message_id else {}


def _read(db: Session, message_id: int) -> tuple[OutboxMessage, Case | None, int | None, str | None]:
    """A message, its case, the id of the version that the case runs on, and the id of the first mail of the case to the
    same person."""
    first = aliased(OutboxMessage)
    thread = select(first.message_id).where(
        first.case_id == OutboxMessage.case_id, first.recipient_id == OutboxMessage.recipient_id
    )
    of_thread = thread.order_by(first.id).limit(1).scalar_subquery()
    query = select(OutboxMessage, Case, ProcessInstance.definition_id, of_thread)
    query = query.outerjoin(Case, Case.id == OutboxMessage.case_id)
    query = query.outerjoin(ProcessInstance, ProcessInstance.case_id == OutboxMessage.case_id)
    row, case, definition_id, known = db.execute(query.where(OutboxMessage.id == message_id)).one()
    return row, case, definition_id, known


def _own(db: Session, row: OutboxMessage, person: Person) -> Message:
    """A message of the product itself, or the test of another one, in the language of its recipient."""
    with speaking(preferences_of(db, person.id).get(LANGUAGE, ENGLISH)):
        learn_words(db)
        return _in_own_words(db, row, person)


def _in_own_words(db: Session, row: OutboxMessage, person: Person) -> Message:
    if row.kind == TEST:
        return draft_mails.message_of_test(row, person)
    values: dict[str, object] = {"date": words_for_day(row.queued_at)}
    if row.kind == DAILY:
        values |= daily_values(db, row, person)
    elif row.kind == PUBLICATION_WANTED:
        values |= {"link": f"{settings().public_url}/processes/publications/{row.about['publication']}"}
    else:
        webhook = row.about["webhook"]
        values |= {**row.about, "link": f"{settings().public_url}/admin/webhooks/{webhook}"}
    sender = settings().mail_from
    return render_own(
        row.kind, values, to=person.email, sender=sender, message_id=row.message_id, language=chosen()
    )


def _words(db: Session, row: OutboxMessage, person: Person, definition_id: int | None) -> dict[str, str]:
    """The words of a message in the version its case runs on; without a case, or in a version from before there was
    such a message, those of the deployed one."""
    if definition_id and (words := bundle_of(db, definition_id).mail(row.kind)):
        return words
    newest = deployed(db, area=person.area_code)
    if definition_id is None and newest is None:
        raise NotFound("No process is deployed, so there are no words for this message.")
    return bundle_of(db, newest.id).mail(row.kind) if newest else {}


def _known(db: Session, kind: type[T], key: object) -> T:
    """A row of the directory."""
    return directory(db).derived(db, _by_key)[kind, key]  # type: ignore[return-value]


def _by_key(db: Session) -> dict[tuple[type[object], object], object]:
    kinds = ((Person, "id"), (Office, "code"), (Agency, "code"), (Agreement, "id"))
    return {(kind, getattr(row, key)): row for kind, key in kinds for row in directory(db).rows(db, kind)}


def _values(db: Session, row: OutboxMessage, case: Case | None, person: Person) -> dict[str, object]:
    values: dict[str, object] = dict.fromkeys(ALLOWED_NAMES, "")
    values |= {"recipient_name": person.name, "link": settings().public_url}
    values |= {"date": words_for_day(row.queued_at)}
    if case:
        values |= _case_values(db, case, row, person)
    if "agreement" in row.about:
        values |= _agreement_values(db, _known(db, Agreement, row.about["agreement"]), person)
    if "absence" in row.about:
        values |= _absence_values(db, db.get_one(Absence, row.about["absence"]))
    if "message" in row.about:
        values |= _failed_values(db, db.get_one(OutboxMessage, row.about["message"]))
    return values | _account_values(db, row, person)


def _account_values(db: Session, row: OutboxMessage, person: Person) -> dict[str, object]:
    """Where the messages lead that are about people and not about a step of a case."""
    if "setup" in row.about:
        link = db.get_one(SetupLink, row.about["setup"])
        return {"link": address_of(link), "due": words_for_time(link.expires_at)}
    if "person" in row.about:
        about = db.get_one(Person, row.about["person"])
        return {"link": f"{settings().public_url}/admin/people/{about.username}"}
    if row.kind == "emergency_access" and row.case_id and "administrator" in actor_for(db, person).roles:
        return {"link": f"{settings().public_url}/audit?case={db.get_one(Case, row.case_id).number}"}
    return {}


def _case_values(db: Session, case: Case, row: OutboxMessage, person: Person) -> dict[str, object]:
    dues = [task.due_at for task in _tasks_for(db, case, person) if task.due_at]
    return {
        "case_number": case.number,
        "office_name": _known(db, Office, case.office_code).name,
        "agency_name": _known(db, Agency, case.agency_code).name,
        "due": words_for_time(min(dues)) if dues else "",
        "age": words_for_age(case.opened_at, row.queued_at),
        "task_name": row.about.get("task", ""),
        "link": f"{settings().public_url}/cases/{case.number}",
    }


def _tasks_for(db: Session, case: Case, person: Person) -> list[UserTask]:
    """The open tasks of a case that may be the work of somebody: a due time of another's task is none of theirs."""
    roles = actor_for(db, person).roles
    if "esd_wioa_supervisor" in roles:
        roles |= {"esd_staff"}
    return [task for task in open_tasks(db, case.id) if task.assignee_id == person.id or task.role in roles]


def _agreement_values(db: Session, agreement: Agreement, person: Person) -> dict[str, object]:
    """A partner's contract manager is told, but may not open the pages of agreements: no link leads there."""
    page = f"{settings().public_url}/admin/agreements/{quote(agreement.number)}"
    return {
        "agreement_number": agreement.number,
        "agreement_end": words_for_date(agreement.ends_on),
        "agency_name": _known(db, Agency, agreement.agency_code).name,
        "open_cases": open_cases_of(db, agreement.agency_code),
        "link": page if may_read_agreements(actor_for(db, person)) else "",
    }


def _absence_values(db: Session, absence: Absence) -> dict[str, object]:
    return {
        "person_name": db.get_one(Person, absence.person_id).name,
        "first_day": words_for_date(absence.first_day),
        "last_day": words_for_date(absence.last_day),
        "link": f"{settings().public_url}/work",
    }


def _failed_values(db: Session, failed: OutboxMessage) -> dict[str, object]:
    """Number and recipient alone: kind and case would tell administrators what only ESD may know (X14)."""
    return {
        "message_number": failed.id,
        "recipient_name": _known(db, Person, failed.recipient_id).name,
        "link": f"{settings().public_url}/admin/outbox",
    }
