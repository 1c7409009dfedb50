"""People, sent mail, settings, the history and emergency access in the API.

Passwords are chosen in the pages alone: a token must not be able to take an account over.
"""

from typing import Any

from flask import Response, g, jsonify
from pydantic import BaseModel

from web.api import api
from web.api import keeping_models as m
from web.api.models import IdempotencyHeader, NumberPath, UserPath
from web.audit import as_json, exported
from workflows.commands import accounts, keyed, role_requests, undelivered
from workflows.commands import people as people_commands
from workflows.commands.area_settings import change_setting
from workflows.commands.emergency_access import open_in_emergency
from workflows.queries import area_settings, audit, sent_mail
from workflows.queries import people as people_queries
from workflows.queries.audit import TrailFilters
from workflows.queries.emergency_access import emergency_view
from workflows.queries.people import PersonRow
from workflows.queries.sent_mail import Mailed, MailFilters

Answer = Response | tuple[Response, int]
DONE = m.Done()


def _json(model: BaseModel) -> Response:
    return jsonify(model.model_dump(mode="json"))


@api.get("/people", responses={"200": m.PersonList})
def list_people(query: m.PeopleQuery) -> Answer:
    """The people of the area, by name (administrator, supervisor, auditor)."""
    rows, following = people_queries.people(
        g.actor, query.q, query.role, query.office, query.state, query.after
    )
    return _json(m.PersonList(items=[_person(row) for row in rows], next=following))


@api.post("/people", responses={"201": m.PersonOut})
def add_person(body: m.NewPerson, header: IdempotencyHeader) -> Answer:
    """Add a person; a link to choose a password is mailed to them (administrator)."""
    username = keyed(header.idempotency_key, accounts.add_person)(g.actor, _given(body))
    return _json(_person(people_queries.person_row(g.actor, username))), 201


@api.get("/people/<string:username>", responses={"200": m.PersonOut})
def read_person(path: UserPath) -> Answer:
    """One person of the area."""
    return _json(_person(people_queries.person_row(g.actor, path.username)))


@api.patch("/people/<string:username>", responses={"200": m.PersonOut})
def change_person(path: UserPath, body: m.PersonChange) -> Answer:
    """Change a person; an ESD role that an administrator gives waits for a supervisor."""
    people_commands.change_person(g.actor, path.username, _given(body))
    return _json(_person(people_queries.person_row(g.actor, path.username)))


@api.get("/people/<string:username>/access", responses={"200": m.AccessOut})
def read_access(path: UserPath) -> Answer:
    """What opens the product for somebody now (administrator)."""
    return _access(people_queries.access_of(g.actor, path.username))


@api.delete("/people/<string:username>/access", responses={"200": m.Done})
def end_access(path: UserPath) -> Answer:
    """End all sessions and tokens of a person at once (administrator)."""
    people_commands.end_access(g.actor, path.username)
    return _json(DONE)


@api.post("/people/<string:username>/set-up-link", responses={"200": m.Done})
def send_link(path: UserPath) -> Answer:
    """Mail somebody a link to choose a new password (administrator)."""
    accounts.send_setup_link(g.actor, path.username)
    return _json(DONE)


@api.post("/people/<string:username>/roles/<string:role>/approve", responses={"200": m.PersonOut})
def approve_role(path: m.RolePath) -> Answer:
    """Approve that somebody gets an ESD role (ESD WIOA supervisor)."""
    role_requests.approve_role(g.actor, path.username, path.role)
    return _json(_person(people_queries.person_row(g.actor, path.username)))


@api.post("/people/<string:username>/roles/<string:role>/decline", responses={"200": m.PersonOut})
def decline_role(path: m.RolePath) -> Answer:
    """Do not give it (supervisor), or take the request back (administrator)."""
    role_requests.decline_role(g.actor, path.username, path.role)
    return _json(_person(people_queries.person_row(g.actor, path.username)))


@api.get("/sessions", responses={"200": m.AccessOut})
def list_sessions() -> Answer:
    """What opens the product for oneself now."""
    return _access(people_queries.own_access(g.actor))


@api.delete("/sessions/<int:id>", responses={"200": m.Done})
def end_session(path: m.SessionPath) -> Answer:
    """End one of one's own sessions."""
    accounts.end_session(g.actor, path.id)
    return _json(DONE)


@api.get("/outbox", responses={"200": m.MessageOfAreaList})
def list_outbox(query: m.OutboxQuery) -> Answer:
    """The messages of the area, newest first (administrator, program manager)."""
    filters = MailFilters(query.state, query.to, query.case, query.since, query.until)
    rows, following = sent_mail.sent_mail(g.actor, filters, query.before)
    items = [m.MessageOfAreaOut(**_message(row)) for row in rows]
    return _json(m.MessageOfAreaList(items=items, next=following))


