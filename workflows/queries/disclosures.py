"""The ledger of disclosures: which facts about a client left, how, to whom, when, and what allowed it (domain 7.3).

It is read from the history, where every reading is written by whoever shows something. For one case it is for its
supervisors and auditors; over an area for auditors and administrators, with the trail (`queries.audit`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from workflows import access, privacy
from workflows.cases import Case, case_numbered
from workflows.disclosures import (
    BASES,
    CHANNEL_OF_MESSAGE,
    CHANNELS,
    FIELDS,
    KINDS,
    SENT,
    YOURS,
    field_words,
    told_by,
)
from workflows.emergency_access import EmergencyAccess
from workflows.errors import NotAllowed
from workflows.history import SEARCHED, HistoryEvent
from workflows.language import gettext
from workflows.organisations import Agency
from workflows.outbox import OutboxMessage
from workflows.past_forms import form_then
from workflows.people import Person
from workflows.privacy import Standing
from workflows.queries import query
from workflows.queries.sentences import tells_offer
from workflows.user_tasks import UserTask
from workflows.webhooks import WebhookDelivery
from workflows.work import Work


@dataclass(frozen=True)
class Disclosure:
    """One disclosure. `fields` are the short names of what was shown, `shown` the same in words; `where` the page;
    `clause` is empty for a rule of the product; `number` is that of its event in the case's history, for ESD alone,
    because a gap would tell (X14), and None for what stands elsewhere; `reason` that of an emergency access, for
    auditors."""

    at: datetime
    who: str
    organisation: str
    channel: str
    where: str
    fields: list[str]
    shown: list[str]
    basis: str
    basis_words: str
    clause: str
    number: int | None
    reason: str = ""


@dataclass(frozen=True)
class Ledger:
    """The disclosures of a case, oldest first."""

    number: str
    office: str
    rows: list[Disclosure]


@dataclass(frozen=True)
class Known:
    """What the rows of a ledger are told with: people and their agencies, messages by their ids, emergency accesses,
    and of each question the step that asks it."""

    people: dict[int, tuple[str, str]]
    messages: dict[str, OutboxMessage]
    reasons: dict[int, str]
    steps: dict[str, str]


def standing_of_teller(work: Work, number: str) -> Standing:
    """The standing of whoever may tell what was disclosed of a case: its supervisors, who answer the client's question, and
    auditors (domain 6.2)."""
    work.about["case"] = number
    standing = access.standing(work, case_numbered(work.db, number))
    privacy.check_may_see(standing)
    if not (standing.supervises or standing.audits):
        raise NotAllowed(gettext("Who was shown what of a case is told to its supervisors and to auditors."))
    return standing


@query
def case_disclosures(work: Work, number: str) -> Ledger:
    """Every disclosure of a case, for its supervisors and auditors; it says what was shown, never what it said."""
    standing = standing_of_teller(work, number)
    return Ledger(number, standing.case.office_code, disclosures_of(work, standing))


def disclosures_of(work: Work, standing: Standing) -> list[Disclosure]:
    """The rows of a case's ledger, as this reader may see them."""
    events = [*_of_chain(work, standing), *_searches(work, standing.case)]
    known = _known(work, standing, events)
    rows = [_row(standing, event, known) for event in events]
    return sorted([*rows, *_webhooks(work, standing.case)], key=lambda row: row.at)


def _of_chain(work: Work, standing: Standing) -> list[HistoryEvent]:
    """Those of the case's own chain; without messages that tell the answer to the offer, for others than ESD (X14)."""
    rows = select(HistoryEvent).where(HistoryEvent.case_id == standing.case.id, HistoryEvent.kind.in_(KINDS))
    found = work.db.scalars(rows.order_by(HistoryEvent.seq))
    return [one for one in found if standing.is_esd or one.kind not in SENT or not tells_offer(one)]


def _searches(work: Work, case: Case) -> Iterable[HistoryEvent]:
    """The searches by name that showed this case: they are one event each, however many cases they showed."""
    rows = select(HistoryEvent).where(searched_for(case.number))
    return work.db.scalars(rows)


def searched_for(number: str) -> ColumnElement[bool]:
    """The searches that showed a case, along the index of their numbers."""
    shown = func.string_to_array(HistoryEvent.detail["cases"].as_string(), ", ", type_=ARRAY(Text))
    return (
        HistoryEvent.case_id.is_(None)
        & (HistoryEvent.kind == literal(SEARCHED, literal_execute=True))
        & shown.contains([number])
    )


def _known(work: Work, standing: Standing, events: list[HistoryEvent]) -> Known:
    messages = select(OutboxMessage).where(OutboxMessage.case_id == standing.case.id)
    found = {row.message_id: row for row in work.db.scalars(messages)}
    accesses = select(EmergencyAccess.id, EmergencyAccess.reason)
    reasons = work.db.execute(accesses.where(EmergencyAccess.case_id == standing.case.id))
    people = {event.actor_id for event in events} | {row.recipient_id for row in found.values()}
    return Known(
        _people(work, people),
        found,
        {key: reason for key, reason in reasons} if standing.audits else {},  # noqa: C416
        _steps(work, standing),
    )


def _people(work: Work, ids: set[int | None]) -> dict[int, tuple[str, str]]:
    rows = select(Person.id, Person.name, Agency.name).join(Agency, Agency.code == Person.agency_code)
    return {
        key: (name, agency) for key, name, agency in work.db.execute(rows.where(Person.id.in_(ids - {None})))
    }


