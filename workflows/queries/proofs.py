"""The proof pack of a case: what the procedure demands, what proves it, and the part of the history that shows that
nothing was changed since; signed, and verified by others with Python alone (`standalone/verify_history.py`).

It is for supervisors of the case, and for auditors without who the client is (domain 6.2 "Export"). An auditor's pack of a
client who remains opted out ends where the partner was told: what comes after differs with the answer to the offer (X14).
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from workflows import clauses, privacy
from workflows.area_settings import labels_of
from workflows.cases import OUTCOMES, Case, TaskRecord, case_numbered
from workflows.commands import command
from workflows.commands.heads import sign_head
from workflows.definitions import OPT_OUT_AGAIN, Bundle, ProcessDefinition, bundle_of
from workflows.disclosures import basis_of, named
from workflows.heads import proof_of, public_key, sign
from workflows.history import PROVED, HistoryEvent, events_of, record, spelled_event
from workflows.instances import ProcessInstance
from workflows.language import chosen, gettext, small_first
from workflows.organisations import Agency, Office
from workflows.outbox import UNDELIVERED, OutboxMessage, messages_of
from workflows.past_forms import form_then
from workflows.people import Actor, Person, roles_in_words
from workflows.privacy import Standing
from workflows.proofs import EVIDENCE, EVIDENCE_AGAIN, FULL, Evidence
from workflows.queries import query
from workflows.queries.cases import may_list_step, visible_facts
from workflows.queries.disclosures import standing_of_teller
from workflows.settings import settings
from workflows.standalone import verify_history
from workflows.task_forms import options_for
from workflows.user_tasks import UserTask
from workflows.work import Work

REMAINS = "notify_partner_remains_opted_out"
DONE, MISSING, NOT_CALLED_FOR, ELSEWHERE = "done", "missing", "not_called_for", "elsewhere"


@dataclass(frozen=True)
class Item:
    """A piece of evidence as a pack has it: its clause in our words, whether it is `done`, `missing`, `not_called_for` or
    done `elsewhere` (with another case of the client), with `words` that say so; who did it and when; the answers that
    this reader may see as (name, question, answer); to whom a message went; the events that prove it, as number and
    hash."""

    key: str
    clause: str
    clause_words: str
    title: str
    state: str
    words: str
    who: str = ""
    who_id: int | None = None
    at: str | None = None
    office_time: str = ""
    answers: list[tuple[str, str, str]] = field(default_factory=list)
    sent_to: list[str] = field(default_factory=list)
    events: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Pack:
    """A proof pack: its head, the people named by the events, the items, the events, the signed head that covers them up to
    the event it names (None while there is none), and all of it as the file that is verified."""

    header: dict[str, Any]
    items: list[Item]
    events: list[dict[str, Any]]
    head: dict[str, Any] | None
    text: str

    @property
    def seal(self) -> dict[str, Any]:
        """The seal of the file."""
        last = self.text.rstrip("\n").rsplit("\n", 1)[1]
        found: dict[str, Any] = json.loads(last.removeprefix(verify_history.PACK_ENDS)[:-1])
        return found


@dataclass(frozen=True)
class Seen:
    """What the items are made of: the completed steps that the reader may know of with their answers, the messages, the
    events of the pack, the names of people."""

    standing: Standing
    bundle: Bundle
    records: list[tuple[TaskRecord, UserTask]]
    messages: list[tuple[OutboxMessage, Person]]
    events: list[HistoryEvent]
    names: dict[int, str]
    words: dict[str, str]


def proof_pack(actor: Actor, number: str, with_name: bool = False) -> Pack:
    """Make the proof pack of a case. That it was made is written down, the ends of all chains are signed, and then the pack
    is put together; `with_name` names the client, for supervisors alone."""
    _begin(actor, number, with_name)
    sign_head()
    return _pack(actor, number, with_name)


@command
def _begin(work: Work, number: str, with_name: bool) -> None:
    """Write down that a pack is made, with what it tells."""
    standing = standing_of_teller(work, number)
    answered = {name for item in items_of(work, _seen(work, standing)) for name, _, _ in item.answers}
    told = {"client_name"} if _name(work, standing, with_name) else set()
    record(
        work,
        PROVED,
        case_numbered(work.db, number, lock=True),
        esd_only=True,
        where="proof_pack",
        channel="api" if work.actor.channel == "api" else "export",
        fields=named(answered | told),
        basis=basis_of(standing),
    )


@query
def _pack(work: Work, number: str, with_name: bool) -> Pack:
    standing = standing_of_teller(work, number)
    seen = _seen(work, standing)
    items = items_of(work, seen)
    events = [{**spelled_event(event), "hash": event.hash} for event in seen.events]
    head = proof_of(work.db, standing.case.id, seen.events[-1].seq or 0)
    header = _header(work, seen, with_name)
    parts: list[dict[str, Any]] = [{"header": header}]
    parts += [{"person": {"id": key, "name": name}} for key, name in sorted(seen.names.items())]
    parts += [{"event": event} for event in events]
    parts += [{"item": asdict(item)} for item in items]
    parts += [{"head": head}] if head else []
    return Pack(header, items, events, head, verify_history.packed(parts, public_key(), sign))


def _evidence(case: Case) -> tuple[Evidence, ...]:
    return EVIDENCE_AGAIN if case.process_key == OPT_OUT_AGAIN else EVIDENCE


def _name(work: Work, standing: Standing, with_name: bool) -> str:
    """The client's name, if it is asked for by somebody who may read it."""
    if not (with_name and standing.supervises):
        return ""
    facts = visible_facts(work, standing)
    return " ".join(str(facts[name]) for name in ("client_first_name", "client_last_name") if facts.get(name))


