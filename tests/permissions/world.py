"""The world of the matrix: everybody of `people`, one case for each state of `cases`, and a way to ask without a trace."""

import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, cast

import psycopg
import pytest
from sqlalchemy import Connection, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import services
from tests.desk import PAT, ROBIN, Desk
from tests.integration.acting import actor
from tests.permissions import people
from tests.permissions.cases import BY_KEY, STATES, State, after_the_lapse
from tests.permissions.people import Who
from web import api
from web.session import COOKIE
from workflows import db, sample
from workflows.absences import Absence
from workflows.cases import Case
from workflows.commands import people as sign_ins
from workflows.commands.accounts import send_setup_link
from workflows.commands.agreements import save_agreement
from workflows.commands.lift_requests import ask_lift
from workflows.commands.people import change_person, sign_in
from workflows.commands.tokens import create_token
from workflows.definitions import ProcessDefinition, deployed
from workflows.drafts import ProcessDraft
from workflows.incidents import CaseIncident
from workflows.organisations import Agency, Agreement, Area, Office
from workflows.outbox import OutboxMessage
from workflows.people import ApiToken, Person, PersonOffice, PersonRole, SetupLink, SignIn
from workflows.publications import Publication
from workflows.retention import RecordsHold, program_year_of
from workflows.settings import settings
from workflows.setup_links import token_of
from workflows.user_tasks import UserTask
from workflows.webhooks import Webhook, WebhookDelivery

BUILT = "optin_matrix"
"""The name of the database that each worker's own is copied from."""


@dataclass(frozen=True)
class Task:
    """An open task of a case: `holder` is a user name or empty."""

    id: str
    element: str
    role: str
    holder: str
    state: State

    @property
    def label(self) -> str:
        return self.element.split("_")[0]


@dataclass(frozen=True)
class Things:
    """What the routes that are about no case are asked about: ids in the area OLY unless they say otherwise."""

    message: int
    incident: int
    token: int
    absence: int
    version: int
    setup: str
    letter: int
    webhook: int
    delivery: int
    draft: int
    publication: int
    year: int
    kept: str
    held: str
    keys: dict[str, tuple[str, str]]


@dataclass(frozen=True)
class World:
    """What was built: the number of each case, its open tasks, and how each person proves who they are."""

    numbers: dict[str, str]
    tasks: list[Task]
    things: Things
    app: Any

    def state_of(self, number: str) -> State:
        """The state of a case by its number."""
        return BY_KEY[next(key for key, known in self.numbers.items() if known == number)]

    def ask(self, who: Who, method: str, path: str, body: dict[str, Any] | None = None) -> TestResponse:
        """One request as a person, of which nothing stays: pages with the session's cookie, the API with the token."""
        with nothing_stays():
            return self._answer(who, method, path, body)

    def _answer(self, who: Who, method: str, path: str, body: dict[str, Any] | None) -> TestResponse:
        session, token = self.things.keys.get(who.username, ("", ""))
        if not path.startswith("/api/"):
            browser = self.app.test_client()
            browser.set_cookie(COOKIE, session)
            as_json = path.startswith("/processes/drafts/") and path.endswith(("/files", "/check-expression"))
            sent = (
                body if as_json or body is None else {name: _uploaded(value) for name, value in body.items()}
            )
            return browser.open(path, method=method, **{"json" if as_json else "data": sent})
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.app.test_client().open(path, method=method, json=body, headers=headers)


def _uploaded(value: object) -> object:
    """The content of a file as a browser hands it over; each request reads one of its own."""
    return (io.BytesIO(value), "bundle.zip") if isinstance(value, bytes) else value


class Inside(Session):
    """A session that is a savepoint of a transaction that somebody else has open, with the ways of a `SharedSession`."""

    is_open = True

    def __init__(self, outer: Connection) -> None:
        super().__init__(outer, expire_on_commit=False, join_transaction_mode="create_savepoint")
        self.database = outer.engine

    @property
    def driver(self) -> psycopg.Connection:
        """The driver's connection, once the savepoint is there."""
        return cast(psycopg.Connection, self.connection().connection.driver_connection)

    def end(self) -> None:
        """Roll back to the savepoint what is not committed."""
        self.close()