@api.get("/outbox/<int:id>", responses={"200": m.MessageDetailOut})
def read_outbox(path: m.MessagePath) -> Answer:
    """One message and what happened to it."""
    row, happened = sent_mail.one_message(g.actor, path.id)
    told = [m.HappenedOut(**vars(one)) for one in happened]
    return _json(m.MessageDetailOut(**_message(row), happened=told))


@api.post("/outbox/<int:id>/send-again", responses={"200": m.Done})
def send_again(path: m.MessagePath) -> Answer:
    """Try a message again that could not be delivered."""
    undelivered.send_again(g.actor, path.id)
    return _json(DONE)


@api.post("/outbox/<int:id>/arrived", responses={"200": m.Done})
def confirm_arrival(path: m.MessagePath) -> Answer:
    """Say that a message arrived of which nobody knew."""
    undelivered.confirm_arrival(g.actor, path.id)
    return _json(DONE)


@api.get("/settings", responses={"200": m.SettingsOut})
def read_settings() -> Answer:
    """The settings of the area (administrator, program manager)."""
    return _settings()


@api.put("/settings/<string:name>", responses={"200": m.SettingsOut})
def put_setting(path: m.SettingPath, body: m.SettingBody) -> Answer:
    """Change a setting; what a mail may say, administrators alone."""
    change_setting(g.actor, path.name, body.value)
    return _settings()


@api.get("/audit", responses={"200": m.AuditList})
def list_audit(query: m.AuditQuery) -> Answer:
    """The history of the area, newest first (auditor, administrator)."""
    filters = TrailFilters(query.who, query.kind, query.case, query.since, query.until)
    rows, following = audit.trail(g.actor, filters, query.before)
    items = [m.AuditEventOut(**as_json(row), reason=row.reason) for row in rows]
    return _json(m.AuditList(items=items, next=following))


EXPORT: dict[Any, Any] = {
    "200": {
        "description": "The history in one file: a JSON document, or comma-separated values",
        "content": {
            "application/json": {"schema": {"type": "object", "properties": {"items": {"type": "array"}}}},
            "text/csv": {"schema": {"type": "string"}},
        },
    }
}


@api.get("/audit/export", responses=EXPORT)
def export_audit(query: m.ExportQuery) -> Answer:
    """The history as a file, without facts about clients (auditor); that it is taken out is written down."""
    return exported(query.form, TrailFilters(query.who, query.kind, query.case, query.since, query.until))


@api.get("/cases/<string:number>/emergency-access", responses={"200": m.EmergencyOut})
def read_emergency(path: NumberPath) -> Answer:
    """What an open emergency access shows; each look is written down."""
    return _emergency(path.number)


@api.post("/cases/<string:number>/emergency-access", responses={"201": m.EmergencyOut})
def open_emergency(path: NumberPath, body: m.EmergencyBody, header: IdempotencyHeader) -> Answer:
    """Open who the client is for half an hour, with a reason (administrator, auditor); supervisors are told."""
    keyed(header.idempotency_key, open_in_emergency)(g.actor, path.number, body.reason)
    return _emergency(path.number), 201


def _given(body: BaseModel) -> dict[str, Any]:
    """What the caller sent; what was left out is not changed."""
    return body.model_dump(exclude_unset=True, exclude_none=True)


def _person(row: PersonRow) -> m.PersonOut:
    kept = {name: getattr(row.person, name) for name in m.PersonOut.model_fields if hasattr(row.person, name)}
    return m.PersonOut(
        **kept,
        agency=row.person.agency_code,
        roles=row.roles,
        roles_asked=[one.role for one in row.asked],
        offices=row.offices,
        backup=row.backup,
        lift_asked=row.lift is not None,
        missing=list(row.missing),
    )


def _access(found: people_queries.Access) -> Response:
    sessions = [m.SessionOut(**vars(one)) for one in found.sessions]
    return _json(m.AccessOut(sessions=sessions, tokens=found.tokens, link_until=found.link_until))


def _message(row: Mailed) -> dict[str, Any]:
    sent = row.message
    names = ("id", "to", "queued_at", "sent_at", "attempts", "next_attempt_at", "error")
    return {name: getattr(sent, name) for name in names} | {
        "about": sent.words,
        "username": row.username,
        "state": row.state,
    }


def _settings() -> Response:
    view = area_settings.settings_view(g.actor)
    closed = [{"day": day.isoformat(), "name": name} for day, name in view.closed.items()]
    opened = [holiday.day.isoformat() for holiday in view.holidays if not holiday.kept]
    return _json(
        m.SettingsOut(
            labels={label.key: label.value for label in view.labels},
            hours={"opens": f"{view.opens:%H:%M}", "closes": f"{view.closes:%H:%M}"},
            holidays={"opened": opened, "closed": closed},
            mail={"detail": view.mail.detail, "domains": list(view.mail.domains)},
        )
    )


def _emergency(number: str) -> Response:
    view = emergency_view(g.actor, number)
    return _json(
        m.EmergencyOut(
            number=view.number, status=view.status_words, until=view.until, client=dict(view.facts)
        )
    )