def _header(work: Work, seen: Seen, with_name: bool) -> dict[str, Any]:
    case, last = seen.standing.case, seen.events[-1]
    definition = work.db.get_one(ProcessDefinition, work.db.get_one(ProcessInstance, case.id).definition_id)
    outcome = privacy.visible_outcome(seen.standing)
    return {
        "format": verify_history.PACK,
        "case": case.number,
        "case_id": case.id,
        "area": case.area_code,
        "office": work.db.get_one(Office, case.office_code).name,
        "agency": work.db.get_one(Agency, case.agency_code).name,
        "procedure": definition.key,
        "version": definition.version,
        "version_sha256": definition.sha256,
        "status": privacy.visible_status(seen.standing),
        "outcome": outcome or "",
        "client": _name(work, seen.standing, with_name),
        "made_at": work.now.isoformat(),
        "office_time": office_time(work.now),
        "made_by": work.actor.name,
        "made_as": roles_in_words(work.actor.roles),
        "language": chosen(),
        "last_event": last.seq,
        "ends_early": not seen.standing.is_esd and _told_to_remain(seen.events),
    }


def _told_to_remain(events: list[HistoryEvent]) -> bool:
    return any(_tells_to_remain(event) for event in events)


def _tells_to_remain(event: HistoryEvent) -> bool:
    return event.kind == "partner_told" and event.detail.get("decision") == "remain_opted_out"


def _seen(work: Work, standing: Standing) -> Seen:
    rows = select(TaskRecord, UserTask).join(UserTask, UserTask.id == TaskRecord.task_id)
    rows = rows.where(TaskRecord.case_id == standing.case.id).order_by(TaskRecord.completed_at)
    records = [(row, task) for row, task in work.db.execute(rows) if may_list_step(standing, task)]
    bundle = bundle_of(work.db, work.db.get_one(ProcessInstance, standing.case.id).definition_id)
    events = list(_up_to_the_offer(events_of(work.db, standing.case.id), standing))
    people = {event.actor_id for event in events} | {row.completed_by_id for row, _ in records}
    names = work.db.execute(select(Person.id, Person.name).where(Person.id.in_(people - {None})))
    return Seen(
        standing=standing,
        bundle=bundle,
        records=records,
        messages=messages_of(work.db, standing.case.id),
        events=events,
        names={key: name for key, name in names},  # noqa: C416
        words=_clause_words(bundle),
    )


def _up_to_the_offer(events: list[HistoryEvent], standing: Standing) -> Iterator[HistoryEvent]:
    """The events that a pack holds: all for ESD; for others none after the partner was told that the client remains opted
    out, because which come then, and how many, differs with the answer to the offer."""
    told: HistoryEvent | None = None
    for event in events:
        if told and not (event.at == told.at and event.detail.get("message_kind") == REMAINS):
            return
        yield event
        if not standing.is_esd and _tells_to_remain(event):
            told = event


def _clause_words(bundle: Bundle) -> dict[str, str]:
    """What each clause asks, in the words of the version that the case runs on."""
    try:
        return {one.number: gettext(one.text) for one in clauses.read(bundle.files)}
    except clauses.BadTrace:
        return {}


def items_of(work: Work, seen: Seen) -> list[Item]:
    """Every piece of evidence, in the order of the procedure, with what is missing said as missing."""
    found = [_item(work, seen, one) for one in _evidence(seen.standing.case)]
    branch = _branch(seen)
    ended = _ended_early(seen)
    last = max((place for place, item in enumerate(found) if item.state == DONE), default=-1)
    told = zip(_evidence(seen.standing.case), found, strict=True)
    return [
        item if item.state == DONE else _without(seen, item, one, branch, ended if place > last else "")
        for place, (one, item) in enumerate(told)
    ]


def _item(work: Work, seen: Seen, one: Evidence) -> Item:
    item = Item(one.key, one.clause, seen.words.get(one.clause, ""), gettext(one.words), MISSING, "")
    if one.message:
        return _of_message(seen, one, item)
    rows = [(row, task) for row, task in seen.records if one.is_proved_by(row.answers)]
    return _of_answers(work, seen, one, item, *rows[-1]) if rows else item