@contextmanager
def nothing_stays() -> Iterator[None]:
    """All transactions of a request are savepoints of one that is rolled back in the end."""
    with db.database().connect() as connection, pytest.MonkeyPatch.context() as patch:
        outer = connection.begin()
        patch.setattr(db, "SharedSession", Inside)
        patch.setattr(db, "_write_and_commit", Session.commit)
        patch.setattr(db, "database", lambda url=None: connection)
        yield
        outer.rollback()


@contextmanager
def identified_once() -> Iterator[None]:
    """Whose a key is, is looked up with the first request of each person; as nothing stays, it remains so.

    Those who are refused are looked up each time. It saves a transaction of every request.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "actor_of_token", cache(api.actor_of_token))
        patch.setattr(sign_ins, "signed_in", cache(sign_ins.signed_in))
        yield


class Builder(Desk):
    """The same desk; it looks up the open tasks of a case in the database, because the lists are not the subject here."""

    def tasks(self, who: str, number: str) -> list[dict[str, Any]]:
        with db.transaction() as session:
            rows = select(UserTask).join(Case).where(Case.number == number, UserTask.closed_at.is_(None))
            return [{"id": task.id, "element": task.element} for task in session.scalars(rows)]


def built(servers: services.Servers, template: str) -> tuple[str, dict[str, Any]]:
    """The name of the built database and what is to be known of it; built once a run, by whichever worker is first."""
    kept = Path(os.environ[services.RUN]) / "matrix.json"
    with services.locked(kept.parent):
        if not kept.exists():
            services.execute(servers, f"CREATE DATABASE {BUILT} TEMPLATE {template}")
            with services.named(servers.database(BUILT)):
                known = _build(Builder())
            kept.write_text(json.dumps(known), "utf-8")
        return BUILT, json.loads(kept.read_text("utf-8"))


def opened(known: dict[str, Any]) -> World:
    """The world on the database that the settings name."""
    app = Desk().app
    app.config["WTF_CSRF_ENABLED"] = False
    return World(known["numbers"], _open_tasks(known["numbers"]), Things(**known["things"]), app)


def _open_tasks(numbers: dict[str, str]) -> list[Task]:
    keys = {number: key for key, number in numbers.items()}
    with db.transaction() as session:
        rows = select(UserTask, Case.number, Person.username).join(Case, Case.id == UserTask.case_id)
        rows = rows.outerjoin(Person, Person.id == UserTask.assignee_id).where(UserTask.closed_at.is_(None))
        return [
            Task(task.id, task.element, task.role, holder or "", BY_KEY[keys[number]])
            for task, number, holder in session.execute(rows.order_by(UserTask.id))
            if number in keys
        ]


def _build(desk: Desk) -> dict[str, Any]:
    with db.transaction() as session:
        _add_places(session)
        for who in people.ADDED:
            _add_person(session, who)
    numbers = {state.key: state.path(desk, state.client) for state in STATES}
    _write_notes(desk, numbers)
    save_agreement(actor(ROBIN), "K-TEST-901", {"agency": "LPS", "status": "suspended"})
    after_the_lapse(desk, numbers)
    keys = {who.username: (sign_in(who.username, sample.PASSWORD), create_token(who.username))
            for who in people.PEOPLE if who.username}  # fmt: skip
    ask_lift(actor("pat.windlass"), "ellis.fogharbor")
    change_person(actor("pat.windlass"), "ellis.fogharbor", {"roles": ["esd_staff", "esd_wioa_supervisor"]})
    send_setup_link(actor("pat.windlass"), "ellis.fogharbor")
    with db.transaction() as session:
        _make_inactive(session)
        return {"numbers": numbers, "things": {**_things(session, numbers), "keys": keys}}


def _write_notes(desk: Desk, numbers: dict[str, str]) -> None:
    """A shared note and one of ESD in every case whose supervisor may still write one."""
    for state in STATES:
        supervisor = "sue.eastsupervisor" if state.area == "EST" else "casey.thistledown"
        for kind, esd_only in (("sharednote", False), ("esdnote", True)):
            body = {"text": f"{state.name}{kind}", "esd_only": esd_only}
            answer = desk.call(supervisor, "POST", f"/cases/{numbers[state.key]}/notes", body)
            assert answer.status_code == 201, answer.get_data(as_text=True)


def _make_inactive(session: Session) -> None:
    """Some have left since they signed in; and no token's use is due to be noted."""
    gone = [who.username for who in people.PEOPLE if not who.active]
    session.execute(update(Person).where(Person.username.in_(gone)).values(active=False))
    session.execute(update(ApiToken).values(last_used_at=datetime.now(UTC) + timedelta(days=1)))
    session.execute(update(SignIn).values(last_used_at=datetime.now(UTC) + timedelta(days=1)))


