"""Publishing in the API: the proof of a draft, proposing it, and what a second person decides."""

from flask import Response, g, jsonify

from web.api import api
from web.api.models import IdempotencyHeader
from web.api.publication_models import (
    ApprovedPublication,
    CheckOut,
    CheckProblem,
    DeclineReason,
    DraftPath,
    MovedCase,
    MovedCaseList,
    MovedCasesQuery,
    ProofOut,
    Proposal,
    PublicationList,
    PublicationOut,
    PublicationPath,
    PublicationRef,
)
from workflows.commands import keyed
from workflows.commands import publications as commands
from workflows.language import gettext
from workflows.publication_checks import Check
from workflows.queries import publications as queries
from workflows.queries.publications import Prospect, PublicationView


@api.get("/processes/drafts/<int:id>/proof", responses={"200": ProofOut})
def read_draft_proof(path: DraftPath, query: MovedCasesQuery) -> Response:
    """What is checked of a draft, and what becomes of each open case (program managers)."""
    view = queries.publish_view(g.actor, path.id, query.kind, query.after)
    cases = _cases(view.prospect) if view.prospect else None
    proof = ProofOut(
        row_version=view.draft.row_version, checks=[_check(one) for one in view.checks], cases=cases
    )
    return jsonify(proof.model_dump(mode="json"))


@api.post("/processes/drafts/<int:id>/propose", responses={"201": PublicationRef})
def propose_draft(path: DraftPath, header: IdempotencyHeader, body: Proposal) -> tuple[Response, int]:
    """Propose a draft to a second person (program managers)."""
    moves = body.mode == "move_open_cases"
    proposed = keyed(header.idempotency_key, commands.propose)
    return _state(proposed(g.actor, path.id, body.note, moves, body.row_version)), 201


@api.get("/publications", responses={"200": PublicationList})
def list_publications() -> Response:
    """The publications of the area, newest first (program managers, ESD WIOA supervisors)."""
    items = [_out(row) for row in queries.publications(g.actor)]
    return jsonify(PublicationList(items=items).model_dump(mode="json"))


@api.get("/publications/<int:id>", responses={"200": PublicationOut})
def read_publication(path: PublicationPath) -> Response:
    """One publication."""
    return jsonify(_out(queries.publication_view(g.actor, path.id)).model_dump(mode="json"))


@api.get("/publications/<int:id>/cases", responses={"200": MovedCaseList})
def read_publication_cases(path: PublicationPath, query: MovedCasesQuery) -> Response:
    """What becomes of the open cases, and once they are moved what came of each."""
    found = queries.publication_cases(g.actor, path.id, query.kind, query.after)
    return jsonify(_cases(found).model_dump(mode="json"))


@api.post("/publications/<int:id>/approve", responses={"200": ApprovedPublication})
def approve_publication(path: PublicationPath) -> Response:
    """Approve it, as a second person (program manager or ESD WIOA supervisor of the area)."""
    version = commands.approve(g.actor, path.id)
    view = queries.publication_view(g.actor, path.id)
    return jsonify(ApprovedPublication(id=path.id, state=view.state, version=version).model_dump())


@api.post("/publications/<int:id>/decline", responses={"200": PublicationRef})
def decline_publication(path: PublicationPath, body: DeclineReason) -> Response:
    """Decline it, with the reason (as a second person)."""
    commands.decline(g.actor, path.id, body.reason)
    return _state(path.id)


@api.post("/publications/<int:id>/withdraw", responses={"200": PublicationRef})
def withdraw_publication(path: PublicationPath) -> Response:
    """Take it back before it is decided (program managers)."""
    commands.withdraw(g.actor, path.id)
    return _state(path.id)


@api.post("/publications/<int:id>/undo", responses={"200": PublicationRef})
def undo_publication(path: PublicationPath) -> Response:
    """Undo it within a day (program managers, ESD WIOA supervisors)."""
    commands.undo(g.actor, path.id)
    return _state(path.id)


def _state(publication_id: int) -> Response:
    view = queries.publication_view(g.actor, publication_id)
    return jsonify(PublicationRef(id=publication_id, state=view.state).model_dump())


def _out(row: PublicationView) -> PublicationOut:
    return PublicationOut(**{name: getattr(row, name) for name in PublicationOut.model_fields})


def _check(check: Check) -> CheckOut:
    names = CheckProblem.model_fields
    problems = [CheckProblem(**{name: getattr(one, name) for name in names}) for one in check.problems]
    return CheckOut(words=gettext(check.words), asked=check.asked, problems=problems)


def _cases(found: Prospect) -> MovedCaseList:
    items = [MovedCase(**{name: getattr(row, name) for name in MovedCase.model_fields}) for row in found.rows]
    return MovedCaseList(counts=found.counts, items=items, next=found.following or None)