def _of_message(seen: Seen, one: Evidence, item: Item) -> Item:
    sent = [(row, person) for row, person in seen.messages if row.kind == one.message]
    ids = {row.message_id for row, _ in sent}
    events = [event for event in seen.events if event.detail.get("id") in ids]
    if not sent:
        return item
    at = events[0].at if events else min(row.queued_at for row, _ in sent)
    return replace(
        item,
        state=DONE,
        words=_sent_words(sent),
        who="Opt-In Desk",
        who_id=events[0].actor_id if events else None,
        at=at.isoformat(),
        office_time=office_time(at),
        sent_to=[person.name for _, person in sent],
        events=_refs(events),
    )


def _sent_words(sent: list[tuple[OutboxMessage, Person]]) -> str:
    """What became of the mails; one that came back was sent, and is not delivered."""
    if moments := [row.sent_at for row, _ in sent if row.state == "sent" and row.sent_at]:
        return gettext("Mailed {when}.").format(when=office_time(max(moments)))
    states = {row.state for row, _ in sent}
    if "unknown" in states:
        return gettext("Written; nobody knows whether the mail arrived.")
    if states & {*UNDELIVERED, "withheld"}:
        return gettext("Written, and not delivered by mail.")
    return gettext("Written; it is in the inbox of whoever is told.")


def _of_answers(work: Work, seen: Seen, one: Evidence, item: Item, row: TaskRecord, task: UserTask) -> Item:
    form, standing = form_then(work.db, task), seen.standing
    readable = form.readable(standing.roles) if privacy.may_read_record(standing, task) else frozenset()
    shown = {name: value for name, value in row.answers.items() if name in readable and name in one.asks}
    options = options_for(work.db, form, [standing.case.office_code], standing.case)
    events = [
        event
        for event in seen.events
        if (event.kind, event.element, event.at) == ("task_completed", row.element, row.completed_at)
    ]
    return replace(
        item,
        state=DONE,
        words=gettext("Done.") if shown else gettext("Done; the answer is not shown to your role."),
        who=seen.names.get(row.completed_by_id, ""),
        who_id=row.completed_by_id,
        at=row.completed_at.isoformat(),
        office_time=office_time(row.completed_at),
        answers=form.words(shown, options, labels_of(work.db, standing.case.area_code)),
        events=_refs(events),
    )


def _refs(events: list[HistoryEvent]) -> list[tuple[int, str]]:
    return [(event.seq or 0, event.hash) for event in events]


def _branch(seen: Seen) -> str:
    """What the client decided, as far as it is recorded: `opt_in`, `remain_opted_out`, or empty."""
    decided = [row.answers["decision"] for row, _ in seen.records if "decision" in row.answers]
    return seen.standing.case.told or next((one for one in reversed(decided) if one != "undecided"), "")


def _ended_early(seen: Seen) -> str:
    """In which words the case ended before the procedure was done; empty where it goes on or was done whole."""
    outcome = privacy.visible_outcome(seen.standing)
    if privacy.visible_closed_at(seen.standing) is None or outcome is None or outcome in FULL:
        return ""
    return gettext(OUTCOMES.get(outcome, ""))


def _without(seen: Seen, item: Item, one: Evidence, branch: str, ended: str) -> Item:
    """What is said of evidence that is not there."""
    elsewhere = one.branch and not one.message and _happened(seen, "answered_by_linked_case")
    if not ended and elsewhere:
        words = gettext("Recorded with another request of the same client.")
        return replace(item, state=ELSEWHERE, words=words)
    words = _not_called_for(seen, one, branch, ended)
    if words:
        return replace(item, state=NOT_CALLED_FOR, words=words)
    waits = one.branch and not branch
    missing = (
        gettext("Missing: the client has not decided yet ({clause}).")
        if waits
        else gettext("Missing: not done yet ({clause}).")
    )
    return replace(item, words=missing.format(clause=one.clause))


def _not_called_for(seen: Seen, one: Evidence, branch: str, ended: str) -> str:
    """Why the procedure does not ask for it in this case; empty where it does."""
    if ended:
        words = gettext("Not called for: the case ended before ({outcome}).")
        return words.format(outcome=small_first(ended))
    if one.branch and branch and one.branch != branch:
        return gettext("Not called for: the client decided otherwise.")
    if one.key in ("edit", "read_back") and _was_clear(seen):
        return gettext("Not called for: the Opt-Out box was clear already.")
    if one.key == "asked_to_call" and _happened(seen, "contact_made"):
        return gettext("Not called for: there was contact with the client before.")
    return ""


def _happened(seen: Seen, kind: str) -> bool:
    return any(event.kind == kind for event in seen.events)


def _was_clear(seen: Seen) -> bool:
    return any(row.answers.get("opt_out_box_was") == "clear" for row, _ in seen.records)


def office_time(moment: datetime) -> str:
    """A moment by the clock of the offices: `2026-11-30 09:00 PST`."""
    return f"{moment.astimezone(settings().zone):%Y-%m-%d %H:%M %Z}"
