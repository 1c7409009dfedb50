"""Disclosures, the file of a case, proof packs and records in the API."""

from datetime import datetime
from typing import Any, Literal

from flask import Response, g, jsonify
from pydantic import BaseModel, Field

from web.api import api
from web.api.cases import case_out
from web.api.keeping_models import DAY, AuditEventOut, AuditList, Done
from web.api.models import CaseOut, EventOut, IdempotencyHeader, MessageOut, NumberPath, OnePage, Strict
from web.audit import as_json, exported
from web.downloads import saved_as
from workflows.commands import keyed
from workflows.commands.retention import end_hold, place_hold
from workflows.queries import audit
from workflows.queries.audit import TrailFilters
from workflows.queries.case_exports import FORMAT, ExportedCase, exported_case
from workflows.queries.disclosures import Disclosure, case_disclosures
from workflows.queries.proofs import proof_pack
from workflows.queries.retention import certificate, retention_view

Answer = Response | tuple[Response, int]
Channel = Literal["", "screen", "api", "mail", "app", "export"]


class DisclosureOut(BaseModel):
    """A disclosure: who was shown what, how, when, and what allowed it. `fields` are short names, `shown` words;
    `number` is the event of the case's history, where the reader may know it."""

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
    reason: str


class DisclosureList(OnePage):
    """The disclosures of a case, oldest first."""

    items: list[DisclosureOut]


class DisclosuresWanted(BaseModel):
    """Which disclosures of the area."""

    who: str = Field("", max_length=80)
    case: str = Field("", max_length=40)
    channel: Channel = ""
    since: str = Field("", pattern=DAY)
    until: str = Field("", pattern=DAY)


class DisclosuresQuery(DisclosuresWanted):
    """Which disclosures of the area; `before` is the `next` of the page before."""

    before: int | None = Field(None, ge=1, le=2_000_000_000)


class DisclosureExportQuery(DisclosuresWanted):
    """Which disclosures of the area, and in which form."""

    form: Literal["csv", "json"] = "json"


class Answered(BaseModel):
    """An answer in words."""

    name: str
    question: str
    answer: str


class StepOfFile(BaseModel):
    """A completed step with its answers: `step` is the clause of the procedure, `element` its id in the diagram."""

    id: str
    process: str
    element: str
    name: str
    step: str
    who: str
    at: datetime
    answers: list[Answered]


class CaseFileOut(BaseModel):
    """Everything that a supervisor may see of a case, in one file. `client` of `case` has the facts by their short names,
    `client_words` as (question, answer)."""

    format: Literal["opt-in-desk-case-file/1"]
    made_at: datetime
    made_by: str
    case: CaseOut
    client_words: list[tuple[str, str]]
    steps: list[StepOfFile]
    messages: list[MessageOut]
    history: list[EventOut]
    disclosures: list[DisclosureOut]


class ProofQuery(BaseModel):
    """Whether the pack is to name the client; only for those who may read the name."""

    name: bool = False


class HoldOut(BaseModel):
    """A case whose records are on hold."""

    number: str
    reason: str
    placed_by: str
    placed_at: datetime


class DestroyedOut(BaseModel):
    """How many cases of a program year (by the year in which it ends) were anonymised, from when to when."""

    year: int
    cases: int
    first_at: datetime
    last_at: datetime


class RecordsOut(BaseModel):
    """What is kept and what was destroyed; `due` counts the cases that the next run anonymises."""

    holds: list[HoldOut]
    destroyed: list[DestroyedOut]
    due: int


class HoldBody(Strict):
    """The case whose records are to be kept, and for which request or court."""

    number: str = Field(max_length=40)
    reason: str


class YearPath(BaseModel):
    """The year in which a program year ends."""

    year: int = Field(ge=1900, le=9999)


class CertificateOut(DestroyedOut):
    """The certificate of destruction for a program year."""

    area: str
    numbers: list[str]


@api.get("/cases/<string:number>/disclosures", responses={"200": DisclosureList})
def read_disclosures(path: NumberPath) -> Answer:
    """Which facts of a case left, how, to whom and why they might (supervisor of the case, auditor)."""
    ledger = case_disclosures(g.actor, path.number)
    return _json(DisclosureList(items=[disclosure_out(one) for one in ledger.rows]))