def _steps(work: Work, standing: Standing) -> dict[str, str]:
    """For each question that a task of the case asked, the task."""
    rows = select(UserTask).where(UserTask.case_id == standing.case.id).order_by(UserTask.opened_at.desc())
    tasks = [task for task in work.db.scalars(rows) if privacy.may_read_record(standing, task)]
    return {name: gettext(task.name) for task in tasks for name in form_then(work.db, task).names}


def _row(standing: Standing, event: HistoryEvent, known: Known) -> Disclosure:
    if event.kind in SENT:
        return _sent(standing, event, known)
    detail = event.detail
    fields = list(detail.get("fields", []))
    if standing.is_esd:
        fields += detail.get("esd_fields", [])
    basis = _basis(standing.case, event)
    who, organisation = known.people.get(event.actor_id or 0, ("", ""))
    return Disclosure(
        at=event.at,
        who=who,
        organisation=organisation,
        channel=detail.get("channel", ""),
        where=detail.get("where", ""),
        fields=fields,
        shown=shown_words(fields, known.steps),
        basis=basis,
        basis_words=gettext(BASES[basis].words) if basis in BASES else "",
        clause=BASES[basis].clause if basis in BASES else "",
        number=event.seq if event.case_id and standing.is_esd else None,
        reason=known.reasons.get(detail.get("access", 0), ""),
    )


def _basis(case: Case, event: HistoryEvent) -> str:
    """What allowed it; of a search, for this case."""
    basis = event.detail.get("basis", "")
    if event.kind != SEARCHED or not isinstance(basis, list):
        return str(basis)
    bases: dict[str, str] = dict(zip(event.detail["cases"].split(", "), basis, strict=False))
    return bases.get(case.number, "")


def shown_words(
    fields: Iterable[str], steps: Mapping[str, str], table: Mapping[str, str] = FIELDS
) -> list[str]:
    """What was shown, in words: facts by themselves, answers by the steps that ask them (`steps`: the name of the step for
    the short name of each question that is known). `table`: the words of facts; a fact that it leaves out is left out."""
    names = dict.fromkeys(fields)
    facts = [field_words(name, table) for name in names if name in table or name not in {*FIELDS, *steps}]
    asked = dict.fromkeys(steps[name] for name in names if name in steps and name not in FIELDS)
    listed = gettext("”, “").join(asked)
    return [*facts, *([gettext("answers to “{step}”").format(step=listed)] if asked else [])]


def _sent(standing: Standing, event: HistoryEvent, known: Known) -> Disclosure:
    """A message, to whom it went; what it told follows from its kind."""
    message = known.messages.get(event.detail.get("id", ""))
    field, clause = told_by(event.detail.get("message_kind"))
    who, organisation = known.people.get(message.recipient_id if message else 0, ("", ""))
    why = BASES["told"].words
    return Disclosure(
        at=event.at,
        who=who,
        organisation=organisation,
        channel=CHANNEL_OF_MESSAGE[event.kind],
        where="message",
        fields=[field],
        shown=[field_words(field)],
        basis="told",
        basis_words=gettext(why),
        clause=clause,
        number=event.seq if standing.is_esd else None,
    )


def _webhooks(work: Work, case: Case) -> Iterator[Disclosure]:
    """What other programs were told of the case. Each delivery has its own row, which is kept as the record of it."""
    rows = select(WebhookDelivery).where(
        WebhookDelivery.case_id == case.id, WebhookDelivery.state == "delivered"
    )
    why = BASES["webhook"].words
    for row in work.db.scalars(rows.order_by(WebhookDelivery.id)):
        yield Disclosure(
            at=row.ended_at or row.event_at,
            who=gettext("Webhook {number}").format(number=row.webhook_id),
            organisation="",
            channel="webhook",
            where="webhook",
            fields=["case_number"],
            shown=[field_words("case_number")],
            basis="webhook",
            basis_words=gettext(why),
            clause="",
            number=None,
        )


@dataclass(frozen=True)
class Line:
    """One line of the sheet for the client: who was shown what, how, from when to when, how often, and why they might."""

    who: str
    organisation: str
    channel: str
    shown: list[str]
    why: str
    clause: str
    times: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class Sheet:
    """What a client reads who asks who has seen their information; nothing on it says who the client is."""

    number: str
    made_at: datetime
    lines: list[Line]


@query
def sheet_for_client(work: Work, number: str) -> Sheet:
    """The ledger of a case put together by person, way and reason; messages and programs that were told no fact left out."""
    standing = standing_of_teller(work, number)
    told = [one for one in disclosures_of(work, standing) if one.fields != ["case_number"]]
    grouped: dict[tuple[str, ...], list[Disclosure]] = {}
    for one in told:
        grouped.setdefault((one.who, one.organisation, one.channel, one.basis), []).append(one)
    steps = _steps(work, standing)
    return Sheet(number, work.now, [_line(rows, steps) for rows in grouped.values()])


def _line(rows: list[Disclosure], steps: Mapping[str, str]) -> Line:
    first = rows[0]
    return Line(
        who=first.who or "Opt-In Desk",
        organisation=first.organisation,
        channel=gettext(CHANNELS.get(first.channel, "")),
        shown=shown_words((name for one in rows for name in one.fields), steps, YOURS),
        why=gettext(BASES[first.basis].to_client) if first.basis in BASES else "",
        clause=first.clause,
        times=len(rows),
        first_at=first.at,
        last_at=rows[-1].at,
    )
