"""The staff of a simulation at work: they open requests, look into their lists, take tasks, do them late, or forget them.

Everybody sees and does through the queries and commands of the product, as themselves, and only what these allow.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.cases import Case, case_numbered
from workflows.commands import cases, user_tasks
from workflows.db import transaction
from workflows.definitions import MAIN_PROCESS, Bundle
from workflows.errors import DuplicateCase, Refused
from workflows.organisations import shortcoming_at
from workflows.outbox import MESSAGES, OutboxMessage
from workflows.people import Actor, actor_for, person_named
from workflows.queries.worklist import Row, worklist
from workflows.scenarios import read_usual
from workflows.simulation.chance import Chance
from workflows.simulation.clients import REACHED, Asked, Client, answers
from workflows.simulation.people import OFFICES, WITHOUT_AGREEMENT, Member
from workflows.simulation.world import World
from workflows.task_forms import offices_to_open_in, options_for
from workflows.user_tasks import UserTask, open_tasks

FIRST = "T1_QuickSearchOwnOffice"
VISITS = {2: 2, 3: 5, 4: 3}
"""How often a day somebody works through the list, with weights."""
LONGEST_VISIT = 150
MINUTES = (4.0, 16.0)
"""From how long to how long a task keeps somebody busy."""
NUDGES = tuple(kind for kind, number in MESSAGES.items() if number in ("N6", "N7", "N8"))
"""The messages that remind somebody of a case."""
WAITS = ("T7", "T8", "OO1")
"""Tasks after which nobody goes straight on with the case: the client was not reached, or is thinking it over."""
FRESH = timedelta(days=3)
"""So long somebody has a reminder in mind."""
CALLS_BY_ITSELF, CALLS_AFTER = 0.7, 1.6
"""The share of clients who call when they are asked to, and after how many days on average."""
DECIDES_BY_ITSELF, DECIDES_AFTER = 0.6, 6.0
"""The same for clients who were undecided."""


def label(element: str) -> str:
    """The short name of a task in the procedure: what stands before the first `_` of its id."""
    return element.split("_")[0]


def actor_named(username: str) -> Actor:
    """Somebody as the product knows them at this moment."""
    with transaction() as db:
        person = person_named(db, username)
        if person is None:
            raise LookupError(username)
        return actor_for(db, person)


@dataclass
class Known:
    """What a visitor to the list knows besides it, by case numbers: who was reminded of which cases lately, which
    clients are to be called, and which agencies' agreements are not in force."""

    nudged: frozenset[str]
    to_call: frozenset[str]
    lapsed: frozenset[str]