@api.get("/disclosures", responses={"200": AuditList})
def list_disclosures(query: DisclosuresQuery) -> Answer:
    """The disclosures of the area, newest first (auditor, administrator)."""
    rows, following = audit.trail(g.actor, _filters(query), query.before)
    return _json(
        AuditList(items=[AuditEventOut(**as_json(row), reason=row.reason) for row in rows], next=following)
    )


TABLE: dict[Any, Any] = {
    "200": {
        "description": "The disclosures in one file: a JSON document, or comma-separated values",
        "content": {
            "application/json": {"schema": {"type": "object", "properties": {"items": {"type": "array"}}}},
            "text/csv": {"schema": {"type": "string"}},
        },
    }
}


@api.get("/disclosures/export", responses=TABLE)
def export_disclosures(query: DisclosureExportQuery) -> Answer:
    """The disclosures of the area as a file (auditor); that it is taken out is written down."""
    return exported(query.form, _filters(query))


@api.get("/cases/<string:number>/file", responses={"200": CaseFileOut})
def read_case_file(path: NumberPath) -> Answer:
    """The file of a case (its supervisors); that it is taken out is written down."""
    return _json(file_out(exported_case(g.actor, path.number)))


PACK: dict[Any, Any] = {
    "200": {
        "description": "A proof pack: a JSON document with a part on each line and a signed seal, to be kept byte for byte",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "pack": {"type": "array", "items": {"type": "object"}},
                        "seal": {"type": "object"},
                    },
                }
            }
        },
    }
}


@api.get("/cases/<string:number>/proof", responses=PACK)
def read_proof(path: NumberPath, query: ProofQuery) -> Answer:
    """The proof pack of a case (its supervisors, auditors), verified with Python alone; keep it byte for byte."""
    pack = proof_pack(g.actor, path.number, query.name)
    return saved_as(f"{path.number}-proof.json", "application/json", [pack.text])


@api.get("/records", responses={"200": RecordsOut})
def read_records() -> Answer:
    """What is on hold, and what was destroyed when (administrator, program manager, auditor)."""
    view = retention_view(g.actor)
    return _json(
        RecordsOut(
            holds=[HoldOut(**vars(one)) for one in view.holds],
            destroyed=[DestroyedOut(**vars(one)) for one in view.destroyed],
            due=view.due,
        )
    )


@api.post("/records/holds", responses={"201": Done})
def hold_records(body: HoldBody, header: IdempotencyHeader) -> Answer:
    """Keep the records of a case for a records request or a court (administrator, program manager)."""
    keyed(header.idempotency_key, place_hold)(g.actor, body.number, body.reason)
    return _json(Done()), 201


@api.delete("/records/holds/<string:number>", responses={"200": Done})
def release_records(path: NumberPath) -> Answer:
    """End the hold on the records of a case (administrator, program manager)."""
    end_hold(g.actor, path.number)
    return _json(Done())


@api.get("/records/certificates/<int:year>", responses={"200": CertificateOut})
def read_certificate(path: YearPath) -> Answer:
    """The certificate of destruction for a program year (administrator, program manager, auditor)."""
    found = certificate(g.actor, path.year)
    return _json(CertificateOut(**vars(found.destroyed), area=found.area, numbers=found.numbers))


def disclosure_out(one: Disclosure) -> DisclosureOut:
    """A disclosure as the API gives it."""
    return DisclosureOut(**vars(one))


def file_out(found: ExportedCase) -> CaseFileOut:
    """The file of a case as the API and the download give it."""
    view = found.view
    return CaseFileOut(
        format=FORMAT,
        made_at=found.made_at,
        made_by=found.made_by,
        case=case_out(view),
        client_words=view.facts,
        steps=[
            StepOfFile(
                **{
                    name: getattr(step, name)
                    for name in StepOfFile.model_fields
                    if name not in ("id", "answers")
                },
                id=step.task_id,
                answers=[Answered(name=n, question=q, answer=a) for n, q, a in step.answers],
            )
            for step in view.steps
        ],
        messages=[
            MessageOut(**{name: getattr(row, name) for name in MessageOut.model_fields})
            for row in found.messages
        ],
        history=[
            EventOut(at=e.at, who=e.who, kind=e.kind, element=e.element, words=e.words) for e in found.history
        ],
        disclosures=[disclosure_out(one) for one in found.disclosures],
    )


def _filters(query: DisclosuresWanted) -> TrailFilters:
    return TrailFilters(**query.model_dump(include=set(DisclosuresWanted.model_fields)), shows=True)


def _json(model: BaseModel) -> Response:
    return jsonify(model.model_dump(mode="json"))
