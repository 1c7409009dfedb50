"""Data-sharing agreements in the API."""

from flask import Response, g, jsonify

from web.api import api
from web.api.agreement_models import (
    AgreementBody,
    AgreementList,
    AgreementOut,
    AgreementPath,
    AgreementRowOut,
    DecidedList,
    DecidedOut,
    DecisionsBody,
    HeldCaseOut,
    NewAgreement,
    WarningOut,
)
from web.api.models import IdempotencyHeader
from workflows.commands import agreement_decisions, agreements, keyed
from workflows.queries import agreements as queries
from workflows.queries.agreement_view import agreement_view
from workflows.queries.agreements import AgreementRow


@api.get("/agreements", responses={"200": AgreementList})
def list_agreements() -> Response:
    """All agreements of the area."""
    items = [_row(row) for row in queries.agreements(g.actor)]
    return jsonify(AgreementList(items=items).model_dump(mode="json"))


@api.post("/agreements", responses={"201": AgreementOut})
def enter_agreement(body: NewAgreement, header: IdempotencyHeader) -> tuple[Response, int]:
    """Enter an agreement (program manager, administrator)."""
    number = body.number.strip()
    keyed(header.idempotency_key, agreements.save_agreement)(g.actor, number, _values(body), new=True)
    return _agreement(number), 201


@api.get("/agreements/<path:number>", responses={"200": AgreementOut})
def read_agreement(path: AgreementPath) -> Response:
    """One agreement, and the cases that depend on it."""
    return _agreement(path.number)


@api.post("/agreements/<path:number>", responses={"200": AgreementOut})
def change_agreement(path: AgreementPath, body: AgreementBody) -> Response:
    """Change, renew or suspend an agreement (program manager, administrator)."""
    queries.check_exists(g.actor, path.number)
    agreements.save_agreement(g.actor, path.number, _values(body))
    return _agreement(path.number)


@api.post("/agreements/<path:number>/decisions", responses={"200": DecidedList})
def decide(path: AgreementPath, body: DecisionsBody) -> Response:
    """Decide how cases on hold go on (T90, program manager); each is decided for itself."""
    done = agreement_decisions.decide_many(g.actor, path.number, body.cases, body.action)
    items = [DecidedOut(number=one.key, refused=one.why) for one in done]
    return jsonify(DecidedList(items=items).model_dump(mode="json"))


def _values(body: AgreementBody) -> dict[str, object]:
    return body.model_dump(exclude={"number"}, exclude_none=True)


def _agreement(number: str) -> Response:
    view = agreement_view(g.actor, number)
    out = AgreementOut(
        **_row(view.row).model_dump(),
        esd_manager=view.esd_manager,
        partner_manager=view.partner_manager,
        warnings=[WarningOut(days=one.days, on=one.on, given=one.given) for one in view.warnings],
        cases=[HeldCaseOut(number=c.number, held_at=c.held_at, decision=c.decision) for c in view.cases],
    )
    return jsonify(out.model_dump(mode="json"))


def _row(row: AgreementRow) -> AgreementRowOut:
    agreement = row.agreement
    return AgreementRowOut(
        number=agreement.number,
        agency=row.agency,
        kind=agreement.kind,
        status=agreement.status,
        starts_on=agreement.starts_on,
        ends_on=agreement.ends_on,
        days_left=row.days_left,
        in_force=row.shortcoming is None,
        shortcoming=row.shortcoming,
        managers=row.managers,
        open_cases=row.open_cases,
    )