class Staff:
    """The staff, the clients of the requests that were begun (by case number), and what both do."""

    def __init__(self, world: World, members: list[Member]) -> None:
        self.world, self.plan = world, world.plan
        self.members = members
        self.clients: dict[str, Client] = {}
        self.left: set[str] = set()
        self._actors: dict[str, tuple[date, Actor]] = {}
        self.bundle = Bundle(MAIN_PROCESS, dict(self.plan.files))
        self.usual = read_usual(self.plan.files).answers

    def begin(self) -> None:
        """Plan the requests and the visits of all days."""
        for number in range(self.plan.cases):
            self._plan_request(number)
        for day in self.plan.business_days:
            for member in self.members:
                self._plan_visits(member, day)

    def actor(self, member: Member) -> Actor:
        """Somebody as the product knows them today, for whom they stand in included."""
        today = self.world.today
        day, actor = self._actors.get(member.username, (None, None))
        if actor is None or day != today:
            actor = actor_named(member.username)
            self._actors[member.username] = today, actor
        return actor

    def _plan_request(self, number: int) -> None:
        chance = self.plan.chance("request", number)
        day = self.plan.business_days[int(chance.between(0, len(self.plan.business_days)))]
        client = Client(number, chance.one_of(dict(zip(OFFICES, (5, 3, 2), strict=True))), chance)
        at = self.plan.moment(day, chance.between(8.2, 16))
        self.world.at(at, lambda: self.open(client))

    def _plan_visits(self, member: Member, day: date) -> None:
        chance = self.plan.chance("visits", member.username, day)
        hours = [chance.between(8.1, 16.2) for _ in range(chance.one_of(VISITS))]
        for hour in sorted(hours) if not member.is_away(day) else ():
            self.world.at(self.plan.moment(day, hour), partial(self.visit, member))

    def open(self, client: Client) -> None:
        """A case manager does not find a client and opens a request."""
        chance = self.plan.chance("opens", client.number)
        here = [
            one for one in self.members if one.role == "case_manager" and client.office in one.sample.offices
        ]
        present = [one for one in here if not one.is_away(self.world.today)] or here
        weights = {one: 0.2 if one.sample.agency == WITHOUT_AGREEMENT else 1.0 for one in present}
        member = chance.one_of(weights)
        actor = self.actor(member)
        with transaction() as db:
            form = self.bundle.forms[f"{FIRST}.json"]
            options = options_for(db, form, offices_to_open_in(db, actor))
        given = self._answers(client, Asked("T1", form, options, self.usual.get(FIRST, {})))
        try:
            opened = cases.start_case(actor, given)
        except Refused as refused:
            self.world.refusal(refused)
            return
        self.clients[opened.number] = client
        if not opened.shortcomings:
            self._go_on(member, opened.number, chance.between(3, 9))

    def _go_on(self, member: Member, number: str, minutes: float) -> None:
        """Go on with whatever of a case waits for somebody now."""
        with transaction() as db:
            tasks = open_tasks(db, case_numbered(db, number).id)
            mine = [task.id for task in tasks if task.assignee_id == self.actor(member).id]
        if mine:
            self.world.after(minutes, partial(self.complete, member, mine[-1], True))

    def visit(self, member: Member) -> None:
        """Look into the list, take up what is to be done, and leave the rest."""
        actor = self.actor(member)
        rows = self._listed(actor)
        known = self._known(actor, rows)
        busy = 0.0
        for row in rows:
            chance = self.plan.chance(
                "row", member.username, row.case, row.element, self.world.now.isoformat()
            )
            if not self._takes_up(member, row, known, chance):
                continue
            busy += chance.between(*MINUTES) * member.pace
            if busy > LONGEST_VISIT:
                return
            self._take(member, actor, row, known, chance, busy)

    def _listed(self, actor: Actor) -> list[Row]:
        """The list of somebody, in an order that is the same at every run."""
        view = "mine" if actor.has("case_manager") else "role"
        rows, after = [], None
        while True:
            page = worklist(actor, view, after)
            rows += page.items
            if (after := page.next) is None:
                return sorted(rows, key=lambda row: (str(row.due), row.case, row.element))

    def _known(self, actor: Actor, rows: list[Row]) -> Known:
        numbers = {row.case for row in rows}
        with transaction() as db:
            of_these = select(Case.number).where(Case.number.in_(numbers))
            to_call = of_these.where(Case.call_client)
            reminded = of_these.join(OutboxMessage, OutboxMessage.case_id == Case.id).where(
                OutboxMessage.recipient_id == actor.id,
                OutboxMessage.kind.in_(NUDGES),
                OutboxMessage.queued_at > self.world.now - FRESH,
            )
            lapsed = self._lapsed(db, of_these) if actor.has("program_manager") else frozenset()
            return Known(frozenset(db.scalars(reminded)), frozenset(db.scalars(to_call)), lapsed)

    def _lapsed(self, db: Session, of_these: Any) -> frozenset[str]:
        found = db.execute(of_these.add_columns(Case.agency_code))
        return frozenset(number for number, agency in found if shortcoming_at(db, agency, self.world.now))

    def _takes_up(self, member: Member, row: Row, known: Known, chance: Chance) -> bool:
        if row.assignee not in (None, member.username) or not (row.mine or row.may_claim):
            return False
        if row.assignee is None:
            self.left.discard(row.id)
        if row.case in known.nudged:
            return chance.happens(0.97)
        return row.id not in self.left and chance.happens(member.diligence)

    def _take(
        self, member: Member, actor: Actor, row: Row, known: Known, chance: Chance, minutes: float
    ) -> None:
        """Claim a task; then do it, wait for whoever it waits for, or forget it."""
        try:
            if not row.mine:
                user_tasks.claim(actor, row.id)
        except Refused as refused:
            self.world.refusal(refused)
            return
        if not self._is_ready(row, known):
            return
        if chance.happens(member.leaves):
            self.left.add(row.id)
            return
        self.world.after(minutes, partial(self.complete, member, row.id, False))

    def _is_ready(self, row: Row, known: Known) -> bool:
        """Whether there is something to do: the client has called or is to be called, the agreement is in force again."""
        client = self.clients[row.case]
        if label(row.element) == "T90":
            return row.case not in known.lapsed or self.plan.chance("lapse", row.case).happens(0.2)
        if label(row.element) != "T7":
            return True
        if client.calls_at and client.calls_at <= self.world.now:
            return True
        return self._is_to_be_called(client, row, known)

    def _is_to_be_called(self, client: Client, row: Row, known: Known) -> bool:
        """After an attempt, on the next day; after a contact, when reminded; at first, when the product says so."""
        if client.tried_at:
            return self.world.now - client.tried_at > timedelta(hours=20)
        if client.spoke_at:
            return row.case in known.nudged
        return row.case in known.to_call

    def complete(self, member: Member, task_id: str, fresh: bool) -> None:
        """Do a task and go on with the next one of the case that is one's own; `fresh`: in the flow of the request."""
        actor = self.actor(member)
        with transaction() as db:
            task = db.get(UserTask, task_id)
            if task is None or task.closed_at or (task.assignee_id or actor.id) != actor.id:
                return
            case = db.get_one(Case, task.case_id)
            number, element = case.number, task.element
            form = self.bundle.forms[task.form]
            options = options_for(db, form, actor.offices, case)
        client = self.clients[number]
        asked = Asked(label(element), form, options, self.usual.get(element, {}))
        if fresh and self.plan.chance("abandons", number, element).happens(0.012):
            self._abandon(actor, task_id, client, asked)
            return
        given = self._answers(client, asked)
        done = self._complete(actor, task_id, given)
        if done is None:
            return
        self._after(member, client, number, asked.label, given)
        if done.next_task and asked.label not in WAITS:
            minutes = self.plan.chance("next", number, element).between(*MINUTES) * member.pace / 2
            self.world.after(minutes, partial(self.complete, member, done.next_task, fresh))

    def _abandon(self, actor: Actor, task_id: str, client: Client, asked: Asked) -> None:
        """Save what was typed so far and never come back."""
        self.left.add(task_id)
        try:
            user_tasks.save_draft(actor, task_id, self._answers(client, asked))
        except Refused as refused:
            self.world.refusal(refused)

    def _complete(self, actor: Actor, task_id: str, given: dict[str, Any]) -> user_tasks.Completed | None:
        try:
            return user_tasks.complete(actor, task_id, given)
        except DuplicateCase:
            return user_tasks.complete(actor, task_id, {**given, "close_if_duplicate": True})
        except Refused as refused:
            self.world.refusal(refused)
            return None

    def _answers(self, client: Client, asked: Asked) -> dict[str, Any]:
        times = client.rounds.get(asked.label, 0)
        chance = self.plan.chance("answers", client.number, asked.label, times)
        certain = self._contact(client, chance) if asked.label == "T7" else {}
        return answers(client, asked, chance, self.world.now, certain)

    def _contact(self, client: Client, chance: Chance) -> Mapping[str, Any]:
        """How somebody of Employment Security and the client came to speak, or did not."""
        if client.calls_at and client.calls_at <= self.world.now:
            return {"contact_direction": "client_called", "contact_result": "reached"}
        return {"contact_direction": "we_called", "contact_result": chance.one_of(REACHED)}

    def _after(
        self, member: Member, client: Client, number: str, task: str, given: Mapping[str, Any]
    ) -> None:
        """What the client does next, and what the case manager hears of it."""
        client.rounds[task] = client.rounds.get(task, 0) + 1
        chance = self.plan.chance("client", client.number, task, client.rounds[task])
        if task == "T5":
            self._may_change_its_mind(member, number, chance)
        elif task in ("T6", "T8"):
            self._asked(client, task, given, chance)
        elif task == "T7":
            self._spoke(client, given, chance)
        elif task == "T11" and chance.happens(0.03):
            at = self.world.on_business_day(chance.between(2, 20), chance.between(9, 12))
            self.world.at(at, partial(self._opt_out_again, member, number))

    def _asked(self, client: Client, task: str, given: Mapping[str, Any], chance: Chance) -> None:
        client.asked_at = self.world.now
        calls = task == "T8" or chance.happens(CALLS_BY_ITSELF)
        if client.calls_at is None and calls and given.get("cm_reached", "yes") == "yes":
            client.tried_at = None
            client.calls_at = self.world.now + timedelta(days=chance.after(CALLS_AFTER))

    def _spoke(self, client: Client, given: Mapping[str, Any], chance: Chance) -> None:
        reached = given.get("contact_result") == "reached" and given.get("identity_verified") == "yes"
        client.calls_at = None
        client.tried_at = None if reached else self.world.now
        if reached:
            client.spoke_at = self.world.now
        if reached and given.get("decision") == "undecided" and chance.happens(DECIDES_BY_ITSELF):
            client.calls_at = self.world.now + timedelta(days=chance.after(DECIDES_AFTER))

    def _may_change_its_mind(self, member: Member, number: str, chance: Chance) -> None:
        """Few requests are withdrawn, and fewer should not have been made."""
        acts = {"": 97.0, "withdraw": 2.0, "opened_in_error": 1.0}
        name, days = chance.one_of(acts), chance.between(0.2, 4)
        if name:
            at = self.world.on_business_day(days, chance.between(9, 16))
            act = cases.withdraw if name == "withdraw" else cases.opened_in_error
            self.world.at(at, partial(self._steer, member, act, number))

    def _opt_out_again(self, member: Member, number: str) -> None:
        if again := self._steer(member, cases.opt_out_again, number):
            self.clients[again] = self.clients[number]

    def _steer(self, member: Member, act: Callable[[Actor, str], str | None], number: str) -> str | None:
        try:
            return act(self.actor(member), number)
        except Refused as refused:
            self.world.refusal(refused)
            return None