def _things(session: Session, numbers: dict[str, str]) -> dict[str, Any]:
    message = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id).limit(1)).one()
    message.state = "unknown"
    case = session.scalars(select(Case).where(Case.number == numbers["submitted"])).one()
    now = datetime.now(UTC)
    incident = CaseIncident(
        case_id=case.id, area_code="OLY", same_as="matrix", tried="withdraw", subject=case.number, name="",
        element="", element_name="", kind="Incident", cause="SAMPLE", person_id=case.case_manager_id,
        private=False, draft_kept=False, count=1, first_at=now, last_at=now, status="open", reason="",
    )  # fmt: skip
    session.add(incident)
    session.flush()
    token = select(ApiToken.id).join(Person).where(Person.username == "avery.quillfeather").limit(1)
    version = deployed(session)
    assert version
    today = now.date()
    casey = session.scalars(select(Person.id).where(Person.username == "casey.thistledown")).one()
    gil = session.scalars(select(Person.id).where(Person.username == "gil.given")).one()
    absence = Absence(
        person_id=gil, substitute_id=casey, first_day=today + timedelta(days=100),
        last_day=today + timedelta(days=101), entered_by_id=casey, entered_at=now,
    )  # fmt: skip
    session.add(absence)
    session.flush()
    webhook, delivery = _webhook(session, case)
    return {
        "absence": absence.id,
        "message": message.id,
        "incident": incident.id,
        "token": session.scalar(token),
        "version": version.version,
        "setup": token_of(session.scalars(select(SetupLink).order_by(SetupLink.id.desc()).limit(1)).one()),
        "letter": _letter(session, "avery.quillfeather"),
        "webhook": webhook,
        "delivery": delivery,
        "draft": _draft(session, version.id),
        "publication": _publication(session, version.id),
        "year": _destroyed(session, numbers["opted_in"], numbers["withdrawn"]),
        "kept": numbers["in_contact"],
        "held": numbers["withdrawn"],
    }


def _destroyed(session: Session, closed: str, held: str) -> int:
    """The program year of a case that is anonymised; another one's records are on hold."""
    robin, now = session.scalars(select(Person.id).where(Person.username == ROBIN)).one(), datetime.now(UTC)
    kept = session.scalars(select(Case.id).where(Case.number == held)).one()
    session.add(RecordsHold(case_id=kept, reason="SAMPLE", placed_by_id=robin, placed_at=now))
    case = session.scalars(select(Case).where(Case.number == closed)).one()
    case.anonymised_at = now
    return program_year_of((case.closed_at or now).astimezone(settings().zone).date())


def _draft(session: Session, base: int) -> int:
    """A draft of the procedure of the area OLY."""
    robin, now = session.scalars(select(Person.id).where(Person.username == ROBIN)).one(), datetime.now(UTC)
    draft = ProcessDraft(
        key="opt_in_5512pro", area_code="OLY", base_id=base, row_version=1, begun_by_id=robin, begun_at=now,
        edited_by_id=robin, edited_at=now, files=session.get_one(ProcessDefinition, base).files,
    )  # fmt: skip
    session.add(draft)
    session.flush()
    return draft.id


def _publication(session: Session, base: int) -> int:
    """A publication of the area OLY that waits; nobody who may decide has proposed it."""
    pat = session.scalars(select(Person.id).where(Person.username == PAT)).one()
    version = session.get_one(ProcessDefinition, base)
    row = Publication(
        key=version.key, area_code="OLY", draft_id=0, base_id=base, files=version.files, sha256=version.sha256, reason="",
        note="SAMPLE", moves_cases=False, state="proposed", proposed_by_id=pat, proposed_at=datetime.now(UTC),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def _letter(session: Session, username: str) -> int:
    """A message in somebody's inbox."""
    mine = Person.username == username, OutboxMessage.state != "withheld"
    rows = select(OutboxMessage.id).join(Person, Person.id == OutboxMessage.recipient_id)
    return session.scalars(rows.where(*mine).order_by(OutboxMessage.id).limit(1)).one()


def _webhook(session: Session, case: Case) -> tuple[int, int]:
    """A webhook of the area OLY that is turned off, with an event that was delivered."""
    pat, now = (
        session.scalars(select(Person.id).where(Person.username == "pat.windlass")).one(),
        datetime.now(UTC),
    )
    hook = Webhook(
        area_code="OLY", url="https://hooks.example.org/", secret="SAMPLE", kinds=["case.held"], created_by_id=pat,
        created_at=now, disabled_at=now,
    )  # fmt: skip
    session.add(hook)
    session.flush()
    told = WebhookDelivery(
        webhook_id=hook.id, event_id="SAMPLE", kind="case.held", case_id=case.id, event_at=now, replayed=False,
        state="delivered", attempts=1, next_attempt_at=now, ended_at=now,
    )  # fmt: skip
    session.add(told)
    session.flush()
    return hook.id, told.id


def _add_places(session: Session) -> None:
    session.add(Area(code="EST", name="SAMPLE East"))
    session.flush()
    session.add(Office(code="EAST", name="WorkSource East (SAMPLE)", area_code="EST"))
    session.add(Agency(code="LPS", name="Lapsed Partner (SAMPLE)", area_code="OLY", is_esd=False))
    session.add(Agency(code="EWP", name="East Partner (SAMPLE)", area_code="EST", is_esd=False))
    session.add(Agency(code="EES", name="East Employment Security (SAMPLE)", area_code="EST", is_esd=True))
    session.flush()
    for number, agency in (("K-TEST-901", "LPS"), ("K-TEST-902", "EWP")):
        session.add(_agreement(number, agency))
    session.flush()


def _agreement(number: str, agency: str) -> Agreement:
    today = datetime.now(UTC).date()
    return Agreement(
        agency_code=agency, number=number, kind="data_sharing", basis="mou_with_wdc", basis_document="SAMPLE",
        starts_on=today - timedelta(days=100), ends_on=today + timedelta(days=400), status="active", warned=[],
    )  # fmt: skip


def _add_person(session: Session, who: Who) -> None:
    known = session.scalars(select(Person).where(Person.username == "avery.quillfeather")).one()
    cleared = {"trained_on": known.trained_on, "non_disclosure_on": known.non_disclosure_on}
    cleared |= {"eto_account_active": True}  # type: ignore[dict-item]
    if who.lacks:
        cleared[who.lacks] = False if who.lacks == "eto_account_active" else None  # type: ignore[assignment]
    person = Person(
        username=who.username, name=f"{who.username.replace('.', ' ').title()} (SAMPLE)",
        email=f"{who.username}@desk.example", password_hash=known.password_hash, agency_code=who.agency,
        area_code=who.area, is_esd_staff=who.esd, is_restricted_user=who.restricted, sample=True, **cleared,
    )  # fmt: skip
    session.add(person)
    session.flush()
    session.add_all(PersonRole(person_id=person.id, role=role) for role in who.roles)
    for backup, offices in ((False, who.offices), (True, who.backup)):
        session.add_all(PersonOffice(person_id=person.id, office_code=o, backup=backup) for o in offices)
